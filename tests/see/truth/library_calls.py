# the library calls back into the program: json, re, copy, ast, textwrap
import copy
import json
import re


class Point:
    def __init__(self, x):
        self.x = x

    def __deepcopy__(self, memo):
        made = Point(copy.deepcopy(self.x, memo))
        return made


def encode(o):
    told = {"x": o.x}
    return told


def decode(d):
    made = Point(d["x"]) if "x" in d else d
    return made


p = Point([1, 2])
text = json.dumps([p, {"k": p}], default=encode)
back = json.loads(text, object_hook=decode)


def upper(match):
    found = match.group()
    seen.append(found)
    return found.upper()


seen = []
out = re.sub(r"[a-c]+", upper, "abc xyz cab")
deep = copy.deepcopy({"p": p, "q": [p]})
flat = copy.copy(p)
flat.x.append(3)
same = deep["p"] is deep["q"][0]
