; All its lines are right; then it faults with an empty IDT, and QEMU's status would be 0.
%include "kernel.inc"
compiled_in_tests 2

                say     "Daybook: first line"
                say     "KTAP version 1"
                say     "1..2"
                say     "ok 1 one"
                say     "ok 2 two"
                say     "Daybook: last line"
                lidt    [no_idt]
                int3

                section .rodata
no_idt:         dw      0
                dd      0
