/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes prescribing rests on: a patient's chart over all merged records, how
 * fresh it is, and a number for what it says now (F60). */
#include "store/script.h"

#define BODIES_MAX 5000
#define RESULTS_EACH 3

/* What care/ makes facts of. Observations are many: the newest alone are read,
 * but each that arrives changes the stamp. */
#define CHART_TYPES "'Patient', 'RelatedPerson', 'Flag'," \
	" 'AllergyIntolerance', 'Condition', 'MedicationRequest'," \
	" 'MedicationStatement', 'MedicationDispense', 'Encounter'"

static gboolean
bodies_add(struct store *store, const char *sql, int64_t n, GPtrArray *out,
    GError **error)
{
	sqlite3_stmt *st = db_query(store, error, sql, "i", n);
	gboolean failed = st == NULL;

	while (!failed && out->len < BODIES_MAX &&
	    db_row(store, st, &failed, error))
		g_ptr_array_add(out, g_bytes_new(sqlite3_column_blob(st, 0),
		    (gsize)sqlite3_column_bytes(st, 0)));
	db_done(st);
	return !failed;
}

static GPtrArray *
bodies_new(void)
{
	return g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
}

GPtrArray *
store_chart_bodies(struct store *store, struct patient_id patient,
    GError **error)
{
	/* The newest first, so that a bound cuts the past. */
	static const char plain[] = "SELECT b.bytes FROM resource r"
	    " JOIN body b USING(n) WHERE r.patient=?1 AND r.here"
	    " AND r.type IN (" CHART_TYPES ") ORDER BY r.updated DESC";
	static const char results[] = "SELECT b.bytes FROM (SELECT DISTINCT"
	    " e / 256 AS n FROM (SELECT e, row_number() OVER"
	    "  (PARTITION BY test ORDER BY date_ms DESC) AS place"
	    "  FROM entry INDEXED BY entry_patient"
	    "  WHERE patient=?1 AND section=3)"
	    " WHERE place <= 3) JOIN resource r USING(n) JOIN body b USING(n)"
	    " WHERE r.type='Observation'";
	/* A drug that an order only refers to. */
	static const char drugs[] = "SELECT b.bytes FROM (SELECT DISTINCT drug"
	    " FROM entry INDEXED BY entry_patient WHERE patient=?1"
	    " AND section=2 AND drug IS NOT NULL) JOIN body b"
	    " ON b.n = drug";
	g_autoptr(GArray) family = patient_family(store, patient.n, error);
	g_autoptr(GPtrArray) out = bodies_new();

	G_STATIC_ASSERT(CHART_DRUGS == 2);
	G_STATIC_ASSERT(CHART_RESULTS == 3 && RESULTS_EACH == 3);
	for (guint i = 0; family && i < family->len; i++) {
		int64_t n = g_array_index(family, int64_t, i);
		if (!bodies_add(store, plain, n, out, error) ||
		    !bodies_add(store, drugs, n, out, error) ||
		    !bodies_add(store, results, n, out, error))
			return NULL;
	}
	return family ? g_steal_pointer(&out) : NULL;
}

GPtrArray *
store_diagnosis_bodies(struct store *store, struct patient_id patient,
    GError **error)
{
	static const char sql[] = "SELECT b.bytes FROM (SELECT DISTINCT"
	    " e / 256 AS n FROM entry INDEXED BY entry_patient"
	    " WHERE patient=?1 AND section IN (1, 5))"
	    " JOIN resource r USING(n) JOIN body b USING(n)"
	    " WHERE r.type IN ('Condition', 'Encounter')"
	    " ORDER BY r.updated DESC";
	g_autoptr(GArray) family = patient_family(store, patient.n, error);
	g_autoptr(GPtrArray) out = bodies_new();

	G_STATIC_ASSERT(CHART_PROBLEMS == 1 && CHART_VISITS == 5);
	for (guint i = 0; family && i < family->len; i++)
		if (!bodies_add(store, sql, g_array_index(family, int64_t, i),
		    out, error))
			return NULL;
	return family ? g_steal_pointer(&out) : NULL;
}

GPtrArray *
store_me_bodies(struct store *store, GError **error)
{
	static const char sql[] = "SELECT b.bytes FROM body b JOIN resource r"
	    " USING(n) WHERE ?1=0 AND r.type IN ('Practitioner',"
	    " 'PractitionerRole') AND (b.n IN (SELECT n FROM me) OR b.n IN"
	    " (SELECT n FROM role WHERE practitioner IN (SELECT n FROM me)))";
	g_autoptr(GPtrArray) out = bodies_new();

	return bodies_add(store, sql, 0, out, error) ?
	    g_steal_pointer(&out) : NULL;
}

/* ---- freshness ---------------------------------------------------------- */

/* The sections a prescription rests on: who insures the patient, or whether their
 * documents may be read, holds no signature up. */
#define FRESH_SECTIONS "(0, 1, 2, 3, 4, 5, 12)"
enum { FRESH_N = 7 };
G_STATIC_ASSERT(CHART_ALLERGIES == 0 && CHART_OTHER == 4 &&
    CHART_VISITS == 5 && CHART_FLAGS == 12);

/* Of several records and sections, the least that is known of any. */
gboolean
store_chart_state(struct store *store, struct patient_id patient,
    enum section_state state[CHART_SECTIONS_], int64_t *fresh_ms,
    GError **error)
{
	static const char sql[] = "SELECT min(fresh), count(*) FROM section"
	    " WHERE patient=?1 AND section IN " FRESH_SECTIONS;
	g_autoptr(GArray) family = patient_family(store, patient.n, error);
	gboolean failed = FALSE;

	*fresh_ms = 0;
	if (!family || !chart_states(store, family, state, error))
		return FALSE;
	for (guint i = 0; i < family->len && !failed; i++) {
		sqlite3_stmt *st = db_query(store, error, sql, "i",
		    g_array_index(family, int64_t, i));
		int64_t fresh = 0;
		if (!st)
			return FALSE;
		if (db_row(store, st, &failed, error) &&
		    sqlite3_column_int(st, 1) == FRESH_N)
			fresh = sqlite3_column_int64(st, 0);
		db_done(st);
		*fresh_ms = i == 0 ? fresh : MIN(*fresh_ms, fresh);
	}
	return !failed;
}

struct proof { const struct patient_id *ids; size_t n; int64_t now_ms; };

static gboolean
proved_put(struct store *store, void *data, GError **error)
{
	static const char sql[] = "UPDATE section SET fresh=?2"
	    " WHERE patient=?1 AND state IN (1, 3) AND fresh<?2";
	struct proof *p = data;

	for (size_t i = 0; i < p->n; i++)
		if (!db_run(store, error, sql, "ii", p->ids[i].n, p->now_ms))
			return FALSE;
	return TRUE;
}

gboolean
store_chart_proved(struct store *store, const struct patient_id *ids, size_t n,
    int64_t now_ms, GError **error)
{
	struct proof proof = { ids, n, now_ms };

	return n == 0 ||
	    db_transact(store, DB_NORMAL, proved_put, &proof, error);
}

/* ---- the stamp ---------------------------------------------------------- */

/* splitmix64's finisher: sums of it do not cancel each other by design. */
static uint64_t
mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * G_GUINT64_CONSTANT(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static uint64_t
stamp_row(sqlite3_stmt *st)
{
	const char *version = db_col(st, 2);
	uint64_t h = (uint64_t)number_hash(db_col(st, 0), db_col(st, 1));

	h = mix(h) ^ (uint64_t)sqlite3_column_int64(st, 3);
	return mix(mix(h) ^ (uint64_t)number_hash("version",
	    version ? version : ""));
}

static gboolean
stamp_add(struct store *store, const char *sql, int64_t patient, uint64_t *sum,
    GError **error)
{
	sqlite3_stmt *st = db_query(store, error, sql, "i", patient);
	gboolean failed = st == NULL;

	while (!failed && db_row(store, st, &failed, error))
		*sum += stamp_row(st);
	db_done(st);
	return !failed;
}

/* Of ids and versions, not of this cache's numbers: a rebuilt cache that says the
 * same has the same stamp. What was not asked yet counts too. */
int64_t
store_chart_stamp(struct store *store, struct patient_id patient,
    GError **error)
{
	static const char resources[] = "SELECT type, id, version, updated"
	    " FROM resource WHERE patient=?1 AND here"
	    " AND type IN (" CHART_TYPES ", 'Observation')";
	static const char sections[] = "SELECT 'section', section, state, 0"
	    " FROM section WHERE patient=?1";
	g_autoptr(GArray) family = patient_family(store, patient.n, error);
	uint64_t sum = 1;

	for (guint i = 0; family && i < family->len; i++) {
		int64_t n = g_array_index(family, int64_t, i);
		if (!stamp_add(store, resources, n, &sum, error) ||
		    !stamp_add(store, sections, n, &sum, error))
			return 0;
	}
	/* 0 is no stamp. */
	return family ? (int64_t)(mix(sum) >> 1 | 1) : 0;
}
