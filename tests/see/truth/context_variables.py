# contextvars, and generators and callbacks that run in a copy of a context
import contextvars

var = contextvars.ContextVar("var", default=None)
kept = []


def work(n):
    token = var.set([n])
    seen = var.get()
    kept.append(seen)
    if n > 1:
        inner = contextvars.copy_context()
        below = inner.run(work, n - 1)
        kept.append((below, var.get()))
    var.reset(token)
    return seen


for i in range(1, 4):
    out = work(i)
c = contextvars.copy_context()
r = c.run(work, 2)
value = var.get()
