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

/* ---- store/search_token.c ------------------------------------------------ */

/*
 * The tokens of a folded text: Chinese characters, each by itself and in pairs,
 * words of letters, numbers. Of a word of letters its first one to three letters
 * too, behind SEARCH_MARK: beginnings that short are too many to be looked for
 * as such. SEARCH_MARK_VALUE: a number measured, SEARCH_MARK_TEST: of what and in
 * which unit; SEARCH_MARK_OF: whose, from whom. SEARCH_MARK_PAIR: two words that
 * follow each other; SEARCH_MARK_NAME: a word a patient is found by.
 */
#define SEARCH_MARK '\x02'
#define SEARCH_MARK_OF '\x03'
#define SEARCH_MARK_VALUE '\x04'
#define SEARCH_MARK_TEST '\x05'
#define SEARCH_MARK_PAIR '\x06'
#define SEARCH_MARK_NAME '\x07'
#define SEARCH_BEGINNING 3
#define SEARCH_TOKEN_MAX_BYTES 64
#define SEARCH_PAIR_BYTES 24    /* of each word */
#define SEARCH_PAIR_ROOM (2 + 2 * SEARCH_PAIR_BYTES)
typedef int (*search_token_fn)(void *user, const char *token, size_t len,
    size_t from, size_t to);
/* Stops at the first that is not 0, and gives it. */
int search_tokens(const char *fold, size_t len, search_token_fn token,
    void *user);

/* FNV-1a. Some of its bits are in tokens on disk (store/search_test.c). */
static inline guint
search_hash(const char *bytes, size_t len)
{
	guint h = 2166136261u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (guint8)bytes[i]) * 16777619u;
	return h ^ h >> 15;
}

/* What stands beside each document of a part: whose it is, from whom. */
enum search_who { SEARCH_WHOSE, SEARCH_SENDER, SEARCH_WHOS };

enum search_clause_kind {
	SEARCH_HAS_TOKEN,      /* any of the tokens */
	SEARCH_BEGINS,         /* a token that begins so */
	SEARCH_BETWEEN,        /* a token from the first to the second */
	SEARCH_AMONG,          /* of or from one of the set */
	SEARCH_VALUES,         /* of one of these tests, as the query asks */
};
struct search_clause {
	enum search_clause_kind kind;
	GPtrArray *tokens;     /* char * */
	gboolean without;      /* none of them, instead */
	enum search_who who;   /* SEARCH_AMONG */
	guint8 *set;           /* a bit each of 65,536; or NULL */
	GArray *ends;          /* SEARCH_VALUES: between which they pass */
	size_t seen;           /* documents so far */
};
GPtrArray *search_clauses_new(void);
struct search_clause *search_clause_add(GPtrArray *clauses,
    enum search_clause_kind kind, const char *prefix, const char *from,
    size_t len);
/* What no text with all terms from that one on fails; nothing is added for a term
 * that has nothing in it that is indexed. */
void search_clauses_of_terms(GPtrArray *out, const GPtrArray *terms,
    guint from);
/* Where a folded term stands in a text as a doctor means it: words from their
 * beginning, numbers whole. FALSE: nowhere. */
gboolean search_text_find(const struct search_text *t, const char *term,
    size_t *from, size_t *to);

/* ---- store/search_post.c: pure ------------------------------------------- */

/* Documents of a part; less than 65,535, a set of bits less than two pages. */
#define SEARCH_PART_MAX 61440
/* list: ascending numbers less than docs. */
void search_post_write(GByteArray *out, const uint16_t *list, size_t n,
    size_t docs);
/* FALSE: these are not such bytes. list has room for docs. */
gboolean search_post_list(const guint8 *bytes, size_t len, size_t docs,
    uint16_t *list, size_t *n);
/* Adds to (docs + 63) / 64 words. */
gboolean search_post_bits(const guint8 *bytes, size_t len, size_t docs,
    uint64_t *bits);

struct search_entry { const guint8 *token, *post; size_t len, post_len; };
void search_block_add(GByteArray *block, const void *token, size_t len,
    const void *post, size_t post_len);
gboolean search_block_next(const guint8 **at, const guint8 *end,
    struct search_entry *out);
int search_token_order(const void *a, size_t a_len, const void *b,
    size_t b_len);
#define SEARCH_VALUE_BYTES 7
void search_value_token(double value, char out[SEARCH_VALUE_BYTES + 1]);

/* ---- store/search_part.c ------------------------------------------------- */

#define SEARCH_DOCS_A_ROW 240 /* less than a page */
struct search_doc { int64_t ms, what; };
struct indexed {
	int64_t what, ms;
	int64_t of, from;      /* whose, and from whom; or 0 */
	char *text;
	char *marks;           /* tokens beside the text's, blanks between */
};
/* Sorts docs, and writes them. */
gboolean search_part_write(struct store *store, GArray *docs, GError **error);
gboolean search_part_new(struct store *store, int64_t *p, GError **error);
gboolean search_docs_write(struct store *store, int64_t p,
    const struct search_doc *docs, size_t n, GError **error);
/* Those of the row in which i is; the number of the first. */
size_t search_docs_read(struct store *store, int64_t p, size_t i,
    struct search_doc docs[SEARCH_DOCS_A_ROW], size_t *first);
/* What is in the parts of now is out of date, or gone. */
gboolean search_part_gone(struct store *store, int64_t what, GError **error);

struct search_writer {
	struct store *store;
	int64_t p, k;
	size_t docs;
	GByteArray *block, *first, *post;
};
void search_writer_start(struct search_writer *w, struct store *store,
    int64_t p, size_t docs);
/* Tokens in their order. */
gboolean search_writer_put(struct search_writer *w, const void *token,
    size_t len, const uint16_t *list, size_t n, GError **error);
/* From here on it is seen by searches. */
gboolean search_writer_end(struct search_writer *w, int64_t newest,
    int64_t oldest, GError **error);
void search_writer_clear(struct search_writer *w);

/* ---- store/search_who.c -------------------------------------------------- */

#define SEARCH_WHO_SET_BYTES 8192
uint16_t search_who_of(int64_t n);
void search_who_add(guint8 *set, int64_t n);
gboolean search_who_write(struct store *store, int64_t p,
    enum search_who which, const uint16_t *who, size_t n, GError **error);
/* who: room for docs. */
gboolean search_who_read(struct store *store, int64_t p, enum search_who which,
    uint16_t *who, size_t docs, GError **error);
/* Takes from bits what is of nobody in the set. */
gboolean search_who_keep(struct store *store, int64_t p, enum search_who which,
    const guint8 *set, uint64_t *bits, size_t docs, GError **error);

/* ---- store/search_test.c ------------------------------------------------- */

/* The tokens of a value: of a test "system|code" or without, in a unit. */
void search_test_marks(GString *marks, const char *test, const char *words,
    const char *value, const char *unit);
/* What a document must have that is compared by what it is. */
void search_test_want(GPtrArray *clauses, const struct search_test *test);
/* A token of one of these tests: may its value pass? */
gboolean search_test_may(const GArray *ends, const guint8 *token, size_t len);
/* Is a result of that test, so called, the one that is asked for? */
gboolean search_test_is(const struct search_test *test, const char *code,
    const char *words);

/* ---- store/search_merge.c ------------------------------------------------ */

/* About so many postings more; *more: there is more to do. */
gboolean search_merge_some(struct store *store, size_t budget, gboolean *more,
    GError **error);
gboolean search_merge_due(struct store *store, gboolean *due, GError **error);
void search_merge_free(struct search_merge *merge);
/* All that is gone leaves the index. */
gboolean search_clean(struct store *store, GError **error);

/* ---- store/search_scan.c ------------------------------------------------- */

/* Candidates, the newest first; clauses are borrowed, none: all documents. One
 * transaction must hold from its first to its last call. */
struct search_scan *search_scan_new(struct store *store, GPtrArray *clauses,
    int64_t since_ms, int64_t before_ms, GError **error);
enum search_step { SEARCH_STEP_ONE, SEARCH_STEP_END, SEARCH_STEP_LATE,
	SEARCH_STEP_FAILED };
enum search_step search_scan_next(struct search_scan *scan,
    struct search_doc *out, int64_t end_us, GError **error);
void search_scan_free(struct search_scan *scan);
BASE_DEFINE_AUTO(search_scan, search_scan_free)

/* ---- store/search_query.c ------------------------------------------------ */

/* Bytes of the decimal that text begins with, "-7.25", without a power; 0: none. */
size_t search_decimal_len(const char *text);

/* ---- store/search_doc.c -------------------------------------------------- */

#define SEARCH_TITLE 255
#define SEARCH_NAMES 254        /* a patient's names; found by names alone */
/* struct indexed, which it frees; owned. */
GArray *search_docs_new(void);
/* Adds what is indexed of a resource of that type as it is now. */
gboolean search_docs_of(struct store *store, int64_t n, const char *type,
    GArray *docs, GError **error);
/* … of one that is a message. */
gboolean search_message_docs(struct store *store, int64_t n, GArray *docs,
    GError **error);
/* The text of a message, and of a chart's line; owned. */
char *search_message_text(const char *text, const char *files);
char *search_entry_text(int section, const char *words, const char *detail,
    const char *value);
/* A number that is compared: "< 5" is no 5. */
gboolean search_is_value(const char *value, const char *detail);
/* The attachments of a message's files column: enum search_has. */
unsigned search_has_of(const char *files);

/* ---- store/search_in.c --------------------------------------------------- */

/* About to change or go: what is indexed of it is read once more. */
gboolean search_touch(struct store *store, int64_t n, GError **error);
/* Brings what was touched into the index, before the commit. */
gboolean search_finish(struct ingest *in, GError **error);
void search_forget(struct store *store);

/* ---- store/search_name.c ------------------------------------------------- */

/* NAME_OTHER + …: of those who are no patients. */
enum name_kind { NAME_HAN, NAME_PINYIN, NAME_IDENTIFIER, NAME_OTHER = 4 };
gboolean search_name_put(struct store *store, int64_t n, const char *type,
    GError **error);
/* Unless there is something already of one who is no patient. */
gboolean search_name_need(struct store *store, int64_t n, GError **error);
gboolean search_name_drop(struct store *store, int64_t patient,
    GError **error);
/* The tokens of a patient's names, blanks between; NULL: none. Owned. */
gboolean search_name_marks(struct store *store, int64_t n, char **marks,
    GError **error);
/* Patients, or all whose name it may be, of whom each term begins a word;
 * GArray of int64_t, owned. *cut: looking was ended. */
GArray *search_names(struct store *store, char *const *terms, size_t n,
    gboolean patients, guint limit, int64_t end_us, gboolean *cut,
    GError **error);

/* ---- store/search_want.c ------------------------------------------------- */

/* FROM_UNKNOWN: not one who writes. */
enum message_from search_sender_kind(const char *type);
struct finder;
/* What the index is asked for; FALSE: that nothing can be. */
gboolean search_want(struct finder *f, GPtrArray *clauses);

/* ---- store/search_hit.c -------------------------------------------------- */

struct finder {
	struct store *store;
	const struct search_query *query;
	struct search_page *page;
	GArray *hits;            /* struct search_hit */
	GHashTable *patients;    /* the filter's numbers, or NULL */
	GHashTable *senders;     /* the same, of from: with a name */
	GHashTable *seen;        /* what was found already */
	struct search_text text; /* scratch */
	int limit;
	int64_t end_us;          /* of the monotonic clock: looking ends */
};
/* Reads a candidate, proves it, adds it. */
gboolean search_hit_try(struct finder *f, int64_t what, GError **error);
gboolean search_hit_patient(struct finder *f, int64_t patient,
    GError **error);

#endif
