"""Arguments of the methods of patterns and matches, right and wrong."""
import re

pattern = re.compile(r"(a)(b)?(?P<n>c*)")
CALLS = [
    ((), {}), (("abcc",), {}), (("xabcc", 1), {}), (("xabcc", 1, 3), {}), ((), {"string": "abc"}), (("abc",), {"pos": 1}),
    (("abc",), {"endpos": 1}), ((1,), {}), (("a", "b", "c"), {}), (("a", "b", 1, 2), {}), (("abc",), {"zz": 1}),
    (("x", "abc"), {"count": 1}), ((), {"repl": "y", "string": "abc"}), (("abc", "q"), {"string": 1}), (("abc",), {"maxsplit": 1}),
    (("abc", 2**100), {}), (("abc", -1, -1), {}),
]


def show(name, method, args, kwargs):
    try:
        result = method(*args, **kwargs)
        if name == "finditer":
            result = [match.span() for match in result]
        elif name == "scanner":
            result = result.search()
        print(name, args, kwargs, result)
    except Exception as error:
        print(name, args, kwargs, type(error).__name__, error)


for name in ("match", "search", "fullmatch", "findall", "finditer", "scanner", "split", "sub", "subn"):
    for args, kwargs in CALLS:
        show(name, getattr(pattern, name), args, kwargs)
match = pattern.match("acc")
for name in ("groups", "groupdict"):
    for args, kwargs in [((), {}), ((1,), {}), ((), {"default": 3}), ((1, 2), {}), ((), {"x": 1})]:
        show(name, getattr(match, name), args, kwargs)
