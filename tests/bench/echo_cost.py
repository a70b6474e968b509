#!/usr/bin/env python3
"""Server processor time per message: `loopmsg serve` compared with the bare epoll echo, in turns in one run. Linux.

    echo_cost.py BUILD_DIRECTORY [--messages N] [--rounds N] [--connections 50,1000]

Each round runs the bare echo, `serve --framing raw` and `serve --framing line` with the same load of 64-byte messages, one worker, the server
on one processor and the load on another. Prints the median time per message and the median of the per-round ratios.
"""
import os
import signal
import statistics
import sys

from cost import cost_parser, run, spread, start


def processor_seconds(process, ending):
    os.kill(process.pid, ending)
    _, _, usage = os.wait4(process.pid, 0)
    return usage.ru_utime + usage.ru_stime


def measure(build, kind, connections, messages):
    load = [os.path.join(build, "bare_load")]
    if kind == "bare":
        process, port = start([os.path.join(build, "bare_echo")], "bare")
        shape, ending = ["0", "64", "raw"], signal.SIGKILL
    else:
        command = [os.path.join(build, "loopmsg"), "serve", "127.0.0.1:0", "-q", "--threads", "1", "--framing", kind]
        process, port = start(command, "loopmsg")
        shape, ending = (["0", "64", "raw"] if kind == "raw" else ["16", "74", "line"]), signal.SIGINT
    try:
        run(load + [port, str(connections), str(messages)] + shape)
    finally:
        seconds = processor_seconds(process, ending)
    return seconds / messages * 1e6


def main():
    options = cost_parser().parse_args()
    for connections in options.connections:
        rounds = [{kind: measure(options.build, kind, connections, options.messages) for kind in ("bare", "raw", "line")}
                  for _ in range(options.rounds)]
        print(f"{connections} connections, {options.messages} messages of 64 bytes, {options.rounds} rounds:")
        for kind in ("bare", "raw", "line"):
            times = [r[kind] for r in rounds]
            ratios = [r[kind] / r["bare"] for r in rounds]
            print(f"  {kind:5} {statistics.median(times):6.2f} us per message  ratio {spread(ratios)}")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
