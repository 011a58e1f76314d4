/* Functions that look: what they allocate and do is not part of the picture (memory/look.h). */
#ifndef LIMPID_SEE_LOOK_H
#define LIMPID_SEE_LOOK_H

#include "memory/look.h"

/* The type of look(function), a callable that runs function as a look. */
extern PyType_Spec see_look_spec;

#endif
