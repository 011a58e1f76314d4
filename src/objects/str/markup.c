/* Reading the markup of str.format; see markup.h. */
#include "objects/str/markup.h"

static int wrong(const char *message)
{
    PyErr_SetString(PyExc_ValueError, message);
    return -1;
}

/* The specification behind ':' up to the brace that closes the field. */
static int read_spec(Markup *m, MarkupPiece *p)
{
    Span *r = &m->rest;
    int depth = 1;
    StrView v = str_view(r->text);
    p->spec = *r;
    for (Py_ssize_t at = r->start, end = r->end; at < end;) {
        Py_UCS4 c = unit_at(v.kind, v.data, at++);
        if (c == '{') {
            p->spec_has_fields = 1;
            depth++;
        }
        else if (c == '}' && --depth == 0) {
            p->spec.end = at - 1;
            r->start = at;
            return 0;
        }
    }
    return wrong("unmatched '{' in format spec");
}

static int read_field(Markup *m, MarkupPiece *p)
{
    Span *r = &m->rest;
    Py_UCS4 c = 0;
    int in_key = 0, closed = 0;
    p->has_field = 1;
    p->name = *r;
    StrView v = str_view(r->text);
    while (r->start < r->end && !closed) {
        c = unit_at(v.kind, v.data, r->start++);
        if (in_key)
            in_key = c != ']';
        else if (c == '[')
            in_key = 1;
        else if (c == '{')
            return wrong("unexpected '{' in field name");
        else
            closed = c == '}' || c == ':' || c == '!';
    }
    if (!closed)
        return wrong("expected '}' before end of string");
    p->name.end = r->start - 1;
    if (c == '}')
        return 0;
    if (c == '!') {
        if (r->start >= r->end)
            return wrong("end of string while looking for conversion specifier");
        p->conversion = str_at(r->text, r->start++);
        if (r->start < r->end) {
            c = str_at(r->text, r->start++);
            if (c == '}')
                return 0;
            if (c != ':')
                return wrong("expected ':' after conversion specifier");
        }
    }
    return read_spec(m, p);
}

int markup_next(Markup *m, MarkupPiece *p)
{
    Span *r = &m->rest;
    *p = (MarkupPiece){{NULL}};
    if (r->text == NULL || r->start >= r->end)
        return 0;
    p->literal = *r;
    StrView v = str_view(r->text);
    Py_ssize_t at = r->start, end = r->end;
    Py_UCS4 c = 0;
    while (at < end) {
        c = unit_at(v.kind, v.data, at++);
        if (c == '{' || c == '}')
            break;
    }
    r->start = at;
    if (c != '{' && c != '}') {
        p->literal.end = r->start;
        return 1;
    }
    int doubled = r->start < r->end && str_at(r->text, r->start) == c;
    if (doubled) {  /* the literal ends with one of the two */
        p->literal.end = r->start++;
        return 1;
    }
    if (c == '}')
        return wrong("Single '}' encountered in format string");
    if (r->start >= r->end)
        return wrong("Single '{' encountered in format string");
    p->literal.end = r->start - 1;
    return read_field(m, p) < 0 ? -1 : 1;
}

/* The part as a decimal number; -1 when it is none, -2 with ValueError. */
static Py_ssize_t span_number(Span s)
{
    Py_ssize_t n = 0;
    if (s.start >= s.end)
        return -1;
    for (Py_ssize_t i = s.start; i < s.end; i++) {
        int digit = str_digit(str_at(s.text, i));
        if (digit < 0)
            return -1;
        if (n > (PY_SSIZE_T_MAX - digit) / 10)
            return wrong("Too many decimal digits in format string") - 1;
        n = n * 10 + digit;
    }
    return n;
}

int field_name_split(Span name, FieldName *f)
{
    f->first = f->rest = name;
    Py_ssize_t i = name.start;
    while (i < name.end) {
        Py_UCS4 c = str_at(name.text, i);
        if (c == '.' || c == '[')
            break;
        i++;
    }
    f->first.end = f->rest.start = i;
    f->index = span_number(f->first);
    return f->index == -2 ? -1 : 0;
}

int field_name_next(FieldName *f, Span *part, int *is_attribute, Py_ssize_t *index)
{
    Span *r = &f->rest;
    if (r->text == NULL || r->start >= r->end)
        return 0;
    *index = -1;
    *part = *r;
    Py_UCS4 c = str_at(r->text, r->start++);
    part->start = r->start;
    if (c == '.') {
        *is_attribute = 1;
        while (r->start < r->end && (c = str_at(r->text, r->start)) != '.' && c != '[')
            r->start++;
        part->end = r->start;
    }
    else if (c == '[') {
        *is_attribute = 0;
        int closed = 0;
        while (r->start < r->end && !closed)
            closed = str_at(r->text, r->start++) == ']';
        if (!closed)
            return wrong("Missing ']' in format string");
        part->end = r->start - 1;
        *index = span_number(*part);
        if (*index == -2)
            return -1;
    }
    else
        return wrong("Only '.' or '[' may follow ']' in format field specifier");
    if (span_len(*part) == 0)
        return wrong("Empty attribute in format string");
    return 1;
}
