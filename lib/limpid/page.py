"""The page that shows a recording in a browser: one file, without network."""

import binascii

from _see import viewer

MARK = b"<!--recording-->"
LINE = 57 * 1024  # bytes of the recording for each piece of text


def write(recording, page):
    """Write the page for a recording; its size in bytes.  A file that is there is replaced when the page is complete."""
    import os

    head, tail = viewer().split(MARK)
    part = f"{page}.part"
    with open(recording, "rb") as source, open(part, "wb") as out:
        out.write(head)
        while data := source.read(LINE):
            out.write(binascii.b2a_base64(data, newline=False))
        out.write(tail)
        size = out.tell()
    os.replace(part, page)
    return size
