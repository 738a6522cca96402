/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Through the parts of the index at once, the newest document first. A part is
 * opened when its newest may be the next; in it every clause is a set of bits,
 * the rarest so far first, until nothing is left.
 */
#include "store/search_room.h"

#include <string.h>

enum {
	FEW = 24,               /* left: the texts themselves decide sooner */
};

struct cursor {
	int64_t p, newest, oldest;
	size_t docs, at;         /* at: the document it stands at */
	struct search_doc now;
	uint64_t *bits;          /* NULL: not opened */
	struct search_doc *row;  /* documents row_first … */
	size_t row_first, row_n;
	gboolean done;
};
struct search_scan {
	struct store *store;
	GPtrArray *clauses;      /* borrowed; put in another order */
	int64_t since_ms, before_ms;
	GArray *parts;           /* struct cursor, the newest first */
	guint opened;
	uint64_t *one;           /* scratch: a clause's */
	gboolean damaged;
};

static void
cursor_clear(void *p)
{
	struct cursor *c = p;

	g_free(c->bits);
	g_free(c->row);
}

struct search_scan *
search_scan_new(struct store *store, GPtrArray *clauses, int64_t since_ms,
    int64_t before_ms, GError **error)
{
	static const char sql[] = "SELECT p, docs, newest, oldest"
	    " FROM search_part WHERE docs > 0 AND newest >= ?1"
	    " AND oldest < ?2 ORDER BY newest DESC";
	struct search_scan *s = g_new0(struct search_scan, 1);
	sqlite3_stmt *st = db_query(store, error, sql, "ii", since_ms,
	    before_ms);
	gboolean failed = st == NULL;

	s->store = store;
	s->clauses = clauses;
	s->since_ms = since_ms;
	s->before_ms = before_ms;
	s->one = g_new(uint64_t, SEARCH_PART_MAX / 64);
	s->parts = g_array_new(FALSE, FALSE, sizeof(struct cursor));
	g_array_set_clear_func(s->parts, cursor_clear);
	while (!failed && db_row(store, st, &failed, error)) {
		struct cursor c = { .p = sqlite3_column_int64(st, 0),
			.docs = (size_t)CLAMP(sqlite3_column_int64(st, 1), 0,
			SEARCH_PART_MAX), .newest = sqlite3_column_int64(st, 2),
			.oldest = sqlite3_column_int64(st, 3) };

		g_array_append_val(s->parts, c);
	}
	db_done(st);
	if (!failed)
		return s;
	search_scan_free(s);
	return NULL;
}

void
search_scan_free(struct search_scan *s)
{
	if (!s)
		return;
	g_array_unref(s->parts);
	g_free(s->one);
	g_free(s);
}

/* ---- sets of bits -------------------------------------------------------- */

static size_t
words_of(const struct cursor *c)
{
	return (c->docs + 63) / 64;
}

/* Without the instruction, which not every processor has, a call a word. */
static inline size_t
ones(uint64_t w)
{
	w -= w >> 1 & UINT64_C(0x5555555555555555);
	w = (w & UINT64_C(0x3333333333333333)) +
	    (w >> 2 & UINT64_C(0x3333333333333333));
	w = (w + (w >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return w * UINT64_C(0x0101010101010101) >> 56;
}

/* About how many: every eighth word of many. */
static size_t
about(const uint64_t *bits, size_t words)
{
	size_t step = words < 64 ? 1 : 8, n = 0;

	for (size_t i = 0; i < words; i += step)
		n += ones(bits[i]);
	return n * step;
}

static void
fill(struct cursor *c)
{
	size_t words = words_of(c);

	memset(c->bits, 0xff, words * sizeof *c->bits);
	if (c->docs % 64)
		c->bits[words - 1] = (UINT64_C(1) << c->docs % 64) - 1;
}

static void
cut(struct cursor *c, size_t from, size_t to)
{
	for (size_t i = 0; i < words_of(c); i++) {
		size_t lo = 64 * i, hi = lo + 64;

		if (hi <= from || lo >= to) {
			c->bits[i] = 0;
			continue;
		}
		if (lo < from)
			c->bits[i] &= ~UINT64_C(0) << (from - lo);
		if (hi > to)
			c->bits[i] &= ~UINT64_C(0) >> (hi - to);
	}
}

/* ---- the documents of tokens --------------------------------------------- */

struct range {
	const char *from, *to;
	size_t from_len, to_len;
	gboolean prefix;         /* all that begin with from; to is not used */
	const GArray *ends;      /* or those alone that may pass */
};

/* -1 before the range, 0 in it, 1 behind it. */
static int
place_in(const struct range *r, const struct search_entry *e)
{
	if (search_token_order(e->token, e->len, r->from, r->from_len) < 0)
		return -1;
	if (r->prefix)
		return e->len >= r->from_len && memcmp(e->token, r->from,
		    r->from_len) == 0 ? 0 : 1;
	return search_token_order(e->token, e->len, r->to, r->to_len) > 0;
}

/* FALSE: behind the range, or damaged. */
static gboolean
block_read(struct search_scan *s, const struct cursor *c, sqlite3_stmt *st,
    const struct range *r)
{
	const guint8 *at = sqlite3_column_blob(st, 0);
	const guint8 *end = at + sqlite3_column_bytes(st, 0);
	struct search_entry e;
	int side;

	while (at && at < end) {
		if (!search_block_next(&at, end, &e)) {
			s->damaged = TRUE;
			return FALSE;
		}
		side = place_in(r, &e);
		if (side > 0)
			return FALSE;
		if (side == 0 && (!r->ends || search_test_may(r->ends, e.token,
		    e.len)) && !search_post_bits(e.post, e.post_len, c->docs,
		    s->one)) {
			s->damaged = TRUE;
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean
token_bits(struct search_scan *s, const struct cursor *c, const char *token,
    GError **error)
{
	static const char sql[] = "SELECT bytes FROM search_block WHERE p=?1"
	    " AND first <= ?2 ORDER BY first DESC LIMIT 1";
	size_t len = strlen(token);
	const struct range r = { token, token, len, len, FALSE, NULL };
	sqlite3_stmt *st = db_query(s->store, error, sql, "ib", c->p,
	    (const void *)token, len);
	gboolean failed = st == NULL;

	if (st && db_row(s->store, st, &failed, error))
		block_read(s, c, st, &r);
	db_done(st);
	return !failed;
}

static gboolean
range_bits(struct search_scan *s, const struct cursor *c,
    const struct range *r, GError **error)
{
	static const char sql[] = "SELECT bytes FROM search_block WHERE p=?1"
	    " AND first >= coalesce((SELECT first FROM search_block"
	    "  WHERE p=?1 AND first <= ?2 ORDER BY first DESC LIMIT 1), x'')"
	    " ORDER BY first";
	sqlite3_stmt *st = db_query(s->store, error, sql, "ib", c->p,
	    (const void *)r->from, r->from_len);
	gboolean failed = st == NULL;

	while (!failed && db_row(s->store, st, &failed, error) &&
	    block_read(s, c, st, r))
		;
	db_done(st);
	return !failed;
}

static gboolean
tokens_bits(struct search_scan *s, const struct cursor *c,
    const struct search_clause *clause, GError **error)
{
	for (guint i = 0; i < clause->tokens->len; i++)
		if (!token_bits(s, c, clause->tokens->pdata[i], error))
			return FALSE;
	return TRUE;
}

static gboolean
prefixes_bits(struct search_scan *s, const struct cursor *c,
    const struct search_clause *clause, GError **error)
{
	for (guint i = 0; i < clause->tokens->len; i++) {
		const char *first = clause->tokens->pdata[i];
		const struct range r = { .from = first, .from_len =
			strlen(first), .prefix = TRUE, .ends = clause->ends };

		if (!range_bits(s, c, &r, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
between_bits(struct search_scan *s, const struct cursor *c,
    const struct search_clause *clause, GError **error)
{
	const char *from = clause->tokens->pdata[0];
	const char *to = clause->tokens->pdata[1];
	const struct range r = { from, to, strlen(from), strlen(to), FALSE,
		NULL };

	return range_bits(s, c, &r, error);
}

/* Among many people: what is left so far is looked at, each. */
static gboolean
among_bits(struct search_scan *s, const struct cursor *c,
    const struct search_clause *clause, GError **error)
{
	memcpy(s->one, c->bits, words_of(c) * sizeof *s->one);
	return search_who_keep(s->store, c->p, clause->who, clause->set,
	    s->one, c->docs, error);
}

static gboolean
clause_bits(struct search_scan *s, const struct cursor *c,
    const struct search_clause *clause, GError **error)
{
	static gboolean (*const bits[])(struct search_scan *,
	    const struct cursor *, const struct search_clause *, GError **) = {
		[SEARCH_HAS_TOKEN] = tokens_bits,
		[SEARCH_BEGINS] = prefixes_bits,
		[SEARCH_BETWEEN] = between_bits,
		[SEARCH_AMONG] = among_bits,
		[SEARCH_VALUES] = prefixes_bits,
	};

	memset(s->one, 0, words_of(c) * sizeof *s->one);
	return bits[clause->kind](s, c, clause, error);
}

/* ---- a part -------------------------------------------------------------- */

static gboolean
row_get(struct search_scan *s, struct cursor *c, size_t i)
{
	if (!c->row)
		c->row = g_new(struct search_doc, SEARCH_DOCS_A_ROW);
	if (i < c->row_first || i >= c->row_first + c->row_n)
		c->row_n = search_docs_read(s->store, c->p, i, c->row,
		    &c->row_first);
	if (i >= c->row_first && i < c->row_first + c->row_n)
		return TRUE;
	s->damaged = TRUE;
	return FALSE;
}

/* The first document that is older than that. */
static size_t
older_than(struct search_scan *s, struct cursor *c, int64_t ms)
{
	size_t from = 0, to = c->docs;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (!row_get(s, c, mid))
			return from;
		if (c->row[mid - c->row_first].ms < ms)
			to = mid;
		else
			from = mid + 1;
	}
	return from;
}

/* Ranges and sets cost the most. */
static int
cost_of(const struct search_clause *c)
{
	return c->kind == SEARCH_AMONG ? 2 : c->kind == SEARCH_BETWEEN;
}

/* What costs little and leaves little first. */
static int
rarest_first(const void *a, const void *b)
{
	const struct search_clause *x = *(void *const *)a;
	const struct search_clause *y = *(void *const *)b;

	if (x->without != y->without)
		return x->without - y->without;
	if (cost_of(x) != cost_of(y))
		return cost_of(x) - cost_of(y);
	return (x->seen > y->seen) - (x->seen < y->seen);
}

/* How many are left, counted a little beyond FEW. */
static size_t
apply(struct cursor *c, const uint64_t *one, gboolean without)
{
	const uint64_t turn = without ? ~UINT64_C(0) : 0;
	size_t words = words_of(c), left = 0;

	for (size_t i = 0; i < words; i++)
		c->bits[i] &= one[i] ^ turn;
	for (size_t i = 0; i < words && left <= FEW; i++)
		left += ones(c->bits[i]);
	return left;
}

static gboolean
clauses_apply(struct search_scan *s, struct cursor *c, GError **error)
{
	size_t left = c->docs;

	g_ptr_array_sort(s->clauses, rarest_first);
	for (guint i = 0; i < s->clauses->len && left; i++) {
		struct search_clause *clause = s->clauses->pdata[i];

		if (i > 0 && left <= (clause->kind == SEARCH_HAS_TOKEN &&
		    clause->tokens->len == 1 ? 1 : FEW))
			break;
		if (!clause_bits(s, c, clause, error))
			return FALSE;
		clause->seen += about(s->one, words_of(c));
		left = apply(c, s->one, clause->without);
	}
	return TRUE;
}

static gboolean
cursor_next(struct search_scan *s, struct cursor *c, size_t from)
{
	size_t word = from / 64, words = words_of(c);
	uint64_t left = word < words ? c->bits[word] &
	    ~UINT64_C(0) << from % 64 : 0;

	while (!left && ++word < words)
		left = c->bits[word];
	if (!left) {
		c->done = TRUE;
		return TRUE;
	}
	c->at = 64 * word + (size_t)__builtin_ctzll(left);
	if (!row_get(s, c, c->at))
		return FALSE;
	c->now = c->row[c->at - c->row_first];
	return TRUE;
}

static gboolean
cursor_open(struct search_scan *s, struct cursor *c, GError **error)
{
	size_t from = 0, to = c->docs;

	if (c->newest >= s->before_ms)
		from = older_than(s, c, s->before_ms);
	if (c->oldest < s->since_ms)
		to = older_than(s, c, s->since_ms);
	c->bits = g_new(uint64_t, MAX(words_of(c), 1));
	fill(c);
	cut(c, from, to);
	return clauses_apply(s, c, error) && cursor_next(s, c, 0);
}

/* ---- all of them --------------------------------------------------------- */

static struct cursor *
newest(struct search_scan *s)
{
	struct cursor *best = NULL;

	for (guint i = 0; i < s->opened; i++) {
		struct cursor *c = &g_array_index(s->parts, struct cursor, i);

		if (!c->done && (!best || c->now.ms > best->now.ms))
			best = c;
	}
	return best;
}

enum search_step
search_scan_next(struct search_scan *s, struct search_doc *out,
    int64_t end_us, GError **error)
{
	struct cursor *best = newest(s), *c;

	while (s->opened < s->parts->len) {
		c = &g_array_index(s->parts, struct cursor, s->opened);
		if (best && c->newest < best->now.ms)
			break;
		if (g_get_monotonic_time() >= end_us)
			return SEARCH_STEP_LATE;
		if (!cursor_open(s, c, error))
			break;
		s->opened++;
		best = newest(s);
	}
	if (s->damaged)
		db_fail(s->store, SQLITE_CORRUPT, error);
	if (s->damaged || (error && *error))
		return SEARCH_STEP_FAILED;
	if (!best)
		return SEARCH_STEP_END;
	*out = best->now;
	if (cursor_next(s, best, best->at + 1))
		return SEARCH_STEP_ONE;
	db_fail(s->store, SQLITE_CORRUPT, error);
	return SEARCH_STEP_FAILED;
}
