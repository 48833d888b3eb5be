; Two tests are compiled in; the first one reports twice.
%include "kernel.inc"
compiled_in_tests 2

                say     "Daybook: first line"
                say     "KTAP version 1"
                say     "1..2"
                say     "ok 1 one"
                say     "ok 1 one"
                say     "Daybook: last line"
                leave_with EXIT_SUCCESS
