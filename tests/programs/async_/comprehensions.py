# Asynchronous comprehensions and generators: every form, nesting, closing, throwing, misuse.
def t(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__ + ":", e)
async def ag(n):
    try:
        for i in range(n):
            got = yield i
            if got: print('sent', got)
    except ValueError as e: print('caught', e); yield 'after'
    finally: print('closed', n)
async def ident(x): return x
def run(co):
    try:
        while True: co.send(None)
    except StopIteration as e: return e.value
async def main():
    print([i async for i in ag(3)], {i async for i in ag(2)}, {i: await ident(i) async for i in ag(2)}, [await ident(j) for j in range(2)])
    print([x async for x in (y * 2 async for y in ag(3) if y)], [[b async for b in ag(a)] async for a in ag(2)], [i for i in range(3) if await ident(i)])
    g = (i async for i in ag(2)); print(type(g).__name__, await g.__anext__(), await g.asend(None)); await g.aclose()
    a = ag(5); print(await a.asend(None), await a.asend('hi'), await a.athrow(ValueError('v'))); await a.aclose()
    try: await a.__anext__()
    except StopAsyncIteration as e: print('stop', e.args)
    a = ag(5)
    try: await a.asend(1)
    except TypeError as e: print(e)
    a = ag(1); await a.__anext__()
    try: await a.athrow(KeyError, 'k')
    except KeyError as e: print(repr(e))
    async for i in ag(2): print(i)
    else: print('else')
    async for i in ag(2): break
    print(await anext(ag(1)), await anext(ag(0), 'default'), aiter(a) is a)
    for bad in (5, [1], ident(1)):
        try:
            async for i in bad: pass
        except TypeError as e: print(e)
        if hasattr(bad, 'close'): bad.close()
    class NotAwaitable:
        def __aiter__(self): return self
        def __anext__(self): return 5
    try: [i async for i in NotAwaitable()]
    except TypeError as e: print(e, repr(e.__cause__))
    class BadAiter:
        def __aiter__(self): return 5
    try: [i async for i in BadAiter()]
    except TypeError as e: print(e)
    try: await 5
    except TypeError as e: print(e)
    try: aiter(5)
    except TypeError as e: print(e)
    try: anext(5)
    except TypeError as e: print(e)
    class A:
        def __await__(self): return 5
    try: await A()
    except TypeError as e: print(e)
    c = ident(1); await c
    try: await c
    except RuntimeError as e: print(e)
    return 'end'
print(run(main()))
t(lambda: [c.close() for c in [ident(1)]]); c = ident(1); t(lambda: c.send(1)); c.close(); c = ident(1); t(lambda: c.throw(ValueError('x'))); t(lambda: c.send(None)); t(lambda: iter(c)); t(lambda: next(c)); t(lambda: list(ag(1))); t(lambda: ag(1).asend()); t(lambda: type(ag(1).athrow()).__name__); a = ag(1); n = a.__anext__(); t(lambda: n.send(None)); t(lambda: n.send(None)); t(lambda: (n.close(), n.send(None))); t(lambda: (a.ag_running, a.ag_frame is None, a.ag_code.co_name, a.ag_await, a.__name__)); t(lambda: type(a)()); t(lambda: type(c)())
async def outer():
    async def boom():
        yield 1
        raise KeyError('in generator')
    return [i async for i in boom()]
run(outer())
