/* The methods of elements. */
#include "modules/elementtree/elementtree.h"
#include "objects/names.h"

static int require_element(const char *function, const char *argument, PyObject *o)
{
    if (Element_Check(o))
        return 0;
    _PyArg_BadArgument(function, argument, Element_Type.tp_name, o);
    return -1;
}

/* ---- children ---- */

static PyObject *element_method_append(PyObject *self, PyObject *child)
{
    if (require_element("append", "argument", child) < 0 || element_append((Element *)self, child) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *element_method_extend(PyObject *self, PyObject *elements)
{
    PyObject *sequence = PySequence_Fast(elements, "");
    if (sequence == NULL)
        return PyErr_Format(PyExc_TypeError, "expected sequence, not \"%.200s\"", Py_TYPE(elements)->tp_name);
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(sequence); i++)
        if (element_append((Element *)self, PySequence_Fast_GET_ITEM(sequence, i)) < 0) {
            Py_DECREF(sequence);
            return NULL;
        }
    Py_DECREF(sequence);
    Py_RETURN_NONE;
}

static PyObject *element_method_insert(PyObject *o, PyObject *const *args, Py_ssize_t count)
{
    Element *self = (Element *)o;
    if (!_PyArg_CheckPositional("insert", count, 2, 2))
        return NULL;
    Py_ssize_t i = PyNumber_AsSsize_t(args[0], PyExc_OverflowError);
    if ((i == -1 && PyErr_Occurred()) || require_element("insert", "argument 2", args[1]) < 0 ||
        element_reserve(self, 1) < 0)
        return NULL;
    ElementExtra *x = self->extra;
    i = i < 0 ? Py_MAX(i + x->length, 0) : Py_MIN(i, x->length);
    memmove(x->children + i + 1, x->children + i, (size_t)(x->length - i) * sizeof *x->children);
    x->children[i] = Py_NewRef(args[1]);
    x->length++;
    Py_RETURN_NONE;
}

static PyObject *element_method_remove(PyObject *o, PyObject *child)
{
    Element *self = (Element *)o;
    if (require_element("remove", "argument", child) < 0)
        return NULL;
    Py_ssize_t i = 0;
    int found = 0;
    while (i < element_length(self) && self->extra->children[i] != child)
        i++;
    found = i < element_length(self);
    for (i = found ? i : 0; !found && i < element_length(self); i += !found) {
        PyObject *other = Py_NewRef(self->extra->children[i]);
        found = PyObject_RichCompareBool(other, child, Py_EQ);
        Py_DECREF(other);
        if (found < 0)
            return NULL;
    }
    if (!found || i >= element_length(self)) {
        PyErr_SetString(PyExc_ValueError, "list.remove(x): x not in list");
        return NULL;
    }
    ElementExtra *x = self->extra;
    PyObject *old = x->children[i];
    x->length--;
    memmove(x->children + i, x->children + i + 1, (size_t)(x->length - i) * sizeof *x->children);
    Py_DECREF(old);
    Py_RETURN_NONE;
}

static PyObject *element_method_clear(PyObject *o, PyObject *unused)
{
    Element *self = (Element *)o;
    element_clear_extra(self);
    Py_SETREF(self->text, Py_NewRef(Py_None));
    Py_SETREF(self->tail, Py_NewRef(Py_None));
    Py_RETURN_NONE;
}

/* ---- attributes ---- */

static PyObject *element_method_get(PyObject *o, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"key", "default", NULL};
    PyObject *key, *fallback = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O:get", keywords, &key, &fallback))
        return NULL;
    ElementExtra *x = ((Element *)o)->extra;
    PyObject *value = x && x->attrib ? PyDict_GetItemWithError(x->attrib, key) : NULL;
    return value ? Py_NewRef(value) : PyErr_Occurred() ? NULL : Py_NewRef(fallback);
}

static PyObject *element_method_keys(PyObject *o, PyObject *unused)
{
    ElementExtra *x = ((Element *)o)->extra;
    return x && x->attrib ? PyDict_Keys(x->attrib) : PyList_New(0);
}

static PyObject *element_method_items(PyObject *o, PyObject *unused)
{
    ElementExtra *x = ((Element *)o)->extra;
    return x && x->attrib ? PyDict_Items(x->attrib) : PyList_New(0);
}

static PyObject *element_method_set(PyObject *o, PyObject *const *args, Py_ssize_t count)
{
    PyObject *attrib;
    if (!_PyArg_CheckPositional("set", count, 2, 2) || (attrib = element_attrib((Element *)o)) == NULL ||
        PyDict_SetItem(attrib, args[0], args[1]) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *element_method_makeelement(PyObject *o, PyObject *const *args, Py_ssize_t count)
{
    if (!_PyArg_CheckPositional("makeelement", count, 2, 2))
        return NULL;
    if (!PyDict_Check(args[1])) {
        _PyArg_BadArgument("makeelement", "argument 2", "dict", args[1]);
        return NULL;
    }
    PyObject *attrib = PyDict_Copy(args[1]), *made = attrib ? element_create(args[0], attrib) : NULL;
    Py_XDECREF(attrib);
    return made;
}

/* ---- searching ---- */

/* Whether a search needs ElementPath: anything but a plain tag. */
static int is_path(PyObject *tag)
{
    PyObject *text = PyBytes_Check(tag) ? PyUnicode_DecodeLatin1(PyBytes_AS_STRING(tag), PyBytes_GET_SIZE(tag), NULL)
                                        : Py_NewRef(tag);
    if (text == NULL || !PyUnicode_Check(text)) {
        PyErr_Clear();
        Py_XDECREF(text);
        return 1;
    }
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    int outside = 1, path = 0;
    for (Py_ssize_t i = 0; i < size && !path; i++) {
        Py_UCS4 c = PyUnicode_READ_CHAR(text, i);
        if (c == '{') {
            Py_UCS4 next = i + 1 < size ? PyUnicode_READ_CHAR(text, i + 1) : 0;
            outside = 0; /* "{}" and "{*}" at the start: no namespace, or any */
            path = i == 0 && size >= 3 && (next == '}' || (next == '*' && PyUnicode_READ_CHAR(text, 2) == '}'));
        } else if (c == '}')
            outside = 1;
        else
            path = outside && (c == '/' || c == '*' || c == '[' || c == '@' || c == '.');
    }
    Py_DECREF(text);
    return path;
}

/* Calls ElementPath.name(self, path, [default,] namespaces). */
static PyObject *search_path(const char *name, PyObject *self, PyObject *path, PyObject *fallback, PyObject *namespaces)
{
    PyObject *function = PyObject_GetAttrString(element_state.element_path, name);
    if (function == NULL)
        return NULL;
    PyObject *result = fallback ? PyObject_CallFunctionObjArgs(function, self, path, fallback, namespaces, NULL)
                                : PyObject_CallFunctionObjArgs(function, self, path, namespaces, NULL);
    Py_DECREF(function);
    return result;
}

/* The next child with a tag from *i on (new), NULL if there is none or with an exception; *i becomes the index behind
 * it. */
static PyObject *next_child(Element *self, PyObject *tag, Py_ssize_t *i)
{
    while (*i < element_length(self)) {
        PyObject *child = Py_NewRef(self->extra->children[(*i)++]);
        PyObject *other = Py_NewRef(((Element *)child)->tag);
        int same = PyObject_RichCompareBool(other, tag, Py_EQ);
        Py_DECREF(other);
        if (same > 0)
            return child;
        Py_DECREF(child);
        if (same < 0)
            break;
    }
    return NULL;
}

static int parse_search(const char *format, PyObject *args, PyObject *kwargs, PyObject **path, PyObject **namespaces)
{
    static char *keywords[] = {"path", "namespaces", NULL};
    *namespaces = Py_None;
    return PyArg_ParseTupleAndKeywords(args, kwargs, format, keywords, path, namespaces);
}

static PyObject *element_method_find(PyObject *o, PyObject *args, PyObject *kwargs)
{
    PyObject *path, *namespaces;
    Py_ssize_t i = 0;
    if (!parse_search("O|O:find", args, kwargs, &path, &namespaces))
        return NULL;
    if (namespaces != Py_None || is_path(path))
        return search_path("find", o, path, NULL, namespaces);
    PyObject *child = next_child((Element *)o, path, &i);
    return child ? child : PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
}

static PyObject *element_method_findtext(PyObject *o, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"path", "default", "namespaces", NULL};
    PyObject *path, *fallback = Py_None, *namespaces = Py_None;
    Py_ssize_t i = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|OO:findtext", keywords, &path, &fallback, &namespaces))
        return NULL;
    if (namespaces != Py_None || is_path(path))
        return search_path("findtext", o, path, fallback, namespaces);
    PyObject *child = next_child((Element *)o, path, &i);
    if (child == NULL)
        return PyErr_Occurred() ? NULL : Py_NewRef(fallback);
    PyObject *text = ((Element *)child)->text;
    text = text == Py_None ? PyUnicode_New(0, 0) : Py_NewRef(text);
    Py_DECREF(child);
    return text;
}

static PyObject *element_method_findall(PyObject *o, PyObject *args, PyObject *kwargs)
{
    PyObject *path, *namespaces, *child;
    Py_ssize_t i = 0;
    if (!parse_search("O|O:findall", args, kwargs, &path, &namespaces))
        return NULL;
    if (namespaces != Py_None || is_path(path))
        return search_path("findall", o, path, NULL, namespaces);
    PyObject *list = PyList_New(0);
    while (list && (child = next_child((Element *)o, path, &i)) != NULL) {
        if (PyList_Append(list, child) < 0)
            Py_CLEAR(list);
        Py_DECREF(child);
    }
    if (PyErr_Occurred())
        Py_CLEAR(list);
    return list;
}

static PyObject *element_method_iterfind(PyObject *o, PyObject *args, PyObject *kwargs)
{
    PyObject *path, *namespaces;
    if (!parse_search("O|O:iterfind", args, kwargs, &path, &namespaces))
        return NULL;
    return search_path("iterfind", o, path, NULL, namespaces);
}

static PyObject *element_method_iter(PyObject *o, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"tag", NULL};
    PyObject *tag = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O:iter", keywords, &tag))
        return NULL;
    int all = tag == Py_None || (PyUnicode_Check(tag) && _PyUnicode_EqualToASCIIString(tag, "*")) ||
              (PyBytes_Check(tag) && PyBytes_GET_SIZE(tag) == 1 && *PyBytes_AS_STRING(tag) == '*');
    return element_iterate((Element *)o, all ? NULL : tag, 0);
}

static PyObject *element_method_itertext(PyObject *o, PyObject *unused)
{
    return element_iterate((Element *)o, NULL, 1);
}

/* ---- copies ---- */

static PyObject *element_method_copy(PyObject *o, PyObject *unused)
{
    Element *self = (Element *)o;
    Element *copy = (Element *)element_create(self->tag, self->extra ? self->extra->attrib : NULL);
    if (copy == NULL)
        return NULL;
    Py_SETREF(copy->text, Py_NewRef(self->text));
    Py_SETREF(copy->tail, Py_NewRef(self->tail));
    for (Py_ssize_t i = 0; i < element_length(self); i++)
        if (element_append(copy, self->extra->children[i]) < 0) {
            Py_DECREF(copy);
            return NULL;
        }
    return (PyObject *)copy;
}

static PyObject *element_method_deepcopy(PyObject *o, PyObject *memo);

/* Whether all keys and values of a dict are str: then a copy is a deep copy. */
static int is_plain(PyObject *dict)
{
    PyObject *key, *value;
    Py_ssize_t pos = 0;
    while (PyDict_Next(dict, &pos, &key, &value))
        if (!PyUnicode_CheckExact(key) || !PyUnicode_CheckExact(value))
            return 0;
    return PyDict_CheckExact(dict);
}

/* A deep copy; what has no parts is its own. */
static PyObject *deepcopy(PyObject *o, PyObject *memo)
{
    if (o == Py_None || PyUnicode_CheckExact(o))
        return Py_NewRef(o);
    if (Py_TYPE(o) == &Element_Type) {
        PyObject *id = PyLong_FromVoidPtr(o), *known = id ? PyDict_GetItemWithError(memo, id) : NULL;
        Py_XINCREF(known);
        Py_XDECREF(id);
        return known || PyErr_Occurred() ? known : element_method_deepcopy(o, memo);
    }
    if (PyDict_CheckExact(o) && Py_REFCNT(o) <= 2 && is_plain(o)) /* nobody else has it */
        return PyDict_Copy(o);
    return PyObject_CallFunctionObjArgs(element_state.deepcopy, o, memo, NULL);
}

/* Replaces a field, which held None, by a deep copy; 0 or -1. */
static int deepcopy_field(PyObject **field, PyObject *value, PyObject *memo)
{
    PyObject *kept = Py_NewRef(value), *copy = deepcopy(kept, memo);
    Py_DECREF(kept);
    if (copy == NULL)
        return -1;
    Py_SETREF(*field, copy);
    return 0;
}

static int deepcopy_parts(Element *self, Element *copy, PyObject *memo)
{
    if (deepcopy_field(&copy->text, self->text, memo) < 0 || deepcopy_field(&copy->tail, self->tail, memo) < 0)
        return -1;
    for (Py_ssize_t i = 0; i < element_length(self); i++) {
        PyObject *child = Py_NewRef(self->extra->children[i]), *child_copy = deepcopy(child, memo);
        Py_DECREF(child);
        int result = child_copy ? element_append(copy, child_copy) : -1;
        Py_XDECREF(child_copy);
        if (result < 0)
            return -1;
    }
    PyObject *id = PyLong_FromVoidPtr(self);
    int result = id ? PyDict_SetItem(memo, id, (PyObject *)copy) : -1;
    Py_XDECREF(id);
    return result;
}

static PyObject *element_method_deepcopy(PyObject *o, PyObject *memo)
{
    Element *self = (Element *)o;
    if (!PyDict_Check(memo)) {
        _PyArg_BadArgument("__deepcopy__", "argument", "dict", memo);
        return NULL;
    }
    if (Py_EnterRecursiveCall(" while copying an element"))
        return NULL;
    PyObject *tag = Py_NewRef(Py_None), *attrib = self->extra ? self->extra->attrib : NULL, *copy = NULL;
    Py_XINCREF(attrib);
    if (deepcopy_field(&tag, self->tag, memo) == 0) {
        PyObject *attrib_copy = attrib ? deepcopy(attrib, memo) : NULL;
        if (attrib == NULL || attrib_copy)
            copy = element_create(tag, attrib_copy);
        Py_XDECREF(attrib_copy);
    }
    if (copy && deepcopy_parts(self, (Element *)copy, memo) < 0)
        Py_CLEAR(copy);
    Py_XDECREF(attrib);
    Py_DECREF(tag);
    Py_LeaveRecursiveCall();
    return copy;
}

/* ---- pickling ---- */

static PyObject *element_method_getstate(PyObject *o, PyObject *unused)
{
    Element *self = (Element *)o;
    Py_ssize_t count = element_length(self);
    PyObject *children = PyList_New(count);
    for (Py_ssize_t i = 0; children && i < count; i++)
        PyList_SET_ITEM(children, i, Py_NewRef(self->extra->children[i]));
    if (children == NULL)
        return NULL;
    PyObject *attrib = self->extra && self->extra->attrib ? Py_NewRef(self->extra->attrib) : PyDict_New();
    return Py_BuildValue("{sOsNsNsOsO}", "tag", self->tag, "_children", children, "attrib", attrib, "text", self->text,
                         "tail", self->tail);
}

/* Drops the children and takes over those of a list (NULL: none); 0 or -1. */
static int set_children(Element *self, PyObject *children)
{
    if (children && !PyList_Check(children)) {
        PyErr_SetString(PyExc_TypeError, "'_children' is not a list");
        return -1;
    }
    element_clear_extra(self);
    for (Py_ssize_t i = 0; children && i < PyList_GET_SIZE(children); i++)
        if (element_append(self, PyList_GET_ITEM(children, i)) < 0)
            return -1;
    return 0;
}

static PyObject *element_method_setstate(PyObject *o, PyObject *state)
{
    Element *self = (Element *)o;
    if (!PyDict_CheckExact(state))
        return PyErr_Format(PyExc_TypeError, "Don't know how to unpickle \"%.200R\" as an Element", state);
    static const char *const keys[] = {"tag", "_children", "attrib", "text", "tail"};
    PyObject *parts[5];
    for (int i = 0; i < 5; i++)
        parts[i] = PyDict_GetItemString(state, keys[i]);
    if (parts[0] == NULL) {
        PyErr_SetString(PyExc_TypeError, "tag may not be NULL");
        return NULL;
    }
    PyObject *attrib = Py_XNewRef(parts[2]), *children = Py_XNewRef(parts[1]);
    Py_SETREF(self->tag, Py_NewRef(parts[0]));
    Py_SETREF(self->text, Py_NewRef(parts[3] ? parts[3] : Py_None));
    Py_SETREF(self->tail, Py_NewRef(parts[4] ? parts[4] : Py_None));
    int result = set_children(self, children);
    if (result == 0 && attrib && attrib != Py_None) {
        if (!PyDict_Check(attrib)) {
            PyErr_Format(PyExc_TypeError, "attrib must be dict, not %.200s", Py_TYPE(attrib)->tp_name);
            result = -1;
        } else if (element_extra(self) == NULL)
            result = -1;
        else
            Py_XSETREF(self->extra->attrib, Py_NewRef(attrib));
    }
    Py_XDECREF(attrib);
    Py_XDECREF(children);
    return result < 0 ? NULL : Py_NewRef(Py_None);
}

static PyObject *element_method_sizeof(PyObject *o, PyObject *unused)
{
    ElementExtra *x = ((Element *)o)->extra;
    Py_ssize_t size = Py_TYPE(o)->tp_basicsize;
    if (x)
        size += (Py_ssize_t)sizeof *x + (x->children != x->own ? x->room * (Py_ssize_t)sizeof *x->children : 0);
    return PyLong_FromSsize_t(size);
}

#define KEYWORDS(name, f, signature)                                                                                   \
    {                                                                                                                  \
        name, (PyCFunction)(void (*)(void))f, METH_VARARGS | METH_KEYWORDS, name signature "\n--\n\n"                  \
    }
#define FAST(name, f, signature)                                                                                       \
    {                                                                                                                  \
        name, (PyCFunction)(void (*)(void))f, METH_FASTCALL, name signature "\n--\n\n"                                 \
    }
#define NOTHING(name, f)                                                                                               \
    {                                                                                                                  \
        name, f, METH_NOARGS, name "($self, /)\n--\n\n"                                                                \
    }
#define ONE(name, f, argument)                                                                                         \
    {                                                                                                                  \
        name, f, METH_O, name "($self, " argument ", /)\n--\n\n"                                                       \
    }
PyMethodDef element_methods[] = {
    NOTHING("clear", element_method_clear),
    KEYWORDS("get", element_method_get, "($self, /, key, default=None)"),
    FAST("set", element_method_set, "($self, key, value, /)"),
    KEYWORDS("find", element_method_find, "($self, /, path, namespaces=None)"),
    KEYWORDS("findtext", element_method_findtext, "($self, /, path, default=None, namespaces=None)"),
    KEYWORDS("findall", element_method_findall, "($self, /, path, namespaces=None)"),
    ONE("append", element_method_append, "subelement"),
    ONE("extend", element_method_extend, "elements"),
    FAST("insert", element_method_insert, "($self, index, subelement, /)"),
    ONE("remove", element_method_remove, "subelement"),
    KEYWORDS("iter", element_method_iter, "($self, /, tag=None)"),
    NOTHING("itertext", element_method_itertext),
    KEYWORDS("iterfind", element_method_iterfind, "($self, /, path, namespaces=None)"),
    NOTHING("items", element_method_items),
    NOTHING("keys", element_method_keys),
    FAST("makeelement", element_method_makeelement, "($self, tag, attrib, /)"),
    NOTHING("__copy__", element_method_copy),
    ONE("__deepcopy__", element_method_deepcopy, "memo"),
    NOTHING("__sizeof__", element_method_sizeof),
    NOTHING("__getstate__", element_method_getstate),
    ONE("__setstate__", element_method_setstate, "state"),
    {NULL}};
