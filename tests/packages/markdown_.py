"""Markdown by three libraries: Python-Markdown with extensions, mistune with a renderer and a plugin, markdown-it tokens."""
import markdown
import mistune
from markdown_it import MarkdownIt

TEXT = """# Head *em*

Para **bold** `code` [link](http://x "t") ![img](a.png) <http://auto.org>
line two\\
end

* a
    * b
* c

1. one
2. two

> quote
> more

```python
def f(): pass
```

    indented

| a | b |
|---|:-:|
| 1 | 2 |

Term
:   Definition

Note[^1] and HTML.

[^1]: The note.

---
*[HTML]: Hyper Text
<div>raw</div>
"""
print(markdown.markdown(TEXT))
print(markdown.markdown(TEXT, extensions=["extra", "toc", "sane_lists", "codehilite", "smarty", "admonition"]))
md = markdown.Markdown(extensions=["meta", "toc"])
print(md.convert("key: value\nother: 1\n\n# One\n## Two\n"), md.Meta, md.toc)
print(mistune.html(TEXT))


class Own(mistune.HTMLRenderer):
    def heading(self, text, level):
        return f"<H{level}!>{text}\n"


print(mistune.create_markdown(renderer=Own(), plugins=["table", "footnotes", "strikethrough", "task_lists"])(TEXT + "\n~~x~~\n- [x] done\n"))
it = MarkdownIt("commonmark").enable("table")
print(it.render(TEXT), [(t.type, t.tag, t.nesting, t.map) for t in it.parse(TEXT)][:20])
