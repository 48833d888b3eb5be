; It panics between the right lines and exits with the code for success.
%include "kernel.inc"
compiled_in_tests 0

                say     "Daybook: first line"
                say     "PANIC journal/2025-11-02-panic.nw:1: it was asked to"
                say     "Daybook: last line"
                leave_with EXIT_SUCCESS
