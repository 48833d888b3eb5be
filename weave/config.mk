# Tools, flags and the entries: what the rules of the Makefile and weave/tree.mk share.

# The compiler: x86_64-elf-g++ where `make toolchain` or the machine has one, else Debian's.
toolchain := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/daybook/toolchain/bin
export PATH := $(PATH):$(toolchain)
CROSS ?= $(if $(shell PATH='$(PATH)' command -v x86_64-elf-g++),x86_64-elf-,x86_64-linux-gnu-)
ccache := $(shell command -v ccache)

# Objects depend on this file, so that another compiler or other flags rebuild them.
build/compiler: force
	mkdir -p $(@D) && echo '$(CROSS) $(cxxflags) $(ldflags)' | cmp -s - $@ || echo '$(CROSS) $(cxxflags) $(ldflags)' > $@
.PHONY: force

# Freestanding, no red zone (an interrupt would overwrite it), general registers only (nothing saves the others).
cxxflags := -std=c++20 -O2 -gdwarf-4 -ffreestanding -fno-exceptions -fno-rtti -fno-pic -mno-red-zone -mgeneral-regs-only \
  -mcmodel=kernel -fno-stack-protector -fno-asynchronous-unwind-tables -fno-threadsafe-statics -fno-toplevel-reorder \
  -Wall -Wextra -Werror -Itangled
nasmflags := -f elf64 -g -F dwarf -w+all -Werror -I$(CURDIR)/build/
ldflags := -nostdlib -z noexecstack -z separate-code -z max-page-size=4096 --build-id=none --fatal-warnings

# Entries in file-name order, which is date order.
export LC_ALL := C
journal := $(sort $(wildcard journal/*.nw))
days := $(journal:journal/%.nw=%)
# $(call entries-up-to,ENTRY): the files that the kernel as of ENTRY is made of. A later entry does not touch it.
space := $(subst x,,x x)
entries-up-to = $(subst |, ,$(firstword $(subst /$(1).nw|,/$(1).nw| ,$(subst $(space),|,$(journal))|)))

# Packages are looked for once for each change of the table, before anything that needs them.
installed.run := build/installed.run
installed.test := build/installed.test
installed.site := build/installed.site
# One after the other: there is one lock for all of apt.
$(installed.test): | $(installed.run)
$(installed.site): | $(installed.test)
build/installed.%: tools/packages tools/deps
	tools/deps $* $(progress)
	mkdir -p build && touch $@

# The font that the kernel's screen uses, unpacked (package fonts-spleen; BSD-2-Clause, like the kernel).
build/font.psf: /usr/share/consolefonts/spleen-8x16.psfu.gz
	mkdir -p $(@D) && zcat $< > $@
/usr/share/consolefonts/spleen-8x16.psfu.gz: | $(installed.run)

# The filter that makes amendments part of noweb. Its files are compiled as one, but for the program and the history:
# a newcomer waits for this, and reading the library's headers is most of it.
amend.apart := main history_json
amend.objects := $(patsubst %,build/amend.d/%.o,$(amend.apart) amend)
amend.cxx = $(ccache) g++ -std=c++20 -O1 -Wall -Wextra -Werror -I. -MMD -MP -c $< -o $@
build/amend: $(amend.objects)
	g++ -static $^ -o $@
build/amend.d/amend.cpp: $(filter-out $(amend.apart:%=weave/amend/%.cpp),$(wildcard weave/amend/*.cpp))
	$(say) "c++     weave/amend"
	mkdir -p $(@D) && printf '#include "%s"\n' $^ > $@
build/amend.d/amend.o: build/amend.d/amend.cpp | $(installed.run)
	$(amend.cxx)
$(amend.apart:%=build/amend.d/%.o): build/amend.d/%.o: weave/amend/%.cpp build/amend.d/amend.cpp | $(installed.run)
	$(amend.cxx)
-include $(amend.objects:.o=.d)

# The library that searches, from npm as the lock file pins it. It needs no script of its own to be installed.
minisearch := weave/site/node_modules/.installed
$(minisearch): weave/site/package-lock.json | $(installed.site)
	$(say) "npm     MiniSearch"
	cd weave/site && npm ci --ignore-scripts --loglevel=error --no-audit --no-fund >/dev/null
	touch $@
