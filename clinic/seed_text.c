/* SPDX-License-Identifier: Apache-2.0 */
#include "clinic/seed_priv.h"

#include <string.h>

/* ---- chance ---- */

uint64_t
seed_rng_next(struct seed_rng *rng)
{
	uint64_t z = rng->state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

struct seed_rng
seed_rng_make(uint64_t seed, uint64_t stream, uint64_t purpose)
{
	struct seed_rng rng = { .state = seed };

	/* Mixed through the generator itself, so that neighbouring patients
	 * share nothing. */
	rng.state = seed_rng_next(&rng) ^ (stream * 0xd6e8feb86659fd93u);
	rng.state = seed_rng_next(&rng) ^ (purpose * 0xa0761d6478bd642fu);
	seed_rng_next(&rng);
	return rng;
}

int
seed_rng_range(struct seed_rng *rng, int low, int high)
{
	uint64_t span = (uint64_t)(high - low) + 1;

	if (high <= low)
		return low;
	return low + (int)((seed_rng_next(rng) >> 11) % span);
}

double
seed_rng_real(struct seed_rng *rng, double low, double high)
{
	double unit = (double)(seed_rng_next(rng) >> 11) * 0x1.0p-53;

	return low + unit * (high - low);
}

gboolean
seed_rng_chance(struct seed_rng *rng, int percent)
{
	return seed_rng_range(rng, 0, 99) < percent;
}

/* ---- words ---- */

static const char *
expand_slot(GString *out, const char *at, struct seed_rng *rng,
    seed_slot_fn *slot, void *user)
{
	size_t len = strspn(at + 1, "abcdefghijklmnopqrstuvwxyz0123456789_");

	if (len == 0 || !slot || !slot(out, at + 1, len, rng, user))
		g_string_append_len(out, at, (gssize)len + 1);
	return at + 1 + len;
}

/* Fills choice with one alternative of "{a|b}"; returns what follows. */
static const char *
pick_choice(GString *choice, const char *at, struct seed_rng *rng)
{
	const char *end = strchr(at, '}'), *from = at + 1;
	int n = 1, pick;

	if (!end) {
		g_string_append_c(choice, *at);
		return at + 1;
	}
	for (const char *c = from; c < end; c++)
		n += *c == '|';
	for (pick = seed_rng_range(rng, 0, n - 1); pick > 0; pick--)
		from = strchr(from, '|') + 1;
	g_string_append_len(choice, from, (gssize)strcspn(from, "|}"));
	return end + 1;
}

void
seed_text_expand(GString *out, const char *pattern, struct seed_rng *rng,
    seed_slot_fn *slot, void *user)
{
	while (*pattern) {
		size_t plain = strcspn(pattern, "{$");

		g_string_append_len(out, pattern, (gssize)plain);
		pattern += plain;
		if (*pattern == '$') {
			pattern = expand_slot(out, pattern, rng, slot, user);
		} else if (*pattern == '{') {
			g_autoptr(GString) choice = g_string_new(NULL);

			pattern = pick_choice(choice, pattern, rng);
			if (strchr(choice->str, '$'))
				seed_text_expand(out, choice->str, rng, slot,
				    user);
			else
				g_string_append(out, choice->str);
		}
	}
}

/* ---- days ---- */

#define ZONE_MS (8 * SEED_HOUR_MS)

/* Proleptic Gregorian, from the shape of the 400-year cycle; years begin in
 * March so that the leap day comes last. */
int64_t
seed_days_of(int year, int month, int day)
{
	int y = month > 2 ? year : year - 1;
	int era = y / 400, yoe = y - era * 400;
	int doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

	return (int64_t)era * 146097 + doe - 719468;
}

void
seed_civil_of(int64_t days, int *year, int *month, int *day)
{
	int64_t z = days + 719468, era = z / 146097;
	int doe = (int)(z - era * 146097);
	int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int mp = (5 * doy + 2) / 153;

	*day = doy - (153 * mp + 2) / 5 + 1;
	*month = mp < 10 ? mp + 3 : mp - 9;
	*year = (int)(yoe + era * 400) + (*month <= 2);
}

static char *
two(char *at, int n, char after)
{
	at[0] = (char)('0' + n / 10 % 10);
	at[1] = (char)('0' + n % 10);
	at[2] = after;
	return at + 3;
}

const char *
seed_day(char *buf, int64_t ms)
{
	int y, m, d;

	seed_civil_of((ms + ZONE_MS) / SEED_DAY_MS, &y, &m, &d);
	two(buf, y / 100, '0');
	two(buf + 2, y, '-');
	two(two(buf + 5, m, '-'), d, '\0');
	return buf;
}

const char *
seed_instant(char *buf, int64_t ms)
{
	int64_t of_day = (ms + ZONE_MS) % SEED_DAY_MS;
	int s = (int)(of_day / 1000);
	char *at;

	seed_day(buf, ms);
	buf[10] = 'T';
	at = two(buf + 11, s / 3600, ':');
	at = two(at, s / 60 % 60, ':');
	two(at, s % 60, '+');
	memcpy(buf + 19, "+08:00", 7);
	return buf;
}

int
seed_year_of(int64_t ms)
{
	int y, m, d;

	seed_civil_of((ms + ZONE_MS) / SEED_DAY_MS, &y, &m, &d);
	return y;
}
