; pvh.asm: enters a kernel in QEMU as the emulator's boot ROM does, from a PVH entry. Assembled with -D for what is in
; capitals; INFORMATION_FILE has the boot information.
LOADER_MAGIC    equ 0x36D76289
PVH_ENTRY       equ 18                  ; the note's type, XEN_ELFNOTE_PHYS32_ENTRY

org START
bits 32
note:   dd      4                       ; the name's length
        dd      8                       ; the value's
        dd      PVH_ENTRY
        db      "Xen", 0
        dq      start
note_end:

; A value to one of the registers of QEMU's display, which are Bochs' own.
%macro display 2
        mov     dx, 0x1CE
        mov     ax, %1
        out     dx, ax
        mov     dx, 0x1CF
        mov     ax, %2
        out     dx, ax
%endmacro

start:  cld
        mov     esi, information
        mov     edi, INFORMATION
        mov     ecx, information.end - information
        rep     movsb
%if WIDTH
        mov     dx, 0xCF8
        mov     eax, 0x80001010         ; bus 0, device 2, register 0x10: where the video memory is
        out     dx, eax
        mov     dx, 0xCFC
        mov     eax, 0xE0000000         ; where Bochs has it
        out     dx, eax
        display 1, WIDTH
        display 2, HEIGHT
        display 3, 32
        display 4, 0x41
%endif
        mov     eax, LOADER_MAGIC
        mov     ebx, INFORMATION
        jmp     ENTRY

information:
        incbin INFORMATION_FILE
.end:
