/* SPDX-License-Identifier: Apache-2.0 */
#include "net/provenance.h"
#include "net/caps.h"
#include "net/error.h"
#include "net/job.h"

/* As many as a screen shows, and no more of a server that does not know
 * "target" and answers with everything. */
enum { COUNT = 20, PAGES = 2 };

/* A refusal with a status that ends whole runs comes as an error. */
static enum sync_fetched
meant(const struct job *job, gboolean ran, const GError *error)
{
	if (!ran)
		return g_error_matches(error, NET_ERROR, NET_ERROR_REFUSED) ?
		    FETCH_REFUSED : FETCH_FAILED;
	if (job->status == 404 || job->status == 410)
		return FETCH_GONE;
	return job->complete || job->more ? FETCH_OK : FETCH_REFUSED;
}

enum sync_fetched
provenance_fetch(struct sync *s, const struct fhir_ref *target)
{
	BASE_AUTO(wants) wants = wants_new();
	g_autoptr(GArray) jobs = jobs_new();
	g_autoptr(GError) error = NULL;
	struct job_run run = { .sync = s, .wants = wants, .quiet = TRUE };
	struct job *job = jobs_add(jobs, "Provenance", g_strdup_printf(
	    "target=%s/%s", target->type, target->id));
	gboolean ran;

	/* A type that is not there, or only to be read by its own id. */
	if (!caps_param(s->caps, "Provenance", "target"))
		return FETCH_GONE;
	job->sort = "_sort=-_lastUpdated";
	job->count = COUNT;
	job->pages_max = PAGES;
	ran = jobs_run(&run, jobs, &error);
	/* Names are a comfort: without them it is still true. */
	if (ran && wants_any(wants))
		wants_fetch(s, wants, NULL);
	return meant(&g_array_index(jobs, struct job, 0), ran, error);
}
