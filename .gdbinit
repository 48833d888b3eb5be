# gdb on the machine that `make debug` started:  gdb -x .gdbinit [ELF]
# Without an ELF it is the newest kernel's. Breakpoints and listings are in lines of the journal:
#   break journal/2025-11-01-first-light.nw:120
set pagination off
set disassembly-flavor intel
# Sources are named journal/..., from the folder that gdb was started in.
directory .
python
import os
if gdb.current_progspace().filename is None:
    gdb.execute("file build/daybook.elf")
gdb.execute("target remote 127.0.0.1:" + os.environ.get("GDB_PORT", "1234"))
end
# The kernel's first instruction, on the journal's line that wrote it.
tbreak _start
continue
