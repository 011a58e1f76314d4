#!/usr/bin/env python3.11
"""What a recording tells is what the program sees of itself.

Each program of truth/ gets a call of look() (looking.py) before every statement and at the end of every block, runs once to count
the calls, and once recorded with 20 of them, chosen pseudo-randomly, wanted.  A wanted look writes what the program itself
observes there: frames, lines, variables, objects, their addresses, reference counts, values and contents.  The recording of
the same run, at the step in which the look stands, must tell the same: it is one run, so addresses are equal, too.

usage: check_truth.py --limpid BINARY [-k TEXT] [-v]
"""
import ast
import glob
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

from harness import main

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "lib", "limpid"))
import recording  # noqa: E402  (plain Python; the package itself needs Limpid)

LOOKS, VALUE_TEXT, IMMORTAL = 20, 80, 1 << 28
CELL, FREE = 0x40, 0x80
ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)


# ---- the program with looks ----


def blocks(tree):
    """The lists of statements in a tree."""
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list) and block:
                yield node, block


def with_looks(source):
    """The program with look() on a line of its own wherever a statement begins or a block ends."""
    lines = source.split("\n")
    before, after = {}, {}
    for node, block in blocks(ast.parse(source)):
        for statement in block:
            line = min([statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", ()))])
            text, column = lines[line - 1], statement.col_offset
            begins = not text[:column].strip() and not text.startswith("elif", column)
            constant = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
            future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
            if begins and not constant and not future:
                before[line] = column
            if begins and statement is block[-1] and not isinstance(statement, ENDS) and not future:
                after.setdefault(statement.end_lineno, set()).add(column)
    told = []
    for number, line in enumerate(lines, 1):
        if number in before:
            told.append(" " * before[number] + "look()")
        told.append(line)
        told += [" " * column + "look()" for column in sorted(after.get(number, ()), reverse=True)]
    first = next((i for i, line in enumerate(told) if line and not line.startswith(("#", "from __future__"))), 0)
    return "\n".join([*told[:first], "from looking import look", *told[first:]])


# ---- what is told ----


class Watched(recording.Recording):
    """Calls look(number, state) where the program says that it looks."""

    def _OUTPUT(self, state, n, t):
        super()._OUTPUT(state, n, t)
        text = state.output[-1][1]
        if text.startswith("\x01look "):
            self.look(int(text[6:]), state)


class Comparison:
    """One look: what the recording tells against what the program saw; `wrong` says how they differ."""

    def __init__(self, state, seen):
        self.state, self.seen, self.wrong, self.done = state, seen, [], set()
        self.rows = seen["objects"]
        self.say = []

    def differs(self, what, told, seen):
        if told != seen:
            self.wrong.append(f"{' '.join(self.say)}: {what}: told {told}, seen {seen}")

    def compare(self):
        told = [self.frame(f) for f in reversed(self.state.stack)]
        seen = self.seen["frames"]
        self.differs("frames", [f[:2] for f in told], [tuple(f[:2]) for f in seen])
        for (name, line, variables), (_, _, names) in zip(told, seen):
            self.variables(name, variables, names)
        others = sorted(([self.frame(f) for f in reversed(stack)] for thread, stack in self.state.stacks.items()
                         if stack and stack is not self.state.stack), key=str)
        self.stacks("threads", others, self.seen["threads"])
        self.stacks("suspended", [[self.frame(f)] for f in self.state.suspended.values()], [[f] for f in self.seen["suspended"]])
        return self.wrong

    def stacks(self, what, told, seen):
        """Stacks in no order: those of the same frames and variables are compared."""
        seen = [s for s in seen if s]
        for some in told, seen:
            some.sort(key=lambda s: [(f[0], sorted((name, getattr(o, "address", o)) for name, o in f[2].items())) for f in s])
        self.differs(what, [[f[0] for f in s] for s in told], [[f[0] for f in s] for s in seen])
        for a, b in zip(told, seen):
            for (name, _, variables), (other, _, names) in zip(a, b):
                if name == other:
                    self.variables(f"{what}: {name}", variables, names)

    def frame(self, frame):
        """(function, line, {name: object}); of cells, what they hold."""
        state, variables = self.state, {}
        for name, number in frame.variables().items():
            object = state.objects[number]
            kind = frame.code.kinds[frame.code.slots.index(name)]
            if kind & FREE and frame.names:  # a class body's: its namespace does not have them
                continue
            if kind & (CELL | FREE) and object.type == "cell":
                if object.holds:
                    variables[name] = state.objects.get(object.holds[0][2])
            else:
                variables[name] = object
        if frame.names:
            variables |= self.named(state.objects[frame.names])
        variables.pop("look", None)
        variables.pop("__builtins__", None)
        return frame.code.name, frame.line, variables

    def named(self, namespace):
        return {self.state.objects[key].text: self.state.objects.get(number) for kind, key, number in namespace.holds if kind == "value"}

    def variables(self, frame, told, seen):
        self.say = [frame]
        self.differs("names", sorted(told), sorted(seen))
        for name in told.keys() & seen.keys():
            self.say = [frame, name]
            self.object(told[name], seen[name])

    def object(self, told, address):
        """Whether the object in the recording is the one that was seen, and so all that was seen of it."""
        if told is None:
            return self.differs("object", None, hex(address))
        self.differs("address", hex(told.address), hex(address))
        row = self.rows.get(str(address))
        if row is None or told.address != address or told.number in self.done:
            return
        self.done.add(told.number)
        type, length, value, holds, count = row
        say, self.say = self.say, [*self.say, f"({type})"]
        self.differs("type", told.type, type.removeprefix("builtins."))
        if count is not None:
            self.differs("count", told.count, -1 if count >= IMMORTAL else count)
        self.differs("length", told.length, -1 if length is None else length)
        if value is not None:
            self.differs("value", told.text, text_of(value))
        self.holds(told, holds)
        self.say = say

    def holds(self, told, seen):
        objects = self.state.objects
        items = [(k, n) for k, _, n in told.holds if k in ("item", "member")]
        order = [(k, a) for k, _, a in seen if k in ("item", "member")]
        if any(k == "member" for k, _ in order):
            items.sort(key=lambda held: objects[held[1]].address)
            order.sort(key=lambda held: held[1])
        self.differs("items", len(items), len(order))
        for i, ((_, number), (_, address)) in enumerate(zip(items, order)):
            self.follow(f"[{i}]", number, address)
        self.values(told, [h for h in seen if h[0] == "value"])
        self.attributes(told, seen)
        fields = {label: number for kind, label, number in told.holds if kind == "field"}
        for kind, label, address in seen:
            if kind == "field":
                self.follow(label, fields.get(label, 0), address)
        names = [h for h in seen if h[0] == "name"]
        if names and objects.get(fields.get("__dict__")):
            self.values(objects[fields["__dict__"]], names, hidden=("__dict__", "__weakref__"))

    def values(self, told, seen, hidden=()):
        objects = self.state.objects
        values = [(objects.get(key), number) for kind, key, number in told.holds if kind == "value"]
        values = [(key, number) for key, number in values if not (key and key.text in hidden)]
        if not seen and not told.type.endswith(("dict", "Dict", "Counter")):
            return
        self.differs("entries", len(values), len(seen))
        values.sort(key=lambda held: held[0] and held[0].address or 0)
        for (key, number), (_, k, address) in zip(values, sorted(seen, key=lambda h: h[1])):
            self.object(key, k)
            self.follow(f"[{key and key.text}]", number, address)

    def attributes(self, told, seen):
        objects = self.state.objects
        attributes = {objects[label].text if label in objects else str(label): number for kind, label, number in told.holds if kind == "attribute"}
        for kind, label, number in told.holds:
            if kind == "field" and label == "__dict__" and number and objects[number].type == "dict" and not any(h[0] == "name" for h in seen):
                attributes |= {objects[key].text: n for k, key, n in objects[number].holds if k == "value" and key in objects}
        unsure = {label for kind, label, _ in seen if kind == "unsure"}
        names = {label: address for kind, label, address in seen if kind == "attribute"}
        attributes |= {label: number for kind, label, number in told.holds if kind == "field" and label in names}  # __slots__
        if not names and not unsure:
            return
        self.differs("attributes", sorted(attributes.keys() - unsure), sorted(names))
        for name in names.keys() & attributes.keys():
            self.follow("." + name, attributes[name], names[name])

    def follow(self, label, number, address):
        say, self.say = self.say, [*self.say, label]
        self.object(self.state.objects.get(number), address)
        self.say = say


def text_of(value):
    """What a recording says of a value of which the program saw the repr."""
    value = float(value) if value in ("inf", "-inf", "nan") else ast.literal_eval(value)
    if isinstance(value, str):
        told = b""
        for c in value:
            if len(told) + 4 > VALUE_TEXT:
                break
            told += ("\ufffd" if "\ud800" <= c < "\ue000" else c).encode()
        return told.decode()
    if isinstance(value, bytes):
        escaped = [chr(c) if 32 <= c < 127 and c not in b"\\'" else f"\\x{c:02x}" for c in value[:VALUE_TEXT]]
        return f"b'{''.join(escaped)}'"
    if isinstance(value, float):
        return format(value, ".17g")
    if isinstance(value, int) and abs(value) >= 1 << 256:
        return f"{'-' if value < 0 else ''}{value.bit_length()} bits"
    return str(value)


def check_truth(limpid):
    for path in sorted(glob.glob(os.path.join(HERE, "truth", "*.py"))):
        yield program(limpid, path)


def program(limpid, path):
    name = os.path.basename(path)[:-3]
    with tempfile.TemporaryDirectory() as folder:
        run = Run(limpid, folder, path)
        count = run.count()
        assert count >= LOOKS, f"{name} has only {count} steps to look at"
        wanted = sorted(random.Random(name).sample(range(1, count + 1), LOOKS))
        wrong = run.compare(wanted)
        assert not wrong, f"{name}: {len(wrong)} differences\n  " + "\n  ".join(wrong[:12])
    return name


class Run:
    """A program with looks in a folder of its own, with the modules of truth/parts beside it."""

    def __init__(self, limpid, folder, path):
        self.binary = limpid.binary
        self.folder, self.program = folder, os.path.join(folder, os.path.basename(path))
        self.file, self.seen = os.path.join(folder, "recording"), os.path.join(folder, "seen")
        os.mkdir(os.path.join(folder, "site-packages"))
        shutil.copy(os.path.join(HERE, "looking.py"), os.path.join(folder, "site-packages"))
        for source in (path, *glob.glob(os.path.join(HERE, "truth", "parts", "*.py"))):
            with open(source, encoding="utf-8") as text, open(os.path.join(folder, os.path.basename(source)), "w", encoding="utf-8") as out:
                out.write(with_looks(text.read()))

    def run(self, *options, wanted=""):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        environment |= {"PYTHONPATH": os.path.join(self.folder, "site-packages"), "PYTHONHASHSEED": "0", "LOOK_AT": wanted,
                        "LOOK_FILE": self.seen, "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run([self.binary, *options, self.program], capture_output=True, text=True, env=environment, cwd=self.folder,
                              timeout=300, stdin=subprocess.DEVNULL)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def count(self):
        self.run()
        with open(self.seen, encoding="ascii") as seen:
            count = int(seen.read())
        os.unlink(self.seen)
        return count

    def compare(self, wanted):
        """What is told otherwise than it was seen."""
        self.run(f"--record={self.file}", wanted=",".join(map(str, wanted)))
        with open(self.seen, encoding="ascii") as file:
            seen = {row["call"]: row for row in map(json.loads, file)}
        assert sorted(seen) == wanted, (sorted(seen), wanted)
        wrong, told = [], []

        def look(number, state):
            told.append(number)
            wrong.extend(f"look {number}: {w}" for w in Comparison(state, seen[number]).compare())

        recorded = Watched(self.file)
        recorded.look = look
        for _ in recorded:
            pass
        assert sorted(told) == wanted, (told, wanted)
        return wrong


if __name__ == "__main__":
    main(globals())
