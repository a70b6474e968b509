"""Conversations of the real program with peers that share no code with it, and with itself.

conversation.py --server COMMAND --client COMMAND

Each COMMAND starts loopmsg and may hold more than a program: --server "build/loopmsg" --client "cmake/wine-run build-windows/loopmsg.exe"
lets a Linux server speak with a Windows client. Prints each check with its transcripts; exits with 1 when one fails.
"""

import argparse
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time

WAIT_S = 60
POLL_S = 0.01
HOST = "127.0.0.1"
FOLDER = os.path.dirname(os.path.abspath(__file__))
ON_WINDOWS = os.name == "nt"
CLIENT_TRANSCRIPT = "-->>hello,im server\n-->>loop_msg:hello,im client!\n"
SERVER_TRANSCRIPT = (
    "waiting for connection...\nAccept new connection from PEER...\n-->>hello,im client!\nConnection from PEER closed\n"
)


class Failure(Exception):
    pass


def wait_until(what: str, is_so) -> None:
    """For what tells nobody when it changes."""
    deadline_s = time.monotonic() + WAIT_S
    while not is_so():
        if time.monotonic() > deadline_s:
            raise Failure(f"it never came to be that {what}")
        time.sleep(POLL_S)


class Server:
    """A server in a process of its own, started with OPTIONS of Popen. What it prints is collected by two threads, unless OUTPUT takes it to a
    place of the caller's."""

    def __init__(self, command: list, output=subprocess.PIPE, **options) -> None:
        self.texts = {"output": "", "error": ""}
        self.changed = threading.Condition()
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.PIPE,
            creationflags=subprocess.CREATE_NEW_PROCESS_GROUP if ON_WINDOWS else 0,
            **options,
        )
        pipes = {"output": self.process.stdout, "error": self.process.stderr}
        self.readers = [threading.Thread(target=self.collect, args=one) for one in pipes.items() if one[1] is not None]
        for reader in self.readers:
            reader.start()

    def collect(self, name: str, pipe) -> None:
        for line in pipe:
            with self.changed:
                self.texts[name] += line.decode("utf-8").replace("\r\n", "\n")
                self.changed.notify_all()

    def wait_for(self, name: str, pattern: str) -> re.Match:
        with self.changed:
            if not self.changed.wait_for(lambda: re.search(pattern, self.texts[name]), WAIT_S):
                raise Failure(f"the server never printed {pattern!r}: {self.texts}")
            return re.search(pattern, self.texts[name])

    def port(self) -> str:
        return self.wait_for("error", r"listening on \S+:(\d+)\n").group(1)

    def wait(self) -> int:
        code = self.process.wait(WAIT_S)
        for reader in self.readers:
            reader.join(WAIT_S)
        return code

    def press_interrupt(self) -> None:
        self.process.send_signal(signal.CTRL_BREAK_EVENT if ON_WINDOWS else signal.SIGINT)

    def interrupt(self) -> None:
        self.press_interrupt()
        code = self.wait()
        if code != 0:
            raise Failure(f"the interrupted server exited with {code}: {self.texts}")

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(WAIT_S)

    def transcript(self) -> str:
        return re.sub(r"\d+\.\d+\.\d+\.\d+:\d+", "PEER", self.texts["output"])


def run(command: list, data: bytes = b"") -> bytes:
    """Runs a client to its end and returns what it printed."""
    ended = subprocess.run(command, input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=WAIT_S, check=False)
    if ended.returncode != 0:
        raise Failure(f"{command} exited with {ended.returncode}: {ended.stdout!r} {ended.stderr!r}")
    return ended.stdout


def run_text(command: list) -> str:
    return run(command).decode("utf-8").replace("\r\n", "\n")


def expect(what: str, actual, expected) -> None:
    if actual != expected:
        raise Failure(f"{what} is {actual!r}, not {expected!r}")
    shown = actual if isinstance(actual, str) else f"{len(actual)} bytes\n"
    print(f"  {what}:\n    " + shown.rstrip("\n").replace("\n", "\n    "), flush=True)


def python(script: str, *arguments: str) -> list:
    return [sys.executable, os.path.join(FOLDER, script), *arguments]


def with_server(command: list, converse) -> None:
    """CONVERSE(server, port) with a server that is gone afterwards, whatever happens."""
    server = Server(command)
    try:
        converse(server, server.port())
    finally:
        server.kill()


def serve_with_independent_client(options) -> None:
    def converse(server: Server, port: str) -> None:
        expect("client", run_text(python("independent_client.py", port, "hello,im client")), CLIENT_TRANSCRIPT)
        server.wait_for("output", "closed\n")
        server.interrupt()
        expect("server", server.transcript(), SERVER_TRANSCRIPT)

    with_server(options.server + ["serve", "127.0.0.1:0"], converse)


def talk_with_independent_server(options) -> None:
    def converse(server: Server, port: str) -> None:
        command = options.client + ["talk", f"127.0.0.1:{port}", "hello,im client"]
        expect("client", run_text(command), CLIENT_TRANSCRIPT)
        if server.wait() != 0:
            raise Failure(f"the independent server failed: {server.texts}")
        expect("server", server.transcript(), SERVER_TRANSCRIPT)

    with_server(python("independent_server.py", "1"), converse)


def serve_with_nc(options) -> None:
    nc = shutil.which("nc")
    if nc is None:
        print("  skipped: there is no nc on this machine")
        return

    def converse(server: Server, port: str) -> None:
        answer = run([nc, options.host, port], b"hello\r\nworld\r\nexit\r\n")
        expect("nc", answer.decode("utf-8"), "hello,im serverloop_msg:hello!\r\nloop_msg:world!\r\n")
        server.wait_for("output", "closed\n")
        server.interrupt()
        expect("server", server.transcript(), SERVER_TRANSCRIPT.replace("-->>hello,im client!", "-->>hello!\n-->>world!"))

    with_server(options.server + ["serve", f"{options.host}:0"], converse)


def serve_with_talk(options) -> None:
    for framing in ("auto", "chunk", "line", "length"):

        def converse(server: Server, port: str) -> None:
            command = options.client + ["talk", "--framing", framing, f"{options.host}:{port}", "hello,im client"]
            expect(f"client ({framing})", run_text(command), CLIENT_TRANSCRIPT)
            server.wait_for("output", "closed\n")
            server.interrupt()
            expect(f"server ({framing})", server.transcript(), SERVER_TRANSCRIPT)

        with_server(options.server + ["serve", "--framing", framing, f"{options.host}:0"], converse)


def raw_bytes_come_back(options) -> None:
    data = bytes((i ^ (i >> 8) ^ (i >> 16)) & 255 for i in range(1 << 20))

    def converse(server: Server, port: str) -> None:
        expect("what came back", run(options.client + ["talk", "--framing", "raw", f"{options.host}:{port}"], data), data)
        server.interrupt()

    with_server(options.server + ["serve", "--framing", "raw", "--quiet", f"{options.host}:0"], converse)


def commands(description: str, *names, **choices):
    """Reads the options that hold the commands which start loopmsg, and others that are one of some words. Servers listen on `host`."""
    parser = argparse.ArgumentParser(description=description)
    parser.set_defaults(host=HOST)
    for name in names:
        parser.add_argument(f"--{name}", required=True, type=shlex.split, help=f"the command that starts loopmsg as a {name}")
    for name, words in choices.items():
        parser.add_argument(f"--{name}", required=True, choices=words)
    return parser.parse_args()


def check_all(checks, options) -> int:
    """Runs each, also after one has failed; the exit code."""
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


if __name__ == "__main__":
    CHECKS = [serve_with_independent_client, talk_with_independent_server, serve_with_nc, serve_with_talk, raw_bytes_come_back]
    sys.exit(check_all(CHECKS, commands("Conversations of the real program with independent peers and with itself.", "server", "client")))
