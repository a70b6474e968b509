#!/usr/bin/env python3
"""What `loopmsg bench` costs the generating machine, compared with the bare epoll generator, in turns in one run. Linux.

    bench_cost.py BUILD_DIRECTORY [--messages N] [--rounds N] [--connections 50,1000] [--lateness MESSAGES]

Each round has the bare generator, `bench --echo` that checks every byte, and `bench --echo --no-verify` send the same number of 64-byte messages
to a fresh bare echo, the server on one processor and the generator on another; the order changes from round to round. Prints medians of
processor time per message and of the rate, and the median of the per-round ratios with their extremes. Then how late `bench` is at 1,000
messages per second over 10 connections, compared with a thread that only sleeps until the same times.
"""
import contextlib
import json
import os
import statistics
import sys

from cost import cost_parser, run, spread, start

KINDS = ("bare", "unchecked", "checked")


@contextlib.contextmanager
def echo_server(build):
    """The port of a bare echo that is gone afterwards."""
    process, port = start([os.path.join(build, "bare_echo")], "bare")
    try:
        yield port
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def bench(build, port, connections, *options):
    """One run of ours on processor 1; returns its document."""
    command = [os.path.join(build, "loopmsg"), "bench", f"127.0.0.1:{port}", "--echo", "--threads", "1", "--json", "--no-progress"]
    command += ["--connections", str(connections), *options]
    return json.loads(run(command))


def measure(build, kind, connections, messages):
    """Microseconds of the generator's processor per message, and messages per second."""
    with echo_server(build) as port:
        if kind == "bare":
            command = [os.path.join(build, "bare_load"), port, str(connections), str(messages), "0", "64", "raw"]
            elapsed_ns, processor_ns = map(int, run(command).split())
        else:
            options = ["--messages", str(messages), "--warmup", "0"] + (["--no-verify"] if kind == "unchecked" else [])
            measured = bench(build, port, connections, *options)["servers"][0]["measured"]
            if measured["answered"] != messages or measured["errors"]["total"] != 0:
                sys.exit(f"bench did not get every answer: {measured['answered']} of {messages}, {measured['errors']}")
            elapsed_ns, processor_ns = measured["elapsed_ns"], measured["processor_ns"]
    return {"time": processor_ns / messages / 1e3, "rate": messages / elapsed_ns * 1e9}


def ratio(rounds, figure, kind, base):
    return spread([r[kind][figure] / r[base][figure] for r in rounds])


def compare(options, connections):
    rounds = []
    for number in range(options.rounds):
        order = KINDS[number % len(KINDS):] + KINDS[:number % len(KINDS)]
        rounds.append({kind: measure(options.build, kind, connections, options.messages) for kind in order})
    print(f"{connections} connections, {options.messages} messages of 64 bytes, {options.rounds} rounds:")
    for kind in KINDS:
        time, rate = (statistics.median(r[kind][figure] for r in rounds) for figure in ("time", "rate"))
        print(f"  {kind:9} {time:6.2f} us of processor per message  {rate:7.0f}/s")
    for kind in KINDS[1:]:
        print(f"  {kind} over bare: processor {ratio(rounds, 'time', kind, 'bare')}, rate {ratio(rounds, 'rate', kind, 'bare')}")
    print(f"  checked over unchecked: processor {ratio(rounds, 'time', 'checked', 'unchecked')},"
          f" rate {ratio(rounds, 'rate', 'checked', 'unchecked')}", flush=True)


def late_bench(build, messages):
    with echo_server(build) as port:
        document = bench(build, port, 10, "--rate", "1000", "--messages", str(messages), "--warmup", "500ms")
    late = document["servers"][0]["measured"]["lateness"]
    return [late[name] / 1e3 for name in ("p50_ns", "p99_ns", "max_ns")]


def late_bare(build, messages):
    command = [os.path.join(build, "bare_timer"), str(messages), "1000000"]
    return [int(figure) / 1e3 for figure in run(command).split()]


def lateness(options):
    rounds = [(late_bare(options.build, options.lateness), late_bench(options.build, options.lateness)) for _ in range(options.rounds)]
    print(f"1000 messages per second over 10 connections, {options.lateness} messages, {options.rounds} rounds:")
    for number, kind in enumerate(("bare sleep", "bench")):
        figures = zip(("p50", "p99", "max"), *(r[number] for r in rounds))
        print(f"  {kind:10} is late by " + ", ".join(f"{name} {statistics.median(times):.1f} us ({min(times):.1f} to {max(times):.1f})"
                                                     for name, *times in figures))


def main():
    parser = cost_parser()
    parser.add_argument("--lateness", type=int, default=3000, metavar="MESSAGES")
    options = parser.parse_args()
    for connections in options.connections:
        compare(options, connections)
    lateness(options)


if __name__ == "__main__":
    main()
