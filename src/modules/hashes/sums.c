/* MD5 (RFC 1321), SHA-1 and SHA-2 (FIPS 180-4). */
#include "modules/hashes/sums.h"

static uint32_t rol32(uint32_t x, int n) { return x << n | x >> (32 - n); }
static uint32_t ror32(uint32_t x, int n) { return x >> n | x << (32 - n); }
static uint64_t ror64(uint64_t x, int n) { return x >> n | x << (64 - n); }
static uint32_t little32(const unsigned char *p)
{
    uint32_t x;
    memcpy(&x, p, sizeof x);
    return x;
}
static uint32_t big32(const unsigned char *p) { return __builtin_bswap32(little32(p)); }
static uint64_t big64(const unsigned char *p)
{
    uint64_t x;
    memcpy(&x, p, sizeof x);
    return __builtin_bswap64(x);
}

static void set32(SumState *s, const uint32_t *h, int n)
{
    memset(s, 0, sizeof *s);
    memcpy(s->h.w32, h, n * sizeof *h);
}

static void set64(SumState *s, const uint64_t *h)
{
    memset(s, 0, sizeof *s);
    memcpy(s->h.w64, h, 8 * sizeof *h);
}

/* ---- MD5 ---- */

static void md5_start(SumState *s) { set32(s, (uint32_t[]){0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}, 4); }

static const uint32_t md5_sines[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};

/* A step gives `a` its new value; the next four steps take the variables in turn, so that nothing moves. */
#define MD5_STEP(a, b, c, d, f, i, k, turn) (a += (f(b, c, d)) + md5_sines[i] + w[(k)&15], a = rol32(a, turn) + b)
#define MD5_ROUND(first, f, k, t1, t2, t3, t4)                                                                         \
    for (int i = first; i < first + 16; i += 4) {                                                                      \
        MD5_STEP(a, b, c, d, f, i, k(i), t1);                                                                          \
        MD5_STEP(d, a, b, c, f, i + 1, k(i + 1), t2);                                                                  \
        MD5_STEP(c, d, a, b, f, i + 2, k(i + 2), t3);                                                                  \
        MD5_STEP(b, c, d, a, f, i + 3, k(i + 3), t4);                                                                  \
    }
#define MD5_F(b, c, d) ((d) ^ ((b) & ((c) ^ (d))))
#define MD5_G(b, c, d) (((b) & (d)) + ((c) & ~(d)))
#define MD5_H(b, c, d) ((b) ^ (c) ^ (d))
#define MD5_I(b, c, d) ((c) ^ ((b) | ~(d)))
#define MD5_K1(i) (i)
#define MD5_K2(i) (5 * (i) + 1)
#define MD5_K3(i) (3 * (i) + 5)
#define MD5_K4(i) (7 * (i))

static void md5_compress(SumState *s, const unsigned char *block)
{
    uint32_t a = s->h.w32[0], b = s->h.w32[1], c = s->h.w32[2], d = s->h.w32[3], w[16];
    for (int i = 0; i < 16; i++)
        w[i] = little32(block + 4 * i);
#pragma GCC unroll 4
    MD5_ROUND(0, MD5_F, MD5_K1, 7, 12, 17, 22)
#pragma GCC unroll 4
    MD5_ROUND(16, MD5_G, MD5_K2, 5, 9, 14, 20)
#pragma GCC unroll 4
    MD5_ROUND(32, MD5_H, MD5_K3, 4, 11, 16, 23)
#pragma GCC unroll 4
    MD5_ROUND(48, MD5_I, MD5_K4, 6, 10, 15, 21)
    s->h.w32[0] += a;
    s->h.w32[1] += b;
    s->h.w32[2] += c;
    s->h.w32[3] += d;
}

/* ---- SHA-1 ---- */

static void sha1_start(SumState *s)
{
    set32(s, (uint32_t[]){0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0}, 5);
}

#define SHA1_ROUND(first, f, constant)                                                                                 \
    for (int i = first; i < first + 20; i++) {                                                                         \
        uint32_t sum = rol32(a, 5) + (f) + e + constant + w[i];                                                        \
        e = d;                                                                                                         \
        d = c;                                                                                                         \
        c = rol32(b, 30);                                                                                              \
        b = a;                                                                                                         \
        a = sum;                                                                                                       \
    }

static void sha1_compress(SumState *s, const unsigned char *block)
{
    uint32_t w[80], a = s->h.w32[0], b = s->h.w32[1], c = s->h.w32[2], d = s->h.w32[3], e = s->h.w32[4];
    for (int i = 0; i < 16; i++)
        w[i] = big32(block + 4 * i);
    for (int i = 16; i < 80; i++)
        w[i] = rol32(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
#pragma GCC unroll 5
    SHA1_ROUND(0, d ^ (b & (c ^ d)), 0x5a827999)
#pragma GCC unroll 5
    SHA1_ROUND(20, b ^ c ^ d, 0x6ed9eba1)
#pragma GCC unroll 5
    SHA1_ROUND(40, (b & c) | (d & (b | c)), 0x8f1bbcdc)
#pragma GCC unroll 5
    SHA1_ROUND(60, b ^ c ^ d, 0xca62c1d6)
    uint32_t add[] = {a, b, c, d, e};
    for (int i = 0; i < 5; i++)
        s->h.w32[i] += add[i];
}

/* ---- SHA-2 ---- */

/* The constants of SHA-512; SHA-256 has their upper halves. */
static const uint64_t sha2_constants[80] = {
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc, 0x3956c25bf348b538,
    0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118, 0xd807aa98a3030242, 0x12835b0145706fbe,
    0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2, 0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235,
    0xc19bf174cf692694, 0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
    0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5, 0x983e5152ee66dfab,
    0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4, 0xc6e00bf33da88fc2, 0xd5a79147930aa725,
    0x06ca6351e003826f, 0x142929670a0e6e70, 0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed,
    0x53380d139d95b3df, 0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
    0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30, 0xd192e819d6ef5218,
    0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8, 0x19a4c116b8d2d0c8, 0x1e376c085141ab53,
    0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8, 0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373,
    0x682e6ff3d6b2b8a3, 0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b, 0xca273eceea26619c,
    0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178, 0x06f067aa72176fba, 0x0a637dc5a2c898a6,
    0x113f9804bef90dae, 0x1b710b35131c471b, 0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc,
    0x431d67c49c100d4c, 0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817};

static void sha224_start(SumState *s)
{
    set32(s,
          (uint32_t[]){0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939, 0xffc00b31, 0x68581511, 0x64f98fa7, 0xbefa4fa4},
          8);
}

static void sha256_start(SumState *s)
{
    set32(s,
          (uint32_t[]){0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19},
          8);
}

static void sha384_start(SumState *s)
{
    set64(s, (uint64_t[]){0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939,
                          0x67332667ffc00b31, 0x8eb44a8768581511, 0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4});
}

static void sha512_start(SumState *s)
{
    set64(s, (uint64_t[]){0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
                          0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179});
}

#define SHA2_COMPRESS(name, word, member, rounds, big, ror, shift_k, A1, A2, A3, E1, E2, E3, X1, X2, X3, Y1, Y2, Y3)   \
    static void name(SumState *s, const unsigned char *block)                                                          \
    {                                                                                                                  \
        word w[rounds], v[8];                                                                                          \
        for (int i = 0; i < rounds; i++) {                                                                             \
            if (i < 16) {                                                                                              \
                w[i] = big(block + sizeof(word) * i);                                                                  \
                continue;                                                                                              \
            }                                                                                                          \
            word x = w[i - 15], y = w[i - 2];                                                                          \
            w[i] = w[i - 16] + w[i - 7] + (ror(x, X1) ^ ror(x, X2) ^ x >> X3) + (ror(y, Y1) ^ ror(y, Y2) ^ y >> Y3);   \
        }                                                                                                              \
        memcpy(v, s->h.member, sizeof v);                                                                              \
        for (int i = 0; i < rounds; i += 8) {                                                                          \
            _Pragma("GCC unroll 8") for (int j = 0; j < 8; j++)                                                        \
            { /* the variable that is a in this step is b in the next */                                               \
                word a = v[-j & 7], b = v[(1 - j) & 7], c = v[(2 - j) & 7];                                            \
                word e = v[(4 - j) & 7], f = v[(5 - j) & 7], g = v[(6 - j) & 7];                                       \
                word t1 = v[(7 - j) & 7] + (ror(e, E1) ^ ror(e, E2) ^ ror(e, E3)) + (g ^ (e & (f ^ g))) +              \
                          (word)(sha2_constants[i + j] >> shift_k) + w[i + j];                                         \
                word t2 = (ror(a, A1) ^ ror(a, A2) ^ ror(a, A3)) + ((a & b) | (c & (a | b)));                          \
                v[(3 - j) & 7] += t1;                                                                                  \
                v[(7 - j) & 7] = t1 + t2;                                                                              \
            }                                                                                                          \
        }                                                                                                              \
        for (int i = 0; i < 8; i++)                                                                                    \
            s->h.member[i] += v[i];                                                                                    \
    }
SHA2_COMPRESS(sha256_compress, uint32_t, w32, 64, big32, ror32, 32, 2, 13, 22, 6, 11, 25, 7, 18, 3, 17, 19, 10)
SHA2_COMPRESS(sha512_compress, uint64_t, w64, 80, big64, ror64, 0, 28, 34, 39, 14, 18, 41, 1, 8, 7, 19, 61, 6)

/* ---- for all ---- */

const Sum sum_md5 = {"md5", 16, 64, md5_start, md5_compress, 4, 1};
const Sum sum_sha1 = {"sha1", 20, 64, sha1_start, sha1_compress, 4, 0};
const Sum sum_sha224 = {"sha224", 28, 64, sha224_start, sha256_compress, 4, 0};
const Sum sum_sha256 = {"sha256", 32, 64, sha256_start, sha256_compress, 4, 0};
const Sum sum_sha384 = {"sha384", 48, 128, sha384_start, sha512_compress, 8, 0};
const Sum sum_sha512 = {"sha512", 64, 128, sha512_start, sha512_compress, 8, 0};

void sum_update(const Sum *sum, SumState *s, const unsigned char *data, size_t size)
{
    size_t used = s->length % (size_t)sum->block_size;
    s->length += size;
    while (size) {
        if (used == 0 && size >= (size_t)sum->block_size) {
            sum->compress(s, data);
            data += sum->block_size;
            size -= (size_t)sum->block_size;
            continue;
        }
        size_t part = Py_MIN((size_t)sum->block_size - used, size);
        memcpy(s->block + used, data, part);
        data += part;
        size -= part;
        used += part;
        if (used == (size_t)sum->block_size) {
            sum->compress(s, s->block);
            used = 0;
        }
    }
}

void sum_digest(const Sum *sum, const SumState *state, unsigned char *out)
{
    static const unsigned char padding[129] = {0x80};
    SumState s = *state;
    unsigned char length[16] = {0};
    int field = sum->word_size * 2, used = (int)(s.length % (uint64_t)sum->block_size);
    uint64_t bits = s.length * 8;
    for (int i = 0; i < 8; i++)
        length[sum->little_endian ? i : field - 1 - i] = (unsigned char)(bits >> 8 * i);
    int pad = (used < sum->block_size - field ? sum->block_size : 2 * sum->block_size) - field - used;
    sum_update(sum, &s, padding, (size_t)pad);
    sum_update(sum, &s, length, (size_t)field);
    for (int i = 0; i < sum->digest_size; i++) {
        int word = i / sum->word_size, byte = i % sum->word_size;
        int shift = 8 * (sum->little_endian ? byte : sum->word_size - 1 - byte);
        out[i] = (unsigned char)((sum->word_size == 4 ? s.h.w32[word] : s.h.w64[word]) >> shift);
    }
}
