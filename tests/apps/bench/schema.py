"""The documents of `loopmsg bench --json` and `loopmsg merge --json` against their schema.

schema.py --program COMMAND

Runs COMMAND (loopmsg, or what starts it) in every way that prints a document, and checks each. Then spoils each value of the document: the
validator, and so the schema, must notice.
"""

import copy
import re
import subprocess
import sys

from support.bench import Run, merge
from support.check import HOST, WAIT_S, Failure, check_all, commands, require
from support.program import serving
from support.wrong_server import WRONG_ENDS, WrongServer
from validator import Validator, is_number, schema_load

REFUSING_PORT = 1  # as TEST_REFUSING_PORT of the tests in C
SHORT = ["--duration", "300ms", "--warmup", "50ms", "--interval", "50ms", "--connections", "4"]


# --- what no schema can say -----------------------------------------------------------------------------------------------------


def histogram_check(path: str, histogram: dict) -> None:
    buckets = histogram["buckets"]
    values = [bucket[0] for bucket in buckets]
    require(f"{path}: ascending buckets", values, sorted(set(values)))
    require(f"{path}: total", histogram["total"], sum(bucket[1] for bucket in buckets))
    names = ["min_ns", "p50_ns", "p90_ns", "p99_ns", "p99_9_ns", "p99_99_ns", "max_ns"]
    if buckets:
        known = [histogram[name] for name in names]
        require(f"{path}: ascending percentiles", known, sorted(known))
        if not values[0] <= histogram["min_ns"] or not values[-1] <= histogram["max_ns"]:
            raise Failure(f"{path}: min_ns and max_ns lie outside of the buckets")
    else:
        require(f"{path}: nothing", [histogram[name] for name in names], [None] * len(names))


def numbers_check(document: dict) -> None:
    for server in document["servers"]:
        for name in ("connect", "warmup", "measured"):
            phase = server[name]
            errors = dict(phase["errors"])
            require(f"{name}: errors", errors.pop("total"), sum(errors.values()))
            require(f"{name}: sent", phase["sent"], phase["answered"] + phase["lost"])
            require(f"{name}: answers timed", phase["response"]["total"], phase["answered"])
            require(f"{name}: answers timed", phase["service"]["total"], phase["answered"])
            for histogram in ("connect", "response", "service", "lateness"):
                histogram_check(f"{name}.{histogram}", phase[histogram])
        answered = sum(one["answered"] for one in server["slices"])
        require("answered in all slices", answered, server["measured"]["answered"])


# --- spoilt documents -----------------------------------------------------------------------------------------------------------


def nodes(value, way=()):
    """The path to each value of a document; of each array only the first element."""
    yield way
    if isinstance(value, dict):
        for name, part in value.items():
            yield from nodes(part, way + (name,))
    elif isinstance(value, list) and value:
        yield from nodes(value[0], way + (0,))


def changed(document, way, change):
    """A copy with CHANGE(holder, key) applied to the value at the end of WAY."""
    result = copy.deepcopy(document)
    holder = result
    for key in way[:-1]:
        holder = holder[key]
    change(holder, way[-1])
    return result


def shortened(value):
    """With only the first elements of each array: the others only make copies slow."""
    if isinstance(value, dict):
        return {name: shortened(part) for name, part in value.items()}
    return [shortened(part) for part in value[:2]] if isinstance(value, list) else value


def every_error_is_found(validator: Validator, document: dict, seen: set) -> int:
    """Spoils in turn each value whose place and type are not in SEEN: the validator, and so the schema, must notice."""
    document = shortened(document)
    require("the shortened document", validator.validate(document), [])
    count = 0
    for way in nodes(document):
        if not way:
            continue
        value = document
        for key in way:
            value = value[key]
        if (way, type(value)) in seen:
            continue
        seen.add((way, type(value)))

        def replace(other):
            def change(holder, key):
                holder[key] = other

            return change

        spoilt = [replace([]) if isinstance(value, dict) else replace({})]
        if isinstance(way[-1], str):
            spoilt += [lambda holder, key: holder.pop(key), lambda holder, key: holder.update({key + "x": 0})]
        if is_number(value):
            spoilt += [replace("1"), replace(True)]
        if is_number(value) and way[-1] != "value":  # of a check, which may be any number
            spoilt += [replace(-(2**40))]
        if isinstance(value, int) and not isinstance(value, bool) and way[-1] not in ("mean_ns", "rate", "value"):
            spoilt += [replace(value + 0.5)]
        for change in spoilt:
            if not validator.validate(changed(document, way, change)):
                raise Failure(f"{way} was spoilt, and the validator did not notice")
            count += 1
    return count


# --- real documents -------------------------------------------------------------------------------------------------------------


def bench(program: list, code: int, port, *options, host: str = HOST) -> dict:
    """The document of a run that must exit with CODE."""
    run = Run(program, port, "--no-progress", "--threads", "2", *options, host=host)
    run.require_code(code)
    return run.document


def documents(program: list):
    """(what it is, document), of every kind and for every way to end."""
    with serving(program) as port:
        closed = bench(program, 0, port, *SHORT)
        require("kind", closed["kind"], "bench")
        yield "a closed loop", closed
        opened = bench(program, 0, port, *SHORT, "--rate", "1000", "--seed", "18446744073709551615")
        require("seed", opened["settings"]["seed"], "18446744073709551615")
        yield "an open loop", opened
        yield "a number of messages", bench(program, 0, port, "-n", "100", "--warmup", "0", "--connect-rate", "1k", "--no-verify")
        failed = bench(program, 1, port, *SHORT, "--fail-if", "p99>0", "--fail-if", "errors>0")
        require("checks", [check["met"] for check in failed["checks"]], [True, False])
        yield "a check that fails", failed
        compared = bench(program, 0, port, *SHORT, "--compare", f"{HOST}:{port}")
        require("servers", len(compared["servers"]), 2)
        yield "a comparison", compared
        merged = merge(program, 1, closed, failed)
        require("kind", merged["kind"], "merge")
        yield "a merge", merged
    refused = bench(program, 4, REFUSING_PORT, *SHORT)
    require("refused", refused["servers"][0]["connect"]["errors"]["refused"] > 0, True)
    yield "a refused connection", refused
    yield "a name that is not there", bench(program, 3, 9999, *SHORT, host="name.invalid")
    with WrongServer(WRONG_ENDS) as server:
        wrong = bench(program, 8, server.port, *SHORT, "--warmup", "0")
    found = wrong["servers"][0]["measured"]["wrong"]
    require("the wrong byte", (found["message"], found["offset"], found["got"]), (0, len("loop_msg:") + 64, ord("?")))
    yield "a wrong byte", wrong


# --- checks ---------------------------------------------------------------------------------------------------------------------


def unknown_keywords_are_refused(_) -> None:
    schema = schema_load()
    schema["$defs"]["number"]["multipleOf"] = 1
    try:
        Validator(schema)
    except Failure:
        return
    raise Failure("a keyword that is not implemented was ignored")


def the_schema_names_the_framings_of_the_program(options) -> None:
    command = options.program + ["bench", "--framing", "?"]
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=WAIT_S, check=False)
    names = re.search("expected one of (.*)", ended.stderr.decode("utf-8")).group(1).strip().split(", ")
    require("the enumeration", schema_load()["$defs"]["settings"]["properties"]["framing"]["enum"], names)


def every_document_is_as_the_schema_has_it(options) -> None:
    validator = Validator(schema_load())
    seen = set()
    for what, document in documents(options.program):
        errors = validator.validate(document)
        if errors:
            raise Failure(f"{what}: " + "; ".join(errors[:5]))
        numbers_check(document)
        count = every_error_is_found(validator, document, seen)
        print(f"  {what}; {count} spoilt copies were refused", flush=True)


CHECKS = [
    unknown_keywords_are_refused,
    the_schema_names_the_framings_of_the_program,
    every_document_is_as_the_schema_has_it,
]

sys.exit(check_all(CHECKS, commands("Documents of loopmsg against their schema.", "program")))
