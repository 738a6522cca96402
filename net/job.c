/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "net/job.h"
#include "net/origin.h"

enum {
	PAGES_MAX = 5000,       /* a server that pages in a circle ends here */
	OVERLAP_MS = 60000,     /* lastUpdated is stamped before commit */
};

void
job_clear(void *p)
{
	struct job *job = p;

	g_free(job->scope);
	g_free(job->mark);
}

GArray *
jobs_new(void)
{
	GArray *jobs = g_array_new(FALSE, TRUE, sizeof(struct job));

	g_array_set_clear_func(jobs, job_clear);
	return jobs;
}

struct job *
jobs_add(GArray *jobs, const char *type, char *scope)
{
	struct job job = { .type = type, .scope = scope };

	g_array_append_val(jobs, job);
	return &g_array_index(jobs, struct job, jobs->len - 1);
}

/* ---- the address --------------------------------------------------------- */

/* What a server refused is left out from then on, the most expendable first. */
enum relax { RELAX_NOTHING, RELAX_SORT, RELAX_FILTER, RELAX_SINCE, RELAX_END };

static char *
relax_key(const struct job *job)
{
	return g_strdup_printf("%s?%.*s", job->type,
	    (int)strcspn(job->scope, "="), job->scope);
}

static enum relax
relaxed(struct sync *s, const struct job *job)
{
	g_autofree char *key = relax_key(job);

	return (enum relax)GPOINTER_TO_INT(g_hash_table_lookup(s->relaxed,
	    key));
}

/* FALSE: there is nothing left to leave out. */
static gboolean
relax_more(struct sync *s, const struct job *job)
{
	char *key = relax_key(job);
	int level = GPOINTER_TO_INT(g_hash_table_lookup(s->relaxed, key)) + 1;

	if (level >= RELAX_END) {
		g_free(key);
		return FALSE;
	}
	base_log(BASE_LOG_INFO, "%s: search refused, asked with less: %d",
	    job->type, level);
	g_hash_table_replace(s->relaxed, key, GINT_TO_POINTER(level));
	return TRUE;
}

static char *
job_url(struct sync *s, const struct job *job)
{
	GString *url = g_string_new(job->type);
	enum relax level = relaxed(s, job);
	const char *sort = job->sort ? job->sort : "_sort=_lastUpdated";

	g_string_append_printf(url, "?%s", job->scope);
	if (job->filter && level < RELAX_FILTER)
		g_string_append_printf(url, "&%s", job->filter);
	if (job->since_ms > 0 && level < RELAX_SINCE) {
		g_autofree char *since = fhir_instant(job->since_ms -
		    OVERLAP_MS);
		g_string_append_printf(url, "&_lastUpdated=ge%s", since);
	}
	if (*sort && level < RELAX_SORT)
		g_string_append_printf(url, "&%s", sort);
	g_string_append_printf(url, "&_count=%d",
	    job->count ? job->count : JOB_COUNT);
	return g_string_free(url, FALSE);
}

/* ---- a page -------------------------------------------------------------- */

struct page {
	struct job_run *run;
	struct job *job;
	GArray *docs;           /* struct store_doc */
	int64_t first_ms, newest_ms, last_ms;
	gboolean in_order;
};

static gboolean
is_entry(const struct fhir_entry *e)
{
	return e->resource && !(e->mode_len == strlen("outcome") &&
	    memcmp(e->mode, "outcome", e->mode_len) == 0);
}

/* Tells whoever should have known of it before. */
static void
report(struct page *page, const struct fhir_head *head)
{
	struct sync *s = page->run->sync;
	g_autofree char *version = NULL;

	if (!s->found || !page->job->mark)
		return;
	version = store_version(s->store, head->type, head->id);
	if (!version || g_strcmp0(version, head->version) != 0)
		s->found(s, page->job->mark, head->type, head->id,
		    s->found_user);
}

/* Stamps, for the watermark, and what it refers to. One that cannot be read is
 * still handed to the store, which counts it as refused. */
static void
look(struct page *page, const struct fhir_entry *e)
{
	const struct fhir_limits *limits = rest_limits(page->run->sync->rest);
	BASE_AUTO(fhir_doc) doc = fhir_parse(e->resource, e->resource_len,
	    limits, NULL);
	struct fhir_head head = { 0 };

	if (!doc || !fhir_head(fhir_root(doc), &head, NULL))
		return;
	if (page->run->wants)
		wants_look(page->run->wants, page->run->sync->store,
		    fhir_root(doc));
	if (strcmp(head.type, page->job->type) != 0 || !head.updated_ms)
		return;
	report(page, &head);
	if (head.updated_ms < page->last_ms)
		page->in_order = FALSE;
	page->last_ms = head.updated_ms;
	page->newest_ms = MAX(page->newest_ms, head.updated_ms);
}

static void
read_page(struct page *page, const struct fhir_bundle *bundle)
{
	page->in_order = TRUE;
	page->last_ms = page->job->last_ms;
	for (guint i = 0; i < bundle->entries->len; i++) {
		const struct fhir_entry *e = &g_array_index(bundle->entries,
		    struct fhir_entry, i);
		struct store_doc doc = { e->resource, e->resource_len };
		if (!is_entry(e))
			continue;
		g_array_append_val(page->docs, doc);
		look(page, e);
	}
	page->job->last_ms = page->last_ms;
	page->job->newest_ms = MAX(page->job->newest_ms, page->newest_ms);
	page->job->seen += page->docs->len;
}

/*
 * How far the watermark may move. In the middle only while pages come in order
 * of their stamps; at the end over everything seen; never past the moment the
 * run began, since what is committed late may carry an earlier stamp.
 */
static int64_t
mark_ms(const struct page *page, gboolean last)
{
	int64_t ms = last ? page->job->newest_ms : page->last_ms;

	if (!page->job->mark || (!last && !page->in_order))
		return 0;
	if (page->run->began_ms > 0)
		ms = MIN(ms, page->run->began_ms);
	return ms;
}

static gboolean
store_page(struct page *page, gboolean last, GError **error)
{
	struct sync *s = page->run->sync;
	struct store_mark mark = { page->job->mark, mark_ms(page, last) };
	gboolean forward = mark.watermark_ms > 0 &&
	    mark.watermark_ms > store_watermark(s->store, mark.scope);

	if (page->docs->len == 0 && !forward)
		return TRUE;
	return sync_ingest(s, (const struct store_doc *)(void *)
	    page->docs->data, page->docs->len, forward ? &mark : NULL, error);
}

/* Cuts, stores and reports one page. *next_out is owned. */
static gboolean
take_page(struct job_run *run, struct job *job, const char *bytes, size_t len,
    char **next_out, GError **error)
{
	struct sync *s = run->sync;
	g_autoptr(GError) why = NULL;
	BASE_AUTO(fhir_bundle) bundle = fhir_bundle_cut(bytes ? bytes : "",
	    bytes ? len : 0, rest_limits(s->rest), &why);
	struct page page = { .run = run, .job = job };
	gboolean last, fine;

	*next_out = NULL;
	if (!bundle) {
		net_error_set(error, NET_ERROR_NOT_FHIR, rest_host(s->rest),
		    why->message);
		return FALSE;
	}
	if (bundle->next)
		*next_out = origin_resolve(rest_base(s->rest), bundle->next,
		    rest_aliases(s->rest));
	if (bundle->next && !*next_out) {
		net_error_set(error, NET_ERROR_LINK, rest_host(s->rest), NULL);
		return FALSE;
	}
	page.docs = g_array_new(FALSE, FALSE, sizeof(struct store_doc));
	read_page(&page, bundle);
	last = !*next_out;
	fine = store_page(&page, last, error);
	run->done += page.docs->len;
	g_array_unref(page.docs);
	if (!run->quiet)
		sync_progress(s, run->phase, run->done, run->total);
	return fine;
}

/* ---- a job --------------------------------------------------------------- */

/* Refusals of this one search are its own affair; these stop the run. */
static gboolean
stops_all(int status)
{
	return status == 401 || status == 429 || status >= 500;
}

static gboolean
follow(struct job_run *run, struct job *job, char *next, GError **error)
{
	int pages = 1;

	while (next && (!job->pages_max || pages < job->pages_max)) {
		g_autofree char *url = next;
		BASE_AUTO(rest_answer) answer = NULL;
		sync_breathe(run->sync);
		answer = rest_get(run->sync->rest, url, error);
		next = NULL;
		if (!answer)
			return FALSE;
		job->status = answer->status;
		/* Medplum refuses pages past an offset of 10,000. */
		if (answer->status >= 400 && !stops_all(answer->status)) {
			job->more = TRUE;
			return TRUE;
		}
		if (!rest_ok(run->sync->rest, answer, error) ||
		    !take_page(run, job, answer->body, answer->len, &next,
			error))
			return FALSE;
		if (++pages > PAGES_MAX || g_strcmp0(url, next) == 0) {
			g_free(next);
			net_error_set(error, NET_ERROR_NOT_FHIR,
			    rest_host(run->sync->rest),
			    _("its pages have no end"));
			return FALSE;
		}
	}
	job->more = next != NULL;
	job->complete = !next;
	g_free(next);
	return TRUE;
}

static gboolean
land(struct job_run *run, struct job *job, const struct many_answer *answer,
    GError **error);

/* Asked again after something about it was changed. */
static gboolean
ask_again(struct job_run *run, struct job *job, GError **error)
{
	struct sync *s = run->sync;
	g_autofree char *url = job_url(s, job);
	g_autoptr(GError) why = NULL;
	BASE_AUTO(rest_answer) answer = rest_get(s->rest, url, &why);
	struct many_answer one;

	if (why && why->code != NET_ERROR_TOO_BIG) {
		g_propagate_error(error, g_steal_pointer(&why));
		return FALSE;
	}
	many_answer_of(answer, &one);
	return land(run, job, &one, error);
}

/* The page passed our cap: smaller pages, down to one resource. */
static gboolean
fewer(struct job *job)
{
	int count = job->count ? job->count : JOB_COUNT;

	job->count = MAX(1, count / 8);
	return count > 1;
}

static gboolean
land(struct job_run *run, struct job *job, const struct many_answer *answer,
    GError **error)
{
	struct sync *s = run->sync;
	char *next = NULL;

	job->status = answer->status;
	if (!run->began_ms)
		run->began_ms = answer->date_ms;
	/* The server does not know a parameter: again without it. */
	if ((answer->status == 400 || answer->status == 422) &&
	    relax_more(s, job))
		return ask_again(run, job, error);
	if (answer->status == MANY_TOO_BIG && fewer(job))
		return ask_again(run, job, error);
	if (stops_all(answer->status)) {
		net_error_set(error, net_error_of_status(answer->status),
		    rest_host(s->rest), NULL);
		return FALSE;
	}
	if (answer->status < 200 || answer->status >= 300) {
		base_log(BASE_LOG_INFO, "%s: search refused: %d", job->type,
		    answer->status);
		return TRUE;
	}
	return take_page(run, job, answer->bytes, answer->len, &next, error) &&
	    follow(run, job, next, error);
}

struct landing {
	struct job_run *run;
	GArray *jobs;
	const guint *which;     /* of the asked ones, their place in jobs */
	size_t n;
};

static gboolean
on_page(size_t i, const struct many_answer *answer, void *user,
    GError **error)
{
	struct landing *l = user;
	const struct many_also *also = l->run->also;

	if (i >= l->n)
		return also->page(i - l->n, answer, also->user, error);
	sync_breathe(l->run->sync);
	return land(l->run, &g_array_index(l->jobs, struct job, l->which[i]),
	    answer, error);
}

gboolean
jobs_run(struct job_run *run, GArray *jobs, GError **error)
{
	g_autoptr(GPtrArray) urls = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GArray) which = g_array_new(FALSE, FALSE, sizeof(guint));
	struct landing landing = { run, jobs, NULL, 0 };

	for (guint i = 0; i < jobs->len; i++) {
		struct job *job = &g_array_index(jobs, struct job, i);
		if (!caps_type(run->sync->caps, job->type)) {
			job->status = 404;
			continue;
		}
		g_ptr_array_add(urls, job_url(run->sync, job));
		g_array_append_val(which, i);
	}
	landing.which = (const guint *)(void *)which->data;
	landing.n = which->len;
	for (size_t i = 0; run->also && i < run->also->n; i++)
		g_ptr_array_add(urls, g_strdup(run->also->urls[i]));
	return many_get(run->sync, (char *const *)urls->pdata, urls->len,
	    on_page, &landing, error);
}
