/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves of the invented clinic: the same seed gives the same bytes; every
 * resource hangs together and nothing dangles; laboratory values agree with
 * diseases, drugs, ranges and each other; what is wrong on purpose is there,
 * and only where it is meant to be; nobody is given what harms them, and no chart
 * has what a physician would stumble over.
 */
#include "tests/tap.h"

#include <jansson.h>
#include <math.h>

#include "clinic/rest.h"
#include "clinic/seed_priv.h"

#define NOW_MS INT64_C(1795341600000) /* 2026-11-22 18:00 in the clinic */
#define CROWD 90

struct world {
	GPtrArray *all;     /* json_t */
	GHashTable *by_ref; /* "Type/id" → json_t, borrowed */
	GHashTable *by_type; /* → GPtrArray of json_t, borrowed */
	GString *bytes;
};

static GPtrArray *
of_type(struct world *w, const char *type)
{
	GPtrArray *list = g_hash_table_lookup(w->by_type, type);

	if (!list) {
		list = g_ptr_array_new();
		g_hash_table_insert(w->by_type, g_strdup(type), list);
	}
	return list;
}

static void
list_free(gpointer list)
{
	g_ptr_array_free(list, TRUE);
}

static gboolean
collect(void *user, const char *type, const char *id, const char *json,
    size_t len, int64_t updated_ms, GError **error)
{
	struct world *w = user;
	json_error_t why;
	json_t *one = json_loadb(json, len, JSON_REJECT_DUPLICATES, &why);

	if (!one)
		fail_msg("%s/%s: %s", type, id, why.text);
	assert_true(g_utf8_validate(json, (gssize)len, NULL));
	assert_true(updated_ms <= NOW_MS);
	assert_string_equal(json_string_value(json_object_get(one,
	    "resourceType")), type);
	assert_string_equal(json_string_value(json_object_get(one, "id")), id);
	assert_true(g_regex_match_simple("^[A-Za-z0-9.-]{1,64}$", id, 0, 0));
	g_ptr_array_add(w->all, one);
	g_ptr_array_add(of_type(w, type), one);
	assert_true(g_hash_table_insert(w->by_ref,
	    g_strdup_printf("%s/%s", type, id), one));
	g_string_append_len(w->bytes, json, (gssize)len);
	g_string_append_c(w->bytes, '\n');
	return TRUE;
}

static void
decref(gpointer json)
{
	json_decref(json);
}

static struct world *
world_of(uint64_t seed, int patients)
{
	struct world *w = g_new0(struct world, 1);
	struct clinic_seed_options options = { .seed = seed,
		.patients = patients, .now_ms = NOW_MS };
	struct seed_sink sink = { collect, w };

	w->all = g_ptr_array_new_with_free_func(decref);
	w->by_ref = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
	    NULL);
	w->by_type = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
	    list_free);
	w->bytes = g_string_new(NULL);
	assert_true(seed_all(&options, &sink, NULL));
	return w;
}

static void
world_free(struct world *w)
{
	g_ptr_array_free(w->all, TRUE);
	g_hash_table_destroy(w->by_ref);
	g_hash_table_destroy(w->by_type);
	g_string_free(w->bytes, TRUE);
	g_free(w);
}

static struct world *cast, *crowd;

static int
setup(void **state)
{
	cast = world_of(1, SEED_CAST);
	crowd = world_of(42, CROWD);
	return 0;
}

static int
teardown(void **state)
{
	world_free(cast);
	world_free(crowd);
	return 0;
}

/* ---- reading ---- */

/* "code.coding.0.code"; "" when absent. */
static const json_t *
at(const json_t *one, const char *path)
{
	while (one && *path) {
		size_t len = strcspn(path, ".");
		char part[64];

		g_strlcpy(part, path, MIN(len + 1, sizeof part));
		one = g_ascii_isdigit(part[0])
		    ? json_array_get(one, (size_t)atoi(part))
		    : json_object_get(one, part);
		path += len + (path[len] == '.');
	}
	return one;
}

static const char *
text(const json_t *one, const char *path)
{
	const char *s = json_string_value(at(one, path));

	return s ? s : "";
}

static gboolean
is(const json_t *one, const char *type)
{
	return strcmp(text(one, "resourceType"), type) == 0;
}

#define EACH(one, world, type)                                                 \
	for (GPtrArray *all_##one = of_type(world, type), *go_##one =          \
	    all_##one; go_##one; go_##one = NULL)                              \
		for (guint n_##one = 0; n_##one < all_##one->len; n_##one++)   \
			for (json_t *one = g_ptr_array_index(all_##one,        \
			    n_##one); one; one = NULL)

static int64_t
ms_of(const char *instant)
{
	g_autoptr(GDateTime) t = g_date_time_new_from_iso8601(instant, NULL);

	if (!t)
		fail_msg("not an instant: %s", instant);
	return g_date_time_to_unix(t) * 1000;
}

static const json_t *
patient_of(struct world *w, const json_t *one)
{
	const char *ref = text(one, "subject.reference");

	if (!ref[0])
		ref = text(one, "patient.reference");
	return g_hash_table_lookup(w->by_ref, ref);
}

/* ---- the bytes ---- */

static void
test_same_seed_same_bytes(void **state)
{
	struct world *again = world_of(42, CROWD), *other = world_of(43, 12);

	assert_true(g_string_equal(crowd->bytes, again->bytes));
	assert_false(g_string_equal(cast->bytes, other->bytes));
	world_free(again);
	world_free(other);
}

/* Patient i is the same whatever the number of patients. */
static void
test_patients_independent(void **state)
{
	struct world *few = world_of(42, 5);

	assert_true(few->bytes->len < crowd->bytes->len);
	assert_memory_equal(few->bytes->str, crowd->bytes->str,
	    few->bytes->len);
	world_free(few);
}

static void
check_refs(struct world *w, const json_t *node, const char *from)
{
	const char *key;
	json_t *value;
	size_t i;

	if (json_is_array(node))
		json_array_foreach(node, i, value)
			check_refs(w, value, from);
	if (!json_is_object(node))
		return;
	json_object_foreach((json_t *)node, key, value) {
		gboolean url = strcmp(key, "url") == 0;

		/* A few name what is not there, and are called so. */
		if ((strcmp(key, "reference") == 0 || url) &&
		    !g_str_has_suffix(json_string_value(value), "-nowhere") &&
		    !g_str_has_prefix(json_string_value(value),
		    "http://hl7.org/fhir/StructureDefinition/") &&
		    !g_hash_table_contains(w->by_ref, json_string_value(value)))
			fail_msg("%s: %s dangles", from,
			    json_string_value(value));
		check_refs(w, value, from);
	}
}

static void
test_references_resolve(void **state)
{
	for (guint i = 0; i < crowd->all->len; i++) {
		const json_t *one = g_ptr_array_index(crowd->all, i);

		check_refs(crowd, one, text(one, "id"));
	}
}

/* The door through which a client's resources come lets all of these in. */
static void
test_server_accepts(void **state)
{
	for (guint i = 0; i < crowd->all->len; i++) {
		json_t *one = g_ptr_array_index(crowd->all, i);
		g_autoptr(GError) error = NULL;

		if (!clinic_validate(text(one, "resourceType"), one, &error))
			fail_msg("%s: %s", text(one, "id"), error->message);
	}
}

/* Control and bidi characters stand in the thread named for them alone. */
static void
test_hostile_only_where_meant(void **state)
{
	int hostile = 0;

	for (guint i = 0; i < crowd->all->len; i++) {
		const json_t *one = g_ptr_array_index(crowd->all, i);
		g_autofree char *flat = json_dumps(one, 0);
		gboolean bad = strstr(flat, "\xe2\x80\xae") ||
		    strstr(flat, "\\u00") || strstr(flat, "\\b") ||
		    strstr(flat, "\xe2\x80\x8b");

		hostile += bad;
		if (bad && !g_str_has_prefix(text(one, "id"), "pt10-t9"))
			fail_msg("%s: hostile text", text(one, "id"));
		if (bad && is(one, "Communication") && at(one, "topic"))
			assert_non_null(strstr(text(one, "topic.text"),
			    "显示测试"));
	}
	assert_true(hostile >= 5);
}

/* Slots are filled and choices are made in all that is read by people. */
static void
test_no_template_left(void **state)
{
	EACH(one, crowd, "Communication") {
		const char *words = text(one, "payload.0.contentString");

		if (!words[0])
			words = text(one, "topic.text");
		if (strpbrk(words, "${}|") || strstr(words, "  "))
			fail_msg("%s: %s", text(one, "id"), words);
	}
}

/* ---- threads ---- */

static void
check_message(struct world *w, const json_t *one)
{
	const json_t *header = g_hash_table_lookup(w->by_ref, text(one,
	    "partOf.0.reference"));
	gboolean known = FALSE;
	const json_t *who;
	size_t i;

	assert_non_null(header);
	assert_null(at(header, "partOf"));
	assert_string_equal(text(one, "subject.reference"), text(header,
	    "subject.reference"));
	assert_true(json_array_size(at(one, "payload")) >= 1);
	json_array_foreach(at(header, "recipient"), i, who)
		known |= strcmp(text(who, "reference"), text(one,
		    "sender.reference")) == 0;
	assert_true(known);
	assert_true(ms_of(text(one, "sent")) <= NOW_MS);
	if (at(one, "received"))
		assert_true(ms_of(text(one, "received")) > ms_of(text(one,
		    "sent")));
}

static void
test_threads(void **state)
{
	int headers = 0, longest = 0;
	g_autoptr(GHashTable) last = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GHashTable) count = g_hash_table_new(g_str_hash, g_str_equal);

	EACH(one, crowd, "Communication") {
		const char *header = text(one, "partOf.0.reference");
		const json_t *before = g_hash_table_lookup(last, header);
		int n = 1 + GPOINTER_TO_INT(g_hash_table_lookup(count, header));

		if (!header[0]) {
			headers++;
			assert_null(at(one, "payload"));
			assert_true(strlen(text(one, "topic.text")) > 0);
			continue;
		}
		check_message(crowd, one);
		if (before)
			assert_true(ms_of(text(before, "sent")) <
			    ms_of(text(one, "sent")));
		g_hash_table_insert(last, (gpointer)header, one);
		g_hash_table_insert(count, (gpointer)header,
		    GINT_TO_POINTER(n));
		longest = MAX(longest, n);
	}
	assert_true(headers >= CROWD);
	assert_int_equal((int)g_hash_table_size(last), headers);
	assert_true(longest >= 60);
}

/* What a doctor sees first: a queue of minutes to a day, with everything. */
static void
test_cast_queue(void **state)
{
	g_autoptr(GHashTable) last = g_hash_table_new(g_str_hash, g_str_equal);
	int owed = 0, urgent = 0, completed = 0, unread = 0, english = 0;
	int covered = 0, on_hold = 0;
	GHashTableIter it;
	gpointer key, value;

	EACH(one, cast, "Communication") {
		if (!at(one, "partOf"))
			continue;
		g_hash_table_insert(last, (gpointer)text(one,
		    "partOf.0.reference"), one);
		unread += !at(one, "received") && !g_str_has_prefix(text(one,
		    "sender.reference"), "Practitioner/wu");
	}
	g_hash_table_iter_init(&it, last);
	while (g_hash_table_iter_next(&it, &key, &value)) {
		const json_t *header = g_hash_table_lookup(cast->by_ref, key);
		int64_t wait = NOW_MS - ms_of(text(value, "sent"));

		completed += strcmp(text(header, "status"), "completed") == 0;
		on_hold += strcmp(text(header, "status"), "on-hold") == 0;
		if (strcmp(text(value, "sender.reference"),
		    "Practitioner/lu-mingyuan") == 0) {
			covered++; /* of my own field: nothing owed */
			continue;
		}
		if (strcmp(text(header, "status"), "in-progress") != 0 ||
		    strcmp(text(value, "sender.reference"), SEED_ME) == 0)
			continue;
		owed++;
		urgent += strcmp(text(header, "priority"), "routine") != 0;
		english += g_ascii_isalpha(text(header, "topic.text")[0]) &&
		    g_str_is_ascii(text(header, "topic.text"));
		assert_in_range(wait / 60000, 5, 2 * 1440);
	}
	assert_int_equal(covered, 1);
	assert_int_equal(on_hold, 1);
	assert_in_range(owed, 8, 11);
	assert_in_range(urgent, 3, 6);
	assert_true(completed >= 5);
	assert_true(unread >= 15);
	assert_true(english >= 1);
}

static void
test_results_owed(void **state)
{
	g_autoptr(GHashTable) about = g_hash_table_new(g_str_hash, g_str_equal);
	int owed = 0, acknowledged = 0;

	EACH(one, cast, "Communication")
		if (at(one, "about"))
			g_hash_table_add(about, (gpointer)text(one,
			    "about.0.reference"));
	EACH(one, cast, "DiagnosticReport") {
		g_autofree char *ref = g_strdup_printf("DiagnosticReport/%s",
		    text(one, "id"));
		const json_t *order = g_hash_table_lookup(cast->by_ref,
		    text(one, "basedOn.0.reference"));

		if (!order)
			continue;
		assert_string_equal(text(order, "requester.reference"),
		    SEED_ME);
		if (g_hash_table_contains(about, ref))
			acknowledged++;
		else
			owed++;
	}
	assert_int_equal(owed, 3);
	assert_true(acknowledged >= 6);
}

static void
test_pictures_are_png(void **state)
{
	int pictures = 0;

	EACH(one, cast, "Communication") {
		const json_t *binary = g_hash_table_lookup(cast->by_ref,
		    text(one, "payload.1.contentAttachment.url"));
		gsize len;
		g_autofree guchar *png = NULL;

		if (!binary)
			continue;
		png = g_base64_decode(text(binary, "data"), &len);
		assert_int_equal(len, json_integer_value(at(one,
		    "payload.1.contentAttachment.size")));
		assert_memory_equal(png, "\x89PNG\r\n\x1a\n", 8);
		assert_memory_equal(png + len - 8, "IEND\xae\x42\x60\x82", 8);
		assert_string_equal(text(binary, "securityContext.reference"),
		    text(one, "subject.reference"));
		pictures++;
	}
	assert_true(pictures >= 3);
}

/* ---- laboratory ---- */

static gboolean
has_value(struct world *w, const char *patient, const char *loinc)
{
	EACH(one, w, "Observation")
		if (strcmp(text(one, "code.coding.0.code"), loinc) == 0 &&
		    strcmp(text(one, "subject.reference"), patient) == 0)
			return TRUE;
	return FALSE;
}

static void
test_labs_follow_diseases(void **state)
{
	static const char *const follows[][2] = {
		{ "E11.9", "4548-4" }, { "N18.3", "14682-9" },
		{ "E78.5", "22748-8" }, { "E03.9", "3016-3" },
		{ "I50.9", "33762-6" }, { "M10.9", "14933-6" },
		{ "D50.9", "718-7" }, { "J44.9", "19926-5" },
		{ "M81.0", "1989-3" },
	};
	int checked = 0;

	EACH(one, crowd, "Condition")
		for (size_t i = 0; i < G_N_ELEMENTS(follows); i++) {
			if (strcmp(text(one, "code.coding.0.code"),
			    follows[i][0]) != 0)
				continue;
			checked++;
			if (!has_value(crowd, text(one, "subject.reference"),
			    follows[i][1]))
				fail_msg("%s without %s", text(one, "id"),
				    follows[i][1]);
		}
	assert_true(checked > 50);
	EACH(one, crowd, "MedicationRequest")
		if (strcmp(text(one, "medicationCodeableConcept.coding.1.code"),
		    "B01AA03") == 0)
			assert_true(has_value(crowd, text(one,
			    "subject.reference"), "6301-6"));
}

static double
number(const json_t *one, const char *path, double otherwise)
{
	const json_t *n = at(one, path);

	return n ? json_number_value(n) : otherwise;
}

static void
test_interpretation_agrees(void **state)
{
	int high = 0, low = 0, normal = 0;

	EACH(one, crowd, "Observation") {
		double v = number(one, "valueQuantity.value", NAN);
		double min = number(one, "referenceRange.0.low.value",
		    -INFINITY);
		double max = number(one, "referenceRange.0.high.value",
		    INFINITY);
		char flag = text(one, "interpretation.0.coding.0.code")[0];
		char want = v > max ? 'H' : v < min ? 'L' : 'N';

		if (!at(one, "referenceRange"))
			continue;
		if (flag != want)
			fail_msg("%s: %g is %c", text(one, "id"), v, flag);
		assert_string_equal(text(one, "valueQuantity.unit"), text(one,
		    isfinite(max) ? "referenceRange.0.high.unit"
		                  : "referenceRange.0.low.unit"));
		high += want == 'H';
		low += want == 'L';
		normal += want == 'N';
	}
	assert_true(high > 100 && low > 20 && normal > high);
}

static const json_t *
sibling(struct world *w, const json_t *one, const char *loinc)
{
	g_autofree char *ref = NULL;
	const char *id = text(one, "id"), *mine;

	mine = strstr(id, text(one, "code.coding.0.code"));
	ref = g_strdup_printf("Observation/%.*s%s", (int)(mine - id), id,
	    loinc);
	return g_hash_table_lookup(w->by_ref, ref);
}

static int
age_at(const json_t *patient, const json_t *one)
{
	g_autofree char *born = g_strconcat(text(patient, "birthDate"),
	    "T00:00:00Z", NULL);

	return (int)((ms_of(text(one, "effectiveDateTime")) - ms_of(born)) /
	    (86400000.0 * 365.25));
}

/* The formula written anew from the paper (CKD-EPI 2009). */
static double
egfr_again(double umol, gboolean male, int age)
{
	double scr = umol / 88.4;

	if (male)
		return 141 * pow(fmin(scr / 0.9, 1), -0.411) *
		    pow(fmax(scr / 0.9, 1), -1.209) * pow(0.993, age);
	return 144 * pow(fmin(scr / 0.7, 1), -0.329) *
	    pow(fmax(scr / 0.7, 1), -1.209) * pow(0.993, age);
}

static void
test_values_agree_with_each_other(void **state)
{
	int egfr = 0, lipids = 0, sugars = 0;

	EACH(one, crowd, "Observation") {
		const char *code = text(one, "code.coding.0.code");
		double v = number(one, "valueQuantity.value", NAN);
		const json_t *p = patient_of(crowd, one);

		if (strcmp(code, "62238-1") == 0) {
			double crea = number(sibling(crowd, one, "14682-9"),
			    "valueQuantity.value", NAN);

			assert_true(fabs(v - egfr_again(crea, strcmp(text(p,
			    "gender"), "male") == 0, age_at(p, one))) < 2.5);
			egfr++;
		} else if (strcmp(code, "14647-2") == 0) {
			double parts = number(sibling(crowd, one, "22748-8"),
			    "valueQuantity.value", NAN) + number(sibling(crowd,
			    one, "14646-4"), "valueQuantity.value", NAN) +
			    number(sibling(crowd, one, "14927-8"),
			    "valueQuantity.value", NAN) / 2.2;

			assert_true(fabs(v - parts) < 0.03);
			lipids++;
		} else if (strcmp(code, "4548-4") == 0) {
			double fpg = number(sibling(crowd, one, "14771-0"),
			    "valueQuantity.value", NAN);

			assert_true(fabs(1.59 * v - 2.59 - fpg - 0.4) < 1.0);
			sugars++;
		}
	}
	assert_true(egfr > 50 && lipids > 20 && sugars > 20);
}

/* On warfarin the INR is near its target, but for those who write about it. */
static void
test_inr_near_target(void **state)
{
	int in = 0, all = 0;

	EACH(one, cast, "Observation")
		if (strcmp(text(one, "code.coding.0.code"), "6301-6") == 0) {
			double v = number(one, "valueQuantity.value", NAN);

			assert_true(v > 1.8 && v < 4.5);
			assert_int_equal((int)number(one,
			    "referenceRange.0.high.value", 0), 3);
			in += v >= 2 && v <= 3;
			all++;
		}
	assert_true(all >= 12);
	assert_true(in * 10 >= all * 8);
}

/* ---- drugs ---- */

static void
test_days_left(void **state)
{
	EACH(order, crowd, "MedicationRequest") {
		g_autofree char *ref = g_strdup_printf("MedicationRequest/%s",
		    text(order, "id"));
		int64_t until = 0;

		if (strcmp(text(order, "status"), "active") != 0 ||
		    at(order, "doNotPerform") ||
		    !at(order, "dispenseRequest.expectedSupplyDuration"))
			continue;
		assert_true(strlen(text(order,
		    "dosageInstruction.0.text")) > 10);
		assert_true(ms_of(text(order, "authoredOn")) > NOW_MS -
		    90 * SEED_DAY_MS);
		EACH(given, crowd, "MedicationDispense")
			if (strcmp(text(given,
			    "authorizingPrescription.0.reference"), ref) == 0)
				until = MAX(until, ms_of(text(given,
				    "whenHandedOver")) + SEED_DAY_MS * (int64_t)
				    number(given, "daysSupply.value", 0));
		assert_in_range((until - NOW_MS) / SEED_DAY_MS, 0, 28);
	}
}

struct pair { const char *a, *b; };

static gboolean
takes(struct world *w, const char *patient, const char *atc)
{
	EACH(one, w, "MedicationRequest")
		if (strcmp(text(one, "status"), "active") == 0 &&
		    strcmp(text(one, "subject.reference"), patient) == 0 &&
		    !at(one, "doNotPerform") && g_str_has_prefix(text(one,
		    "medicationCodeableConcept.coding.1.code"), atc))
			return TRUE;
	return FALSE;
}

static void
test_nobody_is_harmed(void **state)
{
	/* Two of a class, bleeding pairs, ACE inhibitor or sartan with ARNI. */
	static const struct pair never[] = { { "C10AA05", "C10AA07" },
		{ "B01AA03", "B01AC" }, { "C09DX04", "C09C" },
		{ "C09DX04", "C09A" }, { "C09A", "C09C" },
		{ "C07AB02", "C07AB07" }, { "B01AC06", "B01AC04" } };

	EACH(p, crowd, "Patient") {
		g_autofree char *ref = g_strdup_printf("Patient/%s", text(p,
		    "id"));

		for (size_t i = 0; i < G_N_ELEMENTS(never); i++)
			if (takes(crowd, ref, never[i].a) &&
			    takes(crowd, ref, never[i].b))
				fail_msg("%s: %s with %s", ref, never[i].a,
				    never[i].b);
		assert_false(takes(crowd, ref, "M01A"));
	}
	EACH(a, crowd, "AllergyIntolerance")
		if (strcmp(text(a, "verificationStatus.coding.0.code"),
		    "confirmed") == 0 && strcmp(text(a,
		    "code.coding.0.system"), "http://www.whocc.no/atc") == 0)
			assert_false(takes(crowd, text(a, "patient.reference"),
			    text(a, "code.coding.0.code")));
	/* Metformin not below eGFR 30, children get nothing but theirs. */
	EACH(o, crowd, "Observation")
		if (strcmp(text(o, "code.coding.0.code"), "62238-1") == 0 &&
		    number(o, "valueQuantity.value", 99) < 30)
			assert_false(takes(crowd, text(o, "subject.reference"),
			    "A10BA02"));
}

/* ---- what a physician would stumble over ---- */

/* Nothing stands in a chart from before its patient was born. */
static void
test_nothing_before_birth(void **state)
{
	static const char *const when[] = { "recordedDate", "authoredOn",
		"effectiveDateTime", "occurrenceDateTime", "onsetDateTime",
		"performedDateTime", "sent" };

	for (guint i = 0; i < crowd->all->len; i++) {
		const json_t *one = g_ptr_array_index(crowd->all, i);
		const json_t *p = patient_of(crowd, one);

		for (size_t k = 0; p && k < G_N_ELEMENTS(when); k++) {
			const char *day = text(one, when[k]);

			if (strncmp(day, text(p, "birthDate"), MIN(strlen(day),
			    10)) < 0)
				fail_msg("%s/%s: %s %s", text(one,
				    "resourceType"), text(one, "id"), when[k],
				    day);
		}
	}
}

/* Who is under nine when the clinic opens. */
static gboolean
is_child(const json_t *patient)
{
	return strcmp(text(patient, "birthDate"), "2017-11-22") > 0;
}

static void
test_children_are_children(void **state)
{
	int children = 0, counts = 0;

	EACH(p, crowd, "Patient")
		children += is_child(p);
	assert_true(children >= 2);
	EACH(o, crowd, "Observation") {
		if (!is_child(patient_of(crowd, o)))
			continue;
		assert_string_not_equal(text(o, "code.coding.0.code"),
		    "19926-5"); /* FEV1/FVC */
		if (strcmp(text(o, "code.coding.0.code"), "718-7") != 0)
			continue;
		counts++;
		assert_in_range(number(o, "valueQuantity.value", 0), 112, 140);
		assert_in_range(number(o, "referenceRange.0.high.value", 0),
		    141, 156);
	}
	assert_true(counts > 0);
	EACH(c, crowd, "Coverage")
		if (is_child(g_hash_table_lookup(crowd->by_ref, text(c,
		    "beneficiary.reference"))))
			assert_string_not_equal(text(c, "type.text"),
			    "职工基本医疗保险");
	EACH(a, crowd, "AllergyIntolerance")
		if (is_child(patient_of(crowd, a)))
			assert_string_not_equal(text(a,
			    "verificationStatus.coding.0.code"),
			    "unconfirmed");
}

/* Whose thread is in English has no Chinese in the chart. */
static void
test_one_language_a_chart(void **state)
{
	for (guint i = 0; i < crowd->all->len; i++) {
		const json_t *one = g_ptr_array_index(crowd->all, i);
		const json_t *p = is(one, "Patient") ? one :
		    patient_of(crowd, one);
		g_autofree char *json = NULL;

		if (!p || strcmp(text(p,
		    "communication.0.language.coding.0.code"), "en") != 0)
			continue;
		json = json_dumps(one, JSON_COMPACT);
		if (g_regex_match_simple("\\p{Han}", json, 0, 0))
			fail_msg("%s", json);
	}
}

/* A thread names the drug it is about, and a new one has no order before. */
static void
test_thread_names_its_drug(void **state)
{
	static const struct { const char *topic, *drug; } about[] = {
		{ "脑梗后吃氯吡格雷，要拔牙", "氯吡格雷" },
		{ "阿仑膦酸钠漏服一次", "阿仑膦酸" },
		{ "夜尿多，前列腺药怎么吃", "坦索罗辛" },
	};
	int named = 0, fresh = 0;

	EACH(m, crowd, "Communication")
		for (size_t i = 0; i < G_N_ELEMENTS(about); i++) {
			g_autofree char *first = g_strconcat(text(m, "id"),
			    "-1", NULL);
			g_autofree char *ref = g_strconcat("Communication/",
			    first, NULL);

			if (strcmp(text(m, "topic.text"), about[i].topic) != 0)
				continue;
			named++;
			assert_non_null(strstr(text(g_hash_table_lookup(
			    crowd->by_ref, ref), "payload.0.contentString"),
			    about[i].drug));
		}
	assert_true(named >= 3);
	EACH(r, crowd, "MedicationRequest")
		if (g_str_has_prefix(text(r,
		    "medicationCodeableConcept.text"), "Lisinopril") &&
		    g_str_has_suffix(text(r, "id"), "-m0")) {
			fresh++;
			assert_null(at(r, "priorPrescription"));
			assert_true(NOW_MS - ms_of(text(r, "authoredOn")) <
			    15 * SEED_DAY_MS);
		}
	assert_true(fresh > 0);
}

/* ---- wrong on purpose ---- */

static int
count(struct world *w, const char *type, const char *path, const char *value)
{
	int n = 0;

	EACH(one, w, type)
		n += strcmp(text(one, path), value) == 0;
	return n;
}

static void
test_wrong_on_purpose(void **state)
{
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	int alike = 0, died = 0, forbidden = 0, uncoded = 0;

	assert_int_equal(count(cast, "AllergyIntolerance",
	    "verificationStatus.coding.0.code", "refuted"), 1);
	assert_int_equal(count(cast, "AllergyIntolerance",
	    "code.coding.0.code", "716186003"), 4);
	assert_int_equal(count(cast, "Condition",
	    "verificationStatus.coding.0.code", "entered-in-error"), 1);
	assert_int_equal(count(cast, "Communication", "status",
	    "entered-in-error"), 1);
	assert_true(count(cast, "DiagnosticReport", "status",
	    "corrected") >= 1);
	assert_true(count(cast, "DiagnosticReport", "status",
	    "preliminary") >= 1);
	assert_int_equal(count(cast, "Patient", "link.0.type",
	    "replaced-by"), 1);
	assert_int_equal(count(cast, "Task", "code.coding.0.code",
	    "approve"), 2);
	EACH(a, cast, "AllergyIntolerance")
		uncoded += !at(a, "code.coding");
	EACH(m, cast, "MedicationRequest")
		forbidden += json_is_true(at(m, "doNotPerform"));
	EACH(p, cast, "Patient") {
		died += at(p, "deceasedDateTime") != NULL;
		if (json_is_true(at(p, "active")))
			alike += !g_hash_table_add(names, (gpointer)text(p,
			    "name.0.text"));
	}
	assert_int_equal(count(cast, "Encounter", "status",
	    "entered-in-error"), 1);
	assert_int_equal(count(cast, "QuestionnaireResponse", "status",
	    "stopped"), 1);
	assert_int_equal(count(cast, "Immunization", "status", "not-done"), 1);
	assert_int_equal(count(cast, "Procedure", "performedDateTime",
	    "2019-03"), 1);
	assert_int_equal(count(cast, "Coverage", "payor.0.reference",
	    "Organization/insurer-nowhere"), 1);
	assert_int_equal(count(cast, "DocumentReference", "docStatus",
	    "preliminary"), 1);
	assert_true(count(cast, "EpisodeOfCare", "status", "active") >= 2);
	assert_int_equal(uncoded, 1);
	assert_int_equal(forbidden, 1);
	assert_int_equal(died, 1);
	assert_int_equal(alike, 1);
}

/* A renewal is mine or the pool's, never both, and has a time to be done by. */
static void
test_renewals(void **state)
{
	int mine = 0, pool = 0;

	EACH(t, crowd, "Task") {
		const json_t *asked = g_hash_table_lookup(crowd->by_ref, text(t,
		    "focus.reference"));

		assert_string_equal(text(asked, "intent"), "proposal");
		assert_string_equal(text(asked, "status"), "draft");
		assert_true(text(asked, "priorPrescription.reference")[0]);
		assert_true(ms_of(text(t, "restriction.period.end")) >
		    ms_of(text(t, "authoredOn")));
		assert_int_equal(at(t, "owner") != NULL,
		    at(t, "performerType") == NULL);
		mine += at(t, "owner") != NULL;
		pool += at(t, "owner") == NULL;
	}
	assert_true(mine >= 2 && pool >= 1);
}

/* A chart without any word on allergies is there too: none recorded is not
 * none known. */
static void
test_some_have_no_allergy_recorded(void **state)
{
	int none = 0;

	EACH(p, cast, "Patient") {
		g_autofree char *ref = g_strdup_printf("Patient/%s", text(p,
		    "id"));

		none += count(cast, "AllergyIntolerance", "patient.reference",
		    ref) == 0;
	}
	assert_true(none >= 2);
}

static void
test_invented_only(void **state)
{
	EACH(p, crowd, "Patient") {
		assert_null(at(p, "telecom"));
		assert_string_equal(text(p, "identifier.0.system"),
		    "https://qingnang.example/mrn");
		assert_true(strstr(text(p, "address.0.text"), "演示市") ||
		    strstr(text(p, "address.0.text"), "Demo City"));
	}
}

/* ---- the tables ---- */

/* What is handed out for 28 days is what 28 days need. */
static void
test_packs_last_28_days(void **state)
{
	for (int i = 0; i < DRUGS_; i++) {
		const struct seed_drug *d = &seed_drugs[i];
		double need = d->times ? 28.0 / d->every * d->times *
		    g_ascii_strtod(d->dose, NULL) : 0;

		assert_true(d->atc && d->zh && d->en && d->strength);
		assert_true(g_ascii_strtod(d->mg, NULL) > 0);
		if (d->pack_units)
			assert_int_equal((int)need, d->pack_units);
	}
}

static void
test_tables_are_whole(void **state)
{
	g_autoptr(GHashTable) codes = g_hash_table_new(g_str_hash, g_str_equal);

	for (int i = 0; i < LABS_; i++) {
		const struct seed_lab *l = &seed_labs[i];

		assert_true(g_hash_table_add(codes, (gpointer)l->loinc));
		assert_true(l->low_f >= 0 || l->high_f >= 0);
		assert_true(l->low_f < l->high_f || l->high_f < 0);
		assert_true(l->low_m < l->high_m || l->high_m < 0);
		assert_true(l->critical_high < 0 ||
		    l->high_m < l->critical_high);
	}
	for (int i = 0; i < DISEASES_; i++) {
		const struct seed_disease *d = &seed_diseases[i];

		assert_true(g_hash_table_add(codes, (gpointer)d->icd10));
		assert_true(d->panels && d->zh && d->en);
		assert_true(d->years_min <= d->years_max);
	}
	for (int i = 0; i < seed_stories_count; i++) {
		const struct seed_story *st = &seed_stories[i];

		assert_true(st->diseases & BIT(st->why));
		assert_true(st->age_min < st->age_max);
		assert_true(st->lines && st->lines[0].text);
		assert_true(st->lab < 0 || st->value > 0);
	}
	assert_true(seed_stories_count > SEED_CAST);
}

/* ---- into the storage ---- */

static void
test_into_storage(void **state)
{
	GError *error = NULL;
	BASE_AUTO(clinic_db) db = clinic_db_open(NULL, &error);
	struct clinic_seed_options options = { .seed = 42, .patients = 40,
		.now_ms = NOW_MS, .practitioner = "Practitioner/me" };

	assert_non_null(db);
	assert_true(clinic_seed(db, &options, &error));
	assert_true(clinic_db_count(db, "Patient") >= 40);
	assert_true(clinic_db_count(db, "Observation") > 1000);
	{
		BASE_AUTO(clinic_row) me = clinic_db_get(db, "Practitioner",
		    "me", NULL);

		assert_non_null(me);
		assert_non_null(strstr(me->json, "吴科荣"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_seed_same_bytes),
		cmocka_unit_test(test_patients_independent),
		cmocka_unit_test(test_references_resolve),
		cmocka_unit_test(test_server_accepts),
		cmocka_unit_test(test_hostile_only_where_meant),
		cmocka_unit_test(test_no_template_left),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_cast_queue),
		cmocka_unit_test(test_results_owed),
		cmocka_unit_test(test_pictures_are_png),
		cmocka_unit_test(test_labs_follow_diseases),
		cmocka_unit_test(test_interpretation_agrees),
		cmocka_unit_test(test_values_agree_with_each_other),
		cmocka_unit_test(test_inr_near_target),
		cmocka_unit_test(test_days_left),
		cmocka_unit_test(test_nobody_is_harmed),
		cmocka_unit_test(test_nothing_before_birth),
		cmocka_unit_test(test_children_are_children),
		cmocka_unit_test(test_one_language_a_chart),
		cmocka_unit_test(test_thread_names_its_drug),
		cmocka_unit_test(test_wrong_on_purpose),
		cmocka_unit_test(test_renewals),
		cmocka_unit_test(test_some_have_no_allergy_recorded),
		cmocka_unit_test(test_invented_only),
		cmocka_unit_test(test_packs_last_28_days),
		cmocka_unit_test(test_tables_are_whole),
		cmocka_unit_test(test_into_storage),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
