"""_statistics, _tokenize, syslog, spwd, xxsubtype."""
import warnings
import _statistics
import _tokenize
import syslog
import xxsubtype

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    import spwd
    print(caught[0].message)


def attempt(f, *args):
    try:
        print(f(*args))
    except Exception as e:
        print(type(e).__name__, e)


quantile = _statistics._normal_dist_inv_cdf
for p in (1e-300, 1e-20, 1e-9, 0.001, 0.07499, 0.075, 0.2, 0.5, 0.925, 0.93, 0.999999, 0.5 - 1e-12):
    print(quantile(p, 0.0, 1.0), quantile(p, 3, 4.5))
for args in ((0, 0, 1), (1, 0, 1), (0.5, 0, 0), (0.5, 0, -1), ("a", 0, 1), (0.5,)):
    attempt(quantile, *args)

for source in ("if x:\n  y # c\nz\n", "'''a\nb''' + (1,\n 2)", "é = 'ü'\n x", "a\\\n+b", "$", "'abc", "(", "1x", ")",
               "\tx\n        y", "  a\n b", "", "x\r\ny", "async def f():\n\n  await x\n", "(a, # \\\n  'é', b)", "a\0b", 5):
    try:
        for token in _tokenize.TokenizerIter(source):
            print(token)
    except Exception as e:
        print(type(e).__name__, e.args)

print(syslog.LOG_UPTO(syslog.LOG_ERR), syslog.LOG_MASK(3), syslog.LOG_LOCAL7, syslog.setlogmask(255), syslog.setlogmask(0))
for args in ((), (1,), (1, 2), ("a", "b")):
    attempt(syslog.syslog, *args)
attempt(syslog.openlog, 1)
attempt(spwd.getspnam, 5)
attempt(spwd.getspnam, "a\0b")
print(spwd.struct_spwd._fields if hasattr(spwd.struct_spwd, "_fields") else spwd.struct_spwd.__match_args__)

l = xxsubtype.spamlist([1, 2])
l.setstate(7)
print(l, l.state, l.getstate(), l.classmeth(1, a=2), l.staticmeth(3, b=4), xxsubtype.spamlist.staticmeth())
d = xxsubtype.spamdict(a=1)
d.setstate(3)
print(d, d.state, d == {"a": 1}, isinstance(d, dict))
attempt(d.setstate)
print(xxsubtype.bench(l, "state", 10) >= 0)


class Sub(xxsubtype.spamlist):
    pass


print(Sub((1,)), Sub().state, Sub.classmeth())
