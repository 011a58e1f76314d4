/* How paths are written; not part of Python.h. */
#ifndef Py_OSDEFS_H
#define Py_OSDEFS_H

#include <limits.h>

#define SEP L'/'
#define DELIM L':'
#define MAXPATHLEN PATH_MAX

#endif
