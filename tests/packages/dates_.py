"""Dates: dateutil's parser, recurrences, deltas and zones; pytz's zones over transitions."""
from datetime import datetime, timedelta

import pytz
from dateutil import easter, parser, relativedelta, rrule, tz

for text in ["3 Jan 2020 10:00 +0200", "2021-W05-3", "20200229T123456Z", "Thu Sep 25 10:36:28 2003", "10/9/08", "noon", "1 day", "2003-09-25T10:49:41.5-03:00", "Friday the 13th", "12:30pm"]:
    try:
        print(text, parser.parse(text, default=datetime(2000, 1, 1)))
    except ValueError as error:
        print(type(error).__name__, error)
print(parser.isoparse("2020-02-29T10"), parser.parse("blah 4 May 2011 x", fuzzy_with_tokens=True))
d = relativedelta.relativedelta(datetime(2021, 3, 1), datetime(2019, 12, 31))
print(d, datetime(2020, 1, 31) + relativedelta.relativedelta(months=1, weekday=relativedelta.FR(-1)), d.normalized())
print([str(x.date()) for x in rrule.rrule(rrule.MONTHLY, count=5, byweekday=rrule.FR(2), dtstart=datetime(2020, 1, 1))])
print(list(rrule.rrulestr("DTSTART:20200101T090000\nRRULE:FREQ=YEARLY;INTERVAL=2;BYMONTH=1;BYDAY=SU;COUNT=4")))
rs = rrule.rruleset()
rs.rrule(rrule.rrule(rrule.DAILY, count=6, dtstart=datetime(2020, 1, 1)))
rs.exrule(rrule.rrule(rrule.DAILY, interval=2, count=3, dtstart=datetime(2020, 1, 1)))
print(list(rs), rs.after(datetime(2020, 1, 3)), [easter.easter(y) for y in (1999, 2020, 2038)])
z = tz.tzstr("EST5EDT,M3.2.0,M11.1.0")
print([datetime(2020, m, 8, 12, tzinfo=z).utcoffset() for m in (1, 3, 7, 11)], tz.resolve_imaginary(datetime(2020, 3, 8, 2, 30, tzinfo=z)), tz.datetime_ambiguous(datetime(2020, 11, 1, 1, 30), z))
berlin = pytz.timezone("Europe/Berlin")
print(berlin.localize(datetime(2020, 7, 1)), berlin.normalize(berlin.localize(datetime(2020, 3, 29, 1)) + timedelta(hours=2)), pytz.utc.localize(datetime(2020, 1, 1)).astimezone(pytz.timezone("Asia/Kolkata")))
for when in (datetime(2020, 3, 29, 2, 30), datetime(2020, 10, 25, 2, 30)):
    try:
        berlin.localize(when, is_dst=None)
    except pytz.exceptions.InvalidTimeError as error:
        print(type(error).__name__, error)
print(len(pytz.all_timezones) > 500, pytz.country_timezones("de"), repr(berlin), pytz.FixedOffset(90).utcoffset(None))
try:
    pytz.timezone("Nowhere/At_all")
except pytz.UnknownTimeZoneError as error:
    print(repr(error))
