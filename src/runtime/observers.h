/* Whether anything that is alive would notice the end of the runtime. */
#ifndef LIMPID_RUNTIME_OBSERVERS_H
#define LIMPID_RUNTIME_OBSERVERS_H

/* Nonzero when finalisers, callbacks or unflushed files are alive, or code that this program does not know (extension
 * modules, audit hooks, gc.callbacks).  To be called when the standard streams have been flushed. */
int end_is_observed(void);

/* Notes in the interpreter that the extension module of that name and file has been loaded. */
void observers_note_extension(const char *name, const char *path);

#endif
