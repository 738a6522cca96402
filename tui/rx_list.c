/* SPDX-License-Identifier: Apache-2.0 */
/* Prescriptions of mine and where they stand; Enter shows one as it was signed or
 * will be. */
#include "tui/ask.h"
#include "tui/list.h"
#include "tui/rx_view.h"

enum { ROWS_MAX = 500, ALL_STATES = (1 << RX_STATES_) - 1 };

struct rx_list {
	struct view view;
	struct list list;
	struct patient_id patient; /* n 0: all */
	GPtrArray *rows;           /* struct rx_row */
	char *person;              /* of that patient; NULL: of all */
	struct rx_id withdrawn;  /* whose reason is being asked for */
};

static struct rx_list *
self(struct view *v)
{
	return (struct rx_list *)v;
}

static const struct rx_row *
selected(struct rx_list *l)
{
	int64_t i = l->list.selected;

	return l->rows && i >= 0 && i < (int64_t)l->rows->len ?
	    l->rows->pdata[i] : NULL;
}

static void
load(struct view *v)
{
	struct rx_list *l = self(v);
	g_autoptr(GError) error = NULL;
	GPtrArray *rows = store_rx_list(v->ui->store, l->patient, ALL_STATES,
	    ROWS_MAX, &error);

	if (!rows) {
		ui_fail(v->ui, _("The prescriptions could not be read from the "
		    "cache."), error);
		return;
	}
	if (l->rows)
		g_ptr_array_unref(l->rows);
	l->rows = rows;
	g_free(l->person);
	l->person = l->patient.n ? words_open_patient(v->ui) : NULL;
	list_select(&l->list, MAX(l->list.selected, 0));
}

/* ---- drawing ------------------------------------------------------------ */

static int64_t
count(void *user)
{
	struct rx_list *l = user;

	return l->rows ? l->rows->len : 0;
}

static enum element
state_element(enum rx_state state)
{
	switch (state) {
	case RX_REJECTED:
	case RX_REFUSED:
	case RX_NOT_DELIVERED:
		return E_CHART_CRITICAL;
	case RX_RETURNED:
	case RX_UNKNOWN:
	case RX_EXPIRED:
		return E_CHART_ABNORMAL;
	case RX_PENDED:
		return E_QUEUE_MINE;
	case RX_ACTIVE:
	case RX_DISPENSED:
	case RX_DELIVERED:
		return E_STATUS_LIVE;
	default:
		return E_DIM;
	}
}

static void
draw_row(void *user, struct canvas *c, struct area a, int64_t i,
    gboolean is_selected)
{
	struct rx_list *l = user;
	const struct rx_row *row = l->rows->pdata[i];
	const char *word = desk_state_words(row->state);
	int w = base_text_cols(word, -1), x = a.cols - w - 1;
	g_autofree char *person = words_patient_fit(&row->brief, x - 4);
	g_autofree char *words = base_text_show(row->words ? row->words : "",
	    -1, BASE_ONE_LINE);
	g_autofree char *when = base_time_words(row->changed_ms);
	g_autofree char *told = desk_withdrawal_words(row);
	g_autofree char *reason = base_text_show(told ? told : row->reason ?
	    row->reason : "", -1, BASE_ONE_LINE);
	enum element element = row->withdrawal == RX_LETTER_REFUSED ?
	    E_CHART_CRITICAL : E_DIM;

	canvas_text(c, a, 0, 0, 1, E_QUEUE_NAME, is_selected ? "▸" : " ");
	canvas_text(c, a, 0, 2, x - 3, E_QUEUE_NAME, person);
	canvas_text(c, a, 0, x, w, state_element(row->state), word);
	/* what did not happen stands where the line is never cut */
	canvas_print(c, a, 1, 2, a.cols - 3, element, "%s  %s%s%s", when,
	    told ? reason : words, *reason ? " · " : "",
	    told ? words : reason);
}

static const struct list_ops rows_ops = {
	.count = count,
	.draw = draw_row,
};

static void
draw(struct view *v, struct canvas *c, struct area a, gboolean focused)
{
	struct rx_list *l = self(v);

	if (count(l))
		list_draw(&l->list, c, a, focused);
	else
		canvas_sentence(c, area_part(a, 1, 3, 3, a.cols - 6),
		    E_CHART_VOID, _("No prescription of yours is known here: p "
		    "writes one."));
}

static void
title(struct view *v, struct canvas *c, struct area a)
{
	struct rx_list *l = self(v);
	g_autofree char *what = g_strdup_printf(l->patient.n ?
	    _("prescriptions: %d") : _("My prescriptions: %d"),
	    (int)count(v));
	int x = 0;

	if (l->person)
		x = canvas_text(c, a, 0, 0, a.cols, E_TITLE_FOCUS,
		    l->person) + 2;
	canvas_text(c, a, 0, x, a.cols - x, E_TITLE_FOCUS, what);
}

/* ---- acting ------------------------------------------------------------- */

static void
open_selected(struct rx_list *l)
{
	const struct rx_row *row = selected(l);
	GArray *ids;

	if (!row)
		return;
	ids = g_array_new(FALSE, FALSE, sizeof(struct rx_id));
	g_array_append_val(ids, row->id);
	ui_push(l->view.ui, sign_view_new(l->view.ui, ids));
}

/* The one that was selected when the reason was asked for: the list may have moved
 * under the question. */
static gboolean
withdraw(struct view *asker, const char *reason)
{
	g_autoptr(GError) error = NULL;

	if (desk_withdraw(asker->ui->desk, self(asker)->withdrawn, reason,
	    base_now_ms(), &error))
		ui_poke(asker->ui);
	else
		ui_fail(asker->ui, error->message, error);
	load(asker);
	return TRUE;
}

static gboolean
request(struct view *v, enum request r)
{
	struct rx_list *l = self(v);

	if (list_request(&l->list, r))
		return TRUE;
	switch (r) {
	case REQ_OPEN:
	case REQ_SIGN:
	case REQ_EDIT:
		open_selected(l);
		return TRUE;
	case REQ_WITHDRAW:
		if (!selected(l))
			return TRUE;
		l->withdrawn = selected(l)->id;
		ui_push(v->ui, ask_view_new(v, _("Why it is withdrawn:"), NULL,
		    withdraw));
		return TRUE;
	case REQ_BACK:
		ui_pop(v->ui);
		return TRUE;
	default:
		return FALSE;
	}
}

static const enum request *
footer(struct view *v)
{
	static const enum request keys[] = { REQ_OPEN, REQ_WITHDRAW, REQ_BACK,
		REQ_HELP, REQ_NONE };

	return keys;
}

static void
drop(struct view *v)
{
	g_clear_pointer(&self(v)->person, g_free);
	g_clear_pointer(&self(v)->rows, g_ptr_array_unref);
}

static void
rx_list_free(struct view *v)
{
	drop(v);
	g_free(v);
}

static char *
whose(struct view *v)
{
	return g_strdup(self(v)->person);
}

static const struct view_ops ops = {
	.name = "prescriptions",
	.place = PLACE_PAGE,
	.where = IN_RX_LIST,
	.footer = footer,
	.load = load,
	.drop = drop,
	.title = title,
	.whose = whose,
	.draw = draw,
	.request = request,
	.free = rx_list_free,
};

struct view *
rx_list_view_new(struct tui *ui, struct patient_id patient)
{
	struct rx_list *l = g_new0(struct rx_list, 1);

	l->view = (struct view){ .ops = &ops, .ui = ui };
	l->patient = patient;
	list_init(&l->list, &rows_ops, l, FALSE);
	l->list.height = 2;
	return &l->view;
}
