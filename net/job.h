/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A job is one search, paged to its end, whose resources go into the store. The
 * jobs of a list are asked together (a batch where the server takes one, else a
 * few at a time), and each follows its own next links.
 */
#ifndef QN_NET_JOB_H
#define QN_NET_JOB_H

#include "net/sync.h"

struct job {
	/* What to ask: TYPE?SCOPE&FILTER&_lastUpdated=ge…&SORT&_count=N. The
	 * scope is never left out, the rest is where a server refuses it. */
	const char *type;
	char *scope;            /* owned */
	const char *filter;     /* "status=in-progress", or NULL */
	const char *sort;       /* NULL: "_sort=_lastUpdated" */
	int64_t since_ms;       /* 0: everything */
	int count;              /* a page; 0: JOB_COUNT */
	int pages_max;          /* 0: to the end */
	char *mark;             /* watermark it moves, or NULL; owned */
	int64_t tag;            /* the caller's */

	/* What became of it. */
	gboolean complete;      /* every page is here */
	gboolean more;          /* stopped at pages_max with more to come */
	int status;             /* the last answer's */
	int64_t seen;           /* resources */
	int64_t newest_ms;      /* largest lastUpdated */
	int64_t last_ms;        /* of the page before: pages in order? */
};
enum { JOB_COUNT = 200 };
void job_clear(void *job);
GArray *jobs_new(void);     /* of struct job, cleared when freed */
/* Takes scope. Returns the job to fill in further; valid until the next. */
struct job *jobs_add(GArray *jobs, const char *type, char *scope);

/* References that turned up and are not in the store: "Patient" → ids. */
struct wants;
struct wants *wants_new(void);
void wants_free(struct wants *wants);
BASE_DEFINE_AUTO(wants, wants_free)
void wants_add(struct wants *wants, struct store *store, const char *type,
    const char *id);
/* What a resource refers to that the screens need by name. */
void wants_look(struct wants *wants, struct store *store,
    const fhir_node *resource);
gboolean wants_any(const struct wants *wants);
/* Fetches them by _id, in lists. Each is asked for once in a run. */
gboolean wants_fetch(struct sync *sync, struct wants *wants, GError **error);

/*
 * Runs them all. FALSE for what stops everything (offline, login, stop, store); a
 * search that the server refuses leaves complete FALSE and its status. began_ms
 * (the server's clock, 0: take it from the first answer) bounds the
 * watermarks: nothing stamped later has surely been seen.
 */
struct job_run {
	struct sync *sync;
	struct wants *wants;    /* or NULL */
	enum doorbell_phase phase;
	int64_t done, total;    /* progress; total 0: unknown */
	int64_t began_ms;
	gboolean quiet;         /* the caller reports progress itself */
	/* Other reads that go in the same batch; or NULL. */
	const struct many_also *also;
};
gboolean jobs_run(struct job_run *run, GArray *jobs, GError **error);

/* ---- many.c ------------------------------------------------------------- */

/* GETs together. page() may turn the loop; returning FALSE ends it with error
 * set. date_ms is the server's clock of the answer, 0 unknown. */
enum { MANY_TOO_BIG = 413 };
struct many_answer {
	int status;             /* MANY_TOO_BIG: it passed our cap */
	const char *bytes; size_t len;
	int64_t date_ms;
};
/* NULL: too big. The bytes stay the answer's. */
void many_answer_of(const struct rest_answer *answer, struct many_answer *out);
typedef gboolean many_page_fn(size_t i, const struct many_answer *answer,
    void *user, GError **error);
struct many_also {
	char *const *urls; size_t n;
	many_page_fn *page;
	void *user;
};
gboolean many_get(struct sync *sync, char *const *urls, size_t n,
    many_page_fn *page, void *user, GError **error);

#endif
