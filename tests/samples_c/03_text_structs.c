// From a text about what Python does with memory: PyLongObject and PyUnicodeObject as it writes them.
// adapted: types named; with -DOWN the real ones, from Limpid's headers
#ifdef OWN
#include <Python.h>
#else
#include <stdint.h>
#include <sys/types.h>
typedef ssize_t Py_ssize_t;
typedef ssize_t Py_hash_t;
typedef uint32_t digit;
typedef struct _typeobject PyTypeObject;
struct PyLongObject {
    Py_ssize_t ob_refcnt;    // Reference count
    PyTypeObject *ob_type;    // Type pointer
    size_t ob_size;           // Number of digits
    digit ob_digit[1];        // Actual digits
};
struct PyUnicodeObject {
    Py_ssize_t ob_refcnt;
    PyTypeObject *ob_type;
    Py_ssize_t length;
    Py_hash_t hash;
    void *data;  // Actual string data
};
#endif
#include <stddef.h>
#include <stdio.h>

int main(void) {
#ifdef OWN
    printf("own PyLongObject: sizeof %zu, ob_digit at %zu (one digit: %zu bytes used)\n", sizeof(PyLongObject),
           offsetof(PyLongObject, ob_digit), offsetof(PyLongObject, ob_digit) + sizeof(((PyLongObject *)0)->ob_digit[0]));
    printf("own PyASCIIObject: sizeof %zu (the data follows it)\n", sizeof(PyASCIIObject));
    printf("own PyCompactUnicodeObject: sizeof %zu (the data follows it)\n", sizeof(PyCompactUnicodeObject));
    printf("own PyUnicodeObject: sizeof %zu, data at %zu (legacy strings only)\n", sizeof(PyUnicodeObject), offsetof(PyUnicodeObject, data));
#else
    printf("text's PyLongObject: sizeof %zu, ob_digit at %zu (one digit: %zu bytes used)\n", sizeof(struct PyLongObject),
           offsetof(struct PyLongObject, ob_digit), offsetof(struct PyLongObject, ob_digit) + sizeof(digit));
    printf("text's PyUnicodeObject: sizeof %zu, data at %zu\n", sizeof(struct PyUnicodeObject), offsetof(struct PyUnicodeObject, data));
#endif
    return 0;
}
