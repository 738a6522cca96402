/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A thread names its patient, a message its header and sender, an order its
 * medicine. What is named and not here is fetched by id, so that a name stands
 * where a reference stood.
 */
#include <string.h>
#include "net/job.h"

enum { LIST_MAX = 40 };

struct wants {
	GHashTable *asked;      /* "Type/id", in this run */
	GHashTable *open;       /* type → GPtrArray of ids */
};

struct wants *
wants_new(void)
{
	struct wants *w = g_new0(struct wants, 1);

	w->asked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	w->open = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
	    (GDestroyNotify)g_ptr_array_unref);
	return w;
}

void
wants_free(struct wants *w)
{
	if (!w)
		return;
	g_hash_table_unref(w->asked);
	g_hash_table_unref(w->open);
	g_free(w);
}

void
wants_add(struct wants *w, struct store *store, const char *type,
    const char *id)
{
	char *ref = g_strdup_printf("%s/%s", type, id);
	g_autofree char *version = NULL;
	GPtrArray *ids;

	if (!g_hash_table_add(w->asked, ref))
		return;
	version = store_version(store, type, id);
	if (version)
		return;
	ids = g_hash_table_lookup(w->open, type);
	if (!ids) {
		ids = g_ptr_array_new_with_free_func(g_free);
		g_hash_table_insert(w->open, g_strdup(type), ids);
	}
	g_ptr_array_add(ids, g_strdup(id));
}

#define PEOPLE "Practitioner PractitionerRole RelatedPerson Device"
/* Which reference of which type is worth fetching, and as what. */
static const struct {
	const char *type, *path;
	const char *targets; /* space-separated */
} looks[] = {
	{ "Communication", "partOf[0]", "Communication" },
	{ "Communication", "subject", "Patient" },
	{ "Communication", "sender",
	    "Practitioner PractitionerRole RelatedPerson Organization "
	    "CareTeam Device" },
	{ "Task", "for", "Patient" },
	{ "Task", "focus", "DiagnosticReport Communication ServiceRequest "
	    "MedicationRequest" },
	{ "DiagnosticReport", "subject", "Patient" },
	{ "DiagnosticReport", "imagingStudy[0]", "ImagingStudy" },
	{ "ImagingStudy", "endpoint[0]", "Endpoint" },
	{ "ServiceRequest", "subject", "Patient" },
	{ "MedicationRequest", "medicationReference", "Medication" },
	{ "MedicationStatement", "medicationReference", "Medication" },
	{ "MedicationDispense", "medicationReference", "Medication" },
	{ "MedicationAdministration", "medicationReference", "Medication" },
	{ "Encounter", "participant[0].individual", PEOPLE },
	{ "Encounter", "serviceProvider", "Organization" },
	{ "DocumentReference", "author[0]", PEOPLE " Organization" },
	{ "QuestionnaireResponse", "author", PEOPLE },
	{ "EpisodeOfCare", "careManager", PEOPLE },
	{ "EpisodeOfCare", "managingOrganization", "Organization" },
	{ "CareTeam", "participant[0].member", PEOPLE " Organization" },
	{ "Coverage", "payor[0]", "Organization" },
	{ "Procedure", "performer[0].actor", PEOPLE },
	{ "Provenance", "agent[0].who", PEOPLE " Organization" },
	{ "Provenance", "agent[1].who", PEOPLE " Organization" },
	{ "PractitionerRole", "practitioner", "Practitioner" },
	{ "Patient", "link[0].other", "Patient" },
	{ "Patient", "link[1].other", "Patient" },
	{ "Patient", "link[2].other", "Patient" },
};

static gboolean
among(const char *words, const char *word)
{
	g_auto(GStrv) list = g_strsplit(words, " ", -1);

	return g_strv_contains((const char *const *)list, word);
}

void
wants_look(struct wants *w, struct store *store, const fhir_node *resource)
{
	const char *type = fhir_text(resource, "resourceType");

	for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
		struct fhir_ref ref;
		if (g_strcmp0(type, looks[i].type) == 0 &&
		    fhir_ref_at(resource, looks[i].path, &ref) &&
		    among(looks[i].targets, ref.type))
			wants_add(w, store, ref.type, ref.id);
	}
}

gboolean
wants_any(const struct wants *w)
{
	return g_hash_table_size(w->open) > 0;
}

static void
add_lists(GArray *jobs, const char *type, GPtrArray *ids)
{
	for (guint at = 0; at < ids->len; at += LIST_MAX) {
		GString *scope = g_string_new("_id=");
		for (guint i = at; i < MIN(at + LIST_MAX, ids->len); i++)
			g_string_append_printf(scope, "%s%s", i > at ? "," : "",
			    (const char *)g_ptr_array_index(ids, i));
		struct job *job = jobs_add(jobs, type,
		    g_string_free(scope, FALSE));
		job->sort = "";
	}
}

gboolean
wants_fetch(struct sync *sync, struct wants *w, GError **error)
{
	/* What comes may refer on (a message → header → patient): a few
	 * rounds, and asked bounds them. */
	for (int round = 0; round < 4 && g_hash_table_size(w->open) > 0;
	    round++) {
		g_autoptr(GHashTable) open = g_steal_pointer(&w->open);
		g_autoptr(GArray) jobs = jobs_new();
		struct job_run run = { .sync = sync, .wants = w,
			.quiet = TRUE };
		GHashTableIter iter;
		gpointer type, ids;
		w->open = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
		    (GDestroyNotify)g_ptr_array_unref);
		g_hash_table_iter_init(&iter, open);
		while (g_hash_table_iter_next(&iter, &type, &ids))
			add_lists(jobs, type, ids);
		if (!jobs_run(&run, jobs, error))
			return FALSE;
	}
	return TRUE;
}
