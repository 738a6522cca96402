/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "net/pull.h"

enum {
	THREADS_A_LIST = 40,    /* part-of=…, in one search */
	THREADS_AT_ONCE = 400,
	THREADS_WATCHED = 400,  /* of others' messages in my threads */
};
/* Of a first sync: results are owed from the start as far back as this. */
#define ANSWERS_MS (90 * INT64_C(86400000))

/* Searches whose every hit is mine; each has a watermark of its own. In this
 * order, so that a result never comes before what says it was answered. */
enum { SAID_TO_ME, SAID_BY_ME, TASKS, RESULTS = 6, SCOPES = 8 };
static const struct {
	const char *type, *param;
} scopes[SCOPES] = {
	[SAID_TO_ME] = { "Communication", "recipient" },
	[SAID_BY_ME] = { "Communication", "sender" },
	[TASKS] = { "Task", "owner" },
	{ "Task", "requester" },
	{ "MedicationRequest", "requester" },
	{ "Provenance", "agent" },
	[RESULTS] = { "ServiceRequest", "requester" },
	{ "DiagnosticReport", "results-interpreter" },
};

static struct job *
add_scope(struct sync *s, GArray *jobs, size_t i)
{
	struct job *job;

	/* The first is what all rests on: the server itself must refuse it. */
	if (i > 0 && !caps_param(s->caps, scopes[i].type, scopes[i].param))
		return NULL;
	job = jobs_add(jobs, scopes[i].type, me_scope(s, scopes[i].param));
	job->mark = g_strdup_printf("%s?%s", scopes[i].type, job->scope);
	job->since_ms = store_watermark(s->store, job->mark);
	return job;
}

/* The watermark that says a first sync was finished. */
static char *
done_mark(struct sync *s)
{
	g_autofree char *scope = me_scope(s, "recipient");

	return g_strdup_printf("first?%s", scope);
}

gboolean
pull_begun(struct sync *s)
{
	g_autofree char *mark = done_mark(s);

	return store_watermark(s->store, mark) > 0;
}

/* ---- threads ------------------------------------------------------------- */

static void
add_parts(struct sync *s, GArray *jobs, const struct consult_id *ids, guint n)
{
	GString *scope = g_string_new("part-of=");
	guint some = 0;

	for (guint i = 0; i < n; i++) {
		g_autofree char *id = store_consult_fhir_id(s->store, ids[i]);
		if (id)
			g_string_append_printf(scope, "%sCommunication/%s",
			    some++ ? "," : "", id);
	}
	if (some)
		jobs_add(jobs, "Communication", g_string_free(scope, FALSE));
	else
		g_string_free(scope, TRUE);
}

static gboolean
mark_loaded(struct sync *s, const struct consult_id *ids, guint n,
    GError **error)
{
	for (guint i = 0; i < n; i++)
		if (!store_consult_loaded(s->store, ids[i], error))
			return FALSE;
	return TRUE;
}

/*
 * Messages of threads that are not loaded: the newest page of each list when
 * pages_max is 1, all of them when it is 0. *progress_out: some became loaded.
 */
static gboolean
load_threads(struct sync *s, struct wants *wants, int pages_max,
    enum doorbell_phase phase, gboolean *progress_out, GError **error)
{
	g_autoptr(GArray) ids = store_consults_unloaded(s->store,
	    THREADS_AT_ONCE, error);
	g_autoptr(GArray) jobs = jobs_new();
	struct job_run run = { .sync = s, .wants = wants, .phase = phase };
	const struct consult_id *all;

	*progress_out = FALSE;
	if (!ids)
		return FALSE;
	all = (const struct consult_id *)(void *)ids->data;
	for (guint at = 0; at < ids->len; at += THREADS_A_LIST) {
		guint before = jobs->len;
		add_parts(s, jobs, all + at, MIN(THREADS_A_LIST,
		    ids->len - at));
		if (jobs->len > before) {
			struct job *job = &g_array_index(jobs, struct job,
			    before);
			job->tag = at;
			job->pages_max = pages_max;
			job->sort = "_sort=-sent";
		}
	}
	if (!jobs_run(&run, jobs, error))
		return FALSE;
	for (guint i = 0; i < jobs->len; i++) {
		struct job *job = &g_array_index(jobs, struct job, i);
		guint at = (guint)job->tag;
		if (!job->complete)
			continue;
		*progress_out = TRUE;
		if (!mark_loaded(s, all + at, MIN(THREADS_A_LIST,
		    ids->len - at), error))
			return FALSE;
	}
	bell_changed(s->bell, BELL_KIND_QUEUE, 0);
	return TRUE;
}

static gboolean
load_all_threads(struct sync *s, struct wants *wants, GError **error)
{
	gboolean progress;

	do {
		sync_breathe(s);
		if (!load_threads(s, wants, 0, BELL_PHASE_HISTORY, &progress,
		    error))
			return FALSE;
	} while (progress);
	return TRUE;
}

/* An empty queue must never stand for a server that would not tell. */
static gboolean
answered(struct sync *s, GArray *jobs, GError **error)
{
	const struct job *job = &g_array_index(jobs, struct job, 0);

	if (job->complete || job->more)
		return TRUE;
	net_error_set(error, net_error_of_status(job->status),
	    rest_host(s->rest), "Communication");
	return FALSE;
}

/* ---- the first sync ------------------------------------------------------ */

/* The newest stamp the server has given to anything of mine: what is later than
 * this the first delta asks for again. */
static gboolean
probe(struct sync *s, int64_t *stamp_out, GError **error)
{
	g_autoptr(GArray) jobs = jobs_new();
	struct job_run run = { .sync = s };
	struct job *job = jobs_add(jobs, "Communication",
	    me_scope(s, "recipient"));

	job->sort = "_sort=-_lastUpdated";
	job->count = 1;
	job->pages_max = 1;
	if (!jobs_run(&run, jobs, error))
		return FALSE;
	job = &g_array_index(jobs, struct job, 0);
	*stamp_out = job->newest_ms ? job->newest_ms : run.began_ms;
	return TRUE;
}

/* Who is waiting, and for what: the first thing there is to see. */
static gboolean
first_threads(struct sync *s, struct wants *wants, GError **error)
{
	g_autoptr(GArray) jobs = jobs_new();
	struct job_run run = { .sync = s, .wants = wants,
		.phase = BELL_PHASE_QUEUE };
	struct job *job = jobs_add(jobs, "Communication",
	    me_scope(s, "recipient"));
	gboolean progress;

	/* Headers are in progress; their messages are completed, once sent. */
	job->filter = "status=in-progress,on-hold";
	job->sort = "_sort=-_lastUpdated";
	return jobs_run(&run, jobs, error) && answered(s, jobs, error) &&
	    wants_fetch(s, wants, error) && load_threads(s, wants, 1,
	    BELL_PHASE_QUEUE, &progress, error);
}

static gboolean
answers_from(struct sync *s, int64_t from_ms, GError **error)
{
	int64_t cursor = 0;

	do {
		sync_breathe(s);
		if (!store_answers_from(s->store, MAX(from_ms, 0), &cursor,
		    error))
			return FALSE;
	} while (cursor);
	bell_changed(s->bell, BELL_KIND_QUEUE, 0);
	return TRUE;
}

/* What I was asked to do, and what I said lately: a result is answered by a Task
 * or by a Communication about it. */
static gboolean
first_work(struct sync *s, struct wants *wants, int64_t from_ms,
    GError **error)
{
	g_autoptr(GArray) jobs = jobs_new();
	struct job_run run = { .sync = s, .wants = wants,
		.phase = BELL_PHASE_QUEUE };
	struct job *job = add_scope(s, jobs, SAID_BY_ME);

	if (job) { /* its own watermark is the history's */
		g_clear_pointer(&job->mark, g_free);
		job->since_ms = MAX(from_ms, 0);
	}
	for (size_t i = TASKS; i < RESULTS; i++)
		add_scope(s, jobs, i);
	rx_pool(s, jobs);
	return jobs_run(&run, jobs, error) && wants_fetch(s, wants, error);
}

static gboolean
first_results(struct sync *s, struct wants *wants, GError **error)
{
	g_autoptr(GArray) jobs = jobs_new();
	struct job_run run = { .sync = s, .wants = wants,
		.phase = BELL_PHASE_QUEUE };

	for (size_t i = RESULTS; i < SCOPES; i++)
		add_scope(s, jobs, i);
	return jobs_run(&run, jobs, error) && wants_fetch(s, wants, error);
}

/* stamp_ms: the server's clock, more or less. */
static gboolean
first_queue(struct sync *s, struct wants *wants, int64_t stamp_ms,
    GError **error)
{
	int64_t from_ms = stamp_ms - ANSWERS_MS;

	return answers_from(s, INT64_MAX, error) &&
	    first_threads(s, wants, error) &&
	    first_work(s, wants, from_ms, error) &&
	    answers_from(s, from_ms, error) && first_results(s, wants, error);
}

static gboolean
first_history(struct sync *s, struct wants *wants, GError **error)
{
	g_autoptr(GArray) jobs = jobs_new();
	struct job_run run = { .sync = s, .wants = wants,
		.phase = BELL_PHASE_HISTORY };

	add_scope(s, jobs, SAID_TO_ME);
	add_scope(s, jobs, SAID_BY_ME);
	return jobs_run(&run, jobs, error) && wants_fetch(s, wants, error) &&
	    answers_from(s, 0, error) && load_all_threads(s, wants, error) &&
	    wants_fetch(s, wants, error);
}

gboolean
pull_mark(struct sync *s, const char *mark, int64_t ms, GError **error)
{
	struct store_mark to = { mark, ms };

	return ms <= store_watermark(s->store, mark) ||
	    sync_ingest(s, NULL, 0, &to, error);
}

gboolean
pull_first(struct sync *s, GError **error)
{
	BASE_AUTO(wants) wants = wants_new();
	g_autofree char *done = done_mark(s);
	int64_t stamp_ms = 0;

	return probe(s, &stamp_ms, error) && first_queue(s, wants,
	    stamp_ms, error) && chart_fill(s, wants, error) &&
	    wants_fetch(s, wants, error) &&
	    first_history(s, wants, error) && chart_fill(s, wants, error) &&
	    rx_formulary(s, error) &&
	    chart_marks(s, stamp_ms, error) &&
	    pull_mark(s, "part-of", MAX(stamp_ms, 1), error) &&
	    pull_mark(s, done, MAX(stamp_ms, 1), error);
}

/* ---- the delta ----------------------------------------------------------- */

void
delta_part(struct delta *delta, guint first, char *mark)
{
	struct delta_part part = { first, delta->jobs->len, mark, NULL };

	g_array_append_val(delta->parts, part);
}

static void
part_clear(void *part)
{
	struct delta_part *p = part;

	g_free(p->mark);
	if (p->patients)
		g_array_unref(p->patients);
}

/* What colleagues write in my threads need not name me: ask by thread. */
static gboolean
delta_threads(struct sync *s, struct delta *delta, GError **error)
{
	struct queue_filter filter = { .lane = QUEUE_CONSULT };
	BASE_AUTO(queue_page) page = store_queue(s->store, &filter, 0,
	    THREADS_WATCHED, error);
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE,
	    sizeof(struct consult_id));
	guint first = delta->jobs->len;

	if (!page)
		return FALSE;
	for (size_t i = 0; i < page->n; i++)
		g_array_append_val(ids, page->rows[i].consult);
	for (guint at = 0; at < ids->len; at += THREADS_A_LIST)
		add_parts(s, delta->jobs, &g_array_index(ids,
		    struct consult_id, at), MIN(THREADS_A_LIST,
		    ids->len - at));
	for (guint i = first; i < delta->jobs->len; i++)
		g_array_index(delta->jobs, struct job, i).since_ms =
		    store_watermark(s->store, "part-of");
	delta_part(delta, first, g_strdup("part-of"));
	return TRUE;
}

/* As far as all of a part's searches have seen; what the server refuses for
 * good holds back no other. */
static int64_t
part_ms(const struct delta *delta, const struct delta_part *part,
    int64_t began_ms)
{
	int64_t newest_ms = 0;

	for (guint i = part->first; i < part->end; i++) {
		const struct job *job = &g_array_index(delta->jobs, struct job,
		    i);
		if (!job->complete && job->status < 400)
			return 0;
		newest_ms = MAX(newest_ms, job->newest_ms);
	}
	return began_ms ? MIN(newest_ms, began_ms) : newest_ms;
}

static gboolean
run_delta(struct job_run *run, struct delta *delta, GError **error)
{
	if (!jobs_run(run, delta->jobs, error))
		return FALSE;
	for (guint i = 0; i < delta->parts->len; i++) {
		const struct delta_part *part = &g_array_index(delta->parts,
		    struct delta_part, i);
		if (!pull_mark(run->sync, part->mark, part_ms(delta, part,
		    run->began_ms), error))
			return FALSE;
	}
	return TRUE;
}

gboolean
pull_delta(struct sync *s, GError **error)
{
	BASE_AUTO(wants) wants = wants_new();
	BASE_AUTO(sweep) gone = sweep_new(s, error);
	g_autoptr(GArray) jobs = jobs_new();
	g_autoptr(GArray) parts = g_array_new(FALSE, FALSE,
	    sizeof(struct delta_part));
	struct job_run run = { .sync = s, .wants = wants };
	struct delta delta = { jobs, parts };
	int64_t began_ms = base_now_ms();

	if (!gone)
		return FALSE;
	run.also = sweep_also(gone);
	g_array_set_clear_func(parts, part_clear);
	for (size_t i = 0; i < SCOPES; i++)
		add_scope(s, jobs, i);
	rx_pool(s, jobs);
	rx_formulary_delta(s, &delta);
	return delta_threads(s, &delta, error) &&
	    chart_delta(s, &delta, error) && run_delta(&run, &delta, error) &&
	    answered(s, jobs, error) &&
	    chart_proved(s, &delta, began_ms, error) &&
	    pull_settle(s, wants, error) && sweep_end(gone, error);
}

gboolean
pull_settle(struct sync *s, struct wants *wants, GError **error)
{
	return wants_fetch(s, wants, error) && load_all_threads(s, wants,
	    error) && chart_fill(s, wants, error) && wants_fetch(s, wants,
	    error);
}
