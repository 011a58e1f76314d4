# io: open(), buffered and raw files, modes and their errors
import io
import os


def attempt(f, *args, **kw):
    try:
        return f(*args, **kw)
    except Exception as e:
        return "%s: %s" % (type(e).__name__, str(e).replace(path, "PATH"))


path = os.path.join("/tmp", "limpid-files-%d" % os.getpid())
print(attempt(open, path))
with open(path, "w", encoding="utf-8") as f:
    print(f.write("line 1\nligne deux é\nthird"), f.mode, f.writable(), f.readable(), attempt(f.read), f.closed)
print(f.closed, attempt(f.write, "x"))
for mode in ("rw", "q", "rb+t", "", "b", "rr", "U"):
    print(mode, attempt(open, path, mode))
print(attempt(open, path, "rb", encoding="utf-8"), attempt(open, path, "r", 0), attempt(open, path, "rb", newline=""), attempt(open, -1),
      attempt(open, path, closefd=False), attempt(open, 1.5), attempt(open, path, "x"))
with open(path, encoding="utf-8") as f:
    print([line for line in f], f.newlines, f.encoding)
with open(path, "rb") as f:
    print(f.readline(), f.peek(3)[:3], f.read(5), f.tell(), f.seek(-5, 2), f.read(), f.read1(), type(f).__name__, type(f.raw).__name__)
    print(attempt(f.write, b"x"), attempt(f.seek, -1), attempt(f.read, -2), attempt(f.readinto, b"xx"))
with open(path, "r+b") as f:
    print(f.read(4), f.write(b"##"), f.tell(), f.seek(0), f.read(8), f.truncate(6), f.seek(0), f.read())
with open(path, "ab", 0) as f:
    print(f.tell(), f.write(b"tail"), f.name == path, f.mode, repr(f).replace(path, "PATH"), attempt(f.read))
with open(path, "rb", buffering=0) as f:
    b = bytearray(4)
    print(f.read(3), f.readinto(b), b, f.readall(), f.read(1), f.seekable(), f.isatty(), f.closefd)
print(attempt(io.BufferedReader, open(os.devnull, "wb")), attempt(io.BufferedWriter, io.BytesIO(), 0))
pair = io.BufferedRWPair(io.BytesIO(b"in"), io.BytesIO())
print(pair.read(), pair.write(b"out"), pair.readable(), pair.writable(), attempt(pair.seek, 0))
print(attempt(os.fdopen, 99), attempt(open, os.path.dirname(path)))
os.remove(path)
f.read()
