// After a text about what Python does with memory.
// adapted: derived; a child recurses without end and its end is reported
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int sink;
__attribute__((noinline)) static int recurse(int n) {
    volatile char pad[64];
    pad[0] = (char)n;
    sink = recurse(n + 1) + pad[0];
    return sink;
}

int main(void) {
    struct rlimit r;
    getrlimit(RLIMIT_STACK, &r);
    printf("stack limit: %lu KiB\n", (unsigned long)(r.rlim_cur >> 10));
    fflush(stdout);
    pid_t p = fork();
    if (!p) { recurse(0); _exit(0); }
    int status;
    waitpid(p, &status, 0);
    printf("endless recursion ended by: %s\n", WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV ? "SIGSEGV (segmentation fault)" : "something else");
    return 0;
}
