; It halts with interrupts off where it should have exited.
%include "kernel.inc"
compiled_in_tests 0

                say     "Daybook: first line"
                say     "Daybook: last line"
                hlt
