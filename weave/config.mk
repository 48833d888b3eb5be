# Tools, flags and packages: what the rules of the Makefile share.

# What kernels are compiled and linked with, for the few rules that make something beside one (tools/building/compiler.py).
CROSS = $(shell tools/build --options cross)
cxxflags = $(shell tools/build --options compiler)
ldflags = $(shell tools/build --options linker)
# A cache that cannot be written to is none.
ccache := $(shell command -v ccache)
ifeq ($(and $(ccache),$(shell folder=$$(ccache -k cache_dir) && mkdir -p "$$folder" 2>/dev/null && test -w "$$folder" && echo yes)),)
export CCACHE_DISABLE := 1
endif

export LC_ALL := C
journal := $(wildcard journal/*.nw)

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

# The filter that makes amendments part of noweb. Most of its files are compiled as one, the rest beside it: a newcomer
# waits for this, and reading the library's headers is most of it.
amend.apart := main check history_json
amend.objects := $(patsubst %,build/amend.d/%.o,$(amend.apart) amend)
amend.cxx = $(ccache) g++ -std=c++20 -O1 -Wall -Wextra -Werror -I. -MMD -MP -c $< -o $@
build/amend: $(amend.objects)
	g++ -static $^ -o $@
build/amend.d/amend.cpp: $(filter-out $(amend.apart:%=weave/amend/%.cpp),$(wildcard weave/amend/*.cpp)) weave/config.mk
	$(say) "c++     weave/amend"
	mkdir -p $(@D) && printf '#include "%s"\n' $(filter %.cpp,$^) > $@
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

# What tools/build needs, which makes whatever is not up to date of the trees that it is given.
builder := build/amend build/font.psf
