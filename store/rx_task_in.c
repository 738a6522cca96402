/* SPDX-License-Identifier: Apache-2.0 */
/* Tasks about orders, on their way in: renewal requests, pharmacists' reviews,
 * and what tells the pharmacist. Which of them one is, its order says
 * (store/owed_rx.c). */
#include "store/rx_row.h"

#define TASK_CODES "http://hl7.org/fhir/CodeSystem/task-code"

static int64_t
time_at(const fhir_node *root, const char *path, int64_t fallback)
{
	int64_t ms;

	return fhir_time_ms(fhir_text(root, path), &ms, NULL) ? ms : fallback;
}

/* ---- what it is about --------------------------------------------------- */

static gboolean
is_order(const fhir_node *node, const char *path, struct fhir_ref *ref)
{
	return fhir_ref_at(node, path, ref) &&
	    strcmp(ref->type, "MedicationRequest") == 0;
}

/* focus, else the first order that basedOn or an input names. */
static gboolean
focus_of(struct ingest *in, const fhir_node *root, int64_t *n, GError **error)
{
	size_t based = MIN(fhir_count(root, "basedOn"), REFS_MAX);
	size_t input = MIN(fhir_count(root, "input"), REFS_MAX);
	struct fhir_ref ref;
	gboolean found = is_order(root, "focus", &ref);

	*n = 0;
	for (size_t i = 0; !found && i < based; i++)
		found = is_order(fhir_at(root, "basedOn", i), NULL, &ref);
	for (size_t i = 0; !found && i < input; i++)
		found = is_order(fhir_at(root, "input", i), "valueReference",
		    &ref);
	return !found || number_of(in->store, ref.type, ref.id, n, error);
}

static gboolean
is_approve(const fhir_node *root)
{
	const char *code = fhir_concept_code(fhir_get(root, "code"),
	    TASK_CODES);

	if (!code)
		code = fhir_concept_code(fhir_get(root, "code"), NULL);
	return g_strcmp0(code, "approve") == 0;
}

/* "|a|b|": the codes of all performerTypes. */
static char *
performers_of(const fhir_node *root)
{
	size_t types = MIN(fhir_count(root, "performerType"), REFS_MAX);
	g_autoptr(GString) out = g_string_new("|");

	for (size_t i = 0; i < types; i++) {
		const fhir_node *type = fhir_at(root, "performerType", i);
		size_t codes = MIN(fhir_count(type, "coding"), REFS_MAX);
		for (size_t k = 0; k < codes; k++) {
			const char *code = fhir_text(fhir_at(type, "coding",
			    k), "code");
			if (code && !strchr(code, '|'))
				g_string_append_printf(out, "%s|", code);
		}
	}
	return out->len > 1 ? g_string_free(g_steal_pointer(&out), FALSE) :
	    NULL;
}

/* The pharmacist's words: the reason given, else the last note. */
static const char *
reason_of(struct ingest *in, const fhir_node *root)
{
	const char *words = fhir_concept_words(fhir_get(root, "statusReason"),
	    in->lang);
	size_t notes = fhir_count(root, "note");

	return words || !notes ? words :
	    fhir_text(fhir_at(root, "note", notes - 1), "text");
}

/* ---- the row ------------------------------------------------------------ */

/* More Tasks than this about one order are somebody's mistake. */
#define SIBLINGS " ORDER BY o.modified DESC LIMIT 50"

/* Its own row, those of other Tasks about the same, and the prescription it
 * reviews or asks for. */
gboolean
rx_task_touch(struct ingest *in, int64_t n, GError **error)
{
	static const char focus[] = "SELECT o.n FROM rx_task t JOIN rx_task o"
	    " ON o.focus = t.focus WHERE t.n=?1" SIBLINGS;
	static const char grp[] = "SELECT o.n FROM rx_task t JOIN rx_task o"
	    " ON o.grp = t.grp WHERE t.n=?1" SIBLINGS;
	static const char lines[] = "SELECT o.n FROM rx_task t"
	    " JOIN script s ON s.n = t.focus JOIN script l ON l.grp = s.grp"
	    " AND l.patient = s.patient JOIN rx_task o ON o.focus = l.n"
	    " WHERE t.n=?1 LIMIT 50";
	static const char rxs[] = "SELECT s.rx FROM rx_task t JOIN script s"
	    " ON s.n = t.focus WHERE t.n=?1 UNION"
	    " SELECT r.n FROM rx_task t JOIN rx r ON r.identifier = t.grp"
	    " WHERE t.n=?1 UNION SELECT n FROM rx WHERE task=?1 AND task<>0";

	touch(in->tasks, n);
	return touch_rows(in, in->tasks, focus, n, error) &&
	    touch_rows(in, in->tasks, grp, n, error) &&
	    touch_rows(in, in->tasks, lines, n, error) &&
	    touch_rows(in, in->rxs, rxs, n, error);
}

static gboolean
task_put(struct ingest *in, const struct doc *doc, int64_t focus,
    GError **error)
{
	static const char sql[] = "INSERT OR REPLACE INTO rx_task(n, id, version,"
	    " patient, approve, focus, grp, owner, requester, status, reason,"
	    " words, performers, priority, authored, modified, deadline)"
	    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"
	    " ?14, ?15, ?16, ?17)";
	const fhir_node *root = doc->root;
	g_autofree char *performers = performers_of(root);
	int64_t owner, requester;
	int64_t modified = time_at(root, "lastModified", doc->head.updated_ms);
	int64_t authored = time_at(root, "authoredOn", modified);

	return number_at(in->store, root, "owner", NULL, &owner, error) &&
	    number_at(in->store, root, "requester", NULL, &requester, error) &&
	    db_run(in->store, error, sql, "issiiisiissssiiii", doc->n,
	    doc->head.id, doc->head.version, doc->patient,
	    (int64_t)is_approve(root), focus,
	    fhir_text(root, "groupIdentifier.value"), owner, requester,
	    fhir_text(root, "status"), reason_of(in, root),
	    fhir_text(root, "description"), performers,
	    (int64_t)fhir_priority_of(fhir_text(root, "priority")), authored,
	    modified, time_at(root, "restriction.period.end", 0));
}

gboolean
rx_task_project(struct ingest *in, const struct doc *doc, GError **error)
{
	static const char drop[] = "DELETE FROM rx_task WHERE n=?1";
	int64_t focus;

	if (doc->update && !rx_task_touch(in, doc->n, error))
		return FALSE;
	if (!focus_of(in, doc->root, &focus, error))
		return FALSE;
	if (!focus)
		return !doc->update ||
		    db_run(in->store, error, drop, "i", doc->n);
	return task_put(in, doc, focus, error) &&
	    rx_task_touch(in, doc->n, error);
}

gboolean
rx_tasks_again(struct ingest *in, GError **error)
{
	static const char sql[] = "SELECT n FROM rx_task";
	sqlite3_stmt *st = db_query(in->store, error, sql, "");
	gboolean failed = FALSE;

	while (st && db_row(in->store, st, &failed, error))
		touch(in->tasks, sqlite3_column_int64(st, 0));
	db_done(st);
	return st && !failed;
}
