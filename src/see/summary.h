/* The memory of the process on one screen. */
#ifndef LIMPID_SEE_SUMMARY_H
#define LIMPID_SEE_SUMMARY_H

#include <stdio.h>

/* Segments of the process, arenas and pools, live objects by type. */
void heap_print_summary(FILE *out);

#endif
