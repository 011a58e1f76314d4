// From a text about what Python does with memory: section "Example 1: Simple Variables (C++)".
// adapted: prints the sizes, where each variable is and how often operator new ran
#include <cstdio>
#include <string>
#include "counted_new.h"
#include "where.h"

void cpp_function() {
    int x = 42;           // On stack (4 bytes)
    double y = 3.14;      // On stack (8 bytes)
    std::string z = "hello";  // Object on stack (32 bytes)
                              // Small string optimization!
    // Total: 44 bytes on stack, 0 on heap
    printf("int x: %zu bytes, %s\n", sizeof x, where(&x));
    printf("double y: %zu bytes, %s\n", sizeof y, where(&y));
    printf("std::string z: %zu bytes, %s; its characters: %s\n", sizeof z, where(&z), where(z.data()));
    printf("Stack: %zu bytes\nHeap: %ld bytes in %ld allocations\nTotal: %zu bytes\n", sizeof x + sizeof y + sizeof z, new_bytes,
           new_calls, sizeof x + sizeof y + sizeof z + new_bytes);
    std::string longer = "sixteen chars ok";
    printf("a string of %zu characters: %ld allocation, %s\n", longer.size(), new_calls, where(longer.data()));
}

int main() { cpp_function(); }
