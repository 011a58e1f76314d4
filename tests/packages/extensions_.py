"""Packages with parts in C: yaml by libyaml, msgpack, markupsafe, simplejson's speedups, psutil, pyrsistent, wrapt, cryptography."""
import datetime
import io

import markupsafe
import msgpack
import wrapt
import yaml
from markupsafe import Markup, escape
from markupsafe._speedups import escape as fast_escape
from msgpack import _cmsgpack
from pyrsistent import freeze, m, pmap, pvector, thaw, v

TEXT = "a: &x [1, 2.5, true, ~]\nb: *x\nc: {d: 2020-01-02, e: !!binary aGk=}\nf: |\n  two\n  lines\ng: >\n  folded\n  text\n? [k]\n: 0x1F\nh: !!set {p, q}\n"
for loader in (yaml.CSafeLoader, yaml.SafeLoader):
    value = yaml.load(TEXT.replace("? [k]\n: 0x1F\n", "i: 0x1F\n"), loader)
    print(loader.__name__, {k: sorted(x) if isinstance(x, set) else x for k, x in value.items()}, list(yaml.load_all("--- 1\n---\n- 2\n...\n", loader)))
for dumper in (yaml.CSafeDumper, yaml.SafeDumper):
    print(yaml.dump({"k": [1, "x: y", None, 1.5, True, datetime.date(2020, 1, 1), b"\0"], "é": {"long": "w " * 60}}, Dumper=dumper, allow_unicode=True))
print([type(e).__name__ for e in yaml.parse("a: [b, &c d]\n", yaml.CLoader)], yaml.compose("x: 1", yaml.CLoader))
for bad in ("a: [1", "a: b: c", "\t- x", "*nope", "!!python/object:os.x {}", "a: 1\n b: 2"):
    try:
        yaml.load(bad, yaml.CSafeLoader)
    except yaml.YAMLError as error:
        print(type(error).__name__, str(error).replace("\n", " | "))


class Thing(yaml.YAMLObject):
    yaml_tag, yaml_loader, yaml_dumper = "!thing", [yaml.CSafeLoader], yaml.CSafeDumper

    def __init__(self, n):
        self.n = n


print(yaml.load("!thing {n: 3}", yaml.CSafeLoader).n, yaml.dump([Thing(4)], Dumper=yaml.CSafeDumper))
data = {"a": [1, -1, 2**40, 1.5, None, True, "é", b"\xff"], "t": (1, 2), "n": {"x": list(range(20))}}
packed = msgpack.packb(data)
print(_cmsgpack.__name__, len(packed), packed[:20], msgpack.unpackb(packed), msgpack.unpackb(msgpack.packb((1, (2,))), use_list=False))
u = msgpack.Unpacker(io.BytesIO(b"".join(msgpack.packb(i) for i in range(5))))
print(list(u), msgpack.packb(datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc), datetime=True), msgpack.unpackb(msgpack.packb(complex(1, 2), default=lambda c: msgpack.ExtType(1, repr(c).encode())), ext_hook=lambda code, d: complex(d.decode())))
for bad in (b"\x93\1", b"\xc1", packed + b"x"):
    try:
        msgpack.unpackb(bad)
    except Exception as error:
        print(type(error).__name__, error)
try:
    msgpack.packb({1, 2})
except TypeError as error:
    print(error)
print(escape("<a href='x'>&\"é</a>"), fast_escape is markupsafe._escape if hasattr(markupsafe, "_escape") else fast_escape("<"), Markup("<b>%s</b> {}") % "<i>" , Markup("<em>{}</em>").format("<x>"), Markup("a&lt;b <p>t</p>").striptags(), Markup("&gt;").unescape(), escape(Markup("<")), Markup("-").join(["<", Markup("<")]))
x = freeze({"a": [1, {"b": 2}]})
print(x, thaw(x.transform(["a", 1, "b"], 5)), v(1, 2).append(3).set(0, 9), m(a=1).update({"b": 2}) == pmap({"b": 2, "a": 1}), hash(pvector([1])) == hash(v(1)))


@wrapt.decorator
def doubled(wrapped, instance, args, kwargs):
    return wrapped(*args, **kwargs) * 2, type(instance).__name__


class C:
    @doubled
    def f(self, x):
        "doc"
        return x


print(C().f(3), C.f.__doc__, wrapt.ObjectProxy([1, 2]) + [3], isinstance(wrapt.ObjectProxy(1), int))
