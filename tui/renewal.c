/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The renewal lane: requests that pass, fail, or have no protocol, and beside
 * the list everything the selected one rests on. Space marks, r prepares what is
 * marked; each is then signed on its own sight.
 */
#include "tui/renewal_view.h"

/* Requests are judged between the keys, as many as fit in a moment. */
enum { ROWS_MAX = 500, JUDGE_MS = 8, COLS_BESIDE = 100, ROWS_LIST = 8 };

static struct renewal_view *
self(struct view *v)
{
	return (struct renewal_view *)v;
}

struct request_row *
renewal_row(struct renewal_view *r, int64_t i)
{
	return i < 0 || i >= (int64_t)r->rows->len ? NULL :
	    &g_array_index(r->rows, struct request_row, i);
}

struct request_row *
renewal_selected(struct renewal_view *r)
{
	return renewal_row(r, r->list.selected);
}

/* ---- loading and judging ------------------------------------------------ */

static void
row_clear(void *p)
{
	g_free(((struct request_row *)p)->why);
}

static void
select_task(struct renewal_view *r, int64_t task)
{
	for (guint i = 0; i < r->rows->len; i++)
		if (renewal_row(r, i)->row->task.n == task)
			list_select(&r->list, i);
}

/* Groups in order, as they came within one. */
static int
compare(const void *a, const void *b)
{
	const struct request_row *one = a, *two = b;

	return one->group != two->group ?
	    (int)one->group - (int)two->group :
	    (one->row > two->row) - (one->row < two->row);
}

static void
arrange(struct renewal_view *r)
{
	struct request_row *now = renewal_selected(r);
	int64_t task = now ? now->row->task.n : 0;

	g_array_sort(r->rows, compare);
	for (guint i = 0; task && i < r->rows->len; i++)
		if (renewal_row(r, i)->row->task.n == task)
			list_moved(&r->list, i);
}

/* What was judged of a request stands until it is judged anew. */
static void
row_carry(struct request_row *row, GArray *before)
{
	for (guint i = 0; i < before->len; i++) {
		struct request_row *b = &g_array_index(before,
		    struct request_row, i);

		if (b->row->task.n != row->row->task.n)
			continue;
		if (row->group != GROUP_PREPARED && b->judged &&
		    b->group != GROUP_PREPARED)
			row->group = b->group;
		row->why = g_steal_pointer(&b->why);
		return;
	}
}

static GArray *
rows_new(void)
{
	GArray *rows = g_array_new(FALSE, FALSE, sizeof(struct request_row));

	g_array_set_clear_func(rows, row_clear);
	return rows;
}

static void
rows_take(struct renewal_view *r, struct renewal_page *page)
{
	GArray *before = r->rows;

	r->rows = rows_new();
	for (size_t i = 0; i < page->n; i++) {
		struct request_row row = { .row = &page->rows[i],
			.group = page->rows[i].rx.n ? GROUP_PREPARED :
			    GROUP_OPEN,
			.marked = g_hash_table_contains(r->marked,
			    GSIZE_TO_POINTER(page->rows[i].task.n)) };

		row_carry(&row, before);
		g_array_append_val(r->rows, row);
	}
	g_array_unref(before);
	g_clear_pointer(&r->page, renewal_page_free);
	r->page = page;
}

static gboolean
is_here(const struct renewal_page *page, int64_t task)
{
	for (size_t i = 0; i < page->n; i++)
		if (page->rows[i].task.n == task)
			return TRUE;
	return FALSE;
}

/* The task under the cursor; when it has left the lane the next below it as they
 * are listed that is still to do, else the next above; 0: none. */
static int64_t
task_near(struct renewal_view *r, const struct renewal_page *page)
{
	guint at = (guint)MAX(r->list.selected, 0), n = r->rows->len;

	for (guint i = 0; i < n; i++) {
		guint k = i < n - MIN(at, n) ? at + i : n - 1 - i;
		const struct request_row *row = renewal_row(r, k);

		if (is_here(page, row->row->task.n) &&
		    (k == at || row->group != GROUP_PREPARED))
			return row->row->task.n;
	}
	return 0;
}

void
renewal_load(struct view *v)
{
	struct renewal_view *r = self(v);
	g_autoptr(GError) error = NULL;
	struct renewal_page *page = store_renewals(v->ui->store, ROWS_MAX,
	    &error);
	int64_t want;

	if (!page) {
		ui_fail(v->ui, _("The renewal requests could not be read from "
		    "the cache."), error);
		return;
	}
	want = r->want ? r->want : task_near(r, page);
	rows_take(r, page);
	list_select(&r->list, MAX(r->list.selected, 0));
	select_task(r, want);
	r->want = 0;
	r->next = 0;
	r->shown = 0;
	arrange(r);
}

static void
why_note(struct renewal_view *r, struct request_row *row,
    const struct care_renewal *judged)
{
	for (guint i = 0; i < judged->gates->len; i++) {
		const struct care_gate *g = judged->gates->pdata[i];
		g_autofree char *words = NULL;

		if (g->state == GATE_PASSED)
			continue;
		words = rx_plain(r->view.ui, g->sentence);
		row->why = base_text_show(words, -1, BASE_ONE_LINE);
		return;
	}
}

static void
judge(struct renewal_view *r, struct request_row *row)
{
	BASE_AUTO(desk_renewal) d = desk_renewal_read(r->view.ui->desk,
	    row->row->task, NULL);

	row->judged = TRUE;
	g_clear_pointer(&row->why, g_free);
	if (row->group != GROUP_PREPARED)
		row->group = d && d->judged ? (enum group)d->judged->class :
		    GROUP_NONE;
	if (d && d->judged)
		why_note(r, row, d->judged);
	else
		row->why = g_strdup(_("the old order is not here"));
}

static int64_t
due(struct view *v)
{
	struct renewal_view *r = self(v);

	return v->ui->desk && r->next < r->rows->len ? 0 : -1;
}

/* The order on the screen changes once, when all are judged. */
static void
tick(struct view *v)
{
	struct renewal_view *r = self(v);
	int64_t end = base_mono_ms() + JUDGE_MS;

	while (r->next < r->rows->len && base_mono_ms() < end)
		judge(r, renewal_row(r, r->next++));
	if (r->next == r->rows->len) {
		arrange(r);
		/* Until a key came there is nothing that could move away. */
		if (!r->touched)
			list_select(&r->list, 0);
	}
	ui_dirty(v->ui, DIRTY_SCREEN);
}

/* ---- the sheet of the selected request ---------------------------------- */

static void
sheet_fill(struct renewal_view *r, const struct request_row *row)
{
	struct tui *ui = r->view.ui;
	g_autoptr(GError) error = NULL;
	g_autofree char *person = words_patient(&row->row->patient);

	sheet_clear(r->sheet);
	g_clear_pointer(&r->open, desk_renewal_free);
	r->shown = row->row->task.n;
	sheet_add(r->sheet, E_STRONG, "", person);
	r->open = desk_renewal_read(ui->desk, row->row->task, &error);
	if (!r->open) {
		sheet_add(r->sheet, E_ERROR, "✗", error->message);
		return;
	}
	sheet_add(r->sheet, E_STRONG, "", r->open->words ? r->open->words :
	    "");
	if (row->row->pool)
		sheet_add(r->sheet, E_DIM, "", _("From the pool: preparing it "
		    "makes it yours."));
	if (r->open->judged)
		rx_sheet_renewal(ui, r->sheet, r->open->judged);
	else
		sheet_add(r->sheet, E_CHART_ABNORMAL, "?", _("The old order "
		    "is not here, so nothing can be judged: e writes a new "
		    "prescription."));
}

static void
sheet_follow(struct renewal_view *r)
{
	const struct request_row *row = renewal_selected(r);

	if (!row)
		sheet_clear(r->sheet);
	else if (r->shown != row->row->task.n && r->view.ui->desk)
		sheet_fill(r, row);
}

/* ---- drawing ------------------------------------------------------------ */

static const struct { const char *word; enum element element; } groups[] = {
	[GROUP_PASSES] = { N_("passes"), E_STATUS_LIVE },
	[GROUP_FAILS] = { N_("fails"), E_CHART_CRITICAL },
	[GROUP_NONE] = { N_("no protocol"), E_CHART_ABNORMAL },
	[GROUP_PREPARED] = { N_("prepared"), E_QUEUE_MINE },
	[GROUP_OPEN] = { N_("…"), E_DIM },
};

static int64_t
count(void *user)
{
	return ((struct renewal_view *)user)->rows->len;
}

static void
draw_row(void *user, struct canvas *c, struct area a, int64_t i,
    gboolean is_selected)
{
	struct request_row *row = renewal_row(user, i);
	g_autofree char *name = words_patient_fit(&row->row->patient,
	    a.cols - 18);
	g_autofree char *drug = base_text_show(row->row->words ?
	    row->row->words : "", -1, BASE_ONE_LINE);
	const char *word = _(groups[row->group].word);
	const char *why = row->group == GROUP_PASSES ? NULL : row->why;
	g_autofree char *line = NULL, *cut = NULL;
	int x = a.cols - base_text_cols(word, -1) - 1;

	canvas_text(c, a, 0, 0, 1, E_QUEUE_NAME, is_selected ? "▸" : " ");
	canvas_text(c, a, 0, 1, 2, E_QUEUE_MINE, row->marked ? "✓" : " ");
	canvas_text(c, a, 0, 3, x - 4, E_QUEUE_NAME, name);
	canvas_text(c, a, 0, x, a.cols - x, groups[row->group].element, word);
	line = g_strdup_printf("%s%s%s", drug, why ? " · " : "",
	    why ? why : "");
	cut = base_text_cut(line, a.cols - 4);
	canvas_text(c, a, 1, 3, a.cols - 4, E_DIM, cut);
}

static const struct list_ops rows_ops = {
	.count = count,
	.draw = draw_row,
};

/* At the end of the last line, which gives way to it and is seen to: a date
 * cut here must not read as a number. */
static void
draw_more(struct canvas *c, struct area a)
{
	const char *more = _("PgDn: more");
	int cols = base_text_cols(more, -1);
	struct area end = area_part(a, 0, a.cols - cols - 3, 1, cols + 3);

	canvas_fill(c, end, E_SCREEN);
	canvas_text(c, end, 0, 0, 1, E_DIM, "…");
	canvas_text(c, end, 0, 2, cols, E_DIM, more);
}

static void
draw(struct view *v, struct canvas *c, struct area a, gboolean focused)
{
	struct renewal_view *r = self(v);
	gboolean beside = a.cols >= COLS_BESIDE;
	int cols = beside ? a.cols * 2 / 5 : a.cols;
	int rows = beside ? a.rows : MIN(ROWS_LIST, a.rows / 2);
	struct area sheet = beside ?
	    area_part(a, 0, cols + 1, a.rows, a.cols - cols - 1) :
	    area_part(a, rows + 1, 0, a.rows - rows - 1, a.cols);

	if (r->rows->len == 0) {
		canvas_sentence(c, area_part(a, 1, 3, 3, a.cols - 6),
		    E_CHART_VOID, _("No renewal is asked of you."));
		return;
	}
	list_draw(&r->list, c, area_part(a, 0, 0, rows, cols), focused);
	if (beside)
		canvas_vline(c, a, 0, cols, a.rows, E_FRAME);
	else
		canvas_hline(c, a, rows, 0, a.cols, E_FRAME);
	sheet_follow(r);
	sheet_draw(r->sheet, c, sheet);
	if (sheet_below(r->sheet))
		draw_more(c, area_part(sheet, sheet.rows - 1, 0, 1,
		    sheet.cols));
}

static void
title(struct view *v, struct canvas *c, struct area a)
{
	struct renewal_view *r = self(v);
	int passes = 0, marked = 0;

	for (guint i = 0; i < r->rows->len; i++) {
		passes += renewal_row(r, i)->group == GROUP_PASSES;
		marked += renewal_row(r, i)->marked;
	}
	canvas_print(c, a, 0, 0, a.cols, E_TITLE_FOCUS,
	    _("Renewals %d · pass %d · marked %d"), (int)r->rows->len, passes,
	    marked);
}

/* ---- the view ----------------------------------------------------------- */

static void
open_patient(struct renewal_view *r)
{
	struct tui *ui = r->view.ui;
	struct request_row *row = renewal_selected(r);
	struct consult_id consult = row ? store_consult_of_patient(ui->store,
	    row->row->patient.id) : (struct consult_id){ 0 };

	if (!consult.n) {
		ui_say(ui, _("This patient has no open consultation."));
		return;
	}
	ui_pop(ui); /* frees r */
	ui_open(ui, &(struct target){ .key = { .consult = consult } });
}

static gboolean
request(struct view *v, enum request req)
{
	struct renewal_view *r = self(v);

	r->touched = TRUE;
	if (renewal_act(r, req) || list_request(&r->list, req))
		return TRUE;
	switch (req) {
	case REQ_READ_DOWN:
		return sheet_request(r->sheet, REQ_PAGE_DOWN);
	case REQ_READ_UP:
		return sheet_request(r->sheet, REQ_PAGE_UP);
	case REQ_OPEN:
		open_patient(r);
		return TRUE;
	case REQ_BACK:
		ui_pop(v->ui);
		return TRUE;
	default:
		return FALSE;
	}
}

static gboolean
busy(struct view *v)
{
	return due(v) >= 0;
}

static const enum request *
footer(struct view *v)
{
	static const enum request none[] = { REQ_BACK, REQ_HELP, REQ_NONE };
	static const enum request some[] = { REQ_MARK, REQ_PREPARE,
		REQ_DECLINE, REQ_HELP, REQ_NONE };

	return self(v)->rows->len ? some : none;
}

static void
drop(struct view *v)
{
	struct renewal_view *r = self(v);

	g_array_set_size(r->rows, 0);
	g_clear_pointer(&r->page, renewal_page_free);
	g_clear_pointer(&r->open, desk_renewal_free);
	sheet_clear(r->sheet);
	r->shown = 0;
}

static void
renewal_free(struct view *v)
{
	struct renewal_view *r = self(v);

	drop(v);
	g_array_unref(r->rows);
	g_hash_table_unref(r->marked);
	sheet_free(r->sheet);
	g_free(r);
}

static const struct view_ops ops = {
	.name = "renewal",
	.place = PLACE_PAGE,
	.where = IN_RENEWAL,
	.footer = footer,
	.load = renewal_load,
	.drop = drop,
	.title = title,
	.draw = draw,
	.request = request,
	.due = due,
	.tick = tick,
	.busy = busy,
	.free = renewal_free,
};

struct view *
renewal_view_new(struct tui *ui, struct task_id task)
{
	struct renewal_view *r = g_new0(struct renewal_view, 1);

	r->view = (struct view){ .ops = &ops, .ui = ui };
	r->rows = rows_new();
	r->marked = g_hash_table_new(NULL, NULL);
	r->sheet = sheet_new();
	r->want = task.n;
	r->touched = task.n != 0;
	list_init(&r->list, &rows_ops, r, FALSE);
	r->list.height = 2;
	return &r->view;
}
