/* The functions of libexpat, found by name; encodings that it does not know. */
#include "modules/expat/library.h"
#include <dlfcn.h>

ExpatLibrary expat;
const XML_Memory_Handling_Suite expat_memory = {PyObject_Malloc, PyObject_Realloc, PyObject_Free};

int expat_open(void)
{
    static const struct {
        const char *name;
        size_t offset;
    } wanted[] = {
#define FUNCTION(name) {"XML_" #name, offsetof(ExpatLibrary, name)},
#include "modules/expat/functions.def"
#undef FUNCTION
    };
    if (expat.UseForeignDTD)
        return 0;
    void *library = dlopen("libexpat.so.1", RTLD_NOW | RTLD_LOCAL);
    for (size_t i = 0; library && i < Py_ARRAY_LENGTH(wanted); i++) {
        void *found = dlsym(library, wanted[i].name);
        if (found == NULL) {
            dlclose(library);
            library = NULL;
        } else
            memcpy((char *)&expat + wanted[i].offset, &found, sizeof found);
    }
    if (library)
        return 0;
    memset(&expat, 0, sizeof expat);
    PyErr_SetString(PyExc_ImportError, "the library libexpat.so.1 is missing or too old");
    return -1;
}

int expat_unknown_encoding(void *unused, const XML_Char *name, XML_Encoding *info)
{
    char bytes[256];
    if (PyErr_Occurred())
        return XML_STATUS_ERROR;
    for (int i = 0; i < 256; i++)
        bytes[i] = (char)i;
    PyObject *text = PyUnicode_Decode(bytes, 256, name, "replace");
    if (text == NULL)
        return XML_STATUS_ERROR;
    if (PyUnicode_GET_LENGTH(text) != 256) {
        Py_DECREF(text);
        PyErr_SetString(PyExc_ValueError, "multi-byte encodings are not supported");
        return XML_STATUS_ERROR;
    }
    for (int i = 0; i < 256; i++) {
        Py_UCS4 c = PyUnicode_READ_CHAR(text, i);
        info->map[i] = c == Py_UNICODE_REPLACEMENT_CHARACTER ? -1 : (int)c;
    }
    Py_DECREF(text);
    info->data = NULL;
    info->convert = NULL;
    info->release = NULL;
    return XML_STATUS_OK;
}
