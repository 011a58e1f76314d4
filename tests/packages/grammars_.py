"""Parsers: pyparsing, lark in both engines, ply, sqlparse, docopt, packaging's versions and markers."""
import docopt
import lark
import pyparsing as pp
import sqlparse
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version
from ply import lex, yacc

number = pp.pyparsing_common.number
expression = pp.infix_notation(number | pp.Word(pp.alphas), [("^", 2, pp.opAssoc.RIGHT), (pp.one_of("* /"), 2, pp.opAssoc.LEFT), (pp.one_of("+ -"), 2, pp.opAssoc.LEFT)])
print(expression.parse_string("1+2*x^2^y-(3-a)").as_list())
record = pp.Group(pp.Word(pp.alphas)("k") + pp.Suppress("=") + pp.QuotedString('"')("v"))[1, ...]
print([r.as_dict() for r in record.parse_string('a="1" b="x y"')], pp.Forward(), expression.run_tests(["1+", "2*3"], print_results=False)[0])
try:
    (pp.Literal("a") - pp.Literal("b")).parse_string("a c")
except pp.ParseSyntaxException as error:
    print(error, error.explain(depth=0))
print([t[0][0] for t in pp.common.ipv4_address.scan_string("x 10.0.0.1 and 300.1.1.1")], pp.counted_array(pp.Word(pp.alphas)).parse_string("2 a b c"))
GRAMMAR = r"""
?start: sum
?sum: product | sum "+" product -> add | sum "-" product -> sub
?product: atom | product "*" atom -> mul
?atom: NUMBER -> number | "-" atom -> neg | "(" sum ")"
%import common.NUMBER
%import common.WS
%ignore WS
"""


@lark.v_args(inline=True)
class Calculate(lark.Transformer):
    from operator import add, mul, neg, sub
    number = float


for engine in ("lalr", "earley"):
    parser = lark.Lark(GRAMMAR, parser=engine)
    tree = parser.parse("1 + 2 * (3 - -4)")
    print(tree.pretty(), Calculate().transform(tree))
    try:
        parser.parse("1 + * 2")
    except lark.UnexpectedInput as error:
        print(type(error).__name__, error.line, error.column, error.get_context("1 + * 2"))
json = lark.Lark(r"""?value: dict | list | ESCAPED_STRING | SIGNED_NUMBER | "true" | "null"
list : "[" [value ("," value)*] "]"
dict : "{" [pair ("," pair)*] "}"
pair : ESCAPED_STRING ":" value
%import common (ESCAPED_STRING, SIGNED_NUMBER, WS)
%ignore WS""", start="value", parser="lalr")
print(json.parse('{"a": [1, -2.5e3, {"b": null}], "c": "d"}'))
tokens = ("N", "PLUS", "TIMES")
t_PLUS, t_TIMES, t_ignore = r"\+", r"\*", " "
precedence = (("left", "PLUS"), ("left", "TIMES"))


def t_N(t):
    r"\d+"
    t.value = int(t.value)
    return t


def t_error(t):
    print("illegal", t.value[0])
    t.lexer.skip(1)


def p_binary(p):
    """e : e PLUS e
         | e TIMES e"""
    p[0] = p[1] + p[3] if p[2] == "+" else p[1] * p[3]


def p_n(p):
    "e : N"
    p[0] = p[1]


def p_error(p):
    print("error at", p)


lexer = lex.lex()
print(yacc.yacc(write_tables=False, debug=False).parse("2 + 3 * 4 ? + 1", lexer=lexer), yacc.yacc(write_tables=False, debug=False).parse("2 +", lexer=lex.lex()))
SQL = "select a,b, count(*) c from t join u on t.i=u.i where x in (select 1) and y like 'z%' group by a having c>1 order by 2 desc; insert into t values (1,'q') -- end"
print(sqlparse.format(SQL, reindent=True, keyword_case="upper", strip_comments=True), [s.get_type() for s in sqlparse.parse(SQL)], len(list(sqlparse.parse(SQL)[0].flatten())))
print(docopt.docopt("Usage:\n  p add <x>... [--v=<n>] [-q|--loud]\n  p rm (a|b)\n\nOptions:\n  --v=<n>  Value [default: 3].\n", ["add", "1", "2", "--v=2", "-q"]))
try:
    docopt.docopt("Usage: p <x>", [])
except SystemExit as error:
    print(error)
print(sorted(map(Version, ["1.0", "1.0rc1", "1.0.post1", "1!0.1", "1.0.dev2", "1.0+local"])), Version("1.2.3a4").release, "1.5" in SpecifierSet(">=1.4,!=1.5.1,<2"), Marker("python_version > '3' and os_name == 'posix'").evaluate())
print(Requirement("requests[security]>=2.8.1 ; python_version < '2.7'"), Requirement("a @ http://x").url)
