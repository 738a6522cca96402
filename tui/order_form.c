/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of a prescription beside its lines. A field is a row of a table:
 * where it applies, how it reads, what Enter does. */
#include "tui/ask.h"
#include "tui/order_view.h"

#include <stdlib.h>
#include <string.h>

static struct order_view *
self(struct view *v)
{
	return (struct order_view *)v;
}

static void
text_set(char **where, const char *text)
{
	g_free(*where);
	*where = g_strdup(text);
}

/* ---- diagnosis ---------------------------------------------------------- */

static void
code_clear(struct care_code *code)
{
	g_clear_pointer(&code->system, g_free);
	g_clear_pointer(&code->code, g_free);
	g_clear_pointer(&code->words, g_free);
	g_clear_pointer(&code->ref, g_free);
}

static void
take_problem(struct care_code *code, const struct fact_problem *problem)
{
	const char *mark = problem->marks ? problem->marks[0] : NULL;
	const char *bar = mark ? strchr(mark, '|') : NULL;

	code_clear(code);
	code->words = g_strdup(problem->words);
	code->ref = g_strdup(problem->ref);
	if (bar) {
		code->system = g_strndup(mark, (gsize)(bar - mark));
		code->code = g_strdup(bar + 1);
	}
}

static gboolean
diagnosis_typed(struct view *asker, const char *text)
{
	struct order_view *o = self(asker);

	code_clear(&o->rx->diagnosis);
	o->rx->diagnosis.words = g_strdup(text);
	order_refresh(o);
	return TRUE;
}

/* Enter offers the chart's problems one after the other, then a line. */
static void
diagnosis_act(struct order_view *o)
{
	const GPtrArray *problems = o->chart->facts->problems;

	while (o->problem < (int)problems->len) {
		const struct fact_problem *p = problems->pdata[o->problem++];

		if (!p->active || !p->words)
			continue;
		take_problem(&o->rx->diagnosis, p);
		order_refresh(o);
		return;
	}
	o->problem = 0;
	ui_push(o->view.ui, ask_view_new(&o->view, _("Diagnosis:"), NULL,
	    diagnosis_typed));
}

static char *
diagnosis_value(const struct order_view *o)
{
	const struct care_code *d = &o->rx->diagnosis;

	return d->words ? g_strdup_printf("%s%s%s", d->words,
	    d->code ? "  " : "", d->code ? d->code : "") :
	    g_strdup(_("not stated: Enter takes it from the chart"));
}

/* ---- how long, and what kind -------------------------------------------- */

enum { VALID_DAYS_MAX = 4 };

static void
valid_act(struct order_view *o)
{
	o->rx->valid_days = (o->rx->valid_days + 1) % VALID_DAYS_MAX;
}

static char *
valid_value(const struct order_view *o)
{
	int days = o->rx->valid_days;

	return days ? g_strdup_printf(NGETTEXT("today and %d day more",
	    "today and %d days more", days), days) : g_strdup(_("today"));
}

static char *
yes_no(gboolean on)
{
	return g_strdup(on ? _("yes") : _("no"));
}

static void
long_term_act(struct order_view *o)
{
	o->rx->long_term = !o->rx->long_term;
}

static char *
long_term_value(const struct order_view *o)
{
	return yes_no(o->rx->long_term);
}

static void
emergency_act(struct order_view *o)
{
	o->rx->emergency = !o->rx->emergency;
}

static char *
emergency_value(const struct order_view *o)
{
	return yes_no(o->rx->emergency);
}

/* ---- the doctor beside the patient (F49) -------------------------------- */

static gboolean
co_doctor_typed(struct view *asker, const char *text)
{
	struct order_view *o = self(asker);
	g_autoptr(GError) error = NULL;

	if (!desk_rx_beside(asker->ui->desk, o->rx, text, &error)) {
		ui_say(asker->ui, error->message);
		return FALSE;
	}
	order_refresh(o);
	return TRUE;
}

static void
co_doctor_act(struct order_view *o)
{
	if (o->rx->co_doctor_words) {
		desk_rx_beside(o->view.ui->desk, o->rx, NULL, NULL);
		return;
	}
	ui_push(o->view.ui, ask_view_new(&o->view,
	    _("The doctor who is with the patient:"), NULL, co_doctor_typed));
}

static char *
co_doctor_value(const struct order_view *o)
{
	return g_strdup(o->rx->co_doctor_words ? o->rx->co_doctor_words :
	    _("nobody"));
}

/* ---- herbal ------------------------------------------------------------- */

enum { HERBAL_DOSES_MAX = 99 };

static void
kind_act(struct order_view *o)
{
	if (o->rx->orders->len) {
		ui_say(o->view.ui, _("Herbs are a prescription of their own: "
		    "begin it before any line is written."));
		return;
	}
	o->rx->herbal = !o->rx->herbal;
	if (o->rx->herbal && !o->rx->herbal_doses)
		o->rx->herbal_doses = 7;
}

static char *
kind_value(const struct order_view *o)
{
	return g_strdup(o->rx->herbal ? _("herbal") :
	    _("western and patent drugs"));
}

static gboolean
doses_typed(struct view *asker, const char *text)
{
	struct order_view *o = self(asker);
	long n = strtol(text, NULL, 10);

	if (n < 1 || n > HERBAL_DOSES_MAX) {
		ui_say(asker->ui, _("Doses are a number from 1 to 99."));
		return FALSE;
	}
	o->rx->herbal_doses = (int)n;
	order_refresh(o);
	return TRUE;
}

static void
doses_act(struct order_view *o)
{
	ui_push(o->view.ui, ask_view_new(&o->view, _("Doses:"), NULL,
	    doses_typed));
}

static char *
doses_value(const struct order_view *o)
{
	return g_strdup_printf("%d", o->rx->herbal_doses);
}

static gboolean
decoction_typed(struct view *asker, const char *text)
{
	text_set(&self(asker)->rx->decoction, text);
	order_refresh(self(asker));
	return TRUE;
}

static void
decoction_act(struct order_view *o)
{
	ui_push(o->view.ui, ask_view_new(&o->view, _("Decoction and taking:"),
	    o->rx->decoction, decoction_typed));
}

static char *
decoction_value(const struct order_view *o)
{
	return g_strdup(o->rx->decoction ? o->rx->decoction :
	    _("not stated"));
}

/* ---- the table ---------------------------------------------------------- */

enum applies { TO_ALL, TO_WESTERN, TO_HERBAL };
static const struct order_field {
	const char *label;
	enum applies applies;
	char *(*value)(const struct order_view *o);
	void (*act)(struct order_view *o);
} fields[] = {
	{ N_("Diagnosis"), TO_ALL, diagnosis_value, diagnosis_act },
	{ N_("Valid"), TO_ALL, valid_value, valid_act },
	{ N_("Long-term"), TO_WESTERN, long_term_value, long_term_act },
	{ N_("Emergency"), TO_ALL, emergency_value, emergency_act },
	{ N_("Doses"), TO_HERBAL, doses_value, doses_act },
	{ N_("Decoction"), TO_HERBAL, decoction_value, decoction_act },
	{ N_("Kind"), TO_ALL, kind_value, kind_act },
	{ N_("With the patient"), TO_ALL, co_doctor_value, co_doctor_act },
};

/* The i-th that applies. */
static const struct order_field *
field_at(const struct order_view *o, int i)
{
	enum applies not = o->rx->herbal ? TO_WESTERN : TO_HERBAL;

	for (size_t k = 0; k < G_N_ELEMENTS(fields); k++)
		if (fields[k].applies != not && i-- == 0)
			return &fields[k];
	return NULL;
}

int
order_field_count(const struct order_view *o)
{
	int n = 0;

	while (field_at(o, n))
		n++;
	return n;
}

const char *
order_field_label(const struct order_view *o, int i)
{
	return _(field_at(o, i)->label);
}

char *
order_field_value(const struct order_view *o, int i)
{
	return field_at(o, i)->value(o);
}

void
order_field_act(struct order_view *o, int i)
{
	field_at(o, i)->act(o);
	order_refresh(o);
}
