/* Decides the scope of every name once all blocks are known. */
#ifndef LIMPID_COMPILE_SYMTABLE_ANALYZE_H
#define LIMPID_COMPILE_SYMTABLE_ANALYZE_H

#include "compile/symtable.h"

/* 0, or -1 with an exception set. */
int symtable_analyze(Symtable *st);

#endif
