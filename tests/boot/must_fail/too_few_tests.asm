; Three tests are compiled in; two run, and the plan hides it.
%include "kernel.inc"
compiled_in_tests 3

                say     "Daybook: first line"
                say     "KTAP version 1"
                say     "1..2"
                say     "ok 1 one"
                say     "ok 2 two"
                say     "Daybook: last line"
                leave_with EXIT_SUCCESS
