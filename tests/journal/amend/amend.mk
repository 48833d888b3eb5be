# The filter's unit tests. (Its fuzzer is fuzz/run, which needs Debian's clang.) Included by the Makefile.
amend.tests := $(patsubst tests/journal/amend/%.cpp,build/tests/amend.d/%.o,$(wildcard tests/journal/amend/*.cpp))
build/tests/amend_tests: $(amend.tests) $(filter-out %/main.o,$(amend.objects))
	$(say) "link    $@"
	g++ $^ -lgtest -lgtest_main -o $@
build/tests/amend.d/%.o: tests/journal/amend/%.cpp | $(installed.test)
	$(say) "c++     $<"
	mkdir -p $(@D) && $(ccache) g++ -std=c++20 -Og -Wall -Wextra -Werror -Iweave -MMD -MP -c $< -o $@
-include $(amend.tests:.o=.d)
