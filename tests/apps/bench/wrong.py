"""`loopmsg bench` against servers that send a wrong byte in one place: it must find that byte and name it exactly.

wrong.py --client COMMAND

COMMAND starts loopmsg and may hold more than a program. Prints each check; exits with 1 when one fails.
"""

import sys

from support.bench import Run
from support.check import check_all, commands, require, require_that
from support.wrong_server import AFTER_NEXT, CLOSE, GREETING, Script, WrongServer

SPOKEN = ["--framing", "line", "--greeting", ""]
WRONG_BYTE = 8


def flip(offset: int, mask: int = 0x10):
    """Makes an answer whose byte at OFFSET (from its end when negative) has other bits."""

    def answer(right: bytes) -> list:
        sent = bytearray(right)
        sent[offset] ^= mask
        return [bytes(sent)]

    return answer


def drop(offset: int):
    return lambda right: [right[:offset] + right[offset + 1 :]]


def find(options, script: Script, arguments: list, repeated: bool = False, messages: int = 1000) -> None:
    """One run against one server: the wrong byte is found in its place, once, and everything else is right."""
    with WrongServer(script) as server:
        run = Run(options.client, server.port, "--warmup", "0", "--threads", "1", "--messages", messages, *arguments)
    run.require_code(WRONG_BYTE)
    require("the number of places", len(server.places), 1)
    require_place(run, run.measured["wrong"], server.places[0], repeated)
    require("wrong answers", run.measured["errors"]["wrong"], 1)
    require("errors", run.measured["errors"]["total"], 1)
    require("sent", run.measured["sent"], messages)
    require("answered and lost", run.measured["answered"] + run.measured["lost"], messages)


def require_place(run: Run, wrong: dict, place, repeated: bool) -> None:
    require_that("a wrong byte was found", wrong is not None)
    for name in ("connection", "message", "offset", "expected", "got"):
        require(name, wrong[name], getattr(place, name))
    require("in_greeting", wrong["in_greeting"], False)
    require("repeated", wrong["repeated"], repeated)
    words = f"connection {place.connection}, message {place.message}, offset {place.offset}: expected "
    require_that(f"standard error holds '{words}': {run.error!r}", words in run.error and run.error.count("\n") == 1)
    require_that(f"failure holds '{words}'", words in run.document["failure"])


def one_bit_in_a_million_bytes_is_found(options) -> None:
    find(options, Script(connection=0, size=1000, message=765, answer=flip(432)), ["--echo", "-c", "1", "--size", "1000"])


def one_bit_is_found_among_messages_in_flight(options) -> None:
    raw = Script(connection=0, size=1000, message=765, answer=flip(0))
    find(options, raw, ["--echo", "-c", "1", "--size", "1000", "--pipeline", "16"])
    line = Script(connection=0, framing="line", message=500, answer=flip(-1, 0x01))  # the line ending
    find(options, line, SPOKEN + ["-c", "1", "--size", "1-2000", "--pipeline", "16"])
    length = Script(connection=0, framing="length", message=999, answer=flip(20))
    find(options, length, ["--framing", "length", "--greeting", "", "-c", "1", "--size", "50-2000", "--pipeline", "16"])


def one_bit_of_a_count_is_found(options) -> None:
    script = Script(connection=0, framing="length", message=77, answer=flip(3, 0x01))
    find(options, script, ["--framing", "length", "--greeting", "", "-c", "1"])


def one_bit_of_the_template_is_found(options) -> None:
    script = Script(connection=0, framing="auto", greeting=GREETING, message=3, answer=flip(8))
    find(options, script, ["-c", "1"])


def one_bit_is_found_on_the_right_connection(options) -> None:
    # One thread opens its connections one after the other, and the system accepts them in that order.
    script = Script(connection=5, message=99, answer=flip(63))
    find(options, script, ["--echo", "-c", "8"])
    find(options, script, ["--echo", "-c", "8", "--rate", "4000"])


def a_dropped_byte_is_found(options) -> None:
    find(options, Script(connection=0, message=321, answer=drop(20)), ["--echo", "-c", "1"])
    find(options, Script(connection=0, framing="line", message=321, answer=drop(40)), SPOKEN + ["-c", "1", "--pipeline", "16"])


def an_answer_given_twice_is_found(options) -> None:
    for answer in (
        lambda right: [right + right],
        lambda right: [right, right],
        lambda right: [right, AFTER_NEXT, right],
    ):
        find(options, Script(connection=0, message=200, answer=answer), ["--echo", "-c", "1"], repeated=True)
        script = Script(connection=0, framing="auto", greeting=GREETING, message=200, answer=answer)
        find(options, script, ["-c", "1", "--size", "1-1000"], repeated=True)
    script = Script(connection=0, framing="line", message=200, answer=lambda right: [right + right])
    find(options, script, SPOKEN + ["-c", "1", "--pipeline", "16"], repeated=True)


def a_byte_too_many_is_found(options) -> None:
    script = Script(connection=0, framing="auto", message=200, answer=lambda right: [right + b"X"])
    find(options, script, ["--greeting", "", "-c", "1"])


def a_wrong_byte_in_the_warm_up_is_found(options) -> None:
    with WrongServer(Script(connection=0, message=3, answer=flip(5))) as server:
        arguments = ["--echo", "-c", "1", "--warmup", "300ms", "--duration", "100ms"]
        run = Run(options.client, server.port, *arguments)
    run.require_code(WRONG_BYTE)
    require_place(run, run.server["warmup"]["wrong"], server.places[0], False)
    require("wrong in what was measured", run.measured["wrong"], None)


def a_wrong_greeting_is_found(options) -> None:
    for greeting, offset, expected, got in (
        (b"hello,im Server", 9, ord("s"), ord("S")),
        (b"hello,im server!", 15, None, ord("!")),
    ):
        with WrongServer(Script(framing="auto", greeting=greeting)) as server:
            run = Run(options.client, server.port, "-c", "4", "--warmup", "0", "--messages", "100", "--no-reconnect")
        run.require_code(WRONG_BYTE)
        phase = run.server["connect"]
        require("wrong greetings", phase["errors"]["wrong"], 4)
        wrong = phase["wrong"]
        place = {name: wrong[name] for name in ("in_greeting", "message", "offset", "expected", "got")}
        require("wrong", place, {"in_greeting": True, "message": 0, "offset": offset, "expected": expected, "got": got})
        require("messages sent", run.measured["sent"], 0)


def an_answer_cut_off_is_lost_but_not_wrong(options) -> None:
    with WrongServer(Script(connection=0, message=50, answer=lambda right: [right[:30], CLOSE])) as server:
        run = Run(options.client, server.port, "--echo", "-c", "1", "--warmup", "0", "--messages", "100")
    run.require_code(0)
    require("wrong", run.measured["wrong"], None)
    require("closed", run.measured["errors"]["closed"], 1)
    require("errors", run.measured["errors"]["total"], 1)
    require("answered", run.measured["answered"], 99)
    require("lost", run.measured["lost"], 1)
    require("connected again", run.measured["connected"], 1)


def an_answer_that_never_comes_is_an_error(options) -> None:
    with WrongServer(Script(connection=0, message=10, answer=lambda right: [])) as server:
        run = Run(options.client, server.port, "--echo", "-c", "1", "--warmup", "0", "--messages", "30", "--timeout", "300ms")
    run.require_code(0)
    require("timed out", run.measured["errors"]["timed_out"], 1)
    require("errors", run.measured["errors"]["total"], 1)
    require("lost", run.measured["lost"], 1)
    require("answered", run.measured["answered"], 29)
    require("times of answers", run.measured["response"]["total"], 29)


def nothing_is_found_where_nobody_looks(options) -> None:
    with WrongServer(Script(connection=0, message=50, answer=flip(30))) as server:
        run = Run(options.client, server.port, "--echo", "-c", "1", "--warmup", "0", "--messages", "100", "--no-verify")
    run.require_clean()
    require("verify", run.document["settings"]["verify"], False)
    require("answered", run.measured["answered"], 100)


CHECKS = [
    one_bit_in_a_million_bytes_is_found,
    one_bit_is_found_among_messages_in_flight,
    one_bit_of_a_count_is_found,
    one_bit_of_the_template_is_found,
    one_bit_is_found_on_the_right_connection,
    a_dropped_byte_is_found,
    an_answer_given_twice_is_found,
    a_byte_too_many_is_found,
    a_wrong_byte_in_the_warm_up_is_found,
    a_wrong_greeting_is_found,
    an_answer_cut_off_is_lost_but_not_wrong,
    an_answer_that_never_comes_is_an_error,
    nothing_is_found_where_nobody_looks,
]

sys.exit(check_all(CHECKS, commands("The real bench against servers that go wrong.", "client")))
