"""Compares this project's parser with the installed python3.11: trees with positions over files, errors over snippets.

usage: python3.11 compare.py DIR_OF_ASTDUMP files FILE...  |  snippets FILE   (a snippet file: Python list of (source, mode))
"""
import ast, sys, warnings
sys.path.insert(0, sys.argv[1])
import astdump
warnings.simplefilter('ignore')
sys.setrecursionlimit(20000)
MODES = {'exec': 257, 'eval': 258, 'single': 256}
def dump(x, parts, kind=None):
    if x is None: parts.append('-')
    elif isinstance(x, list):
        parts.append('[')
        for i, e in enumerate(x):
            if i: parts.append(',')
            dump(e, parts)
        parts.append(']')
    elif isinstance(x, (ast.expr_context, ast.boolop, ast.operator, ast.unaryop, ast.cmpop)): parts.append(type(x).__name__)
    elif isinstance(x, ast.AST):
        parts.append(type(x).__name__ + '(')
        for f in x._fields:
            v = getattr(x, f, None)
            if f == 'value' and isinstance(x, (ast.Constant, ast.MatchSingleton)): parts.append(repr(v).encode('utf-8', 'backslashreplace').decode())
            else: dump(v, parts)
            parts.append(';')
        parts.append(')')
        if 'lineno' in x._attributes: parts.append('@%d,%d,%d,%d' % (x.lineno, x.col_offset, x.end_lineno, x.end_col_offset))
    else: parts.append(repr(x).encode('utf-8', 'backslashreplace').decode())
def attempt(f):
    try: return f()
    except SyntaxError as e: return (type(e).__name__, e.args)
    except Exception as e: return (type(e).__name__, str(e))
def oracle(src, mode, flags=0):
    t = compile(src, '<s>', mode, ast.PyCF_ONLY_AST | flags, True)
    p = []; dump(t, p); return ''.join(p)
def show(a, b):
    if isinstance(a, str) and isinstance(b, str):
        i = next((i for i in range(min(len(a), len(b))) if a[i] != b[i]), min(len(a), len(b)))
        return a[max(0,i-120):i+120], b[max(0,i-120):i+120]
    return str(a)[:300], str(b)[:300]
bad = n = 0
if sys.argv[2] == 'files':
    for name in sys.argv[3:]:
        src = open(name, 'rb').read(); n += 1
        a = attempt(lambda: oracle(src, 'exec')); b = attempt(lambda: astdump.dump(src, '<s>', 257, 0))
        if a != b:
            bad += 1
            if bad <= 15: print(name, *show(a, b), sep='\n   ')
else:
    for src, mode in eval(open(sys.argv[3]).read()):
        n += 1
        a = attempt(lambda: oracle(src, mode)); b = attempt(lambda: astdump.dump(src.encode(), '<s>', MODES[mode], 0x900))
        if a != b:
            bad += 1
            print(repr(src)[:200], *show(a, b), sep='\n   ')
print(f'{n} compared, {bad} differ')
