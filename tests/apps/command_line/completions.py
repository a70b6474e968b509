"""What the scripts of `loopmsg completion` do in real shells.

completions.py --program COMMAND

COMMAND starts loopmsg. What bash, zsh and fish offer is compared with what --help says of every command and option: bash is asked by a call of
the function, as bash makes it, fish by its own `complete -C`, zsh at a terminal. Debian has no PowerShell. Without it, only the names and brackets
in its script are checked, and the test prints that. Exits with 1 when a check fails.
"""

import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from command_tables import argument_words, choices, commands_read
from support.check import WAIT_S, Failure, check_all, commands
from support.program import ON_WINDOWS, run_text

FILES = ["a file.json", "b.json"]


def require_words(line: str, offered: list, expected: list) -> None:
    if sorted(offered) != sorted(expected):
        raise Failure(f"for {line!r} it offers {sorted(offered)}, not {sorted(expected)}")


def lines_expected(tables: list, *, joined: bool) -> list:
    """Command lines before the cursor, and what must be offered: for '--name=value' the whole word if JOINED."""
    names = [command.name for command in tables if command.name]
    expected = [
        ("loopmsg ", names),
        ("loopmsg b", [name for name in names if name.startswith("b")]),
        ("loopmsg serve --framing l", ["line", "length"]),
        ("loopmsg serve --framing=l", ["--framing=line", "--framing=length"] if joined else ["line", "length"]),
        ("loopmsg serve 127.0.0.1:0 -q --fr", ["--framing"]),
        ("loopmsg talk -- --", []),
    ]
    for command in tables:
        start = f"loopmsg {command.name} " if command.name else "loopmsg "
        expected.append((f"{start}--", [f"--{option.name}" for option in command.options]))
        words = FILES if "FILE" in command.arguments else argument_words(command, tables)
        if command.name and words:
            expected.append((start, words))
        for option in command.options:
            words = FILES if option.value == "FILE" else choices(option)
            if option.value:
                expected.append((f"{start}--{option.name}=", [f"--{option.name}={word}" if joined else word for word in words]))
            if option.value and not option.value.startswith("["):
                expected.append((f"{start}--{option.name} ", words))
                if option.letter:
                    expected.append((f"{start}-{option.letter} ", words))
    return expected


def ask_all(options, ask, *, joined: bool) -> None:
    """ASK takes command lines and gives for each what a shell offers, separated by lines with 'end'."""
    tables = commands_read(options.program)
    expected = lines_expected(tables, joined=joined)
    offered = ask([line for line, _ in expected]).split("end\n")[:-1]
    if len(offered) != len(expected):
        raise Failure(f"{len(expected)} questions have {len(offered)} answers: {offered}")
    for (line, words), text in zip(expected, offered):
        require_words(line, {word for word in text.splitlines() if word}, words)
    count = sum(len(command.options) for command in tables)
    print(f"  {len(expected)} command lines, {count} options of {len(tables) - 1} commands and the program", flush=True)


class Folder(tempfile.TemporaryDirectory):
    """A folder with the script and, apart, some files to complete."""

    def __init__(self, options, shell: str) -> None:
        super().__init__()
        self.script = os.path.join(self.name, "script")
        self.files = os.path.join(self.name, "files")
        os.mkdir(self.files)
        for name in FILES:
            with open(os.path.join(self.files, name), "w", encoding="utf-8"):
                pass
        with open(self.script, "w", encoding="utf-8", newline="\n") as script:
            script.write(run_text(options.program + ["completion", shell]))


def shell_run(command: list, folder: str, asked: str = "", **environment) -> str:
    ended = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        input=asked.encode("utf-8"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        timeout=WAIT_S,
        check=False,
    )
    if ended.returncode != 0 or ended.stderr:
        raise Failure(f"{command[0]} exited with {ended.returncode}: {ended.stderr.decode('utf-8')!r}")
    return ended.stdout.decode("utf-8")


def is_missing(shell: str) -> bool:
    missing = ON_WINDOWS or shutil.which(shell) is None
    if missing:
        print(f"  skipped: there is no {shell} on this machine", flush=True)
    return missing


# Each line of standard input holds the words of a command line, separated by tabs.
BASH = r"""
source "$1"
while IFS= read -r line; do
    COMP_WORDS=()
    while [[ $line == *$'\t'* ]]; do
        COMP_WORDS+=("${line%%$'\t'*}")
        line=${line#*$'\t'}
    done
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _loopmsg loopmsg "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
    printf '%s\n' "${COMPREPLY[@]}" end
done
"""


def bash_completes_what_help_lists(options) -> None:
    if is_missing("bash"):
        return
    folder = Folder(options, "bash")
    with folder:
        shell_run(["bash", "-n", folder.script], folder.files)

        def ask(lines: list, parting: str = r"(=)| +") -> str:
            asked = ""
            for line in lines:
                words = [word for word in re.split(parting, line) if word] + ([""] if line.endswith(" ") else [])
                asked += "".join(f"{word}\t" for word in words) + "\n"
            return shell_run(["bash", "-c", BASH, "bash", folder.script], folder.files, asked)

        ask_all(options, ask, joined=False)
        require_words("one word", ask(["loopmsg serve --framing=li"], " +").split(), ["--framing=line", "end"])
        registered = shell_run(["bash", "-c", 'source "$1"; complete -p loopmsg', "bash", folder.script], folder.files)
        require_words("complete -p", [registered.strip()], ["complete -F _loopmsg loopmsg"])


# For an option with an optional value, fish also offers '--name='.
FISH = r"""
source $argv[1]
while read -l line
    complete -C "$line" | string replace -r '\t.*' '' | string match -v -- '*='
    echo end
end
"""


def fish_completes_what_help_lists(options) -> None:
    if is_missing("fish"):
        return
    folder = Folder(options, "fish")
    with folder:
        home = {"HOME": folder.name, "XDG_CONFIG_HOME": folder.name, "XDG_DATA_HOME": folder.name, "XDG_RUNTIME_DIR": folder.name}
        shell_run(["fish", "-n", folder.script], folder.files, **home)

        def ask(lines: list) -> str:
            asked = "".join(f"{line}\n" for line in lines)
            return shell_run(["fish", "--no-config", "-c", FISH, folder.script], folder.files, asked, **home)

        ask_all(options, ask, joined=True)


# Collects what is added as a match; completion functions also call compadd to ask, with -O, -A or -D.
ZSHRC = r"""
PS1=
unsetopt prompt_cr prompt_sp
autoload -Uz compinit
compinit -u -D
source $LOOPMSG_SCRIPT
compadd() {
    local -a hits
    if [[ -z ${argv[(r)-[OAD]]} ]]; then
        builtin compadd -O hits "$@"
        print -rl -- "${(@Q)hits}" >>$LOOPMSG_HITS
    fi
    builtin compadd "$@"
}
next() {
    print end >>$LOOPMSG_HITS
    BUFFER=
    print -n READY
}
zle -N next
zle-line-init() { print -n READY }
zle -N zle-line-init
bindkey '^T' next
bindkey '^I' complete-word
"""


def terminal_run(command: list, folder: str, typed: list, **environment) -> None:
    """Runs it at a terminal of its own, to its end. Each time it prints READY, the next of TYPED is written."""
    import pty  # of Unix only

    process, terminal = pty.fork()
    if process == 0:
        os.chdir(folder)
        os.environ.update(environment)
        os.execvp(command[0], command)
    deadline = time.monotonic() + WAIT_S
    printed = b""
    try:
        while select.select([terminal], [], [], max(0.0, deadline - time.monotonic()))[0]:
            more = os.read(terminal, 4096)
            if not more:
                return
            printed += more
            if b"READY" in printed and typed:
                printed = printed.partition(b"READY")[2]
                os.write(terminal, typed.pop(0).encode("utf-8"))
        os.kill(process, signal.SIGKILL)
        raise Failure(f"{command[0]} did not end; it last printed {printed!r}")
    except OSError:
        pass  # how Linux reports that the other side has closed
    finally:
        os.close(terminal)
        os.waitpid(process, 0)


def zsh_completes_what_help_lists(options) -> None:
    if is_missing("zsh"):
        return
    folder = Folder(options, "zsh")
    with folder:
        shell_run(["zsh", "-n", folder.script], folder.files)
        with open(os.path.join(folder.name, ".zshrc"), "w", encoding="utf-8") as startup:
            startup.write(ZSHRC)
        hits = os.path.join(folder.name, "hits")

        def ask(lines: list) -> str:
            settings = {"ZDOTDIR": folder.name, "LOOPMSG_SCRIPT": folder.script, "LOOPMSG_HITS": hits, "TERM": "dumb"}
            typed = [f"{line}\t\x14" for line in lines] + ["exit\n"]
            terminal_run(["zsh", "-d", "-i"], folder.files, typed, **settings)
            with open(hits, encoding="utf-8") as offered:
                return offered.read()

        ask_all(options, ask, joined=False)


def powershell_gets_what_help_lists(options) -> None:
    script = run_text(options.program + ["completion", "powershell"])
    bare = re.sub(r"'(?:[^']|'')*'", "''", re.sub(r"#.*", "", script))
    for opening, closing in ("()", "[]", "{}"):
        if bare.count(opening) != bare.count(closing):
            raise Failure(f"{bare.count(opening)} {opening} and {bare.count(closing)} {closing}")
    tables = commands_read(options.program)
    for command in tables:
        block = re.search(rf"@\{{ Name = '{command.name}'; .*?\n        \) }}", script, re.DOTALL)
        if not block:
            raise Failure(f"the command {command.name!r} is missing")
        found = re.findall(r"\(Option '([^']*)' '([^']*)' '([^']*)' '([^']*)'", block.group(0))
        expected = []
        for option in command.options:
            form = "optional" if option.value.startswith("[") else "needed" if option.value else "no"
            expected.append((option.name, option.letter, form, "FILE" if option.value == "FILE" else " ".join(choices(option))))
        require_words(command.name, found, expected)
    print(f"  {sum(len(one.options) for one in tables)} options are in it", flush=True)
    shell = shutil.which("pwsh") or shutil.which("powershell")
    if shell is None:
        print("  skipped: there is no PowerShell on this machine to run it", flush=True)
        return
    folder = Folder(options, "powershell")
    with folder:
        path = os.path.join(folder.name, "script.ps1")
        os.rename(folder.script, path)

        def ask(line: str) -> list:
            asking = f". '{path}'; (TabExpansion2 '{line}' {len(line)}).CompletionMatches | ForEach-Object {{ $_.CompletionText }}"
            return shell_run([shell, "-NoProfile", "-NonInteractive", "-Command", asking], folder.files).split()

        require_words("loopmsg b", ask("loopmsg b"), ["bench"])
        require_words("loopmsg serve --framing l", ask("loopmsg serve --framing l"), ["line", "length"])
        require_words("loopmsg serve --fr", ask("loopmsg serve --fr"), ["--framing"])


if __name__ == "__main__":
    CHECKS = [
        bash_completes_what_help_lists,
        zsh_completes_what_help_lists,
        fish_completes_what_help_lists,
        powershell_gets_what_help_lists,
    ]
    sys.exit(check_all(CHECKS, commands("Completions of the command line in real shells.", "program")))
