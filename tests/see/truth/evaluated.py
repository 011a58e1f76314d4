# exec, eval and compile: code that is made while the program runs
def see(x):
    return x


def run(text, space):
    code = compile(text, "<made here>", "exec")
    exec(code, space)


space = {"given": [1], "see": see}
run("a = given * 2\nsee(0)\nb = [a]\ndef f(x):\n    y = [x, b]\n    see(0)\n    return y\n", space)
f = space["f"]
made = f(5)
n = eval(compile("[see(i * k) for i in range(3)]", "<made to be evaluated>", "eval"), {"k": 1000, "see": see})
code = compile("c = a + 1\nsee(0)\nd = {'c': c}\nfor i in range(3):\n    see(i)\n", "<made>", "exec")
a = 1
for i in range(2):
    exec(code)
    kept = d


def local(x):
    y = [x]
    run("see(1)\nz = y\nsee(z)", {"y": y, "see": see})
    w = eval("y + [x]", {"x": x, "y": y})
    return w


out = local(3)
g = eval(compile("lambda q: see([q, a])", "<made too>", "eval"))
h = g(2)
del f
again = space["f"]("again")
