"""Run by limpid: compiles the files named on standard input and writes their code objects, marshalled.

Each file becomes a line `SIZE NAME` and SIZE bytes; a file that does not compile becomes `0 NAME` and a line of error.
"""
import marshal
import sys
import warnings

warnings.simplefilter("ignore")
out = sys.stdout.buffer
level = int(sys.argv[1]) if len(sys.argv) > 1 else 0
for name in sys.stdin.read().splitlines():
    with open(name, "rb") as file:
        source = file.read()
    try:
        data = marshal.dumps(compile(source, name, "exec", dont_inherit=True, optimize=level))
    except Exception as error:
        text = f"{type(error).__name__}: {error}".replace("\n", " ")
        out.write(f"0 {name}\n{text}\n".encode("utf-8", "replace"))
    else:
        out.write(f"{len(data)} {name}\n".encode())
        out.write(data)
