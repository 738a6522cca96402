/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order line: typed, completed from the formulary, echoed as a sentence and
 * as the form, with every rule that speaks live below it. What was typed is on
 * disk at each pause; nothing is guessed.
 */
#include "tui/order_view.h"

#include <string.h>

enum {
	PAUSE_MS = 300, LINE_MAX_BYTES = 1000, X_LINE = 3,
	ROWS_SAID = 2, ROWS_ECHO = 3, /* the sentence; and the quantity */
};

static struct order_view *
self(struct view *v)
{
	return (struct order_view *)v;
}

/* ---- on disk ------------------------------------------------------------ */

static void
line_save(struct order_view *o)
{
	struct tui *ui = o->view.ui;
	const char *text = field_text(&o->line);
	g_autoptr(GError) error = NULL;
	gboolean ok;

	if (!o->unsaved_mono_ms || !ui->store)
		return;
	ok = *text ? store_line_save(ui->store, o->patient, text,
	    buffer_caret(o->line.buf), base_now_ms(), &error) :
	    store_line_drop(ui->store, o->patient, &error);
	o->unsaved_mono_ms = ok ? 0 : base_mono_ms();
	if (!ok)
		ui_fail(ui, _("The line cannot be saved: make room on the "
		    "disk. What you typed stays here."), error);
}

static int64_t
due(struct view *v)
{
	return self(v)->unsaved_mono_ms ?
	    self(v)->unsaved_mono_ms + PAUSE_MS : -1;
}

static void
tick(struct view *v)
{
	if (due(v) >= 0 && due(v) <= base_mono_ms())
		line_save(self(v));
}

/* ---- the line ----------------------------------------------------------- */

static void
line_changed(struct order_view *o)
{
	o->unsaved_mono_ms = base_mono_ms();
	o->selected = -1;
	order_refresh(o);
}

static void
line_set(struct order_view *o, const char *text)
{
	field_set(&o->line, text);
	line_changed(o);
}

/* The line goes into the prescription, or says what it still asks. */
static void
line_take(struct order_view *o)
{
	const struct care_question *q;

	if (!o->parsed)
		return;
	if (!o->parsed->complete) {
		q = o->parsed->questions->len ?
		    o->parsed->questions->pdata[0] : NULL;
		ui_say(o->view.ui, q ? q->sentence :
		    _("The line is not complete yet."));
		return;
	}
	if (o->replaces >= 0 && o->replaces < (int)o->rx->orders->len)
		g_ptr_array_remove_index(o->rx->orders, (guint)o->replaces);
	g_ptr_array_add(o->rx->orders, care_order_copy(o->parsed->order));
	o->replaces = -1;
	order_choose(o, NULL);
	line_set(o, "");
}

/* The name of what was taken stands in the line: initials stay nowhere. */
static void
candidate_take(struct order_view *o, int i)
{
	const struct care_candidate *k = o->parsed->candidates->pdata[i];
	const struct care_span *word = order_part(o, PART_DRUG);
	const char *text = field_text(&o->line);
	g_autofree char *line = NULL, *head = NULL;
	size_t end;

	if (!word)
		return;
	/* The blank behind it stays: ".25" is not read into the name. */
	for (end = word->end; end > word->start && text[end - 1] == ' ';)
		end--;
	head = g_strndup(text, word->start);
	line = g_strconcat(head, care_drug_words(k->drug,
	    base_i18n_language()), text + end, NULL);
	order_choose(o, k->drug);
	line_set(o, line);
}

/* A choice stands for what the question pointed at. */
static void
choice_take(struct order_view *o, int i)
{
	const struct care_question *q = o->parsed->questions->pdata[0];
	const char *text = field_text(&o->line);
	g_autofree char *head = g_strndup(text, q->start);
	g_autofree char *line = g_strdup_printf("%s%s%s%s", head,
	    *head && !g_str_has_suffix(head, " ") ? " " : "",
	    (const char *)q->choices->pdata[i],
	    text + MIN(q->end, strlen(text)));

	line_set(o, line);
}

/* An order comes back into the line: line and form are one thing. */
static void
order_take_back(struct order_view *o, int i)
{
	const struct care_order *order = o->rx->orders->pdata[i];
	g_autofree char *line = care_line_write(order);

	order_choose(o, order->drug);
	o->replaces = i;
	line_set(o, line);
}

static void
order_remove(struct order_view *o)
{
	const struct order_row *row = o->selected < 0 ? NULL :
	    &g_array_index(o->rows, struct order_row, o->selected);

	if (!row || row->kind != ROW_ORDER) {
		ui_say(o->view.ui, _("Select a line of the prescription first: "
		    "↓."));
		return;
	}
	g_ptr_array_remove_index(o->rx->orders, (guint)row->i);
	order_refresh(o);
}

/* ---- Enter -------------------------------------------------------------- */

static void
accept(struct order_view *o)
{
	const struct order_row *row;

	if (o->selected < 0) {
		line_take(o);
		return;
	}
	row = &g_array_index(o->rows, struct order_row, o->selected);
	switch (row->kind) {
	case ROW_CANDIDATE:
		candidate_take(o, row->i);
		break;
	case ROW_CHOICE:
		choice_take(o, row->i);
		break;
	case ROW_ORDER:
		order_take_back(o, row->i);
		break;
	case ROW_FIELD:
		order_field_act(o, row->i);
		break;
	case ROW_FINDING:
		rx_explain(o->view.ui, o->findings->pdata[row->i]);
		break;
	case ROW_NOTES:
		rx_explain_all(o->view.ui, o->findings);
		break;
	case ROW_HEAD:
		break;
	}
}

static void
complete(struct order_view *o)
{
	int first = order_row_step(o, -1, 1);

	if (!o->parsed || first < 0)
		return;
	if (g_array_index(o->rows, struct order_row, first).kind <= ROW_CHOICE)
		o->selected = o->selected < 0 ? first :
		    order_row_step(o, o->selected, 1);
	ui_dirty(o->view.ui, DIRTY_SCREEN);
}

static void
explain(struct order_view *o)
{
	if (o->findings && o->findings->len)
		rx_explain_all(o->view.ui, o->findings);
	else
		ui_say(o->view.ui, _("No rule speaks here."));
}

/* To the store, and to the sight before the signature. */
static void
prepare(struct order_view *o)
{
	struct tui *ui = o->view.ui;
	GArray *ids;
	g_autoptr(GError) error = NULL;

	if (*field_text(&o->line))
		line_take(o);
	if (*field_text(&o->line))
		return; /* said why */
	if (o->rx->orders->len == 0) {
		ui_say(ui, _("Write a line first."));
		return;
	}
	o->rx->authored_ms = base_now_ms();
	if (!desk_pend(ui->desk, o->rx, o->chart, &o->id, &error)) {
		ui_fail(ui, error->message, error);
		return;
	}
	line_save(o);
	ids = g_array_new(FALSE, FALSE, sizeof(struct rx_id));
	g_array_append_val(ids, o->id);
	ui_pop(ui); /* frees o */
	/* From the sight one came back to write it anew. */
	if (ui->over->len && ui_top(ui)->ops->where == IN_SIGN)
		ui_pop(ui);
	ui_push(ui, sign_view_new(ui, ids));
}

static gboolean
request(struct view *v, enum request r)
{
	struct order_view *o = self(v);

	switch (r) {
	case REQ_ACCEPT:
		accept(o);
		return TRUE;
	case REQ_COMPLETE:
		complete(o);
		return TRUE;
	case REQ_FINISH:
		prepare(o);
		return TRUE;
	case REQ_DETAILS:
		explain(o);
		return TRUE;
	case REQ_STRIKE:
		order_remove(o);
		return TRUE;
	case REQ_CANCEL:
		line_save(o);
		ui_pop(v->ui);
		return TRUE;
	default:
		return FALSE;
	}
}

static gboolean
event(struct view *v, const struct event *e)
{
	struct order_view *o = self(v);
	gboolean changed = FALSE;

	if (e->kind == EVENT_KEY && (e->key == K_DOWN || e->key == K_UP)) {
		o->selected = order_row_step(o, o->selected,
		    e->key == K_DOWN ? 1 : -1);
		ui_dirty(v->ui, DIRTY_SCREEN);
		return TRUE;
	}
	if (!field_event(&o->line, e, &changed))
		return FALSE;
	if (changed)
		line_changed(o);
	ui_dirty(v->ui, DIRTY_SCREEN);
	return TRUE;
}

/* ---- drawing ------------------------------------------------------------ */

static const enum element part_elements[] = {
	[PART_DRUG] = E_QUEUE_NAME, [PART_STRENGTH] = E_QUEUE_NAME,
	[PART_DOSE] = E_STRONG, [PART_ROUTE] = E_CHART_TEXT,
	[PART_FREQUENCY] = E_STRONG, [PART_WHEN] = E_CHART_TEXT,
	[PART_DURATION] = E_STRONG, [PART_QUANTITY] = E_CHART_TEXT,
	[PART_REFILLS] = E_CHART_TEXT, [PART_NEEDED] = E_CHART_TEXT,
	[PART_PREPARATION] = E_CHART_TEXT, [PART_NOTE] = E_DIM,
	[PART_UNKNOWN] = E_ERROR,
};

/* Each word in the colour of what it was taken for. */
static void
draw_spans(struct order_view *o, struct canvas *c, struct area a)
{
	const char *text = field_text(&o->line);

	for (guint i = 0; o->parsed && i < o->parsed->spans->len; i++) {
		const struct care_span *s = &g_array_index(o->parsed->spans,
		    struct care_span, i);
		g_autofree char *word = base_text_show(text + s->start,
		    (gssize)(s->end - s->start), BASE_MANY_LINES);
		int x = field_col(&o->line, a, s->start);

		if (x >= 0)
			canvas_text(c, a, 0, x, a.cols - x,
			    part_elements[s->part], word);
	}
}

/* What the line says so far, and below it how the quantity came about. */
static char *
echo(struct order_view *o, enum element *element, char **formula)
{
	const struct care_question *q;
	g_autofree char *drug = NULL, *quantity = NULL, *unit = NULL;
	const struct care_order *replaced = o->replaces >= 0 &&
	    o->replaces < (int)o->rx->orders->len ?
	    o->rx->orders->pdata[o->replaces] : NULL;

	*element = E_DIM;
	if (!o->parsed)
		return g_strdup(o->rx->orders->len ? _("Another line, ^S to "
		    "prepare, Esc to put it down.") : o->rx->herbal ?
		    _("For example: 附子 9g 先煎") : _("For example: "
		    "amlodipine 5mg qd 28d"));
	q = o->parsed->questions->len ? o->parsed->questions->pdata[0] : NULL;
	*element = q ? E_CHART_ABNORMAL : E_STATUS_LIVE;
	if (!q) {
		care_order_quantity(o->parsed->order, base_i18n_language(),
		    &quantity, &unit, formula);
		return care_order_sentence(o->parsed->order,
		    base_i18n_language());
	}
	*formula = replaced ? rx_was_words(replaced) : NULL;
	if (o->parsed->order->drug)
		drug = care_drug_product(o->parsed->order->drug,
		    base_i18n_language());
	return g_strdup_printf("%s%s%s", drug ? drug : "", drug ? " · " : "",
	    q->sentence);
}

static void
draw(struct view *v, struct canvas *c, struct area a, gboolean focused)
{
	struct order_view *o = self(v);
	int cols = a.cols - X_LINE - 1;
	struct area line = area_part(a, 0, X_LINE, 1, cols);
	enum element element;
	g_autofree char *formula = NULL;
	g_autofree char *said = echo(o, &element, &formula);
	g_autofree char *safe = words_shown(said);
	g_autofree char *sum = words_shown(formula);
	g_autofree char *cut = base_text_cut(sum, cols);

	canvas_text(c, a, 0, 1, 1, E_PROMPT, "›");
	field_draw(&o->line, c, line, E_COMPOSER_TEXT,
	    focused && o->selected < 0);
	draw_spans(o, c, line);
	canvas_sentence(c, area_part(a, 1, X_LINE, ROWS_SAID, cols), element,
	    safe);
	canvas_text(c, a, 1 + ROWS_SAID, X_LINE, cols, E_DIM, cut);
	order_rows_draw(o, c, area_part(a, 1 + ROWS_ECHO, 0,
	    a.rows - 1 - ROWS_ECHO, a.cols), focused);
}

static void
title(struct view *v, struct canvas *c, struct area a)
{
	g_autofree char *person = words_fit(self(v)->name, self(v)->person,
	    a.cols - base_text_cols(_("Prescription · %s"), -1) + 1);

	canvas_print(c, a, 0, 0, a.cols, E_TITLE_FOCUS, _("Prescription · %s"),
	    person);
}

static const enum request *
footer(struct view *v)
{
	static const enum request line[] = { REQ_ACCEPT, REQ_COMPLETE,
		REQ_FINISH, REQ_CANCEL, REQ_NONE };
	static const enum request rows[] = { REQ_ACCEPT, REQ_STRIKE, REQ_FINISH,
		REQ_CANCEL, REQ_NONE };

	return self(v)->selected < 0 ? line : rows;
}

/* ---- the view ----------------------------------------------------------- */

/* Something came into the chart: the rules speak of it at once. */
static void
load(struct view *v)
{
	struct order_view *o = self(v);
	struct desk_chart *fresh;

	if (o->chart && store_chart_stamp(v->ui->store, o->patient, NULL) ==
	    o->chart->stamp && o->findings)
		return;
	fresh = desk_chart_read(v->ui->desk, o->patient, NULL);
	if (!fresh)
		return;
	desk_chart_free(o->chart);
	o->chart = fresh;
	order_refresh(o);
}

static void
order_free(struct view *v)
{
	struct order_view *o = self(v);

	line_save(o);
	field_clear(&o->line);
	care_line_free(o->parsed);
	order_choose(o, NULL);
	if (o->findings)
		g_ptr_array_unref(o->findings);
	desk_chart_free(o->chart);
	care_rx_free(o->rx);
	g_array_unref(o->rows);
	g_free(o->name);
	g_free(o->person);
	g_free(o);
}

static char *
whose(struct view *v)
{
	return words_fit(self(v)->name, self(v)->person, G_MAXINT / 2);
}

static const struct view_ops ops = {
	.name = "order",
	.place = PLACE_PAGE,
	.where = IN_ORDER,
	.footer = footer,
	.load = load,
	.title = title,
	.whose = whose,
	.draw = draw,
	.request = request,
	.event = event,
	.due = due,
	.tick = tick,
	.free = order_free,
};

static gboolean
person_take(struct order_view *o, GError **error)
{
	GStringChunk *text = g_string_chunk_new(256);
	struct patient_brief brief;
	gboolean here = store_patient_brief(o->view.ui->store, o->patient,
	    text, &brief, error);

	o->name = here ? words_name(&brief) : NULL;
	o->person = here ? words_person(&brief) : NULL;
	g_string_chunk_free(text);
	return here;
}

struct view *
order_view_new(struct tui *ui, struct care_rx *rx, struct patient_id patient,
    struct rx_id id, GError **error)
{
	struct order_view *o = g_new0(struct order_view, 1);
	g_autofree char *line = NULL;
	size_t caret;

	o->view = (struct view){ .ops = &ops, .ui = ui };
	o->rx = rx;
	o->patient = patient;
	o->id = id;
	o->replaces = o->selected = -1;
	o->rows = g_array_new(FALSE, FALSE, sizeof(struct order_row));
	line = store_line_load(ui->store, patient, &caret, NULL);
	field_init(&o->line, line, LINE_MAX_BYTES);
	o->chart = person_take(o, error) ? desk_chart_read(ui->desk, patient,
	    error) : NULL;
	if (!o->chart) {
		order_free(&o->view);
		return NULL;
	}
	order_refresh(o);
	return &o->view;
}
