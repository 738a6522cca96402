/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The queue's rows are read from the store a page at a time; the selected row is
 * remembered by its key, so that what arrives moves around it and never it.
 */
#include "tui/queue_view.h"

/* Counting a hundred thousand rows takes longer than a key may wait: it is done
 * between the keys, and takes at most one part in so many of the time. */
enum { PAGE_ROWS = 64, COUNT_SHARE = 200, COUNT_DEAR_MS = 4,
	COUNT_TYPING_MS = 150, COUNT_LATEST_MS = 10000,
	SCAN_KEY_MS = 1, SCAN_MS = 3 /* of a filter's work: at its key, and
	                              * between two keys */ };

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

	if (q->scan)
		q->counts.matching = queue_scan_found(q->scan);
	else if (q->page->n < PAGE_ROWS && (q->page->n || !q->page_at))
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
	page = q->scan ? queue_scan_page(q->view.ui->store, q->scan, first,
	    PAGE_ROWS, &error) : store_queue(q->view.ui->store, &q->filter,
	    first, PAGE_ROWS, &error);
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

const struct queue_row *
queue_view_row(struct queue_view *q, int64_t i)
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

void
queue_view_want(struct queue_view *q, int64_t first, int n)
{
	if (!q->page || first < q->page_at ||
	    first + n > q->page_at + PAGE_ROWS)
		page_read(q, first);
}

static int64_t
place_of(struct queue_view *q, int64_t key)
{
	return q->scan ? queue_scan_place(q->scan, key) :
	    store_queue_place(q->view.ui->store, &q->filter, key);
}

/* The selected row keeps its place on the screen though its number changes. */
static void
find_selected(struct queue_view *q)
{
	int64_t key = q->want_key ? q->want_key : q->key;
	int64_t place = -1;

	if (key && q->view.ui->store)
		place = place_of(q, key);
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

void
queue_view_note_selected(struct queue_view *q)
{
	const struct queue_row *row = queue_view_row(q, q->list.selected);

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

void
queue_view_count_now(struct queue_view *q)
{
	const struct queue_filter all = { .lane = q->filter.lane,
		.owed_only = q->filter.owed_only };
	struct tui *ui = q->view.ui;
	g_autoptr(GError) error = NULL;
	int64_t begin = base_mono_ms();

	q->count_due_ms = -1;
	if (!ui->store)
		return;
	/* What the words leave is counted as it is found. */
	if (!store_queue_counts(ui->store, &all, base_now_ms(), &q->counts,
	    &error))
		fail(q, error);
	if (q->scan)
		q->counts.matching = queue_scan_found(q->scan);
	q->counted_ms = base_mono_ms();
	q->cost_ms = q->counted_ms - begin;
	q->counted = ui->counted = TRUE;
	ui->counts = q->counts;
	ui_dirty(ui, DIRTY_SCREEN);
}

/* ---- a filter with words ------------------------------------------------- */

static gboolean
is_scanning(const struct queue_view *q)
{
	return q->fresh || (q->scan && !queue_scan_done(q->scan));
}

static void
scan_forget(struct queue_view *q)
{
	g_clear_pointer(&q->scan, queue_scan_free);
	g_clear_pointer(&q->fresh, queue_scan_free);
	g_clear_pointer(&q->before, queue_scan_free);
	q->stale = FALSE;
}

/* Rows that were found stay in sight until all are found anew. */
static void
scan_want(struct queue_view *q)
{
	if (!q->text) {
		scan_forget(q);
	} else if (!q->scan) {
		q->scan = queue_scan_new(&q->filter, q->before);
		g_clear_pointer(&q->before, queue_scan_free);
	} else if (is_scanning(q)) {
		q->stale = TRUE;
	} else {
		q->fresh = queue_scan_new(&q->filter, NULL);
	}
}

static void
scan_show(struct queue_view *q)
{
	g_clear_pointer(&q->page, queue_page_free);
	if (q->key || q->want_key)
		find_selected(q);
	page_read(q, MAX(q->list.top - PAGE_ROWS / 4, 0));
	if (q->counts.matching)
		list_select(&q->list, MAX(q->list.selected, 0));
	queue_view_note_selected(q);
	ui_dirty(q->view.ui, DIRTY_SCREEN);
}

static void
scan_some(struct queue_view *q, int budget_ms)
{
	struct queue_scan *scan = q->fresh ? q->fresh : q->scan;
	int64_t before = queue_scan_found(q->scan);
	g_autoptr(GError) error = NULL;

	if (!queue_scan_some(q->view.ui->store, scan, budget_ms,
	    &error))
		fail(q, error);
	if (q->fresh && queue_scan_done(q->fresh)) {
		queue_scan_free(q->scan);
		q->scan = g_steal_pointer(&q->fresh);
		before = -1;
	}
	if (q->stale && !is_scanning(q)) {
		q->stale = FALSE;
		scan_want(q);
	}
	/* A full page does not change because there is more behind it. */
	if (before < 0 || !q->page || q->page->n < PAGE_ROWS)
		scan_show(q);
	q->counts.matching = queue_scan_found(q->scan);
	if (!is_scanning(q))
		ui_dirty(q->view.ui, DIRTY_SCREEN);
}

int64_t
queue_view_due(struct view *v)
{
	struct queue_view *q = self(v);

	if (!v->ui->store)
		return -1;
	return is_scanning(q) ? base_mono_ms() : q->count_due_ms;
}

void
queue_view_tick(struct view *v)
{
	struct queue_view *q = self(v);

	if (is_scanning(q))
		scan_some(q, SCAN_MS);
	if (q->count_due_ms >= 0 && base_mono_ms() >= q->count_due_ms)
		queue_view_count_now(q);
}

void
queue_view_load(struct view *v)
{
	struct queue_view *q = self(v);
	gboolean new = q->text && !q->scan;

	scan_want(q);
	if (new)
		scan_some(q, SCAN_KEY_MS);
	g_clear_pointer(&q->page, queue_page_free);
	if (q->key || q->want_key)
		find_selected(q);
	else
		list_select(&q->list, 0);
	page_read(q, MAX(q->list.top - PAGE_ROWS / 4, 0));
	if (q->counts.matching)
		list_select(&q->list, MAX(q->list.selected, 0));
	queue_view_note_selected(q);
	count_want(q, FALSE);
}

void
queue_view_drop(struct view *v)
{
	struct queue_view *q = self(v);

	g_clear_pointer(&q->page, queue_page_free);
	scan_forget(q);
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

/* ---- for the rest of the room ------------------------------------------- */

const struct queue_row *
queue_view_selected(struct view *v)
{
	return queue_view_row(self(v), self(v)->list.selected);
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
	g_clear_pointer(&q->scan, queue_scan_free);
	g_clear_pointer(&q->fresh, queue_scan_free);
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

	if (q->scan && !q->before)
		q->before = g_steal_pointer(&q->scan);
	g_free(q->text);
	q->text = text && *text ? g_strdup(text) : NULL;
	q->filter.text = q->text;
	/* Who types a name means the first who has it. */
	if (q->text)
		q->key = q->want_key = q->list.selected = 0;
	filter_changed(q);
	ui_dirty(v->ui, DIRTY_QUEUE);
}

/* -1 while it is not counted. */
int64_t
queue_view_found(struct view *v)
{
	struct queue_view *q = self(v);

	if (q->scan)
		return is_scanning(q) ? -1 : queue_scan_found(q->scan);
	return q->counted ? q->counts.matching : -1;
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
	const int64_t *seen;
	int64_t key, place;

	if (v->ui->open.row)
		seen_add(q, v->ui->open.row);
	seen = (const int64_t *)(void *)q->seen->data;
	if (q->scan ? !queue_scan_next(v->ui->store, q->scan, seen,
	    q->seen->len, &key) : !store_queue_next(v->ui->store, &q->filter,
	    seen, q->seen->len, &key))
		return FALSE;
	place = place_of(q, key);
	q->counts.matching = MAX(q->counts.matching, place + 1);
	row = queue_view_row(q, place);
	if (!row || row->key != key) { /* the page is older than the store */
		page_read(q, MAX(place - PAGE_ROWS / 4, 0));
		row = queue_view_row(q, place);
	}
	if (!row || row->key != key)
		return FALSE;
	seen_add(q, key);
	*out = (struct target){ .row = key, .kind = row->kind,
		.key = { row->consult, row->report } };
	return TRUE;
}
