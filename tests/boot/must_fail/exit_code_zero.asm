; Exit code 0 makes QEMU's status 1, which is also QEMU's own failure.
%include "kernel.inc"
compiled_in_tests 0

                say     "Daybook: first line"
                say     "Daybook: last line"
                leave_with 0
