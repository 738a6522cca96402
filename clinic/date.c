/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "clinic/date.h"

/* n digits at *p; -1 when they are not there. */
static int
digits(const char **p, int n)
{
	int v = 0;

	while (n--) {
		if (!g_ascii_isdigit(**p))
			return -1;
		v = v * 10 + *(*p)++ - '0';
	}
	return v;
}

static gboolean
eat(const char **p, char c)
{
	if (**p != c)
		return FALSE;
	(*p)++;
	return TRUE;
}

static int64_t
day_ms(int y, int m, int d)
{
	GDate date;

	g_date_clear(&date, 1);
	g_date_set_dmy(&date, d, m, y);
	/* 719163: the first of January 1970 in GDate's count. */
	return ((int64_t)g_date_get_julian(&date) - 719163) * 86400000;
}

/* Z or ±hh:mm; nothing is UTC. FALSE when something else follows. */
static gboolean
zone(const char **p, int64_t *offset_ms)
{
	int sign = **p == '-' ? -1 : 1, h, m;

	*offset_ms = 0;
	if (!**p || eat(p, 'Z'))
		return !**p;
	/* A plus sign that nobody encoded has become a blank. */
	if (!eat(p, '+') && !eat(p, '-') && !eat(p, ' '))
		return FALSE;
	h = digits(p, 2);
	if (h < 0 || !eat(p, ':'))
		return FALSE;
	m = digits(p, 2);
	*offset_ms = sign * (h * 60 + m) * (int64_t)60000;
	return m >= 0 && h <= 14 && m < 60 && !**p;
}

/* Fraction of a second: the first three digits count. */
static gboolean
fraction(const char **p, int64_t *ms, int64_t *step)
{
	static const int64_t steps[] = { 1000, 100, 10, 1 };
	int n = 0;

	*step = 1000;
	if (!eat(p, '.'))
		return TRUE;
	for (; g_ascii_isdigit(**p); (*p)++, n++)
		if (n < 3)
			*ms += (**p - '0') * steps[n + 1];
	*step = steps[MIN(n, 3)];
	return n > 0;
}

static gboolean
time_of_day(const char *p, int64_t day, struct clinic_interval *out)
{
	int h = digits(&p, 2), m, s = 0;
	int64_t ms = 0, step = 60000, offset;

	if (h < 0 || h > 24 || !eat(&p, ':'))
		return FALSE;
	m = digits(&p, 2);
	if (m < 0 || m > 59)
		return FALSE;
	if (eat(&p, ':')) {
		s = digits(&p, 2);
		if (s < 0 || s > 60 || !fraction(&p, &ms, &step))
			return FALSE;
	}
	if (!zone(&p, &offset))
		return FALSE;
	out->lo = day + ((h * 60 + m) * 60 + s) * (int64_t)1000 + ms - offset;
	out->hi = out->lo + step;
	return TRUE;
}

gboolean
clinic_date_parse(const char *p, struct clinic_interval *out)
{
	int y = digits(&p, 4), m, d;

	if (y < 1)
		return FALSE;
	out->lo = day_ms(y, 1, 1);
	out->hi = day_ms(y + 1, 1, 1);
	if (!*p)
		return TRUE;
	if (!eat(&p, '-') || (m = digits(&p, 2)) < 1 || m > 12)
		return FALSE;
	out->lo = day_ms(y, m, 1);
	out->hi = m < 12 ? day_ms(y, m + 1, 1) : day_ms(y + 1, 1, 1);
	if (!*p)
		return TRUE;
	if (!eat(&p, '-') || (d = digits(&p, 2)) < 1 ||
	    !g_date_valid_dmy(d, m, y))
		return FALSE;
	out->lo = day_ms(y, m, d);
	out->hi = out->lo + 86400000;
	if (!*p)
		return TRUE;
	return eat(&p, 'T') && time_of_day(p, out->lo, out);
}
