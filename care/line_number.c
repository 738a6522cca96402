/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of a line, the amounts they make with a unit, and what is wrong with
 * them: each its own sentence. */
#include "care/line_room.h"

#include <string.h>

enum { DAYS_READ_MAX = 9999, REFILLS_READ_MAX = 999 };

/* ---- numbers ------------------------------------------------------------ */

static const struct { const char *word, *value; } han[] = {
	{ "半", "0.5" }, { "十二", "12" }, { "十", "10" }, { "一", "1" },
	{ "二", "2" }, { "两", "2" }, { "三", "3" }, { "四", "4" }, { "五", "5" },
	{ "六", "6" }, { "七", "7" }, { "八", "8" }, { "九", "9" },
};

static size_t
digits_at(const char *s)
{
	return strspn(s, "0123456789.,");
}

gboolean
line_number_at(const struct line *l, size_t p)
{
	return g_ascii_isdigit(l->s[p]) ||
	    (l->s[p] == '.' && g_ascii_isdigit(l->s[p + 1]));
}

/* "1/2": as a decimal where it has one. */
static char *
fraction_of(const char *above, const char *below)
{
	return ratio_text(ratio_over(ratio_of(above), ratio_of(below)));
}

size_t
line_number(const struct line *l, size_t p, char **value)
{
	const char *s = l->s + p;
	size_t len = line_number_at(l, p) ? digits_at(s) : 0;

	*value = NULL;
	for (size_t i = 0; len == 0 && i < G_N_ELEMENTS(han); i++)
		if (g_str_has_prefix(s, han[i].word)) {
			*value = g_strdup(han[i].value);
			return strlen(han[i].word);
		}
	if (len == 0)
		return 0;
	g_autofree char *text = g_strndup(s, len);
	*value = care_decimal_normal(text);
	if (s[len] == '/' && g_ascii_isdigit(s[len + 1])) {
		size_t more = digits_at(s + len + 1);
		g_autofree char *above = g_steal_pointer(value);
		g_autofree char *below = g_strndup(s + len + 1, more);

		*value = fraction_of(above, below);
		len += 1 + more;
	}
	if (g_str_has_prefix(s + len, "万")) {
		g_autofree char *part = g_steal_pointer(value);

		*value = care_decimal_times(part, "10000");
		len += strlen("万");
	}
	return len;
}

/* ---- units -------------------------------------------------------------- */

static const struct spelling_index *
units(void)
{
	static struct spelling_index *index;

	if (index)
		return index;
	index = spelling_index_new();
	for (const struct care_unit *u = care_units; u->code; u++)
		spelling_index_add(index, u->also, 0, u);
	return index;
}

size_t
line_unit_len(const struct line *l, size_t p)
{
	const void *row;
	int table;

	return spelling_index_match(units(), l->s + p, &table, &row);
}

/* The drug's own. */
static gboolean
is_drugs(const struct care_drug *d, const char *code)
{
	const char *const own[] = { d->piece_unit, d->strength_unit,
		d->dose_unit, d->per_unit, d->pack_unit };

	for (size_t i = 0; i < G_N_ELEMENTS(own); i++)
		if (g_strcmp0(own[i], code) == 0)
			return TRUE;
	return FALSE;
}

/* 支 is an ampoule, a pen or a tube: what the drug comes in decides. */
const struct care_unit *
line_unit(const struct line *l, size_t unit, size_t len)
{
	g_autofree char *word = g_strndup(l->s + unit, len);

	return len > 0 ? line_unit_of(l->out->order->drug, word) : NULL;
}

const struct care_unit *
line_unit_of(const struct care_drug *d, const char *word)
{
	const struct care_unit *first = NULL, *u;
	guint at = 0;

	while ((u = spelling_index_whole(units(), word, &at))) {
		if (d && is_drugs(d, u->code))
			return u;
		if (!first)
			first = u;
	}
	return first;
}

static size_t
skip_blanks(const struct line *l, size_t p)
{
	while (l->s[p] == ' ')
		p++;
	return p;
}

/* The unit after a number, a blank between or not. */
static size_t
take_unit(const struct line *l, size_t p, size_t *unit, size_t *len)
{
	size_t at = skip_blanks(l, p);

	*len = line_unit_len(l, at);
	*unit = *len > 0 ? at : 0;
	return *len > 0 ? at + *len : p;
}

/* ---- what is wrong with one --------------------------------------------- */

static gboolean
is_zero(const char *text, size_t len)
{
	return strspn(text, "0.") >= len && memchr(text, '0', len);
}

/* What to say of a number that is none to order. */
static char *
number_sentence(const char *s, size_t len, const char *word)
{
	if (is_zero(s, digits_at(s)))
		return g_strdup_printf(
		    _("“%s”: nothing can be ordered of zero."), word);
	if (memchr(s, ',', len))
		return g_strdup_printf(_("“%s”: a comma in a number is read in "
		    "two ways; write it without."), word);
	if (memchr(s, '/', len))
		return g_strdup_printf(_("“%s” is no exact decimal."), word);
	if (len > 12)
		return g_strdup_printf(_("“%s” is too long for a number."),
		    word);
	return g_strdup_printf(_("“%s” is no number."), word);
}

static void
ask_number(struct line *l, size_t start, size_t end)
{
	size_t unit, len, shown = take_unit(l, end, &unit, &len);
	g_autofree char *word = line_slice(l, start, shown);

	l->refused = TRUE;
	line_ask(l, PART_DOSE, start, shown, number_sentence(l->s + start,
	    end - start, word));
}

/* ---- amounts ------------------------------------------------------------ */

static size_t
range_sign(const struct line *l, size_t p)
{
	size_t at = skip_blanks(l, p), len = 0;

	if (l->s[at] == '-')
		len = 1;
	else if (g_str_has_prefix(l->s + at, "至"))
		len = strlen("至");
	at = skip_blanks(l, at + len);
	return len > 0 && (line_number_at(l, at)) ? at : 0;
}

/* "/片", "/5ml": the strength's other half. */
static size_t
take_per(const struct line *l, size_t p, struct line_amount *a)
{
	size_t at, len;

	if (l->s[p] != '/')
		return p;
	at = skip_blanks(l, p + 1);
	len = line_number(l, at, &a->per);
	at = take_unit(l, at + len, &a->per_unit, &a->per_unit_len);
	if (a->per_unit_len == 0) {
		g_clear_pointer(&a->per, g_free);
		return p;
	}
	if (len == 0)
		a->per = g_strdup("1");
	return at;
}

static size_t
read_amount(struct line *l, size_t p, struct line_amount *a)
{
	size_t at, high, len;

	memset(a, 0, sizeof(*a));
	a->start = p;
	len = line_number(l, p, &a->value);
	if (len == 0)
		return 0;
	at = p + len;
	if (!a->value)
		ask_number(l, p, at);
	high = range_sign(l, at);
	if (high > 0) {
		len = line_number(l, high, &a->high);
		at = high + len;
		if (!a->high)
			ask_number(l, high, at);
	}
	at = take_unit(l, at, &a->unit, &a->unit_len);
	if (a->unit_len == 0 && !line_number_at(l, p)) { /* 一 is a word */
		line_amount_clear(a);
		return 0;
	}
	if (a->unit_len > 0)
		at = take_per(l, at, a);
	a->end = at;
	return at - p;
}

/* ---- days --------------------------------------------------------------- */

static void
ask_month(struct line *l, const struct line_amount *a, const char *months)
{
	g_autofree char *word = line_slice(l, a->start, a->end);
	g_autofree char *of_28 = care_decimal_times(months, "28");
	g_autofree char *of_30 = care_decimal_times(months, "30");
	struct care_question *q = line_ask(l, PART_DURATION, a->start, a->end,
	    g_strdup_printf(_("“%s” is no number of days: how many?"), word));

	if (of_28)
		line_choice(q, "%sd", of_28);
	if (of_30)
		line_choice(q, "%sd", of_30);
}

static void
set_days(struct line *l, const struct line_amount *a, const char *days)
{
	struct ratio n = ratio_of(days);
	g_autofree char *word = line_slice(l, a->start, a->end);

	if (!ratio_good(n) || n.den != 1 || n.num > DAYS_READ_MAX) {
		line_ask(l, PART_DURATION, a->start, a->end, g_strdup_printf(
		    _("“%s” is no whole number of days."), word));
		return;
	}
	if (n.num > CARE_LINE_MAX_DAYS)
		line_ask(l, PART_DURATION, a->start, a->end, g_strdup_printf(
		    _("“%s” is more than a year: is it a slip?"), word));
	if (l->out->order->duration_days > 0)
		line_ask(l, PART_DURATION, a->start, a->end, g_strdup_printf(
		    _("“%s” says a second time what the line has said."), word));
	else
		l->out->order->duration_days = (int)n.num;
}

static void
take_days(struct line *l, const struct line_amount *a,
    const struct care_unit *unit)
{
	g_autofree char *days = NULL;

	line_span(l, PART_DURATION, a->start, a->end);
	l->refused |= !a->value;
	if (!a->value)
		return;
	if (strcmp(unit->code, "mo") == 0) {
		ask_month(l, a, a->value);
		return;
	}
	days = a->high ? NULL : care_unit_convert(a->value, unit->code, "d");
	set_days(l, a, days);
}

/* ---- taking ------------------------------------------------------------- */

static void
keep_quantity(struct line *l, struct line_amount *a)
{
	g_autofree char *word = line_slice(l, a->start, a->end);

	line_span(l, PART_QUANTITY, a->start, a->end);
	if (l->quantity_said) {
		line_ask(l, PART_QUANTITY, a->start, a->end, g_strdup_printf(
		    _("“%s” says a second time what the line has said."), word));
		line_amount_clear(a);
		return;
	}
	l->quantity_said = TRUE;
	l->quantity = *a;
}

/* "每次", "一次" before an amount make it the dose. */
static size_t
dose_words(const struct line *l, size_t p)
{
	size_t len = spelling_match("每次 一次 单次 take", l->s + p);
	size_t at = skip_blanks(l, p + len);
	g_autofree char *value = NULL;

	return len > 0 && line_number(l, at, &value) > 0 ? at - p : 0;
}

static size_t
filler(const struct line *l, size_t p)
{
	size_t len = spelling_match("连用 连服 服用 用 服 疗程 for", l->s + p);
	size_t at = skip_blanks(l, p + len);
	g_autofree char *value = NULL;

	return len > 0 && line_number(l, at, &value) > 0 ? at - p : 0;
}

size_t
line_take_amount(struct line *l, size_t p)
{
	size_t dose = dose_words(l, p), before = dose ? dose : filler(l, p);
	size_t len;
	struct line_amount a;
	const struct care_unit *unit;
	gboolean minus = l->s[p + before] == '-' &&
	    line_number_at(l, p + before + 1);

	len = read_amount(l, p + before + minus, &a);
	if (len == 0)
		return 0;
	if (minus) {
		g_autofree char *word = line_slice(l, p + before, a.end);

		line_ask(l, PART_DOSE, p + before, a.end, g_strdup_printf(
		    _("“%s” is below zero: nothing can be ordered of it."),
		    word));
		l->refused = TRUE;
	}
	a.is_dose = dose > 0;
	a.after_frequency = l->out->order->frequency != NULL;
	unit = line_unit(l, a.unit, a.unit_len);
	if (unit && unit->kind == KIND_TIME && !minus) {
		take_days(l, &a, unit);
		line_amount_clear(&a);
	} else if (unit && unit->kind == KIND_PACK && !a.is_dose) {
		keep_quantity(l, &a);
	} else {
		g_array_append_val(l->amounts, a);
	}
	return before + minus + len;
}

static size_t
refuse_refills(struct line *l, size_t p, size_t end)
{
	line_span(l, PART_REFILLS, p, end);
	if (l->out->order->refills >= 0)
		line_ask(l, PART_REFILLS, p, end, g_strdup(
		    _("Refills are said twice.")));
	l->out->order->refills = 0;
	return end - p;
}

static void
set_refills(struct line *l, size_t p, size_t end, struct ratio times)
{
	gboolean good = ratio_good(times) && times.den == 1 &&
	    times.num <= REFILLS_READ_MAX;
	g_autofree char *word = line_slice(l, p, end);

	if (!good || times.num > CARE_LINE_MAX_REFILLS)
		line_ask(l, PART_REFILLS, p, end, g_strdup_printf(
		    _("“%s” is no number of refills."), word));
	if (l->out->order->refills >= 0)
		line_ask(l, PART_REFILLS, p, end, g_strdup(
		    _("Refills are said twice.")));
	else if (good)
		l->out->order->refills = (int)times.num;
}

/* "refill 3", "续配3次", "不续" */
static size_t
take_refills(struct line *l, size_t p)
{
	size_t none = spelling_match("不续配 不续 no_refill no_refills",
	    l->s + p);
	size_t len = spelling_match("refill refills rf 可续配 可续 续配 续 重复",
	    l->s + p), at, n, end;
	g_autofree char *value = NULL;
	struct ratio times;

	if (none > 0)
		return refuse_refills(l, p, p + none);
	at = skip_blanks(l, p + len);
	n = len > 0 ? line_number(l, at, &value) : 0;
	if (n == 0)
		return 0;
	end = at + n;
	end += spelling_match("次 times", l->s + skip_blanks(l, end)) > 0 ?
	    skip_blanks(l, end) - end + spelling_match("次 times", l->s +
	    skip_blanks(l, end)) : 0;
	times = ratio_of(value);
	if (is_zero(l->s + at, n))
		return refuse_refills(l, p, end);
	line_span(l, PART_REFILLS, p, end);
	set_refills(l, p, end, times);
	return end - p;
}

/* "5mg×1片" is a dose, "5mg×28片" what a pack holds, or what is handed out. */
static void
ask_glued(struct line *l, const struct line_amount *a)
{
	g_autofree char *word = line_slice(l, a->start, a->end);
	g_autofree char *amount = line_slice(l, a->start + 1, a->end);
	struct care_question *q = line_ask(l, PART_QUANTITY, a->start, a->end,
	    g_strdup_printf(_("“%s”: is it the dose, or what is handed out?"),
	    word));

	line_choice(q, " x%s", amount);
	line_choice(q, " 每次%s", amount);
}

/* "x56片", "#28", "共2盒", "dispense 30" */
static size_t
take_quantity(struct line *l, size_t p)
{
	size_t len = spelling_match("共 总量 总 计 dispense disp qty", l->s + p);
	size_t at, n;
	struct line_amount a;
	gboolean minus, glued = l->s[p] == 'x' && p > l->tail &&
	    l->s[p - 1] != ' ';

	if (len == 0 && (l->s[p] == '#' || l->s[p] == 'x'))
		len = 1;
	at = skip_blanks(l, p + len);
	minus = l->s[at] == '-';
	if (len == 0 || !line_number_at(l, at + minus))
		return 0;
	n = read_amount(l, at + minus, &a);
	a.start = p;
	if (glued && !minus)
		ask_glued(l, &a);
	if (minus) {
		line_ask(l, PART_QUANTITY, p, a.end, g_strdup(
		    _("A quantity below zero cannot be handed out.")));
		l->refused = TRUE;
	}
	keep_quantity(l, &a);
	return at + minus + n - p;
}

size_t
line_take_quantity(struct line *l, size_t p)
{
	size_t len = take_refills(l, p);

	return len > 0 ? len : take_quantity(l, p);
}
