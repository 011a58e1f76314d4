# integers beyond a word, and the small ones that are shared
n = 1
powers = []
for i in range(1, 25):
    n *= i * 1000
    if i % 4 == 0:
        powers.append(n)
m = -n
q, r = divmod(m, 10 ** 20)
s = q >> 64
t = s ^ n
small = [i - 5 for i in range(8)]
edge = [255, 256, 257, 256 + 1, -5, -6]
f = 1
for i in range(30):
    f = f * 7
    f += i
x = 2 ** 255
y = 2 ** 257
z = x // 3
h = hash(f)
b = True + True
