"""What an object is called, without asking it: no program's __repr__, __eq__ or property runs."""

import sys
from types import BuiltinFunctionType, CodeType, FrameType, FunctionType, MethodType, ModuleType

from _see import module_of_dict

__all__ = ["birth", "describe", "is_a", "module_of_dict", "shown", "type_name"]

_qualname = type.__dict__["__qualname__"].__get__
_mro = type.__dict__["__mro__"].__get__
_module_dict = ModuleType.__dict__["__dict__"].__get__
# Classes are compared by address: a metaclass may have an __eq__ of its own.
_TEXTS = {id(cls) for cls in (str, bytes)}
_PLAIN = {id(cls) for cls in (int, float, complex, bool, type(None), type(...), type(NotImplemented))}
_SIZED = {id(cls) for cls in (list, tuple, dict, set, frozenset, bytearray)}


def is_a(value, base):
    """isinstance() by the class that the object has, without asking it."""
    return any(cls is base for cls in _mro(type(value)))


def type_name(cls):
    """A class's name with those that it lies in: "Session", "app.<locals>.Node" without the part before it."""
    name = _qualname(cls)
    return name.rpartition("<locals>.")[2] if type(name) is str else "?"


def shown(value, most=40):
    """A value of a built-in type as Python writes it, in at most `most` characters; None for others."""
    cls = type(value)
    if id(cls) in _TEXTS:
        text = repr(value[:most])
        return text if len(value) <= most else text[:most] + "…"
    if id(cls) in _PLAIN:
        if cls is int and value.bit_length() > 128:
            return f"int of {value.bit_length()} bits"
        return repr(value)
    return None


def describe(value):
    """A short name of any object: "module app", "class Session", "Session at 0x7f…", "list of 3 at 0x7f…", "'text'"."""
    cls = type(value)
    text = shown(value)
    if text is not None:
        return text
    if is_a(value, ModuleType):
        names = _module_dict(value)
        name = names.get("__name__") if type(names) is dict else None
        return f"module {name}" if type(name) is str else f"module at {id(value):#x}"
    if is_a(value, type):
        return f"class {type_name(value)}"
    if cls is FunctionType:
        return f"function {value.__code__.co_qualname.rpartition('<locals>.')[2]}()"
    if cls is BuiltinFunctionType:
        return f"built-in {value.__name__}()"
    if cls is MethodType and type(value.__func__) is FunctionType:
        return f"method {value.__func__.__code__.co_qualname.rpartition('<locals>.')[2]}()"
    if cls is CodeType or cls is FrameType:
        code = value if cls is CodeType else value.f_code
        return f"{cls.__name__} of {code.co_qualname.rpartition('<locals>.')[2]}()"
    if cls is dict and (name := module_of_dict(value)) is not None:
        return f"module {name}.__dict__"
    if value is sys.modules:
        return "sys.modules"
    if id(cls) in _SIZED:
        return f"{cls.__name__} of {len(value):,} at {id(value):#x}"
    return f"{type_name(cls)} at {id(value):#x}"


def birth(value):
    """Where the object was made, "app.py:12", if tracemalloc is tracing and saw it; else None."""
    tracemalloc = sys.modules.get("_tracemalloc")
    if tracemalloc is None or not tracemalloc.is_tracing():
        return None
    frames = tracemalloc._get_object_traceback(value)
    if not frames:
        return None
    name, line = frames[0][:2]
    return f"{name.rpartition('/')[2]}:{line}"
