/* Results of stat, for the files of the posix module that have a struct stat. */
#ifndef LIMPID_MODULES_POSIX_STAT_RESULT_H
#define LIMPID_MODULES_POSIX_STAT_RESULT_H

#include "Python.h"
#include <sys/stat.h>

/* New os.stat_result, or NULL with MemoryError. */
PyObject *stat_result_from(const struct stat *st);

#endif
