/* SPDX-License-Identifier: Apache-2.0 */
/* What leaves: a resource the server no longer has, a patient whose retention is
 * over. Drafts and unsent letters keep their patient. */
#include "store/script.h"
#include "store/search_room.h"
#include "store/vault.h"

#define DAY_MS INT64_C(86400000)
/* A patient or so at a time, so that a draft is saved between two. */
#define PURGE_BATCH 20

/* ---- rows of one resource ----------------------------------------------- */

static const char *const rows_sql[] = {
	"DELETE FROM body WHERE n=?1",
	"DELETE FROM file_body WHERE n IN (SELECT n FROM file WHERE owner=?1)",
	"DELETE FROM file WHERE owner=?1",
	"DELETE FROM message WHERE n=?1",
	"DELETE FROM task WHERE n=?1",
	"DELETE FROM request WHERE n=?1",
	"DELETE FROM role WHERE n=?1",
	"DELETE FROM named WHERE n=?1",
	"DELETE FROM dispense WHERE n=?1",
	"DELETE FROM report WHERE n=?1",
	"DELETE FROM link WHERE a=?1",
	"DELETE FROM script WHERE n=?1",
	"DELETE FROM rx_task WHERE n=?1",
	"DELETE FROM fill WHERE n=?1",
	"DELETE FROM formulary WHERE n=?1",
	"DELETE FROM drug_word WHERE src=?1",
	"DELETE FROM drug_code WHERE src=?1",
	"DELETE FROM name_word WHERE patient=?1",
	"DELETE FROM entry WHERE e BETWEEN ?1*256 AND ?1*256+255",
	"DELETE FROM aside WHERE e=?1*256",
};

static gboolean
rows_drop(struct store *store, int64_t n, GError **error)
{
	if (!search_touch(store, n, error))
		return FALSE;
	for (size_t i = 0; i < G_N_ELEMENTS(rows_sql); i++)
		if (!db_run(store, error, rows_sql[i], "i", n))
			return FALSE;
	return TRUE;
}

static gboolean
touch_by(struct ingest *in, const char *sql, int64_t n, GError **error)
{
	sqlite3_stmt *st = db_query(in->store, error, sql, "i", n);
	gboolean failed = FALSE;

	while (st && db_row(in->store, st, &failed, error)) {
		touch(in->consults, sqlite3_column_int64(st, 0));
		touch(in->reports, sqlite3_column_int64(st, 0));
	}
	db_done(st);
	return st && !failed;
}

static gboolean
touch_around(struct ingest *in, int64_t n, GError **error)
{
	static const char *const sql[] = {
		"SELECT thread FROM message WHERE n=?1",
		"SELECT about FROM message WHERE n=?1 AND about IS NOT NULL",
		"SELECT target FROM task WHERE n=?1",
		"SELECT a FROM link WHERE b=?1 AND kind=5",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(sql); i++)
		if (!touch_by(in, sql[i], n, error))
			return FALSE;
	return script_touch(in, n, error) && fill_touch(in, n, error) &&
	    rx_task_touch(in, n, error);
}

/* ---- gone from the server ----------------------------------------------- */

struct gone { const char *type, *id; };

/* The number and the last stamp stay: a late older version must not bring back
 * what was deleted, and what refers to it keeps its number. */
static gboolean
tombstone(struct store *store, int64_t n, GError **error)
{
	static const char sql[] = "UPDATE resource SET here=0, version=NULL,"
	    " updated=updated+1 WHERE n=?1 AND here";
	static const char patient[] = "UPDATE patient SET known=0, name=NULL,"
	    " fold=NULL, sex=NULL, birth=NULL, deceased=NULL, dead=0,"
	    " inactive=0, merged=NULL, alike=0 WHERE n=?1";

	return db_run(store, error, sql, "i", n) &&
	    db_run(store, error, patient, "i", n);
}

static gboolean
consult_gone(struct ingest *in, int64_t n, GError **error)
{
	static const char is[] = "SELECT EXISTS(SELECT 1 FROM consult"
	    " WHERE n=?1)";
	static const char empty[] = "SELECT EXISTS(SELECT 1 FROM message"
	    " WHERE thread=?1) OR EXISTS(SELECT 1 FROM draft WHERE thread=?1)"
	    " OR EXISTS(SELECT 1 FROM outbox WHERE thread=?1 AND state<3)";
	static const char messages[] = "SELECT n FROM message WHERE thread=?1"
	    " AND n<>?1";
	static const char drop[] = "DELETE FROM consult WHERE n=?1";
	static const char end[] = "UPDATE consult SET header=0, complaint=NULL,"
	    " fold=NULL, status='entered-in-error', loose=0 WHERE n=?1";
	GError *why = NULL;
	int64_t any;
	sqlite3_stmt *st;
	gboolean failed = FALSE, ok = TRUE;

	if (!db_int(in->store, error, 0, &any, is, "i", n))
		return FALSE;
	if (!any)
		return TRUE;
	/* What hung on the header goes with it; what a doctor wrote does not. */
	st = db_query(in->store, &why, messages, "i", n);
	while (st && ok && db_row(in->store, st, &failed, &why)) {
		int64_t message = sqlite3_column_int64(st, 0);
		ok = rows_drop(in->store, message, &why) &&
		    tombstone(in->store, message, &why);
	}
	db_done(st);
	if (!st || !ok || failed) {
		g_propagate_error(error, why);
		return FALSE;
	}
	if (!db_int(in->store, error, 0, &any, empty, "i", n) ||
	    !queue_drop(in, n, error))
		return FALSE;
	return db_run(in->store, error, any ? end : drop, "i", n);
}

static gboolean
gone(struct ingest *in, void *data, GError **error)
{
	struct gone *g = data;
	static const char fold_sql[] = "SELECT fold FROM patient WHERE n=?1";
	int64_t n = number_find(in->store, g->type, g->id);
	char *fold;

	if (!n)
		return TRUE;
	fold = db_text(in->store, NULL, fold_sql, "i", n);
	if (fold)
		g_hash_table_add(in->alike, fold);
	return touch_around(in, n, error) &&
	    rows_drop(in->store, n, error) &&
	    tombstone(in->store, n, error) &&
	    consult_gone(in, n, error) &&
	    queue_drop(in, n, error);
}

gboolean
store_gone(struct store *store, const char *type, const char *id,
    GError **error)
{
	struct gone g = { type, id };

	return ingest_transact(store, DB_NORMAL, gone, &g, error);
}

/* ---- retention ---------------------------------------------------------- */

static gboolean
each_number(struct store *store, const char *sql, int64_t arg,
    gboolean (*work)(struct store *, int64_t, GError **), GError **error)
{
	sqlite3_stmt *st = db_query(store, error, sql, "i", arg);
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(int64_t));
	gboolean failed = FALSE;

	while (st && db_row(store, st, &failed, error)) {
		int64_t n = sqlite3_column_int64(st, 0);
		g_array_append_val(all, n);
	}
	db_done(st);
	for (guint i = 0; st && !failed && i < all->len; i++)
		failed = !work(store, g_array_index(all, int64_t, i), error);
	return st && !failed;
}

static gboolean
resource_drop(struct store *store, int64_t n, GError **error)
{
	static const char consult[] = "DELETE FROM consult WHERE n=?1";
	static const char resource[] = "DELETE FROM resource WHERE n=?1";

	return rows_drop(store, n, error) &&
	    db_run(store, error, consult, "i", n) &&
	    db_run(store, error, resource, "i", n);
}

/* A message's thread tells whose it is; resource.patient is not set for one. */
static gboolean
patient_drop(struct store *store, int64_t patient, GError **error)
{
	static const char messages[] = "SELECT n FROM message WHERE thread IN"
	    " (SELECT n FROM consult WHERE patient=?1"
	    " UNION ALL SELECT n FROM report WHERE patient=?1)";
	static const char consults[] = "SELECT n FROM consult WHERE patient=?1";
	/* What vouches for them has no patient of its own. */
	static const char signed_sql[] = "SELECT a FROM link WHERE kind=7"
	    " AND b IN (SELECT n FROM resource WHERE patient=?1)";
	static const char own[] = "SELECT n FROM resource WHERE patient=?1";
	static const char *const rest[] = {
		"DELETE FROM file_body WHERE n IN (SELECT n FROM file"
		" WHERE patient=?1)",
		"DELETE FROM file WHERE patient=?1",
		"DELETE FROM own_file WHERE patient=?1",
		"DELETE FROM section WHERE patient=?1",
		"DELETE FROM link WHERE a=?1 OR b=?1",
		"DELETE FROM outbox WHERE patient=?1 AND state=3",
		"DELETE FROM rx_line WHERE rx IN (SELECT n FROM rx"
		" WHERE patient=?1)",
		"DELETE FROM card WHERE rx IN (SELECT n FROM rx"
		" WHERE patient=?1)",
		"DELETE FROM rx WHERE patient=?1",
		"DELETE FROM patient WHERE n=?1",
	};

	if (!each_number(store, messages, patient, resource_drop, error) ||
	    !each_number(store, consults, patient, resource_drop, error) ||
	    !each_number(store, signed_sql, patient, resource_drop, error) ||
	    !each_number(store, own, patient, resource_drop, error))
		return FALSE;
	for (size_t i = 0; i < G_N_ELEMENTS(rest); i++)
		if (!db_run(store, error, rest[i], "i", patient))
			return FALSE;
	return TRUE;
}

/* What a doctor wrote keeps its patient: drafts, order lines, prescriptions not
 * yet with the server or still on their way, letters. A record that is read
 * together with one in my queue stays with it. */
static const char expired_sql[] = "SELECT n, fold FROM patient p"
    " WHERE left_ms > 0 AND left_ms <= ?1"
    " AND NOT EXISTS(SELECT 1 FROM queue WHERE patient = p.n)"
    " AND NOT EXISTS(SELECT 1 FROM draft WHERE patient = p.n)"
    " AND NOT EXISTS(SELECT 1 FROM line WHERE patient = p.n)"
    " AND NOT EXISTS(SELECT 1 FROM rx WHERE patient = p.n AND own"
    "  AND local < 2 AND server < 0)"
    " AND NOT EXISTS(SELECT 1 FROM rx WHERE patient = p.n AND changed > ?3"
    "  AND server IN " RX_ON_WAY ")"
    " AND NOT EXISTS(SELECT 1 FROM outbox WHERE patient = p.n AND state < 3)"
    " AND NOT EXISTS(SELECT 1 FROM link JOIN queue ON queue.patient = link.b"
    "  WHERE link.a = p.n AND link.kind <= 3)"
    " AND NOT EXISTS(SELECT 1 FROM link JOIN queue ON queue.patient = link.a"
    "  WHERE link.b = p.n AND link.kind <= 3) LIMIT ?2";

struct purge { int64_t before_ms, way_ms; int removed; };

static gboolean
purge_some(struct ingest *in, void *data, GError **error)
{
	struct purge *purge = data;
	sqlite3_stmt *st = db_query(in->store, error, expired_sql, "iii",
	    purge->before_ms, (int64_t)PURGE_BATCH, purge->way_ms);
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(int64_t));
	gboolean failed = FALSE;

	while (st && db_row(in->store, st, &failed, error)) {
		int64_t n = sqlite3_column_int64(st, 0);
		g_array_append_val(all, n);
		if (db_col(st, 1))
			g_hash_table_add(in->alike, g_strdup(db_col(st, 1)));
	}
	db_done(st);
	for (guint i = 0; st && !failed && i < all->len; i++)
		failed = !patient_drop(in->store,
		    g_array_index(all, int64_t, i), error);
	purge->removed = (int)all->len;
	db_forget(in->store);
	return st && !failed && me_load(in->store, error);
}

/* Free pages hold what was removed until they are used again. */
static void
give_back(struct store *store)
{
	static const char sql[] = "PRAGMA freelist_count";
	int64_t pages;

	if (!db_int(store, NULL, 0, &pages, sql, "") || pages == 0)
		return;
	db_statements_free(store);
	vault_allow_attach(store->db, true);
	/* Busy or short of space: the next purge does it. */
	sqlite3_exec(store->db, "VACUUM", NULL, NULL, NULL);
	vault_allow_attach(store->db, false);
}

int
store_purge(struct store *store, int64_t now_ms, int retention_days,
    GError **error)
{
	static const char done[] = "DELETE FROM outbox WHERE state=3"
	    " AND created < ?1";
	struct purge purge = { now_ms - retention_days * DAY_MS,
		now_ms - RX_WAY_MS, 0 };
	int total = 0;

	do {
		if (!ingest_transact(store, DB_NORMAL, purge_some, &purge,
		    error))
			return -1;
		total += purge.removed;
	} while (purge.removed == PURGE_BATCH);
	if (!db_run(store, error, done, "i", now_ms - 7 * DAY_MS))
		return -1;
	if (total && !search_clean(store, error))
		return -1;
	if (total)
		give_back(store);
	return total;
}
