// From a text about what Python does with memory: section "Visual Summary / C++ MEMORY MODEL".
// adapted: the boxes of the picture printed from a live program
#include <cstdio>
#include <malloc.h>
#include <string>
#include "where.h"

int main() {
    int x = 42;
    double y = 3.14;
    std::string z = "hi";
    int *h = new int(42);
    printf("int x = %d (%zu bytes), %s\n", x, sizeof x, where(&x));
    printf("double y = %.2f (%zu bytes), %s\n", y, sizeof y, where(&y));
    printf("std::string z = \"%s\" [ptr to data: %s] [size: %zu] [capacity: %zu] (SSO: %s)\n", z.c_str(),
           z.data() == (char *)&z + 16 ? "z+16" : "elsewhere", z.size(), z.capacity(), where(z.data()));
    printf("new int(42): [%d], %s, usable %zu bytes of a %zu-byte malloc chunk for %zu\n", *h, where(h), malloc_usable_size(h),
           malloc_usable_size(h) + 8, sizeof *h);
    delete h;
}
