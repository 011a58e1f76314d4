"""The operations and chunks of a recording by their declarations in src/see/journal.def and capture.def: row by row as plain data.

Nothing is interpreted: numbers are as the file has them, signed ones decoded, differences as such.  What they mean says docs/recording.md;
limpid.recording carries them out."""

import re

SHORT, PLACES, NEAR = 64, 16, 192  # bytes of the column of operations: values at places below 16; steps by few lines
SHORT_OPERATIONS = ("INT", "REF", "FLOAT", "CONST")
PLAIN = {"uint", "byte", "text"}


class Operand:
    """name; column (of JRNL); signed; kind: "number", "text", "eight" (bytes) or "list" (of the operands `parts`, as many times as the
    operand before says)."""

    def __init__(self, name, kind, column, signed=False, parts=()):
        self.name, self.kind, self.column, self.signed, self.parts = name, kind, column, signed, parts


def operands(text):
    """The operands that an entry of journal.def declares."""
    found = []
    for match in re.finditer(r"n\*\(([\w ]+)\)|8 bytes:(\w+)|(\w+)(!?)(?::(\w+))?", text):
        parts, eight, name, signed, column = match.groups()
        if parts:
            found.append(Operand("references", "list", "operands", parts=operands(parts)))
        elif eight:
            found.append(Operand("bytes", "eight", eight))
        elif name == "text":
            found.append(Operand("text", "text", "texts"))
        else:
            found.append(Operand(name, "number", column or "operands", bool(signed)))
    return found


def columns(text):
    """([(name, encoding)], [those of the second group of rows]) that an entry of capture.def declares."""
    first, _, second = text.partition("|")
    return tuple([tuple(part.split(":")) for part in group.split()] for group in (first, second))


def rows(path):
    """Each row of the recording's own chunks as a dict: {"chunk": kind, ...} or, of the journal, {"op": name, ...}."""
    import _see

    from limpid.recording import Column, chunks

    declared, within = {}, False
    known = [(name, operands(text)) for name, text in _see.journal_operations()]
    for kind, count, data in chunks(path):
        data = [Column(c) for c in data]
        if kind == "SCHM":
            for _ in range(count):
                name, _, text = data[0].text().partition(" ")
                declared[name] = columns(text)
            continue
        within = within or kind == "CAPT"
        first, second = declared.get(kind, ((), ()))
        if kind == "JRNL":
            yield from _operations(known, dict(zip((name for name, _ in first), data)))
        elif not within and all(encoding in PLAIN for _, encoding in (*first, *second)):
            for _ in range(count):
                row = {"chunk": kind, **{name: _value(encoding, column) for (name, encoding), column in zip(first, data)}}
                if second:
                    row["rows"] = [{name: _value(encoding, column) for (name, encoding), column in zip(second, data[len(first):])}
                                   for _ in range(row[first[-1][0]])]
                yield row
        within = within and kind != "DONE"


def _value(encoding, column):
    return column.text() if encoding == "text" else column.byte() if encoding == "byte" else column.uint()


def _operations(known, parts):
    by_name = dict(known)
    for byte in parts["operation"].data:
        if byte >= NEAR - SHORT:
            yield {"op": "STEP", "line": byte - NEAR}
            continue
        name, row = (SHORT_OPERATIONS[byte // PLACES - 4], {"place": byte % PLACES}) if byte >= SHORT else (known[byte][0], {})
        yield {"op": name, **row, **_operands([o for o in by_name[name] if o.name not in row], parts)}


def _operands(wanted, parts):
    row, last = {}, 0
    for operand in wanted:
        column = parts[operand.column]
        if operand.kind == "text":
            row["text"] = column.text()
        elif operand.kind == "eight":
            row["bytes"] = column.eight().hex()
        elif operand.kind == "list":
            row[operand.name] = [_operands(operand.parts, parts) for _ in range(last)]
        else:
            last = row[operand.name] = column.int() if operand.signed else column.uint()
    return row
