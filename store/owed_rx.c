/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Renewal requests and rejected prescriptions in the queue (wire.md, "What is
 * owed"). Both are Tasks about an order: one that asks for approval of a proposal
 * is a renewal request, one that a pharmacist rejected speaks of an order of mine.
 */
#include "store/rx_row.h"

/* Above whatever else is urgent: what I signed does not reach the patient. */
#define REJECTED_FIRST (-1)

static const char *const open_words[] = { "requested", "received", "accepted",
	"ready", "in-progress", "on-hold", NULL };
static const char *const ordered_words[] = { "order", "original-order",
	"reflex-order", "filler-order", "instance-order", NULL };
static const char *const refused_words[] = { "rejected", "failed", NULL };

gboolean
renewal_open(const char *status)
{
	return status && g_strv_contains(open_words, status);
}

gboolean
intent_ordered(const char *intent)
{
	return intent && g_strv_contains(ordered_words, intent);
}

/* ---- my pool ------------------------------------------------------------ */

static void
codes_add(GHashTable *set, const fhir_node *concepts, const char *path)
{
	size_t types = MIN(fhir_count(concepts, path), REFS_MAX);

	for (size_t i = 0; i < types; i++) {
		const fhir_node *type = fhir_at(concepts, path, i);
		size_t codes = MIN(fhir_count(type, "coding"), REFS_MAX);
		for (size_t k = 0; k < codes; k++) {
			const char *code = fhir_text(fhir_at(type, "coding",
			    k), "code");
			if (code)
				g_hash_table_add(set, g_strdup(code));
		}
	}
}

/* Codes and specialties of my roles; read once a transaction. */
static gboolean
codes_load(struct ingest *in, GError **error)
{
	static const char sql[] = "SELECT b.bytes FROM role r JOIN body b"
	    " USING(n) WHERE r.n IN (SELECT n FROM me)"
	    " OR r.practitioner IN (SELECT n FROM me)";
	sqlite3_stmt *st;
	gboolean failed = FALSE;

	if (in->my_codes)
		return TRUE;
	in->my_codes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
	    NULL);
	st = db_query(in->store, error, sql, "");
	while (st && db_row(in->store, st, &failed, error)) {
		BASE_AUTO(fhir_doc) doc = fhir_parse(
		    sqlite3_column_blob(st, 0),
		    (size_t)sqlite3_column_bytes(st, 0), NULL, NULL);
		if (!doc || fhir_bool(fhir_root(doc), "active") == 0)
			continue;
		codes_add(in->my_codes, fhir_root(doc), "code");
		codes_add(in->my_codes, fhir_root(doc), "specialty");
	}
	db_done(st);
	return st && !failed;
}

/* Nobody's yet, and for one of my roles. */
static gboolean
in_my_pool(struct ingest *in, const char *performers, gboolean *mine,
    GError **error)
{
	g_auto(GStrv) codes = g_strsplit(performers ? performers : "", "|", -1);

	*mine = FALSE;
	if (!performers)
		return TRUE;
	if (!codes_load(in, error))
		return FALSE;
	for (char **code = codes; *code; code++)
		*mine |= **code && g_hash_table_contains(in->my_codes, *code);
	return TRUE;
}

/* ---- the task ----------------------------------------------------------- */

struct rx_task_row {
	int64_t n, patient, focus, owner, priority, authored, modified,
	    deadline;
	gboolean approve, here, by_me, asked_by_me;
	const char *id, *status, *performers, *words, *intent;
};

static const char task_sql[] = "SELECT t.id, t.patient, t.approve, t.focus,"
    " t.owner, t.requester, t.status, t.performers, t.priority, t.authored,"
    " t.modified, t.deadline, coalesce(s.words, w.words, t.words), s.intent,"
    " s.requester, s.patient, s.n FROM rx_task t"
    " LEFT JOIN script s ON s.n = t.focus"
    " LEFT JOIN named w ON w.n = s.drug WHERE t.n=?1";

static void
task_read(struct store *store, sqlite3_stmt *st, struct rx_task_row *t)
{
	int64_t asked_by = sqlite3_column_int64(st, 5);
	int64_t by = sqlite3_column_int64(st, 14);

	t->id = db_col(st, 0);
	t->patient = sqlite3_column_int64(st, 1);
	if (!t->patient)
		t->patient = sqlite3_column_int64(st, 15);
	t->approve = sqlite3_column_int(st, 2);
	t->focus = sqlite3_column_int64(st, 3);
	t->owner = sqlite3_column_int64(st, 4);
	t->asked_by_me = asked_by && me_is(store, asked_by);
	t->status = db_col(st, 6);
	t->performers = db_col(st, 7);
	t->priority = sqlite3_column_int64(st, 8);
	t->authored = sqlite3_column_int64(st, 9);
	t->modified = sqlite3_column_int64(st, 10);
	t->deadline = sqlite3_column_int64(st, 11);
	t->words = db_col(st, 12);
	t->intent = db_col(st, 13);
	t->by_me = by && me_is(store, by);
	t->here = sqlite3_column_type(st, 16) != SQLITE_NULL;
}

/* Until its order is here, what asks for approval is a request, unless I asked
 * for it myself. */
static gboolean
is_renewal(const struct rx_task_row *t)
{
	return t->approve && (t->here ? !intent_ordered(t->intent) :
	    !t->asked_by_me);
}

static gboolean
renewal_owed(struct ingest *in, const struct rx_task_row *t, gboolean *owed,
    GError **error)
{
	*owed = FALSE;
	if (!renewal_open(t->status))
		return TRUE;
	if (t->owner) {
		*owed = me_is(in->store, t->owner);
		return TRUE;
	}
	return in_my_pool(in, t->performers, owed, error);
}

/* Of more Tasks than this the latest speak. */
#define LATER(by) "NOT EXISTS(SELECT 1 FROM mine m WHERE EXISTS(SELECT 1 FROM" \
	" (SELECT n, status FROM rx_task WHERE " by " AND modified>=?3" \
	"  ORDER BY modified DESC LIMIT 50) t WHERE t.n<>?2 AND t.status" \
	" NOT IN ('rejected', 'failed', 'cancelled', 'entered-in-error')))"
#define NEWER "r.prior<>0 AND r.grp IS NOT m.grp AND r.n<>m.n" \
	" AND r.authored>m.authored AND r.intent='order'" \
	" AND r.status IN ('draft', 'active', 'on-hold', 'completed')"

/* Its order, or one of the same prescription, still waits as it was; nothing
 * came after it: no new review, no other order in its place. */
static gboolean
rejected_owed(struct ingest *in, const struct rx_task_row *t, gboolean *owed,
    GError **error)
{
	static const char sql[] = "WITH mine(n, grp, prior, authored) AS"
	    " (SELECT n, grp, prior, authored FROM script WHERE n=?1"
	    " UNION SELECT * FROM (SELECT o.n, o.grp, o.prior, o.authored"
	    "  FROM script s JOIN script o ON o.grp = s.grp"
	    "  AND o.patient = s.patient WHERE s.n=?1 LIMIT 50))"
	    " SELECT EXISTS(SELECT 1 FROM mine JOIN script USING(n)"
	    "  WHERE script.status IN ('draft', 'on-hold', 'unknown'))"
	    " AND " LATER("focus = m.n") " AND " LATER("grp = m.grp")
	    " AND NOT EXISTS(SELECT 1 FROM mine m JOIN script r"
	    "  ON r.prior = m.n WHERE " NEWER ")"
	    " AND NOT EXISTS(SELECT 1 FROM mine m JOIN script r"
	    "  ON r.prior = m.prior WHERE m.prior<>0 AND " NEWER ")";
	int64_t any;

	*owed = FALSE;
	if (!t->here || !t->by_me || !intent_ordered(t->intent) || !t->status ||
	    !g_strv_contains(refused_words, t->status))
		return TRUE;
	if (!db_int(in->store, error, 0, &any, sql, "iii", t->focus, t->n,
	    t->modified))
		return FALSE;
	*owed = any != 0;
	return TRUE;
}

static gboolean
task_queue(struct ingest *in, const struct rx_task_row *t, GError **error)
{
	gboolean renewal = is_renewal(t), owed;
	g_autofree char *fold = t->words ? base_text_fold(t->words) : NULL;
	struct queue_item item = { .key = t->n, .id = t->id,
		.kind = renewal ? QUEUE_RENEWAL : QUEUE_REJECTED,
		.patient = t->patient, .complaint = t->words, .fold = fold,
		.priority = t->priority,
		.since = renewal ? t->authored : t->modified };
	int marks;

	if (!(renewal ? renewal_owed(in, t, &owed, error) :
	    rejected_owed(in, t, &owed, error)))
		return FALSE;
	if (!owed)
		return queue_drop(in, t->n, error);
	if (!owed_marks(in->store, t->n, &marks, error))
		return FALSE;
	item.marks = marks;
	item.deadline = owed_deadline(in->store, t->deadline, item.since,
	    t->priority);
	item.a = renewal ? t->priority : REJECTED_FIRST;
	item.b = renewal ? item.deadline : item.since;
	return queue_put(in, &item, error);
}

gboolean
owed_rx_task(struct ingest *in, int64_t n, GError **error)
{
	sqlite3_stmt *st = db_query(in->store, error, task_sql, "i", n);
	struct rx_task_row t = { .n = n };
	gboolean failed = FALSE, ok = TRUE;

	if (!st)
		return FALSE;
	if (db_row(in->store, st, &failed, error)) {
		task_read(in->store, st, &t);
		ok = task_queue(in, &t, error);
	} else if (!failed) {
		ok = queue_drop(in, n, error);
	}
	db_done(st);
	return ok && !failed;
}
