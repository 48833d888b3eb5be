# The newest kernel and the host tests of its memory code, both compiled by clang so that they count which way each branch
# goes. Included by the Makefile.

coverage.counting := -fprofile-instr-generate -fcoverage-mapping -fcoverage-compilation-dir=.
coverage.clang = mkdir -p $(@D) && $(ccache) clang++ $(coverage.counting) -MMD -MP -c $< -o $@

# The kernel that counts is one of tools/build's trees (tools/building/compiler.py). The linker puts the counters behind .data,
# where the kernel's pages can be written. Nothing in the guest collects them.
# From GRUB it gets a module, too.
build/coverage/grub.cfg: boot/grub.cfg
	mkdir -p $(@D) && sed 's|^  multiboot2 .*|&\n  module2 /boot/grub/grub.cfg|' $< > $@
build/coverage/daybook.iso: build/coverage/daybook.elf build/coverage/grub.cfg tools/mkiso
	$(say) "iso     $@"
	tools/mkiso $@ $< build/coverage/grub.cfg

coverage.tests := $(foreach folder,account capability kstruct memory page pmem pool thread,$(wildcard tests/host/$(folder)_*.cpp))
coverage.host := $(patsubst %.cpp,build/coverage/host/%.o,$(filter-out console/% multiboot2/%,$(host.kernel)) \
  $(notdir $(coverage.tests)) map_file.cpp)
coverage.host_flags := -std=c++20 -O1 -w -Itools/map-check $(host.found)
build/coverage/host_tests: $(coverage.host)
	$(say) "link    $@"
	clang++ $(coverage.counting) $^ -lgtest_main -lgtest -o $@
build/coverage/host/%.o: tangled/%.cpp | tangle $(installed.test)
	$(say) "clang++ $< for the host"
	$(coverage.clang) $(coverage.host_flags)
build/coverage/host/%.o: tests/host/%.cpp | tangle $(installed.test)
	$(say) "clang++ $<"
	$(coverage.clang) $(coverage.host_flags)
build/coverage/host/%.o: tools/map-check/%.cpp | tangle $(installed.test)
	$(say) "clang++ $< for the tests"
	$(coverage.clang) $(coverage.host_flags)
-include $(coverage.host:.o=.d)
