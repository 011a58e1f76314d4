"""Terminal output: tables, trees, panels, markdown, highlighted source, pretty printing, tracebacks, progress."""
import io
import re

from rich import box
from rich.columns import Columns
from rich.console import Console
from rich.markdown import Markdown
from rich.panel import Panel
from rich.pretty import pretty_repr
from rich.progress import Progress
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text
from rich.traceback import Traceback
from rich.tree import Tree

c = Console(width=60, force_terminal=True, color_system="truecolor", file=io.StringIO(), legacy_windows=False)
t = Table(title="T", box=box.ROUNDED, show_footer=True)
t.add_column("a", footer="sum")
t.add_column("b", justify="right", style="cyan")
t.add_row("x", "[red]1[/]")
t.add_row("日本語", "22", end_section=True)
c.print(t)
tree = Tree("r")
tree.add("a").add("b [bold]c")
c.print(tree, Panel("inside [link=http://x]there[/link]", title="P"))
c.print(Syntax("def f(x: int) -> str:\n    return f'{x!r}' # no\n", "python", line_numbers=True, theme="ansi_dark"))
c.print({"a": [1, 2, {"b": 3.5}], "c": None, "d": "s", "e": (True, b"x")}, "http://a.b", 1.5, "2020-01-02")
c.print(Markdown("# Head\n\n1. one\n2. *two*\n\n> quote `code`\n\n```python\nx = 1\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"))
text = Text("one two three four five six seven eight nine ten eleven twelve thirteen")
text.highlight_words(["three", "nine"], "bold red")
c.print(text, Columns(["a", "bb", "ccc"]), sep="\n")
c.rule("end")
print(re.sub(r"id=\d+", "id=N", c.file.getvalue()))
print(pretty_repr({"k": list(range(40)), "s": "x" * 90}, max_width=50))
plain = Console(width=70, file=io.StringIO(), force_terminal=False)
try:
    {}["missing"]
except KeyError as error:
    plain.print(Traceback.from_exception(KeyError, error, None, extra_lines=0))
with Progress(console=plain, auto_refresh=False) as p:
    job = p.add_task("work", total=4)
    p.update(job, advance=2)
plain.print("[b]bold[/b] \\[not] :smile:")
print("\n".join(line.rstrip() for line in plain.file.getvalue().splitlines() if "-:--:--" not in line))
