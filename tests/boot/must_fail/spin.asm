; It hangs in a loop after its last line.
%include "kernel.inc"
compiled_in_tests 0

                say     "Daybook: first line"
                say     "Daybook: last line"
                jmp     $
