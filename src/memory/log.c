/* See log.h. */
#include "memory/log.h"
#include "memory/trace.h"

AllocationLog allocation_log;

void log_start(void)
{
    heap.watching |= WATCH_LOGS;
    pool_forget_current();
}

void log_stop(void)
{
    heap.watching &= ~WATCH_LOGS;
    trace_show_lists();
}
