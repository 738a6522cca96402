/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The facts of a chart: what rules are held against. Each resource has a reader
 * in a table; one that is refuted, entered in error, inactive or preliminary says
 * what it is and is never read as plain.
 */
#include "care/facts.h"

#include <string.h>

/* ---- small readers ------------------------------------------------------ */

const char *
facts_words(struct care_facts *facts, const char *text)
{
	return text ? g_string_chunk_insert(facts->text, text) : NULL;
}

const char *
facts_shown(struct care_facts *facts, const char *text)
{
	g_autofree char *shown = text ? base_text_show(text, -1, BASE_ONE_LINE)
	    : NULL;

	return shown && *shown ? facts_words(facts, shown) : NULL;
}

const char *
facts_ref(struct care_facts *facts, const fhir_node *root, const char *path)
{
	struct fhir_ref ref;
	g_autofree char *text = NULL;

	if (!fhir_ref_at(root, path, &ref))
		return NULL;
	text = g_strdup_printf("%s/%s", ref.type, ref.id);
	return facts_words(facts, text);
}

const char *
facts_concept(struct care_facts *facts, const fhir_node *concept)
{
	if (fhir_count(concept, NULL))
		concept = fhir_at(concept, NULL, 0);
	return facts_shown(facts, fhir_concept_words(concept,
	    base_i18n_lang()));
}

int64_t
facts_time(const fhir_node *root, const char *const *paths)
{
	int64_t ms;

	for (; *paths; paths++)
		if (fhir_time_ms(fhir_text(root, *paths), &ms, NULL))
			return ms;
	return 0;
}

gboolean
facts_is(const fhir_node *root, const char *path, const char *const *words)
{
	const char *status = fhir_text(root, path);

	return status && g_strv_contains(words, status);
}

static void
add_marks(GPtrArray *marks, const fhir_node *concept)
{
	size_t count = fhir_count(concept, "coding");

	for (size_t i = 0; i < count; i++) {
		const fhir_node *coding = fhir_at(concept, "coding", i);
		const char *system = fhir_text(coding, "system");
		const char *code = fhir_text(coding, "code");

		if (code)
			g_ptr_array_add(marks, g_strconcat(
			    system ? system : "", "|", code, NULL));
	}
}

char **
facts_marks(const fhir_node *concepts)
{
	GPtrArray *marks = g_ptr_array_new();
	size_t count = fhir_count(concepts, NULL);

	for (size_t i = 0; i < count; i++)
		add_marks(marks, fhir_at(concepts, NULL, i));
	if (count == 0)
		add_marks(marks, concepts);
	g_ptr_array_add(marks, NULL);
	return (char **)g_ptr_array_free(marks, FALSE);
}

char **
care_marks(const fhir_node *concept)
{
	return facts_marks(concept);
}

gboolean
care_marked(char *const *marks, const char *prefix)
{
	for (; marks && *marks; marks++)
		if (g_str_has_prefix(*marks, prefix))
			return TRUE;
	return FALSE;
}

/* ---- the facts ---------------------------------------------------------- */

static void
free_allergy(void *data)
{
	struct fact_allergy *allergy = data;

	g_strfreev(allergy->marks);
	g_free(allergy);
}

static void
free_problem(void *data)
{
	struct fact_problem *problem = data;

	g_strfreev(problem->marks);
	g_free(problem);
}

static void
free_drug(void *data)
{
	struct fact_drug *drug = data;

	care_drug_free(drug->drug);
	g_array_unref(drug->fills);
	g_strfreev(drug->reasons);
	g_free(drug);
}

static void
free_result(void *data)
{
	struct fact_result *result = data;

	g_strfreev(result->marks);
	g_free(result);
}

static void
free_visit(void *data)
{
	struct fact_visit *visit = data;

	g_strfreev(visit->marks);
	g_free(visit);
}

static void
free_drug_value(void *data)
{
	care_drug_free(data);
}

static void
clear_fill(void *data)
{
	care_drug_free(((struct facts_fill *)data)->drug);
}

static struct facts_join *
join_new(void)
{
	struct facts_join *join = g_new0(struct facts_join, 1);

	join->medications = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
	    free_drug_value);
	join->visits = g_hash_table_new(g_str_hash, g_str_equal);
	join->diagnosed = g_array_new(FALSE, TRUE,
	    sizeof(struct facts_diagnosed));
	join->fills = g_array_new(FALSE, TRUE, sizeof(struct facts_fill));
	g_array_set_clear_func(join->fills, clear_fill);
	join->people = g_ptr_array_new_with_free_func(facts_person_free);
	return join;
}

static void
join_free(struct facts_join *join)
{
	g_hash_table_unref(join->medications);
	g_hash_table_unref(join->visits);
	g_array_unref(join->diagnosed);
	g_array_unref(join->fills);
	g_ptr_array_unref(join->people);
	g_free(join);
}

struct care_facts *
care_facts_new(int64_t now_ms)
{
	struct care_facts *facts = g_new0(struct care_facts, 1);

	facts->now_ms = now_ms;
	facts->allergies = g_ptr_array_new_with_free_func(free_allergy);
	facts->problems = g_ptr_array_new_with_free_func(free_problem);
	facts->drugs = g_ptr_array_new_with_free_func(free_drug);
	facts->results = g_ptr_array_new_with_free_func(free_result);
	facts->visits = g_ptr_array_new_with_free_func(free_visit);
	facts->cards = g_ptr_array_new_with_free_func(g_free);
	facts->not_understood = g_ptr_array_new();
	facts->said = g_ptr_array_new();
	facts->text = g_string_chunk_new(1024);
	facts->join = join_new();
	return facts;
}

void
care_facts_free(struct care_facts *facts)
{
	if (!facts)
		return;
	g_ptr_array_unref(facts->allergies);
	g_ptr_array_unref(facts->problems);
	g_ptr_array_unref(facts->drugs);
	g_ptr_array_unref(facts->results);
	g_ptr_array_unref(facts->visits);
	g_ptr_array_unref(facts->cards);
	g_ptr_array_unref(facts->not_understood);
	g_ptr_array_unref(facts->said);
	g_strfreev(facts->prescriber.privileges);
	g_strfreev(facts->prescriber.specialties);
	join_free(facts->join);
	g_string_chunk_free(facts->text);
	g_free(facts);
}

void
care_facts_say(struct care_facts *facts, const char *words)
{
	const char *shown = facts_shown(facts, words);

	if (shown)
		g_ptr_array_add(facts->said, (char *)shown);
}

/* ---- resources ---------------------------------------------------------- */

/* One that was entered in error says nothing at all, whatever its type. */
static const struct facts_reader {
	const char *type;
	void (*take)(struct facts_in *in);
} facts_readers[] = {
	{ "Patient", facts_take_patient },
	{ "RelatedPerson", facts_take_relative },
	{ "AllergyIntolerance", facts_take_allergy },
	{ "Condition", facts_take_problem },
	{ "Flag", facts_take_flag },
	{ "MedicationRequest", facts_take_order },
	{ "MedicationStatement", facts_take_statement },
	{ "MedicationDispense", facts_take_dispense },
	{ "Medication", facts_take_medication },
	{ "Observation", facts_take_result },
	{ "Encounter", facts_take_visit },
	{ "Consent", facts_take_consent },
	{ "Practitioner", facts_take_practitioner },
	{ "PractitionerRole", facts_take_role },
};

static gboolean
is_error(const fhir_node *root)
{
	return g_strcmp0(fhir_text(root, "status"), "entered-in-error") == 0 ||
	    g_strcmp0(fhir_text(root, "verificationStatus.coding.code"),
		"entered-in-error") == 0;
}

static void
take(struct care_facts *facts, const fhir_node *root,
    const struct fhir_head *head, const char *bytes, size_t len)
{
	g_autofree char *ref = g_strdup_printf("%s/%s", head->type, head->id);
	struct facts_in in = { .facts = facts, .root = root, .bytes = bytes,
		.len = len, .modified = fhir_has_unknown_modifier(root) };

	if (is_error(root))
		return;
	in.ref = facts_words(facts, ref);
	for (size_t i = 0; i < G_N_ELEMENTS(facts_readers); i++) {
		if (strcmp(head->type, facts_readers[i].type) != 0)
			continue;
		if (in.modified)
			g_ptr_array_add(facts->not_understood, (char *)in.ref);
		facts_readers[i].take(&in);
	}
}

gboolean
care_facts_take(struct care_facts *facts, const char *bytes, size_t len)
{
	BASE_AUTO(fhir_doc) doc = fhir_parse(bytes, len, NULL, NULL);
	struct fhir_head head;

	if (!doc || !fhir_head(fhir_root(doc), &head, NULL))
		return FALSE;
	take(facts, fhir_root(doc), &head, bytes, len);
	return TRUE;
}

void
care_facts_join(struct care_facts *facts)
{
	facts_join_drugs(facts);
	facts_join_chart(facts);
	facts_join_me(facts);
}

/* ---- cards of a CDS Hooks service --------------------------------------- */

/* A service may answer two hooks, and says the same to both. */
static gboolean
said_already(const struct care_facts *facts, const struct fact_card *card)
{
	for (guint i = 0; i < facts->cards->len; i++) {
		const struct fact_card *old = facts->cards->pdata[i];

		if (strcmp(old->summary, card->summary) == 0 &&
		    g_strcmp0(old->detail, card->detail) == 0 &&
		    g_strcmp0(old->indicator, card->indicator) == 0)
			return TRUE;
	}
	return FALSE;
}

/* Of a text without end, what a doctor can read. */
enum { SUMMARY_COLS = 280, DETAIL_COLS = 1200, KEY_COLS = 60 };

static const char *
bounded(struct care_facts *facts, const char *text, int cols)
{
	g_autofree char *shown = text ? base_text_show(text, -1, BASE_ONE_LINE)
	    : NULL;
	g_autofree char *cut = NULL;

	if (!shown || !*shown)
		return NULL;
	cut = base_text_cut(shown, cols);
	return facts_words(facts, cut);
}

/* A reason that was given to one card says nothing of another. */
static const char *
card_key(struct care_facts *facts, const char *summary)
{
	g_autofree char *cut = base_text_cut(summary, KEY_COLS);
	g_autofree char *key = g_strconcat("CDS ", cut, NULL);
	unsigned same = 0;

	for (guint i = 0; i < facts->cards->len; i++) {
		const struct fact_card *old = facts->cards->pdata[i];
		size_t n = strlen(key);

		same += strncmp(old->key, key, n) == 0 &&
		    (old->key[n] == '\0' || old->key[n] == '#');
	}
	if (same) {
		g_autofree char *numbered = g_strdup_printf("%s#%u", key,
		    same + 1);

		return facts_words(facts, numbered);
	}
	return facts_words(facts, key);
}

static void
take_card(struct care_facts *facts, const fhir_node *node)
{
	struct fact_card *card;
	const char *summary = bounded(facts, fhir_text(node, "summary"),
	    SUMMARY_COLS);

	if (!summary) {
		facts->cards_unreadable = TRUE;
		return;
	}
	card = g_new0(struct fact_card, 1);
	card->summary = summary;
	card->detail = bounded(facts, fhir_text(node, "detail"), DETAIL_COLS);
	card->source = bounded(facts, fhir_text(node, "source.label"),
	    SUMMARY_COLS);
	card->indicator = facts_words(facts, fhir_text(node, "indicator"));
	card->key = card_key(facts, summary);
	if (said_already(facts, card))
		g_free(card);
	else
		g_ptr_array_add(facts->cards, card);
}

enum { CARDS_MAX = 50 };

/* https://cds-hooks.hl7.org/2.0/, "CDS Service Response". An array that is
 * missing is no answer, an empty one is "nothing to say"; what is beyond the last
 * that is shown was not read. */
void
care_facts_cards(struct care_facts *facts, const char *json, size_t len)
{
	BASE_AUTO(fhir_doc) doc = json ? fhir_parse(json, len, NULL, NULL) :
	    NULL;
	const fhir_node *cards = doc ? fhir_get(fhir_root(doc), "cards") : NULL;
	size_t count = fhir_count(cards, NULL);

	g_ptr_array_set_size(facts->cards, 0);
	facts->cards_unreadable = fhir_kind(cards) != FHIR_ARRAY ||
	    count > CARDS_MAX;
	for (size_t i = 0; i < MIN(count, CARDS_MAX); i++)
		take_card(facts, fhir_at(cards, NULL, i));
}
