/* SPDX-License-Identifier: Apache-2.0 */
/* Patients and their links; the names and roles of all who write. */
#include "store/rx_row.h"

/* ---- links -------------------------------------------------------------- */

gboolean
links_drop(struct store *store, int64_t a, GError **error)
{
	static const char sql[] = "DELETE FROM link WHERE a=?1";

	return db_run(store, error, sql, "i", a);
}

gboolean
link_add(struct store *store, int64_t a, enum link_kind kind, int64_t b,
    GError **error)
{
	static const char sql[] = "INSERT OR IGNORE INTO link(a, kind, b)"
	    " VALUES(?1, ?2, ?3)";

	return b == 0 || db_run(store, error, sql, "iii", a, (int64_t)kind, b);
}

static const struct { const char *word; enum link_kind kind; } link_words[] = {
	{ "replaced-by", LINK_REPLACED_BY },
	{ "replaces", LINK_REPLACES },
	{ "seealso", LINK_SEE_ALSO },
	{ "refer", LINK_SEE_ALSO },
};

static enum link_kind
link_kind_of(const char *word)
{
	for (size_t i = 0; word && i < G_N_ELEMENTS(link_words); i++)
		if (strcmp(word, link_words[i].word) == 0)
			return link_words[i].kind;
	return LINK_SEE_ALSO;
}

/* Which record replaced this one: it says so, or the other does. */
static gboolean
merged_refresh(struct ingest *in, int64_t n, GError **error)
{
	static const char sql[] = "UPDATE patient SET merged=coalesce("
	    "(SELECT b FROM link WHERE a=?1 AND kind=1 AND b<>?1),"
	    "(SELECT a FROM link WHERE b=?1 AND kind=2 AND a<>?1))"
	    " WHERE n=?1";
	static const char fold[] = "SELECT fold FROM patient WHERE n=?1";
	char *name;

	touch(in->patients, n);
	if (!db_run(in->store, error, sql, "i", n))
		return FALSE;
	name = db_text(in->store, NULL, fold, "i", n);
	if (name)
		g_hash_table_add(in->alike, name);
	return TRUE;
}

static gboolean
linked_refresh(struct ingest *in, GArray *others, GError **error)
{
	for (guint i = 0; i < others->len; i++)
		if (!merged_refresh(in, g_array_index(others, int64_t, i),
		    error))
			return FALSE;
	return TRUE;
}

static gboolean
linked_now(struct store *store, int64_t n, GArray *out, GError **error)
{
	static const char sql[] = "SELECT b FROM link WHERE a=?1";
	sqlite3_stmt *st = db_query(store, error, sql, "i", n);
	gboolean failed = FALSE;

	while (st && db_row(store, st, &failed, error)) {
		int64_t b = sqlite3_column_int64(st, 0);
		g_array_append_val(out, b);
	}
	db_done(st);
	return st && !failed;
}

static gboolean
patient_links(struct ingest *in, const struct doc *doc, GError **error)
{
	size_t count = fhir_count(doc->root, "link");
	g_autoptr(GArray) others = g_array_new(FALSE, FALSE, sizeof(int64_t));
	int64_t other;

	if ((doc->update &&
	    !linked_now(in->store, doc->n, others, error)) ||
	    (others->len && !links_drop(in->store, doc->n, error)))
		return FALSE;
	for (size_t i = 0; i < count; i++) {
		const fhir_node *link = fhir_at(doc->root, "link", i);
		if (!number_at(in->store, link, "other", "Patient", &other,
		    error) || !link_add(in->store, doc->n,
		    link_kind_of(fhir_text(link, "type")), other, error))
			return FALSE;
		if (other)
			g_array_append_val(others, other);
	}
	/* A record that another says it replaces has no link of its own. */
	return ((!others->len && !doc->awaited) ||
	    merged_refresh(in, doc->n, error)) &&
	    linked_refresh(in, others, error);
}

/* ---- patients ----------------------------------------------------------- */

static void
fold_changed(struct ingest *in, const char *before, const char *after)
{
	if (g_strcmp0(before, after) == 0)
		return;
	if (before)
		g_hash_table_add(in->alike, g_strdup(before));
	if (after)
		g_hash_table_add(in->alike, g_strdup(after));
}

gboolean
project_patient(struct ingest *in, const struct doc *doc, GError **error)
{
	static const char sql[] = "UPDATE patient SET known=1, name=?2, fold=?3,"
	    " sex=?4, birth=?5, deceased=?6, dead=?7, inactive=?8 WHERE n=?1";
	static const char before_sql[] = "SELECT fold FROM patient WHERE n=?1";
	const fhir_node *root = doc->root;
	g_autofree char *name = fhir_name_words(fhir_get(root, "name"));
	g_autofree char *fold = name ? base_text_fold(name) : NULL;
	g_autofree char *before = doc->update ?
	    db_text(in->store, NULL, before_sql, "i", doc->n) : NULL;
	const char *when = fhir_text(root, "deceasedDateTime");

	if (!db_run(in->store, error, sql, "isssssii", doc->n, name, fold,
	    fhir_text(root, "gender"), fhir_text(root, "birthDate"), when,
	    (int64_t)(when || fhir_bool(root, "deceasedBoolean") == 1),
	    (int64_t)(fhir_bool(root, "active") == 0)))
		return FALSE;
	fold_changed(in, before, fold);
	in->queue_changed = TRUE;
	return patient_links(in, doc, error);
}

/* ---- names and roles ---------------------------------------------------- */

gboolean
named_set(struct store *store, int64_t n, const char *words, GError **error)
{
	static const char sql[] = "INSERT INTO named(n, words) VALUES(?1, ?2)"
	    " ON CONFLICT(n) DO UPDATE SET words=excluded.words";

	return db_run(store, error, sql, "is", n, words);
}

gboolean
project_named(struct ingest *in, const struct doc *doc, GError **error)
{
	/* An Organization's name is a string, a Device's in deviceName. */
	const char *plain = fhir_text(doc->root, "name");
	g_autofree char *words = NULL;

	if (!plain)
		plain = fhir_text(doc->root, "deviceName.name");
	words = plain ? g_strdup(plain) :
	    fhir_name_words(fhir_get(doc->root, "name"));
	return !words || named_set(in->store, doc->n, words, error);
}

gboolean
project_medication(struct ingest *in, const struct doc *doc, GError **error)
{
	const char *words = fhir_concept_words(fhir_get(doc->root, "code"),
	    in->lang);

	return (!words || named_set(in->store, doc->n, words, error)) &&
	    formulary_project(in, doc, error);
}

/* Of my role: the same code, and no other specialty where both name one. Not
 * knowing is "no": what a colleague of unknown role wrote leaves me owing. */
static gboolean
same_refresh(struct ingest *in, int64_t n, GError **error)
{
	static const char is[] = "SELECT EXISTS(SELECT 1 FROM role m"
	    " JOIN role r ON r.code = m.code AND (r.specialty = m.specialty"
	    "  OR r.specialty IS NULL OR m.specialty IS NULL)"
	    " WHERE (m.n IN (SELECT n FROM me)"
	    "  OR m.practitioner IN (SELECT n FROM me))"
	    " AND (r.practitioner = ?1 OR r.n = ?1))";
	static const char was[] = "SELECT same FROM named WHERE n=?1";
	static const char set[] = "INSERT INTO named(n, same) VALUES(?1, ?2)"
	    " ON CONFLICT(n) DO UPDATE SET same=excluded.same";
	int64_t now, before;

	if (!n || me_is(in->store, n))
		return TRUE;
	if (!db_int(in->store, error, 0, &now, is, "i", n) ||
	    !db_int(in->store, error, 0, &before, was, "i", n))
		return FALSE;
	if (now == before)
		return TRUE;
	touch(in->senders, n);
	return db_run(in->store, error, set, "ii", n, now);
}

gboolean
roles_again(struct ingest *in, GError **error)
{
	static const char sql[] = "SELECT n, practitioner FROM role";
	gboolean failed = FALSE, ok = TRUE;
	sqlite3_stmt *st = db_query(in->store, error, sql, "");

	if (!st)
		return FALSE;
	while (ok && db_row(in->store, st, &failed, error))
		ok = same_refresh(in, sqlite3_column_int64(st, 0), error) &&
		    same_refresh(in, sqlite3_column_int64(st, 1), error);
	db_done(st);
	return ok && !failed;
}

gboolean
project_role(struct ingest *in, const struct doc *doc, GError **error)
{
	static const char sql[] = "INSERT OR REPLACE INTO role(n, practitioner,"
	    " code, specialty) VALUES(?1, ?2, ?3, ?4)";
	const fhir_node *root = doc->root;
	const char *name = fhir_text(root, "practitioner.display");
	int64_t who;

	if (!number_at(in->store, root, "practitioner", NULL, &who, error) ||
	    !db_run(in->store, error, sql, "iiss", doc->n, who,
	    fhir_concept_code(fhir_at(root, "code", 0), NULL),
	    fhir_concept_code(fhir_at(root, "specialty", 0), NULL)) ||
	    (name && !named_set(in->store, doc->n, name, error)))
		return FALSE;
	/* My pool is that of my roles. */
	if (me_is(in->store, doc->n) || me_is(in->store, who))
		return roles_again(in, error) && rx_tasks_again(in, error);
	return same_refresh(in, doc->n, error) && same_refresh(in, who, error);
}

char *
store_doctor_find(struct store *store, const char *words)
{
	static const char sql[] = "SELECT min('Practitioner/' || r.id) FROM"
	    " named n JOIN resource r ON r.n = n.n WHERE n.words=?1"
	    " AND r.type='Practitioner' AND r.here HAVING count(*) = 1";
	struct fhir_ref ref;

	if (fhir_ref_parse(words, &ref))
		return strcmp(ref.type, "Practitioner") == 0 ||
		    strcmp(ref.type, "PractitionerRole") == 0 ?
		    g_strconcat(ref.type, "/", ref.id, NULL) : NULL;
	return *words ? db_text(store, NULL, sql, "s", words) : NULL;
}
