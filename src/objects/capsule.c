/* Capsules: C pointers with a name, passed through Python (https://docs.python.org/3.11/c-api/capsule.html). */
#include "objects/object.h"

typedef struct {
    PyObject_HEAD
    void *pointer;
    const char *name;
    void *context;
    PyCapsule_Destructor destructor;
} Capsule;

/* The capsule if o is a valid one, else NULL with ValueError. */
static Capsule *check(PyObject *o, const char *function)
{
    if (o != NULL && PyCapsule_CheckExact(o) && ((Capsule *)o)->pointer != NULL)
        return (Capsule *)o;
    PyErr_Format(PyExc_ValueError, "%s called with invalid PyCapsule object", function);
    return NULL;
}

static int same_name(const char *a, const char *b) { return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0); }

PyObject *PyCapsule_New(void *pointer, const char *name, PyCapsule_Destructor destructor)
{
    if (pointer == NULL) {
        PyErr_SetString(PyExc_ValueError, "PyCapsule_New called with null pointer");
        return NULL;
    }
    Capsule *capsule = PyObject_New(Capsule, &PyCapsule_Type);
    if (capsule == NULL)
        return NULL;
    capsule->pointer = pointer;
    capsule->name = name;
    capsule->context = NULL;
    capsule->destructor = destructor;
    return (PyObject *)capsule;
}

int PyCapsule_IsValid(PyObject *o, const char *name)
{
    return o != NULL && PyCapsule_CheckExact(o) && ((Capsule *)o)->pointer != NULL && same_name(((Capsule *)o)->name, name);
}

void *PyCapsule_GetPointer(PyObject *o, const char *name)
{
    Capsule *capsule = check(o, "PyCapsule_GetPointer");
    if (capsule == NULL)
        return NULL;
    if (!same_name(name, capsule->name)) {
        PyErr_SetString(PyExc_ValueError, "PyCapsule_GetPointer called with incorrect name");
        return NULL;
    }
    return capsule->pointer;
}

const char *PyCapsule_GetName(PyObject *o)
{
    Capsule *capsule = check(o, "PyCapsule_GetName");
    return capsule == NULL ? NULL : capsule->name;
}
PyCapsule_Destructor PyCapsule_GetDestructor(PyObject *o)
{
    Capsule *capsule = check(o, "PyCapsule_GetDestructor");
    return capsule == NULL ? NULL : capsule->destructor;
}
void *PyCapsule_GetContext(PyObject *o)
{
    Capsule *capsule = check(o, "PyCapsule_GetContext");
    return capsule == NULL ? NULL : capsule->context;
}

int PyCapsule_SetPointer(PyObject *o, void *pointer)
{
    if (pointer == NULL) {
        PyErr_SetString(PyExc_ValueError, "PyCapsule_SetPointer called with null pointer");
        return -1;
    }
    Capsule *capsule = check(o, "PyCapsule_SetPointer");
    if (capsule == NULL)
        return -1;
    capsule->pointer = pointer;
    return 0;
}
int PyCapsule_SetName(PyObject *o, const char *name)
{
    Capsule *capsule = check(o, "PyCapsule_SetName");
    if (capsule == NULL)
        return -1;
    capsule->name = name;
    return 0;
}
int PyCapsule_SetDestructor(PyObject *o, PyCapsule_Destructor destructor)
{
    Capsule *capsule = check(o, "PyCapsule_SetDestructor");
    if (capsule == NULL)
        return -1;
    capsule->destructor = destructor;
    return 0;
}
int PyCapsule_SetContext(PyObject *o, void *context)
{
    Capsule *capsule = check(o, "PyCapsule_SetContext");
    if (capsule == NULL)
        return -1;
    capsule->context = context;
    return 0;
}

/* The pointer of the capsule "module.attribute.attribute". */
void *PyCapsule_Import(const char *name, int no_block)
{
    size_t size = strlen(name) + 1;
    char *copy = PyMem_Malloc(size), *part = copy;
    if (copy == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    memcpy(copy, name, size);
    PyObject *o = NULL;
    while (part != NULL) {
        char *dot = strchr(part, '.');
        if (dot != NULL)
            *dot++ = '\0';
        if (o == NULL) {
            o = PyImport_ImportModule(part);
            if (o == NULL)
                PyErr_Format(PyExc_ImportError, "PyCapsule_Import could not import module \"%s\"", part);
        } else {
            PyObject *next = PyObject_GetAttrString(o, part);
            Py_SETREF(o, next);
        }
        if (o == NULL)
            break;
        part = dot;
    }
    void *pointer = NULL;
    if (o != NULL) {
        if (PyCapsule_IsValid(o, name))
            pointer = ((Capsule *)o)->pointer;
        else
            PyErr_Format(PyExc_AttributeError, "PyCapsule_Import \"%s\" is not valid", name);
    }
    Py_XDECREF(o);
    PyMem_Free(copy);
    return pointer;
}

static void capsule_dealloc(PyObject *self)
{
    if (((Capsule *)self)->destructor != NULL)
        ((Capsule *)self)->destructor(self);
    PyObject_Free(self);
}

static PyObject *capsule_repr(PyObject *self)
{
    const char *name = ((Capsule *)self)->name, *quote = name != NULL ? "\"" : "";
    return PyUnicode_FromFormat("<capsule object %s%s%s at %p>", quote, name != NULL ? name : "NULL", quote, self);
}

PyTypeObject PyCapsule_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "PyCapsule",
    .tp_basicsize = sizeof(Capsule),
    .tp_dealloc = capsule_dealloc,
    .tp_repr = capsule_repr,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_doc = "Capsule objects let you wrap a C \"void *\" pointer in a Python\n"
              "object.  They're a way of passing data through the Python interpreter\n"
              "without creating your own custom type.\n\n"
              "Capsules are used for communication between extension modules.\n",
};
