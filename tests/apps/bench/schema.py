"""The documents of `loopmsg bench --json` against apps/report/bench.schema.json, with a validator of our own.

schema.py --program COMMAND    runs COMMAND (loopmsg, or what starts it) in every way that prints a document, and checks each
schema.py FILE...              checks documents

The validator knows the keywords of JSON Schema 2020-12 that the schema uses, and refuses every other one, so that none is ignored.
"""

import argparse
import contextlib
import copy
import json
import os
import re
import shlex
import socket
import subprocess
import sys
import tempfile
import threading

from support.check import WAIT_S, Failure, require
from support.program import serving

FOLDER = os.path.dirname(os.path.abspath(__file__))
SCHEMA = os.path.join(FOLDER, "..", "..", "..", "apps", "report", "bench.schema.json")
REFUSING_PORT = 1  # as TEST_REFUSING_PORT of the tests in C


# --- the validator --------------------------------------------------------------------------------------------------------------


def is_number(value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


TYPES = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": is_number,
    "integer": lambda value: is_number(value) and value == int(value),
}
ANNOTATIONS = {"$schema", "$defs", "title", "description"}


class Validator:
    """Each keyword is a method; errors are collected as "path: what is wrong"."""

    def __init__(self, schema: dict) -> None:
        self.schema = schema
        self.errors = []
        self.keywords = {name[len("check_") :]: getattr(self, name) for name in dir(self) if name.startswith("check_")}
        self.keywords["$ref"] = self.keywords.pop("ref")
        self.know(schema)

    def know(self, schema) -> None:
        """Refuses a keyword that is not implemented, even if no document reaches it."""
        if isinstance(schema, bool):
            return
        for keyword, value in schema.items():
            if keyword not in self.keywords and keyword not in ANNOTATIONS:
                raise Failure(f"the schema uses {keyword!r}, which this validator does not know")
            if keyword in ("properties", "$defs"):
                for part in value.values():
                    self.know(part)
            elif keyword == "items":
                self.know(value)
            elif keyword == "prefixItems":
                for part in value:
                    self.know(part)
            elif keyword == "additionalProperties" and value is not False:
                raise Failure("this validator knows additionalProperties as false only")

    def validate(self, document) -> list:
        self.errors = []
        self.check(self.schema, document, "")
        return self.errors

    def check(self, schema, value, path: str) -> None:
        if schema is False:
            self.wrong(path, "is one too many")
            return
        for keyword, argument in schema.items():
            if keyword not in ANNOTATIONS:
                self.keywords[keyword](argument, value, path, schema)

    def wrong(self, path: str, what: str) -> None:
        self.errors.append(f"{path or 'the document'}: {what}")

    def check_ref(self, target, value, path, _) -> None:
        schema = self.schema
        for part in target.removeprefix("#/").split("/"):
            schema = schema[part]
        self.check(schema, value, path)

    def check_type(self, types, value, path, _) -> None:
        names = types if isinstance(types, list) else [types]
        if not any(TYPES[name](value) for name in names):
            self.wrong(path, f"{value!r} is no {' or '.join(names)}")

    def check_enum(self, values, value, path, _) -> None:
        if not any(type(value) is type(one) and value == one for one in values):
            self.wrong(path, f"{value!r} is none of {values}")

    def check_const(self, constant, value, path, schema) -> None:
        self.check_enum([constant], value, path, schema)

    def check_minimum(self, minimum, value, path, _) -> None:
        if is_number(value) and not value >= minimum:
            self.wrong(path, f"{value} is under {minimum}")

    def check_maximum(self, maximum, value, path, _) -> None:
        if is_number(value) and not value <= maximum:
            self.wrong(path, f"{value} is over {maximum}")

    def check_pattern(self, pattern, value, path, _) -> None:
        if isinstance(value, str) and not re.search(pattern, value):
            self.wrong(path, f"{value!r} does not match {pattern}")

    def check_required(self, names, value, path, _) -> None:
        for name in names:
            if isinstance(value, dict) and name not in value:
                self.wrong(path, f"{name!r} is missing")

    def check_properties(self, properties, value, path, _) -> None:
        for name, schema in properties.items():
            if isinstance(value, dict) and name in value:
                self.check(schema, value[name], f"{path}.{name}" if path else name)

    def check_additionalProperties(self, _, value, path, schema) -> None:
        for name in value if isinstance(value, dict) else ():
            if name not in schema["properties"]:
                self.wrong(path, f"{name!r} is not known")

    def check_prefixItems(self, schemas, value, path, _) -> None:
        for i, schema in enumerate(schemas if isinstance(value, list) else ()):
            if i < len(value):
                self.check(schema, value[i], f"{path}[{i}]")

    def check_items(self, items, value, path, schema) -> None:
        if isinstance(value, list):
            for i in range(len(schema.get("prefixItems", ())), len(value)):
                self.check(items, value[i], f"{path}[{i}]")

    def check_minItems(self, count, value, path, _) -> None:
        if isinstance(value, list) and len(value) < count:
            self.wrong(path, f"has {len(value)} elements, fewer than {count}")

    def check_maxItems(self, count, value, path, _) -> None:
        if isinstance(value, list) and len(value) > count:
            self.wrong(path, f"has {len(value)} elements, more than {count}")


def schema_load() -> dict:
    with open(SCHEMA, encoding="utf-8") as file:
        return json.load(file)


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


# --- the validator itself -------------------------------------------------------------------------------------------------------


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


def unknown_keywords_are_refused() -> None:
    schema = schema_load()
    schema["$defs"]["number"]["multipleOf"] = 1
    try:
        Validator(schema)
    except Failure:
        return
    raise Failure("a keyword that is not implemented was ignored")


# --- real documents -------------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def wrong_server():
    """The address of a server that greets correctly and answers each line with one wrong byte. Its threads end with this process."""

    def answer(connection) -> None:
        with contextlib.suppress(OSError), connection, connection.makefile("rb") as lines:
            connection.sendall(b"hello,im server")
            for line in lines:
                connection.sendall(b"loop_msg:" + line.rstrip(b"\n") + b"?\n")

    def accept(listener) -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=answer, args=(listener.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
        yield "127.0.0.1:%d" % listener.getsockname()[1]


def run(program: list, code: int, *arguments: str) -> str:
    """Standard output of loopmsg, which must exit with CODE."""
    command = program + list(arguments)
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=WAIT_S, check=False)
    if ended.returncode != code:
        raise Failure(f"{arguments} exited with {ended.returncode}, not {code}: {ended.stderr.decode('utf-8', 'replace')}")
    return ended.stdout.decode("utf-8")


def bench(program: list, code: int, *arguments: str) -> dict:
    document = json.loads(run(program, code, "bench", "--json", "--no-progress", "--threads", "2", *arguments))
    require("exit_code", document["exit_code"], code)
    return document


def documents(program: list, folder: str):
    """(what it is, document), of every kind and for every way to end."""
    short = ("--duration", "300ms", "--warmup", "50ms", "--interval", "50ms", "--connections", "4")
    with serving(program) as port:
        address = f"127.0.0.1:{port}"
        closed = bench(program, 0, *short, address)
        require("kind", closed["kind"], "bench")
        yield "a closed loop", closed
        opened = bench(program, 0, *short, "--rate", "1000", "--seed", "18446744073709551615", address)
        require("seed", opened["settings"]["seed"], "18446744073709551615")
        yield "an open loop", opened
        yield "a number of messages", bench(program, 0, "-n", "100", "--warmup", "0", "--connect-rate", "1k", "--no-verify", address)
        failed = bench(program, 1, *short, "--fail-if", "p99>0", "--fail-if", "errors>0", address)
        require("checks", [check["met"] for check in failed["checks"]], [True, False])
        yield "a check that fails", failed
        compared = bench(program, 0, *short, "--compare", address, address)
        require("servers", len(compared["servers"]), 2)
        yield "a comparison", compared
        paths = []
        for name, document in (("closed", closed), ("failed", failed)):
            paths.append(os.path.join(folder, name + ".json"))
            with open(paths[-1], "w", encoding="utf-8") as file:
                json.dump(document, file)
        merged = json.loads(run(program, 1, "merge", "--json", *paths))
        require("kind", merged["kind"], "merge")
        yield "a merge", merged
    refused = bench(program, 4, *short, f"127.0.0.1:{REFUSING_PORT}")
    require("refused", refused["servers"][0]["connect"]["errors"]["refused"] > 0, True)
    yield "a refused connection", refused
    yield "a name that is not there", bench(program, 3, *short, "name.invalid")
    with wrong_server() as address:
        wrong = bench(program, 8, *short, "--warmup", "0", address)
        found = wrong["servers"][0]["measured"]["wrong"]
        require("the wrong byte", (found["message"], found["offset"], found["got"]), (0, len("loop_msg:") + 64, ord("?")))
        yield "a wrong byte", wrong


def framings_check(validator: Validator, program: list) -> None:
    """The schema names the framings that --framing takes."""
    command = program + ["bench", "--framing", "?"]
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=WAIT_S, check=False)
    names = re.search("expected one of (.*)", ended.stderr.decode("utf-8")).group(1).strip().split(", ")
    require("the enumeration of the schema's framings", validator.schema["$defs"]["settings"]["properties"]["framing"]["enum"], names)


def check_program(validator: Validator, program: list) -> None:
    seen = set()
    with tempfile.TemporaryDirectory() as folder:
        for what, document in documents(program, folder):
            errors = validator.validate(document)
            if errors:
                raise Failure(f"{what}: " + "; ".join(errors[:5]))
            numbers_check(document)
            count = every_error_is_found(validator, document, seen)
            print(f"{what}: as the schema has it; {count} spoilt copies were refused", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="Documents of loopmsg bench --json against their schema.")
    parser.add_argument("--program", type=shlex.split, help="the command that starts loopmsg")
    parser.add_argument("files", nargs="*", metavar="FILE")
    options = parser.parse_args()
    try:
        unknown_keywords_are_refused()
        validator = Validator(schema_load())
        if options.program:
            framings_check(validator, options.program)
            check_program(validator, options.program)
        for path in options.files:
            with open(path, encoding="utf-8") as file:
                errors = validator.validate(json.load(file))
            if errors:
                raise Failure(f"{path}: " + "; ".join(errors[:20]))
            print(f"{path}: as the schema has it", flush=True)
    except (Failure, OSError, subprocess.TimeoutExpired, ValueError) as error:
        print(f"FAILED: {error}", flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
