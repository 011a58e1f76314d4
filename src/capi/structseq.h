/* What the API of struct sequences leaves out: making types with flags of one's own. */
#ifndef LIMPID_CAPI_STRUCTSEQ_H
#define LIMPID_CAPI_STRUCTSEQ_H

#include "Python.h"

/* Makes a static type that the caller provides (zeroed); 0, or -1 with an exception.  Again is harmless. */
int _PyStructSequence_InitType(PyTypeObject *type, PyStructSequence_Desc *desc, unsigned long tp_flags);
/* A heap type; new reference, or NULL with an exception. */
PyTypeObject *_PyStructSequence_NewType(PyStructSequence_Desc *desc, unsigned long tp_flags);

#endif
