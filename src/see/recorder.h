/* Records a run: every line of the code of interest, the frames with their variables, what these refer to, and how all
 * of it changes, into a journal (docs/recording.md). */
#ifndef LIMPID_SEE_RECORDER_H
#define LIMPID_SEE_RECORDER_H

#include "see/filter.h"

/* Begins to record the current interpreter into a new file, also code that runs already; 0, or -1 with an exception
 * set. */
int recorder_start(const char *path, const RecordOptions *options);
/* Whether a recording is under way. */
int recorder_runs(void);
/* Whether there was a trace or profile function in the latest one: what ran under it is not recorded. */
int recorder_missed(void);
/* The text of the program, which is in no file, before it runs. */
void recorder_program_text(const char *text);
/* Ends the recording and completes the file; the number of steps, or -1 with an exception set.  goes_on: the program
 * does, and is to run as fast as before. */
int64_t recorder_stop(int goes_on);

#endif
