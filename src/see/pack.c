/* See pack.h. */
#include "see/pack.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define SAMPLE 1024 /* bytes by which a part is judged */
#define SAMPLE_BITS 10
#define SMALL 512 /* not worth a block of its own */

struct packer {
    z_stream stream;
    uint8_t *out;
    size_t room;
};

typedef enum { WAY_MATCHES, WAY_CODES, WAY_STORED } Way;

Packer *packer_new(void)
{
    Packer *p = calloc(1, sizeof *p);
    if (p != NULL && deflateInit(&p->stream, 1) == Z_OK)
        return p;
    free(p);
    return NULL;
}

void packer_free(Packer *p)
{
    if (p == NULL)
        return;
    deflateEnd(&p->stream);
    free(p->out);
    free(p);
}

/* Whether much of it has been there before, or else how evenly its bytes are spread. */
static Way way_of(const uint8_t *data, size_t size)
{
    uint16_t last[1 << SAMPLE_BITS] = {0}, counts[256] = {0};
    size_t n = size < SAMPLE ? size : SAMPLE, again = 0, common = 0;
    data += (size - n) / 2;
    for (size_t i = 0; i + 4 <= n; i++) {
        uint32_t word;
        memcpy(&word, data + i, sizeof word);
        uint16_t *at = &last[word * 0x9e3779b1u >> (32 - SAMPLE_BITS)];
        again += *at != 0 && memcmp(data + *at - 1, data + i, 4) == 0;
        *at = (uint16_t)(i + 1);
        counts[data[i]]++;
    }
    if (4 * again > n)
        return WAY_MATCHES;
    for (int i = 0; i < 256; i++)
        common += counts[i] > n / 64 ? counts[i] : 0;
    return 2 * common > n ? WAY_CODES : WAY_STORED;
}

/* Goes on in another way; what was given before is written first. */
static int change_way(z_stream *stream, Way *now, Way way)
{
    if (*now == way)
        return Z_OK;
    *now = way;
    stream->avail_in = 0;
    return deflateParams(stream, way == WAY_STORED ? 0 : 1, way == WAY_CODES ? Z_HUFFMAN_ONLY : Z_DEFAULT_STRATEGY);
}

uint8_t *packer_pack(Packer *p, const uint8_t *data, const size_t *parts, int count, size_t ahead, size_t *size)
{
    z_stream *stream = &p->stream;
    Way way = WAY_MATCHES;
    size_t all = 0;
    for (int i = 0; i < count; i++)
        all += parts[i];
    size_t room = ahead + deflateBound(stream, all) + 64 * (size_t)count;
    if (p->room < room) {
        free(p->out);
        p->room = 0;
        if ((p->out = malloc(room + room / 2)) == NULL)
            return NULL;
        p->room = room + room / 2;
    }
    stream->next_out = p->out + ahead;
    stream->avail_out = (uInt)(p->room - ahead);
    int result = deflateReset(stream);
    if (result == Z_OK)
        result = deflateParams(stream, 1, Z_DEFAULT_STRATEGY);
    for (int i = 0; i < count && result == Z_OK; data += parts[i++]) {
        if (parts[i] == 0)
            continue;
        if (parts[i] > SMALL)
            result = change_way(stream, &way, way_of(data, parts[i]));
        stream->next_in = (uint8_t *)(uintptr_t)data;
        stream->avail_in = (uInt)parts[i];
        if (result == Z_OK)
            result = deflate(stream, Z_NO_FLUSH);
    }
    if (result != Z_OK || deflate(stream, Z_FINISH) != Z_STREAM_END)
        return NULL;
    *size = (size_t)(stream->next_out - (p->out + ahead));
    return p->out;
}
