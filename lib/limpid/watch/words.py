"""What a state holds, in words: values, names, ways from names to objects, what a step has changed."""

import re

ATOMS = {"int", "float", "complex", "str", "bytes", "bool", "NoneType", "ellipsis", "NotImplementedType"}
NAMED = {"function": "function", "type": "class", "module": "module", "code": "code", "builtin_function_or_method": "function",
         "method_descriptor": "method", "wrapper_descriptor": "method", "classmethod": "", "staticmethod": "", "property": ""}
TEXT_MAX = 80  # characters of a string that a recording has
BRACKETS = {"list": "[]", "tuple": "()", "set": "{}", "frozenset": "{}", "dict": "{}", "collections.deque": "[]", "bytearray": "[]"}
PART = re.compile(r"\.([^\W\d]\w*)|\[(-?\d+)\]|\[(?:'([^']*)'|\"([^\"]*)\")\]")
PASSING = ("iterator", "traceback", "frame", "cell")  # types that come and go: iterators and what exceptions leave
INNER = {"generator", "coroutine", "async_generator", "frame", "code", "traceback", "function", "type", "module"}
DICT, CONTENTS = ".__dict__", ".cell_contents"
LOCAL, CELL, FREE = 0x20, 0x40, 0x80  # kinds of variables
FREED = 6  # types of freed objects that are named
SEARCHED = 2000  # objects looked through for a way to one


def is_atom(object):
    return object.type in ATOMS


def is_named(object):
    """Functions, classes, modules: told by their name."""
    return object.type in NAMED or (object.text != "" and not is_atom(object) and object.length < 0 and not object.holds)


def quoted(text, length):
    """A string as a literal; what a recording left out is "…"."""
    cut = length > len(text)
    text = text.replace("\\", "\\\\")
    if not text.isprintable():
        text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
    quote = '"' if "'" in text and '"' not in text else "'"
    text = text if quote == '"' else text.replace("'", "\\'")
    return f"{quote}{text}{'…' if cut else ''}{quote}"


def short_type(object):
    return object.type.removeprefix("__main__.")


class Words:
    """Words about one state.  Labels (A, B … AA) are given to objects as they are first told of, and stay."""

    def __init__(self, labels):
        self.labels = labels
        self.state = None

    def turn_to(self, state):
        self.state = state
        self.names_of = {}  # id(frame): its names
        self.left = []      # frames that ended in the step

    def label(self, number):
        found = self.labels.get(number)
        if found is None:
            n, found = len(self.labels), ""
            while n >= 0:
                found = chr(65 + n % 26) + found
                n = n // 26 - 1
            self.labels[number] = found
        return found

    # ---- values ----

    def value(self, number, plain=False):
        """A value in a few words; with its label unless plain."""
        object = self.state.objects.get(number)
        return "…" if object is None else self.describe(object, plain)

    def describe(self, object, plain=False):
        if object.type == "str":
            return quoted(object.text, object.length)
        if is_atom(object):
            return object.text or short_type(object)
        if object.type in NAMED or (is_named(object) and object.text):
            return f"{NAMED.get(object.type) or short_type(object)} {object.text}".rstrip()
        size = f" of {object.length:,}" if object.length >= 0 else ""
        return f"{'' if plain else self.label(object.number) + ' '}{short_type(object)}{size}"

    def instruction(self):
        """With --grain=instruction the one that is about to run, "LOAD_NAME 2"; else ""."""
        if self.state.instruction is None:
            return ""
        _, name, argument = self.state.instruction
        return f"{name} {argument}" if argument else name

    # ---- names ----

    def variables(self, frame, kinds=LOCAL | CELL | FREE):
        """{name: number of the object} of variables of the kinds; of those in cells what the cell holds."""
        found = {}
        for slot, (name, kind) in enumerate(zip(frame.code.slots, frame.code.kinds)):
            number = frame.slots.get(slot, 0)
            object = self.state.objects.get(number)
            if object is not None and object.type == "cell" and kind & (CELL | FREE):
                number = object.holds[0][2] if object.holds else 0
            if number and kind & kinds:
                found[name] = number
        return found

    def names(self, frame):
        """{name: number of the object} of a frame: variables, and of modules and class bodies the names."""
        found = self.names_of.get(id(frame))
        if found is None:
            found = self.variables(frame)
            table = self.state.objects.get(frame.names)
            for kind, key, number in table.holds if table else ():
                name = self.state.objects.get(key)
                if kind == "value" and name and number and not re.fullmatch("__.*__", name.text):
                    found[name.text] = number
            self.names_of[id(frame)] = found
        return found

    def key(self, kind, label, place, object):
        """How a part of an object is written behind it: ".x", "[0]", "['k']"."""
        if kind == "item":
            return f"[{place}]"
        if kind in ("value", "key"):
            return f"[{self.value(label, plain=True)}]"
        if kind == "field":
            return f".{label}" if label else f"·{place}"
        name = self.state.objects.get(label) if label else None
        if name is not None:
            return f".{name.text}"
        return {"member": "{}", "type": ".__class__"}.get(kind, f"·{place}")

    def way(self, way, kind, label, place, object):
        """The way to a part of an object that is reached on a way; what is in an instance's __dict__ is an attribute."""
        if way.endswith(DICT) and kind == "value" and label in self.state.objects:
            return f"{way[:-len(DICT)]}.{self.state.objects[label].text}"
        return way + self.key(kind, label, place, object).replace(CONTENTS, "")

    def frames(self):
        """All frames, the innermost of the running thread first."""
        state = self.state
        yield from reversed(state.stack)
        for thread, stack in state.stacks.items():
            if stack is not state.stack:
                yield from reversed(stack)
        yield from state.suspended.values()
        yield from self.left

    def ways(self, wanted):
        """{number: how it is reached from a name} for those of the wanted numbers that are, the shortest ways."""
        found, wanted, seen = {}, set(wanted), set()
        queue = [(number, name) for frame in self.frames() for name, number in self.names(frame).items()]
        for at in range(SEARCHED):
            if at >= len(queue) or not wanted:
                break
            number, way = queue[at]
            if number in seen:
                continue
            seen.add(number)
            if number in wanted:
                found[number] = way
                wanted.discard(number)
            object = self.state.objects.get(number)
            if object is None or object.type in INNER:
                continue
            for place, (kind, label, target) in enumerate(object.holds):
                if target and target not in seen and kind != "plain":
                    queue.append((target, self.way(way, kind, label, place, object)))
        return found

    def holders(self, number):
        """Who refers to an object: names of frames, and parts of others."""
        found = []
        for frame in self.frames():
            names = self.names(frame)
            found += [f"{name} of {frame.code.name}" for name, held in names.items() if held == number]
        tables = {frame.names for frame in self.frames()}
        for object in self.state.objects.values():
            if object.number not in tables:
                found += [f"{self.describe(object)}{self.key(kind, label, place, object)}"
                          for place, (kind, label, held) in enumerate(object.holds) if held == number]
        return found

    def find(self, text):
        """The number of the object that an expression (name, .attribute, [index], ['key']) leads to; a text that says what
        is wrong."""
        head = re.match(r"\s*([^\W\d]\w*)", text)
        if head is None:
            return "a name is wanted: name.attribute[0]['key']"
        number = next((names[head[1]] for frame in self.frames() if head[1] in (names := self.names(frame))), 0)
        if not number:
            return f"there is no {head[1]} here"
        at = head.end()
        while at < len(text.rstrip()):
            part = PART.match(text, at)
            if part is None:
                return f"not understood: {text[at:]}"
            if (number := self._part(number, part)) == 0:
                return f"there is no {text[:part.end()].strip()} in view"
            at = part.end()
        return number

    def _part(self, number, part):
        object = self.state.objects.get(number)
        if object is None:
            return 0
        attribute, index, *texts = part.groups()
        wanted = next((t for t in texts if t is not None), None)
        place = int(index) + (object.length if index.startswith("-") else 0) if index else -1
        for i, (kind, label, held) in enumerate(object.holds):
            name = self.state.objects.get(label) if kind in ("attribute", "value") and label else None
            if attribute is not None:
                if (kind == "attribute" and name and name.text == attribute) or (kind == "field" and label == attribute):
                    return held
            elif wanted is not None:
                if kind == "value" and name and name.type == "str" and name.text == wanted:
                    return held
            elif kind == "item" and i == place or (kind == "value" and name and name.type == "int" and name.text == index):
                return held
        return 0

    # ---- changes ----

    def changes(self, notes, frame):
        """What a step did, as (kind, text): "set" of variables and parts of objects, "call", "return", "raise", "free",
        "collect".  The frame is that of the step."""
        begun = {id(frame) for event, frame, *_ in notes.events if event == "PUSH"}
        self.left = [frame for event, frame, *_ in notes.events if event in ("RETURN", "UNWIND") and id(frame) not in begun]
        frame = frame or next(iter(self.left), None)
        told = []
        variables, tables = self._variables(notes, frame)
        told += variables
        parts = [n for n in notes.objects if n not in tables and n not in notes.born and n in self.state.objects]
        for number, way in self.ways(parts).items():
            others = [name for name, held in self.names(frame).items() if held == number and name != way] if frame else []
            also = f"  (also {', '.join(others)})" if others and not is_atom(self.state.objects[number]) else ""
            told += [(kind, text + also) for kind, text in self._parts(way, notes, self.state.objects[number])]
        told += self._events(notes)
        freed = {}
        for object in notes.died:
            if not is_atom(object) and object.type not in NAMED and not object.type.endswith(PASSING):
                freed[short_type(object)] = freed.get(short_type(object), 0) + 1
        if freed:
            names = [f"{n:,} {name}" if n > 1 else name for name, n in freed.items()]
            more = len(names) - FREED
            told.append(("free", "frees " + ", ".join(names[:FREED]) + (f" and objects of {more} more type{'s' if more > 1 else ''}" if more > 0 else "")))
        return list(dict.fromkeys(told))

    def _variables(self, notes, step_frame):
        """(changes of names, numbers of the dicts that they stand in)"""
        told, tables = [], set()
        for frame in self.frames():
            started = any(event in ("PUSH", "RESUME") and of is frame for event, of, *_ in notes.events)
            for slot, name in enumerate(frame.code.slots):
                if not started and (frame.number, slot) in notes.slots:
                    before, now = notes.slots[frame.number, slot], frame.slots.get(slot, 0)
                    if before != now and self._kind(now) != "cell":
                        told.append(("set", f"{name} = {self.value(now)}" if now else f"del {name}"))
            for slot, name in enumerate(frame.code.slots):
                number = frame.slots.get(slot, 0)
                if number in notes.objects and self._kind(number) == "cell":
                    told += self._parts(name, notes, self.state.objects[number])
                    tables.add(number)
                elif number in notes.objects and number in self.state.objects and is_atom(self.state.objects[number]):
                    told.append(("set", f"{name} = {self.value(number)}"))
            if frame.names:
                tables.add(frame.names)
                if frame.names in notes.objects and frame.names in self.state.objects:
                    told += self._parts("", notes, self.state.objects[frame.names])
        return told, tables

    def _kind(self, number):
        object = self.state.objects.get(number)
        return object.type if object else ""

    def _parts(self, way, notes, object):
        """How an object differs from what it was; way "": the dict of a module's names."""
        text, length, before = notes.objects[object.number]
        if is_atom(object):
            return [("set", f"{way} = {self.describe(object)}")] if object.text != text else []
        if object.type in INNER:
            return []
        old, new = self._keyed(way, before, object, notes), self._keyed(way, object.holds, object, None)
        told, hidden = [], re.compile("__.*__")
        for name, number in new.items():
            if old.get(name) == number or (not way and (not name or hidden.fullmatch(name))):
                continue
            told.append(("set", f"{self.value(number)} in {way}" if isinstance(name, tuple) else f"{name} = {self.value(number)}"))
        gone = [name for name in old if name not in new]
        ordered = object.type in ("list", "collections.deque")
        told += [("set", f"del {name}") for name in gone if name and not isinstance(name, tuple) and not (ordered and name.endswith("]"))]
        left = any(ordered or isinstance(name, tuple) for name in gone)
        if way and object.length != length and not way.endswith(DICT) and (left or len(new) == len(old)):
            told.append(("set", f"len({way}) = {object.length:,}"))
        return told

    def _keyed(self, way, holds, object, notes):
        """{how a part of an object is written: its number}, members of sets by (kind, number); an instance's attributes are its
        own, wherever it keeps them."""
        places, objects = {}, self.state.objects
        for place, (kind, label, number) in enumerate(holds):
            if not way:
                places[objects[label].text if kind == "value" and label in objects else ""] = number
            elif kind == "plain":  # of a type whose insides have no names
                continue
            elif kind == "member":
                places[kind, number] = number
            elif (name := self.way(way, kind, label, place, object)).endswith(DICT) and number in objects:
                table = objects[number]
                before = notes.objects[number][2] if notes and number in notes.objects else table.holds
                places.update(self._keyed(name, before, table, notes))
            else:
                places[name] = number
        return places

    def _events(self, notes):
        told = []
        for operation, frame, value, line in notes.events:
            if operation == "PUSH":
                what = "runs a module" if frame.code.name == "<module>" else f"enters class {frame.code.name}"
                told.append(("call", what if frame.names else f"calls {frame.code.name}({self._arguments(frame)})"))
            elif operation == "RESUME":
                told.append(("call", f"resumes {frame.code.name}"))
            elif operation in ("RETURN", "YIELD"):
                if not frame.names:  # a function
                    verb = "returns" if operation == "RETURN" else "yields"
                    told.append(("return", f"{frame.code.name} {verb} {self.describe(value) if value else '…'}"))
            elif operation == "RAISE":
                what = "an exception" if value is None else value.text if value.type == "type" else short_type(value)
                told.append(("raise", f"{what} leaves line {line} of {frame.code.name}"))
            elif operation == "COLLECTED":
                generation, found = value
                told.append(("collect", f"collector: generation {generation}, {found} found"))
        return told

    def _arguments(self, frame):
        return ", ".join(f"{name}={self.value(number)}" for name, number in self.variables(frame, LOCAL | CELL).items())
