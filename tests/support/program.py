"""The real program in processes of its own: servers that run beside a check, and clients that run to their end."""

import contextlib
import os
import re
import signal
import subprocess
import threading

from support.check import HOST, WAIT_S, Failure

ON_WINDOWS = os.name == "nt"
CLIENT_TRANSCRIPT = "-->>hello,im server\n-->>loop_msg:hello,im client!\n"
SERVER_TRANSCRIPT = (
    "waiting for connection...\nAccept new connection from PEER...\n-->>hello,im client!\nConnection from PEER closed\n"
)


class Server:
    """A server in a process of its own, started with OPTIONS of Popen. Two threads collect what it prints, unless the caller takes it with
    OUTPUT."""

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


def with_server(command: list, converse) -> None:
    """CONVERSE(server, port) with a server that is ended afterwards in any case."""
    server = Server(command)
    try:
        converse(server, server.port())
    finally:
        server.kill()


@contextlib.contextmanager
def serving(command: list, *options, host: str = HOST):
    """The port of a `loopmsg serve` that is ended afterwards."""
    server = Server(command + ["serve", f"{host}:0", "--quiet", *options])
    try:
        yield server.port()
    except BaseException:
        server.kill()
        raise
    server.interrupt()


def run(command: list, data: bytes = b"") -> bytes:
    """Runs a client to its end and returns what it printed."""
    ended = subprocess.run(command, input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=WAIT_S, check=False)
    if ended.returncode != 0:
        raise Failure(f"{command} exited with {ended.returncode}: {ended.stdout!r} {ended.stderr!r}")
    return ended.stdout


def run_text(command: list) -> str:
    return run(command).decode("utf-8").replace("\r\n", "\n")
