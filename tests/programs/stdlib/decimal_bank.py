"""decimal at work: interest, instalments, functions to 200 digits, contexts of threads, signals, formats, texts both ways."""
import decimal
import pickle
import threading
from decimal import Decimal, getcontext, localcontext
from fractions import Fraction


def instalments(principal, rate, months):
    """Equal monthly payments, to the cent, the last one making up for the rounding."""
    cent = Decimal("0.01")
    monthly = rate / 1200
    factor = (1 + monthly) ** months
    payment = (principal * monthly * factor / (factor - 1)).quantize(cent, decimal.ROUND_HALF_EVEN)
    rest, paid = principal, Decimal(0)
    for _ in range(months - 1):
        rest += (rest * monthly).quantize(cent) - payment
        paid += payment
    last = rest + (rest * monthly).quantize(cent)
    return payment, last, paid + last


def pi():
    """By the arctangents of Machin."""
    def arctan(n):
        power = total = Decimal(1) / n
        k = 1
        while power != 0 and total != total + power:
            power /= -n * n
            k += 2
            total += power / k
        return total
    with localcontext() as context:
        context.prec += 5
        value = 4 * (4 * arctan(5) - arctan(239))
    return +value


def attempt(function, *args):
    try:
        return function(*args)
    except (ArithmeticError, ValueError, TypeError) as error:
        return type(error).__name__ + ("" if isinstance(error, decimal.DecimalException) else f" {error}")


for case in (("250000", "3.75", 360), ("999.99", "19.9", 7), ("1", "0.5", 2)):
    print(*instalments(Decimal(case[0]), Decimal(case[1]), case[2]))

with localcontext() as context:
    context.prec = 200
    value = pi()
    print(value)
    print(Decimal(2).sqrt() ** 2 - 2, Decimal(10).ln().exp() - 10, (Decimal(3) ** Decimal("0.5")).compare(Decimal(3).sqrt()), sep="\n")
    print(Decimal(7).log10(), Decimal("1e-150").exp())
    print(value.to_integral_value(), value.logb(), value.adjusted(), hash(value), hash(Decimal("2.50")) == hash(Fraction(5, 2)) == hash(2.5))
    print(Decimal(2) ** 600 % 10 ** 20, pow(Decimal(3), 10 ** 6, 10 ** 15), Decimal(10) ** 100 // 7, divmod(Decimal(-7), 2))

for mode in sorted(m for m in vars(decimal) if m.startswith("ROUND_")):
    print(f"{mode:16}", *[Decimal(t).quantize(Decimal(1), getattr(decimal, mode)) for t in ("-2.5", "-1.5", "-1.1", "0.5", "1.5", "1.6", "2.5", "5.01")])

print([str(Decimal(t)) for t in ("1E+5", "-0", "1_000.50", "  3 ", "0E-10", "Infinity", "-sNaN123", "\u0663.\u0661", "1e-7", "12345678901234567890123456789012345")])
print([attempt(Decimal, t) for t in ("1..2", "", "e5", "--1", "1e", None, [], (0, (1, 2), "n"), (2, (1,), 0), (0, (1, 12), 0), 0.1, True, "9" * 25 + "e-9999999999999999999")])
print([attempt(format, Decimal('-1234567.8951'), spec) for spec in ("", ",.2f", "_.1f", "+.3e", "g", ".0%", ">20,.3f", "*^+18.1f", "020,.2f", "n", ".10", "E")])
print([attempt(format, Decimal(1), spec) for spec in ("d", ",n", "x", "10.5.5")])

flags = [decimal.Inexact, decimal.Rounded, decimal.Subnormal, decimal.Underflow, decimal.Overflow, decimal.Clamped, decimal.DivisionByZero,
         decimal.InvalidOperation]
context = decimal.Context(prec=5, Emin=-10, Emax=10, capitals=0, clamp=1, traps=[])
for a, operation, b in (("1", "divide", "3"), ("1", "divide", "0"), ("0", "divide", "0"), ("9e10", "multiply", "9"), ("1e-10", "divide", "7"), ("sNaN", "add", "1"),
                        ("1e10", "multiply", "1"), ("1e-14", "multiply", "0.1"), ("Infinity", "subtract", "Infinity"), ("12345.6", "add", "0")):
    context.clear_flags()
    result = getattr(context, operation)(Decimal(a), Decimal(b))
    print(a, operation, b, result, [f.__name__ for f in flags if context.flags[f]])
print(context)
print([attempt(lambda: Decimal(1) / 0), attempt(lambda: Decimal("sNaN") + 1), attempt(lambda: Decimal("NaN") < 1), Decimal("NaN") == Decimal("NaN")])
with localcontext(decimal.Context(traps=[decimal.FloatOperation, decimal.Inexact])):
    print([attempt(lambda: Decimal(0.5)), attempt(lambda: Decimal(1) == 1.0), attempt(lambda: Decimal(1) / 3), Decimal.from_float(0.1)])
for bad in (lambda: setattr(context, "prec", 0), lambda: setattr(context, "Emax", -1), lambda: setattr(context, "rounding", "up"),
            lambda: setattr(context, "clamp", 2), lambda: decimal.Context(traps={int: 1}), lambda: context.nothing, lambda: delattr(context, "prec")):
    try:
        bad()
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        print(type(error).__name__, error)

results = {}


def in_thread(prec):
    getcontext().prec = prec
    results[prec] = [Decimal(1) / 7 for _ in range(100)][-1]


threads = [threading.Thread(target=in_thread, args=(p,)) for p in (3, 9, 27)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sorted(results.items()), getcontext().prec)

a, b = Decimal("12.340"), Decimal("-5")
print(a.as_tuple(), a.normalize(), a.as_integer_ratio(), a.same_quantum(b), a.fma(b, 1), a.remainder_near(b), a.next_plus(), b.copy_sign(a), a.scaleb(3),
      a.shift(-1), a.rotate(2), a.compare_total(Decimal("12.34")), a.max(b), a.min_mag(b), a.number_class(), round(a), round(a, 2), int(b), float(a), complex(a),
      Decimal("1010").logical_xor(Decimal("110")), bool(Decimal(0)), abs(b), -a, +b, a.is_finite(), b.is_signed(), Decimal("1e-400").is_subnormal())
print(pickle.loads(pickle.dumps([a, context])), sum([a, b, 1]), sorted([a, b, 0.5, Fraction(1, 3), 7]), max(a, 12), attempt(lambda: a + 0.5))


class Money(Decimal):
    def __add__(self, other):
        return Money(super().__add__(other))


print(type(Money(1) + 2), type(Money(1) * 2), repr(Money("1.50")), f"{Money('3.14159'):.2f}", Money(5).__class__, isinstance(Money(1).quantize(a), Decimal))
