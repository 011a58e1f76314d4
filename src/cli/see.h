/* --record and --see: a recording of the whole run. */
#ifndef LIMPID_CLI_SEE_H
#define LIMPID_CLI_SEE_H

#include "see/recorder.h"

/* What of the run is recorded, by the command line; to be freed.  0, or -1 after telling why not. */
int see_options(RecordOptions *options);
/* A file's name from the root on, if that is known and fits; else as it is. */
void see_whole_name(char *out, size_t size, const char *name);
/* Begins what the options ask for; 0, or -1 after telling why not. */
int see_begin(void);
/* Ends it and writes the page; tells where it is, or what failed, on stderr. */
void see_end(void);

#endif
