// From a text about what Python does with memory: section "Example 2: Arrays/Lists (C++)".
// adapted: prints size and place
#include <array>
#include <cstdio>
#include "counted_new.h"
#include "where.h"

void cpp_array() {
    std::array<int, 5> arr = {1, 2, 3, 4, 5};
    // Entire array on stack
    // Total: 20 bytes (5 × 4 bytes)
    printf("5 integers contiguous: %zu bytes, %s, last at +%td\nheap allocations: %ld\n", sizeof arr, where(&arr),
           (char *)&arr[4] - (char *)&arr[0], new_calls);
}

int main() { cpp_array(); }
