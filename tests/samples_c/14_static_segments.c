// After a text about what Python does with memory.
// adapted: derived; one variable for each segment of the picture
#include <stdlib.h>
#include "where.h"

int initialised = 1;            // .data
int uninitialised[1024];        // .bss
const char constant[] = "c";    // .rodata

int main(void) {
    int local = 0;              // stack
    int *small = malloc(16), *large = malloc(1 << 20);
    printf("main: %s\n", where((void *)(uintptr_t)main));
    printf(".data: %s\n", where(&initialised));
    printf(".bss: %s\n", where(uninitialised));
    printf(".rodata: %s\n", where(constant));
    printf("local: %s\n", where(&local));
    printf("malloc(16): %s\n", where(small));
    printf("malloc(1 MiB): %s\n", where(large));
    printf("order, low to high: code < data: %d, data < bss: %d, bss < heap: %d, heap < mmap: %d, mmap < stack: %d\n",
           (uintptr_t)main < (uintptr_t)&initialised, (uintptr_t)&initialised < (uintptr_t)uninitialised,
           (uintptr_t)uninitialised < (uintptr_t)small, (uintptr_t)small < (uintptr_t)large, (uintptr_t)large < (uintptr_t)&local);
    return 0;
}
