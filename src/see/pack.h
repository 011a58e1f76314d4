/* Deflating chunks quickly: each column in the way that pays for what is in it.  The result is one zlib stream. */
#ifndef LIMPID_SEE_PACK_H
#define LIMPID_SEE_PACK_H

#include <stddef.h>
#include <stdint.h>

typedef struct packer Packer;

/* NULL without memory. */
Packer *packer_new(void);
void packer_free(Packer *p);
/* Deflates data, which has `count` parts of these sizes; the result stands `ahead` bytes into the memory
 * that is returned, *size bytes of it, and is good until the next call.  NULL without memory. */
uint8_t *packer_pack(Packer *p, const uint8_t *data, const size_t *parts, int count, size_t ahead, size_t *size);

#endif
