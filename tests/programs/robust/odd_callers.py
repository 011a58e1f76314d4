"""What extension modules and importers hand over may be wrong: no view for a buffer, a spec without text, threads at an interpreter's end."""
import _imp
import _xxsubinterpreters as interpreters
import array
import ctypes
import io
import pickle
import types

get_buffer = ctypes.pythonapi.PyObject_GetBuffer
get_buffer.argtypes = ctypes.py_object, ctypes.c_void_p, ctypes.c_int
for exporter in bytearray(b"abc"), b"abc", array.array("i", [1]):
    for flags in 0, 1:
        try:
            print(get_buffer(exporter, None, flags))
        except BufferError as error:
            print(type(exporter).__name__, error)

for name, origin in (None, "file"), (5, "file"), ("name", None), ("name", 5), ("name", "nowhere"), ("name", "no/where"):
    try:
        _imp.create_dynamic(types.SimpleNamespace(name=name, origin=origin))
    except Exception as error:
        print(name, origin, type(error).__name__, error)

for _ in range(5):
    other = interpreters.create(isolated=False)
    interpreters.run_string(other, "import threading\nt = threading.Thread(target=int)\nt.start()\nt.join()\n")
    for _ in range(100):  # the thread is over, its state may not be
        try:
            interpreters.destroy(other)
            break
        except RuntimeError:
            pass
print("ended", interpreters.list_all() == [interpreters.get_main()])

decoder = io.IncrementalNewlineDecoder.__new__(io.IncrementalNewlineDecoder)
for call in lambda: decoder.decode(b""), decoder.getstate, lambda: decoder.setstate((b"", 0)), decoder.reset:
    try:
        call()
    except ValueError as error:
        print(error)

code = compile("x = 1\nprint(x)\ny = [x for _ in range(2)]\n", "?", "exec")
space = {}
types.FunctionType(code, space)()  # a module's code as a function: its locals are the globals
print(space["x"], space["y"])

views = [pickle.PickleBuffer(ctypes.c_int(i)).raw() for i in range(1000)]  # of no dimension, to one of bytes
print(all(v.shape == (4,) and v.strides == (1,) and int.from_bytes(v, "little") == i for i, v in enumerate(views)))
print(list(globals())[:7], __annotations__)

api, object_type = ctypes.pythonapi, ctypes.py_object
api.PyEval_CallObjectWithKeywords.restype = api.PyEval_CallFunction.restype = api.PyEval_CallMethod.restype = object_type
print(api.PyEval_CallObjectWithKeywords(object_type(dict), None, object_type({"a": 1})))
print(api.PyEval_CallFunction(object_type(pow), b"(ii)", 2, 5), api.PyEval_CallMethod(object_type("a-b"), b"split", b"(s)", b"-"))
for args, kwargs in ([], None), (None, []):
    try:
        api.PyEval_CallObjectWithKeywords(object_type(dict), *[None if x is None else object_type(x) for x in (args, kwargs)])
    except TypeError as error:
        print(error)
