"""Two halves merged equal one whole, and runs made at the same time add up.

merge_halves.py --program COMMAND

COMMAND starts loopmsg. A real run's document is split at random into documents of possible runs: each message, byte and
error goes to one of them. `loopmsg merge --json` of those must give the whole again, to the last number.
"""

import json
import random
import subprocess
import sys

from support.bench import Run, merge
from support.check import HOST, WAIT_S, check_all, commands, require
from support.program import serving
from support.wrong_server import WRONG_ENDS, WrongServer
from validator import Validator, schema_load

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


# --- checks ---------------------------------------------------------------------------------------------------------------------

BENCH = ["--no-progress", "--threads", "4", "-c", "8", "-d", "400ms", "--warmup", "50ms", "--interval", "50ms"]


def merged(program: list, *parts: dict) -> dict:
    document = merge(program, parts[0]["exit_code"], *parts)
    require("what the schema says", Validator(schema_load()).validate(document), [])
    return document


def require_parts_equal_the_whole(program: list, whole: dict) -> None:
    """Alone, in halves and in quarters."""
    generator = random.Random(SEED)
    whole["settings"]["connections"] = 1000  # enough to split
    whole["settings"]["workers"] = 1000
    if whole["settings"]["rate"] is None:
        whole["servers"][0]["limited_by_generator"] = None  # not with so many threads
    count = equal_check("", merged(program, whole), whole)
    print(f"  alone: {count} values come back", flush=True)
    for _ in range(3):
        count = equal_check("", merged(program, *document_split(generator, whole)), expected_of(whole, 2))
        print(f"  two halves: {count} values are those of the whole", flush=True)
    parts = [part for half in document_split(generator, whole) for part in document_split(generator, half)]
    generator.shuffle(parts)
    expected = expected_of(whole, 4)
    equal_check("", merged(program, *parts), expected)
    in_pairs = merged(program, merged(program, *parts[:2]), merged(program, *parts[2:]))
    equal_check("", in_pairs, expected)
    print("  four quarters: all at once, and in pairs of pairs", flush=True)


def parts_of_a_closed_loop_equal_the_whole(options) -> None:
    with serving(options.program) as port:
        run = Run(options.program, port, *BENCH)
    run.require_code(0)
    require_parts_equal_the_whole(options.program, run.document)


def parts_of_an_open_loop_equal_the_whole(options) -> None:
    with serving(options.program) as port:
        run = Run(options.program, port, *BENCH, "--rate", "2k", "--connect-rate", "10k")
    run.require_code(0)
    require_parts_equal_the_whole(options.program, run.document)


def parts_of_a_run_with_wrong_answers_equal_the_whole(options) -> None:
    with WrongServer(WRONG_ENDS) as server:
        run = Run(options.program, server.port, *BENCH, "--warmup", "0")
    run.require_code(8)
    require_parts_equal_the_whole(options.program, run.document)


def runs_at_the_same_time_add_up(options) -> None:
    with serving(options.program) as port:
        arguments = ["--no-progress", "--warmup", "0", "--rate", "200", "-c", "2", "-d", "500ms", f"{HOST}:{port}"]
        command = options.program + ["bench", "--json", *arguments]
        processes = [subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) for _ in range(2)]
        parts = [json.loads(process.communicate(timeout=WAIT_S)[0]) for process in processes]
    measured = merged(options.program, *parts)["servers"][0]["measured"]
    for name in ("sent", "answered", "bytes_sent", "bytes_received"):
        require(name, measured[name], sum(part["servers"][0]["measured"][name] for part in parts))
    require("values", measured["response"]["total"], measured["answered"])


CHECKS = [
    parts_of_a_closed_loop_equal_the_whole,
    parts_of_an_open_loop_equal_the_whole,
    parts_of_a_run_with_wrong_answers_equal_the_whole,
    runs_at_the_same_time_add_up,
]

sys.exit(check_all(CHECKS, commands("Two halves merged equal one whole.", "program")))
