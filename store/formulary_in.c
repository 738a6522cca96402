/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The formulary on its way in. A Medication and its MedicationKnowledge are one
 * drug; either may come first, or alone. What it is found by is kept folded:
 * codes, names, brands, and pinyin.
 */
#include "store/formulary.h"
#include "store/pinyin.h"
#include "store/search_room.h"

#define WORDS_MAX 40
#define WORD_MAX_BYTES 200

/* ---- the words of one document ------------------------------------------ */

struct drug_words {
	int64_t n, drug;
	GString *all;       /* names and brands, folded, one a line */
	GHashTable *seen;   /* "kind word" */
};

static gboolean
word_put(struct ingest *in, struct drug_words *w, enum drug_word kind,
    const char *word, GError **error)
{
	static const char sql[] = "INSERT OR IGNORE INTO drug_word(kind, word,"
	    " drug, src) VALUES(?1, ?2, ?3, ?4)";
	g_autofree char *key = g_strdup_printf("%d %s", (int)kind, word);

	if (!*word || g_hash_table_size(w->seen) >= 4 * WORDS_MAX ||
	    !g_hash_table_add(w->seen, g_steal_pointer(&key)))
		return TRUE;
	return db_run(in->store, error, sql, "isii", (int64_t)kind, word,
	    w->drug, w->n);
}

static gboolean
pinyin_put(struct ingest *in, struct drug_words *w, const char *word,
    GError **error)
{
	g_autofree char *full = NULL, *initials = NULL, *with_u = NULL;

	if (!pinyin_read(word, &full, &initials))
		return TRUE;
	with_u = pinyin_with_u(full);
	return word_put(in, w, DRUG_PINYIN, full, error) &&
	    (!with_u || word_put(in, w, DRUG_PINYIN, with_u, error)) &&
	    word_put(in, w, DRUG_INITIALS, initials, error);
}

static gboolean
name_put(struct ingest *in, struct drug_words *w, enum drug_word kind,
    const char *name, GError **error)
{
	g_autofree char *fold = NULL;
	char *end;

	if (!name || !*name)
		return TRUE;
	fold = base_text_fold(name);
	g_strstrip(fold);
	if (strlen(fold) > WORD_MAX_BYTES) {
		fold[WORD_MAX_BYTES] = '\0';
		if (!g_utf8_validate(fold, -1, (const char **)&end))
			*end = '\0';
	}
	g_strdelimit(fold, "\n", ' ');
	if (!strstr(w->all->str, fold))
		g_string_append_printf(w->all, "%s\n", fold);
	return word_put(in, w, kind, fold, error) &&
	    pinyin_put(in, w, fold, error);
}

/* text and displays of a concept's codings; with codes, those too. */
static gboolean
concept_put(struct ingest *in, struct drug_words *w, enum drug_word kind,
    const fhir_node *concept, GError **error)
{
	size_t count = MIN(fhir_count(concept, "coding"), WORDS_MAX);

	if (!name_put(in, w, kind, fhir_text(concept, "text"), error))
		return FALSE;
	for (size_t i = 0; i < count; i++)
		if (!name_put(in, w, kind, fhir_text(fhir_at(concept,
		    "coding", i), "display"), error))
			return FALSE;
	return TRUE;
}

static gboolean
codes_put(struct ingest *in, struct drug_words *w, const fhir_node *concept,
    GError **error)
{
	static const char sql[] = "INSERT OR IGNORE INTO drug_code(code, system,"
	    " src) VALUES(?1, ?2, ?3)";
	size_t count = MIN(fhir_count(concept, "coding"), WORDS_MAX);

	for (size_t i = 0; i < count; i++) {
		const fhir_node *coding = fhir_at(concept, "coding", i);
		const char *code = fhir_text(coding, "code");
		const char *system = fhir_text(coding, "system");
		g_autofree char *fold = code ? base_text_fold(code) : NULL;
		if (!code || strlen(code) > WORD_MAX_BYTES)
			continue;
		if (!db_run(in->store, error, sql, "ssi", code,
		    system ? system : "", w->n) ||
		    !word_put(in, w, DRUG_CODE, fold, error))
			return FALSE;
	}
	return TRUE;
}

/* A generic name of one substance names the drug; of several, each is a part. */
static gboolean
ingredients_put(struct ingest *in, struct drug_words *w, const fhir_node *root,
    GError **error)
{
	size_t count = MIN(fhir_count(root, "ingredient"), WORDS_MAX);

	for (size_t i = 0; i < count; i++)
		if (!concept_put(in, w, count == 1 ? DRUG_NAME : DRUG_PART,
		    fhir_get(fhir_at(root, "ingredient", i),
		    "itemCodeableConcept"), error))
			return FALSE;
	return TRUE;
}

/* What neither its own code's words nor its Medication's say is a brand. */
static gboolean
synonyms_put(struct ingest *in, struct drug_words *w, const fhir_node *root,
    GError **error)
{
	static const char sql[] = "SELECT words FROM formulary WHERE n=?1";
	size_t count = MIN(fhir_count(root, "synonym"), WORDS_MAX);
	g_autofree char *medication = count && w->drug != w->n ?
	    db_text(in->store, NULL, sql, "i", w->drug) : NULL;
	g_autofree char *names = g_strconcat(w->all->str, medication, NULL);

	for (size_t i = 0; i < count; i++) {
		const char *name = fhir_text(fhir_at(root, "synonym", i), NULL);
		g_autofree char *fold = name ? base_text_fold(name) : NULL;
		if (name && !name_put(in, w, strstr(names, fold) ? DRUG_NAME :
		    DRUG_BRAND, name, error))
			return FALSE;
	}
	return TRUE;
}

/* ---- the row ------------------------------------------------------------ */

gboolean
formulary_drop(struct store *store, int64_t n, GError **error)
{
	static const char *const sql[] = {
		"DELETE FROM drug_word WHERE src=?1",
		"DELETE FROM drug_code WHERE src=?1",
		"DELETE FROM formulary WHERE n=?1",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(sql); i++)
		if (!db_run(store, error, sql[i], "i", n))
			return FALSE;
	return TRUE;
}

static gboolean
drug_put(struct ingest *in, const struct doc *doc, int64_t drug, GError **error)
{
	static const char sql[] = "INSERT OR REPLACE INTO formulary(n, drug,"
	    " active, words) VALUES(?1, ?2, ?3, ?4)";
	const fhir_node *root = doc->root, *code = fhir_get(root, "code");
	const char *status = fhir_text(root, "status");
	gboolean active = !status || strcmp(status, "active") == 0;
	struct drug_words w = { .n = doc->n, .drug = drug,
		.all = g_string_new(NULL) };
	gboolean ok;

	w.seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	ok = (!doc->update || formulary_drop(in->store, doc->n, error)) &&
	    concept_put(in, &w, DRUG_NAME, code, error) &&
	    codes_put(in, &w, code, error) &&
	    ingredients_put(in, &w, root, error) &&
	    synonyms_put(in, &w, root, error) &&
	    db_run(in->store, error, sql, "iiis", doc->n, drug,
	    (int64_t)active, w.all->str);
	g_hash_table_unref(w.seen);
	g_string_free(w.all, TRUE);
	return ok;
}

/* ---- one drug of two documents ------------------------------------------ */

/* The other document with one of these codes; kind: of Medications, or of
 * knowledge that has found none yet. */
static gboolean
same_code(struct ingest *in, const fhir_node *root, const char *sql,
    int64_t *other, GError **error)
{
	size_t count = MIN(fhir_count(root, "code.coding"), WORDS_MAX);

	*other = 0;
	/* The first coding is the product's; ATC says only the substance. */
	for (size_t i = 0; i < MIN(count, 1); i++) {
		const fhir_node *coding = fhir_at(root, "code.coding", i);
		const char *code = fhir_text(coding, "code");
		const char *system = fhir_text(coding, "system");
		if (code && !db_int(in->store, error, 0, other, sql, "ss",
		    code, system ? system : ""))
			return FALSE;
	}
	return TRUE;
}

static gboolean
adopt(struct ingest *in, int64_t medication, int64_t knowledge, GError **error)
{
	static const char *const sql[] = {
		"UPDATE formulary SET drug=?1 WHERE n=?2",
		"UPDATE drug_word SET drug=?1 WHERE src=?2",
	};

	for (size_t i = 0; knowledge && i < G_N_ELEMENTS(sql); i++)
		if (!db_run(in->store, error, sql[i], "ii", medication,
		    knowledge))
			return FALSE;
	return TRUE;
}

gboolean
formulary_project(struct ingest *in, const struct doc *doc, GError **error)
{
	static const char sql[] = "SELECT c.src FROM drug_code c JOIN formulary f"
	    " ON f.n = c.src JOIN resource r ON r.n = f.n WHERE c.code=?1"
	    " AND c.system=?2 AND f.drug = f.n AND r.type='MedicationKnowledge'";
	int64_t knowledge;

	return drug_put(in, doc, doc->n, error) &&
	    same_code(in, doc->root, sql, &knowledge, error) &&
	    adopt(in, doc->n, knowledge, error);
}

gboolean
project_knowledge(struct ingest *in, const struct doc *doc, GError **error)
{
	static const char sql[] = "SELECT c.src FROM drug_code c JOIN resource r"
	    " ON r.n = c.src WHERE c.code=?1 AND c.system=?2"
	    " AND r.type='Medication'";
	int64_t drug;

	if (!number_at(in->store, doc->root, "associatedMedication",
	    "Medication", &drug, error) || (!drug &&
	    !same_code(in, doc->root, sql, &drug, error)))
		return FALSE;
	return drug_put(in, doc, drug ? drug : doc->n, error);
}
