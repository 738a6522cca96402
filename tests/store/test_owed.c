/* SPDX-License-Identifier: Apache-2.0 */
/* Proves what is owed, since when and until when (wire.md, "What is owed"), that
 * counts are the database's own (F2), that the next never repeats (F4), that read
 * is honest (F17), and that the queue is read from its covering index. */
#include "tests/store/kit.h"

#define COLLEAGUE "Practitioner/colleague"
#define NURSE "Practitioner/nurse"

static void
standard(struct kit *kit)
{
	kit_me(kit->store);
	kit_patient(kit->store, "p", "张银兰");
	kit_header(kit->store, "h", "p", "in-progress", "routine", "x", 1);
}

static void
from_patient(struct kit *kit, const char *id, int minutes)
{
	kit_message(kit->store, id, "h", "Patient/p", "Practitioner/me",
	    minutes, "问");
}

static void
from(struct kit *kit, const char *id, const char *who, int minutes)
{
	kit_message(kit->store, id, "h", who, "Patient/p", minutes, "答");
}

static struct queue_row
row(struct kit *kit, const char *ref)
{
	BASE_AUTO(queue_page) page = kit_queue(kit->store);
	const struct queue_row *found = kit_row(page, ref);
	struct queue_row copy = { 0 };

	if (found) {
		copy = *found;
		copy.ref = copy.complaint = NULL;
	}
	return copy;
}
#define H row(kit, "Communication/h")

static void
last_word(void **state)
{
	struct kit *kit = *state;

	standard(kit);
	assert_false(H.owed);
	from_patient(kit, "1", -60);
	from_patient(kit, "2", -50);
	assert_true(H.owed);
	assert_int_equal(H.since_ms, NOW_MS - HOUR_MS);
	assert_int_equal(H.deadline_ms, NOW_MS + 23 * HOUR_MS);
	from(kit, "3", "Practitioner/me", -40);
	assert_false(H.owed);
	assert_int_equal(H.deadline_ms, 0);
	assert_int_equal(H.since_ms, NOW_MS - 40 * 60000);
	/* It comes late, but was said after mine. */
	from_patient(kit, "5", -20);
	from_patient(kit, "4", -30);
	assert_int_equal(H.since_ms, NOW_MS - 30 * 60000);
	/* And one that was said before changes nothing. */
	from_patient(kit, "0", -90);
	assert_int_equal(H.since_ms, NOW_MS - 30 * 60000);
}

static void
my_other_self(void **state)
{
	struct kit *kit = *state;

	standard(kit);
	from_patient(kit, "1", -60);
	from(kit, "2", "PractitionerRole/me-role", -50);
	assert_false(H.owed);
}

static void
role(struct kit *kit, const char *id, const char *who, const char *code)
{
	kit_put(kit->store, "{'resourceType':'PractitionerRole','id':'%s',"
	    "'practitioner':{'reference':'%s'},"
	    "'code':[{'coding':[{'code':'%s'}]}]}", id, who, code);
}

static void
colleagues(void **state)
{
	struct kit *kit = *state;

	standard(kit);
	role(kit, "me-role", "Practitioner/me", "doctor");
	role(kit, "n", NURSE, "nurse");
	from_patient(kit, "1", -60);
	from(kit, "2", NURSE, -50);
	/* A nurse said "please wait": the nurse's word is the last, and I owe
	 * since the patient's first. */
	assert_true(H.owed);
	assert_int_equal(H.since_ms, NOW_MS - HOUR_MS);
	from(kit, "3", COLLEAGUE, -40);
	assert_true(H.owed);
	/* Their role becomes known only now. */
	role(kit, "c", COLLEAGUE, "doctor");
	assert_false(H.owed);
	from_patient(kit, "4", -30);
	assert_int_equal(H.since_ms, NOW_MS - 30 * 60000);
}

static void
not_said(void **state)
{
	struct kit *kit = *state;
	static const char *const status[] = { "preparation",
		"entered-in-error" };
	BASE_AUTO(thread) thread = NULL;

	standard(kit);
	from_patient(kit, "1", -60);
	for (int i = 0; i < 2; i++)
		kit_put(kit->store, "{'resourceType':'Communication',"
		    "'id':'x%d','status':'%s','partOf':[{'reference':"
		    "'Communication/h'}],'sender':{'reference':"
		    "'Practitioner/me'},'sent':'%s','payload':"
		    "[{'contentString':'oops'}]}", i, status[i], kit_time(-9));
	assert_true(H.owed);
	assert_int_equal(H.since_ms, NOW_MS - HOUR_MS);
	thread = kit_thread(kit->store, "h");
	assert_int_equal(thread->n, 2);
	assert_int_equal(thread->messages[1].state, MESSAGE_RETRACTED);
}

static void
scope(void **state)
{
	struct kit *kit = *state;

	standard(kit);
	from_patient(kit, "1", -60);
	kit_header(kit->store, "h", "p", "completed", "routine", "x", 2);
	assert_int_equal(H.key, 0);
	kit_header(kit->store, "h", "p", "on-hold", "routine", "x", 3);
	assert_true(H.owed);
	/* Handed to another: I am no recipient any more. */
	kit_put(kit->store, "{'resourceType':'Communication','id':'h',"
	    "'meta':{'versionId':'4','lastUpdated':'%s'},"
	    "'status':'in-progress','subject':{'reference':'Patient/p'},"
	    "'recipient':[{'reference':'Practitioner/other'}]}",
	    kit_time(-100));
	assert_int_equal(H.key, 0);
	assert_true(kit_sql(kit->store, "SELECT left_ms FROM patient") > 0);
}

static void
who_i_am_changes(void **state)
{
	struct kit *kit = *state;
	static const char *const other[] = { "Practitioner/other", NULL };

	standard(kit);
	from_patient(kit, "1", -60);
	from(kit, "2", "Practitioner/other", -50);
	assert_true(H.owed);
	assert_true(store_me_set(kit->store, other, "n", NULL, NULL));
	assert_int_equal(H.key, 0);
	kit_me(kit->store);
	assert_true(H.owed);
	g_autofree char *ref = store_me_ref(kit->store);
	g_autofree char *name = store_me_name(kit->store);
	/* Learnt anew beside it: what was taken before stays. */
	assert_true(store_me_set(kit->store, other, "n", NULL, NULL));
	g_autofree char *field = store_me_specialty(kit->store);
	assert_string_equal(ref, "Practitioner/me");
	assert_string_equal(name, "吴科荣");
	assert_null(field);
}

static void
task(struct kit *kit, int version, const char *focus, const char *owner,
    const char *status, int modified, const char *more)
{
	kit_put(kit->store, "{'resourceType':'Task','id':'t',"
	    "'meta':{'versionId':'%d','lastUpdated':'%s'},'status':'%s',"
	    "'focus':{'reference':'%s'},'owner':{'reference':'%s'},"
	    "'lastModified':'%s'%s}", version, kit_time(version), status,
	    focus, owner, kit_time(modified), more);
}

static void
tasks(void **state)
{
	struct kit *kit = *state;
	g_autofree char *until = g_strdup_printf(",'priority':'stat',"
	    "'restriction':{'period':{'end':'%s'}}", kit_time(45));

	standard(kit);
	from_patient(kit, "1", -60);
	task(kit, 1, "Communication/h", "Practitioner/me", "accepted", -55,
	    until);
	assert_int_equal(H.deadline_ms, NOW_MS + 45 * 60000);
	assert_int_equal(H.priority, FHIR_STAT);
	/* Another has claimed it. */
	task(kit, 2, "Communication/h", COLLEAGUE, "accepted", -50, "");
	assert_false(H.owed);
	task(kit, 3, "Communication/h", "Practitioner/me", "completed", -40,
	    "");
	assert_false(H.owed);
	/* The patient writes again: a closed Task hides no new message. */
	from_patient(kit, "2", -10);
	assert_true(H.owed);
	/* A Task on a message speaks of its thread. */
	task(kit, 4, "Communication/2", "Practitioner/me", "completed", -5,
	    "");
	assert_false(H.owed);
}

static void
policy(void **state)
{
	struct kit *kit = *state;
	const int hours[4] = { 1, 2, 3, 4 };

	standard(kit);
	from_patient(kit, "1", -60);
	assert_true(store_policy_set(kit->store, hours, NULL));
	assert_int_equal(H.deadline_ms, NOW_MS + 3 * HOUR_MS);
	from_patient(kit, "2", -30);
	assert_int_equal(H.deadline_ms, NOW_MS + 3 * HOUR_MS);
}

/* ---- results ------------------------------------------------------------ */

static void
report(struct kit *kit, int version, const char *status, int issued,
    const char *more)
{
	kit_put(kit->store, "{'resourceType':'DiagnosticReport','id':'r',"
	    "'meta':{'versionId':'%d','lastUpdated':'%s'},'status':'%s',"
	    "'code':{'text':'血脂'},'subject':{'reference':'Patient/p'},"
	    "'issued':'%s'%s}", version, kit_time(version), status,
	    kit_time(issued), more);
}
#define R row(kit, "DiagnosticReport/r")
#define INTERPRETER ",'resultsInterpreter':[{'reference':'Practitioner/me'}]"

static void
results(void **state)
{
	struct kit *kit = *state;
	struct store_ingested out;

	standard(kit);
	report(kit, 1, "final", -30, "");
	assert_int_equal(R.key, 0);
	report(kit, 2, "preliminary", -30, INTERPRETER);
	assert_int_equal(R.key, 0);
	report(kit, 3, "final", -30, INTERPRETER);
	assert_true(R.owed);
	assert_int_equal(R.kind, QUEUE_RESULT);
	assert_int_equal(R.since_ms, NOW_MS - 30 * 60000);
	assert_int_equal(R.report.n, store_report_find(kit->store, "r").n);
	out = kit_put(kit->store, "{'resourceType':'Communication','id':'a',"
	    "'status':'completed','about':[{'reference':'DiagnosticReport/r'}],"
	    "'sender':{'reference':'Practitioner/me'},'sent':'%s',"
	    "'payload':[{'contentString':'已阅'}]}", kit_time(-20));
	assert_true(out.queue_changed);
	assert_int_equal(R.key, 0);
	/* Amended after I had seen it. */
	report(kit, 4, "amended", -10, INTERPRETER);
	assert_true(R.owed);
}

/* A first sync brings a report before my answer to it: then it is not owed, and no
 * more than that. */
static void
results_before_my_answers(void **state)
{
	struct kit *kit = *state;
	int64_t cursor = 0;

	standard(kit);
	report(kit, 1, "final", -30, INTERPRETER);
	assert_true(R.owed);
	assert_true(store_answers_from(kit->store, INT64_MAX, &cursor, NULL));
	assert_int_equal(cursor, 0);
	assert_int_equal(R.key, 0);
	report(kit, 2, "final", -20, INTERPRETER);
	assert_int_equal(R.key, 0);
	/* A Task says that it is owed whatever I may have said. */
	kit_put(kit->store, "{'resourceType':'Task','id':'t','status':"
	    "'requested','owner':{'reference':'Practitioner/me'},'focus':"
	    "{'reference':'DiagnosticReport/r'}}");
	assert_true(R.owed);
	kit_put(kit->store, "{'resourceType':'Task','id':'t','status':"
	    "'cancelled','owner':{'reference':'Practitioner/me'},'focus':"
	    "{'reference':'DiagnosticReport/r'}}");
	assert_int_equal(R.key, 0);
	assert_true(store_answers_from(kit->store, NOW_MS - HOUR_MS / 4,
	    &cursor, NULL));
	assert_int_equal(R.key, 0);
	assert_true(store_answers_from(kit->store, NOW_MS - HOUR_MS, &cursor,
	    NULL));
	assert_true(R.owed);
}

/* More of them than a slice holds. */
static void
results_in_slices(void **state)
{
	struct kit *kit = *state;
	struct queue_filter filter = { .lane = QUEUE_RESULT };
	struct queue_counts counts;
	int64_t cursor = 0;
	int slices = 0;

	standard(kit);
	for (int i = 0; i < 450; i++)
		kit_put(kit->store, "{'resourceType':'DiagnosticReport','id':"
		    "'r%d','status':'final','issued':'%s','subject':{"
		    "'reference':'Patient/p'}" INTERPRETER "}", i,
		    kit_time(-i));
	/* what fails is to be done again, from where it was */
	kit_exec(kit->store, "CREATE TEMP TRIGGER no BEFORE DELETE ON queue"
	    " BEGIN SELECT RAISE(ABORT, 'no'); END");
	assert_false(store_answers_from(kit->store, INT64_MAX, &cursor, NULL));
	assert_int_equal(cursor, 0);
	kit_exec(kit->store, "DROP TRIGGER no");
	for (int64_t from_ms = INT64_MAX;; from_ms = 0) {
		do {
			assert_true(store_answers_from(kit->store, from_ms,
			    &cursor, NULL));
			slices++;
		} while (cursor);
		assert_true(store_queue_counts(kit->store, &filter, NOW_MS,
		    &counts, NULL));
		assert_int_equal(counts.owed[QUEUE_RESULT],
		    from_ms ? 0 : 450);
		if (!from_ms)
			break;
	}
	assert_int_equal(slices, 6);
}

static void
result_i_ordered(void **state)
{
	struct kit *kit = *state;

	standard(kit);
	report(kit, 1, "final", -30, ",'basedOn':[{'reference':"
	    "'ServiceRequest/s'}]");
	assert_int_equal(R.key, 0);
	kit_put(kit->store, "{'resourceType':'ServiceRequest','id':'s',"
	    "'requester':{'reference':'Practitioner/me'}}");
	assert_true(R.owed);
	task(kit, 1, "DiagnosticReport/r", "Practitioner/me", "completed", -20,
	    "");
	assert_int_equal(R.key, 0);
}

static void
result_by_task(void **state)
{
	struct kit *kit = *state;

	standard(kit);
	task(kit, 1, "DiagnosticReport/r", "Practitioner/me", "requested", -20,
	    "");
	report(kit, 1, "final", -30, "");
	assert_true(R.owed);
	task(kit, 2, "DiagnosticReport/r", "Practitioner/me", "cancelled", -10,
	    "");
	assert_int_equal(R.key, 0);
}

/* ---- order, counts, next ------------------------------------------------ */

/* Twelve threads: every fourth not owed, three urgencies, odd deadlines. */
static void
many(struct kit *kit)
{
	static const char *const priorities[] = { "routine", "urgent", "stat" };

	kit_me(kit->store);
	for (int i = 0; i < 12; i++) {
		g_autofree char *id = g_strdup_printf("h%d", i);
		g_autofree char *m = g_strdup_printf("m%d", i);
		g_autofree char *p = g_strdup_printf("p%d", i);
		kit_patient(kit->store, p, i % 2 ? "Zhang San" : "李四");
		kit_header(kit->store, id, p, "in-progress",
		    priorities[i % 3], i % 2 ? "Cough" : "頭痛", 1);
		kit_message(kit->store, m, id, i % 4 ? "Patient/p" :
		    "Practitioner/me", "Practitioner/me",
		    -60 * 24 * (i * 7 % 12), "x");
	}
}

static void
order(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(queue_page) page = NULL;

	many(kit);
	page = kit_queue(kit->store);
	assert_int_equal(page->n, 12);
	for (size_t i = 1; i < page->n; i++) {
		const struct queue_row *a = &page->rows[i - 1];
		const struct queue_row *b = &page->rows[i];
		assert_true(a->owed >= b->owed);
		if (a->owed != b->owed)
			continue;
		if (!a->owed) {
			assert_true(a->since_ms >= b->since_ms);
			continue;
		}
		assert_true(a->priority <= b->priority);
		if (a->priority == b->priority)
			assert_true(a->deadline_ms <= b->deadline_ms);
	}
	for (int i = 0; i < 12; i++) {
		BASE_AUTO(queue_page) one = store_queue(kit->store, NULL, i, 1,
		    NULL);
		assert_int_equal(one->rows[0].key, page->rows[i].key);
		assert_int_equal(store_queue_place(kit->store, NULL,
		    page->rows[i].key), i);
	}
	assert_int_equal(store_queue_place(kit->store, NULL, 999999), -1);
}

/* The small tree that is counted holds the owed rows and no others. */
static void
due(struct kit *kit)
{
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM due"),
	    kit_sql(kit->store, "SELECT count(*) FROM queue WHERE rank=0"));
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM due"
	    " WHERE key NOT IN (SELECT key FROM queue WHERE rank=0)"), 0);
}

static void
counts(void **state)
{
	struct kit *kit = *state;
	struct queue_counts c;
	const struct queue_filter words = { .lane = QUEUE_LANE_ALL,
		.text = "ZHANG  cou" };
	const struct queue_filter folded = { .lane = QUEUE_CONSULT,
		.text = "头痛" };
	const struct queue_filter owed = { .lane = QUEUE_LANE_ALL,
		.owed_only = TRUE };
	const struct queue_filter lane = { .lane = QUEUE_RESULT };

	many(kit);
	report(kit, 1, "final", -30, INTERPRETER);
	assert_true(store_queue_counts(kit->store, NULL, NOW_MS, &c, NULL));
	assert_int_equal(c.rows, kit_sql(kit->store,
	    "SELECT count(*) FROM queue"));
	assert_int_equal(c.rows, 13);
	assert_int_equal(c.matching, 13);
	assert_int_equal(c.owed[QUEUE_CONSULT], 9);
	assert_int_equal(c.owed[QUEUE_RESULT], 1);
	assert_int_equal(c.unread, kit_sql(kit->store,
	    "SELECT count(*) FROM message JOIN resource r ON r.n = sender"
	    " WHERE NOT flags & 15 AND r.type = 'Patient'"));
	assert_true(c.overdue > 0);
	{
		g_autofree char *sql = g_strdup_printf("SELECT count(*) FROM"
		    " queue WHERE rank = 0 AND deadline < %" G_GINT64_FORMAT,
		    (gint64)NOW_MS);
		assert_int_equal(c.overdue, kit_sql(kit->store, sql));
	}
	assert_true(store_queue_counts(kit->store, &words, NOW_MS, &c, NULL));
	assert_int_equal(c.matching, 6);
	/* Traditional characters are found by simplified ones. */
	assert_true(store_queue_counts(kit->store, &folded, NOW_MS, &c, NULL));
	assert_int_equal(c.matching, 6);
	assert_true(store_queue_counts(kit->store, &owed, NOW_MS, &c, NULL));
	assert_int_equal(c.matching, 10);
	assert_true(store_queue_counts(kit->store, &lane, NOW_MS, &c, NULL));
	assert_int_equal(c.matching, 1);
	due(kit);
	kit_message(kit->store, "mine", "h1", "Practitioner/me", "Patient/p1",
	    -1, "x");
	kit_header(kit->store, "h2", "p2", "completed", "routine", "x", 2);
	assert_true(store_queue_counts(kit->store, NULL, NOW_MS, &c, NULL));
	assert_int_equal(c.owed[QUEUE_CONSULT], 7);
	due(kit);
}

/* All of it in steps; the rows and their order are those of one look. */
static struct queue_scan *
scanned(struct store *store, const struct queue_filter *filter,
    const struct queue_scan *before, int64_t n)
{
	BASE_AUTO(queue_page) want = store_queue(store, filter, 0, 1000, NULL);
	struct queue_scan *scan = queue_scan_new(filter, before);
	BASE_AUTO(queue_page) got = NULL;

	while (!queue_scan_done(scan))
		assert_true(queue_scan_some(store, scan, 0, NULL));
	got = queue_scan_page(store, scan, 0, 1000, NULL);
	assert_int_equal(want->n, n);
	assert_int_equal(got->n, n);
	assert_int_equal(queue_scan_found(scan), n);
	for (size_t i = 0; i < want->n; i++) {
		assert_int_equal(got->rows[i].key, want->rows[i].key);
		assert_string_equal(got->rows[i].patient.name,
		    want->rows[i].patient.name);
		assert_int_equal(queue_scan_place(scan, want->rows[i].key), i);
	}
	return scan;
}

/* A filter between the keys: a word that grows, another one, a row that goes. */
static void
in_steps(void **state)
{
	struct queue_filter f = { .lane = QUEUE_LANE_ALL, .text = "h" };
	struct kit *kit = *state;
	struct queue_scan *all, *some, *none;
	int64_t next, other;

	many(kit);
	report(kit, 1, "final", -30, INTERPRETER);
	all = scanned(kit->store, &f, NULL, kit_sql(kit->store, "SELECT count(*)"
	    " FROM queue q LEFT JOIN patient p ON p.n = q.patient WHERE"
	    " instr(q.fold, 'h') OR instr(p.fold, 'h')"));
	f.text = "ZHANG  cou";
	some = scanned(kit->store, &f, all, 6);
	queue_scan_free(scanned(kit->store, &f, NULL, 6));
	f.text = "头痛"; /* not among those */
	queue_scan_free(scanned(kit->store, &f, some, 6));
	f.text = "zhang coux";
	none = scanned(kit->store, &f, some, 0);
	assert_false(queue_scan_next(kit->store, none, NULL, 0, &next));
	f.text = "zhang cou";
	assert_true(queue_scan_next(kit->store, some, NULL, 0, &next));
	assert_true(store_queue_next(kit->store, &f, NULL, 0, &other));
	assert_int_equal(next, other);
	assert_true(queue_scan_next(kit->store, some, &next, 1, &other));
	assert_int_not_equal(next, other);
	{
		BASE_AUTO(queue_page) page = NULL;

		assert_true(db_run(kit->store, NULL, "DELETE FROM queue"
		    " WHERE key=?1", "i", next));
		page = queue_scan_page(kit->store, some, 0, 1000, NULL);
		assert_int_equal(page->n, 5);
		assert_int_equal(queue_scan_found(some), 5);
	}
	queue_scan_free(all);
	queue_scan_free(some);
	queue_scan_free(none);
}

/* A far page begins where a near one would have come to it, from either end. */
static void
far(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(queue_page) all = NULL;

	kit_me(kit->store);
	for (int i = 0; i < 700; i++) {
		g_autofree char *id = g_strdup_printf("h%d", i);
		g_autofree char *m = g_strdup_printf("m%d", i);
		kit_header(kit->store, id, "p", "in-progress", i % 3 ?
		    "routine" : "stat", "x", 1);
		if (i % 2)
			kit_message(kit->store, m, id, "Patient/p",
			    "Practitioner/me", i * 37 % 500, "x");
	}
	all = store_queue(kit->store, NULL, 0, 700, NULL);
	assert_int_equal(all->n, 700);
	for (int offset = 0; offset < 720; offset += 23) {
		BASE_AUTO(queue_page) page = store_queue(kit->store, NULL,
		    offset, 5, NULL);
		assert_int_equal(page->n, CLAMP(700 - offset, 0, 5));
		for (size_t i = 0; i < page->n; i++)
			assert_int_equal(page->rows[i].key,
			    all->rows[(size_t)offset + i].key);
	}
}

static void
next(void **state)
{
	struct kit *kit = *state;
	int64_t seen[32], key;
	size_t n = 0;

	many(kit);
	while (n < 32 && store_queue_next(kit->store, NULL, seen, n, &key)) {
		for (size_t i = 0; i < n; i++)
			assert_int_not_equal(seen[i], key);
		assert_int_equal(store_queue_place(kit->store, NULL, key), n);
		seen[n++] = key;
	}
	assert_int_equal(n, 9);
}

/* ---- read --------------------------------------------------------------- */

static void
read_state(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(thread) thread = NULL;
	BASE_AUTO(thread) after = NULL;
	BASE_AUTO(outbox_entry) told = NULL;
	BASE_AUTO(fhir_doc) doc = NULL;

	standard(kit);
	from_patient(kit, "1", -60);
	from_patient(kit, "2", -50);
	assert_int_equal(H.unread, 2);
	/* I answered from another machine: what was before it I had read. */
	from(kit, "3", "Practitioner/me", -40);
	assert_int_equal(H.unread, 0);
	from_patient(kit, "4", -30);
	assert_int_equal(H.unread, 1);
	thread = kit_thread(kit->store, "h");
	assert_false(thread->messages[0].unread);
	assert_true(thread->messages[3].unread);
	assert_true(store_read(kit->store, &thread->messages[3].id, 1, NOW_MS,
	    NULL));
	assert_int_equal(H.unread, 0);
	after = kit_thread(kit->store, "h");
	assert_false(after->messages[3].unread);

	told = store_outbox_next(kit->store, NOW_MS, NULL, NULL);
	assert_int_equal(told->verb, OUTBOX_UPDATE);
	assert_string_equal(told->target_id, "4");
	assert_string_equal(told->if_match, "1");
	doc = fhir_parse(told->bytes, told->len, NULL, NULL);
	assert_non_null(fhir_text(fhir_root(doc), "received"));
	/* Reading it again says nothing anew. */
	assert_true(store_read(kit->store, &thread->messages[3].id, 1, NOW_MS,
	    NULL));
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM outbox"),
	    1);
}

/* Sent to several: `received` is not mine to write, nor does another's tell
 * that I have read it. */
static void
read_of_many(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(thread) thread = NULL;

	standard(kit);
	kit_put(kit->store, "{'resourceType':'Communication','id':'g',"
	    "'meta':{'versionId':'1','lastUpdated':'%s'},"
	    "'status':'completed','partOf':[{'reference':'Communication/h'}],"
	    "'sender':{'reference':'Patient/p'},'recipient':[{'reference':"
	    "'Practitioner/me'},{'reference':'Practitioner/other'}],"
	    "'received':'%s','sent':'%s','payload':[{'contentString':'x'}]}",
	    kit_time(-1), kit_time(-1), kit_time(-1));
	assert_int_equal(H.unread, 1);
	thread = kit_thread(kit->store, "h");
	assert_true(store_read(kit->store, &thread->messages[0].id, 1, NOW_MS,
	    NULL));
	assert_int_equal(H.unread, 0);
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM outbox"),
	    0);
}

/* ---- the plan ----------------------------------------------------------- */

static void
plan(void **state)
{
	struct kit *kit = *state;
	static const char *const shapes[] = {
		"INDEXED BY queue_order LEFT JOIN", NULL };
	GHashTableIter iter;
	gpointer sql;
	int found = 0;
	BASE_AUTO(queue_page) page = kit_queue(kit->store);

	/* The very text that store_queue() has prepared. */
	g_hash_table_iter_init(&iter, kit->store->statements);
	while (g_hash_table_iter_next(&iter, &sql, NULL)) {
		g_autofree char *explain = NULL;
		g_autoptr(GString) steps = g_string_new(NULL);
		sqlite3_stmt *st;
		if (!strstr(sql, shapes[0]))
			continue;
		explain = g_strconcat("EXPLAIN QUERY PLAN ", sql, NULL);
		assert_int_equal(sqlite3_prepare_v2(kit->store->db, explain,
		    -1, &st, NULL), SQLITE_OK);
		while (sqlite3_step(st) == SQLITE_ROW)
			g_string_append_printf(steps, "%s\n",
			    sqlite3_column_text(st, 3));
		sqlite3_finalize(st);
		assert_non_null(strstr(steps->str,
		    "q USING COVERING INDEX queue_order"));
		assert_non_null(strstr(steps->str,
		    "p USING INTEGER PRIMARY KEY"));
		assert_null(strstr(steps->str, "TEMP B-TREE"));
		found++;
	}
	assert_int_equal(found, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		KIT_TEST(last_word),
		KIT_TEST(my_other_self),
		KIT_TEST(colleagues),
		KIT_TEST(not_said),
		KIT_TEST(scope),
		KIT_TEST(who_i_am_changes),
		KIT_TEST(tasks),
		KIT_TEST(policy),
		KIT_TEST(results),
		KIT_TEST(results_before_my_answers),
		KIT_TEST(results_in_slices),
		KIT_TEST(result_i_ordered),
		KIT_TEST(result_by_task),
		KIT_TEST(order),
		KIT_TEST(counts), KIT_TEST(in_steps),
		KIT_TEST(far),
		KIT_TEST(next),
		KIT_TEST(read_state),
		KIT_TEST(read_of_many),
		KIT_TEST(plan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
