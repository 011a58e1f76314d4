/* PyConfig (PEP 587) and the runtime's own Config, from one to the other. */
#ifndef LIMPID_CLI_PYCONFIG_H
#define LIMPID_CLI_PYCONFIG_H

#include "runtime/config.h"

/* A Config as the PyConfig asks for, with environment and library read.  On failure or exit the Config is freed. */
PyStatus pyconfig_to_config(const PyConfig *from, Config *to);
/* Replaces the fields of an initialised PyConfig by what the Config says; 0, or -1 without memory. */
int pyconfig_from_config(PyConfig *to, const Config *from);
/* The text as bytes of the file system's encoding (PyMem_RawFree), or NULL. */
char *pyconfig_encode(const wchar_t *text);

#endif
