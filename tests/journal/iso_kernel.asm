; The least kernel that an ISO image can hold: it writes the text NAME to the serial port and ends QEMU with status 33.

                bits    32

                section .multiboot2 align=8
header:         dd      0xe85250d6, 0, header_end - header, -(0xe85250d6 + header_end - header)
                dw      0, 0
                dd      8
header_end:

                section .text
                global  _start
_start:
                mov     esi, name
                mov     dx, 0x3f8
.next:
                lodsb
                test    al, al
                jz      .done
                out     dx, al
                jmp     .next
.done:
                mov     al, 0x10
                out     0xf4, al
                hlt

                section .rodata
name:           db      NAME, 10, 0
