"""Draws each picture of limpid.draw() from this program, as SVG files into the folder that is named.  Run by tools/gallery/make.py."""
import os
import sys
import tracemalloc

import limpid

FOLDER = sys.argv[1]


class Pair:
    def __init__(self, left, right):
        self.left, self.right = left, right


x = 42
y = x
z = [1, 2, 3]
pair = Pair("left", [1.5])


def save(name, *args, **options):
    picture = limpid.draw(name, *args, **options)
    with open(os.path.join(FOLDER, name + ".svg"), "w", encoding="utf-8") as out:
        out.write(picture.svg())
    print(name, picture.title, sep="\t")


def multiply(a, b):
    look()
    result = a * b
    return result


def add(x, y):
    items = [x, y]
    other = items
    thing = pair
    total = x + y
    product = multiply(total, 2)
    return product


def main():
    answer = add(5, 1000)
    return answer


def closure():
    held = [1, 2]

    def inner():
        return held
    return inner


class Through:
    def __repr__(self):
        save("P32")
        return ""


def look():
    kept = [bytes(70) for _ in range(2000)]
    del kept[::2]
    tracemalloc.start()
    texts = [str(i) * 5 for i in range(5000)]
    save("P17")
    tracemalloc.stop()
    del texts
    for name, args, options in (
            ("P01", (z, 42), {}), ("P02", (), {"function": "multiply"}), ("P03", (kept[700],), {}), ("P04", (), {"function": "add"}),
            ("P05", (), {"function": "multiply"}), ("P06", (), {}), ("P07", (), {}), ("P08", (), {}), ("P09", (), {}), ("P10", (), {}),
            ("P11", ([10 ** 6 + i for i in range(5)],), {}), ("P12", (200,), {}), ("P13", (), {}), ("P14", (), {}), ("P15", (pair,), {}),
            ("P16", (40, 512, 513, 200_000), {}), ("P18", (closure(),), {}), ("P19", (), {}), ("P20", (), {"function": "add"}), ("P21", (), {}),
            ("P22", ("c = a + b",), {}), ("P23", (), {}), ("P24", (None, "x", "y", "z"), {}), ("P25", (), {}), ("P26", ("multiply",), {}),
            ("P27", (), {}), ("P28", (), {}), ("P29", (), {}), ("P30", (), {}), ("P31", (), {}), ("P33", (), {}), ("P34", (), {}), ("P35", (), {}),
            ("P36", (), {}), ("P37", ("1000", "'hello world!'", "100", "'hello'"), {}), ("P38", (), {})):
        save(name, *args, **options)
    repr(Through())


main()
