/* The texts of --help and --version, on standard output. */
#ifndef LIMPID_CLI_HELP_H
#define LIMPID_CLI_HELP_H

void help_print(const char *program);
void help_print_see(void);
void help_print_environment(void);
void help_print_xoptions(void);
void help_print_all(const char *program);
/* "Python 3.11.2"; the whole version text when verbose. */
void help_print_version(int verbose);

#endif
