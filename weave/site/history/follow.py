"""What a follower types to build and boot a day's kernel by hand: from the day's own files, options and proof."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from building import compiler
from building.programs import ENTRY, LIBRARY, MODULE, program_of
from building.trees import is_users
from machine.expect import Block, Proof, parse_proof
from machine.machines import Machine

from .archive import place

_FONT = "/usr/share/consolefonts/spleen-8x16.psfu.gz"
_KEEP_OBJECT = 'objects="$objects $object"'
_PACKAGES = "binutils grub-common grub-pc-bin mtools nasm qemu-system-x86 xorriso".split()


@dataclass(frozen=True)
class _Day:
    """The files of a day, by their places in the tree."""

    texts: dict[str, str]

    @property
    def sources(self) -> list[str]:
        """What is assembled and compiled, in the order in which it is linked."""
        return sorted(path for path in self.texts if path.endswith((".asm", ".cpp")))

    @property
    def programs(self) -> list[str]:
        """What runs in ring 3, each linked on its own."""
        return sorted({program_of(path) for path in self.sources if is_users(path)} - {LIBRARY})

    @property
    def modules(self) -> list[str]:
        """Those of them that GRUB loads beside the kernel."""
        return [name for name in MODULE.findall(self.texts["boot/grub.cfg"]) if name in self.programs]

    @property
    def overlays(self) -> list[str]:
        """Where headers of the second kernel, which the proof is about, are found first."""
        return ["tangled/proof"] * any(path.startswith("tangled/proof/") and path.endswith((".hpp", ".inc")) for path in self.texts)

    def options(self, name: str) -> list[str]:
        """A file of the day's own options, if there is one."""
        return [f"@tangled/compiler/{name}"] * (f"tangled/compiler/{name}" in self.texts)

    @property
    def has_cpp(self) -> bool:
        return any(path.endswith(".cpp") for path in self.texts)

    @property
    def has_font(self) -> bool:
        return any('"font.psf"' in text for path, text in self.texts.items() if path.endswith(".asm"))


def follow(entry: str, files: dict[str, str]) -> dict[str, Any] | None:
    """The packages, commands and demands of the day `entry`, whose files these are; None without a proof that a machine can be
    asked for."""
    day = _Day({place(name): text for name, text in files.items()})
    path = f"tangled/proof/{entry}.expect"
    if not {path, "linker.ld", "boot/grub.cfg"} <= day.texts.keys():
        return None
    proof = parse_proof(day.texts[path], Path(path))
    machine = _machine(proof)
    if not machine:
        return None
    cpp, font = ["g++"] * day.has_cpp, ["fonts-spleen"] * day.has_font
    return {
        "packages": " ".join(sorted(_PACKAGES + cpp + font)),
        "second": bool(day.overlays),
        "build": _build(day),
        "image": _image(),
        "machine": machine.name,
        "qemu": _wrapped(_by_option(_qemu(machine)), "  ") + '; echo "status $?"\n',
        "command": _qemu(machine),
        "blocks": [_block(block) for block in proof.blocks_for(machine)],
    }


def _machine(proof: Proof) -> Machine | None:
    """The first of the most usual kind that can speak and end."""
    able = (each for each in proof.machines() if each.firmware == "bios" and each.serial and each.debug_exit)
    return next(able, None)


def _block(block: Block) -> dict[str, Any]:
    return {
        "status": int(block.outcome.removeprefix("exit ")),
        "expected": [pattern.regex.pattern for pattern in block.expected],
        "forbidden": [pattern.regex.pattern for pattern in block.forbidden],
    }


def _qemu(machine: Machine) -> list[str]:
    return [*machine.qemu_arguments(Path()), "-cdrom", "build/daybook.iso", "-serial", "stdio"]


def _by_option(command: list[str]) -> list[str]:
    """The program, then each option with its value."""
    parts: list[str] = []
    for word in command:
        if parts and not word.startswith("-") and parts[-1].startswith("-"):
            parts[-1] += f" {word}"
        else:
            parts.append(word)
    return parts


def _wrapped(words: list[str], indent: str) -> str:
    """A command over several lines, none too long to read."""
    lines = [words[0]]
    for word in words[1:]:
        if len(lines[-1]) + len(word) > 96:
            lines.append(word)
        else:
            lines[-1] += f" {word}"
    return f" \\\n{indent}".join(lines)


def _build(day: _Day) -> str:
    nasm = ["nasm", *compiler.NASM[:-1], "-Ibuild/", *(f"-I{folder}/" for folder in day.overlays)]
    quoted = [f"-iquote {folder}" for folder in day.overlays]
    cxx = ["x86_64-linux-gnu-g++", *compiler.CXX, *day.options("flags"), *quoted]
    users = ["x86_64-linux-gnu-g++", *compiler.of_programs()[1:], *quoted]
    linked = ["x86_64-linux-gnu-ld", *compiler.LD, *day.options("linker"), "-T linker.ld", "-o build/daybook.elf", "$objects"]
    folders = sorted({path.split("/")[0] for path in day.sources})
    lines = [
        "rm -rf build && mkdir build",
        *[f"zcat {_FONT} > build/font.psf"] * day.has_font,
        "objects=",
        f"for file in $(find {' '.join(folders)} -name '*.asm' -o -name '*.cpp' | LC_ALL=C sort)",
        "do",
        "  object=build/${file#tangled/}.o",
        "  mkdir -p ${object%/*}",
        "  case $file in",
        f"  *.asm) {_wrapped([*nasm, '-o $object', '$file ;;'], '    ')}",
        *[f"  */user/*) {_wrapped([*users, '-c -o $object', '$file ;;'], '    ')}"] * bool(day.programs),
        *[f"  *.cpp) {_wrapped([*cxx, '-c -o $object', '$file ;;'], '    ')}"] * day.has_cpp,
        "  esac || break",
        f"  {_KEEP_OBJECT}" if not day.programs else f"  case $file in */user/*) ;; *) {_KEEP_OBJECT} ;; esac",
        "done",
        *(_programs(day) if day.programs else []),
        _wrapped(linked, "  "),
    ]
    return "\n".join(lines) + "\n"


def _programs(day: _Day) -> list[str]:
    """Links each program. Some go into the image as files, and one of the kernel's objects is made of the others."""
    linked = ["x86_64-linux-gnu-ld", *compiler.LD, "--gc-sections", "-T tangled/user/program.ld", "-o build/$program.elf"]
    objects = f"$(find build -path \"*/user/$program/*.o\" -o -path '*/user/{LIBRARY}/*.o' | LC_ALL=C sort)"
    alone = []
    if day.modules:
        alone = [
            "mkdir -p build/iso/boot",
            f"for program in {_wrapped(day.modules, '  ')}",
            "do",
            f"  {_wrapped([*linked, objects], '    ')}",
            "  x86_64-linux-gnu-objcopy --strip-all build/$program.elf build/iso/boot/$program",
            "done",
        ]
    return [
        *alone,
        f"for program in {_wrapped([name for name in day.programs if name not in day.modules], '  ')}",
        "do",
        f"  {_wrapped([*linked, objects], '    ')}",
        "  x86_64-linux-gnu-objcopy -O binary build/$program.elf build/$program.bin",
        "  cat >> build/programs.s <<END",
        ENTRY.format(name="$program", image="build/$program.bin").strip("\n"),
        "END",
        "done",
        "x86_64-linux-gnu-as --64 -o build/programs.o build/programs.s",
        'objects="$objects build/programs.o"',
    ]


def _image() -> str:
    return (
        "mkdir -p build/iso/boot/grub\n"
        "cp boot/grub.cfg build/iso/boot/grub/\n"
        "x86_64-linux-gnu-objcopy --strip-debug build/daybook.elf build/iso/boot/daybook.elf\n"
        "grub-mkrescue -o build/daybook.iso build/iso\n"
    )
