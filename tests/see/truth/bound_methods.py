# methods kept, built-in methods kept, partial application, callbacks
import functools


class Button:
    def __init__(self, name):
        self.name = name
        self.handlers = []

    def on(self, handler):
        self.handlers.append(handler)
        return self

    def press(self, *args):
        results = []
        for handler in self.handlers:
            results.append(handler(self, *args))
        return results


class Counter:
    def __init__(self):
        self.n = 1000

    def bump(self, button, by=1):
        self.n += by
        return self.n


c = Counter()
b = Button("b").on(c.bump).on(lambda button, *a: [button, a])
log = []
b.on(functools.partial(c.bump, by=5)).on(lambda button, *a: log.append(button))
for i in range(3):
    got = b.press()
add = log.append
add(got)
bump = c.bump
del c
again = bump(b, 7)
same = bump.__self__.n
b.handlers.clear()
