/* os.fspath(). */
#include "Python.h"

/* path itself if it is str or bytes, or what its __fspath__() returns: new reference, or NULL with TypeError. */
PyObject *PyOS_FSPath(PyObject *path)
{
    if (PyUnicode_Check(path) || PyBytes_Check(path))
        return Py_NewRef(path);
    _Py_IDENTIFIER(__fspath__);
    PyObject *method = _PyObject_LookupSpecialId(path, &PyId___fspath__);
    if (!method) {
        if (!PyErr_Occurred())
            PyErr_Format(PyExc_TypeError, "expected str, bytes or os.PathLike object, not %.200s", Py_TYPE(path)->tp_name);
        return NULL;
    }
    PyObject *result = PyObject_CallNoArgs(method);
    Py_DECREF(method);
    if (result && !PyUnicode_Check(result) && !PyBytes_Check(result)) {
        PyErr_Format(PyExc_TypeError, "expected %.200s.__fspath__() to return str or bytes, not %.200s",
                     Py_TYPE(path)->tp_name, Py_TYPE(result)->tp_name);
        Py_CLEAR(result);
    }
    return result;
}
