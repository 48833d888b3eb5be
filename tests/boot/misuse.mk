# The newest kernel with tests that misuse its memory, behind its own. Included by the Makefile, behind the rules of its tree.
build/tests/misuse.elf: $(build/objects) build/tests/misuse.o linker.ld
	$(say) "link    $@"
	$(CROSS)ld $(ldflags) -T linker.ld -o $@ $(filter %.o,$^)
build/tests/misuse.o: tests/boot/misuse.cpp build/compiler $(wildcard tangled/compiler/flags) build/sources.mk
	$(say) "c++     $<"
	mkdir -p $(@D) && $(CROSS)g++ $(cxxflags) $(build/options) -MMD -MP -c $< -o $@
-include build/tests/misuse.d
