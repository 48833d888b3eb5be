# The host tests: kernel logic that needs no machine, from the very files that the kernel is made of, under
# AddressSanitizer and UndefinedBehaviorSanitizer. The tests are optimized with -Og: -O1 compiles twice as long, and they run no
# faster. Included by the Makefile.

host.programs := $(addprefix build/tests/,host_tests logs_tests eight_bits_tests amend_tests)

# What of the kernel runs on the host, as paths below tangled/.
host.kernel := capability/slot.cpp console/font.cpp kstruct/heap.cpp kstruct/slab.cpp memory/danger.cpp pool/free_memory.cpp memory/free_pieces.cpp \
  page/choose_pt_space.cpp cpu/stack.cpp elf/file.cpp multiboot2/information.cpp page/map.cpp page/pt_space.cpp \
  page/table_supply.cpp pmem/free_tree.cpp pmem/frame_allocator.cpp pool/address.cpp thread/endpoint.cpp thread/lending.cpp \
  thread/run_queue.cpp
host.tests := $(wildcard tests/host/*.cpp)
host.objects := $(host.kernel:%.cpp=build/tests/host.d/kernel/%.o) $(host.tests:tests/host/%.cpp=build/tests/host.d/%.o) \
  build/tests/host.d/map_file.o
host.cxxflags := -std=c++20 -O1 -g -fsanitize=address,undefined,bounds-strict -fno-sanitize-recover=all \
  -Wall -Wextra -Werror -Itools/map-check
host.found := -Itangled/proof -Itangled # the second kernel's headers: it is the one that the tests look into

build/tests/host_tests: $(host.objects)
	$(say) "link    $@"
	g++ $(host.cxxflags) $^ -lgtest_main -lgtest -o $@

# The dependency files know the headers once an object was made; before that, the headers must have been tangled.
build/tests/host.d/kernel/%.o: tangled/%.cpp | tangle $(installed.test)
	$(say) "c++     $< for the host"
	mkdir -p $(@D) && $(ccache) g++ $(host.cxxflags) $(host.found) -MMD -MP -c $< -o $@
build/tests/host.d/%.o: tests/host/%.cpp | tangle $(installed.test)
	$(say) "c++     $<"
	mkdir -p $(@D) && $(ccache) g++ $(host.cxxflags) -Og $(host.found) -MMD -MP -c $< -o $@
build/tests/host.d/%.o: tools/map-check/%.cpp | tangle $(installed.test)
	$(say) "c++     $< for the tests"
	mkdir -p $(@D) && $(ccache) g++ $(host.cxxflags) $(host.found) -MMD -MP -c $< -o $@
-include $(host.objects:.o=.d)

# The assembler includes the font, and tells -MMD nothing of it.
build/tests/host.d/console_font_test.o: build/font.psf

# What the page table space of 2025-11-06 got wrong stays a test, of that day's files.
logs.tree := build/at/2025-11-06-page-table-space
.PHONY: $(logs.tree)
$(logs.tree): $(builder)
	tools/build --tangle $@
$(addprefix $(logs.tree)/tangled/,page/pt_space.cpp memory/pool.cpp): $(logs.tree) ; :
logs.objects := $(patsubst tests/host/the_logs/%.cpp,build/tests/logs.d/%.o,$(wildcard tests/host/the_logs/*.cpp)) \
  build/tests/logs.d/kernel/page/pt_space.o build/tests/logs.d/kernel/memory/pool.o

build/tests/logs_tests: $(logs.objects)
	$(say) "link    $@"
	g++ $(host.cxxflags) $^ -lgtest_main -lgtest -o $@
build/tests/logs.d/kernel/%.o: $(logs.tree)/tangled/%.cpp | $(logs.tree) $(installed.test)
	$(say) "c++     $< for the host"
	mkdir -p $(@D) && $(ccache) g++ $(host.cxxflags) -I$(logs.tree)/tangled -MMD -MP -c $< -o $@
build/tests/logs.d/%.o: tests/host/the_logs/%.cpp | $(logs.tree) $(installed.test)
	$(say) "c++     $<"
	mkdir -p $(@D) && $(ccache) g++ $(host.cxxflags) -Og -I$(logs.tree)/tangled -MMD -MP -c $< -o $@
-include $(logs.objects:.o=.d)

# The page table space with addresses of 8 bits: few enough to try them all, so it is optimized and without sanitizers.
# eight_bits/ has another memory/address.hpp, and is looked into first.
build/tests/eight_bits_tests: build/tests/eight_bits.d/new.o build/tests/eight_bits.d/old.o build/tests/eight_bits.d/exhaustive.o
	$(say) "link    $@"
	g++ $^ -lgtest_main -lgtest -o $@
eight_bits = mkdir -p $(@D) && $(ccache) g++ -std=c++20 -O2 -Wall -Wextra -Werror -Itests/host/eight_bits -MMD -MP
build/tests/eight_bits.d/new.o: tangled/page/pt_space.cpp | tangle $(installed.test)
	$(say) "c++     $< with 8 bits"
	$(eight_bits) -Itangled -c $< -o $@
build/tests/eight_bits.d/old.o: $(logs.tree)/tangled/page/pt_space.cpp | $(logs.tree) $(installed.test)
	$(say) "c++     $< with 8 bits"
	$(eight_bits) -I$(logs.tree)/tangled -Dpage=page_of_the_log -Dkernel_pt_space_manager=pt_space_manager_of_the_log -c $< -o $@
build/tests/eight_bits.d/exhaustive.o: tests/host/eight_bits/exhaustive_test.cpp | tangle $(installed.test)
	$(say) "c++     $<"
	$(eight_bits) -Itangled -c $< -o $@
-include $(wildcard build/tests/eight_bits.d/*.d)
