/* Identifiers are compared in normal form KC: libunistring knows it. */
#include "syntax/parse.h"

#include <stdlib.h>
#include <uninorm.h>

PyObject *identifier_normalise(PyObject *name)
{
    Py_ssize_t size = PyUnicode_GET_LENGTH(name);
    Py_UCS4 *text = PyUnicode_AsUCS4Copy(name);
    size_t normal_size = 0;
    if (text == NULL)
        return NULL;
    uint32_t *normal = u32_normalize(UNINORM_NFKC, text, (size_t)size, NULL, &normal_size);
    PyMem_Free(text);
    if (normal == NULL)
        return PyErr_NoMemory();
    PyObject *result = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, normal, (Py_ssize_t)normal_size);
    free(normal);
    return result;
}
