# From a text about what Python does with memory.
# section: 4. Python Call Stack (Using PyFrameObject)
# adapted: the program of section 3 stopped inside multiply(), the diagram drawn from its live frames, then each frame's removal shown

import sys

def multiply(a, b):
    draw(sys._getframe())
    result = a * b
    return result

def add(x, y):
    sum_ = x + y
    product = multiply(sum_, 2)
    return product

def main():
    answer = add(5, 3)
    print(answer)

def title(f):
    name = f.f_code.co_name
    return name if name.startswith("<") else name + "()"

def draw(f):
    rows = []
    while f is not None:
        names = [n for n in f.f_code.co_varnames if n in f.f_locals] if f.f_code.co_flags & 2 else None
        unset = [n for n in f.f_code.co_varnames if n not in f.f_locals] if f.f_code.co_flags & 2 else []
        rows.append([f"Frame: {title(f)}",
                     "Python starts here" if names is None else
                     "Locals: " + ", ".join([f"{n}={f.f_locals[n]!r}" for n in names] + [f"{n}=?" for n in unset]),
                     *([f"Return to: {title(f.f_back)}"] if f.f_back else [])])
        f = f.f_back
    width = max(len(line) for row in rows for line in row)
    print("Top of Stack (Latest Call)")
    for row in rows:
        print("+" + "-" * (width + 2) + "+")
        for line in row:
            print("| " + line.ljust(width) + " |")
    print("+" + "-" * (width + 2) + "+")
    print("Bottom of Stack")

def watch(frame, event, arg):
    if event == "return" and frame.f_code.co_name in ("multiply", "add", "main"):
        print(f"{frame.f_code.co_name}() returns {arg!r} -> that frame is removed")

sys.setprofile(watch)
main()
sys.setprofile(None)
