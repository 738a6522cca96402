/* SPDX-License-Identifier: Apache-2.0 */
/* Proves: the bytes that were sent are kept but for id and meta; what is no
 * honest JSON is refused; versions, deletes, rollbacks and listeners behave. */
#include "clinic/doc.h"
#include "clinic/db.h"
#include "tests/tap.h"

#define NOW 1700000000123

static void
put_ok(struct clinic_db *db, const char *type, const char *id,
    const char *json)
{
	g_autoptr(GError) error = NULL;

	assert_true(clinic_db_put(db, type, id, json, strlen(json), NOW, NULL,
	    &error));
	assert_null(error);
}

static void
test_stamp(void **state)
{
	static const struct {
		const char *in, *out;
	} v[] = {
		{ "{\"resourceType\":\"Patient\"}",
		  "{\"resourceType\":\"Patient\",\"id\":\"a\",\"meta\":{"
		  "\"versionId\":\"1\",\"lastUpdated\":"
		  "\"2023-11-14T22:13:20.123Z\"}}" },
		{ "{ \"x\":0.10, \"id\" : \"old\",\n\"resourceType\":\"P\","
		  "\"meta\":{\"tag\":[1.0],\"versionId\":\"9\"}, \"y\":1e2}",
		  "{ \"x\":0.10, \"id\" : \"a\",\n\"resourceType\":\"P\","
		  "\"meta\":{\"lastUpdated\":\"2023-11-14T22:13:20.123Z\","
		  "\"tag\":[1.0],\"versionId\":\"1\"}, \"y\":1e2}" },
		{ "{\"meta\":{},\"resource\\u0054ype\":\"P\",\"\\u0069d\":\"b\"}",
		  "{\"meta\":{\"versionId\":\"1\",\"lastUpdated\":"
		  "\"2023-11-14T22:13:20.123Z\"},\"resource\\u0054ype\":\"P\","
		  "\"\\u0069d\":\"a\"}" },
	};
	size_t i, n;

	for (i = 0; i < G_N_ELEMENTS(v); i++) {
		g_autofree char *out = clinic_doc_stamp(v[i].in,
		    strlen(v[i].in), "a", "1", NOW, &n);
		assert_string_equal(out, v[i].out);
		assert_int_equal(n, strlen(out));
	}
}

static void
test_refused(void **state)
{
	static const char *const bad[] = {
		"", "null", "[]", "{}", "{\"resourceType\":1}",
		"{\"resourceType\":\"A\"} x", "{\"resourceType\":\"A\"",
		"{\"resourceType\":\"A\",\"a\":1,\"a\":2}",
		"{\"resourceType\":\"A\",\"a\":\"\xff\"}",
		"{\"resourceType\":\"A\",\"a\":\"\xed\xa0\x80\"}",
		"<html>", "{\"resourceType\":\"A\",\"a\":01}",
	};
	g_autoptr(GString) deep = g_string_new("{\"resourceType\":\"A\",\"a\":");
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;
		assert_null(clinic_doc_parse(bad[i], strlen(bad[i]), &error));
		assert_int_equal(error->code, 400);
	}
	for (i = 0; i < 64; i++)
		g_string_append_c(deep, '[');
	for (i = 0; i < 64; i++)
		g_string_append_c(deep, ']');
	g_string_append_c(deep, '}');
	assert_null(clinic_doc_parse(deep->str, deep->len, NULL));
	assert_null(clinic_doc_parse("{\"resourceType\":\"A\"\0}", 21, NULL));
}

static char *
map(const char *name, const char *value, void *user)
{
	assert_true(!strcmp(name, "urn:uuid:1") || !strcmp(name, "a"));
	return strcmp(value, "urn:uuid:1") ? NULL : g_strdup("Patient/7");
}

static void
test_rewrite(void **state)
{
	static const char in[] = "{\"urn:uuid:1\":\"urn:uuid:1\", \"a\":[0.10,"
	    "\"urn:uuid:\\u0031\",\"urn:uuid:12\"]}";
	size_t n;
	g_autofree char *out = clinic_doc_rewrite(in, sizeof(in) - 1, map,
	    NULL, &n);

	assert_string_equal(out, "{\"urn:uuid:1\":\"Patient/7\", \"a\":[0.10,"
	    "\"Patient/7\",\"urn:uuid:12\"]}");
	assert_null(clinic_doc_rewrite("{}", 2, map, NULL, &n));
}

static gboolean
count(const struct clinic_row *row, void *user)
{
	++*(int *)user;
	return TRUE;
}

static void
test_versions(void **state)
{
	BASE_AUTO(clinic_db) db = clinic_db_open(NULL, NULL);
	BASE_AUTO(clinic_row) now = NULL;
	BASE_AUTO(clinic_row) first = NULL;
	BASE_AUTO(clinic_row) gone = NULL;
	char id[CLINIC_ID_SIZE];
	int n = 0;

	assert_true(clinic_db_put(db, "Patient", NULL,
	    "{\"resourceType\":\"Patient\",\"a\":1.0}", 34, NOW, id, NULL));
	put_ok(db, "Patient", id, "{\"resourceType\":\"Patient\",\"a\":2.0}");
	put_ok(db, "Patient", "x", "{\"resourceType\":\"Patient\"}");
	now = clinic_db_get(db, "Patient", id, NULL);
	assert_string_equal(now->version, "2");
	assert_non_null(strstr(now->json, "2.0"));
	first = clinic_db_vget(db, "Patient", id, "1", NULL);
	assert_non_null(strstr(first->json, "1.0"));
	assert_true(clinic_db_delete(db, "Patient", id, NOW, NULL));
	gone = clinic_db_get(db, "Patient", id, NULL);
	assert_true(gone->deleted);
	assert_null(gone->json);
	assert_true(clinic_db_each(db, "Patient", count, &n, NULL));
	assert_int_equal(n, 1);
	assert_int_equal(clinic_db_count(db, "Patient"), 1);
}

struct told {
	struct clinic_db *db;
	GString *line;
};

static void
written(const struct clinic_row *row, void *user)
{
	struct told *t = user;

	g_string_append_printf(t->line, "%s/%s/%s ", row->type, row->id,
	    row->version);
	if (!strcmp(row->id, "a") && !strcmp(row->version, "1"))
		put_ok(t->db, "Basic", "echo", "{\"resourceType\":\"Basic\"}");
}

static void
test_told_at_commit(void **state)
{
	BASE_AUTO(clinic_db) db = clinic_db_open(NULL, NULL);
	g_autoptr(GString) line = g_string_new(NULL);
	struct told t = { db, line };

	clinic_on_write(db, written, &t);
	assert_true(clinic_db_begin(db, NULL));
	put_ok(db, "Basic", "a", "{\"resourceType\":\"Basic\"}");
	put_ok(db, "Basic", "b", "{\"resourceType\":\"Basic\"}");
	assert_string_equal(line->str, "");
	assert_true(clinic_db_commit(db, NULL));
	assert_string_equal(line->str, "Basic/a/1 Basic/b/1 Basic/echo/1 ");
	g_string_truncate(line, 0);
	assert_true(clinic_db_begin(db, NULL));
	put_ok(db, "Basic", "c", "{\"resourceType\":\"Basic\"}");
	clinic_db_rollback(db);
	assert_string_equal(line->str, "");
	assert_null(clinic_db_get(db, "Basic", "c", NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stamp),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_rewrite),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_told_at_commit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
