/* The memory of the process on one screen, and what is left at exit. */
#ifndef LIMPID_SEE_SUMMARY_H
#define LIMPID_SEE_SUMMARY_H

#include <stdio.h>

/* Segments of the process, arenas and pools, live objects by type. */
void heap_print_summary(FILE *out);
/* Live blocks that are not immortal, by type. */
void heap_print_leaks(FILE *out);

#endif
