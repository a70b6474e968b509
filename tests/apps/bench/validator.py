"""apps/report/bench.schema.json, and a validator of our own for it.

It knows the keywords of JSON Schema 2020-12 that the schema uses, and refuses every other one, so that none is ignored.
"""

import json
import os
import re

from support.check import Failure

FOLDER = os.path.dirname(os.path.abspath(__file__))
SCHEMA = os.path.join(FOLDER, "..", "..", "..", "apps", "report", "bench.schema.json")


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
