/* Names of characters; see unicode_names.h. */
#include "objects/str/unicode_names.h"
#include <dlfcn.h>
#include <string.h>

#define NAME_MAX_LENGTH 256
#define NO_CHARACTER 0xffffu

void *unistring_symbol(const char *name)
{
    static void *library;
    if (library == NULL)
        library = dlopen("libunistring.so.2", RTLD_LAZY | RTLD_LOCAL);
    return library ? dlsym(library, name) : NULL;
}

/* Ideographs are named by their number; which ones there are follows the blocks of Unicode 14. */
static int is_ideograph(Py_UCS4 c)
{
    return (c >= 0x3400 && c <= 0x4dbf) || (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x20000 && c <= 0x2a6df)
        || (c >= 0x2a700 && c <= 0x2b738) || (c >= 0x2b740 && c <= 0x2b81d) || (c >= 0x2b820 && c <= 0x2cea1)
        || (c >= 0x2ceb0 && c <= 0x2ebe0) || (c >= 0x30000 && c <= 0x3134a);
}

static const char ideograph_prefix[] = "CJK UNIFIED IDEOGRAPH-";
#define PREFIX_LENGTH (sizeof ideograph_prefix - 1)

int unicode_name_of(Py_UCS4 c, char *buffer)
{
    static char *(*character_name)(Py_UCS4, char *);
    if (is_ideograph(c)) {
        sprintf(buffer, "%s%X", ideograph_prefix, (unsigned)c);
        return 1;
    }
    if (character_name == NULL)
        *(void **)&character_name = unistring_symbol("unicode_character_name");
    return character_name && character_name(c, buffer) != NULL;
}

static int ideograph_by_name(const char *name, Py_ssize_t length, Py_UCS4 *c)
{
    Py_ssize_t digits = length - (Py_ssize_t)PREFIX_LENGTH;
    if ((digits != 4 && digits != 5) || memcmp(name, ideograph_prefix, PREFIX_LENGTH) != 0)
        return 0;
    Py_UCS4 value = 0;
    for (Py_ssize_t i = PREFIX_LENGTH; i < length; i++) {
        const char *digit = strchr("0123456789ABCDEF", name[i]);
        if (digit == NULL || *digit == 0)
            return 0;
        value = value << 4 | (Py_UCS4)(digit - "0123456789ABCDEF" < 10 ? name[i] - '0' : name[i] - 'A' + 10);
    }
    *c = value;
    return is_ideograph(value);
}

int unicode_by_name(const char *name, Py_ssize_t length, Py_UCS4 *c)
{
    static Py_UCS4 (*name_character)(const char *);
    char upper[NAME_MAX_LENGTH], back[NAME_MAX_LENGTH];
    if (length <= 0 || length >= NAME_MAX_LENGTH || memchr(name, 0, length))
        return 0;
    for (Py_ssize_t i = 0; i < length; i++)
        upper[i] = Py_TOUPPER(name[i]);
    upper[length] = 0;
    if (ideograph_by_name(upper, length, c))
        return 1;
    if (name_character == NULL)
        *(void **)&name_character = unistring_symbol("unicode_name_character");
    if (name_character == NULL)
        return 0;
    *c = name_character(upper);
    /* the library also takes loose spellings: only the exact name counts */
    return *c != NO_CHARACTER && unicode_name_of(*c, back) && strcmp(back, upper) == 0;
}
