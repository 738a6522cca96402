/* SPDX-License-Identifier: Apache-2.0 */
/* What stands below the order line: what the words may mean, the lines so far,
 * the form, and every rule that speaks. */
#include "tui/order_view.h"

#include <string.h>

enum { X_WORDS = 3, ROW_LINES_MAX = 3 };

/* ---- the rows ----------------------------------------------------------- */

static void
rows_add(struct order_view *o, enum row_kind kind, const char *head, int n)
{
	struct order_row row = { .kind = ROW_HEAD, .head = head };

	if (n && head)
		g_array_append_val(o->rows, row);
	for (int i = 0; i < n; i++) {
		row = (struct order_row){ .kind = kind, .i = i };
		g_array_append_val(o->rows, row);
	}
}

static const struct care_question *
question(const struct order_view *o)
{
	return o->parsed && o->parsed->questions->len ?
	    o->parsed->questions->pdata[0] : NULL;
}

/* The gravest come first: what is for the record alone stands behind. */
static int
findings_spoken(const struct order_view *o)
{
	int n = 0;

	while (o->findings && n < (int)o->findings->len &&
	    ((struct care_finding *)o->findings->pdata[n])->severity !=
	    SEVERITY_LOG)
		n++;
	return n;
}

static void
rows_make(struct order_view *o)
{
	const struct care_question *q = question(o);
	int drugs = o->parsed && !o->chosen ?
	    (int)o->parsed->candidates->len : 0;
	int spoken = findings_spoken(o);

	g_array_set_size(o->rows, 0);
	rows_add(o, ROW_CANDIDATE, _("Which drug? ↓ and Enter"), drugs);
	rows_add(o, ROW_CHOICE, NULL, !drugs && q ? (int)q->choices->len : 0);
	rows_add(o, ROW_ORDER, _("This prescription"),
	    (int)o->rx->orders->len);
	rows_add(o, ROW_FIELD, _("Form"), order_field_count(o));
	rows_add(o, ROW_FINDING, _("Rules"), spoken);
	rows_add(o, ROW_NOTES, NULL, o->findings &&
	    spoken < (int)o->findings->len);
	o->selected = MIN(o->selected, (int)o->rows->len - 1);
	if (o->selected >= 0 && g_array_index(o->rows, struct order_row,
	    o->selected).kind == ROW_HEAD)
		o->selected = order_row_step(o, o->selected, 1);
}

/* The prescription as it would be with the line that is being typed. */
static struct care_rx *
with_line(const struct order_view *o)
{
	struct care_rx *rx = care_rx_copy(o->rx);

	if (!o->parsed || !o->parsed->complete)
		return rx;
	if (o->replaces >= 0 && o->replaces < (int)rx->orders->len)
		g_ptr_array_remove_index(rx->orders, (guint)o->replaces);
	g_ptr_array_add(rx->orders, care_order_copy(o->parsed->order));
	return rx;
}

static void
parse(struct order_view *o)
{
	struct care_lookup lookup = desk_lookup(o->view.ui->desk);
	const char *text = field_text(&o->line);

	g_clear_pointer(&o->parsed, care_line_free);
	if (*text)
		o->parsed = care_line_parse(text, &lookup, o->chosen,
		    o->rx->herbal);
}

const struct care_span *
order_part(const struct order_view *o, enum care_part part)
{
	for (guint i = 0; o->parsed && i < o->parsed->spans->len; i++) {
		const struct care_span *s = &g_array_index(o->parsed->spans,
		    struct care_span, i);

		if (s->part == part)
			return s;
	}
	return NULL;
}

void
order_choose(struct order_view *o, const struct care_drug *drug)
{
	struct care_drug *copy = drug ? care_drug_copy(drug) : NULL;

	care_drug_free(o->chosen);
	o->chosen = copy;
	g_clear_pointer(&o->chosen_word, g_free);
}

/* The first parse says which word stands for the chosen drug. */
static gboolean
chosen_is_gone(struct order_view *o)
{
	const struct care_span *s = order_part(o, PART_DRUG);
	g_autofree char *word = s ? g_strndup(field_text(&o->line) + s->start,
	    s->end - s->start) : NULL;

	if (!o->chosen)
		return FALSE;
	if (word)
		g_strstrip(word);
	if (!o->chosen_word)
		o->chosen_word = g_steal_pointer(&word);
	else
		return g_strcmp0(word, o->chosen_word) != 0;
	return o->chosen_word == NULL;
}

void
order_refresh(struct order_view *o)
{
	struct desk *desk = o->view.ui->desk;
	g_autoptr(GError) error = NULL;
	BASE_AUTO(care_rx) rx = NULL;

	parse(o);
	if (chosen_is_gone(o)) {
		order_choose(o, NULL);
		parse(o);
	}
	rx = with_line(o);
	g_clear_pointer(&o->findings, g_ptr_array_unref);
	o->findings = desk_check(desk, o->chart, rx, o->id, &error);
	if (!o->findings)
		ui_fail(o->view.ui, error->message, error);
	rows_make(o);
	ui_dirty(o->view.ui, DIRTY_SCREEN);
}

int
order_row_step(const struct order_view *o, int from, int by)
{
	int at = from + by;

	while (at >= 0 && at < (int)o->rows->len &&
	    g_array_index(o->rows, struct order_row, at).kind == ROW_HEAD)
		at += by;
	return at >= (int)o->rows->len ? from : MAX(at, -1);
}

/* ---- drawing ------------------------------------------------------------ */

static void
draw_cut(struct canvas *c, struct area a, int x, enum element e,
    const char *text)
{
	g_autofree char *safe = base_text_show(text, -1, BASE_ONE_LINE);
	g_autofree char *cut = base_text_cut(safe, MAX(a.cols - x - 1, 1));

	canvas_text(c, a, 0, x, a.cols - x, e, cut);
}

/* A sentence on as many lines as its row has; the last one is cut. */
static void
draw_wrapped(struct canvas *c, struct area a, enum element e,
    const char *text)
{
	g_autofree char *safe = base_text_show(text, -1, BASE_ONE_LINE);
	g_autoptr(GArray) wrap = base_text_wrap(safe, strlen(safe),
	    MAX(a.cols - X_WORDS - 1, 2), FALSE);

	for (int y = 0; y < a.rows && y < (int)wrap->len; y++) {
		struct base_line *l = &g_array_index(wrap, struct base_line,
		    y);

		if (y == a.rows - 1)
			draw_cut(c, area_part(a, y, 0, 1, a.cols), X_WORDS, e,
			    safe + l->start);
		else
			canvas_text_n(c, a, y, X_WORDS, a.cols, e,
			    safe + l->start, l->len);
	}
}

static int
lines_of(const char *text, int cols)
{
	g_autofree char *safe = base_text_show(text, -1, BASE_ONE_LINE);
	g_autoptr(GArray) wrap = base_text_wrap(safe, strlen(safe),
	    MAX(cols - X_WORDS - 1, 2), FALSE);

	return CLAMP((int)wrap->len, 1, ROW_LINES_MAX);
}

/* A line as it stands, and of a renewal what it does not hold of the old one. */
static char *
order_words(const struct care_order *order)
{
	g_autofree char *said = care_order_sentence(order,
	    base_i18n_language());
	g_autofree char *was = rx_was_words(order);

	return g_strdup_printf("%s%s%s", said ? said : "", said && was ? " · " :
	    "", was ? was : "");
}

/* Findings and lines of the prescription take what they need. */
static int
row_height(struct order_view *o, const struct order_row *row, int cols)
{
	g_autofree char *words = NULL;

	if (row->kind == ROW_FINDING)
		words = rx_finding_words(o->view.ui,
		    o->findings->pdata[row->i]);
	else if (row->kind == ROW_ORDER)
		words = order_words(o->rx->orders->pdata[row->i]);
	return words ? lines_of(words, cols) : 1;
}

static const char *const hit_words[] = {
	[HIT_CODE] = N_("code"), [HIT_NAME] = N_("name"),
	[HIT_NAME_START] = N_("name"), [HIT_BRAND] = N_("brand"),
	[HIT_PART] = N_("part of the name"),
	[HIT_INITIALS] = N_("initials: look twice"),
};

static void
draw_candidate(struct order_view *o, struct canvas *c, struct area a, int i)
{
	const struct care_candidate *k = o->parsed->candidates->pdata[i];
	const char *word = _(hit_words[k->hit]);
	g_autofree char *words = care_drug_product(k->drug,
	    base_i18n_language());

	draw_cut(c, area_part(a, 0, 0, 1, a.cols - 2 - base_text_cols(word,
	    -1)), X_WORDS, E_QUEUE_NAME, words);
	canvas_text_right(c, a, 0, 0, a.cols - 2, E_DIM, word);
}

static void
draw_order(struct order_view *o, struct canvas *c, struct area a, int i)
{
	g_autofree char *words = order_words(o->rx->orders->pdata[i]);
	g_autofree char *nth = g_strdup_printf("%d", i + 1);

	canvas_text(c, a, 0, 1, 2, E_STRONG, nth);
	draw_wrapped(c, a, E_STRONG, words);
}

static void
draw_field(struct order_view *o, struct canvas *c, struct area a, int i)
{
	g_autofree char *value = order_field_value(o, i);

	canvas_text(c, a, 0, 3, 20, E_CHART_DETAIL, order_field_label(o, i));
	draw_cut(c, a, 24, E_CHART_TEXT, value);
}

static void
draw_finding(struct order_view *o, struct canvas *c, struct area a, int i)
{
	const struct care_finding *f = o->findings->pdata[i];
	g_autofree char *words = rx_finding_words(o->view.ui, f);

	canvas_text(c, a, 0, 1, 2, rx_finding_element(f), rx_finding_mark(f));
	draw_wrapped(c, a, rx_finding_element(f), words);
}

static void
draw_notes(struct order_view *o, struct canvas *c, struct area a, int i)
{
	g_autofree char *words = rx_notes_words(o->findings);

	canvas_text(c, a, 0, 1, 2, E_DIM, "·");
	draw_cut(c, a, X_WORDS, E_DIM, words ? words : "");
}

static void
draw_choice(struct order_view *o, struct canvas *c, struct area a, int i)
{
	draw_cut(c, a, 3, E_QUEUE_NAME, question(o)->choices->pdata[i]);
}

static void
draw_head(struct order_view *o, struct canvas *c, struct area a, int i)
{
}

static void (*const drawers[])(struct order_view *o, struct canvas *c,
    struct area a, int i) = {
	[ROW_CANDIDATE] = draw_candidate, [ROW_CHOICE] = draw_choice,
	[ROW_ORDER] = draw_order, [ROW_FIELD] = draw_field,
	[ROW_FINDING] = draw_finding, [ROW_NOTES] = draw_notes,
	[ROW_HEAD] = draw_head,
};

static void
draw_row(struct order_view *o, struct canvas *c, struct area a, int at,
    gboolean focused)
{
	const struct order_row *row = &g_array_index(o->rows,
	    struct order_row, at);

	if (row->kind == ROW_HEAD) {
		canvas_text(c, a, 0, 1, a.cols - 1, E_CHART_HEADING,
		    row->head);
		return;
	}
	if (at == o->selected) {
		canvas_under(c, E_SELECTED);
		canvas_fill(c, a, E_SCREEN);
		if (focused)
			canvas_cursor(c, a, 0, 0, FALSE);
	}
	drawers[row->kind](o, c, a, row->i);
	canvas_under(c, E_SCREEN);
}

/* Rows from top that are on the screen whole. */
static int
rows_that_fit(struct order_view *o, struct area a)
{
	int at = o->top, y = 0;

	for (; at < (int)o->rows->len; at++) {
		y += row_height(o, &g_array_index(o->rows, struct order_row,
		    at), a.cols);
		if (y > a.rows)
			break;
	}
	return at - o->top;
}

/* The selected row is whole on the screen, with the head above the first. */
static void
rows_settle(struct order_view *o, struct area a)
{
	o->top = CLAMP(o->top, 0, MAX(o->selected, 0));
	if (o->selected <= 1)
		o->top = 0;
	while (o->top < o->selected &&
	    o->top + rows_that_fit(o, a) <= o->selected)
		o->top++;
}

void
order_rows_draw(struct order_view *o, struct canvas *c, struct area a,
    gboolean focused)
{
	int y = 0;

	rows_settle(o, a);
	for (int at = o->top; at < (int)o->rows->len && y < a.rows; at++) {
		int rows = MIN(row_height(o, &g_array_index(o->rows,
		    struct order_row, at), a.cols), a.rows - y);

		draw_row(o, c, area_part(a, y, 0, rows, a.cols), at, focused);
		y += rows;
	}
	if (o->top + rows_that_fit(o, a) < (int)o->rows->len)
		canvas_text_right(c, a, a.rows - 1, 0, a.cols - 1, E_DIM,
		    "↓");
}
