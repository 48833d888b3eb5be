# What `make mutants` compiles and links a kernel with mistakes by: the newest kernel's own commands, without warnings, and with
# checks of what C++ does not define.
build/mutation/commands: build/compiler build/sources.mk $(wildcard tangled/compiler/*)
	mkdir -p $(@D)
	printf '%s\n' '$(CROSS)g++ $(cxxflags) $(build/options) @tangled/compiler/undefined -w' '$(CROSS)ld $(ldflags) -T linker.ld' > $@
