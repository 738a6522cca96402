/* SPDX-License-Identifier: Apache-2.0 */
/* Internal to store/: between the files of search. */
#ifndef QN_STORE_SEARCH_ROOM_H
#define QN_STORE_SEARCH_ROOM_H

#include "store/ingest.h"
#include "store/search.h"

/* ---- store/search_fold.c ------------------------------------------------- */

/* A text folded as base_text_fold() folds, a character and its marks at a time,
 * blanks to one; at[i] is the byte of the source that fold[i] comes from, at[len]
 * its end. Used again and again. */
struct search_text {
	char *fold;
	uint32_t *at;
	size_t len, room;
};
void search_text_set(struct search_text *t, const char *text, size_t len);
void search_text_clear(struct search_text *t);

/*
 * The tokens of a folded text: pairs of Chinese characters and the last one by
 * itself, words of letters, numbers. Of a word of letters its first two and three
 * letters too, behind SEARCH_MARK: beginnings that short are too many to be
 * looked for as such.
 */
#define SEARCH_MARK '\x02'
#define SEARCH_TOKEN_MAX_BYTES 64
typedef int (*search_token_fn)(void *user, const char *token, size_t len,
    size_t from, size_t to);
/* Stops at the first that is not 0, and gives it. */
int search_tokens(const char *fold, size_t len, search_token_fn token,
    void *user);
/* An FTS5 query that no text with all terms fails; owned, NULL: a term has
 * nothing that is indexed. */
char *search_match(const GPtrArray *terms);
/* Where a folded term stands in a text as a doctor means it: words from their
 * beginning, numbers whole. FALSE: nowhere. */
gboolean search_text_find(const struct search_text *t, const char *term,
    size_t *from, size_t *to);

/* ---- store/search_token.c ------------------------------------------------ */

/* Our tokenizer on a connection. */
int search_tokenizer_add(sqlite3 *db);

/* ---- store/search_in.c --------------------------------------------------- */

#define SEARCH_TITLE 255
/* About to change or go: what is indexed of it is read once more. */
gboolean search_touch(struct store *store, int64_t n, GError **error);
/* Brings what was touched into the index, before the commit. */
gboolean search_finish(struct ingest *in, GError **error);
void search_forget(struct store *store);
/* What is indexed of a message and of a chart's line; owned. */
char *search_message_text(const char *text, const char *files);
char *search_entry_text(int section, const char *words, const char *detail,
    const char *value);
/* d as of that time and newer. */
int64_t search_d(int64_t ms);

/* ---- store/search_name.c ------------------------------------------------- */

enum name_kind { NAME_HAN, NAME_PINYIN, NAME_IDENTIFIER };
gboolean search_name_put(struct store *store, int64_t patient,
    GError **error);
gboolean search_name_drop(struct store *store, int64_t patient,
    GError **error);
/* Patients of whom each term begins a word; GArray of int64_t, owned. */
GArray *search_names(struct store *store, char *const *terms, size_t n,
    guint limit, GError **error);
/* store/formulary_in.c: by the program's pinyin; FALSE without ICU. */
gboolean pinyin_of_text(const char *text, char **full, char **initials);

/* ---- store/search_hit.c -------------------------------------------------- */

struct finder {
	struct store *store;
	const struct search_query *query;
	struct search_page *page;
	GArray *hits;            /* struct search_hit */
	GArray *patients;        /* int64_t: the filter's, or NULL */
	struct search_text text; /* scratch */
	int limit;
	int64_t end_us;          /* of the monotonic clock: looking ends */
};
/* Reads a candidate, proves it, adds it. */
gboolean search_hit_try(struct finder *f, int64_t what, GError **error);
gboolean search_hit_patient(struct finder *f, int64_t patient,
    GError **error);

#endif
