"""`loopmsg serve` under a service manager like systemd; this script plays the manager.

service.py --server COMMAND

COMMAND starts loopmsg and may hold more than a program. The manager opens the listening sockets and passes them as descriptors from 3 on
(sd_listen_fds(3)). Datagrams notify it when the server is ready and when it stops (sd_notify(3)). Exits with 1 when a check fails.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import sys
import tempfile

from support.check import WAIT_S, Failure, check_all, commands, expect, require, require_that
from support.program import Server, run_text
from support.wrong_server import GREETING

CLIENTS = 50
# Becomes the service: moves the descriptors to their places, by way of unused numbers, and sets its own process number.
ACTIVATE = """
import os, sys
count = int(sys.argv[1])
given = [os.dup2(int(number), 100 + place, False) for place, number in enumerate(sys.argv[2:2 + count])]
for place, number in enumerate(given):
    os.dup2(number, 3 + place)
os.environ.setdefault("LISTEN_PID", str(os.getpid()))
os.environ.setdefault("LISTEN_FDS", str(count))
os.execvp(sys.argv[2 + count], sys.argv[2 + count:])
"""


class Manager:
    """What a service manager keeps over the life of its services: the listening sockets, and the one on which it is notified."""

    def __init__(self, program: list, *hosts: str, name: str = None) -> None:
        self.program = program
        self.sockets = [self.listen(host) for host in hosts]
        self.notified = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notified.settimeout(WAIT_S)
        self.name = name
        self.notified.bind("\0" + name[1:] if name.startswith("@") else name)

    @staticmethod
    def listen(host: str) -> socket.socket:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.bind((host, 0))
        listening.listen(CLIENTS + 10)
        return listening

    def start(self, *options: str, sockets: list = None, **variables: str) -> Server:
        sockets = self.sockets if sockets is None else sockets
        numbers = [one.fileno() for one in sockets]
        command = [sys.executable, "-c", ACTIVATE, str(len(numbers)), *map(str, numbers), *self.program, "serve", *options]
        environment = {**os.environ, "LISTEN_FDNAMES": "a:b", "NOTIFY_SOCKET": self.name, **variables}
        return Server(command, pass_fds=numbers, env=environment)

    def notification(self) -> str:
        return self.notified.recv(4096).decode("utf-8")

    def hears_nothing(self) -> None:
        self.notified.setblocking(False)
        try:
            text = self.notified.recv(4096)
        except BlockingIOError:
            self.notified.settimeout(WAIT_S)
            return
        raise Failure(f"the manager was notified of {text!r}")

    def stop(self, server: Server) -> None:
        """As systemd does, which is then notified, and sees the process end."""
        server.process.send_signal(signal.SIGTERM)
        require("what the manager is notified of", self.notification().splitlines()[0], "STOPPING=1")
        require("exit code", server.wait(), 0)
        self.hears_nothing()

    def connect(self, which: int = 0) -> socket.socket:
        listening = self.sockets[which]
        return socket.create_connection(listening.getsockname()[:2], timeout=WAIT_S)

    def close(self) -> None:
        for one in [*self.sockets, self.notified]:
            one.close()


@contextlib.contextmanager
def managing(program: list, *hosts: str):
    with tempfile.TemporaryDirectory() as folder:
        manager = Manager(program, *hosts, name=os.path.join(folder, "notify"))
        try:
            yield manager
        finally:
            manager.close()


@contextlib.contextmanager
def running(server: Server):
    try:
        yield server
    finally:
        server.kill()


def read_exactly(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = connection.recv(size - len(data))
        if not piece:
            raise Failure(f"the connection ended after {data!r}")
        data += piece
    return data


def converse(connection: socket.socket, text: bytes) -> None:
    connection.sendall(text + b"\n")
    answer = b"loop_msg:" + text + b"!\n"
    require("what came", read_exactly(connection, len(GREETING) + len(answer)), GREETING + answer)


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as trial:
            trial.bind(("::1", 0))
        return True
    except OSError:
        return False


def who_connected_before_it_started_is_served(options) -> None:
    hosts = ["127.0.0.1", "::1"] if has_ipv6() else ["127.0.0.1"]
    with managing(options.server, *hosts) as manager:
        early = [manager.connect(which) for which in range(len(hosts)) for _ in range(CLIENTS // 2)]
        for one in early:
            one.sendall(b"early\n")
        with running(manager.start("--json", "--drain", "7s")) as server:
            require("the first that the manager is notified of", manager.notification(), "READY=1")
            for one in early:
                require("the greeting and the answer", read_exactly(one, 31), GREETING + b"loop_msg:early!\n")
            ports = [one.getsockname()[1] for one in manager.sockets]
            expected = [f"{host}:{port}" for host, port in zip(["127.0.0.1", "[::1]"], ports)]
            server.wait_for("output", re.escape(f'"{expected[-1]}"}}\n'))
            server.wait_for("error", re.escape(f"{expected[-1]}\n"))
            events = [json.loads(line) for line in server.texts["output"].splitlines()]
            require("where it listens", [one["address"] for one in events if one["event"] == "listening"], expected)
            require("the same for people", server.texts["error"], "".join(f"listening on {one}\n" for one in expected))
            server.process.send_signal(signal.SIGTERM)
            expect("the manager is notified at the end", manager.notification(), "STOPPING=1\nEXTEND_TIMEOUT_USEC=12000000")
            require("exit code", server.wait(), 0)
        for one in early:
            require("the end of a conversation", one.recv(1), b"")
            one.close()
        manager.hears_nothing()
        print(f"  {len(early)} connections waited on {len(hosts)} sockets; each was served, and closed by the stop", flush=True)


def a_restart_loses_no_connection(options) -> None:
    with managing(options.server, "127.0.0.1") as manager:
        served = 0
        for _ in range(4):
            waiting = [manager.connect() for _ in range(CLIENTS)]  # while no server runs
            with running(manager.start("--quiet")) as server:
                require("what the manager is notified of", manager.notification(), "READY=1")
                for one in waiting:
                    converse(one, b"I waited")
                    one.close()
                    served += 1
                manager.stop(server)
        print(f"  {served} connections were made between two servers, {served} were served by the next", flush=True)


def an_answer_in_flight_arrives_and_the_next_server_has_the_others(options) -> None:
    with managing(options.server, "127.0.0.1") as manager:
        with running(manager.start("--delay", "500ms")) as server, manager.connect() as slow:
            require("what the manager is notified of", manager.notification(), "READY=1")
            slow.sendall(b"slow\n")
            server.wait_for("output", "-->>slow!\n")
            server.process.send_signal(signal.SIGTERM)
            require("what the manager is notified of", manager.notification().splitlines()[0], "STOPPING=1")
            require("what came", read_exactly(slow, 30), GREETING + b"loop_msg:slow!\n")
            require("exit code", server.wait(), 0)
        with manager.connect() as next_one, running(manager.start("--quiet")) as server:
            converse(next_one, b"next")
            require("what the manager is notified of", manager.notification(), "READY=1")
            manager.stop(server)


def a_manager_is_notified_under_an_abstract_name(options) -> None:
    if not sys.platform.startswith("linux"):
        print("  skipped: only Linux has such names")
        return
    manager = Manager(options.server, "127.0.0.1", name=f"@loopmsg-{os.getpid()}")
    try:
        with running(manager.start("--quiet")) as server:
            expect("ready", manager.notification(), "READY=1")
            manager.stop(server)
    finally:
        manager.close()


def a_manager_that_cannot_be_notified_stops_nobody_from_being_served(options) -> None:
    for name in ("/no/such/place", "nonsense", "@" + "x" * 200):
        with managing(options.server, "127.0.0.1") as manager, manager.connect() as client:
            with running(manager.start(NOTIFY_SOCKET=name)) as server:
                converse(client, b"hello")
                server.wait_for("error", r"loopmsg: cannot notify the service manager: .*\n")
                server.interrupt()
                manager.hears_nothing()


def ready_means_that_the_address_answers_where_no_socket_is_handed_over(options) -> None:
    with managing(options.server) as manager:
        with running(manager.start("127.0.0.1:0", LISTEN_FDS="0")) as server:
            require("what the manager is notified of", manager.notification(), "READY=1")
            with socket.create_connection(("127.0.0.1", int(server.port())), timeout=WAIT_S) as client:
                converse(client, b"hello")
            manager.stop(server)


def sockets_for_another_process_are_left_alone(options) -> None:
    with managing(options.server, "127.0.0.1") as manager:
        with running(manager.start("127.0.0.1:0", LISTEN_PID="1")) as server:
            port = int(server.port())
            require_that("it listens elsewhere", port != manager.sockets[0].getsockname()[1])
            server.interrupt()


def refuse(manager: Manager, code: int, text: str, *options: str, **others) -> None:
    with running(manager.start(*options, **others)) as server:
        require("exit code", server.wait(), code)
        require_that(f"{server.texts['error']!r} is one line", server.texts["error"].count("\n") == 1)
        require_that(f"{server.texts['error']!r} holds {text!r}", text in server.texts["error"])
        print(f"  {server.texts['error']}", end="", flush=True)
    manager.hears_nothing()


def arguments_that_cannot_go_with_sockets_are_refused(options) -> None:
    with managing(options.server, "127.0.0.1") as manager:
        for arguments in (["127.0.0.1:0"], ["--backlog", "5"], ["-4"], ["-6"]):
            refuse(manager, 2, "LISTEN_FDS", *arguments)
        refuse(manager, 2, "--service", "--service")


def sockets_that_cannot_be_served_are_refused(options) -> None:
    with managing(options.server, "127.0.0.1") as manager, contextlib.ExitStack() as stack:
        datagrams = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        bound = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
        bound.bind(("127.0.0.1", 0))
        local = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        local.bind(os.path.join(folder, "local"))
        local.listen()
        client = stack.enter_context(manager.connect())
        accepted, _ = manager.sockets[0].accept()
        stack.enter_context(accepted)
        file = stack.enter_context(open(os.devnull, "rb"))
        for one in (datagrams, bound, local, client, accepted, file):
            refuse(manager, 1, "ListenStream", sockets=[manager.sockets[0], one])


def variables_that_make_no_sense_are_refused(options) -> None:
    with managing(options.server, "127.0.0.1") as manager:
        for variables in ({"LISTEN_FDS": "some"}, {"LISTEN_FDS": "-1"}, {"LISTEN_FDS": "17"}, {"LISTEN_FDS": "99999999999999999999"},
                          {"LISTEN_FDS": ""}, {"LISTEN_FDS": "9"}, {"LISTEN_PID": "me"}):
            refuse(manager, 1, "cannot take the sockets of the service manager", **variables)


def more_sockets_than_a_server_can_have_are_refused(options) -> None:
    with managing(options.server, "127.0.0.1") as manager:
        refuse(manager, 1, "cannot take the sockets of the service manager", sockets=manager.sockets * 17)
        with running(manager.start("--quiet", sockets=manager.sockets * 16)) as server, manager.connect() as client:
            converse(client, b"one of sixteen")
            require("what the manager is notified of", manager.notification(), "READY=1")
            manager.stop(server)


def systemds_own_activation_is_understood(options) -> None:
    activate = shutil.which("systemd-socket-activate")
    if activate is None:
        print("  skipped: there is no systemd-socket-activate on this machine")
        return
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as free:  # it does not report which one it got for port 0
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with running(Server([activate, "-l", f"127.0.0.1:{port}", *options.server, "serve"])) as server:
        server.wait_for("error", "Listening on ")
        talk = [*options.server, "talk", f"127.0.0.1:{port}", "hello,im client"]
        expect("client", run_text(talk), "-->>hello,im server\n-->>loop_msg:hello,im client!\n")
        server.port()
        server.interrupt()


if os.name == "nt" or sys.argv[-1].rstrip('"').endswith(".exe"):
    print("skipped: Windows passes no sockets; apps.serve.service_manager tests its services")
    sys.exit(0)
CHECKS = [
    who_connected_before_it_started_is_served,
    a_restart_loses_no_connection,
    an_answer_in_flight_arrives_and_the_next_server_has_the_others,
    a_manager_is_notified_under_an_abstract_name,
    a_manager_that_cannot_be_notified_stops_nobody_from_being_served,
    ready_means_that_the_address_answers_where_no_socket_is_handed_over,
    sockets_for_another_process_are_left_alone,
    arguments_that_cannot_go_with_sockets_are_refused,
    sockets_that_cannot_be_served_are_refused,
    variables_that_make_no_sense_are_refused,
    more_sockets_than_a_server_can_have_are_refused,
    systemds_own_activation_is_understood,
]
sys.exit(check_all(CHECKS, commands("The server under a service manager.", "server")))
