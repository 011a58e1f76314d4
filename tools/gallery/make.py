#!/usr/bin/env python3
"""make.py LIMPID: docs/gallery: the pictures of limpid.draw() and the sample programs of tests/samples, each as it runs.

Drawn with address randomisation off and a fixed hash seed, in a folder of a fixed name, so that the same binary draws the same; no path
of the machine is in it.  The recorded pages of all samples go to build/gallery, those of PAGES to docs/gallery."""
import html
import os
import re
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SAMPLES, GALLERY, BUILT = (os.path.join(ROOT, *parts) for parts in (("tests", "samples"), ("docs", "gallery"), ("build", "gallery")))
HERE = os.path.join(ROOT, "tools", "gallery")
FOLDER = "/tmp/limpid-gallery"
PAGES = ("36_q7_make_counter", "d04_cycle")
README_PROGRAM, README_STEP = os.path.join(ROOT, "examples", "tree.py"), ("Node.__init__", 4)  # the fourth return from it
OPTIONS = ("--steps=3000", "--objects=3000", "--captures=off", "--max-time=60")
LIMIT = "ulimit -v 4000000; exec "


def run(limpid, *arguments, stdin=None):
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0", "HOME": FOLDER, "COLUMNS": "110"}
    command = ["setarch", "-R", "bash", "-c", LIMIT + '"$@"', "bash", limpid, *arguments]
    with open(stdin or os.devnull, "rb") as source:
        return subprocess.run(command, stdin=source, capture_output=True, text=True, errors="replace", cwd=FOLDER, env=environment, timeout=300)


def about(text):
    """The section of the text that a sample is from."""
    found = re.search(r"(?m)^# section: (.*)$", text)
    return found[1].strip() if found else ""


def pictures(limpid):
    folder = os.path.join(GALLERY, "pictures")
    os.makedirs(folder, exist_ok=True)
    shutil.copy(os.path.join(HERE, "pictures.py"), os.path.join(FOLDER, "program.py"))
    os.makedirs(os.path.join(FOLDER, "pictures"))
    done = run(limpid, "program.py", "pictures")
    assert done.returncode == 0, done.stderr
    titles = dict(line.split("\t") for line in done.stdout.splitlines() if re.match(r"P\d\d\t", line))
    for name in sorted(titles):
        with open(os.path.join(FOLDER, "pictures", name + ".svg"), encoding="utf-8") as source:
            text = re.sub(r"(?<=rocess )\d+(?=:)", "1", source.read())
        assert ROOT not in text, name
        with open(os.path.join(folder, name + ".svg"), "w", encoding="utf-8") as out:
            out.write(text)
    return dict(sorted(titles.items()))


def sample(limpid, name, text):
    """(step, steps) of its picture, or None when there is none."""
    repl = "mode=repl" in text
    shutil.copy(os.path.join(SAMPLES, name + ".py"), FOLDER)
    recording = os.path.join(FOLDER, name + ".recording")
    try:
        run(limpid, "--record=" + recording, *OPTIONS, *(("-i", "-q") if repl else (name + ".py",)), stdin=os.path.join(FOLDER, name + ".py") if repl else None)
    except subprocess.TimeoutExpired:
        pass
    svg = os.path.join(FOLDER, name + ".svg")
    done = run(limpid, os.path.join(HERE, "step.py"), recording, svg)
    if done.returncode or not os.path.exists(svg):
        print(f"{name}: no picture {done.stderr[-300:]}")
        return None
    shutil.copy(svg, os.path.join(GALLERY, "samples"))
    page = run(limpid, "-m", "limpid", "page", recording, name + ".html")
    assert page.returncode == 0, page.stderr
    for folder in (BUILT, *([os.path.join(GALLERY, "pages")] if name in PAGES else [])):
        os.makedirs(folder, exist_ok=True)
        shutil.copy(os.path.join(FOLDER, name + ".html"), folder)
    return tuple(map(int, done.stdout.split()))


def opening(limpid):
    """The picture with which the README opens, in docs/step.svg."""
    shutil.copy(README_PROGRAM, FOLDER)
    run(limpid, "--record=opening", "--captures=off", "tree.py")
    done = run(limpid, os.path.join(HERE, "step.py"), "opening", "opening.svg", *map(str, README_STEP))
    assert done.returncode == 0, done.stderr
    shutil.copy(os.path.join(FOLDER, "opening.svg"), os.path.join(ROOT, "docs", "step.svg"))


def index(titles, found):
    rows = ["# Gallery", "", "Made by `make gallery`. Each picture is drawn from a running program by `limpid.draw()`; each sample of `tests/samples` is recorded",
            "by `limpid --record` and shown at one of its steps, as `limpid -m limpid export RECORDING step.svg --step=N` draws it. The pages on which",
            "one steps through them are in `build/gallery` afterwards; two stand here: "
            + ", ".join(f"[{name}](pages/{name}.html)" for name in PAGES) + " (save and open them).", "", "## Pictures", ""]
    rows += [f"- [{name}](pictures/{name}.svg) {title}" for name, title in titles.items()]
    rows += ["", "## Samples", "", "| sample | about | step |", "| --- | --- | --- |"]
    rows += [f"| [{name}](samples/{name}.svg) | {subject.replace('|', '¦')} | {step:,} of {steps:,} |" for name, (subject, step, steps) in found.items()]
    with open(os.path.join(GALLERY, "README.md"), "w", encoding="utf-8") as out:
        out.write("\n".join(rows) + "\n")
    figures = [f'<figure><img src="pictures/{name}.svg" alt="{html.escape(name + " " + title)}" loading="lazy"><figcaption>{name} {html.escape(title)}</figcaption></figure>'
               for name, title in titles.items()]
    shown = [f'<figure><img src="samples/{name}.svg" alt="{html.escape(name)}" loading="lazy"><figcaption>{name}: {html.escape(subject)} '
             f"(step {step:,} of {steps:,})</figcaption></figure>" for name, (subject, step, steps) in found.items()]
    with open(os.path.join(GALLERY, "index.html"), "w", encoding="utf-8") as out:
        out.write('<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">\n'
                  "<title>Limpid: gallery</title>\n<style>body { font: 15px/1.4 system-ui, sans-serif; margin: 1em auto; max-width: 80em; padding: 0 1em; }\n"
                  "figure { margin: 2em 0; } img { max-width: 100%; height: auto; border: 1px solid #ccc; background: #fff; }</style></head>\n<body>\n"
                  "<h1>Gallery</h1>\n<p>Drawn from running programs by <code>make gallery</code>. Pages to step through: "
                  + ", ".join(f'<a href="pages/{name}.html">{name}</a>' for name in PAGES) + ".</p>\n<h2>Pictures</h2>\n"
                  + "\n".join(figures) + "\n<h2>Samples</h2>\n" + "\n".join(shown) + "\n</body>\n</html>\n")


def main():
    binary = os.path.abspath(sys.argv[1])
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.makedirs(FOLDER)
    limpid = shutil.copy(binary, os.path.join(FOLDER, "limpid"))
    shutil.rmtree(os.path.join(GALLERY, "samples"), ignore_errors=True)
    os.makedirs(os.path.join(GALLERY, "samples"))
    titles = pictures(limpid)
    found = {}
    for file in sorted(os.listdir(SAMPLES)):
        name = file.removesuffix(".py")
        if file == name or name.startswith("check_"):
            continue
        with open(os.path.join(SAMPLES, file), encoding="utf-8") as source:
            text = source.read()
        made = sample(limpid, name, text)
        if made:
            found[name] = about(text), *made
    index(titles, found)
    opening(limpid)
    shutil.rmtree(FOLDER)
    size = sum(os.path.getsize(os.path.join(path, file)) for path, _, files in os.walk(GALLERY) for file in files)
    print(f"{len(titles)} pictures, {len(found)} samples, {size >> 10} KiB in docs/gallery; pages in build/gallery")


main()
