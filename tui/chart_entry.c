/* SPDX-License-Identifier: Apache-2.0 */
/* What an entry of the chart says. One that is not plainly so is never shown
 * plainly. */
#include "care/analyte.h"
#include "tui/chart_lines.h"

/* ---- what an entry is --------------------------------------------------- */

static const char *const status_words[] = {
	[ENTRY_PLAIN] = NULL,
	[ENTRY_UNCONFIRMED] = N_("unconfirmed"),
	[ENTRY_REFUTED] = N_("REFUTED: not so"),
	[ENTRY_INACTIVE] = N_("inactive"),
	[ENTRY_RESOLVED] = N_("resolved"),
	[ENTRY_ENTERED_IN_ERROR] = N_("ENTERED IN ERROR"),
	[ENTRY_PRELIMINARY] = N_("preliminary"),
	[ENTRY_CORRECTED] = N_("corrected"),
	[ENTRY_CANCELLED] = N_("cancelled"),
	[ENTRY_ON_HOLD] = N_("on hold"),
	[ENTRY_COMPLETED] = N_("completed"),
	[ENTRY_DO_NOT_PERFORM] = N_("DO NOT GIVE"),
	[ENTRY_KNOWN_NONE] = NULL,
	[ENTRY_NOT_UNDERSTOOD] = N_("NOT UNDERSTOOD: see the hospital's "
	    "system"),
	[ENTRY_PLANNED] = N_("planned, not yet"),
	[ENTRY_ONGOING] = N_("still going on"),
	[ENTRY_NOT_DONE] = N_("NOT DONE"),
	[ENTRY_SUPERSEDED] = N_("superseded by a newer one"),
};

/* No longer, or never, what it says. */
static gboolean
is_void(enum entry_status s)
{
	return s == ENTRY_REFUTED || s == ENTRY_INACTIVE ||
	    s == ENTRY_RESOLVED || s == ENTRY_ENTERED_IN_ERROR ||
	    s == ENTRY_CANCELLED || s == ENTRY_COMPLETED ||
	    s == ENTRY_NOT_DONE || s == ENTRY_SUPERSEDED;
}

static enum element
entry_element(const struct chart_entry *e)
{
	if (is_void(e->status))
		return E_CHART_VOID;
	if (e->status == ENTRY_DO_NOT_PERFORM ||
	    e->status == ENTRY_NOT_UNDERSTOOD)
		return E_CHART_CRITICAL;
	if (e->section == CHART_ALLERGIES && e->status != ENTRY_KNOWN_NONE)
		return E_CHART_ALLERGY;
	return E_CHART_TEXT;
}

static void
add_status(struct chart_lines *l, const struct chart_entry *e)
{
	g_autofree char *words = NULL;

	if (!status_words[e->status])
		return;
	words = g_strdup_printf("! %s", _(status_words[e->status]));
	chart_text_add(l, is_void(e->status) ? E_CHART_STATE
	    : E_CHART_CRITICAL, 2, words, NULL, 0);
}

static void
add_detail(struct chart_lines *l, const char *detail)
{
	g_autofree char *text = words_shown(detail);

	if (*text)
		chart_text_add(l, E_CHART_DETAIL, 3, text, NULL, 0);
}

/* ---- entries by section ------------------------------------------------- */

/* A moment is the hospital's day; a date is as exact as it was written. */
char *
chart_day_words(const char *written)
{
	g_autofree char *date = words_shown(written);
	g_autoptr(GDateTime) day = NULL;
	char precision;
	int64_t ms;

	if (!*date)
		return NULL;
	if (!fhir_time_ms(written, &ms, &precision) || precision != 't')
		return g_strndup(date, MIN(strlen(date), 10));
	day = base_clock_date(ms);
	return g_date_time_format(day, "%Y-%m-%d");
}

char *
chart_date_words(const struct chart_entry *e)
{
	return chart_day_words(e->date);
}

void
chart_plain_add(struct chart_lines *l, const struct chart_entry *e)
{
	g_autofree char *words = words_shown(e->words);
	g_autofree char *text = NULL;

	if (e->status == ENTRY_KNOWN_NONE) {
		text = g_strdup_printf(_("known none: %s"), words);
		chart_text_add(l, E_CHART_STATE, 1, text, NULL, 0);
		return;
	}
	text = g_strdup_printf("%s%s", e->section == CHART_ALLERGIES &&
	    !is_void(e->status) ? (e->severe ? "‼ " : "! ") : "", words);
	chart_text_add(l, entry_element(e), 1, text, chart_date_words(e),
	    E_CHART_DETAIL);
	if (e->severe && e->section == CHART_ALLERGIES && !is_void(e->status))
		chart_text_add(l, E_CHART_ALLERGY, 3, _("severe, high risk"), NULL,
		    0);
	add_status(l, e);
	add_detail(l, e->detail);
}

static char *
supply_words(const struct chart_entry *e)
{
	if (e->days_left == G_MININT || is_void(e->status))
		return NULL;
	if (e->days_left < 0)
		return g_strdup_printf(_("used up %d d ago"), -e->days_left);
	return g_strdup_printf(_("%d d left"), e->days_left);
}

enum { DAYS_LOW = 7 };

void
chart_drug_add(struct chart_lines *l, const struct chart_entry *e)
{
	g_autofree char *words = words_shown(e->words);

	chart_text_add(l, entry_element(e), 1, words, supply_words(e),
	    e->days_left <= DAYS_LOW ? E_CHART_ABNORMAL : E_CHART_DETAIL);
	add_status(l, e);
	add_detail(l, e->detail);
}

gboolean
chart_is_plain(const struct chart_entry *e)
{
	return e->value && (!e->detail ||
	    g_str_has_prefix(e->detail, e->value));
}

const char *
chart_unit(const struct chart_entry *e)
{
	return e->ucum ? e->ucum : e->unit;
}

char *
chart_value_as(const struct chart_entry *e, const char *test,
    const char *unit)
{
	return care_analyte_convert(e->test, e->value, chart_unit(e), test,
	    unit);
}

gboolean
chart_is_sound(const struct chart_entry *e)
{
	return !is_void(e->status);
}

const char *
chart_status_words(enum entry_status status)
{
	return status_words[status] ? _(status_words[status]) : NULL;
}

/* The server's, else the reading of value and range; of "< 5" what is certain. */
const char *
chart_reading(const struct chart_entry *e)
{
	if (e->interpretation)
		return e->interpretation;
	if (!e->value)
		return NULL;
	return chart_is_plain(e) ? care_interpret_range(e->value, e->range) :
	    care_interpret_compared(e->detail, e->value, e->range);
}

static enum element
result_element(const struct chart_entry *e)
{
	int rank = care_interpretation_rank(chart_reading(e));

	if (is_void(e->status))
		return E_CHART_VOID;
	if (rank == 0)
		return E_CHART_CRITICAL;
	return rank == 1 ? E_CHART_ABNORMAL : E_CHART_TEXT;
}

/* "< 7.2 % ↑": comparator, value, unit and mark. */
static char *
value_words(const struct chart_entry *e)
{
	g_autofree char *value = words_shown(e->detail ? e->detail : e->value);
	g_autofree char *unit = words_shown(e->detail ? NULL : e->unit);
	const char *mark = care_interpretation_mark(chart_reading(e));

	return g_strdup_printf("%s%s%s%s%s", value, *unit ? " " : "", unit,
	    *mark ? " " : "", mark);
}

/* The year is left out while it is this one. */
static char *
day_words(const struct chart_entry *e)
{
	g_autoptr(GDateTime) now = base_clock_date(base_now_ms());
	g_autofree char *date = chart_date_words(e);
	g_autofree char *year = g_strdup_printf("%d-",
	    g_date_time_get_year(now));

	if (date && g_str_has_prefix(date, year))
		return g_strdup(date + strlen(year));
	return g_steal_pointer(&date);
}

/* "high (4.0–6.0), before 6.8" */
static char *
result_words(const struct chart_entry *e)
{
	g_autofree char *range = words_shown(e->range);
	g_autofree char *previous = words_shown(e->previous);
	GString *s = g_string_new(care_interpretation_words(chart_reading(e)));

	if (*range)
		g_string_append_printf(s, "%s(%s)", s->len ? " " : "", range);
	if (*previous) {
		g_string_append(s, s->len ? ", " : "");
		g_string_append_printf(s, _("was %s"), previous);
	}
	return g_string_free(s, FALSE);
}

void
chart_result_add(struct chart_lines *l, const struct chart_entry *e)
{
	g_autofree char *words = words_shown(e->words);
	g_autofree char *more = result_words(e);
	g_autofree char *day = day_words(e);

	chart_text_add(l, result_element(e), 1, words, value_words(e),
	    result_element(e));
	if (*more || day)
		chart_text_add(l, E_CHART_DETAIL, 3, more,
		    g_steal_pointer(&day), E_CHART_DETAIL);
	add_status(l, e);
}

int
chart_result_rank(const struct chart_entry *e)
{
	/* Unknown stands with normal: it is not pushed down for that. */
	return is_void(e->status) ? 3
	    : MIN(care_interpretation_rank(chart_reading(e)), 2);
}
