/* --watch: the program runs in a child process, which records it; this process shows what it does (lib/limpid/watch).
 */
#ifndef LIMPID_CLI_WATCH_H
#define LIMPID_CLI_WATCH_H

#include "runtime/config.h"

struct live;

/* Before the runtime starts: makes the program's process.  In it nothing changes but where its streams lead; in this
 * one, which becomes the viewer, *config is set to its needs.  0, or an exit status after telling what is wrong. */
int watch_split(Config *config);
/* Of the program's process: where its recording goes; NULL when nobody watches. */
struct live *watch_live(void);
/* Whether this process is the viewer. */
int watch_shows(void);
/* Shows the program until the user has seen enough; its exit status, or 128 and the signal that ended it, which
 * watch_end passes on. */
int watch_main(void);
void watch_end(void);

#endif
