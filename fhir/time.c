/* SPDX-License-Identifier: Apache-2.0 */
/* date, dateTime and instant (FHIR R4, datatypes), without a time zone of ours. */
#include "fhir/fhir.h"

#include <string.h>

struct parts {
	int year, month, day, hour, minute, second, ms, zone_minutes;
};

/* Exactly n digits. */
static gboolean
take_digits(const char **p, int n, int *out)
{
	*out = 0;
	for (int i = 0; i < n; i++, (*p)++) {
		if (!g_ascii_isdigit(**p))
			return FALSE;
		*out = *out * 10 + (**p - '0');
	}
	return TRUE;
}

static gboolean
take_char(const char **p, char c)
{
	if (**p != c)
		return FALSE;
	(*p)++;
	return TRUE;
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar: whole years, then
 * the months of a year that begins in March, so that the leap day comes last. */
static int64_t
days_of(int year, int month, int day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t month_from_march = (month + 9) % 12;

	return y * 365 + y / 4 - y / 100 + y / 400 +
	    (month_from_march * 306 + 5) / 10 + day - 1 - 719468;
}

/* "", "-MM", "-MM-DD"; the precision, or 0. */
static char
take_date(const char **p, struct parts *t)
{
	if (!take_digits(p, 4, &t->year) || t->year == 0)
		return 0;
	if (!take_char(p, '-'))
		return 'y';
	if (!take_digits(p, 2, &t->month) || t->month < 1 || t->month > 12)
		return 0;
	if (!take_char(p, '-'))
		return 'm';
	if (!take_digits(p, 2, &t->day) || t->day < 1 ||
	    t->day > g_date_get_days_in_month((GDateMonth)t->month,
	    (GDateYear)t->year))
		return 0;
	return 'd';
}

/* Any number of digits; what is finer than a millisecond is cut off. */
static gboolean
take_fraction(const char **p, int *ms)
{
	int scale = 100;

	if (!take_char(p, '.'))
		return TRUE;
	if (!g_ascii_isdigit(**p))
		return FALSE;
	for (; g_ascii_isdigit(**p); (*p)++, scale /= 10)
		*ms += (**p - '0') * scale;
	return TRUE;
}

static gboolean
take_zone(const char **p, int *minutes)
{
	int sign = **p == '-' ? -1 : 1, hours, rest;

	if (take_char(p, 'Z'))
		return TRUE;
	if (!take_char(p, '+') && !take_char(p, '-'))
		return FALSE;
	if (!take_digits(p, 2, &hours) || !take_char(p, ':') ||
	    !take_digits(p, 2, &rest))
		return FALSE;
	if (rest > 59 || hours > 14 || (hours == 14 && rest > 0))
		return FALSE;
	*minutes = sign * (hours * 60 + rest);
	return TRUE;
}

/* The time after a 'T'. 60 seconds: a leap second, the first instant of the next
 * minute for us. */
static gboolean
take_time(const char **p, struct parts *t)
{
	if (!take_digits(p, 2, &t->hour) || t->hour > 23 ||
	    !take_char(p, ':') || !take_digits(p, 2, &t->minute) ||
	    t->minute > 59 || !take_char(p, ':') ||
	    !take_digits(p, 2, &t->second) || t->second > 60)
		return FALSE;
	return take_fraction(p, &t->ms) && take_zone(p, &t->zone_minutes);
}

gboolean
fhir_time_ms(const char *text, int64_t *ms, char *precision_out)
{
	struct parts t = { .month = 1, .day = 1 };
	char precision;
	int64_t minutes;

	if (!text)
		return FALSE;
	precision = take_date(&text, &t);
	if (precision == 'd' && take_char(&text, 'T')) {
		if (!take_time(&text, &t))
			return FALSE;
		precision = 't';
	}
	if (precision == 0 || *text != '\0')
		return FALSE;
	minutes = (days_of(t.year, t.month, t.day) * 24 + t.hour) * 60 +
	    t.minute - t.zone_minutes;
	*ms = (minutes * 60 + t.second) * 1000 + t.ms;
	if (precision_out)
		*precision_out = precision;
	return TRUE;
}

char *
fhir_instant(int64_t ms)
{
	int64_t seconds = ms / 1000 - (ms % 1000 < 0);
	g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(seconds);

	if (!date) /* outside of the years 1 to 9999 */
		return NULL;
	return g_strdup_printf("%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
	    g_date_time_get_year(date), g_date_time_get_month(date),
	    g_date_time_get_day_of_month(date), g_date_time_get_hour(date),
	    g_date_time_get_minute(date), g_date_time_get_second(date),
	    (int)(ms - seconds * 1000));
}
