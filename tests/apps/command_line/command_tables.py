"""What `loopmsg --help` says of all commands and their options, for tests of what else is made from the same tables."""

import re
from typing import NamedTuple

from support.check import Failure
from support.program import run_text


class Option(NamedTuple):
    name: str
    letter: str  # or ""
    value: str  # as NAME, [=FORMAT], or ""
    meaning: str


class Command(NamedTuple):
    name: str  # "" for the program
    summary: str
    arguments: str
    options: list

    def option(self, name: str) -> Option:
        return next(one for one in self.options if one.name == name)


def section(text: str, heading: str) -> str:
    found = re.search(rf"^{heading}:\n((?:  .*\n)*)", text, re.MULTILINE)
    return found.group(1) if found else ""


def entries(text: str) -> list:
    """(title, meaning) of each, lines of meaning joined."""
    found = []
    for line in text.splitlines():
        if re.match(r"  (?! )|  {4}--| {6}--", line):
            title, _, meaning = line.strip().partition("  ")
            found.append([title, meaning.strip()])
        else:
            found[-1][1] = f"{found[-1][1]} {line.strip()}".strip()
    return found


def command_read(program: list, name: str, summary: str) -> Command:
    text = run_text(program + [name, "--help"] if name else program + ["--help"])
    usage = re.match(r"Usage: loopmsg((?:.+\n)+)", text).group(1).replace("\n", " ").split()
    options = []
    for title, meaning in entries(section(text, "Options")):
        found = re.fullmatch(r"(?:-(\w), )?--([a-z0-9-]+)(?: ([^ ]+)|(\[=.+\]))?", title)
        if not found:
            raise Failure(f"--help of {name!r} shows an invalid option: {title!r}")
        options.append(Option(found.group(2), found.group(1) or "", found.group(3) or found.group(4) or "", meaning))
    words = usage[1:] if name else usage
    return Command(name, summary, " ".join(word for word in words if word != "[OPTION...]"), options)


def commands_read(program: list) -> list:
    """The program itself, then each of its commands."""
    text = run_text(program + ["--help"])
    commands = [command_read(program, "", "")]
    for name, summary in entries(section(text, "Commands")):
        commands.append(command_read(program, name, summary))
    if len(commands) < 6 or sum(len(command.options) for command in commands) < 60:
        raise Failure(f"--help shows too little for any check: {commands}")
    return commands


def choices(option: Option) -> list:
    """The words of an option that chooses among them, or nothing."""
    found = re.search(r"one of ([a-z0-9-]+(?:, [a-z0-9-]+)*)", option.meaning)
    return found.group(1).split(", ") if found else []


def argument_words(command: Command, commands: list) -> list:
    if "COMMAND" in command.arguments:
        return [other.name for other in commands if other.name]
    return re.findall(r"[a-z0-9-]+", command.arguments) if "|" in command.arguments else []
