"""libraries.py PROGRAM...: whether each needs only files that come with its system."""

import re
import sys

from support.executable import Elf, read_executable

# On Windows 10 and later, the C library that Windows itself uses and Microsoft's universal one included; the runtime of a compiler is not
# there.
PE_SYSTEM = r"(kernel32|ntdll|advapi32|user32|shell32|ws2_32|mswsock|iphlpapi|bcrypt|msvcrt|ucrtbase|api-ms-win-[a-z0-9-]+)\.dll"
# What each C library consists of; it is the system's own. The last are sanitizers' runtimes, for builds that watch themselves.
ELF_SYSTEM = r"(lib(c|m|dl|rt|pthread|resolv)|libgcc_s|ld-linux[a-z0-9_-]*|ld64|lib(a|l|t|ub)san|libc\.musl-[a-z0-9_]+)\.so(\.\d+)*"


def check(path):
    program = read_executable(path)
    if program is None:
        sys.exit("skipped: the program is neither ELF nor PE")
    system = ELF_SYSTEM if isinstance(program, Elf) else PE_SYSTEM
    names = sorted(program.libraries())
    print(f"{path} is loaded with {len(names)}:", *names)
    foreign = [name for name in names if not re.fullmatch(system, name, re.IGNORECASE)]
    if not isinstance(program, Elf) and not names:
        sys.exit(f"{path}: a program for Windows that calls nobody was not read right")
    if foreign:
        sys.exit(f"{path}: the system does not bring " + " ".join(foreign))


for argument in sys.argv[1:]:
    check(argument)
