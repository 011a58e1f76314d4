#!/usr/bin/env python3
"""Run the sample programs: what a text about Python's memory claims, made checkable.

usage: check_samples.py --limpid BINARY [--record python3.11] [NAME…]

NAME.expected is what python3.11 prints (written by --record).  Where Limpid is meant to differ, NAME.limpid holds what it prints, and
differences.txt the reason; such a file is an error if the difference is gone.
An output is stdout, then for a run that failed `[exception] last line of stderr` and `[exit] status`; addresses are taken out.
A sample's `# check:` line may say: mode=repl (fed to `-i -q` on standard input), stderr=merge (stderr counts as output),
volatile=KIND (see KINDS), rlimit_as_mb=N (address space; left out under the address sanitizer).
"""
import argparse
import concurrent.futures
import difflib
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ALWAYS = [(r"0x[0-9a-fA-F]{5,}", "0xADDR"), (r"(?m)^(ID: )\d+$", r"\1<ID>")]
KINDS = {
    "timing": [(r"\d+\.\d+ ms", "<T> ms")],
    # a few hundred bytes more or less: what the interpreter itself allocates on the way
    "tracemalloc": [(r"size=\d+ B, count=\d+, average=.*", "size=<less than a KiB>"),
                    (r"size=(\d+) (KiB|MiB)", lambda m: f"size=~{round(int(m[1]), -2)} {m[2]}"),
                    (r"count=(\d+)", lambda m: f"count=~{round(int(m[1]), -3)}"),
                    (r"average=(\d+) (KiB|B)", r"average=<N> \2"),
                    (r"(\d+\.\d+) MB", lambda m: f"~{float(m[1]):.1f} MB")],
    "cstack": [],
}


def directives(source):
    words = " ".join(re.findall(r"(?m)^# check: (.*)$", source)).split()
    return dict(word.partition("=")[::2] for word in words)


def run(interpreter, sample, sanitized):
    """The sample's output in a folder of its own, without what differs between two runs of one interpreter."""
    rules = directives(sample.read_text(encoding="utf-8"))
    limit = 0 if sanitized else int(rules.get("rlimit_as_mb", 0)) << 20
    repl, merge = rules.get("mode") == "repl", rules.get("stderr") == "merge"
    folder = tempfile.mkdtemp(prefix="sample.")
    try:
        path = pathlib.Path(shutil.copy(sample, folder))
        env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0", "HOME": folder, "ASAN_OPTIONS": "detect_leaks=0"}
        if merge:
            env["PYTHONUNBUFFERED"] = "1"
        with open(path if repl else os.devnull, "rb") as stdin:
            done = subprocess.run([interpreter, "-i", "-q"] if repl else [interpreter, path.name], stdin=stdin, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT if merge else subprocess.PIPE, cwd=folder, env=env, timeout=600,
                                  preexec_fn=(lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit))) if limit else None)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    text, errors = done.stdout.decode("utf-8", "replace"), (done.stderr or b"").decode("utf-8", "replace")
    if repl:
        text += "".join(f"[exception] {t}\n" for t in re.findall(r"(?m)^([A-Za-z_.]*(?:Error|Exception|Exit)\b.*)$", errors))
    elif done.returncode:
        lines = [line for line in errors.splitlines() if line.strip()]
        text += "\n" * (text[-1:] not in ("", "\n")) + f"[exception] {lines[-1] if lines else ''}\n[exit] {done.returncode}\n"
    text = text.replace(folder + "/", "")
    for pattern, to in ALWAYS + [rule for kind in rules.get("volatile", "").split(",") if kind for rule in KINDS[kind]]:
        text = re.sub(pattern, to, text)
    return text


def sanitized(limpid):
    return b"__asan_init" in pathlib.Path(limpid).read_bytes()


# Samples about the process itself: the sanitizers replace malloc, widen C frames and cannot run under a limit on addresses.
PLAIN_ONLY = {"30_out_of_memory", "d02_segments", "d16_python_recursion_needs_no_c_stack"}


def reasons():
    """{name: reason} of the meant differences"""
    rows = (HERE / "differences.txt").read_text(encoding="utf-8").splitlines()
    return dict(row.split(None, 1) for row in rows if row and not row.startswith("#"))


def messages(interpreter, sample, sanitized, reason):
    """What is wrong with one sample, as lines."""
    expected, own = sample.with_suffix(".expected"), sample.with_suffix(".limpid")
    if own.exists() != (reason is not None):
        return ["stands in differences.txt, or has a .limpid file, but not both"]
    want = expected.read_text(encoding="utf-8")
    if own.exists():
        if own.read_text(encoding="utf-8") == want:
            return [".limpid and .expected are the same"]
        want = own.read_text(encoding="utf-8")
    try:
        got = run(interpreter, sample, sanitized)
    except subprocess.TimeoutExpired:
        return ["timed out"]
    return list(difflib.unified_diff(want.splitlines(), got.splitlines(), "expected", "got", lineterm="", n=1))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--limpid")
    parser.add_argument("--record")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    samples = [s for s in sorted(HERE.glob("[0-9d][0-9]*.py")) if not options.names or any(n in s.name for n in options.names)]
    if options.limpid and sanitized(options.limpid):
        samples = [s for s in samples if s.stem not in PLAIN_ONLY]
    if options.record:
        for sample in samples:
            sample.with_suffix(".expected").write_text(run(options.record, sample, False), encoding="utf-8")
        return 0
    limpid, why, failed = os.path.abspath(options.limpid), reasons(), 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for sample, lines in zip(samples, pool.map(lambda s: messages(limpid, s, sanitized(limpid), why.get(s.stem)), samples)):
            failed += bool(lines)
            if lines:
                print("\n    ".join([f"FAIL {sample.name}"] + lines))
    print(f"{len(samples) - failed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
