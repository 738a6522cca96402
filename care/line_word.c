/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a line that stand in tables, and phrases that are made of a number
 * and a time. */
#include "care/line_room.h"

#include <string.h>

static const char needed[] = "prn sos 必要时 按需 需要时 as_needed";
/* 中国药典 (2020), 四部 0213 与处方书写: how a herb goes into the decoction. */
static const char *const preparations[] = { "先煎", "后下", "包煎", "烊化", "另煎",
	"冲服", "打碎", "捣碎", "研末", "久煎", "酒炒", "兑服", NULL };

/* Where s[p] is a word's beginning: not inside a Latin one. */
static gboolean
word_begins(const struct line *l, size_t p)
{
	return p == 0 || !g_ascii_isalpha(l->s[p]) ||
	    !g_ascii_isalnum(l->s[p - 1]);
}

struct found {
	const struct care_frequency *frequency;
	const struct care_when *when, *weekday;
	const struct care_route *route;
	const char *preparation;
	gboolean needed;
	size_t len;
};

enum { OF_FREQUENCY, OF_WHEN, OF_WEEKDAY, OF_ROUTE, OF_PREPARATION,
	OF_NEEDED };

/* Made at the first line and kept; of two alike the first table's word counts. */
static const struct spelling_index *
words(void)
{
	static struct spelling_index *index;

	if (index)
		return index;
	index = spelling_index_new();
	for (const struct care_frequency *f = care_frequencies; f->code; f++) {
		spelling_index_add(index, f->code, OF_FREQUENCY, f);
		spelling_index_add(index, f->also, OF_FREQUENCY, f);
	}
	for (const struct care_when *w = care_whens; w->code; w++)
		spelling_index_add(index, w->also, OF_WHEN, w);
	for (const struct care_when *w = care_weekdays; w->code; w++)
		spelling_index_add(index, w->also, OF_WEEKDAY, w);
	for (const struct care_route *r = care_routes; r->code; r++) {
		spelling_index_add(index, r->code, OF_ROUTE, r);
		spelling_index_add(index, r->also, OF_ROUTE, r);
	}
	for (const char *const *w = preparations; *w; w++)
		spelling_index_add(index, *w, OF_PREPARATION, *w);
	spelling_index_add(index, needed, OF_NEEDED, NULL);
	return index;
}

/* The longest word of any table. */
static void
find(const struct line *l, size_t p, struct found *out)
{
	const void *row = NULL;
	int table = OF_NEEDED;

	memset(out, 0, sizeof(*out));
	if (!word_begins(l, p))
		return;
	out->len = spelling_index_match(words(), l->s + p, &table, &row);
	if (out->len == 0)
		return;
	out->frequency = table == OF_FREQUENCY ? row : NULL;
	out->when = table == OF_WHEN ? row : NULL;
	out->weekday = table == OF_WEEKDAY ? row : NULL;
	out->route = table == OF_ROUTE ? row : NULL;
	out->preparation = table == OF_PREPARATION ? row : NULL;
	out->needed = table == OF_NEEDED;
}

size_t
line_word_len(const struct line *l, size_t p)
{
	struct found f;

	find(l, p, &f);
	return f.len;
}

/* ---- taking ------------------------------------------------------------- */

static void
twice(struct line *l, enum care_part part, size_t p, size_t len)
{
	g_autofree char *word = line_slice(l, p, p + len);

	line_ask(l, part, p, p + len, g_strdup_printf(
	    _("“%s” says a second time what the line has said."), word));
}

static void
take_frequency(struct line *l, const struct care_frequency *f, size_t p,
    size_t len)
{
	struct care_order *o = l->out->order;
	const struct care_when *when = care_when_find(f->when);

	line_span(l, o->frequency ? PART_WHEN : PART_FREQUENCY, p, p + len);
	if (!o->frequency)
		o->frequency = f;
	else if (when && !o->when) /* "qd hs" */
		o->when = when;
	else
		twice(l, PART_FREQUENCY, p, len);
}

static void
take_when(struct line *l, const struct care_when *when, size_t p, size_t len)
{
	struct care_order *o = l->out->order;

	line_span(l, PART_WHEN, p, p + len);
	if (o->when)
		twice(l, PART_WHEN, p, len);
	else
		o->when = when;
}

static void
take_weekday(struct line *l, const struct care_when *day, size_t p, size_t len)
{
	struct care_order *o = l->out->order;
	unsigned bit = 1u << (day - care_weekdays);

	line_span(l, PART_WHEN, p, p + len);
	if (o->weekdays & bit)
		twice(l, PART_WHEN, p, len);
	o->weekdays |= bit;
}

static void
take_route(struct line *l, const struct care_route *route, size_t p,
    size_t len)
{
	struct care_order *o = l->out->order;

	line_span(l, PART_ROUTE, p, p + len);
	if (o->route)
		twice(l, PART_ROUTE, p, len);
	else
		o->route = route;
}

static void
take_preparation(struct line *l, const char *words, size_t p, size_t len)
{
	struct care_order *o = l->out->order;
	g_autofree char *word = line_slice(l, p, p + len);

	line_span(l, PART_PREPARATION, p, p + len);
	if (!l->herbal)
		line_ask(l, PART_PREPARATION, p, p + len, g_strdup_printf(
		    _("“%s” is for herbs, and this is no herbal prescription."),
		    word));
	else if (o->preparation)
		twice(l, PART_PREPARATION, p, len);
	else
		o->preparation = g_strdup(words);
}

/* "prn(头痛)": what for, with \) for a bracket in it. Length of the brackets. */
static size_t
take_reason(struct line *l, size_t p)
{
	GString *reason;
	const char *end = l->text + l->at[l->n], *q;

	if (p >= l->n || l->s[p] != '(')
		return 0;
	reason = g_string_new(NULL);
	for (q = g_utf8_next_char(l->text + l->at[p]); q < end; q++) {
		if (*q == '\\' && q + 1 < end) {
			q++;
			g_string_append_c(reason, *q == 'n' ? '\n' : *q);
			continue;
		}
		if (*q == ')' || g_str_has_prefix(q, "）"))
			break;
		g_string_append_c(reason, *q);
	}
	if (reason->len > 0)
		l->out->order->as_needed_for = g_strdup(reason->str);
	g_string_free(reason, TRUE);
	if (q < end)
		q = g_utf8_next_char(q);
	for (size_t i = p; i <= l->n; i++)
		if (l->text + l->at[i] >= q)
			return i - p;
	return l->n - p;
}

static size_t
take_needed(struct line *l, size_t p, size_t len)
{
	struct care_order *o = l->out->order;

	if (o->as_needed)
		twice(l, PART_NEEDED, p, len);
	else
		len += take_reason(l, p + len);
	o->as_needed = TRUE;
	line_span(l, PART_NEEDED, p, p + len);
	return len;
}

size_t
line_take_word(struct line *l, size_t p)
{
	struct found f;
	const struct care_when *when;

	find(l, p, &f);
	if (f.len == 0)
		return 0;
	when = f.frequency ? care_when_find(f.frequency->when) : NULL;
	if (f.frequency && when && l->out->order->frequency)
		take_when(l, when, p, f.len);
	else if (f.frequency)
		take_frequency(l, f.frequency, p, f.len);
	else if (f.when)
		take_when(l, f.when, p, f.len);
	else if (f.weekday)
		take_weekday(l, f.weekday, p, f.len);
	else if (f.route)
		take_route(l, f.route, p, f.len);
	else if (f.preparation)
		take_preparation(l, f.preparation, p, f.len);
	else
		return take_needed(l, p, f.len);
	return f.len;
}

/* ---- phrases ------------------------------------------------------------ */

struct phrase {
	int times, period;
	const char *unit;
	size_t len;
};

static size_t
whole(const struct line *l, size_t p, int *out)
{
	g_autofree char *value = NULL;
	size_t len = line_number(l, p, &value);
	struct ratio n = ratio_of(value);

	if (len == 0 || !ratio_good(n) || n.den != 1 || n.num > 99)
		return 0;
	*out = (int)n.num;
	return len;
}

static size_t
skip(const struct line *l, size_t p, const char *list)
{
	size_t len;

	while (l->s[p] == ' ')
		p++;
	len = spelling_match(list, l->s + p);
	return len > 0 ? p + len : 0;
}

static size_t
time_unit(const struct line *l, size_t p, const char **unit)
{
	static const struct { const char *words, *code; } units[] = {
		{ "小时 h hr hour hours 时", "h" }, { "日 天 d day days", "d" },
		{ "周 星期 w wk week weeks", "wk" },
		{ "月 个月 mo month months", "mo" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
		size_t next = skip(l, p, units[i].words);

		*unit = units[i].code;
		if (next > 0)
			return next;
	}
	return 0;
}

static size_t
times_of(const struct line *l, size_t p, int *times)
{
	size_t len, end;
	int n;

	while (l->s[p] == ' ')
		p++;
	len = whole(l, p, &n);
	end = len > 0 ? skip(l, p + len, "次 times time") : 0;
	if (end > 0)
		*times = n;
	return end;
}

/* 每日三次, 每8小时(一次), every 2 weeks, 一日三次, 日三次 */
static gboolean
phrase_every(const struct line *l, size_t p, struct phrase *out)
{
	size_t at = skip(l, p, "每 every"), end, n;
	gboolean every = at > 0;

	out->period = 1;
	out->times = 1;
	at = every ? at : p;
	while (every && l->s[at] == ' ')
		at++;
	n = whole(l, at, &out->period);
	if (n > 0 && !every && out->period != 1)
		return FALSE;
	at = time_unit(l, at + n, &out->unit);
	if (at == 0 || (!every && strcmp(out->unit, "h") == 0))
		return FALSE;
	end = times_of(l, at, &out->times);
	out->len = (end > 0 ? end : at) - p;
	/* "28天" and "日" alone are no frequency, 每日 is one of the table */
	return end > 0 || (every && n > 0);
}

/* 3次/日, 3/日, 3 times a day */
static gboolean
phrase_times(const struct line *l, size_t p, struct phrase *out)
{
	size_t at = whole(l, p, &out->times), end;

	out->period = 1;
	if (at == 0)
		return FALSE;
	at += p;
	end = skip(l, at, "次 times time");
	if (end > 0)
		at = end;
	else if (l->s[at] != '/')
		return FALSE;
	end = skip(l, at, "/ a per each 每");
	if (end == 0)
		return FALSE;
	end = time_unit(l, end, &out->unit);
	out->len = end - p;
	return end > 0;
}

static gboolean
phrase_at(const struct line *l, size_t p, struct phrase *out)
{
	return word_begins(l, p) && (phrase_every(l, p, out) ||
	    phrase_times(l, p, out));
}

size_t
line_phrase_len(const struct line *l, size_t p)
{
	struct phrase phrase;

	return phrase_at(l, p, &phrase) ? phrase.len : 0;
}

static const struct care_frequency *
of_phrase(const struct phrase *phrase)
{
	char period[8];
	const struct care_frequency *f;

	g_snprintf(period, sizeof(period), "%d", phrase->period);
	for (f = care_frequencies; f->code; f++)
		if (!f->once && !f->when && f->frequency == phrase->times &&
		    strcmp(f->period, period) == 0 &&
		    strcmp(f->period_unit, phrase->unit) == 0)
			return f;
	return NULL;
}

size_t
line_take_phrase(struct line *l, size_t p)
{
	struct phrase phrase;
	const struct care_frequency *f;

	if (!phrase_at(l, p, &phrase))
		return 0;
	f = of_phrase(&phrase);
	if (f) {
		take_frequency(l, f, p, phrase.len);
		return phrase.len;
	}
	g_autofree char *word = line_slice(l, p, p + phrase.len);
	line_span(l, PART_UNKNOWN, p, p + phrase.len);
	line_ask_frequency(l, p, p + phrase.len, g_strdup_printf(
	    _("“%s” is no frequency that is known here."), word));
	return phrase.len;
}
