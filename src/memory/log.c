/* See log.h. */
#include "memory/log.h"

AllocationLog allocation_log;

void log_start(void) { pool_watch_for(heap.watching | WATCH_LOGS); }

void log_stop(void) { pool_watch_for(heap.watching & ~WATCH_LOGS); }
