/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parts of a size are made into one, a slice at a time between other work: the
 * new part stands in the file from the first slice on and is seen by no search
 * until its last, when those it was made of cease to be seen in the same
 * transaction. What a program that ended left half made is removed. Which and
 * when is here; search_merge_write.c makes the new one.
 */
#include "store/search_merge.h"

enum {
	DROP_ROWS = 64,         /* removed in a slice of the least size */
	POSTINGS_A_ROW = 64,    /* one row removed is as much work */
	GONE_MANY = 512,        /* then parts are written anew without them */
};
void
search_merge_free(struct search_merge *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->n; i++) {
		g_free(m->sources[i].map);
		for (int k = 0; k < SEARCH_WHOS; k++)
			g_free(m->sources[i].who[k]);
		g_byte_array_unref(m->sources[i].block);
	}
	search_writer_clear(&m->writer);
	g_free(m->list);
	g_free(m->all);
	g_free(m->bits);
	g_free(m);
}

/* ---- which --------------------------------------------------------------- */

/* Of so many documents, so many at once. */
static const struct { int64_t docs; size_t n; } sizes[] = { { 60, 8 },
	{ 480, 8 }, { 3840, 8 }, { SEARCH_PART_MAX / 2, MERGE_AT_ONCE } };

static size_t
size_of(int64_t docs)
{
	size_t i = 0;

	while (i < G_N_ELEMENTS(sizes) && docs > sizes[i].docs)
		i++;
	return i;
}

struct part { int64_t p, docs; };

static GArray *
parts_read(struct store *store, GError **error)
{
	static const char sql[] = "SELECT p, docs FROM search_part"
	    " WHERE docs > 0 ORDER BY p";
	GArray *out = g_array_new(FALSE, FALSE, sizeof(struct part));
	sqlite3_stmt *st = db_query(store, error, sql, "");
	gboolean failed = st == NULL;

	while (!failed && db_row(store, st, &failed, error)) {
		struct part part = { sqlite3_column_int64(st, 0),
			sqlite3_column_int64(st, 1) };

		g_array_append_val(out, part);
	}
	db_done(st);
	return failed ? (g_array_unref(out), NULL) : out;
}

/* The oldest parts of this size, as many as one may hold; FALSE: too few. */
static gboolean
choose(const GArray *parts, size_t size, struct search_merge *m)
{
	int64_t sum = 0, docs;
	gboolean full = FALSE;

	m->n = 0;
	for (guint i = 0; i < parts->len && m->n < sizes[size].n; i++) {
		docs = g_array_index(parts, struct part, i).docs;
		if (size_of(docs) != size)
			continue;
		full = sum + docs > SEARCH_PART_MAX;
		if (full)
			break;
		sum += docs;
		m->sources[m->n++] = (struct search_source){
			.p = g_array_index(parts, struct part, i).p,
			.docs = (size_t)docs };
	}
	return m->n > 1 && (m->n == sizes[size].n || full);
}

/* ---- what is to be removed ----------------------------------------------- */

static int64_t
rubbish(struct store *store)
{
	static const char sql[] = "SELECT p FROM search_part WHERE docs=0"
	    " AND p<>?1 ORDER BY p LIMIT 1";
	int64_t p;

	db_int(store, NULL, 0, &p, sql, "i", store->merge ?
	    store->merge->writer.p : 0);
	return p;
}

static gboolean
rubbish_drop(struct store *store, int64_t p, size_t rows, GError **error)
{
	static const char blocks[] = "DELETE FROM search_block WHERE k IN"
	    " (SELECT k FROM search_block WHERE k >= ?1 AND k < ?2 LIMIT ?3)";
	static const char docs[] = "DELETE FROM search_doc WHERE k >= ?1 * 256"
	    " AND k < (?1 + 1) * 256";
	static const char who[] = "DELETE FROM search_who WHERE k >= ?1 * 64"
	    " AND k < (?1 + 1) * 64";
	static const char part[] = "DELETE FROM search_part WHERE p=?1";

	if (!db_run(store, error, blocks, "iii", p * SEARCH_BLOCKS, (p + 1) *
	    SEARCH_BLOCKS, (int64_t)rows))
		return FALSE;
	if (sqlite3_changes(store->db) == (int)rows)
		return TRUE;
	return db_run(store, error, docs, "i", p) &&
	    db_run(store, error, who, "i", p) &&
	    db_run(store, error, part, "i", p);
}

/* ---- what is gone leaves ------------------------------------------------- */

static gboolean
has_gone(struct store *store, const struct part *part, GHashTable *gone)
{
	struct search_doc docs[SEARCH_DOCS_A_ROW];
	size_t first, n = 0;

	for (size_t at = 0; at < (size_t)part->docs; at += n) {
		n = search_docs_read(store, part->p, at, docs, &first);
		if (n == 0)
			return FALSE;
		for (size_t k = 0; k < n; k++)
			if (search_merge_is_gone(gone, docs[k].what, part->p))
				return TRUE;
	}
	return FALSE;
}

/* The first part with something in it that is gone, to be written anew; none:
 * what is noted as gone is forgotten. */
static gboolean
scrub(struct store *store, const GArray *parts, struct search_merge *m,
    GError **error)
{
	static const char forget[] = "DELETE FROM search_gone";
	static const char done[] = "DELETE FROM meta WHERE key='search.scrub'";
	g_autoptr(GHashTable) gone = search_merge_gone(store, error);

	m->n = 0;
	if (!gone)
		return FALSE;
	for (guint i = 0; i < parts->len && !m->n; i++) {
		struct part *part = &g_array_index(parts, struct part, i);

		if (has_gone(store, part, gone))
			m->sources[m->n++] = (struct search_source){
				.p = part->p, .docs = (size_t)part->docs };
	}
	return m->n || (db_run(store, error, forget, "") &&
	    db_run(store, error, done, ""));
}

static gboolean
is_scrub_due(struct store *store)
{
	static const char sql[] = "SELECT EXISTS(SELECT 1 FROM meta"
	    " WHERE key='search.scrub') OR (SELECT count(*) FROM (SELECT 1"
	    " FROM search_gone LIMIT ?1)) = ?1";
	int64_t is;

	return db_int(store, NULL, 0, &is, sql, "i", (int64_t)GONE_MANY) && is;
}

/* ---- a slice ------------------------------------------------------------- */

static gboolean
find_work(struct store *store, GError **error)
{
	g_autoptr(GArray) parts = parts_read(store, error);
	struct search_merge *m = g_new0(struct search_merge, 1);
	gboolean ok = parts != NULL, any = FALSE;

	for (size_t size = 0; ok && !any && size < G_N_ELEMENTS(sizes); size++)
		any = choose(parts, size, m);
	if (ok && !any)
		m->n = 0;
	if (ok && !any && is_scrub_due(store))
		ok = scrub(store, parts, m, error);
	if (!ok || !m->n) {
		m->n = 0;
		search_merge_free(m);
		return ok;
	}
	if (!search_merge_start(store, m, error)) {
		search_merge_free(m);
		return FALSE;
	}
	store->merge = m;
	return TRUE;
}

gboolean
search_merge_some(struct store *store, size_t budget, gboolean *more,
    GError **error)
{
	int64_t p = rubbish(store);
	gboolean ok;

	if (p)
		ok = rubbish_drop(store, p, MAX(budget / POSTINGS_A_ROW,
		    DROP_ROWS), error);
	else if (store->merge)
		ok = search_merge_go_on(store, budget, error);
	else
		ok = find_work(store, error);
	if (!ok)
		g_clear_pointer(&store->merge, search_merge_free);
	*more = ok && (store->merge || rubbish(store));
	return ok;
}

gboolean
search_merge_due(struct store *store, gboolean *due, GError **error)
{
	g_autoptr(GArray) parts = NULL;
	struct search_merge m = { 0 };

	*due = store->merge || rubbish(store) || is_scrub_due(store);
	if (*due)
		return TRUE;
	parts = parts_read(store, error);
	for (size_t size = 0; parts && !*due && size < G_N_ELEMENTS(sizes);
	    size++)
		*due = choose(parts, size, &m);
	return parts != NULL;
}

/* ---- all of it ----------------------------------------------------------- */

enum { CLEAN_POSTINGS = 200000 };

static gboolean
clean_some(struct store *store, void *data, GError **error)
{
	static const char wanted[] = "INSERT OR REPLACE INTO meta(key, value)"
	    " SELECT 'search.scrub', '1' WHERE EXISTS(SELECT 1"
	    " FROM search_gone)";
	gboolean *more = data;

	return db_run(store, error, wanted, "") &&
	    search_merge_some(store, CLEAN_POSTINGS, more, error);
}

gboolean
search_clean(struct store *store, GError **error)
{
	gboolean more = TRUE;

	while (more) {
		if (!db_transact(store, DB_NORMAL, clean_some, &more, error)) {
			g_clear_pointer(&store->merge, search_merge_free);
			return FALSE;
		}
		more = more || is_scrub_due(store);
	}
	return TRUE;
}
