"""-X importtime: a line for each module looked for, inner ones first; sums that fit; also by the environment."""
import os
import re
import subprocess
import sys
import tempfile

LINE = re.compile(r"import time: ( *[0-9]+) \| ( *[0-9]+) \| ( *)(\S+)$")
FILES = {
    "outer_one.py": "import inner_one, inner_two\nimport inner_one",
    "inner_one.py": "import inner_two",
    "inner_two.py": "",
    "broken_one.py": "import inner_two\n1 / 0",
    "pack_one/__init__.py": "",
    "pack_one/deep.py": "from . import deeper\nfrom .deeper import x",
    "pack_one/deeper.py": "x = 1",
}
PROGRAMS = [
    "import outer_one",
    "import outer_one, inner_two, outer_one",
    "import pack_one.deep",
    "import no_such_one",
    "import pack_one.no_such_one",
    "import broken_one",
    "__import__('outer_one'); import importlib; importlib.import_module('pack_one.deep')",
    "import outer_one, sys; print(sys._xoptions)",
]


def run(text, *options, **variables):
    environment = {name: value for name, value in os.environ.items() if name != "LIMPID_LEAKS"}
    environment.update(variables, PYTHONPATH=folder, PYTHONDONTWRITEBYTECODE="1")
    return subprocess.run([sys.executable, *options, "-c", text], env=environment, capture_output=True, text=True)


def show(done):
    print(done.returncode, done.stdout, end="\n" if not done.stdout else "")
    times = []
    for number, line in enumerate(done.stderr.splitlines()):
        match = LINE.match(line)
        if match and re.search("_one|inner_two|deep", line):
            own, whole = int(match[1]), int(match[2])
            print("   ", match[3] + match[4], len(match[1]), len(match[2]), own <= whole)
        elif number == 0 or not match and not line.startswith(" "):
            print("   ", line)


with tempfile.TemporaryDirectory() as folder:
    for name, text in FILES.items():
        os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
        with open(os.path.join(folder, name), "w") as file:
            file.write(text)
    for text in PROGRAMS:
        print(text)
        show(run(text, "-X", "importtime"))
    for options, value in [((), "1"), ((), "0"), ((), ""), (("-E",), "1"), (("-X", "importtime=no"), "")]:
        done = run("pass", *options, PYTHONPROFILEIMPORTTIME=value)
        print(options, value, done.stderr.splitlines()[:1])
    lines = run("pass", "-X", "importtime").stderr.splitlines()
    print(lines[-1][-6:], all(LINE.match(line) for line in lines[1:]))
