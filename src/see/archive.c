/* See archive.h.  As much of the zip format as zipimport reads: members stored or deflated, no ZIP64.
 *
 *     members ... | directory: a record for each member | end: where the directory is
 *
 * What stands before the first member (a line `#!...`) moves everything up by its length. */
#include "see/archive.h"

#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define END_SIGNATURE 0x06054b50u
#define END_SIZE 22
#define COMMENT_MAX 65535
#define RECORD_SIGNATURE 0x02014b50u
#define RECORD_SIZE 46
#define MEMBER_SIGNATURE 0x04034b50u
#define MEMBER_SIZE 30
#define DIRECTORY_MAX ((size_t)64 << 20)

typedef struct {
    int fd;
    size_t size;      /* of the file */
    size_t directory; /* where it begins, of how many bytes */
    size_t directory_size;
    size_t moved; /* by how much everything stands behind where it says */
} Archive;

typedef struct {
    size_t at, stored, plain;
    unsigned method; /* 0 stored, 8 deflated */
} Member;

static unsigned two(const uint8_t *p) { return p[0] | (unsigned)p[1] << 8; }
static uint32_t four(const uint8_t *p) { return two(p) | (uint32_t)two(p + 2) << 16; }

/* Bytes of the file, from malloc; NULL when they are not there. */
static uint8_t *bytes_at(const Archive *a, size_t at, size_t n)
{
    uint8_t *data = at <= a->size && n <= a->size - at ? malloc(n + 1) : NULL;
    if (data != NULL && pread(a->fd, data, n, (off_t)at) != (ssize_t)n) {
        free(data);
        data = NULL;
    }
    return data;
}

static int find_directory(Archive *a)
{
    size_t n = a->size < END_SIZE + COMMENT_MAX ? a->size : END_SIZE + COMMENT_MAX, from = a->size - n;
    uint8_t *tail = n < END_SIZE ? NULL : bytes_at(a, from, n);
    int found = 0;
    for (size_t i = tail ? n - END_SIZE + 1 : 0; i-- > 0 && !found;) {
        size_t size = four(tail + i + 12), offset = four(tail + i + 16);
        if (four(tail + i) != END_SIGNATURE || size > from + i || offset > from + i - size)
            continue;
        a->directory = from + i - size;
        a->directory_size = size;
        a->moved = a->directory - offset;
        found = size <= DIRECTORY_MAX;
    }
    free(tail);
    return found;
}

static int find_member(const Archive *a, const char *name, Member *m)
{
    size_t length = strlen(name), n = a->directory_size;
    uint8_t *records = bytes_at(a, a->directory, n);
    int found = 0;
    for (size_t i = 0; records && !found && i + RECORD_SIZE <= n && four(records + i) == RECORD_SIGNATURE;) {
        const uint8_t *r = records + i;
        size_t name_size = two(r + 28), whole = RECORD_SIZE + name_size + two(r + 30) + two(r + 32);
        if (whole > n - i)
            break;
        if (name_size == length && memcmp(r + RECORD_SIZE, name, length) == 0) {
            *m = (Member){
                .method = two(r + 10), .stored = four(r + 20), .plain = four(r + 24), .at = a->moved + four(r + 42)};
            found = 1;
        }
        i += whole;
    }
    free(records);
    return found;
}

static char *inflated(const uint8_t *stored, const Member *m)
{
    char *plain = malloc(m->plain + 1);
    z_stream z = {.next_in = (Bytef *)stored, .avail_in = (uInt)m->stored};
    if (plain == NULL || inflateInit2(&z, -MAX_WBITS) != Z_OK) {
        free(plain);
        return NULL;
    }
    z.next_out = (Bytef *)plain;
    z.avail_out = (uInt)m->plain;
    int end = inflate(&z, Z_FINISH);
    inflateEnd(&z);
    if (end == Z_STREAM_END && z.total_out == m->plain)
        return plain;
    free(plain);
    return NULL;
}

static char *contents(const Archive *a, const Member *m)
{
    uint8_t *head = bytes_at(a, m->at, MEMBER_SIZE), *stored = NULL;
    if (head && four(head) == MEMBER_SIGNATURE)
        stored = bytes_at(a, m->at + MEMBER_SIZE + two(head + 26) + two(head + 28), m->stored);
    free(head);
    if (stored == NULL || (m->method == 0 && m->stored == m->plain))
        return (char *)stored;
    char *plain = m->method == 8 ? inflated(stored, m) : NULL;
    free(stored);
    return plain;
}

char *archive_member(const char *path, size_t most, size_t *size)
{
    char name[PATH_MAX];
    struct stat info;
    Archive a = {.fd = -1};
    Member m;
    const char *slash = path;
    while ((slash = strchr(slash + 1, '/')) != NULL) {
        if (snprintf(name, sizeof name, "%.*s", (int)(slash - path), path) >= (int)sizeof name || stat(name, &info) < 0)
            return NULL;
        if (S_ISREG(info.st_mode))
            break;
    }
    if (slash == NULL || (a.fd = open(name, O_RDONLY | O_CLOEXEC)) < 0)
        return NULL;
    a.size = (size_t)info.st_size;
    char *text = find_directory(&a) && find_member(&a, slash + 1, &m) && m.plain <= most ? contents(&a, &m) : NULL;
    if (text != NULL)
        *size = m.plain;
    close(a.fd);
    return text;
}
