/* The exception types, made from exceptions.def, and their start-up. */
#include "objects/exceptions/exceptions.h"

#define FLAGS (Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASE_EXC_SUBCLASS)

/* ---- families: the kind that a type's functions come from, and whether the type has members of its own ---- */
static void plain_dealloc(PyObject *self) { base_exception_dealloc_with(self, base_exception_clear, plain_dealloc); }
static const ExceptionKind plain_kind = {
    .size = sizeof(PyBaseExceptionObject), .dealloc = plain_dealloc, .traverse = base_exception_traverse,
    .clear = base_exception_clear, .new = base_exception_new, .init = base_exception_init};

#define FAMILY_plain(o) o(plain_kind, 1)
#define FAMILY_group(o) o(group_kind, 1)
#define FAMILY_system_exit(o) o(system_exit_kind, 1)
#define FAMILY_attribute_error(o) o(attribute_error_kind, 1)
#define FAMILY_import_error(o) o(import_error_kind, 1)
#define FAMILY_import_inherited(o) o(import_error_kind, 0)
#define FAMILY_key_error(o) o(key_error_kind, 1)
#define FAMILY_name_error(o) o(name_error_kind, 1)
#define FAMILY_name_inherited(o) o(name_error_kind, 0)
#define FAMILY_os_error(o) o(os_error_kind, 1)
#define FAMILY_os_inherited(o) o(os_error_kind, 0)
#define FAMILY_stop_iteration(o) o(stop_iteration_kind, 1)
#define FAMILY_syntax_error(o) o(syntax_error_kind, 1)
#define FAMILY_syntax_inherited(o) o(syntax_error_kind, 0)
#define FAMILY_unicode_decode(o) o(unicode_decode_kind, 1)
#define FAMILY_unicode_encode(o) o(unicode_encode_kind, 1)
#define FAMILY_unicode_translate(o) o(unicode_translate_kind, 1)

#define EXC(name, base, family, doc) \
    static PyTypeObject _PyExc_##name = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = #name, .tp_flags = FLAGS, \
                                         .tp_doc = doc, .tp_base = &_PyExc_##base}; \
    PyObject *PyExc_##name = (PyObject *)&_PyExc_##name;
PyObject *PyExc_BaseException = (PyObject *)&_PyExc_BaseException;
#include "objects/exceptions/exceptions.def"
#undef EXC
PyObject *PyExc_EnvironmentError = (PyObject *)&_PyExc_OSError;
PyObject *PyExc_IOError = (PyObject *)&_PyExc_OSError;

#define KIND_AND_OWN(kind, own) &kind, own
static const struct {
    PyTypeObject *type;
    const ExceptionKind *kind;
    int own;   /* 0: only __init__ is in the type's dict, the rest is inherited */
} table[] = {
#define EXC(name, base, family, doc) {&_PyExc_##name, FAMILY_##family(KIND_AND_OWN)},
#include "objects/exceptions/exceptions.def"
#undef EXC
};

static void apply_kind(PyTypeObject *type, const ExceptionKind *kind, int own)
{
    type->tp_basicsize = kind->size;
    type->tp_dealloc = kind->dealloc;
    type->tp_traverse = kind->traverse;
    type->tp_clear = kind->clear;
    type->tp_init = kind->init;
    type->tp_dictoffset = offsetof(PyBaseExceptionObject, dict);
    if (!own)
        return;
    type->tp_new = kind->new;
    type->tp_str = kind->str;
    type->tp_methods = kind->methods;
    type->tp_members = kind->members;
    type->tp_getset = kind->getset;
}

int exceptions_init(void)
{
    if (PyType_Ready(&_PyExc_BaseException) < 0)
        return -1;
    for (size_t i = 0; i < Py_ARRAY_LENGTH(table); i++) {
        PyTypeObject *type = table[i].type;
        if (type->tp_dealloc == NULL)
            apply_kind(type, table[i].kind, table[i].own);
        if (PyType_Ready(type) < 0)
            return -1;
    }
    if (group_init() < 0 || exceptions_thread_init(thread_current()) < 0)
        return -1;
    return (interp_current()->kept.memory_error = PyObject_CallNoArgs(PyExc_MemoryError)) ? 0 : -1;
}

void exceptions_fini(void)
{
    exceptions_thread_fini(thread_current());
}

int exceptions_thread_init(ThreadState *t)
{
    t->memory_error = PyObject_CallNoArgs(PyExc_MemoryError);
    t->keeps_memory_error = 1;
    return t->memory_error ? 0 : -1;
}

void exceptions_thread_fini(ThreadState *t)
{
    t->keeps_memory_error = 0;
    Py_CLEAR(t->memory_error);
}

int exceptions_add_builtins(PyObject *dict)
{
    if (PyDict_SetItemString(dict, "BaseException", PyExc_BaseException) < 0 ||
        PyDict_SetItemString(dict, "EnvironmentError", PyExc_OSError) < 0 ||
        PyDict_SetItemString(dict, "IOError", PyExc_OSError) < 0 ||
        PyDict_SetItemString(dict, "ExceptionGroup", exception_group_type()) < 0)
        return -1;
    for (size_t i = 0; i < Py_ARRAY_LENGTH(table); i++)
        if (PyDict_SetItemString(dict, table[i].type->tp_name, (PyObject *)table[i].type) < 0)
            return -1;
    return 0;
}
