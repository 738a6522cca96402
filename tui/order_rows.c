/* SPDX-License-Identifier: Apache-2.0 */
/* What stands below the order line: what the words may mean, the lines so far,
 * the form, and every rule that speaks. */
#include "tui/order_view.h"

#include <string.h>

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

static void
rows_make(struct order_view *o)
{
	const struct care_question *q = question(o);
	int drugs = o->parsed && !o->chosen ?
	    (int)o->parsed->candidates->len : 0;

	g_array_set_size(o->rows, 0);
	rows_add(o, ROW_CANDIDATE, _("Which drug? ↓ and Enter"), drugs);
	rows_add(o, ROW_CHOICE, NULL, !drugs && q ? (int)q->choices->len : 0);
	rows_add(o, ROW_ORDER, _("This prescription"),
	    (int)o->rx->orders->len);
	rows_add(o, ROW_FIELD, _("Form"), order_field_count(o));
	rows_add(o, ROW_FINDING, _("Rules"), o->findings ?
	    (int)o->findings->len : 0);
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

void
order_refresh(struct order_view *o)
{
	struct desk *desk = o->view.ui->desk;
	struct care_lookup lookup = desk_lookup(desk);
	const char *text = field_text(&o->line);
	g_autoptr(GError) error = NULL;
	BASE_AUTO(care_rx) rx = NULL;

	g_clear_pointer(&o->parsed, care_line_free);
	if (*text)
		o->parsed = care_line_parse(text, &lookup, o->chosen,
		    o->rx->herbal);
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
	g_autofree char *words = g_strdup_printf("%s%s%s%s%s",
	    care_drug_words(k->drug, base_i18n_language()),
	    k->drug->strength ? " " : "", k->drug->strength ?
	    k->drug->strength : "", k->drug->strength_unit ? " " : "",
	    k->drug->strength_unit ? k->drug->strength_unit : "");

	draw_cut(c, area_part(a, 0, 0, 1, a.cols - 24), 3, E_QUEUE_NAME,
	    words);
	canvas_text_right(c, a, 0, 0, a.cols - 2, E_DIM, word);
}

static void
draw_order(struct order_view *o, struct canvas *c, struct area a, int i)
{
	g_autofree char *words = care_order_sentence(o->rx->orders->pdata[i],
	    base_i18n_language());
	g_autofree char *line = g_strdup_printf("%d  %s", i + 1,
	    words ? words : "");

	draw_cut(c, a, 3, E_STRONG, line);
}

static void
draw_field(struct order_view *o, struct canvas *c, struct area a, int i)
{
	g_autofree char *value = order_field_value(o, i);

	canvas_text(c, a, 0, 3, 20, E_CHART_DETAIL, order_field_label(o, i));
	draw_cut(c, a, 24, E_CHART_TEXT, value);
}

static const struct { const char *mark; enum element element; } marks[] = {
	[SEVERITY_LOG] = { "·", E_DIM },
	[SEVERITY_WARN] = { "!", E_CHART_ABNORMAL },
	[SEVERITY_GATE] = { "?", E_CHART_ABNORMAL },
	[SEVERITY_BLOCK] = { "✗", E_CHART_CRITICAL },
};

static void
draw_finding(struct order_view *o, struct canvas *c, struct area a, int i)
{
	const struct care_finding *f = o->findings->pdata[i];
	gboolean passed = f->severity == SEVERITY_GATE &&
	    !care_finding_open(f);
	const char *rests = f->proof ? f->proof : f->evidence;
	g_autofree char *words = g_strdup_printf("%s  %s%s%s", f->rule,
	    f->sentence, passed ? " — " : f->numbers ? " " : "",
	    passed ? (rests ? rests : "") : f->numbers ? f->numbers : "");

	canvas_text(c, a, 0, 1, 2, passed ? E_STATUS_LIVE :
	    marks[f->severity].element, passed ? "✓" :
	    marks[f->severity].mark);
	draw_cut(c, a, 3, passed ? E_DIM : marks[f->severity].element, words);
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
	[ROW_FINDING] = draw_finding, [ROW_HEAD] = draw_head,
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

void
order_rows_draw(struct order_view *o, struct canvas *c, struct area a,
    gboolean focused)
{
	int n = (int)o->rows->len, at = MAX(o->selected, 0);

	o->top = CLAMP(o->top, MAX(at - a.rows + 1, 0), at);
	o->top = MIN(o->top, MAX(n - a.rows, 0));
	/* The head above the first row comes with it. */
	if (o->selected <= 1)
		o->top = 0;
	for (int y = 0; y < a.rows && o->top + y < n; y++)
		draw_row(o, c, area_part(a, y, 0, 1, a.cols), o->top + y,
		    focused);
}
