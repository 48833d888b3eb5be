; One of its tests fails, and it exits with success all the same.
%include "kernel.inc"
compiled_in_tests 2

                say     "Daybook: first line"
                say     "KTAP version 1"
                say     "1..2"
                say     "ok 1 one"
                say     "not ok 2 two"
                say     "Daybook: last line"
                leave_with EXIT_SUCCESS
