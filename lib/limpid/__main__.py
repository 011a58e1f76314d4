"""limpid -m limpid: recordings, snapshots and logs as other files."""

import sys

USAGE = """\
usage: limpid -m limpid show FILE              what a recording, snapshot or log holds
       limpid -m limpid page FILE [PAGE]       the page of a recording or snapshot for the browser (FILE.html)
       limpid -m limpid export FILE OUT [--option=value ...]

Formats of `export` go by the ending of OUT, or --format=NAME:
  recording  .svg (one step: --step=N --every --source=LINES --theme=dark), .speedscope.json, .collapsed (--of=steps|births|bytes|allocated|live),
             .trace.json (Chrome, Perfetto), .jsonl, .html
  snapshot   .heapsnapshot, .dot, .svg, .jsonl, .speedscope.json, .collapsed, .dhat.json, .heaptrack, .html
  log        .heaptrack, .dhat.json, .speedscope.json, .collapsed"""


def _options(arguments):
    """{name: value} of --name=value, numbers as such, --name as True."""
    found = {}
    for argument in arguments:
        name, _, value = argument.removeprefix("--").partition("=")
        if not argument.startswith("--") or not name.isidentifier():
            raise ValueError(f"{argument!r} is no option of the form --name=value")
        found[name] = int(value) if value.lstrip("-").isdigit() else value or True
    return found


def main(arguments):
    import limpid

    match arguments:
        case ["show", path]:
            print(limpid.load(path))
        case ["page", recording, *rest] if len(rest) < 2:
            page = rest[0] if rest else recording + ".html"
            limpid.load(recording).export(page, "page")
            print(f"open {page}")
        case ["export", path, out, *options]:
            limpid.load(path).export(out, **_options(options))
        case ["--help" | "-h" | "help"]:
            print(USAGE)
        case _:
            print(USAGE, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (OSError, ValueError, IndexError, EOFError, TypeError) as error:
        sys.exit(f"limpid: {error}")
