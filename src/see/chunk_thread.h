/* A thread that deflates and writes chunks while the program goes on.  At most a few of them wait; who has more waits,
 * too.  What fails is told by the writer's `failed` some time later, at the latest after chunk_thread_end. */
#ifndef LIMPID_SEE_CHUNK_THREAD_H
#define LIMPID_SEE_CHUNK_THREAD_H

#include "see/chunks.h"

typedef struct chunk_thread ChunkThread;

/* From now on chunks of the writer are written by a thread, if there can be one. */
void chunk_thread_start(ChunkWriter *w);
/* Writes what waits, and ends the thread; harmless without one. */
void chunk_thread_end(ChunkWriter *w);

/* For a signal's handler: waits, but not for ever, until all that was given to the thread is written. */
void chunk_thread_wait(const ChunkWriter *w);

/* For chunks.c: takes the chunk put together at w->spare over; 0, or -1 if there is no thread. */
int chunk_thread_take(ChunkWriter *w, const ChunkLayout *layout, uint32_t rows, size_t plain);

#endif
