# async with, except* in coroutines, exception groups through generators, awaits in odd places.
def t(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__ + ":", e)
def run(co):
    try:
        while True: co.send(None)
    except StopIteration as e: return e.value
class M:
    def __init__(self, n, eat=False): self.n, self.eat = n, eat
    async def __aenter__(self): print('enter', self.n); return self
    async def __aexit__(self, t, v, tb): print('exit', self.n, t and t.__name__); return self.eat
async def f():
    async with M(1) as a, M(2, True) as b: raise KeyError('x')
    async with (M(3), M(4) as c,): print(c.n)
    try:
        async with M(5): raise ExceptionGroup('g', [KeyError(1), ValueError(2)])
    except* KeyError as e: print('keys', e.exceptions); 
    except* ValueError as e: print('values', e.exceptions, await g())
    return f'{await g()} {[await g() for _ in "ab"]} {await g() if await g() else 0} {(await g())[0]}'
async def g(): return 'g'
print(run(f()))
def sync(src):
    try: compile(src, 's', 'exec'); print('fine')
    except SyntaxError as e: print(e.msg, e.lineno, e.offset)
for s in ('async with x: pass', 'async for x in y: pass', 'async def f(): [i async for i in x]', 'def f(): [i async for i in x]', 'def f(): (i async for i in x)', 'async def f(): lambda: await x', 'async def f(x=await y): pass', 'async def f():\n async def g(a=await b): pass', 'async def f(): yield; return', 'async def f(): yield; return 1', 'async x = 1', 'async = 1', 'await = 1', 'async def f(): await', 'async def f(): await = 1', 'async def f(): f(await)', 'async def f(): [x for x in await y]', 'async def f(): {await x: await y for z in w}', 'class A: await x', 'async def f(): await x ** 2; -await x; await -x', 'def f(): await x', 'async lambda: 1', 'async def f(): del await x', 'async def f(): (await x) = 1', 'async def f(): await x += 1', 'async def f(): for await x in y: pass', 'async if 1: pass', 'async def f(): with await x as y: pass', 'async def f(): return (yield)', 'async def f(): x = yield y', 'await x'): sync(s)
class BadExit:
    async def __aenter__(self): pass
    def __aexit__(self, *a): return 5
async def h():
    async with BadExit(): pass
t(lambda: run(h()))
async def k():
    async with object(): pass
t(lambda: run(k()))
class NoExit:
    async def __aenter__(self): pass
async def l():
    async with NoExit(): pass
t(lambda: run(l()))
async def m():
    async with M('last'): 1 / 0
run(m())
