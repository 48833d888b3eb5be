# The host tests: kernel logic that needs no machine, from the very files that the kernel is made of, under
# AddressSanitizer and UndefinedBehaviorSanitizer. Included by the Makefile.

# What of the kernel runs on the host, as paths below tangled/.
host.kernel := console/font.cpp memory/pool.cpp multiboot2/information.cpp page/map.cpp page/pt_space.cpp
host.tests := $(wildcard tests/host/*.cpp)
host.objects := $(host.kernel:%.cpp=build/tests/host.d/kernel/%.o) $(host.tests:tests/host/%.cpp=build/tests/host.d/%.o)
host.cxxflags := -std=c++20 -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
  -Wall -Wextra -Werror -Itangled

build/tests/host_tests: $(host.objects)
	$(say) "link    $@"
	g++ $(host.cxxflags) $^ -lgtest_main -lgtest -o $@

# The dependency files know the headers once an object was made; before that, the headers must have been tangled.
build/tests/host.d/kernel/%.o: tangled/%.cpp | build/sources.mk $(installed.test)
	$(say) "c++     $< for the host"
	mkdir -p $(@D) && $(ccache) g++ $(host.cxxflags) -MMD -MP -c $< -o $@
build/tests/host.d/%.o: tests/host/%.cpp | build/sources.mk $(installed.test)
	$(say) "c++     $<"
	mkdir -p $(@D) && $(ccache) g++ $(host.cxxflags) -MMD -MP -c $< -o $@
-include $(host.objects:.o=.d)

# The assembler includes the font, and tells -MMD nothing of it.
build/tests/host.d/console_font_test.o: build/font.psf
