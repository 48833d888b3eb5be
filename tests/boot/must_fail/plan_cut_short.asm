; Its plan has three results, one of which never comes.
%include "kernel.inc"
compiled_in_tests 2

                say     "Daybook: first line"
                say     "KTAP version 1"
                say     "1..3"
                say     "ok 1 one"
                say     "ok 2 two"
                say     "Daybook: last line"
                leave_with EXIT_SUCCESS
