"""Symbolic algebra: calculus, equations, matrices, number theory, printing and generated code."""
from sympy import (Eq, Function, Integral, Limit, Matrix, Rational, Sum, apart, cos, diff, dsolve, exp, expand, factor, factorint,
                   fibonacci, gcd, integrate, lambdify, latex, limit, log, nsolve, oo, pi, pretty, primerange, series, simplify, sin,
                   solve, sqrt, symbols, sympify, trigsimp)

x, y, n = symbols("x y n")
print(integrate(x**2 * sin(x), x), integrate(1 / (x**2 + 1), (x, 0, oo)))
print(diff(exp(sin(x)) * log(x), x), diff(x**5 * y**2, x, 2, y))
print(solve(x**3 - 2 * x + 1, x), solve([x + y - 3, x - y - 1], [x, y]))
print(simplify((x**2 - 1) / (x - 1)), trigsimp(sin(x)**2 + cos(x)**2), apart(1 / (x**2 - 1)))
print(series(exp(sin(x)), x, 0, 6), limit(sin(x) / x, x, 0), Limit(1 / x, x, oo))
print(Matrix([[1, 2], [3, 4]]).inv(), Matrix([[2, 1], [1, 2]]).eigenvals(), Matrix(3, 3, range(9)).rank())
print(factor(x**4 - 1), expand((x + y)**5), gcd(x**2 - 1, x**2 - 2 * x + 1))
print(latex(Integral(sqrt(1 / x), x)), latex(Matrix([[x, y], [1, Rational(1, 3)]])))
print(pretty(Integral(x**2 / (1 + sqrt(x)), (x, 0, pi))))
print(factorint(2**32 - 1), list(primerange(80, 120)), fibonacci(200))
print(Sum(1 / n**2, (n, 1, oo)).doit(), Sum(n**2, (n, 1, 10)).doit(), nsolve(cos(x) - x, x, 1))
f = Function("f")
print(dsolve(Eq(f(x).diff(x, 2) + f(x), 0), f(x)), pi.evalf(60))
print(lambdify([x, y], x**2 + y, "math")(3, 4), sympify("2*x + sin(y)/3").subs({x: 3, y: pi / 2}), (x + 1).args)
