# Makes the kernel of one tree with the repository's own rules.
#   make -f tests/site/reader/kernel.mk -o TREE/sources.mk TREE=folder/ ENTRY=entry
# The tree and its sources.mk are there already; -o keeps them from being made from the journal.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.SUFFIXES:
.SILENT:
MAKEFLAGS += --no-builtin-rules --no-print-directory -j$(shell nproc)
.DEFAULT_GOAL := $(TREE)daybook.iso
say = printf '%s\n'

include weave/config.mk weave/tree.mk

$(eval $(call tree-rules,$(TREE),$(TREE),$(ENTRY)))
