"""Linear algebra, Fourier transforms, random numbers, polynomials, interpolation, a simulation, and numpy's own tests in part."""
import numpy as np

a = np.array([[4.0, 1, 2], [1, 3, 0], [2, 0, 5]])
b = np.array([1.0, 2, 3])
np.set_printoptions(precision=6, suppress=True)
print(np.linalg.solve(a, b), np.linalg.inv(a), np.linalg.det(a).round(6), np.linalg.matrix_rank(a), np.linalg.norm(a).round(6))
w, v = np.linalg.eigh(a)
print(w, np.allclose(v @ np.diag(w) @ v.T, a), np.linalg.cholesky(a), np.linalg.cond(a).round(6))
q, r = np.linalg.qr(a)
u, s, vt = np.linalg.svd(a)
print(np.allclose(q @ r, a), s, np.allclose(u * s @ vt, a), np.linalg.lstsq(a[:, :2], b, rcond=None)[0], np.linalg.pinv(a[:, :2]), np.linalg.matrix_power(a, 3), np.linalg.eigvals([[0, 1], [-1, 0]]))
x = np.sin(np.arange(16) * np.pi / 4)
print(np.abs(np.fft.fft(x)).round(6), np.allclose(np.fft.ifft(np.fft.fft(x)), x), np.fft.rfft(x)[2].round(6), np.fft.fftfreq(8), np.fft.fft2(np.eye(4)).real, np.fft.fftshift(range(5)))
g = np.random.default_rng(42)
print(g.integers(0, 100, 8), g.random(3), g.normal(size=3), g.choice(["a", "b", "c"], 4), g.permutation(6), g.poisson(3, 4), g.gamma(2, 1, 2), g.multivariate_normal([0, 0], [[1, 0], [0, 1]]), g.bytes(4))
for kind in (np.random.MT19937, np.random.PCG64, np.random.Philox, np.random.SFC64):
    print(kind.__name__, np.random.Generator(kind(7)).integers(1000, size=4), kind(1).random_raw(2))
np.random.seed(3)
print(np.random.rand(3), np.random.randint(10, size=5), np.random.randn(2), np.random.shuffle(items := list(range(8))), items, np.random.binomial(10, 0.3, 4))
p = np.polynomial.Polynomial([6, -5, 1])
print(p.roots(), p(2), p.deriv(), np.polyfit([0, 1, 2], [1, 3, 7], 2), np.poly1d([1, 2]) * np.poly1d([1, 3]), np.roots([1, -3, 2]), np.polynomial.chebyshev.chebval(0.5, [1, 2, 3]), np.interp([0.5, 2.5], [0, 1, 3], [0, 10, 30]), np.convolve([1, 2], [1, 1, 1]), np.trapz([1, 2, 3]))


def life(board, steps):
    for _ in range(steps):
        near = sum(np.roll(np.roll(board, i, 0), j, 1) for i in (-1, 0, 1) for j in (-1, 0, 1)) - board
        board = ((near == 3) | (board & (near == 2))).astype(int)
    return board


board = np.zeros((12, 12), int)
board[1, 2] = board[2, 3] = board[3, 1] = board[3, 2] = board[3, 3] = 1
print("\n".join("".join(".#"[c] for c in row) for row in life(board, 12)))
t = np.linspace(0, 1, 401)
y = np.zeros((2, t.size))
y[0, 0] = 1
for i in range(t.size - 1):
    h = t[1]
    f = lambda s: np.array([s[1], -4 * np.pi**2 * s[0]])
    k1 = f(y[:, i]); k2 = f(y[:, i] + h / 2 * k1); k3 = f(y[:, i] + h / 2 * k2); k4 = f(y[:, i] + h * k3)
    y[:, i + 1] = y[:, i] + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
print(y[:, [0, 100, 200, 300, 400]].round(5) + 0.0)
sieve = np.ones(5000, bool)
sieve[:2] = False
for i in range(2, 71):
    if sieve[i]:
        sieve[i * i::i] = False
print(np.flatnonzero(sieve)[-5:], sieve.sum(), np.testing.assert_allclose([1.0], [1.0 + 1e-9]))
try:
    np.testing.assert_array_equal([1, 2, 3], [1, 2, 4])
except AssertionError as error:
    print(error)
