/* The kernels of int: products, quotients and shifts of every size against digit-by-digit arithmetic. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include "objects/int/digits.h"

#define MAX 700

static uint64_t seed = 99;
static digit draw(void)
{
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    switch (seed >> 61) {  /* runs of zeros and ones find what random digits do not */
    case 0: return 0;
    case 1: return DIGIT_MASK;
    default: return (digit)(seed >> 32) & DIGIT_MASK;
    }
}

/* A normalised number of n digits. */
static void fill(digit *a, Py_ssize_t n)
{
    for (Py_ssize_t i = 0; i < n; i++)
        a[i] = draw();
    if (n && !a[n - 1])
        a[n - 1] = 1;
}

static void product_by_hand(digit *r, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb)
{
    memset(r, 0, (size_t)(na + nb) * sizeof *r);
    for (Py_ssize_t j = 0; j < nb; j++) {
        twodigits carry = 0;
        for (Py_ssize_t i = 0; i < na; i++) {
            carry += (twodigits)a[i] * b[j] + r[i + j];
            r[i + j] = (digit)(carry & DIGIT_MASK);
            carry >>= DIGIT_BITS;
        }
        r[na + j] = (digit)carry;
    }
}

static const Py_ssize_t sizes[] = {1, 2, 3, 4, 5, 8, 13, 14, 15, 31, 64, 71, 140, 141, 300, 350};
#define SIZES (sizeof sizes / sizeof *sizes)

static void products_agree(void **state)
{
    static digit a[MAX], b[MAX], r[2 * MAX], want[2 * MAX];
    for (size_t i = 0; i < SIZES; i++)
        for (size_t j = 0; j < SIZES; j++) {
            fill(a, sizes[i]);
            fill(b, sizes[j]);
            product_by_hand(want, a, sizes[i], b, sizes[j]);
            assert_int_equal(digits_mul(r, a, sizes[i], b, sizes[j]), 0);
            assert_memory_equal(r, want, (size_t)(sizes[i] + sizes[j]) * sizeof *r);
        }
}

static void quotient_times_divisor_plus_rest_is_the_dividend(void **state)
{
    static digit a[MAX], b[MAX], q[MAX], r[MAX], back[2 * MAX];
    for (size_t i = 0; i < SIZES; i++)
        for (size_t j = 1; j < SIZES; j++) {
            Py_ssize_t na = sizes[i], nb = sizes[j];
            if (na < nb)
                continue;
            fill(a, na);
            fill(b, nb);
            assert_int_equal(digits_divrem(q, r, a, na, b, nb), 0);
            Py_ssize_t nr = digits_trim(r, nb);
            assert_true(digits_compare(r, nr, b, nb) < 0);
            product_by_hand(back, q, na - nb + 1, b, nb);
            digits_add(back, back, na + 1, r, nr);
            assert_memory_equal(back, a, (size_t)na * sizeof *a);
            assert_int_equal(back[na], 0);
        }
}

static void differences_undo_sums_and_shifts_undo_shifts(void **state)
{
    static digit a[MAX], b[MAX], r[MAX + 40], s[MAX + 40];
    for (size_t i = 0; i < SIZES; i++) {
        Py_ssize_t na = sizes[i], nb = (na + 1) / 2;
        fill(a, na);
        fill(b, nb);
        digits_add(r, a, na, b, nb);
        digits_sub(r, r, na + 1, b, nb);
        assert_memory_equal(r, a, (size_t)na * sizeof *a);
        assert_int_equal(r[na], 0);
        for (size_t shift = 0; shift < 100; shift += 7) {
            digits_shift_left(r, a, na, shift);
            digits_shift_right(s, r, na + (Py_ssize_t)(shift / DIGIT_BITS) + 1, shift);
            assert_memory_equal(s, a, (size_t)na * sizeof *a);
        }
        digit d = draw() | 1, rest = digits_divrem1(s, a, na, d), carry;
        product_by_hand(r, s, na, &d, 1);
        carry = digits_add(r, r, na + 1, &rest, 1);
        assert_memory_equal(r, a, (size_t)na * sizeof *a);
        assert_int_equal(carry, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_agree),
        cmocka_unit_test(quotient_times_divisor_plus_rest_is_the_dividend),
        cmocka_unit_test(differences_undo_sums_and_shifts_undo_shifts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
