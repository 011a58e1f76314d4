"""Which of sys's structures can be made by a program."""
import sys

for name in "flags version_info float_info int_info hash_info thread_info".split():
    t = type(getattr(sys, name))
    print(name, "__new__" in t.__dict__)
    for make in (t, lambda *a: t.__new__(t, *a)):
        for args in ((), ((),), (list(range(30)),)):
            try:
                print(type(make(*args)).__name__)
            except TypeError as e:
                print(" ", e)
