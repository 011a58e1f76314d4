/* What is left on the heap after the end. */
#ifndef LIMPID_SEE_LEAKS_H
#define LIMPID_SEE_LEAKS_H

#include <stdio.h>

/* Prints the number of live blocks and, if there are any, the command line and those that nothing on the heap accounts for:
 * who leaked them keeps the others.  `holders`, if not NULL, says who else may hold blocks. */
void heap_print_leaks(FILE *out, const char *holders);

#endif
