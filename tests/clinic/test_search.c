/* SPDX-License-Identifier: Apache-2.0 */
/* Proves: searches find what their parameters say, and nothing else; paging
 * shows each resource once, also while others change; includes, histories. */
#include "tests/clinic/client.h"

static struct clinic_proc *clinic;

static const char *const samples[][2] = {
	{ "Patient/zhang", "{\"resourceType\":\"Patient\",\"id\":\"zhang\","
	  "\"gender\":\"female\",\"birthDate\":\"1957-03-04\",\"name\":[{"
	  "\"family\":\"张\",\"given\":[\"银兰\"],\"text\":\"张银兰\"}],"
	  "\"identifier\":[{\"system\":\"urn:h\",\"value\":\"7,8|9\"}]}" },
	{ "Patient/lee", "{\"resourceType\":\"Patient\",\"id\":\"lee\","
	  "\"gender\":\"male\",\"birthDate\":\"1990\",\"name\":[{\"family\":"
	  "\"LEE\",\"given\":[\"Ann\"]}],\"identifier\":[{\"value\":\"bare\"}]}" },
	{ "Practitioner/wu", "{\"resourceType\":\"Practitioner\",\"id\":\"wu\"}" },
	{ "Communication/head", "{\"resourceType\":\"Communication\",\"id\":"
	  "\"head\",\"status\":\"in-progress\",\"subject\":{\"reference\":"
	  "\"Patient/zhang\"},\"recipient\":[{\"reference\":\"Practitioner/wu\"},"
	  "{\"reference\":\"Patient/zhang\"}]}" },
	{ "Communication/m1", "{\"resourceType\":\"Communication\",\"id\":\"m1\","
	  "\"status\":\"completed\",\"partOf\":[{\"reference\":"
	  "\"Communication/head\"}],\"sender\":{\"reference\":\"Patient/zhang\"},"
	  "\"subject\":{\"reference\":\"http://elsewhere/fhir/Patient/zhang\"},"
	  "\"sent\":\"2026-03-01T10:00:00+08:00\",\"recipient\":[{\"reference\":"
	  "\"Practitioner/wu\"}]}" },
	{ "Communication/m2", "{\"resourceType\":\"Communication\",\"id\":\"m2\","
	  "\"status\":\"completed\",\"partOf\":[{\"reference\":"
	  "\"Communication/head\"}],\"sender\":{\"reference\":"
	  "\"Practitioner/wu\"},\"sent\":\"2026-03-02T02:00:00Z\"}" },
	{ "Observation/k", "{\"resourceType\":\"Observation\",\"id\":\"k\","
	  "\"status\":\"final\",\"code\":{\"coding\":[{\"system\":"
	  "\"http://loinc.org\",\"code\":\"2823-3\"}]},\"subject\":{"
	  "\"reference\":\"Patient/zhang\"},\"effectivePeriod\":{\"start\":"
	  "\"2026-01-10\",\"end\":\"2026-01-12\"}}" },
	{ "DiagnosticReport/r", "{\"resourceType\":\"DiagnosticReport\",\"id\":"
	  "\"r\",\"status\":\"final\",\"code\":{\"text\":\"x\"},\"subject\":{"
	  "\"reference\":\"Patient/zhang\"},\"result\":[{\"reference\":"
	  "\"Observation/k\"}],\"issued\":\"2026-01-12T08:00:00Z\"}" },
	{ "Group/g", "{\"resourceType\":\"Group\",\"id\":\"g\",\"type\":"
	  "\"practitioner\",\"actual\":true,\"member\":[{\"entity\":{"
	  "\"reference\":\"Practitioner/wu\"}}]}" },
};

static int
start(void **state)
{
	size_t i;

	clinic = clinic_start(NULL);
	for (i = 0; i < G_N_ELEMENTS(samples); i++)
		expect(clinic, 201, "PUT", samples[i][0], NULL, samples[i][1]);
	return 0;
}

static int
stop(void **state)
{
	clinic_stop(clinic);
	return 0;
}

/* The ids of a searchset, ordered, with '+' before the included. */
static char *
ids_of(json_t *bundle)
{
	g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
	GString *all = g_string_new(NULL);
	json_t *entry;
	size_t i;

	json_array_foreach(dig(bundle, "entry"), i, entry)
		g_ptr_array_add(ids, g_strconcat(strcmp(dig_text(entry,
		    "search.mode"), "match") ? "+" : "",
		    dig_text(entry, "resource.id"), NULL));
	for (i = 0; i < ids->len; i++)
		g_string_append_printf(all, "%s%s", i ? " " : "",
		    (char *)ids->pdata[i]);
	return g_string_free(all, FALSE);
}

static char *
found(const char *path)
{
	struct reply *r = ask(clinic, "GET", path, NULL, NULL);
	char *ids;

	if (r->status != 200)
		print_message("%s: %s\n", path, r->body->str);
	assert_int_equal(r->status, 200);
	ids = ids_of(r->json);
	reply_free(r);
	return ids;
}

static const struct {
	const char *query, *ids;
} searches[] = {
	{ "Patient?_id=zhang,lee,none", "zhang lee" },
	{ "Patient?name=%E5%BC%A0", "zhang" },
	{ "Patient?name=张银", "zhang" },
	{ "Patient?name=lee", "lee" },
	{ "Patient?family=le", "lee" },
	{ "Patient?name:exact=lee", "" },
	{ "Patient?name:contains=ee", "lee" },
	{ "Patient?gender=female", "zhang" },
	{ "Patient?gender=female,male", "zhang lee" },
	{ "Patient?gender:not=female", "lee" },
	{ "Patient?gender=female&gender=male", "" },
	{ "Patient?identifier=urn:h|7\\,8\\|9", "zhang" },
	{ "Patient?identifier=urn%3Ah%7C7%5C%2C8%5C%7C9", "zhang" },
	{ "Patient?identifier=urn:h|", "zhang" },
	{ "Patient?identifier=|bare", "lee" },
	{ "Patient?identifier=bare", "lee" },
	{ "Patient?identifier=urn:x|bare", "" },
	{ "Patient?birthdate=1957-03", "zhang" },
	{ "Patient?birthdate=ge1957-03-05", "lee" },
	{ "Patient?birthdate=lt1957-03-05", "zhang" },
	{ "Patient?birthdate=1990-01-01", "" },
	{ "Communication?recipient=Practitioner/wu", "head m1" },
	{ "Communication?recipient=wu", "head m1" },
	{ "Communication?recipient:Practitioner=wu", "head m1" },
	{ "Communication?recipient:Patient=wu", "" },
	{ "Communication?subject=Patient/zhang", "head m1" },
	{ "Communication?patient=zhang", "head m1" },
	{ "Communication?patient=Patient/zhang&status=completed", "m1" },
	{ "Communication?part-of=Communication/head", "m1 m2" },
	{ "Communication?part-of=Communication/head,Communication/x"
	  "&sender=Practitioner/wu", "m2" },
	{ "Communication?sent=ge2026-03-01T02:00:00Z", "m1 m2" },
	{ "Communication?sent=gt2026-03-01T02:00:00Z", "m2" },
	{ "Communication?sent=lt2026-03-02T10:00:00%2B08:00", "m1" },
	{ "Communication?sent=2026-03-01", "m1" },
	{ "Communication?sent=ge2026-03-01&sent=lt2026-03-02", "m1" },
	{ "Communication?_lastUpdated=gt2000", "head m1 m2" },
	{ "Communication?_lastUpdated=lt2000", "" },
	{ "Observation?code=http://loinc.org|2823-3", "k" },
	{ "Observation?date=2026-01-11", "" },
	{ "Observation?date=2026-01", "k" },
	{ "Observation?date=ge2026-01-11", "k" },
	{ "Observation?date=sa2026-01-11", "" },
	{ "DiagnosticReport?result=Observation/k", "r" },
	{ "DiagnosticReport?issued=ge2026-01-12", "r" },
	{ "Group?member=Practitioner/wu", "g" },
	{ "Communication?_sort=sent&_count=1&sent=gt2000", "m1" },
	{ "Communication?_sort=-sent&_count=1&sent=gt2000", "m2" },
	{ "Patient?_sort=family", "lee zhang" },
	{ "Patient?_sort=-_id", "zhang lee" },
	{ "Patient?_sort=gender,-birthdate", "zhang lee" },
	{ "Communication?_id=m1&_include=Communication:sender",
	  "m1 +zhang" },
	{ "Communication?_id=m2&_include=Communication:*",
	  "m2 +head +wu" },
	{ "Communication?_id=head&_include=Communication:recipient:"
	  "Practitioner", "head +wu" },
	{ "DiagnosticReport?_id=r&_include=DiagnosticReport:result"
	  "&_include:iterate=Observation:subject", "r +k +zhang" },
	{ "Communication?_id=head&_revinclude=Communication:part-of",
	  "head +m1 +m2" },
	{ "Communication?_count=0", "" },
};

static void
test_parameters(void **state)
{
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(searches); i++) {
		g_autofree char *ids = found(searches[i].query);
		if (strcmp(ids, searches[i].ids))
			print_message("%s\n", searches[i].query);
		assert_string_equal(ids, searches[i].ids);
	}
}

static void
test_refused(void **state)
{
	static const char *const v[] = {
		"Patient?nonsense=1", "Patient?name:missing=true",
		"Patient?name:text=x", "Patient?gender=", "Patient?_count=x",
		"Patient?_sort=nonsense", "Patient?birthdate=soon",
		"Patient?birthdate=ap2020", "Patient?birthdate=2020-13",
		"Patient?_include=Patient:name", "Patient?_elements=id",
		"Communication?recipient.name=x", "Patient?_has:x:y:z=1",
		"MedicationRequest?prior-prescription=x", "Patient?_offset=10001",
		"Communication?_revinclude=Nonsense:part-of",
	};
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(v); i++)
		expect(clinic, 400, "GET", v[i], NULL, NULL);
	expect(clinic, 410, "GET", "Patient?_page=Zm9yZ2Vk", NULL, NULL);
}

static void
test_shape(void **state)
{
	struct reply *r = ask(clinic, "GET", "Patient?_id=none", NULL, NULL);

	assert_null(dig(r->json, "entry"));
	assert_null(dig(r->json, "total"));
	assert_string_equal(dig_text(r->json, "type"), "searchset");
	reply_free(r);
	r = ask(clinic, "GET", "Patient?_total=accurate&_count=1", NULL, NULL);
	assert_int_equal(json_integer_value(dig(r->json, "total")), 2);
	assert_string_equal(dig_text(r->json, "link.1.relation"), "next");
	reply_free(r);
	r = ask(clinic, "GET", "Patient?_summary=count", NULL, NULL);
	assert_int_equal(json_integer_value(dig(r->json, "total")), 2);
	assert_null(dig(r->json, "entry"));
	reply_free(r);
	r = ask(clinic, "POST", "Patient/_search",
	    "Content-Type: application/x-www-form-urlencoded\r\n",
	    "name=%E5%BC%A0&_id=zhang,lee");
	assert_string_equal(dig_text(r->json, "entry.0.resource.id"), "zhang");
	assert_int_equal(json_array_size(dig(r->json, "entry")), 1);
	reply_free(r);
}

static void
put_task(int i, const char *status)
{
	g_autofree char *path = g_strdup_printf("Task/t%02d", i);
	g_autofree char *body = g_strdup_printf("{\"resourceType\":\"Task\","
	    "\"id\":\"t%02d\",\"status\":\"%s\",\"intent\":\"order\"}", i,
	    status);
	struct reply *r = ask(clinic, "PUT", path, NULL, body);

	assert_true(r->status == 200 || r->status == 201);
	reply_free(r);
}

static const char *
next_of(json_t *bundle)
{
	json_t *link;
	size_t i;

	json_array_foreach(dig(bundle, "link"), i, link)
		if (!strcmp(dig_text(link, "relation"), "next"))
			return strstr(dig_text(link, "url"), "/fhir/");
	return NULL;
}

/* Follows the links; calls back between pages. Counts each id. */
static GHashTable *
walk(const char *path, void (*between)(int page))
{
	GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal,
	    g_free, NULL);
	g_autofree char *at = g_strdup(path);
	int page = 0;

	while (at) {
		struct reply *r = ask(clinic, "GET", at, NULL, NULL);
		json_t *entry;
		size_t i;
		assert_int_equal(r->status, 200);
		json_array_foreach(dig(r->json, "entry"), i, entry) {
			const char *id = dig_text(entry, "resource.id");
			int n = GPOINTER_TO_INT(g_hash_table_lookup(seen, id));
			g_hash_table_replace(seen, g_strdup(id),
			    GINT_TO_POINTER(n + 1));
		}
		g_free(at);
		at = g_strdup(next_of(r->json));
		reply_free(r);
		if (between)
			between(page);
		assert_true(page++ < 50);
	}
	return seen;
}

/* Between pages one that was shown and one that was not are changed. */
static void
disturb(int page)
{
	if (page == 1) {
		put_task(1, "accepted");
		put_task(20, "accepted");
	}
}

static void
test_paging_over_changes(void **state)
{
	static const char *const paths[] = { "Task?_count=4",
		"Task?_count=4&_sort=_lastUpdated",
		"Task?_count=4&_sort=-_lastUpdated",
		"Task?_count=4&_sort=status", "Task?_count=7&_sort=_id,status" };
	size_t i;
	int k;

	for (k = 0; k < 25; k++)
		put_task(k, "requested");
	for (i = 0; i < G_N_ELEMENTS(paths); i++) {
		g_autoptr(GHashTable) seen = walk(paths[i], NULL);
		GHashTableIter at;
		void *n;
		assert_int_equal(g_hash_table_size(seen), 25);
		g_hash_table_iter_init(&at, seen);
		while (g_hash_table_iter_next(&at, NULL, &n))
			assert_int_equal(GPOINTER_TO_INT(n), 1);
	}
	{
		g_autoptr(GHashTable) seen = walk(
		    "Task?_count=4&_sort=_lastUpdated", disturb);
		/* The shown one moved behind and comes again; none is lost. */
		assert_int_equal(g_hash_table_size(seen), 25);
		assert_int_equal(GPOINTER_TO_INT(g_hash_table_lookup(seen,
		    "t01")), 2);
		assert_int_equal(GPOINTER_TO_INT(g_hash_table_lookup(seen,
		    "t20")), 1);
	}
}

static void
test_histories(void **state)
{
	g_autofree char *next = NULL;
	struct reply *r = ask(clinic, "GET", "Task/_history?_count=10", NULL,
	    NULL);
	g_autofree char *first = g_strdup(dig_text(r->json,
	    "entry.0.resource.id"));

	assert_string_equal(dig_text(r->json, "type"), "history");
	assert_int_equal(json_array_size(dig(r->json, "entry")), 10);
	assert_string_equal(first, "t20"); /* the newest first */
	next = g_strdup(next_of(r->json));
	assert_non_null(next);
	reply_free(r);
	r = ask(clinic, "GET", next, NULL, NULL);
	assert_int_equal(json_array_size(dig(r->json, "entry")), 10);
	reply_free(r);
	r = ask(clinic, "GET", "Task/_history?_since=2999-01-01", NULL, NULL);
	assert_null(dig(r->json, "entry"));
	reply_free(r);
	expect(clinic, 400, "GET", "Task/_history?nonsense=1", NULL, NULL);
}

static void
test_deleted_are_listed(void **state)
{
	g_autofree char *ids = NULL;
	struct reply *r;

	expect(clinic, 204, "DELETE", "Task/t03", NULL, NULL);
	ids = found("Task?_id=t03");
	assert_string_equal(ids, "");
	r = ask(clinic, "GET", "Task?_deleted=true&status=requested", NULL,
	    NULL);
	assert_string_equal(dig_text(r->json, "entry.0.resource.id"), "t03");
	assert_null(dig(r->json, "entry.0.resource.status"));
	reply_free(r);
}

static void
test_cap_and_too_many_included(void **state)
{
	g_autoptr(GString) bundle = g_string_new("{\"resourceType\":\"Bundle\","
	    "\"type\":\"batch\",\"entry\":[");
	struct reply *r;
	int i;

	for (i = 0; i < 1100; i++)
		g_string_append_printf(bundle, "%s{\"resource\":{"
		    "\"resourceType\":\"Flag\",\"status\":\"active\",\"code\":{"
		    "\"text\":\"x\"},\"subject\":{\"reference\":\"Patient/lee\"}"
		    "},\"request\":{\"method\":\"POST\",\"url\":\"Flag\"}}",
		    i ? "," : "");
	g_string_append(bundle, "]}");
	expect(clinic, 200, "POST", "/fhir", NULL, bundle->str);
	r = ask(clinic, "GET", "Flag?_count=5000", NULL, NULL);
	assert_int_equal(json_array_size(dig(r->json, "entry")), 1000);
	assert_non_null(next_of(r->json));
	reply_free(r);
	expect(clinic, 400, "GET", "Patient?_id=lee&_revinclude=Flag:subject",
	    NULL, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parameters),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_shape),
		cmocka_unit_test(test_paging_over_changes),
		cmocka_unit_test(test_histories),
		cmocka_unit_test(test_deleted_are_listed),
		cmocka_unit_test(test_cap_and_too_many_included),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
