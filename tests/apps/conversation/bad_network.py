"""Conversations and measurements over a bad line, on the system's own TCP: nothing wrong, nothing lost.

bad_network.py --server COMMAND --client COMMAND

Server and client live in two network namespaces of this test, which bad_line.py joins. Neither sees the machine's own network, and both
end with this process. Without the rights for that, the test prints what is not permitted, and skips. Exits with 1 when a check fails.
"""

import contextlib
import itertools
import json
import os
import shutil
import subprocess
import sys
import time

import bad_line
from conversation import raw_bytes_come_back, serve_answers_nc, serve_answers_talk_under_every_framing
from support.bench import Run
from support.check import WAIT_S, Failure, check_all, commands, require, require_that, wait_until
from support.program import Server, serving

INSIDE = "--inside"  # as the first argument: this process lives in the client's namespace already
SEED = 20260401  # any; the same in every run
BAD = {"drop": 0.03, "damage": 0.01, "duplicate": 0.03, "delay": 0.2, "delay_ms": 20, "base_ms": 1}
GOOD = {name: 0 for name in BAD}
DEAD_S = 2.0  # far less than TCP's patience, and more than a few of its retransmissions
PATIENCE = "2s"  # of the program, where the line stays dead
TIMED_OUT, WRONG_BYTE = 5, 8
HOST, HOST_6 = bad_line.SERVER_ADDRESSES
QUICK = ["--warmup", "0", "--threads", "2"]


class Line:
    """The process of bad_line.py, and the server's namespace with it."""

    def __init__(self) -> None:
        device = bad_line.device_open(bad_line.CLIENT_ADDRESSES)
        command = ["unshare", "--net", sys.executable, "-B", bad_line.__file__, str(device), str(SEED)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=[device], encoding="utf-8"
        )
        os.close(device)
        if self.process.stdout.readline() != "ready\n":
            raise Failure("the line between the namespaces did not start")

    def set(self, **faults) -> dict:
        """Changes what the line does, and returns what it has done so far."""
        self.process.stdin.write(json.dumps(faults) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def counts(self) -> dict:
        return self.set()

    def wait_for(self, name: str, count: int) -> None:
        """Waits until that many more packets have been counted."""
        until = self.counts()[name] + count
        wait_until(f"the line has {name} {until} packets", lambda: self.counts()[name] >= until)

    def server_command(self, command: list) -> list:
        return ["nsenter", f"--net=/proc/{self.process.pid}/ns/net", *command]

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(WAIT_S)
        self.process.stdout.close()


def talk_start(options, port, *arguments: str, stdin=subprocess.PIPE, stdout=subprocess.PIPE) -> subprocess.Popen:
    """A `talk` whose input we write and whose output we read, unless the caller gives others."""
    command = options.client + ["talk", f"{HOST}:{port}", "--timeout", PATIENCE, *arguments]
    return subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE)


def conversations_hold(options) -> None:
    serve_answers_nc(options)
    serve_answers_talk_under_every_framing(options)
    raw_bytes_come_back(options)
    options.tally["conversations"] += 5 if shutil.which("nc") is None else 6


def answered(options, run: Run, messages: int) -> None:
    """Adds up a run that has lost nothing."""
    run.require_clean()
    for name in ("due", "sent", "answered"):
        require(name, run.measured[name], messages)
    options.tally["messages answered"] += messages
    options.tally["bytes compared"] += run.measured["bytes_received"]
    measured = run.measured
    print(f"  {messages} messages, {measured['bytes_received']} bytes, p50 {measured['response']['p50_ns'] / 1e6:.1f} ms, "
          f"p99 {measured['response']['p99_ns'] / 1e6:.1f} ms, {measured['elapsed_ns'] / 1e9:.1f} s", flush=True)


def every_framing_is_measured_without_a_wrong_byte(options) -> None:
    for framing in ("auto", "chunk", "line", "length", "raw"):
        print(f"  {framing}", flush=True)
        streams = framing in ("line", "length", "raw")
        arguments = ["--framing", framing, "-c", 16, "-n", 1500 if streams else 500, *QUICK]
        arguments += ["--size", "1-4k", "--pipeline", 8] if streams else ["--size", "1-1000"]
        with serving(options.server, "--framing", framing, host=HOST) as port:
            answered(options, Run(options.client, port, *arguments, host=HOST), 1500 if streams else 500)


def an_open_loop_loses_nothing(options) -> None:
    with serving(options.server, host=HOST) as port:
        run = Run(options.client, port, "--rate", 400, "-d", "2s", "-c", 10, *QUICK, host=HOST)
    answered(options, run, 800)


def another_internet_protocol_holds_as_well(options) -> None:
    if not os.path.exists("/proc/net/if_inet6"):
        print("  skipped: this system has no IPv6")
        return
    with serving(options.server, "--framing", "line", host=f"[{HOST_6}]") as port:
        arguments = ["--framing", "line", "-c", 8, "-n", 1000, "--pipeline", 8, *QUICK]
        answered(options, Run(options.client, port, *arguments, host=f"[{HOST_6}]"), 1000)


def every_fault_was_there(options) -> None:
    """The faults that the earlier checks went through."""
    counts = options.line.counts()
    for name in ("dropped", "damaged", "duplicated", "delayed", "reordered"):
        require_that(f"packets were {name}", counts[name] > 20)


def a_dead_line_that_comes_back_costs_nothing_but_time(options) -> None:
    with serving(options.server, host=HOST) as port:
        command = options.client + ["bench", f"{HOST}:{port}", "--json", "--rate", "200", "-d", "3s", "-c", "8", "--timeout", "30s"]
        bench = Server(command + QUICK)  # which collects what any program prints
        try:
            options.line.wait_for("passed", 400)
            options.line.set(dead=True)
            time.sleep(DEAD_S)  # the experiment, and therefore a time and no condition
            lost = options.line.set(dead=False)["dropped_dead"]
            require("exit code of bench", bench.wait(), 0)
        finally:
            options.line.set(dead=False)
            bench.kill()
    measured = json.loads(bench.texts["output"])["servers"][0]["measured"]
    require("errors", measured["errors"]["total"], 0)
    require("wrong", measured["wrong"], None)
    require("answered", measured["answered"], 600)
    require_that(f"packets were lost while it was dead ({lost})", lost >= 8)
    slowest_s = measured["response"]["max_ns"] / 1e9
    require_that(f"the slowest answer waited for the line ({slowest_s:.2f} s)", slowest_s > DEAD_S / 2)
    options.tally["messages answered"] += 600
    options.tally["bytes compared"] += measured["bytes_received"]
    print(f"  dead for {DEAD_S} s, {lost} packets lost in it; 600 messages answered, the slowest after {slowest_s:.2f} s", flush=True)


@contextlib.contextmanager
def dead(options):
    options.line.set(dead=True)
    try:
        yield
    finally:
        options.line.set(dead=False)


def require_ending(process, code: int, words: str) -> None:
    """It ends with one line on standard error that contains WORDS."""
    _, error = process.communicate(timeout=WAIT_S)
    require(f"exit code ({error!r})", process.returncode, code)
    require_that(f"standard error is one line with '{words}': {error!r}", words in error.decode() and error.count(b"\n") == 1)
    print(f"  exit code {code}: {error.decode().rstrip()}", flush=True)


def nobody_connects_over_a_dead_line(options) -> None:
    with dead(options), talk_start(options, 9, "hello") as talk:
        require_ending(talk, TIMED_OUT, f" after {PATIENCE}")
    with dead(options):
        run = Run(options.client, 9, "--timeout", PATIENCE, "-c", 4, "-n", 10, *QUICK, host=HOST)
    run.require_code(TIMED_OUT)
    require("connections that timed out", run.server["connect"]["errors"]["connect_timed_out"], 4)
    print(f"  exit code {run.code}: {run.error.rstrip()}", flush=True)


def a_conversation_on_a_line_that_died_ends_in_time(options) -> None:
    server = Server(options.server + ["serve", f"{HOST}:0", "--idle-timeout", PATIENCE, "--framing", "line"])
    try:
        port = server.port()
        with talk_start(options, port, "--framing", "line") as talk:
            require("the greeting", talk.stdout.readline(), b"-->>hello,im server\n")
            talk.stdin.write(b"one\n")
            talk.stdin.flush()
            require("the answer", talk.stdout.readline(), b"-->>loop_msg:one!\n")
            with dead(options):
                talk.stdin.write(b"two\n")
                talk.stdin.flush()
                require_ending(talk, TIMED_OUT, f"no answer to message 2 within {PATIENCE}")
                print("  " + server.wait_for("error", rf".*: idle for {PATIENCE}; conversation ended.*\n").group(0).rstrip(), flush=True)
                server.wait_for("output", "closed\n")
        server.interrupt()
    finally:
        server.kill()


def a_stream_on_a_line_that_died_ends_in_time(options) -> None:
    server = Server(options.server + ["serve", f"{HOST}:0", "--idle-timeout", PATIENCE, "--framing", "raw", "--quiet"])
    try:
        port = server.port()
        with open("/dev/zero", "rb") as zeros:
            talk = talk_start(options, port, "--framing", "raw", stdin=zeros, stdout=subprocess.DEVNULL)
        with talk:
            options.line.wait_for("passed", 200)
            with dead(options):
                require_ending(talk, TIMED_OUT, f"accepted no bytes for {PATIENCE}")
                print("  " + server.wait_for("error", rf".*: idle for {PATIENCE}; conversation ended.*\n").group(0).rstrip(), flush=True)
        server.interrupt()
    finally:
        server.kill()


def a_measurement_on_a_line_that_died_ends_in_time(options) -> None:
    with serving(options.server, host=HOST) as port:
        command = options.client + ["bench", f"{HOST}:{port}", "--json", "-d", "3s", "-c", "4", "--timeout", PATIENCE, "--fail-if", "errors>0"]
        bench = Server(command + QUICK)
        try:
            options.line.wait_for("passed", 200)
            with dead(options):
                require("exit code of bench", bench.wait(), 1)
        finally:
            bench.kill()
    errors = json.loads(bench.texts["output"])["servers"][0]["measured"]["errors"]
    require_that(f"every connection timed out: {errors}", errors["timed_out"] >= 4)
    require("wrong answers", errors["wrong"], 0)
    print(f"  exit code 1, {errors['timed_out']} errors, each timed out: {bench.texts['error'].rstrip()}", flush=True)


def a_forged_bit_is_found(options) -> None:
    """TCP cannot see it, because its checksum is correct: only comparing every byte can. So the earlier checks do compare."""
    with serving(options.server, "--framing", "raw", host=HOST) as port:
        options.line.set(forge=1)
        run = Run(options.client, port, "--echo", "-c", 2, "-n", 200, *QUICK, host=HOST)
    forged = options.line.counts()["forged"]
    require("forged packets", forged, 1)
    run.require_code(WRONG_BYTE)
    wrong = run.measured["wrong"]
    require("flipped", wrong["expected"] ^ wrong["got"], 1)
    print(f"  exit code {run.code}: {run.error.rstrip()}", flush=True)


CHECKS_BAD = [
    conversations_hold,
    every_framing_is_measured_without_a_wrong_byte,
    an_open_loop_loses_nothing,
    another_internet_protocol_holds_as_well,
    every_fault_was_there,
    a_dead_line_that_comes_back_costs_nothing_but_time,
]
CHECKS_DEAD = [
    nobody_connects_over_a_dead_line,
    a_conversation_on_a_line_that_died_ends_in_time,
    a_stream_on_a_line_that_died_ends_in_time,
    a_measurement_on_a_line_that_died_ends_in_time,
    a_forged_bit_is_found,
]


def main_inside() -> int:
    options = commands("Conversations over a bad line.", "server", "client")
    try:
        options.line = Line()
    except OSError as error:
        print(f"skipped: this system permits no TUN device in a private network namespace: {error}")
        return 0
    options.tally = {"conversations": 0, "messages answered": 0, "bytes compared": 0}
    options.host = HOST
    options.server = options.line.server_command(options.server)
    try:
        options.line.set(**BAD)
        code = check_all(CHECKS_BAD, options)
        print(f"the line: {options.line.set(**GOOD)}", flush=True)
        print(f"over it: {options.tally}, wrong bytes 0, errors 0" if code == 0 else "over it: see the failures", flush=True)
        return max(code, check_all(CHECKS_DEAD, options))
    finally:
        options.line.close()


def main() -> int:
    """Continues in a network namespace of its own and, if the system permits it, in a process namespace: that ends everything that this test
    starts, however the test itself ends."""
    if shutil.which("unshare") is None or shutil.which("nsenter") is None:
        print("skipped: this machine has no unshare and nsenter (util-linux)")
        return 0
    users = [["--user", "--map-root-user"]] if os.geteuid() != 0 else [[], ["--user", "--map-root-user"]]
    processes = [["--pid", "--fork", "--kill-child", "--mount-proc"], []]
    for user, process in itertools.product(users, processes):
        command = ["unshare", *user, "--net", *process]
        tried = subprocess.run(command + ["true"], stdin=subprocess.DEVNULL, capture_output=True, check=False)
        if tried.returncode == 0:
            os.execvp("unshare", [*command, sys.executable, "-B", os.path.abspath(__file__), INSIDE, *sys.argv[1:]])
    print(f"skipped: this system permits no private network namespace: {tried.stderr.decode().strip()}")
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == [INSIDE]:
        del sys.argv[1]
        sys.exit(main_inside())
    sys.exit(main())
