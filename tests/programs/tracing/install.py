# A hook that goes as another is installed must not install a third; errors of hooks; who hears what.
import sys


class Hook:
    def __init__(self, install):
        self.install = install

    def __call__(self, *args):
        pass

    def __del__(self):
        for i in range(2):
            try:
                self.install(None)
            except RuntimeError as e:
                print('refused:', e)


def later(*args):
    pass


for install, get in ((sys.settrace, sys.gettrace), (sys.setprofile, sys.getprofile)):
    install(Hook(install))
    install(later)
    print(get().__name__)
    install(None)
sys.settrace(Hook(sys.setprofile))
sys.settrace(later)
print(sys.gettrace().__name__)
sys.settrace(None)


def generator():
    yield 1
    yield 2


def failing(when, func):
    def trace(frame, event, arg):
        if frame.f_code is func.__code__ and event == when:
            raise KeyError(event)
        return trace
    return trace


def function():
    try:
        len(())
        1 / 0
    except ZeroDivisionError:
        pass
    return 1


import traceback
for func in function, generator:
    for when in 'call', 'line', 'exception', 'return':
        sys.settrace(failing(when, func))
        try:
            result = func()
            if func is generator:
                list(result)
        except KeyError:
            print(sys.gettrace())
            traceback.print_exc(file=sys.stdout)
        finally:
            sys.settrace(None)
    for when in 'call', 'c_call', 'c_return', 'return':
        sys.setprofile(failing(when, func))
        try:
            result = func()
            if func is generator:
                list(result)
        except KeyError:
            print(sys.getprofile())
            traceback.print_exc(file=sys.stdout)
        finally:
            sys.setprofile(None)
