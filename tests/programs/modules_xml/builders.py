"""_elementtree: factories, targets, encodings, iteration while the tree changes."""
import re

def show(*values):
    print(re.sub('0x[0-9a-f]+', '0x', ' '.join((str(v) for v in values))))

def t(f, *a, **k):
    try:
        show('->', f(*a, **k))
    except Exception as e:
        show(type(e).__name__, e)
import _elementtree as E, io
import xml.etree.ElementTree as ET
El = E.Element
import copy
r = El('a', x='1')
show(copy.copy(r).attrib is r.attrib, copy.copy(r).attrib)
d = {}
b = E.TreeBuilder()
show(b.start('a', d).attrib is d)
d = {'q': '1'}
b = E.TreeBuilder()
show(b.start('a', d).attrib is d)

class T:

    def close(s):
        return 'closed'
t(E.XMLParser(target=T())._parse_whole, io.BytesIO(b'<a/>'))
p = E.XMLParser(target=E.TreeBuilder(insert_comments=True, insert_pis=True))
p.feed('<a>1<!--c-->2<?pi x?>3</a>')
r = p.close()
show(list(r.itertext()), [x.tag for x in r.iter()])
t(E.XMLParser.__new__(E.XMLParser).feed, 'x')
t(E.XMLParser.__new__(E.XMLParser).close)
t(E.XMLParser.__new__(E.XMLParser)._parse_whole, 1)
t(E.XMLParser.__new__(E.XMLParser)._setevents, [])
t(bool, El('x'))

class P(E.XMLParser):

    def doctype(self, *a):
        show('DT', a)
p = P()
t(p.feed, '<!DOCTYPE a><a/>')
b = E.TreeBuilder()
b.start('a', {})
b.end('a')
t(b.start, 'b', {})
t(E.TreeBuilder(element_factory=5).start, 'a', {})

class Fac(E.Element):
    pass
b = E.TreeBuilder(element_factory=Fac)
b.start('a', {})
b.data('x')
b.start('b', {})
b.end('b')
b.data('y')
b.end('a')
show(ET.tostring(b.close()))

class PE:
    text = None
    tail = None

    def __init__(s, *a):
        show(a)

    def append(s, o):
        show('app')
b = E.TreeBuilder(element_factory=PE)
b.start('a', {})
b.data('x')
b.comment('q')
b.data('z')
b.start('b', {})
b.end('b')
b.data('y')
b.end('a')
show(vars(b.close()))
b = E.TreeBuilder()
b.data('x')
t(b.end, 'a')
t(b.close)
p = E.XMLParser()
t(p.feed, "<?xml version='1.0' encoding='foo'?><a/>".encode())
p = E.XMLParser()
t(p.feed, "<?xml version='1.0' encoding='utf-7'?><a/>".encode())
p = E.XMLParser(encoding='latin-1')
p.feed(b'<a>\xe9</a>')
show(p.close().text)
p = E.XMLParser()
p.feed("<?xml version='1.0' encoding='latin-1'?><a>é</a>")
show(p.close().text)
e = El('a')
e.append(El('b'))
it = e.iter()
next(it)
del e[0]
show(list(it))
t(e.find, b'q')
t(e.find, 5)
t(e.findall, None)
t(e.findtext, ('a',))
t(e.find, '{*}b')
t(e.find, '{a/b}c')
t(e.iter, '')
t(lambda: list(e.iter(5)))
t(lambda: list(e.iter(tag='a')))
t(e.iter, 1, 2)
t(e.iter, x=1)
show(E.TreeBuilder.start.__text_signature__, E.XMLParser.__init__.__doc__)
t(E.TreeBuilder().pi)
t(E.TreeBuilder().pi, 1, 2, 3)
t(E.TreeBuilder().data)
t(E.TreeBuilder().data, 1)
t(El('a').set, 1)
t(El('a').extend, El('b'))
t(El('a').extend, (x for x in [El('b')]))
t(repr, El.__new__(El))
t(El.__new__(El).__getstate__)
e = El('a')
e.text = 'x' * 3
e.tag = e
t(repr, e)
x = El('a', {'é': '1'})
t(x.get, ['a'])
t(x.set, [], 1)
p = E.XMLParser()
t(setattr, p, 'foo', 1)
t(p.feed, 'a\ud800')
p = E.XMLParser()
t(p._parse_whole, io.StringIO('<a>\ud800</a>'))

class F:

    def __init__(s, l):
        s.l = l

    def read(s, n):
        show(n)
        return s.l.pop(0)
t(E.XMLParser()._parse_whole, F([b'<a>', 5]))
t(E.XMLParser()._parse_whole, F([b'<a>', b'</a>', b'']))
t(E.XMLParser()._parse_whole, F(['<a>', '</a>', '']))
show(E.XMLParser.entity, El.tag, type(El.tag), El.text.__doc__)
l = []
p = E.XMLParser()
p._setevents(l)
p.feed('<a>')
show(l)
p.feed('<b/></a>')
show(l)
l = []
p = E.XMLParser(target=E.TreeBuilder())
p._setevents(l, [b'comment', 'pi', 'start-ns', 'end-ns'])
p.feed('<a><!--x--><?p y?><b xmlns="q"/></a>')
show([(a, getattr(b, 'text', b)) for a, b in l])
