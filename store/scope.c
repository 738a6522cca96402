/* SPDX-License-Identifier: Apache-2.0 */
/* What sync still has to fetch, and whose. */
#include "store/script.h"

/* ?2: since when. */
#define ON_WAY "SELECT patient FROM rx INDEXED BY rx_open" \
	" WHERE own AND local<2 UNION SELECT patient FROM rx" \
	" INDEXED BY rx_changed WHERE changed>?2 AND server IN " RX_ON_WAY

static GArray *
numbers(struct store *store, const char *sql, int64_t limit, int64_t since,
    GError **error)
{
	g_autoptr(GArray) out = g_array_new(FALSE, FALSE, sizeof(int64_t));
	sqlite3_stmt *st = db_query(store, error, sql, since ? "ii" : "i",
	    limit, since);
	g_autoptr(GHashTable) seen = g_hash_table_new(g_direct_hash,
	    g_direct_equal);
	gboolean failed = FALSE;

	if (!st)
		return NULL;
	while ((limit < 0 || out->len < limit) &&
	    db_row(store, st, &failed, error)) {
		int64_t n = sqlite3_column_int64(st, 0);
		if (n && !touched(seen, n)) {
			touch(seen, n);
			g_array_append_val(out, n);
		}
	}
	db_done(st);
	return failed ? NULL : g_steal_pointer(&out);
}

/* Linked records are read together, so they are fetched together. */
#define LINKED " UNION SELECT b FROM link JOIN scope ON a = scope.n" \
	" WHERE kind <= 3 UNION SELECT a FROM link JOIN scope" \
	" ON b = scope.n WHERE kind <= 3"

GArray *
store_patients_unloaded(struct store *store, int limit, GError **error)
{
	static const char sql[] = "SELECT q.patient FROM queue q"
	    " INDEXED BY queue_order JOIN patient p ON p.n = q.patient"
	    " WHERE p.loaded = 0 AND ?1 <> 0"
	    " ORDER BY q.rank, q.a, q.b, q.key";
	static const char linked[] = "WITH RECURSIVE scope(n) AS"
	    " (SELECT patient FROM queue WHERE patient <> 0" LINKED ")"
	    " SELECT n FROM scope JOIN patient USING(n)"
	    " WHERE loaded = 0 AND ?1 <> 0";
	static const char way[] = "SELECT n FROM (" ON_WAY ") JOIN patient"
	    " ON n = patient WHERE loaded = 0 AND ?1 <> 0";
	static const char any[] = "SELECT EXISTS(SELECT 1 FROM link"
	    " WHERE kind <= 3)";
	GArray *out = numbers(store, sql, limit, 0, error);
	int64_t links;

	if (out && out->len == 0) {
		g_array_unref(out);
		out = numbers(store, way, limit,
		    base_now_ms() - RX_WAY_MS, error);
	}
	if (!out || out->len > 0 ||
	    !db_int(store, NULL, 0, &links, any, "") || !links)
		return out;
	g_array_unref(out);
	return numbers(store, linked, limit, 0, error);
}

GArray *
store_patients_in_scope(struct store *store, GError **error)
{
	static const char sql[] = "WITH RECURSIVE scope(n) AS"
	    " (SELECT patient FROM queue WHERE patient <> 0 UNION " ON_WAY
	    LINKED ")"
	    " SELECT n FROM scope WHERE ?1 <> 0";

	return numbers(store, sql, -1, base_now_ms() - RX_WAY_MS, error);
}

GArray *
store_consults_unloaded(struct store *store, int limit, GError **error)
{
	static const char sql[] = "SELECT q.key FROM queue q"
	    " INDEXED BY queue_order JOIN consult c ON c.n = q.key"
	    " WHERE c.loaded = 0 AND ?1 <> 0"
	    " ORDER BY q.rank, q.a, q.b, q.key";

	return numbers(store, sql, limit, 0, error);
}

static gboolean
consult_loaded(struct store *store, void *data, GError **error)
{
	static const char sql[] = "UPDATE consult SET loaded=1 WHERE n=?1";

	return db_run(store, error, sql, "i", *(int64_t *)data);
}

gboolean
store_consult_loaded(struct store *store, struct consult_id consult,
    GError **error)
{
	return db_transact(store, DB_NORMAL, consult_loaded, &consult.n, error);
}

struct section_change {
	int64_t patient;
	int first, n;
	const enum section_state *states; /* of first and those after it */
};

static gboolean
section_put(struct store *store, void *data, GError **error)
{
	static const char sql[] = "INSERT INTO section(patient, section, state,"
	    " fresh) VALUES(?1, ?2, ?3, CASE WHEN ?3 IN (1, 3) THEN ?4 ELSE 0"
	    " END)"
	    " ON CONFLICT(patient, section) DO UPDATE SET state=?3,"
	    " fresh=excluded.fresh";
	static const char loaded[] = "UPDATE patient SET loaded=(SELECT count(*)"
	    " FROM section WHERE patient=?1 AND state<>0) >= ?2 WHERE n=?1";
	struct section_change *c = data;

	G_STATIC_ASSERT(SECTION_LOADED == 1 && SECTION_NOT_KEPT == 3);
	for (int i = 0; i < c->n; i++)
		if (!db_run(store, error, sql, "iiii", c->patient,
		    (int64_t)(c->first + i), (int64_t)c->states[i],
		    base_now_ms()))
			return FALSE;
	return db_run(store, error, loaded, "ii", c->patient,
	    (int64_t)CHART_SECTIONS_);
}

gboolean
store_section_set(struct store *store, struct patient_id patient,
    enum chart_section section, enum section_state state, GError **error)
{
	struct section_change c = { patient.n, (int)section, 1, &state };

	return db_transact(store, DB_NORMAL, section_put, &c, error);
}

gboolean
store_sections_set(struct store *store, struct patient_id patient,
    const enum section_state states[CHART_SECTIONS_], GError **error)
{
	struct section_change c = { patient.n, 0, CHART_SECTIONS_, states };

	return db_transact(store, DB_NORMAL, section_put, &c, error);
}

/* ---- ids ---------------------------------------------------------------- */

static char *
fhir_id(struct store *store, int64_t n)
{
	static const char sql[] = "SELECT id FROM resource WHERE n=?1";

	return db_text(store, NULL, sql, "i", n);
}

char *
store_patient_fhir_id(struct store *store, struct patient_id patient)
{
	return fhir_id(store, patient.n);
}

char *
store_consult_fhir_id(struct store *store, struct consult_id consult)
{
	return fhir_id(store, consult.n);
}

struct patient_id
store_patient_find(struct store *store, const char *id)
{
	return (struct patient_id){ number_find(store, "Patient", id) };
}

/* "Communication/x" or "x": a header, a loose message, or a message of one. */
struct consult_id
store_consult_find(struct store *store, const char *ref)
{
	static const char sql[] = "SELECT n FROM consult WHERE n=?1"
	    " UNION ALL SELECT thread FROM message JOIN consult c"
	    " ON c.n = thread WHERE message.n=?1 LIMIT 1";
	int64_t n;

	db_int(store, NULL, 0, &n, sql, "i", number_called(store, "Communication",
	    ref));
	return (struct consult_id){ n };
}

struct report_id
store_report_find(struct store *store, const char *ref)
{
	static const char sql[] = "SELECT n FROM report WHERE n=?1";
	int64_t n;

	db_int(store, NULL, 0, &n, sql, "i", number_called(store, "DiagnosticReport",
	    ref));
	return (struct report_id){ n };
}
