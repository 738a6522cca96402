/* SPDX-License-Identifier: Apache-2.0 */
#include "clinic/formulary.h"

#include <stdarg.h>
#include <string.h>

GString *
seed_begin(struct seed *g, const char *type, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	g_vsnprintf(g->id, sizeof g->id, fmt, args);
	va_end(args);
	g->type = type;
	g_string_truncate(g->json, 0);
	sj_open(g->json, NULL, '{');
	sj_text(g->json, "resourceType", type);
	sj_text(g->json, "id", g->id);
	return g->json;
}

void
seed_put(struct seed *g, int64_t updated_ms)
{
	sj_close(g->json, '}');
	if (g->failed)
		return;
	g->failed = !g->sink->put(g->sink->user, g->type, g->id, g->json->str,
	    g->json->len, MIN(updated_ms, g->opt->now_ms), g->error);
}

static void
seed_start(struct seed *g, const struct clinic_seed_options *options,
    const struct seed_sink *sink, GError **error)
{
	*g = (struct seed){ .opt = options, .sink = sink, .error = error };
	g->me = options->practitioner ? options->practitioner : SEED_ME;
	g->json = g_string_sized_new(4096);
	g->words = g_string_sized_new(1024);
}

static gboolean
seed_end(struct seed *g)
{
	g_string_free(g->json, TRUE);
	g_string_free(g->words, TRUE);
	return !g->failed;
}

static void
seed_patient(struct seed *g, int index, gboolean newcomer)
{
	struct seed_person p;

	seed_person_make(&p, g->opt, index, newcomer);
	seed_person_put(g, &p);
	seed_chart_put(g, &p);
	seed_past_put(g, &p);
	seed_rest_put(g, &p);
	seed_drugs_put(g, &p);
	seed_labs_put(g, &p);
	seed_threads_put(g, &p);
}

gboolean
seed_all(const struct clinic_seed_options *options,
    const struct seed_sink *sink, GError **error)
{
	struct seed g;

	seed_start(&g, options, sink, error);
	seed_staff_put(&g);
	seed_rest_staff(&g);
	seed_formulary_put(&g, options->formulary);
	for (int i = 0; i < options->patients && !g.failed; i++)
		seed_patient(&g, i, FALSE);
	seed_renewals_put(&g, options->renewals);
	return seed_end(&g);
}

gboolean
seed_newcomer(const struct clinic_seed_options *options, int index,
    const struct seed_sink *sink, GError **error)
{
	struct seed g;

	seed_start(&g, options, sink, error);
	seed_patient(&g, index, TRUE);
	return seed_end(&g);
}

/* The words of a panel, or its key or codes, anywhere in what was ordered. */
static enum panel
panel_of_words(const struct seed_person *p, const char *words)
{
	for (int i = 0; words && i < PANELS_; i++) {
		g_auto(GStrv) zh = g_strsplit(seed_panels[i].zh, " ", -1);

		for (char **part = zh; *part; part++)
			if (strstr(words, *part))
				return (enum panel)i;
		if (strstr(words, seed_panels[i].loinc) ||
		    strstr(words, seed_panels[i].en))
			return (enum panel)i;
	}
	return seed_panel_main(p);
}

gboolean
seed_result(const struct clinic_seed_options *options, const char *patient_id,
    const char *request_id, const char *words, const struct seed_sink *sink,
    GError **error)
{
	struct seed g;
	struct seed_person p;
	struct seed_visit visit = { .status = "final", .mine = TRUE };
	struct seed_rng rng;

	if (!seed_person_known(&p, options, patient_id))
		return FALSE;
	seed_start(&g, options, sink, error);
	/* The number tells this visit from the seeded ones, and two orders of
	 * the same test from each other. */
	rng = seed_rng_make(options->seed, (uint64_t)p.index,
	    g_str_hash(request_id));
	visit.number = seed_rng_range(&rng, 1000, 999999999);
	visit.taken_ms = options->now_ms - 3 * SEED_HOUR_MS;
	visit.issued_ms = options->now_ms;
	visit.request_id = request_id;
	seed_body_visit(&p, 0, FALSE, &rng, visit.values);
	seed_panel_put(&g, &p, panel_of_words(&p, words), &visit);
	return seed_end(&g);
}

/* ---- into the storage ---- */

/* So many resources a transaction: one of millions would keep the whole clinic
 * in the journal. */
#define PUTS_A_COMMIT 20000

struct into_db { struct clinic_db *db; int puts; };

static gboolean
into_db_put(void *user, const char *type, const char *id, const char *json,
    size_t len, int64_t updated_ms, GError **error)
{
	struct into_db *into = user;

	if (++into->puts % PUTS_A_COMMIT == 0 &&
	    (!clinic_db_commit(into->db, error) ||
	     !clinic_db_begin(into->db, error)))
		return FALSE;
	return clinic_db_put(into->db, type, id, json, len, updated_ms, NULL,
	    error);
}

gboolean
clinic_seed(struct clinic_db *db, const struct clinic_seed_options *options,
    GError **error)
{
	struct into_db into = { .db = db };
	struct seed_sink sink = { .put = into_db_put, .user = &into };

	if (!clinic_db_begin(db, error))
		return FALSE;
	if (!seed_all(options, &sink, error)) {
		clinic_db_rollback(db);
		return FALSE;
	}
	return clinic_db_commit(db, error);
}
