"""hashlib, hmac, lzma, bz2 and zlib at work: an archive format in miniature, streamed, damaged, read back."""
import bz2
import hashlib
import hmac
import io
import lzma
import struct
import tarfile
import zipfile
import zlib

TEXT = b"".join(b"%d bottles of beer on the wall, %x\n" % (i, i * i * 7919) for i in range(20000))


def attempt(function, *args, **kwargs):
    try:
        return function(*args, **kwargs)
    except (ValueError, TypeError, EOFError, OSError, lzma.LZMAError, zlib.error, OverflowError, zipfile.BadZipFile, tarfile.TarError) as error:
        return f"{type(error).__name__}: {error}"


def digests():
    for name in sorted(hashlib.algorithms_guaranteed):
        h = hashlib.new(name, usedforsecurity=False)
        for start in range(0, len(TEXT), 65521):
            h.update(TEXT[start:start + 65521])
        early = h.copy()
        h.update(memoryview(b"end"))
        length = (17,) if name.startswith("shake") else ()
        print(f"{name:10}", h.hexdigest(*length)[:40], early.digest(*length)[:4].hex(), h.block_size, h.digest_size)
    print(hmac.new(b"key", TEXT, "sha256").hexdigest(), hmac.compare_digest(hmac.digest(b"k", b"m", "md5"), hmac.new(b"k", b"m", "md5").digest()))
    print(hashlib.pbkdf2_hmac("sha512", b"password", b"salt", 1000, 20).hex(), hashlib.scrypt(b"pw", salt=b"s", n=16, r=2, p=1, dklen=12).hex())
    print(hashlib.blake2b(TEXT, digest_size=9, key=b"k", salt=b"s", person=b"p").hexdigest(),
          hashlib.blake2s(b"leaf", fanout=2, depth=2, leaf_size=64, node_offset=1, node_depth=0, inner_size=32, last_node=True).hexdigest()[:16])
    print(attempt(hashlib.new, "nothing"), attempt(hashlib.sha256, "text"), attempt(hashlib.blake2b, digest_size=99), attempt(hashlib.shake_128().digest),
          attempt(hashlib.pbkdf2_hmac, "sha1", b"", b"", 0), attempt(hashlib.sha3_224().update, None))
    print(hashlib.file_digest(io.BytesIO(TEXT), "sha1").hexdigest(), zlib.crc32(TEXT), zlib.adler32(TEXT, 5), zlib.crc32(b"b", zlib.crc32(b"a")) == zlib.crc32(b"ab"))


def pieces(data, *sizes):
    at = 0
    while at < len(data):
        for size in sizes:
            yield data[at:at + size]
            at += size


def streams():
    filters = [{"id": lzma.FILTER_DELTA, "dist": 4}, {"id": lzma.FILTER_LZMA2, "preset": 1, "dict_size": 1 << 16, "lc": 2, "lp": 1, "pb": 1}]
    makers = {
        "xz": (lambda: lzma.LZMACompressor(preset=1), lzma.LZMADecompressor),
        "alone": (lambda: lzma.LZMACompressor(lzma.FORMAT_ALONE, preset=0), lzma.LZMADecompressor),
        "raw": (lambda: lzma.LZMACompressor(lzma.FORMAT_RAW, filters=filters), lambda: lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters)),
        "crc32": (lambda: lzma.LZMACompressor(check=lzma.CHECK_CRC32, filters=filters), lambda: lzma.LZMADecompressor(memlimit=1 << 24)),
        "bz2": (lambda: bz2.BZ2Compressor(1), bz2.BZ2Decompressor),
        "zlib": (lambda: zlib.compressobj(9), zlib.decompressobj),
        "deflate": (lambda: zlib.compressobj(6, zlib.DEFLATED, -15, 9, zlib.Z_FILTERED, TEXT[:100]), lambda: zlib.decompressobj(-15, TEXT[:100])),
        "gzip": (lambda: zlib.compressobj(1, wbits=31), lambda: zlib.decompressobj(47)),
    }
    for name, (compressor, decompressor) in makers.items():
        c, d = compressor(), decompressor()
        packed = b"".join([c.compress(piece) for piece in pieces(TEXT, 1, 1000, 77777)] + [c.flush()])
        out = bytearray()
        for piece in pieces(packed + (b"" if name == "raw" else b"tail"), 3, 4000):
            if not d.eof:
                out += d.decompress(piece)
                tail = d.unused_data
            else:
                tail += piece
        print(f"{name:8}", len(packed) * 10 < len(TEXT) * 6, out == TEXT, d.eof, bytes(tail))
        broken = bytearray(packed)
        broken[len(broken) // 2] ^= 255
        result = attempt(decompressor().decompress, bytes(broken))
        print("        ", result if isinstance(result, str) else "not noticed" if result != TEXT else "the same",
              len(attempt(decompressor().decompress, packed[:len(packed) // 2])) < len(TEXT))
    d = lzma.LZMADecompressor()
    packed, got = lzma.compress(TEXT, preset=0), []
    got.append(d.decompress(packed, max_length=1000))
    while not d.eof:
        got.append(d.decompress(b"", max_length=100000))
    print(len(got), {len(g) for g in got[1:-1]}, b"".join(got) == TEXT, d.check == lzma.CHECK_CRC64, attempt(d.decompress, b""))
    d = zlib.decompressobj()
    first = d.decompress(zlib.compress(TEXT), 10)
    print(first, len(d.unconsumed_tail) > 1000, d.decompress(d.unconsumed_tail, 5), len(d.flush()), attempt(d.decompress, b"", -1))
    for function, *args in ((lzma.compress, b"", 9), (lzma.decompress, b"no"), (lzma.LZMACompressor, lzma.FORMAT_RAW), (bz2.compress, b"", 10), (bz2.decompress, b"BZx"),
                            (zlib.compress, b"", 11), (zlib.decompress, b"\x78\x9c"), (zlib.decompressobj, 99), (lzma.LZMADecompressor, lzma.FORMAT_XZ, 1 << 10)):
        result = attempt(function, *args)
        print(function.__name__, result if isinstance(result, (str, bytes)) else type(result).__name__)


def files():
    for module, suffix in ((lzma, "xz"), (bz2, "bz2")):
        raw = io.BytesIO()
        opener = module.open
        with opener(raw, "wt", encoding="utf-8", newline="\r\n") as f:
            f.write("\u00e4\n" * 1000)
        with opener(raw, "ab") as f:
            f.write(b"second stream")
        raw.seek(0)
        with opener(raw) as f:
            print(suffix, f.readline(), f.seek(-13, io.SEEK_END), f.read(), f.seek(3), f.peek(1)[:2], f.read1(2), f.tell(), f.readable(), attempt(f.write, b""))
        print(attempt(f.read))
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as z:
        for method in zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA:
            z.writestr(zipfile.ZipInfo(f"{method}.txt", (2020, 1, 2, 3, 4, 6)), TEXT, method, 1)
    with zipfile.ZipFile(data) as z:
        print([(i.filename, i.compress_type, i.file_size, i.CRC == zlib.crc32(TEXT), z.read(i) == TEXT) for i in z.infolist()], z.testzip())
    damaged = bytearray(data.getvalue())
    damaged[len(TEXT) // 2] ^= 1
    print(attempt(zipfile.ZipFile(io.BytesIO(damaged)).read, "0.txt"))
    for mode in "gz", "bz2", "xz":
        data = io.BytesIO()
        with tarfile.open(fileobj=data, mode="w:" + mode) as t:
            for name, size in (("a", 10), ("b/" + "long" * 40, 70000)):
                info = tarfile.TarInfo(name)
                info.size, info.mtime = size, 1e9
                t.addfile(info, io.BytesIO(TEXT))
        data.seek(0)
        with tarfile.open(fileobj=data) as t:
            print(mode, [(m.name[:9], m.size, hashlib.md5(t.extractfile(m).read()).hexdigest()[:6]) for m in t])
    print(struct.unpack("<I", data.getvalue()[:4]), attempt(tarfile.open, fileobj=io.BytesIO(b"nothing" * 99)))


for part in digests, streams, files:
    print("--", part.__name__)
    part()
