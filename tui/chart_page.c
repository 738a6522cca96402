/* SPDX-License-Identifier: Apache-2.0 */
/* The whole chart of the open patient on a page: each section with its state, the
 * drugs in time, Tab from section to section; Enter opens a row in words, X its
 * source and the record as it came. */
#include "tui/chart_page.h"

#include "tui/list.h"
#include "tui/record.h"

#include <string.h>

/* At first, and by how much more at each Enter. */
enum { LINES_FIRST = 20, LINES_TIMES = 20, LINES_MAX = 100000 };
enum { ZOOMS = 6, ZOOM_FIRST = 2 };
static const int zoom_months[ZOOMS] = { 3, 6, 12, 36, 120, 0 };

enum row_kind { ROW_HEAD, ROW_STATE, ROW_AXIS, ROW_LINE, ROW_DRUG, ROW_MORE };
struct row {
	enum row_kind kind;
	enum chart_section section;
	const struct page_line *line;
	const struct drug_time *drug;
};
/* A line on the screen; row -1: none. */
struct text_line {
	int row, indent;
	enum element element, right_element;
	char *text, *right;
	gboolean head;
};
struct chart_page_view {
	struct view view;
	struct list list;        /* of text lines; it scrolls */
	struct chart_page *page;
	GPtrArray *times;        /* struct drug_time */
	GArray *rows, *lines;    /* struct row, struct text_line */
	int cols;                /* the lines are for; 0: to be made */
	int limits[CHART_SECTIONS_];
	int drugs;               /* of the timeline so many */
	int zoom, selected, body_rows;
};

static struct chart_page_view *
self(struct view *v)
{
	return (struct chart_page_view *)v;
}

static void
text_clear(void *p)
{
	g_free(((struct text_line *)p)->text);
	g_free(((struct text_line *)p)->right);
}

/* ---- rows --------------------------------------------------------------- */

static void
row_add(struct chart_page_view *p, struct row row)
{
	g_array_append_val(p->rows, row);
}

static void
drugs_rows(struct chart_page_view *p)
{
	guint n = MIN(p->times->len, (guint)p->drugs);

	if (n)
		row_add(p, (struct row){ ROW_AXIS, CHART_DRUGS, NULL, NULL });
	for (guint i = 0; i < n; i++)
		row_add(p, (struct row){ .kind = ROW_DRUG,
			.section = CHART_DRUGS, .drug = p->times->pdata[i] });
	if (n < p->times->len)
		row_add(p, (struct row){ ROW_MORE, CHART_DRUGS, NULL, NULL });
}

static void
section_rows(struct chart_page_view *p, enum chart_section s)
{
	const struct page_section *of = &p->page->sections[s];

	row_add(p, (struct row){ ROW_HEAD, s, NULL, NULL });
	if (p->page->state[s] != SECTION_LOADED || !of->total)
		row_add(p, (struct row){ ROW_STATE, s, NULL, NULL });
	if (s == CHART_DRUGS) {
		drugs_rows(p);
		return;
	}
	for (size_t i = 0; i < of->n; i++)
		row_add(p, (struct row){ .kind = ROW_LINE, .section = s,
			.line = &of->lines[i] });
	if ((int64_t)of->n < of->total)
		row_add(p, (struct row){ ROW_MORE, s, NULL, NULL });
}

static const struct row *
row_at(struct chart_page_view *p, int i)
{
	return p->rows && i >= 0 && i < (int)p->rows->len ?
	    &g_array_index(p->rows, struct row, i) : NULL;
}

static void
rows_make(struct chart_page_view *p)
{
	g_array_set_size(p->rows, 0);
	for (int i = 0; i < chart_page_order_n; i++)
		section_rows(p, chart_page_order[i]);
	p->selected = CLAMP(p->selected, 0, (int)p->rows->len - 1);
	p->cols = 0;
}

static void
drop(struct view *v)
{
	struct chart_page_view *p = self(v);

	g_array_set_size(p->lines, 0);
	g_array_set_size(p->rows, 0);
	g_clear_pointer(&p->times, g_ptr_array_unref);
	g_clear_pointer(&p->page, chart_page_free);
	p->cols = 0;
}

static void
load(struct view *v)
{
	struct chart_page_view *p = self(v);
	g_autoptr(GError) error = NULL;
	struct chart_page *page = store_chart_page(v->ui->store,
	    v->ui->patient, p->limits, &error);
	int selected = p->selected;

	if (!page) {
		ui_fail(v->ui, _("The chart could not be read from the "
		    "cache."), error);
		return;
	}
	drop(v);
	p->page = page;
	p->times = timeline_new(page, base_now_ms());
	p->selected = selected;
	rows_make(p);
}

/* ---- lines -------------------------------------------------------------- */

/* Wrapped, never cut: half the name of a drug is a wrong drug. Takes right. */
static void
text_add(struct chart_page_view *p, int row, int indent, enum element e,
    const char *text, char *right, enum element right_element)
{
	int room = right ? base_text_cols(right, -1) + 1 : 0;
	int cols = MAX(p->cols - indent - 1 - room, 8);
	g_autoptr(GArray) wrap = NULL;

	if (base_text_cols(text, -1) <= cols) {
		struct text_line l = { .row = row, .indent = indent,
			.element = e, .right_element = right_element,
			.text = g_strdup(text), .right = right };
		g_array_append_val(p->lines, l);
		return;
	}
	wrap = base_text_wrap(text, strlen(text), cols, FALSE);
	for (guint i = 0; i < wrap->len; i++) {
		struct base_line *b = &g_array_index(wrap, struct base_line, i);
		struct text_line l = { .row = row, .indent = indent,
			.element = e, .right_element = right_element,
			.text = g_strndup(text + b->start, b->len),
			.right = i == 0 ? right : NULL };
		g_array_append_val(p->lines, l);
	}
}

static void
head_lines(struct chart_page_view *p, int i, const struct row *r)
{
	int64_t total = p->page->sections[r->section].total;
	struct text_line gap = { .row = -1 };
	struct text_line head = { .row = i, .indent = 2, .head = TRUE,
		.element = E_CHART_HEADING };

	if (p->lines->len)
		g_array_append_val(p->lines, gap);
	head.text = total ? g_strdup_printf("%s  %" G_GINT64_FORMAT,
	    chart_section_name(r->section), total) :
	    g_strdup(chart_section_name(r->section));
	g_array_append_val(p->lines, head);
}

/* Not loaded, none recorded, known none (that is a row), refused, not kept. */
static void
state_lines(struct chart_page_view *p, int i, const struct row *r)
{
	enum section_state state = p->page->state[r->section];
	gboolean some = p->page->sections[r->section].total > 0;
	const char *words = chart_state_words(state);

	if (state == SECTION_NOT_LOADED && some)
		words = _("… not yet complete");
	text_add(p, i, 2, state == SECTION_REFUSED ? E_CHART_CRITICAL :
	    E_CHART_STATE, words ? words : chart_section_none(r->section),
	    NULL, 0);
}

static enum element
line_element(const struct page_line *l)
{
	if (!chart_is_sound(&l->entry))
		return E_CHART_VOID;
	if (l->entry.status == ENTRY_NOT_UNDERSTOOD ||
	    l->entry.status == ENTRY_DO_NOT_PERFORM)
		return E_CHART_CRITICAL;
	if ((l->entry.section == CHART_ALLERGIES ||
	    l->entry.section == CHART_FLAGS) &&
	    l->entry.status != ENTRY_KNOWN_NONE)
		return E_CHART_ALLERGY;
	return E_CHART_TEXT;
}

/* What is only not yet, or not any more, alarms nobody. */
static enum element
mark_element(const struct page_line *l)
{
	return !chart_is_sound(&l->entry) ||
	    l->entry.status == ENTRY_PLANNED ||
	    l->entry.status == ENTRY_ONGOING ? E_CHART_STATE :
	    E_CHART_CRITICAL;
}

static void
marks_lines(struct chart_page_view *p, int i, const struct page_line *l)
{
	g_autoptr(GPtrArray) marks = chart_row_marks(l, base_now_ms());

	for (guint k = 0; k < marks->len; k++) {
		g_autofree char *mark = g_strdup_printf("! %s",
		    (char *)marks->pdata[k]);
		text_add(p, i, 4, mark_element(l), mark, NULL, 0);
	}
}

static void
line_lines(struct chart_page_view *p, int i, const struct row *r)
{
	const struct page_line *l = r->line;
	g_autofree char *words = chart_row_words(l);
	g_autofree char *detail = chart_row_detail(l);
	g_autofree char *named = NULL;

	if (l->entry.status == ENTRY_KNOWN_NONE)
		named = g_strdup_printf(_("known none: %s"), words);
	else if (l->entry.section == CHART_ALLERGIES &&
	    chart_is_sound(&l->entry))
		named = g_strdup_printf("%s%s", l->entry.severe ? "‼ " : "! ",
		    words);
	text_add(p, i, 2, line_element(l), named ? named : words,
	    chart_row_dates(l), E_CHART_DETAIL);
	marks_lines(p, i, l);
	if (*detail)
		text_add(p, i, 4, E_CHART_DETAIL, detail, NULL, 0);
}

/* ---- the drugs ---------------------------------------------------------- */

static int64_t
window_begin(struct chart_page_view *p, int64_t now_ms)
{
	int64_t first = timeline_begin(p->times);
	int months = zoom_months[p->zoom];
	int64_t from = now_ms - (int64_t)months * 30 * 86400000 -
	    (int64_t)months * 36000000;

	if (months == 0)
		return first ? MIN(first, now_ms - 86400000) :
		    now_ms - 86400000;
	return from;
}

/* From when to when the bars are, and what their cells mean. */
static void
axis_lines(struct chart_page_view *p, int i, const struct row *r)
{
	int64_t now_ms = base_now_ms(), from_ms = window_begin(p, now_ms);
	g_autoptr(GDateTime) a = base_clock_date(from_ms);
	g_autoptr(GDateTime) b = base_clock_date(now_ms);
	g_autofree char *from = g_date_time_format(a, "%Y-%m-%d");
	g_autofree char *until = g_date_time_format(b, "%Y-%m-%d");
	g_autofree char *both = NULL;
	int blanks = p->cols - 5 - 20;

	both = g_strdup_printf("%s%*s%s", from, MAX(blanks, 1), "", until);
	text_add(p, i, 4, E_CHART_DETAIL, both, NULL, 0);
	text_add(p, i, 4, E_CHART_DETAIL, _("█ in hand  ░ ordered, none in "
	    "hand  ▒ by report  · none"), NULL, 0);
}

static void
drug_lines(struct chart_page_view *p, int i, const struct row *r)
{
	const struct drug_time *t = r->drug;
	int64_t now_ms = base_now_ms(), from_ms = window_begin(p, now_ms);
	g_autofree char *name = chart_drug_name(t);
	g_autofree char *words = chart_drug_words(t);
	g_autofree char *bar = timeline_bar(t, from_ms, now_ms,
	    MAX(p->cols - 5, 8));
	g_autofree char *detail = t->now ? chart_row_detail(t->now) : NULL;

	text_add(p, i, 2, t->now ? line_element(t->now) : E_CHART_TEXT, name,
	    chart_drug_left(t), t->days_left <= 7 ? E_CHART_ABNORMAL :
	    E_CHART_DETAIL);
	if (t->now)
		marks_lines(p, i, t->now);
	if (detail && *detail)
		text_add(p, i, 4, E_CHART_DETAIL, detail, NULL, 0);
	text_add(p, i, 4, timeline_stands(t) ? E_CHART_TEXT : E_CHART_VOID,
	    bar, NULL, 0);
	text_add(p, i, 4, E_CHART_DETAIL, words, NULL, 0);
}

static void
more_lines(struct chart_page_view *p, int i, const struct row *r)
{
	const struct page_section *of = &p->page->sections[r->section];
	int64_t left = r->section == CHART_DRUGS ?
	    (int64_t)p->times->len - p->drugs : of->total - (int64_t)of->n;
	g_autofree char *words = g_strdup_printf(_("… %d more: Enter"),
	    (int)left);

	text_add(p, i, 2, E_CHART_STATE, words, NULL, 0);
}

static void
lines_make(struct chart_page_view *p, int cols)
{
	static void (*const add[])(struct chart_page_view *, int,
	    const struct row *) = { [ROW_HEAD] = head_lines,
		[ROW_STATE] = state_lines,
		[ROW_AXIS] = axis_lines, [ROW_LINE] = line_lines,
		[ROW_DRUG] = drug_lines, [ROW_MORE] = more_lines };

	if (p->cols == cols)
		return;
	p->cols = cols;
	g_array_set_size(p->lines, 0);
	for (int i = 0; i < (int)p->rows->len; i++) {
		const struct row *r = row_at(p, i);
		add[r->kind](p, i, r);
	}
}

/* ---- drawing ------------------------------------------------------------ */

static int64_t
count(void *user)
{
	return ((struct chart_page_view *)user)->lines->len;
}

static void
draw_line(void *user, struct canvas *c, struct area a, int64_t i,
    gboolean unused)
{
	struct chart_page_view *p = user;
	const struct text_line *l = &g_array_index(p->lines, struct text_line,
	    i);
	gboolean on = l->row >= 0 && l->row == p->selected;
	int x = l->indent;

	if (on) {
		canvas_under(c, E_SELECTED);
		canvas_fill(c, a, E_SCREEN);
	}
	if (on && (i == 0 || g_array_index(p->lines, struct text_line,
	    i - 1).row != l->row))
		canvas_text(c, a, 0, 0, 1, E_QUEUE_NAME, "▸");
	if (l->text)
		x += canvas_text(c, a, 0, x, a.cols - x, l->element, l->text);
	if (l->head)
		canvas_hline(c, a, 0, x + 1, a.cols - x - 2, E_FRAME);
	if (l->right)
		canvas_text_right(c, a, 0, l->indent, a.cols - l->indent - 1,
		    l->right_element, l->right);
	canvas_under(c, E_SCREEN);
}

/* The selected row is in sight, its head above it where there is room. */
static void
into_sight(struct chart_page_view *p)
{
	int first = -1, last = -1;

	for (int i = 0; i < (int)p->lines->len; i++)
		if (g_array_index(p->lines, struct text_line, i).row ==
		    p->selected) {
			first = first < 0 ? i : first;
			last = i;
		}
	if (first < 0)
		return;
	/* The axis of the drugs is read with the first of them. */
	if (p->selected > 0 && row_at(p, p->selected - 1)->kind == ROW_AXIS)
		first = MAX(first - 2, 0);
	if (first - 1 < p->list.top)
		p->list.top = MAX(first - 1, 0);
	if (last >= p->list.top + p->body_rows)
		p->list.top = MIN(last - p->body_rows + 1, first);
}

static void
draw(struct view *v, struct canvas *c, struct area a, gboolean focused)
{
	struct chart_page_view *p = self(v);

	if (!p->page)
		return;
	p->body_rows = a.rows;
	lines_make(p, a.cols);
	into_sight(p);
	canvas_cursor(c, a, 0, 0, FALSE);
	list_draw(&p->list, c, a, focused);
}

static void
title(struct view *v, struct canvas *c, struct area a)
{
	struct chart_page_view *p = self(v);
	g_autofree char *words = NULL;
	const char *name = _("the whole chart");
	int room = base_text_cols(name, -1) + 2;

	if (!p->page)
		return;
	words = words_patient_fit(&p->page->patient, a.cols - room - 2);
	canvas_text(c, a, 0, 1, a.cols - room, E_STRONG, words);
	canvas_text_right(c, a, 0, 1, a.cols - 2, E_TITLE_DIM, name);
}

/* ---- acting ------------------------------------------------------------- */

static gboolean
selectable(const struct row *r)
{
	return r && r->kind != ROW_HEAD && r->kind != ROW_AXIS;
}

static void
move_by(struct chart_page_view *p, int by)
{
	int at = p->selected;

	for (int i = at + by; row_at(p, i); i += by)
		if (selectable(row_at(p, i))) {
			p->selected = i;
			return;
		}
	/* The first head stays reachable. */
	if (by < 0)
		p->list.top = 0;
}

static void
move_far(struct chart_page_view *p, int lines)
{
	int by = lines < 0 ? -1 : 1, n = lines * by / 2;

	for (int i = 0; i < MAX(n, 1); i++)
		move_by(p, by);
}

static void
section_step(struct chart_page_view *p, int by)
{
	const struct row *r = row_at(p, p->selected);
	int at = 0;

	for (int i = 0; r && i < chart_page_order_n; i++)
		if (chart_page_order[i] == r->section)
			at = i;
	at = (at + by + chart_page_order_n) % chart_page_order_n;
	for (int i = 0; row_at(p, i); i++)
		if (row_at(p, i)->section == chart_page_order[at] &&
		    selectable(row_at(p, i))) {
			p->selected = i;
			p->list.top = G_MAXINT32; /* its head on top */
			return;
		}
}

/* The order, then what was handed out of it: Tab goes through them. */
static GPtrArray *
refs_of(const struct row *r)
{
	GPtrArray *refs = g_ptr_array_new_with_free_func(g_free);

	if (r->line)
		g_ptr_array_add(refs, g_strdup(r->line->entry.ref));
	if (!r->drug)
		return refs;
	if (r->drug->now)
		g_ptr_array_add(refs, g_strdup(r->drug->now->entry.ref));
	for (guint i = r->drug->fills->len; i-- > 0;)
		g_ptr_array_add(refs, g_strdup(((struct page_line *)
		    r->drug->fills->pdata[i])->entry.ref));
	for (guint i = 0; i < r->drug->orders->len; i++)
		if (r->drug->orders->pdata[i] != r->drug->now)
			g_ptr_array_add(refs, g_strdup(((struct page_line *)
			    r->drug->orders->pdata[i])->entry.ref));
	return refs;
}

static void
show(struct chart_page_view *p, enum record_part part)
{
	const struct row *r = row_at(p, p->selected);
	GPtrArray *refs;

	if (!r || (r->kind != ROW_LINE && r->kind != ROW_DRUG)) {
		record_open(p->view.ui, NULL, part);
		return;
	}
	refs = refs_of(r);
	ui_push(p->view.ui, record_view_new(p->view.ui, refs, 0, part));
}

static void
more(struct chart_page_view *p, const struct row *r)
{
	if (r->section == CHART_DRUGS) {
		p->drugs = MIN(p->drugs * LINES_TIMES, LINES_MAX);
		rows_make(p);
		return;
	}
	p->limits[r->section] = MIN(p->limits[r->section] * LINES_TIMES,
	    LINES_MAX);
	load(&p->view);
}

static void
open_row(struct chart_page_view *p)
{
	const struct row *r = row_at(p, p->selected);

	if (r && r->kind == ROW_MORE)
		more(p, r);
	else if (r && (r->kind == ROW_LINE || r->kind == ROW_DRUG))
		show(p, RECORD_WORDS);
}

static void
zoom_by(struct chart_page_view *p, int by)
{
	p->zoom = CLAMP(p->zoom + by, 0, ZOOMS - 1);
	p->cols = 0;
}

static gboolean
request(struct view *v, enum request q)
{
	struct chart_page_view *p = self(v);
	const struct row *r;

	switch (q) {
	case REQ_DOWN:
		move_by(p, 1);
		return TRUE;
	case REQ_UP:
		move_by(p, -1);
		return TRUE;
	case REQ_PAGE_DOWN:
		move_far(p, p->body_rows);
		return TRUE;
	case REQ_PAGE_UP:
		move_far(p, -p->body_rows);
		return TRUE;
	case REQ_TOP:
		p->selected = 0;
		p->list.top = 0;
		move_by(p, 1);
		return TRUE;
	case REQ_BOTTOM:
		p->selected = (int)p->rows->len - 1;
		return TRUE;
	case REQ_ON:
		section_step(p, 1);
		return TRUE;
	case REQ_BEFORE:
		section_step(p, -1);
		return TRUE;
	case REQ_ZOOM_IN:
		zoom_by(p, -1);
		return TRUE;
	case REQ_ZOOM_OUT:
		zoom_by(p, 1);
		return TRUE;
	case REQ_OPEN:
		open_row(p);
		return TRUE;
	case REQ_SOURCE:
		show(p, RECORD_SOURCE);
		return TRUE;
	case REQ_FILES:
		r = row_at(p, p->selected);
		record_files(v->ui, r && r->line ? r->line->entry.ref : NULL);
		return TRUE;
	case REQ_BACK:
	case REQ_CHART_PAGE:
		ui_pop(v->ui);
		return TRUE;
	default:
		return FALSE;
	}
}

static gboolean
event(struct view *v, const struct event *e)
{
	if (e->kind != EVENT_MOUSE || e->mouse == MOUSE_PRESS)
		return FALSE;
	move_by(self(v), e->mouse == MOUSE_WHEEL_UP ? -1 : 1);
	return TRUE;
}

static const enum request *
footer(struct view *v)
{
	static const enum request keys[] = { REQ_OPEN, REQ_ON,
		REQ_SOURCE, REQ_BACK };

	return keys;
}

static void
page_view_free(struct view *v)
{
	struct chart_page_view *p = self(v);

	drop(v);
	g_array_unref(p->rows);
	g_array_unref(p->lines);
	g_free(v);
}

static char *
whose(struct view *v)
{
	struct chart_page_view *p = self(v);

	return p->page ? words_patient(&p->page->patient) : NULL;
}

static const struct view_ops ops = {
	.name = "chart page",
	.place = PLACE_PAGE,
	.where = IN_WHOLE,
	.footer = footer,
	.load = load,
	.drop = drop,
	.title = title,
	.whose = whose,
	.draw = draw,
	.request = request,
	.event = event,
	.free = page_view_free,
};

struct view *
chart_page_view_new(struct tui *ui)
{
	static const struct list_ops list_ops = { .count = count,
		.draw = draw_line };
	struct chart_page_view *p = g_new0(struct chart_page_view, 1);

	p->view = (struct view){ .ops = &ops, .ui = ui };
	p->rows = g_array_new(FALSE, FALSE, sizeof(struct row));
	p->lines = g_array_new(FALSE, FALSE, sizeof(struct text_line));
	g_array_set_clear_func(p->lines, text_clear);
	for (int s = 0; s < CHART_SECTIONS_; s++)
		p->limits[s] = LINES_FIRST;
	p->drugs = LINES_FIRST;
	p->zoom = ZOOM_FIRST;
	p->selected = 1;
	list_init(&p->list, &list_ops, p, TRUE);
	return &p->view;
}
