import sys
class Yield:
    def __init__(self, v): self.v = v
    def __await__(self): return (yield self.v)
def run(co):
    out = []
    try:
        v = co.send(None)
        while True:
            out.append(v)
            v = co.send(v * 10)
    except StopIteration as e:
        return out, e.value
async def add(a, b): return await Yield(a) + await Yield(b)
async def main():
    x = await add(1, 2)
    y = await add(x, 3)
    return x, y
print(run(main()))
class ACM:
    async def __aenter__(self):
        await Yield('enter'); return self
    async def __aexit__(self, t, v, tb):
        await Yield('exit'); print('aexit', t and t.__name__); return t is KeyError
async def with_(exc):
    async with ACM() as a:
        if exc: raise exc
    return 'ok'
print(run(with_(None)), run(with_(KeyError)))
try:
    run(with_(ValueError('v')))
except ValueError as e:
    print('ValueError', e)
class AIter:
    def __init__(self, n): self.n = n
    def __aiter__(self): return self
    async def __anext__(self):
        if not self.n: raise StopAsyncIteration
        self.n -= 1
        return await Yield(self.n)
async def for_():
    out = []
    async for x in AIter(3): out.append(x)
    else: out.append('else')
    return out, [x async for x in AIter(2)], {x: 1 async for x in AIter(2)}
print(run(for_()))
async def agen(n):
    try:
        for i in range(n):
            got = yield await Yield(i)
            if got: print('got', got)
    finally:
        print('agen closed')
async def use():
    out = []
    async for x in agen(3): out.append(x)
    a = agen(2)
    print(await a.__anext__(), await a.asend('hey'))
    try:
        await a.__anext__()
    except StopAsyncIteration:
        print('stop')
    b = agen(5)
    await b.__anext__()
    await b.aclose()
    await b.aclose()
    c = agen(5)
    await c.__anext__()
    try:
        await c.athrow(KeyError('k'))
    except KeyError as e:
        print('KeyError', e)
    print(await anext(agen(0), 'default'), [x async for x in agen(2) if x])
    return out
print(run(use()))
co = main()
print(type(co).__name__, co.cr_await, co.cr_running, co.cr_frame is not None, co.__qualname__)
co.close()
try:
    co.send(None)
except RuntimeError as e:
    print(e)
async def bad(): await 3
async def bad2():
    async with 3: pass
async def bad3():
    async for x in 3: pass
class NoAwait:
    def __aenter__(self): return 1
    def __aexit__(self, *a): return 1
async def bad4():
    async with NoAwait(): pass
class BadNext:
    def __aiter__(self): return self
    def __anext__(self): return 3
async def bad5():
    async for x in BadNext(): pass
class BadIter:
    def __aiter__(self): return 3
async def bad6():
    async for x in BadIter(): pass
for b in (bad, bad2, bad3, bad4, bad5, bad6):
    try:
        b().send(None)
    except TypeError as e:
        print(e, '|', repr(e.__cause__))
co5 = main()
def gen_from_coro():
    yield from co5
try:
    next(gen_from_coro())
except TypeError as e:
    print(e)
co5.close()
async def raises(): raise StopIteration
try:
    raises().send(None)
except RuntimeError as e:
    print(e)
w = add(1, 2)
c = w.__await__()
print(type(c).__name__, next(c))
c.close()
import types
@types.coroutine
def old(): return (yield 'old')
async def new(): return await old()
print(run(new()))
async def twice():
    c = add(1, 1)
    await c
    await c
try:
    run(twice())
except RuntimeError as e:
    print(e)
