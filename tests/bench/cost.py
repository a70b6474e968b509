"""What the measurements of processor time share: their options, and programs that keep to one processor. Linux."""
import argparse
import os
import statistics
import subprocess


def cost_parser():
    """Of BUILD_DIRECTORY and how much to measure."""
    result = argparse.ArgumentParser()
    result.add_argument("build")
    result.add_argument("--messages", type=int, default=200000)
    result.add_argument("--rounds", type=int, default=9)
    result.add_argument("--connections", default="50,1000", type=lambda text: [int(count) for count in text.split(",")])
    return result


def pin(processor):
    return lambda: os.sched_setaffinity(0, {processor}) if processor in os.sched_getaffinity(0) else None


def start(command, marker):
    """Starts a server on processor 0; returns it and the port in the line with the marker."""
    stream = {"bare": "stdout", "loopmsg": "stderr"}[marker]
    process = subprocess.Popen(command, preexec_fn=pin(0), **{stream: subprocess.PIPE}, text=True)
    line = getattr(process, stream).readline()
    return process, line.strip().rsplit(":", 1)[-1]


def run(command):
    """Runs a generator on processor 1 to its end; returns what it printed."""
    return subprocess.run(command, check=True, preexec_fn=pin(1), timeout=300, stdout=subprocess.PIPE).stdout


def spread(ratios):
    """The median of the rounds, and their extremes."""
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
