/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves of the renewal cases: the gates of rules.md, judged here from the
 * resources alone, fail exactly where the case says and nowhere else; an old
 * order holds all that a renewal carries over; and the people there who must be
 * looked at twice are there.
 */
#include "tests/tap.h"

#include <jansson.h>

#include "clinic/data/renewal.h"
#include "clinic/rest.h"

#define NOW_MS INT64_C(1795341600000)

static GPtrArray *all;
static GHashTable *by_ref;

static gboolean
collect(void *user, const char *type, const char *id, const char *json,
    size_t len, int64_t updated_ms, GError **error)
{
	json_t *one = json_loadb(json, len, JSON_REJECT_DUPLICATES, NULL);
	g_autoptr(GError) bad = NULL;

	assert_non_null(one);
	if (!clinic_validate(type, one, &bad))
		fail_msg("%s/%s: %s", type, id, bad->message);
	g_ptr_array_add(all, one);
	assert_true(g_hash_table_insert(by_ref,
	    g_strdup_printf("%s/%s", type, id), one));
	return TRUE;
}

static void
decref(gpointer json)
{
	json_decref(json);
}

static int
setup(void **state)
{
	struct clinic_seed_options options = { .seed = 7, .renewals = 1000,
		.now_ms = NOW_MS };
	struct seed_sink sink = { collect, NULL };

	all = g_ptr_array_new_with_free_func(decref);
	by_ref = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return !seed_all(&options, &sink, NULL);
}

static int
teardown(void **state)
{
	g_hash_table_destroy(by_ref);
	g_ptr_array_free(all, TRUE);
	return 0;
}

/* ---- reading ------------------------------------------------------------ */

static const json_t *
at(const json_t *one, const char *path)
{
	g_auto(GStrv) parts = g_strsplit(path, ".", -1);

	for (int i = 0; one && parts[i]; i++)
		one = g_ascii_isdigit(parts[i][0])
		    ? json_array_get(one, (size_t)atoi(parts[i]))
		    : json_object_get(one, parts[i]);
	return one;
}

static const char *
text(const json_t *one, const char *path)
{
	const char *s = json_string_value(at(one, path));

	return s ? s : "";
}

static double
days_ago(const char *when)
{
	g_autofree char *full = strchr(when, 'T') ? g_strdup(when)
	    : g_strconcat(when, "T00:00:00+08:00", NULL);
	g_autoptr(GDateTime) t = g_date_time_new_from_iso8601(full, NULL);

	if (!t)
		fail_msg("no date: %s", when);
	return (double)(NOW_MS / 1000 - g_date_time_to_unix(t)) / 86400;
}

/* The next of a type about a patient; from is where to go on. */
static const json_t *
next_of(guint *from, const char *type, const char *patient)
{
	g_autofree char *ref = g_strconcat("Patient/", patient, NULL);

	while (*from < all->len) {
		const json_t *one = g_ptr_array_index(all, (*from)++);

		if (strcmp(text(one, "resourceType"), type) == 0 &&
		    (strcmp(text(one, "subject.reference"), ref) == 0 ||
		    strcmp(text(one, "patient.reference"), ref) == 0))
			return one;
	}
	return NULL;
}
#define EACH(one, type, patient) guint n_##one = 0; \
	for (const json_t *one; (one = next_of(&n_##one, type, patient));)

static const json_t *
resource(const char *type, const char *id)
{
	g_autofree char *ref = g_strconcat(type, "/", id, NULL);

	return g_hash_table_lookup(by_ref, ref);
}

/* Of one patient: the Task, what it asks for, and the order before. */
struct lane {
	char id[16];
	const json_t *task, *asked, *old;
};

static struct lane
lane_of(int i)
{
	g_autofree char *task = NULL;
	struct lane l;

	g_snprintf(l.id, sizeof l.id, "rn%d", i);
	task = g_strconcat(l.id, "-task-renew0", NULL);
	l.task = resource("Task", task);
	l.asked = g_hash_table_lookup(by_ref, text(l.task,
	    "focus.reference"));
	l.old = g_hash_table_lookup(by_ref, text(l.asked,
	    "priorPrescription.reference"));
	assert_non_null(l.old);
	return l;
}

/* ---- the gates, from the resources alone -------------------------------- */

static int
dispenses(const struct lane *l, const char *status, double *last_days)
{
	g_autofree char *ref = g_strconcat("MedicationRequest/", text(l->old,
	    "id"), NULL);
	int n = 0;

	EACH(d, "MedicationDispense", l->id) {
		if (strcmp(text(d, "authorizingPrescription.0.reference"),
		    ref) != 0 || strcmp(text(d, "status"), status) != 0)
			continue;
		n++;
		if (at(d, "whenHandedOver"))
			*last_days = MIN(*last_days, days_ago(text(d,
			    "whenHandedOver")));
	}
	return n;
}

static gboolean
inactive(const struct lane *l)
{
	return strcmp(text(l->old, "status"), "active") != 0 ||
	    days_ago(text(l->old, "dispenseRequest.validityPeriod.end")) > 120;
}

static gboolean
reported(const struct lane *l)
{
	return json_is_true(at(l->old, "reportedBoolean"));
}

static gboolean
never_dispensed(const struct lane *l)
{
	double last = 9999;

	return dispenses(l, "completed", &last) == 0;
}

static gboolean
refills_left(const struct lane *l)
{
	double last = 9999;
	int done = dispenses(l, "completed", &last);

	return json_integer_value(at(l->old,
	    "dispenseRequest.numberOfRepeatsAllowed")) > done;
}

static gboolean
prepared(const struct lane *l)
{
	double last = 9999;

	return dispenses(l, "preparation", &last) > 0;
}

static const char *
atc_of(const json_t *order)
{
	return text(order, "medicationCodeableConcept.coding.1.code");
}

static gboolean
newer(const struct lane *l)
{
	EACH(o, "MedicationRequest", l->id)
		if (strcmp(text(o, "intent"), "order") == 0 &&
		    o != l->old && atc_of(o)[0] && strcmp(atc_of(o),
		    atc_of(l->old)) == 0 && days_ago(text(o, "authoredOn")) <
		    days_ago(text(l->old, "authoredOn")))
			return TRUE;
	return FALSE;
}

static gboolean
no_diagnosis(const struct lane *l)
{
	return !at(l->old, "reasonCode.0.coding.0.code");
}

/* What a usual pack asks for. */
static gboolean
unmonitored(const struct lane *l)
{
	static const struct { const char *atc, *loinc; int days; } needs[] = {
		{ "C10AA", "22748-8", 365 }, { "C10AA", "1742-6", 365 },
		{ "A10BA", "4548-4", 180 }, { "A10BA", "62238-1", 365 },
		{ "C09", "2823-3", 365 }, { "C09", "14682-9", 365 },
		{ "B01AA", "6301-6", 60 }, { "H03AA", "3016-3", 365 },
		{ "M04AA", "14933-6", 365 }, { "C03", "2823-3", 365 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(needs); i++) {
		double newest = 9999;

		if (!g_str_has_prefix(atc_of(l->old), needs[i].atc))
			continue;
		EACH(o, "Observation", l->id)
			if (strcmp(text(o, "code.coding.0.code"),
			    needs[i].loinc) == 0)
				newest = MIN(newest, days_ago(text(o,
				    "effectiveDateTime")));
		if (newest > needs[i].days)
			return TRUE;
	}
	return FALSE;
}

static gboolean
admitted(const struct lane *l)
{
	EACH(e, "Encounter", l->id)
		if (strcmp(text(e, "class.code"), "IMP") == 0 &&
		    days_ago(text(e, "period.start")) <
		    days_ago(text(l->old, "authoredOn")))
			return TRUE;
	return FALSE;
}

static gboolean
early(const struct lane *l)
{
	double last = 9999;

	return dispenses(l, "completed", &last) > 0 && last / 28 < 0.75;
}

static gboolean
uncoded(const struct lane *l)
{
	return !at(l->old, "medicationCodeableConcept.coding") &&
	    !at(l->old, "medicationReference");
}

static const struct {
	const char *gate;
	gboolean (*fails)(const struct lane *l);
} gates[] = {
	{ "active", inactive }, { "clinic order", reported },
	{ "dispensed", never_dispensed }, { "no refills left", refills_left },
	{ "in preparation", prepared }, { "newer order", newer },
	{ "diagnosis", no_diagnosis }, { "monitoring", unmonitored },
	{ "admission", admitted }, { "early", early },
	{ "uncoded drug", uncoded },
};

static void
test_gates(void **state)
{
	int pass = 0, failed[G_N_ELEMENTS(gates)] = { 0 };

	for (int i = 0; i < renewal_cases_count; i++) {
		const struct renewal_case *c = &renewal_cases[i];
		struct lane l = lane_of(i);

		pass += c->gate[0] == 0;
		for (size_t k = 0; k < G_N_ELEMENTS(gates); k++) {
			gboolean meant = strcmp(c->gate, gates[k].gate) == 0;

			if (gates[k].fails(&l) != meant)
				fail_msg("%s: %s %s", l.id, gates[k].gate,
				    meant ? "passes" : "fails");
			failed[k] += meant;
		}
	}
	assert_true(pass >= 25);
	for (size_t k = 0; k < G_N_ELEMENTS(gates); k++)
		if (!failed[k])
			fail_msg("nobody fails %s", gates[k].gate);
}

/* ---- whole -------------------------------------------------------------- */

static void
test_orders_are_whole(void **state)
{
	static const char *const must[] = { "subject.reference",
		"requester.reference", "authoredOn", "groupIdentifier.value",
		"reasonCode.0.coding.0.code", "reasonCode.0.text",
		"dosageInstruction.0.text",
		"dosageInstruction.0.route.coding.0.code",
		"dosageInstruction.0.doseAndRate.0.doseQuantity.code",
		"dispenseRequest.quantity.code",
		"dispenseRequest.validityPeriod.end",
		"priorPrescription.reference" };

	for (int i = 0; i < renewal_cases_count; i++) {
		struct lane l = lane_of(i);

		assert_string_equal(text(l.task, "code.coding.0.code"),
		    "approve");
		assert_string_equal(text(l.asked, "intent"), "proposal");
		assert_string_equal(text(l.asked, "status"), "draft");
		for (size_t k = 0; k < G_N_ELEMENTS(must); k++)
			if (!text(l.old, must[k])[0] &&
			    !(renewal_cases[i].flags & RENEWAL_NO_REASON))
				fail_msg("%s: %s", l.id, must[k]);
		assert_non_null(at(l.old,
		    "dispenseRequest.numberOfRepeatsAllowed"));
		assert_non_null(g_hash_table_lookup(by_ref, text(l.old,
		    "priorPrescription.reference")));
		if (at(l.old, "dosageInstruction.0.timing"))
			assert_non_null(at(l.old,
			    "dosageInstruction.0.timing.repeat.frequency"));
		else
			assert_true(json_is_true(at(l.old,
			    "dosageInstruction.0.asNeededBoolean")));
		/* The diagnosis is in the chart as well. */
		if (at(l.old, "reasonReference"))
			assert_string_equal(text(g_hash_table_lookup(by_ref,
			    text(l.old, "reasonReference.0.reference")),
			    "code.coding.0.code"), text(l.old,
			    "reasonCode.0.coding.0.code"));
	}
}

static void
check_refs(const json_t *node, const char *from)
{
	const char *key;
	json_t *value;
	size_t i;

	json_array_foreach(node, i, value)
		check_refs(value, from);
	json_object_foreach((json_t *)node, key, value) {
		if (strcmp(key, "reference") == 0 &&
		    !g_hash_table_contains(by_ref, json_string_value(value)))
			fail_msg("%s: %s dangles", from,
			    json_string_value(value));
		check_refs(value, from);
	}
}

static void
test_references_resolve(void **state)
{
	for (guint i = 0; i < all->len; i++)
		check_refs(g_ptr_array_index(all, i), text(g_ptr_array_index(
		    all, i), "id"));
}

/* ---- people to look at twice -------------------------------------------- */

static void
test_people(void **state)
{
	int unread = 0, says = 0, pregnant = 0, told = 0, penicillin = 0;
	int six = 0, infant = 0, pool = 0, warfarin = 0, referenced = 0;

	for (int i = 0; i < renewal_cases_count; i++) {
		struct lane l = lane_of(i);
		const json_t *patient = resource("Patient", l.id);
		double years = days_ago(text(patient, "birthDate")) / 365.25;
		int kin = 0;

		EACH(m, "Communication", l.id)
			unread += at(m, "partOf") && !at(m, "received");
		EACH(s, "MedicationStatement", l.id)
			says += at(s, "dosage.0.timing.repeat.period") != NULL;
		EACH(o, "Observation", l.id)
			pregnant += strcmp(text(o,
			    "valueCodeableConcept.coding.0.code"), "77386006")
			    == 0 && strcmp(text(patient, "gender"), "female")
			    == 0;
		EACH(a, "AllergyIntolerance", l.id) {
			told += !at(a, "code.coding");
			penicillin += strcmp(text(a, "code.coding.0.code"),
			    "764146007") == 0 && g_str_has_prefix(atc_of(
			    l.old), "J01C");
		}
		EACH(k, "RelatedPerson", l.id)
			kin += strcmp(text(k,
			    "relationship.0.coding.0.code"), "MTH") == 0;
		six += years >= 6 && years < 7 && kin;
		infant += years < 1 && kin;
		pool += at(l.task, "performerType") != NULL;
		warfarin += strcmp(atc_of(l.old), "B01AA03") == 0;
		referenced += at(l.old, "medicationReference") != NULL;
	}
	assert_true(unread >= 3);
	assert_true(says == 1 && pregnant == 1 && told == 1);
	assert_true(penicillin == 1 && six == 1 && infant == 1);
	assert_true(pool >= 3 && warfarin == 2 && referenced >= 1);
}

static gboolean
has_qualification(const json_t *who, const char *system, double years)
{
	const json_t *q;
	size_t i;

	json_array_foreach(at(who, "qualification"), i, q)
		if (g_str_has_suffix(text(q, "code.coding.0.system"), system))
			return days_ago(text(q, "period.start")) / 365.25 >=
			    years;
	return FALSE;
}

static void
test_doctor(void **state)
{
	const json_t *me = g_hash_table_lookup(by_ref, SEED_ME);
	const json_t *role = resource("PractitionerRole", "wu-kerong-role");
	const json_t *pharmacist = g_hash_table_lookup(by_ref,
	    SEED_PHARMACIST);

	assert_true(has_qualification(me, "/qualification", 3));
	assert_true(has_qualification(me, "/title", 0));
	assert_true(has_qualification(me, "/antimicrobial-privilege", 0));
	assert_string_equal(text(role, "specialty.0.coding.0.code"),
	    "394814009");
	assert_false(has_qualification(pharmacist, "/qualification", 0));
}

/* The scripted patients know who writes from there. */
static void
test_known(void **state)
{
	struct clinic_seed_options options = { .seed = 7, .now_ms = NOW_MS };
	struct seed_person p;

	assert_true(seed_person_known(&p, &options, "rn3"));
	assert_string_equal(p.id, "rn3");
	assert_false(seed_person_known(&p, &options, "rn99999"));
	assert_false(seed_person_known(&p, &options, "rn-1"));
	assert_false(seed_person_known(&p, &options, "rnx"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gates),
		cmocka_unit_test(test_orders_are_whole),
		cmocka_unit_test(test_references_resolve),
		cmocka_unit_test(test_people),
		cmocka_unit_test(test_doctor),
		cmocka_unit_test(test_known),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
