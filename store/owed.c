/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is owed (wire.md, "What is owed"): worked out anew from the messages,
 * tasks and acknowledgements of one thread whenever one of them has changed.
 */
#include "store/outbox.h"

#define HOUR_MS INT64_C(3600000)
#define NEVER_MS INT64_MAX

static gboolean
word_in(const char *word, const char *const *words)
{
	return word && g_strv_contains(words, word);
}

gboolean
side_of(struct ingest *in, int64_t sender, enum side *side, GError **error)
{
	static const char sql[] = "SELECT same FROM named WHERE n=?1";
	void *key = (void *)(intptr_t)sender, *known;
	int64_t same;

	known = g_hash_table_lookup(in->sides, key);
	if (known) {
		*side = (enum side)((intptr_t)known - 1);
		return TRUE;
	}
	*side = SIDE_OTHER;
	if (me_is(in->store, sender)) {
		*side = SIDE_ME;
	} else {
		if (!db_int(in->store, error, 0, &same, sql, "i", sender))
			return FALSE;
		if (same)
			*side = SIDE_SAME_ROLE;
	}
	g_hash_table_insert(in->sides, key, (void *)(intptr_t)(*side + 1));
	return TRUE;
}

/* ---- messages ----------------------------------------------------------- */

struct said {
	gboolean any;
	enum side last_side;
	int64_t last_ms, last_sender;
	int64_t since_ms;  /* first message after our last */
	int64_t mine_ms;   /* my last, 0 none */
	int64_t unread;
};

/* One message, newest first. FALSE: those before it change nothing. */
static gboolean
said_add(struct said *said, gboolean *ours, int64_t sent, int64_t sender,
    int flags, enum side side)
{
	if (flags & MSG_NOT_SAID)
		return TRUE;
	if (!said->any) {
		said->any = TRUE;
		said->last_side = side;
		said->last_ms = sent;
		said->last_sender = sender;
	}
	if (side != SIDE_OTHER)
		*ours = TRUE;
	else if (!*ours)
		said->since_ms = sent;
	if (side == SIDE_ME) {
		if (!said->mine_ms)
			said->mine_ms = sent;
		/* What I answered elsewhere I read there; what I answered from
		 * here is read when it was shown here. */
		return flags & MSG_FROM_HERE;
	}
	if (!(flags & (MSG_READ | MSG_RECEIVED)))
		said->unread++;
	return TRUE;
}

static const char by_thread[] = "SELECT sent, sender, flags FROM message"
    " WHERE thread=?1 ORDER BY sent DESC, n DESC";
static const char by_report[] = "SELECT sent, sender, flags FROM message"
    " WHERE about=?1 ORDER BY sent DESC, n DESC";

static gboolean
said_get(struct ingest *in, const char *sql, int64_t n, struct said *said,
    GError **error)
{
	sqlite3_stmt *st = db_query(in->store, error, sql, "i", n);
	gboolean failed = FALSE, ours = FALSE, more = TRUE;
	enum side side;

	*said = (struct said){ 0 };
	if (!st)
		return FALSE;
	while (more && db_row(in->store, st, &failed, error)) {
		int64_t sender = sqlite3_column_int64(st, 1);
		failed = !side_of(in, sender, &side, error);
		more = !failed && said_add(said, &ours,
		    sqlite3_column_int64(st, 0), sender,
		    sqlite3_column_int(st, 2), side);
	}
	db_done(st);
	return !failed;
}

/* ---- tasks: the authority ----------------------------------------------- */

static const char *const task_open[] = { "draft", "requested", "received",
	"accepted", "ready", "in-progress", "on-hold", NULL };

struct tasks {
	gboolean mine, others;   /* open, and whose */
	int64_t done_ms;         /* a completed one; 0 none */
	int64_t done_here_ms;    /* … that was mine or nobody's */
	int64_t deadline_ms;     /* the nearest of the open ones; 0 none */
	int64_t priority;
	gboolean to_me;          /* open or completed */
};

static void
task_add(struct store *store, struct tasks *tasks, sqlite3_stmt *st)
{
	int64_t owner = sqlite3_column_int64(st, 0);
	int64_t deadline = sqlite3_column_int64(st, 3);
	gboolean mine = owner && me_is(store, owner);

	if (g_strcmp0(db_col(st, 1), "completed") == 0) {
		int64_t done = sqlite3_column_int64(st, 4);
		tasks->to_me |= mine;
		tasks->done_ms = MAX(tasks->done_ms, done);
		if (!owner || mine)
			tasks->done_here_ms = MAX(tasks->done_here_ms, done);
	}
	if (!word_in(db_col(st, 1), task_open))
		return;
	tasks->to_me |= mine;
	tasks->mine |= mine;
	tasks->others |= owner && !mine;
	if (owner && !mine)
		return;
	tasks->priority = MIN(tasks->priority, sqlite3_column_int64(st, 2));
	if (deadline && (!tasks->deadline_ms || deadline < tasks->deadline_ms))
		tasks->deadline_ms = deadline;
}

static gboolean
tasks_get(struct store *store, int64_t target, struct tasks *tasks,
    GError **error)
{
	static const char sql[] = "SELECT owner, status, priority, deadline,"
	    " modified FROM task WHERE target=?1";
	sqlite3_stmt *st = db_query(store, error, sql, "i", target);
	gboolean failed = FALSE;

	*tasks = (struct tasks){ .priority = FHIR_ROUTINE };
	while (st && db_row(store, st, &failed, error))
		task_add(store, tasks, st);
	db_done(st);
	return st && !failed;
}

/* ---- the row ------------------------------------------------------------ */

gboolean
owed_marks(struct store *store, int64_t thread, int *marks, GError **error)
{
	static const char draft[] =
	    "SELECT EXISTS(SELECT 1 FROM draft WHERE thread=?1)";
	static const char outbox[] = "SELECT state FROM outbox"
	    " WHERE thread=?1 AND state < 3 AND NOT " OUTBOX_RECEIPT;
	/* A prescription that waits for its signature. */
	static const char pended_sql[] = "SELECT EXISTS(SELECT 1 FROM rx"
	    " WHERE task=?1 AND task<>0 AND own AND local=0 AND server<0)";
	gboolean failed = FALSE;
	sqlite3_stmt *st;
	int64_t any, pended;

	*marks = 0;
	if (!db_int(store, error, 0, &any, draft, "i", thread) ||
	    !db_int(store, error, 0, &pended, pended_sql, "i", thread))
		return FALSE;
	if (any || pended)
		*marks |= MARK_DRAFT;
	st = db_query(store, error, outbox, "i", thread);
	while (st && db_row(store, st, &failed, error))
		*marks |= sqlite3_column_int(st, 0) == OUTBOX_FAILED ?
		    MARK_FAILED | MARK_UNSENT : MARK_UNSENT;
	db_done(st);
	return st && !failed;
}

/* Owed first, by urgency, then deadline; the others by last activity. */
static void
order_of(struct queue_item *item, gboolean owed, int64_t last_ms)
{
	item->rank = owed ? 0 : 1;
	item->a = owed ? item->priority : -last_ms;
	item->b = !owed ? 0 : item->deadline ? item->deadline : NEVER_MS;
}

int64_t
owed_deadline(struct store *store, int64_t deadline_ms, int64_t since_ms,
    int64_t priority)
{
	if (deadline_ms)
		return deadline_ms;
	return since_ms + store->hours[CLAMP(priority, 0, 3)] * HOUR_MS;
}

static gboolean
is_owed(const struct said *said, const struct tasks *tasks)
{
	if (!said->any || said->last_side != SIDE_OTHER)
		return FALSE;
	if (tasks->mine)
		return TRUE;
	/* A message that came after the Task was closed is owed anew. */
	return !tasks->others && tasks->done_ms < said->last_ms;
}

static const char *const consult_ended[] = { "completed", "stopped", "not-done",
	"entered-in-error", NULL };

struct consult_row {
	const char *id, *complaint, *fold, *status;
	int64_t patient, priority, sent;
	gboolean mine, loose;
};

static gboolean
consult_in_queue(const struct consult_row *row, const struct said *said)
{
	if (!row->mine)
		return FALSE;
	/* A loose message's status is its own, and it is done once retracted. */
	return row->loose ? said->any : !word_in(row->status, consult_ended);
}

static gboolean
consult_queue(struct ingest *in, int64_t n, const struct consult_row *row,
    GError **error)
{
	struct queue_item item = { .key = n, .kind = QUEUE_CONSULT,
		.id = row->id, .patient = row->patient,
		.complaint = row->complaint, .fold = row->fold };
	struct tasks tasks;
	struct said said;
	gboolean owed;
	int64_t last;
	int marks;

	if (!said_get(in, by_thread, n, &said, error))
		return FALSE;
	if (!consult_in_queue(row, &said))
		return queue_drop(in, n, error);
	if (!tasks_get(in->store, n, &tasks, error) ||
	    !owed_marks(in->store, n, &marks, error))
		return FALSE;
	owed = is_owed(&said, &tasks);
	last = said.any ? said.last_ms : row->sent;
	item.priority = owed ? MIN(row->priority, tasks.priority) :
	    row->priority;
	item.since = owed ? said.since_ms : last;
	item.deadline = owed ? owed_deadline(in->store, tasks.deadline_ms,
	    item.since, item.priority) : 0;
	item.unread = said.unread;
	item.marks = marks;
	item.sender = said.last_sender;
	order_of(&item, owed, last);
	return queue_put(in, &item, error);
}

gboolean
owed_consult(struct ingest *in, int64_t n, GError **error)
{
	static const char sql[] = "SELECT id, complaint, fold, status, patient,"
	    " priority, sent, mine, loose FROM consult WHERE n=?1";
	sqlite3_stmt *st = db_query(in->store, error, sql, "i", n);
	gboolean failed = FALSE, ok = TRUE;

	if (!st)
		return FALSE;
	if (db_row(in->store, st, &failed, error)) {
		struct consult_row row = {
			.id = db_col(st, 0), .complaint = db_col(st, 1),
			.fold = db_col(st, 2), .status = db_col(st, 3),
			.patient = sqlite3_column_int64(st, 4),
			.priority = sqlite3_column_int64(st, 5),
			.sent = sqlite3_column_int64(st, 6),
			.mine = sqlite3_column_int(st, 7),
			.loose = sqlite3_column_int(st, 8),
		};
		ok = consult_queue(in, n, &row, error);
	}
	db_done(st);
	return ok && !failed;
}

/* ---- results ------------------------------------------------------------ */

static const char *const report_final[] = { "final", "amended", "corrected",
	"appended", NULL };

static gboolean
report_names_me(struct store *store, int64_t n, gboolean *mine, GError **error)
{
	static const char sql[] = "SELECT EXISTS(SELECT 1 FROM link"
	    " WHERE a=?1 AND kind=6 AND b IN (SELECT n FROM me))"
	    " OR EXISTS(SELECT 1 FROM link JOIN request r ON r.n = link.b"
	    " WHERE link.a=?1 AND kind=5"
	    " AND r.requester IN (SELECT n FROM me))";
	int64_t any;

	if (!db_int(store, error, 0, &any, sql, "i", n))
		return FALSE;
	*mine = any != 0;
	return TRUE;
}

/* When I answered it, in letters that are on their way; 0: in none, or the server
 * has refused one of them. */
static gboolean
answer_queued(struct store *store, int64_t n, int64_t *at_ms, GError **error)
{
	static const char sql[] = "SELECT CASE WHEN max(state)=2 THEN 0"
	    " ELSE max(created) END FROM outbox INDEXED BY outbox_live"
	    " WHERE thread=?1 AND state<3 AND NOT " OUTBOX_RECEIPT;

	return db_int(store, error, 0, at_ms, sql, "i", n);
}

struct report_row {
	const char *id, *name, *fold, *status;
	int64_t patient, issued;
};

static gboolean
report_queue(struct ingest *in, int64_t n, const struct report_row *row,
    GError **error)
{
	struct queue_item item = { .key = n, .kind = QUEUE_RESULT,
		.id = row->id, .patient = row->patient, .complaint = row->name,
		.fold = row->fold, .since = row->issued };
	struct tasks tasks;
	struct said said;
	gboolean mine, done, asked;
	int64_t queued, answered;
	int marks;

	if (!report_names_me(in->store, n, &mine, error) ||
	    !tasks_get(in->store, n, &tasks, error) ||
	    !said_get(in, by_report, n, &said, error) ||
	    !answer_queued(in->store, n, &queued, error) ||
	    !owed_marks(in->store, n, &marks, error))
		return FALSE;
	/* An amended report, issued after I acknowledged it, is owed anew. */
	answered = MAX(queued, MAX(tasks.done_here_ms, said.mine_ms));
	/* What the patient asks about it after that is owed an answer too. */
	asked = said.any && said.last_side == SIDE_OTHER &&
	    said.last_ms > answered;
	done = answered > 0 && answered >= row->issued && !asked;
	/* While the first sync brings what I have said since then. */
	done |= !answered && !tasks.mine &&
	    row->issued < in->store->answers_from_ms;
	if (answered >= row->issued && asked)
		item.since = said.since_ms;
	if ((!mine && !tasks.to_me) || done ||
	    !word_in(row->status, report_final))
		return queue_drop(in, n, error);
	item.priority = tasks.priority;
	item.deadline = owed_deadline(in->store, tasks.deadline_ms,
	    item.since, item.priority);
	item.unread = said.unread;
	item.marks = marks;
	order_of(&item, TRUE, 0);
	return queue_put(in, &item, error);
}

gboolean
owed_report(struct ingest *in, int64_t n, GError **error)
{
	static const char sql[] = "SELECT id, name, fold, status, patient,"
	    " issued FROM report WHERE n=?1";
	sqlite3_stmt *st = db_query(in->store, error, sql, "i", n);
	gboolean failed = FALSE, ok = TRUE;

	if (!st)
		return FALSE;
	if (db_row(in->store, st, &failed, error)) {
		struct report_row row = {
			.id = db_col(st, 0), .name = db_col(st, 1),
			.fold = db_col(st, 2), .status = db_col(st, 3),
			.patient = sqlite3_column_int64(st, 4),
			.issued = sqlite3_column_int64(st, 5),
		};
		ok = report_queue(in, n, &row, error);
	}
	db_done(st);
	return ok && !failed;
}
