/* SPDX-License-Identifier: Apache-2.0 */
/* Renewal requests as a lane, and what hangs on one of them. */
#include "store/brief.h"
#include "store/rx_row.h"
#include "store/script.h"

#define ROW_COLUMNS "q.key, q.id, t.version, t.status, pr.type || '/' || pr.id," \
	" po.type || '/' || po.id, q.complaint, q.since, q.deadline, q.priority," \
	" t.owner, " BRIEF_COLUMNS
#define ROW_COUNT 11

static gboolean
row_read(struct store *store, sqlite3_stmt *st, GStringChunk *text,
    struct renewal_row *row)
{
	int64_t owner = sqlite3_column_int64(st, 10);

	row->task.n = sqlite3_column_int64(st, 0);
	row->ref = ref_keep(text, "Task", st, 1);
	row->version = text_keep(text, st, 2);
	row->status = text_keep(text, st, 3);
	row->proposal_ref = text_keep(text, st, 4);
	row->prior_ref = text_keep(text, st, 5);
	row->words = text_keep(text, st, 6);
	row->requested_ms = sqlite3_column_int64(st, 7);
	row->deadline_ms = sqlite3_column_int64(st, 8);
	row->priority = (enum fhir_priority)CLAMP(sqlite3_column_int(st, 9),
	    FHIR_STAT, FHIR_ROUTINE);
	row->pool = owner == 0;
	row->mine = owner && me_is(store, owner);
	brief_read(st, ROW_COUNT, text, &row->patient);
	row->rx = store_rx_of_task(store, row->task);
	return TRUE;
}

/* What was declined or forwarded has left the lane while that waits to go, and is
 * back when it is refused. A withdrawal answers nothing. */
#define ANSWERED "EXISTS(SELECT 1 FROM outbox o INDEXED BY outbox_live" \
	" WHERE o.thread=q.key AND o.state<3 AND o.state<>2" \
	" AND o.system='" RX_TELL_SYSTEM "' AND o.value NOT GLOB '" \
	RX_WITHDRAW "*')"

struct renewal_page *
store_renewals(struct store *store, int limit, GError **error)
{
	static const char sql[] = "SELECT " ROW_COLUMNS " FROM queue q"
	    " INDEXED BY queue_lane JOIN rx_task t ON t.n = q.key"
	    " LEFT JOIN resource pr ON pr.n = t.focus"
	    " LEFT JOIN script s ON s.n = t.focus"
	    " LEFT JOIN resource po ON po.n = s.prior"
	    BRIEF_JOIN("q.patient") " WHERE q.kind=?1 AND q.kind<>0"
	    " AND NOT " ANSWERED
	    " ORDER BY q.rank, q.a, q.b, q.key LIMIT ?2";
	BASE_AUTO(renewal_page) page = g_new0(struct renewal_page, 1);
	gboolean failed = FALSE;
	sqlite3_stmt *st;

	limit = CLAMP(limit, 1, 10000);
	page->rows = g_new0(struct renewal_row, (size_t)limit);
	page->text = g_string_chunk_new(8192);
	db_fresh(store);
	if (!me_load(store, error))
		return NULL;
	st = db_query(store, error, sql, "ii", (int64_t)QUEUE_RENEWAL,
	    (int64_t)limit);
	while (st && page->n < (size_t)limit &&
	    db_row(store, st, &failed, error))
		row_read(store, st, page->text, &page->rows[page->n++]);
	db_done(st);
	return st && !failed ? g_steal_pointer(&page) : NULL;
}

void
renewal_page_free(struct renewal_page *page)
{
	if (!page)
		return;
	g_free(page->rows);
	g_string_chunk_free(page->text);
	g_free(page);
}

/* ---- one request -------------------------------------------------------- */

struct task_id
store_task_find(struct store *store, const char *ref)
{
	static const char sql[] = "SELECT n FROM rx_task WHERE n=?1";
	int64_t n;

	db_int(store, NULL, 0, &n, sql, "i", number_called(store, "Task",
	    ref));
	return (struct task_id){ n };
}

char *
store_task_ref(struct store *store, struct task_id task)
{
	return number_ref(store, task.n);
}

struct patient_id
store_task_patient(struct store *store, struct task_id task)
{
	static const char sql[] = "SELECT CASE WHEN t.patient<>0 THEN t.patient"
	    " ELSE s.patient END FROM rx_task t LEFT JOIN script s"
	    " ON s.n = t.focus WHERE t.n=?1";
	int64_t n;

	db_int(store, NULL, 0, &n, sql, "i", task.n);
	return (struct patient_id){ n };
}

/* What was taken back, rejected or overtaken stands no more. */
struct rx_id
store_rx_of_task(struct store *store, struct task_id task)
{
	static const char sql[] = "SELECT n FROM rx WHERE task=?1 AND task<>0"
	    " AND own AND why<>3 AND (server<0 OR server IN (5, 6, 9, 10))"
	    " ORDER BY n DESC LIMIT 1";
	int64_t n;

	G_STATIC_ASSERT(RX_AWAITING == 5 && RX_ACTIVE == 6 &&
	    RX_DISPENSED == 9 && RX_DELIVERED == 10 && RX_WHY_RENEWED == 3);
	db_int(store, NULL, 0, &n, sql, "i", task.n);
	return (struct rx_id){ n };
}

/* ---- beside it ---------------------------------------------------------- */

struct consult_id
store_consult_of_patient(struct store *store, struct patient_id patient)
{
	static const char sql[] = "SELECT q.key, max(CASE q.rank WHEN 0"
	    " THEN q.since ELSE -q.a END) FROM queue q JOIN consult c"
	    " ON c.n = q.key WHERE q.patient=?1 AND q.kind=0"
	    " AND c.status IS NOT 'completed'";
	g_autoptr(GArray) family = patient_family(store, patient.n, NULL);
	int64_t n = 0;

	for (guint i = 0; family && i < family->len && !n; i++)
		db_int(store, NULL, 0, &n, sql, "i",
		    g_array_index(family, int64_t, i));
	return (struct consult_id){ n };
}

int
store_unread(struct store *store, struct patient_id patient)
{
	static const char sql[] = "SELECT sum(unread) FROM queue"
	    " WHERE patient=?1";
	g_autoptr(GArray) family = patient_family(store, patient.n, NULL);
	int64_t sum = 0, unread;

	for (guint i = 0; family && i < family->len; i++) {
		db_int(store, NULL, 0, &unread, sql, "i",
		    g_array_index(family, int64_t, i));
		sum += unread;
	}
	return (int)MIN(sum, G_MAXINT);
}
