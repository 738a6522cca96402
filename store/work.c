/* SPDX-License-Identifier: Apache-2.0 */
/* Tasks, requests and reports: what makes something mine to do. */
#include "store/script.h"

static int64_t
time_at(const fhir_node *root, const char *path, int64_t fallback)
{
	int64_t ms;

	return fhir_time_ms(fhir_text(root, path), &ms, NULL) ? ms : fallback;
}

/* ---- Task --------------------------------------------------------------- */

/* A Task on a message speaks of its thread. */
static gboolean
target_of(struct ingest *in, const struct doc *doc, int64_t *target,
    GError **error)
{
	static const char thread[] = "SELECT thread FROM message WHERE n=?1";
	static const char *const paths[] = { "focus", "basedOn",
		"reasonReference" };
	struct fhir_ref ref;

	*target = 0;
	for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
		if (!fhir_ref_at(doc->root, paths[i], &ref))
			continue;
		if (strcmp(ref.type, "Communication") != 0 &&
		    strcmp(ref.type, "DiagnosticReport") != 0)
			continue;
		if (!number_of(in->store, ref.type, ref.id, target, error))
			return FALSE;
		return db_int(in->store, error, *target, target, thread, "i",
		    *target);
	}
	return TRUE;
}

static gboolean
task_touch(struct ingest *in, int64_t n, GError **error)
{
	static const char sql[] = "SELECT target FROM task WHERE n=?1";
	int64_t target;

	if (!db_int(in->store, error, 0, &target, sql, "i", n))
		return FALSE;
	touch(in->consults, target);
	touch(in->reports, target);
	return TRUE;
}

gboolean
project_task(struct ingest *in, const struct doc *doc, GError **error)
{
	static const char sql[] = "INSERT OR REPLACE INTO task(n, target, owner,"
	    " status, priority, deadline, modified)"
	    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)";
	const fhir_node *root = doc->root;
	int64_t target, owner, modified;

	if (doc->update && !task_touch(in, doc->n, error))
		return FALSE;
	modified = time_at(root, "authoredOn", doc->head.updated_ms);
	modified = time_at(root, "lastModified", modified);
	if (!target_of(in, doc, &target, error) ||
	    !number_at(in->store, root, "owner", NULL, &owner, error) ||
	    !db_run(in->store, error, sql, "iiisiii", doc->n, target, owner,
	    fhir_text(root, "status"),
	    (int64_t)fhir_priority_of(fhir_text(root, "priority")),
	    time_at(root, "restriction.period.end", 0), modified))
		return FALSE;
	touch(in->consults, target);
	touch(in->reports, target);
	return rx_task_project(in, doc, error);
}

/* ---- ServiceRequest ----------------------------------------------------- */

gboolean
project_request(struct ingest *in, const struct doc *doc, GError **error)
{
	static const char sql[] = "INSERT OR REPLACE INTO request(n, requester)"
	    " VALUES(?1, ?2)";
	static const char reports[] = "SELECT a FROM link WHERE b=?1 AND kind=5";
	int64_t requester;

	return number_at(in->store, doc->root, "requester", NULL, &requester,
	    error) &&
	    db_run(in->store, error, sql, "ii", doc->n, requester) &&
	    touch_rows(in, in->reports, reports, doc->n, error);
}

/* ---- DiagnosticReport --------------------------------------------------- */

static const struct {
	const char *path;
	enum link_kind kind;
} report_links[] = {
	{ "result", LINK_RESULT },
	{ "basedOn", LINK_REQUEST },
	{ "resultsInterpreter", LINK_INTERPRETER },
};

static gboolean
report_links_put(struct ingest *in, const struct doc *doc, GError **error)
{
	int64_t b;

	if (doc->update && !links_drop(in->store, doc->n, error))
		return FALSE;
	for (size_t i = 0; i < G_N_ELEMENTS(report_links); i++) {
		const char *path = report_links[i].path;
		size_t count = fhir_count(doc->root, path);
		for (size_t k = 0; k < count; k++)
			if (!number_at(in->store,
			    fhir_at(doc->root, path, k), NULL, NULL, &b,
			    error) || !link_add(in->store, doc->n,
			    report_links[i].kind, b, error))
				return FALSE;
	}
	return TRUE;
}

gboolean
project_report(struct ingest *in, const struct doc *doc, GError **error)
{
	static const char sql[] = "INSERT OR REPLACE INTO report(n, id, patient,"
	    " name, fold, status, issued) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)";
	const fhir_node *root = doc->root;
	const char *name = fhir_concept_words(fhir_get(root, "code"),
	    in->lang);
	g_autofree char *fold = name ? base_text_fold(name) : NULL;
	int64_t issued = time_at(root, "effectiveDateTime",
	    doc->head.updated_ms);

	issued = time_at(root, "issued", issued);
	touch(in->reports, doc->n);
	return db_run(in->store, error, sql, doc->patient ? "isisssi" :
	    "isnsssi", doc->n, doc->head.id, doc->patient, name, fold,
	    fhir_text(root, "status"), issued) &&
	    report_links_put(in, doc, error) &&
	    chart_conclusion(in, doc, issued, error);
}
