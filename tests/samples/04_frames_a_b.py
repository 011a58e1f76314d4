# From a text about what Python does with memory.
# section: What Goes on the Stack in Python / 1. Function Call Frames
# adapted: nothing (verbatim)

import sys

def function_a():
    frame = sys._getframe()
    print(f"Frame: {frame}")
    print(f"Function name: {frame.f_code.co_name}")
    function_b()

def function_b():
    frame = sys._getframe()
    print(f"Frame: {frame}")
    print(f"Function name: {frame.f_code.co_name}")

function_a()
