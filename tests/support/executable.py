"""Reads the headers of ELF (System V ABI, with GNU's additions) and PE files (Microsoft's PE format), of any machine, so that it needs
no tool, and the program need not run here."""

import re
import struct


def read_executable(path):
    """An Elf, a Pe, or None for a file that is neither."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:4] == b"\x7fELF":
        return Elf(data)
    return Pe(data) if data[:2] == b"MZ" else None


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
        entries = list(self.dynamic_entries())
        self.dynamic = dict(reversed(entries))  # the first of each
        self.needed = [value for tag, value in entries if tag == 1]  # DT_NEEDED
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

    def dynamic_entries(self):
        for _, _, offset, _, size in self.find(2):  # PT_DYNAMIC
            width = 16 if self.is_64 else 8
            for at in range(offset, offset + size, width):
                yield self.read("QQ" if self.is_64 else "II", at)

    def offset_of(self, address):
        """The offset in the file of what is loaded at ADDRESS."""
        for _, _, offset, begin, length in self.find(1):  # PT_LOAD
            if begin <= address < begin + length:
                return offset + address - begin
        return None

    def read_names(self):
        """The names that the program needs from libraries; for a static one, all its names."""
        if 5 not in self.dynamic:  # DT_STRTAB
            return set(re.findall(rb"\w+", self.data))
        begin = self.offset_of(self.dynamic[5])
        return set(self.data[begin:begin + self.dynamic[10]].split(b"\0"))  # DT_STRSZ

    def text(self, offset):
        """A name in the dynamic strings."""
        begin = self.offset_of(self.dynamic[5]) + offset
        return self.data[begin:self.data.index(b"\0", begin)].decode()

    def libraries(self):
        """The files it is loaded with."""
        return [self.text(offset) for offset in self.needed]

    def soname(self):
        return self.text(self.dynamic[14])  # DT_SONAME

    def exports(self):
        """The symbols that it exports, from the section of dynamic symbols."""
        head, = self.read("Q", 40) if self.is_64 else self.read("I", 32)
        size, count = self.read("HH", 58 if self.is_64 else 46)
        for at in range(head, head + size * count, size):
            kind, = self.read("I", at + 4)
            if kind != 11:  # SHT_DYNSYM
                continue
            offset, length = self.read("QQ", at + 24) if self.is_64 else self.read("II", at + 16)
            width = 24 if self.is_64 else 16
            for symbol in range(offset + width, offset + length, width):
                if self.is_64:
                    name, info, _, section = self.read("IBBH", symbol)
                else:
                    name, _, _, info, _, section = self.read("IIIBBH", symbol)
                if section != 0 and info >> 4 != 0:  # SHN_UNDEF: what it wants itself; STB_LOCAL: of no use to others
                    yield self.text(name)


class Pe:
    """The headers of a PE file."""

    def __init__(self, data):
        self.data = data
        self.at = self.read("I", 0x3C)[0] + 4
        self.characteristics, = self.read("H", self.at + 18)
        optional = self.at + 20
        is_64 = self.read("H", optional)[0] == 0x20B
        self.dll, = self.read("H", optional + 70)  # DllCharacteristics
        self.directories = optional + (112 if is_64 else 96)
        self.relocations = self.directory(5)
        sections = optional + self.read("H", self.at + 16)[0]
        self.sections = [self.section(sections + i * 40) for i in range(self.read("H", self.at + 2)[0])]

    def read(self, form, at):
        return struct.unpack_from("<" + form, self.data, at)

    def directory(self, index):
        """Address and size of one of the tables."""
        return self.read("II", self.directories + index * 8)

    def section(self, at):
        """Address, offset, size in the file, flags."""
        _, address, size, offset = self.read("IIII", at + 8)
        return address, offset, size, self.read("I", at + 36)[0]

    def offset_of(self, address):
        """The offset in the file of what is loaded at ADDRESS."""
        for begin, offset, length, _ in self.sections:
            if begin <= address < begin + length:
                return offset + address - begin
        return None

    def text(self, address):
        begin = self.offset_of(address)
        return self.data[begin:self.data.index(b"\0", begin)].decode()

    def libraries(self):
        """The DLLs it is loaded with, and those that it would load at a first call."""
        for index, width, place in ((1, 20, 12), (13, 32, 4)):  # import table, delay import descriptors
            address, size = self.directory(index)
            at = self.offset_of(address) if size else None
            while at is not None and self.read("I", at + place)[0]:
                yield self.text(self.read("I", at + place)[0])
                at += width
