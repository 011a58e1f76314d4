"""Pictures of code that runs: from text to instructions, the value stack, calls and returns, arguments, constants, depth.

They run what they are given, and look at it between its steps."""

import sys
import time
import _see

from limpid import process
from limpid._look import look
from limpid.pictures import facts, layout
from limpid.pictures.canvas import Canvas

CALLS = """def multiply(a, b):
    result = a * b
    return result
def add(x, y):
    sum_ = x + y
    product = multiply(sum_, 2)
    return product
def main():
    answer = add(5, 3)
main()
"""


def _traced(run, hook):
    """Runs a callable with a trace function, and puts the old one back."""
    old = sys.gettrace()
    sys.settrace(hook)
    try:
        return run()
    finally:
        sys.settrace(old)


def draw_pipeline(source="c = a + b"):
    """P22: a text, its tokens, tree, code object, bytecode and instructions, with sizes and times."""
    import ast
    import dis
    import io
    import marshal
    import tokenize

    clock, times = time.perf_counter_ns, {}

    def timed(name, call):
        start = clock()
        made = call()
        times[name] = clock() - start
        return made

    tokens = timed("tokens", lambda: [t.string or tokenize.tok_name[t.type] for t in tokenize.generate_tokens(io.StringIO(source).readline)])
    tree = timed("tree", lambda: ast.parse(source))
    code = timed("code", lambda: compile(tree, "text", "exec"))
    stored = timed("marshal", lambda: marshal.dumps(code))
    shape = ast.dump(tree.body[0]) if tree.body else "nothing"
    rows = [("text", f"{len(source)} characters", repr(source)), ("tokens", str(len(tokens)), repr(tokens)), ("tree", f"{sum(1 for _ in ast.walk(tree))} nodes", shape),
            ("code object", f"{facts.size_of(code)} bytes", f"co_consts {code.co_consts} co_names {code.co_names} co_stacksize {code.co_stacksize}"),
            ("bytecode", f"{len(code.co_code)} bytes", code.co_code.hex(" ", 2))]
    stages = ["tokenizer", "parser", "symbol table, compiler", "its instructions"]
    canvas, y = Canvas(), 0
    for i, (name, size, text) in enumerate(rows):
        canvas.text(0, y, f"{name:12} {size:16} {text if len(text) < 86 else text[:85] + '…'}")
        y += 1
        if i < len(stages):
            canvas.arrow((3, y), (3, y + 1))
            took = times.get(("tokens", "tree", "code")[i]) if i < 3 else None
            canvas.text(6, y, stages[i] + (f", {took / 1000:.0f} µs" if took is not None else ""))
            y += 2
    canvas.text(0, y, f"import only:  __pycache__/NAME.{sys.implementation.cache_tag}.pyc = 16 bytes of header, then {len(stored)} bytes of marshal")
    canvas.arrow((3, y + 1), (3, y + 2))
    canvas.text(6, y + 1, "virtual machine, instruction by instruction")
    instructions = [(i.offset, i.opname, i.argrepr) for i in dis.get_instructions(code)]
    y = layout.lines(canvas, 4, y + 3, [f"{o:3} {name:16} {arg}".rstrip() for o, name, arg in instructions])
    return "from text to instructions", {"source": source, "tokens": tokens, "tree": shape, "nodes": sum(1 for _ in ast.walk(tree)), "code_bytes": facts.size_of(code),
                                          "bytecode": code.co_code.hex(), "pyc_bytes": 16 + len(stored), "instructions": instructions, "nanoseconds": times}, canvas


@look
def _value_stack(code):
    frame = next(f for f in facts.frames() if f.code is code)
    return [facts.value(o, 20) if o is not None or address == id(None) else ("NULL" if not address else _static(address)) for address, o in frame.stack]


def _static(address):
    """An entry that lies in no pool: one of the objects that are always there, if it is."""
    for o in (*range(-5, 257), None, True, False, ..., (), ""):
        if id(o) == address:
            return facts.value(o)
    return f"{address:#x}"


def draw_value_stack(source="a = 3\nb = 5\nc = a + b\n", caches=False):
    """P23: runs a text, with the value stack and the names after each instruction.  caches: with the cache entries in the offsets' gaps."""
    import dis

    code = compile(source, "text", "exec")
    space, seen = {"__builtins__": __builtins__}, []

    def hook(frame, event, argument):
        if frame.f_code is not code:
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            names = {k: facts.value(v, 12) for k, v in space.items() if k[:2] != "__"}
            seen.append((frame.f_lasti, _value_stack(code), names))
        elif event == "return":
            seen.append((-1, [], {k: facts.value(v, 12) for k, v in space.items() if k[:2] != "__"}))
        return hook

    try:
        _traced(lambda: exec(code, space), hook)
        error = None
    except Exception as raised:
        error = facts.type_name(raised)
    known = {i.offset: i for i in dis.get_instructions(code, show_caches=caches)}
    first = next(iter(known.values()))
    seen.insert(0, (first.offset, [], {}))
    rows = [{"offset": offset, "instruction": known[offset].opname, "argument": known[offset].argrepr, "stack": stack, "names": names}
            for (offset, _, _), (_, stack, names) in zip(seen, seen[1:]) if offset in known]
    canvas = Canvas()
    layout.table(canvas, 0, 0, ("offset", "instruction", "argument", "value stack after", "names after"),
                 [(r["offset"], r["instruction"], r["argument"], "[" + ", ".join(r["stack"]) + "]", ", ".join(f"{k}: {v}" for k, v in r["names"].items()))
                  for r in rows], right=(0,))
    return "instructions and the value stack", {"source": source, "stack_size": code.co_stacksize, "rows": rows, "error": error}, canvas


def draw_calls(run=CALLS, most=60):
    """P28: runs a text or calls a function, with one row a call or return: what, the result, the stack then."""
    call = run if callable(run) else lambda: exec(compile(run, "text", "exec"), {"__name__": "__main__"})
    rows, stack = [], []

    def hook(frame, event, argument):
        if frame.f_code.co_filename.startswith("<frozen limpid") or len(rows) >= most:
            return None
        name = frame.f_code.co_name
        title = name if name[0] == "<" else f"{name}()"
        if event == "call":
            stack.append(title)
            rows.append({"event": "call", "function": name, "result": None, "stack": list(stack)})
        elif event == "return" and stack and stack[-1] == title:
            stack.pop()
            rows.append({"event": "return", "function": name, "result": facts.value(argument, 16), "stack": list(stack)})
        return hook

    _traced(call, hook)
    canvas = Canvas()
    names = max((len(r["function"]) for r in rows), default=0) + 2
    for y, r in enumerate(rows):
        result = f"→ {r['result']}" if r["result"] is not None else ""
        canvas.text(0, y, f"{r['event']:6} {r['function']:{names}} {result:14} {' | '.join(r['stack'])}".rstrip())
    if not rows:
        canvas.text(0, 0, "no Python function was called")
    return "calls and returns", {"rows": rows}, canvas


def _change(n, items):
    n += 1
    items.append(4)


def draw_arguments(function=None, *arguments):
    """P25: calls a function and shows its parameters at four moments: before and after, outside and inside.  By default one that is given
    an int, which it adds to, and a list, which it appends to."""
    if function is None:
        function, arguments = _change, (1000 + len(arguments), [1, 2, 3])
    code, moments = function.__code__, []
    names = code.co_varnames[:code.co_argcount]

    def note(when, objects):
        moments.append({"when": when, "arguments": [{"name": name, "address": id(o), "value": facts.value(o)} for name, o in zip(names, objects)]})

    def hook(frame, event, argument):
        if frame.f_code is not code:
            return None
        if event in ("call", "return"):
            space = frame.f_locals
            note("inside, before" if event == "call" else "inside, after", [space[name] for name in names if name in space])
        return hook

    note("caller, before", arguments)
    _traced(lambda: function(*arguments), hook)
    note("caller, after", arguments)
    canvas = Canvas()
    header = ["", *(f"{name} → value" for name in names)]
    layout.table(canvas, 0, 0, header, [(m["when"], *(f"{a['address']:#x} {a['value']}" for a in m["arguments"])) for m in moments])
    inside, verdicts = [m for m in moments if m["when"].startswith("inside")], []
    for i, name in enumerate(names):
        first, last = inside[0]["arguments"][i], inside[-1]["arguments"][i]
        verdicts.append({"name": name, "rebound": first["address"] != last["address"], "changed": first["value"] != last["value"] and first["address"] == last["address"]})
    text = "; ".join(f"{v['name']}: " + ("bound to another object" if v["rebound"] else "the one object was changed in place" if v["changed"] else "untouched") for v in verdicts)
    canvas.text(0, canvas.height, text)
    return "arguments at four moments", {"function": function.__name__, "moments": moments, "verdicts": verdicts}, canvas


def draw_identity(*literals):
    """P37: whether two names that are given equal literals are one object: in a script (one code object) and at a prompt (one for each
    statement), and why."""
    literals = literals or ("1000", "'hello world!'", "100", "'hello'", "1.5", "()")
    rows = []
    for literal in literals:
        script, prompt = {}, {}
        exec(compile(f"a = {literal}\nb = {literal}\n", "script", "exec"), script)
        for name in "ab":
            exec(compile(f"{name} = {literal}\n", "prompt", "single"), prompt)
        one, two = script["a"] is script["b"], prompt["a"] is prompt["b"]
        static = look(_see.place)(prompt["a"]) is None and facts.Places().of(id(prompt["a"])).startswith("static")
        why = "static" if static else "interned" if two else None
        rows.append({"literal": literal, "script": one, "script_reason": why or ("one constant" if one else "two objects"), "prompt": two,
                     "prompt_reason": why or "two constants in two code objects"})
    canvas = Canvas()
    layout.table(canvas, 0, 0, ("a = b =", "script: one code object", "prompt: one code object a statement"),
                 [(r["literal"], f"a is b: {r['script']}  ({r['script_reason']})", f"a is b: {r['prompt']}  ({r['prompt_reason']})") for r in rows])
    return "when two names are one object", {"rows": rows}, canvas


@look
def _gauge():
    threads = process.map().threads
    t = next(t for t in threads if t.current)
    return {"depth": len(_see.frames()), "chunks": len(t.chunks), "frame_bytes": sum(c.in_use for c in t.chunks), "c_stack": t.in_use, "c_limit": t.limit}


def draw_depth(room=50):
    """P38: the depth of calls against the limit: now, on the way, and where RecursionError is raised; frame chunks and C stack then."""
    limit, now = sys.getrecursionlimit(), _gauge()
    rows, wanted = [dict(now)], {limit // 10, limit // 2, limit - 10}
    reached = 0

    def down(n):
        nonlocal reached
        reached = n
        if n in wanted:
            rows.append(_gauge())
        down(n + 1)

    message = None
    try:
        down(now["depth"] + 1)
    except RecursionError as error:
        message = str(error)
    canvas = Canvas()
    for y, row in enumerate(rows):
        label = f"depth {row['depth']:5} of {limit}  "
        filled = min(room, max(1, row["depth"] * room // limit))
        end = canvas.bar(canvas.text(0, y, label), y, filled, room - filled)
        canvas.text(end + 2, y, f"{row['chunks']} chunk(s), {row['frame_bytes']:,} bytes of frames; C stack {row['c_stack'] or 0:,} of {row['c_limit']:,}")
    canvas.text(0, len(rows), f"depth {reached:5}: RecursionError: {message}")
    return "the depth of calls", {"limit": limit, "moments": rows, "reached": reached, "message": message}, canvas
