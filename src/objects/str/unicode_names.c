/* Names of characters; see unicode_names.h. */
#include "objects/str/unicode_names.h"
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_LENGTH 256
#define NO_CHARACTER 0xffffu

/* NAME\0CODE POINTS\0…: code points in hexadecimal, with spaces between them. */
#include "objects/str/unicode_aliases.inc"

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

/* Hangul syllables are named by the romanisation of their parts (Unicode Standard, section 3.12). */
static const char *const hangul[3][28] = {
    {"G", "GG", "N", "D", "DD", "R", "M", "B", "BB", "S", "SS", "", "J", "JJ", "C", "K", "T", "P", "H"},
    {"A", "AE", "YA", "YAE", "EO", "E", "YEO", "YE", "O", "WA", "WAE", "OE", "YO", "U", "WEO", "WE", "WI", "YU", "EU", "YI", "I"},
    {"", "G", "GG", "GS", "N", "NJ", "NH", "D", "L", "LG", "LM", "LB", "LS", "LT", "LP", "LH", "M", "B", "BS", "S", "SS", "NG", "J",
     "C", "K", "T", "P", "H"},
};
static const char hangul_prefix[] = "HANGUL SYLLABLE ";
#define HANGUL_FIRST 0xac00
#define HANGUL_LAST 0xd7a3

static void hangul_name(Py_UCS4 c, char *buffer)
{
    int i = (int)(c - HANGUL_FIRST);
    sprintf(buffer, "%s%s%s%s", hangul_prefix, hangul[0][i / 588], hangul[1][i % 588 / 28], hangul[2][i % 28]);
}

/* The longest part of a kind at *s, which moves behind it; -1 when there is none. */
static int hangul_part(int kind, const char **s)
{
    int best = -1;
    size_t length = 0;
    for (int i = 0; i < 28 && hangul[kind][i]; i++) {
        size_t n = strlen(hangul[kind][i]);
        if ((best < 0 || n > length) && strncmp(*s, hangul[kind][i], n) == 0) {
            best = i;
            length = n;
        }
    }
    *s += length;
    return best;
}

static int hangul_by_name(const char *name, Py_UCS4 *c)
{
    const char *s = name + sizeof hangul_prefix - 1;
    if (strncmp(name, hangul_prefix, sizeof hangul_prefix - 1) != 0)
        return 0;
    int lead = hangul_part(0, &s), vowel = hangul_part(1, &s), tail = hangul_part(2, &s);
    if (lead < 0 || vowel < 0 || tail < 0 || *s)
        return 0;
    *c = HANGUL_FIRST + (Py_UCS4)((lead * 21 + vowel) * 28 + tail);
    return 1;
}

int unicode_name_of(Py_UCS4 c, char *buffer)
{
    static char *(*character_name)(Py_UCS4, char *);
    if (is_ideograph(c)) {
        sprintf(buffer, "%s%X", ideograph_prefix, (unsigned)c);
        return 1;
    }
    if (c >= HANGUL_FIRST && c <= HANGUL_LAST) {
        hangul_name(c, buffer);
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

/* The code points of an entry of aliases or sequences, as text, or NULL. */
static const char *find_entry(const char *list, const char *name)
{
    while (*list) {
        const char *value = list + strlen(list) + 1;
        if (strcmp(list, name) == 0)
            return value;
        list = value + strlen(value) + 1;
    }
    return NULL;
}

/* name in upper case into buffer (NAME_MAX_LENGTH bytes): 1, or 0 if no name can be like it. */
static int normal_name(const char *name, Py_ssize_t length, char *buffer)
{
    if (length <= 0 || length >= NAME_MAX_LENGTH || memchr(name, 0, length))
        return 0;
    for (Py_ssize_t i = 0; i < length; i++)
        buffer[i] = Py_TOUPPER(name[i]);
    buffer[length] = 0;
    return 1;
}

int unicode_sequence_by_name(const char *name, Py_ssize_t length, Py_UCS4 *characters)
{
    char upper[NAME_MAX_LENGTH];
    const char *value = normal_name(name, length, upper) ? find_entry(sequences, upper) : NULL;
    int n = 0;
    for (char *end; value && *value && n < UNICODE_SEQUENCE_MAX; value = end)
        characters[n++] = (Py_UCS4)strtoul(value, &end, 16);
    return n;
}

int unicode_by_name(const char *name, Py_ssize_t length, Py_UCS4 *c)
{
    static Py_UCS4 (*name_character)(const char *);
    char upper[NAME_MAX_LENGTH], back[NAME_MAX_LENGTH];
    if (!normal_name(name, length, upper))
        return 0;
    if (ideograph_by_name(upper, length, c) || hangul_by_name(upper, c))
        return 1;
    const char *alias = find_entry(aliases, upper);
    if (alias) {
        *c = (Py_UCS4)strtoul(alias, NULL, 16);
        return 1;
    }
    if (name_character == NULL)
        *(void **)&name_character = unistring_symbol("unicode_name_character");
    if (name_character == NULL)
        return 0;
    *c = name_character(upper);
    /* the library also takes loose spellings: only the exact name counts */
    return *c != NO_CHARACTER && unicode_name_of(*c, back) && strcmp(back, upper) == 0;
}
