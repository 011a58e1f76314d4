// After a text about what Python does with memory.
// adapted: derived; the address of a dead local is reused by the next call
#include <stdint.h>
#include <stdio.h>

__attribute__((noinline)) static uintptr_t frame_address(int v) {
    volatile int local = v;
    return (uintptr_t)&local;
}

int main(void) {
    uintptr_t first = frame_address(1), second = frame_address(2);
    printf("two calls put their local at the same address: %s\n", first == second ? "yes" : "no");
    return 0;
}
