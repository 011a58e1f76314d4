"""Templates that are modules: control lines, defs, inheritance, blocks, filters, caching modules, errors with source lines."""
from mako import exceptions
from mako.lookup import TemplateLookup
from mako.template import Template

lookup = TemplateLookup()
lookup.put_string("base", "<title>${self.title()}</title>\n<%block name='body'>none</%block>\n${next.body()}<%def name='title()'>base</%def>")
lookup.put_string("page", "<%inherit file='base'/><%namespace name='u' file='util'/><%def name='title()'>page ${parent.title()}</%def>"
                          "<%block name='body'>block ${u.shout('x')}</%block>\n% for i in range(3):\n${i}${',' if not loop.last else ''}\n% endfor\n")
lookup.put_string("util", "<%def name='shout(s)'>${s.upper()}!${caller.body() if caller else ''}</%def>")
print(lookup.get_template("page").render())
t = Template("<%! import math\ndef f(x): return x[::-1] %>\n<% y = math.floor(x) %>\n${y} ${'a<b'|h} ${' q '|trim,u} ${'abc'|f}\n## gone\n<%text>${raw}</%text>\n"
             "% if y > 1:\nbig\n% elif y:\none\n% else:\nsmall\n% endif\n<%doc>no</%doc>\n% while y:\n<% y -= 1 %>\n% endwhile\n<%call expr='g(1)'>in</%call><%def name='g(n)'>[${n}${caller.body()}]</%def>")
print(t.render(x=2.7), t.has_def("g"), "def render_body" in t.code)
print(Template("${x}", default_filters=["str", "h"]).render(x="<é>"), Template("${', '.join(str(v) for k, v in context.kwargs.items())}").render(a=1, b=2))
for source in ("${1/0}", "% if x:\n", "${ (", "<%foo>", "${undefined_name}"):
    try:
        print(Template(source).render())
    except Exception as error:
        print(type(error).__name__, str(error))
try:
    Template("one\ntwo ${len(3)}\n", strict_undefined=True).render()
except TypeError:
    print([line for line in exceptions.text_error_template().render().splitlines() if "File" not in line])
