/* Records a run: every line of the code of interest, the frames with their variables, what these refer to, and how all
 * of it changes, into a journal (docs/recording.md). */
#ifndef LIMPID_SEE_RECORDER_H
#define LIMPID_SEE_RECORDER_H

#include "Python.h"

typedef struct record_options {
    uint64_t steps;                   /* stop after so many; 0: never */
    int lines_only;                   /* frames and births and deaths of what they name; not what objects hold */
    int library;                      /* the library's code, too */
    const char *from;                 /* begin when a function of this name is first called; or NULL */
    uint32_t objects, breadth, depth; /* 0: as usual */
} RecordOptions;

/* Begins to record the current interpreter into a new file; 0, or -1 with an exception set. */
int recorder_start(const char *path, const RecordOptions *options);
/* Whether a recording is under way. */
int recorder_runs(void);
/* Ends the recording and completes the file; the number of steps, or -1 with an exception set. */
int64_t recorder_stop(void);

#endif
