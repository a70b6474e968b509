"""A server that stands still for two seconds, and whether `loopmsg bench` reports what its users would have felt.

freeze.py --server COMMAND --client COMMAND

Each COMMAND starts loopmsg and may hold more than a program. Two generators send to one server on fixed schedules, which wait for no answer.
In the middle a signal stops the server's process, which continues after two seconds. A message due in those waits until their end; the others
wait for almost nothing. So with a freeze of F seconds in a window of W, the quantile Q of the response time is F - (1 - Q) * W. The first
generator may have any number of messages in flight; its p90 and p99 must be what theory gives, within 2 percent, apart from how late the
machine itself was. The second one holds each message back until the one before is answered: the time from the actual send then hides the
freeze, and the response time must show it all the same. Exits with 1 when a check fails.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time

from support.check import WAIT_S, Failure, check_all, commands, require, require_that
from support.program import Server
from support.wrong_server import GREETING

FREEZE_S = 2.0
WINDOW_S = 9.5
FREEZE_FROM_S = 3.5  # of the window, at the earliest
TOLERANCE = 0.02
SLICE = r"^ *(\d+\.\d\d) s  (?!warm-up|connecting)"  # a line of --interval, of what is measured


class Generator:
    """A `bench` that runs. Its output is read immediately, so that it never waits for us."""

    def __init__(self, client: list, port: str, rate: int, *options: str) -> None:
        command = client + ["bench", f"127.0.0.1:{port}", "--json", "--rate", str(rate), "-c", "10", "--interval", "250ms"]
        command += ["--warmup", "500ms", "--duration", f"{WINDOW_S}s", *options]
        self.rate = rate
        self.process = Server(command)  # which collects what any program prints

    def wait_for_slice(self, from_s: float) -> None:
        """Waits until that much of the window has passed."""

        def has_come(texts: dict) -> bool:
            return any(float(second) >= from_s for second in re.findall(SLICE, texts["error"], re.MULTILINE))

        with self.process.changed:
            if not self.process.changed.wait_for(lambda: has_come(self.process.texts), WAIT_S):
                raise Failure(f"bench reported no slice after {from_s} s: {self.process.texts}")

    def measured(self) -> dict:
        require("exit code of bench", self.process.wait(), 0)
        measured = json.loads(self.process.texts["output"])["servers"][0]["measured"]
        require("errors", measured["errors"]["total"], 0)
        require("wrong", measured["wrong"], None)
        require("due", measured["due"], int(self.rate * WINDOW_S))
        require("answered", measured["answered"], measured["due"])
        return measured


def freeze(process: subprocess.Popen, port: str) -> tuple:
    """Stops the process for two seconds, which are the experiment, and so a time and not a condition. Returns the shortest and the longest
    time for which it may have left messages unanswered.

    The shortest is what passed between the two signals. A busy machine lets the process go on later than its signal, and it has two thousand
    messages to catch up with. So we ask it ourselves: the first question waits for its answer among those messages, and the second one is
    read after the answers to all of them have been sent, as the server has one thread and serves every connection in turn.
    """
    with socket.create_connection(("127.0.0.1", int(port)), timeout=WAIT_S) as probe, probe.makefile("rwb", buffering=0) as stream:
        require("the greeting", stream.read(len(GREETING)), GREETING)
        before = time.monotonic()
        os.kill(process.pid, signal.SIGSTOP)
        try:
            after = time.monotonic()
            stream.write(b"first\n")
            time.sleep(FREEZE_S)
        finally:
            until = time.monotonic()
            os.kill(process.pid, signal.SIGCONT)
        require("the first answer", stream.readline(), b"loop_msg:first!\n")
        stream.write(b"second\n")
        require("the second answer", stream.readline(), b"loop_msg:second!\n")
        return until - after, time.monotonic() - before


def frozen_quantile(frozen_s: float, quantile: float) -> float:
    return frozen_s - (1 - quantile) * WINDOW_S


def require_quantile(measured: dict, name: str, frozen: tuple, quantile: float) -> None:
    got = measured["response"][name] / 1e9
    low, high = (frozen_quantile(one, quantile) for one in frozen)
    late = measured["lateness"]["max_ns"] / 1e9  # how long the machine gave the generator no processor, so that it read no clock
    print(f"  {name[:-3]} is {got:.4f} s, by theory {low:.4f} to {high:.4f} s: {100 * (got / low - 1):+.2f} %", flush=True)
    require_that(f"{name} is within 2 % of theory", low * (1 - TOLERANCE) <= got <= high * (1 + TOLERANCE) + late)


def a_frozen_server_shows_in_the_response_times(options) -> None:
    server = Server(options.server + ["serve", "127.0.0.1:0", "--quiet", "--threads", "1"])
    generators = []
    try:
        port = server.port()
        generators.append(Generator(options.client, port, 1000))
        generators.append(Generator(options.client, port, 100, "--pipeline", "1"))
        for one in generators:
            one.wait_for_slice(FREEZE_FROM_S)
        frozen = freeze(server.process, port)
        free, held = (one.measured() for one in generators)
    finally:
        for one in generators:
            one.process.kill()
        server.kill()
    print(f"  the server stood still for {frozen[0]:.4f} to {frozen[1]:.4f} s", flush=True)
    print(f"  the generator was late by {free['lateness']['max_ns'] / 1e9:.4f} s at most", flush=True)
    require_quantile(free, "p90_ns", frozen, 0.90)
    require_quantile(free, "p99_ns", frozen, 0.99)
    response, service = (held[name]["p90_ns"] / 1e9 for name in ("response", "service"))
    print(f"  one message in flight: p90 from when it was due {response:.4f} s, from when it was sent {service:.4f} s", flush=True)
    require_that("response time shows the freeze", response >= 0.9 * frozen_quantile(frozen[0], 0.90))
    require_that("service time hides it", service < 0.5 * response)


if not hasattr(signal, "SIGSTOP"):
    print("skipped: this system has no signal that stops a process")
    sys.exit(0)
sys.exit(check_all([a_frozen_server_shows_in_the_response_times], commands("A server that stands still.", "server", "client")))
