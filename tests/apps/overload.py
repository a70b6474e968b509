"""Overload and abuse of a real server by real clients: it holds, the others go on, and all that it cost is given back.

overload.py --scenario NAME --scale full|small --server COMMAND --client COMMAND

Each COMMAND starts loopmsg and may hold more than a program. In every scenario a `loopmsg bench` converses beside, which checks every byte of
every answer and may have no error; each connection that the server began must be told of as ended, once; and on Linux the server's memory,
descriptors and processor time are measured. Prints what was done, with its counts; exits with 1 when something does not hold.
"""

import dataclasses
import sys

from bench_support import require, require_that
from conversation import check_all, commands
from overload_support import MEBI, Scene, checking, connect_many, descriptors_available, receive, reset

IDLE_WINDOW_S = 1.0


@dataclasses.dataclass
class Scale:
    """How much of everything."""

    held: int
    conversing: int


SCALES = {"full": Scale(held=10000, conversing=100), "small": Scale(held=500, conversing=20)}


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
                    share = scene.meter.processor_share(IDLE_WINDOW_S)
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
        require_that("the reset ones are told as broken", scene.server.count("broken") >= 2 * (held // 2))


SCENARIOS = {"held": [connections_held_while_others_converse]}
choices = commands("Overload and abuse.", "server", "client", scenario=sorted(SCENARIOS), scale=sorted(SCALES))
sys.exit(check_all(SCENARIOS[choices.scenario], choices))
