"""_elementtree: elements, builders, parsers, events, and what is refused."""
import re

def show(*values):
    print(re.sub('0x[0-9a-f]+', '0x', ' '.join((str(v) for v in values))))

def t(f, *a, **k):
    try:
        show(a, k, '->', f(*a, **k))
    except Exception as e:
        show(a, k, type(e).__name__, e)
import _elementtree as E, sys, copy, pickle
import xml.etree.ElementTree as ET
El = E.Element
t(El)
t(El, 1)
t(El, 'a', 1)
t(El, 'a', {}, 1)
t(El, 'a', {'x': 1}, y=2)
t(El, 'a', attrib={'x': 1}, y=2)
t(El, 'a', attrib=3)
t(El, 'a', {}, attrib={})
t(El, tag='a')
e = El('a', {'x': '1'}, y='2')
show(e.attrib, e.text, e.tail, e.tag, len(e), repr(e), El(None), El(5))
t(e.append, 1)
t(e.extend, 1)
t(e.extend, [1])
t(e.insert, 0, 1)
t(e.insert, 'a', El('b'))
t(e.remove, 1)
t(e.remove, El('b'))
t(e.__getitem__, 0)
t(e.__getitem__, 'a')
t(e.__setitem__, 0, El('b'))
t(e.__setitem__, 0, 1)
t(e.__delitem__, 0)
for x in 'abcdef':
    e.append(El(x))
t(e.__setitem__, 0, 1)
t(e.__setitem__, slice(0, 2), 1)
t(e.__setitem__, slice(0, 2), [1])
t(e.__setitem__, slice(0, 4, 2), [El('q')])
t(e.__setitem__, 'a', 1)
t(e.__delitem__, 'a')
e[1:3] = [El('n')] * 4
show([x.tag for x in e])
del e[::2]
show([x.tag for x in e])
e[::-1] = list(e)
show([x.tag for x in e], [x.tag for x in e[1:]], e[-1].tag)
e[0:0] = (El(str(i)) for i in range(3))
show([x.tag for x in e])
t(e.find, '1')
t(e.findtext, '1')
t(e.findtext, 'zz', 5)
t(e.findall, '1')
t(e.iterfind, '1')
t(e.get, 'x')
t(e.get, 'zz')
t(e.get, 'zz', 3)
t(e.keys)
t(e.items)
t(e.set, 'k')
t(e.set, 'k', 'v')
t(e.get)
t(e.iter, 'a')
t(e.iter)
t(e.itertext)
t(e.makeelement, 't', {})
t(e.makeelement, 't', 3)
t(e.makeelement, 't')
t(bool, e)
t(bool, El('x'))
t(bool, El('x'))
t(e.__copy__)
t(e.__deepcopy__, 1)
t(copy.deepcopy, e)
show(e.__getstate__())
t(El('x').__getstate__)
f = El('z')
t(f.__setstate__, 1)
t(f.__setstate__, {})
t(f.__setstate__, {'tag': 'q', '_children': [El('k')], 'attrib': {'a': 1}, 'text': 'tx', 'tail': 'tl'})
show(f.__getstate__())
t(f.__setstate__, {'tag': 'q', '_children': 5})
t(f.__setstate__, {'tag': 'q', '_children': [5]})
t(E.SubElement)
t(E.SubElement, 1)
t(E.SubElement, e)
t(E.SubElement, e, 's', {'a': 1}, b=2)
t(E.SubElement, e, 's', 3)
t(E.SubElement, 1, 2)
t(delattr, e, 'tag')
t(delattr, e, 'text')
t(delattr, e, 'tail')
t(delattr, e, 'attrib')
t(setattr, e, 'attrib', 3)
t(setattr, e, 'text', 5)
show(e.text)
t(setattr, e, 'foo', 1)
e.attrib = {}
t(setattr, e, 'tag', None)
f.clear()
show(f.__getstate__())
t(f.clear, 1)
show(type(e.iter()), e.iter())
TB = E.TreeBuilder
t(TB, 1)
t(TB, 1, 2)
b = TB()
t(b.start)
t(b.start, 'a')
t(b.start, 'a', 1)
t(b.start, 'a', {})
t(b.data, 'x')
t(b.comment, 'c')
t(b.pi, 'p', 'q')
t(b.pi, 'p')
t(b.data, 'y')
t(b.end, 'zz')
t(b.end, 'a')
t(b.end, 'a')
t(b.close)
t(TB().close)
r = b.close()
show(r)
b = TB(insert_comments=True, insert_pis=True)
b.start('a', {'k': 'v'})
b.data('1')
b.data('2')
b.comment('c')
b.data('3')
b.pi('p', 'q')
b.data('4')
b.start('b', {})
b.data('t')
b.end('b')
b.data('5')
b.end('a')
r = b.close()
show(ET.tostring(r))
b = TB(element_factory=lambda *a: show('F', a) or El(*a), comment_factory=lambda *a: show('C', a), pi_factory=lambda *a: show('PI', a))
b.start('a', {})
b.comment('x')
b.pi('y', 'z')
b.end('a')
show(b.close())
X = E.XMLParser
t(X, 1)
t(X, target=1)
t(X, encoding=5)
t(X, encoding='utf-8')
p = X()
show(p.entity, p.target, p.version)
t(setattr, p, 'entity', 1)
t(setattr, p, 'target', 1)
t(p.feed)
t(p.feed, 5)
t(p.feed, '<a>')
t(p.feed, b'</b>')
t(p.close)
for d in ('<a>', '<a', '', '<a>&foo;</a>', '<!DOCTYPE a><a>&foo;</a>', '<!DOCTYPE a SYSTEM "x"><a>&foo;</a>', '<a/><b/>'):
    p = X()
    try:
        p.feed(d)
        show(p.close())
    except ET.ParseError as x:
        show(d, x, x.code, x.position, x.args, vars(x), x.msg, x.lineno)
p = X()
p.entity['foo'] = 'bar'
p.feed('<!DOCTYPE a SYSTEM "x"><a>&foo;</a>')
show(ET.tostring(p.close()))

class T:

    def start(s, *a):
        show('start', a)

    def end(s, *a):
        show('end', a)

    def data(s, *a):
        show('data', a)

    def comment(s, *a):
        show('comment', a)

    def pi(s, *a):
        show('pi', a)

    def doctype(s, *a):
        show('doctype', a)

    def start_ns(s, *a):
        show('start_ns', a)

    def end_ns(s, *a):
        show('end_ns', a)

    def close(s):
        return 'closed'
p = X(target=T())
t(p.feed, '<?xml version="1.0"?><!DOCTYPE a PUBLIC "p" "s" []><?pi?><a xmlns:k="u" k:b="1" xmlns="v"><!--c--><k:c>é</k:c>x<![CDATA[<]]>&amp;<?p q?></a>')
t(p.close)

class T2:
    pass
p = X(target=T2())
t(p.feed, '<a/>')
t(p.close)

class T3:

    def start(s, *a):
        1 / 0
p = X(target=T3())
t(p.feed, '<a/>')
t(p.close)
p = X()
q = []
t(p._setevents, q, ('start', 'end', 'start-ns', 'end-ns', 'comment', 'pi'))
t(p.feed, '<a xmlns:k="u"><!--c--><?p q?><b>t</b></a>')
t(p.close)
show([(a, getattr(b, 'tag', b)) for a, b in q])
p = X()
t(p._setevents, 1, 2)
t(p._setevents, [], ('foo',))
t(p._setevents, [], (1,))
t(p._setevents, [])
t(p._setevents, 1)
p = X(target=T())
t(p._setevents, [], ('start',))
import io
t(X()._parse_whole, io.BytesIO(b'<a>1</a>'))
t(X()._parse_whole, io.StringIO('<a>é</a>'))
t(X()._parse_whole, 5)
t(X()._parse_whole, io.BytesIO(b'<a>1</'))
t(E._set_factories)
t(E._set_factories, 1, 2)
t(E._set_factories, None, 3)
show(E._set_factories(ET.Comment, ET.ProcessingInstruction))
it = El('a').iter()
next(it)
t(next, it)
t(type(it))
r = ET.fromstring('<a>1<b>2<c>3</c>4</b>5<b/>6</a>')
show([x.tag for x in r.iter()], [x.tag for x in r.iter('b')], [x.tag for x in r.iter('*')], list(r.itertext()), list(r.find('b').itertext()))
r.text = 5
t(list, r.itertext())
r.text = ['a', 'b']
show(copy.copy(r).attrib is r.attrib, ET.tostring(pickle.loads(pickle.dumps(ET.fromstring('<a x="1">t<b/>u</a>')))))

class S(El):
    pass
s = S('q')
s.foo = 1
show(s.__dict__, copy.copy(s).__class__, type(s.makeelement('x', {})))
t(e.__deepcopy__)
show(El('a') == El('a'), El.__module__, hash(El('a')) is not None)
import weakref
show(weakref.ref(e)() is e)
