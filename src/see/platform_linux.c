/* What Linux knows of this process: /proc/self, the dynamic linker, the C library's allocator. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "see/platform.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE 4096
/* Bits of an entry of /proc/self/pagemap. */
#define PAGE_PRESENT ((uint64_t)1 << 63)
#define PAGE_OF_FILE ((uint64_t)1 << 61)
#define PAGE_MAPPED_ONCE ((uint64_t)1 << 56)

/* ---- files of /proc, without stdio: that would allocate from malloc what is to be measured ---------------------- */

/* Reads the file into buffer and ends it with a NUL; its length, cut at size - 1, or -1. */
static ssize_t read_file(const char *path, char *buffer, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t used = 0;
    ssize_t n = -1;
    while (fd >= 0 && used < size - 1 && (n = read(fd, buffer + used, size - 1 - used)) > 0)
        used += (size_t)n;
    if (fd >= 0)
        close(fd);
    buffer[used] = 0;
    return n < 0 ? -1 : (ssize_t)used;
}

/* The whole file in pages of its own; NULL or the text, *room bytes to unmap. */
static char *map_file_text(const char *path, size_t *room)
{
    for (*room = (size_t)256 * 1024;; *room *= 2) {
        char *text = mmap(NULL, *room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (text == MAP_FAILED)
            return NULL;
        ssize_t n = read_file(path, text, *room);
        if (n > 0 && (size_t)n < *room - 1)
            return text;
        munmap(text, *room);
        if (n <= 0)
            return NULL;
    }
}

/* ---- mappings --------------------------------------------------------------------------------------------------- */

/* "low-high perms offset device inode   name" */
static Mapping *add_mapping(Mappings *m, const char *line, const char *end)
{
    Mapping x = {.zeros = -1};
    int at = 0;
    if (sscanf(line, "%lx-%lx %4s %*x %*s %*u %n", &x.low, &x.high, x.permissions, &at) < 3)
        return NULL;
    const char *name = line + at;
    size_t length = name < end ? (size_t)(end - name) : 0;
    char *copy = scratch_add(&m->names, length + 1);
    Mapping *added = copy ? scratch_add(&m->items, sizeof x) : NULL;
    if (!added)
        return NULL;
    memcpy(copy, name, length);
    copy[length] = 0;
    x.name = (uint32_t)(copy - m->names.base);
    *added = x;
    return added;
}

static int is_header(const char *line)
{
    size_t digits = strspn(line, "0123456789abcdef");
    return digits > 0 && line[digits] == '-';
}

int platform_mappings(Mappings *m)
{
    *m = (Mappings){0};
    size_t room;
    char *text = map_file_text("/proc/self/smaps", &room);
    if (!text)
        return -1;
    m->own_low = (uintptr_t)text;
    m->own_high = m->own_low + room;
    Mapping *last = NULL;
    int failed = 0;
    for (char *line = text, *end; !failed && *line && (end = strchr(line, '\n')); line = end + 1) {
        if (is_header(line))
            failed = !(last = add_mapping(m, line, end));
        else if (last && strncmp(line, "Rss:", 4) == 0)
            last->resident = strtoul(line + 4, NULL, 10) * 1024;
    }
    munmap(text, room);
    if (failed || !last) {
        platform_mappings_free(m);
        return -1;
    }
    return 0;
}

void platform_mappings_free(Mappings *m)
{
    scratch_free(&m->items);
    scratch_free(&m->names);
}

Mapping *mapping_at(const Mappings *m, uintptr_t address)
{
    Mapping *items = MAPPING_ITEMS(m);
    size_t low = 0, high = MAPPING_COUNT(m);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (items[middle].high <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low < MAPPING_COUNT(m) && items[low].low <= address ? &items[low] : NULL;
}

/* ---- resident pages --------------------------------------------------------------------------------------------- */

typedef struct window {
    uintptr_t number; /* of the window in the address space, plus one; 0: empty */
    uint8_t resident[WINDOW_PAGES];
} Window;

int resident_open(ResidentPages *r, Mappings *mappings)
{
    *r = (ResidentPages){.fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC), .mappings = mappings};
    if (!scratch_add(&r->windows, WINDOWS * sizeof(Window))) {
        resident_close(r);
        return -1;
    }
    return 0;
}

void resident_close(ResidentPages *r)
{
    if (r->fd >= 0)
        close(r->fd);
    scratch_free(&r->windows);
}

/* Where pagemap is closed to us, mincore answers: right for private memory, too much for files. */
static void read_by_mincore(Window *w, uintptr_t start)
{
    if (mincore((void *)start, (size_t)WINDOW_PAGES * PAGE, w->resident) < 0)
        for (size_t i = 0; i < WINDOW_PAGES; i++)
            if (mincore((void *)(start + i * PAGE), PAGE, &w->resident[i]) < 0)
                w->resident[i] = 0;
    for (size_t i = 0; i < WINDOW_PAGES; i++)
        w->resident[i] &= 1;
}

static int read_pagemap(int fd, uintptr_t page, uint64_t entries[WINDOW_PAGES])
{
    memset(entries, 0, WINDOW_PAGES * sizeof *entries);
    return pread(fd, entries, WINDOW_PAGES * sizeof *entries, (off_t)(page * sizeof *entries)) > 0 ? 0 : -1;
}

/* A page that has only been read is the page of zeros: present, but it does not count as resident.  The same is to be
 * seen of a page that a forked process still shares, which does.  The sum of the mapping tells which it is. */
static int has_zeros(const ResidentPages *r, Mapping *m)
{
    uint64_t entries[WINDOW_PAGES];
    size_t present = 0;
    if (m->zeros >= 0)
        return m->zeros;
    for (uintptr_t page = m->low / PAGE, end = m->high / PAGE; page < end; page += WINDOW_PAGES) {
        read_pagemap(r->fd, page, entries);
        for (size_t i = 0; i < WINDOW_PAGES && page + i < end; i++)
            present += (entries[i] & PAGE_PRESENT) != 0;
    }
    return m->zeros = present * PAGE > m->resident;
}

static int counts(const ResidentPages *r, uint64_t entry, uintptr_t page)
{
    if (!(entry & PAGE_PRESENT))
        return 0;
    if (entry & (PAGE_OF_FILE | PAGE_MAPPED_ONCE))
        return 1;
    Mapping *m = mapping_at(r->mappings, page * PAGE);
    return m == NULL || !has_zeros(r, m);
}

static const Window *window_of(ResidentPages *r, uintptr_t page)
{
    uintptr_t number = page / WINDOW_PAGES, first = number * WINDOW_PAGES;
    Window *w = &SCRATCH_ITEMS(&r->windows, Window)[number % WINDOWS];
    uint64_t entries[WINDOW_PAGES];
    if (w->number == number + 1)
        return w;
    w->number = number + 1;
    if (r->fd < 0 || read_pagemap(r->fd, first, entries) < 0)
        read_by_mincore(w, first * PAGE);
    else
        for (size_t i = 0; i < WINDOW_PAGES; i++)
            w->resident[i] = (uint8_t)counts(r, entries[i], first + i);
    return w;
}

size_t resident_bytes(ResidentPages *r, uintptr_t low, uintptr_t high)
{
    size_t bytes = 0;
    while (low < high) {
        uintptr_t page = low / PAGE, next = (page + 1) * PAGE;
        if (next > high)
            next = high;
        if (window_of(r, page)->resident[page % WINDOW_PAGES])
            bytes += next - low;
        low = next;
    }
    return bytes;
}

/* ---- programs and libraries ------------------------------------------------------------------------------------- */

typedef struct {
    int (*visit)(const Segment *, void *);
    void *arg;
} SegmentVisit;

static int is_own(const struct dl_phdr_info *info)
{
    for (int i = 0; i < info->dlpi_phnum; i++) {
        uintptr_t low = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr, here = (uintptr_t)&platform_segments;
        if (info->dlpi_phdr[i].p_type == PT_LOAD && here >= low && here < low + info->dlpi_phdr[i].p_memsz)
            return 1;
    }
    return 0;
}

static int visit_object(struct dl_phdr_info *info, size_t size, void *arg)
{
    SegmentVisit *v = arg;
    uintptr_t relro_low = 0, relro_high = 0;
    if (strstr(info->dlpi_name, "vdso"))
        return 0;
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_GNU_RELRO) {
            relro_low = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
            relro_high = relro_low + info->dlpi_phdr[i].p_memsz;
        }
    int own = is_own(info);
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        if (p->p_type != PT_LOAD)
            continue;
        Segment s = {.low = info->dlpi_addr + p->p_vaddr, .file = info->dlpi_name, .program = own};
        s.file_end = s.low + p->p_filesz;
        s.high = s.low + p->p_memsz;
        s.writable = (p->p_flags & PF_W) != 0;
        s.executable = (p->p_flags & PF_X) != 0;
        if (relro_low >= s.low && relro_low < s.high) {
            s.relro_low = relro_low;
            s.relro_high = relro_high;
        }
        int stop = v->visit(&s, v->arg);
        if (stop)
            return stop;
    }
    return 0;
}

int platform_segments(int (*visit)(const Segment *, void *), void *arg)
{
    SegmentVisit v = {visit, arg};
    return dl_iterate_phdr(visit_object, &v);
}

/* ---- threads ---------------------------------------------------------------------------------------------------- */

/* "number a1 … a6 stack-pointer pc", or "running". */
static void read_waiting(NativeThread *t, const char *text)
{
    t->running = sscanf(text, "%*d %*x %*x %*x %*x %*x %*x %lx %lx", &t->stack_pointer, &t->pc) != 2;
}

typedef struct {
    unsigned long inode;
    long offset;
    unsigned short length;
    unsigned char type;
    char name[];
} Entry;

int platform_threads(int (*visit)(const NativeThread *, void *), void *arg)
{
    char entries[4096], path[64], text[256];
    int fd = open("/proc/self/task", O_RDONLY | O_DIRECTORY | O_CLOEXEC), stop = 0;
    long n = 0;
    while (fd >= 0 && !stop && (n = syscall(SYS_getdents64, fd, entries, sizeof entries)) > 0)
        for (long at = 0; at < n && !stop;) {
            Entry *e = (Entry *)(void *)(entries + at);
            at += e->length;
            NativeThread t = {.id = atoi(e->name)};
            if (t.id == 0)
                continue;
            snprintf(path, sizeof path, "/proc/self/task/%d/syscall", t.id);
            read_file(path, text, sizeof text);
            read_waiting(&t, text);
            snprintf(path, sizeof path, "/proc/self/task/%d/comm", t.id);
            read_file(path, text, sizeof text);
            text[strcspn(text, "\n")] = 0;
            snprintf(t.name, sizeof t.name, "%.30s", text);
            stop = visit(&t, arg);
        }
    if (fd >= 0)
        close(fd);
    return stop;
}

int platform_thread_stack(unsigned long thread, uintptr_t *low, uintptr_t *high)
{
    pthread_attr_t attributes;
    void *start = NULL;
    size_t size = 0;
    if (pthread_getattr_np((pthread_t)thread, &attributes) != 0)
        return -1;
    pthread_attr_getstack(&attributes, &start, &size);
    pthread_attr_destroy(&attributes);
    *low = (uintptr_t)start;
    *high = *low + size;
    return size ? 0 : -1;
}

size_t platform_stack_limit(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY ? limit.rlim_cur : 0;
}

/* ---- sizes ------------------------------------------------------------------------------------------------------ */

void platform_size(ProcessSize *size)
{
    char text[4096];
    *size = (ProcessSize){0};
    if (read_file("/proc/self/status", text, sizeof text) < 0)
        return;
    static const char *const names[] = {"\nVmSize:", "\nVmRSS:", "\nVmHWM:"};
    size_t *const to[] = {&size->mapped, &size->resident, &size->peak};
    for (int i = 0; i < 3; i++) {
        const char *found = strstr(text, names[i]);
        if (found)
            *to[i] = strtoul(found + strlen(names[i]), NULL, 10) * 1024;
    }
}

void platform_malloc(MallocSize *size)
{
    struct mallinfo2 info = mallinfo2();
    *size = (MallocSize){.system = info.arena,
                         .single = info.hblkhd,
                         .single_count = info.hblks,
                         .live = info.uordblks,
                         .free = info.fordblks,
                         .top = info.keepcost};
}

size_t platform_malloc_usable(void *block) { return malloc_usable_size(block); }
