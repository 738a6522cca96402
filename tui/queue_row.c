/* SPDX-License-Identifier: Apache-2.0 */
/* A row of the queue: one line where there are columns for it, else two. */
#include "care/care.h"
#include "tui/queue_view.h"

enum { X_MARK = 1, X_WAIT = 2, COLS_WAIT = 8, X_NAME = 11, X_BELOW = 3 };

static gboolean
overdue(const struct queue_row *row)
{
	return row->owed && row->deadline_ms &&
	    row->deadline_ms < base_now_ms();
}

static const char *
owed_words(const struct queue_row *row)
{
	static const struct { const char *done, *due, *late; }
	    words[QUEUE_KINDS_] = {
		[QUEUE_CONSULT] = { N_("answered"), N_("reply due"),
		    N_("reply late") },
		[QUEUE_RESULT] = { N_("seen"), N_("result"),
		    N_("result late") },
		[QUEUE_RENEWAL] = { N_("answered"), N_("renewal"),
		    N_("renewal late") },
		[QUEUE_REJECTED] = { N_("answered"), N_("Rx rejected"),
		    N_("Rx rejected") },
	};

	if (!row->owed)
		return _(words[row->kind].done);
	return _(overdue(row) ? words[row->kind].late : words[row->kind].due);
}

static const char *
mine_words(const struct queue_row *row)
{
	if (row->failed)
		return _("✗refused");
	if (row->unsent)
		return _("↑unsent");
	return row->draft ? _("✎draft") : "";
}

static enum element
owed_element(const struct queue_row *row)
{
	if (!row->owed)
		return E_QUEUE_DONE;
	return overdue(row) ? E_QUEUE_OVERDUE : E_QUEUE_OWED;
}

struct row_words {
	char *wait, *name, *person, *flags, *complaint, *unread;
};

static void
words_make(const struct queue_row *row, struct row_words *w)
{
	w->wait = base_wait_words(base_now_ms() - row->since_ms);
	w->name = words_name(&row->patient);
	w->person = words_sex_age(&row->patient);
	w->flags = words_flags(&row->patient);
	w->complaint = base_text_show(row->complaint ? row->complaint : "", -1,
	    BASE_ONE_LINE);
	w->unread = row->unread ? g_strdup_printf(_("%d new"), row->unread)
	    : g_strdup("");
}

static void
words_clear(struct row_words *w)
{
	g_free(w->wait);
	g_free(w->name);
	g_free(w->person);
	g_free(w->flags);
	g_free(w->complaint);
	g_free(w->unread);
}

/* Draws from the right edge leftwards; returns what is left of the columns. */
static int
draw_right(struct canvas *c, struct area a, int y, int cols,
    enum element e, const char *text)
{
	int w = base_text_cols(text, -1);

	if (!w || w + 1 > cols)
		return cols;
	canvas_text(c, a, y, cols - w, w, e, text);
	return cols - w - 1;
}

static void
draw_cut(struct canvas *c, struct area a, int y, int x, int cols,
    enum element e, const char *text)
{
	g_autofree char *cut = cols > 0 ? base_text_cut(text, cols) : NULL;

	if (cut)
		canvas_text(c, a, y, x, cols, e, cut);
}

static void
draw_head(struct canvas *c, struct area a,
    const struct queue_row *row, const struct row_words *w)
{
	canvas_text(c, a, 0, X_MARK, 2, E_QUEUE_URGENT,
	    care_urgency_mark(row->priority));
	canvas_text_right(c, a, 0, X_WAIT, COLS_WAIT,
	    overdue(row) ? E_QUEUE_OVERDUE : E_QUEUE_WAIT, w->wait);
}

/* Name, then sex and age; the name gives way, never the age. */
static int
draw_person(struct canvas *c, struct area a, int cols,
    const struct row_words *w)
{
	int person = base_text_cols(w->person, -1), x = X_NAME;
	g_autofree char *name = base_text_cut(w->name,
	    MAX(cols - x - person - 1, 4));

	x += canvas_text(c, a, 0, x, cols - x, E_QUEUE_NAME, name) + 1;
	x += canvas_text(c, a, 0, x, cols - x, E_QUEUE_PERSON, w->person);
	return x + 1;
}

/* What marks the patient stands beside the age, or before all else below. The
 * second line begins under the waiting time: the complaint needs the columns. */
static void
draw_two(struct canvas *c, struct area a, const struct queue_row *row,
    const struct row_words *w)
{
	int cols = a.cols - 1, flags = base_text_cols(w->flags, -1);
	int x = draw_person(c, a, cols, w);
	gboolean fits = x + flags <= cols;

	draw_head(c, a, row, w);
	if (fits)
		draw_right(c, a, 0, cols, E_FLAG, w->flags);
	cols = draw_right(c, a, 1, cols, E_QUEUE_UNREAD, w->unread);
	cols = draw_right(c, a, 1, cols, E_QUEUE_MINE, mine_words(row));
	x = X_BELOW;
	if (flags && !fits)
		x += canvas_text(c, a, 1, x, cols - x, E_FLAG, w->flags) + 1;
	x += canvas_text(c, a, 1, x, cols - x, owed_element(row),
	    owed_words(row));
	x += canvas_text(c, a, 1, x, cols - x, E_DIM, " · ");
	draw_cut(c, a, 1, x, cols - x, E_DIM, w->complaint);
}

static void
draw_one(struct canvas *c, struct area a, const struct queue_row *row,
    const struct row_words *w)
{
	int cols = draw_right(c, a, 0, a.cols - 1, owed_element(row),
	    owed_words(row)), x;

	cols = draw_right(c, a, 0, cols, E_QUEUE_MINE, mine_words(row));
	cols = draw_right(c, a, 0, cols, E_QUEUE_UNREAD, w->unread);
	draw_head(c, a, row, w);
	x = MAX(draw_person(c, a, MIN(cols, X_NAME + 24), w), X_NAME + 16);
	if (*w->flags)
		x += canvas_text(c, a, 0, x, cols - x, E_FLAG, w->flags) + 1;
	draw_cut(c, a, 0, x, cols - x, E_DIM, w->complaint);
}

void
queue_row_draw(struct queue_view *q, struct canvas *c, struct area a,
    const struct queue_row *row, gboolean selected)
{
	struct row_words w;

	words_make(row, &w);
	if (selected || (q->view.ui->open.row && q->view.ui->open.row ==
	    row->key))
		canvas_text(c, a, 0, 0, 1, E_QUEUE_NAME, selected ? "▸" : "·");
	if (q->list.height == 1)
		draw_one(c, a, row, &w);
	else
		draw_two(c, a, row, &w);
	words_clear(&w);
}
