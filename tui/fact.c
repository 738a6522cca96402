/* SPDX-License-Identifier: Apache-2.0 */
/* "@hba1c" in a reply: the latest result of that test as the chart has it, word
 * for word. What fits is offered as one types; Tab takes the chosen one. */
#include "tui/fact.h"
#include "tui/chart_lines.h"

#include <string.h>

/* After the last "@" before the caret, when no blank lies between. */
static const char *
word_at(const struct buffer *b, size_t *from)
{
	const char *text = buffer_text(b);
	size_t at = buffer_caret(b);

	while (at > 0 && text[at - 1] != '@' && text[at - 1] != ' ' &&
	    text[at - 1] != '\n')
		at--;
	if (at == 0 || text[at - 1] != '@')
		return NULL;
	*from = at - 1;
	return text + at;
}

void
fact_offers_clear(struct fact_offers *o)
{
	g_clear_pointer(&o->found, g_ptr_array_unref);
	results_drop(&o->held);
	o->chosen = 0;
}

void
fact_offers_update(struct fact_offers *o, struct tui *ui,
    struct patient_id patient, const struct buffer *b)
{
	g_autofree char *typed = NULL;
	size_t from;
	const char *word = word_at(b, &from);

	if (!word || (!o->held.lines && !results_load(&o->held, ui, patient))) {
		fact_offers_clear(o);
		return;
	}
	if (from != o->from)
		o->chosen = 0;
	o->from = from;
	typed = g_strndup(word, buffer_caret(b) - from - 1);
	g_clear_pointer(&o->found, g_ptr_array_unref);
	o->found = results_found(o->held.lines, typed);
	o->chosen = CLAMP(o->chosen, 0, MAX((int)o->found->len - 1, 0));
}

gboolean
fact_offers_step(struct fact_offers *o, int by)
{
	int n = o->found ? (int)o->found->len : 0;

	if (n == 0)
		return FALSE;
	o->chosen = (o->chosen + by + n) % n;
	return TRUE;
}

/* ---- drawing ------------------------------------------------------------ */

int
fact_offers_rows(const struct fact_offers *o)
{
	if (!o->found)
		return 0;
	return CLAMP((int)o->found->len, 1, FACTS_OFFERED);
}

gboolean
fact_offers_any(const struct fact_offers *o)
{
	return o->found && o->found->len > 0;
}

static void
draw_one(struct canvas *c, struct area a, int y,
    const struct results_line *line, gboolean chosen)
{
	g_autofree char *words = results_fact_words(line);

	canvas_text(c, a, y, 0, 1, E_QUEUE_NAME, chosen ? "▸" : " ");
	canvas_text_cut(c, a, y, 2, a.cols - 2, line->rank == 0 ?
	    E_CHART_CRITICAL : line->rank == 1 ? E_CHART_ABNORMAL :
	    E_CHART_TEXT, words);
}

/* The chosen one is always among those seen; how many more there are is said. */
void
fact_offers_draw(const struct fact_offers *o, struct canvas *c, struct area a)
{
	int rows = MIN(a.rows, fact_offers_rows(o)), n, first;
	g_autofree char *more = NULL;

	if (rows < 1)
		return;
	n = (int)o->found->len;
	if (n == 0) {
		canvas_text(c, a, 0, 0, a.cols, E_DIM, _("No result of this "
		    "patient is called so."));
		return;
	}
	first = CLAMP(o->chosen - rows / 2, 0, n - rows);
	/* Where the count stands no value does: one over the other is a third. */
	for (int y = 0; y < rows; y++)
		draw_one(c, area_part(a, 0, 0, rows, a.cols - (n > rows &&
		    y == rows - 1 ? COUNT_COLS : 0)), y,
		    o->found->pdata[first + y], first + y == o->chosen);
	if (n <= rows)
		return;
	more = g_strdup_printf("%d/%d", o->chosen + 1, n);
	canvas_text_right(c, a, rows - 1, a.cols - COUNT_COLS, COUNT_COLS,
	    E_DIM, more);
}

/* ---- taking ------------------------------------------------------------- */

/* The words are there whatever becomes of their origin. */
static void
remember(struct tui *ui, struct draft_key key,
    const struct results_line *line, const char *words)
{
	g_autoptr(GError) error = NULL;

	if (!store_fact_add(ui->store, key, line->row->now.ref, words,
	    &error))
		ui_fail(ui, _("The result stands in the reply, but which one it "
		    "is could not be kept."), error);
}

static gboolean
put(struct tui *ui, struct draft_key key, const struct results_line *line,
    struct buffer *b, size_t from)
{
	g_autofree char *words = results_fact_words(line);
	const char *text = buffer_text(b);
	g_autofree char *all = g_strdup_printf("%.*s%s%s", (int)from, text,
	    words, text + buffer_caret(b));

	if (!buffer_replace(b, all, strlen(all)))
		return FALSE;
	buffer_move_to(b, from + strlen(words));
	remember(ui, key, line, words);
	return TRUE;
}

gboolean
fact_insert(struct tui *ui, struct draft_key key,
    const struct results_line *line, struct buffer *b)
{
	return put(ui, key, line, b, buffer_caret(b));
}

gboolean
fact_take(struct fact_offers *o, struct tui *ui, struct draft_key key,
    struct buffer *b)
{
	gboolean taken;

	if (!o->found)
		return FALSE;
	if (!o->found->len) {
		ui_say(ui, _("No result of this patient is called so."));
		return FALSE;
	}
	taken = put(ui, key, o->found->pdata[o->chosen], b, o->from);
	fact_offers_clear(o);
	return taken;
}

/* ---- checked before it goes --------------------------------------------- */

/* Value and day, whatever language it was quoted in; " 7.2 %" is not in
 * "17.2 %". */
static gboolean
says(const char *words, const struct chart_entry *e)
{
	g_autofree char *shown = words_shown(e->detail ? e->detail : e->value);
	g_autofree char *value = g_strconcat(" ", shown, NULL);
	g_autofree char *date = chart_date_words(e);
	const char *at = strstr(words, value), *after;

	if (!at || (date && !strstr(words, date)))
		return FALSE;
	after = at + strlen(value);
	return *after == ' ' || g_str_has_prefix(after, "（");
}

static char *
stale_words(const struct fact *fact, const struct result_series *now)
{
	const struct chart_entry *e = now->n ? &now->points[0] : NULL;
	g_autofree char *value = NULL;

	if (!e)
		return g_strdup_printf(_("“%s” is not in the chart any "
		    "more."), fact->words);
	if (e->status == ENTRY_ENTERED_IN_ERROR || e->status == ENTRY_CANCELLED)
		return g_strdup_printf(_("“%s” was entered in error, the chart "
		    "says now."), fact->words);
	for (size_t i = 0; i < now->n; i++)
		if (says(fact->words, &now->points[i]))
			return NULL;
	value = words_shown(e->detail ? e->detail : e->value);
	return g_strdup_printf(_("“%s” was corrected, the chart says now: "
	    "%s."), fact->words, value);
}

char *
results_quote_stale(struct store *store, struct draft_key key,
    const char *text)
{
	g_autoptr(GArray) facts = store_facts(store, key, text, NULL);

	for (guint i = 0; facts && i < facts->len; i++) {
		const struct fact *fact = &g_array_index(facts, struct fact,
		    i);
		BASE_AUTO(result_series) now = store_result_of(store, fact->ref,
		    NULL);
		char *words = now ? stale_words(fact, now) : NULL;

		if (words)
			return words;
	}
	return NULL;
}
