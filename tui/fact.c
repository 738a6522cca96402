/* SPDX-License-Identifier: Apache-2.0 */
/* "@hba1c" in a reply and Tab: the latest result of that test as the chart has
 * it, word for word. Several that fit are named, none is chosen. */
#include "tui/fact.h"
#include "tui/results_view.h"

#include <string.h>

enum { NAMED_MAX = 6 };

/* After the last "@" before the caret, when no blank lies between. */
static const char *
word_at(const struct buffer *b, size_t *from)
{
	const char *text = buffer_text(b);
	size_t at = buffer_caret(b);

	while (at > 0 && text[at - 1] != '@' && text[at - 1] != ' ' &&
	    text[at - 1] != '\n')
		at--;
	if (at == 0 || text[at - 1] != '@' || at == buffer_caret(b))
		return NULL;
	*from = at - 1;
	return text + at;
}

/* 2: its very name, 1: the beginning of one or a part of the words, 0: not. */
static int
fits(const struct results_line *l, const char *folded)
{
	g_autofree char *name = base_text_fold(l->name);
	g_auto(GStrv) also = l->analyte ? g_strsplit(l->analyte->also, " ",
	    -1) : NULL;
	int best = strcmp(name, folded) == 0 ? 2 : strstr(name, folded) != NULL;

	for (char **word = also; word && *word; word++)
		if (strcmp(*word, folded) == 0)
			best = 2;
		else if (g_str_has_prefix(*word, folded))
			best = MAX(best, 1);
	return chart_is_sound(&l->row->now) ? best : 0;
}

/* "糖化血红蛋白 7.2 %（2026-10-03）": the words of the Observation itself. */
static char *
fact_words(const struct results_line *l)
{
	const struct chart_entry *e = &l->row->now;
	g_autofree char *value = words_shown(e->detail ? e->detail :
	    e->value);

	return g_strdup_printf(_("%s %s (%s)"), l->name, value, l->date);
}

static void
say_several(struct tui *ui, const GPtrArray *found)
{
	GString *names = g_string_new(NULL);
	g_autofree char *words = NULL;

	for (guint i = 0; i < MIN(found->len, NAMED_MAX); i++)
		g_string_append_printf(names, "%s@%s", i ? "  " : "",
		    ((const struct results_line *)found->pdata[i])->name);
	if (found->len > NAMED_MAX)
		g_string_append(names, " …");
	words = g_string_free(names, FALSE);
	ui_say(ui, words);
}

static GPtrArray *
found_in(const GArray *lines, const char *folded)
{
	GPtrArray *found = g_ptr_array_new();
	int best = 1;

	for (guint i = 0; i < lines->len; i++) {
		struct results_line *l = &g_array_index(lines,
		    struct results_line, i);
		int fit = fits(l, folded);

		if (fit > best) {
			g_ptr_array_set_size(found, 0);
			best = fit;
		}
		if (fit == best)
			g_ptr_array_add(found, l);
	}
	return found;
}

static void
insert(struct buffer *b, size_t from, const char *words)
{
	const char *text = buffer_text(b);
	g_autofree char *all = g_strdup_printf("%.*s%s%s", (int)from, text,
	    words, text + buffer_caret(b));

	if (buffer_replace(b, all, strlen(all)))
		buffer_move_to(b, from + strlen(words));
}

gboolean
fact_complete(struct tui *ui, struct patient_id patient, struct buffer *b)
{
	g_autoptr(GError) error = NULL;
	BASE_AUTO(results) results = NULL;
	g_autoptr(GArray) lines = NULL;
	g_autoptr(GPtrArray) found = NULL;
	g_autofree char *word = NULL, *folded = NULL, *words = NULL;
	size_t from;
	const char *at = word_at(b, &from);
	int64_t now_ms = base_now_ms();

	if (!at)
		return FALSE;
	results = store_results(ui->store, patient, now_ms, &error);
	if (!results) {
		ui_fail(ui, _("The results could not be read from the "
		    "cache."), error);
		return FALSE;
	}
	word = g_strndup(at, buffer_caret(b) - from - 1);
	folded = base_text_fold(word);
	lines = results_lines_new(results, now_ms);
	found = found_in(lines, folded);
	if (found->len == 1) {
		words = fact_words(found->pdata[0]);
		insert(b, from, words);
		return TRUE;
	}
	if (found->len)
		say_several(ui, found);
	else
		ui_say(ui, _("No result of this patient is called so."));
	return FALSE;
}
