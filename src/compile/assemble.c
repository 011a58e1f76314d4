/* From the finished flow graph to bytes: code units, location table, exception table. */
#include "compile/flow.h"

typedef struct {
    unsigned char *bytes;
    Py_ssize_t used, room;
    int failed;
} Bytes;

static void put(Bytes *b, int byte)
{
    if (b->used == b->room) {
        Py_ssize_t room = b->room ? b->room * 2 : 256;
        unsigned char *bytes = b->failed ? NULL : PyMem_Realloc(b->bytes, room);
        if (!bytes) {
            b->failed = 1;
            return;
        }
        b->bytes = bytes;
        b->room = room;
    }
    b->bytes[b->used++] = (unsigned char)byte;
}

/* A new bytes object; frees the buffer. */
static PyObject *finish(Bytes *b)
{
    PyObject *result = b->failed ? PyErr_NoMemory() : PyBytes_FromStringAndSize((char *)b->bytes, b->used);
    PyMem_Free(b->bytes);
    return result;
}

/* ---- code units ---- */

static int extended_args(int arg) { return ((unsigned)arg > 0xff) + ((unsigned)arg > 0xffff) + ((unsigned)arg > 0xffffff); }
static int instr_size(const Instr *i) { return extended_args(i->arg) + 1 + opcode_info[i->op].caches; }

/* Settles offsets and the operands of jumps, which depend on each other through EXTENDED_ARG. */
static void resolve_jumps(Flow *flow)
{
    int changed = 1;
    while (changed) {
        int offset = 0;
        changed = 0;
        for (Block *b = flow->entry; b; b = b->next) {
            b->offset = offset;
            for (int i = 0; i < b->used; i++)
                offset += instr_size(&b->instrs[i]);
        }
        for (Block *b = flow->entry; b; b = b->next) {
            offset = b->offset;
            for (int i = 0; i < b->used; i++) {
                Instr *instr = &b->instrs[i];
                int size = instr_size(instr);
                offset += size;
                if (!op_is_jump(instr->op))
                    continue;
                int distance = instr->target->offset - offset;
                instr->arg = distance < 0 ? -distance : distance;
                if (instr_size(instr) != size)
                    changed = 1;
            }
        }
    }
}

static PyObject *assemble_code(Flow *flow)
{
    Bytes out = {0};
    for (Block *b = flow->entry; b; b = b->next)
        for (int i = 0; i < b->used; i++) {
            Instr *instr = &b->instrs[i];
            for (int k = extended_args(instr->arg); k > 0; k--) {
                put(&out, OPC_EXTENDED_ARG);
                put(&out, instr->arg >> 8 * k & 0xff);
            }
            put(&out, instr->op);
            put(&out, instr->arg & 0xff);
            for (int k = 0; k < 2 * opcode_info[instr->op].caches; k++)
                put(&out, 0);
        }
    return finish(&out);
}

/* ---- location table ---- */

static void put_varint(Bytes *out, unsigned value)
{
    for (; value >= 64; value >>= 6)
        put(out, 64 | (value & 63));
    put(out, (int)value);
}

static void put_svarint(Bytes *out, int value)
{
    put_varint(out, value < 0 ? (unsigned)-value << 1 | 1 : (unsigned)value << 1);
}

static void put_location(Bytes *out, AstPos p, int units, int *line)
{
    int first = 0x80 | (units - 1), delta = p.lineno - *line;
    if (p.lineno < 0) {
        put(out, first | PY_CODE_LOCATION_INFO_NONE << 3);
        return;
    }
    *line = p.lineno;
    if (p.col_offset < 0 || p.end_col_offset < 0) {
        if (p.end_lineno == p.lineno || p.end_lineno == -1) {
            put(out, first | PY_CODE_LOCATION_INFO_NO_COLUMNS << 3);
            put_svarint(out, delta);
            return;
        }
    }
    else if (p.end_lineno == p.lineno) {
        int width = p.end_col_offset - p.col_offset;
        if (delta == 0 && p.col_offset < 80 && width >= 0 && width < 16) {
            put(out, first | (p.col_offset >> 3) << 3);
            put(out, (p.col_offset & 7) << 4 | width);
            return;
        }
        if (delta >= 0 && delta < 3 && p.col_offset < 128 && p.end_col_offset < 128) {
            put(out, first | (PY_CODE_LOCATION_INFO_ONE_LINE0 + delta) << 3);
            put(out, p.col_offset);
            put(out, p.end_col_offset);
            return;
        }
    }
    put(out, first | PY_CODE_LOCATION_INFO_LONG << 3);
    put_svarint(out, delta);
    put_varint(out, (unsigned)(p.end_lineno - p.lineno));
    put_varint(out, (unsigned)(p.col_offset + 1));
    put_varint(out, (unsigned)(p.end_col_offset + 1));
}

static PyObject *assemble_locations(Flow *flow, int line)
{
    Bytes out = {0};
    for (Block *b = flow->entry; b; b = b->next)
        for (int i = 0; i < b->used; i++) {
            int size = instr_size(&b->instrs[i]);
            AstPos pos = b->instrs[i].pos;
            if (flow->lines_only)
                pos = (AstPos){pos.lineno, -1, pos.lineno, -1};
            for (; size > 8; size -= 8)
                put_location(&out, pos, 8, &line);
            put_location(&out, pos, size, &line);
        }
    return finish(&out);
}

/* ---- exception table ---- */

/* 6 bits a byte, highest first; 64 marks that more follow, `mark` (128) the first byte of an entry. */
static void put_item(Bytes *out, int value, int mark)
{
    for (int shift = 24; shift > 0; shift -= 6)
        if (value >= 1 << shift) {
            put(out, (value >> shift & 63) | 64 | mark);
            mark = 0;
        }
    put(out, (value & 63) | mark);
}

static void put_handler(Bytes *out, int start, int end, Block *handler)
{
    int depth = handler->start_depth - 1 - handler->preserve_lasti;
    if (start == end)
        return;
    put_item(out, start, 128);
    put_item(out, end - start, 0);
    put_item(out, handler->offset, 0);
    put_item(out, depth << 1 | handler->preserve_lasti, 0);
}

static PyObject *assemble_exceptions(Flow *flow)
{
    Bytes out = {0};
    Block *handler = NULL;
    int start = 0, offset = 0;
    for (Block *b = flow->entry; b; b = b->next)
        for (int i = 0; i < b->used; i++) {
            Instr *instr = &b->instrs[i];
            if (instr->except != handler) {
                if (handler)
                    put_handler(&out, start, offset, handler);
                start = offset;
                handler = instr->except;
            }
            offset += instr_size(instr);
        }
    if (handler)
        put_handler(&out, start, offset, handler);
    return finish(&out);
}

int flow_assemble(Flow *flow, int firstlineno, Assembled *out)
{
    resolve_jumps(flow);
    out->code = assemble_code(flow);
    out->linetable = out->code ? assemble_locations(flow, firstlineno) : NULL;
    out->exceptiontable = out->linetable ? assemble_exceptions(flow) : NULL;
    if (out->exceptiontable)
        return 0;
    Py_CLEAR(out->code);
    Py_CLEAR(out->linetable);
    return -1;
}
