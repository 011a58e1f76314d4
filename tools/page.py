#!/usr/bin/env python3
"""page.py FOLDER OUTPUT: put the parts of the page in FOLDER (shell.html, style.css, scripts) together.  An OUTPUT that
ends in .c becomes a C file with the array see_viewer_page.  page.py FOLDER: print the names of the parts."""
import base64
import hashlib
import os
import re
import sys

sys.dont_write_bytecode = True
import squeeze

SCRIPTS = (
    "chunks.js", "decode.js", "journal.js", "index.js", "scan.js", "capture.js",
    "views.js", "breakpoints.js", "timeline.js", "search.js", "keys.js",
    "shapes.js", "places.js", "reading.js", "picture.js", "drawing.js", "source.js", "detail.js", "step_view.js",
    "kinds.js", "levels.js", "map.js", "object.js",
    "growth_data.js", "flame.js", "growth_parts.js", "dominators.js", "growth.js",
    "main.js",
)
STYLES = ("style.css", "growth.css")
folder = sys.argv[1]
if len(sys.argv) == 2:
    print("\n".join(os.path.join(folder, name) for name in ("shell.html", *STYLES, *SCRIPTS)) + "\ntools/squeeze.py")
    sys.exit()
output = sys.argv[2]


def read(name):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return file.read()


page = read("shell.html").replace("/*style.css*/", "".join(squeeze.style(read(name)) for name in STYLES))
names = [name for part in SCRIPTS for name in re.findall(r"^(?:async )?(?:function\*? |class |const |let )(\w+)", read(part), re.M)]
if twice := {name for name in names if names.count(name) > 1}:
    sys.exit(f"page.py: two scripts have these names: {', '.join(sorted(twice))}")
script = '"use strict";\n' + "".join(squeeze.script(read(name).replace('"use strict";\n', "")) for name in SCRIPTS)
assert "<!--" not in script and "</script" not in script  # the script would end there
# The policy names this script by its hash: no other one runs, wherever it comes from.
digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
page = page.replace("/*hash*/", "sha256-" + digest).replace("/*script*/", script).encode()
if output.endswith(".c"):
    rows = (",".join(map(str, page[i : i + 32])) for i in range(0, len(page), 32))
    page = ("/* Made by tools/page.py; not to be edited. */\n#include <stddef.h>\nconst unsigned char see_viewer_page[] = {\n"
            + ",\n".join(rows) + "};\nconst size_t see_viewer_page_size = %d;\n" % len(page)).encode()
with open(output, "wb") as file:
    file.write(page)
