/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parts of a size are made into one, a slice at a time between other work: the
 * new part stands in the file from the first slice on and is seen by no search
 * until its last, when those it was made of cease to be seen in the same
 * transaction. What a program that ended left half made is removed.
 */
#include "store/search_room.h"

#include <string.h>

enum {
	AT_ONCE = 8,            /* parts made into one */
	FEW = 64,               /* of a token: sorted as they stand */
	DROP_ROWS = 64,         /* removed in a slice of the least size */
	POSTINGS_A_ROW = 64,    /* one row removed is as much work */
	GONE_MANY = 512,        /* then parts are written anew without them */
};
#define DEAD G_MAXUINT16
#define BLOCKS_A_PART (INT64_C(1) << 24)

struct source {
	int64_t p, k;
	size_t docs;
	uint16_t *map;           /* to the new numbers, or DEAD */
	GByteArray *block;
	const guint8 *at, *end;
	struct search_entry now;
	gboolean done;
};
struct search_merge {
	struct source sources[AT_ONCE];
	size_t n, docs;
	struct search_writer writer;
	int64_t newest, oldest;
	uint16_t *list;          /* scratch: of one source */
	uint16_t *all;           /* scratch: of all */
	uint64_t *bits;
};

void
search_merge_free(struct search_merge *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->n; i++) {
		g_free(m->sources[i].map);
		g_byte_array_unref(m->sources[i].block);
	}
	search_writer_clear(&m->writer);
	g_free(m->list);
	g_free(m->all);
	g_free(m->bits);
	g_free(m);
}

/* ---- which --------------------------------------------------------------- */

static const int64_t sizes[] = { 60, 480, 3840, SEARCH_PART_MAX / 2 };

static size_t
size_of(int64_t docs)
{
	size_t i = 0;

	while (i < G_N_ELEMENTS(sizes) && docs > sizes[i])
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
	for (guint i = 0; i < parts->len && m->n < AT_ONCE && !full; i++) {
		docs = g_array_index(parts, struct part, i).docs;
		if (size_of(docs) != size)
			continue;
		full = sum + docs > SEARCH_PART_MAX;
		if (full)
			break;
		sum += docs;
		m->sources[m->n++] = (struct source){ .docs = (size_t)docs,
			.p = g_array_index(parts, struct part, i).p };
	}
	return m->n > 1 && (m->n == AT_ONCE || full);
}

/* ---- the new numbers ----------------------------------------------------- */

struct place { struct search_doc doc; uint16_t source, local; };

static int
newest_first(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->doc.ms != y->doc.ms)
		return x->doc.ms < y->doc.ms ? 1 : -1;
	if (x->source != y->source)
		return x->source - y->source;
	return x->local - y->local;
}

/* what -> the newest part it is gone from. */
static GHashTable *
gone_read(struct store *store, GError **error)
{
	static const char sql[] = "SELECT what, p FROM search_gone";
	GHashTable *out = g_hash_table_new(g_direct_hash, g_direct_equal);
	sqlite3_stmt *st = db_query(store, error, sql, "");
	gboolean failed = st == NULL;

	while (!failed && db_row(store, st, &failed, error))
		g_hash_table_insert(out,
		    (void *)(intptr_t)sqlite3_column_int64(st, 0),
		    (void *)(intptr_t)sqlite3_column_int64(st, 1));
	db_done(st);
	return failed ? (g_hash_table_unref(out), NULL) : out;
}

static gboolean
is_gone(GHashTable *gone, int64_t what, int64_t p)
{
	void *newest;

	return g_hash_table_lookup_extended(gone, (void *)(intptr_t)what, NULL,
	    &newest) && (intptr_t)newest >= p;
}

static gboolean
source_read(struct store *store, struct search_merge *m, size_t i,
    GHashTable *gone, GArray *places, GError **error)
{
	struct source *s = &m->sources[i];
	struct search_doc docs[SEARCH_DOCS_A_ROW];
	size_t first, n = 0;

	s->map = g_new(uint16_t, s->docs);
	for (size_t at = 0; at < s->docs; at += n) {
		n = search_docs_read(store, s->p, at, docs, &first);
		if (n == 0 || n > s->docs - at)
			return db_fail(store, SQLITE_CORRUPT, error);
		for (size_t k = 0; k < n; k++) {
			struct place place = { docs[k], (uint16_t)i,
				(uint16_t)(at + k) };

			s->map[at + k] = DEAD;
			if (!is_gone(gone, docs[k].what, s->p))
				g_array_append_val(places, place);
		}
	}
	return TRUE;
}

static gboolean
places_write(struct store *store, struct search_merge *m, GArray *places,
    GError **error)
{
	g_autofree struct search_doc *docs = g_new(struct search_doc,
	    places->len + 1);
	int64_t p;

	g_array_sort(places, newest_first);
	for (guint i = 0; i < places->len; i++) {
		struct place *place = &g_array_index(places, struct place, i);

		docs[i] = place->doc;
		m->sources[place->source].map[place->local] = (uint16_t)i;
	}
	m->docs = places->len;
	if (m->docs) {
		m->newest = docs[0].ms;
		m->oldest = docs[m->docs - 1].ms;
	}
	if (!search_part_new(store, &p, error) ||
	    !search_docs_write(store, p, docs, m->docs, error))
		return FALSE;
	search_writer_start(&m->writer, store, p, m->docs);
	return TRUE;
}

static gboolean source_next(struct store *store, struct source *s,
    GError **error);

static gboolean
start(struct store *store, struct search_merge *m, GError **error)
{
	g_autoptr(GHashTable) gone = gone_read(store, error);
	g_autoptr(GArray) places = g_array_new(FALSE, FALSE,
	    sizeof(struct place));

	m->list = g_new(uint16_t, SEARCH_PART_MAX);
	m->all = g_new(uint16_t, SEARCH_PART_MAX);
	m->bits = g_new(uint64_t, SEARCH_PART_MAX / 64);
	for (size_t i = 0; i < m->n; i++) {
		m->sources[i].block = g_byte_array_new();
		m->sources[i].k = m->sources[i].p * BLOCKS_A_PART - 1;
	}
	if (!gone)
		return FALSE;
	for (size_t i = 0; i < m->n; i++)
		if (!source_read(store, m, i, gone, places, error))
			return FALSE;
	if (!places_write(store, m, places, error))
		return FALSE;
	for (size_t i = 0; i < m->n; i++)
		if (!source_next(store, &m->sources[i], error))
			return FALSE;
	return TRUE;
}

/* ---- tokens -------------------------------------------------------------- */

static gboolean
source_next(struct store *store, struct source *s, GError **error)
{
	static const char sql[] = "SELECT k, bytes FROM search_block"
	    " WHERE k > ?1 AND k < ?2 ORDER BY k LIMIT 1";
	gboolean failed = FALSE;
	sqlite3_stmt *st;

	if (s->at < s->end)
		return search_block_next(&s->at, s->end, &s->now) ||
		    db_fail(store, SQLITE_CORRUPT, error);
	st = db_query(store, error, sql, "ii", s->k, (s->p + 1) *
	    BLOCKS_A_PART);
	s->done = TRUE;
	if (st && db_row(store, st, &failed, error)) {
		s->done = FALSE;
		s->k = sqlite3_column_int64(st, 0);
		g_byte_array_set_size(s->block, 0);
		g_byte_array_append(s->block, sqlite3_column_blob(st, 1),
		    (guint)sqlite3_column_bytes(st, 1));
		s->at = s->block->data;
		s->end = s->at + s->block->len;
	}
	db_done(st);
	if (!st || failed)
		return FALSE;
	return s->done || search_block_next(&s->at, s->end, &s->now) ||
	    db_fail(store, SQLITE_CORRUPT, error);
}

static struct source *
least(struct search_merge *m)
{
	struct source *best = NULL;

	for (size_t i = 0; i < m->n; i++) {
		struct source *s = &m->sources[i];

		if (!s->done && (!best || search_token_order(s->now.token,
		    s->now.len, best->now.token, best->now.len) < 0))
			best = s;
	}
	return best;
}

/* In order: each source's are, and few are sorted as they come. */
static void
insert_sort(uint16_t *list, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		uint16_t doc = list[i];
		size_t k = i;

		for (; k > 0 && list[k - 1] > doc; k--)
			list[k] = list[k - 1];
		list[k] = doc;
	}
}

static void
bits_sort(struct search_merge *m, size_t n)
{
	size_t words = (m->docs + 63) / 64, k = 0;

	memset(m->bits, 0, words * sizeof *m->bits);
	for (size_t i = 0; i < n; i++)
		m->bits[m->all[i] / 64] |= UINT64_C(1) << m->all[i] % 64;
	for (size_t w = 0; w < words; w++)
		for (uint64_t left = m->bits[w]; left; left &= left - 1)
			m->all[k++] = (uint16_t)(64 * w +
			    (size_t)__builtin_ctzll(left));
}

/* All documents of the token at which `first` stands; its sources go on. */
static gboolean
token_write(struct store *store, struct search_merge *m, struct source *first,
    size_t *work, GError **error)
{
	g_autofree guint8 *token = g_memdup2(first->now.token, first->now.len);
	size_t len = first->now.len, n = 0, got;

	for (size_t i = 0; i < m->n; i++) {
		struct source *s = &m->sources[i];

		if (s->done || search_token_order(s->now.token, s->now.len,
		    token, len) != 0)
			continue;
		if (!search_post_list(s->now.post, s->now.post_len, s->docs,
		    m->list, &got))
			return db_fail(store, SQLITE_CORRUPT, error);
		for (size_t k = 0; k < got; k++)
			if (s->map[m->list[k]] != DEAD)
				m->all[n++] = s->map[m->list[k]];
		*work += got + 1;
		if (!source_next(store, s, error))
			return FALSE;
	}
	if (n == 0)
		return TRUE;
	if (n <= FEW)
		insert_sort(m->all, n);
	else
		bits_sort(m, n);
	return search_writer_put(&m->writer, token, len, m->all, n, error);
}

/* ---- the end ------------------------------------------------------------- */

static gboolean
finish(struct store *store, struct search_merge *m, GError **error)
{
	static const char seen_no_more[] = "UPDATE search_part SET docs=0"
	    " WHERE p=?1 AND docs > 0";

	if (!search_writer_end(&m->writer, m->newest, m->oldest, error))
		return FALSE;
	if (sqlite3_changes(store->db) != 1)
		return db_fail(store, SQLITE_CORRUPT, error);
	for (size_t i = 0; i < m->n; i++)
		if (!db_run(store, error, seen_no_more, "i",
		    m->sources[i].p) || sqlite3_changes(store->db) != 1)
			return db_fail(store, SQLITE_CORRUPT, error);
	return TRUE;
}

static gboolean
go_on(struct store *store, size_t budget, GError **error)
{
	struct search_merge *m = store->merge;
	struct source *s;
	size_t work = 0;

	while (work < budget && (s = least(m)))
		if (!token_write(store, m, s, &work, error))
			return FALSE;
	if (least(m))
		return TRUE;
	if (!finish(store, m, error))
		return FALSE;
	g_clear_pointer(&store->merge, search_merge_free);
	return TRUE;
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
	static const char part[] = "DELETE FROM search_part WHERE p=?1";

	if (!db_run(store, error, blocks, "iii", p * BLOCKS_A_PART, (p + 1) *
	    BLOCKS_A_PART, (int64_t)rows))
		return FALSE;
	if (sqlite3_changes(store->db) == (int)rows)
		return TRUE;
	return db_run(store, error, docs, "i", p) &&
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
			if (is_gone(gone, docs[k].what, part->p))
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
	g_autoptr(GHashTable) gone = gone_read(store, error);

	m->n = 0;
	if (!gone)
		return FALSE;
	for (guint i = 0; i < parts->len && !m->n; i++) {
		struct part *part = &g_array_index(parts, struct part, i);

		if (has_gone(store, part, gone))
			m->sources[m->n++] = (struct source){ .p = part->p,
				.docs = (size_t)part->docs };
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
	if (!start(store, m, error)) {
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
		ok = go_on(store, budget, error);
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
