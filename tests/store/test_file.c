/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves: every Attachment of messages, reports, documents and pictures is found,
 * with its patient, inline ones with their bytes; what is not base64 is none; a
 * file that is wanted is told to qingnang-sync once, comes back byte for byte, is
 * wanted anew when its resource changes, and why it cannot be had is kept; the
 * longest unseen go when there are too many, never the one just fetched; they
 * leave with their resource and with their patient; a flipped bit is noticed.
 */
#include "tests/store/kit.h"
#include "store/file.h"

#define MB (1024 * 1024)

static void
people(struct store *store)
{
	kit_me(store);
	kit_patient(store, "p", "甲");
	kit_header(store, "h", "p", "in-progress", "routine", "x", 1);
}

static void
message(struct store *store, const char *id, int version, const char *file)
{
	kit_put(store, "{'resourceType':'Communication','id':'%s',"
	    "'meta':{'versionId':'%d','lastUpdated':'%s'},"
	    "'status':'completed','partOf':[{'reference':'Communication/h'}],"
	    "'sender':{'reference':'Patient/p'},'sent':'%s','payload':["
	    "{'contentString':'x'},{'contentAttachment':{%s}}]}", id, version,
	    kit_time(-60 + version), kit_time(-60), file);
}

static struct file_row *
only(struct store *store, const char *ref)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) rows = store_files(store, ref, &error);

	assert_null(error);
	assert_int_equal(rows->len, 1);
	return g_ptr_array_steal_index(rows, 0);
}

static void
every_kind(void **state)
{
	struct store *store = ((struct kit *)*state)->store;
	static const struct { const char *ref, *json; guint n; } all[] = {
		{ "DiagnosticReport/r", "'presentedForm':[{'title':'a','url':"
		  "'Binary/1'},{'title':'b','data':'AA=='}],'media':[{'link':"
		  "{'reference':'Media/m'}}]", 3 },
		{ "DocumentReference/d", "'content':[{'attachment':{'url':"
		  "'Binary/2'}}]", 1 },
		{ "Media/m", "'content':{'url':'Binary/3'}", 1 },
		{ "Observation/o", "'status':'final'", 0 },
	};

	people(store);
	for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
		g_auto(GStrv) part = g_strsplit(all[i].ref, "/", 2);
		g_autoptr(GPtrArray) rows = NULL;

		kit_put(store, "{'resourceType':'%s','id':'%s',"
		    "'meta':{'versionId':'1','lastUpdated':'%s'},"
		    "'subject':{'reference':'Patient/p'},%s}", part[0],
		    part[1], kit_time(-5), all[i].json);
		rows = store_files(store, all[i].ref, NULL);
		assert_non_null(rows);
		assert_int_equal(rows->len, all[i].n);
		for (guint k = 0; k < rows->len; k++) {
			const struct file_row *row = rows->pdata[k];

			assert_int_equal(row->place, k);
			assert_int_equal(row->patient.n,
			    store_patient_find(store, "p").n);
		}
	}
	g_autoptr(GPtrArray) none = store_files(store, "Media/nobody", NULL);
	assert_int_equal(none->len, 0);
}

static void
inline_data(void **state)
{
	struct store *store = ((struct kit *)*state)->store;
	static const struct { const char *data; int len; } all[] = {
		{ "AAECAw==", 4 }, { "AAEC AwQF\\n", 6 }, { "", 0 },
		{ "AAE", -1 }, { "A=AA", -1 }, { "AA==AA==", -1 },
		{ "<b>A", -1 }, { "AAA\\u00e9", -1 },
	};

	people(store);
	for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
		g_autofree char *file = g_strdup_printf("'contentType':"
		    "'image/png','data':'%s'", all[i].data);
		g_autoptr(GBytes) bytes = NULL;

		message(store, "m", (int)i + 1, file);
		BASE_AUTO(file_row) row = only(store, "Communication/m");
		assert_int_equal(row->state, FILE_HERE);
		bytes = store_file_bytes(store, row, NOW_MS, NULL);
		assert_true((bytes != NULL) == (all[i].len >= 0));
		if (bytes)
			assert_int_equal(g_bytes_get_size(bytes), all[i].len);
	}
}

static struct file_id
wanted(struct store *store, const char *id)
{
	g_autofree char *ref = g_strconcat("Communication/", id, NULL);
	BASE_AUTO(file_row) row = only(store, ref);

	assert_int_equal(row->state, FILE_AWAY);
	assert_true(store_file_want(store, row, NULL));
	return row->id;
}

static void
there_and_back(void **state)
{
	struct store *store = ((struct kit *)*state)->store;
	static const char bytes[] = "a\0b\xff";
	struct file_want want;
	struct file_id id;

	people(store);
	message(store, "m", 1, "'url':'Binary/1','title':'x.png'");
	id = wanted(store, "m");
	assert_true(store_file_wanted(store, id, &want, NULL));
	assert_string_equal(want.type, "Communication");
	assert_string_equal(want.id, "m");
	assert_int_equal(want.place, 0);
	assert_true(store_file_put(store, id, "image/png", bytes, sizeof bytes,
	    MB, NOW_MS, NULL));
	assert_false(store_file_wanted(store, id, &want, NULL));
	BASE_AUTO(file_row) row = only(store, "Communication/m");
	g_autoptr(GBytes) got = store_file_bytes(store, row, NOW_MS, NULL);
	assert_int_equal(row->state, FILE_HERE);
	assert_int_equal(g_bytes_get_size(got), sizeof bytes);
	assert_memory_equal(g_bytes_get_data(got, NULL), bytes, sizeof bytes);

	/* Corrected since: what is here is of another version. */
	message(store, "m", 2, "'url':'Binary/2','title':'y.png'");
	id = wanted(store, "m");
	assert_true(store_file_cannot(store, id, FILE_GONE, NULL));
	BASE_AUTO(file_row) gone = only(store, "Communication/m");
	assert_int_equal(gone->state, FILE_GONE);
	assert_null(store_file_bytes(store, gone, NOW_MS, NULL));
	assert_int_equal(kit_sql(store, "SELECT count(*) FROM file_body"), 0);
}

static void
longest_unseen_goes(void **state)
{
	struct store *store = ((struct kit *)*state)->store;
	g_autofree char *bytes = g_malloc0(400);

	people(store);
	for (int i = 0; i < 4; i++) {
		g_autofree char *id = g_strdup_printf("m%d", i);

		message(store, id, 1, "'url':'Binary/1'");
		assert_true(store_file_put(store, wanted(store, id), "x",
		    bytes, 400, 1000, NOW_MS + 2 * i, NULL));
		/* The first is looked at again and again. */
		BASE_AUTO(file_row) row = only(store, "Communication/m0");
		g_autoptr(GBytes) seen = store_file_bytes(store, row, NOW_MS +
		    2 * i + 1, NULL);
		assert_non_null(seen);
	}
	assert_int_equal(kit_sql(store, "SELECT count(*) FROM file_body"), 2);
	BASE_AUTO(file_row) second = only(store, "Communication/m1");
	assert_int_equal(second->state, FILE_AWAY);
	BASE_AUTO(file_row) last = only(store, "Communication/m3");
	assert_int_equal(last->state, FILE_HERE);
	/* One that is larger than all that may stay, stays alone. */
	message(store, "big", 1, "'url':'Binary/1'");
	assert_true(store_file_put(store, wanted(store, "big"), "x", bytes,
	    400, 100, NOW_MS, NULL));
	assert_int_equal(kit_sql(store, "SELECT count(*) FROM file_body"), 1);
}

static void
leaves_with(void **state)
{
	struct store *store = ((struct kit *)*state)->store;
	int64_t later = NOW_MS + 91 * 24 * HOUR_MS;

	people(store);
	message(store, "m", 1, "'url':'Binary/1'");
	message(store, "n", 1, "'url':'Binary/1'");
	assert_true(store_file_put(store, wanted(store, "m"), "x", "1", 1, MB,
	    NOW_MS, NULL));
	assert_true(store_file_put(store, wanted(store, "n"), "x", "2", 1, MB,
	    NOW_MS, NULL));
	assert_true(store_gone(store, "Communication", "m", NULL));
	assert_int_equal(kit_sql(store, "SELECT count(*) FROM file_body"), 1);
	kit_header(store, "h", "p", "completed", "routine", "x", 2);
	assert_int_equal(store_purge(store, later, 90, NULL), 1);
	assert_int_equal(kit_sql(store, "SELECT count(*) FROM file_body"), 0);
	assert_int_equal(kit_sql(store, "SELECT count(*) FROM file"), 0);
}

static void
flipped_bit(void **state)
{
	struct store *store = ((struct kit *)*state)->store;
	g_autoptr(GError) error = NULL;

	people(store);
	message(store, "m", 1, "'url':'Binary/1'");
	assert_true(store_file_put(store, wanted(store, "m"), "x", "1", 1, MB,
	    NOW_MS, NULL));
	kit_exec(store, "UPDATE file_body SET bytes='2'");
	BASE_AUTO(file_row) row = only(store, "Communication/m");
	assert_null(store_file_bytes(store, row, NOW_MS, &error));
	assert_true(g_error_matches(error, STORE_ERROR, STORE_ERROR_DAMAGED));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		KIT_TEST(every_kind), KIT_TEST(inline_data),
		KIT_TEST(there_and_back), KIT_TEST(longest_unseen_goes),
		KIT_TEST(leaves_with), KIT_TEST(flipped_bit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
