; endings.asm: a kernel that says a line and ends in the way that is defined: EXIT, HALT, RESET, TRIPLE_FAULT, GREED: it
; uses the first 3 GiB of its memory, and exits, or ECHO: it sends back what comes to its serial port, and exits at a `q`.
%include "../boot/must_fail/kernel.inc"
compiled_in_tests 0

                call    set_up_serial
                mov     esi, line
.next:          lodsb
                test    al, al
                jz      said
                call    send
                jmp     .next

%include "serial.inc"

said:
%ifdef HALT
                hlt
%elifdef RESET
                mov     al, 0xFE
                out     0x64, al
%elifdef TRIPLE_FAULT
                lidt    [no_idt]
                global  fault
fault:          int3
%elifdef GREED
                mov     edi, 16 << 20
.page:          mov     [edi], edi
                add     edi, 1 << 20
                cmp     edi, 0xBFF00000
                jb      .page
%elifdef ECHO
.again:         mov     edx, LINE_STATUS
.wait:          in      al, dx
                test    al, RECEIVED
                jz      .wait
                mov     edx, SERIAL_PORT
                in      al, dx
                push    eax
                call    send
                pop     eax
                cmp     al, 'q'
                jne     .again
%endif
                leave_with EXIT_SUCCESS

                section .rodata
line:           db      "a line without an end", 0
no_idt:         dw      0
                dd      0
