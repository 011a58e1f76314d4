/* sys: the named tuples that describe the interpreter. */
#include "modules/sys/sys.h"
#include "runtime/config.h"
#include "capi/structseq.h"

#include <float.h>
#include <unistd.h>

PyObject *_PyNamespace_New(PyObject *keywords); /* objects/namespace.c */

#define RADIX_MODULUS ((1UL << 61) - 1)

/* ---- flags ------------------------------------------------------------------------------------------------------- */

static PyStructSequence_Field flags_fields[] = {
    {"debug", "-d"}, {"inspect", "-i"}, {"interactive", "-i"}, {"optimize", "-O or -OO"}, {"dont_write_bytecode", "-B"},
    {"no_user_site", "-s"}, {"no_site", "-S"}, {"ignore_environment", "-E"}, {"verbose", "-v"}, {"bytes_warning", "-b"},
    {"quiet", "-q"}, {"hash_randomization", "-R"}, {"isolated", "-I"}, {"dev_mode", "-X dev"}, {"utf8_mode", "-X utf8"},
    {"warn_default_encoding", "-X warn_default_encoding"}, {"safe_path", "-P"},
    {"int_max_str_digits", "-X int_max_str_digits"}, {NULL, NULL}};
static PyStructSequence_Desc flags_desc = {"sys.flags", "sys.flags\n\nFlags provided through command line arguments or environment vars.",
                                           flags_fields, 18};
static PyTypeObject FlagsType;

PyObject *sys_make_flags(void)
{
    const Config *c = config_current();
    const int ints[] = {c->debug, c->inspect, c->interactive, c->optimize, c->dont_write_bytecode, c->no_user_site,
                        c->no_site, c->ignore_environment, c->verbose, c->bytes_warning, c->quiet,
                        c->hash_randomization, c->isolated, -1, c->utf8_mode, c->warn_default_encoding, -1,
                        c->int_max_str_digits};
    PyObject *flags = PyStructSequence_New(&FlagsType);
    for (int i = 0; flags && i < 18; i++) {
        PyObject *value = i == 13 ? PyBool_FromLong(c->dev_mode) : i == 16 ? PyBool_FromLong(c->safe_path) : PyLong_FromLong(ints[i]);
        if (!value)
            Py_CLEAR(flags);
        else
            PyStructSequence_SET_ITEM(flags, i, value);
    }
    return flags;
}

/* ---- the others ---------------------------------------------------------------------------------------------------- */

static PyStructSequence_Field version_fields[] = {
    {"major", "Major release number"}, {"minor", "Minor release number"}, {"micro", "Patch release number"},
    {"releaselevel", "'alpha', 'beta', 'candidate', or 'final'"}, {"serial", "Serial release number"}, {NULL, NULL}};
static PyStructSequence_Desc version_desc = {"sys.version_info", "sys.version_info\n\nVersion information as a named tuple.",
                                             version_fields, 5};
static PyStructSequence_Field float_fields[] = {
    {"max", "largest finite float"}, {"max_exp", "largest e such that radix**(e-1) is finite"},
    {"max_10_exp", "largest e such that 10**e is finite"}, {"min", "smallest positive normal float"},
    {"min_exp", "smallest e such that radix**(e-1) is normal"}, {"min_10_exp", "smallest e such that 10**e is normal"},
    {"dig", "decimal digits that always survive"}, {"mant_dig", "mantissa digits"},
    {"epsilon", "1 to the next larger float"}, {"radix", "radix of the exponent"}, {"rounds", "rounding mode of addition"},
    {NULL, NULL}};
static PyStructSequence_Desc float_desc = {"sys.float_info", "sys.float_info\n\nLimits and precision of the C double.", float_fields, 11};
static PyStructSequence_Field int_fields[] = {
    {"bits_per_digit", "size of a digit in bits"}, {"sizeof_digit", "size in bytes of the C type of a digit"},
    {"default_max_str_digits", "default limit of digits in conversions"},
    {"str_digits_check_threshold", "smallest limit that can be set"}, {NULL, NULL}};
static PyStructSequence_Desc int_desc = {"sys.int_info", "sys.int_info\n\nThe representation of int.", int_fields, 4};
static PyStructSequence_Field hash_fields[] = {
    {"width", "width of a hash in bits"}, {"modulus", "prime of the numeric hash"}, {"inf", "hash of infinity"},
    {"nan", "hash of nan, unused"}, {"imag", "multiplier of the imaginary part"}, {"algorithm", "hash of str and bytes"},
    {"hash_bits", "output bits of the algorithm"}, {"seed_bits", "seed bits of the algorithm"},
    {"cutoff", "small string cutoff"}, {NULL, NULL}};
static PyStructSequence_Desc hash_desc = {"sys.hash_info", "hash_info\n\nParameters of the hash functions.", hash_fields, 9};
static PyStructSequence_Field thread_fields[] = {{"name", "name of the thread implementation"}, {"lock", "lock implementation"},
                                                 {"version", "version of the library"}, {NULL, NULL}};
static PyStructSequence_Desc thread_desc = {"sys.thread_info", "sys.thread_info\n\nThe thread implementation.", thread_fields, 3};

static PyTypeObject VersionType, FloatType, IntType, HashType, ThreadType;

/* Sets dict[name] to a sequence of the type, filled from a tuple; steals values. */
static int add(PyObject *dict, const char *name, PyTypeObject *type, PyStructSequence_Desc *desc, PyObject *values)
{
    if (!values)
        return -1;
    int result = -1;
    unsigned long only = type == &VersionType ? Py_TPFLAGS_DISALLOW_INSTANTIATION : 0; /* nobody else makes one */
    if (_PyStructSequence_InitType(type, desc, only) == 0) {
        PyObject *info = PyStructSequence_New(type);
        for (Py_ssize_t i = 0; info && i < PyTuple_GET_SIZE(values); i++)
            PyStructSequence_SET_ITEM(info, i, Py_NewRef(PyTuple_GET_ITEM(values, i)));
        if (info) {
            result = PyDict_SetItemString(dict, name, info);
            Py_DECREF(info);
        }
    }
    Py_DECREF(values);
    return result;
}

static PyObject *float_values(void)
{
    return Py_BuildValue("diidiiiidii", DBL_MAX, DBL_MAX_EXP, DBL_MAX_10_EXP, DBL_MIN, DBL_MIN_EXP, DBL_MIN_10_EXP,
                         DBL_DIG, DBL_MANT_DIG, DBL_EPSILON, FLT_RADIX, 1);
}

static PyObject *thread_values(void)
{
    char version[64] = "";
    confstr(_CS_GNU_LIBPTHREAD_VERSION, version, sizeof version);
    return Py_BuildValue("sss", "pthread", "semaphore", version);
}

/* sys.implementation: a namespace. */
static int add_implementation(PyObject *dict)
{
    PyObject *version = PyDict_GetItemString(dict, "version_info");
    PyObject *values = Py_BuildValue("{sssssssOsl}", "name", "limpid", "cache_tag", "limpid-311", "_multiarch",
                                     "x86_64-linux-gnu", "version", version, "hexversion", (long)PY_VERSION_HEX);
    PyObject *space = values ? _PyNamespace_New(values) : NULL;
    int result = space ? PyDict_SetItemString(dict, "implementation", space) : -1;
    Py_XDECREF(values);
    Py_XDECREF(space);
    return result;
}

int sys_add_info(PyObject *dict)
{
    if (!(FlagsType.tp_flags & Py_TPFLAGS_READY)) {
        if (_PyStructSequence_InitType(&FlagsType, &flags_desc, Py_TPFLAGS_DISALLOW_INSTANTIATION) < 0)
            return -1;
    }
    if (add(dict, "version_info", &VersionType, &version_desc, Py_BuildValue("iiisi", 3, 11, PY_MICRO_VERSION, "final", 0)) < 0 ||
        add(dict, "float_info", &FloatType, &float_desc, float_values()) < 0 ||
        add(dict, "int_info", &IntType, &int_desc, Py_BuildValue("iiii", 30, 4, 4300, 640)) < 0 ||
        add(dict, "hash_info", &HashType, &hash_desc,
            Py_BuildValue("ikiiisiii", 64, RADIX_MODULUS, 314159, 0, 1000003, "siphash13", 64, 128, 0)) < 0 ||
        add(dict, "thread_info", &ThreadType, &thread_desc, thread_values()) < 0)
        return -1;
    return add_implementation(dict);
}
