"""What the scenarios of overload share: a server whose events are counted and whose use is measured, and clients beside it that check every byte."""

import collections
import contextlib
import json
import os
import socket
import subprocess
import time

from support.check import WAIT_S, Failure, require, require_that, wait_until
from support.program import Server

try:
    import resource
except ImportError:  # Windows, which has no such limit
    resource = None

SANITIZED_SIZE = 1 << 40  # only the shadow memory of a sanitizer makes an address space as large as that
SLICE = r"(?m)^ *\d+\.\d\d s  (?!warm-up|connecting).* p50 "  # a line of bench --interval, of what is measured, with answers in it
WINDOW_S = 1.5
MEBI = 1 << 20


def descriptors_available(wanted: int) -> int:
    """Raises this process's limit, which the server inherits. Returns how many connections both can hold, at most WANTED."""
    if resource is None:
        return wanted
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    spare = 300  # for the program's own files and for the other clients
    if hard == resource.RLIM_INFINITY or hard - spare >= wanted:
        return wanted
    print(f"  {hard - spare} connections instead of {wanted}: the system allows only {hard} descriptors", flush=True)
    return hard - spare


def is_wine(pid: int) -> bool:
    return os.path.basename(os.path.realpath(f"/proc/{pid}/exe")).startswith("wine")


class Meter:
    """What a process uses, from Linux's /proc, where that shows the process and not an emulator around it."""

    def __init__(self, pid: int) -> None:
        self.folder = f"/proc/{pid}"
        program = os.path.basename(os.path.realpath(f"{self.folder}/exe"))
        self.is_windows = os.name == "nt" or is_wine(pid)
        self.is_native = program == "loopmsg"
        self.has_own_memory = self.is_native and self.status("VmSize") < SANITIZED_SIZE
        if not self.is_native:
            print("  skipped: the system does not report memory, descriptors and processor time of the server itself", flush=True)
        elif not self.has_own_memory:
            print("  skipped: the memory is not checked, because most of it is a sanitizer's", flush=True)

    def status(self, name: str) -> int:
        """Bytes."""
        with open(f"{self.folder}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith(name + ":"))

    def descriptors(self) -> int:
        return len(os.listdir(f"{self.folder}/fd"))

    def processor_s(self) -> float:
        with open(f"{self.folder}/stat", encoding="ascii") as stat:
            user, system = stat.read().rsplit(")", 1)[1].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


class Watched(Server):
    """A server whose events are counted and not kept: there may be hundreds of thousands."""

    ERROR_LINES = 100  # kept for a failure to show

    def __init__(self, command: list, *options, address: str = "127.0.0.1:0") -> None:
        self.counts = collections.Counter()  # events by name, and what conversations ended of
        self.conversations = collections.Counter()  # by peer: begun, less ended
        super().__init__(command + ["serve", address, "--json", *options])

    def collect(self, name: str, pipe) -> None:
        for line in pipe:
            with self.changed:
                if name == "error":
                    self.collect_error(line.decode("utf-8").replace("\r\n", "\n"))
                else:
                    self.collect_event(line)
                self.changed.notify_all()

    def collect_error(self, line: str) -> None:
        self.counts["error lines"] += 1
        if self.counts["error lines"] <= self.ERROR_LINES:
            self.texts["error"] += line

    def collect_event(self, line: bytes) -> None:
        if b'"event":"message"' in line:  # by far the most
            self.counts["message"] += 1
            return
        event = json.loads(line)
        self.counts[event["event"]] += 1
        if event["event"] == "accepted":
            self.conversations[event["peer"]] += 1
        elif event["event"] == "closed":
            self.conversations[event["peer"]] -= 1
            self.counts[event["cause"]] += 1

    def count(self, name: str) -> int:
        with self.changed:
            return self.counts[name]

    def wait_for_count(self, name: str, count: int) -> None:
        with self.changed:
            if not self.changed.wait_for(lambda: self.counts[name] >= count, WAIT_S):
                raise Failure(f"the server reported {self.counts[name]} of {count} events {name!r}: {dict(self.counts)} {self.texts}")

    def wait_for_ends(self, others: int = 0) -> None:
        """Waits until every conversation that it began has ended, except OTHERS of them."""
        with self.changed:
            if not self.changed.wait_for(lambda: self.counts["closed"] >= self.counts["accepted"] - others, WAIT_S):
                raise Failure(f"conversations that never end: {dict(self.counts)} {self.texts}")

    def require_ends(self) -> None:
        """Of a server that has exited: each connection was reported once when it began, and once when it ended."""
        require("conversations ended", self.counts["closed"], self.counts["accepted"])
        require("ends without a begin, or begins without an end", {p: n for p, n in self.conversations.items() if n != 0}, {})

    def events_text(self) -> str:
        with self.changed:
            return ", ".join(f"{count} {name}" for name, count in sorted(self.counts.items()))


class Checker:
    """A `loopmsg bench` that converses until it is stopped, and checks every byte of every answer."""

    def __init__(self, client: list, port: str, connections: int, *options) -> None:
        command = client + ["bench", f"127.0.0.1:{port}", "--json", "-c", connections, "--rate", 500, "--duration", "600s"]
        command += ["--warmup", 0, "--timeout", f"{WAIT_S}s", "--interval", "100ms", *options]
        self.process = Server([str(word) for word in command])  # which collects what any program prints
        self.connections = connections
        try:
            self.process.wait_for("error", SLICE)
        except Failure:
            self.process.kill()
            raise

    def end(self, has_errors: bool = False) -> None:
        """Ends it. A server that ends first makes errors, but never a wrong byte."""
        self.process.press_interrupt()
        code = self.process.wait()
        if code not in (130, 0) and not has_errors:
            raise Failure(f"bench exited with {code}: {self.process.texts['error'][-300:]!r}")
        server = json.loads(self.process.texts["output"])["servers"][0]
        for phase in ("connect", "measured"):
            require(f"wrong ({phase})", server[phase]["wrong"], None)
            if not has_errors:
                require(f"errors ({phase})", server[phase]["errors"]["total"], 0)
        answered = server["measured"]["answered"]
        require_that("the checking client had answers", answered > 0)
        errors = server["measured"]["errors"]["total"]
        print(f"  {self.connections} connections conversed beside: {answered} answers, no wrong byte, {errors} errors", flush=True)


@contextlib.contextmanager
def checking(client: list, port: str, connections: int, *options):
    """Other clients that converse meanwhile, with every byte right and without an error."""
    checker = Checker(client, port, connections, "--fail-if", "errors>0", *options)
    try:
        yield checker
        checker.end()
    finally:
        checker.process.kill()


class Victims:
    """Processes of the real program in mid-conversation, to be killed: COUNT `bench` of some CONNECTIONS, and COUNT `talk`.

    Wine's own server at times keeps the connection of a killed `talk` open, so that nobody can see that it is gone.
    """

    def __init__(self, client: list, port: str, count: int, connections: int) -> None:
        self.held_by_wine = 0  # connections at most
        self.talks = []
        self.benches = []
        try:
            for _ in range(count):
                self.talks.append(self.talk(client, port))
                self.held_by_wine += is_wine(self.talks[-1].pid)
                self.benches.append(Checker(client, port, connections))
        except BaseException:
            self.kill()
            raise

    @staticmethod
    def talk(client: list, port: str) -> subprocess.Popen:
        """Has had an answer, and has more to send."""
        command = client + ["talk", "--plain", f"127.0.0.1:{port}"]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        process.stdin.write(b"hello\n")
        process.stdin.flush()
        for expected in (b"hello,im server", b"loop_msg:hello!"):
            require("what talk prints", process.stdout.readline().rstrip(), expected)
        return process

    def kill(self) -> None:
        """Immediately, by SIGKILL or TerminateProcess. Doing it again does no harm."""
        for process in self.talks:
            process.kill()
            process.wait(WAIT_S)
            process.stdin.close()
            process.stdout.close()
        for bench in self.benches:
            bench.process.kill()


class Scene:
    """The server of a scenario, and what it used before, at its peak and afterwards."""

    def __init__(self, options, growth_max: int, *server_options, **place) -> None:
        self.options = options
        self.growth_max = growth_max  # bytes of memory that the scenario may cost at most, at its peak
        self.server = Watched(options.server, *server_options, **place)

    def __enter__(self) -> "Scene":
        try:
            self.port = self.server.port()
            self.meter = Meter(self.server.process.pid)
            with socket.create_connection(("127.0.0.1", int(self.port)), timeout=WAIT_S):
                self.server.wait_for_count("accepted", 1)
            self.server.wait_for_ends()
            self.note_before()
        except BaseException:
            self.server.kill()
            raise
        return self

    def note_before(self) -> None:
        if self.meter.is_native:
            self.descriptors = self.meter.descriptors()
            self.memory = self.meter.status("VmRSS")

    def note_round(self) -> None:
        """The C library keeps memory for reuse: the first round shows how much, and the next must not need more."""
        if self.meter.is_native:
            first, self.memory = self.memory, self.meter.status("VmRSS")
            print(f"  the server's memory: {first / MEBI:.1f} MiB before the first round, {self.memory / MEBI:.1f} after it", flush=True)

    def processor_share(self):
        """The part of one processor that the server uses over a window of time; None if that is not measured."""
        begin_s, begin = time.monotonic(), self.meter.processor_s() if self.meter.is_native else 0
        time.sleep(WINDOW_S)
        if not self.meter.is_native:
            return None
        return (self.meter.processor_s() - begin) / (time.monotonic() - begin_s)

    def limit_descriptors(self, count: int) -> bool:
        """The server may have no more than COUNT from now on. False if it cannot be limited here, which is printed."""
        if not hasattr(resource, "prlimit") or self.meter.is_windows:
            print("  skipped: the descriptors of this program cannot be limited on this system", flush=True)
            return False
        resource.prlimit(self.server.process.pid, resource.RLIMIT_NOFILE, (count, count))
        return True

    def require_as_before(self, kept_max: int, others: int = 0) -> None:
        """All that the scenario used is given back, except KEPT_MAX bytes that the C library may keep for reuse, and OTHERS, conversations that
        still go on where nothing is measured."""
        self.server.wait_for_ends(others)
        if not self.meter.is_native:
            return
        wait_until("the server has as many descriptors as before", lambda: self.meter.descriptors() == self.descriptors)
        before, peak, after = self.memory, self.meter.status("VmHWM"), self.meter.status("VmRSS")
        print(
            f"  the server's memory: {before / MEBI:.1f} MiB before, {peak / MEBI:.1f} at its peak, {after / MEBI:.1f} after; "
            f"descriptors: {self.descriptors} before and after; processor time: {self.meter.processor_s():.2f} s in all",
            flush=True,
        )
        if self.meter.has_own_memory:
            require_that(f"memory grew by at most {self.growth_max} bytes", peak - before <= self.growth_max)
            require_that(f"at most {kept_max} bytes were kept", after - before <= kept_max)

    def end(self) -> None:
        self.server.interrupt()
        self.server.require_ends()
        print(f"  reported by the server: {self.server.events_text()}", flush=True)

    def __exit__(self, kind, *_) -> None:
        try:
            if kind is None:
                self.end()
        finally:
            self.server.kill()
