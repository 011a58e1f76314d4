"""step.py RECORDING OUTPUT [FUNCTION N]: draws the step of a recording that shows most, or the Nth return from a function.  Run by make.py."""
import sys

import limpid
from limpid import steps

LOOKED_AT = 200  # stops, evenly spread


def worth(picture):
    """Frames and objects, up to what a sheet holds."""
    boxes = len(picture.depth)
    return min(len(picture.frames), 6) * 2 - max(0, len(picture.frames) - 8) + min(boxes, 14) - max(0, boxes - 20) + 0.1 * sum(len(v) for _, _, v in picture.frames)


def best(recording):
    """The number of the stop, from 1; the first of equals."""
    every, at, found = max(1, len(recording) // LOOKED_AT), 0, (-1, 1)
    for operation, state in recording:
        if operation == "UNWIND":
            continue
        at += 1
        if at % every == 0 and operation == "STEP" and len(state.objects) < 5000:
            value = worth(steps.Picture(recording, operation, state, {}, False))
            found = max(found, (value, -at))
    return abs(found[1])


def nth_return(recording, function, n):
    at = 0
    for operation, state in recording:
        at += operation != "UNWIND"
        if operation == "RETURN" and state.left.code.name == function:
            n -= 1
            if n == 0:
                return at


recording = limpid.load(sys.argv[1])
if len(recording):
    number = nth_return(recording, sys.argv[3], int(sys.argv[4])) if len(sys.argv) > 3 else best(recording)
    with open(sys.argv[2], "w", encoding="utf-8") as out:
        out.write(limpid.see_step(recording, number, source=18))
    print(number, len(recording))
