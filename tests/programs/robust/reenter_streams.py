# Streams whose sizes change, and which are detached or closed by their own arguments.
import io

raw = io.BytesIO()
text = io.TextIOWrapper(raw, encoding='ascii')
text._CHUNK_SIZE = 1
text.write('a')
text._CHUNK_SIZE = 1 << 20
text.write('b' * 500000)
text.flush()
print(len(raw.getvalue()))
text._CHUNK_SIZE = 1
text.write('c')
text.flush()
again = io.BytesIO()
text.__init__(again, encoding='ascii')
text.write('d' * 5000)
text.flush()
print(len(again.getvalue()))

class Index:
    def __init__(self, method): self.method = method
    def __index__(self):
        getattr(b, self.method)()
        return 0
for method in 'detach', 'close':
    for call in (lambda i: b.seek(i), lambda i: b.seek(0, i), lambda i: b.read(i), lambda i: b.read1(i)):
        b = io.BufferedReader(io.BytesIO(b'abc' * 100), 8)
        b.read(2)
        try: print(method, call(Index(method)))
        except ValueError as e: print(method, 'ValueError')
