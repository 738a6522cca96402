/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The drug of a line: where its words end, and which one they name. Only a whole
 * name or code is taken, and only when one product has it; everything else, pinyin
 * initials always, is offered: look-alikes are what this guards against.
 */
#include "care/line_room.h"

#include <string.h>

enum { CANDIDATES_MAX = 12 };

/* ---- where the words end ------------------------------------------------ */

static gboolean
is_break(char c)
{
	return c == '\0' || c == ' ' || c == '(' || c == '#' ||
	    g_ascii_isdigit(c);
}

/* "20%", "30R", "70/30": of a name, not an amount. */
static gboolean
is_of_name(const struct line *l, size_t p)
{
	size_t len = strspn(l->s + p, "0123456789./");
	char next = l->s[p + len];

	return next == '%' || (next == 'r' && !g_ascii_isalnum(
	    l->s[p + len + 1]));
}

/* A Han word only where something ends after it: 滴眼液 is no 滴眼. */
static gboolean
word_stands(const struct line *l, size_t p)
{
	size_t len = line_word_len(l, p);

	if (len == 0)
		len = line_phrase_len(l, p);
	if (len < 2) /* "vitamin c" */
		return FALSE;
	return is_break(l->s[p + len]) || line_word_len(l, p + len) > 0 ||
	    line_phrase_len(l, p + len) > 0;
}

/* 每次2粒, 共28片: words that stand before an amount. */
static gboolean
leads_amount(const struct line *l, size_t p)
{
	size_t len = spelling_match("每次 一次 单次 共 总量 用 服 连用 连服 服用",
	    l->s + p), at = p + len;
	g_autofree char *value = NULL;

	while (len > 0 && l->s[at] == ' ')
		at++;
	return len > 0 && line_number(l, at, &value) > 0;
}

static gboolean
han_amount(const struct line *l, size_t p)
{
	g_autofree char *value = NULL;
	size_t len = line_number(l, p, &value);
	size_t end = len > 0 ? p + len : 0;
	size_t n;

	if (len == 0 || line_number_at(l, p))
		return FALSE;
	n = line_unit_len(l, end);
	return n > 0 && (is_break(l->s[end + n]) ||
	    line_word_len(l, end + n) > 0);
}

static gboolean
ends_at(const struct line *l, size_t p)
{
	char before = l->s[p - 1], c = l->s[p];

	if ((unsigned char)c >= 0x80 && ((unsigned char)c & 0xC0) == 0x80)
		return FALSE; /* inside a character */
	if (c == '/' && l->s[p + 1] == '/')
		return TRUE;
	if (line_number_at(l, p))
		return !g_ascii_isalnum(before) && before != '.' &&
		    before != '/' && before != '-' && !is_of_name(l, p);
	if ((c == '#' || c == 'x') && line_number_at(l, p + 1))
		return !g_ascii_isalnum(before);
	if (c == '-' && line_number_at(l, p + 1))
		return before == ' ';
	if ((unsigned char)c < 0x80)
		return g_ascii_isalpha(c) && before == ' ' && word_stands(l, p);
	return word_stands(l, p) || leads_amount(l, p) || han_amount(l, p);
}

static size_t
chosen_end(const struct line *l, size_t start)
{
	size_t len = l->chosen ? drug_name_len(l->chosen, l->text +
	    l->at[start]) : 0, p = start;

	if (len == 0)
		return 0;
	while (p < l->n && l->at[p] < l->at[start] + len)
		p++;
	return p >= l->n || l->s[p] == ' ' || ends_at(l, p) ? p : 0;
}

size_t
line_drug_end(const struct line *l)
{
	size_t start = strspn(l->s, " "), end = chosen_end(l, start);

	if (end > 0)
		return end;
	if (line_number_at(l, start) && !is_of_name(l, start))
		return start;
	for (end = start + (start < l->n); end < l->n; end++)
		if (ends_at(l, end))
			break;
	return end;
}

/* ---- which drug --------------------------------------------------------- */

static void
candidate_free(void *data)
{
	struct care_candidate *candidate = data;

	care_drug_free(candidate->drug);
	g_free(candidate);
}

static gboolean
is_named(const struct care_candidate *c, const char *words)
{
	return c->hit == HIT_CODE || (c->hit != HIT_INITIALS &&
	    drug_named(c->drug, words));
}

/* The first amount is this product's strength. */
static gboolean
has_strength(const struct line *l, const struct care_drug *d)
{
	const struct line_amount *a = l->amounts->len > 0 ?
	    &g_array_index(l->amounts, struct line_amount, 0) : NULL;
	const struct care_unit *unit = a ? line_unit(l, a->unit, a->unit_len) :
	    NULL;
	struct ratio typed;

	if (!unit || !a->value || a->high || !d->strength)
		return FALSE;
	typed = ratio_times(ratio_of(a->value), unit_factor(unit->code,
	    d->strength_unit));
	return ratio_good(typed) && ratio_compare(typed,
	    ratio_of(d->strength)) == 0;
}

static void
keep_if(GPtrArray *list, const struct line *l, const char *words)
{
	for (guint i = list->len; i-- > 0;) {
		const struct care_candidate *c = list->pdata[i];

		if (words ? !is_named(c, words) : !has_strength(l, c->drug))
			g_ptr_array_remove_index(list, i);
	}
}

static void
offer(struct line *l, size_t start, const char *word, GPtrArray *candidates)
{
	struct care_question *q;
	char *sentence = candidates->len == 0 ?
	    g_strdup_printf(_("No drug here is called “%s”."), word) :
	    g_strdup_printf(_("“%s” may be one of these: which?"), word);

	q = line_ask(l, PART_DRUG, start, l->tail, sentence);
	for (guint i = 0; i < candidates->len; i++) {
		const struct care_candidate *c = candidates->pdata[i];
		g_autofree char *name = drug_line_name(c->drug);

		line_choice(q, "%s%s%s%s", name, c->drug->strength ? " " : "",
		    c->drug->strength ? c->drug->strength : "",
		    c->drug->strength && c->drug->strength_unit ?
		    care_unit_words(c->drug->strength_unit, "1", "en") : "");
	}
}

static void
choose(struct line *l, size_t start, const char *words, GPtrArray *found)
{
	g_autoptr(GPtrArray) named = g_ptr_array_new();
	g_autoptr(GPtrArray) strong = NULL;
	const struct care_candidate *one = NULL;
	g_autofree char *word = line_slice(l, start, l->tail);

	for (guint i = 0; i < found->len; i++)
		g_ptr_array_add(named, found->pdata[i]);
	keep_if(named, l, words);
	strong = g_ptr_array_copy(named, NULL, NULL);
	keep_if(strong, l, NULL);
	if (named->len == 1)
		one = named->pdata[0];
	else if (strong->len == 1)
		one = strong->pdata[0];
	if (one)
		l->out->order->drug = care_drug_copy(one->drug);
	else
		offer(l, start, word, strong->len > 1 ? strong :
		    named->len > 1 ? named : found);
}

void
line_find_drug(struct line *l, const struct care_lookup *lookup)
{
	size_t start = strspn(l->s, " ");
	g_autofree char *words = g_strndup(l->text + l->at[start],
	    l->at[l->tail] - l->at[start]);
	GPtrArray *found;

	g_strstrip(words);
	if (!*words) {
		line_ask(l, PART_DRUG, start, start, g_strdup(
		    _("Which drug?")));
		return;
	}
	line_span(l, PART_DRUG, start, l->tail);
	if (l->chosen) {
		l->out->order->drug = care_drug_copy(l->chosen);
		return;
	}
	if (!lookup) {
		line_ask(l, PART_DRUG, start, l->tail, g_strdup(
		    _("There is no formulary here to find the drug in.")));
		return;
	}
	found = lookup->find(lookup->user, words, CANDIDATES_MAX);
	g_ptr_array_set_free_func(found, candidate_free);
	choose(l, start, words, found);
	if (l->out->order->drug)
		g_ptr_array_unref(found);
	else {
		g_ptr_array_unref(l->out->candidates);
		l->out->candidates = found;
	}
}
