# Sizes that no machine has: MemoryError or OverflowError at once, never a crash.
import sys, array, itertools, operator, struct
BIG = sys.maxsize

def show(label, f):
    try:
        r = f()
        print(label, type(r).__name__, len(r) if hasattr(r, '__len__') else r)
    except BaseException as e:
        print(label, type(e).__name__)

for n in (2**62, BIG, BIG - 1, 2**61, 2**60 + 1, 2**64, -2**64, 2**100):
    show(f'list* {n}', lambda: [0] * n)
    show(f'list3* {n}', lambda: [0, 1, 2] * n)
    show(f'tuple* {n}', lambda: (0, 1) * n)
    show(f'str* {n}', lambda: ' ' * n)
    show(f'str2* {n}', lambda: 'ab' * n)
    show(f'wide* {n}', lambda: '\U0001f600' * n)
    show(f'ucs2* {n}', lambda: '\u1234' * n)
    show(f'bytes* {n}', lambda: b'x' * n)
    if n > 2**62: show(f'bytearray* {n}', lambda: bytearray(b'xy') * n)
    show(f'array* {n}', lambda: array.array('i', [1, 2]) * n)
    show(f'bytes() {n}', lambda: bytes(n))
    show(f'bytearray() {n}', lambda: bytearray(n))
    show(f'ljust {n}', lambda: 'a'.ljust(n))
    show(f'rjust {n}', lambda: 'a'.rjust(n))
    show(f'center {n}', lambda: 'a'.center(n, '\u1234'))
    show(f'zfill {n}', lambda: 'a'.zfill(n))
    show(f'bljust {n}', lambda: b'a'.ljust(n))
    show(f'bcenter {n}', lambda: b'a'.center(n))
    show(f'bzfill {n}', lambda: b'a'.zfill(n))
    show(f'expandtabs {n}', lambda: '\t'.expandtabs(n) if n > 2**31 else '')
    show(f'%*d {n}', lambda: '%*d' % (n, 1))
    show(f'%.*d {n}', lambda: '%.*d' % (n, 1))
    show(f'%.*s {n}', lambda: '%.*s' % (n, 'a'))
    show(f'%.*f {n}', lambda: '%.*f' % (n, 1.5))
    if n <= 2**62: show(f'b%*d {n}', lambda: b'%*d' % (n, 1))
    show(f'format s {n}', lambda: format('a', str(abs(n))))
    show(f'format d {n}', lambda: format(1, str(abs(n))))
    show(f'format f {n}', lambda: format(1.5, '.' + str(abs(n)) + 'f'))
    show(f'str.format {n}', lambda: ('{:%d}' % abs(n)).format('a'))
    show(f'index {n}', lambda: ('{%d}' % abs(n)).format('a'))
    show(f'to_bytes {n}', lambda: (1).to_bytes(n, 'big'))
    show(f'lshift {n}', lambda: 1 << n)
    show(f'rshift {n}', lambda: -5 >> n)
    show(f'zero lshift {n}', lambda: 0 << n)
    show(f'range {n}', lambda: range(n))
    show(f'range index {n}', lambda: range(n)[n // 2 - 1])
    show(f'list slice {n}', lambda: [1, 2, 3][n:] + [1, 2, 3][:n] + [1, 2, 3][-n:] + [1, 2, 3][::n])
    show(f'islice {n}', lambda: list(itertools.islice([1, 2], 0, n)))
    show(f'repeat {n}', lambda: itertools.repeat(1, n).__length_hint__())
    show(f'product {n}', lambda: itertools.product([1], repeat=n))
    show(f'combinations {n}', lambda: list(itertools.combinations([1, 2], n)))
    show(f'permutations {n}', lambda: list(itertools.permutations([1, 2], n)))
    show(f'replace {n}', lambda: 'aaa'.replace('a', 'b', n))
    show(f'split {n}', lambda: 'a a a'.split(None, n))
    show(f'find {n}', lambda: 'aaa'.find('a', n) + 'aaa'.find('a', -n, n))
    show(f'insert {n}', lambda: [1].insert(n, 2))
    show(f'pop {n}', lambda: [1].pop(n))
    show(f'enumerate {n}', lambda: next(enumerate([1], n)))
    show(f'struct {n}', lambda: struct.pack('%ds' % abs(n), b''))
    show(f'round {n}', lambda: round(1.5, n))
    if n > 0: show(f'roundint {n}', lambda: round(15, n))
    show(f'chr {n}', lambda: chr(n))
    show(f'memoryview {n}', lambda: memoryview(b'abc')[n:])
    show(f'slice.indices {n}', lambda: slice(None, None, n).indices(5))
    show(f'slice.indices len {n}', lambda: slice(None, None, 3).indices(n))
    show(f'int base {n}', lambda: int('1', n))
    show(f'splitlines', lambda: 'a'.splitlines(n))

show('iadd', lambda: operator.iadd([1], range(2**62)))
show('list(range)', lambda: list(range(2**62)))
show('tuple(range)', lambda: tuple(range(2**62)))
show('bytes(range)', lambda: bytes(range(2**62)))
show('repr', lambda: int('1' * 5000))
show('join', lambda: (' ' * 2**20).join([''] * 2**3).strip())
show('ext slice', lambda: [1].__setitem__(slice(0, 1, 2**62), range(5)))
class Hint:
    def __init__(self, n): self.n = n
    def __iter__(self): return iter([1, 2])
    def __length_hint__(self): return self.n
for n in (2**62, BIG, 2**64, -1, 'x'):
    show(f'hint list {n}', lambda: list(Hint(n)))
    show(f'hint tuple {n}', lambda: tuple(Hint(n)))
    show(f'hint bytes {n}', lambda: bytes(Hint(n)))
    show(f'hint bytearray {n}', lambda: bytearray(Hint(n)))
    show(f'hint extend {n}', lambda: [].extend(Hint(n)))
class Len:
    def __init__(self, n): self.n = n
    def __len__(self): return self.n
    def __getitem__(self, i): return [1, 2][i]
for n in (2**62, 2**63, -1):
    show(f'len {n}', lambda: len(Len(n)))
    show(f'len list {n}', lambda: list(Len(n)))
    show(f'len reversed {n}', lambda: next(reversed(Len(n))))
    show(f'len bool {n}', lambda: bool(Len(n)))
    show(f'len iter hint {n}', lambda: operator.length_hint(iter(Len(n))))
