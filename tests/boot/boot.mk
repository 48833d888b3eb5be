# The plugins that count the guest's instructions. Included by the Makefile.
build/tests/%.so: tests/boot/plugin/%.c tests/boot/plugin/qemu_plugin.h | $(installed.test)
	$(say) "c       $<"
	mkdir -p $(@D) && gcc -std=gnu17 -O2 -Wall -Wextra -Werror -shared -fPIC -fvisibility=hidden $< -o $@
