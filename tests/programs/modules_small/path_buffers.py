# Paths that are buffers give names that are bytes; normal paths keep NULs.
import os
import tempfile
import warnings

warnings.simplefilter("ignore", DeprecationWarning)
with tempfile.TemporaryDirectory() as folder:
    open(os.path.join(folder, "file"), "w").close()
    for kind in bytes, bytearray, memoryview:
        path = kind(os.fsencode(folder))
        print(os.listdir(path), [(e.name, e.path == os.fsencode(folder) + b"/file") for e in os.scandir(path)])
for path in "\0", "a\0b", "a/\0/../b", "//x/\0", "", "\0/..", "a\0/./":
    print(ascii(os.path.normpath(path)))


class Map(map):
    pass


for cls in map, filter, Map, type("Filter", (filter,), {}):
    try:
        cls(None, [], new=1)
    except TypeError as e:
        print(e)
