; The control: it does everything right and must pass.
%include "kernel.inc"
compiled_in_tests 2

                say     "Daybook: first line"
                say     "KTAP version 1"
                say     "1..2"
                say     "ok 1 one"
                say     "ok 2 two # SKIP there is one CPU"
                say     "Daybook: last line"
                leave_with EXIT_SUCCESS
