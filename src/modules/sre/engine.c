/* The three copies of the matcher: for characters of 1, 2 and 4 bytes. */
#include "modules/sre/sre.h"

#define CH Py_UCS1
#define MATCH sre_match1
#define SEARCH sre_search1
#define NAME(name) name##1
#include "modules/sre/engine.inc"

#define CH Py_UCS2
#define MATCH sre_match2
#define SEARCH sre_search2
#define NAME(name) name##2
#include "modules/sre/engine.inc"

#define CH Py_UCS4
#define MATCH sre_match4
#define SEARCH sre_search4
#define NAME(name) name##4
#include "modules/sre/engine.inc"
