/* The functions of the module _see, a table for each subject. */
#ifndef LIMPID_SEE_TABLES_H
#define LIMPID_SEE_TABLES_H

#include "Python.h"

#define TABLE(name) extern PyMethodDef see_##name##_methods[];
#include "see/tables.def"
#undef TABLE

#endif
