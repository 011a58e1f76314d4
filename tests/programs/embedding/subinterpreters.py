"""Interpreters beside the main one: what each has for itself, what passes between them, how they end."""
import _xxsubinterpreters as interpreters
import os
import sys
import threading


def say(f, *args, **kwargs):
    try:
        print(f(*args, **kwargs))
    except Exception as e:
        print(type(e).__name__, e)


sys.main_only = True
sys.stdout.reconfigure(line_buffering=True)
first = interpreters.create()

interpreters.run_string(first, """if 1:
    import sys, builtins, json, atexit, warnings, codecs
    print(__name__, hasattr(sys, 'main_only'), sys.modules['builtins'] is builtins, sys.argv)
    sys.here = builtins.here = 1
    warnings.filters.clear()
    codecs.register_error('here', lambda e: ('?', e.end))
    atexit.register(print, 'the end of the first')
    sys.stdout.flush()
""")
print(hasattr(sys, "here"), "here" in dir(__builtins__), "json" in sys.modules)
say("\u1234".encode, "ascii", "here")
interpreters.run_string(first, "print(sys.here, '\\u1234'.encode('ascii', 'here')); sys.stdout.flush()")
say(interpreters.run_string, first, "1/0")
say(interpreters.run_string, first, "raise SystemExit(3)")
print([int(i) for i in interpreters.list_all()], first == int(first), hash(first) == hash(int(first)), repr(first))
thread = threading.Thread(target=interpreters.run_string, args=(first, "print(sum(range(10))); sys.stdout.flush()"))
thread.start()
thread.join()
interpreters.destroy(first)
say(interpreters.run_string, first, "pass")

channel = interpreters.channel_create()
second = interpreters.create()
reader, writer = os.pipe()
interpreters.run_string(second, """if 1:
    import _xxsubinterpreters as i
    print(i.channel_recv(c), i.channel_recv(c), i.channel_recv(c), i.channel_recv(c))
    i.channel_send(c, 'answer \\u20ac')
    import sys
    sys.stdout.flush()
""".replace("(c", "(%d" % int(channel))) if [interpreters.channel_send(channel, x) for x in (1, b"two", "thr\xe9e", None)] else 0
print(interpreters.channel_recv(channel))
say(interpreters.channel_send, channel, [])
say(interpreters.channel_send, channel, 1 << 80)
say(interpreters.channel_recv, channel, "empty")
interpreters.run_string(second, """if 1:
    import os, threading
    def say(f):
        try:
            print(f())
        except Exception as e:
            print(type(e).__name__, e)
    say(os.fork)
    say(threading.Thread(target=print).start)
    sys.stdout.flush()
""")
for i in range(20):
    other = interpreters.create()
    interpreters.run_string(other, "import re, enum, collections; re.compile('a+b')")
    interpreters.destroy(other)
print(len(interpreters.list_all()), "in the end")
