/* The life of the runtime: from a configuration to an interpreter that can run __main__, and back to nothing. */
#ifndef LIMPID_RUNTIME_LIFECYCLE_H
#define LIMPID_RUNTIME_LIFECYCLE_H

#include "runtime/config.h"

/* Starts everything; takes over the Config (its strings move into the interpreter).  0, or -1 after printing what
 * failed to stderr. */
int runtime_init(Config *config);
/* Starts only what the compiler needs: no sys, no import.  0 or -1. */
int runtime_init_core(Config *config);
/* Ends everything; 0, or -1 when buffered output could not be written. */
int runtime_fini(void);
/* Fills the current interpreter, which has an empty dict of modules: builtins, sys, importlib, streams.  NULL, or the step
 * that failed. */
const char *interpreter_start(void);
/* The end of the current interpreter, in order: its threads and callbacks; its modules; what it holds. */
int interpreter_run_down(void);
void interpreter_clear_modules(PyInterpreterState *interp);
void interpreter_clear(PyInterpreterState *interp);
/* `report` is called in runtime_fini, after the program's threads and callbacks have ended and before anything is taken down. */
void runtime_at_run_down(void (*report)(void));
/* `leave` is called in runtime_leaves by the process that asks for it now, not by those that it forks. */
void runtime_at_leaving(void (*leave)(void));
/* The process is about to end, or to run another program, without runtime_fini. */
void runtime_leaves(void);
/* To be said before runtime_fini when the process ends right after it: then what nobody can see of the end is left out. */
void runtime_ends_with_process(void);
/* Flushes sys.stdout and sys.stderr; 0 or -1. */
int flush_std_files(void);
/* Flushes both, and says nothing of what fails. */
void flush_std_files_quietly(void);
/* streams.c: makes sys.stdin, stdout, stderr and builtins.open; 0 or -1. */
int streams_init(void);

#endif
