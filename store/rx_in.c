/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prescriptions of mine as the server has them: its orders are joined by the
 * identifiers they were sent with, and what their statuses, the pharmacist's Task,
 * the dispenses and deliveries say together is one state (wire.md, "The states of
 * a prescription").
 */
#include "store/rx_row.h"

/* Lines of one prescription; a group of more is somebody's mistake. */
#define ORDERS_MAX 50

/* ---- joining ------------------------------------------------------------ */

static gboolean
find_group(struct ingest *in, const struct doc *doc, const char *grp,
    int64_t *rx, GError **error)
{
	static const char sql[] = "SELECT n FROM rx WHERE identifier=?1"
	    " AND patient=?2";
	g_autoptr(GArray) family = patient_family(in->store, doc->patient,
	    error);

	for (guint i = 0; family && i < family->len && !*rx; i++)
		if (!db_int(in->store, error, 0, rx, sql, "si", grp,
		    g_array_index(family, int64_t, i)))
			return FALSE;
	return family != NULL;
}

static gboolean
find_line(struct ingest *in, const struct doc *doc, int64_t *rx, GError **error)
{
	static const char sql[] = "SELECT l.rx FROM rx_line l JOIN rx"
	    " ON rx.n = l.rx WHERE l.value=?1 AND rx.patient=?2";
	size_t count = MIN(fhir_count(doc->root, "identifier"), REFS_MAX);

	for (size_t i = 0; i < count && !*rx; i++) {
		const char *value = fhir_text(fhir_at(doc->root, "identifier",
		    i), "value");
		if (value && !db_int(in->store, error, 0, rx, sql, "si", value,
		    doc->patient))
			return FALSE;
	}
	return TRUE;
}

/* Written on another device of mine. */
static gboolean
make_foreign(struct ingest *in, const struct doc *doc, const char *grp,
    int64_t *rx, GError **error)
{
	static const char sql[] = "INSERT INTO rx(identifier, patient, own,"
	    " local, changed, authored, until, stamp, task, prior, patient_ref,"
	    " task_ref, prior_ref, words) VALUES(?1, ?2, 0, 2, 0, 0, 0, 0, 0, 0,"
	    " '', '', '', '')";
	int64_t requester;

	if (!intent_ordered(fhir_text(doc->root, "intent")) ||
	    !number_at(in->store, doc->root, "requester", NULL, &requester,
	    error) || !requester || !me_is(in->store, requester))
		return TRUE;
	if (!db_run(in->store, error, sql, "si", grp, doc->patient))
		return FALSE;
	*rx = sqlite3_last_insert_rowid(in->store->db);
	return TRUE;
}

gboolean
rx_join(struct ingest *in, const struct doc *doc, GError **error)
{
	static const char set[] = "UPDATE script SET rx=?2 WHERE n=?1"
	    " AND rx IS NOT ?2";
	static const char none[] = "UPDATE script SET rx=NULL WHERE n=?1"
	    " AND rx IS NOT NULL";
	const char *grp = fhir_text(doc->root, "groupIdentifier.value");
	int64_t rx = 0;

	/* A proposal may carry the group of what it wishes renewed. */
	if (doc->patient && intent_ordered(fhir_text(doc->root, "intent")) &&
	    ((grp && !find_group(in, doc, grp, &rx, error)) ||
	    (!rx && !find_line(in, doc, &rx, error)) ||
	    (!rx && grp && !make_foreign(in, doc, grp, &rx, error))))
		return FALSE;
	touch(in->rxs, rx);
	return rx ? db_run(in->store, error, set, "ii", doc->n, rx) :
	    db_run(in->store, error, none, "i", doc->n);
}

/* ---- what the orders say ------------------------------------------------ */

struct said {
	int orders, draft, active, completed, ended, filled;
	int delivered, undelivered, unfilled;
	gboolean rejected, replaced;
	int64_t changed, authored, until, prior;
	GString *words;
	char *reason;
};

static void
said_clear(struct said *said)
{
	if (said->words)
		g_string_free(said->words, TRUE);
	g_free(said->reason);
}

static void
take_reason(struct said *said, const char *reason)
{
	if (!reason || !*reason)
		return;
	g_free(said->reason);
	said->reason = g_strdup(reason);
}

static void
order_add(struct said *said, sqlite3_stmt *st)
{
	static const char *const ended[] = { "cancelled", "stopped",
		"entered-in-error", NULL };
	const char *status = db_col(st, 0), *words = db_col(st, 5);
	int64_t authored = sqlite3_column_int64(st, 2);
	int64_t until = sqlite3_column_int64(st, 3);

	said->orders++;
	said->changed = MAX(said->changed, sqlite3_column_int64(st, 4));
	if (!said->authored || authored < said->authored)
		said->authored = authored;
	if (until && (!said->until || until < said->until))
		said->until = until;
	if (!said->prior)
		said->prior = sqlite3_column_int64(st, 6);
	if (words)
		g_string_append_printf(said->words, "%s%s",
		    said->words->len ? "; " : "", words);
	if (status && g_strv_contains(ended, status)) {
		said->ended++;
		take_reason(said, db_col(st, 1));
	} else if (g_strcmp0(status, "active") == 0 ||
	    g_strcmp0(status, "on-hold") == 0) {
		said->active++;
	} else if (g_strcmp0(status, "completed") == 0) {
		said->completed++;
	} else {
		said->draft++;
	}
}

static gboolean
orders_read(struct store *store, int64_t n, struct said *said, GError **error)
{
	static const char sql[] = "SELECT s.status, s.reason, s.authored,"
	    " s.until, r.updated, coalesce(s.words, w.words), s.prior"
	    " FROM script s JOIN resource r ON r.n = s.n"
	    " LEFT JOIN named w ON w.n = s.drug WHERE s.rx=?1"
	    " ORDER BY s.n LIMIT ?2";
	sqlite3_stmt *st = db_query(store, error, sql, "ii", n,
	    (int64_t)ORDERS_MAX);
	gboolean failed = FALSE;

	while (st && db_row(store, st, &failed, error))
		order_add(said, st);
	db_done(st);
	return st && !failed;
}

/* The pharmacist's last word: a Task that came after a rejection undoes it. */
static gboolean
review_read(struct store *store, int64_t n, struct said *said, GError **error)
{
	static const char sql[] = "SELECT status, reason, modified FROM ("
	    " SELECT * FROM (SELECT t.status, t.reason, t.modified"
	    "  FROM script s JOIN rx_task t ON t.focus = s.n WHERE s.rx=?1"
	    "  ORDER BY t.modified DESC LIMIT 50)"
	    " UNION ALL SELECT * FROM (SELECT t.status, t.reason, t.modified"
	    " FROM rx JOIN rx_task t ON t.grp = rx.identifier"
	    "  AND t.patient = rx.patient WHERE rx.n=?1"
	    "  ORDER BY t.modified DESC LIMIT 50))"
	    " WHERE status NOT IN ('cancelled', 'entered-in-error')"
	    " ORDER BY modified DESC LIMIT 1";
	sqlite3_stmt *st = db_query(store, error, sql, "i", n);
	gboolean failed = FALSE;

	if (st && db_row(store, st, &failed, error)) {
		const char *status = db_col(st, 0);
		said->rejected = g_strcmp0(status, "rejected") == 0 ||
		    g_strcmp0(status, "failed") == 0;
		said->changed = MAX(said->changed,
		    sqlite3_column_int64(st, 2));
		if (said->rejected)
			take_reason(said, db_col(st, 1));
	}
	db_done(st);
	return st && !failed;
}

/* Dispenses and deliveries, the latest of each order. */
static gboolean
fills_read(struct store *store, int64_t n, struct said *said, GError **error)
{
	static const char sql[] = "SELECT f.kind, f.status, f.reason, f.at,"
	    " s.n FROM script s JOIN fill f ON f.what = s.n WHERE s.rx=?1"
	    " UNION ALL SELECT d.kind, d.status, d.reason, d.at, s.n"
	    " FROM script s JOIN fill f ON f.what = s.n AND f.kind=0"
	    " JOIN fill d ON d.what = f.n WHERE s.rx=?1 ORDER BY 4 LIMIT 1000";
	static const char *const not_given[] = { "declined", "stopped",
		"cancelled", NULL };
	g_autoptr(GHashTable) filled = g_hash_table_new(g_direct_hash,
	    g_direct_equal);
	sqlite3_stmt *st = db_query(store, error, sql, "i", n);
	gboolean failed = FALSE;

	while (st && db_row(store, st, &failed, error)) {
		const char *status = db_col(st, 1);
		gboolean delivery = sqlite3_column_int(st, 0) != 0;
		gboolean done = g_strcmp0(status, "completed") == 0;
		said->changed = MAX(said->changed,
		    sqlite3_column_int64(st, 3));
		if (delivery) {
			said->delivered += done;
			said->undelivered = g_strcmp0(status, "abandoned") == 0;
		} else if (done) {
			touch(filled, sqlite3_column_int64(st, 4));
		} else if (status && g_strv_contains(not_given, status)) {
			said->unfilled++;
			take_reason(said, db_col(st, 2));
		}
	}
	db_done(st);
	said->filled = (int)g_hash_table_size(filled);
	return st && !failed;
}

/* A rejected one is replaced by a later order in its place. */
static gboolean
replaced_read(struct store *store, int64_t n, struct said *said, GError **error)
{
	static const char sql[] = "SELECT EXISTS(SELECT 1 FROM script s"
	    " JOIN script r ON r.prior = s.n WHERE s.rx=?1 AND r.prior<>0"
	    "  AND r.rx IS NOT ?1 AND r.authored>s.authored"
	    "  AND r.status IN ('draft', 'active', 'on-hold', 'completed')"
	    "  AND r.intent='order')"
	    " OR EXISTS(SELECT 1 FROM script s JOIN script r"
	    "  ON r.prior = s.prior WHERE s.rx=?1 AND r.prior<>0"
	    "  AND r.rx IS NOT ?1 AND r.authored>s.authored"
	    "  AND r.status IN ('draft', 'active', 'on-hold', 'completed')"
	    "  AND r.intent='order')";
	int64_t any;

	if (!said->rejected || !said->draft)
		return TRUE;
	if (!db_int(store, error, 0, &any, sql, "i", n))
		return FALSE;
	said->replaced = any != 0;
	return TRUE;
}

static int
server_state(const struct said *said)
{
	if (!said->orders)
		return -1;
	if (said->ended == said->orders)
		return RX_WITHDRAWN;
	if (said->draft)
		return !said->rejected ? RX_AWAITING :
		    said->replaced ? RX_REPLACED : RX_REJECTED;
	if (said->undelivered)
		return RX_NOT_DELIVERED;
	if (said->delivered)
		return RX_DELIVERED;
	if (said->filled >= said->orders - said->ended || !said->active)
		return RX_DISPENSED;
	return said->unfilled && !said->filled ? RX_NOT_DELIVERED : RX_ACTIVE;
}

/* ---- what stands against a pended one ----------------------------------- */

struct against { int64_t why, other; };

/* Its request was closed or taken by another; or another order, which the
 * pharmacist has not rejected, renews the same one. */
static gboolean
against_read(struct store *store, int64_t n, struct against *out,
    GError **error)
{
	static const char renewed[] = "SELECT s.n FROM rx JOIN script s"
	    " ON s.prior = rx.prior WHERE rx.n=?1 AND rx.prior<>0"
	    " AND s.prior<>0 AND s.rx IS NOT rx.n AND s.n<>rx.prior"
	    " AND s.intent='order' AND s.status IN ('draft', 'active',"
	    " 'on-hold') AND (s.status<>'draft' OR NOT EXISTS(SELECT 1"
	    "  FROM rx_task t WHERE t.focus = s.n AND t.status='rejected'))"
	    " LIMIT 1";
	static const char task[] = "SELECT t.n, t.status, t.owner FROM rx"
	    " JOIN rx_task t ON t.n = rx.task WHERE rx.n=?1 AND rx.task<>0";
	gboolean failed = FALSE;
	sqlite3_stmt *st;

	*out = (struct against){ RX_WHY_NONE, 0 };
	if (!db_int(store, error, 0, &out->other, renewed, "i", n))
		return FALSE;
	if (out->other) {
		out->why = RX_WHY_RENEWED;
		return TRUE;
	}
	st = db_query(store, error, task, "i", n);
	if (st && db_row(store, st, &failed, error)) {
		int64_t owner = sqlite3_column_int64(st, 2);
		if (!renewal_open(db_col(st, 1)) ||
		    (owner && !me_is(store, owner)))
			*out = (struct against){ RX_WHY_ANSWERED,
				sqlite3_column_int64(st, 0) };
	}
	db_done(st);
	return st && !failed;
}

/* ---- the row ------------------------------------------------------------ */

/* One order on the server proves the transaction: it is all or nothing. */
static gboolean
arrived(struct ingest *in, int64_t n, GError **error)
{
	static const char find[] = "SELECT o.n FROM rx JOIN outbox o"
	    " ON o.value = rx.identifier AND o.state < 3 AND o.verb=2"
	    " AND o.system='" RX_SYSTEM "' WHERE rx.n=?1 AND rx.own"
	    " AND rx.local=1 AND o.value<>''";
	static const char done[] = "UPDATE outbox SET state=3, reason=NULL"
	    " WHERE n=?1 AND state<3";
	static const char local[] = "UPDATE rx SET local=2 WHERE n=?1"
	    " AND own AND local=1";
	int64_t letter;

	if (!db_int(in->store, error, 0, &letter, find, "i", n))
		return FALSE;
	if (letter)
		g_hash_table_remove(in->store->in_flight, &letter);
	return (!letter || db_run(in->store, error, done, "i", letter)) &&
	    db_run(in->store, error, local, "i", n);
}

static gboolean
server_put(struct ingest *in, int64_t n, const struct said *said,
    GError **error)
{
	static const char sql[] = "UPDATE rx SET server=?2, reason=?3,"
	    " changed=CASE WHEN own AND changed>?4 THEN changed ELSE ?4 END,"
	    " authored=CASE WHEN own THEN authored ELSE ?5 END,"
	    " until=CASE WHEN own THEN until ELSE ?6 END,"
	    " words=CASE WHEN own THEN words ELSE ?7 END,"
	    " prior=CASE WHEN own THEN prior ELSE ?8 END, why=0, other=0"
	    " WHERE n=?1";

	return db_run(in->store, error, sql, "iisiiisi", n,
	    (int64_t)server_state(said), said->reason, said->changed,
	    said->authored, said->until, said->words->str, said->prior);
}

/* None of its orders is here: one of mine waits or was taken back by a reset of
 * the server; another device's is forgotten. */
static gboolean
local_put(struct ingest *in, int64_t n, GError **error)
{
	static const char sql[] = "UPDATE rx SET server=-1, why=?2, other=?3"
	    " WHERE n=?1 AND own";
	static const char forget[] = "DELETE FROM rx WHERE n=?1 AND NOT own";
	struct against against;

	return against_read(in->store, n, &against, error) &&
	    db_run(in->store, error, sql, "iii", n, against.why,
	    against.other) &&
	    db_run(in->store, error, forget, "i", n);
}

gboolean
rx_refresh(struct ingest *in, int64_t n, GError **error)
{
	static const char task[] = "SELECT task FROM rx WHERE n=?1";
	struct said said = { .words = g_string_new(NULL) };
	int64_t of;
	gboolean ok = orders_read(in->store, n, &said, error) &&
	    db_int(in->store, error, 0, &of, task, "i", n);

	if (ok)
		touch(in->tasks, of);
	if (ok && said.orders)
		ok = review_read(in->store, n, &said, error) &&
		    fills_read(in->store, n, &said, error) &&
		    replaced_read(in->store, n, &said, error) &&
		    arrived(in, n, error) && server_put(in, n, &said, error);
	else if (ok)
		ok = local_put(in, n, error);
	said_clear(&said);
	return ok;
}
