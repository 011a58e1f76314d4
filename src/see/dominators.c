/* What keeps what alive: reaching, turning the edges round, dominators and retained sizes (semi-NCA). */
#include "see/graph.h"

#include <stdlib.h>
#include <string.h>

/* ---- reaching ---- */

uint8_t *graph_reach(const Graph *g)
{
    uint8_t *seen = calloc((size_t)g->count + 1, 1);
    uint32_t *stack = malloc(((size_t)g->count + 1) * sizeof *stack);
    size_t depth = 0;
    if (seen != NULL && stack != NULL) {
        stack[depth++] = 0;
        seen[0] = 1;
    }
    while (depth > 0) {
        uint32_t n = stack[--depth];
        for (size_t e = g->start[n]; e < g->start[n + 1]; e++) {
            uint32_t to = g->edges[e];
            if (to & GRAPH_WEAK || seen[to])
                continue;
            seen[to] = 1;
            stack[depth++] = to;
        }
    }
    if (stack == NULL) {
        free(seen);
        seen = NULL;
    }
    free(stack);
    return seen;
}

/* ---- turning round ---- */

int graph_back(const Graph *g, int all, GraphBack *back)
{
    back->start = calloc((size_t)g->count + 2, sizeof *back->start);
    back->from = NULL;
    if (back->start == NULL)
        return -1;
    size_t *at = back->start + 1, sum = 0;
    for (uint32_t n = 0; n < g->count; n++)
        for (size_t e = g->start[n]; e < g->start[n + 1] && (all || !(g->flags[n] & GRAPH_IS_LOOK)); e++)
            if (g->edges[e] != GRAPH_NONE && (all || !(g->edges[e] & GRAPH_WEAK)))
                at[GRAPH_NODE(g->edges[e])]++;
    for (uint32_t n = 0; n < g->count; n++) {
        size_t count = at[n];
        at[n] = sum;
        sum += count;
    }
    back->from = malloc((sum + 1) * sizeof *back->from);
    if (back->from == NULL)
        return -1;
    for (uint32_t n = 0; n < g->count; n++)
        for (size_t e = g->start[n]; e < g->start[n + 1] && (all || !(g->flags[n] & GRAPH_IS_LOOK)); e++)
            if (g->edges[e] != GRAPH_NONE && (all || !(g->edges[e] & GRAPH_WEAK)))
                back->from[at[GRAPH_NODE(g->edges[e])]++] = n;
    return 0;
}

void graph_back_free(GraphBack *back)
{
    free(back->start);
    free(back->from);
    *back = (GraphBack){0};
}

/* ---- dominators ---- */

/* Nodes by place: the order of a depth-first walk.  `parent`, `semi` and `label` are places. */
typedef struct {
    const Graph *g;
    GraphTree *tree;
    uint32_t *parent, *semi, *label, *ancestor;
    uint32_t *back_start, *back; /* edges turned round, among places: those along the walk are left out */
    size_t edge_count;
} Walk;

/* Static objects without references (None, small ints...) take no part: they are held by all and hold nothing. */
static inline int takes_no_part(const Graph *g, uint32_t n)
{
    return n >= g->holders && g->size[n] == 0 && g->start[n] == g->start[n + 1];
}

/* Numbers the nodes that can be reached, parents first; the edge that led to a node first makes its parent. */
static int walk_order(Walk *w)
{
    const Graph *g = w->g;
    GraphTree *t = w->tree;
    size_t *next = malloc(((size_t)g->count + 1) * sizeof *next); /* by place on the stack: the edge to look at */
    uint32_t *stack = malloc(((size_t)g->count + 1) * sizeof *stack);
    if (next == NULL || stack == NULL) {
        free(next);
        free(stack);
        return -1;
    }
    memset(t->number, 0xff, (size_t)g->count * sizeof *t->number);
    size_t depth = 0;
    t->number[0] = t->count = 0;
    w->parent[0] = 0;
    t->order[t->count++] = 0;
    stack[depth] = 0;
    next[depth++] = g->start[0];
    while (depth > 0) {
        uint32_t n = stack[depth - 1];
        if (next[depth - 1] == g->start[n + 1]) {
            depth--;
            continue;
        }
        uint32_t to = g->edges[next[depth - 1]++];
        if (to & GRAPH_WEAK)
            continue;
        w->edge_count++;
        if (t->number[to] != GRAPH_NONE || takes_no_part(g, to))
            continue;
        w->parent[t->count] = t->number[n];
        t->number[to] = t->count;
        t->order[t->count++] = to;
        stack[depth] = to;
        next[depth++] = g->start[to];
    }
    free(next);
    free(stack);
    return 0;
}

static int walk_back(Walk *w)
{
    const Graph *g = w->g;
    const GraphTree *t = w->tree;
    w->back_start = calloc((size_t)t->count + 2, sizeof *w->back_start);
    w->back = malloc((w->edge_count + 1) * sizeof *w->back);
    if (w->back_start == NULL || w->back == NULL || w->edge_count >= UINT32_MAX)
        return -1;
    uint32_t *at = w->back_start + 1, sum = 0;
    for (uint32_t v = 0; v < t->count; v++)
        for (size_t e = g->start[t->order[v]], end = g->start[t->order[v] + 1]; e < end; e++) {
            uint32_t to = g->edges[e];
            if (!(to & GRAPH_WEAK) && t->number[to] != GRAPH_NONE)
                at[t->number[to]]++;
        }
    for (uint32_t v = 0; v < t->count; v++) {
        uint32_t count = at[v];
        at[v] = sum;
        sum += count;
    }
    for (uint32_t v = 0; v < t->count; v++)
        for (size_t e = g->start[t->order[v]], end = g->start[t->order[v] + 1]; e < end; e++) {
            uint32_t to = g->edges[e];
            if (!(to & GRAPH_WEAK) && t->number[to] != GRAPH_NONE)
                w->back[at[t->number[to]]++] = v;
        }
    return 0;
}

/* The place with the least semidominator on the way from v up to the root of its part of the forest; shortens the way.
 */
static uint32_t evaluate(Walk *w, uint32_t v, uint32_t *stack)
{
    size_t depth = 0;
    uint32_t u = v;
    while (w->ancestor[u] != GRAPH_NONE && w->ancestor[w->ancestor[u]] != GRAPH_NONE) {
        stack[depth++] = u;
        u = w->ancestor[u];
    }
    while (depth > 0) {
        uint32_t below = stack[--depth], above = w->ancestor[below];
        if (w->semi[w->label[above]] < w->semi[w->label[below]])
            w->label[below] = w->label[above];
        w->ancestor[below] = w->ancestor[above];
    }
    return w->label[v];
}

static int walk_dominators(Walk *w)
{
    GraphTree *t = w->tree;
    uint32_t n = t->count, *stack = malloc(((size_t)n + 1) * sizeof *stack);
    if (stack == NULL)
        return -1;
    for (uint32_t v = 0; v < n; v++) {
        w->semi[v] = w->label[v] = v;
        w->ancestor[v] = GRAPH_NONE;
    }
    for (uint32_t v = n; v-- > 1;) {
        uint32_t least = w->parent[v];
        for (uint32_t i = w->back_start[v]; i < w->back_start[v + 1]; i++) {
            uint32_t from = w->back[i];
            uint32_t s = from <= v ? from : w->semi[evaluate(w, from, stack)];
            if (s < least)
                least = s;
        }
        w->semi[v] = least;
        w->ancestor[v] = w->parent[v];
    }
    free(stack);
    t->idom[0] = 0;
    for (uint32_t v = 1; v < n; v++) {
        uint32_t d = w->parent[v];
        while (d > w->semi[v])
            d = t->idom[d];
        t->idom[v] = d;
    }
    return 0;
}

static void walk_retained(Walk *w)
{
    GraphTree *t = w->tree;
    for (uint32_t v = 0; v < t->count; v++) {
        t->retained[v] = w->g->size[t->order[v]];
        t->kept[v] = w->g->size[t->order[v]] != 0;
    }
    for (uint32_t v = t->count; v-- > 1;) {
        t->retained[t->idom[v]] += t->retained[v];
        t->kept[t->idom[v]] += t->kept[v];
    }
}

int graph_dominators(const Graph *g, GraphTree *t)
{
    size_t n = (size_t)g->count + 1;
    *t = (GraphTree){.order = malloc(n * sizeof *t->order),
                     .number = malloc(n * sizeof *t->number),
                     .idom = malloc(n * sizeof *t->idom),
                     .retained = malloc(n * sizeof *t->retained),
                     .kept = malloc(n * sizeof *t->kept)};
    uint32_t *rows = malloc(4 * n * sizeof *rows);
    Walk w = {.g = g, .tree = t, .parent = rows, .semi = rows + n, .label = rows + 2 * n, .ancestor = rows + 3 * n};
    int err = -1;
    if (t->order && t->number && t->idom && t->retained && t->kept && rows && walk_order(&w) == 0 &&
        walk_back(&w) == 0 && walk_dominators(&w) == 0) {
        walk_retained(&w);
        err = 0;
    }
    free(rows);
    free(w.back_start);
    free(w.back);
    return err;
}

void graph_tree_free(GraphTree *t)
{
    free(t->order);
    free(t->number);
    free(t->idom);
    free(t->retained);
    free(t->kept);
    *t = (GraphTree){0};
}
