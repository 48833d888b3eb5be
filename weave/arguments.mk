# What a person asks make for: which goals, of which kernel; a mistake is told before anything is made. Included by the Makefile.

goals := $(or $(MAKECMDGOALS),$(.DEFAULT_GOAL))
ifneq ($(filter-out help doctor clean,$(goals)),)
ifneq ($(shell mkdir -p build 2>/dev/null && test -w build && echo yes),yes)
$(error nothing can be written to $(CURDIR)/build, where everything is made: is it read-only, or somebody else's?)
endif
endif

# `make clean run` cleans first.
ifneq ($(filter clean,$(goals)),)
.NOTPARALLEL:
endif

# The answer of these two is all that they print; how they came by it goes to the terminal's other channel.
ifneq ($(filter map-check map-boot,$(goals)),)
say = printf >&2 '%s\n'
progress := >&2
ifndef MAP
$(error say which map: make $(firstword $(filter map-check map-boot,$(goals))) MAP=tests/maps/19-macbook2-1.map)
endif
endif

# Which kernel the goals mean: the newest, with `make at ENTRY=…` the one as of that entry, with EXHIBIT=… that variant of it. A day's
# is the product, without its tests; an exhibit is tried in the kernel that has them.
tree := build
kernel := --product
ifdef ENTRY
entry := $(shell weave/entry '$(ENTRY)' $(if $(EXHIBIT),'$(EXHIBIT)') 2>&1)
ifneq ($(.SHELLSTATUS),0)
$(error $(entry))
endif
tree := $(if $(EXHIBIT),build/exhibit/$(entry)/$(EXHIBIT),build/at/$(entry))
kernel := $(if $(EXHIBIT),,--product)
else ifneq ($(or $(EXHIBIT),$(filter at,$(goals))),)
$(error say which entry: make $(if $(EXHIBIT),run,at) ENTRY=2025-11-06$(if $(EXHIBIT), EXHIBIT=$(EXHIBIT), run))
endif
image := $(tree)/$(if $(kernel),product,daybook).iso
ifneq ($(filter at,$(goals)),)
others := $(filter-out at tangle iso run test debug map-boot clean,$(goals))
ifneq ($(others),)
$(error make at has no goal $(firstword $(others)): the kernel as of an entry knows tangle, iso, run, test, debug and map-boot)
endif
endif

ifneq ($(filter reseal,$(goals)),)
ifeq ($(and $(ENTRY),$(WHY)),)
$(error say what and why: make reseal ENTRY=2025-11-06 WHY='the reason')
endif
endif
ifneq ($(and $(PORT),$(filter serve,$(goals))),)
ifneq ($(shell [[ '$(PORT)' =~ ^[0-9]{1,5}$$ ]] && ((PORT=10#$(PORT), PORT > 0 && PORT < 65536)) && echo yes),yes)
$(error PORT is a number from 1 to 65535, not $(PORT))
endif
endif
