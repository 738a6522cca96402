/* SPDX-License-Identifier: Apache-2.0 */
/* Questions of a line, and the words that must not be guessed. */
#include "care/line_room.h"

#include <string.h>

char *
line_slice(const struct line *l, size_t start, size_t end)
{
	g_autofree char *raw = g_strndup(l->text + l->at[start],
	    l->at[end] - l->at[start]);
	g_autofree char *shown = base_text_show(raw, -1, BASE_ONE_LINE);

	return base_text_cut(shown, 40);
}

struct care_question *
line_ask(struct line *l, enum care_part part, size_t start, size_t end,
    char *sentence)
{
	struct care_question *q = g_new0(struct care_question, 1);

	q->part = part;
	q->start = l->at[start];
	q->end = l->at[end];
	q->sentence = sentence;
	q->choices = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(l->out->questions, q);
	return q;
}

void
line_choice(struct care_question *q, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	g_ptr_array_add(q->choices, g_strdup_vprintf(fmt, args));
	va_end(args);
}

void
line_span(struct line *l, enum care_part part, size_t start, size_t end)
{
	struct care_span span = { l->at[start], l->at[end], part };

	g_array_append_val(l->out->spans, span);
}

/* ---- words of two meanings ---------------------------------------------- */

/* What hospitals read differently, and what each may mean (ISMP's list of
 * error-prone abbreviations names od, on and qhs's kin; 空腹 has no EventTiming). */
static const struct {
	const char *word;
	enum care_part part;
	const char *choices;
} ambiguous[] = {
	{ "qm", PART_FREQUENCY, "qam qmonth" },
	{ "od", PART_FREQUENCY, "qd" },
	{ "on", PART_FREQUENCY, "qn" },
	{ "am", PART_FREQUENCY, "qam" },
	{ "pm", PART_FREQUENCY, "qn" },
	{ "空腹", PART_WHEN, "ac acm" },
	{ "饭时", PART_WHEN, "c ac pc" },
	{ "注射", PART_ROUTE, "ih im iv" },
	{ "inj", PART_ROUTE, "ih im iv" },
};

void
line_ask_frequency(struct line *l, size_t start, size_t end, char *sentence)
{
	static const char *const usual[] = { "qd", "bid", "tid", "qid", "qn",
		"q8h", "q12h", "qod", "qw" };
	struct care_question *q = line_ask(l, PART_FREQUENCY, start, end,
	    sentence);
	const struct care_frequency *f;

	for (f = care_frequencies; end > start && f->code; f++)
		if (strncmp(f->code, l->s + start, end - start) == 0)
			line_choice(q, "%s", f->code);
	for (size_t i = 0, n = q->choices->len; n == 0 &&
	    i < G_N_ELEMENTS(usual); i++)
		line_choice(q, "%s", usual[i]);
}

static gboolean
ask_ambiguous(struct line *l, size_t start, size_t end)
{
	for (size_t i = 0; i < G_N_ELEMENTS(ambiguous); i++) {
		g_auto(GStrv) choices = NULL;
		struct care_question *q;

		if (strlen(ambiguous[i].word) != end - start ||
		    memcmp(ambiguous[i].word, l->s + start, end - start) != 0)
			continue;
		choices = g_strsplit(ambiguous[i].choices, " ", -1);
		g_autofree char *word = line_slice(l, start, end);
		q = line_ask(l, ambiguous[i].part, start, end, g_strdup_printf(
		    _("“%s” is read in different ways: which is meant?"), word));
		for (char **c = choices; *c; c++)
			line_choice(q, "%s", *c);
		return TRUE;
	}
	return FALSE;
}

gboolean
line_ask_word(struct line *l, size_t start, size_t end)
{
	g_autofree char *word = line_slice(l, start, end);

	if (ask_ambiguous(l, start, end)) {
		line_span(l, PART_UNKNOWN, start, end);
		return TRUE;
	}
	if (l->s[start] != 'q')
		return FALSE;
	line_ask_frequency(l, start, end, g_strdup_printf(
	    _("“%s” is no frequency."), word));
	line_span(l, PART_UNKNOWN, start, end);
	return TRUE;
}
