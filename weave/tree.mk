# How one tree becomes a kernel. Used once for each tree that is asked for:
#   $(eval $(call tree-rules,SOURCES,PRODUCTS,ENTRY,EXHIBIT,OPTIONS))
# SOURCES is where boot/, linker.ld and tangled/ go (empty: the top), PRODUCTS where the rest goes (both end in /).
# The compiler's options are those of weave/config.mk, then those of the tree's file compiler/flags, which a day may
# have brought, then those of its file compiler/OPTIONS; no accesses are checked in files that compiler/unchecked lists.
# The compilers run inside the tree, so that every tree gives ccache, -g and __FILE__ the same relative paths. No object says
# which folder that was, so ccache need not ask (CCACHE_NOHASHDIR): most files are the same from one day to the next.

# $(call nasm,TREE,SOURCE,OBJECT). NASM's -MD forgets included files, so the dependencies are asked for separately; it
# names them as seen from within the tree.
define nasm
$(say) "nasm    $(1)$(2)"
	mkdir -p $$(@D) && cd ./$(1) && nasm $(nasmflags) -o $(CURDIR)/$(3) $(2)
	weave/forget-folder $(3) $$(realpath ./$(1))
	(cd ./$(1) && nasm -I$(CURDIR)/build/ -M -MT $(3) $(2)) | sed 's| boot/| $(1)boot/|g; s| tangled/| $(1)tangled/|g; s| $(CURDIR)/| |g' > $$(@:.o=.d)
endef

define tree-rules
$(2)sources.mk: $(if $(3),$(call entries-up-to,$(3)),$(journal)) build/amend weave/tangle | $(installed.run)
	$(say) "tangle  $(if $(4),$(3) with exhibit $(4),$(or $(3),the newest kernel))"
	weave/tangle "$(1)" "$(2)" $(3) $(4)

include $(2)sources.mk
$(2)objects := $$(patsubst %,$(2)obj/%.o,$$($(2)sources))
-include $$(patsubst %.o,%.d,$$($(2)objects))

$(2)obj/%.asm.o: $(1)%.asm weave/forget-folder | build/font.psf
	$(call nasm,$(1),$$*.asm,$$@)
$(2)obj/%.asm.o: $(1)tangled/%.asm weave/forget-folder | build/font.psf
	$(call nasm,$(1),tangled/$$*.asm,$$@)

$(2)options := $$(addprefix @tangled/,$$(and $$(wildcard $(1)tangled/compiler/flags),compiler/flags) $(5:%=compiler/%))
$(2)obj/%.cpp.o: $(1)tangled/%.cpp build/compiler $$(wildcard $(1)tangled/compiler/*)
	$(say) "c++     $$<"
	mkdir -p $$(@D) && cd ./$(1) && $(addprefix CCACHE_NOHASHDIR=1 ,$(ccache)) $(CROSS)g++ $(cxxflags) $$($(2)options) \
	  $$(if $$(filter $$*.cpp,$$(file <$(1)tangled/compiler/unchecked)),-fno-sanitize=kernel-address) -ffile-prefix-map=$(patsubst %/,%,$(CURDIR)/$(1))=. \
	  -MMD -MP -MF $(CURDIR)/$$@.dep -MT object -c tangled/$$*.cpp -o $(CURDIR)/$$@
	sed 's| tangled/| $(1)tangled/|g; s|^tangled/|$(1)tangled/|; s|^object:|$$@:|' $$@.dep > $$(@:.o=.d) && rm $$@.dep

$(2)daybook.elf: $$($(2)objects) $(1)linker.ld build/compiler
	$(say) "link    $$@"
	$(CROSS)ld $(ldflags) -T $(1)linker.ld -o $$@ $$($(2)objects)

$(2)daybook.iso: $(2)daybook.elf $(1)boot/grub.cfg tools/mkiso $(if $(3),,build/days/days.cfg)
	$(say) "iso     $$@"
	tools/mkiso $$@ $(2)daybook.elf $(1)boot/grub.cfg $(if $(3),,build/days)
endef

# The newest kernel's image carries those of all earlier days, too.
days.earlier := $(filter-out $(lastword $(days)),$(days))
build/days.list: force
	mkdir -p $(@D) && echo '$(days.earlier)' | cmp -s - $@ || echo '$(days.earlier)' > $@
build/days/days.cfg: tools/days build/days.list $(days.earlier:%=journal/%.nw) $(days.earlier:%=build/at/%/daybook.elf)
	$(say) "days    $(@D)"
	tools/days $(@D) $(days.earlier)
