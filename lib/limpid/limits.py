"""A limit on the memory of this process: beyond it MemoryError, which the program can catch."""

import _see

_KEEP = object()


def limit(bytes=_KEEP):
    """Limit the heap to so many bytes; None lifts the limit.  Returns the limit that was, or None.  Without an argument nothing changes.

    What counts is everything that the runtime allocates for the program: objects, buffers, and what zlib, lzma, bz2 and
    large integers need.  What libraries take by themselves, anonymous private mappings and stacks of threads are bounded
    by the kernel, a little above the limit.  An allocation beyond the limit raises MemoryError.  A limit given on the
    command line (--max-heap) cannot be exceeded: ValueError."""
    return _see.limit() if bytes is _KEEP else _see.limit(bytes)


def counted():
    """The bytes that count for the limit now: arenas, large blocks and what libraries have from the runtime."""
    return _see.counted()
