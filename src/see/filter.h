/* What of a run is recorded: the options of --see, --record and limpid.see() (options.def), and what follows from them
 * for code, calls and lines. */
#ifndef LIMPID_SEE_FILTER_H
#define LIMPID_SEE_FILTER_H

#include "Python.h"

struct live;

enum record_grain { GRAIN_LINE, GRAIN_CALL, GRAIN_INSTRUCTION };

#define RECORD_NONE UINT64_MAX
#define RECORD_PAGE_STEPS 1000000 /* what a page gets if nothing is said: more than one wants to open */

/* 0 and NULL: not asked for. */
typedef struct record_options {
    uint64_t steps, last, every;      /* so many from the beginning, so many at the end, one in so many */
    uint64_t objects, breadth, depth; /* limits of what is shown (known.h) */
    uint64_t looks;                   /* objects that are looked at at each line, where there are many (looks.h) */
    uint64_t captures;                /* bytes of captures of the heap (moments.h); RECORD_NONE: none */
    uint64_t grain;                   /* enum record_grain */
    uint64_t lean;                    /* frames and births and deaths of what they name; not what objects hold */
    uint64_t growth;                  /* what is allocated (accounts.h) although it is lean */
    uint64_t c_stacks;                /* the C frames beneath the Python frames */
    uint64_t library;                 /* the library's code, too */
    uint64_t lines[2];                /* the first and the last; [1] 0: all */
    char *from, *function, *module;   /* names between commas, from malloc */
    char *program;                    /* the program's own file, which `lines` without `module` is about; "": not known; NULL: any */
    char *text;                       /* the program's own, if it is in no file (-c, standard input) */
    struct live *live;                /* who watches (live.h), instead of a file */
} RecordOptions;

void record_options_free(RecordOptions *options);
/* What a step is: "line", "call" or "instruction". */
const char *record_grain_name(const RecordOptions *options);

/* 0; -1 without memory. */
int record_options_copy(RecordOptions *to, const RecordOptions *from);
/* Whether there is an option of this name. */
int record_option_known(const char *name, size_t length);
#define RECORD_MESSAGE 200
/* Sets the option of this name; value NULL: without one.  0; with what is wrong in message -1, or -2 without memory. */
int record_option_set(RecordOptions *options, const char *name, size_t length, const char *value,
                      char message[RECORD_MESSAGE]);

/* Whether and how code is recorded (VmCode.recorded); its file's name goes to path, UTF-8 and cut at room. */
int filter_code(const RecordOptions *options, PyCodeObject *code, char *path, size_t room);
/* Whether a call of the code begins a recording with `from`. */
int filter_from(const RecordOptions *options, PyCodeObject *code);
static inline int filter_line(const RecordOptions *options, int line)
{
    return options->lines[1] == 0 ||
           (line >= 0 && (uint64_t)line >= options->lines[0] && (uint64_t)line <= options->lines[1]);
}
/* Whether steps are left out, so that frames may stand elsewhere than was told last. */
static inline int filter_skips(const RecordOptions *options)
{
    return options->every > 1 || options->lines[1] != 0 || options->grain == GRAIN_CALL;
}

#endif
