"""Links kernels, and puts them into images."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import compiler
from .objects import make_objects, run, write
from .programs import link_programs
from .tangling import tangle_all
from .trees import BUILD, Defect, Memory, Tree, days, digest, is_users, tree_of

DAYS = BUILD / "days"
IMAGE = BUILD / "daybook.iso"


def sources_key(tree: Tree, remembered: Memory) -> str:
    """Of all that the kernel is made of, if the tree is as it was tangled."""
    tools = compiler.version(compiler.compiler(tree)[0], f"{compiler.CROSS}as", f"{compiler.CROSS}ld", "nasm")
    here = [digest(file.read_text()) for file in sorted(Path(__file__).parent.glob("*.py"))]
    return digest(tree.state(), str(remembered.known.get("tangled")), tools, *here)


def link(tree: Tree, objects: list[tuple[str, Path]]) -> None:
    """The kernel, and the list of what it was linked from."""
    tree.folder.mkdir(parents=True, exist_ok=True)
    part = tree.elf.with_suffix(f".{os.getpid()}")
    try:
        programs = link_programs(tree, [each for each in objects if is_users(each[0])])
        parts = [each for each in objects if not is_users(each[0])] + [("programs", path) for path in programs]
        run([*compiler.linker(tree), "-o", str(part), *(str(path) for _, path in parts)])
        part.rename(tree.elf)
        if tree.iso.stem != tree.elf.stem:  # an image's kernel is beside it, by the same name
            also(tree.elf, tree.iso.with_suffix(".elf"))
            also(tree.modules, tree.iso.with_suffix(".modules"))
    finally:
        part.unlink(missing_ok=True)
    if not tree.product:
        write(tree.folder / "objects.txt", "".join(f"{name.removeprefix('tangled/')} {path}\n" for name, path in parts))


def also(file: Path, name: Path) -> None:
    """Gives the file, or the folder of modules, if there is one, another name."""
    name.unlink(missing_ok=True)
    if file.suffix == ".modules":
        if file.exists():
            name.symlink_to(file.name)
    else:
        name.hardlink_to(file)


def make_iso(tree: Tree) -> None:
    run(["tools/mkiso", str(tree.iso), str(tree.elf), str(tree.top / "boot/grub.cfg")])


def image_of_all_days() -> dict[Tree, Defect]:
    """Makes the image whose menu has every day's kernel, the newest first."""
    newest, earlier = tree_of("build"), days()[:-1]
    trees = [newest, *earlier]
    defects = tangle_all(trees)
    defects |= build_products([tree for tree in trees if tree not in defects], images=False)
    if defects:
        return defects
    memory = Memory.of(BUILD)
    titles = [Path(f"journal/{tree.entry}.nw").read_text().partition("\n---")[0] for tree in earlier]
    kernels = [str(Memory.of(tree.folder).known[tree.as_product().elf.name]) for tree in trees]
    menu = digest(Path("tools/days").read_text(), compiler.version("mksquashfs"), *titles, *kernels[1:])
    image = digest(menu, kernels[0], mkiso_key())
    try:
        if memory.known.get("menu") != menu or not (DAYS / "days.cfg").exists():
            run(["tools/days", str(DAYS), *(tree.entry for tree in earlier)])
            memory.keep(menu=menu)
        if memory.known.get("days") != image or not IMAGE.exists():
            run(["tools/mkiso", str(IMAGE), str(newest.folder / "product.elf"), "boot/grub.cfg", str(DAYS)])
            memory.keep(days=image)
            print(f"image   {IMAGE}: {len(trees)} days", flush=True)
    except Defect as defect:
        return {newest: defect}
    return {}


def mkiso_key() -> str:
    return digest(Path("tools/mkiso").read_text(), compiler.version("grub-mkimage", "xorriso", "mformat"))


def must_fail(tree: Tree) -> bool:
    """Whether its proof says that it does not build."""
    proof = Path("build/at") / tree.entry / f"tangled/proof/{tree.entry}.{tree.exhibit}.expect"
    return bool(tree.exhibit) and proof.exists() and "exit build-error" in proof.read_text().splitlines()


def build(trees: list[Tree], images: bool) -> dict[Tree, Defect]:
    """Makes what is not up to date, a line a tree; what went wrong, by tree."""
    memories = {tree: Memory.of(tree.folder) for tree in trees}
    keys = {tree: sources_key(tree, memories[tree]) for tree in trees}
    stale = [tree for tree in trees if not tree.elf.exists() or memories[tree].known.get(tree.elf.name) != keys[tree]]
    objects, defects, counts = make_objects(stale)

    def finish(tree: Tree) -> Defect | None:
        """Links and makes the image."""
        image = digest(keys[tree], mkiso_key())
        image_stale = images and (not tree.iso.exists() or memories[tree].known.get(tree.iso.name) != image or tree in objects)
        try:
            if tree in objects:
                link(tree, objects[tree])
                memories[tree].keep(**{tree.elf.name: keys[tree]})
            if image_stale:
                make_iso(tree)
                memories[tree].keep(**{tree.iso.name: image})
        except Defect as defect:
            return defect
        if tree in objects or image_stale:
            files = f": {len(objects[tree])} files, {counts[tree]} compiled" if tree in objects else ""
            print(f"{'image' if image_stale else 'kernel':7} {tree.name}{files}", flush=True)
        return None

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        rest = [tree for tree in trees if tree not in defects]
        defects |= {tree: defect for tree, defect in zip(rest, pool.map(finish, rest)) if defect}
    return {tree: defect for tree, defect in defects.items() if not is_expected(tree, defect)}


def build_products(trees: list[Tree], images: bool) -> dict[Tree, Defect]:
    """Makes the product of each tree, product.elf, which is its only kernel where it has one; what went wrong, by tree."""
    products = {tree: tree.as_product() for tree in trees}
    defects = build(list(products.values()), images)
    for tree, product in products.items():
        if product == tree and tree not in defects:
            for file in (tree.elf, tree.modules, tree.iso) if images else (tree.elf, tree.modules):
                also(file, tree.folder / f"product{file.suffix}")
    return defects


def is_expected(tree: Tree, defect: Defect) -> bool:
    """Keeps what the compiler said of an exhibit; whether that is what it is there to show."""
    if not tree.exhibit:
        return False
    write(tree.folder / "build.log", f"{defect}\n")
    return must_fail(tree)
