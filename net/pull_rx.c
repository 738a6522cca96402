/* SPDX-License-Identifier: Apache-2.0 */
/* What prescribing needs beyond charts: requests in my pool, the formulary. */
#include <string.h>
#include "net/pull.h"

/* Products change seldom and are many: large pages. */
enum { FORMULARY_COUNT = 500 };

static const char *const formulary_types[] = { "Medication",
	"MedicationKnowledge" };
/* A search wants a scope, and what was withdrawn must be heard of too. */
#define FORMULARY_SCOPE "status=active,inactive,entered-in-error"

void
rx_pool(struct sync *s, GArray *jobs)
{
	struct job *job;

	if (!s->pool || !caps_param(s->caps, "Task", "performer"))
		return;
	job = jobs_add(jobs, "Task", g_strdup(s->pool));
	job->mark = g_strdup_printf("Task?%s", s->pool);
	job->since_ms = store_watermark(s->store, job->mark);
}

static char *
formulary_mark(const char *type)
{
	return g_strconcat("formulary/", type, NULL);
}

static void
add_formulary(struct sync *s, GArray *jobs)
{
	for (size_t i = 0; i < G_N_ELEMENTS(formulary_types); i++) {
		const char *type = formulary_types[i];
		struct job *job;

		if (!caps_type(s->caps, type))
			continue;
		job = jobs_add(jobs, type, g_strdup(FORMULARY_SCOPE));
		job->mark = formulary_mark(type);
		job->since_ms = store_watermark(s->store, job->mark);
		job->count = FORMULARY_COUNT;
	}
}

gboolean
rx_formulary(struct sync *s, GError **error)
{
	g_autoptr(GArray) jobs = jobs_new();
	struct job_run run = { .sync = s, .phase = BELL_PHASE_HISTORY };

	add_formulary(s, jobs);
	return jobs->len == 0 || jobs_run(&run, jobs, error);
}

void
rx_formulary_delta(struct sync *s, struct delta *delta)
{
	add_formulary(s, delta->jobs);
}
