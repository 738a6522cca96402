/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A part of the index is written once: its documents from the newest to the
 * oldest, then its tokens in their order, each with the documents that have it.
 * What changes or goes is noted, and left out when parts are made into one.
 */
#include "store/search_room.h"

#include <string.h>

enum {
	BLOCK_BYTES = 3600,     /* one page of the file */
	ROWS_A_PART = 256,      /* a part has keys for so many rows */
	DOC_BYTES = 16,
	VOCAB_MIN = 4096,       /* places; a power of two */
};
#define BLOCKS_A_PART (INT64_C(1) << 24)

/* ---- rows ---------------------------------------------------------------- */

gboolean
search_part_new(struct store *store, int64_t *p, GError **error)
{
	static const char sql[] = "INSERT INTO search_part(docs, newest,"
	    " oldest) VALUES(0, 0, 0)";

	if (!db_run(store, error, sql, ""))
		return FALSE;
	*p = sqlite3_last_insert_rowid(store->db);
	return TRUE;
}

static void
doc_row(GByteArray *out, const struct search_doc *docs, size_t n)
{
	g_byte_array_set_size(out, 0);
	for (size_t i = 0; i < n; i++) {
		int64_t pair[2] = { GINT64_TO_LE(docs[i].ms),
			GINT64_TO_LE(docs[i].what) };

		g_byte_array_append(out, (const guint8 *)pair, sizeof pair);
	}
}

gboolean
search_docs_write(struct store *store, int64_t p, const struct search_doc *docs,
    size_t n, GError **error)
{
	static const char sql[] = "INSERT INTO search_doc(k, bytes)"
	    " VALUES(?1, ?2)";
	g_autoptr(GByteArray) row = g_byte_array_new();

	for (size_t i = 0; i < n; i += SEARCH_DOCS_A_ROW) {
		doc_row(row, docs + i, MIN(n - i, SEARCH_DOCS_A_ROW));
		if (!db_run(store, error, sql, "ib", p * ROWS_A_PART +
		    (int64_t)(i / SEARCH_DOCS_A_ROW), (const void *)row->data,
		    (size_t)row->len))
			return FALSE;
	}
	return TRUE;
}

/* Of the row of documents that has number i; how many, 0 when it is not there. */
size_t
search_docs_read(struct store *store, int64_t p, size_t i,
    struct search_doc docs[SEARCH_DOCS_A_ROW], size_t *first)
{
	static const char sql[] = "SELECT bytes FROM search_doc WHERE k=?1";
	sqlite3_stmt *st = db_query(store, NULL, sql, "i", p * ROWS_A_PART +
	    (int64_t)(i / SEARCH_DOCS_A_ROW));
	gboolean failed = FALSE;
	size_t n = 0;

	G_STATIC_ASSERT(ROWS_A_PART * SEARCH_DOCS_A_ROW >= SEARCH_PART_MAX);
	*first = i / SEARCH_DOCS_A_ROW * SEARCH_DOCS_A_ROW;
	if (st && db_row(store, st, &failed, NULL)) {
		const char *bytes = sqlite3_column_blob(st, 0);

		n = (size_t)sqlite3_column_bytes(st, 0) / DOC_BYTES;
		n = MIN(n, SEARCH_DOCS_A_ROW);
		for (size_t k = 0; k < n; k++) {
			int64_t pair[2];

			memcpy(pair, bytes + k * DOC_BYTES, sizeof pair);
			docs[k].ms = GINT64_FROM_LE(pair[0]);
			docs[k].what = GINT64_FROM_LE(pair[1]);
		}
	}
	db_done(st);
	return n;
}

void
search_writer_start(struct search_writer *w, struct store *store, int64_t p,
    size_t docs)
{
	*w = (struct search_writer){ .store = store, .p = p, .docs = docs,
		.k = p * BLOCKS_A_PART, .block = g_byte_array_new(),
		.first = g_byte_array_new(), .post = g_byte_array_new() };
}

void
search_writer_clear(struct search_writer *w)
{
	g_clear_pointer(&w->block, g_byte_array_unref);
	g_clear_pointer(&w->first, g_byte_array_unref);
	g_clear_pointer(&w->post, g_byte_array_unref);
}

static gboolean
writer_flush(struct search_writer *w, GError **error)
{
	static const char sql[] = "INSERT INTO search_block(k, p, first, bytes)"
	    " VALUES(?1, ?2, ?3, ?4)";

	if (w->block->len == 0)
		return TRUE;
	if (!db_run(w->store, error, sql, "iibb", w->k++, w->p,
	    (const void *)w->first->data, (size_t)w->first->len,
	    (const void *)w->block->data, (size_t)w->block->len))
		return FALSE;
	g_byte_array_set_size(w->block, 0);
	return TRUE;
}

gboolean
search_writer_put(struct search_writer *w, const void *token, size_t len,
    const uint16_t *list, size_t n, GError **error)
{
	g_byte_array_set_size(w->post, 0);
	search_post_write(w->post, list, n, w->docs);
	if (w->block->len + len + w->post->len > BLOCK_BYTES &&
	    !writer_flush(w, error))
		return FALSE;
	if (w->block->len == 0) {
		g_byte_array_set_size(w->first, 0);
		g_byte_array_append(w->first, token, (guint)len);
	}
	search_block_add(w->block, token, len, w->post->data, w->post->len);
	return TRUE;
}

gboolean
search_writer_end(struct search_writer *w, int64_t newest, int64_t oldest,
    GError **error)
{
	static const char sql[] = "UPDATE search_part SET docs=?2, newest=?3,"
	    " oldest=?4 WHERE p=?1";

	return writer_flush(w, error) && db_run(w->store, error, sql,
	    "iiii", w->p, (int64_t)w->docs, newest, oldest);
}

/* ---- the tokens of documents --------------------------------------------- */

struct word { guint at, len, n; uint16_t last; };
struct pair { guint word; uint16_t doc; };
struct vocab {
	GString *text;           /* of all words */
	GArray *words, *pairs;
	guint *places, room;     /* word + 1, by hash */
	uint16_t doc;
};

static guint *
place_of(struct vocab *v, const char *token, size_t len)
{
	guint at = search_hash(token, len) & (v->room - 1);

	for (; v->places[at]; at = (at + 1) & (v->room - 1)) {
		struct word *w = &g_array_index(v->words, struct word,
		    v->places[at] - 1);

		if (w->len == len && memcmp(v->text->str + w->at, token, len)
		    == 0)
			break;
	}
	return &v->places[at];
}

static void
grow(struct vocab *v)
{
	guint room = v->room ? 2 * v->room : VOCAB_MIN;

	g_free(v->places);
	v->places = g_new0(guint, room);
	v->room = room;
	for (guint i = 0; i < v->words->len; i++) {
		struct word *w = &g_array_index(v->words, struct word, i);

		*place_of(v, v->text->str + w->at, w->len) = i + 1;
	}
}

static int
take(void *user, const char *token, size_t len, size_t from, size_t to)
{
	struct vocab *v = user;
	guint *place;
	struct word *w;

	if (2 * v->words->len >= v->room)
		grow(v);
	place = place_of(v, token, len);
	if (!*place) {
		struct word new = { .at = (guint)v->text->len,
			.len = (guint)len, .last = G_MAXUINT16 };

		g_string_append_len(v->text, token, (gssize)len);
		g_array_append_val(v->words, new);
		*place = v->words->len;
	}
	w = &g_array_index(v->words, struct word, *place - 1);
	if (w->last != v->doc) {
		struct pair pair = { *place - 1, v->doc };

		w->last = v->doc;
		w->n++;
		g_array_append_val(v->pairs, pair);
	}
	return 0;
}

static void
marks_take(struct vocab *v, const char *marks)
{
	while (marks && *marks) {
		size_t len = strcspn(marks, " ");

		take(v, marks, len, 0, 0);
		marks += len + (marks[len] == ' ');
	}
}

static int
by_text(const void *a, const void *b, void *user)
{
	const struct vocab *v = user;
	const struct word *x = &g_array_index(v->words, struct word,
	    *(const guint *)a);
	const struct word *y = &g_array_index(v->words, struct word,
	    *(const guint *)b);

	return search_token_order(v->text->str + x->at, x->len,
	    v->text->str + y->at, y->len);
}

/* The documents of each word beside each other: where each begins; owned. */
static guint *
sorted_lists(const struct vocab *v, uint16_t *lists)
{
	guint *at = g_new(guint, v->words->len + 1), sum = 0;

	for (guint i = 0; i < v->words->len; i++) {
		at[i] = sum;
		sum += g_array_index(v->words, struct word, i).n;
	}
	for (guint i = 0; i < v->pairs->len; i++) {
		struct pair *pair = &g_array_index(v->pairs, struct pair, i);

		lists[at[pair->word]++] = pair->doc;
	}
	for (guint i = 0; i < v->words->len; i++)
		at[i] -= g_array_index(v->words, struct word, i).n;
	return at;
}

static gboolean
vocab_write(struct vocab *v, struct search_writer *writer, GError **error)
{
	g_autofree uint16_t *lists = g_new(uint16_t, v->pairs->len + 1);
	g_autofree guint *at = sorted_lists(v, lists);
	g_autofree guint *order = g_new(guint, v->words->len + 1);

	for (guint i = 0; i < v->words->len; i++)
		order[i] = i;
	g_qsort_with_data(order, (gint)v->words->len, sizeof *order, by_text,
	    v);
	for (guint i = 0; i < v->words->len; i++) {
		struct word *w = &g_array_index(v->words, struct word,
		    order[i]);

		if (!search_writer_put(writer, v->text->str + w->at, w->len,
		    lists + at[order[i]], w->n, error))
			return FALSE;
	}
	return TRUE;
}

/* ---- a part of new documents --------------------------------------------- */

static int
newest_first(const void *a, const void *b)
{
	const struct indexed *x = a, *y = b;

	if (x->ms != y->ms)
		return x->ms < y->ms ? 1 : -1;
	return (x->what < y->what) - (x->what > y->what);
}

static gboolean
words_write(struct store *store, int64_t p, const struct indexed *docs,
    size_t n, GError **error)
{
	struct vocab v = { .text = g_string_new(NULL),
		.words = g_array_new(FALSE, FALSE, sizeof(struct word)),
		.pairs = g_array_new(FALSE, FALSE, sizeof(struct pair)) };
	struct search_text text = { 0 };
	struct search_writer writer;
	gboolean ok;

	for (size_t i = 0; i < n; i++) {
		v.doc = (uint16_t)i;
		search_text_set(&text, docs[i].text, strlen(docs[i].text));
		search_tokens(text.fold, text.len, take, &v);
		marks_take(&v, docs[i].marks);
	}
	search_text_clear(&text);
	search_writer_start(&writer, store, p, n);
	ok = vocab_write(&v, &writer, error) && search_writer_end(&writer,
	    docs[0].ms, docs[n - 1].ms, error);
	search_writer_clear(&writer);
	g_string_free(v.text, TRUE);
	g_array_unref(v.words);
	g_array_unref(v.pairs);
	g_free(v.places);
	return ok;
}

static gboolean
part_write(struct store *store, const struct indexed *docs, size_t n,
    GError **error)
{
	g_autofree struct search_doc *rows = g_new(struct search_doc, n);
	g_autofree uint16_t *of = g_new(uint16_t, n);
	g_autofree uint16_t *from = g_new(uint16_t, n);
	int64_t p;

	for (size_t i = 0; i < n; i++) {
		rows[i] = (struct search_doc){ docs[i].ms, docs[i].what };
		of[i] = search_who_of(docs[i].of);
		from[i] = search_who_of(docs[i].from);
	}
	return search_part_new(store, &p, error) &&
	    search_docs_write(store, p, rows, n, error) &&
	    search_who_write(store, p, SEARCH_WHOSE, of, n, error) &&
	    search_who_write(store, p, SEARCH_SENDER, from, n, error) &&
	    words_write(store, p, docs, n, error);
}

gboolean
search_part_write(struct store *store, GArray *docs, GError **error)
{
	const struct indexed *all = (const void *)docs->data;

	g_array_sort(docs, newest_first);
	for (size_t i = 0; i < docs->len; i += SEARCH_PART_MAX)
		if (!part_write(store, all + i, MIN(docs->len - i,
		    SEARCH_PART_MAX), error))
			return FALSE;
	return TRUE;
}

/* ---- what is no more ----------------------------------------------------- */

gboolean
search_part_gone(struct store *store, int64_t what, GError **error)
{
	static const char sql[] = "INSERT OR REPLACE INTO search_gone(what, p)"
	    " VALUES(?1, (SELECT coalesce(max(seq), 0) FROM sqlite_sequence"
	    " WHERE name='search_part'))";

	return db_run(store, error, sql, "i", what);
}
