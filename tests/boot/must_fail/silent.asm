; It exits with success and says nothing.
%include "kernel.inc"
compiled_in_tests 0

                leave_with EXIT_SUCCESS
