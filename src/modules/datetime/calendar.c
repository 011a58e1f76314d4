/* The proleptic Gregorian calendar: ordinals, ISO weeks, ranges, and the way between local time and UTC. */
#include "modules/datetime/dt.h"

static const unsigned char days_in_month[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
static const short days_before_month[] = {0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};

static inline int is_leap(int y) { return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0); }

int dt_days_in_month(int year, int month) { return month == 2 && is_leap(year) ? 29 : days_in_month[month]; }

int dt_day_of_year(int year, int month, int day)
{
    /* a state that was unpickled may have any month */
    int before = month >= 1 && month <= 12 ? days_before_month[month] : 0;
    return before + (month > 2 && is_leap(year)) + day;
}

int dt_ordinal(int year, int month, int day)
{
    int y = year - 1;
    int before = year > 0 ? y * 365 + y / 4 - y / 100 + y / 400 : -366;
    return before + dt_day_of_year(year, month, day);
}

/* Years begin in March here, so that the leap day is their last; eras are of 400 years. */
void dt_from_ordinal(int ordinal, int *year, int *month, int *day)
{
    int z = ordinal + 305; /* days since 1 March of year 0 */
    int era = z / 146097, of_era = z % 146097;
    int y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int of_year = of_era - (365 * y + y / 4 - y / 100);
    int m = (5 * of_year + 2) / 153;
    *day = of_year - (153 * m + 2) / 5 + 1;
    *month = m < 10 ? m + 3 : m - 9;
    *year = y + era * 400 + (*month <= 2);
}

int dt_weekday(int year, int month, int day) { return (dt_ordinal(year, month, day) + 6) % 7; }

int dt_week1_monday(int year)
{
    int first = dt_ordinal(year, 1, 1), weekday = (first + 6) % 7;
    return first - weekday + (weekday > 3 ? 7 : 0);
}

int dt_from_iso_week(int year, int week, int day, int *y, int *m, int *d)
{
    if (year < DT_MINYEAR || year > DT_MAXYEAR)
        return -1;
    if (week < 1 || week > 52) {
        int first = dt_weekday(year, 1, 1); /* 53 weeks: the year begins on a Thursday, or is leap and on a Wednesday */
        if (week != 53 || !(first == 3 || (first == 2 && is_leap(year))))
            return -2;
    }
    if (day < 1 || day > 7)
        return -3;
    dt_from_ordinal(dt_week1_monday(year) + (week - 1) * 7 + day - 1, y, m, d);
    return 0;
}

int dt_check_date(int year, int month, int day)
{
    if (year < DT_MINYEAR || year > DT_MAXYEAR) {
        PyErr_Format(PyExc_ValueError, "year %i is out of range", year);
        return -1;
    }
    if (month < 1 || month > 12) {
        PyErr_SetString(PyExc_ValueError, "month must be in 1..12");
        return -1;
    }
    if (day < 1 || day > dt_days_in_month(year, month)) {
        PyErr_SetString(PyExc_ValueError, "day is out of range for month");
        return -1;
    }
    return 0;
}

int dt_check_time(int hour, int minute, int second, int us, int fold)
{
    const char *wrong = hour < 0 || hour > 23       ? "hour must be in 0..23"
                        : minute < 0 || minute > 59 ? "minute must be in 0..59"
                        : second < 0 || second > 59 ? "second must be in 0..59"
                        : us < 0 || us > 999999     ? "microsecond must be in 0..999999"
                        : fold != 0 && fold != 1    ? "fold must be either 0 or 1"
                                                    : NULL;
    if (wrong)
        PyErr_SetString(PyExc_ValueError, wrong);
    return wrong ? -1 : 0;
}

int dt_check_tzinfo(PyObject *tz)
{
    if (tz == Py_None || tzinfo_check(tz))
        return 0;
    PyErr_Format(PyExc_TypeError, "tzinfo argument must be None or of a tzinfo subclass, not type '%s'",
                 Py_TYPE(tz)->tp_name);
    return -1;
}

/* ---- local time ---- */

long long dt_seconds(const Fields *f)
{
    if (f->year < DT_MINYEAR || f->year > DT_MAXYEAR) {
        PyErr_Format(PyExc_ValueError, "year %i is out of range", f->year);
        return -1;
    }
    long long days = dt_ordinal(f->year, f->month, f->day);
    return ((days * 24 + f->hour) * 60 + f->minute) * 60 + f->second;
}

long long dt_local(long long utc)
{
    struct tm tm;
    if (_PyTime_localtime((time_t)(utc - DT_EPOCH), &tm))
        return -1;
    Fields f = {tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, 0, 0};
    return dt_seconds(&f);
}

/* Solves local(u) = t for u.  At most two offsets are in force around t; the other one is looked for a day before, or,
 * for the second of two equal times, a day after. */
long long dt_local_to_utc(const Fields *f)
{
    long long t = dt_seconds(f);
    if (t == -1)
        return -1;
    long long lt = dt_local(t);
    if (lt == -1)
        return -1;
    long long a = lt - t, u1 = t - a, t1 = dt_local(u1), b;
    if (t1 == -1)
        return -1;
    if (t1 == t) {
        long long u2 = f->fold ? u1 + DT_DAY : u1 - DT_DAY;
        lt = dt_local(u2);
        if (lt == -1)
            return -1;
        b = lt - u2;
        if (a == b)
            return u1;
    } else
        b = t1 - u1;
    long long u2 = t - b, t2 = dt_local(u2);
    if (t2 == -1)
        return -1;
    if (t2 == t)
        return u2;
    if (t1 == t)
        return u1;
    /* t is in a gap that no offset reaches */
    return f->fold == (u1 < u2) ? u1 : u2;
}
