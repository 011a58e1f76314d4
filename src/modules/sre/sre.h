/* Inside of the _sre module: compiled patterns, the matcher's state, and what the engine offers.
 *
 * A pattern is an array of 32-bit codes that re._compiler makes.  The engine (engine.inc, one copy per character width)
 * walks code and string together; what it may have to come back to, and what must then be undone, stands on a stack of
 * Entries, so that matching never recurses in C. */
#ifndef LIMPID_MODULES_SRE_SRE_H
#define LIMPID_MODULES_SRE_SRE_H

#include "Python.h"

typedef uint32_t Code;
#define MAXREPEAT UINT32_MAX
#define MAXGROUPS (INT_MAX / 2)

enum {
#define OP(name) OP_##name,
#include "modules/sre/codes.def"
#undef OP
    OP_COUNT
};
enum {
#define AT(name) AT_##name,
#include "modules/sre/codes.def"
#undef AT
    AT_COUNT
};
enum {
#define CATEGORY(name) CATEGORY_##name,
#include "modules/sre/codes.def"
#undef CATEGORY
    CATEGORY_COUNT
};

#define FLAG_IGNORECASE 2
#define FLAG_LOCALE 4
#define FLAG_UNICODE 32
#define FLAG_ASCII 256
#define INFO_PREFIX 1
#define INFO_CHARSET 4

typedef struct pattern {
    PyObject_VAR_HEAD
    Py_ssize_t groups;
    PyObject *groupindex; /* dict: name to number */
    PyObject *indexgroup; /* tuple: number to name or None */
    PyObject *pattern;    /* str, bytes or None */
    int flags;
    PyObject *weakreflist;
    int isbytes; /* 1, 0, or -1: whatever the string is */
    Py_ssize_t codesize;
    Code code[1];
} Pattern;

/* A repeat that is being run: how often so far, and where the last round began. */
typedef struct repeat {
    const Code *code; /* its operands: skip, min, max, body */
    uint32_t count;
    int outer; /* the repeat around it, or -1 */
    const void *last;
} Repeat;

enum kind {
    /* to come back to */
    BACK_BRANCH,     /* pc: the next alternative */
    BACK_ONE,        /* ptr: end of the run, aux: its least end; pc: behind the operand cell */
    BACK_MIN_ONE,    /* ptr: end so far, count: how many; pc: the operands */
    BACK_UNTIL,      /* rep: try what follows the repeat; pc: behind UNTIL */
    BACK_MIN_UNTIL,  /* rep: try another round */
    /* a sub-pattern that is matched on its own: pc: operands, ptr: where it began, index: the barrier below */
    BARRIER_ASSERT,
    BARRIER_ASSERT_NOT,
    BARRIER_ATOMIC,
    BARRIER_POSSESSIVE, /* count: rounds so far */
    /* to undo */
    UNDO_MARK,   /* index, ptr */
    UNDO_REPEAT, /* index, count, ptr */
};

typedef struct entry {
    int kind;
    int lastmark, lastindex, rep, nreps;
    int index;
    uint32_t count;
    const Code *pc;
    const void *ptr, *aux;
} Entry;

typedef struct state {
    const void *beginning, *start, *end, *ptr; /* of the string; where the match begins; ends */
    int kind;         /* bytes a character */
    int isbytes;
    PyObject *string; /* owned */
    Py_buffer buffer;
    Py_ssize_t pos, endpos;
    int must_advance; /* an empty match at start is not wanted */
    int match_all;    /* the match must end at the end */
    int lastmark, lastindex;
    const void **marks; /* two a group */
    Entry *stack;
    Py_ssize_t depth, room;
    Repeat *reps;
    int nreps, reps_room;
    unsigned ticks;
} State;

/* Results of the engine: 1 match, 0 none, or -1 with an exception. */
int sre_match1(State *, const Code *), sre_match2(State *, const Code *), sre_match4(State *, const Code *);
int sre_search1(State *, const Code *), sre_search2(State *, const Code *), sre_search4(State *, const Code *);

/* charset.c: whether a character belongs; case for the three kinds of IGNORE. */
int sre_category(Code category, Py_UCS4 ch);
int sre_charset(const Code *set, Py_UCS4 ch);
int sre_charset_locale_ignore(const Code *set, Py_UCS4 ch);
int sre_literal_locale_ignore(Code literal, Py_UCS4 ch);
Py_UCS4 sre_lower_locale(Py_UCS4 ch);
static inline Py_UCS4 sre_lower_ascii(Py_UCS4 ch) { return ch < 128 ? Py_TOLOWER(ch) : ch; }
static inline Py_UCS4 sre_lower_unicode(Py_UCS4 ch) { return _PyUnicode_ToLowercase(ch); }

/* validate.c: 0, or -1 with RuntimeError("invalid SRE code"). */
int sre_validate(const Pattern *pattern);

/* state.c */
int state_init(State *s, Pattern *p, PyObject *string, Py_ssize_t pos, Py_ssize_t endpos); /* 0 or -1 */
void state_fini(State *s);
void state_reset(State *s);
/* Room for one more entry; NULL with MemoryError. */
Entry *state_grow(State *s);
int state_new_repeat(State *s); /* index, or -1 with MemoryError */
int state_match(State *s, const Code *code);
int state_search(State *s, const Code *code);
/* A part of the string by index: new str or bytes. */
PyObject *slice_of(int isbytes, const void *data, PyObject *string, Py_ssize_t start, Py_ssize_t end);
/* The part that group i (from 0: the first) matched; what if it did not. */
PyObject *state_group(State *s, Py_ssize_t i, PyObject *otherwise);

/* match.c */
extern PyTypeObject Match_Type;
PyObject *match_new(Pattern *pattern, State *s, int status); /* Match, None, or NULL */

/* pattern.c */
extern PyTypeObject Pattern_Type, Scanner_Type;
PyObject *sre_call(const char *function, PyObject *args); /* re.function(*args), stealing args */

#endif
