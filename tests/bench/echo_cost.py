#!/usr/bin/env python3
"""Server processor time per message: `loopmsg serve` compared with the bare epoll echo, in turns in one run. Linux.

    echo_cost.py BUILD_DIRECTORY [--messages N] [--rounds N] [--connections 50,1000]

Each round runs the bare echo, `serve --framing raw` and `serve --framing line` with the same load of 64-byte messages, one worker, the server
on one processor and the load on another. Prints the median time per message and the median of the per-round ratios.
"""
import argparse
import os
import signal
import statistics
import subprocess
import sys


def pin(processor):
    return lambda: os.sched_setaffinity(0, {processor}) if processor in os.sched_getaffinity(0) else None


def start(command, marker):
    """Starts a server; returns it and the port in the line with the marker."""
    stream = {"bare": "stdout", "loopmsg": "stderr"}[marker]
    process = subprocess.Popen(command, preexec_fn=pin(0), **{stream: subprocess.PIPE}, text=True)
    line = getattr(process, stream).readline()
    return process, line.strip().rsplit(":", 1)[-1]


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
        subprocess.run(load + [port, str(connections), str(messages)] + shape, check=True, preexec_fn=pin(1), timeout=300,
                       stdout=subprocess.DEVNULL)
    finally:
        seconds = processor_seconds(process, ending)
    return seconds / messages * 1e6


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--messages", type=int, default=200000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--connections", default="50,1000")
    options = parser.parse_args()
    for connections in map(int, options.connections.split(",")):
        rounds = [{kind: measure(options.build, kind, connections, options.messages) for kind in ("bare", "raw", "line")}
                  for _ in range(options.rounds)]
        print(f"{connections} connections, {options.messages} messages of 64 bytes, {options.rounds} rounds:")
        for kind in ("bare", "raw", "line"):
            times = [r[kind] for r in rounds]
            ratios = [r[kind] / r["bare"] for r in rounds]
            print(f"  {kind:5} {statistics.median(times):6.2f} us per message  ratio {statistics.median(ratios):.2f}"
                  f"  ({min(ratios):.2f} to {max(ratios):.2f})")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
