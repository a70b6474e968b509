"""Runs every command that the documents show.

document_commands.py --program COMMAND DOCUMENT...

COMMAND starts loopmsg. In a DOCUMENT, which is Markdown, the language of a block decides what is done with it: each line of a `sh` block is a
command; in a `console` block a command follows `$`, and the lines after it are what it prints; every other block (`shell` for commands that
install, build or need another machine, `bat`, `c` and so on) is not run, only counted. A command that is only a `loopmsg serve` starts a server. It
runs until the next one at its address or the next heading, and must then end in order. A comment after a command that says "exits with 4"
requires that code; one that says "exit code 5" allows it as well as 0; otherwise it must be 0.

Commands run in a folder of their own, with a `loopmsg` first in the path that replaces each port by a free one, each host by this machine's loopback,
and the usual length of a measurement by half a second. In the output, addresses of this machine, times and numbers may differ from those shown,
"listening on" may be missing, and "..." stands for any lines. Exits with 1 when a check fails.
"""

import argparse
import errno
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
from typing import NamedTuple

from support.check import WAIT_S, Failure
from support.program import ON_WINDOWS, Server

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
ADDRESS = re.compile(r"(localhost|127\.0\.0\.1|\[::1\]|host|192\.168\.1\.20|\[2001:db8::7\]|\w+\.invalid)?(?::(\d+))?")
# In the escaped text that is shown: an address of this machine, a time, another number, a name of the machine; and what may be printed for each.
LIKE = re.compile(r"((?:127\\\.0\\\.0\\\.1|\\\[::1\\\]):\d+)|(\b\d+(?:\\\.\d+)?\\ (?:ns|us|ms|s)\b)|(\b\d+(?:\\\.\d+)?\b)|(localhost(?!:\d))")
PRINTED = (r"(?:127\.0\.0\.1|\[::1\]):\d+", r"\d+(?:\.\d+)? (?:ns|us|ms|s)", r"\d+(?:\.\d+)?", r"localhost(?::\d+)?")
ON_A_LINE = re.compile(r"\s#\s.*")


class Command(NamedTuple):
    line: int
    text: str
    expected: str  # what it prints; None where that is not shown
    heading: int  # how many stand before it

    def codes(self) -> set:
        comment = "".join(ON_A_LINE.findall(self.text))
        exact = re.search(r"exits with (\d+)", comment)
        if exact:
            return {int(exact.group(1))}
        return {0, *(int(code) for code in re.findall(r"exit code (\d+)", comment))}

    def is_server(self) -> bool:
        return self.bare().startswith("loopmsg serve") and not re.search(r"[|&;]", self.bare()) and self.codes() == {0}

    def bare(self) -> str:
        return ON_A_LINE.sub("", self.text).strip()


def console_read(lines: list, first: int, heading: int) -> list:
    found = []
    for number, line in enumerate(lines, first):
        if line.startswith("$ "):
            found.append(Command(number, line[2:], "", heading))
        elif found:
            found[-1] = found[-1]._replace(expected=f"{found[-1].expected}{line}\n")
        else:
            raise Failure(f"line {number}: a console block begins with a command, not with {line!r}")
    return found


def document_read(path: str) -> tuple:
    """Its commands, and how many blocks of each other language it has."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    found, others, heading, at = [], {}, 0, 0
    while at < len(lines):
        heading += lines[at].startswith("#")
        if not lines[at].startswith("```"):
            at += 1
            continue
        language = lines[at][3:]
        end = lines.index("```", at + 1)
        block = lines[at + 1 : end]
        if language == "sh":
            found += [Command(at + 2 + i, line, None, heading) for i, line in enumerate(block) if line and not line.startswith("#")]
        elif language == "console":
            found += console_read(block, at + 2, heading)
        elif language:
            others[language] = others.get(language, 0) + 1
        else:
            raise Failure(f"{path}:{at + 1}: a block without a language; 'text' is one")
        at = end + 1
    return found, others


def port_find() -> int:
    """A port that is free on both loopback addresses, or on the only one."""
    for _ in range(100):
        with socket.socket() as first:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                with socket.socket(socket.AF_INET6) as second:
                    second.bind(("::1", port))
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    continue
            return port
    raise Failure("there is no free port")


def address_here(argument: str, ports: dict) -> str:
    """The ADDRESS to use for one of the documents, or "" if the argument is none."""
    found = ADDRESS.fullmatch(argument)
    if not argument or not found:
        return ""
    host, port = found.groups()
    if port == "0" or (host or "").endswith(".invalid"):
        return argument
    return f"{host if host in LOOPBACK else 'localhost'}:{ports[port or '9999']}"


def arguments_here(arguments: list, ports: dict) -> list:
    """The command line of loopmsg as it is run here."""
    if not arguments or arguments[0] not in ("serve", "talk", "bench", "probe"):
        return arguments
    name, rest = arguments[0], arguments[1:]
    targets = [address_here(argument, ports) for argument in rest]
    has_target = any(target and (i == 0 or rest[i - 1] != "--compare") for i, target in enumerate(targets))
    here = [target or argument for argument, target in zip(rest, targets)]
    if name == "bench" and not {"-d", "--duration", "-n", "--messages"} & set(rest):
        here = ["--duration", "500ms", *here]
    if "--compare" in rest and "--interval" not in rest:
        here = ["--interval", "100ms", *here]
    if name == "bench" and "--warmup" not in rest:
        here = ["--warmup", "100ms", *here]
    return [name] + ([] if has_target else [f"localhost:{ports['9999']}"]) + here


def loopmsg_run() -> None:
    """The `loopmsg` of the documents: see the top."""
    ports = dict(pair.split("=") for pair in os.environ["DOCUMENT_PORTS"].split())
    command = shlex.split(os.environ["DOCUMENT_PROGRAM"]) + arguments_here(sys.argv[2:], ports)
    os.execvp(command[0], command)


def pattern_of(expected: str) -> str:
    """Matches what may be printed where EXPECTED is shown."""
    pattern = ""
    for line in expected.splitlines():
        if line == "...":
            pattern += r"(?:.*\n)*?"
            continue
        escaped = re.escape(line)
        escaped = LIKE.sub(lambda found: PRINTED[found.lastindex - 1], escaped)
        pattern += escaped + r"\n"
    return pattern


def without_listening(text: str) -> str:
    return re.sub(r"^listening on .*\n", "", text, flags=re.MULTILINE)


class Session:
    """A folder, the servers that run in it, and the environment."""

    def __init__(self, program: list, commands: list, folder: str) -> None:
        self.folder = folder
        self.servers = {}  # by address: the command and its process
        ports = {"9999"}
        for command in commands:
            ports |= set(re.findall(r"(?:^|[\s\w\].]):([1-9]\d*)\b", command.bare()))
        self.ports = {port: str(port_find()) for port in sorted(ports)}
        tools = os.path.join(folder, "tools")
        os.mkdir(tools)
        with open(os.path.join(tools, "loopmsg"), "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\nexec {shlex.quote(sys.executable)} -B {shlex.quote(os.path.abspath(__file__))} run \"$@\"\n")
        os.chmod(os.path.join(tools, "loopmsg"), 0o755)
        self.environment = {
            **os.environ,
            "PATH": tools + os.pathsep + os.environ["PATH"],
            "DOCUMENT_PROGRAM": shlex.join([os.path.abspath(word) if os.path.exists(word) else word for word in program]),
            "DOCUMENT_PORTS": " ".join(f"{here}={there}" for here, there in self.ports.items()),
        }
        self.files_make(program)

    def files_make(self, program: list) -> None:
        """The files that the documents assume: `file` is some text, `two.json` is what another machine has measured."""
        with open(os.path.join(self.folder, "file"), "w", encoding="utf-8", newline="\n") as file:
            file.write("two\nlines\n")
        server = Server(program + ["serve", "127.0.0.1:0", "--quiet"])
        try:
            command = program + ["bench", f"127.0.0.1:{server.port()}", "--json", "--duration", "500ms", "--warmup", "100ms"]
            with open(os.path.join(self.folder, "two.json"), "wb") as file:
                subprocess.run(command, stdin=subprocess.DEVNULL, stdout=file, timeout=WAIT_S, check=True)
            server.interrupt()
        finally:
            server.kill()

    def shell(self, text: str) -> list:
        return ["bash", "-c", text]

    def server_start(self, command: Command) -> None:
        words = shlex.split(command.bare())[2:]
        addresses = [address_here(word, self.ports) for word in words]
        address = next(filter(None, addresses), f"localhost:{self.ports['9999']}")
        self.server_end(address)
        # One stream, as at a terminal. The document's folder and path hold for it, too.
        setting = "".join(f"export {name}={shlex.quote(self.environment[name])}; " for name in ("PATH", "DOCUMENT_PROGRAM", "DOCUMENT_PORTS"))
        text = f"cd {shlex.quote(self.folder)}; {setting}exec {command.bare()} 2>&1"
        server = Server(self.shell(text))
        if server.wait_for("output", r"(?m)^(listening on|loopmsg:) ").group(1) == "loopmsg:":
            server.wait()
            raise Failure(f"it printed {server.texts['output']!r}")
        self.servers[address] = (command, server)

    def server_end(self, address: str) -> None:
        command, server = self.servers.pop(address, (None, None))
        if server is None:
            return
        try:
            if command.expected:
                shown = pattern_of(without_listening(command.expected))
                with server.changed:
                    if not server.changed.wait_for(lambda: re.match(shown, without_listening(server.texts["output"])), WAIT_S):
                        raise Failure(f"line {command.line} shows {command.expected!r}, but it printed {server.texts['output']!r}")
            server.interrupt()
        finally:
            server.kill()

    def servers_end(self) -> None:
        for address in list(self.servers):
            self.server_end(address)

    def command_run(self, command: Command) -> None:
        ended = subprocess.run(
            self.shell(command.text),
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=WAIT_S,
            check=False,
        )
        printed = ended.stdout.decode("utf-8", "replace").replace("\r\n", "\n")
        printed += "" if printed.endswith("\n") else "\n"  # a document's lines all end
        if ended.returncode not in command.codes():
            raise Failure(f"it exited with {ended.returncode}, not {sorted(command.codes())}: {printed!r}")
        if command.expected and not re.fullmatch(pattern_of(command.expected), printed):
            raise Failure(f"the document shows {command.expected!r}, but it printed {printed!r}")


def document_run(program: list, path: str) -> int:
    """The number of its commands that failed."""
    commands, others = document_read(path)
    failures, heading = 0, 0
    print(os.path.basename(path), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        session = Session(program, commands, folder)

        def attempt(line: int, text: str, action) -> None:
            nonlocal failures
            try:
                action()
            except (Failure, OSError, subprocess.SubprocessError) as error:
                failures += 1
                print(f"  FAILED: line {line}: {text}\n    {error}", flush=True)

        for command in commands:
            if command.heading != heading:
                attempt(command.line, "the servers before it", session.servers_end)
                heading = command.heading
            action = session.server_start if command.is_server() else session.command_run
            attempt(command.line, command.text, lambda run=action, what=command: run(what))
        attempt(0, "the last servers", session.servers_end)
        for _, server in session.servers.values():
            server.kill()
    shown = sum(1 for command in commands if command.expected)
    not_run = ", ".join(f"{count} of {language}" for language, count in sorted(others.items()))
    print(f"  {len(commands)} commands run, {shown} with what they print; blocks not run: {not_run or 'none'}", flush=True)
    if not commands:
        raise Failure(f"{path} shows no command")
    return failures


def main() -> int:
    parser = argparse.ArgumentParser(description="Runs every command that the documents show.")
    parser.add_argument("--program", required=True, type=shlex.split, help="the command that starts loopmsg")
    parser.add_argument("documents", nargs="+")
    options = parser.parse_args()
    if ON_WINDOWS or shutil.which("bash") is None:
        print("skipped: there is no bash on this machine; the documents' commands need it")
        return 0
    failures = 0
    for path in options.documents:
        try:
            failures += document_run(options.program, path)
        except (Failure, OSError, subprocess.SubprocessError) as error:
            failures += 1
            print(f"  FAILED: {error}", flush=True)
    print("all commands do what the documents say" if failures == 0 else f"{failures} failed", flush=True)
    return 0 if failures == 0 else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["run"]:
        loopmsg_run()
    sys.exit(main())
