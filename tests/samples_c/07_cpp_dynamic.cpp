// From a text about what Python does with memory: section "Example 3: Dynamic Allocation (C++)".
// adapted: prints places and allocations, with and without reserve()
#include <array>
#include <cstdio>
#include <vector>
#include "counted_new.h"
#include "where.h"

void cpp_dynamic() {
    // Stack allocation
    std::array<int, 1000> stack_arr;  // 4000 bytes on stack

    // Heap allocation
    std::vector<int> heap_vec;
    heap_vec.reserve(1000);  // Heap allocation
    for (int i = 0; i < 1000; i++) {
        heap_vec.push_back(i);
    }
    printf("stack_arr: %zu bytes, %s\n", sizeof stack_arr, where(&stack_arr));
    printf("heap_vec: header %zu bytes, %s; elements %zu bytes, %s; %ld allocation(s)\n", sizeof heap_vec, where(&heap_vec),
           heap_vec.size() * sizeof(int), where(heap_vec.data()), new_calls);
    long before = new_calls;
    std::vector<int> grown;
    for (int i = 0; i < 1000; i++) grown.push_back(i);
    printf("without reserve: %ld allocations, capacity %zu\n", new_calls - before, grown.capacity());
}

int main() { cpp_dynamic(); }
