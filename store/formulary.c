/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drugs by what a doctor types. Beginnings are ranges of one covering index, a
 * kind at a time; parts are looked for in the folded names one after the other,
 * and only where the beginnings left room.
 */
#include "store/formulary.h"

#define LIMIT_MAX 200
#define TOKENS_MAX 4
/* A part of one letter would be everything. */
#define PART_MIN_CHARS 2

struct finding {
	struct store *store;
	const char *words;   /* folded */
	char *end;           /* just after everything that begins with it */
	int limit;
	gboolean by_code;    /* its code was typed whole: that is it */
	GHashTable *seen;
	GPtrArray *rows;
};

void
formulary_row_free(struct formulary_row *row)
{
	if (!row)
		return;
	g_free(row->ref);
	g_clear_pointer(&row->medication, g_bytes_unref);
	g_clear_pointer(&row->knowledge, g_bytes_unref);
	g_free(row);
}

/* ---- one drug ----------------------------------------------------------- */

static GBytes *
body_of(struct store *store, const char *sql, int64_t n, GError **error)
{
	sqlite3_stmt *st = db_query(store, error, sql, "i", n);
	gboolean failed = FALSE;
	GBytes *bytes = NULL;

	if (st && db_row(store, st, &failed, error))
		bytes = g_bytes_new(sqlite3_column_blob(st, 0),
		    (gsize)sqlite3_column_bytes(st, 0));
	db_done(st);
	return bytes;
}

static struct formulary_row *
drug_read(struct store *store, int64_t drug, enum formulary_match match,
    GError **error)
{
	static const char medication[] = "SELECT b.bytes FROM body b"
	    " JOIN resource r USING(n) WHERE b.n=?1 AND r.type='Medication'";
	static const char knowledge[] = "SELECT b.bytes FROM formulary f"
	    " JOIN resource r ON r.n = f.n JOIN body b ON b.n = f.n"
	    " WHERE f.drug=?1 AND r.type='MedicationKnowledge' LIMIT 1";
	struct formulary_row *row = g_new0(struct formulary_row, 1);

	row->match = match;
	row->ref = number_ref(store, drug);
	row->medication = body_of(store, medication, drug, error);
	row->knowledge = body_of(store, knowledge, drug, error);
	if (row->medication || row->knowledge)
		return row;
	formulary_row_free(row);
	return NULL;
}

/* No document of it says that it is out of use. */
static gboolean
drug_active(struct store *store, int64_t drug)
{
	static const char sql[] = "SELECT NOT EXISTS(SELECT 1 FROM formulary"
	    " WHERE drug=?1 AND NOT active)";
	int64_t active;

	db_int(store, NULL, 0, &active, sql, "i", drug);
	return active != 0;
}

static gboolean
full(const struct finding *f)
{
	return f->rows->len >= (guint)f->limit;
}

static gboolean
found(struct finding *f, int64_t drug, enum formulary_match match,
    GError **error)
{
	struct formulary_row *row;
	GError *why = NULL;

	if (touched(f->seen, drug))
		return TRUE;
	touch(f->seen, drug);
	if (!drug_active(f->store, drug))
		return TRUE;
	row = drug_read(f->store, drug, match, &why);
	if (row)
		g_ptr_array_add(f->rows, row);
	f->by_code |= match == MATCH_CODE;
	if (why)
		g_propagate_error(error, why);
	return why == NULL;
}

/* ---- beginnings --------------------------------------------------------- */

static const char begins_sql[] = "SELECT drug, word FROM drug_word"
    " WHERE kind=?1 AND word>=?2 AND word<?3 ORDER BY word, drug";
static const char equals_sql[] = "SELECT drug, word FROM drug_word"
    " WHERE kind=?1 AND word=?2 AND ?3<>'' ORDER BY drug";

static gboolean
by_words(struct finding *f, const char *sql, enum drug_word kind,
    enum formulary_match match, GError **error)
{
	sqlite3_stmt *st = db_query(f->store, error, sql, "iss", (int64_t)kind,
	    f->words, f->end);
	gboolean failed = st == NULL;

	while (!failed && !full(f) && db_row(f->store, st, &failed, error))
		failed = !found(f, sqlite3_column_int64(st, 0), match, error);
	db_done(st);
	return !failed;
}

/* ---- parts -------------------------------------------------------------- */

static gboolean
holds_all(const char *words, char *const *tokens)
{
	for (; *tokens; tokens++)
		if (**tokens && !strstr(words, *tokens))
			return FALSE;
	return TRUE;
}

static gboolean
by_parts(struct finding *f, GError **error)
{
	static const char sql[] = "SELECT drug, words FROM formulary";
	g_auto(GStrv) tokens = g_strsplit(f->words, " ", TOKENS_MAX);
	gboolean failed;
	sqlite3_stmt *st;

	if (g_utf8_strlen(f->words, -1) < PART_MIN_CHARS || full(f) ||
	    f->by_code)
		return TRUE;
	st = db_query(f->store, error, sql, "");
	failed = st == NULL;
	while (!failed && !full(f) && db_row(f->store, st, &failed, error)) {
		const char *words = db_col(st, 1);
		if (words && holds_all(words, tokens))
			failed = !found(f, sqlite3_column_int64(st, 0),
			    MATCH_PART, error);
	}
	db_done(st);
	return !failed;
}

/* ---- the whole ---------------------------------------------------------- */

static const struct step {
	const char *sql;
	enum drug_word kind;
	enum formulary_match match;
} before_parts[] = {
	{ equals_sql, DRUG_CODE, MATCH_CODE },
	{ equals_sql, DRUG_NAME, MATCH_NAME },
	{ begins_sql, DRUG_NAME, MATCH_NAME_START },
	{ begins_sql, DRUG_BRAND, MATCH_BRAND },
	{ begins_sql, DRUG_CODE, MATCH_CODE },
	{ begins_sql, DRUG_PART, MATCH_PART },
}, after_parts[] = {
	{ equals_sql, DRUG_INITIALS, MATCH_INITIALS },
	{ begins_sql, DRUG_INITIALS, MATCH_INITIALS },
	{ begins_sql, DRUG_PINYIN, MATCH_INITIALS },
};

static gboolean
run(struct finding *f, const struct step *steps, size_t n, GError **error)
{
	for (size_t i = 0; i < n && !full(f); i++)
		if (!by_words(f, steps[i].sql, steps[i].kind, steps[i].match,
		    error))
			return FALSE;
	return TRUE;
}

static gint
by_match(gconstpointer a, gconstpointer b)
{
	const struct formulary_row *x = *(struct formulary_row *const *)a;
	const struct formulary_row *y = *(struct formulary_row *const *)b;

	return (int)x->match - (int)y->match;
}

GPtrArray *
store_formulary_find(struct store *store, const char *words, int limit,
    GError **error)
{
	g_autofree char *fold = g_strstrip(base_text_fold(words));
	/* U+10FFFF ends whatever begins with the words. */
	g_autofree char *end = g_strconcat(fold, "\xf4\x8f\xbf\xbf", NULL);
	g_autoptr(GHashTable) seen = g_hash_table_new(g_direct_hash,
	    g_direct_equal);
	g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(
	    (GDestroyNotify)formulary_row_free);
	struct finding f = { .store = store, .words = fold, .end = end,
		.limit = CLAMP(limit, 0, LIMIT_MAX), .seen = seen,
		.rows = rows };

	if (!*fold)
		return g_steal_pointer(&rows);
	if (!run(&f, before_parts, G_N_ELEMENTS(before_parts), error) ||
	    !by_parts(&f, error) ||
	    !run(&f, after_parts, G_N_ELEMENTS(after_parts), error))
		return NULL;
	/* Stable: within a match as they were found. */
	g_ptr_array_sort(rows, by_match);
	return g_steal_pointer(&rows);
}

struct formulary_row *
store_formulary_get(struct store *store, const char *system, const char *code,
    const char *ref, GError **error)
{
	static const char sql[] = "SELECT f.drug FROM drug_code c"
	    " JOIN formulary f ON f.n = c.src WHERE c.code=?1 AND c.system=?2"
	    " ORDER BY f.drug LIMIT 1";
	struct fhir_ref parsed;
	int64_t drug = 0;

	if (ref && fhir_ref_parse(ref, &parsed) &&
	    strcmp(parsed.type, "Medication") == 0)
		drug = number_find(store, parsed.type, parsed.id);
	else if (code && !db_int(store, error, 0, &drug, sql, "ss", code,
	    system ? system : ""))
		return NULL;
	return drug ? drug_read(store, drug, MATCH_CODE, error) : NULL;
}

int64_t
store_formulary_count(struct store *store)
{
	static const char sql[] = "SELECT count(*) FROM formulary"
	    " WHERE n = drug";
	int64_t n;

	db_int(store, NULL, 0, &n, sql, "");
	return n;
}
