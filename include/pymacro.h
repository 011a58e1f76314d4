/* Small macros: minimum, array length, alignment, doc strings. */
#ifndef Py_PYMACRO_H
#define Py_PYMACRO_H

#include "pyport.h"

#define Py_MIN(x, y) ((y) < (x) ? (y) : (x))
#define Py_MAX(x, y) ((x) > (y) ? (x) : (y))
#define Py_ABS(x) ((x) < 0 ? -(x) : (x))
#define _Py_XSTRINGIFY(x) #x
#define Py_STRINGIFY(x) _Py_XSTRINGIFY(x)
#define Py_MEMBER_SIZE(type, member) sizeof(((type *)0)->member)
#define Py_CHARMASK(c) ((unsigned char)((c)&0xff))

/* 0 if cond holds, a compilation error if not. */
#define Py_BUILD_ASSERT_EXPR(cond) (sizeof(char[(cond) ? 1 : -1]) - 1)
#define Py_BUILD_ASSERT(cond) ((void)Py_BUILD_ASSERT_EXPR(cond))

#if defined(__cplusplus) || defined(__STRICT_ANSI__)
#define Py_ARRAY_LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#else /* refuses a pointer */
#define Py_ARRAY_LENGTH(array) \
    (sizeof(array) / sizeof((array)[0]) + \
     Py_BUILD_ASSERT_EXPR(!__builtin_types_compatible_p(__typeof__(array), __typeof__(&(array)[0]))))
#endif

#define PyDoc_STR(str) str
#define PyDoc_VAR(name) static const char name[]
#define PyDoc_STRVAR(name, str) PyDoc_VAR(name) = PyDoc_STR(str)

/* a is a power of two */
#define _Py_SIZE_ROUND_DOWN(n, a) ((size_t)(n) & ~((size_t)(a)-1))
#define _Py_SIZE_ROUND_UP(n, a) _Py_SIZE_ROUND_DOWN((size_t)(n) + ((size_t)(a)-1), a)
#define _Py_ALIGN_DOWN(p, a) ((void *)_Py_SIZE_ROUND_DOWN((uintptr_t)(p), a))
#define _Py_ALIGN_UP(p, a) ((void *)_Py_SIZE_ROUND_UP((uintptr_t)(p), a))
#define _Py_IS_ALIGNED(p, a) (((uintptr_t)(p) & ((uintptr_t)(a)-1)) == 0)

#define Py_UNUSED(name) _unused_##name __attribute__((unused))
#ifdef Py_DEBUG
#define Py_UNREACHABLE() Py_FatalError("unreachable code was reached")
#else
#define Py_UNREACHABLE() __builtin_unreachable()
#endif
/* The value of an assignment that must not be assigned to. */
#define _Py_RVALUE(expr) ((void)0, (expr))

#endif
