/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The thread. The reader's line is remembered as a message and a line of it, so
 * that whatever arrives, the text before the eye stays where it is. A message is
 * read when all its lines were on the glass.
 */
#include <inttypes.h>
#include <stdio.h>

#include "tui/composer.h"
#include "tui/list.h"
#include "tui/thread_lines.h"

enum { LIMIT_FIRST = 60, LIMIT_MORE = 200, CONTEXT_LINES = 3 };

enum position { AT_ANCHOR, AT_UNREAD, AT_END };

struct anchor { int64_t message, outbox; int line; };

struct thread_view {
	struct view view;
	struct list list;
	struct thread *thread;
	struct thread_lines *lines;  /* NULL: to be laid out */
	struct anchor top;           /* the reader's line */
	enum position position;      /* where the next layout begins */
	struct message_id rule;      /* the first unread when it was opened */
	gboolean rule_set;
	int limit;
	int rows;                    /* of the text, from the last draw */
	int unread_below;
	int64_t read_sum;            /* of the ids last given to store_read() */
};

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
anchor_keep(struct thread_view *t)
{
	struct thread_line *line;
	int i;

	if (!t->lines || t->position != AT_ANCHOR)
		return;
	for (i = (int)t->list.top; i < (int)t->lines->line->len; i++) {
		line = &g_array_index(t->lines->line, struct thread_line, i);
		if (line->message < 0)
			continue;
		t->top.message = t->thread->messages[line->message].id.n;
		t->top.outbox = t->thread->messages[line->message].outbox.n;
		t->top.line = (int)t->list.top -
		    t->lines->text[line->message].first;
		return;
	}
}

static void
lines_drop(struct thread_view *t)
{
	anchor_keep(t);
	g_clear_pointer(&t->lines, thread_lines_free);
}

static void
rule_find(struct thread_view *t)
{
	for (size_t i = 0; !t->rule_set && i < t->thread->n; i++) {
		if (t->thread->messages[i].unread) {
			t->rule = t->thread->messages[i].id;
			t->rule_set = TRUE;
		}
	}
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
	lines_drop(t);
	thread_free(t->thread);
	t->thread = thread;
}

static void
drop(struct view *v)
{
	struct thread_view *t = self(v);

	g_clear_pointer(&t->lines, thread_lines_free);
	g_clear_pointer(&t->thread, thread_free);
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
	rule_find(t);
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

/* ---- the reader's place ------------------------------------------------- */

static int
message_index(const struct thread_view *t, int64_t message,
    int64_t outbox)
{
	for (int i = 0; i < (int)t->thread->n; i++) {
		const struct message_row *m = &t->thread->messages[i];

		if ((message && m->id.n == message) ||
		    (outbox && m->outbox.n == outbox))
			return i;
	}
	return -1;
}

static int
rule_line(const struct thread_view *t)
{
	for (guint i = 0; i < t->lines->line->len; i++)
		if (g_array_index(t->lines->line, struct thread_line,
		    i).kind == LINE_RULE)
			return (int)i;
	return 0;
}

static void
position_set(struct thread_view *t)
{
	int i = message_index(t, t->top.message, t->top.outbox);

	if (t->position == AT_END)
		t->list.top = t->lines->line->len;
	else if (t->position == AT_UNREAD)
		t->list.top = MAX(rule_line(t) - CONTEXT_LINES, 0);
	else if (i >= 0)
		t->list.top = t->lines->text[i].first + t->top.line;
	t->position = AT_ANCHOR;
}

static void
lay_out(struct thread_view *t, int cols)
{
	if (t->lines && t->lines->cols == cols)
		return;
	lines_drop(t);
	t->lines = thread_lines_new(t->thread, cols,
	    t->rule_set ? message_index(t, t->rule.n, 0) : -1);
	position_set(t);
}

char *
thread_view_place(struct view *v)
{
	struct thread_view *t = self(v);

	anchor_keep(t);
	if (!t->thread || !t->top.message)
		return g_strdup("-");
	return g_strdup_printf("%" PRId64 ":%d", t->top.message, t->top.line);
}

/* An unread message goes before the place where one was. */
void
thread_view_go(struct view *v, const char *place)
{
	struct thread_view *t = self(v);

	if (t->position == AT_UNREAD ||
	    sscanf(place, "%" SCNd64 ":%d", &t->top.message, &t->top.line) != 2)
		return;
	t->position = AT_ANCHOR;
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

static void
title(struct view *v, struct canvas *c, struct area a)
{
	struct thread_view *t = self(v);
	g_autofree char *words = NULL, *topic = NULL, *below = NULL;
	int x = 1;

	if (!t->thread)
		return;
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
	static const struct { enum request request; const char *words; }
	hints[] = {
		{ REQ_OPEN, N_("opens the patient of the selected row") },
		{ REQ_NEXT, N_("brings the next who is owed something") },
		{ REQ_FILTER, N_("finds a name or a complaint") },
		{ REQ_HELP, N_("shows all keys") },
	};
	int y = MAX(a.rows / 2 - 3, 0), x = MAX((a.cols - 46) / 2, 1);

	for (size_t i = 0; i < G_N_ELEMENTS(hints); i++) {
		g_autofree char *key = request_key(hints[i].request, IN_QUEUE);

		canvas_text_right(c, a, y + (int)i, x, 5, E_HELP_KEY, key);
		canvas_text(c, a, y + (int)i, x + 7, a.cols - x - 8,
		    E_DIM, _(hints[i].words));
	}
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
count_below(struct thread_view *t)
{
	int end = (int)t->list.top + t->rows;

	t->unread_below = 0;
	for (size_t i = 0; i < t->thread->n; i++)
		if (t->thread->messages[i].unread &&
		    t->lines->text[i].first >= end)
			t->unread_below++;
}

/* A composer that opens or grows pushes the text up: the line that is being
 * answered stays in sight. */
static void
keep_end(struct thread_view *t, int rows)
{
	int64_t end = MIN(t->list.top + t->rows, t->lines->line->len);

	if (t->rows > rows)
		t->list.top = MAX(t->list.top, end - rows);
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
	lay_out(t, a.cols);
	if (focused)
		canvas_cursor(c, a, 0, 0, FALSE);
	a = draw_composer(t, c, a);
	keep_end(t, a.rows);
	t->rows = a.rows;
	list_draw(&t->list, c, a, focused);
	count_below(t);
}

/* ---- read --------------------------------------------------------------- */

static gboolean
saw(struct message_text *text, int top, int end)
{
	int from = top - text->first, to = end - text->first;

	if (from <= text->seen)
		text->seen = CLAMP(to, text->seen, text->lines);
	return text->seen >= text->lines && !text->cut;
}

/* Asked once for a set of messages, whatever became of it. */
static gboolean
news(struct thread_view *t, const GArray *ids)
{
	int64_t sum = 0;

	for (guint i = 0; i < ids->len; i++)
		sum += g_array_index(ids, struct message_id, i).n * 31 + 1;
	if (sum == t->read_sum)
		return FALSE;
	t->read_sum = sum;
	return TRUE;
}

static void
shown(struct view *v)
{
	struct thread_view *t = self(v);
	int top = (int)t->list.top, end = top + t->rows;
	g_autoptr(GError) error = NULL;
	g_autoptr(GArray) ids = NULL;

	if (!t->thread || !t->lines)
		return;
	ids = g_array_new(FALSE, FALSE, sizeof(struct message_id));
	for (size_t i = 0; i < t->thread->n; i++) {
		struct message_row *m = &t->thread->messages[i];

		if (m->unread && saw(&t->lines->text[i], top, end))
			g_array_append_val(ids, m->id);
	}
	if (!ids->len || !news(t, ids))
		return;
	if (store_read(v->ui->store, (struct message_id *)(void *)ids->data,
	    ids->len, base_now_ms(), &error))
		ui_poke(v->ui);
	else
		base_log(BASE_LOG_ERROR, "store_read: %d", error->code);
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

static const struct message_row *
refused(const struct thread_view *t)
{
	for (size_t i = 0; t->thread && i < t->thread->n; i++)
		if (t->thread->messages[i].state == MESSAGE_FAILED)
			return &t->thread->messages[i];
	return NULL;
}

static gboolean
retry(struct thread_view *t)
{
	struct tui *ui = t->view.ui;
	const struct message_row *m = refused(t);
	g_autoptr(GError) error = NULL;

	if (!m)
		ui_say(ui, _("Nothing was refused here."));
	else if (!store_outbox_retry(ui->store, m->outbox, &error))
		ui_fail(ui, _("The reply could not be sent once more."), error);
	else
		ui_poke(ui);
	return TRUE;
}

static gboolean
to_draft(struct thread_view *t)
{
	struct tui *ui = t->view.ui;
	const struct message_row *m = refused(t);
	g_autoptr(GError) error = NULL;

	if (!m) {
		ui_say(ui, _("Nothing was refused here."));
		return TRUE;
	}
	if (ui->composer && !composer_view_empty(ui->composer)) {
		ui_say(ui, _("There is a draft here already: send it or empty "
		    "it first."));
		return TRUE;
	}
	ui_compose(ui, FALSE);
	if (!store_outbox_to_draft(ui->store, m->outbox, &error)) {
		ui_fail(ui, _("The reply could not be taken back."), error);
		return TRUE;
	}
	ui_poke(ui);
	ui_compose(ui, TRUE);
	return TRUE;
}

/* The first message in sight that is not laid out whole. */
static gboolean
whole(struct thread_view *t)
{
	struct tui *ui = t->view.ui;
	int end = (int)t->list.top + t->rows;

	if (ui->notice || !t->thread || !t->lines)
		return FALSE;
	for (size_t i = 0; i < t->thread->n; i++) {
		const struct message_text *text = &t->lines->text[i];
		const struct message_row *m = &t->thread->messages[i];
		g_autofree char *name = NULL;
		struct view *page;

		if (!text->cut || text->first >= end ||
		    text->first + text->lines <= t->list.top)
			continue;
		name = words_patient(&t->thread->patient);
		page = page_view_new(ui, name, m->text);
		page_view_reads(page, m->id);
		ui_push(ui, page);
		return TRUE;
	}
	return FALSE;
}

static gboolean
request(struct view *v, enum request r)
{
	struct thread_view *t = self(v);

	switch (r) {
	case REQ_RETRY:
		return retry(t);
	case REQ_TO_DRAFT:
		return to_draft(t);
	case REQ_DETAILS:
		return whole(t);
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

	return refused(self(v)) ? failed : keys;
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
	.shown = shown,
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
