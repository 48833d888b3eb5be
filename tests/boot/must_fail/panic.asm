; It panics, and says so by its code.
%include "kernel.inc"
compiled_in_tests 0

                say     "Daybook: first line"
                say     "PANIC journal/2025-11-02-panic.nw:1: it was asked to"
                leave_with EXIT_PANIC
