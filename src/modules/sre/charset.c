/* Sets and categories of characters, and case. */
#include "modules/sre/sre.h"
#include <ctype.h>

static int locale_word(Py_UCS4 ch) { return ch == '_' || (ch < 256 && isalnum((int)ch)); }
static int ascii_word(Py_UCS4 ch) { return ch < 128 && (Py_ISALNUM(ch) || ch == '_'); }
static int unicode_word(Py_UCS4 ch) { return ch < 128 ? ascii_word(ch) : Py_UNICODE_ISALNUM(ch); }

int sre_category(Code category, Py_UCS4 ch)
{
    switch (category) {
    case CATEGORY_DIGIT: return ch < 128 && Py_ISDIGIT(ch);
    case CATEGORY_NOT_DIGIT: return !(ch < 128 && Py_ISDIGIT(ch));
    case CATEGORY_SPACE: return ch < 128 && Py_ISSPACE(ch);
    case CATEGORY_NOT_SPACE: return !(ch < 128 && Py_ISSPACE(ch));
    case CATEGORY_WORD: return ascii_word(ch);
    case CATEGORY_NOT_WORD: return !ascii_word(ch);
    case CATEGORY_LINEBREAK: return ch == '\n';
    case CATEGORY_NOT_LINEBREAK: return ch != '\n';
    case CATEGORY_LOC_WORD: return locale_word(ch);
    case CATEGORY_LOC_NOT_WORD: return !locale_word(ch);
    case CATEGORY_UNI_DIGIT: return Py_UNICODE_ISDECIMAL(ch);
    case CATEGORY_UNI_NOT_DIGIT: return !Py_UNICODE_ISDECIMAL(ch);
    case CATEGORY_UNI_SPACE: return Py_UNICODE_ISSPACE(ch);
    case CATEGORY_UNI_NOT_SPACE: return !Py_UNICODE_ISSPACE(ch);
    case CATEGORY_UNI_WORD: return unicode_word(ch);
    case CATEGORY_UNI_NOT_WORD: return !unicode_word(ch);
    case CATEGORY_UNI_LINEBREAK: return Py_UNICODE_ISLINEBREAK(ch);
    case CATEGORY_UNI_NOT_LINEBREAK: return !Py_UNICODE_ISLINEBREAK(ch);
    }
    return 0;
}

static inline int bit(const Code *bits, unsigned i) { return bits[i / 32] >> (i % 32) & 1; }

int sre_charset(const Code *set, Py_UCS4 ch)
{
    int found = 1;
    for (;;) {
        switch (*set++) {
        case OP_FAILURE: return !found;
        case OP_NEGATE: found = !found; break;
        case OP_LITERAL:
            if (ch == set[0])
                return found;
            set++;
            break;
        case OP_CATEGORY:
            if (sre_category(set[0], ch))
                return found;
            set++;
            break;
        case OP_CHARSET:
            if (ch < 256 && bit(set, ch))
                return found;
            set += 8;
            break;
        case OP_RANGE:
            if (set[0] <= ch && ch <= set[1])
                return found;
            set += 2;
            break;
        case OP_RANGE_UNI_IGNORE: { /* ch is lower case */
            if (set[0] <= ch && ch <= set[1])
                return found;
            Py_UCS4 upper = Py_UNICODE_TOUPPER(ch);
            if (set[0] <= upper && upper <= set[1])
                return found;
            set += 2;
            break;
        }
        case OP_BIGCHARSET: { /* number of blocks, 256 block numbers, blocks of 256 bits */
            Code blocks = *set++;
            const unsigned char *numbers = (const unsigned char *)set;
            set += 64;
            if (ch < 65536 && bit(set + numbers[ch >> 8] * 8, ch & 255))
                return found;
            set += blocks * 8;
            break;
        }
        default: return 0;
        }
    }
}

Py_UCS4 sre_lower_locale(Py_UCS4 ch) { return ch < 256 ? (Py_UCS4)tolower((int)ch) : ch; }
static Py_UCS4 upper_locale(Py_UCS4 ch) { return ch < 256 ? (Py_UCS4)toupper((int)ch) : ch; }

int sre_charset_locale_ignore(const Code *set, Py_UCS4 ch)
{
    Py_UCS4 lower = sre_lower_locale(ch), upper = upper_locale(ch);
    return sre_charset(set, lower) || (upper != lower && sre_charset(set, upper));
}

int sre_literal_locale_ignore(Code literal, Py_UCS4 ch)
{
    return ch == literal || sre_lower_locale(ch) == literal || upper_locale(ch) == literal;
}
