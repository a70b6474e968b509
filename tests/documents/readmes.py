"""readmes.py SOURCE_DIRECTORY: whether links in Markdown lead to a file and heading that are there, and the README of a room names its C files."""

import pathlib
import re
import sys

ROOMS = ("apps", "core", "platform")
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]*))?\)")


def documents(root: pathlib.Path) -> list:
    return sorted([*root.glob("*.md"), *(document for name in (*ROOMS, "cmake", "tests") for document in (root / name).rglob("*.md"))])


def anchors(document: pathlib.Path) -> set:
    """The headings as GitHub names them in links."""
    headings = re.findall(r"^#+ (.*)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links_broken(document: pathlib.Path) -> list:
    broken = []
    for path, anchor in LINK.findall(document.read_text(encoding="utf-8")):
        if path.startswith(("https:", "http:")):
            continue
        target = (document.parent / path) if path else document
        if not target.exists():
            broken.append(f"leads to {path}, which is not there")
        elif anchor and anchor not in anchors(target):
            broken.append(f"leads to {path}#{anchor}, a heading that is not there")
    return broken


def files_unnamed(document: pathlib.Path) -> list:
    """Both a file and its header are named by what stands before the point."""
    text = document.read_text(encoding="utf-8")
    names = sorted({path.stem for path in document.parent.glob("*.[ch]")})
    return [f"does not name {name}" for name in names if not re.search(rf"\b{re.escape(name)}\b", text)]


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    found = documents(root)
    broken = 0
    for document in found:
        is_room = document.name == "README.md" and document.relative_to(root).parts[0] in ROOMS
        for what in links_broken(document) + (files_unnamed(document) if is_room else []):
            print(f"{document.relative_to(root)}: {what}")
            broken += 1
    print(f"{len(found)} documents, {broken} faults")
    if len(found) < 20:
        sys.exit(f"only {len(found)} documents in {root}: that cannot be the source tree")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
