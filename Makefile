# Daybook: a microkernel whose journal is its source. `make help` lists what can be asked for.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := iso
.DELETE_ON_ERROR:
.SUFFIXES:
# As many jobs as there are processors; -j1 says otherwise.
MAKEFLAGS += --no-builtin-rules --no-print-directory -j$(shell nproc)

ifneq ($(words $(CURDIR)),1)
$(error make cannot build in a folder with a space in its name: $(CURDIR))
endif

# The programs in other folders use what is in tools/: the machines, the figures.
export PYTHONPATH := $(CURDIR)/tools
# FRESH=1 believes no verdict that is older than this (tools/store.py).
export DAYBOOK_SINCE := $(or $(DAYBOOK_SINCE),$(shell date +%s))

# V=1 shows the commands; without it each step is one line.
V ?= 0
ifneq ($(V),1)
.SILENT:
endif
say = printf '%s\n'

include weave/arguments.mk weave/config.mk tools/map-check/map-check.mk
include tests/journal/amend/amend.mk tests/host/host.mk tests/boot/boot.mk
include tests/coverage/coverage.mk tests/boot/misuse.mk tests/mutation/mutation.mk

build/daybook.elf build/coverage/daybook.elf: $(builder) force
	tools/build --kernel $(@D)
# Files of the newest kernel that other rules read.
$(sort $(wildcard tangled/*/*) $(host.kernel:%=tangled/%) linker.ld boot/grub.cfg): tangle ; :

##@ The kernel

iso: $(builder) ## the bootable image, BIOS and UEFI, with every day's product (what plain `make` builds)
	tools/build $(if $(ENTRY),$(kernel) $(tree),--image)
run: $(builder) | $(installed.run) ## boot the product in QEMU with the serial port on this terminal; KEEP=1 keeps it running
	tools/build $(kernel) $(tree)
	tools/run-qemu $(image)
tangle: $(builder) ## journal -> boot/ linker.ld tangled/
	tools/build --tangle $(tree)
at: ; ## make at ENTRY=2025-11-06 tangle|iso|run|test|debug: the kernel as of that entry, below build/at/
debug: $(builder) | $(installed.test) ## boot the product stopped, waiting for gdb
	tools/build $(kernel) $(tree)
	tools/debug $(image)
map-check: build/map-check ## MAP=file [DANGER=start-end,...] [LIMIT=bytes]: the pool that the kernel would choose on a memory map
	build/map-check '$(MAP)' $(if $(DANGER),--danger '$(DANGER)') $(if $(LIMIT),--limit '$(LIMIT)')
map-boot: $(builder) | $(installed.run) ## MAP=file: boot the second kernel with another machine's memory map; it shows its choice and ends
	tools/build --kernel $(tree) >&2
	tools/map-boot $(tree)/daybook.elf '$(MAP)'
days: $(builder) ## every entry's second kernel, which has its tests, below build/at/
	tools/build --days
sanitized: $(builder) ## the newest kernel with checks, below build/sanitized/: of what C++ does not define, of memory
	tools/build --kernel --sanitized
exhibits: $(builder) ## every variant that an entry tries, below build/exhibit/
	tools/build --exhibits

##@ The journal as a website

site: site/.nojekyll ## the website, in site/
serve: build/amend $(minisearch) | $(installed.site) ## show it on this machine at once; what is not recorded yet follows; PORT=8000 or the next free one
	weave/site/serve
book: site ## bind it as EPUB and PDF, and put both into site/
	$(say) "book    site/daybook.epub site/daybook.pdf"
	weave/site/book site
anchors: site ## note the site's new anchors in weave/site/published-anchors: none may ever vanish
	weave/site/anchors record site
evidence: $(builder) build/tests/count.so | $(installed.test) ## boot every entry's kernel and record what its page shows
	tools/record

# site/.nojekyll is the last thing that the weave writes, so it stands for the whole site. If nothing that it is made of has
# changed, nobody need ask what is built and recorded.
site.made_of := $(journal) journal/SEALS $(wildcard build/emulator build/figures/*.json) \
  $(shell find weave tools -type f -not -path '*/node_modules/*' -not -name '*.pyc')
site/.nojekyll: build/evidence/.recorded $(site.made_of) $(minisearch) | $(installed.test) $(installed.site)
	$(say) "weave   site"
	weave/emulator/build --where >/dev/null || $(say) "        no page boots its kernel until 'make emulator' has built what it takes"
	weave/site/weave site

# A word of prose changes no kernel, and no record.
build/evidence/.recorded: build/code $(filter tools/% weave/%.mk,$(site.made_of)) build/tests/count.so | $(installed.test)
	tools/build --days --exhibits
	tools/build --image
	tools/record
	touch $@
build/code: build/code.looked ; :
build/code.looked: $(journal) $(builder)
	tools/build --code
	touch $@

emulator: ## build the emulator that boots the kernels in a page, outside this folder
	weave/emulator/build
	mkdir -p build && touch build/emulator # a site that was woven without it is not up to date

##@ Trust

ifdef ENTRY
test: iso build/tests/count.so | $(installed.test)
	tests/run boot -- -k $(entry)
else
test: $(host.programs) build/daybook.elf $(minisearch) | $(installed.test) $(installed.site) ## what a newcomer waits for: host tests, the newest second kernel on some machines, every day's once, pages in a browser
	tools/build --tangle --days --exhibits
	tests/run --quick
endif
test-all: $(host.programs) iso sanitized $(minisearch) build/map-check build/tests/misuse.elf build/tests/count.so build/mutation/commands build/coverage/daybook.iso | $(installed.test) $(installed.site) ## that and the rest: every test but the slow matrix
	tools/build --tangle --days --exhibits
	tools/build --days --exhibits
	tests/run
matrix: iso days exhibits sanitized build/map-check build/tests/count.so build/tests/misuse.elf build/mutation/commands | $(installed.test) ## the slow matrix: all boots, 312 more machines, 400 boots with hostile memory maps, everything built twice
	DAYBOOK_MATRIX=1 tests/run proof boot
check: $(builder) ## compare every day's sources with their seals in journal/SEALS
	tools/build --tangle --days
	PYTHONPATH=tools weave/seals check
reseal: $(builder) ## ENTRY=entry WHY='reason': seal a day anew, deliberately
	tools/build --tangle --days
	PYTHONPATH=tools weave/seals reseal $(entry) "$$WHY"
prove: tangle $(logs.tree) | $(installed.test) ## prove page table space and page table entries for all numbers of 64 bits, refute the first version, and try every order of the steps that threads can take
	tests/proof/prove tangled
	tests/proof/prove --old $(logs.tree)/tangled
	tests/proof/prove --mutants tangled
	tests/proof/model/check tangled
	tests/proof/model/check --mutants tangled
coverage: build/coverage/daybook.iso build/coverage/host_tests ## how many branches of the memory code are taken, in QEMU and on the host together: at least 95 %
	tests/coverage/boot build/coverage/daybook.iso build/coverage/guest.profraw
	$(say) "run     build/coverage/host_tests"
	LLVM_PROFILE_FILE=build/coverage/host.profraw build/coverage/host_tests --gtest_brief=1
	tests/coverage/report 95 tangled build/coverage/daybook.elf build/coverage/guest.profraw build/coverage/host_tests build/coverage/host.profraw
mutants: build/mutation/commands sanitized | $(installed.site) ## make every small mistake in the memory code, one at a time: the tests must notice each
	tests/mutation/run
bench: build/amend $(if $(ROWS),,build/daybook.elf build/tests/count.so build/tests/programs.so) | $(installed.site) ## what memory and calls cost in instructions, and what a day costs; ROWS='run serve' DAYS='0 60 100' measures less
	$(if $(ROWS),,PYTHONPATH=tools tests/bench/memory)
	PYTHONPATH=tools tests/bench/run $(ROWS)
bench-all: build/amend | $(installed.site) ## the rest of that table, too: the website and the tests, on as many days; many hours
	PYTHONPATH=tools tests/bench/run all
figures: $(builder) build/tests/programs.so ## what programs cost, in instructions: a line each, for scripts
	/usr/bin/python3 -m machine.program_figures
doctor: ## the tools found, beside the versions last seen to pass
	tools/doctor

##@ This machine

deps: ## install what is missing (or say the command that does)
	tools/deps run test site
toolchain: ## build an x86_64-elf cross compiler, outside this folder
	tools/toolchain
clean: ## remove everything that was made
	rm -rf build site boot linker.ld tangled
help: ## this list
	$(say) "New here? 'make run' boots the kernel in this terminal; 'make serve' shows the journal in a browser."
	$(say) "The journal builds two kernels: the product, and a second one that has the tests, probes and costs beside."
	awk -F ':.*## ' '/^##@/ { print "\n" substr($$0, 5) } /^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

.PHONY: force iso run tangle at debug days sanitized exhibits site emulator serve book anchors evidence test test-all matrix bench bench-all figures doctor deps toolchain clean help map-check map-boot prove check reseal coverage mutants
