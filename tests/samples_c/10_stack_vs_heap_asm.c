// From a text about what Python does with memory: section "Why Stack is Faster".
// adapted: the text's listing is pseudo-assembly ("mov rsp, -8" would set rsp to -8; the real instruction is sub rsp, N);
// bench/compare.py disassembles these two functions and shows the real instructions
#include <stdio.h>
#include <stdlib.h>

__attribute__((noinline)) int on_stack(void) {
    volatile long a[64];            // 512 bytes by one "sub rsp"
    a[0] = 42;
    return (int)a[0];
}

__attribute__((noinline)) int on_heap(void) {
    volatile long *a = malloc(64 * sizeof *a);
    a[0] = 42;
    int v = (int)a[0];
    free((void *)a);
    return v;
}

int main(void) {
    printf("%d %d\n", on_stack(), on_heap());
    return 0;
}
