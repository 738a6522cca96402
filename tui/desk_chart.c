/* SPDX-License-Identifier: Apache-2.0 */
/* The chart as prescribing sees it: bodies of the store become facts of care/. */
#include "tui/desk_room.h"

#include <string.h>

/* ---- facts -------------------------------------------------------------- */

static enum fact_state
state_of(enum section_state state)
{
	return state == SECTION_LOADED ? FACTS_LOADED :
	    state == SECTION_NOT_LOADED ? FACTS_NOT_LOADED : FACTS_REFUSED;
}

/* Which section of the chart answers for which facts. */
static const enum chart_section sections[FACTS_SECTIONS_] = {
	[FACTS_ALLERGIES] = CHART_ALLERGIES, [FACTS_PROBLEMS] = CHART_PROBLEMS,
	[FACTS_DRUGS] = CHART_DRUGS, [FACTS_RESULTS] = CHART_RESULTS,
	[FACTS_VISITS] = CHART_VISITS,
};

static gboolean
states_take(struct desk *desk, struct desk_chart *chart, GError **error)
{
	static const enum chart_section beside[] = { CHART_OTHER, CHART_FLAGS };
	enum fact_state *visits = &chart->facts->state[FACTS_VISITS];
	enum section_state state[CHART_SECTIONS_];

	if (!store_chart_state(desk->store, chart->patient, state,
	    &chart->facts->fresh_ms, error))
		return FALSE;
	for (int i = 0; i < FACTS_SECTIONS_; i++)
		chart->facts->state[i] = state_of(state[sections[i]]);
	/* Relatives and flags are asked for with the visits. */
	for (size_t i = 0; i < G_N_ELEMENTS(beside); i++)
		if (state[beside[i]] == SECTION_NOT_LOADED ||
		    (state[beside[i]] == SECTION_REFUSED &&
		    *visits == FACTS_LOADED))
			*visits = state_of(state[beside[i]]);
	return TRUE;
}

static void
bodies_take(struct care_facts *facts, GPtrArray *bodies)
{
	for (guint i = 0; i < bodies->len; i++) {
		gsize len;
		const char *bytes = g_bytes_get_data(bodies->pdata[i], &len);

		care_facts_take(facts, bytes, len);
	}
}

static gboolean
prescriber_take(struct desk *desk, struct desk_chart *chart, GError **error)
{
	struct care_prescriber *me = &chart->facts->prescriber;
	GPtrArray *mine = store_me_bodies(desk->store, error);
	g_autofree char *ref = store_me_ref(desk->store);
	g_autofree char *name = store_me_name(desk->store);

	if (!mine)
		return FALSE;
	me->verified = desk->verified;
	me->ref = ref ? g_string_chunk_insert(chart->facts->text, ref) : NULL;
	me->name = name ? g_string_chunk_insert(chart->facts->text, name) :
	    NULL;
	bodies_take(chart->facts, mine);
	/* The facts may point into them as into the others. */
	g_ptr_array_extend_and_steal(chart->bodies, mine);
	return TRUE;
}

/* What the patient wrote since our last word: red flags are looked for in it. */
static void
said_take(struct desk *desk, struct desk_chart *chart)
{
	enum { MESSAGES_MAX = 20 };
	struct consult_id consult = store_consult_of_patient(desk->store,
	    chart->patient);
	BASE_AUTO(thread) t = consult.n ? store_thread(desk->store, consult,
	    MESSAGES_MAX, NULL) : NULL;

	for (size_t i = t ? t->n : 0; i-- > 0;) {
		const struct message_row *m = &t->messages[i];

		if (m->from == FROM_ME || m->from == FROM_COLLEAGUE)
			return;
		if (m->state != MESSAGE_RETRACTED && m->text)
			care_facts_say(chart->facts, m->text);
	}
}

struct desk_chart *
desk_chart_read(struct desk *desk, struct patient_id patient, GError **error)
{
	BASE_AUTO(desk_chart) chart = g_new0(struct desk_chart, 1);

	chart->patient = patient;
	chart->facts = care_facts_new(base_now_ms());
	/* The stamp first: what arrives meanwhile makes it old, not new. */
	chart->stamp = store_chart_stamp(desk->store, patient, error);
	if (chart->stamp == 0)
		return NULL;
	chart->bodies = store_chart_bodies(desk->store, patient, error);
	if (!chart->bodies || !states_take(desk, chart, error))
		return NULL;
	bodies_take(chart->facts, chart->bodies);
	if (!prescriber_take(desk, chart, error))
		return NULL;
	said_take(desk, chart);
	chart->facts->unread_messages = store_unread(desk->store, patient);
	care_facts_join(chart->facts);
	return g_steal_pointer(&chart);
}

struct care_revisit *
desk_revisit(struct desk *desk, struct patient_id patient, GError **error)
{
	const struct care_rules *rules = desk_rules(desk, error);
	BASE_AUTO(desk_chart) chart = g_new0(struct desk_chart, 1);

	chart->patient = patient;
	chart->facts = care_facts_new(base_now_ms());
	chart->bodies = rules ? store_diagnosis_bodies(desk->store, patient,
	    error) : NULL;
	if (!chart->bodies || !states_take(desk, chart, error))
		return NULL;
	bodies_take(chart->facts, chart->bodies);
	care_facts_join(chart->facts);
	return care_revisit_new(rules, chart->facts);
}

void
desk_chart_free(struct desk_chart *chart)
{
	if (!chart)
		return;
	care_facts_free(chart->facts);
	if (chart->bodies)
		g_ptr_array_unref(chart->bodies);
	g_free(chart);
}

/* ---- formulary ---------------------------------------------------------- */

static struct fhir_doc *
doc_of(GBytes *bytes)
{
	gsize len;
	const char *data = bytes ? g_bytes_get_data(bytes, &len) : NULL;

	return data ? fhir_parse(data, len, NULL, NULL) : NULL;
}

static struct care_drug *
drug_of_row(const struct formulary_row *row)
{
	BASE_AUTO(fhir_doc) medication = doc_of(row->medication);
	BASE_AUTO(fhir_doc) knowledge = doc_of(row->knowledge);

	return medication ? care_drug_read(fhir_root(medication),
	    knowledge ? fhir_root(knowledge) : NULL) : NULL;
}

static const enum care_hit hits[] = {
	[MATCH_CODE] = HIT_CODE, [MATCH_NAME] = HIT_NAME,
	[MATCH_NAME_START] = HIT_NAME_START, [MATCH_BRAND] = HIT_BRAND,
	[MATCH_PART] = HIT_PART, [MATCH_INITIALS] = HIT_INITIALS,
};

static void
candidate_free(void *p)
{
	struct care_candidate *candidate = p;

	care_drug_free(candidate->drug);
	g_free(candidate);
}

static GPtrArray *
find(void *user, const char *words, int limit)
{
	struct desk *desk = user;
	GPtrArray *out = g_ptr_array_new_with_free_func(candidate_free);
	g_autoptr(GPtrArray) rows = store_formulary_find(desk->store, words,
	    limit, NULL);

	for (guint i = 0; rows && i < rows->len; i++) {
		struct formulary_row *row = rows->pdata[i];
		struct care_drug *drug = drug_of_row(row);
		struct care_candidate *candidate;

		if (!drug)
			continue;
		candidate = g_new(struct care_candidate, 1);
		*candidate = (struct care_candidate){ drug, hits[row->match] };
		g_ptr_array_add(out, candidate);
	}
	return out;
}

struct care_lookup
desk_lookup(struct desk *desk)
{
	return (struct care_lookup){ .find = find, .user = desk };
}

struct care_drug *
desk_drug(struct desk *desk, const struct care_drug *like)
{
	struct formulary_row *row = like->code || like->ref ?
	    store_formulary_get(desk->store, like->system, like->code,
	    like->ref, NULL) : NULL;
	struct care_drug *drug = row ? drug_of_row(row) : NULL;

	formulary_row_free(row);
	return drug;
}
