; It asks the keyboard controller for a reset: status 0 as well, but no triple fault.
%include "kernel.inc"
compiled_in_tests 0

                say     "Daybook: first line"
                say     "Daybook: last line"
                mov     al, 0xfe
                out     0x64, al
                jmp     $
