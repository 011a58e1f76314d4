"""Build and run the C and C++ programs of this folder."""
import functools
import os
import pathlib
import re
import subprocess
import threading

HERE = pathlib.Path(__file__).resolve().parent
HOUSE = HERE.parent.parent
lock = threading.Lock()


def source(name):
    return next(p for p in sorted(HERE.glob(f"{name}_*")) if p.suffix in (".c", ".cpp"))


def build(name, folder, *options):
    """The program's path, made in folder."""
    path = source(name)
    program = os.path.join(folder, path.stem + "".join(options).replace("/", ""))
    compiler = ["gcc", "-std=gnu11"] if path.suffix == ".c" else ["g++", "-std=c++17"]
    include = [f"-I{HERE}", f"-I{HOUSE / 'include'}", f"-I{HOUSE / 'src'}"]
    subprocess.run([*compiler, "-w", *include, *options, path, "-o", program], check=True)
    return program


def output(name, folder, *options):
    """What it prints when built without optimisation, or with other options; -DOWN: about Limpid's structs."""
    with lock:
        return printed(name, folder, *options)


@functools.cache
def printed(name, folder, *options):
    return subprocess.run([build(name, folder, *(options or ["-O0"]))], capture_output=True, text=True, check=True, timeout=60).stdout


@functools.cache
def instructions(function, folder, option="-O2"):
    """The function's machine code in 10_stack_vs_heap_asm, one line an instruction."""
    text = subprocess.run(["objdump", "-d", "--no-show-raw-insn", "-M", "intel", build("10", folder, option)], capture_output=True, text=True,
                          check=True).stdout
    body = re.search(rf"<{function}>:\n(.*?)\n\n", text + "\n\n", re.S)[1]
    return [re.sub(r"\s+", " ", line.split(":", 1)[1]).strip() for line in body.splitlines()]
