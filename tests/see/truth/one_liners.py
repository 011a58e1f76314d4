# loops, branches and bodies in one line
def see(x):
    return x


n = 0
while n < 5: n += 1
for i in range(4): kept = [see(i)]
for i in range(3): a = i; b = see([a])
if n: c = see("yes")
else: c = "no"
def f(x): y = x + 1; return see(y)
def g(x): return [see(f(i)) for i in range(x)]
d = g(3); e = d
class C: a = [1]; b = see(a)
try: f(None)
except TypeError as error: why = see(str(error))
finally: n = 0
k = (lambda x: see(x) + 1)(5)
while True: n += 1; m = see([n]);  break
with open(__file__) as file: line = see(file.readline())
x = 1; y = see(x); z = [y]
