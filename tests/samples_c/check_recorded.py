#!/usr/bin/env python3.11
"""What lib/limpid/pictures/native.py has recorded of these programs is what they print here; times but for their order.

usage: check_recorded.py --limpid BINARY     (the binary is not needed: the programs are C and C++)
"""
import importlib.util
import sys
import tempfile

sys.dont_write_bytecode = True
import natives  # noqa: E402

spec = importlib.util.spec_from_file_location("native", natives.HOUSE / "lib" / "limpid" / "pictures" / "native.py")
native = importlib.util.module_from_spec(spec)
spec.loader.exec_module(native)
times = {(what, option): ns for what, option, ns in native.LOOPS}


def kinds(listing):
    """The instructions' names; calls by what they call."""
    return ["call " + line.split("<")[1].split("@")[0] if line.startswith("call") and "<" in line else line if line.startswith("call") else line.split()[0]
            for line in listing]


def cases(folder):
    yield f"double y: {native.SIZES['double']} bytes" in natives.output("05", folder)
    yield f"int x: {native.SIZES['int']} bytes" in natives.output("05", folder)
    yield f"std::string z: {native.SIZES['std::string']} bytes" in natives.output("05", folder)
    model = natives.output("12", folder)
    yield f"[ptr to data: z+{native.STRING['data']}]" in model and f"[capacity: {native.STRING['capacity']}]" in model
    yield f"of a {native.NEW_INT}-byte malloc chunk" in model
    yield [n for n in kinds(natives.instructions("on_heap", folder)) if n.startswith("call")] == [n for n in kinds(native.ON_HEAP) if n.startswith("call")]
    yield "call" not in " ".join(natives.instructions("on_stack", folder) + native.ON_STACK) and natives.instructions("on_stack", folder)[0].startswith("sub rsp")
    yield all(times["stack", option] * 5 < times["heap", option] for option in ("-O0", "-O2"))


with tempfile.TemporaryDirectory(prefix="recorded.") as folder:
    results = list(cases(folder))
for number, good in enumerate(results):
    if not good:
        print(f"FAIL case {number} of cases()")
print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
sys.exit(not all(results))
