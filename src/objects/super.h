/* super() without arguments: the class and the object come from the calling frame. */
#ifndef LIMPID_OBJECTS_SUPER_H
#define LIMPID_OBJECTS_SUPER_H

#include "Python.h"

/* __class__ and the first argument of the running function, as new references (implemented by the VM, vm/super_arguments.c);
 * -1 with RuntimeError when there are none. */
int super_arguments(PyTypeObject **type, PyObject **first);

#endif
