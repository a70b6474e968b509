"""What a check requires, how its failure is reported, and how a script runs its checks."""

import argparse
import shlex
import subprocess
import time

WAIT_S = 60
POLL_S = 0.01
HOST = "127.0.0.1"


class Failure(Exception):
    pass


def require(what: str, actual, expected) -> None:
    if actual != expected:
        raise Failure(f"{what} is {actual!r}, not {expected!r}")


def require_that(what: str, is_so: bool) -> None:
    if not is_so:
        raise Failure(f"it does not hold that {what}")


def expect(what: str, actual, expected) -> None:
    """Requires it, and prints it: what ACTUAL is can be read from the output of the test."""
    require(what, actual, expected)
    shown = actual if isinstance(actual, str) else f"{len(actual)} bytes\n"
    print(f"  {what}:\n    " + shown.rstrip("\n").replace("\n", "\n    "), flush=True)


def wait_until(what: str, is_so) -> None:
    """For what nobody reports when it changes."""
    deadline_s = time.monotonic() + WAIT_S
    while not is_so():
        if time.monotonic() > deadline_s:
            raise Failure(f"it never happened that {what}")
        time.sleep(POLL_S)


def commands(description: str, *names, **choices):
    """Reads the options with the commands that start loopmsg, and others that choose a word. Servers listen on `host`."""
    parser = argparse.ArgumentParser(description=description)
    parser.set_defaults(host=HOST)
    for name in names:
        parser.add_argument(f"--{name}", required=True, type=shlex.split, help=f"the command that starts loopmsg as a {name}")
    for name, words in choices.items():
        parser.add_argument(f"--{name}", required=True, choices=words)
    return parser.parse_args()


def check_all(checks, options) -> int:
    """Runs each, even after one has failed. Returns the exit code."""
    failures = 0
    for check in checks:
        print(check.__name__.replace("_", " "), flush=True)
        try:
            check(options)
        except (Failure, OSError, subprocess.TimeoutExpired) as error:
            failures += 1
            print(f"  FAILED: {error}", flush=True)
    print("all checks passed" if failures == 0 else f"{failures} checks failed", flush=True)
    return 0 if failures == 0 else 1
