// From a text about what Python does with memory: section "2. PyFrameObject (High-level)".
// adapted: typedefs and the closing semicolon; with -DOWN the real ones: Limpid's frame, and the object made of it on demand
#ifdef OWN
#include "vm/frame.h"
#else
typedef struct PyCodeObject PyCodeObject;
typedef struct PyObject PyObject;
typedef struct PyFrameObject PyFrameObject;
struct PyFrameObject {
    PyCodeObject *f_code;     // Bytecode of function
    PyObject *f_locals;       // Local variables
    PyObject *f_globals;      // Global variables
    PyObject *f_builtins;     // Built-in objects
    PyFrameObject *f_back;    // Previous frame (call stack link)
};
#endif
#include <stddef.h>
#include <stdio.h>
#define SHOW(T, m) printf("  %-12s at %3zu, %zu bytes\n", #m, offsetof(T, m), sizeof(((T *)0)->m))

int main(void) {
#ifdef OWN
    printf("own frame object: sizeof %zu\n", sizeof(PyFrameObject));
    SHOW(PyFrameObject, f_back); SHOW(PyFrameObject, f_frame); SHOW(PyFrameObject, f_trace); SHOW(PyFrameObject, f_lineno);
    printf("own frame: sizeof %zu\n", sizeof(Frame));
    SHOW(Frame, previous); SHOW(Frame, ip); SHOW(Frame, sp); SHOW(Frame, vm); SHOW(Frame, globals); SHOW(Frame, func);
    SHOW(Frame, code); SHOW(Frame, locals); SHOW(Frame, object);
#else
    printf("text's PyFrameObject: sizeof %zu\n", sizeof(struct PyFrameObject));
    SHOW(struct PyFrameObject, f_code); SHOW(struct PyFrameObject, f_locals); SHOW(struct PyFrameObject, f_globals);
    SHOW(struct PyFrameObject, f_builtins); SHOW(struct PyFrameObject, f_back);
#endif
    return 0;
}
