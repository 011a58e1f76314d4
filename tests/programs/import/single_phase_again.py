"""A module that keeps its state in globals is made a second time with the same objects."""
import sys

import _decimal

first = _decimal
del sys.modules["_decimal"]
import _decimal

print(first is _decimal, first.Decimal is _decimal.Decimal, first.InvalidOperation is _decimal.InvalidOperation)
context = _decimal.Context(prec=3, traps=[_decimal.InvalidOperation])
print(context.divide(_decimal.Decimal(1), _decimal.Decimal(3)))
try:
    context.create_decimal("no")
except first.InvalidOperation as e:
    print("caught", e)
