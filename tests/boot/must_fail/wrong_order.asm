; It writes the right lines in the wrong order.
%include "kernel.inc"
compiled_in_tests 0

                say     "Daybook: last line"
                say     "Daybook: first line"
                leave_with EXIT_SUCCESS
