/* The log of allocations of a running program, written to a file (docs/capture.md).
 *
 * Each allocation is told with the stack of Python lines that made it, as a node of a tree: its parent is the line that
 * called.  Events are gathered in a batch and written as chunks of columns. */
#ifndef LIMPID_SEE_ALLOC_LOG_H
#define LIMPID_SEE_ALLOC_LOG_H

/* Starts logging to a new file; 0; -1 with errno (EBUSY: there is a log already). */
int alloc_log_start(const char *path, int compress);
int alloc_log_is_on(void);
/* Ends the log and its file; 0; -1 with errno of the first failure to write.  Harmless when there is none. */
int alloc_log_stop(void);

#endif
