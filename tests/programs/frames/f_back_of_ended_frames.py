import sys
def g():
    yield sys._getframe()
def run():
    it = g(); f = next(it)
    print(f.f_back)
    for _ in it: pass
    print(f.f_back)
    it = g(); f = next(it); it.close(); print(f.f_back)
    def h():
        yield sys._getframe()
        1/0
    it = h(); f = next(it)
    try: next(it)
    except ZeroDivisionError as e: print(e.__traceback__.tb_next.tb_frame.f_back)
    print(f.f_back)
    def d(): return sys._getframe()
    print(d().f_back.f_code.co_name)
run()
def outer():
    f = d2()
    return f
def d2(): return sys._getframe()
print(outer().f_back.f_code.co_name, outer().f_back.f_back.f_code.co_name)
