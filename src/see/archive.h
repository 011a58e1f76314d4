/* Source files that a program has in an archive: APP.pyz/package/module.py. */
#ifndef LIMPID_SEE_ARCHIVE_H
#define LIMPID_SEE_ARCHIVE_H

#include <stddef.h>

/* The contents of a member of a zip file, whose name stands before the member's in `path`; from malloc, of `size`
 * bytes, at most `most`.  NULL when there is no such file or member, it cannot be read, or is larger. */
char *archive_member(const char *path, size_t most, size_t *size);

#endif
