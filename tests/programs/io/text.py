# io: TextIOWrapper over BytesIO: newlines, encodings, seek and tell, errors
import io


def attempt(f, *args, **kw):
    try:
        return f(*args, **kw)
    except Exception as e:
        return "%s: %s" % (type(e).__name__, e)


DATA = "één\r\ntwee\rdrie\nvier".encode()
for newline in (None, "", "\n", "\r", "\r\n"):
    t = io.TextIOWrapper(io.BytesIO(DATA), encoding="utf-8", newline=newline)
    print(repr(newline), t.readlines(), t.newlines)
    raw = io.BytesIO()
    t = io.TextIOWrapper(raw, encoding="utf-8", newline=newline)
    t.write("a\nb\r\n")
    t.flush()
    print(raw.getvalue())
t = io.TextIOWrapper(io.BytesIO("αβγ\nδε\n".encode()), encoding="utf-8")
print(t.read(2), t.tell(), t.readline(), t.tell(), t.read(), t.seek(0), t.read(1))
at = t.tell()
rest = t.read()
print(t.seek(at) == at, t.read() == rest, attempt(t.seek, 1, 1), attempt(t.seek, 1, 2), attempt(t.seek, -1), attempt(t.seek, 0, 7))
next(iter(io.TextIOWrapper(io.BytesIO(b"a\nb\n"))))
t.seek(0)
next(t)
print(attempt(t.tell), attempt(t.write, 3), attempt(t.read, "x"))
for encoding in ("utf-16", "utf-8-sig", "latin-1", "ascii", "cp1252"):
    raw = io.BytesIO()
    t = io.TextIOWrapper(raw, encoding=encoding, errors="replace")
    t.write("é€")
    t.write("x\n")
    t.flush()
    print(encoding, raw.getvalue())
print(attempt(io.TextIOWrapper, io.BytesIO(), encoding="nope"), attempt(io.TextIOWrapper, io.BytesIO(), newline="x"),
      attempt(io.TextIOWrapper, 3), attempt(io.TextIOWrapper, io.BytesIO(), encoding="hex"))
t = io.TextIOWrapper(io.BytesIO(b"\xff"), encoding="utf-8")
print(attempt(t.read), t.errors, t.encoding, t.line_buffering)
t = io.TextIOWrapper(io.BytesIO(b"abc"), encoding="ascii")
t.reconfigure(errors="ignore", line_buffering=True)
print(t.errors, t.line_buffering, t.read(1), attempt(t.reconfigure, encoding="utf-8"), attempt(t.reconfigure, newline="x"))
b = t.detach()
print(b.read(), attempt(t.read), attempt(t.detach), t.encoding)
t = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
t.close()
t.write("x")
