# What `make mutants` compiles and links a kernel with mistakes by: the newest kernel's own commands, without warnings, and with
# checks of what C++ does not define.
build/mutation/commands: tools/building/compiler.py
	mkdir -p $(@D)
	printf '%s\n' '$(CROSS)g++ $(cxxflags) -iquote tangled/proof @tangled/compiler/flags @tangled/compiler/undefined -w' '$(CROSS)ld $(ldflags) -T linker.ld' > $@
