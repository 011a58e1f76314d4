/* The limit on time (--max-time).
 *
 *     limit ─▶ TimeoutError in the main thread, at its next check or interrupted system call ─▶ grace ─▶ end of the process
 *
 * A thread of its own sleeps until then.  The program may catch the TimeoutError, which comes once, and has the grace to
 * end; after that the process ends with DEADLINE_STATUS and a message, whatever it does. */
#ifndef LIMPID_RUNTIME_DEADLINE_H
#define LIMPID_RUNTIME_DEADLINE_H

#define DEADLINE_STATUS 124 /* as of timeout(1) */
#define DEADLINE_GRACE 2.0  /* seconds */

/* Starts the time; 0, or -1 when there can be no thread. */
int deadline_start(double seconds);
/* The child goes on with what is left of its parent's time. */
void deadline_after_fork(void);
/* Raises TimeoutError if the time is over and it was not raised yet: -1; else 0.  For the main thread. */
int deadline_check(void);

#endif
