#!/usr/bin/env python3
"""exports.py LIBRARY FOLDER VERSION: whether the shared library exports exactly the functions that the headers in FOLDER declare, and
has the version of its interface in its name."""

import pathlib
import re
import sys

from support.executable import read_executable


def declared_functions(text):
    """The names of the functions that a header declares. It reads only C headers without macros that hide them."""
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL)
    text = re.sub(r"^#(\\\n|.)*", " ", text, flags=re.MULTILINE)
    while re.search(r"\{[^{}]*\}", text):  # what structs, enumerations and inline functions hold, pointers to functions among it
        text = re.sub(r"\{[^{}]*\}", ";", text)
    for statement in text.split(";"):
        name = re.search(r"(\w+)\s*\(", statement)
        if name and not re.search(r"\b(typedef|inline)\b", statement):
            yield name[1]


def main():
    library = read_executable(sys.argv[1])
    version = ".".join(sys.argv[3].split(".")[:2])
    headers = [path for path in sorted(pathlib.Path(sys.argv[2]).rglob("*.h")) if path.parent.name in ("loopmsg", "pal")]
    declared = {name for path in headers for name in declared_functions(path.read_text(encoding="utf-8"))}
    exported = set(library.exports())
    print(f"{len(headers)} headers declare {len(declared)} functions; {library.soname()} shows {len(exported)} symbols")
    if len(declared) < 50:
        sys.exit("so few functions cannot be all")
    if exported - declared:
        sys.exit("shown, but not declared: " + " ".join(sorted(exported - declared)))
    if declared - exported:
        sys.exit("declared, but not shown: " + " ".join(sorted(declared - exported)))
    if library.soname() != f"libloopmsg.so.{version}":
        sys.exit(f"{library.soname()} is not named for {version}")


main()
