/* The bytes of a pickle while it is written.
 *
 * From protocol 4 on they stand in frames: 9 bytes of header, room for which is left when the first byte comes, and
 * which are taken out again when the frame ends below four bytes. */
#include "modules/pickle/pickle.h"

enum { FRAME_HEADER = 9, FRAME_MIN = 4 };

char *output_reserve_slow(Output *out, Py_ssize_t n)
{
    int header = out->framing && out->frame < 0 ? FRAME_HEADER : 0;
    if (n > PY_SSIZE_T_MAX - out->size - header) {
        PyErr_NoMemory();
        return NULL;
    }
    Py_ssize_t needed = out->size + header + n;
    if (needed > out->room) {
        Py_ssize_t room = needed < PY_SSIZE_T_MAX / 2 ? needed / 2 * 3 + 64 : PY_SSIZE_T_MAX;
        char *data = PyMem_Realloc(out->data, (size_t)room);
        if (!data) {
            PyErr_NoMemory();
            return NULL;
        }
        out->data = data;
        out->room = room;
    }
    if (header) {
        out->frame = out->size;
        out->size += header;
    }
    char *at = out->data + out->size;
    out->size += n;
    return at;
}

void output_end_frame(Output *out)
{
    if (out->frame < 0)
        return;
    char *header = out->data + out->frame;
    Py_ssize_t n = out->size - out->frame - FRAME_HEADER;
    if (n >= FRAME_MIN) {
        uint64_t length = (uint64_t)n;
        header[0] = (char)FRAME;
        memcpy(header + 1, &length, 8);
    } else {
        memmove(header, header + FRAME_HEADER, (size_t)n);
        out->size -= FRAME_HEADER;
    }
    out->frame = -1;
}
