"""Dialects, readers and writers: what they give and what they refuse."""
import _csv,csv,io,re
from _csv import *
class D: delimiter=';'
class W:
    def write(s,x): s.x=x; return len(x)
class S(csv.excel): pass
def r(lines,*a,**k): return list(reader(lines,*a,**k))
def w(row,*a,**k):
    o=W(); writer(o,*a,**k).writerow(row); return o.x
class B:
    def __str__(self): 1/0
tests=r'''
reader()
reader(3)
reader([],'nope')
reader([],foo=3)
reader([],3)
reader([],None)
reader([],delimiter='')
reader([],delimiter='ab')
reader([],delimiter=None)
reader([],delimiter=3)
reader([],delimiter=b'a')
reader([],quotechar='')
reader([],quotechar='ab')
reader([],quotechar=3)
reader([],quotechar=None)
reader([],quotechar=None,quoting=3).dialect.quotechar
reader([],quoting=4)
reader([],quoting='a')
reader([],quoting=None)
reader([],quoting=1.5)
reader([],escapechar=3)
reader([],escapechar='ab')
reader([],escapechar='')
reader([],lineterminator=3)
reader([],lineterminator=None)
reader([],lineterminator='')
reader([],doublequote='a').dialect.doublequote
reader([],skipinitialspace=[]).dialect.skipinitialspace
reader([],strict=B)
reader([],'excel','x')
reader([],'excel',delimiter=';').dialect.delimiter
reader([],D).dialect.delimiter
reader([],D()).dialect.delimiter
reader([],S).dialect.delimiter
Dialect(),Dialect().delimiter,Dialect().quotechar,Dialect().escapechar,Dialect().lineterminator,Dialect().quoting,Dialect().doublequote,Dialect().skipinitialspace,Dialect().strict
Dialect('excel').delimiter
Dialect(None)
Dialect('nope')
Dialect(D).delimiter
Dialect(Dialect(delimiter=';')).delimiter
Dialect(foo=1)
Dialect(1,2)
Dialect(delimiter='\n')
Dialect(delimiter='"')
setattr(Dialect(),'delimiter',1)
setattr(Dialect(),'doublequote',1)
setattr(Dialect(),'quoting',1)
delattr(Dialect(),'quoting')
Dialect().__reduce__()
Dialect().__reduce_ex__(2)
Dialect().foo
r(['a,b','"c,d",e','f""g','"h""i"'])
r(['a,b\n','c\r\n','\n','','d\r'])
r(['a\nb'])
r(['a\rb'])
r(['"a\nb"'])
r(['"a\n','b",c'])
r(['"a'])
r(['"a'],strict=True)
r(['"a"b'])
r(['"a"b'],strict=True)
r(['a"b"'],strict=True)
r(['a\\'],escapechar='\\')
r(['a\\','b'],escapechar='\\')
r(['a\\,b\\"'],escapechar='\\')
r(['"a\\"b"'],escapechar='\\')
r(['"a\\'],escapechar='\\')
r(['a\\'],escapechar='\\',strict=True)
r(['a\0b'])
r([b'a'])
r([3])
r(['1,"2",x'],quoting=2)
r(['1,"2",3.5'],quoting=2)
r(['1,,""'],quoting=2)
r(['a, b,"c", "d"'],skipinitialspace=True)
r(['a, b, "d"'])
r(['a,"b'],quoting=3)
r(['a,"b"'],quotechar=None,quoting=3)
r(['a b  c'],delimiter=' ')
r(['"a","b"\r'])
r(['a,b\r\nc'])
r([''])
r([' '],skipinitialspace=True)
r(['a,\u1234"x\U00012345,'])
r(['a;b'],delimiter=';',quotechar="'")
r(['x'*140000])
r(['"','x'*131071,'"'])
field_size_limit()
field_size_limit('a')
field_size_limit(None)
field_size_limit(1,2)
field_size_limit(10**30)
field_size_limit(new_limit=131072)
w([1,2.5,None,'a','b,c','d"e','f\ng','h\ri',True])
w([])
w([''])
w([None])
w([None,''])
w(['',None])
w([''],quoting=3)
w([None],quoting=3)
w(['a','b'],quoting=1)
w([1,'b',None,2.5,''],quoting=2)
w(['a"b'],quoting=3)
w(['a,b'],quoting=3)
w(['a,b'],quoting=3,escapechar='\\')
w(['a"b','c\\d','e\nf'],quoting=3,escapechar='\\')
w(['a"b'],doublequote=False)
w(['a"b'],doublequote=False,escapechar='\\')
w(['a\\b'],escapechar='\\')
w(['a\\b,'],escapechar='\\')
w(['a"b'],quotechar=None,quoting=3)
w(['a\nb'],quoting=3)
w([' a','b '],delimiter=' ')
w([' a','b '],skipinitialspace=True)
w(['a'],lineterminator='xyz')
w(['x','y z'],lineterminator='xyz')
w(3)
w([B()])
w('abc')
w({'a':1,'b':2})
w(x for x in [1,2])
w(['a\r\n'])
w(['a\\"b'],escapechar='\\')
w(['"'],quotechar="'")
w(["'"],quotechar="'")
w([10**30,1e300,1.0,float('nan'),1j])
w(['\u1234','\U00012345,'])
w([b'a'])
w(['a\nb'],lineterminator='x')
w(['a\rb'],lineterminator='\n')
w(['',''],delimiter=' ',skipinitialspace=True)
w([''],delimiter=' ',skipinitialspace=True,quoting=3)
reader([],quotechar=None,quoting=1)
writer(W(),quotechar=None).dialect.quoting
w([1.5,'x'],quoting=2,quotechar='1')
w([15],quotechar='1')
w([15],delimiter='1')
w(['\u1234a'],lineterminator='\u1234')
writer(3)
writer()
writer(W(),foo=1)
writer(W()).writerows(3)
writer(W()).writerows([[1],3])
writer(W()).writerows([[1],[2]])
writer(W()).writerow([1,2])
writer(W()).dialect.delimiter
writer(W(),lineterminator='\n',quoting=1).dialect.quoting
writer(W()).foo
next(reader(['a']))
next(reader([]))
reader(['a','b']).line_num
reader(['a']).dialect
type(reader([]))()
type(writer(W()))()
register_dialect(3)
register_dialect('a',3)
register_dialect()
register_dialect('zz',delimiter='ab')
register_dialect('zz',delimiter=';')
get_dialect('zz').delimiter
get_dialect('nope')
get_dialect()
get_dialect(3)
get_dialect([])
list_dialects()
list_dialects(1)
unregister_dialect('zz')
unregister_dialect('zz')
unregister_dialect()
_csv.__version__
_csv.QUOTE_ALL
Error.__mro__, Error.__module__
reader([]).__class__, Dialect.__module__, writer(W()).__class__
'''
for t in tests.strip().splitlines():
    try:
        r=ascii(eval(t))[:300]
    except BaseException as e:
        r='!! %s.%s %a' % (type(e).__module__,type(e).__name__,str(e))
    print(t,'=>',re.sub('0x[0-9a-f]{6,}','0x',r))
