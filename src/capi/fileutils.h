/* Files and file names beneath the posix and io modules. */
#ifndef LIMPID_CAPI_FILEUTILS_H
#define LIMPID_CAPI_FILEUTILS_H

#include "Python.h"
#include <locale.h>
#include <sys/stat.h>

/* -- Text between wchar_t and the locale's encoding (UTF-8, with lone bytes as surrogates) -- */

/* 0 and *text (PyMem_RawFree), -1 out of memory, -2 bad input (*reason, *size say what and where). */
int _Py_DecodeUTF8Ex(const char *bytes, Py_ssize_t n, wchar_t **text, size_t *size, const char **reason,
                     int surrogateescape);
int _Py_EncodeUTF8Ex(const wchar_t *text, char **bytes, size_t *error_pos, const char **reason, int raw_malloc,
                     int surrogateescape);
int _Py_DecodeLocaleEx(const char *arg, wchar_t **text, size_t *size, const char **reason, int current_locale,
                       int errors);
int _Py_EncodeLocaleEx(const wchar_t *text, char **bytes, size_t *error_pos, const char **reason, int current_locale,
                       int errors);
char *_Py_EncodeLocaleRaw(const wchar_t *text, size_t *error_pos);
wchar_t *_Py_DecodeUTF8_surrogateescape(const char *bytes, Py_ssize_t size, size_t *wlen);

wchar_t *_Py_GetLocaleEncoding(void);          /* PyMem_RawFree; NULL when memory runs out */
PyObject *_Py_GetLocaleEncodingObject(void);   /* new str */
int _Py_GetLocaleconvNumeric(struct lconv *lc, PyObject **decimal_point, PyObject **thousands_sep); /* new str; 0 or -1 */

/* -- Descriptors.  Where a comment does not say otherwise: 0 or the result, -1 with OSError; the lock is released
 * while the system works; interrupted calls are made again after the signal handlers ran -- */

int _Py_fstat(int fd, struct stat *status);
int _Py_fstat_noraise(int fd, struct stat *status); /* no exception, no interpreter needed */
int _Py_stat(PyObject *path, struct stat *status);  /* -2: exception; -1: errno */
int _Py_open(const char *path, int flags);          /* not inherited by children */
int _Py_open_noraise(const char *path, int flags);
FILE *_Py_wfopen(const wchar_t *path, const wchar_t *mode);
FILE *_Py_fopen_obj(PyObject *path, const char *mode);
Py_ssize_t _Py_read(int fd, void *buffer, size_t count);
Py_ssize_t _Py_write(int fd, const void *buffer, size_t count);
Py_ssize_t _Py_write_noraise(int fd, const void *buffer, size_t count);
int _Py_dup(int fd);
int _Py_get_inheritable(int fd);
int _Py_set_inheritable(int fd, int inheritable, int *works);
int _Py_set_inheritable_async_safe(int fd, int inheritable, int *works);
int _Py_get_blocking(int fd);
int _Py_set_blocking(int fd, int blocking);
void _Py_closerange(int first, int last);
PyObject *_Py_device_encoding(int fd);
int _Py_wreadlink(const wchar_t *path, wchar_t *buffer, size_t size);
wchar_t *_Py_wrealpath(const wchar_t *path, wchar_t *resolved, size_t size);
wchar_t *_Py_wgetcwd(wchar_t *buffer, size_t size);
/* Takes "." and ".." and doubled slashes out of a path in place; its new length, never longer. */
Py_ssize_t fileutils_normalise(wchar_t *path, Py_ssize_t size);
wchar_t *_Py_normpath(wchar_t *path, Py_ssize_t size);

/* n random bytes: 0, or -1 with OSError.  The second never waits for the system's pool. */
int _PyOS_URandom(void *buffer, Py_ssize_t size);
int _PyOS_URandomNonblock(void *buffer, Py_ssize_t size);

#endif
