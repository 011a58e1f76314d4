# __getattr__, __getattribute__, __setattr__, descriptors and properties written in Python, from several places.
class Hook:
    kind = "class"

    def __init__(self):
        self.real = 1

    def __getattr__(self, name):
        if name.startswith("no"):
            raise AttributeError("hook: " + name)
        return lambda *a: (name, a)

    @property
    def prop(self):
        return self.real

    @property
    def nofail(self):
        return self.nothing

    def method(self):
        return "method"


class Every:
    def __getattribute__(self, name):
        if name == "bad":
            raise KeyError(name)
        return "every " + name


class Both(Every):
    def __getattribute__(self, name):
        if name.startswith("x"):
            raise AttributeError(name)
        return "both " + name

    def __getattr__(self, name):
        return "then " + name


class Store:
    def __setattr__(self, name, value):
        if value is None:
            raise ValueError(name)
        object.__setattr__(self, name, ("set", value))

    def __delattr__(self, name):
        object.__delattr__(self, name)
        print("deleted", name)


class Data:
    def __get__(self, o, t):
        return ("get", o is not None, t.__name__)

    def __set__(self, o, v):
        if v == "bad":
            raise TypeError("bad value")
        o.__dict__["stored"] = v

    def __delete__(self, o):
        print("delete")


class NonData:
    def __get__(self, o, t):
        return ("nondata", o is None)


class Owner:
    data = Data()
    non = NonData()

    def __init__(self):
        self._p = 0

    @property
    def p(self):
        return self._p

    @p.setter
    def p(self, v):
        if v < 0:
            raise ValueError("negative")
        self._p = v

    @property
    def fails(self):
        raise AttributeError("inside")

    @property
    def read_only(self):
        return 1


def show(f, n=4):
    for _ in range(n):
        try:
            r = f()
        except Exception as e:
            tb, lines = e.__traceback__, []
            while tb:
                lines.append((tb.tb_frame.f_code.co_name, tb.tb_lineno - tb.tb_frame.f_code.co_firstlineno))
                tb = tb.tb_next
            r = (type(e).__name__, str(e), lines, type(e.__context__).__name__)
    print(r)


h = Hook()
show(lambda: (h.real, h.kind, h.prop, h.method(), h.other(1), h.method.__name__))
show(lambda: h.nothing)
show(lambda: h.nothing())
show(lambda: h.nofail)
show(lambda: [getattr(o, "real", 0) for o in (h, Every(), Both())])


def late():
    o = Hook()
    r = [o.extra(1)]
    o.extra = lambda x: ("own", x)
    r.append(o.extra(1))
    del o.real
    r.append(o.real(2))
    return r


show(late)
show(lambda: (Every().a, Every().b.upper()))
show(lambda: Every().bad)
show(lambda: (Both().a, Both().xa, Both().xb.upper()))


def store():
    s = Store()
    s.a = 1
    s.b = 2
    r = dict(s.__dict__)
    del s.a
    s.c = None
    return r


show(store)


def store_self():
    class T(Store):
        def __init__(self):
            self.x = 5

        def put(self, v):
            self.x = v
            return self.x

    return T().put(3)


show(store_self)


def descriptors():
    o = Owner()
    r = [o.data, o.non, Owner.data, o.p]
    o.p = 3
    o.data = 4
    r += [o.p, o.stored, o.non]
    o.__dict__["non"] = "own"
    r.append(o.non)
    del o.data
    return r


show(descriptors)


def bad(what):
    def f():
        o = Owner()
        if what == "p":
            o.p = -1
        elif what == "data":
            o.data = "bad"
        elif what == "ro":
            o.read_only = 1
        else:
            return o.fails

    return f


for what in ("p", "data", "ro", "fails"):
    show(bad(what))


class Meta(type):
    def __getattr__(cls, name):
        return "meta " + name

    def __setattr__(cls, name, value):
        type.__setattr__(cls, name, ("meta", value))

    def __call__(cls, *args, **kwargs):
        return (cls.__name__, args, kwargs)


class M(metaclass=Meta):
    here = 1


def meta():
    r = [M.here, M.there, M.run, M(1), M(a=1), M(*[2], **{"b": 3})]
    M.new = 5
    r.append(M.new)
    return r


show(meta)


class Changing:
    def __getattr__(self, name):
        return "first"


def changing():
    c = Changing()
    r = [c.x for _ in range(3)]
    Changing.__getattr__ = lambda self, name: "second"
    r += [c.x for _ in range(3)]
    Changing.x = "class"
    r += [c.x for _ in range(3)]
    del Changing.x
    Changing.__getattr__ = lambda self, name: "first"
    return r


show(changing)
