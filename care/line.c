/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The typed line: drug, then words and amounts in any order, each taken for what
 * it is or asked about. One pass; the line's length is bounded.
 */
#include "care/line_room.h"

#include <string.h>

static void
question_free(void *data)
{
	struct care_question *q = data;

	g_free(q->sentence);
	g_ptr_array_unref(q->choices);
	g_free(q);
}

static struct care_line *
line_new(void)
{
	struct care_line *line = g_new0(struct care_line, 1);

	line->order = care_order_new();
	line->spans = g_array_new(FALSE, FALSE, sizeof(struct care_span));
	line->questions = g_ptr_array_new_with_free_func(question_free);
	line->candidates = g_ptr_array_new();
	return line;
}

void
care_line_free(struct care_line *line)
{
	if (!line)
		return;
	care_order_free(line->order);
	g_array_unref(line->spans);
	g_ptr_array_unref(line->questions);
	g_ptr_array_unref(line->candidates);
	g_free(line);
}

/* ---- the tail ----------------------------------------------------------- */

/* "// …": to the patient, as it was typed, to the end of the line. */
static size_t
take_note(struct line *l, size_t p)
{
	GString *note;

	if (l->s[p] != '/' || l->s[p + 1] != '/')
		return 0;
	note = g_string_new(NULL);
	for (const char *q = l->text + l->at[p + 2]; *q; q++) {
		if (*q == '\\' && q[1]) {
			q++;
			g_string_append_c(note, *q == 'n' ? '\n' : *q);
		} else {
			g_string_append_c(note, *q);
		}
	}
	line_span(l, PART_NOTE, p, l->n);
	l->out->order->note = g_string_free(note, FALSE);
	g_strstrip(l->out->order->note);
	if (!*l->out->order->note)
		g_clear_pointer(&l->out->order->note, g_free);
	return l->n - p;
}

static gboolean
same_class(char a, char b)
{
	gboolean han = (unsigned char)a >= 0x80;

	return han == ((unsigned char)b >= 0x80);
}

/* A word of no table: to the next blank, number, or change of script. */
static size_t
take_unknown(struct line *l, size_t p)
{
	size_t end = p + 1;

	while (end < l->n && l->s[end] != ' ' && same_class(l->s[p],
	    l->s[end]) && !(g_ascii_isdigit(l->s[end]) &&
	    (unsigned char)l->s[p] >= 0x80))
		end++;
	if (line_ask_word(l, p, end))
		return end - p;
	g_autofree char *word = line_slice(l, p, end);
	line_span(l, PART_UNKNOWN, p, end);
	line_ask(l, PART_UNKNOWN, p, end, g_strdup_printf(
	    _("“%s” is not understood."), word));
	return end - p;
}

static size_t
take(struct line *l, size_t p)
{
	static size_t (*const takers[])(struct line *, size_t) = {
		take_note, line_take_phrase, line_take_quantity, line_take_word,
		line_take_amount, take_unknown,
	};
	size_t len = 0;

	for (size_t i = 0; len == 0 && i < G_N_ELEMENTS(takers); i++)
		len = takers[i](l, p);
	return len;
}

static void
take_tail(struct line *l)
{
	size_t p = l->tail;

	while (p < l->n) {
		if (l->s[p] == ' ')
			p++;
		else
			p += take(l, p);
	}
}

/* ---- the whole ---------------------------------------------------------- */

static int
by_place(gconstpointer a, gconstpointer b)
{
	const struct care_question *left = *(struct care_question *const *)a;
	const struct care_question *right = *(struct care_question *const *)b;

	return (left->start > right->start) - (left->start < right->start);
}

static void
ask_herbal(struct line *l)
{
	const struct care_drug *d = l->out->order->drug;

	if (!d || d->herbal == l->herbal)
		return;
	line_ask(l, PART_DRUG, 0, l->tail, g_strdup(l->herbal ?
	    _("This is no herb: other drugs go into a prescription of their "
	    "own.") : _("This is a herb: herbs go into a prescription of "
	    "their own.")));
}

static void
parse(struct line *l, const struct care_lookup *lookup)
{
	line_fold(l);
	l->tail = line_drug_end(l);
	take_tail(l);
	line_find_drug(l, lookup);
	line_settle(l);
	ask_herbal(l);
	line_settle_needs(l);
	g_ptr_array_sort(l->out->questions, by_place);
	l->out->complete = l->out->questions->len == 0;
}

static void
refuse(struct care_line *line, const char *sentence)
{
	struct care_question *q = g_new0(struct care_question, 1);

	q->part = PART_UNKNOWN;
	q->sentence = g_strdup(sentence);
	q->choices = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(line->questions, q);
}

struct care_line *
care_line_parse(const char *text, const struct care_lookup *lookup,
    const struct care_drug *chosen, gboolean herbal)
{
	struct care_line *line = line_new();
	struct line l = { .text = text, .out = line, .chosen = chosen,
		.herbal = herbal };

	if (strnlen(text, CARE_LINE_MAX_BYTES + 1) > CARE_LINE_MAX_BYTES) {
		refuse(line, _("The line is too long to be one order."));
		return line;
	}
	if (!g_utf8_validate(text, -1, NULL)) {
		refuse(line, _("The line is no text."));
		return line;
	}
	l.amounts = g_array_new(FALSE, FALSE, sizeof(struct line_amount));
	g_array_set_clear_func(l.amounts, (GDestroyNotify)line_amount_clear);
	parse(&l, lookup);
	g_array_unref(l.amounts);
	line_amount_clear(&l.quantity);
	g_free(l.s);
	g_free(l.at);
	return line;
}
