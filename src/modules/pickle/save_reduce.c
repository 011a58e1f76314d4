/* Writing globals, and objects as their __reduce__ says. */
#include "modules/pickle/pickle.h"

#define FAIL(...) return PyErr_Format(pickle_state.pickling_error, __VA_ARGS__), -1

/* ---- globals --------------------------------------------------------------------------------------------------------
 */

/* Does the module in the entry of sys.modules hold obj under that name? */
static int holds(PyObject *name, PyObject *module, PyObject *obj, PyObject *dotted)
{
    if (module == Py_None || (PyUnicode_Check(name) && (_PyUnicode_EqualToASCIIString(name, "__main__") ||
                                                        _PyUnicode_EqualToASCIIString(name, "__mp_main__"))))
        return 0;
    PyObject *found = pickle_get_dotted(module, dotted, NULL);
    if (!found) {
        if (!PyErr_ExceptionMatches(PyExc_AttributeError))
            return -1;
        PyErr_Clear();
    }
    Py_XDECREF(found);
    return found == obj;
}

/* The name of the module that has obj: new reference. */
static PyObject *which_module(PyObject *obj, PyObject *dotted)
{
    PyObject *name, *modules, *items, *r = NULL;
    if (_PyObject_LookupAttr(obj, N(__module__), &name) < 0)
        return NULL;
    if (name && name != Py_None)
        return name;
    Py_XDECREF(name);
    modules = PySys_GetObject("modules");
    if (!modules) {
        PyErr_SetString(PyExc_RuntimeError, "unable to get sys.modules");
        return NULL;
    }
    items = PyMapping_Items(modules); /* looking may import more */
    for (Py_ssize_t i = 0; items && !r && i < PyList_GET_SIZE(items); i++) {
        PyObject *pair = PyList_GET_ITEM(items, i);
        int found = holds(PyTuple_GET_ITEM(pair, 0), PyTuple_GET_ITEM(pair, 1), obj, dotted);
        if (found < 0)
            Py_CLEAR(items);
        else if (found)
            r = Py_NewRef(PyTuple_GET_ITEM(pair, 0));
    }
    if (!r && items)
        r = Py_NewRef(N(__main__));
    Py_XDECREF(items);
    return r;
}

/* The code of a global in copyreg's registry: 1 written, 0 it has none. */
static int save_extension(Pickler *self, PyObject *module_name, PyObject *name)
{
    PyObject *key = PyTuple_Pack(2, module_name, name);
    PyObject *found = key ? pickle_find(pickle_state.extension_registry, key) : NULL;
    Py_XDECREF(key);
    if (!found)
        return PyErr_Occurred() ? -1 : 0;
    if (!PyLong_Check(found))
        FAIL("Can't pickle %R: extension code %R isn't an integer", name, found);
    long code = PyLong_AsLong(found);
    if (code <= 0 || code > INT32_MAX) {
        if (!PyErr_Occurred())
            PyErr_Format(PyExc_RuntimeError, "Can't pickle %R: extension code %ld is out of range", name, code);
        return -1;
    }
    char buf[5];
    int n = code < 256 ? 1 : code < 65536 ? 2 : 4;
    int32_t bits = (int32_t)code;
    buf[0] = (char)(n == 1 ? EXT1 : n == 2 ? EXT2 : EXT4);
    memcpy(buf + 1, &bits, 4);
    return output_write(&self->out, buf, n + 1) ? -1 : 1;
}

/* Replaces the names, which are owned, with those of Python 2. */
static int to_python2(PyObject **module_name, PyObject **name)
{
    PyObject *key = PyTuple_Pack(2, *module_name, *name);
    PyObject *found = key ? pickle_find(pickle_state.name_3to2, key) : NULL;
    Py_XDECREF(key);
    if (found) {
        if (!PyTuple_Check(found) || PyTuple_GET_SIZE(found) != 2 || !PyUnicode_Check(PyTuple_GET_ITEM(found, 0)) ||
            !PyUnicode_Check(PyTuple_GET_ITEM(found, 1))) {
            PyErr_Format(PyExc_RuntimeError,
                         "_compat_pickle.REVERSE_NAME_MAPPING values should be 2-tuples, not %.200s",
                         Py_TYPE(found)->tp_name);
            return -1;
        }
        Py_SETREF(*module_name, Py_NewRef(PyTuple_GET_ITEM(found, 0)));
        Py_SETREF(*name, Py_NewRef(PyTuple_GET_ITEM(found, 1)));
        return 0;
    }
    if (!PyErr_Occurred() && (found = pickle_find(pickle_state.import_3to2, *module_name))) {
        if (!PyUnicode_Check(found)) {
            PyErr_Format(PyExc_RuntimeError,
                         "_compat_pickle.REVERSE_IMPORT_MAPPING values should be strings, not %.200s",
                         Py_TYPE(found)->tp_name);
            return -1;
        }
        Py_SETREF(*module_name, Py_NewRef(found));
    }
    return PyErr_Occurred() ? -1 : 0;
}

static int write_line(Pickler *self, PyObject *text)
{
    PyObject *bytes = self->proto >= 3 ? PyUnicode_AsUTF8String(text) : PyUnicode_AsASCIIString(text);
    int bad =
        !bytes || output_write(&self->out, PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes)) || write_op(self, '\n');
    Py_XDECREF(bytes);
    return bad ? -1 : 0;
}

/* GLOBAL with two lines of text: protocols 0 to 3. */
static int write_global(Pickler *self, PyObject *module_name, PyObject *name)
{
    Py_INCREF(module_name);
    Py_INCREF(name);
    int bad = self->fix_imports && to_python2(&module_name, &name);
    bad = bad || write_op(self, GLOBAL) || write_line(self, module_name) || write_line(self, name);
    if (bad && PyErr_ExceptionMatches(PyExc_UnicodeEncodeError))
        PyErr_Format(pickle_state.pickling_error, "can't pickle global identifier '%S.%S' using pickle protocol %i",
                     module_name, name, self->proto);
    Py_DECREF(module_name);
    Py_DECREF(name);
    return bad ? -1 : 0;
}

/* The object that the names lead to must be obj; *parent is a new reference. */
static int check_global(PyObject *obj, PyObject *module_name, PyObject *name, PyObject **module, PyObject **parent)
{
    PyObject *top = PyImport_ImportModuleLevelObject(module_name, NULL, NULL, NULL, 0);
    *module = top ? PyImport_GetModule(module_name) : NULL;
    Py_XDECREF(top);
    if (!*module)
        FAIL("Can't pickle %R: import of module %R failed", obj, module_name);
    PyObject *found = pickle_get_dotted(*module, name, parent);
    if (!found)
        FAIL("Can't pickle %R: attribute lookup %S on %S failed", obj, name, module_name);
    Py_DECREF(found);
    if (found != obj)
        FAIL("Can't pickle %R: it's not the same object as %S.%S", obj, module_name, name);
    return 0;
}

static int write_by_name(Pickler *self, PyObject *module_name, PyObject *name, PyObject *module, PyObject *parent)
{
    if (self->proto >= 2) {
        int done = save_extension(self, module_name, name);
        if (done)
            return done < 0 ? -1 : 1;
    }
    Py_ssize_t n = PyUnicode_GET_LENGTH(name), dot = PyUnicode_FindChar(name, '.', 0, n, -1);
    PyObject *last = dot < 0 ? Py_NewRef(name) : PyUnicode_Substring(name, dot + 1, n);
    if (!last)
        return -1;
    if (parent == module)
        name = last;
    int bad;
    if (self->proto >= 4)
        bad = save(self, module_name, 1) || save(self, name, 1) || write_op(self, STACK_GLOBAL);
    else if (parent != module)
        bad = save_call(self, pickle_state.getattr, PyTuple_Pack(2, parent, last), NULL);
    else
        bad = write_global(self, module_name, name);
    Py_DECREF(last);
    return bad ? -1 : 0;
}

/* obj.__qualname__, or its __name__: new reference. */
static PyObject *name_of(PyObject *obj)
{
    PyObject *name;
    if (_PyObject_LookupAttr(obj, N(__qualname__), &name) < 0)
        return NULL;
    return name ? name : PyObject_GetAttr(obj, N(__name__));
}

int save_global(Pickler *self, PyObject *obj, PyObject *given)
{
    PyObject *name = given ? Py_NewRef(given) : name_of(obj), *module_name = NULL, *module = NULL, *parent = NULL;
    int bad = -1;
    if (name && !PyUnicode_Check(name))
        PyErr_Format(pickle_state.pickling_error, "global name of %R must be a string, not %.200s", obj,
                     Py_TYPE(name)->tp_name);
    else if (name) {
        int local = pickle_is_local(name);
        if (local > 0)
            PyErr_Format(PyExc_AttributeError, "Can't pickle local object %R", name);
        else if (local == 0)
            module_name = which_module(obj, name);
    }
    if (module_name && check_global(obj, module_name, name, &module, &parent) == 0)
        bad = write_by_name(self, module_name, name, module, parent);
    if (bad == 0)
        bad = save_put(self, obj);
    Py_XDECREF(name);
    Py_XDECREF(module_name);
    Py_XDECREF(module);
    Py_XDECREF(parent);
    return bad < 0 ? -1 : 0;
}

/* ---- reductions
 * --------------------------------------------------------------------------------------------------------- */

int save_call(Pickler *self, PyObject *callable, PyObject *args, PyObject *obj)
{
    PyObject *reduced = args ? PyTuple_Pack(2, callable, args) : NULL;
    int bad = reduced ? save_reduce(self, reduced, obj) : -1;
    Py_XDECREF(args);
    Py_XDECREF(reduced);
    return bad;
}

/* Is the class of obj another one? */
static int wrong_class(PyObject *cls, PyObject *obj)
{
    PyObject *actual;
    if (!obj)
        return 0;
    if (_PyObject_LookupAttr(obj, N(__class__), &actual) < 0)
        return -1;
    if (!actual)
        actual = Py_NewRef(Py_TYPE(obj));
    Py_DECREF(actual);
    return actual != cls;
}

/* partial(cls.__new__, cls, *args, **kwargs) */
static PyObject *partial_new(PyObject *cls, PyObject *args, PyObject *kwargs)
{
    Py_ssize_t n = PyTuple_GET_SIZE(args);
    PyObject *new = PyObject_GetAttr(cls, N(__new__)), *all = new ? PyTuple_New(n + 2) : NULL, *r = NULL;
    if (all) {
        PyTuple_SET_ITEM(all, 0, Py_NewRef(new));
        PyTuple_SET_ITEM(all, 1, Py_NewRef(cls));
        for (Py_ssize_t i = 0; i < n; i++)
            PyTuple_SET_ITEM(all, i + 2, Py_NewRef(PyTuple_GET_ITEM(args, i)));
        r = PyObject_Call(pickle_state.partial, all, kwargs);
    }
    Py_XDECREF(new);
    Py_XDECREF(all);
    return r;
}

static int save_newobj_ex(Pickler *self, PyObject *argtuple, PyObject *obj)
{
    if (PyTuple_GET_SIZE(argtuple) != 3)
        FAIL("length of the NEWOBJ_EX argument tuple must be exactly 3, not %zd", PyTuple_GET_SIZE(argtuple));
    PyObject *cls = PyTuple_GET_ITEM(argtuple, 0), *args = PyTuple_GET_ITEM(argtuple, 1),
             *kwargs = PyTuple_GET_ITEM(argtuple, 2);
    if (!PyType_Check(cls))
        FAIL("first item from NEWOBJ_EX argument tuple must be a class, not %.200s", Py_TYPE(cls)->tp_name);
    if (!PyTuple_Check(args))
        FAIL("second item from NEWOBJ_EX argument tuple must be a tuple, not %.200s", Py_TYPE(args)->tp_name);
    if (!PyDict_Check(kwargs))
        FAIL("third item from NEWOBJ_EX argument tuple must be a dict, not %.200s", Py_TYPE(kwargs)->tp_name);
    if (self->proto >= 4)
        return save(self, cls, 1) || save(self, args, 1) || save(self, kwargs, 1) || write_op(self, NEWOBJ_EX) ? -1 : 0;
    PyObject *partial = partial_new(cls, args, kwargs), *none = partial ? PyTuple_New(0) : NULL;
    int bad = !none || save(self, partial, 1) || save(self, none, 1) || write_op(self, REDUCE);
    Py_XDECREF(partial);
    Py_XDECREF(none);
    return bad ? -1 : 0;
}

static int save_newobj(Pickler *self, PyObject *argtuple, PyObject *obj)
{
    if (PyTuple_GET_SIZE(argtuple) < 1)
        FAIL("__newobj__ arglist is empty");
    PyObject *cls = PyTuple_GET_ITEM(argtuple, 0);
    if (!PyType_Check(cls))
        FAIL("args[0] from __newobj__ args is not a type");
    int wrong = wrong_class(cls, obj);
    if (wrong < 0)
        return -1;
    if (wrong)
        FAIL("args[0] from __newobj__ args has the wrong class");
    PyObject *rest = PyTuple_GetSlice(argtuple, 1, PyTuple_GET_SIZE(argtuple));
    int bad = !rest || save(self, cls, 1) || save(self, rest, 1) || write_op(self, NEWOBJ);
    Py_XDECREF(rest);
    return bad ? -1 : 0;
}

/* How the callable wants to be written: 0 as itself, 1 NEWOBJ, 2 NEWOBJ_EX. */
static int newobj_kind(Pickler *self, PyObject *callable)
{
    PyObject *name;
    int kind = 0;
    if (self->proto < 2)
        return 0;
    if (_PyObject_LookupAttr(callable, N(__name__), &name) < 0)
        return -1;
    if (name && PyUnicode_Check(name))
        kind = PyUnicode_Compare(name, N(__newobj__)) == 0 ? 1 : PyUnicode_Compare(name, N(__newobj_ex__)) == 0 ? 2 : 0;
    Py_XDECREF(name);
    return PyErr_Occurred() ? -1 : kind;
}

/* state_setter(obj, state), its result dropped; or BUILD. */
static int save_state(Pickler *self, PyObject *obj, PyObject *state, PyObject *setter)
{
    if (!setter)
        return save(self, state, 1) || write_op(self, BUILD) ? -1 : 0;
    return save(self, setter, 1) || save(self, obj, 1) || save(self, state, 1) || write_op(self, TUPLE2) ||
                   write_op(self, REDUCE) || write_op(self, POP)
               ? -1
               : 0;
}

static int check_parts(PyObject *const part[6])
{
    if (!PyCallable_Check(part[0]))
        FAIL("first item of the tuple returned by __reduce__ must be callable");
    if (!PyTuple_Check(part[1]))
        FAIL("second item of the tuple returned by __reduce__ must be a tuple");
    if (part[3] && !PyIter_Check(part[3]))
        FAIL("fourth element of the tuple returned by __reduce__ must be an iterator, not %s",
             Py_TYPE(part[3])->tp_name);
    if (part[4] && !PyIter_Check(part[4]))
        FAIL("fifth element of the tuple returned by __reduce__ must be an iterator, not %s",
             Py_TYPE(part[4])->tp_name);
    if (part[5] && !PyCallable_Check(part[5]))
        FAIL("sixth element of the tuple returned by __reduce__ must be a function, not %s", Py_TYPE(part[5])->tp_name);
    return 0;
}

int save_reduce(Pickler *self, PyObject *reduced, PyObject *obj)
{
    /* callable, arguments, state, list items, dict items, state setter */
    PyObject *part[6] = {NULL};
    Py_ssize_t n = PyTuple_GET_SIZE(reduced), index;
    if (n < 2 || n > 6)
        FAIL("tuple returned by __reduce__ must contain 2 through 6 elements");
    for (Py_ssize_t i = 0; i < n; i++)
        part[i] = i >= 2 && PyTuple_GET_ITEM(reduced, i) == Py_None ? NULL : PyTuple_GET_ITEM(reduced, i);
    if (check_parts(part))
        return -1;
    int kind = newobj_kind(self, part[0]), bad;
    if (kind < 0)
        return -1;
    if (kind == 2)
        bad = save_newobj_ex(self, part[1], obj);
    else if (kind == 1)
        bad = save_newobj(self, part[1], obj);
    else
        bad = save(self, part[0], 1) || save(self, part[1], 1) || write_op(self, REDUCE);
    if (bad)
        return -1;
    if (obj) {
        /* An object that its own arguments refer to is in the memo by now: that one counts. */
        if ((index = objmemo_get(&self->memo, obj)) >= 0)
            bad = write_op(self, POP) || save_get(self, obj, index);
        else
            bad = save_put(self, obj);
    }
    if (bad || (part[3] && save_list_items(self, part[3])) || (part[4] && save_dict_items(self, part[4])))
        return -1;
    return part[2] ? save_state(self, obj, part[2], part[5]) : 0;
}
