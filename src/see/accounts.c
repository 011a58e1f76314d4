/* See accounts.h.
 *
 * An account is (place, text of the type's name).  A type is known by its address: classes on the heap are entered when
 * they are settled and leave when they are released, so that a word in a block that is released before its type was set
 * is never followed. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* dl_iterate_phdr */
#endif
#include "see/accounts.h"
#include "see/capture_text.h"
#include "see/places.h"
#include "memory/ledger.h"
#include "memory/log.h"

#include <errno.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PLACES_MAX (1u << 18)
#define ACCOUNTS_MAX (1u << 18) /* further ones are told without their place */
#define CACHE_SIZE 2048         /* a power of two */
#define INTERVALS_OF_LENGTH 512
#define ROWS_OF_LENGTH 8192
#define CHUNK_AT ((size_t)64 << 10)
#define CHUNK_SECONDS 1
#define IMAGES_MAX 256

typedef struct {
    uint32_t place, type; /* type: number of a text */
} Account;

typedef struct {
    const void *type; /* NULL: free */
    uint32_t text;    /* 0: not asked for yet */
    int metatype;
} KnownType;

typedef struct {
    const void *type;
    uint32_t place, account; /* 0: empty */
} Cached;

uint64_t accounts_now, accounts_due = UINT64_MAX;

static struct {
    int on;
    pid_t process;
    ChunkWriter *out;
    ChunkTable strings, nodes, accounts, growth;
    uint32_t texts_told, places_told, accounts_told;
    Account *items; /* by number from 1 */
    uint32_t count, room;
    uint32_t *slots; /* open-addressed by account */
    size_t slot_mask;
    KnownType *types; /* open-addressed by address */
    size_t type_count, type_mask;
    uint32_t buffer, unknown; /* texts */
    struct {
        uintptr_t low, high;
    } images[IMAGES_MAX]; /* writable parts of the program and its libraries */
    size_t image_count;
    unsigned long long images_added;
    uint64_t length;                /* of an interval: steps, or milliseconds */
    uint32_t intervals, rows;       /* of this length */
    uint64_t start, ended, flushed; /* nanoseconds */
    Cached cache[CACHE_SIZE];
} books;

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* ---- types ---- */

static int note_image(struct dl_phdr_info *info, size_t size, void *arg)
{
    books.images_added = info->dlpi_adds;
    for (int i = 0; i < info->dlpi_phnum && books.image_count < IMAGES_MAX; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        if (part->p_type != PT_LOAD || !(part->p_flags & PF_W))
            continue;
        uintptr_t low = info->dlpi_addr + part->p_vaddr;
        books.images[books.image_count].low = low;
        books.images[books.image_count++].high = low + part->p_memsz;
    }
    return 0;
}

static int are_images_old(struct dl_phdr_info *info, size_t size, void *arg)
{
    return info->dlpi_adds != books.images_added ? 1 : -1;
}

static int is_in_image(const void *p)
{
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < books.image_count; i++)
            if ((uintptr_t)p >= books.images[i].low && (uintptr_t)p + sizeof(PyTypeObject) <= books.images[i].high)
                return 1;
        if (pass == 0 && dl_iterate_phdr(are_images_old, NULL) <= 0)
            return 0;
        books.image_count = 0;
        dl_iterate_phdr(note_image, NULL);
    }
    return 0;
}

static size_t type_home(const void *type) { return ((uintptr_t)type >> 4) * 0x9e3779b97f4a7c15u >> 24; }

static KnownType *type_slot(const void *type)
{
    size_t i = type_home(type) & books.type_mask;
    while (books.types[i].type != NULL && books.types[i].type != type)
        i = (i + 1) & books.type_mask;
    return &books.types[i];
}

static int types_grow(void)
{
    size_t mask = books.types ? 2 * books.type_mask + 1 : 1023, old_mask = books.type_mask;
    KnownType *old = books.types, *bigger = calloc(mask + 1, sizeof *bigger);
    if (bigger == NULL)
        return -1;
    books.types = bigger;
    books.type_mask = mask;
    for (size_t i = 0; old && i <= old_mask; i++)
        if (old[i].type != NULL)
            *type_slot(old[i].type) = old[i];
    free(old);
    return 0;
}

/* A class that lives, though perhaps without a name yet; NULL without memory. */
static KnownType *type_add(const void *type)
{
    if (2 * (books.type_count + 1) > books.type_mask && types_grow() < 0)
        return NULL;
    KnownType *known = type_slot(type);
    if (known->type == NULL) {
        *known = (KnownType){.type = type};
        books.type_count++;
    }
    return known;
}

static void type_gone(const void *type)
{
    KnownType *hole = type_slot(type);
    if (hole->type == NULL)
        return;
    books.type_count--;
    memset(books.cache, 0, sizeof books.cache);
    size_t at = (size_t)(hole - books.types);
    for (size_t i = at;;) {
        books.types[at] = (KnownType){0};
        for (;;) {
            i = (i + 1) & books.type_mask;
            if (books.types[i].type == NULL)
                return;
            size_t home = type_home(books.types[i].type) & books.type_mask;
            if (((i - home) & books.type_mask) >= ((i - at) & books.type_mask))
                break;
        }
        books.types[at] = books.types[i];
        at = i;
    }
}

/* NULL for a word that is not known to be a class. */
static KnownType *type_of(const void *type)
{
    KnownType *known = type_slot(type);
    if (known->type == NULL) {
        if (((uintptr_t)type & 7) != 0 || !is_in_image(type) || !Py_IS_TYPE((PyObject *)type, &PyType_Type))
            return NULL;
        known = type_add(type);
    }
    if (known != NULL && known->text == 0) {
        char text[CAPTURE_TEXT];
        PyTypeObject *t = (PyTypeObject *)type;
        known->text = places_text_number(text, capture_type_name(t, text));
        known->metatype = PyType_HasFeature(t, Py_TPFLAGS_TYPE_SUBCLASS);
    }
    return known;
}

/* ---- accounts ---- */

static size_t account_home(Account a) { return (((uint64_t)a.place << 32 | a.type) * 0x9e3779b97f4a7c15u) >> 24; }

static uint32_t *account_slot(Account a)
{
    size_t i = account_home(a) & books.slot_mask;
    for (uint32_t n; (n = books.slots[i]) != 0; i = (i + 1) & books.slot_mask)
        if (books.items[n].place == a.place && books.items[n].type == a.type)
            break;
    return &books.slots[i];
}

/* Room for one more account: in the index, the list, and the ledger. */
static int accounts_grow(void)
{
    if (books.count + 2 <= books.room)
        return 0;
    uint32_t room = books.room ? 2 * books.room : 1024;
    Account *items = realloc(books.items, room * sizeof *items);
    if (items)
        books.items = items;
    LedgerRow *rows = realloc(ledger.rows, room * sizeof *rows);
    if (rows)
        ledger.rows = rows;
    uint32_t *touched = realloc(ledger.touched, room * sizeof *touched);
    if (touched)
        ledger.touched = touched;
    uint32_t *slots = calloc((size_t)room * 2, sizeof *slots);
    if (!items || !rows || !touched || !slots) {
        free(slots);
        return -1;
    }
    memset(rows + books.room, 0, (room - books.room) * sizeof *rows);
    free(books.slots);
    books.slots = slots;
    books.slot_mask = (size_t)room * 2 - 1;
    books.room = room;
    for (uint32_t n = 1; n <= books.count; n++)
        *account_slot(items[n]) = n;
    return 0;
}

/* 0 when there are too many, or no memory. */
static uint32_t account_number(Account a, int types)
{
    if (accounts_grow() < 0)
        return 0;
    uint32_t *slot = account_slot(a);
    if (*slot != 0)
        return *slot;
    if (books.count >= ACCOUNTS_MAX) {
        if (a.place == 0 && books.count >= 2 * ACCOUNTS_MAX)
            return 0;
        if (a.place != 0)
            return account_number((Account){0, a.type}, types);
    }
    books.items[ *slot = ++books.count] = a;
    ledger.rows[books.count].types = (uint8_t)types;
    return books.count;
}

static inline Cached *cache_slot(uint32_t place, const void *type)
{
    return &books.cache[((uintptr_t)type >> 5 ^ place * 0x9e3779b1u) & (CACHE_SIZE - 1)];
}

/* 0: the type is not known to be one. */
static __attribute__((noinline)) uint32_t find_account(uint32_t place, const void *type, Cached *c)
{
    KnownType *known = type ? type_of(type) : NULL;
    if (type && known == NULL)
        return 0;
    uint32_t number = account_number((Account){place, known ? known->text : books.buffer}, known && known->metatype);
    *c = (Cached){type, place, number};
    return number;
}

static inline uint32_t account_of(uint32_t place, const void *type)
{
    Cached *c = cache_slot(place, type);
    return LIMPID_LIKELY(c->account != 0 && c->type == type && c->place == place) ? c->account
                                                                                  : find_account(place, type, c);
}

static uint32_t unknown_account(uint32_t place) { return account_number((Account){place, books.unknown}, 0); }

static uint32_t account_of_live(uint32_t place, void *block, BlockKind kind)
{
    uint32_t number = account_of(place, kind == KIND_RAW ? NULL : Py_TYPE((PyObject *)block));
    if (number == 0)
        return unknown_account(place);
    if (LIMPID_UNLIKELY(ledger.rows[number].types))
        type_add(block);
    return number;
}

/* Its class may be one that is not settled yet. */
static uint32_t account_of_passed(uint32_t place, const void *type, BlockKind kind)
{
    if (kind == KIND_RAW)
        return account_of(place, NULL);
    uint32_t number = type ? account_of(place, type) : 0;
    if (number == 0 && type != NULL) {
        ledger_settle();
        number = account_of(place, type);
    }
    return number ? number : unknown_account(place);
}

/* ---- writing ---- */

static void tell_names(void)
{
    while (books.texts_told < places_text_count()) {
        size_t length;
        const char *text = places_text(++books.texts_told, &length);
        put_uint(&books.strings, 0, books.texts_told);
        put_text(&books.strings, 1, text, length);
        books.strings.rows++;
    }
    while (books.places_told < places_count()) {
        const Place *place = places_get(++books.places_told);
        put_uint(&books.nodes, 0, books.places_told);
        put_uint(&books.nodes, 1, place->parent);
        put_uint(&books.nodes, 2, place->function);
        put_uint(&books.nodes, 3, place->file);
        put_uint(&books.nodes, 4, place->line);
        books.nodes.rows++;
    }
    while (books.accounts_told < books.count) {
        const Account *account = &books.items[++books.accounts_told];
        put_uint(&books.accounts, 0, books.accounts_told);
        put_uint(&books.accounts, 1, account->place);
        put_uint(&books.accounts, 2, account->type);
        books.accounts.rows++;
    }
}

static void flush(uint64_t time)
{
    tell_names();
    table_flush(&books.strings);
    table_flush(&books.nodes);
    table_flush(&books.accounts);
    table_flush(&books.growth);
    books.flushed = time;
}

static void put_row(uint32_t account)
{
    LedgerRow *row = &ledger.rows[account];
    const uint64_t values[] = {account,         row->born,   row->born_bytes,  row->died,
                               row->died_bytes, row->passed, row->passed_bytes};
    for (int i = 0; i < 7; i++)
        put_uint(&books.growth, 3 + i, values[i]);
    books.growth.inner++;
    *row = (LedgerRow){.types = row->types};
}

/* The next ones are longer when there have been many. */
static void count_interval(uint32_t rows)
{
    books.rows += rows;
    if (++books.intervals < INTERVALS_OF_LENGTH && books.rows < ROWS_OF_LENGTH)
        return;
    books.intervals = books.rows = 0;
    books.length *= 2;
}

static void end_interval(uint64_t step, uint64_t time)
{
    ledger_settle();
    ledger_settle_shared();
    books.ended = time;
    if (ledger.touched_count == 0)
        return;
    uint32_t rows = (uint32_t)ledger.touched_count;
    put_uint(&books.growth, 0, step);
    put_uint(&books.growth, 1, time - books.start);
    put_uint(&books.growth, 2, rows);
    for (uint32_t i = 0; i < rows; i++)
        put_row(ledger.touched[i]);
    ledger.touched_count = 0;
    books.growth.rows++;
    count_interval(rows);
    if (books.growth.columns[3].used * 4 > CHUNK_AT || time - books.flushed > CHUNK_SECONDS * 1000000000ull)
        flush(time);
}

void accounts_end_interval(uint64_t step)
{
    end_interval(step, now());
    accounts_due = step + books.length;
}

/* Between two steps: what has happened belongs to the next one. */
static void young_full(void)
{
    ledger_settle();
    uint64_t time = now();
    if (books.on && time - books.ended >= books.length * 1000000)
        end_interval(accounts_now + 1, time);
}

/* ---- on and off ---- */

static int note_types(const HeapBlock *block, void *arg)
{
    if (block->type == NULL)
        return 0;
    if (type_add(block->type) == NULL)
        return -1;
    return PyType_HasFeature(block->type, Py_TPFLAGS_TYPE_SUBCLASS) && type_add(block->address) == NULL ? -1 : 0;
}

static void release(void)
{
    ChunkTable *tables[] = {&books.strings, &books.nodes, &books.accounts, &books.growth};
    for (int i = 0; i < 4; i++)
        if (books.out)
            table_close(tables[i]);
    void *all[] = {books.items, books.slots, books.types, ledger.rows, ledger.touched};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
    places_close();
    memset(&books, 0, sizeof books);
    memset(&ledger, 0, sizeof ledger);
    accounts_due = UINT64_MAX;
}

static uint32_t text(const char *s) { return places_text_number(s, strlen(s)); }

static int prepare(void)
{
    books.buffer = text("(buffer)");
    books.unknown = text("(unknown)");
    if (!books.buffer || !books.unknown || accounts_grow() < 0 || types_grow() < 0 || heap_walk(note_types, NULL) < 0)
        return -1;
    return 0;
}

int accounts_start(ChunkWriter *out)
{
    if (books.on && books.process == getpid()) {
        errno = EBUSY;
        return -1;
    }
    if (books.process != 0) { /* left over from the parent */
        ledger_stop();
        release();
    }
    if (places_open(PLACES_MAX) < 0) {
        errno = ENOMEM;
        return -1;
    }
    if (prepare() < 0) {
        release();
        errno = ENOMEM;
        return -1;
    }
    books.out = out;
    table_open(&books.strings, out, CHUNK_GSTR);
    table_open(&books.nodes, out, CHUNK_GNOD);
    table_open(&books.accounts, out, CHUNK_GACC);
    table_open(&books.growth, out, CHUNK_GROW);
    books.start = books.ended = books.flushed = now();
    books.process = getpid();
    books.length = 1;
    books.on = 1;
    accounts_now = 0;
    accounts_due = 1;
    ledger.site = places_now;
    ledger.account = account_of_live;
    ledger.account_of_passed = account_of_passed;
    ledger.type_gone = type_gone;
    ledger.full = young_full;
    allocation_log.code_gone = places_forget_code;
    const Place before = {.function = text("(before the recording)")};
    ledger_start(places_number(&before));
    end_interval(0, books.start);
    return 0;
}

void accounts_stop(uint64_t step)
{
    if (!books.on)
        return;
    uint64_t time = now();
    end_interval(step, time);
    flush(time);
    ledger_stop();
    release();
}

void accounts_abandon(void)
{
    books.on = 0;
    accounts_due = UINT64_MAX;
    pool_watch_for(heap.watching & ~WATCH_LEDGER);
}
