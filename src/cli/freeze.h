/* limpid --freeze: compiles library modules into a C file, for the build. */
#ifndef LIMPID_CLI_FREEZE_H
#define LIMPID_CLI_FREEZE_H

/* Arguments: OUTPUT LIBRARY, then NAME=ORIGIN=FILE (FILE below LIBRARY; ORIGIN is the name in the library; a FILE that
 * ends in __init__.py is a package).  0, or 1 after printing what failed. */
int freeze_main(int argc, char **argv);

#endif
