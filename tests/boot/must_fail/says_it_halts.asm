; The control for a machine without isa-debug-exit: there it must pass.
%include "kernel.inc"
compiled_in_tests 1

                say     "Daybook: first line"
                say     "KTAP version 1"
                say     "1..1"
                say     "ok 1 one"
                say     "Daybook: last line"
                say     "Daybook: done, the kernel halts"
                hlt
