/* The kernels of str: searching against a plain loop, widths, runs of ASCII, interning. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include "objects/str/str.h"
#include <string.h>

static Py_ssize_t plain_find(StrView h, StrView p, int dir)
{
    for (Py_ssize_t k = 0; k <= h.len - p.len; k++) {
        Py_ssize_t at = dir > 0 ? k : h.len - p.len - k, i = 0;
        while (i < p.len && unit_at(h.kind, h.data, at + i) == unit_at(p.kind, p.data, i))
            i++;
        if (i == p.len)
            return at;
    }
    return -1;
}

static unsigned next_random(unsigned *seed) { return *seed = *seed * 1103515245 + 12345, *seed >> 16; }

static void searching_agrees_with_a_plain_loop(void **state)
{
    unsigned seed = 1;
    for (int round = 0; round < 30000; round++) {
        Py_UCS4 hay[80], needle[12];
        int kind = 1 << next_random(&seed) % 3, part_kind = 1 << next_random(&seed) % 3;
        StrView h = {hay, next_random(&seed) % 64, kind}, p = {needle, next_random(&seed) % 6, part_kind};
        for (Py_ssize_t i = 0; i < h.len; i++)
            unit_set(kind, hay, i, 'a' + next_random(&seed) % 2);
        for (Py_ssize_t i = 0; i < p.len; i++)
            unit_set(part_kind, needle, i, 'a' + next_random(&seed) % 2);
        if (part_kind > kind)
            continue;  /* a wider needle holds a character that the hay cannot have (STR-1) */
        assert_int_equal(view_find(h, p, 1), plain_find(h, p, 1));
        assert_int_equal(view_find(h, p, -1), plain_find(h, p, -1));
    }
}

static void periodic_needles_are_found_in_linear_time(void **state)
{
    static Py_UCS2 hay[200000], needle[20000];
    for (size_t i = 0; i < 200000; i++)
        hay[i] = 'a';
    for (size_t i = 0; i < 20000; i++)
        needle[i] = 'a';
    needle[10000] = 'b';
    StrView h = {hay, 200000, 2}, p = {needle, 20000, 2};
    assert_int_equal(view_find(h, p, 1), -1);
    hay[150000] = 'b';
    assert_int_equal(view_find(h, p, 1), 140000);
}

static void the_narrowest_width_is_found(void **state)
{
    Py_UCS4 text[100];
    for (int at = 0; at < 100; at++) {
        static const Py_UCS4 tops[] = {0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000, 0x10ffff}, classes[] = {0x7f, 0xff, 0xff,
            0xffff, 0xffff, 0x10ffff, 0x10ffff};
        for (int t = 0; t < 7; t++) {
            for (int i = 0; i < 100; i++)
                text[i] = 'x';
            text[at] = tops[t];
            assert_int_equal(units_max(4, text, 100), classes[t]);
        }
    }
}

static void runs_of_ascii_end_where_they_end(void **state)
{
    char text[70];
    for (int at = 0; at < 70; at++) {
        memset(text, 'x', sizeof text);
        text[at] = (char)0x80;
        assert_int_equal(ascii_run(text, 70), at);
        assert_false(bytes_are_ascii(text, 70));
        assert_true(bytes_are_ascii(text, at));
    }
}

static void equal_texts_intern_to_one_object(void **state)
{
    PyObject *a = PyUnicode_FromString("a text that nobody else has"), *b = PyUnicode_FromString("a text that nobody else has");
    assert_ptr_not_equal(a, b);
    PyUnicode_InternInPlace(&a);
    PyUnicode_InternInPlace(&b);
    assert_ptr_equal(a, b);
    assert_int_equal(Py_REFCNT(a), 2);
    Py_DECREF(a);
    Py_DECREF(b);
    a = PyUnicode_InternFromString("a text that nobody else has");
    assert_int_equal(Py_REFCNT(a), 1);
    Py_DECREF(a);
}

static void appending_grows_in_place_and_shared_strings_stay(void **state)
{
    PyObject *s = PyUnicode_FromString("start"), *kept, *more = PyUnicode_FromString("é");
    kept = Py_NewRef(s);
    PyUnicode_Append(&s, more);
    assert_int_equal(PyUnicode_GET_LENGTH(kept), 5);
    assert_int_equal(PyUnicode_GET_LENGTH(s), 6);
    assert_true(_PyUnicode_CheckConsistency(s, 1));
    for (int i = 0; i < 1000; i++)
        PyUnicode_Append(&s, kept);
    assert_int_equal(PyUnicode_GET_LENGTH(s), 5006);
    assert_true(_PyUnicode_CheckConsistency(s, 1));
    Py_DECREF(kept);
    Py_DECREF(more);
    Py_DECREF(s);
}

int main(void)
{
    Py_Initialize();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(searching_agrees_with_a_plain_loop),
        cmocka_unit_test(periodic_needles_are_found_in_linear_time),
        cmocka_unit_test(the_narrowest_width_is_found),
        cmocka_unit_test(runs_of_ascii_end_where_they_end),
        cmocka_unit_test(equal_texts_intern_to_one_object),
        cmocka_unit_test(appending_grows_in_place_and_shared_strings_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
