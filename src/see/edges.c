/* The labelled references out of an object.
 *
 * An object of a class made by a class statement has a part that the class adds (values, dict, __slots__) and the part
 * of the type in C that it extends.  The latter has a case of its own for the types that fill heaps; for others
 * tp_traverse tells the references and the object's words tell where they are. */
#include "see/edges.h"
#include "memory/memory.h"
#include "modules/collections/collections.h"
#include "objects/code.h"
#include "objects/dict/dict.h"
#include "objects/hidden.h"
#include "objects/instance.h"
#include "objects/list/list.h"
#include "objects/set/set.h"
#include "objects/type/type.h"
#include "vm/vm.h"

#include <stddef.h>
#include <stdio.h>

/* ---- references that tp_traverse does not tell ---- */

#define HIDDEN(id) extern const HiddenFields hidden_##id;
#include "see/hidden.def"
#undef HIDDEN

static const HiddenFields *const hidden_table[] = {
#define HIDDEN(id) &hidden_##id,
#include "see/hidden.def"
#undef HIDDEN
};
#define HIDDEN_COUNT (sizeof hidden_table / sizeof *hidden_table)
#define HIDDEN_ROOM 256
_Static_assert(HIDDEN_COUNT * 2 < HIDDEN_ROOM, "the table of hidden fields is too full");

/* Filled once: open-addressed by destructor. */
static const HiddenFields *hidden_by_dealloc[HIDDEN_ROOM];

static const HiddenFields **hidden_slot(destructor dealloc)
{
    size_t i = ((uintptr_t)dealloc >> 4) % HIDDEN_ROOM;
    while (hidden_by_dealloc[i] != NULL && hidden_by_dealloc[i]->dealloc != dealloc)
        i = (i + 1) % HIDDEN_ROOM;
    return &hidden_by_dealloc[i];
}

static const HiddenFields *hidden_of(PyTypeObject *base)
{
    static int filled;
    if (!filled) {
        for (size_t i = 0; i < HIDDEN_COUNT; i++)
            *hidden_slot(hidden_table[i]->dealloc) = hidden_table[i];
        filled = 1;
    }
    return *hidden_slot(base->tp_dealloc);
}

/* ---- telling ---- */

typedef struct teller {
    PyObject *owner;
    int named;
    SeeVisit visit;
    void *arg;
    /* of what tp_traverse tells: */
    PyTypeObject *base;
    const HiddenFields *hidden;
    Py_ssize_t count;
    int skip_type;      /* the class is told as such */
    size_t words, next; /* of the object; where to look on */
    uint64_t told[2];   /* words that were told: of the first 128 */
} Teller;

static void tell_full(Teller *t, PyObject *target, SeeEdgeKind kind, Py_ssize_t index, PyObject *name, const char *text)
{
    SeeEdge edge = {.target = target, .kind = kind, .index = index, .name = name, .text = text};
    t->visit(&edge, t->arg);
}
static inline void tell(Teller *t, PyObject *target, SeeEdgeKind kind, Py_ssize_t index, PyObject *name)
{
    if (target != NULL)
        tell_full(t, target, kind, index, name, NULL);
}
static inline void tell_field(Teller *t, PyObject *target, const char *text)
{
    if (target != NULL)
        tell_full(t, target, SEE_FIELD, -1, NULL, text);
}
static void tell_weak(Teller *t, PyObject *target, const char *text, Py_ssize_t index)
{
    SeeEdge edge = {.target = target, .kind = SEE_FIELD, .weak = 1, .index = index, .text = text};
    if (target != NULL)
        t->visit(&edge, t->arg);
}

/* ---- cases ---- */

static void of_sequence(Teller *t, PyObject **items, Py_ssize_t n)
{
    for (Py_ssize_t i = 0; i < n; i++)
        tell(t, items[i], SEE_ITEM, i, NULL);
}

static void of_dict(Teller *t, PyDictObject *d)
{
    PyDictKeysObject *keys = d->ma_keys;
    if (keys == NULL)
        return;
    for (Py_ssize_t i = 0; i < keys->used; i++) {
        PyObject *key = dict_key_at(d, i);
        if (key == NULL)
            continue;
        if (keys->fixed != KEYS_SHARED)
            tell(t, key, SEE_KEY, i, NULL);
        tell(t, dict_value_at(d, i), SEE_VALUE, i, key);
    }
}

/* The keys that dict's tp_traverse leaves out. */
static void of_string_keys(Teller *t, PyDictObject *d)
{
    PyDictKeysObject *keys = d->ma_keys;
    for (Py_ssize_t i = 0; keys != NULL && keys->stride == 2 && keys->fixed != KEYS_SHARED && i < keys->used; i++)
        tell(t, keys_entry(keys, i)[0], SEE_KEY, i, NULL);
}

static void of_set(Teller *t, PyObject *set)
{
    Py_ssize_t at = 0;
    setentry *entry;
    while (set_next(SET(set), &at, &entry))
        tell(t, entry->key, SEE_MEMBER, -1, NULL);
}

static void of_function(Teller *t, PyFunctionObject *f)
{
    tell_field(t, f->func_globals, "__globals__");
    tell_field(t, f->func_builtins, "__builtins__");
    tell_field(t, f->func_name, "__name__");
    tell_field(t, f->func_qualname, "__qualname__");
    tell_field(t, f->func_code, "__code__");
    tell_field(t, f->func_defaults, "__defaults__");
    tell_field(t, f->func_kwdefaults, "__kwdefaults__");
    tell_field(t, f->func_closure, "__closure__");
    tell_field(t, f->func_doc, "__doc__");
    tell_field(t, f->func_dict, "__dict__");
    tell_field(t, f->func_module, "__module__");
    tell_field(t, f->func_annotations, "__annotations__");
}

static void of_code(Teller *t, PyCodeObject *c)
{
    tell_field(t, c->co_consts, "co_consts");
    tell_field(t, c->co_names, "co_names");
    tell_field(t, c->co_exceptiontable, "co_exceptiontable");
    tell_field(t, c->co_localsplusnames, "co_localsplusnames");
    tell_field(t, c->co_localspluskinds, "co_localspluskinds");
    tell_field(t, c->co_filename, "co_filename");
    tell_field(t, c->co_name, "co_name");
    tell_field(t, c->co_qualname, "co_qualname");
    tell_field(t, c->co_linetable, "co_linetable");
    tell_field(t, c->_co_code, "co_code");
    for (VmCode *one = (VmCode *)c->_co_linearray; one != NULL; one = one->other)
        for (VmCode *vm = one; vm != NULL; vm = vm->tracing)
            for (int i = 0; i < vm->map_count; i++)
                tell_field(t, vm->maps[i].names, "keys of a dict display");
}

static void of_frame(Teller *t, Frame *f, PyObject **end)
{
    PyCodeObject *code = f->code;
    int locals = f->vm->nlocalsplus;
    tell_field(t, (PyObject *)f->object, "frame object");
    tell_field(t, f->locals, "f_locals");
    tell_field(t, (PyObject *)f->func, "function");
    tell_field(t, (PyObject *)code, "f_code");
    for (PyObject **p = f->slots; p < end; p++) {
        int i = (int)(p - f->slots);
        if (i < locals)
            tell(t, *p, SEE_LOCAL, i, PyTuple_GET_ITEM(code->co_localsplusnames, i));
        else
            tell(t, *p, SEE_STACK, i - locals, NULL);
    }
}

static void of_frame_object(Teller *t, PyFrameObject *o)
{
    tell_field(t, (PyObject *)o->f_back, "f_back");
    tell_field(t, o->f_trace, "f_trace");
    if (o->f_frame && o->f_frame->owner == FRAME_IN_OBJECT)
        of_frame(t, o->f_frame, o->f_frame->sp);
}

static void of_generator(Teller *t, PyGenObject *g)
{
    tell_field(t, (PyObject *)g->gi_code, "gi_code");
    tell_field(t, g->gi_name, "__name__");
    tell_field(t, g->gi_qualname, "__qualname__");
    tell_field(t, g->gi_origin_or_finalizer, "origin or finalizer");
    tell_field(t, g->gi_exc_state.exc_value, "exception being handled");
    if (g->gi_frame_state == GEN_CREATED || g->gi_frame_state == GEN_SUSPENDED)
        of_frame(t, generator_frame(g), generator_frame(g)->sp);
}

static void of_traceback(Teller *t, PyTracebackObject *tb)
{
    tell_field(t, (PyObject *)tb->tb_next, "tb_next");
    tell_field(t, (PyObject *)tb->tb_frame, "tb_frame");
}

static void of_weakref(Teller *t, PyWeakReference *r)
{
    if (r->wr_object != Py_None)
        tell_weak(t, r->wr_object, "referent", -1);
    tell_field(t, r->wr_callback, "__callback__");
}

static void of_cfunction(Teller *t, PyCFunctionObject *f)
{
    tell_field(t, f->m_self, "__self__");
    tell_field(t, f->m_module, "__module__");
    tell_field(t, (PyObject *)PyCFunction_GET_CLASS((PyObject *)f), "class");
}

/* A static type's base is not counted, nor what cannot die with it; so it is told as weak. */
static void of_type(Teller *t, PyTypeObject *type)
{
    tell_field(t, type->tp_dict, "__dict__");
    tell_field(t, type->tp_bases, "__bases__");
    tell_field(t, type->tp_mro, "__mro__");
    tell_field(t, type->tp_cache, "tp_cache");
    SubclassList *list = (SubclassList *)type->tp_subclasses;
    for (Py_ssize_t i = 0; list != NULL && i < list->used; i++)
        tell_weak(t, (PyObject *)list->items[i], "__subclasses__", i);
    if (!type_is_heap(type)) {
        tell_weak(t, (PyObject *)type->tp_base, "__base__", -1);
        return;
    }
    PyHeapTypeObject *heap_type = HEAP(type);
    tell_field(t, (PyObject *)type->tp_base, "__base__");
    tell_field(t, heap_type->ht_name, "__name__");
    tell_field(t, heap_type->ht_qualname, "__qualname__");
    tell_field(t, heap_type->ht_slots, "__slots__");
    tell_field(t, heap_type->ht_module, "module");
    InstanceShape *shape = instance_shape(type);
    for (int i = 0; shape != NULL && i < shape->used; i++)
        tell_full(t, shape->names[i], SEE_FIELD, i, NULL, "attribute name");
}

/* ---- what tp_traverse tells ---- */

/* The next word of the object that holds `target` and was not told, as byte offset; -1 when there is none. */
static Py_ssize_t find_word(Teller *t, PyObject *target)
{
    PyObject **words = (PyObject **)t->owner;
    for (size_t n = 0; n < t->words; n++) {
        size_t i = t->next + n < t->words ? t->next + n : t->next + n - t->words;
        if (words[i] != target || i < 2 || t->told[i >> 6] >> (i & 63) & 1)
            continue;
        t->told[i >> 6] |= (uint64_t)1 << (i & 63);
        t->next = i + 1;
        return (Py_ssize_t)(i * sizeof *words);
    }
    return -1;
}

/* That every exception has. */
static const HiddenField exception_fields[] = {
    {"__dict__", offsetof(PyBaseExceptionObject, dict)},
    {"args", offsetof(PyBaseExceptionObject, args)},
    {"__notes__", offsetof(PyBaseExceptionObject, notes)},
    {"__traceback__", offsetof(PyBaseExceptionObject, traceback)},
    {"__context__", offsetof(PyBaseExceptionObject, context)},
    {"__cause__", offsetof(PyBaseExceptionObject, cause)},
};
#define EXCEPTION_FIELDS (sizeof exception_fields / sizeof *exception_fields)

static const char *name_of_field(Teller *t, Py_ssize_t offset)
{
    for (size_t i = 0; t->hidden != NULL && i < t->hidden->count; i++)
        if ((Py_ssize_t)t->hidden->fields[i].offset == offset)
            return t->hidden->fields[i].name;
    for (size_t i = 0; t->base->tp_flags & Py_TPFLAGS_BASE_EXC_SUBCLASS && i < EXCEPTION_FIELDS; i++)
        if (offset == (Py_ssize_t)exception_fields[i].offset)
            return exception_fields[i].name;
    for (PyTypeObject *type = t->base; type != NULL; type = type->tp_base) {
        for (PyMemberDef *m = type->tp_members; m != NULL && m->name != NULL; m++)
            if ((m->type == T_OBJECT || m->type == T_OBJECT_EX) && m->offset == offset)
                return m->name;
        if (type->tp_dictoffset == offset)
            return "__dict__";
    }
    return NULL;
}

static int tell_traversed(PyObject *target, void *arg)
{
    Teller *t = arg;
    Py_ssize_t offset = t->named ? find_word(t, target) : -1;
    if (t->skip_type && offset < 0 && target == (PyObject *)Py_TYPE(t->owner)) {
        t->skip_type = 0;
        return 0;
    }
    const char *text = offset > 0 ? name_of_field(t, offset) : NULL;
    if (text != NULL)
        tell_field(t, target, text);
    else
        tell_full(t, target, SEE_PLAIN, offset, NULL, NULL);
    return 0;
}

static int tell_item(PyObject *target, void *arg)
{
    Teller *t = arg;
    if (t->skip_type && target == (PyObject *)Py_TYPE(t->owner))
        t->skip_type = 0;
    else
        tell(t, target, SEE_ITEM, t->count++, NULL);
    return 0;
}

static void tell_hidden(PyObject *target, const char *name, void *arg) { tell_field(arg, target, name); }

static void of_other(Teller *t, PyTypeObject *base)
{
    t->base = base;
    t->hidden = hidden_of(base);
    if (t->named && t->words == 0) {
        Py_ssize_t size = base->tp_basicsize + (base->tp_itemsize ? Py_ABS(Py_SIZE(t->owner)) * base->tp_itemsize : 0);
        t->words = (size_t)size / sizeof(PyObject *);
        if (t->words > 128)
            t->words = 128;
    }
    int instead = t->hidden != NULL && t->hidden->instead;
    if (base->tp_traverse != NULL && !instead)
        base->tp_traverse(t->owner, tell_traversed, t);
    if (base->tp_flags & Py_TPFLAGS_DICT_SUBCLASS)
        instead ? of_dict(t, (PyDictObject *)t->owner) : of_string_keys(t, (PyDictObject *)t->owner);
    if (t->hidden == NULL)
        return;
    for (size_t i = 0; i < t->hidden->count; i++)
        tell_field(t, *(PyObject **)((char *)t->owner + t->hidden->fields[i].offset), t->hidden->fields[i].name);
    if (t->hidden->visit != NULL)
        t->hidden->visit(t->owner, tell_hidden, t);
}

/* ---- the part that a class statement adds ---- */

static void of_slots(Teller *t, PyTypeObject *type)
{
    PyMemberDef *member = (PyMemberDef *)((char *)type + Py_TYPE(type)->tp_basicsize);
    for (Py_ssize_t i = 0, n = Py_SIZE(type); i < n; i++, member++)
        if (member->type == T_OBJECT_EX) {
            PyObject *value = *(PyObject **)((char *)t->owner + member->offset);
            if (value != NULL)
                tell_full(t, value, SEE_ATTRIBUTE, -1, NULL, member->name);
        }
}

/* Tells of the part that classes add; the type in C below them. */
static PyTypeObject *of_instance(Teller *t, PyTypeObject *type)
{
    PyObject *o = t->owner;
    PyTypeObject *base = type;
    for (; base->tp_dealloc == subtype_dealloc && base->tp_base != NULL; base = base->tp_base)
        if (Py_SIZE(base))
            of_slots(t, base);
    if (instance_is_managed(type)) {
        PyObject *dict = instance_dict(o);
        InstanceShape *shape = instance_shape(type);
        tell_field(t, dict, "__dict__");
        for (int i = 0; !instance_moved(o) && shape != NULL && i < shape->capacity; i++)
            tell(t, instance_values(o)[i], SEE_ATTRIBUTE, i, i < shape->used ? shape->names[i] : NULL);
    } else if (type->tp_dictoffset != base->tp_dictoffset) {
        PyObject **dict = _PyObject_GetDictPtr(o);
        if (dict != NULL)
            tell_field(t, *dict, "__dict__");
    }
    return base;
}

int see_is_plain_class(PyTypeObject *type)
{
    PyTypeObject *base = type;
    if (!type_is_heap(type) || !instance_is_managed(type))
        return 0;
    for (; base->tp_dealloc == subtype_dealloc && base->tp_base != NULL; base = base->tp_base)
        if (Py_SIZE(base))
            return 0;
    return base == &PyBaseObject_Type;
}

static void of_exception(Teller *t)
{
    for (size_t i = 0; i < EXCEPTION_FIELDS; i++)
        tell_field(t, *(PyObject **)((char *)t->owner + exception_fields[i].offset), exception_fields[i].name);
}

static void of_base(Teller *t, PyTypeObject *base)
{
    PyObject *o = t->owner;
    if (base == &PyBaseObject_Type || base == &PyUnicode_Type || base == &PyLong_Type || base == &PyFloat_Type ||
        base == &PyBytes_Type)
        return;
    if (base == &PyTuple_Type)
        of_sequence(t, ((PyTupleObject *)o)->ob_item, Py_SIZE(o));
    else if (base == &PyDict_Type)
        of_dict(t, (PyDictObject *)o);
    else if (base == &PyList_Type)
        of_sequence(t, ((PyListObject *)o)->ob_item, Py_SIZE(o));
    else if (base == &PyFunction_Type)
        of_function(t, (PyFunctionObject *)o);
    else if (base == &PyCode_Type)
        of_code(t, (PyCodeObject *)o);
    else if (base == &PyCell_Type)
        tell_field(t, PyCell_GET(o), "cell_contents");
    else if (base == &PySet_Type || base == &PyFrozenSet_Type)
        of_set(t, o);
    else if (base == &_PyWeakref_RefType || base == &_PyWeakref_ProxyType || base == &_PyWeakref_CallableProxyType)
        of_weakref(t, (PyWeakReference *)o);
    else if (base == &PyCFunction_Type || base == &PyCMethod_Type)
        of_cfunction(t, (PyCFunctionObject *)o);
    else if (base == &PyMethod_Type) {
        tell_field(t, PyMethod_GET_FUNCTION(o), "__func__");
        tell_field(t, PyMethod_GET_SELF(o), "__self__");
    } else if (base->tp_flags & Py_TPFLAGS_TYPE_SUBCLASS)
        of_type(t, (PyTypeObject *)o);
    else if (base == &PyFrame_Type)
        of_frame_object(t, (PyFrameObject *)o);
    else if (base == &PyGen_Type || base == &PyCoro_Type || base == &PyAsyncGen_Type)
        of_generator(t, (PyGenObject *)o);
    else if (base == &PyTraceBack_Type)
        of_traceback(t, (PyTracebackObject *)o);
    else if (base->tp_traverse == ((PyTypeObject *)PyExc_BaseException)->tp_traverse)
        of_exception(t);
    else if (base == &deque_type || base->tp_flags & Py_TPFLAGS_TUPLE_SUBCLASS)
        base->tp_traverse(o, tell_item, t); /* tuples that are not: struct sequences, with their unnamed fields */
    else
        of_other(t, base);
}

void see_edges(PyObject *o, int named, SeeVisit visit, void *arg)
{
    PyTypeObject *type = Py_TYPE(o);
    Teller t = {.owner = o, .named = named, .visit = visit, .arg = arg};
    if (type_is_heap(type)) {
        tell(&t, (PyObject *)type, SEE_TYPE, -1, NULL);
        t.skip_type = 1;
        of_base(&t, of_instance(&t, type));
    } else {
        of_base(&t, type);
    }
}

void see_frame_edges_below(Frame *f, PyObject **end, SeeVisit visit, void *arg)
{
    Teller t = {.named = 1, .visit = visit, .arg = arg};
    of_frame(&t, f, end);
}

void see_frame_edges(Frame *f, SeeVisit visit, void *arg) { see_frame_edges_below(f, f->sp, visit, arg); }

/* ---- as text ---- */

static size_t put_escaped(char *text, size_t size, PyObject *s, size_t most)
{
    size_t n = 0;
    Py_ssize_t length = PyUnicode_GET_LENGTH(s);
    int kind = (int)PyUnicode_KIND(s);
    const void *data = PyUnicode_DATA(s);
    for (Py_ssize_t i = 0; i < length; i++) {
        if ((size_t)i >= most || n + 12 >= size)
            return n + (size_t)snprintf(text + n, size - n, "...");
        Py_UCS4 c = PyUnicode_READ(kind, data, i);
        if (c >= ' ' && c < 127 && c != '\\' && c != '\'')
            text[n++] = (char)c;
        else if (c == '\\' || c == '\'')
            n += (size_t)snprintf(text + n, size - n, "\\%c", (char)c);
        else if (c == '\n')
            n += (size_t)snprintf(text + n, size - n, "\\n");
        else
            n += (size_t)snprintf(text + n, size - n, c < 256 ? "\\x%02x" : c < 65536 ? "\\u%04x" : "\\U%08x", c);
    }
    text[n] = 0;
    return n;
}

void see_key_text(PyObject *key, char *text, size_t size)
{
    if (PyUnicode_Check(key) && PyUnicode_IS_READY(key)) {
        text[0] = '\'';
        size_t n = 1 + put_escaped(text + 1, size - 2, key, 40);
        snprintf(text + n, size - n, "'");
        return;
    }
    if (PyBool_Check(key) || key == Py_None) {
        snprintf(text, size, "%s", key == Py_None ? "None" : key == Py_True ? "True" : "False");
        return;
    }
    if (PyLong_Check(key)) {
        int overflow;
        long long value = PyLong_AsLongLongAndOverflow(key, &overflow);
        if (!overflow) {
            snprintf(text, size, "%lld", value);
            return;
        }
    }
    snprintf(text, size, "<%s at %p>", Py_TYPE(key)->tp_name, (void *)key);
}

static void put_name(char *text, size_t size, const char *before, PyObject *name)
{
    int n = snprintf(text, size, "%s", before);
    if (name != NULL && PyUnicode_Check(name) && (size_t)n < size)
        put_escaped(text + n, size - (size_t)n, name, 60);
    else if ((size_t)n < size)
        snprintf(text + n, size - (size_t)n, "?");
}

void see_edge_text(const SeeEdge *e, char *text, size_t size)
{
    char key[200];
    switch (e->kind) {
    case SEE_TYPE:
        snprintf(text, size, ".__class__");
        break;
    case SEE_ATTRIBUTE:
        if (e->text != NULL)
            snprintf(text, size, ".%s", e->text);
        else
            put_name(text, size, ".", e->name);
        break;
    case SEE_FIELD:
        if (e->index >= 0)
            snprintf(text, size, ".<%s %zd>", e->text, e->index);
        else
            snprintf(text, size, strchr(e->text, ' ') ? ".<%s>" : ".%s", e->text);
        break;
    case SEE_ITEM:
        snprintf(text, size, "[%zd]", e->index);
        break;
    case SEE_KEY:
        snprintf(text, size, " key %zd", e->index);
        break;
    case SEE_VALUE:
        see_key_text(e->name, key, sizeof key);
        snprintf(text, size, "[%s]", key);
        break;
    case SEE_MEMBER:
        snprintf(text, size, " member");
        break;
    case SEE_LOCAL:
        put_name(text, size, " local ", e->name);
        break;
    case SEE_STACK:
        snprintf(text, size, " value stack [%zd]", e->index);
        break;
    case SEE_PLAIN:
        if (e->index >= 0)
            snprintf(text, size, ".<field at +%zd>", e->index);
        else
            snprintf(text, size, ".<held>");
        break;
    case SEE_ROOT:
        if (e->name != NULL)
            put_name(text, size, e->text, e->name);
        else if (e->index >= 0)
            snprintf(text, size, "%s [%zd]", e->text, e->index);
        else
            snprintf(text, size, "%s", e->text);
        break;
    case SEE_EDGE_KINDS:
        snprintf(text, size, "?");
    }
}
