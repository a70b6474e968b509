"""The manual pages that are made from the tables of options.

manual.py --program COMMAND --documents COMMAND

The first COMMAND starts loopmsg, the second writes its documents, here into a folder of the test. Every command must have a page, and each page
every option of --help, as a reader sees it. groff and mandoc, if installed, must print no warning. Exits with 1
when a check fails.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

from command_tables import choices, commands_read
from support.check import WAIT_S, Failure, check_all, commands
from support.program import run, run_text

DATE = "2026-11-22"
FOLDERS = ["man1", "bash", "zsh", "fish", "powershell"]
SECTIONS = ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "EXAMPLES", "SEE ALSO"]


class Documents:
    """What was written, by path below the folder."""

    def __init__(self, options) -> None:
        self.tables = commands_read(options.program)
        with tempfile.TemporaryDirectory(dir=".") as folder:
            for name in FOLDERS:
                os.mkdir(os.path.join(folder, name))
            run(options.documents + [os.path.relpath(folder), DATE])
            self.texts = {}
            for name in FOLDERS:
                for file in os.listdir(os.path.join(folder, name)):
                    with open(os.path.join(folder, name, file), encoding="utf-8", newline="") as text:
                        self.texts[f"{name}/{file}"] = text.read()

    def page(self, command) -> str:
        path = f"man1/loopmsg-{command.name}.1" if command.name else "man1/loopmsg.1"
        if path not in self.texts:
            raise Failure(f"{path} is missing: {sorted(self.texts)}")
        return self.texts[path]


def lines_of(source: str) -> list:
    """The page without fonts and escapes; knows only those that our pages use."""
    text = re.sub(r"\\f[BIR]|\\&", "", source)
    for escape, character in ((r"\-", "-"), (r"\(aq", "'"), (r"\(ga", "`"), (r"\(ha", "^"), (r"\(ti", "~"), (r"\e", "\\")):
        text = text.replace(escape, character)
    return text.splitlines()


def every_page_has_what_help_lists(options) -> None:
    documents = Documents(options)
    count = 0
    for command in documents.tables:
        lines = lines_of(documents.page(command))
        found = [line[4:] for line in lines if line.startswith(".SH ") and line != ".SH COMMANDS"]
        if found != SECTIONS:
            raise Failure(f"the page of {command.name!r} has the sections {found}")
        start = lines.index(".SH OPTIONS")
        shown = [lines[i + 1] for i in range(start, lines.index(".SH EXIT STATUS")) if lines[i] == ".TP"]
        expected = []
        for option in command.options:
            value = f" {option.value}" if option.value and not option.value.startswith("[") else option.value
            expected.append((f"-{option.letter}, " if option.letter else "") + f"--{option.name}{value}")
            meaning = " ".join(lines[start:]).replace("  ", " ")
            for words in (option.meaning, ", ".join(choices(option))):
                if words not in meaning:
                    raise Failure(f"the page of {command.name!r} does not explain --{option.name}: {words!r}")
        if shown != expected:
            raise Failure(f"the page of {command.name!r} shows the options {shown}, not {expected}")
        if f"loopmsg {command.name}".strip() not in lines[lines.index(".SH SYNOPSIS") + 1]:
            raise Failure(f"the synopsis of {command.name!r} is {lines[lines.index('.SH SYNOPSIS') + 1]!r}")
        count += len(expected)
    pages = [path for path in documents.texts if path.startswith("man1/")]
    if len(pages) != len(documents.tables):
        raise Failure(f"{len(documents.tables)} commands have {len(pages)} pages")
    for command in documents.tables[1:]:
        if f".BR loopmsg-{command.name} (1)" not in "\n".join(lines_of(documents.page(documents.tables[0]))):
            raise Failure(f"loopmsg(1) does not name the page of {command.name}")
    print(f"  {count} options on {len(pages)} pages", flush=True)


def checker_run(checker: list, options, environment: dict) -> None:
    documents = Documents(options)
    pages = sorted(path for path in documents.texts if path.startswith("man1/"))
    with tempfile.TemporaryDirectory() as folder:
        for page in pages:
            path = os.path.join(folder, os.path.basename(page))
            with open(path, "w", encoding="utf-8", newline="") as file:
                file.write(documents.texts[page])
            ended = subprocess.run(
                checker + [path],
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                timeout=WAIT_S,
                check=False,
            )
            said = ended.stderr.decode("utf-8") + (ended.stdout.decode("utf-8") if "lint" in checker else "")
            if said or ended.returncode != 0:
                raise Failure(f"{checker[0]} exited with {ended.returncode} and says of {page}: {said!r}")
    print(f"  {len(pages)} pages", flush=True)


def groff_has_no_warning(options) -> None:
    # Some containers have a man program that only prints that there is none.
    if shutil.which("man") is None or shutil.which("groff") is None or "man 2" not in run_text(["man", "--version"]):
        print("  skipped: there is no man with groff on this machine", flush=True)
        return
    checker = ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z"]
    checker_run(checker, options, {"LC_ALL": "C.UTF-8", "MANROFFSEQ": "", "MANWIDTH": "80"})


def mandoc_has_no_warning(options) -> None:
    if shutil.which("mandoc") is None:
        print("  skipped: there is no mandoc on this machine", flush=True)
        return
    checker_run(["mandoc", "-T", "lint"], options, {})


def the_completions_written_are_those_of_the_command(options) -> None:
    documents = Documents(options)
    written = {path.partition("/")[0]: text for path, text in documents.texts.items() if not path.startswith("man1/")}
    for shell in FOLDERS[1:]:
        if written.get(shell) != run_text(options.program + ["completion", shell]):
            raise Failure(f"what was written for {shell} is not what 'loopmsg completion {shell}' prints")
    print(f"  {', '.join(sorted(written))}", flush=True)


if __name__ == "__main__":
    CHECKS = [
        every_page_has_what_help_lists,
        groff_has_no_warning,
        mandoc_has_no_warning,
        the_completions_written_are_those_of_the_command,
    ]
    sys.exit(check_all(CHECKS, commands("Manual pages.", "program", "documents")))
