// From a text about what Python does with memory: section "3. PyObject Headers".
// adapted: Py_ssize_t named; sizes and offsets printed
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>
typedef ssize_t Py_ssize_t;

typedef struct _object {
    Py_ssize_t ob_refcnt;      // 8 bytes on 64-bit
    struct _typeobject *ob_type;  // 8 bytes
    // ... then the actual data
} PyObject;

int main(void) {
    printf("ob_refcnt at %zu, %zu bytes\n", offsetof(PyObject, ob_refcnt), sizeof(((PyObject *)0)->ob_refcnt));
    printf("ob_type at %zu, %zu bytes\n", offsetof(PyObject, ob_type), sizeof(((PyObject *)0)->ob_type));
    printf("header %zu bytes; int x = 42 in C: %zu bytes\n", sizeof(PyObject), sizeof(int));
    return 0;
}
