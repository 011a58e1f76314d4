#!/usr/bin/env python3.11
"""docs/gallery and the picture of the README: all there, well-formed, nothing of the machine on which they were made.

usage: check_gallery.py --limpid BINARY [-k TEXT] [-v]
"""
import os
import re
import xml.etree.ElementTree as ElementTree

from harness import main

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
GALLERY = os.path.join(ROOT, "docs", "gallery")


def files():
    yield os.path.join(ROOT, "docs", "step.svg")
    for path, _, names in os.walk(GALLERY):
        for name in names:
            yield os.path.join(path, name)


def check_complete(limpid):
    """A picture for each name of limpid.draw(), one for each sample; indexes name them and nothing else."""
    samples = {name.removesuffix(".py") for name in os.listdir(os.path.join(ROOT, "tests", "samples")) if re.match(r"d?\d.*\.py$", name)}
    have = {folder: {name.removesuffix(".svg") for name in os.listdir(os.path.join(GALLERY, folder))} for folder in ("pictures", "samples")}
    assert have["pictures"] == {f"P{n:02}" for n in range(1, 39)}, have["pictures"]
    assert have["samples"] == samples, have["samples"] ^ samples
    for index, link in (("README.md", r"\(([\w/.]+\.(?:svg|html))\)"), ("index.html", r'(?:src|href)="([\w/.]+)"')):
        with open(os.path.join(GALLERY, index), encoding="utf-8") as file:
            linked = set(re.findall(link, file.read()))
        there = {os.path.relpath(path, GALLERY) for path in files() if path.endswith((".svg", ".html"))} - {"index.html", "../step.svg"}
        assert linked == there, linked ^ there


def check_contents(limpid):
    """Well-formed, without scripts in the pictures, without paths of a machine, two megabytes in all."""
    total = 0
    for path in files():
        with open(path, encoding="utf-8") as file:
            text = file.read()
        total += len(text.encode())
        assert not re.search(r"/home/|/root\b|/tmp/(?!limpid-gallery)", text) and os.getcwd() not in text, path
        if path.endswith(".svg"):
            ElementTree.fromstring(text)
            assert "<script" not in text and "<style" not in text, path
    assert total <= 2 << 20, total


main(globals())
