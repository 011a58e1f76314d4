"""The page that shows a recording in a browser: one file, without network."""

import binascii

from _see import viewer

MARK = b"<!--recording-->"
LINE = 57 * 1024  # bytes of the recording for each piece of text


def check(recording, page):
    """Raise OSError or ValueError if no page can be written for a recording: it would take the place of the recording itself, of a
    folder, or of a device."""
    import os

    if os.path.isdir(page):
        raise IsADirectoryError(21, os.strerror(21), page)
    if os.path.exists(page) and not os.path.isfile(page):
        raise ValueError(f"{page} is no regular file")
    if os.path.realpath(page) == os.path.realpath(recording):
        raise ValueError(f"{page} is the recording itself")


def write(recording, page):
    """Write the page for a recording; its size in bytes.  A file that is there is replaced when the page is complete."""
    import os

    from limpid._file import Replaced

    recording, page = os.fsdecode(recording), os.fsdecode(page)
    check(recording, page)
    head, tail = viewer().split(MARK)
    with open(recording, "rb") as source, Replaced(page) as part, open(part, "wb") as out:
        out.write(head)
        while data := source.read(LINE):
            out.write(binascii.b2a_base64(data, newline=False))
        out.write(tail)
        return out.tell()
