/* GMP behind the magnitudes of large ints; see gmp.h.
 *
 * The functions are found with dlsym under their exported names; the declarations below restate the documented interface,
 * so that the library is needed neither to build nor to run. */
#include "objects/int/gmp.h"
#include "objects/int/digits.h"

#include <dlfcn.h>

typedef uint64_t limb;
typedef struct { int alloc; int size; limb *d; } mpz;

static struct {
    int state;  /* 0 not tried, 1 there, -1 not there */
    limb (*mul)(limb *r, const limb *a, long na, const limb *b, long nb);
    void (*sqr)(limb *r, const limb *a, long n);
    void (*tdiv_qr)(limb *q, limb *r, long zero, const limb *a, long na, const limb *b, long nb);
    size_t (*get_str)(unsigned char *s, int base, limb *a, long n);
    long (*set_str)(limb *r, const unsigned char *s, size_t n, int base);
    long (*sqrtrem)(limb *s, limb *r, const limb *a, long n);
    void (*z_init)(mpz *);
    void (*z_clear)(mpz *);
    void (*z_powm)(mpz *r, const mpz *b, const mpz *e, const mpz *m);
    void (*z_gcd)(mpz *r, const mpz *a, const mpz *b);
} gmp;

int gmp_available(void)
{
    if (gmp.state)
        return gmp.state > 0;
    gmp.state = -1;
    void *lib = getenv("LIMPID_NO_GMP") ? NULL : dlopen("libgmp.so.10", RTLD_NOW | RTLD_LOCAL);
    if (!lib)
        return 0;
    const struct { const char *name; void *slot; } wanted[] = {
        {"__gmpn_mul", &gmp.mul}, {"__gmpn_sqr", &gmp.sqr}, {"__gmpn_tdiv_qr", &gmp.tdiv_qr},
        {"__gmpn_get_str", &gmp.get_str}, {"__gmpn_set_str", &gmp.set_str}, {"__gmpn_sqrtrem", &gmp.sqrtrem},
        {"__gmpz_init", &gmp.z_init}, {"__gmpz_clear", &gmp.z_clear}, {"__gmpz_powm", &gmp.z_powm},
        {"__gmpz_gcd", &gmp.z_gcd},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        void *found = dlsym(lib, wanted[i].name);
        if (!found) {
            dlclose(lib);
            return 0;
        }
        memcpy(wanted[i].slot, &found, sizeof found);
    }
    gmp.state = 1;
    return 1;
}

static Py_ssize_t limbs_for(Py_ssize_t digits) { return (digits * DIGIT_BITS + 63) / 64; }

static void pack(limb *out, Py_ssize_t nout, const digit *a, Py_ssize_t n)
{
    unsigned __int128 acc = 0;
    int bits = 0;
    Py_ssize_t k = 0, i = 0;
    for (; i + 1 < n; i += 2) {
        acc |= (unsigned __int128)(a[i] | (limb)a[i + 1] << 30) << bits;
        bits += 60;
        if (bits >= 64) {
            out[k++] = (limb)acc;
            acc >>= 64;
            bits -= 64;
        }
    }
    if (i < n) {
        acc |= (unsigned __int128)a[i] << bits;
        bits += 30;
        if (bits >= 64) {
            out[k++] = (limb)acc;
            acc >>= 64;
        }
    }
    while (k < nout) {
        out[k++] = (limb)acc;
        acc = 0;
    }
}

/* Unpacks exactly n digits; digits beyond the limbs are zero. */
static void unpack(digit *out, Py_ssize_t n, const limb *a, Py_ssize_t na)
{
    unsigned __int128 acc = 0;
    int bits = 0;
    Py_ssize_t k = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (bits < DIGIT_BITS && k < na) {
            acc |= (unsigned __int128)a[k++] << bits;
            bits += 64;
        }
        out[i] = (digit)acc & DIGIT_MASK;
        acc >>= DIGIT_BITS;
        bits = bits > DIGIT_BITS ? bits - DIGIT_BITS : 0;
    }
}

static limb *limbs_new(Py_ssize_t n)
{
    limb *p = PyMem_Malloc((size_t)(n > 0 ? n : 1) * sizeof(limb));
    if (!p)
        PyErr_NoMemory();
    return p;
}

int gmp_mul(digit *r, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb)
{
    if (na < nb) {
        const digit *t = a;
        a = b;
        b = t;
        Py_ssize_t n = na;
        na = nb;
        nb = n;
    }
    Py_ssize_t la = limbs_for(na), lb = limbs_for(nb);
    limb on_stack[256], *pa = on_stack;
    if (2 * (la + lb) > 256 && !(pa = limbs_new(2 * (la + lb))))
        return -1;
    limb *pb = pa + la, *pr = pb + lb;
    pack(pa, la, a, na);
    if (a == b && na == nb) {
        gmp.sqr(pr, pa, la);
    }
    else {
        pack(pb, lb, b, nb);
        gmp.mul(pr, pa, la, pb, lb);
    }
    unpack(r, na + nb, pr, la + lb);
    if (pa != on_stack)
        PyMem_Free(pa);
    return 0;
}

int gmp_divrem(digit *q, digit *r, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb)
{
    Py_ssize_t la = limbs_for(na), lb = limbs_for(nb);
    limb *pa = limbs_new(2 * la + 2 * lb + 1);
    if (!pa)
        return -1;
    limb *pb = pa + la, *pq = pb + lb, *pr = pq + la + 1;
    pack(pa, la, a, na);
    pack(pb, lb, b, nb);
    while (lb > 1 && pb[lb - 1] == 0)
        lb--;
    if (la < lb)
        la = lb;
    gmp.tdiv_qr(pq, pr, 0, pa, la, pb, lb);
    if (q)
        unpack(q, na - nb + 1, pq, la - lb + 1);
    unpack(r, nb, pr, lb);
    PyMem_Free(pa);
    return 0;
}

/* A read-only mpz over freshly packed limbs; NULL limbs when there is no memory. */
static mpz mpz_of(const digit *a, Py_ssize_t n)
{
    Py_ssize_t l = limbs_for(n);
    mpz z = {0, 0, limbs_new(l)};
    if (!z.d)
        return z;
    pack(z.d, l, a, n);
    while (l > 0 && z.d[l - 1] == 0)
        l--;
    z.size = (int)l;
    z.alloc = (int)l;
    return z;
}

int gmp_powmod(digit *r, const digit *base, Py_ssize_t nb, const digit *exponent, Py_ssize_t ne, const digit *modulus,
               Py_ssize_t nm)
{
    mpz b = mpz_of(base, nb), e = mpz_of(exponent, ne), m = mpz_of(modulus, nm), result;
    int bad = !b.d || !e.d || !m.d;
    if (!bad) {
        gmp.z_init(&result);
        gmp.z_powm(&result, &b, &e, &m);
        unpack(r, nm, result.d, result.size);
        gmp.z_clear(&result);
    }
    PyMem_Free(b.d);
    PyMem_Free(e.d);
    PyMem_Free(m.d);
    return bad ? -1 : 0;
}

int gmp_gcd(digit *r, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb)
{
    mpz x = mpz_of(a, na), y = mpz_of(b, nb), result;
    int bad = !x.d || !y.d;
    if (!bad) {
        gmp.z_init(&result);
        gmp.z_gcd(&result, &x, &y);
        unpack(r, na < nb ? na : nb, result.d, result.size);
        gmp.z_clear(&result);
    }
    PyMem_Free(x.d);
    PyMem_Free(y.d);
    return bad ? -1 : 0;
}

int gmp_isqrt(digit *r, const digit *a, Py_ssize_t na)
{
    mpz x = mpz_of(a, na);
    if (!x.d)
        return -1;
    Py_ssize_t n = (x.size + 1) / 2;
    limb *root = limbs_new(n + x.size);
    if (root) {
        gmp.sqrtrem(root, root + n, x.d, x.size);
        unpack(r, (na + 1) / 2, root, n);
    }
    PyMem_Free(root);
    PyMem_Free(x.d);
    return root ? 0 : -1;
}

Py_ssize_t gmp_to_decimal(char *text, const digit *a, Py_ssize_t na)
{
    Py_ssize_t l = limbs_for(na);
    limb *p = limbs_new(l + 1);  /* the library destroys its operand */
    if (!p)
        return -1;
    pack(p, l, a, na);
    while (l > 1 && p[l - 1] == 0)
        l--;
    size_t n = gmp.get_str((unsigned char *)text, 10, p, l), zeros = 0;
    PyMem_Free(p);
    while (zeros + 1 < n && text[zeros] == 0)
        zeros++;
    for (size_t i = zeros; i < n; i++)
        text[i - zeros] = (char)(text[i] + '0');
    return (Py_ssize_t)(n - zeros);
}

int gmp_from_text(digit *r, Py_ssize_t nr, const unsigned char *values, Py_ssize_t n, int base)
{
    limb *p = limbs_new(limbs_for(nr) + n / 10 + 4);
    if (!p)
        return -1;
    long l = gmp.set_str(p, values, (size_t)n, base);
    unpack(r, nr, p, l);
    PyMem_Free(p);
    return 0;
}
