# build/map-check: the kernel's choice of the pool, compiled from the tangled source for this machine.
map-check.objects := $(patsubst tools/map-check/%.cpp,build/map-check.d/%.o,$(wildcard tools/map-check/*.cpp)) \
  build/map-check.d/kernel/memory/free_pieces.o build/map-check.d/kernel/page/choose_pt_space.o
map-check.cxxflags := -std=c++20 -O2 -g -Wall -Wextra -Werror -Itangled -Itools/map-check

build/map-check: $(map-check.objects)
	g++ $^ -o $@
build/map-check.d/kernel/%.o: tangled/%.cpp | tangle
	$(say) "c++     $< for this machine"
	mkdir -p $(@D) && $(ccache) g++ $(map-check.cxxflags) -MMD -MP -c $< -o $@
build/map-check.d/%.o: tools/map-check/%.cpp | tangle
	$(say) "c++     $<"
	mkdir -p $(@D) && $(ccache) g++ $(map-check.cxxflags) -MMD -MP -c $< -o $@
-include $(map-check.objects:.o=.d)
