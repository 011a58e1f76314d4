// From a text about what Python does with memory: section "4. C-Level Data (CPython Internals)".
// adapted: a five-line object model so that it links; main() prints where the pointers and the objects are
#include <stdlib.h>
#include "where.h"

typedef struct { long ob_refcnt; const char *ob_type; long ob_size; unsigned ob_digit[1]; } PyObject;

static PyObject *box(unsigned v) {
    PyObject *o = malloc(sizeof *o);
    *o = (PyObject){1, "int", 1, {v}};
    return o;
}
static PyObject *do_add(PyObject *v, PyObject *w) { return box(v->ob_digit[0] + w->ob_digit[0]); }

// CPython C code (simplified)
PyObject* PyNumber_Add(PyObject *v, PyObject *w) {
    // 'v' and 'w' are C pointers on the C stack
    PyObject *result;  // C local variable on C stack

    // But the objects they point to are on the heap
    result = do_add(v, w);  // Creates heap object
    printf("&v in %s\n", where(&v));
    printf("&result in %s\n", where(&result));
    printf("*result in %s\n", where(result));
    return result;
}

int main(void) {
    PyObject *r = PyNumber_Add(box(40), box(2));
    printf("result %u, the function itself in %s\n", r->ob_digit[0], where((void *)(uintptr_t)PyNumber_Add));
    return 0;
}
