// From a text about what Python does with memory: section "Q8: Compare memory usage: Python vs C++".
// adapted: prints what the comments say
#include <cstdio>
#include <vector>
#include "counted_new.h"

int main() {
    std::vector<int> arr(1000000);
    // Vector object: 24 bytes
    // Integer array: 4 MB (4 bytes each)
    // Total: ~4 MB
    printf("Vector object: %zu bytes\nInteger array: %zu bytes in %ld allocation\nTotal: %zu bytes\n", sizeof arr,
           arr.capacity() * sizeof(int), new_calls, sizeof arr + new_bytes);
}
