/* Pages of files that were wanted once: their memory goes back early.
 *
 * A page that is mapped from a file counts as resident from the first touch of one near it until the end of the
 * process.  Clean ones can be dropped: when they are touched again they come from the system's cache.  Where the pages
 * lie that only a start wants is known from symbols of tools/hot.ld; a program that is linked without it keeps them. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "memory/pages.h"

#include <fcntl.h>
#include <link.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096u
#define MOST_PAGES 512 /* of code that are looked at */

extern const char start_code[] __attribute__((weak)), start_code_end[] __attribute__((weak));
extern const char frozen_data[] __attribute__((weak)), frozen_data_end[] __attribute__((weak));

/* The whole pages in a range. */
static void forget(uintptr_t low, uintptr_t high)
{
    low = (low + PAGE - 1) & ~(uintptr_t)(PAGE - 1);
    high &= ~(uintptr_t)(PAGE - 1);
    if (low < high)
        madvise((void *)low, high - low, MADV_DONTNEED);
}

void pages_forget(const void *low, size_t size) { forget((uintptr_t)low, (uintptr_t)low + size); }

/* Whether all pages of a range of code are the file's, by /proc/self/pagemap.  A breakpoint makes its page a private
 * one, which would be lost; then, or when the system does not tell, the code stays. */
static int is_untouched(int pagemap, uintptr_t low, uintptr_t high)
{
    enum { FROM_FILE = 1, SWAPPED = 2, PRESENT = 4 }; /* bits 61 to 63 of an entry */
    uint64_t entries[MOST_PAGES];
    size_t count = (high + PAGE - 1) / PAGE - low / PAGE, size = count * sizeof *entries;
    if (count > MOST_PAGES || pread(pagemap, entries, size, (off_t)(low / PAGE * sizeof *entries)) != (ssize_t)size)
        return 0;
    for (size_t i = 0; i < count; i++) {
        unsigned bits = (unsigned)(entries[i] >> 61);
        if (bits & (PRESENT | SWAPPED) && !(bits & FROM_FILE))
            return 0;
    }
    return 1;
}

/* Of libm the dynamic linker touches half, when it chooses functions for the processor, and of libc the tables of
 * symbols.  libc's code is wanted throughout. */
static int forget_library(struct dl_phdr_info *library, size_t size, void *pagemap)
{
    const char *name = strrchr(library->dlpi_name, '/');
    int is_libc = name && strncmp(name, "/libc.so", 8) == 0;
    if (!is_libc && !(name && strncmp(name, "/libm.so", 8) == 0))
        return 0;
    for (int i = 0; i < library->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &library->dlpi_phdr[i];
        uintptr_t low = library->dlpi_addr + segment->p_vaddr, high = low + segment->p_memsz;
        if (segment->p_type != PT_LOAD || segment->p_flags & (is_libc ? PF_W | PF_X : PF_W))
            continue;
        if (is_untouched(*(int *)pagemap, low, high))
            forget(low & ~(uintptr_t)(PAGE - 1), (high + PAGE - 1) & ~(uintptr_t)(PAGE - 1));
    }
    return 0;
}

void pages_forget_start(void)
{
    int pagemap = start_code ? open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC) : -1;
    if (pagemap < 0)
        return;
    if (is_untouched(pagemap, (uintptr_t)start_code, (uintptr_t)start_code_end))
        forget((uintptr_t)start_code, (uintptr_t)start_code_end);
    dl_iterate_phdr(forget_library, &pagemap);
    close(pagemap);
    forget((uintptr_t)frozen_data, (uintptr_t)frozen_data_end);
}
