/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The chart as lines: allergies first, problems, drugs, results. Four things are
 * told apart in words in every section: not loaded, none recorded, known none, and
 * refused by the server.
 */
#include <string.h>

#include "tui/chart_lines.h"

/* ---- lines -------------------------------------------------------------- */

static void
line_add(struct chart_lines *l, struct chart_line line)
{
	g_array_append_val(l->line, line);
}

void
chart_text_add(struct chart_lines *l, enum element e, int indent,
    const char *words, char *right, enum element right_element)
{
	int room = right ? base_text_cols(right, -1) + 1 : 0;
	int cols = MAX(l->cols - indent - 1 - room, 8);
	g_autoptr(GArray) wrap = base_text_wrap(words, strlen(words), cols,
	    FALSE);

	for (guint i = 0; i < wrap->len; i++) {
		struct base_line *b = &g_array_index(wrap, struct base_line, i);

		line_add(l, (struct chart_line){ .kind = CHART_LINE_TEXT,
			.element = e, .indent = indent,
			.words = g_strndup(words + b->start, b->len),
			.right = i == 0 ? right : NULL,
			.right_element = right_element, .ref = l->ref });
	}
}

void
chart_lines_clear(struct chart_lines *l)
{
	for (guint i = 0; i < l->line->len; i++) {
		g_free(g_array_index(l->line, struct chart_line, i).words);
		g_free(g_array_index(l->line, struct chart_line, i).right);
	}
	g_array_set_size(l->line, 0);
	l->cols = 0;
}

void
chart_lines_init(struct chart_lines *l)
{
	l->line = g_array_new(FALSE, FALSE, sizeof(struct chart_line));
	l->cols = 0;
}

void
chart_lines_free(struct chart_lines *l)
{
	chart_lines_clear(l);
	g_array_unref(l->line);
}

/* ---- a section ---------------------------------------------------------- */

/* Named here, with what stands where nothing is recorded; add: of those that
 * stand beside the thread. */
static const struct {
	const char *name, *none;
	void (*add)(struct chart_lines *l, const struct chart_entry *e);
} sections[CHART_SECTIONS_] = {
	[CHART_ALLERGIES] = { N_("Allergies"), N_("no allergy recorded "
	    "(nobody said there is none)"), chart_plain_add },
	[CHART_PROBLEMS] = { N_("Problems"), N_("none recorded"),
	    chart_plain_add },
	[CHART_DRUGS] = { N_("Drugs"), N_("none recorded"),
	    chart_drug_add },
	[CHART_RESULTS] = { N_("Results"), N_("none recorded"),
	    chart_result_add },
	[CHART_VISITS] = { N_("Visits"), N_("none recorded"), NULL },
	[CHART_DOCUMENTS] = { N_("Documents"), N_("none recorded"), NULL },
	[CHART_INTAKE] = { N_("Intake answers"), N_("none recorded"), NULL },
	[CHART_VACCINES] = { N_("Vaccines"), N_("none recorded"), NULL },
	[CHART_CONTRACT] = { N_("Family doctor"), N_("none recorded"), NULL },
	[CHART_COVERAGE] = { N_("Insurance"), N_("unknown: nothing is "
	    "recorded"), NULL },
	[CHART_PROCEDURES] = { N_("Procedures"), N_("none recorded"), NULL },
	[CHART_FLAGS] = { N_("Flags"), N_("none recorded"), chart_plain_add },
};

const char *
chart_section_name(enum chart_section s)
{
	return _(sections[s].name);
}

const char *
chart_section_none(enum chart_section s)
{
	return _(sections[s].none);
}

const char *
chart_state_words(enum section_state state)
{
	switch (state) {
	case SECTION_REFUSED:
		return _("! the server refused to show this");
	case SECTION_NOT_KEPT:
		return _("! the server keeps no such records");
	case SECTION_NOT_LOADED:
		return _("… not yet loaded");
	case SECTION_LOADED:
		break;
	}
	return NULL;
}

static int
section_count(const struct chart *chart, int s)
{
	int n = 0;

	for (size_t i = 0; i < chart->n; i++)
		n += (int)chart->entries[i].section == s;
	return n;
}

/* "Current drugs": what was finished or withdrawn is counted, not listed; a
 * chronic patient has dozens of them. */
static gboolean
is_past(const struct chart_entry *e)
{
	return e->section == CHART_DRUGS &&
	    (e->status == ENTRY_COMPLETED || e->status == ENTRY_CANCELLED);
}

/* The store orders by what the server said; here also by what the value says. */
enum { RANKS = 4 };

static int
rank_of(const struct chart_entry *e)
{
	return e->section == CHART_RESULTS ? chart_result_rank(e) : 0;
}

static void
entry_add(struct chart_lines *l, int s, const struct chart_entry *e)
{
	l->ref = e->ref;
	sections[s].add(l, e);
	l->ref = NULL;
}

static void
add_entries(struct chart_lines *l, const struct chart *chart, int s)
{
	g_autofree char *words = NULL;
	int past = 0;

	for (int rank = 0; rank < RANKS; rank++)
		for (size_t i = 0; i < chart->n; i++) {
			const struct chart_entry *e = &chart->entries[i];

			if ((int)e->section != s || rank_of(e) != rank)
				continue;
			if (is_past(e))
				past++;
			else
				entry_add(l, s, e);
		}
	if (!past)
		return;
	words = g_strdup_printf(NGETTEXT("and %d past prescription",
	    "and %d past prescriptions", (unsigned long)past), past);
	chart_text_add(l, E_CHART_STATE, 1, words, NULL, 0);
}

static void
add_section(struct chart_lines *l, const struct chart *chart, int s)
{
	enum section_state state = chart->state[s];
	int n = section_count(chart, s);

	if (l->line->len)
		line_add(l, (struct chart_line){ CHART_LINE_BLANK });
	line_add(l, (struct chart_line){ .kind = CHART_LINE_HEAD,
		.words = g_strdup(_(sections[s].name)) });
	if (state == SECTION_NOT_LOADED && n)
		chart_text_add(l, E_CHART_STATE, 1, _("… not yet complete"),
		    NULL, 0);
	else if (state != SECTION_LOADED)
		chart_text_add(l, state == SECTION_NOT_LOADED ? E_CHART_STATE :
		    E_CHART_CRITICAL, 1, chart_state_words(state), NULL, 0);
	else if (!n)
		chart_text_add(l, E_CHART_STATE, 1, _(sections[s].none), NULL,
		    0);
	add_entries(l, chart, s);
	if (s == CHART_PROBLEMS && l->revisit)
		chart_text_add(l, l->revisit_element, 1, l->revisit, NULL, 0);
}

static void
add_person(struct chart_lines *l, const struct patient_brief *p)
{
	g_autofree char *into = NULL;

	if (p->flags & PATIENT_DECEASED) {
		g_autofree char *date = chart_day_words(p->deceased_date);
		g_autofree char *words = g_strdup_printf(
		    _("† This patient has died. %s"), date ? date : "");

		chart_text_add(l, E_FLAG, 1, words, NULL, 0);
	}
	if (p->flags & PATIENT_MERGED) {
		into = g_strdup_printf(_("! This record was merged into "
		    "another: %s"), p->merged_into ? p->merged_into : "");
		chart_text_add(l, E_FLAG, 1, into, NULL, 0);
	}
	if (p->flags & PATIENT_ALIKE) {
		g_autofree char *born = words_shown(p->birth_date);
		g_autofree char *words = *born ? g_strdup_printf(_("! Another "
		    "patient here has the same name: this one was born %s."),
		    born) : g_strdup(_("! Another patient here has the same "
		    "name: of this one no day of birth is known."));

		chart_text_add(l, E_FLAG, 1, words, NULL, 0);
	}
}

/* What the whole chart has beside this: how many lines of each. */
static void
add_counted(struct chart_lines *l, const struct chart *chart)
{
	line_add(l, (struct chart_line){ CHART_LINE_BLANK });
	line_add(l, (struct chart_line){ .kind = CHART_LINE_HEAD,
		.words = l->printed ?
		    g_strdup_printf(_("The whole chart: qingnang chart %s"),
		    chart->patient.fhir_id ? chart->patient.fhir_id : "") :
		    g_strdup(_("The whole chart: C")) });
	for (int s = CHART_VISITS; s < CHART_FLAGS; s++) {
		enum section_state state = chart->state[s];
		gboolean said = state == SECTION_LOADED || chart->count[s];

		chart_text_add(l, E_CHART_TEXT, 1, _(sections[s].name),
		    said ? g_strdup_printf("%" G_GINT64_FORMAT "%s",
		    chart->count[s], state == SECTION_LOADED ? "" : " …") :
		    g_strdup(chart_state_words(state)), state ==
		    SECTION_REFUSED ? E_CHART_CRITICAL : E_CHART_DETAIL);
	}
}

static const enum chart_section order[] = { CHART_ALLERGIES, CHART_FLAGS,
	CHART_PROBLEMS, CHART_DRUGS, CHART_RESULTS };

void
chart_lines_make(struct chart_lines *l, const struct chart *chart,
    int cols)
{
	if (l->cols == cols)
		return;
	chart_lines_clear(l);
	l->cols = cols;
	add_person(l, &chart->patient);
	/* A flag that says danger stands high; none, and it takes no room. */
	for (size_t i = 0; i < G_N_ELEMENTS(order); i++)
		if (order[i] != CHART_FLAGS || chart->count[CHART_FLAGS] ||
		    chart->state[CHART_FLAGS] == SECTION_REFUSED)
			add_section(l, chart, (int)order[i]);
	add_counted(l, chart);
}

/* ---- as text ------------------------------------------------------------ */

static void
print_line(GString *out, const struct chart_line *l, int cols)
{
	int x = l->indent + 1;
	int gap = 0;

	if (l->kind == CHART_LINE_BLANK) {
		g_string_append_c(out, '\n');
		return;
	}
	if (l->kind == CHART_LINE_TEXT)
		g_string_append_printf(out, "%*s", x, "");
	g_string_append(out, l->words);
	if (l->right)
		gap = cols - x - base_text_cols(l->words, -1) -
		    base_text_cols(l->right, -1);
	if (l->right)
		g_string_append_printf(out, "%*s%s", MAX(gap, 1), "", l->right);
	g_string_append_c(out, '\n');
}

char *
chart_lines_text(const struct chart *chart, int cols)
{
	struct chart_lines l = { .printed = TRUE };
	GString *out = g_string_new(NULL);

	chart_lines_init(&l);
	chart_lines_make(&l, chart, cols - 1);
	for (guint i = 0; i < l.line->len; i++)
		print_line(out, &g_array_index(l.line, struct chart_line, i),
		    cols);
	chart_lines_free(&l);
	return g_string_free(out, FALSE);
}
