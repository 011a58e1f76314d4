/* See ring.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "see/ring.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int ring_open(Ring *ring, const Journal *journal, const char *path, uint64_t keep)
{
    struct stat info;
    memset(ring, 0, sizeof *ring);
    if (keep == 0)
        return 0;
    if (fstat(journal->fd, &info) < 0)
        return -1;
    if (!S_ISREG(info.st_mode)) {
        errno = EINVAL;
        return -1;
    }
    ring->keep = keep;
    ring->path = strdup(journal->path ? journal->path : path);
    return ring->path ? 0 : -1;
}

void ring_free(Ring *ring)
{
    free(ring->starts);
    free(ring->path);
    memset(ring, 0, sizeof *ring);
}

/* How many chunks from the first are older than what is kept. */
static size_t old_chunks(const Ring *ring, uint64_t steps)
{
    size_t n = 0;
    while (n + 1 < ring->count && ring->starts[n + 1] + ring->keep <= steps)
        n++;
    return n;
}

/* Copies size bytes from one file to the other; 0, or -1 with errno. */
static int copy(int from, int to, size_t size)
{
    char data[1 << 14];
    while (size > 0) {
        ssize_t n = read(from, data, size < sizeof data ? size : sizeof data);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            errno = n ? errno : EIO;
            return -1;
        }
        for (ssize_t done = 0, m; done < n; done += m)
            if ((m = write(to, data + done, (size_t)(n - done))) < 0) {
                if (errno != EINTR)
                    return -1;
                m = 0;
            }
        size -= (size_t)n;
    }
    return 0;
}

/* Copies a file of chunks without the first n of the journal. */
static int copy_chunks(int from, int to, size_t n)
{
    uint8_t header[CHUNK_HEADER];
    ssize_t got;
    if (copy(from, to, CAPTURE_HEADER) < 0)
        return -1;
    while ((got = pread(from, header, sizeof header, lseek(from, 0, SEEK_CUR))) == CHUNK_HEADER) {
        size_t stored = header[12] | (size_t)header[13] << 8 | (size_t)header[14] << 16 | (size_t)header[15] << 24;
        if (memcmp(header, "JRNL", 4) == 0 && n > 0) {
            n--;
            if (lseek(from, (off_t)(CHUNK_HEADER + stored), SEEK_CUR) < 0)
                return -1;
        } else if (copy(from, to, CHUNK_HEADER + stored) < 0)
            return -1;
    }
    return got < 0 ? -1 : 0;
}

/* Writes the file anew without its first n chunks of the journal; what fails is the journal's. */
static void shorten(Ring *ring, Journal *journal, size_t n)
{
    char part[PATH_MAX + 8];
    int from = -1, to = -1;
    if (journal->out.failed)
        return;
    snprintf(part, sizeof part, "%s.part", ring->path);
    if ((from = open(ring->path, O_RDONLY | O_CLOEXEC)) >= 0 &&
        (to = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) >= 0 && copy_chunks(from, to, n) == 0 &&
        rename(part, ring->path) == 0 && journal_continue(journal, to) == 0) {
        ring->count -= n;
        memmove(ring->starts, ring->starts + n, ring->count * sizeof *ring->starts);
    } else {
        journal->out.failed = errno ? errno : EIO;
        unlink(part);
    }
    if (from >= 0)
        close(from);
    if (to >= 0)
        close(to);
}

void ring_chunk_ended(Ring *ring, Journal *journal, uint64_t steps)
{
    if (ring->keep == 0)
        return;
    if (ring->count == ring->room) {
        size_t room = ring->room ? 2 * ring->room : 64;
        uint64_t *bigger = realloc(ring->starts, room * sizeof *bigger);
        if (bigger == NULL) {
            journal->out.failed = ENOMEM;
            return;
        }
        ring->starts = bigger;
        ring->room = room;
    }
    ring->starts[ring->count++] = ring->begun;
    ring->begun = steps;
    size_t old = old_chunks(ring, steps);
    if (old >= 16 && 2 * old >= ring->count)
        shorten(ring, journal, old);
}

void ring_end(Ring *ring, Journal *journal, uint64_t steps)
{
    if (ring->keep == 0)
        return;
    ring_chunk_ended(ring, journal, steps);
    size_t old = old_chunks(ring, steps);
    if (old > 0)
        shorten(ring, journal, old);
}
