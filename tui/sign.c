/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sight before the signature: one prescription, exactly as it will be
 * signed, with everything that speaks about it. The sign key is dead until its
 * last line was on the screen, and keys typed before it was shown are thrown
 * away. The secret is typed by a person; it opens the signer for a while.
 */
#include "tui/ask.h"
#include "tui/rx_view.h"
#include "tui/step_up.h"

/* How long the server may take to say what is new in the chart. */
enum { FRESH_MS = 6000 };

struct sign_view {
	struct view view;
	GArray *ids;             /* struct rx_id, one after the other */
	guint at;
	struct sheet *sheet;
	struct desk_sight *sight;
	char *obstacle;          /* NULL: may be signed */
	int64_t asked;           /* request for a fresh read; 0 none */
	unsigned reading;        /* counts what stood here, one after the other */
	unsigned meant;          /* … which of them s was pressed for */
	int signed_n;
};

static struct sign_view *
self(struct view *v)
{
	return (struct sign_view *)v;
}

static struct rx_id
id_now(const struct sign_view *s)
{
	return g_array_index(s->ids, struct rx_id, s->at);
}

/* ---- the sheet ---------------------------------------------------------- */

static void
add_plain(struct tui *ui, struct sheet *sheet, const char *line)
{
	g_autofree char *words = rx_plain(ui, line);

	sheet_add(sheet, E_CHART_ABNORMAL, "!", words);
}

/* What is new since the old order stands first: it is why one looks. */
static void
differences_add(struct tui *ui, struct sheet *sheet, const GPtrArray *lines)
{
	for (guint i = 0; i < lines->len; i++) {
		if (i == 0)
			sheet_head(sheet,
			    _("Different from the old order, or new"));
		add_plain(ui, sheet, lines->pdata[i]);
	}
}

/* Still to be signed: what speaks now counts; of what was signed it is history. */
static gboolean
is_prepared(const struct sign_view *s)
{
	enum rx_state state = s->sight->row->state;

	return state == RX_PENDED || state == RX_RETURNED;
}

/* Where it stands and why, in the pharmacist's or the server's own words. */
static void
state_add(struct sign_view *s)
{
	const struct rx_row *row = s->sight->row;
	g_autofree char *told = desk_withdrawal_words(row);
	gboolean bad = row->state == RX_REJECTED || row->state == RX_REFUSED ||
	    row->state == RX_NOT_DELIVERED || row->state == RX_UNKNOWN;

	sheet_print(s->sheet, bad ? E_ERROR : E_STRONG, bad ? "✗" : "",
	    "%s%s%s", desk_state_words(row->state), row->reason ? _(": ") : "",
	    row->reason ? row->reason : "");
	if (told)
		sheet_add(s->sheet, row->withdrawal == RX_LETTER_REFUSED ?
		    E_ERROR : E_STRONG, row->withdrawal == RX_LETTER_REFUSED ?
		    "✗" : "·", told);
}

/* The record's notes and the very bytes, in one line where they fit. */
static void
end_add(struct sign_view *s)
{
	g_autofree char *notes = rx_notes_words(s->sight->findings);

	if (s->obstacle && is_prepared(s))
		sheet_add(s->sheet, E_ERROR, "✗", s->obstacle);
	if (!s->sight->digest) {
		sheet_add(s->sheet, E_DIM, "·", _("Not written on this device: "
		    "its orders as the server has them."));
		return;
	}
	sheet_print(s->sheet, E_DIM, "·", _("%s · %zu bytes, SHA-256: %s…%s%s"),
	    desk_state_words(s->sight->row->state), s->sight->row->len,
	    s->sight->digest, notes ? " · " : "", notes ? notes : "");
}

static void
sheet_fill(struct sign_view *s)
{
	struct desk_sight *sight = s->sight;
	struct tui *ui = s->view.ui;

	sheet_clear(s->sheet);
	if (!is_prepared(s)) {
		state_add(s);
		rx_sheet_orders(s->sheet, sight->rx);
		rx_sheet_passed(ui, s->sheet, sight->findings, NULL);
		end_add(s);
		return;
	}
	rx_sheet_orders(s->sheet, sight->rx);
	differences_add(ui, s->sheet, sight->differences);
	rx_sheet_open(ui, s->sheet, sight->findings);
	if (sight->renewal)
		rx_sheet_facts(ui, s->sheet, sight->renewal);
	rx_sheet_passed(ui, s->sheet, sight->findings, sight->renewal);
	end_add(s);
}

/* ---- loading ------------------------------------------------------------ */

static char *
subject_of(const struct sign_view *s)
{
	return s->sight ? g_strdup(s->sight->row->patient_ref) : NULL;
}

/* Its cards come among the findings when they come; nothing waits for them. */
static void
ask_service(struct sign_view *s)
{
	struct tui *ui = s->view.ui;

	if (s->sight && desk_sight_unasked(ui->desk, s->sight))
		ui_ask_service(ui, id_now(s), DESK_SERVICE_MS);
}

/* The chart is asked for anew once; while the answer is out the key is dead. Of
 * what cannot be signed no key waits for it. */
static void
ask_fresh(struct sign_view *s)
{
	g_autofree char *subject = subject_of(s);
	int64_t asked = 0;

	ask_service(s);
	if (subject && desk_is_verified(s->view.ui->desk))
		asked = ui_ask(s->view.ui, BELL_FETCH, subject, FRESH_MS);
	s->asked = s->sight && is_prepared(s) ? asked : 0;
}

static void
sight_read(struct sign_view *s)
{
	struct tui *ui = s->view.ui;
	g_autoptr(GError) error = NULL;

	s->reading++;
	g_clear_pointer(&s->sight, desk_sight_free);
	g_clear_pointer(&s->obstacle, g_free);
	s->sight = desk_sight_new(ui->desk, id_now(s), &error);
	if (!s->sight) {
		sheet_clear(s->sheet);
		sheet_add(s->sheet, E_ERROR, "✗", error->message);
		return;
	}
	s->obstacle = desk_sight_obstacle(ui->desk, s->sight);
	sheet_fill(s);
}

/* What was on the screen stays there unless it has changed. */
static void
load(struct view *v)
{
	struct sign_view *s = self(v);
	gboolean same = s->sight && s->sight->row->id.n == id_now(s).n &&
	    desk_sight_current(v->ui->desk, s->sight);
	g_autofree char *obstacle = same ? desk_sight_obstacle(v->ui->desk,
	    s->sight) : NULL;

	if (same && g_strcmp0(obstacle, s->obstacle) == 0)
		return;
	sight_read(s);
}

static void
go(struct sign_view *s, guint at)
{
	s->at = at;
	sight_read(s);
	ask_fresh(s);
	/* Keys typed for the prescription before are not for this one. */
	s->view.ui->throw_away = TRUE;
	ui_dirty(s->view.ui, DIRTY_SCREEN);
}

static void
next(struct sign_view *s)
{
	struct tui *ui = s->view.ui;
	g_autofree char *said = NULL;

	if (s->at + 1 < s->ids->len) {
		go(s, s->at + 1);
		return;
	}
	said = g_strdup_printf(NGETTEXT("%d prescription signed.",
	    "%d prescriptions signed.", s->signed_n), s->signed_n);
	/* The answer to a question may have brought us here: it is on top. */
	ui_leave(ui, &s->view); /* frees s */
	ui_dirty(ui, DIRTY_DATA);
	ui_say(ui, said);
}

/* ---- drawing ------------------------------------------------------------ */

static void
title(struct view *v, struct canvas *c, struct area a)
{
	struct sign_view *s = self(v);
	g_autofree char *person = s->sight ?
	    words_patient_fit(&s->sight->row->brief, a.cols - 16) :
	    g_strdup("");

	canvas_print(c, a, 0, 0, a.cols, E_TITLE_FOCUS,
	    !s->sight || is_prepared(s) ? _("Sign %u/%u · %s") :
	    _("Prescription %u/%u · %s"), s->at + 1, s->ids->len, person);
}

/* What is the matter, whatever of the sheet is seen; "": nothing. */
static const char *
trouble(struct sign_view *s)
{
	if (s->asked && ui_asked(s->view.ui, s->asked) == ASK_WAITING)
		return _("Asking the server what is new in this chart …");
	if (s->sight->row->state == RX_REJECTED)
		return _("e writes it anew, w withdraws it");
	return s->obstacle && is_prepared(s) ?
	    _("Cannot be signed as it stands") : "";
}

/* A clean one that fills the screen needs no line for a hint. */
static void
draw(struct view *v, struct canvas *c, struct area a, gboolean focused)
{
	struct sign_view *s = self(v);
	const char *said = s->sight ? trouble(s) : "";

	if (!*said && sheet_fits(s->sheet, a.cols, a.rows)) {
		sheet_draw(s->sheet, c, a);
		return;
	}
	sheet_draw(s->sheet, c, area_part(a, 0, 0, a.rows - 1, a.cols));
	if (s->sight && sheet_below(s->sheet))
		said = _("PgDn: read to the end, then sign");
	canvas_text(c, a, a.rows - 1, 1, a.cols - 2,
	    s->obstacle ? E_ERROR : E_NOTICE, said);
}

/* ---- signing ------------------------------------------------------------ */

/* The sight stays as it was read where only the key failed. */
static void
not_signed(struct sign_view *s, const GError *error)
{
	g_autofree char *words = desk_signing_words(error);

	ui_fail(s->view.ui, words, NULL);
	if (error->domain == DESK_ERROR)
		sight_read(s);
}

/* The secret took its time: what came in meanwhile was not on the screen when s
 * was pressed. */
static void
sign_now(struct view *v)
{
	struct sign_view *s = self(v);
	struct tui *ui = v->ui;
	g_autoptr(GError) error = NULL;

	if (!s->sight || s->reading != s->meant) {
		ui_say(ui, _("Something new came in while the secret was typed: "
		    "look at it, then sign with s."));
		return;
	}
	if (!desk_sign(ui->desk, s->sight, ui->signer, base_now_ms(),
	    &error)) {
		not_signed(s, error);
		return;
	}
	s->signed_n++;
	ui_poke(ui);
	next(s);
}

/* Why the key is dead; NULL: it is not. */
static const char *
dead(struct sign_view *s)
{
	if (!s->sight)
		return _("There is nothing to sign here.");
	if (!sheet_seen(s->sheet))
		return _("Read to the last line first: PgDn.");
	if (s->asked && ui_asked(s->view.ui, s->asked) == ASK_WAITING)
		return _("The server is being asked what is new in this chart; "
		    "a moment.");
	return s->obstacle;
}

static void
sign(struct sign_view *s)
{
	const char *why = dead(s);

	s->meant = s->reading;
	if (why)
		ui_say(s->view.ui, why);
	else
		step_up(&s->view, sign_now);
}

/* ---- reasons, changes, withdrawal --------------------------------------- */

static gboolean
can_answer(const struct care_finding *open)
{
	return open->severity != SEVERITY_BLOCK || open->by_record;
}

static gboolean
prove(struct view *asker, const char *reason)
{
	struct sign_view *s = self(asker);
	struct tui *ui = asker->ui;
	const struct care_finding *open = s->sight ?
	    desk_first_open(s->sight->findings) : NULL;
	g_autoptr(GError) error = NULL;
	struct rx_id id;

	if (!open || !can_answer(open))
		return TRUE;
	care_rx_prove(s->sight->rx, open->rule, open->asked, reason);
	/* A reason does not say that what is new in the chart was seen. */
	s->sight->chart->stamp = s->sight->row->stamp;
	if (!desk_pend(ui->desk, s->sight->rx, s->sight->chart, &id, &error))
		ui_fail(ui, error->message, error);
	sight_read(s);
	/* With a reason in them these are other bytes. */
	ask_service(s);
	return TRUE;
}

static void
ask_proof(struct sign_view *s)
{
	const struct care_finding *open = s->sight ?
	    desk_first_open(s->sight->findings) : NULL;
	g_autofree char *label = NULL;

	if (!open) {
		ui_say(s->view.ui, _("No rule asks for a reason here."));
		return;
	}
	if (!can_answer(open)) {
		ui_say(s->view.ui, _("This rule cannot be passed: change the "
		    "prescription (e) or decline it. x explains the rule."));
		return;
	}
	label = g_strdup_printf(open->by_record ?
	    _("%s: the record the patient supplied:") :
	    _("%s: evidence or reason:"), open->rule);
	ui_push(s->view.ui, ask_view_new(&s->view, label, NULL, prove));
}

/* What is prepared is changed; what was signed is written anew, as another
 * prescription. */
static struct care_rx *
again(const struct desk_sight *sight, struct rx_id *id)
{
	struct care_rx *rx = care_rx_copy(sight->rx);

	*id = sight->row->id;
	if (sight->row->state == RX_PENDED ||
	    sight->row->state == RX_RETURNED)
		return rx;
	*id = (struct rx_id){ 0 };
	g_clear_pointer(&rx->task_ref, g_free);
	g_clear_pointer(&rx->task_version, g_free);
	care_rx_identify(rx, sight->row->identifier);
	return rx;
}

static void
edit(struct sign_view *s)
{
	struct tui *ui = s->view.ui;
	g_autoptr(GError) error = NULL;
	struct rx_id id;
	struct view *order;

	if (!s->sight)
		return;
	if (!s->sight->digest) {
		ui_say(ui, _("This was not written on this device: write a new "
		    "prescription with p."));
		return;
	}
	order = order_view_new(ui, again(s->sight, &id),
	    s->sight->row->patient, id, &error);
	if (order)
		ui_push(ui, order);
	else
		ui_fail(ui, error->message, error);
}

static gboolean
withdraw(struct view *asker, const char *reason)
{
	struct sign_view *s = self(asker);
	g_autoptr(GError) error = NULL;

	if (!desk_withdraw(asker->ui->desk, id_now(s), reason, base_now_ms(),
	    &error)) {
		ui_fail(asker->ui, error->message, error);
		return TRUE;
	}
	ui_poke(asker->ui);
	next(s);
	return TRUE;
}

static void
explain(struct sign_view *s)
{
	if (s->sight && s->sight->findings->len)
		rx_explain_all(s->view.ui, s->sight->findings);
	else
		ui_say(s->view.ui, _("There is nothing more to say here."));
}

/* ---- the view ----------------------------------------------------------- */

static gboolean
request(struct view *v, enum request r)
{
	struct sign_view *s = self(v);

	if (sheet_request(s->sheet, r))
		return TRUE;
	switch (r) {
	case REQ_SIGN:
		sign(s);
		return TRUE;
	case REQ_REASON:
		ask_proof(s);
		return TRUE;
	case REQ_EDIT:
		edit(s);
		return TRUE;
	case REQ_WITHDRAW:
		ui_push(v->ui, ask_view_new(v, _("Why it is withdrawn:"), NULL,
		    withdraw));
		return TRUE;
	case REQ_NEXT:
		next(s);
		return TRUE;
	case REQ_DETAILS:
		explain(s);
		return TRUE;
	case REQ_BACK:
		ui_pop(v->ui);
		return TRUE;
	default:
		return FALSE;
	}
}

static int64_t
due(struct view *v)
{
	return ui_asked_due(v->ui, self(v)->asked);
}

static void
tick(struct view *v)
{
	ui_dirty(v->ui, DIRTY_SCREEN);
}

static gboolean
busy(struct view *v)
{
	return ui_asked(v->ui, self(v)->asked) == ASK_WAITING;
}

static const enum request *
footer(struct view *v)
{
	static const enum request may[] = { REQ_SIGN, REQ_EDIT, REQ_NEXT,
		REQ_HELP, REQ_NONE };
	static const enum request may_not[] = { REQ_REASON, REQ_EDIT,
		REQ_DETAILS, REQ_HELP, REQ_NONE };
	static const enum request was[] = { REQ_EDIT, REQ_WITHDRAW, REQ_NEXT,
		REQ_HELP, REQ_NONE };
	static const enum request elsewhere[] = { REQ_WITHDRAW, REQ_NEXT,
		REQ_BACK, REQ_HELP, REQ_NONE };
	struct sign_view *s = self(v);

	if (s->sight && !s->sight->digest)
		return elsewhere;
	if (s->sight && !is_prepared(s))
		return was;
	return s->obstacle ? may_not : may;
}

static void
drop(struct view *v)
{
	struct sign_view *s = self(v);

	sheet_clear(s->sheet);
	g_clear_pointer(&s->sight, desk_sight_free);
	g_clear_pointer(&s->obstacle, g_free);
}

static void
sign_free(struct view *v)
{
	struct sign_view *s = self(v);

	drop(v);
	sheet_free(s->sheet);
	g_array_unref(s->ids);
	g_free(s);
}

static char *
whose(struct view *v)
{
	struct sign_view *s = self(v);

	return s->sight ? words_patient(&s->sight->row->brief) : NULL;
}

static const struct view_ops ops = {
	.name = "sign",
	.place = PLACE_PAGE,
	.where = IN_SIGN,
	.footer = footer,
	.load = load,
	.drop = drop,
	.title = title,
	.whose = whose,
	.draw = draw,
	.request = request,
	.due = due,
	.tick = tick,
	.busy = busy,
	.free = sign_free,
};

struct view *
sign_view_new(struct tui *ui, GArray *ids)
{
	struct sign_view *s = g_new0(struct sign_view, 1);

	s->view = (struct view){ .ops = &ops, .ui = ui };
	s->ids = ids;
	s->sheet = sheet_new();
	sight_read(s);
	ask_fresh(s);
	ui->throw_away = TRUE;
	return &s->view;
}
