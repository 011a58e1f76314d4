/* Decimal digits of doubles: shortest (repr), fixed and exponent precision, and back. */
#ifndef LIMPID_OBJECTS_FLOAT_DIGITS_H
#define LIMPID_OBJECTS_FLOAT_DIGITS_H

#include "Python.h"

/* A finite number as 0.d1d2d3... * 10**point; no leading zeros (except a lone 0 for zero), no trailing ones in shortest form. */
typedef struct {
    int count;        /* digits in text */
    int point;        /* position of the decimal point relative to the first digit */
    int negative;
    char text[800];   /* ASCII digits; long requests are cut to what is exact, zeros follow */
} DoubleDigits;

/* The shortest digits that read back as v, and of those the closest to it. */
void double_shortest(double v, DoubleDigits *out);
/* `precision` digits after the point; the value is correctly rounded.  count may be short of point + precision: zeros follow. */
void double_fixed(double v, int precision, DoubleDigits *out);
/* `count` significant digits, correctly rounded (count >= 1). */
void double_significant(double v, int count, DoubleDigits *out);
/* Nearest double to a decimal literal (digits, point, exponent as checked by the caller); *end as strtod. */
double double_parse(const char *text, char **end);
/* repr of v into a buffer of 32 bytes; its length.  Without ".0" unless `dot`. */
int double_repr(double v, char *buffer, int dot);
/* v rounded to `places` decimals (may be negative), ties to even; may be infinite. */
double double_round(double v, int places);

#endif
