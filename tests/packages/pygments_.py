"""Highlighting many languages into HTML, terminal colours, LaTeX, raw tokens; a lexer and a style made on the spot."""
import argparse
import inspect

from pygments import highlight, lex
from pygments.formatters import HtmlFormatter, LatexFormatter, NullFormatter, RawTokenFormatter, Terminal256Formatter, TerminalFormatter
from pygments.lexer import RegexLexer, bygroups
from pygments.lexers import get_all_lexers, get_lexer_by_name, guess_lexer, guess_lexer_for_filename
from pygments.style import Style
from pygments.token import Comment, Keyword, Name, Number, Text, Token

SOURCES = {
    "python": "@deco\nasync def f(x: int = 0x1F, *a) -> None:\n    '''doc'''\n    return f'{x!r:>{a}}' + \"\\n\" # note\n",
    "json": '{"a": [1, 2.5e3, true, null]}', "c": "#include <x.h>\nint main(void) { /* c */ return 'a' + 1UL; }",
    "javascript": "const f = async (x) => `t${x}` / 2; // re /a/g\n", "html": "<!doctype html><p class='a'>x&amp;<script>let a=1;</script><style>p{color:red}</style>",
    "rust": "fn main() { let s: &'static str = r#\"x\"#; println!(\"{}\", s); }", "sql": "SELECT a, 'b' FROM t WHERE c >= 10 -- x\n",
    "bash": "for i in $(seq 3); do echo \"$i ${HOME%/}\" | grep -q x && exit 1; done", "yaml": "a: 1\nb:\n  - c: &x 'd'\n  - *x\n",
    "diff": "--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n", "make": "all: a.o\n\t$(CC) -o $@ $<\n", "pycon": ">>> 1+1\n2\n>>> 1/0\nTraceback (most recent call last):\n  ...\nZeroDivisionError: x\n",
    "haskell": "main = do { x <- getLine; putStrLn (x ++ \"!\") } -- c", "xml": "<?xml version='1.0'?><a b='c'>&lt;<!-- d --></a>", "ini": "[s]\nk = v ; c\n",
}
for name, source in SOURCES.items():
    lexer = get_lexer_by_name(name)
    print(name, highlight(source, lexer, HtmlFormatter(nowrap=True)), highlight(source, lexer, TerminalFormatter()), sep="\n")
    print(len(highlight(source, lexer, LatexFormatter())), len(highlight(source, lexer, Terminal256Formatter(style="monokai"))), highlight(source, lexer, RawTokenFormatter())[:300])
whole = inspect.getsource(argparse)
html = highlight(whole, get_lexer_by_name("python"), HtmlFormatter(linenos="table", full=True, title="argparse", hl_lines=[3]))
print(len(html), html[6000:6800], "".join(value for _, value in lex(whole, get_lexer_by_name("python"))) == whole)
print(guess_lexer("#!/usr/bin/perl\nprint 1;").name, guess_lexer_for_filename("x.css", "a{}").name, len(list(get_all_lexers())))


class Calculator(RegexLexer):
    name = "calc"
    tokens = {"root": [(r"(let)(\s+)(\w+)", bygroups(Keyword, Text, Name.Variable)), (r"\d+", Number), (r"\(", Text, "inner"), (r".|\n", Text)],
              "inner": [(r"\)", Text, "#pop"), (r"[^()]+", Comment), (r"\(", Text, "#push")]}


class Plain(Style):
    styles = {Token: "", Keyword: "bold #005", Comment: "italic"}


print(list(lex("let x = 12 (a (b) c)", Calculator())))
print(HtmlFormatter(style=Plain).get_style_defs(".h"), highlight("let y", Calculator(), NullFormatter()))
