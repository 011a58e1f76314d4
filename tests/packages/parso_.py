"""An error-tolerant parser: round trips, names, scopes, error lists, incremental parsing."""
import inspect
import textwrap

import parso
from parso.python import tokenize

source = inspect.getsource(textwrap)
m = parso.parse(source)
print(m.get_code() == source, [f.name.value for c in m.iter_classdefs() for f in c.iter_funcdefs()])
for c in m.iter_classdefs():
    for f in c.iter_funcdefs():
        print(f.name.value, f.start_pos, f.end_pos, [p.name.value for p in f.get_params()], (f.get_doc_node() or f).type, len(list(f.iter_return_stmts())))
print({name: len(uses) for name, uses in sorted(m.get_used_names()._dict.items())} if hasattr(m.get_used_names(), "_dict") else len(m.get_used_names()))
g = parso.load_grammar(version="3.10")
for bad in ("x = = 1\ndef f(:\n", "for x in\n  pass\n", "return 1\n", "f(a=1, a=2)\n", "'\\N{x}'\n", "async def f():\n  yield from x\n", "x = [1,\n", "  a\n b\n", "def f(a, a): global a\n", "nonlocal x\n", "match x:\n case 1: pass\n"):
    tree = g.parse(bad)
    print(repr(bad), tree.get_code() == bad, [(e.code, e.message, e.start_pos, e.end_pos) for e in g.iter_errors(tree)])
print([(e.code, e.message) for e in g._get_normalizer_issues(g.parse("import os,sys\nx=1 \nif x==None : pass\n"))])
print(list(tokenize.tokenize("if x:\n  f'{a}' + 0x1\n", version_info=parso.utils.parse_version_string("3.9"))))
print(g.parse("a = b.c(d)[0]\n").children[0].dump(indent=2))
leaf = m.get_leaf_for_position((40, 4))
print(leaf.type, leaf.get_previous_leaf(), leaf.get_next_leaf(), parso.tree.search_ancestor(leaf, "classdef").name)
fast = parso.load_grammar()
first = fast.parse(source, diff_cache=True, path="t.py")
print(fast.parse(source.replace("width", "w"), diff_cache=True, path="t.py").get_code() == source.replace("width", "w"))
