# Decorators: order, any expression, on classes and methods, errors of each stage.
def d(n):
    print('make', n)
    return lambda f: (print('apply', n, f.__name__), f)[1]
@d(1)
@d(2)
def f(): pass
@d('class')
class C:
    @d('method')
    @staticmethod
    def m(): return 'm'
    @property
    @d('prop')
    def p(self): return 'p'
print(C.m(), C().p)
table = {'k': [d]}
@table['k'][0]('subscript')
def g(): pass
@(lambda f: 'replaced')
def h(): pass
print(h)
@(yes := d('walrus'))
def i(): pass
@d('default')
async def co(x=print('defaults come after decorators')): pass
@len
class L(str): pass
