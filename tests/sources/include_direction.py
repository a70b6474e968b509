"""include_direction.py SOURCE_DIRECTORY: whether includes lead downwards, without a circle, and headers declare what their files define.

It reads the C of platform/, core/, apps/ and tests/, and names every line that breaks one of three rules:

direction   a room includes itself and the rooms that ROOMS lists for it
circle      what X.c and X.h include and call never leads back to them
truth       X.c defines what X.h beside it declares, so that includes show who calls whom; INTERFACES lists the headers that other files
            implement
"""

import pathlib
import re
import sys
from typing import NamedTuple

PAL = ["platform/include/pal"]
LIBRARY = ["core/include/loopmsg", *PAL]
GROUND = ["apps/output", *LIBRARY]
TABLES = ["apps/command_line", *GROUND]
SHARED = ["apps/network", *TABLES]
PLATFORM_TESTS = ["tests/support", *PAL]
APPS_TESTS = ["tests/apps", "platform/process/include/pal", *LIBRARY, *PLATFORM_TESTS]

# What each room may include besides itself. Below tests/, a folder without a line belongs to the room around it.
ROOMS = {
    "platform/include/pal": [],
    "platform/common": [*PAL, "platform/posix", "platform/windows"],  # of these NATIVE only
    "platform/posix": ["platform/common", *PAL],
    "platform/windows": ["platform/common", *PAL],
    "platform/sim": ["platform/sim/include/pal", "platform/common", *PAL],
    "platform/sim/include/pal": PAL,
    "platform/process": ["platform/process/include/pal", "platform/posix", "platform/windows", "platform/common", *PAL],
    "platform/process/include/pal": PAL,
    "core/include/loopmsg": PAL,
    "core/source/protocol": LIBRARY,
    "core/source/client": ["core/source/protocol", *LIBRARY],
    "core/source/server": ["core/source/protocol", *LIBRARY],
    "core/source/load": ["core/source/client", "core/source/protocol", *LIBRARY],
    "apps/output": LIBRARY,
    "apps/command_line": GROUND,
    "apps/command_line/shell": TABLES,
    "apps/network": TABLES,
    "apps/report": TABLES,
    "apps/report/page": ["apps/report", *GROUND],
    "apps/serve": SHARED,
    "apps/talk": SHARED,
    "apps/probe": SHARED,
    "apps/bench": ["apps/report/page", "apps/report", *SHARED],
    "apps/demo": SHARED,
    "apps": ["apps/serve", "apps/talk", "apps/probe", "apps/bench", "apps/demo", "apps/report", "apps/command_line/shell", *SHARED],
    "tests/support": [*PAL, "platform/process/include/pal"],
    "tests/platform": PLATFORM_TESTS,
    "tests/platform/process": ["platform/process/include/pal", *PLATFORM_TESTS],
    "tests/platform/sim": ["platform/sim/include/pal", *PLATFORM_TESTS],
    "tests/core": [*LIBRARY, *PLATFORM_TESTS],
    "tests/added_framing": [*APPS_TESTS, "tests/core"],
    "tests/sim": ["platform/sim/include/pal", *LIBRARY, *PLATFORM_TESTS],
    "tests/fuzz": ["apps", "apps/report", *SHARED, *PLATFORM_TESTS],
    "tests/install": LIBRARY,
    "tests/bench": [],
    "tests/apps": APPS_TESTS,
}
# The tests of a room of apps/ may include what that room may.
for room in [name for name in ROOMS if name.startswith("apps/") and name != "apps/command_line/shell"]:
    ROOMS[f"tests/{room}"] = [room, *ROOMS[room], *APPS_TESTS]

# The protocol knows no socket, clock or thread: of pal/, its includes lead only to these headers.
PURE = "core/source/protocol"
PURE_HEADERS = [f"platform/include/pal/{name}.h" for name in ("address", "container", "public", "status")]

NATIVE = "native.h"  # what a backend shows of itself to common/

# Includes in quotes begin at one of these folders; those of platform/ also at their backend's.
ROOTS = {
    "platform": ["platform", "platform/include", "platform/sim/include", "platform/process/include"],
    "core": ["core/include", "core/source", "platform/include"],
    "apps": ["apps", "core/include", "platform/include"],
    "tests": ["tests", "apps", "core/include", "platform/include", "platform/sim/include", "platform/process/include"],
}
PUBLIC = "core/include/loopmsg/"
BACKENDS = ["platform/posix", "platform/windows"]

# Headers whose functions are defined in files of other names, and why.
INTERFACES = {
    r"platform/(\w+/)?include/pal/\w+\.h": "each system has its own files behind them",
    r"platform/common/backend\.h": "what each backend supplies to common/",
    r"platform/common/sockets\.h pal_(socket_(open|release|error)|listener_start|backlog_limit)": "what differs between the systems' sockets",
    r"platform/(posix|windows)/native\.h": "a backend's own shape of what files of common/ and of its folder need of it",
    r"platform/common/loop\.h pal_backend_\w+": "each backend's way to wait, for which the loop asks",
    r"platform/posix/reactor\.h pal_poller_\w+": "the pollers, which the reactor has in a table and which report to it",
    r"platform/process/process\.h": "the system's half of child processes",
    r"platform/sim/native_thread\.h": "the backend's threads, compiled once more under these names",
}


class Include(NamedTuple):
    path: str  # of the file that includes
    line: int
    name: str
    targets: tuple  # the files it may be: two where each backend has one


def blanked(text: str) -> str:
    """C without comments, literals and preprocessor lines; line numbers stay."""

    def lines_of(match) -> str:
        return '""' if match[0][0] in "\"'" else "\n" * match[0].count("\n")

    text = re.sub(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", lines_of, text, flags=re.DOTALL)
    return re.sub(r"^[ \t]*#(?:\\\n|[^\n])*", lambda match: "\n" * match[0].count("\n"), text, flags=re.MULTILINE)


def statements(text: str):
    """The statements outside of all braces: (line, text, whether a body follows)."""
    depth, start, line, start_line = 0, "", 1, 1
    for sign in blanked(text):
        line += sign == "\n"
        if sign == "{":
            depth += 1
            if depth == 1 and start.rstrip().endswith(")"):
                yield start_line, start, True
                start = ""
        elif sign == "}":
            depth -= 1
        elif depth == 0 and sign == ";":
            yield start_line, start, False
            start = ""
        elif depth == 0:
            if not start.strip():
                start_line = line
            start += sign


def functions(text: str, with_body: bool):
    """The functions and objects that others can name, (line, name), which a file defines or a header declares."""
    for line, statement, has_body in statements(text):
        if re.search(r"\b(typedef|static|inline|_Static_assert|static_assert)\b", statement):
            continue
        name = re.search(r"(\w+)\s*\(", statement)
        if name and "=" not in statement:
            if has_body == with_body:
                yield line, name[1]
            continue
        name = re.search(r"(\w+)\s*(\[[^\]]*\]\s*)*(=|$)", statement.strip())
        if name and " " in statement.strip() and not re.match(r"\s*(struct|union|enum)\b[\s\w]*$", statement):
            if statement.strip().startswith("extern") != with_body:
                yield line, name[1]


def is_interface(path: str, name: str) -> bool:
    return any(re.fullmatch(pattern, one) for pattern in INTERFACES for one in (path, f"{path} {name}"))


class Tree:
    def __init__(self, root: pathlib.Path) -> None:
        paths = [path for storey in ROOTS for path in (root / storey).rglob("*.[ch]")]
        self.texts = {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in sorted(paths)}
        self.broken = []
        self.includes_of = {path: list(self.read(path)) for path in self.texts}
        self.includes = [include for includes in self.includes_of.values() for include in includes]
        self.impure = {path for path in self.texts if path.startswith("platform/") and path not in PURE_HEADERS}

    def say(self, rule: str, path: str, line: int, what: str) -> None:
        self.broken.append(f"{rule}: {path}:{line}: {what}")

    def read(self, path: str):
        roots = list(ROOTS[path.split("/")[0]])
        if path.startswith("platform/"):
            own = [backend for backend in BACKENDS if path.startswith(backend)]
            roots += own or BACKENDS
        for number, line in enumerate(self.texts[path].splitlines(), 1):
            found = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
            if found:
                targets = tuple(f"{root}/{found[1]}" for root in roots if f"{root}/{found[1]}" in self.texts)
                if targets or not found[1].endswith("_example.h"):  # those are made in the build
                    yield Include(path, number, found[1], targets)

    @staticmethod
    def room(path: str) -> str:
        room = path.rpartition("/")[0]
        while room.startswith("tests/") and room not in ROOMS:
            room = room.rpartition("/")[0]
        return room

    def source(self, header: str) -> str:
        """The file that defines what HEADER declares. Those of the library's public headers stand in its rooms."""
        source = header[:-1] + "c"
        if not header.startswith(PUBLIC):
            return source
        name = source[len(PUBLIC) :]
        pattern = rf"core/source/(\w+/{name}|{name.replace('_', '/', 1)})"  # loopmsg/load_result.h: load/result.c
        return next((path for path in self.texts if re.fullmatch(pattern, path)), source)

    def uses(self):
        """What leads from one file to another: (path, line, how, target). Of calls, those of what INTERFACES lists are none of ours."""
        for include in self.includes:
            for target in include.targets:
                yield include.path, include.line, f'"{include.name}"', target
        sources = [path for path in self.texts if path.endswith(".c") and not path.startswith("tests/")]
        owners = {}
        for path in sources:
            for _, name in functions(self.texts[path], True):
                if name != "main":
                    owners.setdefault(name, []).append(path)
        for path, text in self.texts.items():
            for _, name in functions(text, False):
                if path.endswith(".h") and is_interface(path, name):
                    owners.pop(name, None)
        for path in sources:
            for number, line in enumerate(blanked(self.texts[path]).splitlines(), 1):
                for name in re.findall(r"\w+", line):
                    for owner in owners.get(name, ()):
                        yield path, number, name, owner

    def reached(self, path: str, seen: set) -> set:
        """What the includes of a file lead to, however far."""
        for include in self.includes_of.get(path, ()):
            for target in set(include.targets) - seen:
                seen.add(target)
                self.reached(target, seen)
        return seen

    def check_direction(self) -> None:
        for include in self.includes:
            room = self.room(include.path)
            if room not in ROOMS:
                self.say("direction", include.path, include.line, f"ROOMS has no line for {room}/")
                continue
            if not include.targets:
                self.say("direction", include.path, include.line, f'"{include.name}" is no file below the folders where includes begin')
            for target in include.targets:
                there = self.room(target)
                if there != room and there not in ROOMS[room]:
                    self.say("direction", include.path, include.line, f'"{include.name}": {room}/ does not stand above {there}/')
                elif room == PURE and self.reached(target, {target}).intersection(self.impure):
                    self.say("direction", include.path, include.line, f'"{include.name}" leads to sockets, clocks or threads')
                elif room == "platform/common" and there in BACKENDS and not target.endswith(NATIVE):
                    self.say("direction", include.path, include.line, f'"{include.name}": common/ knows of a backend its {NATIVE} only')

    def check_circles(self) -> None:
        unit = {path: path.rpartition(".")[0] for path in self.texts}
        edges = {}
        for path, line, how, target in self.uses():
            if unit[target] != unit[path]:
                edges.setdefault(unit[path], {}).setdefault(unit[target], (path, line, how))
        seen, stack = {}, []  # by unit: whether it is on the way that is being walked

        def walk(name: str) -> None:
            seen[name] = True
            stack.append(name)
            for other, (path, line, how) in edges.get(name, {}).items():
                if seen.get(other):
                    way = " -> ".join([*stack[stack.index(other) :], other])
                    self.say("circle", path, line, f"{how} closes {way}")
                elif other not in seen:
                    walk(other)
            stack.pop()
            seen[name] = False

        for name in sorted(edges):
            if name not in seen:
                walk(name)

    def check_truth(self) -> None:
        for path, text in self.texts.items():
            if not path.endswith(".h") or path.startswith("tests/"):
                continue
            source = self.source(path)
            defined = {name for _, name in functions(self.texts.get(source, ""), True)}
            for line, name in functions(text, False):
                if name not in defined and not is_interface(path, name):
                    where = source if source in self.texts else f"{source}, which is not there"
                    self.say("truth", path, line, f"{name} is not defined in {where}")


def main() -> int:
    tree = Tree(pathlib.Path(sys.argv[1]))
    if len(tree.texts) < 100:
        sys.exit(f"only {len(tree.texts)} files in {sys.argv[1]}: that cannot be the source tree")
    tree.check_direction()
    tree.check_circles()
    tree.check_truth()
    for line in tree.broken:
        print(line)
    count = {rule: sum(line.startswith(rule) for line in tree.broken) for rule in ("direction", "circle", "truth")}
    print(f"{len(tree.texts)} files with {len(tree.includes)} includes: " + ", ".join(f"{n} break {rule}" for rule, n in count.items()))
    return 1 if tree.broken else 0


if __name__ == "__main__":
    sys.exit(main())
