/* SPDX-License-Identifier: Apache-2.0 */
/* The queue's pane: lanes, rows, keys. */
#include "tui/queue_view.h"

enum { COLS_ONE_LINE = 60, X_LANES = 1 };

static struct queue_view *
self(struct view *v)
{
	return (struct queue_view *)v;
}

/* ---- the list ----------------------------------------------------------- */

static int64_t
count(void *user)
{
	return ((struct queue_view *)user)->counts.matching;
}

static void
want(void *user, int64_t first, int n)
{
	queue_view_want(user, first, n);
}

static void
draw_row(void *user, struct canvas *c, struct area a, int64_t i,
    gboolean selected)
{
	const struct queue_row *row = queue_view_row(user, i);

	if (row)
		queue_row_draw(user, c, a, row, selected);
}

/* ---- the pane ----------------------------------------------------------- */

static const char *const lane_names[] = { N_("all"), N_("replies"),
	N_("results"), N_("renewals"), N_("rejected") };
G_STATIC_ASSERT(G_N_ELEMENTS(lane_names) == QUEUE_KINDS_ + 1);

static int64_t
lane_owed(const struct tui *ui, int i)
{
	int64_t n = 0;

	for (int k = 0; k < QUEUE_KINDS_; k++)
		n += i == 0 || k == i - 1 ? ui->counts.owed[k] : 0;
	return n;
}

/* "[replies 9]"; without its count while it is not counted yet. What not every
 * doctor is asked for is named once there is some: NULL. */
static char *
lane_words(struct queue_view *q, int i, gboolean tight)
{
	static const char *const around[2][2][2] = {
		{ { " ", " " }, { "[", "]" } }, { { "", " " }, { "[", "] " } },
	};
	const struct tui *ui = q->view.ui;
	gboolean on = q->filter.lane == i - 1;
	int64_t n = lane_owed(ui, i);
	g_autofree char *count = NULL;

	if (i > QUEUE_RESULT + 1 && n == 0 && !on)
		return NULL;
	if (ui->counted)
		count = g_strdup_printf(" %d", (int)n);
	return g_strconcat(around[tight][on][0], _(lane_names[i]),
	    count ? count : "", around[tight][on][1], NULL);
}

struct lanes { char *words[QUEUE_KINDS_ + 1]; int cols[QUEUE_KINDS_ + 1]; };

static void
lanes_clear(struct lanes *l)
{
	for (int i = 0; i <= QUEUE_KINDS_; i++)
		g_clear_pointer(&l->words[i], g_free);
}

static int
lanes_sum(const struct lanes *l, int from, int to)
{
	int cols = 0;

	for (int i = from; i < to; i++)
		cols += l->cols[i];
	return cols;
}

/* Closer together where they do not fit. Returns the columns of them all. */
static int
lanes_make(struct queue_view *q, struct lanes *l, int cols)
{
	int sum = 0;

	for (gboolean tight = FALSE; tight <= TRUE; tight++) {
		lanes_clear(l);
		for (int i = 0; i <= QUEUE_KINDS_; i++) {
			l->words[i] = lane_words(q, i, tight);
			l->cols[i] = l->words[i] ?
			    base_text_cols(l->words[i], -1) : 0;
		}
		sum = X_LANES + lanes_sum(l, 0, QUEUE_KINDS_ + 1);
		if (sum <= cols)
			break;
	}
	return sum;
}

/* The lane to begin with so that the chosen one is seen whole. */
static int
lanes_first(const struct lanes *l, int chosen, int cols)
{
	int more = lanes_sum(l, chosen + 1, QUEUE_KINDS_ + 1) > 0, first = 0;

	while (first < chosen && X_LANES + lanes_sum(l, first, chosen + 1) +
	    more > cols)
		first++;
	return first;
}

/* Whole words only: where lanes are left out, a mark says on which side. */
static int
draw_lanes(struct queue_view *q, struct canvas *c, struct area a,
    const struct lanes *l, gboolean all)
{
	int chosen = q->filter.lane + 1, x = X_LANES;
	int i = all ? lanes_first(l, chosen, a.cols) : chosen;
	int end = all ? QUEUE_KINDS_ + 1 : chosen + 1;

	if (all && lanes_sum(l, 0, i))
		canvas_text(c, a, 0, 0, 1, E_LANE, "‹");
	for (; i < end; i++) {
		int more = lanes_sum(l, i + 1, end) > 0;

		if (x + l->cols[i] + more > a.cols && i != chosen) {
			canvas_text(c, a, 0, a.cols - 1, 1, E_LANE, "›");
			break;
		}
		if (l->words[i])
			x += canvas_text(c, a, 0, x, a.cols - x,
			    i == chosen ? E_LANE_ON : E_LANE, l->words[i]);
	}
	return x;
}

/* Where the filter has no room beside them, the other lanes give way. */
static void
title(struct view *v, struct canvas *c, struct area a)
{
	struct queue_view *q = self(v);
	g_autofree char *filter = g_strconcat("/", q->text, NULL);
	g_autofree char *cut = NULL;
	struct lanes l = { 0 };
	gboolean all = lanes_make(q, &l, a.cols) + 2 +
	    base_text_cols(filter, -1) <= a.cols || !q->text;
	int x = draw_lanes(q, c, a, &l, all) + 1;

	lanes_clear(&l);
	if (!q->text)
		return;
	cut = base_text_cut(filter, MAX(a.cols - x - 1, 1));
	canvas_text(c, a, 0, x, a.cols - x, E_LANE_ON, cut);
}

static void
draw_empty(struct queue_view *q, struct canvas *c, struct area a)
{
	const char *text = _("Nothing here yet.");

	if (q->text && queue_view_found(&q->view) < 0)
		text = "…";
	else if (q->text)
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
	const struct queue_row *row = queue_view_row(q, q->list.selected);

	if (!row)
		return TRUE;
	ui_open(q->view.ui, &(struct target){ .row = row->key,
		.kind = row->kind,
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
		queue_view_count_now(q);
	if (!list_request(&q->list, r))
		return FALSE;
	queue_view_note_selected(q);
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
	queue_view_note_selected(q);
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

	queue_view_drop(v);
	g_array_unref(q->seen);
	g_free(q);
}

static const struct view_ops ops = {
	.name = "queue",
	.place = PLACE_PANE,
	.where = IN_QUEUE,
	.footer = footer,
	.load = queue_view_load,
	.drop = queue_view_drop,
	.title = title,
	.draw = draw,
	.request = request,
	.event = event,
	.due = queue_view_due,
	.tick = queue_view_tick,
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
