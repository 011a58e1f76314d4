"""Values and error texts of many expressions, one a line."""
def t(s):
    try: print(s,'->',repr(eval(s)))
    except BaseException as e: print(s,'!!',type(e).__name__,e)
for s in '''range()
range(1,2,3,4)
range(1.5)
range(1,2,0)
range('a')
range(x=1)
range(10)[10]
range(10)[-11]
range(10)[1:5:2]
range(10)['a']
range(10)[1.0]
range(10)[::0]
range(10).index(11)
range(10).index('a')
range(10).count(3)
range(0,10,3)
range(5,0)==range(0)
range(3)<range(4)
hash(range(3))==hash((3,0,1))
hash(range(0))==hash((0,None,None))
len(range(10**20))
range(10**20)[10**19]
range(10**20)[10**21]
range(3).__reduce__()
iter(range(3)).__reduce__()
iter(range(10**20,10**20+3)).__reduce__()
iter(range(3)).__length_hint__()
iter(range(3)).__setstate__(2)
reversed(range(3)).__reduce__()
reversed(range(10**20)).__reduce__()
list(reversed(range(0,10,3)))
type(iter(range(10**20)))
slice()
slice(1,2,3,4)
slice(1).indices(5)
slice(None,None,-1).indices(5)
slice(1,2,0).indices(5)
slice(1,2).indices(-1)
slice('a').indices(3)
slice(10**30).indices(10**31)
slice(x=1)
hash(slice(1))
slice(1,2)==slice(1,2)
slice(1,2)<slice(1,3)
slice(1,2)==5
repr(slice(1,'a',None))
slice(1,2).__reduce__()
slice(1).start
[1,2][1.0:]
[1,2]['a':]
[1,2][::0]
5 in range(10)
5.0 in range(10)
'a' in range(10)
range(1).start
range(3)+range(2)
range(0,-10,-3)[-1]
bool(range(0))
'''.splitlines(): t(s)
