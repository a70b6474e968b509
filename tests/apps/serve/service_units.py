"""service_units.py PROGRAM UNITS README: what systemd says about the units in the folder UNITS.

systemd need not run: systemd-analyze reads them in the same way. The score that README quotes must be the one that the
named version of systemd gives."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

WAIT_S = 60


def analyze(*words: str) -> str:
    environment = {**os.environ, "SYSTEMD_COLORS": "0", "SYSTEMD_EMOJI": "0", "LC_ALL": "C.UTF-8"}
    ended = subprocess.run(["systemd-analyze", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=WAIT_S,
                           env=environment, check=False)
    if ended.returncode != 0:
        sys.exit(f"systemd-analyze {' '.join(words)} exited with {ended.returncode}: {ended.stdout}")
    return ended.stdout


def main() -> None:
    program, units, readme = (pathlib.Path(word).resolve() for word in sys.argv[1:])
    if shutil.which("systemd-analyze") is None:
        print("skipped: there is no systemd-analyze on this machine")
        return
    with tempfile.TemporaryDirectory() as folder:
        # The command is not yet where the installed unit finds it.
        text = (units / "loopmsg.service").read_text(encoding="utf-8")
        command = "\nExecStart=loopmsg "
        if text.count(command) != 1:
            sys.exit("loopmsg.service does not start loopmsg")
        copy = pathlib.Path(folder)
        (copy / "loopmsg.service").write_text(text.replace(command, f"\nExecStart={program} "), encoding="utf-8")
        shutil.copy(units / "loopmsg.socket", copy)
        said = analyze("verify", "--man=no", str(copy / "loopmsg.service"), str(copy / "loopmsg.socket"))
        print("verify:", said.strip() or "nothing to say")
        if said.strip():
            sys.exit("systemd-analyze verify has something to say")
        scored = analyze("security", "--offline=true", "--no-pager", str(copy / "loopmsg.service")).splitlines()
    print(*[line for line in scored if line.startswith("✗")], scored[-1], sep="\n")
    version = analyze("--version").split()[1]
    score = re.search(r"Overall exposure level for \S+: ([\d.]+ \w+)", scored[-1]).group(1)
    quoted, quoted_of = re.search(r"`systemd-analyze security [^`]*` \((\d+)\) gives exposure level ([\d.]+ \w+)",
                                  " ".join(readme.read_text(encoding="utf-8").split())).group(2, 1)
    print(f"systemd {version} gives {score}; {readme.name} quotes {quoted} of systemd {quoted_of}")
    if version == quoted_of and score != quoted:
        sys.exit(1)


main()
