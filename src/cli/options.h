/* The options of the command line. */
#ifndef LIMPID_CLI_OPTIONS_H
#define LIMPID_CLI_OPTIONS_H

#include "runtime/config.h"

typedef enum { OPTIONS_RUN, OPTIONS_EXIT, OPTIONS_ERROR } OptionsResult;

/* Reads argv into the Config.  OPTIONS_EXIT: a help or version text was printed, status 0; OPTIONS_ERROR: a message was
 * printed, status 2. */
OptionsResult options_read(Config *config, int argc, char **argv);

#endif
