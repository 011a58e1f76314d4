/* The module marshal. */
#define PY_SSIZE_T_CLEAN
#include "runtime/marshal.h"
#include "objects/names.h"

static PyObject *m_dumps(PyObject *m, PyObject *const *args, Py_ssize_t nargs)
{
    int version = Py_MARSHAL_VERSION;
    if (!_PyArg_CheckPositional("dumps", nargs, 1, 2))
        return NULL;
    if (nargs > 1 && (version = _PyLong_AsInt(args[1])) == -1 && PyErr_Occurred())
        return NULL;
    return PyMarshal_WriteObjectToString(args[0], version);
}

static PyObject *m_dump(PyObject *m, PyObject *const *args, Py_ssize_t nargs)
{
    int version = Py_MARSHAL_VERSION;
    if (!_PyArg_CheckPositional("dump", nargs, 2, 3))
        return NULL;
    if (nargs > 2 && (version = _PyLong_AsInt(args[2])) == -1 && PyErr_Occurred())
        return NULL;
    PyObject *data = PyMarshal_WriteObjectToString(args[0], version);
    if (!data)
        return NULL;
    PyObject *result = PyObject_CallMethodOneArg(args[1], N(write), data);
    Py_DECREF(data);
    return result;
}

static PyObject *m_loads(PyObject *m, PyObject *source)
{
    Py_buffer view;
    if (PyObject_GetBuffer(source, &view, PyBUF_SIMPLE) < 0)
        return NULL;
    PyObject *v = PySys_Audit("marshal.loads", "y#", view.buf, view.len) < 0 ? NULL : marshal_read(view.buf, view.len);
    PyBuffer_Release(&view);
    return v;
}

static PyObject *m_load(PyObject *m, PyObject *file)
{
    return PySys_Audit("marshal.load", NULL) < 0 ? NULL : marshal_read_from(file);
}

#define FAST(f) (PyCFunction)(void (*)(void))f, METH_FASTCALL

static PyMethodDef functions[] = {
    {"dump", FAST(m_dump), "dump($module, value, file, version=version, /)\n--\n\nWrites the value to a binary file."},
    {"load", m_load, METH_O, "load($module, file, /)\n--\n\nReads one value from a binary file."},
    {"dumps", FAST(m_dumps), "dumps($module, value, version=version, /)\n--\n\nThe bytes that dump() would write."},
    {"loads", m_loads, METH_O, "loads($module, bytes, /)\n--\n\nThe value that the bytes stand for; what follows it is ignored."},
    {NULL, NULL, 0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "marshal", .m_size = -1, .m_methods = functions,
    .m_doc = "Values and code objects as bytes, in the format of .pyc files (library reference, \"marshal\")."};

PyMODINIT_FUNC PyInit_marshal(void)
{
    PyObject *m = PyModule_Create(&definition);
    if (m && PyModule_AddIntConstant(m, "version", Py_MARSHAL_VERSION) < 0)
        Py_CLEAR(m);
    return m;
}
