#!/usr/bin/env python3.11
"""lib/limpid/__init__.pyi against the package: every public name is there, with the parameters that it has; every function has a
docstring; a class of records has the attributes that the types say.

usage: check_types.py --limpid BINARY [-k TEXT] [-v]
"""
import ast
import json
import os

from harness import main

TYPES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lib", "limpid", "__init__.pyi")

REAL = r"""
import importlib, inspect, json, limpid
functions, records = {}, {}
for name, home in limpid._HOMES.items():
    function = getattr(limpid, name)
    parameters = [(p.name, p.kind.name, p.default is not p.empty) for p in inspect.signature(function).parameters.values()]
    functions[name] = {"parameters": parameters, "doc": inspect.getdoc(function) or ""}
    for value in vars(importlib.import_module("limpid." + home)).values():
        if isinstance(value, type) and any(base.__name__ == "Record" for base in value.__mro__[1:]):
            slots = [s for c in value.__mro__ for s in c.__dict__.get("__slots__", ())]
            records[value.__name__] = [s for s in slots if not s.startswith("_")]
assert sorted(functions) == limpid.__all__ and set(functions) <= set(dir(limpid))
print(json.dumps([functions, records]))
"""


def declared():
    """The functions and classes of the .pyi: {name: [node, ...]}."""
    nodes = {}
    with open(TYPES) as file:
        for node in ast.parse(file.read()).body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                nodes.setdefault(node.name, []).append(node)
    return nodes


def parameters(node):
    a = node.args
    plain = a.posonlyargs + a.args
    optional = len(plain) - len(a.defaults)
    found = [(p.arg, "POSITIONAL_ONLY" if i < len(a.posonlyargs) else "POSITIONAL_OR_KEYWORD", i >= optional)
             for i, p in enumerate(plain)]
    if a.vararg:
        found.append((a.vararg.arg, "VAR_POSITIONAL", False))
    found += [(p.arg, "KEYWORD_ONLY", d is not None) for p, d in zip(a.kwonlyargs, a.kw_defaults)]
    if a.kwarg:
        found.append((a.kwarg.arg, "VAR_KEYWORD", False))
    return found


def check_names(limpid):
    functions, records = json.loads(limpid.run(REAL))
    nodes = declared()
    for name, real in functions.items():
        assert name in nodes, f"{name} is not in __init__.pyi"
        assert len(real["doc"]) > 40, f"{name} has no docstring"
        if len(nodes[name]) == 1:
            types, real = parameters(nodes[name][0]), [tuple(p) for p in real["parameters"]]
            assert types == real, f"{name}: {types} in __init__.pyi, but {real}"
        yield name
    for name, slots in records.items():
        if name in nodes:
            types = [s.target.id for s in nodes[name][0].body if isinstance(s, ast.AnnAssign)]
            assert types == slots, f"{name}: {types} in __init__.pyi, but {slots}"
            yield name


if __name__ == "__main__":
    main(globals())
