/* Kernels on magnitudes; see digits.h.
 *
 * Multiplication packs two 30-bit digits into one 60-bit limb, so that a schoolbook step does four digit products at the
 * price of one 64 x 64 -> 128 bit multiplication.  Sums of such products need at most 122 bits. */
#include "objects/int/digits.h"
#include "objects/int/gmp.h"

typedef unsigned __int128 u128;
#define LIMB_MASK ((1ULL << 60) - 1)
#define STACK_LIMBS 48

int digits_compare(const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb)
{
    if (na != nb)
        return na < nb ? -1 : 1;
    while (--na >= 0)
        if (a[na] != b[na])
            return a[na] < b[na] ? -1 : 1;
    return 0;
}

/* Two digits as one number of 60 bits, and back. */
static inline uint64_t pair_at(const digit *a) { return a[0] | (uint64_t)a[1] << DIGIT_BITS; }
static inline void pair_put(digit *r, uint64_t v)
{
    r[0] = (digit)v & DIGIT_MASK;
    r[1] = (digit)(v >> DIGIT_BITS) & DIGIT_MASK;
}

digit digits_add(digit *r, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb)
{
    uint64_t wide = 0;
    Py_ssize_t i;
    for (i = 0; i + 1 < nb; i += 2) {
        wide += pair_at(a + i) + pair_at(b + i);
        pair_put(r + i, wide);
        wide >>= 60;
    }
    digit carry = (digit)wide;
    for (; i < nb; i++) {
        carry += a[i] + b[i];
        r[i] = carry & DIGIT_MASK;
        carry >>= DIGIT_BITS;
    }
    for (; i < na; i++) {
        carry += a[i];
        r[i] = carry & DIGIT_MASK;
        carry >>= DIGIT_BITS;
    }
    return r[i] = carry;
}

void digits_sub(digit *r, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb)
{
    int64_t wide = 0;
    Py_ssize_t i;
    for (i = 0; i + 1 < nb; i += 2) {
        wide += (int64_t)pair_at(a + i) - (int64_t)pair_at(b + i);
        pair_put(r + i, (uint64_t)wide);
        wide >>= 60;
    }
    sdigit borrow = (sdigit)wide;
    for (; i < nb; i++) {
        borrow += (sdigit)a[i] - (sdigit)b[i];
        r[i] = (digit)borrow & DIGIT_MASK;
        borrow >>= DIGIT_BITS;
    }
    for (; i < na; i++) {
        borrow += (sdigit)a[i];
        r[i] = (digit)borrow & DIGIT_MASK;
        borrow >>= DIGIT_BITS;
    }
    assert(borrow == 0);
}

void digits_shift_left(digit *r, const digit *a, Py_ssize_t na, size_t shift)
{
    Py_ssize_t words = (Py_ssize_t)(shift / DIGIT_BITS);
    int bits = (int)(shift % DIGIT_BITS);
    twodigits acc = 0;
    Py_ssize_t start = 0;
    for (Py_ssize_t i = 0; i < words; i++)
        r[i] = 0;
    for (; start + 1 < na; start += 2) {
        uint64_t v = pair_at(a + start);
        acc |= v << bits;  /* what is cut off at the top comes again below */
        pair_put(r + words + start, acc);
        acc = v >> (60 - bits);
    }
    for (Py_ssize_t i = start; i < na; i++) {
        acc |= (twodigits)a[i] << bits;
        r[words + i] = (digit)(acc & DIGIT_MASK);
        acc >>= DIGIT_BITS;
    }
    r[words + na] = (digit)acc;
}

void digits_shift_right(digit *r, const digit *a, Py_ssize_t na, size_t shift)
{
    Py_ssize_t words = (Py_ssize_t)(shift / DIGIT_BITS), n = na - words;
    int bits = (int)(shift % DIGIT_BITS);
    for (Py_ssize_t i = 0; i < n; i++) {
        twodigits two = a[words + i];
        if (i + 1 < n)
            two |= (twodigits)a[words + i + 1] << DIGIT_BITS;
        r[i] = (digit)(two >> bits) & DIGIT_MASK;
    }
}

/* ---- multiplication ---------------------------------------------------------------------------------------- */

static void pack60(uint64_t *out, const digit *a, Py_ssize_t n)
{
    Py_ssize_t i;
    for (i = 0; i + 1 < n; i += 2)
        *out++ = a[i] | (uint64_t)a[i + 1] << 30;
    if (i < n)
        *out = a[i];
}

static void unpack60(digit *out, Py_ssize_t n, const uint64_t *a)
{
    Py_ssize_t i;
    for (i = 0; i + 1 < n; i += 2, a++) {
        out[i] = (digit)(*a & DIGIT_MASK);
        out[i + 1] = (digit)(*a >> 30);
    }
    if (i < n)
        out[i] = (digit)*a;
}

/* Schoolbook product of 60-bit limbs: r has na + nb limbs. */
static void mul_limbs(uint64_t *r, const uint64_t *a, Py_ssize_t na, const uint64_t *b, Py_ssize_t nb)
{
    u128 acc = 0;
    for (Py_ssize_t i = 0; i < na; i++) {
        acc += (u128)a[i] * b[0];
        r[i] = (uint64_t)acc & LIMB_MASK;
        acc >>= 60;
    }
    r[na] = (uint64_t)acc;
    for (Py_ssize_t j = 1; j < nb; j++) {
        uint64_t f = b[j], *p = r + j;
        acc = 0;
        for (Py_ssize_t i = 0; i < na; i++) {
            acc += (u128)a[i] * f + p[i];
            p[i] = (uint64_t)acc & LIMB_MASK;
            acc >>= 60;
        }
        p[na] = (uint64_t)acc;
    }
}

static void mul_by_digit(digit *r, const digit *a, Py_ssize_t na, digit f)
{
    uint64_t acc = 0;
    Py_ssize_t i = 0;
    for (; i + 1 < na; i += 2) {
        u128 wide = (u128)pair_at(a + i) * f + acc;
        pair_put(r + i, (uint64_t)wide);
        acc = (uint64_t)(wide >> 60);
    }
    for (; i < na; i++) {
        acc += (twodigits)a[i] * f;
        r[i] = (digit)(acc & DIGIT_MASK);
        acc >>= DIGIT_BITS;
    }
    r[na] = (digit)acc;
}

static int mul_school(digit *r, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb)
{
    uint64_t on_stack[4 * STACK_LIMBS], *buffer = on_stack;
    Py_ssize_t la = (na + 1) / 2, lb = (nb + 1) / 2;
    if (2 * (la + lb) > 4 * STACK_LIMBS) {
        buffer = PyMem_Malloc(2 * (size_t)(la + lb) * sizeof(uint64_t));
        if (!buffer) {
            PyErr_NoMemory();
            return -1;
        }
    }
    uint64_t *pa = buffer, *pb = pa + la, *pr = pb + lb;
    pack60(pa, a, na);
    pack60(pb, b, nb);
    mul_limbs(pr, pa, la, pb, lb);
    unpack60(r, na + nb, pr);
    if (buffer != on_stack)
        PyMem_Free(buffer);
    return 0;
}

/* r (nr digits) += a (na digits); the sum fits. */
static void add_into(digit *r, Py_ssize_t nr, const digit *a, Py_ssize_t na)
{
    digit carry = 0;
    Py_ssize_t i;
    na = digits_trim(a, na);
    for (i = 0; i < na; i++) {
        carry += r[i] + a[i];
        r[i] = carry & DIGIT_MASK;
        carry >>= DIGIT_BITS;
    }
    for (; carry && i < nr; i++) {
        carry += r[i];
        r[i] = carry & DIGIT_MASK;
        carry >>= DIGIT_BITS;
    }
}

static int mul_any(digit *r, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb);

/* Karatsuba for operands of similar size: nb > na / 2.  (ah X + al)(bh X + bl) with three products. */
static int mul_karatsuba(digit *r, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb)
{
    Py_ssize_t half = na / 2, nah = na - half, nbh = nb - half, n = nah + 1;
    digit *scratch = PyMem_Malloc((size_t)(4 * n + 2) * sizeof(digit));
    if (!scratch) {
        PyErr_NoMemory();
        return -1;
    }
    digit *sa = scratch, *sb = sa + n, *middle = sb + n;
    int bad = mul_any(r, a, half, b, half) || mul_any(r + 2 * half, a + half, nah, b + half, nbh);
    if (!bad) {
        digits_add(sa, a + half, nah, a, half);
        memset(sb, 0, (size_t)n * sizeof(digit));
        if (half >= nbh)
            digits_add(sb, b, half, b + half, nbh);
        else
            digits_add(sb, b + half, nbh, b, half);
        bad = mul_any(middle, sa, n, sb, n);
    }
    if (!bad) {
        digits_sub(middle, middle, 2 * n, r, 2 * half);
        digits_sub(middle, middle, 2 * n, r + 2 * half, nah + nbh);
        add_into(r + half, na + nb - half, middle, 2 * n);
    }
    PyMem_Free(scratch);
    return bad ? -1 : 0;
}

/* a is more than twice as long as b: products of b with slices of a. */
static int mul_lopsided(digit *r, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb)
{
    digit *product = PyMem_Malloc(2 * (size_t)nb * sizeof(digit));
    if (!product) {
        PyErr_NoMemory();
        return -1;
    }
    memset(r, 0, (size_t)(na + nb) * sizeof(digit));
    for (Py_ssize_t at = 0; at < na; at += nb) {
        Py_ssize_t n = na - at < nb ? na - at : nb;
        if (mul_any(product, a + at, n, b, nb)) {
            PyMem_Free(product);
            return -1;
        }
        add_into(r + at, na + nb - at, product, n + nb);
    }
    PyMem_Free(product);
    return 0;
}

/* The product without GMP; r is written whole. */
static int mul_any(digit *r, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb)
{
    if (na < nb) {
        const digit *t = a;
        a = b;
        b = t;
        Py_ssize_t n = na;
        na = nb;
        nb = n;
    }
    if (nb == 0) {
        memset(r, 0, (size_t)na * sizeof(digit));
        return 0;
    }
    if (nb == 1) {
        mul_by_digit(r, a, na, b[0]);
        return 0;
    }
    if (nb < KARATSUBA_CUTOFF)
        return mul_school(r, a, na, b, nb);
    return 2 * nb <= na ? mul_lopsided(r, a, na, b, nb) : mul_karatsuba(r, a, na, b, nb);
}

int digits_mul(digit *r, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb)
{
    Py_ssize_t smaller = na < nb ? na : nb;
    if (smaller >= GMP_CUTOFF && gmp_available())
        return gmp_mul(r, a, na, b, nb);
    return mul_any(r, a, na, b, nb);
}

/* ---- division ---------------------------------------------------------------------------------------------- */

digit digits_divrem1(digit *q, const digit *a, Py_ssize_t na, digit d)
{
    twodigits rest = 0;
    while (--na >= 0) {
        rest = rest << DIGIT_BITS | a[na];
        digit hi = (digit)(rest / d);
        q[na] = hi;
        rest -= (twodigits)hi * d;
    }
    return (digit)rest;
}

/* One step of long division: subtracts the right multiple of v (n digits) from u (n + 1 digits); returns the multiple.
 * v's highest bit is set, so the estimate from the leading digits is at most two too large. */
static digit divide_step(digit *u, const digit *v, Py_ssize_t n)
{
    twodigits top = (twodigits)u[n] << DIGIT_BITS | u[n - 1];
    twodigits q = top / v[n - 1], rest = top % v[n - 1];
    while (q > DIGIT_MASK || q * v[n - 2] > (rest << DIGIT_BITS | u[n - 2])) {
        q--;
        rest += v[n - 1];
        if (rest > DIGIT_MASK)
            break;
    }
    stwodigits borrow = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        borrow += (stwodigits)u[i] - (stwodigits)(q * v[i]);
        u[i] = (digit)borrow & DIGIT_MASK;
        borrow >>= DIGIT_BITS;
    }
    borrow += (stwodigits)u[n];
    u[n] = 0;
    if (borrow < 0) {
        digit carry = 0;
        for (Py_ssize_t i = 0; i < n; i++) {
            carry += u[i] + v[i];
            u[i] = carry & DIGIT_MASK;
            carry >>= DIGIT_BITS;
        }
        q--;
    }
    return (digit)q;
}

int digits_divrem(digit *q, digit *r, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb)
{
    assert(na >= nb && nb >= 2 && b[nb - 1] != 0);
    if (nb >= GMP_CUTOFF && na - nb >= GMP_CUTOFF / 2 && gmp_available())
        return gmp_divrem(q, r, a, na, b, nb);
    digit on_stack[128], *u = on_stack;
    size_t need = (size_t)(na + 1 + nb + 1);
    if (need > 128 && !(u = PyMem_Malloc(need * sizeof(digit)))) {
        PyErr_NoMemory();
        return -1;
    }
    digit *v = u + na + 1;
    int shift = DIGIT_BITS - digit_bit_length(b[nb - 1]);
    digits_shift_left(v, b, nb, (size_t)shift);
    digits_shift_left(u, a, na, (size_t)shift);
    for (Py_ssize_t k = na - nb; k >= 0; k--) {
        digit d = divide_step(u + k, v, nb);
        if (q)
            q[k] = d;
    }
    digits_shift_right(r, u, nb, (size_t)shift);
    if (u != on_stack)
        PyMem_Free(u);
    return 0;
}
