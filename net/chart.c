/* SPDX-License-Identifier: Apache-2.0 */
/* Charts: everything of a patient's that the chart pane shows, asked for by
 * lists of patients. */
#include <string.h>
#include "net/pull.h"
#include "store/rx.h"

enum { PATIENTS_FIRST = 5, PATIENTS_A_LIST = 40, LISTS_A_DELTA = 10 };

static const struct chart_def {
	const char *type;
	enum chart_section section;
	/* Without it the section cannot be known; the others add to it. */
	gboolean main;
} chart_defs[] = {
	{ "AllergyIntolerance", CHART_ALLERGIES, TRUE },
	{ "Condition", CHART_PROBLEMS, TRUE },
	{ "MedicationRequest", CHART_DRUGS, TRUE },
	{ "MedicationStatement", CHART_DRUGS, FALSE },
	{ "MedicationDispense", CHART_DRUGS, FALSE },
	{ "MedicationAdministration", CHART_DRUGS, FALSE },
	{ "SupplyDelivery", CHART_OTHER, FALSE },
	{ "RelatedPerson", CHART_OTHER, FALSE },
	{ "DiagnosticReport", CHART_RESULTS, FALSE },
	{ "Observation", CHART_RESULTS, TRUE },
	{ "Encounter", CHART_VISITS, TRUE },
	{ "DocumentReference", CHART_DOCUMENTS, TRUE },
	{ "QuestionnaireResponse", CHART_INTAKE, TRUE },
	{ "Immunization", CHART_VACCINES, TRUE },
	{ "EpisodeOfCare", CHART_CONTRACT, TRUE },
	{ "CareTeam", CHART_CONTRACT, FALSE },
	{ "Coverage", CHART_COVERAGE, TRUE },
	{ "Procedure", CHART_PROCEDURES, TRUE },
	{ "Flag", CHART_FLAGS, TRUE },
};
enum { DEFS = G_N_ELEMENTS(chart_defs) };

/* "Patient/a,Patient/b"; made once for all the searches of a list. */
static char *
patients_of(struct sync *s, const struct patient_id *ids, guint n)
{
	GString *values = g_string_new(NULL);

	for (guint i = 0; i < n; i++) {
		g_autofree char *id = store_patient_fhir_id(s->store, ids[i]);
		if (id)
			g_string_append_printf(values, "%sPatient/%s",
			    values->len ? "," : "", id);
	}
	return g_string_free(values, FALSE);
}

/* By what its patient is found; R4 has "patient" for all of them. */
static const char *
patient_param(struct sync *s, const char *type)
{
	static const char *const others[] = { "subject", "beneficiary" };

	if (caps_param(s->caps, type, "patient"))
		return "patient";
	for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
		if (caps_param(s->caps, type, others[i]))
			return others[i];
	return "patient";
}

static void
add_chart(struct sync *s, GArray *jobs, size_t def, const char *patients,
    int64_t since_ms)
{
	const char *type = chart_defs[def].type;
	struct job *job = jobs_add(jobs, type, g_strdup_printf("%s=%s",
	    patient_param(s, type), patients));

	job->since_ms = since_ms;
	job->tag = (int64_t)def;
}

/* What the server does not have is not asked for. */
static void
add_charts(struct sync *s, GArray *jobs, const char *patients,
    int64_t since_ms)
{
	for (size_t i = 0; i < DEFS; i++)
		if (caps_type(s->caps, chart_defs[i].type))
			add_chart(s, jobs, i, patients, since_ms);
}

/* ---- filling ------------------------------------------------------------- */

/* What became of each type. */
struct told { enum section_state state[DEFS]; };

static void
told_none(struct told *told)
{
	for (size_t i = 0; i < DEFS; i++)
		told->state[i] = SECTION_NOT_KEPT;
}

static void
told_take(struct told *told, GArray *jobs, guint from)
{
	for (guint i = from; i < jobs->len; i++) {
		const struct job *job = &g_array_index(jobs, struct job, i);

		told->state[job->tag] = job->complete ? SECTION_LOADED :
		    job->status == 404 ? SECTION_NOT_KEPT : SECTION_REFUSED;
	}
}

static gboolean
any_refused(const struct told *told)
{
	for (size_t i = 0; i < DEFS; i++)
		if (told->state[i] == SECTION_REFUSED)
			return TRUE;
	return FALSE;
}

/* "None recorded" must never stand for "not answered"; what only adds to a
 * section may be missing on a server. */
static enum section_state
state_of(const struct told *told, enum chart_section section)
{
	enum section_state state = SECTION_LOADED;

	for (size_t i = 0; i < DEFS; i++) {
		const struct chart_def *def = &chart_defs[i];
		if (def->section != section)
			continue;
		if (told->state[i] == SECTION_REFUSED)
			return SECTION_REFUSED;
		if (told->state[i] == SECTION_NOT_KEPT && def->main)
			state = SECTION_NOT_KEPT;
	}
	return state;
}

static gboolean
set_states(struct sync *s, const struct told *told, struct patient_id id,
    GError **error)
{
	enum section_state states[CHART_SECTIONS_];

	for (int sec = 0; sec < CHART_SECTIONS_; sec++)
		states[sec] = state_of(told, (enum chart_section)sec);
	if (!store_sections_set(s->store, id, states, error))
		return FALSE;
	bell_changed(s->bell, BELL_KIND_PATIENT, id.n);
	return TRUE;
}

static gboolean
told_all(struct sync *s, GArray *jobs, guint from, struct patient_id id,
    GError **error)
{
	struct told told;

	told_none(&told);
	told_take(&told, jobs, from);
	return set_states(s, &told, id, error);
}

/* One closed record must not close the others' charts: what was refused for all
 * of them is asked for one by one. */
static gboolean
fill_alone(struct sync *s, struct wants *wants, struct told told,
    struct patient_id id, GError **error)
{
	g_autoptr(GArray) jobs = jobs_new();
	g_autofree char *patient = patients_of(s, &id, 1);
	struct job_run run = { .sync = s, .wants = wants, .quiet = TRUE };

	for (size_t i = 0; i < DEFS; i++)
		if (told.state[i] == SECTION_REFUSED)
			add_chart(s, jobs, i, patient, 0);
	if (!jobs_run(&run, jobs, error))
		return FALSE;
	told_take(&told, jobs, 0);
	return set_states(s, &told, id, error);
}

static gboolean
fill(struct sync *s, struct wants *wants, const struct patient_id *ids,
    guint n, GError **error)
{
	g_autoptr(GArray) jobs = jobs_new();
	g_autofree char *patients = patients_of(s, ids, n);
	struct job_run run = { .sync = s, .wants = wants, .quiet = TRUE };
	struct told told;

	add_charts(s, jobs, patients, 0);
	if (!jobs_run(&run, jobs, error))
		return FALSE;
	told_none(&told);
	told_take(&told, jobs, 0);
	for (guint i = 0; i < n; i++)
		if (!(n > 1 && any_refused(&told) ?
		    fill_alone(s, wants, told, ids[i], error) :
		    set_states(s, &told, ids[i], error)))
			return FALSE;
	return TRUE;
}

static void
only_new(GArray *ids, GHashTable *seen)
{
	for (guint i = 0; i < ids->len;) {
		int64_t n = g_array_index(ids, struct patient_id, i).n;
		if (g_hash_table_add(seen, g_memdup2(&n, sizeof(n))))
			i++;
		else
			g_array_remove_index(ids, i);
	}
}

gboolean
chart_fill(struct sync *s, struct wants *wants, GError **error)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash,
	    g_int64_equal, g_free, NULL);
	guint step = PATIENTS_FIRST;
	int64_t done = 0;

	for (;;) {
		g_autoptr(GArray) ids = store_patients_unloaded(s->store,
		    (int)step, error);
		g_autoptr(GArray) scope = NULL;
		if (!ids)
			return FALSE;
		only_new(ids, seen);
		if (ids->len == 0)
			return TRUE;
		sync_breathe(s);
		if (!fill(s, wants, (const struct patient_id *)(void *)
		    ids->data, ids->len, error))
			return FALSE;
		done += ids->len;
		scope = store_patients_in_scope(s->store, NULL);
		sync_progress(s, BELL_PHASE_CHARTS, done,
		    scope ? MAX(done, (int64_t)scope->len) : 0);
		step = MIN(step * 2, PATIENTS_A_LIST);
	}
}

/* ---- changes ------------------------------------------------------------- */

static gint
by_number(gconstpointer a, gconstpointer b)
{
	const struct patient_id *x = a, *y = b;

	return (x->n > y->n) - (x->n < y->n);
}

/* In the order of their numbers, so that a list keeps its members, and its
 * watermark its meaning, while new patients come at the end. */
static GArray *
in_scope(struct sync *s, GError **error)
{
	GArray *ids = store_patients_in_scope(s->store, error);

	if (ids)
		g_array_sort(ids, by_number);
	return ids;
}

static char *
list_mark(const struct patient_id *ids)
{
	return g_strdup_printf("chart/%" G_GINT64_FORMAT, ids[0].n);
}

gboolean
chart_marks(struct sync *s, int64_t stamp_ms, GError **error)
{
	g_autoptr(GArray) ids = in_scope(s, error);

	for (guint at = 0; ids && at < ids->len; at += PATIENTS_A_LIST) {
		g_autofree char *mark = list_mark(&g_array_index(ids,
		    struct patient_id, at));
		if (!pull_mark(s, mark, stamp_ms, error))
			return FALSE;
	}
	return ids != NULL;
}

/* What the server refuses for good was said when the chart was filled; what it
 * could not answer this time proves nothing. */
static gboolean
all_seen(GArray *jobs, guint from, guint end)
{
	for (guint i = from; i < end; i++) {
		const struct job *job = &g_array_index(jobs, struct job, i);
		if (!job->complete && (job->status < 400 || job->status >= 500))
			return FALSE;
	}
	return TRUE;
}

static void
add_list(struct sync *s, struct delta *delta, const struct patient_id *ids,
    guint n)
{
	g_autofree char *patients = patients_of(s, ids, n);
	g_autoptr(GString) bare = g_string_new(patients);
	char *mark = list_mark(ids);
	int64_t since_ms = store_watermark(s->store, mark);
	guint first = delta->jobs->len;
	struct job *job;

	g_string_replace(bare, "Patient/", "", 0);
	job = jobs_add(delta->jobs, "Patient", g_strconcat("_id=", bare->str,
	    NULL));
	job->since_ms = since_ms;
	add_charts(s, delta->jobs, patients, since_ms);
	delta_part(delta, first, mark);
	g_array_index(delta->parts, struct delta_part, delta->parts->len - 1)
	    .patients = g_array_append_vals(g_array_new(FALSE, FALSE,
	    sizeof(*ids)), ids, n);
}

gboolean
chart_proved(struct sync *s, const struct delta *delta, int64_t began_ms,
    GError **error)
{
	for (guint i = 0; i < delta->parts->len; i++) {
		const struct delta_part *part = &g_array_index(delta->parts,
		    struct delta_part, i);
		GArray *ids = part->patients;
		if (ids && all_seen(delta->jobs, part->first, part->end) &&
		    !store_chart_proved(s->store, (const struct patient_id *)
		    (void *)ids->data, ids->len, began_ms, error))
			return FALSE;
	}
	return TRUE;
}

/* The list of a delta that this patient stands in: its watermark holds. */
static int64_t
seen_until(struct sync *s, GArray *ids, struct patient_id patient)
{
	for (guint i = 0; i < ids->len; i++) {
		guint at = i - i % PATIENTS_A_LIST;
		g_autofree char *mark = NULL;

		if (g_array_index(ids, struct patient_id, i).n != patient.n)
			continue;
		mark = list_mark(&g_array_index(ids, struct patient_id, at));
		return store_watermark(s->store, mark);
	}
	return 0;
}

gboolean
chart_fresh(struct sync *s, struct patient_id patient, GError **error)
{
	BASE_AUTO(wants) wants = wants_new();
	g_autoptr(GArray) ids = in_scope(s, error);
	g_autoptr(GArray) jobs = jobs_new();
	g_autofree char *id = store_patient_fhir_id(s->store, patient);
	g_autofree char *who = id ? g_strconcat("Patient/", id, NULL) : NULL;
	struct job_run run = { .sync = s, .wants = wants, .quiet = TRUE };
	int64_t since_ms, began_ms = base_now_ms();
	guint chart;

	if (!ids || !who)
		return FALSE;
	since_ms = seen_until(s, ids, patient);
	jobs_add(jobs, "Patient", g_strconcat("_id=", id, NULL))->since_ms =
	    since_ms;
	jobs_add(jobs, "Communication", g_strconcat("subject=", who, NULL))
	    ->since_ms = since_ms;
	chart = jobs->len;
	add_charts(s, jobs, who, since_ms);
	if (!jobs_run(&run, jobs, error) || !wants_fetch(s, wants, error))
		return FALSE;
	bell_changed(s->bell, BELL_KIND_PATIENT, patient.n);
	/* Of a patient nobody follows all of it was asked for, and is known now. */
	return all_seen(jobs, 0, jobs->len) &&
	    (since_ms || told_all(s, jobs, chart, patient, error)) &&
	    store_chart_proved(s->store, &patient, 1, began_ms, error);
}

gboolean
chart_delta(struct sync *s, struct delta *delta, GError **error)
{
	g_autoptr(GArray) ids = in_scope(s, error);
	guint lists, some;

	if (!ids)
		return FALSE;
	lists = (ids->len + PATIENTS_A_LIST - 1) / PATIENTS_A_LIST;
	some = MIN(lists, LISTS_A_DELTA);
	for (guint i = 0; i < some; i++) {
		guint at = (s->chart_at++ % lists) * PATIENTS_A_LIST;
		add_list(s, delta, &g_array_index(ids, struct patient_id, at),
		    MIN(PATIENTS_A_LIST, ids->len - at));
	}
	return TRUE;
}
