/* What the files of the datetime module share: the types, field access, and how objects are made.
 *
 * Objects have the layouts of datetime.h.  A time or datetime always has room for its tzinfo, which is a reference only
 * when `hastzinfo` is set.
 * DT-1  the fields of a date, time or datetime are in range, but for what an unpickled state says.
 * DT-2  a timedelta is normalised: 0 <= seconds < 86400, 0 <= microseconds < 1000000, |days| < 10**9. */
#ifndef LIMPID_MODULES_DATETIME_DT_H
#define LIMPID_MODULES_DATETIME_DT_H

#define PY_SSIZE_T_CLEAN
#include "Python.h"
#include "memory/state.h"
#define _PY_DATETIME_IMPL
#include "datetime.h"
#include "objects/names.h"

#include <stdint.h>
#include <time.h>

#define DT_MINYEAR 1
#define DT_MAXYEAR 9999
#define DT_MAXORDINAL 3652059
#define DT_DAY 86400
#define DT_EPOCH (719163LL * DT_DAY) /* seconds from 0000-12-31 to 1970-01-01 */

extern PyTypeObject dt_date_type, dt_datetime_type, dt_time_type, dt_delta_type, dt_tzinfo_type, dt_timezone_type,
    dt_isocalendar_type;
#define dt_utc KEPT(utc) /* timezone.utc, once the module is there */

#define date_check(o) PyObject_TypeCheck(o, &dt_date_type)
#define datetime_check(o) PyObject_TypeCheck(o, &dt_datetime_type)
#define time_check(o) PyObject_TypeCheck(o, &dt_time_type)
#define delta_check(o) PyObject_TypeCheck(o, &dt_delta_type)
#define tzinfo_check(o) PyObject_TypeCheck(o, &dt_tzinfo_type)

#define DATA(o) (((PyDateTime_DateTime *)(o))->data) /* of a date or datetime */
#define YEAR(o) PyDateTime_GET_YEAR(o)
#define MONTH(o) PyDateTime_GET_MONTH(o)
#define DAY(o) PyDateTime_GET_DAY(o)
#define HOUR(o) PyDateTime_DATE_GET_HOUR(o)
#define MINUTE(o) PyDateTime_DATE_GET_MINUTE(o)
#define SECOND(o) PyDateTime_DATE_GET_SECOND(o)
#define MICRO(o) PyDateTime_DATE_GET_MICROSECOND(o)
#define FOLD(o) PyDateTime_DATE_GET_FOLD(o)
#define TZINFO(o) PyDateTime_DATE_GET_TZINFO(o)
#define D_DAYS(o) PyDateTime_DELTA_GET_DAYS(o)
#define D_SECONDS(o) PyDateTime_DELTA_GET_SECONDS(o)
#define D_MICRO(o) PyDateTime_DELTA_GET_MICROSECONDS(o)

typedef struct {
    int year, month, day, hour, minute, second, us, fold;
} Fields;

/* ---- calendar.c ---- */
int dt_days_in_month(int year, int month);
int dt_ordinal(int year, int month, int day);
void dt_from_ordinal(int ordinal, int *year, int *month, int *day);
int dt_weekday(int year, int month, int day);     /* Monday is 0 */
int dt_day_of_year(int year, int month, int day); /* 1 January is 1 */
int dt_week1_monday(int year);                    /* ordinal of the Monday of ISO week 1 */
/* The date of an ISO week day: 0; -1 year, -2 week, -3 day out of range.  No exception is set. */
int dt_from_iso_week(int year, int week, int day, int *y, int *m, int *d);
/* 0, or -1 with ValueError set. */
int dt_check_date(int year, int month, int day);
int dt_check_time(int hour, int minute, int second, int us, int fold);
int dt_check_tzinfo(PyObject *tz);
/* Seconds since day 0 of a date and time: -1 with an exception set when the year is out of range. */
long long dt_seconds(const Fields *f);
/* Local time as such seconds, of UTC seconds; and UTC seconds of local time, its fold considered.  -1 with exception.
 */
long long dt_local(long long utc);
long long dt_local_to_utc(const Fields *local);

/* ---- making objects: new references; arguments are checked unless said; NULL with an exception set ---- */
PyObject *dt_make_date(int year, int month, int day, PyTypeObject *type);
PyObject *dt_make_datetime(const Fields *f, PyObject *tz, PyTypeObject *type);
PyObject *dt_make_time(const Fields *f, PyObject *tz, PyTypeObject *type);
PyObject *dt_make_delta(int days, int seconds, int us, int normalise, PyTypeObject *type);
PyObject *dt_make_timezone(PyObject *offset, PyObject *name); /* name may be NULL */
/* As above, by calling the type when it is a subclass. */
PyObject *dt_construct_date(int year, int month, int day, PyTypeObject *type);
PyObject *dt_construct_datetime(const Fields *f, PyObject *tz, PyTypeObject *type);
PyObject *dt_construct_time(const Fields *f, PyObject *tz, PyTypeObject *type);
/* type->tp_new with vectorcall arguments. */
PyObject *dt_slow_new(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames);
/* All of n arguments as C ints if they are ints that fit; else 0 without exception. */
int dt_plain_ints(PyObject *const *args, Py_ssize_t n, int *out);
/* A constructor's first argument as the state of a pickled object of n bytes (borrowed from *hold, a new reference);
 * NULL without exception when it is none, with one when it cannot be decoded. */
const char *dt_pickled_state(PyObject *state, Py_ssize_t n, const char *what, PyObject **hold);

/* ---- timedelta.c ---- */
typedef __int128 Micros;
Micros dt_delta_micros(PyObject *delta);
PyObject *dt_delta_from_micros(Micros us);      /* new reference; OverflowError */
int dt_delta_compare(PyObject *a, PyObject *b); /* <0, 0, >0 */
#define dt_delta_is_zero(d) (D_DAYS(d) == 0 && D_SECONDS(d) == 0 && D_MICRO(d) == 0)

/* ---- tzinfo.c ---- */
/* tz.utcoffset(arg), tz.dst(arg): new reference to a timedelta in range, or None. */
PyObject *dt_utcoffset(PyObject *tz, PyObject *arg);
PyObject *dt_dst(PyObject *tz, PyObject *arg);
PyObject *dt_tzname(PyObject *tz, PyObject *arg);
/* "+hh:mm[:ss[.ffffff]]" with the separator between the parts into buf (32 bytes): its length. */
int dt_format_offset(char *buf, PyObject *offset, const char *separator);

/* ---- isoformat.c ---- */
int dt_format_date(char *buf, const Fields *f); /* length */
/* hh:mm:ss… as timespec (NULL: auto) says: length, or -1 with ValueError set. */
int dt_format_time(char *buf, const Fields *f, const char *timespec);
/* The three fromisoformat(): fields, and a new reference to the tzinfo; -1 with an exception set. */
int dt_parse_date(PyObject *text, Fields *f);
int dt_parse_datetime(PyObject *text, Fields *f, PyObject **tz);
int dt_parse_time(PyObject *text, Fields *f, PyObject **tz);

/* ---- strftime.c ---- */
PyObject *dt_strftime(PyObject *self, PyObject *format, PyObject *timetuple, PyObject *tz, PyObject *tzarg, int us);
PyObject *dt_format_method(PyObject *self, PyObject *args); /* __format__ */
PyObject *dt_struct_time(const Fields *f, int dst);
PyObject *dt_module_call(const char *module, const char *function, PyObject *const *args, Py_ssize_t n);

/* ---- datetime.c ---- */
void dt_fields(PyObject *date_or_datetime, Fields *f); /* the time of a date is 0 */
void dt_time_fields(PyObject *time, Fields *f);        /* the date is 0; in time.c */
PyObject *dt_datetime_fromtimestamp(PyObject *cls, PyObject *args, PyObject *kwds);

/* ---- datetime_ops.c ---- */
/* datetime + sign * delta, of datetime's type. */
PyObject *dt_add(PyObject *datetime, PyObject *delta, int sign);
extern PyNumberMethods dt_datetime_number;
PyObject *dt_datetime_compare(PyObject *self, PyObject *other, int op);
Py_hash_t dt_datetime_hash(PyObject *self);
PyObject *dt_datetime_timestamp(PyObject *self, PyObject *unused);
PyObject *dt_datetime_astimezone(PyObject *self, PyObject *args, PyObject *kwds);

/* ---- date.c ---- */
PyObject *dt_date_fromtimestamp(PyObject *cls, PyObject *args);

#endif
