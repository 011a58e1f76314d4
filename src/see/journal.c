/* See journal.h. */
#include "see/journal.h"
#include "see/archive.h"
#include "see/capture_text.h"
#include "see/chunk_thread.h"
#include "objects/code.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SOURCE_MAX ((size_t)16 << 20)
#define FAR_DESCRIPTOR 1000

static void note_file(Journal *j)
{
    struct stat file;
    if (fstat(j->fd, &file) == 0) {
        j->device = file.st_dev;
        j->inode = file.st_ino;
    }
}

static int is_file(const Journal *j, int fd)
{
    struct stat file;
    return fd >= 0 && fstat(fd, &file) == 0 && file.st_dev == j->device && file.st_ino == j->inode;
}

/* A program may have closed the descriptor, and opened another file that has its number now: opens the file again. */
static int hold(Journal *j)
{
    if (is_file(j, j->fd))
        return 0;
    int fd = j->path ? open(j->path, O_WRONLY | O_APPEND | O_CLOEXEC) : -1;
    if (!is_file(j, fd)) {
        if (fd >= 0)
            close(fd);
        errno = EBADF;
        return -1;
    }
    j->fd = fd;
    return 0;
}

static int write_all(void *context, const void *data, size_t size)
{
    const char *p = data;
    Journal *j = context;
    if (hold(j) < 0)
        return -1;
    while (size > 0) {
        ssize_t n = write(j->fd, p, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        p += n;
        size -= (size_t)n;
    }
    return 0;
}

/* Another descriptor of the file, so high that the program's own have the numbers that they would have; -1 with errno.
 */
static int high_descriptor(int fd)
{
    int high = -1;
    for (int at = FAR_DESCRIPTOR; high < 0 && at > 0; at /= 10)
        high = fcntl(fd, F_DUPFD_CLOEXEC, at);
    return high;
}

int journal_continue(Journal *j, int fd)
{
    int high = high_descriptor(fd);
    if (high < 0)
        return -1;
    if (is_file(j, j->fd))
        close(j->fd);
    j->fd = high;
    note_file(j);
    return 0;
}

int journal_open(Journal *j, const char *path)
{
    int low = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666), fd = low < 0 ? -1 : high_descriptor(low);
    if (fd >= 0)
        close(low);
    else if ((fd = low) < 0)
        return -1;
    if (journal_open_fd(j, fd) < 0)
        return -1;
    j->path = realpath(path, NULL);
    return 0;
}

int journal_open_fd(Journal *j, int fd)
{
    memset(j, 0, sizeof *j);
    j->fd = fd;
    note_file(j);
    j->out = (ChunkWriter){.sink = write_all, .context = j, .compress = 1};
    table_open(&j->ops, &j->out, CHUNK_JRNL);
    table_open(&j->types, &j->out, CHUNK_JTYP);
    table_open(&j->codes, &j->out, CHUNK_CODE);
    table_open(&j->strings, &j->out, CHUNK_STRS);
    table_open(&j->functions, &j->out, CHUNK_CFUN);
    table_open(&j->stacks, &j->out, CHUNK_CSTK);
    if (chunks_begin(&j->out) == 0)
        return 0;
    int error = j->out.failed;
    chunks_end(&j->out);
    close(fd);
    errno = error;
    return -1;
}

void journal_flush(Journal *j)
{
    journal_send(j);
    j->sent = 0;
}

void journal_send(Journal *j)
{
    j->sent = journal_bytes(j);
    j->ops.rows = (uint32_t)j->ops.columns[COLUMN_OPERATIONS].used;
    table_flush(&j->strings);
    table_flush(&j->types);
    table_flush(&j->codes);
    table_flush(&j->functions);
    table_flush(&j->stacks);
    table_flush(&j->ops);
}

void journal_rescue(Journal *j)
{
    chunk_thread_wait(&j->out);
    j->ops.rows = (uint32_t)j->ops.columns[COLUMN_OPERATIONS].used;
    table_rescue(&j->strings);
    table_rescue(&j->types);
    table_rescue(&j->codes);
    table_rescue(&j->functions);
    table_rescue(&j->stacks);
    table_rescue(&j->ops);
}

int journal_close(Journal *j)
{
    journal_flush(j);
    table_close(&j->ops);
    table_close(&j->types);
    table_close(&j->codes);
    table_close(&j->strings);
    table_close(&j->functions);
    table_close(&j->stacks);
    chunks_end(&j->out);
    int error = j->out.failed;
    for (uint32_t i = 0; i < j->string_count; i++)
        free(j->text[i]);
    free(j->text);
    if (is_file(j, j->fd) && close(j->fd) < 0 && !error)
        error = errno;
    free(j->path);
    errno = error;
    return error ? -1 : 0;
}

uint32_t journal_string(Journal *j, const char *text)
{
    for (uint32_t i = 0; i < j->string_count; i++)
        if (strcmp(j->text[i], text) == 0)
            return i + 1;
    if (j->string_count == j->text_room) {
        uint32_t room = j->text_room ? 2 * j->text_room : 64;
        char **bigger = realloc(j->text, room * sizeof *bigger);
        if (bigger == NULL)
            return 0;
        j->text = bigger;
        j->text_room = room;
    }
    if ((j->text[j->string_count] = strdup(text)) == NULL)
        return 0;
    j->string_count++;
    put_uint(&j->strings, 0, j->string_count);
    put_text(&j->strings, 1, text, strlen(text));
    j->strings.rows++;
    return j->string_count;
}

void journal_type(Journal *j, uint32_t number, PyTypeObject *type)
{
    char text[CAPTURE_TEXT];
    put_uint(&j->types, 0, number);
    put_text(&j->types, 1, text, capture_type_name(type, text));
    j->types.rows++;
}

static void put_str(ChunkTable *t, int column, PyObject *s)
{
    char text[CAPTURE_TEXT];
    put_text(t, column, text, capture_str(s, text));
}

void journal_code(Journal *j, uint32_t number, PyCodeObject *code)
{
    put_uint(&j->codes, 0, number);
    put_str(&j->codes, 1, code->co_qualname);
    put_str(&j->codes, 2, code->co_filename);
    put_uint(&j->codes, 3, (uint64_t)code->co_firstlineno);
    put_uint(&j->codes, 4, (uint64_t)code->co_nlocalsplus);
    for (int i = 0; i < code->co_nlocalsplus; i++) {
        put_str(&j->codes, 5, PyTuple_GET_ITEM(code->co_localsplusnames, i));
        put_byte(&j->codes, 6, (uint8_t)PyBytes_AS_STRING(code->co_localspluskinds)[i]);
        j->codes.inner++;
    }
    j->codes.rows++;
}

void journal_source_text(Journal *j, const char *file, const char *text, size_t size)
{
    ChunkTable sources;
    table_open(&sources, &j->out, CHUNK_SRCE);
    put_text(&sources, 0, file, strlen(file));
    put_text(&sources, 1, text, size);
    sources.rows++;
    table_flush(&sources);
    table_close(&sources);
}

void journal_source(Journal *j, const char *file)
{
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat info; /* a pipe or a terminal would be read instead of the program */
    int is_file = fd >= 0 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
    size_t size = 0;
    char *text = is_file ? malloc(SOURCE_MAX) : archive_member(file, SOURCE_MAX, &size);
    ssize_t n;
    while (is_file && text && size < SOURCE_MAX && (n = read(fd, text + size, SOURCE_MAX - size)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break;
        size += (size_t)n;
    }
    if (text && size > 0)
        journal_source_text(j, file, text, size);
    free(text);
    if (fd >= 0)
        close(fd);
}
