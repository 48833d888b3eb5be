# The plugin that counts the guest's instructions. Included by the Makefile.
build/tests/count.so: tests/boot/plugin/count.c | $(installed.test)
	$(say) "c       $<"
	mkdir -p $(@D) && gcc -std=gnu17 -O2 -Wall -Wextra -Werror -shared -fPIC -fvisibility=hidden $< -o $@
