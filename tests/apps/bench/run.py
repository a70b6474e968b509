"""`loopmsg bench` against `loopmsg serve` and against an independent server: what a run reports, and what it leaves behind.

run.py --server COMMAND --client COMMAND

Each COMMAND starts loopmsg and may hold more than a program, so that the two may be of different systems. Prints each check; exits with 1
when one fails.
"""

import os
import sys
import tempfile

import page
from support.bench import Run
from support.check import check_all, commands, require, require_that
from support.program import serving
from support.wrong_server import CLOSE, Script, WrongServer

QUICK = ["--warmup", "0"]


def require_answered(run: Run, messages: int) -> None:
    """Every message was sent and answered, and every answer is in the histograms."""
    run.require_clean()
    measured = run.measured
    for name in ("due", "sent", "answered"):
        require(name, measured[name], messages)
    for name in ("response", "service"):
        require(f"times of {name}", measured[name]["total"], messages)
        require(f"buckets of {name}", sum(count for _, count in measured[name]["buckets"]), messages)
    require("answers in slices", sum(one["answered"] for one in run.server["slices"]), messages)


def every_framing_is_spoken(options) -> None:
    for framing in ("auto", "chunk", "line", "length", "raw"):
        arguments = ["--framing", framing, "-c", 8, "-n", 4001, "--size", "1-1000", *QUICK]
        if framing in ("line", "length", "raw"):
            arguments += ["--pipeline", 16]
        with serving(options.server, "--framing", framing) as port:
            run = Run(options.client, port, *arguments)
        require_answered(run, 4001)
        require("framing", run.document["settings"]["framing"], framing)
        require("connections", run.server["connect"]["connected"], 8)
        require("greetings timed", run.server["connect"]["connect"]["total"], 8)
        mean = run.measured["bytes_sent"] / 4001
        require_that(f"messages of 1 to 1000 bytes have {mean} on the average", 470 < mean < 540)


def a_plain_bench_speaks_with_every_server_of_lines(options) -> None:
    for framing in ("auto", "line"):
        with serving(options.server, "--framing", framing) as port:
            require_answered(Run(options.client, port, "-n", 500, *QUICK), 500)


def an_echo_is_one(options) -> None:
    with serving(options.server, "--framing", "raw") as port:
        run = Run(options.client, port, "--echo", "-c", 4, "-n", 1000, "--size", "1-20k", "--pipeline", 4, *QUICK)
    require_answered(run, 1000)
    require("bytes that came back", run.measured["bytes_received"], run.measured["bytes_sent"])


def a_server_of_another_framing_is_found_out(options) -> None:
    with serving(options.server, "--framing", "chunk") as port:  # it takes the line ending for a part of the message
        run = Run(options.client, port, "-c", 1, "-n", 10, *QUICK)
    run.require_code(8)
    wrong = run.measured["wrong"]
    require("where", (wrong["message"], wrong["offset"]), (0, len("loop_msg:") + 64))
    require("what", (wrong["expected"], wrong["got"]), (ord("!"), ord("\n")))


def templates_are_agreed_on(options) -> None:
    template = ["--greeting", "welcome", "--reply", "{{{message}|{message}}}"]
    with serving(options.server, "--framing", "line", *template) as port:
        run = Run(options.client, port, "--framing", "line", "-n", 500, "--size", "0-300", *template, *QUICK)
    require_answered(run, 500)


def an_open_loop_sends_what_is_due(options) -> None:
    with serving(options.server) as port:
        run = Run(options.client, port, "--rate", 2000, "--duration", "1s", "-c", 10, "--warmup", "200ms", "--interval", "100ms",
                  "--no-progress")
    require_answered(run, 2000)
    require("times of lateness", run.measured["lateness"]["total"], 2000)
    require("warm-up", run.server["warmup"]["answered"], 400)
    require_that("it lasted a second", run.measured["elapsed_ns"] >= 1_000_000_000)
    for name in ("p50_ns", "p99_ns", "max_ns"):
        require_that("no response is faster than its service", run.measured["response"][name] >= run.measured["service"][name])


def a_closed_loop_ends_with_its_duration(options) -> None:
    with serving(options.server) as port:
        run = Run(options.client, port, "--duration", "400ms", "-c", 4, "--warmup", "100ms")
    require_answered(run, run.measured["sent"])
    require_that("messages were sent", run.measured["sent"] > 0)
    require_that("it lasted as long as asked", 400_000_000 <= run.measured["elapsed_ns"] < 10_000_000_000)
    require("lateness of a closed loop", run.measured["lateness"]["total"], 0)


def connections_that_break_are_opened_again(options) -> None:
    every_tenth = Script(message=9, answer=lambda right: [CLOSE])
    with WrongServer(every_tenth) as server:
        run = Run(options.client, server.port, "--echo", "-c", 4, "-n", 100, *QUICK)
    run.require_code(0)
    errors = run.measured["errors"]
    require("errors", errors["closed"], errors["total"])
    require("sent", run.measured["sent"], 100)
    require("lost", run.measured["lost"], errors["closed"])
    require("answered", run.measured["answered"], 100 - run.measured["lost"])
    require_that("several broke", errors["closed"] >= 8)
    require_that("each was opened again", run.measured["connected"] >= errors["closed"] - 4)
    require("connections", run.server["connect"]["connected"] + run.measured["connected"], server.accepted)


def a_run_without_connections_ends(options) -> None:
    with WrongServer(Script(message=9, answer=lambda right: [CLOSE])) as server:
        run = Run(options.client, server.port, "--echo", "-c", 4, "--duration", "1m", "--no-reconnect", *QUICK)
    run.require_code(0)
    require("answered", run.measured["answered"], 4 * 9)
    require("lost", run.measured["lost"], 4)
    require("closed", run.measured["errors"]["closed"], 4)
    require("connections", server.accepted, 4)


def a_seed_makes_the_same_bytes_again(options) -> None:
    heard = []
    for seed in (7, 7, 8):
        with WrongServer(Script(framing="line")) as server:
            arguments = ["--framing", "line", "--greeting", "", "-c", 3, "--threads", 1, "-n", 60, "--size", "1-500", *QUICK]
            # An open loop: each connection has its share, even if another is faster.
            require_answered(Run(options.client, server.port, "--seed", seed, "--rate", 10000, *arguments), 60)
        heard.append([bytes(one) for one in server.heard])
    require("bytes of the same seed", heard[0], heard[1])
    require_that("another seed makes other bytes", heard[0] != heard[2])
    require_that("connections send different bytes", len(set(heard[0])) == 3)


def the_files_are_written(options) -> None:
    with tempfile.TemporaryDirectory() as folder, serving(options.server) as port:
        hgrm, report = (os.path.join(folder, name) for name in ("run.hgrm", "run.html"))
        run = Run(options.client, port, "-n", 300, "--hgrm", hgrm, "--report", report, *QUICK)
        require_answered(run, 300)
        with open(hgrm, encoding="utf-8") as file:
            rows = [line.split() for line in file if line.strip() and not line.startswith("#")]
        require("columns", rows[0], ["Value", "Percentile", "TotalCount", "1/(1-Percentile)"])
        require("messages in the last row", rows[-1][2], "300")
        with open(report, "rb") as file:
            wrong, shown = page.check(file.read())
        require("what is wrong with the page", wrong, [])
        require_that("the page names the server", f"127.0.0.1:{port}" in shown)


def limits_decide_the_exit_code(options) -> None:
    with serving(options.server) as port:
        held = Run(options.client, port, "-n", 100, "--fail-if", "errors>0", "--fail-if", "p99>100s", *QUICK)
        failed = Run(options.client, port, "-n", 100, "--fail-if", "errors>0", "--fail-if", "p99>1ns", *QUICK)
    require_answered(held, 100)
    failed.require_code(1)
    require("checks", [one["met"] for one in failed.document["checks"]], [False, True])
    require_that(f"the limit is named: {failed.error!r}", "p99>1ns" in failed.error and failed.error.count("\n") == 1)


def two_servers_are_measured_in_turn(options) -> None:
    with serving(options.server) as first, serving(options.server) as second:
        arguments = ["--compare", f"127.0.0.1:{second}", "-c", 4, "--duration", "500ms", "--interval", "100ms", "--no-progress"]
        run = Run(options.client, first, *arguments, *QUICK)
    run.require_clean()
    servers = run.document["servers"]
    require("servers", [one["address"] for one in servers], [f"127.0.0.1:{first}", f"127.0.0.1:{second}"])
    for one in servers:
        require("turns", len(one["slices"]), 5)
        require("answers in turns", sum(turn["answered"] for turn in one["slices"]), one["measured"]["answered"])
        require("errors", one["measured"]["errors"]["total"], 0)
    for name in ("rate", "p50", "p99"):
        ratio = run.document["ratios"][name]
        require_that(f"{name} has a spread: {ratio}", 0 < ratio["low"] <= ratio["median"] <= ratio["high"])


CHECKS = [
    every_framing_is_spoken,
    a_plain_bench_speaks_with_every_server_of_lines,
    an_echo_is_one,
    a_server_of_another_framing_is_found_out,
    templates_are_agreed_on,
    an_open_loop_sends_what_is_due,
    a_closed_loop_ends_with_its_duration,
    connections_that_break_are_opened_again,
    a_run_without_connections_ends,
    a_seed_makes_the_same_bytes_again,
    the_files_are_written,
    limits_decide_the_exit_code,
    two_servers_are_measured_in_turn,
]

sys.exit(check_all(CHECKS, commands("What a run of the real bench brings.", "server", "client")))
