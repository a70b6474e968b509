"""Two halves merged equal one whole, and runs made at the same time add up.

merge_halves.py --program COMMAND

COMMAND starts loopmsg. A real run's document is split at random into documents of possible runs: each message, byte and
error goes to one of them. `loopmsg merge --json` of those must give the whole again, to the last number.
"""

import argparse
import json
import os
import random
import shlex
import subprocess
import sys
import tempfile

from schema import Validator, run, schema_load, wrong_server
from support.check import WAIT_S, Failure, require
from support.program import serving

COUNTS = ["due", "sent", "answered", "lost", "bytes_sent", "bytes_received", "connected", "processor_ns"]
HISTOGRAMS = ["connect", "response", "service", "lateness"]
SEED = 20260131  # any; the same in every run


def number_split(generator: random.Random, number: int, least: int = 0) -> tuple:
    """Two numbers that add up to NUMBER, each at least LEAST."""
    part = generator.randint(least, number - least)
    return part, number - part


def histogram_half(whole: dict, counts: list) -> dict:
    """The histogram of the values that COUNTS takes from each bucket. Percentiles are left out: adding them up would show here."""
    buckets = [[bucket[0], count] for bucket, count in zip(whole["buckets"], counts) if count > 0]
    half = dict.fromkeys(whole)
    half.update(total=sum(counts), buckets=buckets)
    if buckets:
        half["min_ns"] = whole["min_ns"] if counts[0] > 0 else buckets[0][0]
        half["max_ns"] = whole["max_ns"] if counts[-1] > 0 else max(half["min_ns"], buckets[-1][0])
    return half


def histogram_split(generator: random.Random, whole: dict) -> tuple:
    counts = [number_split(generator, bucket[1]) for bucket in whole["buckets"]]
    return tuple(histogram_half(whole, [pair[half] for pair in counts]) for half in (0, 1))


def phase_split(generator: random.Random, whole: dict) -> tuple:
    halves = (json.loads(json.dumps(whole)), json.loads(json.dumps(whole)))
    for name in COUNTS:
        halves[0][name], halves[1][name] = number_split(generator, whole[name])
    for name in whole["errors"]:
        halves[0]["errors"][name], halves[1]["errors"][name] = number_split(generator, whole["errors"][name])
    for name in HISTOGRAMS:
        halves[0][name], halves[1][name] = histogram_split(generator, whole[name])
    for half in halves:
        half["rate"] = 0
    first, later = generator.sample(halves, 2)  # one begins later, one ends earlier
    if whole["begin_ns"] is not None:
        later["begin_ns"] = str(int(whole["begin_ns"]) + generator.randint(1, 1000000))
        later["begin"] = None
    generator.choice((first, later))["elapsed_ns"] = generator.randint(whole["elapsed_ns"] // 2, whole["elapsed_ns"])
    later["wrong"] = None
    later["last_error"] = None
    return halves


def slices_split(generator: random.Random, whole: list) -> tuple:
    halves = (json.loads(json.dumps(whole)), json.loads(json.dumps(whole)))
    for i, piece in enumerate(whole):
        for name in ("answered", "errors", "open"):
            halves[0][i][name], halves[1][i][name] = number_split(generator, piece[name])
        generator.choice(halves)[i]["max_ns"] = None
    while len(halves[0]) > 1 and not any(halves[0][-1][name] for name in ("answered", "errors", "open", "max_ns")):
        halves[0].pop()  # it ended earlier
    return halves


def document_split(generator: random.Random, whole: dict) -> tuple:
    halves = (json.loads(json.dumps(whole)), json.loads(json.dumps(whole)))
    for name in ("connections", "workers", "rate", "messages", "connect_rate"):
        number = whole["settings"][name]
        if number is not None:
            halves[0]["settings"][name], halves[1]["settings"][name] = number_split(generator, number, number // 4)
    for name in ("connect", "warmup", "measured"):
        parts = phase_split(generator, whole["servers"][0][name])
        for half, part in zip(halves, parts):
            half["servers"][0][name] = part
    parts = slices_split(generator, whole["servers"][0]["slices"])
    for half, part in zip(halves, parts):
        half["servers"][0]["slices"] = part
    return halves


def expected_of(whole: dict, runs: int) -> dict:
    """The whole as a merge of that many runs reports it."""
    expected = json.loads(json.dumps(whole))
    expected["kind"] = "merge"
    expected["commands"] = whole["commands"] * runs
    for piece in expected["servers"][0]["slices"]:
        piece["p50_ns"] = None
        piece["p99_ns"] = None
    return expected


def equal_check(path: str, actual, expected) -> int:
    """Compares member by member, so that a failure names the place. Returns how many numbers were compared."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        require(f"{path}: members", list(actual), list(expected))
        return sum(equal_check(f"{path}.{name}", actual[name], expected[name]) for name in expected)
    if isinstance(expected, list) and isinstance(actual, list):
        require(f"{path}: elements", len(actual), len(expected))
        return sum(equal_check(f"{path}[{i}]", actual[i], expected[i]) for i in range(len(expected)))
    require(path, actual, expected)
    return 1


class Merger:
    def __init__(self, program: list, folder: str) -> None:
        self.program = program
        self.folder = folder
        self.validator = Validator(schema_load())

    def merge(self, *parts: dict) -> dict:
        paths = []
        for i, part in enumerate(parts):
            paths.append(os.path.join(self.folder, f"part-{i}.json"))
            with open(paths[-1], "w", encoding="utf-8") as file:
                json.dump(part, file)
        merged = json.loads(run(self.program, parts[0]["exit_code"], "merge", "--json", *paths))
        require("what the schema says", self.validator.validate(merged), [])
        return merged

    def two_halves_equal_the_whole(self, generator: random.Random, whole: dict) -> None:
        halves = document_split(generator, whole)
        count = equal_check("", self.merge(*halves), expected_of(whole, 2))
        print(f"  two halves: {count} values are those of the whole", flush=True)

    def quarters_equal_the_whole_in_any_order(self, generator: random.Random, whole: dict) -> None:
        parts = [part for half in document_split(generator, whole) for part in document_split(generator, half)]
        expected = expected_of(whole, 4)
        generator.shuffle(parts)
        equal_check("", self.merge(*parts), expected)
        in_pairs = self.merge(self.merge(*parts[:2]), self.merge(*parts[2:]))
        equal_check("", in_pairs, expected)
        print("  four quarters: all at once, and in pairs of pairs", flush=True)

    def one_run_comes_back_as_it_was(self, whole: dict) -> None:
        count = equal_check("", self.merge(whole), whole)
        print(f"  alone: {count} values come back", flush=True)


def runs_at_the_same_time_add_up(merger: Merger, address: str) -> None:
    options = ["--no-progress", "--warmup", "0", "--rate", "200", "-c", "2", "-d", "500ms"]
    command = merger.program + ["bench", "--json", *options, address]
    processes = [subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) for _ in range(2)]
    parts = [json.loads(process.communicate(timeout=WAIT_S)[0]) for process in processes]
    merged = merger.merge(*parts)["servers"][0]["measured"]
    for name in ("sent", "answered", "bytes_sent", "bytes_received"):
        require(name, merged[name], sum(part["servers"][0]["measured"][name] for part in parts))
    require("values", merged["response"]["total"], merged["answered"])
    print("two real runs at the same time add up", flush=True)


def check_all(program: list, folder: str) -> None:
    merger = Merger(program, folder)
    generator = random.Random(SEED)
    base = ["bench", "--json", "--no-progress", "--threads", "4", "-c", "8"]
    base += ["-d", "400ms", "--warmup", "50ms", "--interval", "50ms"]
    wholes = {}
    with serving(program) as port:
        address = f"127.0.0.1:{port}"
        wholes["a closed loop"] = json.loads(run(program, 0, *base, address))
        wholes["an open loop"] = json.loads(run(program, 0, *base, "--rate", "2k", "--connect-rate", "10k", address))
        runs_at_the_same_time_add_up(merger, address)
    with wrong_server() as address:
        wholes["wrong answers"] = json.loads(run(program, 8, *base, "--warmup", "0", address))
    for what, whole in wholes.items():
        print(what, flush=True)
        whole["settings"]["connections"] = 1000  # enough to split
        whole["settings"]["workers"] = 1000
        if whole["settings"]["rate"] is None:
            whole["servers"][0]["limited_by_generator"] = None  # not with so many threads
        merger.one_run_comes_back_as_it_was(whole)
        for _ in range(3):
            merger.two_halves_equal_the_whole(generator, whole)
        merger.quarters_equal_the_whole_in_any_order(generator, whole)


def main() -> int:
    parser = argparse.ArgumentParser(description="Two halves merged equal one whole.")
    parser.add_argument("--program", required=True, type=shlex.split, help="the command that starts loopmsg")
    options = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory() as folder:
            check_all(options.program, folder)
    except (Failure, OSError, subprocess.TimeoutExpired, ValueError) as error:
        print(f"FAILED: {error}", flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
