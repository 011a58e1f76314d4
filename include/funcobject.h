/* Functions written in Python; classmethod and staticmethod. */
#ifndef Py_FUNCOBJECT_H
#define Py_FUNCOBJECT_H

#include "object.h"

_Py_BEGIN_C

/* What a frame needs of a function; the beginning of the function object has the same shape. */
typedef struct {
    PyObject *fc_globals, *fc_builtins, *fc_name, *fc_qualname;
    PyObject *fc_code, *fc_defaults, *fc_kwdefaults, *fc_closure;
} PyFrameConstructor;

typedef struct {
    PyObject_HEAD
    PyObject *func_globals, *func_builtins, *func_name, *func_qualname;
    PyObject *func_code;
    PyObject *func_defaults;   /* tuple or NULL */
    PyObject *func_kwdefaults; /* dict or NULL */
    PyObject *func_closure;    /* tuple of cells or NULL */
    PyObject *func_doc, *func_dict, *func_weakreflist, *func_module, *func_annotations;
    vectorcallfunc vectorcall;
    uint32_t func_version; /* 0: none given yet, or changed since */
} PyFunctionObject;

PyAPI_DATA(PyTypeObject) PyFunction_Type;
PyAPI_FUNC(PyObject *) PyFunction_New(PyObject *, PyObject *);
PyAPI_FUNC(PyObject *) PyFunction_NewWithQualName(PyObject *, PyObject *, PyObject *);
PyAPI_FUNC(PyObject *) PyFunction_GetCode(PyObject *);
PyAPI_FUNC(PyObject *) PyFunction_GetGlobals(PyObject *);
PyAPI_FUNC(PyObject *) PyFunction_GetModule(PyObject *);
PyAPI_FUNC(PyObject *) PyFunction_GetDefaults(PyObject *);
PyAPI_FUNC(int) PyFunction_SetDefaults(PyObject *, PyObject *);
PyAPI_FUNC(PyObject *) PyFunction_GetKwDefaults(PyObject *);
PyAPI_FUNC(int) PyFunction_SetKwDefaults(PyObject *, PyObject *);
PyAPI_FUNC(PyObject *) PyFunction_GetClosure(PyObject *);
PyAPI_FUNC(int) PyFunction_SetClosure(PyObject *, PyObject *);
PyAPI_FUNC(PyObject *) PyFunction_GetAnnotations(PyObject *);
PyAPI_FUNC(int) PyFunction_SetAnnotations(PyObject *, PyObject *);
PyAPI_FUNC(PyObject *) _PyFunction_Vectorcall(PyObject *func, PyObject *const *stack, size_t nargsf, PyObject
    *kwnames);
PyAPI_DATA(PyTypeObject) PyClassMethod_Type;
PyAPI_DATA(PyTypeObject) PyStaticMethod_Type;
PyAPI_FUNC(PyObject *) PyClassMethod_New(PyObject *);
PyAPI_FUNC(PyObject *) PyStaticMethod_New(PyObject *);

#define PyFunction_Check(op) Py_IS_TYPE(op, &PyFunction_Type)
#define PyFunction_GET_CODE(f) (((PyFunctionObject *)(f))->func_code)
#define PyFunction_GET_GLOBALS(f) (((PyFunctionObject *)(f))->func_globals)
#define PyFunction_GET_MODULE(f) (((PyFunctionObject *)(f))->func_module)
#define PyFunction_GET_DEFAULTS(f) (((PyFunctionObject *)(f))->func_defaults)
#define PyFunction_GET_KW_DEFAULTS(f) (((PyFunctionObject *)(f))->func_kwdefaults)
#define PyFunction_GET_CLOSURE(f) (((PyFunctionObject *)(f))->func_closure)
#define PyFunction_GET_ANNOTATIONS(f) (((PyFunctionObject *)(f))->func_annotations)

_Py_END_C

#endif
