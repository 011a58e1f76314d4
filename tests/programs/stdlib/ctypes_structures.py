"""ctypes at work: the C library's functions, callbacks, structures of every kind, arrays, pointers, memory, errors."""
import ctypes
import ctypes.util
import errno
import os
from ctypes import (CDLL, CFUNCTYPE, POINTER, Structure, BigEndianStructure, Union, addressof, byref, c_char, c_char_p, c_double, c_int, c_int16,
                    c_int64, c_long, c_size_t, c_ubyte, c_uint32, c_uint8, c_void_p, c_wchar_p, cast, create_string_buffer, memmove, memset, pointer,
                    py_object, sizeof, string_at)

libc = CDLL(None, use_errno=True)


def attempt(function, *args):
    try:
        return function(*args)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def functions():
    libc.strtol.argtypes, libc.strtol.restype = [c_char_p, POINTER(c_char_p), c_int], c_long
    end = c_char_p()
    print(libc.strtol(b"0x7fZ", byref(end), 16), end.value, libc.abs(-5), libc.toupper(ord("q")))
    libm = CDLL(ctypes.util.find_library("m"))
    libm.pow.argtypes, libm.pow.restype = [c_double, c_double], c_double
    print(libm.pow(2, 0.5), attempt(libm.pow, "2", 1), attempt(libm.pow, 2), attempt(lambda: libm.no_such_function))
    out = create_string_buffer(64)
    print(libc.snprintf(out, c_size_t(64), b"%s-%d-%5.2f-%c|%ls", b"text", c_int(-7), c_double(2.5), ord("x"), "wide"), out.value, len(out), out.raw[:6])
    libc.open.restype = c_int
    ctypes.set_errno(0)
    print(libc.open(b"/no/such/file", 0), errno.errorcode[ctypes.get_errno()], ctypes.set_errno(0), ctypes.get_errno())

    def check(result, function, arguments):
        if result < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), arguments[0])
        return result

    libc.chdir.errcheck = check
    print(attempt(libc.chdir, b"/no/such/folder"), libc.chdir(b"."))
    prototype = CFUNCTYPE(c_int, c_int)
    absolute = prototype(("abs", libc), ((1, "number", -3),))
    print(absolute(), absolute(-9), absolute(number=-4))


def callbacks():
    compare = CFUNCTYPE(c_int, POINTER(c_int), POINTER(c_int))
    numbers = (c_int * 8)(5, 3, 8, -1, 9, 0, 2, 7)
    calls = []

    @compare
    def by_value(a, b):
        calls.append(1)
        return a[0] - b[0]

    libc.qsort(numbers, len(numbers), sizeof(c_int), by_value)
    libc.bsearch.restype = POINTER(c_int)
    libc.bsearch.argtypes = [POINTER(c_int), c_void_p, c_size_t, c_size_t, compare]
    found = libc.bsearch(byref(c_int(8)), numbers, len(numbers), sizeof(c_int), by_value)
    print(list(numbers), len(calls) > 8, found.contents.value, bool(libc.bsearch(byref(c_int(4)), numbers, 8, 4, by_value)))
    kinds = CFUNCTYPE(c_double, c_double, c_char_p, py_object, c_int64)
    print(kinds(lambda d, s, o, n: d + len(s) + len(o) + n)(0.5, b"abc", [1, 2], 2**40))
    nested = CFUNCTYPE(c_int, c_int)
    depth = nested(lambda n: n if n == 0 else 1 + depth(n - 1))
    print(depth(30))


class Point(Structure):
    _fields_ = [("x", c_int16), ("y", c_int16)]

    def __repr__(self):
        return f"<{self.x}, {self.y}>"


class Bits(Structure):
    _fields_ = [("low", c_uint32, 3), ("middle", c_uint32, 13), ("high", c_uint32, 16), ("signed", c_int, 4)]


class Number(Union):
    _fields_ = [("integer", c_int64), ("real", c_double), ("bytes", c_ubyte * 8), ("point", Point)]


class Header(BigEndianStructure):
    _pack_ = 1
    _fields_ = [("magic", c_char * 4), ("length", c_uint32), ("kind", c_uint8), ("where", c_int16)]


class Node(Structure):
    pass


Node._fields_ = [("value", c_int), ("next", POINTER(Node)), ("name", c_char_p), ("corner", Point * 2)]


class Tagged(Structure):
    class Body(Union):
        _fields_ = [("i", c_int), ("f", ctypes.c_float)]

    _anonymous_ = ["body"]
    _fields_ = [("tag", c_ubyte), ("body", Body)]


def structures():
    print(Point(1, -2), Point(y=5), sizeof(Node), Node.name.offset, Node.name.size, Node.corner, attempt(Point, 1, 2, 3), attempt(Point, "x"))
    bits = Bits(low=9, middle=8191, high=65535, signed=-1)
    print(bits.low, bits.middle, bits.high, bits.signed, bytes(bits).hex(), sizeof(Bits))
    number = Number(real=1.0)
    print(hex(number.integer), list(number.bytes), number.point, Number(point=Point(1, 2)).integer)
    header = Header.from_buffer_copy(b"MAGC\0\0\1\2\7\xff\xfe")
    print(header.magic, header.length, header.kind, header.where, bytes(header), sizeof(header), ctypes.alignment(Header))
    tagged = Tagged(1, f=0.5)
    print(hex(tagged.i), tagged.f, Tagged.f.offset)
    first = Node(1, None, b"first", (Point(1, 2), Point(3, 4)))
    second = Node(2, pointer(first), None)
    print(second.next.contents.name, second.next[0].corner[1], bool(first.next), attempt(lambda: first.next.contents), second.name)
    second.next.contents.corner[0] = Point(9, 9)
    print(first.corner[0], first.corner[:], attempt(setattr, first, "value", "text"), attempt(lambda: first.corner[2]))
    shared = bytearray(b"\1\0\2\0")
    view = Point.from_buffer(shared)
    view.x = 258
    print(shared, memoryview(view).format, memoryview(view).nbytes, attempt(shared.append, 1), attempt(Node.from_buffer, bytearray(3)))


def memory():
    grid = ((c_int * 3) * 2)((1, 2, 3), (4, 5, 6))
    print([list(row) for row in grid], memoryview(grid).shape, attempt(lambda: memoryview(grid)[1, 2]), sizeof(grid), type(grid).__name__, grid[1][::-1])
    copy = (c_int * 6).from_buffer_copy(grid)
    print(list(copy), copy[1:4], attempt(setattr, copy, "nothing", 1), attempt(lambda: copy[6]))
    flat = cast(grid, POINTER(c_int))
    print(flat[:6], flat[5], [flat[i] for i in range(3)])
    buffer = create_string_buffer(b"abcdef", 10)
    memmove(addressof(buffer) + 2, b"XY", 2)
    memset(addressof(buffer) + 5, ord("z"), 3)
    print(buffer.raw, string_at(buffer, 4), buffer[1:3], ctypes.wstring_at(ctypes.create_unicode_buffer("w\u00efde")))
    p = c_char_p(b"kept")
    q = cast(p, POINTER(c_char))
    print(q[0], q[:4], cast(q, c_void_p).value == cast(p, c_void_p).value, POINTER(c_int)() == None, bool(c_void_p()))
    print(c_uint8(300).value, c_int16(40000).value, c_wchar_p("text").value, c_int(5), c_char(b"x"), attempt(c_char, b"xy"), attempt(c_int, 1.5), c_double(3))
    resized = (c_int * 2)(1, 2)
    ctypes.resize(resized, 16)
    print(sizeof(resized), list(resized), attempt(ctypes.resize, resized, 4))
    value = py_object({"a": 1})
    print(value.value, attempt(lambda: py_object().value), ctypes.cast(id(value.value), py_object).value is value.value)
    api = ctypes.pythonapi
    api.PyLong_FromString.restype = py_object
    api.PyLong_FromString.argtypes = [c_char_p, c_void_p, c_int]
    print(api.PyLong_FromString(b"zz", None, 36), attempt(api.PyLong_FromString, b"9", None, 8))


for part in functions, callbacks, structures, memory:
    print("--", part.__name__)
    part()
