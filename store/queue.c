/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The queue as the screen lists it. Rows come in order from the covering index
 * queue_order; the patient is a look-up by rowid. Words are matched folded.
 */
#include "store/queue_words.h"

struct filter {
	int64_t lane, rank_max;
	char *words[QUEUE_WORDS_MAX];
	gboolean any_words;
};

static void
filter_clear(struct filter *f)
{
	for (int i = 0; i < QUEUE_WORDS_MAX; i++)
		g_free(f->words[i]);
}
#define AUTO_FILTER __attribute__((cleanup(filter_clear))) struct filter

int
queue_words(const char *text, char *words[QUEUE_WORDS_MAX])
{
	g_autofree char *fold = base_text_fold(text);
	g_auto(GStrv) all = g_strsplit_set(fold, " \t\n", -1);
	int n = 0;

	for (char **w = all; *w && n < QUEUE_WORDS_MAX; w++)
		if (**w)
			words[n++] = g_strdup(*w);
	return n;
}

static void
filter_read(const struct queue_filter *filter, struct filter *f)
{
	*f = (struct filter){ .lane = QUEUE_LANE_ALL, .rank_max = 1 };
	if (!filter)
		return;
	f->lane = filter->lane;
	if (filter->owed_only)
		f->rank_max = 0;
	f->any_words = filter->text && queue_words(filter->text, f->words);
}

/*
 * Parameters of every statement below: 1 rank_max, 2 lane, 3..6 words (empty:
 * matches all). Without words and lane the index alone answers.
 */
#define WHERE_PLAIN " WHERE q.rank <= ?1"
#define WHERE_LANE WHERE_PLAIN " AND (?2 < 0 OR q.kind = ?2)"
#define HAS(i) " AND (?" #i " IS NULL OR instr(q.fold, ?" #i ")" \
	" OR instr(p.fold, ?" #i "))"
/* The short lanes have an index of their own. */
#define WHERE_SHORT WHERE_PLAIN " AND q.kind = ?2 AND q.kind <> 0"
#define WHERE_WORDS WHERE_LANE HAS(3) HAS(4) HAS(5) HAS(6)
#define QUEUE_FROM " FROM queue q INDEXED BY queue_order"
#define SHORT_FROM " FROM queue q INDEXED BY queue_lane"
#define QUEUE_ORDER " ORDER BY q.rank, q.a, q.b, q.key"
#define ROW_COUNT 10

enum shape { PLAIN, LANE, SHORT, WORDS, SHAPES_ };

static enum shape
shape_of(const struct filter *f)
{
	if (f->any_words)
		return WORDS;
	if (f->lane == QUEUE_LANE_ALL)
		return PLAIN;
	return f->lane == QUEUE_CONSULT ? LANE : SHORT;
}

static sqlite3_stmt *
filter_query(struct store *store, const struct filter *f, const char *sql,
    GError **error)
{
	static const char *const types[SHAPES_] = { "i", "ii", "ii", "iissss" };

	return db_query(store, error, sql, types[shape_of(f)], f->rank_max,
	    f->lane, f->words[0], f->words[1], f->words[2], f->words[3]);
}

/* ---- counting ----------------------------------------------------------- */

/* Whole trees are counted without stepping through them; stepped through is
 * only what is not overdue yet, which no backlog makes longer than a day's work,
 * and the short lanes. Nothing is kept. */
static const char rows_sql[] = "SELECT count(*) FROM queue";
static const char due_sql[] = "SELECT count(*) FROM due";
static const char lane_sql[] = "SELECT count(*) FROM queue"
    " INDEXED BY queue_owed WHERE rank=0 AND kind=?1";
static const char in_time_sql[] = "SELECT count(*) FROM queue"
    " INDEXED BY queue_owed WHERE rank=0 AND kind=?1 AND deadline>=?2";

/* ---- a page ------------------------------------------------------------- */

void
queue_row_read(sqlite3_stmt *st, GStringChunk *text, struct queue_row *row)
{
	static const char *const types[QUEUE_KINDS_] = {
		[QUEUE_CONSULT] = "Communication",
		[QUEUE_RESULT] = "DiagnosticReport",
		[QUEUE_RENEWAL] = "Task",
		[QUEUE_REJECTED] = "Task",
	};
	int marks = sqlite3_column_int(st, 9);

	row->key = sqlite3_column_int64(st, 0);
	row->kind = (enum queue_kind)CLAMP(sqlite3_column_int(st, 1), 0,
	    QUEUE_KINDS_ - 1);
	if (row->kind == QUEUE_CONSULT)
		row->consult.n = row->key;
	else if (row->kind == QUEUE_RESULT)
		row->report.n = row->key;
	else
		row->task.n = row->key;
	row->ref = ref_keep(text, types[row->kind], st, 2);
	row->complaint = text_keep(text, st, 3);
	row->priority = (enum fhir_priority)CLAMP(sqlite3_column_int(st, 4),
	    FHIR_STAT, FHIR_ROUTINE);
	row->owed = sqlite3_column_int(st, 5) == 0;
	row->since_ms = sqlite3_column_int64(st, 6);
	row->deadline_ms = sqlite3_column_int64(st, 7);
	row->unread = sqlite3_column_int(st, 8);
	row->draft = marks & MARK_DRAFT;
	row->unsent = (marks & MARK_UNSENT) != 0;
	row->failed = (marks & MARK_FAILED) != 0;
	brief_read(st, ROW_COUNT, text, &row->patient);
}

static const char *const page_sql[SHAPES_] = {
	[PLAIN] = "SELECT " QUEUE_ROW_COLUMNS QUEUE_FROM BRIEF_JOIN("q.patient")
	    WHERE_PLAIN QUEUE_ORDER,
	[LANE] = "SELECT " QUEUE_ROW_COLUMNS QUEUE_FROM BRIEF_JOIN("q.patient")
	    WHERE_LANE QUEUE_ORDER,
	[SHORT] = "SELECT " QUEUE_ROW_COLUMNS SHORT_FROM BRIEF_JOIN("q.patient")
	    WHERE_SHORT QUEUE_ORDER,
	[WORDS] = "SELECT " QUEUE_ROW_COLUMNS QUEUE_FROM BRIEF_JOIN("q.patient")
	    WHERE_WORDS QUEUE_ORDER,
};

/* Where a far page begins, found in the index alone: no patient is looked up for
 * the rows before it. */
struct place { int64_t rank, a, b, key; };

static const char place_plain[] = "SELECT q.rank, q.a, q.b, q.key" QUEUE_FROM
    WHERE_PLAIN QUEUE_ORDER " LIMIT 1 OFFSET ?2";
static const char place_back[] = "SELECT q.rank, q.a, q.b, q.key" QUEUE_FROM
    WHERE_PLAIN " ORDER BY q.rank DESC, q.a DESC, q.b DESC, q.key DESC"
    " LIMIT 1 OFFSET ?2";
static const char page_from[] = "SELECT " QUEUE_ROW_COLUMNS QUEUE_FROM
    BRIEF_JOIN("q.patient") WHERE_PLAIN
    " AND (q.rank, q.a, q.b, q.key) >= (?2, ?3, ?4, ?5)" QUEUE_ORDER;
#define FAR_ROWS 200

static gboolean
place_at(struct store *store, const struct filter *f, int64_t offset,
    struct place *place, gboolean *found, GError **error)
{
	gboolean failed = FALSE, back;
	sqlite3_stmt *st;
	int64_t rows;

	*found = FALSE;
	if (!db_int(store, error, 0, &rows, f->rank_max ? rows_sql : due_sql,
	    ""))
		return FALSE;
	/* The end of the list is near its end. */
	back = offset < rows && offset > rows / 2;
	st = db_query(store, error, back ? place_back : place_plain, "ii",
	    f->rank_max, back ? rows - 1 - offset : offset);
	if (!st)
		return FALSE;
	if (db_row(store, st, &failed, error)) {
		*found = TRUE;
		*place = (struct place){ sqlite3_column_int64(st, 0),
			sqlite3_column_int64(st, 1),
			sqlite3_column_int64(st, 2),
			sqlite3_column_int64(st, 3) };
	}
	db_done(st);
	return !failed;
}

struct queue_page *
queue_page_new(int limit)
{
	struct queue_page *page = g_new0(struct queue_page, 1);

	page->rows = g_new0(struct queue_row, (size_t)MAX(limit, 1));
	page->text = g_string_chunk_new(8192);
	return page;
}

static gboolean
page_fill(struct store *store, struct queue_page *page, sqlite3_stmt *st,
    int64_t skip, int limit, GError **error)
{
	gboolean failed = FALSE;

	if (!st)
		return FALSE;
	while (page->n < (size_t)limit && db_row(store, st, &failed, error))
		if (skip > 0)
			skip--;
		else
			queue_row_read(st, page->text, &page->rows[page->n++]);
	db_done(st);
	return !failed;
}

struct queue_page *
store_queue(struct store *store, const struct queue_filter *filter,
    int64_t offset, int limit, GError **error)
{
	BASE_AUTO(queue_page) page = queue_page_new(limit);
	gboolean found = TRUE;
	struct place at;
	AUTO_FILTER f;
	sqlite3_stmt *st;

	filter_read(filter, &f);
	if (shape_of(&f) == PLAIN && offset > FAR_ROWS) {
		if (!place_at(store, &f, offset, &at, &found, error))
			return NULL;
		if (!found)
			return g_steal_pointer(&page);
		st = db_query(store, error, page_from, "iiiii", f.rank_max,
		    at.rank, at.a, at.b, at.key);
		offset = 0;
	} else {
		st = filter_query(store, &f, page_sql[shape_of(&f)], error);
	}
	if (!page_fill(store, page, st, offset, limit, error))
		return NULL;
	return g_steal_pointer(&page);
}

void
queue_page_free(struct queue_page *page)
{
	if (!page)
		return;
	g_free(page->rows);
	g_string_chunk_free(page->text);
	g_free(page);
}

/* ---- counts ------------------------------------------------------------- */

static const char unread_sql[] = "SELECT sum(unread) FROM queue"
    " INDEXED BY queue_unread WHERE unread>0";
static const char *const matching_sql[SHAPES_] = {
	[PLAIN] = "SELECT count(*)" QUEUE_FROM WHERE_PLAIN,
	[LANE] = "SELECT count(*)" QUEUE_FROM WHERE_LANE,
	[SHORT] = "SELECT count(*)" SHORT_FROM WHERE_SHORT,
	[WORDS] = "SELECT count(*)" QUEUE_FROM BRIEF_JOIN("q.patient")
	    WHERE_WORDS,
};

static gboolean
count_matching(struct store *store, const struct filter *f,
    struct queue_counts *out, GError **error)
{
	gboolean failed = FALSE;
	sqlite3_stmt *st;

	if (shape_of(f) == PLAIN) {
		out->matching = f->rank_max ? out->rows : 0;
		for (int k = 0; !f->rank_max && k < QUEUE_KINDS_; k++)
			out->matching += out->owed[k];
		return TRUE;
	}
	st = filter_query(store, f, matching_sql[shape_of(f)], error);
	if (st && db_row(store, st, &failed, error))
		out->matching = sqlite3_column_int64(st, 0);
	db_done(st);
	return st && !failed;
}

static gboolean
count_owed(struct store *store, int64_t now_ms, struct queue_counts *out,
    GError **error)
{
	int64_t due, in_time;

	if (!db_int(store, error, 0, &due, due_sql, ""))
		return FALSE;
	out->owed[QUEUE_CONSULT] = out->overdue = due;
	for (int64_t kind = QUEUE_CONSULT + 1; kind < QUEUE_KINDS_; kind++) {
		if (!db_int(store, error, 0, &out->owed[kind], lane_sql, "i",
		    kind))
			return FALSE;
		out->owed[QUEUE_CONSULT] -= out->owed[kind];
	}
	for (int64_t kind = 0; kind < QUEUE_KINDS_; kind++) {
		if (!db_int(store, error, 0, &in_time, in_time_sql, "ii", kind,
		    now_ms))
			return FALSE;
		out->overdue -= in_time;
	}
	return TRUE;
}

static gboolean
counts_read(struct store *store, const struct filter *f, int64_t now_ms,
    struct queue_counts *out, GError **error)
{
	return db_int(store, error, 0, &out->rows, rows_sql, "") &&
	    count_owed(store, now_ms, out, error) &&
	    count_matching(store, f, out, error);
}

/* In one snapshot, so that the counts agree with each other. */
gboolean
store_queue_counts(struct store *store, const struct queue_filter *filter,
    int64_t now_ms, struct queue_counts *out, GError **error)
{
	static const char begin[] = "BEGIN";
	static const char end[] = "COMMIT";
	gboolean ok;
	AUTO_FILTER f;

	filter_read(filter, &f);
	*out = (struct queue_counts){ 0 };
	if (!db_run(store, error, begin, ""))
		return FALSE;
	ok = counts_read(store, &f, now_ms, out, error) && (filter ||
	    db_int(store, error, 0, &out->unread, unread_sql, ""));
	return db_run(store, ok ? error : NULL, end, "") && ok;
}

/* ---- places and the next ------------------------------------------------ */

static const char *const keys_sql[SHAPES_] = {
	[PLAIN] = "SELECT q.key, q.marks, q.unread" QUEUE_FROM WHERE_PLAIN
	    QUEUE_ORDER,
	[LANE] = "SELECT q.key, q.marks, q.unread" QUEUE_FROM WHERE_LANE
	    QUEUE_ORDER,
	[SHORT] = "SELECT q.key, q.marks, q.unread" SHORT_FROM WHERE_SHORT
	    QUEUE_ORDER,
	[WORDS] = "SELECT q.key, q.marks, q.unread" QUEUE_FROM
	    BRIEF_JOIN("q.patient") WHERE_WORDS QUEUE_ORDER,
};

int64_t
store_queue_place(struct store *store, const struct queue_filter *filter,
    int64_t key)
{
	int64_t place = 0, found = -1;
	gboolean failed = FALSE;
	sqlite3_stmt *st;
	AUTO_FILTER f;

	filter_read(filter, &f);
	st = filter_query(store, &f, keys_sql[shape_of(&f)], NULL);
	while (st && found < 0 && db_row(store, st, &failed, NULL)) {
		if (sqlite3_column_int64(st, 0) == key)
			found = place;
		place++;
	}
	db_done(st);
	return found;
}

static gboolean
in_list(const int64_t *list, size_t n, int64_t key)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == key)
			return TRUE;
	return FALSE;
}

gboolean
queue_is_answered(int marks, int unread)
{
	return (marks & MARK_UNSENT) && !(marks & MARK_FAILED) && unread == 0;
}

gboolean
store_queue_next(struct store *store, const struct queue_filter *filter,
    const int64_t *seen, size_t n_seen, int64_t *key_out)
{
	gboolean failed = FALSE, found = FALSE;
	sqlite3_stmt *st;
	AUTO_FILTER f;

	filter_read(filter, &f);
	f.rank_max = 0;
	st = filter_query(store, &f, keys_sql[shape_of(&f)], NULL);
	while (st && !found && db_row(store, st, &failed, NULL)) {
		*key_out = sqlite3_column_int64(st, 0);
		found = !in_list(seen, n_seen, *key_out) && !queue_is_answered(
		    sqlite3_column_int(st, 1), sqlite3_column_int(st, 2));
	}
	db_done(st);
	return found;
}
