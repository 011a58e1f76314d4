# io: BytesIO and StringIO
import io


def attempt(f, *args):
    try:
        return f(*args)
    except Exception as e:
        return "%s: %s" % (type(e).__name__, e)


b = io.BytesIO(b"one\ntwo\nthree")
print(b.readline(), b.read(2), b.tell(), b.readlines(), b.read(), b.seek(0), list(b), b.closed)
print(b.seek(5), b.write(b"XY"), b.getvalue(), b.seek(20), b.write(b"!"), b.getvalue(), b.truncate(3), b.getvalue())
v = b.getbuffer()
v[0:1] = b"Z"
print(b.getvalue(), attempt(b.write, b"more than fits"), attempt(b.close))
v.release()
print(attempt(b.seek, -1), attempt(b.seek, 0, 9), attempt(b.truncate, -1), attempt(b.read, "x"), attempt(b.write, "text"))
b.close()
print(attempt(b.read), attempt(b.getvalue), b.closed)
s = io.StringIO("a\r\nb\nc\rd", newline=None)
print(ascii(s.read()), s.newlines, s.seek(0), s.readlines())
s = io.StringIO("a\r\nb\nc\rd", newline="")
print(s.readlines(), s.newlines)
s = io.StringIO(newline="\r\n")
print(s.write("x\ny"), ascii(s.getvalue()))
s = io.StringIO()
print(s.write("é世\U0001f600"), s.tell(), s.getvalue(), s.seek(1), s.write("b"), s.getvalue(), s.truncate(), s.getvalue())
print(attempt(s.write, b"x"), attempt(s.seek, -1), attempt(s.seek, 1, 1), attempt(io.StringIO, 1), attempt(io.StringIO, "", "x"))
print(file=s)
print("end", 1, file=s, flush=True)
print(ascii(s.getvalue()))
s.close()
s.read()
