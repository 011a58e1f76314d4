/* Pages of files that were wanted once: their memory goes back early. */
#ifndef LIMPID_MEMORY_PAGES_H
#define LIMPID_MEMORY_PAGES_H

#include <stddef.h>

/* Gives back the whole pages in a range of constants of the program, which come back when they are read. */
void pages_forget(const void *low, size_t size);
/* Gives back what was wanted only by the dynamic linker and by the start of the runtime. */
void pages_forget_start(void);

#endif
