# The newest kernel with tests that misuse its memory, behind its own. Included by the Makefile.
build/tests/misuse.elf: build/daybook.elf build/tests/misuse_test.cpp.o
	$(say) "link    $@"
	$(CROSS)ld $(ldflags) @tangled/compiler/linker -T linker.ld -o $@ $$(cut -d ' ' -f 2 build/objects.txt) build/tests/misuse_test.cpp.o
build/tests/misuse_test.cpp.o: tests/boot/misuse.cpp tools/building/compiler.py | build/daybook.elf
	$(say) "c++     $<"
	mkdir -p $(@D) && $(CROSS)g++ $(cxxflags) -iquote tangled/proof @tangled/compiler/flags -MMD -MP -c $< -o $@
-include build/tests/misuse_test.cpp.d
