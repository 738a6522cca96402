/* SPDX-License-Identifier: Apache-2.0 */
/* A store in a directory of its own, and resources written by hand: JSON with
 * ' for ", so that a test reads like what the server says. */
#ifndef QN_TESTS_STORE_KIT_H
#define QN_TESTS_STORE_KIT_H

#include "tests/tap.h"
#include "store/db.h"

#include <glib/gstdio.h>
#include <stdio.h>

#define NOW_MS INT64_C(1793000000000) /* 2026-10-26 */
#define HOUR_MS INT64_C(3600000)

struct kit {
	char *dir;
	struct base_secret *key;
	struct store *store;
};

static inline void
kit_wipe(const char *dir)
{
	GDir *d = g_dir_open(dir, 0, NULL);
	const char *name;

	while (d && (name = g_dir_read_name(d))) {
		g_autofree char *path = g_build_filename(dir, name, NULL);
		g_unlink(path);
	}
	if (d)
		g_dir_close(d);
	g_rmdir(dir);
}

static inline void
kit_open(struct kit *kit, enum store_role role)
{
	g_autoptr(GError) error = NULL;

	kit->store = store_open(kit->dir, kit->key, role, &error);
	assert_null(error);
	assert_non_null(kit->store);
}

static inline int
kit_setup(void **state)
{
	struct kit *kit = g_new0(struct kit, 1);

	base_clock_fix(NOW_MS);
	kit->dir = g_dir_make_tmp("qn-store-XXXXXX", NULL);
	kit->key = vault_key_random();
	kit_open(kit, STORE_SYNC);
	*state = kit;
	return 0;
}

static inline int
kit_teardown(void **state)
{
	struct kit *kit = *state;

	store_close(kit->store);
	base_secret_free(kit->key);
	kit_wipe(kit->dir);
	g_free(kit->dir);
	g_free(kit);
	return 0;
}

static inline char *
kit_quotes(char *json)
{
	for (char *c = json; *c; c++)
		if (*c == '\'')
			*c = '"';
	return json;
}

/* Ingests one document; what became of it in *out. */
static inline void
kit_bytes(struct store *store, const char *bytes, struct store_ingested *out)
{
	struct store_doc doc = { bytes, strlen(bytes) };
	struct store_ingested own = { 0 };
	g_autoptr(GError) error = NULL;

	assert_true(store_ingest(store, &doc, 1, NULL, &own, &error));
	assert_null(error);
	if (out)
		*out = own;
	store_ingested_clear(&own);
	if (out)
		out->consults = out->patients = NULL;
}

static inline struct store_ingested
kit_put(struct store *store, const char *fmt, ...) G_GNUC_PRINTF(2, 3);
static inline struct store_ingested
kit_put(struct store *store, const char *fmt, ...)
{
	struct store_ingested out;
	g_autofree char *json = NULL;
	va_list ap;

	va_start(ap, fmt);
	json = kit_quotes(g_strdup_vprintf(fmt, ap));
	va_end(ap);
	kit_bytes(store, json, &out);
	return out;
}

/* A time so many minutes from NOW_MS, as FHIR writes it. */
static inline const char *
kit_time(int minutes)
{
	static char *ring[16];
	static int at;

	at = (at + 1) % 16;
	g_free(ring[at]);
	ring[at] = fhir_instant(NOW_MS + minutes * INT64_C(60000));
	return ring[at];
}

#define META(version, minutes) "'meta':{'versionId':'" version \
	"','lastUpdated':'%s'}", kit_time(minutes)

static inline void
kit_me(struct store *store)
{
	static const char *const refs[] = { "Practitioner/me",
		"PractitionerRole/me-role", NULL };

	assert_true(store_me_set(store, refs, "吴科荣", "心内科", NULL));
}

static inline struct store_ingested
kit_patient(struct store *store, const char *id, const char *name)
{
	return kit_put(store, "{'resourceType':'Patient','id':'%s',"
	    "'meta':{'versionId':'1','lastUpdated':'%s'},"
	    "'name':[{'text':'%s'}],'gender':'female',"
	    "'birthDate':'1958-03-04','active':true}", id, kit_time(-9000),
	    name);
}

static inline struct store_ingested
kit_header(struct store *store, const char *id, const char *patient,
    const char *status, const char *priority, const char *topic, int version)
{
	return kit_put(store, "{'resourceType':'Communication','id':'%s',"
	    "'meta':{'versionId':'%d','lastUpdated':'%s'},'status':'%s',"
	    "'priority':'%s','topic':{'text':'%s'},"
	    "'subject':{'reference':'Patient/%s'},'sender':{'reference':"
	    "'Patient/%s'},'recipient':[{'reference':'Practitioner/me'},"
	    "{'reference':'Patient/%s'}],'sent':'%s'}", id, version,
	    kit_time(-8000 + version), status, priority, topic, patient,
	    patient, patient, kit_time(-8000));
}

static inline struct store_ingested
kit_message(struct store *store, const char *id, const char *header,
    const char *sender, const char *to, int minutes, const char *text)
{
	return kit_put(store, "{'resourceType':'Communication','id':'%s',"
	    "'meta':{'versionId':'1','lastUpdated':'%s'},"
	    "'status':'completed','partOf':[{'reference':'Communication/%s'}],"
	    "'sender':{'reference':'%s'},'recipient':[{'reference':'%s'}],"
	    "'sent':'%s','payload':[{'contentString':'%s'}]}", id,
	    kit_time(minutes), header, sender, to, kit_time(minutes), text);
}

static inline struct queue_page *
kit_queue(struct store *store)
{
	g_autoptr(GError) error = NULL;
	struct queue_page *page = store_queue(store, NULL, 0, 50, &error);

	assert_null(error);
	assert_non_null(page);
	return page;
}

/* The row of a FHIR reference; NULL when it is not in the queue. */
static inline const struct queue_row *
kit_row(const struct queue_page *page, const char *ref)
{
	for (size_t i = 0; i < page->n; i++)
		if (strcmp(page->rows[i].ref, ref) == 0)
			return &page->rows[i];
	return NULL;
}

static inline struct thread *
kit_thread(struct store *store, const char *header)
{
	g_autoptr(GError) error = NULL;
	struct thread *thread = store_thread(store,
	    store_consult_find(store, header), 200, &error);

	assert_null(error);
	assert_non_null(thread);
	return thread;
}

/* One number of the database itself, to hold an answer against. */
static inline int64_t
kit_sql(struct store *store, const char *sql)
{
	sqlite3_stmt *st;
	int64_t n;

	assert_int_equal(sqlite3_prepare_v2(store->db, sql, -1, &st, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

static inline void
kit_exec(struct store *store, const char *sql)
{
	assert_int_equal(sqlite3_exec(store->db, sql, NULL, NULL, NULL),
	    SQLITE_OK);
}

#define KIT_TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, \
	kit_teardown)

#endif
