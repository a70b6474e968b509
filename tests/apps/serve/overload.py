"""Overload and abuse of a real server by real clients: the server holds, other clients continue, and all it used is given back.

overload.py --scenario NAME --scale full|watched|small --server COMMAND --client COMMAND

Each COMMAND starts loopmsg and may hold more than a program. In every scenario a `loopmsg bench` converses beside it, checks every byte of
every answer and may have no error. Each connection that the server began must be reported as ended, once. On Linux, the server's memory,
descriptors and processor time are measured. Prints what was done, with counts; exits with 1 when something does not hold.
"""

import contextlib
import dataclasses
import sys
import time

from overload_peers import GREETING, Consumer, Flooder, HalfOpen, Storm, connect, connect_many, receive, receive_end, reset
from overload_support import MEBI, Checker, Scene, Victims, Watched, checking, descriptors_available
from support.check import check_all, commands, require, require_that

DESCRIPTORS = 64
DRAIN_S = 2
END_S = 20  # in which a busy machine ends a server that has nothing left to wait for
STORM_WITHOUT_END = 1 << 30
SPIN_SHARE = 0.1  # of a processor; what spins takes a whole one, or what a busy machine leaves of it


@dataclasses.dataclass
class Scale:
    """How many clients and bytes each scenario uses."""

    held: int
    conversing: int
    flood: int  # bytes of one client
    half_open: int
    storm: int
    killed: int  # processes of each kind


FULL = Scale(held=10000, conversing=100, flood=1 << 30, half_open=1000, storm=10000, killed=3)
SCALES = {
    "full": FULL,
    "watched": dataclasses.replace(FULL, flood=64 * MEBI),  # by a sanitizer, to which every byte is work
    "small": Scale(held=500, conversing=20, flood=16 * MEBI, half_open=100, storm=400, killed=1),
}


def say_goodbye(peers: list) -> None:
    for peer in peers:
        peer.sendall(b"exit\n")
    for peer in peers:
        receive(peer, b"")
        peer.close()


def connections_held_while_others_converse(options) -> None:
    scale = SCALES[options.scale]
    held = descriptors_available(scale.held)
    with Scene(options, 4096 * held + 32 * MEBI) as scene:
        with checking(options.client, scene.port, scale.conversing):
            for time_round in range(2):
                peers = connect_many(scene.port, held)
                if scene.meter.is_native:
                    require("descriptors", scene.meter.descriptors(), scene.descriptors + held + scale.conversing)
                    share = scene.processor_share()
                    print(f"  holding {held}, while {scale.conversing} converse: {100 * share:.0f} % of a processor", flush=True)
                for number, peer in enumerate(peers):
                    peer.sendall(b"I am %d\n" % number)
                for number, peer in enumerate(peers):
                    receive(peer, b"loop_msg:I am %d!\n" % number)
                for peer in peers[: held // 2]:
                    reset(peer)
                say_goodbye(peers[held // 2 :])
                scene.server.wait_for_count("closed", 1 + (time_round + 1) * held)
                if time_round == 0:
                    scene.note_round()
        scene.require_as_before(MEBI)
        require("farewells", scene.server.count("farewell"), 2 * (held - held // 2))
        require_that("the reset ones are reported as broken", scene.server.count("broken") >= 2 * (held // 2))


LINE = b"f" * 3999 + b"\n"
FRAMED = (4000).to_bytes(4, "big") + b"f" * 4000
UNITS = {"auto": b"f" * 399 + b"\n", "chunk": b"f" * 4096, "line": LINE, "length": FRAMED, "raw": b"f" * 4096}


@contextlib.contextmanager
def conversing_scenes(options, *server_options):
    """A server for each framing, all at once, with others conversing: scenes by the framing's name. Afterwards each is as before."""
    connections = 10
    with contextlib.ExitStack() as scenes, contextlib.ExitStack() as checkers:
        by_name = {}
        for framing in UNITS:
            scene = scenes.enter_context(Scene(options, 8 * MEBI, "--framing", framing, *server_options))
            checkers.enter_context(checking(options.client, scene.port, connections, "--framing", framing))
            by_name[framing] = scene
        yield by_name
        checkers.close()
        for framing, scene in by_name.items():
            print(f"  after that, under {framing}:", flush=True)
            scene.require_as_before(2 * MEBI)


def clients_that_never_read_are_ended(options) -> None:
    size = SCALES[options.scale].flood
    count = 4
    with conversing_scenes(options, "--idle-timeout", "4s") as scenes:
        flooders = {name: [Flooder(scene.port, UNITS[name], size) for _ in range(count)] for name, scene in scenes.items()}
        for name, scene in scenes.items():
            scene.server.wait_for_count("idle", count)
            for flooder in flooders[name]:
                flooder.end()
            sent = sum(flooder.sent for flooder in flooders[name])
            print(f"  {name}: {count} clients with {size} bytes each could send {sent} in all, and were ended as idle", flush=True)
            require_that("the server has not taken it all", sent < count * size)


def all_of_a_long_conversation_comes_back(options) -> None:
    for name, unit in UNITS.items():
        size = SCALES[options.scale].flood // (1 if name == "line" else 32)
        reply = [] if name == "raw" else ["--reply", "{message}"]
        greeting = {"raw": b"", "line": GREETING + b"\n", "length": len(GREETING).to_bytes(4, "big") + GREETING}
        with Scene(options, 4 * MEBI, "--framing", name, *reply) as scene:
            with checking(options.client, scene.port, 4, "--framing", name, *reply):
                consumer = Consumer(scene.port, unit, size // len(unit) * len(unit), greeting.get(name, GREETING))
                consumer.read()
                consumer.end()
                print(f"  {name}: {consumer.sent} bytes were sent, and all came back", flush=True)
            scene.require_as_before(2 * MEBI)


def messages_without_end_are_refused(options) -> None:
    size = SCALES[options.scale].flood
    count = 4
    heads = {"auto": b"hello\n", "line": b"", "length": b"\xff\xff\xff\xff"}
    for name, head in heads.items():
        with Scene(options, 4 * MEBI, "--framing", name) as scene:
            with checking(options.client, scene.port, 4, "--framing", name):
                flooders = [Flooder(scene.port, b"f" * 4096, size, head) for _ in range(count)]
                scene.server.wait_for_count("too_long", count)
                for flooder in flooders:
                    flooder.end()
                sent = sum(flooder.sent for flooder in flooders)
                print(f"  {name}: {count} clients sent {sent} bytes of endless messages, and were ended as too long", flush=True)
            scene.require_as_before(2 * MEBI)


def half_open_clients_are_ended(options) -> None:
    count = SCALES[options.scale].half_open
    idle_s = 5  # over what a busy machine may hold up the checking client, which is not to be ended
    heads = {"line": b"", "length": b"\x00\x00\xea\x60"}
    for name, head in heads.items():
        with Scene(options, 4096 * count + 4 * MEBI, "--framing", name, "--idle-timeout", f"{idle_s}s") as scene:
            with checking(options.client, scene.port, 10, "--framing", name):
                begin = time.monotonic()
                half_open = HalfOpen(scene.port, count, head)
                scene.server.wait_for_count("idle", 1)
                first_s = time.monotonic() - begin
                scene.server.wait_for_count("idle", count)
                last_s = time.monotonic() - begin
                half_open.end()
                print(
                    f"  {name}: {count} clients sent {half_open.bytes} bytes one by one, and were ended after "
                    f"{first_s:.1f} to {last_s:.1f} s",
                    flush=True,
                )
                require_that(f"none was ended before its {idle_s} s", first_s >= idle_s)
            require("clients ended as idle", scene.server.count("idle"), count)
            scene.require_as_before(4 * MEBI)


def connections_that_are_reset_at_once_do_no_harm(options) -> None:
    scale = SCALES[options.scale]
    threads = 4
    with Scene(options, 16 * MEBI) as scene:
        with checking(options.client, scene.port, scale.conversing):
            for time_round in range(2):
                storms = [Storm(scene.port, scale.storm // threads // 2) for _ in range(threads)]
                for storm in storms:
                    storm.end()
                    require("connections made", storm.connected, storm.count)
                if time_round == 0:
                    scene.server.wait_for_count("closed", storms[0].count)
                    scene.note_round()
        scene.require_as_before(MEBI)
        require_that("no more connections were accepted than made", scene.server.count("accepted") <= scale.storm + scale.conversing + 1)


def few_descriptors_make_others_wait_and_nothing_spins(options) -> None:
    """The server may have 64; three times as many clients connect."""
    scale = SCALES[options.scale]
    conversing = 10
    with Scene(options, 8 * MEBI) as scene:
        if not scene.limit_descriptors(DESCRIPTORS):
            return
        with checking(options.client, scene.port, conversing):
            usual = scene.processor_share()
            peers = [connect(scene.port) for _ in range(3 * DESCRIPTORS)]
            scene.server.wait_for_count("accept_failed", 1)
            begin, failures = time.monotonic(), scene.server.count("accept_failed")
            accepted = scene.server.count("accepted")
            share = scene.processor_share()
            reported = scene.server.count("accept_failed") - failures
            passed = time.monotonic() - begin
            require_that("what fails is reported at most once per second", reported <= passed + 1)
            print(f"  {len(peers)} came, {accepted} were accepted; reported {reported} times in {passed:.1f} s that no more can be", flush=True)
            if share is not None:
                print(f"  processor time: {100 * usual:.1f} % of one before, {100 * share:.1f} % while accepting waits", flush=True)
                require_that("waiting costs next to nothing", share - usual < SPIN_SHARE)
            for number, peer in enumerate(peers):
                receive(peer, GREETING)
                peer.sendall(b"I am %d\n" % number)
                receive(peer, b"loop_msg:I am %d!\n" % number)
                reset(peer)
        scene.require_as_before(2 * MEBI)
        require("accepted in the end", scene.server.count("accepted"), 1 + conversing + len(peers))


def clients_killed_in_mid_conversation_do_no_harm(options) -> None:
    scale = SCALES[options.scale]
    with Scene(options, 8 * MEBI) as scene:
        with checking(options.client, scene.port, scale.conversing):
            held_by_wine = 0
            for _ in range(2):
                victims = Victims(options.client, scene.port, scale.killed, scale.conversing)
                victims.kill()
                held_by_wine += victims.held_by_wine
                scene.server.wait_for_ends(scale.conversing + held_by_wine)
            print(f"  killed twice: {scale.killed} bench, of {scale.conversing} connections each, and {scale.killed} talk", flush=True)
        accepted = 1 + scale.conversing + 2 * scale.killed * (scale.conversing + 1)
        require("accepted", scene.server.count("accepted"), accepted)
        scene.require_as_before(2 * MEBI, held_by_wine)


def serve_again(options, port: str) -> None:
    """Another server on the port of one that has just ended."""
    with Scene(options, 4 * MEBI, address=f"127.0.0.1:{port}") as scene:
        print(f"  served again on port {port} immediately", flush=True)
        with checking(options.client, scene.port, 10):
            pass
        scene.require_as_before(2 * MEBI)


def an_interrupt_ends_all_of_that_in_time(options) -> None:
    scale = SCALES[options.scale]
    with contextlib.ExitStack() as stack:
        server = Watched(options.server, "--framing", "auto", "--drain", f"{DRAIN_S}s")
        stack.callback(server.kill)
        port = server.port()
        held = connect_many(port, scale.half_open)
        half_open = HalfOpen(port, scale.half_open, b"hello\n")
        flooders = [Flooder(port, UNITS["auto"], scale.flood) for _ in range(4)]
        storms = [Storm(port, STORM_WITHOUT_END) for _ in range(2)]
        victims = Victims(options.client, port, scale.killed, scale.conversing)
        stack.callback(victims.kill)
        with checking(options.client, port, scale.conversing):
            victims.kill()
        checker = Checker(options.client, port, scale.conversing)  # for its bytes are right to the last
        stack.callback(checker.process.kill)

        begin = time.monotonic()
        server.interrupt()
        took = time.monotonic() - begin
        checker.end(has_errors=True)
        for one in [half_open, *flooders, *storms]:
            one.end()
        for peer in held:
            receive_end(peer)
        server.require_ends()
        print(f"  interrupted, and over after {took:.1f} s, with a drain of {DRAIN_S} s: {server.events_text()}", flush=True)
        require_that("it ended in time", took <= DRAIN_S + END_S)
        require_that("a stopped server reports it", server.count("stopped") >= len(held))
        serve_again(options, port)


SCENARIOS = {
    "held": [connections_held_while_others_converse],
    "flood": [clients_that_never_read_are_ended, messages_without_end_are_refused],
    "consumed": [all_of_a_long_conversation_comes_back],
    "half_open": [half_open_clients_are_ended],
    "reset": [connections_that_are_reset_at_once_do_no_harm],
    "killed": [clients_killed_in_mid_conversation_do_no_harm],
    "interrupted": [an_interrupt_ends_all_of_that_in_time],
    "descriptors": [few_descriptors_make_others_wait_and_nothing_spins],
}
choices = commands("Overload and abuse.", "server", "client", scenario=sorted(SCENARIOS), scale=sorted(SCALES))
sys.exit(check_all(SCENARIOS[choices.scenario], choices))
