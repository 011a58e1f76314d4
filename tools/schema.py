#!/usr/bin/env python3
"""schema.py [--check]: write docs/recording.schema.json from src/see/journal.def and capture.def; or fail if it is not as they say.

It is the JSON schema of a line of `limpid -m limpid export RECORDING OUT.jsonl`, and tells of each value where the file has it: x-encoding and
x-column of the columns of a chunk, x-byte of an operation, x-column and x-signed (the sign in the lowest bit) of its operands."""
import json
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OUT = os.path.join(ROOT, "docs", "recording.schema.json")
sys.path.insert(0, os.path.join(ROOT, "lib", "limpid"))
import operations  # noqa: E402


def entries(file, macro):
    """(name, text, comment) of each entry of a list."""
    with open(os.path.join(ROOT, "src", "see", file), encoding="utf-8") as source:
        text = source.read()
    for name, strings, comment in re.findall(macro + r'\((\w+),((?:\s*"[^"]*")+)\)[ \t]*(?:/\* (.*?) \*/)?', text):
        yield name, "".join(re.findall(r'"([^"]*)"', strings)), comment


def number(encoding, column):
    return {"type": "string" if encoding == "text" else "integer", "x-encoding": encoding, "x-column": column}


def object_of(properties, **more):
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False, **more}


def chunk(kind, text):
    first, second = operations.columns(text)
    properties = {"chunk": {"const": kind}, **{name: number(encoding, i) for i, (name, encoding) in enumerate(first)}}
    if second:
        inner = {name: number(encoding, len(first) + i) for i, (name, encoding) in enumerate(second)}
        properties["rows"] = {"type": "array", "items": object_of(inner)}
    return object_of(properties)


def value(operand):
    if operand.kind == "list":
        return {"type": "array", "items": object_of({part.name: value(part) for part in operand.parts})}
    if operand.kind == "number":
        return {"type": "integer", "x-column": operand.column, **({"x-signed": True} if operand.signed else {})}
    return {"type": "string", "x-column": operand.column, **({"pattern": "^[0-9a-f]{16}$"} if operand.kind == "eight" else {})}


def operation(byte, name, text, comment):
    properties = {"op": {"const": name}, **{operand.name: value(operand) for operand in operations.operands(text)}}
    short = name in operations.SHORT_OPERATIONS
    more = {"x-short": operations.SHORT + operations.PLACES * operations.SHORT_OPERATIONS.index(name)} if short else {}
    if name == "STEP":
        more = {"x-short": operations.NEAR}
    return object_of(properties, **({"description": comment} if comment else {}), **{"x-byte": byte}, **more)


def schema():
    definitions = {}
    for kind, text, _ in entries("capture.def", "CHUNK"):
        first, second = operations.columns(text)
        if kind not in ("SCHM", "JRNL", "LIVE") and all(encoding in operations.PLAIN for _, encoding in (*first, *second)):
            definitions[kind] = chunk(kind, text)
    journal = dict(operations.columns(dict((kind, text) for kind, text, _ in entries("capture.def", "CHUNK"))["JRNL"])[0])
    for byte, (name, text, comment) in enumerate(entries("journal.def", "JOURNAL")):
        definitions[name] = operation(byte, name, text, comment)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A row of a recording", "description":
            "A line of `limpid -m limpid export RECORDING OUT.jsonl`. Made by tools/schema.py; docs/recording.md says what it means.",
            "oneOf": [{"$ref": f"#/$defs/{name}"} for name in definitions], "$defs": definitions, "x-journal-columns": journal}


def main():
    text = json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"
    if sys.argv[1:] == ["--check"]:
        with open(OUT, encoding="utf-8") as file:
            if file.read() != text:
                sys.exit("docs/recording.schema.json is not what the lists say: run tools/schema.py")
        return
    with open(OUT, "w", encoding="utf-8") as file:
        file.write(text)


main()
