"""_blake2 and _sha3: every parameter, every length around a block, and what is refused."""
import _blake2
import _sha3


def data(n):
    return bytes(i * 7 % 251 for i in range(n))


total = _blake2.blake2b()
for n in list(range(0, 300, 13)) + [64, 65, 127, 128, 129, 136, 144, 168, 1000]:
    d = data(n)
    for name in ("sha3_224", "sha3_256", "sha3_384", "sha3_512", "shake_128", "shake_256"):
        h = getattr(_sha3, name)(d[:n // 3])
        h.update(memoryview(d)[n // 3:])
        size = (n + 1,) if h.digest_size == 0 else ()
        total.update(h.digest(*size))
        assert h.copy().hexdigest(*size) == h.digest(*size).hex()
    for make in (_blake2.blake2b, _blake2.blake2s):
        h = make(d[:n // 3], key=d[:n % 32], salt=d[:n % 8], person=d[:n % 5], digest_size=n % 32 + 1, fanout=n % 256,
                 depth=n % 255 + 1, leaf_size=n, node_offset=n * n, node_depth=n % 256, inner_size=n % 33, last_node=n & 1)
        h.update(bytearray(d[n // 3:]))
        total.update(h.copy().digest())
        assert h.hexdigest() == h.digest().hex()
print(total.hexdigest())
print(_blake2.blake2s(b"abc").hexdigest(), _sha3.sha3_256(b"abc").hexdigest())
for name in ("sha3_224", "sha3_256", "sha3_384", "sha3_512", "shake_128", "shake_256"):
    h = getattr(_sha3, name)()
    print(h.name, h.block_size, h.digest_size, h._capacity_bits, h._rate_bits, h._suffix)
for make in (_blake2.blake2b, _blake2.blake2s):
    h = make(digest_size=5)
    print(h.name, h.block_size, h.digest_size, make.SALT_SIZE, make.PERSON_SIZE, make.MAX_KEY_SIZE, make.MAX_DIGEST_SIZE)


def refused(f, *args, **kwargs):
    try:
        print(f(*args, **kwargs))
    except (ValueError, TypeError, OverflowError) as e:
        print(type(e).__name__, e)


for make in (_blake2.blake2b, _blake2.blake2s):
    for name, values in dict(digest_size=[0, 65, -1, 2**70, "a"], key=[b"a" * 65, "x"], salt=[b"a" * 17], person=[b"a" * 17],
                             fanout=[-1, 256], depth=[0, 256], leaf_size=[-1, 2**32], node_offset=[-1, 2**64],
                             node_depth=[256], inner_size=[-1, 65], foo=[1]).items():
        for v in values:
            refused(make, **{name: v})
    refused(make, "text")
    refused(make, 5)
    refused(make, b"", b"")
shake = _sha3.shake_128()
for length in (-1, 2**29, 2**62, "a"):
    refused(shake.digest, length)
refused(_sha3.sha3_512().digest, 3)
refused(_sha3.sha3_512().update, "text")
