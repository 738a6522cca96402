/* SPDX-License-Identifier: Apache-2.0 */
/* The thread: a conversation, and the reply below it. */
#include "tui/composer.h"
#include "tui/labs.h"
#include "tui/revisit.h"
#include "tui/thread_view.h"

enum { LIMIT_FIRST = 60, LIMIT_MORE = 200, LIMIT_JUMP = 20000 };

static struct thread_view *
self(struct view *v)
{
	return (struct thread_view *)v;
}

/* ---- reading the store -------------------------------------------------- */

static struct thread *
read_thread(struct thread_view *t, GError **error)
{
	struct tui *ui = t->view.ui;
	const struct draft_key *key = &ui->open.key;

	if (key->report.n)
		return store_report_thread(ui->store, key->report, t->limit,
		    error);
	return store_thread(ui->store, key->consult, t->limit, error);
}

static void
said_clear(void *p)
{
	g_free(((struct thread_said *)p)->words);
}

static void
said_add(GArray *said, enum element element, char *words)
{
	struct thread_said one = { element, words };

	g_array_append_val(said, one);
}

/* What is out of range first; a report in words as it is written. Where the
 * chart stands beside it too, it is read at the same place. */
static void
said_read(struct thread_view *t)
{
	static const enum element elements[] = { E_CHART_CRITICAL,
		E_CHART_ABNORMAL };
	struct store *store = t->view.ui->store;
	BASE_AUTO(results) results = store_report_results(store,
	    t->thread->report, NULL);
	g_autoptr(GArray) lines = results ? results_lines_new(results,
	    base_now_ms()) : NULL;
	BASE_AUTO(report_text) text = NULL;

	t->said = g_array_new(FALSE, FALSE, sizeof(struct thread_said));
	g_array_set_clear_func(t->said, said_clear);
	for (guint i = 0; lines && i < lines->len; i++) {
		const struct results_line *l = &g_array_index(lines,
		    struct results_line, i);

		said_add(t->said, l->rank < 2 ? elements[MAX(l->rank, 0)] :
		    E_CHART_TEXT, g_strdup_printf("%s  %s  %s", l->name,
		    l->value, l->more));
	}
	if (results && results->missing)
		said_add(t->said, E_CHART_STATE, g_strdup_printf(NGETTEXT(
		    "! %d result that this report names is not here",
		    "! %d results that this report names are not here",
		    (unsigned long)results->missing), results->missing));
	if (!(results && results->n) && t->thread->ref)
		text = report_text_read(store, t->thread->ref, NULL);
	if (text)
		said_add(t->said, E_CHART_TEXT, g_strdup(text->text));
}

static void
load(struct view *v)
{
	struct thread_view *t = self(v);
	g_autoptr(GError) error = NULL;
	struct thread *thread;

	if (!v->ui->open.key.consult.n && !v->ui->open.key.report.n)
		return;
	thread = read_thread(t, &error);
	if (!thread) {
		ui_fail(v->ui, _("This conversation could not be read from the "
		    "cache; the others are untouched."), error);
		return;
	}
	thread_lines_drop(t);
	thread_free(t->thread);
	t->thread = thread;
	g_clear_pointer(&t->said, g_array_unref);
	if (thread->report.n)
		said_read(t);
}

static void
drop(struct view *v)
{
	struct thread_view *t = self(v);

	g_clear_pointer(&t->lines, thread_lines_free);
	g_clear_pointer(&t->thread, thread_free);
	g_clear_pointer(&t->said, g_array_unref);
}

void
thread_view_show(struct view *v)
{
	struct thread_view *t = self(v);

	drop(v);
	t->limit = LIMIT_FIRST;
	t->rows = 0;
	t->list.top = 0;
	t->top = (struct anchor){ 0 };
	t->rule = (struct message_id){ 0 };
	t->rule_set = FALSE;
	load(v);
	if (!t->thread)
		return;
	thread_rule_find(t);
	t->position = t->rule_set ? AT_UNREAD : AT_END;
}

void
thread_view_end(struct view *v)
{
	self(v)->position = AT_END;
	g_clear_pointer(&self(v)->lines, thread_lines_free);
	ui_dirty(v->ui, DIRTY_THREAD);
}

const struct thread *
thread_view_thread(struct view *v)
{
	return self(v)->thread;
}

/* ---- drawing ------------------------------------------------------------ */

static int64_t
count(void *user)
{
	struct thread_view *t = user;

	return t->lines ? t->lines->line->len : 0;
}

static void
draw_line(void *user, struct canvas *c, struct area a, int64_t i,
    gboolean selected)
{
	struct thread_view *t = user;

	thread_lines_draw(t->lines, t->thread, c, a, (int)i);
}

/* One who has a request and no consultation: whose the chart is, on top too. */
static void
title_patient(struct tui *ui, struct canvas *c, struct area a)
{
	g_autoptr(GStringChunk) text = g_string_chunk_new(256);
	g_autofree char *words = NULL;
	struct patient_brief p = { 0 };

	if (!ui->patient.n ||
	    !store_patient_brief(ui->store, ui->patient, text, &p, NULL))
		return;
	words = words_patient_fit(&p, a.cols - 1);
	canvas_text(c, a, 0, 1, a.cols - 1, E_STRONG, words);
}

static void
title(struct view *v, struct canvas *c, struct area a)
{
	struct thread_view *t = self(v);
	g_autofree char *words = NULL, *topic = NULL, *below = NULL;
	int x = 1;

	if (!t->thread) {
		title_patient(v->ui, c, a);
		return;
	}
	topic = base_text_show(t->thread->complaint ? t->thread->complaint : "",
	    -1, BASE_ONE_LINE);
	if (t->unread_below) {
		below = g_strdup_printf(_("↓%d new"), t->unread_below);
		a.cols -= base_text_cols(below, -1) + 1;
		canvas_text(c, (struct area){ a.y, a.x + a.cols, 1,
		    base_text_cols(below, -1) }, 0, 0, 20,
		    E_MESSAGE_UNREAD_RULE, below);
	}
	words = words_patient_fit(&t->thread->patient, a.cols - x);
	x += canvas_text(c, a, 0, x, a.cols - x, E_STRONG, words) + 2;
	if (a.cols - x > 4) {
		g_autofree char *cut = base_text_cut(topic, a.cols - x);

		canvas_text(c, a, 0, x, a.cols - x, E_TITLE_DIM, cut);
	}
}

static void
draw_none(struct thread_view *t, struct canvas *c, struct area a)
{
	enum { HINTS = 4 };
	static const struct { enum request request; const char *words; }
	hints[2][HINTS] = { {
		{ REQ_OPEN, N_("opens the patient of the selected row") },
		{ REQ_NEXT, N_("brings the next who is owed something") },
		{ REQ_FILTER, N_("finds a name or a complaint") },
		{ REQ_HELP, N_("shows all keys") },
	}, {
		{ REQ_RENEWALS, N_("shows the requests for renewal") },
		{ REQ_CHART, N_("shows the chart") },
		{ REQ_NEXT, N_("brings the next who is owed something") },
		{ REQ_HELP, N_("shows all keys") },
	} };
	gboolean someone = t->view.ui->patient.n != 0;
	int y = MAX(a.rows / 2 - 3, 0), x = MAX((a.cols - 46) / 2, 1);

	if (someone)
		canvas_sentence(c, area_part(a, 1, 2, MAX(y - 1, 1),
		    a.cols - 3), E_DIM,
		    _("This patient has no open consultation."));
	for (int i = 0; i < HINTS; i++) {
		g_autofree char *key = request_key(hints[someone][i].request,
		    IN_QUEUE);

		canvas_text_right(c, a, y + i, x, 5, E_HELP_KEY, key);
		canvas_text(c, a, y + i, x + 7, a.cols - x - 8, E_DIM,
		    _(hints[someone][i].words));
	}
}

enum { REVISIT_ROWS = 3 };

/* Above the conversation, always: which record makes it a re-visit (F54). Until it
 * was looked up its row is kept free, so that nothing moves under the eye. */
static struct area
draw_revisit(struct thread_view *t, struct canvas *c, struct area a)
{
	struct view *chart = t->view.ui->pane[PANE_CHART];
	const struct care_revisit *r;
	g_autofree char *said = NULL;
	g_autoptr(GArray) lines = NULL;
	int rows = 1;

	if (!chart_view_revisit(chart, &r))
		return area_part(a, chart_view_unasked(chart) ? 0 : 1, 0,
		    a.rows - !chart_view_unasked(chart), a.cols);
	said = revisit_brief(r, a.cols - 2);
	if (!said)
		return a;
	lines = base_text_wrap(said, strlen(said), a.cols - 2, FALSE);
	rows = revisit_stands(r) ? 1 : MIN((int)lines->len, REVISIT_ROWS);
	canvas_sentence(c, area_part(a, 0, 1, rows, a.cols - 2),
	    revisit_element(r), said);
	return area_part(a, rows, 0, a.rows - rows, a.cols);
}

static struct area
draw_composer(struct thread_view *t, struct canvas *c,
    struct area a)
{
	struct tui *ui = t->view.ui;
	struct view *v = ui->composer;
	int rows;

	if (!v)
		return a;
	rows = v->ops->rows ? v->ops->rows(v, a.cols, a.rows * 2 / 3) : 3;
	rows = CLAMP(rows, 3, MAX(a.rows * 2 / 3, 3));
	v->ops->draw(v, c, area_part(a, a.rows - rows, 0, rows, a.cols),
	    ui->composing);
	a.rows -= rows;
	return a;
}

static void
draw(struct view *v, struct canvas *c, struct area a,
    gboolean focused)
{
	struct thread_view *t = self(v);

	if (!t->thread) {
		draw_none(t, c, a);
		return;
	}
	thread_lay_out(t, a.cols);
	if (focused)
		canvas_cursor(c, a, 0, 0, FALSE);
	a = draw_revisit(t, c, draw_composer(t, c, a));
	thread_keep_end(t, a.rows);
	t->rows = a.rows;
	list_draw(&t->list, c, a, focused);
	thread_count_below(t);
}

static gboolean
holds(const struct thread_view *t, struct message_id message)
{
	for (size_t i = 0; t->thread && i < t->thread->n; i++)
		if (t->thread->messages[i].id.n == message.n)
			return TRUE;
	return FALSE;
}

void
thread_view_jump(struct view *v, struct message_id message)
{
	struct thread_view *t = self(v);

	for (int limit = 0; t->thread && t->thread->earlier > 0 &&
	    !holds(t, message) && limit != t->limit;) {
		limit = t->limit;
		t->limit = MIN(limit * 4, LIMIT_JUMP);
		load(v);
	}
	if (!holds(t, message))
		return;
	thread_lines_drop(t);
	t->top = (struct anchor){ .message = message.n };
	t->position = AT_ANCHOR;
	ui_dirty(v->ui, DIRTY_SCREEN);
}

/* ---- requests ----------------------------------------------------------- */

static void
more(struct thread_view *t)
{
	if (t->list.top > 0 || !t->thread || !t->thread->earlier)
		return;
	t->limit += LIMIT_MORE;
	ui_dirty(t->view.ui, DIRTY_THREAD);
}

static gboolean
request(struct view *v, enum request r)
{
	struct thread_view *t = self(v);

	switch (r) {
	case REQ_RETRY:
		return thread_retry(t);
	case REQ_TO_DRAFT:
		return thread_to_draft(t);
	case REQ_DETAILS:
		return thread_whole(t);
	default:
		break;
	}
	if (!list_request(&t->list, r))
		return FALSE;
	if (r == REQ_UP || r == REQ_PAGE_UP || r == REQ_TOP)
		more(t);
	return TRUE;
}

static gboolean
event(struct view *v, const struct event *e)
{
	struct thread_view *t = self(v);

	if (e->kind != EVENT_MOUSE || e->mouse == MOUSE_PRESS)
		return FALSE;
	for (int i = 0; i < 3; i++)
		list_request(&t->list, e->mouse == MOUSE_WHEEL_UP ? REQ_UP
		    : REQ_DOWN);
	if (e->mouse == MOUSE_WHEEL_UP)
		more(t);
	return TRUE;
}

static const enum request *
footer(struct view *v)
{
	static const enum request keys[] = { REQ_REPLY, REQ_NEXT, REQ_CHART,
		REQ_HELP };
	static const enum request failed[] = { REQ_RETRY, REQ_TO_DRAFT,
		REQ_NEXT, REQ_HELP };
	static const enum request result[] = { REQ_ACK, REQ_EXPLAIN,
		REQ_RECALL, REQ_HELP };
	static const enum request none[] = { REQ_RENEWALS, REQ_NEXT, REQ_CHART,
		REQ_HELP };

	if (!self(v)->thread)
		return none;
	if (thread_refused(self(v)))
		return failed;
	return v->ui->open.key.report.n ? result : keys;
}

static void
thread_view_free(struct view *v)
{
	drop(v);
	g_free(self(v));
}

static const struct view_ops ops = {
	.name = "thread",
	.place = PLACE_PANE,
	.where = IN_THREAD,
	.footer = footer,
	.load = load,
	.drop = drop,
	.title = title,
	.draw = draw,
	.request = request,
	.event = event,
	.shown = thread_shown,
	.free = thread_view_free,
};

struct view *
thread_view_new(struct tui *ui)
{
	static const struct list_ops list_ops = { .count = count,
		.draw = draw_line };
	struct thread_view *t = g_new0(struct thread_view, 1);

	t->view = (struct view){ .ops = &ops, .ui = ui };
	list_init(&t->list, &list_ops, t, TRUE);
	return &t->view;
}
