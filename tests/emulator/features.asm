; features.asm: a kernel that says what CPUID says of the processor's features, in hexadecimal: leaf 1, ECX and EDX; leaf 7, EBX;
; leaf 0x80000001, ECX and EDX.
%include "../boot/must_fail/kernel.inc"
compiled_in_tests 0

%macro say_leaf 2-*
  %assign leaf %1
  %rep %0 - 1
    %rotate 1
                mov     eax, leaf
                xor     ecx, ecx
                cpuid
                mov     ebp, %1
                call    say_number
  %endrep
%endmacro

                call    set_up_serial
                say_leaf 1, ecx, edx
                say_leaf 7, ebx
                say_leaf 0x80000001, ecx, edx
                leave_with EXIT_SUCCESS

%include "serial.inc"

; ebp: a number, of which a line is made. Changes all others but esp
say_number:     mov     edi, 8
.digit:         rol     ebp, 4
                mov     eax, ebp
                and     eax, 15
                mov     al, [digits + eax]
                call    send
                dec     edi
                jnz     .digit
                mov     al, 10
                jmp     send

                section .rodata
digits:         db      "0123456789abcdef"
