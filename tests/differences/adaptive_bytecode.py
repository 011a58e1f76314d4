"""The bytecode of a code object is never rewritten: what runs is a private copy (docs/vm.md).

dis with adaptive=True shows the same as without.
"""
import dis


def add(a, b):
    return a + b


for _ in range(100):
    add(1, 2)
print(*(i.opname for i in dis.get_instructions(add, adaptive=True)))
