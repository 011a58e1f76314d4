/* When a signal ends the process, what a recording has not written yet goes to its file first.
 *
 * Signals that nobody handles are heard of: those that ask a process to end and those of a crash.  After the last words
 * the process ends by the signal as it would have.  Python's own view of the signals is not changed by it. */
#ifndef LIMPID_SEE_LAST_WORDS_H
#define LIMPID_SEE_LAST_WORDS_H

/* From now on `speak` is called when such a signal arrives, in its handler; NULL: no longer.  It returns 0 to be called
 * again by last_words_due, when what it would tell is whole. */
void last_words_listen(int (*speak)(void));
/* What is said on standard error after that, until nobody listens any more; the text is copied. */
void last_words_say(const char *text);
extern volatile int last_words_wait;
/* To be called when `speak` may have returned 0 and would not do so now. */
void last_words_speak(void);
static inline void last_words_due(void)
{
    if (__builtin_expect(last_words_wait, 0))
        last_words_speak();
}

#endif
