/* SPDX-License-Identifier: Apache-2.0 */
/* What is done with renewal requests. */
#include "tui/ask.h"
#include "tui/renewal_view.h"

/* ---- marking and preparing ---------------------------------------------- */

static void
mark(struct renewal_view *r, struct request_row *row, gboolean on)
{
	void *key = GSIZE_TO_POINTER(row->row->task.n);

	row->marked = on && row->group != GROUP_PREPARED;
	if (row->marked)
		g_hash_table_add(r->marked, key);
	else
		g_hash_table_remove(r->marked, key);
}

static void
mark_one(struct renewal_view *r)
{
	struct request_row *row = renewal_selected(r);

	if (!row)
		return;
	mark(r, row, !row->marked);
	list_request(&r->list, REQ_DOWN);
}

static void
mark_passing(struct renewal_view *r)
{
	for (guint i = 0; i < r->rows->len; i++)
		if (renewal_row(r, i)->group == GROUP_PASSES)
			mark(r, renewal_row(r, i), TRUE);
}

/* FALSE: said. */
static gboolean
prepare(struct renewal_view *r, struct task_id task, GArray *ids)
{
	struct tui *ui = r->view.ui;
	g_autoptr(GError) error = NULL;
	BASE_AUTO(care_rx) rx = desk_rx_renew(ui->desk, task, &error);
	BASE_AUTO(desk_chart) chart = NULL;
	struct rx_id id;

	if (rx)
		chart = desk_chart_read(ui->desk, store_task_patient(ui->store,
		    task), &error);
	if (!chart || !desk_pend(ui->desk, rx, chart, &id, &error)) {
		ui_fail(ui, error->message, error);
		return FALSE;
	}
	g_hash_table_remove(r->marked, GSIZE_TO_POINTER(task.n));
	g_array_append_val(ids, id);
	ui_ask_service(ui, id, DESK_SERVICE_MS);
	return TRUE;
}

/* The marked ones, or the selected one; what was prepared before is signed
 * with them. */
static void
prepare_all(struct renewal_view *r)
{
	GArray *ids = g_array_new(FALSE, FALSE, sizeof(struct rx_id));
	gboolean any = g_hash_table_size(r->marked) > 0;
	gboolean fine = TRUE;

	for (guint i = 0; i < r->rows->len && fine; i++) {
		struct request_row *row = renewal_row(r, i);

		if (any ? !row->marked : row != renewal_selected(r))
			continue;
		if (row->row->rx.n)
			g_array_append_val(ids, row->row->rx);
		else
			fine = prepare(r, row->row->task, ids);
	}
	renewal_load(&r->view);
	if (ids->len)
		ui_push(r->view.ui, sign_view_new(r->view.ui, ids));
	else
		g_array_unref(ids);
}

static void
sign_prepared(struct renewal_view *r)
{
	GArray *ids = g_array_new(FALSE, FALSE, sizeof(struct rx_id));

	for (guint i = 0; i < r->rows->len; i++)
		if (renewal_row(r, i)->row->rx.n)
			g_array_append_val(ids, renewal_row(r, i)->row->rx);
	if (ids->len) {
		ui_push(r->view.ui, sign_view_new(r->view.ui, ids));
		return;
	}
	g_array_unref(ids);
	ui_say(r->view.ui, _("Nothing is prepared yet: r prepares what is "
	    "marked."));
}

static void
edit(struct renewal_view *r)
{
	struct tui *ui = r->view.ui;
	struct request_row *row = renewal_selected(r);
	g_autoptr(GError) error = NULL;
	struct care_rx *rx;
	struct view *order;

	if (!row)
		return;
	rx = desk_rx_renew(ui->desk, row->row->task, &error);
	if (!rx) {
		g_clear_error(&error);
		rx = desk_rx_new(ui->desk, row->row->patient.id,
		    (struct consult_id){ 0 }, &error);
	}
	order = rx ? order_view_new(ui, rx, row->row->patient.id, row->row->rx,
	    &error) : NULL;
	if (order)
		ui_push(ui, order);
	else
		ui_fail(ui, error->message, error);
}

/* ---- declining, forwarding ---------------------------------------------- */

static void
answered(struct renewal_view *r, gboolean ok, const char *said,
    const GError *error)
{
	if (ok) {
		ui_poke(r->view.ui);
		ui_say(r->view.ui, said);
	} else {
		ui_fail(r->view.ui, error->message, error);
	}
	renewal_load(&r->view);
}

static struct renewal_view *
self(struct view *v)
{
	return (struct renewal_view *)v;
}

static gboolean
decline(struct view *asker, const char *reason)
{
	struct renewal_view *r = self(asker);
	g_autoptr(GError) error = NULL;
	gboolean ok = desk_decline(asker->ui->desk, r->asked, reason, reason,
	    base_now_ms(), &error);

	answered(r, ok, _("Declined; the patient is told why."), error);
	return TRUE;
}

static gboolean
forward(struct view *asker, const char *to)
{
	struct renewal_view *r = self(asker);
	g_autoptr(GError) error = NULL;
	gboolean pool = g_strcmp0(to, "-") == 0, ok;
	g_autofree char *ref = pool ? NULL : desk_doctor(asker->ui->desk, to,
	    &error);

	if (!pool && !ref) {
		ui_say(asker->ui, error->message);
		return FALSE;
	}
	ok = desk_forward(asker->ui->desk, r->asked, ref, NULL, base_now_ms(),
	    &error);
	answered(r, ok, _("Forwarded."), error);
	return TRUE;
}

static void
ask(struct renewal_view *r, const char *label, ask_text_fn answer)
{
	if (!renewal_selected(r))
		return;
	/* The lane may move under the question. */
	r->asked = renewal_selected(r)->row->task;
	ui_push(r->view.ui, ask_view_new(&r->view, label, NULL, answer));
}

gboolean
renewal_act(struct renewal_view *r, enum request req)
{
	switch (req) {
	case REQ_MARK:
		mark_one(r);
		return TRUE;
	case REQ_MARK_PASSING:
		mark_passing(r);
		return TRUE;
	case REQ_PREPARE:
		prepare_all(r);
		return TRUE;
	case REQ_SIGN:
		sign_prepared(r);
		return TRUE;
	case REQ_EDIT:
		edit(r);
		return TRUE;
	case REQ_DECLINE:
		ask(r, _("Why it is declined (the patient reads it):"),
		    decline);
		return TRUE;
	case REQ_FORWARD:
		ask(r, _("To whom (a doctor's name, or - for the pool):"),
		    forward);
		return TRUE;
	default:
		return FALSE;
	}
}
