/* Running what the command line names, in __main__. */
#ifndef LIMPID_CLI_RUN_H
#define LIMPID_CLI_RUN_H

#include "runtime/config.h"

/* Reads the command line, starts, runs and ends the runtime; the exit status.  process_ends: nothing but the end of the
 * process follows. */
int run_command_line(int argc, char **argv, int process_ends);
/* Runs the Config's command, module, file or standard input, then the prompt if asked for; the exit status. */
int run_main(void);
/* The read-eval-print loop over standard input; the exit status. */
int prompt_run(void);
/* Ends a run: prints the pending exception; the exit status (SystemExit's code, 1, or 128+SIGINT by signal). */
int run_failed(void);

#endif
