#!/usr/bin/python3
"""Pages that Limpid makes, tried in real browsers: the functions check_* of test_*.py, each with the browser and the pages.

usage: run.py --limpid BINARY [--browser chromium|firefox] [-k TEXT] [-v] [--renew] [--keep FOLDER]

A check fails by an exception, or when the browser or the page complained meanwhile (an error in a script, something that the page's
policy forbids).  In Firefox those marked with @chromium_only do not run.  --renew makes the pictures of test_looks.py anew; --keep
leaves the pages, and a screenshot of what failed, in a folder.  `make see-check` runs this; speed is measured by speed.py.
"""
import argparse
import glob
import importlib
import os
import sys
import tempfile
import time
import traceback

import driver

HERE = os.path.dirname(os.path.abspath(__file__))


class Bench:
    """What a check gets: `browser`, `pages`, and the options."""

    def __init__(self, browser, pages, options):
        self.browser = browser
        self.pages = pages
        self.options = options

    def open(self, name, fragment="", *options, **more):
        """The browser, showing the page of a program."""
        self.browser.open(self.pages.of(name, *options), fragment, **more)
        return self.browser


class Skip(Exception):
    """What a check tries is not there."""


def chromium_only(check):
    """Marks a check that needs Chromium's DevTools, or names of the page's scripts, which Firefox does not give."""
    check.chromium_only = True
    return check


def run_one(bench, check):
    """None, or why it failed."""
    browser = bench.browser
    try:
        browser.complaints()
        check(bench)
        complaints = [] if getattr(check, "complains", False) else browser.complaints()
        return "the browser complained:\n" + "\n".join(complaints) if complaints else None
    except Skip:
        raise
    except Exception:
        return traceback.format_exc()
    finally:
        browser.size(*driver.WIDE)
        if browser.chromium:
            browser.colours("light")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--limpid", required=True)
    parser.add_argument("--browser", choices=("chromium", "firefox"), default="chromium")
    parser.add_argument("-k", default="", help="only checks whose file or name contains this")
    parser.add_argument("-v", action="store_true", help="name the checks that passed, with their seconds")
    parser.add_argument("--renew", action="store_true")
    parser.add_argument("--keep", metavar="FOLDER")
    options = parser.parse_args()
    checks = []
    for path in sorted(glob.glob(os.path.join(HERE, "test_*.py"))):
        module = os.path.basename(path)[:-3]
        for name, check in vars(importlib.import_module(module)).items():
            if name.startswith("check_") and check.__module__ == module and options.k in f"{module}.{name}":
                if options.browser == "chromium" or not getattr(check, "chromium_only", False):
                    checks.append((f"{module}.{name}", check))
    passed = failed = skipped = 0
    with tempfile.TemporaryDirectory() as folder:
        if options.keep:
            folder = os.path.abspath(options.keep)
            os.makedirs(folder, exist_ok=True)
        browser = driver.Browser(options.browser)
        try:
            bench = Bench(browser, driver.Pages(options.limpid, folder), options)
            for name, check in checks:
                began = time.monotonic()
                try:
                    why = run_one(bench, check)
                except Skip as reason:
                    skipped += 1
                    print("skipped", name, reason)
                    continue
                if why:
                    failed += 1
                    print("FAILED", name, why, sep="\n", flush=True)
                    if options.keep:
                        with open(os.path.join(folder, name + ".failed.png"), "wb") as out:
                            out.write(browser.png())
                else:
                    passed += 1
                    if options.v:
                        print(f"ok {name} ({time.monotonic() - began:.1f} s)", flush=True)
        finally:
            browser.quit()
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return failed > 0


if __name__ == "__main__":
    sys.modules["run"] = sys.modules["__main__"]  # the checks import Skip and chromium_only from here
    sys.exit(main())
