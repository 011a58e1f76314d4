/* What the options --map, --stats, --json, --snapshot and --snapshot-on-signal ask for. */
#ifndef LIMPID_CLI_REPORT_H
#define LIMPID_CLI_REPORT_H

/* Takes over SIGUSR1 if the configuration says so, and has the end of the runtime report what it says; after
 * runtime_init. */
int report_prepare(void);

#endif
