; It never stops writing after its last line.
%include "kernel.inc"
compiled_in_tests 0

                say     "Daybook: first line"
                say     "Daybook: last line"
again:          say     "and so on, and on, and on, and on, and on, and on, and on, and on, and on, and on, and on, and on"
                jmp     again
