/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time, and the short words for it. The zone and the fixed clock are the
 * process's own: they are set once at the start (or by a test) and read by all.
 */
#include "base/base.h"

#include <string.h>
#include <time.h>

#define MINUTE_MS INT64_C(60000)
#define HOUR_MINUTES 60
#define DAY_MINUTES (24 * HOUR_MINUTES)
#define INFANT_DAYS 28
#define CHILD_MONTHS 24
#define AGE_MAX_YEARS 130

static int64_t fixed_now_ms;
static const volatile int64_t *ahead_ms;
static GTimeZone *zone; /* NULL until asked for: the machine's */

static int64_t
clock_ms(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t
base_now_ms(void)
{
	return fixed_now_ms ? fixed_now_ms : clock_ms(CLOCK_REALTIME);
}

int64_t
base_mono_ms(void)
{
	return clock_ms(CLOCK_MONOTONIC) + (ahead_ms ? *ahead_ms : 0);
}

void
base_clock_fix(int64_t now_ms)
{
	fixed_now_ms = now_ms;
}

void
base_clock_ahead(const volatile int64_t *ms)
{
	ahead_ms = ms;
}

/* GLib would open any path that is asked for as a zone. */
static gboolean
zone_name_ok(const char *name)
{
	return g_ascii_isalpha(name[0]) && strlen(name) < 64 &&
	    !strstr(name, "..") &&
	    strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			 "0123456789_+-/") == strlen(name);
}

static GTimeZone *
zone_find(const char *iana)
{
	return zone_name_ok(iana) ? g_time_zone_new_identifier(iana) : NULL;
}

gboolean
base_clock_zone_known(const char *iana)
{
	g_autoptr(GTimeZone) found = zone_find(iana);

	return found != NULL;
}

gboolean
base_clock_zone(const char *iana)
{
	GTimeZone *found = NULL;

	if (iana && *iana) {
		found = zone_find(iana);
		if (!found)
			return FALSE;
	}
	g_clear_pointer(&zone, g_time_zone_unref);
	zone = found;
	return TRUE;
}

/* Kept: GLib reads /etc/localtime anew for each date in the machine's zone, and
 * a frame shows a dozen. */
static GTimeZone *
zone_here(void)
{
	if (!zone)
		zone = g_time_zone_new_local();
	return zone;
}

GDateTime *
base_clock_date(int64_t ms)
{
	g_autoptr(GDateTime) utc = NULL;
	int64_t seconds = ms / 1000 - (ms % 1000 < 0);

	utc = g_date_time_new_from_unix_utc(seconds);
	if (!utc)
		utc = g_date_time_new_from_unix_utc(0);
	return g_date_time_to_timezone(utc, zone_here());
}

/* ---- waiting and dates --------------------------------------------------- */

char *
base_wait_words(int64_t ms)
{
	int64_t minutes = MAX(ms, 0) / MINUTE_MS;

	if (minutes < 1)
		return g_strdup(_("now"));
	if (minutes < HOUR_MINUTES)
		return g_strdup_printf(_("%d min"), (int)minutes);
	if (minutes < DAY_MINUTES)
		return g_strdup_printf(_("%d h %02d"),
		    (int)(minutes / HOUR_MINUTES),
		    (int)(minutes % HOUR_MINUTES));
	return g_strdup_printf(_("%d d"), (int)MIN(minutes / DAY_MINUTES,
	    G_MAXINT));
}

/* Days since 0001-01-01 of the date, in its own zone. */
static int
day_number(GDateTime *when)
{
	int year, month, day;
	GDate date;

	g_date_time_get_ymd(when, &year, &month, &day);
	g_date_clear(&date, 1);
	g_date_set_dmy(&date, (GDateDay)day, (GDateMonth)month,
	    (GDateYear)year);
	return (int)g_date_get_julian(&date);
}

char *
base_time_words(int64_t ms)
{
	g_autoptr(GDateTime) when = base_clock_date(ms);
	g_autoptr(GDateTime) now = base_clock_date(base_now_ms());
	int days = day_number(now) - day_number(when);

	if (days == 0)
		return g_date_time_format(when, _("today %H:%M"));
	if (days == 1)
		return g_date_time_format(when, _("yesterday %H:%M"));
	if (g_date_time_get_year(when) == g_date_time_get_year(now))
		return g_date_time_format(when, "%m-%d");
	return g_date_time_format(when, "%Y-%m-%d");
}

char *
base_clock_hhmm(int64_t ms)
{
	g_autoptr(GDateTime) when = base_clock_date(ms);

	return g_date_time_format(when, "%H:%M");
}

/* ---- age ----------------------------------------------------------------- */

/* A FHIR date, as exact as it was given: month and day are 0 when unknown. */
struct partial_date {
	int year, month, day;
};

static gboolean
read_digits(const char **p, int count, int *out)
{
	int i;

	for (i = 0, *out = 0; i < count; i++) {
		if (!g_ascii_isdigit((*p)[i]))
			return FALSE;
		*out = *out * 10 + (*p)[i] - '0';
	}
	*p += count;
	return TRUE;
}

/* YYYY, YYYY-MM or YYYY-MM-DD (R4 "date"), a real day of the calendar. */
static gboolean
read_date(const char *text, struct partial_date *d)
{
	memset(d, 0, sizeof(*d));
	if (!read_digits(&text, 4, &d->year) || d->year < 1)
		return FALSE;
	if (*text == '\0')
		return TRUE;
	if (*text++ != '-' || !read_digits(&text, 2, &d->month) ||
	    d->month < 1 || d->month > 12)
		return FALSE;
	if (*text == '\0')
		return TRUE;
	return *text++ == '-' && read_digits(&text, 2, &d->day) &&
	    *text == '\0' && d->day >= 1 &&
	    g_date_valid_dmy((GDateDay)d->day, (GDateMonth)d->month,
		(GDateYear)d->year);
}

static void
date_of(GDateTime *when, struct partial_date *d)
{
	g_date_time_get_ymd(when, &d->year, &d->month, &d->day);
}

/* deceasedDateTime may carry a time; its day is the day in the hospital. */
static gboolean
read_end(const char *text, struct partial_date *d)
{
	g_autoptr(GDateTime) given = NULL;
	g_autoptr(GDateTime) here = NULL;

	if (text && !strchr(text, 'T'))
		return read_date(text, d);
	if (text) {
		given = g_date_time_new_from_iso8601(text, zone_here());
		if (!given)
			return FALSE;
		here = base_clock_date(g_date_time_to_unix(given) * 1000);
	} else {
		here = base_clock_date(base_now_ms());
	}
	date_of(here, d);
	return TRUE;
}

/* The age, as exact as both dates allow: days is -1 where a day is unknown,
 * months -1 where a month is. */
struct age {
	int years, months, days;
};

static int
days_between(const struct partial_date *a, const struct partial_date *b)
{
	GDate from, to;

	g_date_clear(&from, 1);
	g_date_clear(&to, 1);
	g_date_set_dmy(&from, (GDateDay)a->day, (GDateMonth)a->month,
	    (GDateYear)a->year);
	g_date_set_dmy(&to, (GDateDay)b->day, (GDateMonth)b->month,
	    (GDateYear)b->year);
	return g_date_days_between(&from, &to);
}

static gboolean
age_of(const char *birth_date, const char *deceased_date, struct age *age)
{
	struct partial_date birth, end;
	int days;

	if (!birth_date || !read_date(birth_date, &birth) ||
	    !read_end(deceased_date, &end))
		return FALSE;
	age->months = age->days = -1;
	age->years = end.year - birth.year;
	if (birth.month && end.month) {
		age->months = age->years * 12 + end.month - birth.month;
		if (birth.day && end.day) {
			days = days_between(&birth, &end);
			if (days < 0)
				return FALSE;
			age->days = days;
			age->months -= end.day < birth.day;
		}
		if (age->months < 0)
			return FALSE;
		age->years = age->months / 12;
	}
	return age->years >= 0 && age->years <= AGE_MAX_YEARS;
}

char *
base_age_words(const char *birth_date, const char *deceased_date)
{
	struct age age;

	if (!age_of(birth_date, deceased_date, &age))
		return NULL;
	if (age.days >= 0 && age.days < INFANT_DAYS)
		return g_strdup_printf(_("%dd"), age.days);
	if (age.months >= 0 && age.months < CHILD_MONTHS)
		return g_strdup_printf(_("%dmo"), age.months);
	return g_strdup_printf(_("%dy"), age.years);
}

int
base_age_years(const char *birth_date, const char *deceased_date)
{
	struct age age;

	return age_of(birth_date, deceased_date, &age) ? age.years : -1;
}
