; The least kernel in the higher half, for the page-table walker to look at on a real machine.
; It comes up in 32-bit mode at its physical address, turns on 4-level paging with the tables below,
; jumps to kernel_main, drops the identity map and halts. DEFECT plants a fault that must be found.

VIRTUAL         equ 0xffffffff80000000
PHYSICAL        equ 0x200000            ; where the section text begins
SERIAL_PORT     equ 0x3f8
PRESENT         equ 1 << 0
WRITABLE        equ 1 << 1
NO_EXECUTE      equ 1 << 63
CR0_WP_PG       equ 1 << 31 | 1 << 16
CR4_PAE         equ 1 << 5
MSR_EFER        equ 0xc0000080
EFER_LME_NXE    equ 1 << 11 | 1 << 8
%ifndef DEFECT
%define DEFECT 0
%endif
%define WRITABLE_AND_EXECUTABLE 1
%define IDENTITY_MAP            2

                section .note.pvh note alloc align=4
                dd      4, 4, 18                ; XEN_ELFNOTE_PHYS32_ENTRY
                db      "Xen", 0
                dd      start - VIRTUAL

                section .text
                global  start, kernel_main
                bits    32
start:
                mov     eax, CR4_PAE
                mov     cr4, eax
                mov     eax, pml4 - VIRTUAL
                mov     cr3, eax
                mov     ecx, MSR_EFER
                rdmsr
                or      eax, EFER_LME_NXE
                wrmsr
                mov     eax, cr0
                or      eax, CR0_WP_PG
                mov     cr0, eax
                lgdt    [gdt.pointer - VIRTUAL]
                jmp     8:(.long_mode - VIRTUAL)
                bits    64
.long_mode:
                mov     rax, kernel_main
                jmp     rax
kernel_main:
%if DEFECT != IDENTITY_MAP
                mov     qword [rel pml4], 0
                mov     rax, cr3
                mov     cr3, rax
%endif
                lea     rsi, [rel text]
                mov     edx, SERIAL_PORT
.next:          lodsb
                out     dx, al
                test    al, al
                jnz     .next
                cli
                hlt

                section .rodata
text:           db      "the kernel halts", 10, 0
                align   8
gdt:            dq      0
                dq      0x00209b0000000000      ; 64-bit code, accessed: nobody may write here
.pointer:       dw      15
                dd      gdt - VIRTUAL

                section .data align=4096
pml4:           dq      low_pdpt - VIRTUAL + (PRESENT | WRITABLE)       ; the identity map
                times   510 dq 0
                dq      high_pdpt - VIRTUAL + (PRESENT | WRITABLE)
low_pdpt:       dq      pd - VIRTUAL + (PRESENT | WRITABLE)
                times   511 dq 0
high_pdpt:      times   510 dq 0
                dq      pd - VIRTUAL + (PRESENT | WRITABLE)
                dq      0
pd:             dq      0
                dq      pt - VIRTUAL + (PRESENT | WRITABLE)     ; the second 2 MiB
                times   510 dq 0
pt:
%if DEFECT == WRITABLE_AND_EXECUTABLE
                dq      PHYSICAL + (PRESENT | WRITABLE)
%else
                dq      PHYSICAL + PRESENT                      ; text
%endif
                dq      PHYSICAL + 0x1000 + (PRESENT | NO_EXECUTE)              ; rodata
                dq      PHYSICAL + 0x2000 + (PRESENT | WRITABLE | NO_EXECUTE)   ; data: pml4
                times   509 dq 0
