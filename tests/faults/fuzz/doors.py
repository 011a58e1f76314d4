"""One seed of check_doors.py: mutated input for what reads text, trees, streams, patterns, formats and bytes.

usage: doors.py SEED FIRST LAST JOURNAL

Every mutant has a random generator of its own, so that any can be made again alone.  What is refused is refused with an
exception; what matters is that the process lives.
"""
import _sre
import ast
import codecs
import glob
import io
import marshal
import os
import pickle
import random
import re
import signal
import struct
import sys
import textwrap
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = sorted(glob.glob(os.path.join(HERE, "..", "..", "programs", "*", "*.py")))
TOKENS = """( ) [ ] { } : , ; . = == := -> ... @ @= ** *= * / // % + - ~ & | ^ << >> < > != ! $ ? ` \\ \\\n \n \n\n \t \f \0 \r \ufeff
 if else elif while for in not is and or lambda def class async await yield from import as try except finally with return raise del
 global nonlocal assert pass break continue match case _ None True False 0x 0b1 0o8 1_ 1__0 1e 1e999 1j 0777 99999999999999999999 ' " '''
 \"\"\" f' f" f''' rb' b' u' {{ }} {x!r:>{y}} \\N{DASH} \\x \\u12 \\U00110000 # é ａ \ud800 \U0001f600 type:""".split(" ") + [" ", "    "]
STREAM_OPS = bytes(range(256))


def splice(r, data, pieces):
    """Text or bytes with some parts replaced, repeated, left out, swapped."""
    for _ in range(r.choice((1, 1, 2, 3, 6))):
        n = len(data)
        at, to = sorted((r.randrange(n + 1), r.randrange(n + 1)))
        to = min(to, at + r.choice((1, 2, 5, 30)))
        way = r.randrange(5)
        if way == 0:
            data = data[:at] + r.choice(pieces) + data[at:]
        elif way == 1:
            data = data[:at] + data[to:]
        elif way == 2:
            data = data[:at] + data[at:to] * r.choice((2, 3, 50)) + data[to:]
        elif way == 3:
            data = data[:at] + r.choice(pieces) + data[to:]
        else:
            other = r.randrange(n + 1)
            data = data[:at] + data[other:other + to - at] + data[to:]
    return data


def piece_of(r, text, size=1200):
    """Whole lines from somewhere in it."""
    lines = text.splitlines(True)
    at = r.randrange(len(lines) or 1)
    out = "".join(lines[at:at + r.randrange(1, 30)])
    return textwrap.dedent(out)[:size]


def read(r):
    with open(r.choice(PROGRAMS), encoding="utf-8", errors="surrogateescape") as f:
        return f.read()


def source(r):
    text = splice(r, piece_of(r, read(r)), TOKENS)
    mode = r.choice(("exec", "exec", "exec", "eval", "single"))
    flags = r.choice((0, 0, ast.PyCF_ONLY_AST, ast.PyCF_TYPE_COMMENTS | ast.PyCF_ONLY_AST, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT))
    if r.random() < 0.2:
        text = splice(r, text.encode("utf-8", "surrogatepass"), [bytes([b]) for b in (0, 10, 13, 128, 192, 255, 239)] +
                      [b"# coding: latin-1\n", b"\xef\xbb\xbf", b"# coding: utf-7\n", b"# coding: nope\n"])
    tree = compile(text, "fuzz", mode, flags, True, r.choice((-1, 0, 2)))
    if isinstance(tree, ast.AST):
        ast.dump(tree)
        ast.unparse(tree)
        compile(tree, "fuzz", mode)
    else:
        import symtable
        symtable.symtable(text, "fuzz", mode)


NODES = [v for v in vars(ast).values() if isinstance(v, type) and issubclass(v, ast.AST)]


def tree(r):
    try:
        root = ast.parse(read(r))
    except (SyntaxError, UnicodeError):
        root = ast.parse("a[b:c] = lambda x, *y: f'{x}'")
    at = r.randrange(len(root.body) or 1)
    root.body = root.body[at:at + 2]
    nodes = list(ast.walk(root))[1 if r.random() < .9 else 0:] or [root]
    odd = lambda: r.choice((None, 0, -1, "x", "", b"b", (), [], [None], 2 ** 80, object(), r.choice(NODES), r.choice(nodes), [r.choice(nodes)],
                            1.5, ..., "None", "__debug__", float, [1], "\ud800", "a\0b", Odd(), r.choice(NODES)()))
    for _ in range(r.choice((1, 1, 2, 4))):
        node = r.choice(nodes)
        names = list(node._fields) + list(node._attributes)
        if not names:
            continue
        name = r.choice(names)
        way = r.randrange(5)
        value = getattr(node, name, None)
        if way == 0 and hasattr(node, name):
            delattr(node, name)
        elif way == 1 and isinstance(value, list):
            value.insert(r.randrange(len(value) + 1), odd())
        elif way == 2 and isinstance(value, list) and value:
            del value[r.randrange(len(value))]
        elif way == 3 and name in node._attributes:
            setattr(node, name, r.choice((-1, 0, 1, 2 ** 31, 2 ** 31 - 1, 10 ** 9, None, "x")))
        else:
            setattr(node, name, odd())
    if r.random() < 0.7:
        try:
            ast.fix_missing_locations(root)
        except Exception:
            pass
    if r.random() < 0.3:
        try:
            ast.unparse(root)
        except Exception:
            pass
    code = compile(root, "fuzz", "exec", 0, True, r.choice((-1, 0, 2)))
    list(code.co_positions())


class Odd(ast.AST):
    _fields = ("body", "value")

    @property
    def body(self):
        raise KeyError

    value = 1


class State:
    def __init__(self):
        self.x = [1, "a", b"b", None, 2.5, (1,), {1: 2}, {3}]


PICKLES = [pickle._dumps(o, p) for p in range(6) for o in (State(), [1, 2 ** 70, "x", b"y", ()], {"a": {"b": (1, 2, 3)}}, {1, 2}, 1.5j,
                                                          bytearray(b"abc"), [[]], range(5), ValueError(1), str, frozenset((1,)))]


class Safe(pickle._Unpickler):
    def find_class(self, module, name):
        if module not in ("__main__", "builtins", "collections") or name in ("exec", "eval", "input", "exit", "quit", "open", "breakpoint",
                                                                            "__import__", "compile", "print", "help", "memoryview"):
            raise pickle.UnpicklingError
        return super().find_class(module, name)


def stream(r):
    data = splice(r, r.choice(PICKLES), [bytes([b]) for b in STREAM_OPS])
    repr(Safe(io.BytesIO(data)).load())


FORMATS = "xcbB?hHiIlLqQnNefdspP@=<>! 0129"


def structs(r):
    form = "".join(r.choice(FORMATS) for _ in range(r.randrange(8)))
    if r.random() < 0.2:
        form = splice(r, form, ["99999999999999999999", "2147483647", "s", "0s", "1000000p"])
    size = struct.calcsize(form)
    data = bytes(r.randrange(256) for _ in range(min(size, 1000) + r.choice((0, 0, 0, 1, -1)) if size else 0))
    struct.unpack(form, data)
    values = struct.unpack_from(form, data * 2, r.choice((0, 1, -1, size, -size, 2 ** 62)))
    struct.pack_into(form, bytearray(data), r.choice((0, 1, -1, -size, size, 2 ** 62)), *values)
    struct.pack(form, *(r.choice((v, 1, -1, 2 ** 64, 1e999, "x", b"abcdef", None, 1.5)) for v in values))
    list(struct.iter_unpack(form, data * 3))


PATTERNS = [r"(a|b)*c+?d{2,3}(?P<n>x)(?=y)(?!z)(?<=q)(?<!r)[a-z\d]+\b\B", r"(?i)(a)(b)?(?(2)c|d)\1", r"^.*$(?s:.)(?>a+)b*+[^x\u0400-\u04ff]",
            r"(?im)\w+\s(ſ|[k-z])*$\Z", r"(((a)*)*)*b", r"(?:a{0,5}){3,}x|yy|yz", r"[\U00010000-\U0010ffff]+(?P<g>.)(?P=g)"]
COMPILED = []


def patterns(r):
    import sre_compile
    import sre_parse
    if not COMPILED:
        for p in PATTERNS:
            parsed = sre_parse.parse(p)
            COMPILED.append((sre_compile._code(parsed, 0), parsed.state.groups - 1, dict(parsed.state.groupdict)))
    code, groups, names = r.choice(COMPILED)
    code = list(code)
    for _ in range(r.choice((1, 1, 2, 4))):
        at = r.randrange(len(code))
        way = r.randrange(5)
        if way == 0:
            code[at] = r.choice((0, 1, 2, 3, 5, len(code), 2 ** 32 - 1, r.randrange(45)))
        elif way == 1:
            code[at] = max(0, code[at] + r.choice((-1, 1)))
        elif way == 2:
            del code[at]
        elif way == 3:
            code.insert(at, r.randrange(45))
        else:
            to = r.randrange(len(code))
            code[at], code[to] = code[to], code[at]
    pattern = _sre.compile("x", r.choice((0, 2, 8, 16, 32, 256)), code, r.choice((groups, groups, groups, 0, groups + 1, 100)), names,
                           (None,) * (groups + 1))
    text = r.choice(("aabbccdxyq", "abc" * 9, "", "aB\ncd\u0431\U00010400" * 3, "a" * 30, b"aabcd\xff" * 4))
    for m in (pattern.match(text), pattern.search(text), pattern.fullmatch(text)):
        if m:
            m.groups(), m.span(), m.regs, m.groupdict(), m.lastgroup
    pattern.sub("-", text), pattern.findall(text), pattern.split(text), list(pattern.finditer(text))


def regexes(r):
    text = splice(r, r.choice(PATTERNS), list("()[]{}*+?|\\^$.-:=!<>P#,0129abzAZ\n") + ["(?", "(?P<", "{1,", "\\x", "(?i", "(?>", "\\N{DASH}"])
    if r.random() < 0.2:
        text = text.encode("latin-1", "replace")
    pattern = re.compile(text, r.choice((0, re.I, re.X, re.S, re.M, re.A if r.random() < .9 else re.L)))
    subject = "aabbccdxy" if isinstance(text, str) else b"aabbccdxy"
    pattern.search(subject), pattern.sub(subject[:3], subject), pattern.split(subject)


def formats(r):
    spec = "".join(r.choice("<>=^+- #0,._123456789bcdeEfFgGnosxX%z\u00e9{}[]!:rsa") for _ in range(r.randrange(9)))
    value = r.choice((1, -2 ** 70, 1.5, float("inf"), -0.0, True, 1j, "text", "é\U0001f600", b"bytes", None, [1], 1e308))
    way = r.randrange(4)
    if way == 0:
        format(value, spec)
    elif way == 1:
        ("{0" + spec + "}").format(value, a=value)
    elif way == 2:
        ("%" + spec) % r.choice((value, (value,), (value, 2), {"a": value}))
    else:
        (b"%" + spec.encode()) % r.choice((value, (value,), (value, 2), {b"a": value}))


CODECS = ("utf-8 utf-16 utf-16-le utf-16-be utf-32 utf-32-le utf-32-be utf-7 utf-8-sig unicode_escape raw_unicode_escape ascii latin-1 cp1252 "
          "cp437 punycode idna charmap hex base64 uu quopri rot13").split()
HANDLERS = "strict ignore replace backslashreplace surrogateescape surrogatepass xmlcharrefreplace namereplace odd".split()


def odd_handler(e):
    r = random.Random(e.start)
    what = r.choice(("", "?", "\ud800", "é", b"", b"\xff", 1, None))
    return what, r.choice((e.end, e.end, e.start, e.start + 1, -1, 0, 10 ** 9, 2 ** 70, "x"))


codecs.register_error("odd", odd_handler)


def coding(r):
    name, errors = r.choice(CODECS), r.choice(HANDLERS)
    data = bytes(r.choice((r.randrange(256), 0, 43, 45, 92, 0xd8, 0xdc, 0xed, 0xa0, 0xf4, 0xff, 117, 78, 123)) for _ in range(r.randrange(40)))
    text = "".join(chr(r.choice((r.randrange(0x110000), r.randrange(256), 0xd800, 0xdfff, 0xffff, 43, 92))) for _ in range(r.randrange(20)))
    way = r.randrange(4)
    if way == 0:
        codecs.decode(data, name, errors)
    elif way == 1:
        codecs.encode(text, name, errors)
    elif way == 2:
        decoder = codecs.getincrementaldecoder(name)(errors)
        for i in range(0, len(data), 3):
            decoder.decode(data[i:i + 3])
            decoder.setstate(decoder.getstate())
        decoder.decode(b"", True)
    else:
        mapping = r.choice(("abc\ufffe", {0: "x", 1: None, 255: 2 ** 40, 43: "long" * 9}, {97: 98, 92: b"xx", 255: 300}, None))
        codecs.charmap_decode(data, errors, mapping)
        codecs.charmap_encode(text, errors, mapping)


def views(r):
    base = bytearray(range(r.randrange(1, 64)))
    view = memoryview(base)
    for _ in range(6):
        way = r.randrange(7)
        index = lambda: r.choice((None, 0, 1, 2, 5, -1, -3, 63, 2 ** 62, -2 ** 62))
        try:
            if way == 0:
                view = view.cast(r.choice("BbchHiIlLqQnNfdP?"), *r.choice(((), ([2, 4],), ([len(view)],), ([1, 1, 8],), ([2 ** 62, 4],), ([],))))
            elif way == 1:
                view = view[slice(index(), index(), index())]
            elif way == 2:
                view[index() or 0] = r.choice((1, 1.5, b"x", 300, -1))
            elif way == 3:
                view[slice(index(), index(), index())] = r.choice((b"x", b"ab", view, view[::-1], bytes(view)))
            elif way == 4:
                view.tolist(), view.tobytes(r.choice("CFA")), view.hex(":", 2), view == base, hash(view.toreadonly())
            elif way == 5:
                view = view.cast("B")
            else:
                bytes(view[::-1]), list(reversed(view)), view.contiguous, view[(0, 0)], view.index(1) if hasattr(view, "index") else 0
        except (ValueError, TypeError, IndexError, NotImplementedError, OverflowError):
            pass
    del base[:r.randrange(3)]


DOORS = [source] * 6 + [tree] * 3 + [stream, structs, patterns, patterns, regexes, formats, coding, coding, views]


class TimeOut(BaseException):
    pass


def time_out(number, frame):
    raise TimeOut


def one(seed, number):
    r = random.Random(seed * 1000003 + number)
    door = r.choice(DOORS)
    signal.setitimer(signal.ITIMER_REAL, 2, 0.5)
    try:
        door(r)
    except BaseException as e:
        signal.setitimer(signal.ITIMER_REAL, 0)
        str(e), repr(e)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def main():
    seed, first, last, journal = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    signal.signal(signal.SIGALRM, time_out)
    warnings.simplefilter("ignore")
    with open(journal, "w") as file:
        for number in range(first, last):
            file.seek(0)
            file.write(f"{number:9d}")
            file.flush()
            try:
                one(seed, number)
            except BaseException:
                signal.setitimer(signal.ITIMER_REAL, 0)


main()
