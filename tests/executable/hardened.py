"""hardened.py PROGRAM PROPERTY...: whether the built program shows what cmake/Harden.cmake asked for."""

import re
import sys

from support.executable import Elf, read_executable


def elf_properties(program):
    flags, flags_1 = program.dynamic.get(30, 0), program.dynamic.get(0x6FFFFFFB, 0)  # DT_FLAGS, DT_FLAGS_1
    stack = program.find(0x6474E551)  # PT_GNU_STACK: without it some systems make the stack executable
    names = program.names
    yield "pie", program.type == 3 and flags_1 & 0x08000000 != 0  # ET_DYN, DF_1_PIE
    yield "relro", bool(program.find(0x6474E552))  # PT_GNU_RELRO
    yield "now", flags & 8 != 0 or flags_1 & 1 != 0  # DF_BIND_NOW, DF_1_NOW
    yield "nx", bool(stack) and all(segment[1] & 1 == 0 for segment in stack)  # PF_X
    yield "protector", any(name.startswith(b"__stack_chk_fail") for name in names)
    yield "fortify", any(re.fullmatch(rb"__\w+_chk", name) for name in names)
    yield "apart", all(segment[1] & 3 != 3 for segment in program.find(1))  # nothing is both written and run


def pe_properties(program):
    # Without relocations the program can only be loaded in one place, whatever the header promises.
    yield "aslr", program.dll & 0x40 != 0 and program.characteristics & 1 == 0 and program.relocations[1] > 0
    yield "entropy", program.dll & 0x20 != 0
    yield "nx", program.dll & 0x100 != 0
    yield "guard", program.dll & 0x4000 != 0
    yield "protector", b"__stack_chk_fail\0" in program.data
    yield "apart", all(flags & 0xA0000000 != 0xA0000000 for _, _, _, flags in program.sections)  # written and run


def main():
    path, wanted = sys.argv[1], ["apart", *sys.argv[2:]]
    program = read_executable(path)
    if program is None:
        print("skipped: the program is neither ELF nor PE")
        return 0
    shown = dict(elf_properties(program) if isinstance(program, Elf) else pe_properties(program))
    print("shown:", *(name for name in shown if shown[name]))
    missing = [name for name in wanted if not shown[name]]
    if missing:
        print(f"{path} does not show:", *missing)
    return 1 if missing else 0


sys.exit(main())
