; It exits with success before its last line.
%include "kernel.inc"
compiled_in_tests 0

                say     "Daybook: first line"
                leave_with EXIT_SUCCESS
