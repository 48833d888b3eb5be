; It exits with a code that means nothing.
%include "kernel.inc"
compiled_in_tests 0

                say     "Daybook: first line"
                say     "Daybook: last line"
                leave_with 0x20
