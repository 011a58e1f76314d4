/* See c_stacks.h.
 *
 *     stack   below   function
 *       1       0     _start
 *       2       1     main
 *       3       2     vm_run        ◀── <module> runs here, and what it calls from Python
 *       4       3     builtin_map
 *       5       4     vm_run        ◀── what map() calls
 *
 * So a step has one number, and stacks that begin alike share their rows. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "see/c_stacks.h"
#include "see/unwind.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define LOOP "vm_run" /* the function that runs Python frames, in whatever parts a compiler has made of it */
#define STACKS_MAX (1u << 20)

typedef struct {
    uintptr_t begin; /* 0: free */
    uint32_t number; /* as it was told; 0: not yet */
    int is_loop;
} Function;

typedef struct {
    uintptr_t function; /* 0: free */
    uint32_t below, bytes, number;
} Stack;

struct c_stacks {
    Journal *journal;
    UnwindCache *rules;
    Function *functions; /* open-addressed by where they begin */
    Stack *stacks;       /* open-addressed by all but the number */
    size_t function_mask, stack_mask, known_functions;
    uint32_t function_count, stack_count;
    pthread_t thread; /* whose stack ends at high; 0: none yet */
    uintptr_t high;
    CFrame *frames; /* of the stack that is looked at, from the innermost function of the loop on */
    size_t count, room;
};

static size_t mix(uint64_t n) { return (size_t)(n * 0x9e3779b97f4a7c15u >> 20); }

static Function *function_slot(const CStacks *c, uintptr_t begin)
{
    size_t i = mix(begin) & c->function_mask;
    while (c->functions[i].begin != 0 && c->functions[i].begin != begin)
        i = (i + 1) & c->function_mask;
    return &c->functions[i];
}

static Stack *stack_slot(const CStacks *c, uintptr_t function, uint32_t below, uint32_t bytes)
{
    size_t i = mix(function ^ (uint64_t)below << 32 ^ (uint64_t)bytes << 8) & c->stack_mask;
    const Stack *s;
    while ((s = &c->stacks[i])->function != 0 && (s->function != function || s->below != below || s->bytes != bytes))
        i = (i + 1) & c->stack_mask;
    return &c->stacks[i];
}

static int functions_grow(CStacks *c)
{
    Function *old = c->functions;
    size_t mask = c->function_mask;
    c->function_mask = old ? 2 * mask + 1 : 255;
    if ((c->functions = calloc(c->function_mask + 1, sizeof *c->functions)) == NULL) {
        c->functions = old;
        c->function_mask = mask;
        return -1;
    }
    for (size_t i = 0; old && i <= mask; i++)
        if (old[i].begin)
            *function_slot(c, old[i].begin) = old[i];
    free(old);
    return 0;
}

static int stacks_grow(CStacks *c)
{
    Stack *old = c->stacks;
    size_t mask = c->stack_mask;
    c->stack_mask = old ? 2 * mask + 1 : 255;
    if ((c->stacks = calloc(c->stack_mask + 1, sizeof *c->stacks)) == NULL) {
        c->stacks = old;
        c->stack_mask = mask;
        return -1;
    }
    for (size_t i = 0; old && i <= mask; i++)
        if (old[i].function)
            *stack_slot(c, old[i].function, old[i].below, old[i].bytes) = old[i];
    free(old);
    return 0;
}

/* NULL without memory. */
static Function *function_at(CStacks *c, uintptr_t begin)
{
    Function *f = function_slot(c, begin);
    if (f->begin != 0)
        return f;
    if (2 * (c->known_functions + 1) > c->function_mask) {
        if (functions_grow(c) < 0)
            return NULL;
        f = function_slot(c, begin);
    }
    char name[256];
    symbol_name(begin, name, sizeof name, NULL);
    *f = (Function){.begin = begin, .is_loop = strncmp(name, LOOP, strlen(LOOP)) == 0};
    c->known_functions++;
    return f;
}

static void tell_function(CStacks *c, Function *f)
{
    char name[256];
    const char *file;
    ChunkTable *t = &c->journal->functions;
    symbol_name(f->begin, name, sizeof name, &file);
    f->number = ++c->function_count;
    put_uint(t, 0, f->number);
    put_text(t, 1, name, strlen(name));
    put_text(t, 2, file ? file : "", file ? strlen(file) : 0);
    t->rows++;
}

/* A function on top of a stack; 0 without memory, or when there are too many. */
static uint32_t stack_with(CStacks *c, const CFrame *frame, uint32_t below)
{
    uint32_t bytes = (uint32_t)(frame->cfa - frame->sp);
    Stack *s = stack_slot(c, frame->function, below, bytes);
    if (s->function != 0)
        return s->number;
    if (c->stack_count == STACKS_MAX || (2 * (c->stack_count + 1) > c->stack_mask && stacks_grow(c) < 0))
        return 0;
    Function *f = function_at(c, frame->function);
    if (f == NULL)
        return 0;
    if (f->number == 0)
        tell_function(c, f);
    *stack_slot(c, frame->function, below, bytes) =
        (Stack){.function = frame->function, .below = below, .bytes = bytes, .number = ++c->stack_count};
    const uint64_t row[] = {c->stack_count, below, f->number, bytes};
    for (int i = 0; i < 4; i++)
        put_uint(&c->journal->stacks, i, row[i]);
    c->journal->stacks.rows++;
    return c->stack_count;
}

/* Those above the loop are the recorder's own. */
static int add_frame(const CFrame *frame, void *arg)
{
    CStacks *c = arg;
    if (frame->function == 0 || frame->cfa <= frame->sp)
        return 0; /* its table entry is missing: the last one */
    if (c->count == 0) {
        const Function *f = function_at(c, frame->function);
        if (f == NULL || !f->is_loop)
            return f == NULL;
    }
    if (c->count == c->room) {
        size_t room = c->room ? 2 * c->room : 64;
        CFrame *bigger = realloc(c->frames, room * sizeof *bigger);
        if (bigger == NULL)
            return 1;
        c->frames = bigger;
        c->room = room;
    }
    c->frames[c->count++] = *frame;
    return 0;
}

/* The upper end of the running thread's stack. */
static uintptr_t stack_high(CStacks *c)
{
    pthread_attr_t attributes;
    void *low = NULL;
    size_t size = 0;
    if (c->high != 0 && pthread_equal(c->thread, pthread_self()))
        return c->high;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0)
        return 0;
    pthread_attr_getstack(&attributes, &low, &size);
    pthread_attr_destroy(&attributes);
    c->thread = pthread_self();
    return c->high = (uintptr_t)low + size;
}

uint32_t c_stacks_now(CStacks *c)
{
    CContext here = {0};
    uint32_t stack = 0;
    c_context_save(&here);
    c->count = 0;
    uintptr_t high = stack_high(c);
    if (here.pc == 0 || here.sp >= high)
        return 0;
    unwind_frames(&here, here.sp, high, c->rules, add_frame, c);
    for (size_t i = c->count; i-- > 0;)
        if ((stack = stack_with(c, &c->frames[i], stack)) == 0)
            return 0;
    return stack;
}

CStacks *c_stacks_new(Journal *journal)
{
    CStacks *c = calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    c->journal = journal;
    c->rules = unwind_cache_new();
    if (c->rules != NULL && functions_grow(c) == 0 && stacks_grow(c) == 0)
        return c;
    c_stacks_free(c);
    return NULL;
}

void c_stacks_free(CStacks *c)
{
    if (c == NULL)
        return;
    unwind_cache_free(c->rules);
    free(c->functions);
    free(c->stacks);
    free(c->frames);
    free(c);
    symbol_forget();
}
