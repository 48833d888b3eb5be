; boot.asm: the emulated machine's boot ROM. It takes the processor from its reset to where a Multiboot2 loader starts a
; kernel (Multiboot2 §3.3). The kernel and its boot information are in memory already: multiboot.js put them there.

ROM_BYTES       equ 4096
ROM_SEGMENT     equ 0xF000              ; the ROM is the last 4 KiB of this segment
ROM_BASE        equ 0xFF000             ; its address below 1 MiB
STACK_TOP       equ 0x7000
LOADER_MAGIC    equ 0x36D76289          ; what a kernel finds in eax

; What multiboot.js leaves at this address.
struc handover, 0x600
.entry:         resd 1                  ; physical address of the kernel's first instruction
.information:   resd 1                  ; and of the boot information
.width:         resw 1                  ; pixels; 0: the screen stays in text mode
.height:        resw 1
.depth:         resw 1                  ; bits per pixel
endstruc

VGA_SEGMENT     equ 0xC000              ; the VGA ROM; its initialisation is at offset 3
VGA_INITIALISE  equ 3

; Bochs' display interface: a number to the index port, then a value to the data port.
DISPLAY_INDEX   equ 0x1CE
DISPLAY_DATA    equ 0x1CF
DISPLAY_WIDTH   equ 1
DISPLAY_HEIGHT  equ 2
DISPLAY_DEPTH   equ 3
DISPLAY_ENABLE  equ 4
ENABLED         equ 1 << 0
LINEAR          equ 1 << 6              ; the whole screen is at 0xE0000000

CR0_PE          equ 1 << 0
CR0_NW          equ 1 << 29             ; set by a reset, as is the next
CR0_CD          equ 1 << 30

%macro output 2                         ; port, value
        mov     al, %2
        out     %1, al
%endmacro

%macro display 2                        ; index, value
        mov     dx, DISPLAY_INDEX
        mov     ax, %1
        out     dx, ax
        mov     dx, DISPLAY_DATA
        mov     ax, %2
        out     dx, ax
%endmacro

org 0
bits 16
start:
        cli
        cld
        xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     sp, STACK_TOP

        ; The interrupt controllers as a BIOS leaves them: vectors from 8 and from 0x70; clock, keyboard, second
        ; controller and floppy disk, and from the other the real-time clock, mouse and disks are let through.
        output  0x20, 0x11
        output  0xA0, 0x11
        output  0x21, 0x08
        output  0xA1, 0x70
        output  0x21, 0x04
        output  0xA1, 0x02
        output  0x21, 0x01
        output  0xA1, 0x01
        output  0x21, 0xB8
        output  0xA1, 0x8F

        call    VGA_SEGMENT:VGA_INITIALISE
        mov     ax, 3                   ; 80 by 25 characters
        int     0x10
        cli                             ; the VGA ROM leaves IF and ds as it likes

        xor     ax, ax
        mov     ds, ax
        cmp     word [handover.width], 0
        je      .to_protected_mode
        display DISPLAY_WIDTH, [handover.width]
        display DISPLAY_HEIGHT, [handover.height]
        display DISPLAY_DEPTH, [handover.depth]
        display DISPLAY_ENABLE, ENABLED | LINEAR

.to_protected_mode:
        in      al, 0x92
        or      al, 1 << 1              ; A20 on
        out     0x92, al
        o32 lgdt [cs:gdt_pointer + (ROM_BASE & 0xFFFF)]
        mov     eax, cr0
        and     eax, ~(CR0_NW | CR0_CD)
        or      eax, CR0_PE
        mov     cr0, eax
        jmp     dword CODE_SELECTOR:ROM_BASE + .protected

bits 32
.protected:
        mov     ax, DATA_SELECTOR
        mov     ds, ax
        mov     es, ax
        mov     fs, ax
        mov     gs, ax
        mov     ss, ax
        mov     eax, LOADER_MAGIC
        mov     ebx, [handover.information]
        jmp     [handover.entry]

; The selectors are GRUB's.
align 8
gdt:    dq      0, 0
CODE_SELECTOR equ $ - gdt
        dq      0x00CF9A000000FFFF      ; 0 to 4 GiB, code, 32 bits
DATA_SELECTOR equ $ - gdt
        dq      0x00CF92000000FFFF      ; 0 to 4 GiB, data
.end:
gdt_pointer:
        dw      gdt.end - gdt - 1
        dd      ROM_BASE + gdt

        times   ROM_BYTES - 16 - ($ - $$) db 0
bits 16
        jmp     ROM_SEGMENT:start + (ROM_BASE & 0xFFFF)  ; the processor starts here
        times   ROM_BYTES - ($ - $$) db 0
