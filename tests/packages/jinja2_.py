"""Templates: inheritance, loops, macros, filters, tests, escaping, sandbox and errors with template tracebacks."""
import traceback

import jinja2
from jinja2 import DictLoader, Environment, StrictUndefined, sandbox

pages = {
    "base": "<{% block b %}{% endblock %}>{% include 'foot' ignore missing %}",
    "foot": "--{{ xs|length }}--",
    "p": '{% extends "base" %}{% block b %}{% for i in xs if i%2 %}{{loop.index}}:{{i|e}}{{ ", " if not loop.last }}{% else %}none{% endfor %}'
         '{{ {"a":1}|tojson }}{% macro m(a,b=2) %}{{a+b}}{% endmacro %}{{m(1)}}{% endblock %}',
    "tree": "{% for n in nodes recursive %}({{ n.v }}{% if n.c %}{{ loop(n.c) }}{% endif %}){% endfor %}",
}
e = Environment(loader=DictLoader(pages), trim_blocks=True, lstrip_blocks=True)
print(e.get_template("p").render(xs=range(7)), e.get_template("p").render(xs=[]))
print(e.get_template("tree").render(nodes=[{"v": 1, "c": [{"v": 2}, {"v": 3}]}, {"v": 4}]))
print(e.from_string("{{ xs|map('upper')|join('-') }} {{ 'a b c'|title }} {{ 3.14159|round(2) }} {{ d|dictsort }} {{ [3,1]|sort|list }}"
                    " {{ rows|groupby('k')|list }} {{ 'x'|center(5) }}|{{ '%s'|format(3) }} {{ 1 is odd }} {{ z is defined }}")
      .render(xs=["a", "b"], d={"q": 1, "b": 2}, rows=[{"k": 1, "v": 2}, {"k": 1, "v": 3}, {"k": 2, "v": 4}]))
auto = Environment(autoescape=True)
print(auto.from_string("{{ a }} {{ a|safe }} {% set b %}<i>{{ a }}</i>{% endset %}{{ b }} {{ u|urlize }}").render(a="<&'\">", u="see http://x.org/a?b=1"))
print(e.from_string("{% set ns = namespace(t=0) %}{% for i in range(5) %}{% set ns.t = ns.t + i %}{% endfor %}{{ ns.t }}"
                    "{% filter upper %}abc{% endfilter %}{% raw %}{{ x }}{% endraw %}{# gone #}{% call(x) m() %}<{{ x }}>{% endcall %}"
                    if False else "{% macro m() %}{{ caller(1) }}{{ caller(2) }}{% endmacro %}{% call(x) m() %}<{{ x }}>{% endcall %}").render())
e.filters["twice"] = lambda s: s * 2
e.globals["now"] = lambda: "never"
print(e.from_string("{{ 'ab'|twice }} {{ now() }} {{ cycler('a','b').next() }} {{ lipsum is callable }}").render())
for source in ["{{ x.y.z }}", "{% if %}", "{{ 1 // 0 }}", "{% for x in %}", "{{ a|nofilter }}", "{% extends 'gone' %}"]:
    try:
        print(e.from_string(source).render(x=1))
    except Exception as error:
        print(repr(error))
try:
    Environment(undefined=StrictUndefined, loader=DictLoader({"m.html": "line one\n\n{{ missing }}\n"})).get_template("m.html").render()
except jinja2.UndefinedError as error:
    print(error, [(f.name, f.lineno) for f in traceback.extract_tb(error.__traceback__)][-1])
try:
    sandbox.SandboxedEnvironment().from_string("{{ ''.__class__.__mro__ }}").render()
except Exception as error:
    print(repr(error))
print(e.parse("{{ a + 1 }}"), list(e.lex("{% if a %}b{% endif %}"))[:3])
