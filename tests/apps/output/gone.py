"""Standard output and standard error that are closed, full, without a reader, or not read: what each command does then.

gone.py --server COMMAND --client COMMAND

A command that cannot print its result reports it in one line and exits with 1. A server converses on without its transcript, and exits with 1
at its end. If nobody reads a pipe for a while, conversations wait, and no line is lost. If nobody ever reads it, an interrupt still ends the
server. Standard error never delays a server: lines that nobody reads are dropped and counted. Prints each check; exits with 1 when
one fails.
"""

import contextlib
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

from support.check import HOST, WAIT_S, check_all, commands, require, require_that, wait_until
from support.program import Server
from support.wrong_server import GREETING

PIPE_SIZE = 16384
F_SETPIPE_SZ = 1031  # fcntl(2)
FLOOD = 12000  # messages, whose transcript is a few times what a pipe and the server hold
TURNED_AWAY = 2500  # connections, likewise of lines on standard error
TALK_TIMEOUT_S = 5  # far over what an answer takes on a machine with much else to do


@contextlib.contextmanager
def reader_gone():
    """A pipe that nobody reads any more."""
    read, write = os.pipe()
    os.close(read)
    with open(write, "wb", buffering=0) as pipe:
        yield pipe


@contextlib.contextmanager
def disk_full():
    with open("/dev/full", "wb", buffering=0) as device:
        yield device


@contextlib.contextmanager
def closed():
    yield None


PLACES = {"closed": closed, "a full disk": disk_full, "a pipe without a reader": reader_gone}


def closing(command: list, *streams: int) -> list:
    """COMMAND with these standard streams closed."""
    return ["sh", "-c", 'exec "$@" ' + " ".join(f"{stream}>&-" for stream in streams), "sh", *command]


class Pipe:
    """A small pipe that is read only when the test wants."""

    def __init__(self) -> None:
        import fcntl

        self.read_end, self.write_end = os.pipe()
        fcntl.fcntl(self.write_end, F_SETPIPE_SZ, PIPE_SIZE)
        self.text = b""

    def started(self) -> None:
        """Call it when the process holds the writing end: closes ours."""
        os.close(self.write_end)

    def wait_until_full(self) -> None:
        wait_until("the pipe is full", lambda: not self.has_room())

    def has_room(self) -> bool:
        write_end = os.open(f"/proc/self/fd/{self.read_end}", os.O_WRONLY | os.O_NONBLOCK)
        try:
            return select.select([], [write_end], [], 0)[1] != []
        finally:
            os.close(write_end)

    def read_line(self) -> str:
        """Only the next line."""
        line = b""
        while not line.endswith(b"\n"):
            byte = os.read(self.read_end, 1)
            require_that(f"the pipe goes on after {line!r}", byte != b"")
            line += byte
        self.text += line
        return line.decode("utf-8")

    def read_in_thread(self) -> threading.Thread:
        def read() -> None:
            while piece := os.read(self.read_end, 65536):
                self.text += piece

        reader = threading.Thread(target=read)
        reader.start()
        return reader

    def close(self) -> None:
        os.close(self.read_end)


def run_without_output(command: list, place: str, data: bytes = b"") -> subprocess.CompletedProcess:
    with PLACES[place]() as output:
        command = closing(command, 1) if output is None else command
        return subprocess.run(command, input=data, stdout=output, stderr=subprocess.PIPE, timeout=WAIT_S, check=False)


def require_one_line(what: str, ended: subprocess.CompletedProcess) -> str:
    error = ended.stderr.decode("utf-8").replace("\r\n", "\n")
    # Where a thread calls wineserver while its process ends, Wine adds a line of its own, or wineserver kills what is left of the process: SIGKILL
    # then stands for the exit code, which is lost.
    error = re.sub(r"(?m)^wine client error:[0-9a-f]+: .*\n", "", error)
    is_killed_by_wine = ended.returncode == -9 and any(word.endswith(".exe") for word in ended.args)
    if not is_killed_by_wine:
        require(f"exit code of {what} ({error!r})", ended.returncode, 1)
    require_that(f"{what} reports it in one line: {error!r}", re.fullmatch(r"loopmsg: cannot write to standard output: [^\n]+\n", error) is not None)
    return error


def every_command_says_that_it_cannot_print(options) -> None:
    server = Server(options.server + ["serve", f"{HOST}:0", "-q"])
    lines = Server(options.server + ["serve", f"{HOST}:0", "-q", "--framing", "raw"])
    with tempfile.TemporaryDirectory() as folder:
        try:
            address, raw = f"{HOST}:{server.port()}", f"{HOST}:{lines.port()}"
            path = os.path.join(folder, "run.json")
            bench = ["bench", address, "-n", "10", "--warmup", "0"]
            with open(path, "wb") as file:
                subprocess.run(options.client + bench + ["--json"], stdout=file, timeout=WAIT_S, check=True)
            rows = [(["addresses"], b""), (["addresses", "--json"], b""), (["help", "serve"], b""), (["--version"], b""),
                    (bench, b""), (bench + ["--json"], b""), (["merge", path], b""), (["merge", "--json", path], b""),
                    (["talk", address, "hello"], b""), (["talk", address, "--json", "hello"], b""), (["talk", address], b"one\ntwo\n"),
                    (["talk", raw, "--framing", "raw"], b"bytes")]
            for place in PLACES:
                for arguments, data in rows:
                    ended = run_without_output(options.client + arguments, place, data)
                    error = require_one_line(" ".join(arguments), ended)
                print(f"  {place}: {len(rows)} commands exit with 1: {error.rstrip()}", flush=True)
            for one in (server, lines):
                one.interrupt()
        finally:
            server.kill()
            lines.kill()


def every_command_ends_without_standard_error(options) -> None:
    for arguments, code in ((["addresses"], 0), (["talk"], 4), (["talk", "--wrong"], 2), (["bench", "-n", "1"], 4)):
        if arguments[0] != "addresses":
            arguments = [*arguments, "127.0.0.1:1"]  # where nobody listens
        command = options.client + arguments
        for name, place in PLACES.items():
            with place() as error:
                ended = subprocess.run(closing(command, 2) if error is None else command, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=error, timeout=WAIT_S, check=False)
            require(f"exit code of {arguments} with standard error {name}", ended.returncode, code)
    print("  12 runs end with their usual exit codes", flush=True)


def talk_ends_when_its_reader_has_gone(options) -> None:
    server = Server(options.server + ["serve", f"{HOST}:0", "--framing", "line"])
    try:
        command = options.client + ["talk", f"{HOST}:{server.port()}", "--framing", "line"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as talk:
            require("the greeting", talk.stdout.readline().rstrip(), b"-->>" + GREETING)
            talk.stdout.close()
            talk.stdin.write(b"one\n")
            talk.stdin.flush()
            error = talk.stderr.read()
            talk.wait(WAIT_S)
        require_one_line("talk", subprocess.CompletedProcess(command, talk.returncode, stderr=error))
        server.wait_for("output", "closed\n")
        server.interrupt()
    finally:
        server.kill()
    print(f"  exit code 1: {error.decode().rstrip()}", flush=True)


def talk_waits_for_its_reader(options) -> None:
    """For longer than --timeout, which is for the peer only."""
    data = b"".join(b"%d\n" % i for i in range(100000))
    messages = b"".join(b"message %d\n" % i for i in range(3000))
    answers = b"-->>" + GREETING + b"\n" + b"".join(b"-->>loop_msg:message %d!\n" % i for i in range(3000))
    for framing, given, expected in (("raw", data, data), ("line", messages, answers)):
        pipe = Pipe()
        server = Server(options.server + ["serve", f"{HOST}:0", "--framing", framing, "-q"])
        with tempfile.TemporaryFile() as file:
            file.write(given)
            file.seek(0)
            command = options.client + ["talk", f"{HOST}:{server.port()}", "--framing", framing, "--timeout", f"{TALK_TIMEOUT_S}s"]
            talk = subprocess.Popen(command, stdin=file, stdout=pipe.write_end, stderr=subprocess.PIPE)
        try:
            pipe.started()
            pipe.wait_until_full()
            time.sleep(TALK_TIMEOUT_S + 1)  # the experiment, and therefore a time and no condition
            reader = pipe.read_in_thread()
            error = talk.communicate(timeout=WAIT_S)[1]
            reader.join(WAIT_S)
            require("exit code and error", (talk.returncode, error), (0, b""))
            require_that(f"all {len(expected)} bytes were printed, not {len(pipe.text)} others", pipe.text == expected)
            server.interrupt()
        finally:
            talk.kill()
            talk.communicate()
            server.kill()
        pipe.close()
        print(f"  {framing}: {len(expected)} bytes, none lost", flush=True)


def converse(port: str, messages: int = 3) -> None:
    """One conversation, to its end."""
    with socket.create_connection((HOST, int(port)), timeout=WAIT_S) as peer, peer.makefile("rwb", buffering=0) as stream:
        require("the greeting", stream.read(len(GREETING)), GREETING)
        for i in range(messages):
            stream.write(b"message %d\n" % i)
            require("the answer", stream.readline(), b"loop_msg:message %d!\n" % i)
        stream.write(b"exit\n")
        require("the end", stream.read(), b"")


def interrupt(server: Server, code: int) -> None:
    server.process.send_signal(signal.SIGINT)
    got = server.wait()
    require(f"exit code of the server ({server.texts})", got, code)


def a_server_goes_on_without_its_transcript(options) -> None:
    for name, place in PLACES.items():
        command = options.server + ["serve", f"{HOST}:0"]
        with place() as output:
            server = Server(command, output) if output is not None else Server(closing(command, 1))
        try:
            for _ in range(5):
                converse(server.port())
            interrupt(server, 1)
        finally:
            server.kill()
        failures = re.findall(r"loopmsg: .*\n", server.texts["error"])
        require(f"lines about a failure ({server.texts['error']!r})", len(failures), 1)
        require_that(f"it names the transcript: {failures}", "cannot write the transcript to standard output: " in failures[0])
        print(f"  {name}: 5 conversations, exit code 1: {failures[0].rstrip()}", flush=True)


def a_server_goes_on_when_the_reader_leaves(options) -> None:
    pipe = Pipe()
    server = Server(options.server + ["serve", f"{HOST}:0"], pipe.write_end)
    try:
        pipe.started()
        port = server.port()
        require("the first line", pipe.read_line(), "waiting for connection...\n")
        converse(port)
        while "closed" not in pipe.read_line():
            pass
        pipe.close()
        for _ in range(5):
            converse(port)
        interrupt(server, 1)
    finally:
        server.kill()
    require("lines about a failure", server.texts["error"].count("loopmsg: "), 1)
    print("  5 more conversations, exit code 1", flush=True)


def flood(options, port: str) -> Server:
    """A `bench` that sends until it gets no more answers."""
    command = options.client + ["bench", f"{HOST}:{port}", "--framing", "line", "--pipeline", "16", "-n", str(FLOOD), "-c", "4", "--json"]
    bench = Server(command + ["--warmup", "0", "--timeout", "1m", "--interval", "200ms"])  # which collects what any program prints
    bench.wait_for("error", r"\d s  0/s  ")
    return bench


def a_pipe_that_is_read_late_loses_nothing(options) -> None:
    pipe = Pipe()
    server = Server(options.server + ["serve", f"{HOST}:0", "--framing", "line"], pipe.write_end)
    try:
        pipe.started()
        bench = flood(options, server.port())
        pipe.wait_until_full()
        reader = pipe.read_in_thread()
        require("exit code of bench", bench.wait(), 0)
        report = json.loads(bench.texts["output"])["servers"][0]["measured"]
        interrupt(server, 0)
        reader.join(WAIT_S)
    finally:
        server.kill()
    text = pipe.text.decode("utf-8")
    pipe.close()
    require("messages answered", report["answered"], FLOOD)
    require("errors", report["errors"]["total"], 0)
    require("wrong", report["wrong"], None)
    require("messages in the transcript", text.count("-->>"), FLOOD)
    require("connections in the transcript", (text.count("Accept new"), text.count(" closed\n")), (4, 4))
    require("lines in the transcript", text.count("\n"), 1 + 4 + FLOOD + 4)
    print(f"  {FLOOD} messages answered, {text.count(chr(10))} lines of transcript, none lost", flush=True)


def an_interrupted_server_writes_its_transcript_to_the_end(options) -> None:
    pipe = Pipe()
    server = Server(options.server + ["serve", f"{HOST}:0", "--framing", "line", "--drain", "1m"], pipe.write_end)
    try:
        pipe.started()
        bench = flood(options, server.port())
        server.process.send_signal(signal.SIGINT)
        server.wait_for("error", "stopping: .*\n")
        reader = pipe.read_in_thread()
        require("exit code of the server", server.wait(), 0)
        reader.join(WAIT_S)
    finally:
        server.kill()
        bench.kill()
    text = pipe.text.decode("utf-8")
    pipe.close()
    require("connections in the transcript", (text.count("Accept new"), text.count(" closed\n")), (4, 4))
    print(f"  {text.count(chr(10))} lines, the last one about the last connection", flush=True)


def an_interrupt_ends_a_server_whose_transcript_nobody_reads(options) -> None:
    for times in (1, 2):
        pipe = Pipe()
        server = Server(options.server + ["serve", f"{HOST}:0", "--framing", "line", "--drain", "1s" if times == 1 else "1m"], pipe.write_end)
        try:
            pipe.started()
            bench = flood(options, server.port())
            if times == 2:
                server.process.send_signal(signal.SIGINT)
                server.wait_for("error", "stopping: .*\n")
            begin_s = time.monotonic()
            interrupt(server, 1 if times == 1 else 130)
            took_s = time.monotonic() - begin_s
        finally:
            server.kill()
            bench.kill()
        pipe.close()
        if times == 1:
            require_that(f"it says why: {server.texts['error']!r}", "nobody reads it" in server.texts["error"])
        require_that(f"the end took {took_s:.1f} s", took_s < 30)
        print(f"  interrupted {times} times: exit code {server.process.returncode} after {took_s:.1f} s", flush=True)


@contextlib.contextmanager
def server_of_one(options, pipe: Pipe):
    """A server that turns away everybody except its one guest, and reports it into the pipe; its port, and the guest."""
    command = options.server + ["serve", f"{HOST}:0", "--max-connections", "1"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=pipe.write_end)
    try:
        pipe.started()
        port = int(re.search(r"listening on \S+:(\d+)\n", pipe.read_line()).group(1))
        with socket.create_connection((HOST, port), timeout=WAIT_S) as guest:
            require("the greeting", guest.recv(64), GREETING)
            yield process, port, guest
    finally:
        process.kill()
        process.wait(WAIT_S)


def turn_away(port: int) -> None:
    with socket.create_connection((HOST, port), timeout=WAIT_S) as peer, contextlib.suppress(ConnectionError):
        require("what a connection too many gets", peer.recv(64), b"")


def interrupt_alone(process, guest) -> None:
    guest.close()
    process.send_signal(signal.SIGINT)
    require("exit code", process.wait(WAIT_S), 0)


def a_server_is_not_held_up_by_its_standard_error(options) -> None:
    pipe = Pipe()
    with server_of_one(options, pipe) as (process, port, guest):
        for i in range(TURNED_AWAY):
            turn_away(port)
            if i % 100 == 0:
                guest.sendall(b"still there?\n")
                require("the answer", guest.recv(64), b"loop_msg:still there?!\n")
        pipe.wait_until_full()
        reader = pipe.read_in_thread()
        wait_until("what was dropped is reported", lambda: b" lines were dropped here" in pipe.text)
        interrupt_alone(process, guest)
        reader.join(WAIT_S)
    text = pipe.text.decode("utf-8")
    pipe.close()
    reported, dropped = text.count("turned away"), sum(map(int, re.findall(r"(\d+) lines were dropped here", text)))
    require("reported and dropped", reported + dropped, TURNED_AWAY)
    require_that("each line is whole", all(re.match(r"loopmsg: .*(reached|read this)|listening|stopping", one) for one in text.splitlines()))
    print(f"  {TURNED_AWAY} connections turned away: {reported} reported, {dropped} dropped; the one conversation went on", flush=True)


def an_interrupt_ends_a_server_whose_standard_error_nobody_reads(options) -> None:
    pipe = Pipe()
    with server_of_one(options, pipe) as (process, port, guest):
        for _ in range(400):
            turn_away(port)
        pipe.wait_until_full()
        interrupt_alone(process, guest)
    pipe.close()
    print("  exit code 0", flush=True)


def a_server_goes_on_without_standard_error(options) -> None:
    for name, place in PLACES.items():
        with socket.create_server((HOST, 0)) as free:
            port = str(free.getsockname()[1])
        command = options.server + ["serve", f"{HOST}:{port}", "--max-connections", "1"]
        with place() as error:
            command = closing(command, 2) if error is None else command
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=error)
        try:
            require("the first line", process.stdout.readline().rstrip(), b"waiting for connection...")
            with socket.create_connection((HOST, int(port)), timeout=WAIT_S) as held:
                require("the greeting", held.recv(64), GREETING)
                for _ in range(20):  # each would be reported there
                    with socket.create_connection((HOST, int(port)), timeout=WAIT_S) as peer, contextlib.suppress(ConnectionError):
                        peer.recv(64)
                held.sendall(b"hello\n")
                require("the answer", held.recv(64), b"loop_msg:hello!\n")
            process.send_signal(signal.SIGINT)
            output, _ = process.communicate(timeout=WAIT_S)
            require(f"exit code with standard error {name}", process.returncode, 0)
            require("the transcript's last line", output.splitlines()[-1].endswith(b" closed"), True)
        finally:
            process.kill()
            process.communicate()
    print(f"  {len(PLACES)} servers turned 20 connections away each, and exited with 0", flush=True)


CHECKS = [
    every_command_says_that_it_cannot_print,
    every_command_ends_without_standard_error,
    talk_ends_when_its_reader_has_gone,
    talk_waits_for_its_reader,
    a_server_goes_on_without_its_transcript,
    a_server_goes_on_when_the_reader_leaves,
    a_pipe_that_is_read_late_loses_nothing,
    an_interrupted_server_writes_its_transcript_to_the_end,
    an_interrupt_ends_a_server_whose_transcript_nobody_reads,
    a_server_is_not_held_up_by_its_standard_error,
    an_interrupt_ends_a_server_whose_standard_error_nobody_reads,
    a_server_goes_on_without_standard_error,
]

if not os.path.exists("/dev/full"):
    print("skipped: this system has no /dev/full, nor pipes with a settable size")
    sys.exit(0)
sys.exit(check_all(CHECKS, commands("Standard output and standard error that are gone.", "server", "client")))
