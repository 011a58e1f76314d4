/* GMP behind the magnitudes of large ints; see gmp.h.
 *
 * The functions are found with dlsym under their exported names; the declarations below restate the documented interface,
 * so that the library is needed neither to build nor to run.
 *
 * The library ends the process when it gets no memory.  So each operation that may allocate runs in protect(): with allocation
 * functions of ours, which on failure leave the operation by longjmp.  The frames that are left are the library's alone, and they
 * own nothing but blocks from these functions, which protect() frees; no Python code and no change of Python's state lies between.
 * Outside of operations the functions are whatever another user of the library has set. */
#include "objects/int/gmp.h"
#include "objects/int/digits.h"

#include <dlfcn.h>
#include <limits.h>
#include <setjmp.h>

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
    void (*set_memory)(void *(*)(size_t), void *(*)(void *, size_t, size_t), void (*)(void *, size_t));
    void (*get_memory)(void *(**)(size_t), void *(**)(void *, size_t, size_t), void (**)(void *, size_t));
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
        {"__gmpz_gcd", &gmp.z_gcd}, {"__gmp_set_memory_functions", &gmp.set_memory},
        {"__gmp_get_memory_functions", &gmp.get_memory},
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

/* ---- memory for the library ---- */

typedef struct held { struct held *next, *prev; } Held;

/* The running operation; the interpreter lock is held throughout. */
static struct { Held blocks; jmp_buf out; } operation;

static void *held_new(Held *block)
{
    if (!block)
        longjmp(operation.out, 1);
    block->next = &operation.blocks;
    block->prev = operation.blocks.prev;
    block->prev->next = block->next->prev = block;
    return block + 1;
}
static void *allocate(size_t n) { return held_new(n <= PY_SSIZE_T_MAX - sizeof(Held) ? PyMem_Malloc(sizeof(Held) + n) : NULL); }
static void release(void *p, size_t n)
{
    Held *block = (Held *)p - 1;
    block->prev->next = block->next;
    block->next->prev = block->prev;
    PyMem_Free(block);
}
static void *reallocate(void *p, size_t old, size_t n)
{
    void *moved = allocate(n);
    memcpy(moved, p, old < n ? old : n);
    release(p, old);
    return moved;
}

/* The operands and results of an operation, whichever it needs. */
typedef struct call {
    limb *q, *r;
    const limb *a, *b;
    Py_ssize_t na, nb;
    const mpz *x, *y, *z;
    unsigned char *text;
    size_t length;
    int base;
    digit *out;
    Py_ssize_t nout;
} Call;

/* Products and quotients of so few limbs take no memory but the stack: temporaries of the library are below 32 KiB. */
#define STACK_LIMBS 256

/* Runs an operation; 0, or -1 with MemoryError set when the library got no memory. */
static int protect(void (*run)(Call *), Call *c)
{
    void *(*malloc_before)(size_t), *(*realloc_before)(void *, size_t, size_t);
    void (*free_before)(void *, size_t);
    volatile int failed = 1;
    gmp.get_memory(&malloc_before, &realloc_before, &free_before);
    operation.blocks.next = operation.blocks.prev = &operation.blocks;
    gmp.set_memory(allocate, reallocate, release);
    if (setjmp(operation.out) == 0) {
        run(c);
        failed = 0;
    }
    gmp.set_memory(malloc_before, realloc_before, free_before);
    while (operation.blocks.next != &operation.blocks)
        release(operation.blocks.next + 1, 0);
    if (failed)
        PyErr_NoMemory();
    return failed ? -1 : 0;
}

/* ---- digits and limbs ---- */

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

static void run_mul(Call *c)
{
    if (c->b)
        gmp.mul(c->r, c->a, c->na, c->b, c->nb);
    else
        gmp.sqr(c->r, c->a, c->na);
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
    limb on_stack[STACK_LIMBS], *pa = on_stack;
    if (2 * (la + lb) > STACK_LIMBS && !(pa = limbs_new(2 * (la + lb))))
        return -1;
    limb *pb = pa + la, *pr = pb + lb;
    Call c = {.r = pr, .a = pa, .na = la, .b = pb, .nb = lb};
    pack(pa, la, a, na);
    if (a == b && na == nb)
        c.b = NULL;
    else
        pack(pb, lb, b, nb);
    int bad = 0;
    if (pa == on_stack)
        run_mul(&c);
    else
        bad = protect(run_mul, &c);
    if (!bad)
        unpack(r, na + nb, pr, la + lb);
    if (pa != on_stack)
        PyMem_Free(pa);
    return bad;
}

static void run_divrem(Call *c) { gmp.tdiv_qr(c->q, c->r, 0, c->a, c->na, c->b, c->nb); }

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
    Call c = {.q = pq, .r = pr, .a = pa, .na = la, .b = pb, .nb = lb};
    int bad = 0;
    if (la <= STACK_LIMBS)
        run_divrem(&c);
    else
        bad = protect(run_divrem, &c);
    if (!bad && q)
        unpack(q, na - nb + 1, pq, la - lb + 1);
    if (!bad)
        unpack(r, nb, pr, lb);
    PyMem_Free(pa);
    return bad;
}

/* A read-only mpz over freshly packed limbs; NULL limbs when there is no memory. */
static mpz mpz_of(const digit *a, Py_ssize_t n)
{
    Py_ssize_t l = limbs_for(n);
    mpz z = {0, 0, NULL};
    if (l > INT_MAX / 2)
        PyErr_NoMemory();
    else
        z.d = limbs_new(l);
    if (!z.d)
        return z;
    pack(z.d, l, a, n);
    while (l > 0 && z.d[l - 1] == 0)
        l--;
    z.size = (int)l;
    z.alloc = (int)l;
    return z;
}

static void run_powm(Call *c)
{
    mpz result;
    gmp.z_init(&result);
    gmp.z_powm(&result, c->x, c->y, c->z);
    unpack(c->out, c->nout, result.d, result.size);
    gmp.z_clear(&result);
}

int gmp_powmod(digit *r, const digit *base, Py_ssize_t nb, const digit *exponent, Py_ssize_t ne, const digit *modulus,
               Py_ssize_t nm)
{
    mpz b = mpz_of(base, nb), e = mpz_of(exponent, ne), m = mpz_of(modulus, nm);
    int bad = !b.d || !e.d || !m.d || protect(run_powm, &(Call){.x = &b, .y = &e, .z = &m, .out = r, .nout = nm});
    PyMem_Free(b.d);
    PyMem_Free(e.d);
    PyMem_Free(m.d);
    return bad ? -1 : 0;
}

static void run_gcd(Call *c)
{
    mpz result;
    gmp.z_init(&result);
    gmp.z_gcd(&result, c->x, c->y);
    unpack(c->out, c->nout, result.d, result.size);
    gmp.z_clear(&result);
}

int gmp_gcd(digit *r, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb)
{
    mpz x = mpz_of(a, na), y = mpz_of(b, nb);
    int bad = !x.d || !y.d || protect(run_gcd, &(Call){.x = &x, .y = &y, .out = r, .nout = na < nb ? na : nb});
    PyMem_Free(x.d);
    PyMem_Free(y.d);
    return bad ? -1 : 0;
}

static void run_sqrt(Call *c) { gmp.sqrtrem(c->q, c->r, c->a, c->na); }

int gmp_isqrt(digit *r, const digit *a, Py_ssize_t na)
{
    mpz x = mpz_of(a, na);
    if (!x.d)
        return -1;
    Py_ssize_t n = (x.size + 1) / 2;
    limb *root = limbs_new(n + x.size);
    int bad = !root || protect(run_sqrt, &(Call){.q = root, .r = root + n, .a = x.d, .na = x.size});
    if (!bad)
        unpack(r, (na + 1) / 2, root, n);
    PyMem_Free(root);
    PyMem_Free(x.d);
    return bad ? -1 : 0;
}

static void run_get_str(Call *c) { c->length = gmp.get_str(c->text, 10, c->r, c->na); }

Py_ssize_t gmp_to_decimal(char *text, const digit *a, Py_ssize_t na)
{
    Py_ssize_t l = limbs_for(na);
    limb *p = limbs_new(l + 1);  /* the library destroys its operand */
    if (!p)
        return -1;
    pack(p, l, a, na);
    while (l > 1 && p[l - 1] == 0)
        l--;
    Call c = {.text = (unsigned char *)text, .r = p, .na = l};
    int bad = protect(run_get_str, &c);
    size_t n = c.length, zeros = 0;
    PyMem_Free(p);
    if (bad)
        return -1;
    while (zeros + 1 < n && text[zeros] == 0)
        zeros++;
    for (size_t i = zeros; i < n; i++)
        text[i - zeros] = (char)(text[i] + '0');
    return (Py_ssize_t)(n - zeros);
}

static void run_set_str(Call *c) { c->na = gmp.set_str(c->r, c->text, c->length, c->base); }

int gmp_from_text(digit *r, Py_ssize_t nr, const unsigned char *values, Py_ssize_t n, int base)
{
    limb *p = limbs_new(limbs_for(nr) + n / 10 + 4);
    if (!p)
        return -1;
    Call c = {.r = p, .text = (unsigned char *)values, .length = (size_t)n, .base = base};
    int bad = protect(run_set_str, &c);
    if (!bad)
        unpack(r, nr, p, c.na);
    PyMem_Free(p);
    return bad;
}
