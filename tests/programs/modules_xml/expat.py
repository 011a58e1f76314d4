"""pyexpat: every handler, every attribute, encodings, and what is refused."""
import io
import re
import traceback
import pyexpat

def t(f, *a, **k):
    try:
        text = '%r %r -> %r' % (a, k, f(*a, **k))
    except Exception as e:
        text = '%r %r %s: %s' % (a, k, type(e).__name__, e)
    print(re.sub('0x[0-9a-f]+', '0x', text))
P = pyexpat.ParserCreate
t(P, 1)
t(P, namespace_separator=5)
t(P, namespace_separator='ab')
t(P, namespace_separator='')
t(P, intern=5)
t(P, intern=None)
t(P, 'a', 'b', {}, 1)
t(P, 'x\x00')
t(P, namespace_separator='\x00')
t(P, foo=1)
print(P(intern=None).intern, P().intern)
p = P()
t(setattr, p, 'buffer_size', 0)
t(setattr, p, 'buffer_size', 2 ** 31)
t(setattr, p, 'buffer_size', 'a')
t(setattr, p, 'buffer_size', 2 ** 80)
t(setattr, p, 'buffer_text', 'a')
t(delattr, p, 'buffer_text')
t(delattr, p, 'StartElementHandler')
t(setattr, p, 'StartElementHandler', 5)
t(delattr, p, 'buffer_size')
t(delattr, p, 'ordered_attributes')
t(setattr, p, 'ErrorCode', 1)
t(setattr, p, 'foo', 1)
t(delattr, p, 'namespace_prefixes')
t(delattr, p, 'specified_attributes')
t(setattr, p, 'intern', 1)
print(p.StartElementHandler, p.buffer_size, p.buffer_used, p.buffer_text, p.CurrentByteIndex, p.ErrorByteIndex, p.GetBase(), p.GetInputContext())
p.buffer_text = 1
p.buffer_text = 1
p.buffer_size = 100
t(p.Parse, 5)
t(p.Parse)
t(p.Parse, '<a>', 2)
t(p.Parse, '</b>')
t(p.Parse, '<a>')
print(p.ErrorCode, p.ErrorLineNumber, p.ErrorColumnNumber, p.ErrorByteIndex, p.CurrentByteIndex)
t(p.ParseFile, 5)

class F:

    def __init__(s, v):
        s.v = v

    def read(s, n):
        print(n)
        return s.v
t(P().ParseFile, F('a'))
t(P().ParseFile, F(b'a' * 3000))
t(P().ParseFile, F(bytearray(b'')))
t(P().ParseFile, F(b''))
t(P().ParseFile, io.BytesIO(b'<a/>'))
t(p.SetBase, 1)
t(p.SetBase, 'b')
t(p.GetBase)
t(p.SetParamEntityParsing, 1)
t(p.SetParamEntityParsing, 'a')
t(P().SetParamEntityParsing, 1)
t(p.UseForeignDTD)
t(P().UseForeignDTD, 1)
t(P().UseForeignDTD)
t(p.ExternalEntityParserCreate, 1)
t(p.ExternalEntityParserCreate, None)
t(p.ExternalEntityParserCreate, 'a', 'b', 'c')
try:
    P().Parse('<a><b></a>', True)
except pyexpat.ExpatError as e:
    print(e, e.code, e.offset, e.lineno, e.args, vars(e))
t(pyexpat.ErrorString, 3)
t(pyexpat.ErrorString, 1000)
t(pyexpat.ErrorString, 'a')
t(pyexpat.XMLParserType)
p = P()

def se(n, a):
    print(p.GetInputContext()[:20])
    1 / 0
p.StartElementHandler = se
try:
    p.Parse('<a><b/></a>', 1)
except ZeroDivisionError as e:
    print([(f.name, f.filename.split('/')[-1]) for f in traceback.extract_tb(e.__traceback__)])
print(p.StartElementHandler, p.ErrorCode, p.CurrentByteIndex)
for enc in ('iso-8859-7', 'koi8-r', 'utf-7', 'foo', 'shift_jis'):
    p = P()
    p.CharacterDataHandler = lambda s: print(ascii(s))
    p.buffer_text = True
    t(p.Parse, b"<?xml version='1.0' encoding='%s'?><a>\xe1\xc1</a>" % enc.encode(), 1)
p = P('iso-8859-15')
p.CharacterDataHandler = lambda s: print(ascii(s))
t(p.Parse, b'<a>\xa4</a>', 1)
print(pyexpat.errors.codes, pyexpat.model.XML_CTYPE_SEQ)

def ent(*a):
    print(a)
    return 'x'
doc = b'<?xml version="1.0" standalone="no"?>\n<!DOCTYPE r SYSTEM "x.dtd" [\n<!ELEMENT r (a|(b,c?)*|d)*>\n<!ELEMENT s (a+,(b|c)?)>\n<!ELEMENT t ANY><!ELEMENT m (#PCDATA|a)*><!ELEMENT y EMPTY>\n<!ATTLIST r x CDATA "d" y (p|q) #REQUIRED z NOTATION (n) #IMPLIED>\n<!NOTATION n PUBLIC "pub" "sys">\n<!ENTITY e "val"> <!ENTITY % pe "pv"> <!ENTITY ex SYSTEM "ex.ent"> <!ENTITY un SYSTEM "u.gif" NDATA n>\n]>\n<?pi data?><!-- c --><r y="p" xmlns:k="uri:k" k:a="1">text &e; &ex; <![CDATA[cd]]> &skip;<k:z/></r>'
for cfg in range(16):
    p = P(namespace_separator='|' if cfg & 1 else None)
    p.ordered_attributes = cfg & 2
    p.specified_attributes = cfg & 4
    p.buffer_text = cfg & 8
    p.namespace_prefixes = cfg & 1
    print('CFG', cfg, p.ordered_attributes, p.specified_attributes, p.buffer_text, p.namespace_prefixes)
    for n in dir(p):
        if n.endswith('Handler') and (not n.startswith('Default') or cfg == 15):

            def h(*a, n=n):
                print(n, ['\x0c'.join(sorted(x.split('\x0c'))) if isinstance(x, str) else x for x in a], p.CurrentLineNumber, p.CurrentColumnNumber, p.CurrentByteIndex)
                if n == 'ExternalEntityRefHandler':
                    q = p.ExternalEntityParserCreate(a[0])
                    print(q.StartElementHandler is not None, q.ordered_attributes)
                    q.Parse('<sub>é</sub>', 1)
                return 1
            setattr(p, n, h)
    t(p.Parse, doc, 1)
    print(sorted((x for x in p.intern if x)))
p = P()
p.NotStandaloneHandler = lambda: 0
t(p.Parse, doc, 1)
p = P()
p.ExternalEntityRefHandler = lambda *a: 'x'
t(p.Parse, doc, 1)
p = P()
p.DefaultHandler = lambda *a: print('D', a)
t(p.Parse, doc, 1)
p = P()
p.DefaultHandlerExpand = lambda *a: print('E', a)
t(p.Parse, doc, 1)
import sys
print([m for m in sys.modules if 'pyexpat' in m])
