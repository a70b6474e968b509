#!/usr/bin/env python3
"""hardened.py PROGRAM PROPERTY...: whether the built program shows what cmake/Harden.cmake asked for.

Reads the headers of ELF (System V ABI, with GNU's additions) and PE files (Microsoft's PE format) itself, of any machine, so that no tool is
needed and the program need not run here."""

import re
import struct
import sys


class Elf:
    """The program headers, dynamic entries and symbol names of an ELF file."""

    def __init__(self, data):
        self.data = data
        self.is_64 = data[4] == 2
        self.order = "<" if data[5] == 1 else ">"
        self.type = self.read("H", 16)[0]
        head, = self.read("Q", 32) if self.is_64 else self.read("I", 28)
        size, count = self.read("HH", 54 if self.is_64 else 42)
        self.segments = [self.segment(head + i * size) for i in range(count)]
        self.dynamic = self.read_dynamic()
        self.names = self.read_names()

    def read(self, form, at):
        return struct.unpack_from(self.order + form, self.data, at)

    def segment(self, at):
        """Type, flags, offset, address, size in the file."""
        if self.is_64:
            kind, flags, offset, address, _, size = self.read("IIQQQQ", at)
        else:
            kind, offset, address, _, size, _, flags = self.read("IIIIIII", at)
        return kind, flags, offset, address, size

    def find(self, kind):
        return [segment for segment in self.segments if segment[0] == kind]

    def read_dynamic(self):
        entries = {}
        for _, _, offset, _, size in self.find(2):  # PT_DYNAMIC
            width = 16 if self.is_64 else 8
            for at in range(offset, offset + size, width):
                tag, value = self.read("QQ" if self.is_64 else "II", at)
                entries.setdefault(tag, value)
        return entries

    def read_names(self):
        """What the program wants of libraries; of a static one, all its names."""
        table, size = self.dynamic.get(5), self.dynamic.get(10, 0)  # DT_STRTAB, DT_STRSZ
        for _, _, offset, address, length in self.find(1):  # PT_LOAD
            if table is not None and address <= table < address + length:
                begin = offset + table - address
                return set(self.data[begin:begin + size].split(b"\0"))
        return set(re.findall(rb"\w+", self.data))

    def properties(self):
        flags, flags_1 = self.dynamic.get(30, 0), self.dynamic.get(0x6FFFFFFB, 0)  # DT_FLAGS, DT_FLAGS_1
        stack = self.find(0x6474E551)  # PT_GNU_STACK: without it some systems make the stack executable
        names = self.names
        yield "pie", self.type == 3 and flags_1 & 0x08000000 != 0  # ET_DYN, DF_1_PIE
        yield "relro", bool(self.find(0x6474E552))  # PT_GNU_RELRO
        yield "now", flags & 8 != 0 or flags_1 & 1 != 0  # DF_BIND_NOW, DF_1_NOW
        yield "nx", bool(stack) and all(segment[1] & 1 == 0 for segment in stack)  # PF_X
        yield "protector", any(name.startswith(b"__stack_chk_fail") for name in names)
        yield "fortify", any(re.fullmatch(rb"__\w+_chk", name) for name in names)
        yield "apart", all(segment[1] & 3 != 3 for segment in self.find(1))  # nothing is both written and run


class Pe:
    """The headers of a PE file."""

    def __init__(self, data):
        self.data = data
        self.at = struct.unpack_from("<I", data, 0x3C)[0] + 4
        self.characteristics = struct.unpack_from("<H", data, self.at + 18)[0]
        optional = self.at + 20
        is_64 = struct.unpack_from("<H", data, optional)[0] == 0x20B
        self.dll = struct.unpack_from("<H", data, optional + 70)[0]  # DllCharacteristics
        directories = optional + (112 if is_64 else 96)
        self.relocations = struct.unpack_from("<II", data, directories + 5 * 8)
        self.sections = optional + struct.unpack_from("<H", data, self.at + 16)[0]

    def section_flags(self):
        for i in range(struct.unpack_from("<H", self.data, self.at + 2)[0]):
            yield struct.unpack_from("<I", self.data, self.sections + i * 40 + 36)[0]

    def properties(self):
        # Without relocations the program can only be loaded in one place, whatever the header promises.
        yield "aslr", self.dll & 0x40 != 0 and self.characteristics & 1 == 0 and self.relocations[1] > 0
        yield "entropy", self.dll & 0x20 != 0
        yield "nx", self.dll & 0x100 != 0
        yield "guard", self.dll & 0x4000 != 0
        yield "protector", b"__stack_chk_fail\0" in self.data
        yield "apart", all(flags & 0xA0000000 != 0xA0000000 for flags in self.section_flags())  # written and run


def main():
    path, wanted = sys.argv[1], ["apart", *sys.argv[2:]]
    with open(path, "rb") as file:
        data = file.read()
    if data[:4] == b"\x7fELF":
        shown = dict(Elf(data).properties())
    elif data[:2] == b"MZ":
        shown = dict(Pe(data).properties())
    else:
        print("skipped: the program is neither ELF nor PE")
        return 0
    print("shown:", *(name for name in shown if shown[name]))
    missing = [name for name in wanted if not shown[name]]
    if missing:
        print(f"{path} does not show:", *missing)
    return 1 if missing else 0


sys.exit(main())
