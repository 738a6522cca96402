/* SPDX-License-Identifier: Apache-2.0 */
/* One part of several: what is not gone gets its new number, newest first; then
 * token after token, the least of all sources next. */
#include "store/search_merge.h"

#include <string.h>

enum { FEW = 64 };              /* of a token: sorted as they stand */

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

GHashTable *
search_merge_gone(struct store *store, GError **error)
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

gboolean
search_merge_is_gone(GHashTable *gone, int64_t what, int64_t p)
{
	void *newest;

	return g_hash_table_lookup_extended(gone, (void *)(intptr_t)what, NULL,
	    &newest) && (intptr_t)newest >= p;
}

static gboolean
source_read(struct store *store, struct search_merge *m, size_t i,
    GHashTable *gone, GArray *places, GError **error)
{
	struct search_source *s = &m->sources[i];
	struct search_doc docs[SEARCH_DOCS_A_ROW];
	size_t first, n = 0;

	s->map = g_new(uint16_t, s->docs);
	for (int which = 0; which < SEARCH_WHOS; which++) {
		s->who[which] = g_new(uint16_t, s->docs);
		if (!search_who_read(store, s->p, which, s->who[which],
		    s->docs, error))
			return FALSE;
	}
	for (size_t at = 0; at < s->docs; at += n) {
		n = search_docs_read(store, s->p, at, docs, &first);
		if (n == 0 || n > s->docs - at)
			return db_fail(store, SQLITE_CORRUPT, error);
		for (size_t k = 0; k < n; k++) {
			struct place place = { docs[k], (uint16_t)i,
				(uint16_t)(at + k) };

			s->map[at + k] = SEARCH_DEAD;
			if (!search_merge_is_gone(gone, docs[k].what, s->p))
				g_array_append_val(places, place);
		}
	}
	return TRUE;
}

static gboolean
who_write(struct store *store, struct search_merge *m, int64_t p,
    const GArray *places, GError **error)
{
	g_autofree uint16_t *who = g_new(uint16_t, places->len + 1);

	for (int which = 0; which < SEARCH_WHOS; which++) {
		for (guint i = 0; i < places->len; i++) {
			const struct place *place = &g_array_index(places,
			    struct place, i);

			who[i] = m->sources[place->source].who[which][
			    place->local];
		}
		if (!search_who_write(store, p, which, who, places->len,
		    error))
			return FALSE;
	}
	for (size_t i = 0; i < m->n; i++)
		for (int which = 0; which < SEARCH_WHOS; which++)
			g_clear_pointer(&m->sources[i].who[which], g_free);
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
	    !search_docs_write(store, p, docs, m->docs, error) ||
	    !who_write(store, m, p, places, error))
		return FALSE;
	search_writer_start(&m->writer, store, p, m->docs);
	return TRUE;
}

static gboolean source_next(struct store *store, struct search_source *s,
    GError **error);

gboolean
search_merge_start(struct store *store, struct search_merge *m, GError **error)
{
	g_autoptr(GHashTable) gone = search_merge_gone(store, error);
	g_autoptr(GArray) places = g_array_new(FALSE, FALSE,
	    sizeof(struct place));

	m->list = g_new(uint16_t, SEARCH_PART_MAX);
	m->all = g_new(uint16_t, SEARCH_PART_MAX);
	m->bits = g_new(uint64_t, SEARCH_PART_MAX / 64);
	for (size_t i = 0; i < m->n; i++) {
		m->sources[i].block = g_byte_array_new();
		m->sources[i].k = m->sources[i].p * SEARCH_BLOCKS - 1;
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
source_next(struct store *store, struct search_source *s, GError **error)
{
	static const char sql[] = "SELECT k, bytes FROM search_block"
	    " WHERE k > ?1 AND k < ?2 ORDER BY k LIMIT 1";
	gboolean failed = FALSE;
	sqlite3_stmt *st;

	if (s->at < s->end)
		return search_block_next(&s->at, s->end, &s->now) ||
		    db_fail(store, SQLITE_CORRUPT, error);
	st = db_query(store, error, sql, "ii", s->k, (s->p + 1) *
	    SEARCH_BLOCKS);
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

static struct search_source *
least(struct search_merge *m)
{
	struct search_source *best = NULL;

	for (size_t i = 0; i < m->n; i++) {
		struct search_source *s = &m->sources[i];

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
token_write(struct store *store, struct search_merge *m,
    struct search_source *first, size_t *work, GError **error)
{
	g_autofree guint8 *token = g_memdup2(first->now.token, first->now.len);
	size_t len = first->now.len, n = 0, got;

	for (size_t i = 0; i < m->n; i++) {
		struct search_source *s = &m->sources[i];

		if (s->done || search_token_order(s->now.token, s->now.len,
		    token, len) != 0)
			continue;
		if (!search_post_list(s->now.post, s->now.post_len, s->docs,
		    m->list, &got))
			return db_fail(store, SQLITE_CORRUPT, error);
		for (size_t k = 0; k < got; k++)
			if (s->map[m->list[k]] != SEARCH_DEAD)
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

gboolean
search_merge_go_on(struct store *store, size_t budget, GError **error)
{
	struct search_merge *m = store->merge;
	struct search_source *s;
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
