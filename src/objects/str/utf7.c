/* UTF-7 (RFC 2152). */
#include "objects/str/codec.h"
#include <string.h>

static int base64_value(unsigned char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Characters that stand for themselves: RFC 2152's set D, white space, and its set O unless that is to be encoded. */
static int is_direct(Py_UCS4 c, int optional, int white)
{
    if (c == 0 || c > 127)
        return 0;
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
        return white;
    if (Py_ISALNUM(c) || strchr("'(),-./:?", (int)c))
        return 1;
    return optional && strchr("!\"#$%&*;<=>@[]^_`{|}", (int)c) != NULL;
}

typedef struct {
    uint32_t bits;
    int count;
    Py_UCS4 high;            /* a high surrogate that waits for its other half */
} Shift;

/* Takes a finished 16-bit unit; -1 on a failed write. */
static int take_unit(_PyUnicodeWriter *w, Shift *s, Py_UCS4 unit)
{
    if (s->high) {
        Py_UCS4 high = s->high;
        s->high = 0;
        if (Py_UNICODE_IS_LOW_SURROGATE(unit))
            return _PyUnicodeWriter_WriteChar(w, Py_UNICODE_JOIN_SURROGATES(high, unit));
        if (_PyUnicodeWriter_WriteChar(w, high) < 0)
            return -1;
    }
    if (Py_UNICODE_IS_HIGH_SURROGATE(unit)) {
        s->high = unit;
        return 0;
    }
    return _PyUnicodeWriter_WriteChar(w, unit);
}

PyObject *PyUnicode_DecodeUTF7Stateful(const char *s, Py_ssize_t size, const char *errors, Py_ssize_t *consumed)
{
    if (size == 0) {
        if (consumed)
            *consumed = 0;
        return str_empty();
    }
    DecodeErrors d;
    _PyUnicodeWriter w;
    Shift shift = {0, 0, 0};
    int inside = 0;
    Py_ssize_t at = 0, shift_start = 0, shift_out = 0;
    const char *reason;
    _PyUnicodeWriter_Init(&w);
    w.min_length = size;
    w.overallocate = 1;
    decode_begin(&d, "utf7", errors, s, size);
again:
    while (at < d.end - d.start) {
        unsigned char c = (unsigned char)d.start[at];
        if (inside) {
            int value = base64_value(c);
            if (value >= 0) {
                shift.bits = shift.bits << 6 | (uint32_t)value;
                shift.count += 6;
                at++;
                if (shift.count >= 16) {
                    shift.count -= 16;
                    if (take_unit(&w, &shift, (shift.bits >> shift.count) & 0xffff) < 0)
                        goto fail;
                    shift.bits &= (1u << shift.count) - 1;
                }
                continue;
            }
            inside = 0;
            if (shift.count > 0 && (shift.count >= 6 || shift.bits)) {
                reason = shift.count >= 6 ? "partial character in base64 sequence" : "non-zero padding bits in base64 sequence";
                at++;
                goto bad;
            }
            if (shift.high && c <= 127 && c != '+' && _PyUnicodeWriter_WriteChar(&w, shift.high) < 0)
                goto fail;
            shift.high = 0;
            if (c == '-')
                at++;
            continue;
        }
        if (c == '+') {
            shift_start = at++;
            shift_out = w.pos;
            if (at < d.end - d.start && d.start[at] == '-') {
                at++;
                if (_PyUnicodeWriter_WriteChar(&w, '+') < 0)
                    goto fail;
                continue;
            }
            if (at < d.end - d.start && base64_value((unsigned char)d.start[at]) < 0) {
                at++;
                reason = "ill-formed sequence";
                goto bad;
            }
            inside = 1;
            shift = (Shift){0, 0, 0};
            continue;
        }
        if (c < 128) {
            at++;
            if (_PyUnicodeWriter_WriteChar(&w, c) < 0)
                goto fail;
            continue;
        }
        shift_start = at++;
        reason = "unexpected special character";
    bad:
        at = decode_fail(&d, &w, shift_start, at, reason);
        if (at < 0)
            goto fail;
    }
    if (inside && !consumed && (shift.high || shift.count >= 6 || (shift.count > 0 && shift.bits))) {
        inside = 0;
        Py_ssize_t end = d.end - d.start;
        at = decode_fail(&d, &w, shift_start, end, "unterminated shift sequence");
        if (at < 0)
            goto fail;
        if (at < d.end - d.start)
            goto again;
    }
    if (consumed) {
        *consumed = at;
        if (inside) {  /* the whole shifted run is read again next time */
            *consumed = shift_start;
            w.pos = shift_out;
        }
    }
    decode_end(&d);
    return _PyUnicodeWriter_Finish(&w);
fail:
    decode_end(&d);
    _PyUnicodeWriter_Dealloc(&w);
    return NULL;
}

PyObject *PyUnicode_DecodeUTF7(const char *s, Py_ssize_t size, const char *errors)
{
    return PyUnicode_DecodeUTF7Stateful(s, size, errors, NULL);
}

/* --- encoding --- */

static void put_bits(ByteBuffer *b, Shift *s, Py_UCS4 unit)
{
    s->bits = s->bits << 16 | unit;
    s->count += 16;
    while (s->count >= 6) {
        s->count -= 6;
        *b->p++ = base64_digits[(s->bits >> s->count) & 63];
    }
    s->bits &= (1u << s->count) - 1;
}

static void end_shift(ByteBuffer *b, Shift *s)
{
    if (s->count)
        *b->p++ = base64_digits[(s->bits << (6 - s->count)) & 63];
    *s = (Shift){0, 0, 0};
}

PyObject *_PyUnicode_EncodeUTF7(PyObject *text, int encode_optional, int encode_white, const char *errors)
{
    if (PyUnicode_READY(text) < 0)
        return NULL;
    Py_ssize_t n = str_len(text);
    ByteBuffer b;
    Shift shift = {0, 0, 0};
    int inside = 0;
    if (bytebuf_begin(&b, n) < 0)
        return NULL;
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_UCS4 c = str_at(text, i);
        if (bytebuf_room(&b, 16) < 0) {
            bytebuf_drop(&b);
            return NULL;
        }
        if (is_direct(c, !encode_optional, !encode_white)) {
            if (inside) {
                end_shift(&b, &shift);
                inside = 0;
                if (base64_value((unsigned char)c) >= 0 || c == '-')
                    *b.p++ = '-';
            }
            *b.p++ = (char)c;
            continue;
        }
        if (!inside) {
            *b.p++ = '+';
            if (c == '+') {
                *b.p++ = '-';
                continue;
            }
            inside = 1;
        }
        if (c >= 0x10000) {
            put_bits(&b, &shift, Py_UNICODE_HIGH_SURROGATE(c));
            c = Py_UNICODE_LOW_SURROGATE(c);
        }
        put_bits(&b, &shift, c);
    }
    if (inside) {
        end_shift(&b, &shift);
        if (bytebuf_add(&b, "-", 1) < 0) {
            bytebuf_drop(&b);
            return NULL;
        }
    }
    return bytebuf_finish(&b);
}
