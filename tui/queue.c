/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The queue: lanes and rows. Rows are read from the store a page at a time; the
 * selected row is remembered by its key, so that what arrives moves around it and
 * never it.
 */
#include "tui/ui.h"
#include "care/care.h"
#include "tui/list.h"

/* Counting a hundred thousand rows takes longer than a key may wait: it is done
 * between the keys, and takes at most one part in so many of the time. */
enum { PAGE_ROWS = 64, COLS_ONE_LINE = 60, COUNT_SHARE = 200,
	COUNT_DEAR_MS = 4, COUNT_TYPING_MS = 150, COUNT_LATEST_MS = 10000 };

struct queue_view {
	struct view view;
	struct list list;
	struct queue_filter filter;
	char *text;              /* filter.text */
	struct queue_page *page;
	int64_t page_at;         /* number of its first row */
	struct queue_counts counts;
	gboolean counted;        /* counts are of what the page shows */
	int64_t count_due_ms;    /* when to count; -1 not */
	int64_t cost_ms;         /* of the last count */
	int64_t counted_ms;      /* when it ended */
	int64_t key;             /* of the selected row; 0 none */
	int64_t want_key;        /* to be selected once loaded */
	GArray *seen;            /* int64_t: rows that n has shown */
	gboolean failed;
};

static struct queue_view *
self(struct view *v)
{
	return (struct queue_view *)v;
}

/* ---- rows from the store ------------------------------------------------ */

static void
fail(struct queue_view *q, const GError *error)
{
	if (!q->failed)
		ui_fail(q->view.ui, _("The queue could not be read from the "
		    "cache: q, then start qingnang again."), error);
	q->failed = TRUE;
}

/* How many rows there are, as far as a page tells. */
static void
matching_mend(struct queue_view *q)
{
	int64_t end = q->page_at + (int64_t)q->page->n;

	if (q->page->n < PAGE_ROWS && (q->page->n || !q->page_at))
		q->counts.matching = end;
	else
		q->counts.matching = MAX(q->counts.matching, end);
}

static void
page_read(struct queue_view *q, int64_t first)
{
	g_autoptr(GError) error = NULL;
	struct queue_page *page;

	if (!q->view.ui->store)
		return;
	page = store_queue(q->view.ui->store, &q->filter, first, PAGE_ROWS,
	    &error);
	if (!page) {
		fail(q, error);
		return;
	}
	queue_page_free(q->page);
	q->page = page;
	q->page_at = first;
	q->failed = FALSE;
	matching_mend(q);
}

static const struct queue_row *
row_at(struct queue_view *q, int64_t i)
{
	if (i < 0 || i >= q->counts.matching)
		return NULL;
	if (!q->page || i < q->page_at || i >= q->page_at + PAGE_ROWS)
		page_read(q, MAX(i - PAGE_ROWS / 4, 0));
	if (!q->page || i < q->page_at ||
	    i >= q->page_at + (int64_t)q->page->n)
		return NULL;
	return &q->page->rows[i - q->page_at];
}

static int64_t
count(void *user)
{
	return ((struct queue_view *)user)->counts.matching;
}

static void
want(void *user, int64_t first, int n)
{
	struct queue_view *q = user;

	if (!q->page || first < q->page_at ||
	    first + n > q->page_at + PAGE_ROWS)
		page_read(q, first);
}

/* The selected row keeps its place on the screen though its number changes. */
static void
find_selected(struct queue_view *q)
{
	int64_t key = q->want_key ? q->want_key : q->key;
	int64_t place = -1;

	if (key && q->view.ui->store)
		place = store_queue_place(q->view.ui->store, &q->filter, key);
	if (place >= 0)
		q->counts.matching = MAX(q->counts.matching, place + 1);
	if (place >= 0 && q->want_key)
		list_select(&q->list, place);
	else if (place >= 0)
		list_moved(&q->list, place);
	else
		list_select(&q->list, MAX(q->list.selected, 0));
	q->want_key = 0;
}

static void
note_selected(struct queue_view *q)
{
	const struct queue_row *row = row_at(q, q->list.selected);

	q->key = row ? row->key : 0;
}

/* ---- counts ------------------------------------------------------------- */

static void
count_want(struct queue_view *q, gboolean typed)
{
	int64_t now = base_mono_ms();
	int64_t pause = MIN(q->cost_ms * COUNT_SHARE, COUNT_LATEST_MS);

	q->counted = FALSE;
	if (typed)
		q->count_due_ms = now + (q->cost_ms > COUNT_DEAR_MS
		    ? COUNT_TYPING_MS : 0);
	else if (q->count_due_ms < 0)
		q->count_due_ms = MAX(now, q->counted_ms + pause);
}

static void
count_now(struct queue_view *q)
{
	struct tui *ui = q->view.ui;
	g_autoptr(GError) error = NULL;
	int64_t begin = base_mono_ms();

	q->count_due_ms = -1;
	if (!ui->store)
		return;
	if (!store_queue_counts(ui->store, &q->filter, base_now_ms(),
	    &q->counts, &error))
		fail(q, error);
	q->counted_ms = base_mono_ms();
	q->cost_ms = q->counted_ms - begin;
	q->counted = ui->counted = TRUE;
	ui->counts = q->counts;
	ui_dirty(ui, DIRTY_SCREEN);
}

static int64_t
due(struct view *v)
{
	return v->ui->store ? self(v)->count_due_ms : -1;
}

static void
tick(struct view *v)
{
	count_now(self(v));
}

static void
load(struct view *v)
{
	struct queue_view *q = self(v);

	g_clear_pointer(&q->page, queue_page_free);
	if (q->key || q->want_key)
		find_selected(q);
	else
		list_select(&q->list, 0);
	page_read(q, MAX(q->list.top - PAGE_ROWS / 4, 0));
	if (q->counts.matching)
		list_select(&q->list, MAX(q->list.selected, 0));
	note_selected(q);
	count_want(q, FALSE);
}

static void
drop(struct view *v)
{
	struct queue_view *q = self(v);

	g_clear_pointer(&q->page, queue_page_free);
	g_clear_pointer(&q->text, g_free);
	q->filter = (struct queue_filter){ .lane = QUEUE_LANE_ALL };
	q->counts = (struct queue_counts){ 0 };
	v->ui->counts = q->counts;
	q->counted = v->ui->counted = FALSE;
	q->count_due_ms = -1;
	q->key = q->want_key = 0;
	q->list.selected = -1;
	q->list.top = 0;
	g_array_set_size(q->seen, 0);
}

/* ---- a row -------------------------------------------------------------- */

static gboolean
overdue(const struct queue_row *row)
{
	return row->owed && row->deadline_ms &&
	    row->deadline_ms < base_now_ms();
}

static const char *
owed_words(const struct queue_row *row)
{
	if (!row->owed)
		return row->kind == QUEUE_RESULT ? _("seen") : _("answered");
	if (row->kind == QUEUE_RESULT)
		return overdue(row) ? _("result late") : _("result");
	return overdue(row) ? _("reply late") : _("reply due");
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

enum { X_MARK = 1, X_WAIT = 2, COLS_WAIT = 8, X_NAME = 11, X_BELOW = 3 };

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

static void
draw_row(void *user, struct canvas *c, struct area a, int64_t i,
    gboolean selected)
{
	struct queue_view *q = user;
	const struct queue_row *row = row_at(q, i);
	struct row_words w;

	if (!row)
		return;
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

/* ---- the pane ----------------------------------------------------------- */

static const char *const lane_names[] = { N_("all"), N_("replies"),
	N_("results") };
G_STATIC_ASSERT(G_N_ELEMENTS(lane_names) == QUEUE_KINDS_ + 1);

/* n -1: not counted yet. */
static int
draw_lane(struct canvas *c, struct area a, int x, gboolean on,
    const char *name, int64_t n)
{
	g_autofree char *words = n < 0 ? g_strdup(name)
	    : g_strdup_printf("%s %d", name, (int)n);

	return canvas_print(c, a, 0, x, a.cols - x, on ? E_LANE_ON : E_LANE,
	    on ? "[%s]" : " %s ", words);
}

static void
title(struct view *v, struct canvas *c, struct area a)
{
	struct queue_view *q = self(v);
	int x = 1;

	for (int i = 0; i <= QUEUE_KINDS_; i++) {
		gboolean on = q->filter.lane == i - 1;
		int64_t n = 0;

		for (int k = 0; k < QUEUE_KINDS_; k++)
			n += i == 0 || k == i - 1 ? v->ui->counts.owed[k] : 0;
		x += draw_lane(c, a, x, on, _(lane_names[i]),
		    v->ui->counted ? n : -1);
	}
	if (q->text)
		canvas_print(c, a, 0, x + 1, a.cols - x - 1, E_LANE_ON, "/%s",
		    q->text);
}

static void
draw_empty(struct queue_view *q, struct canvas *c, struct area a)
{
	const char *text = _("Nothing here yet.");

	if (q->text)
		text = _("No name or complaint matches. Esc shows all.");
	else if (q->view.ui->status.state == BELL_CATCHING_UP)
		text = _("The queue is being fetched …");
	canvas_sentence(c, area_part(a, 1, 2, MAX(a.rows - 1, 0), a.cols - 3),
	    E_DIM, text);
	canvas_cursor(c, a, 1, 2, FALSE);
}

static void
draw(struct view *v, struct canvas *c, struct area a,
    gboolean focused)
{
	struct queue_view *q = self(v);

	q->list.height = a.cols >= COLS_ONE_LINE ? 1 : 2;
	if (q->counts.matching)
		list_draw(&q->list, c, a, focused);
	else
		draw_empty(q, c, a);
}

static gboolean
open_selected(struct queue_view *q)
{
	const struct queue_row *row = row_at(q, q->list.selected);

	if (!row)
		return TRUE;
	ui_open(q->view.ui, &(struct target){ .row = row->key,
		.key = { row->consult, row->report } });
	return TRUE;
}

static gboolean
request(struct view *v, enum request r)
{
	struct queue_view *q = self(v);

	if (r == REQ_OPEN)
		return open_selected(q);
	if (r == REQ_BOTTOM && !q->counted)
		count_now(q);
	if (!list_request(&q->list, r))
		return FALSE;
	note_selected(q);
	return TRUE;
}

enum { WHEEL_ROWS = 3 };

static gboolean
event(struct view *v, const struct event *e)
{
	struct queue_view *q = self(v);
	struct area a = v->ui->area[PANE_QUEUE];
	int64_t i;

	if (e->kind != EVENT_MOUSE)
		return FALSE;
	if (e->mouse == MOUSE_PRESS) {
		i = list_at(&q->list, e->y - a.y);
		if (i >= 0 && i == q->list.selected)
			return open_selected(q);
		if (i >= 0)
			list_select(&q->list, i);
	} else {
		list_select(&q->list, q->list.selected +
		    (e->mouse == MOUSE_WHEEL_UP ? -WHEEL_ROWS : WHEEL_ROWS));
	}
	note_selected(q);
	return TRUE;
}

static const enum request *
footer(struct view *v)
{
	static const enum request keys[] = { REQ_OPEN, REQ_NEXT, REQ_FILTER,
		REQ_HELP };

	return keys;
}

static void
queue_free(struct view *v)
{
	struct queue_view *q = self(v);

	drop(v);
	g_array_unref(q->seen);
	g_free(q);
}

static const struct view_ops ops = {
	.name = "queue",
	.place = PLACE_PANE,
	.where = IN_QUEUE,
	.footer = footer,
	.load = load,
	.drop = drop,
	.title = title,
	.draw = draw,
	.request = request,
	.event = event,
	.due = due,
	.tick = tick,
	.free = queue_free,
};

struct view *
queue_view_new(struct tui *ui)
{
	static const struct list_ops list_ops = { .count = count, .want = want,
		.draw = draw_row };
	struct queue_view *q = g_new0(struct queue_view, 1);

	q->view = (struct view){ .ops = &ops, .ui = ui };
	q->filter.lane = QUEUE_LANE_ALL;
	q->count_due_ms = -1;
	q->seen = g_array_new(FALSE, FALSE, sizeof(int64_t));
	list_init(&q->list, &list_ops, q, FALSE);
	return &q->view;
}

/* ---- for the rest of the room ------------------------------------------- */

const struct queue_row *
queue_view_selected(struct view *v)
{
	return row_at(self(v), self(v)->list.selected);
}

int64_t
queue_view_key(struct view *v)
{
	return self(v)->key;
}

void
queue_view_go(struct view *v, int64_t key)
{
	self(v)->want_key = key;
	ui_dirty(v->ui, DIRTY_QUEUE);
}

static void
filter_changed(struct queue_view *q)
{
	q->list.top = 0;
	q->counts.matching = 0;
	count_want(q, TRUE);
}

void
queue_view_lane(struct view *v, int lane)
{
	struct queue_view *q = self(v);

	if (q->filter.lane == lane)
		return;
	q->filter.lane = lane;
	filter_changed(q);
	ui_dirty(v->ui, DIRTY_QUEUE);
}

int
queue_view_lane_now(struct view *v)
{
	return self(v)->filter.lane;
}

void
queue_view_filter(struct view *v, const char *text)
{
	struct queue_view *q = self(v);

	g_free(q->text);
	q->text = text && *text ? g_strdup(text) : NULL;
	q->filter.text = q->text;
	/* Who types a name means the first who has it. */
	if (q->text)
		q->key = q->want_key = 0;
	filter_changed(q);
	ui_dirty(v->ui, DIRTY_QUEUE);
}

/* -1 while it is not counted. */
int64_t
queue_view_found(struct view *v)
{
	return self(v)->counted ? self(v)->counts.matching : -1;
}

const char *
queue_view_filter_text(struct view *v)
{
	return self(v)->text;
}

static void
seen_add(struct queue_view *q, int64_t key)
{
	for (guint i = 0; i < q->seen->len; i++)
		if (g_array_index(q->seen, int64_t, i) == key)
			return;
	g_array_append_val(q->seen, key);
}

/* Not the one on the screen, and none twice. The row's ids come from the page
 * that holds it. */
gboolean
queue_view_next(struct view *v, struct target *out)
{
	struct queue_view *q = self(v);
	const struct queue_row *row;
	int64_t key, place;

	if (v->ui->open.row)
		seen_add(q, v->ui->open.row);
	if (!store_queue_next(v->ui->store, &q->filter,
	    (const int64_t *)(void *)q->seen->data, q->seen->len, &key))
		return FALSE;
	place = store_queue_place(v->ui->store, &q->filter, key);
	q->counts.matching = MAX(q->counts.matching, place + 1);
	row = row_at(q, place);
	if (!row || row->key != key) { /* the page is older than the store */
		page_read(q, MAX(place - PAGE_ROWS / 4, 0));
		row = row_at(q, place);
	}
	if (!row || row->key != key)
		return FALSE;
	seen_add(q, key);
	*out = (struct target){ .row = key,
		.key = { row->consult, row->report } };
	return TRUE;
}
