/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What comes from the server. The scope is always named: threads and tasks of
 * mine, and the patients they bring; never the whole hospital.
 */
#ifndef QN_NET_PULL_H
#define QN_NET_PULL_H

#include "net/job.h"

/* Whether a first sync was ever finished for who I am now. */
gboolean pull_begun(struct sync *sync);
/* Open threads and their last words, then charts, then history. Can be stopped
 * anywhere and begun again. */
gboolean pull_first(struct sync *sync, GError **error);
/* What changed since; fills what is new to the scope. */
gboolean pull_delta(struct sync *sync, GError **error);

/* What wants names, and what came into my scope by it. Costs nothing when there
 * is nothing. */
gboolean pull_settle(struct sync *sync, struct wants *wants, GError **error);

/*
 * A delta is one list of searches, so that it costs few round trips and few
 * wakes. Its parts share a watermark each, which moves when all of a part is
 * here.
 */
struct delta {
	GArray *jobs;           /* struct job */
	GArray *parts;          /* struct delta_part */
};
struct delta_part {
	guint first, end;
	char *mark;
	GArray *patients;       /* struct patient_id, of charts; or NULL */
};
/* The jobs from first on; takes mark. */
void delta_part(struct delta *delta, guint first, char *mark);
/* Moves a watermark forward; never back. */
gboolean pull_mark(struct sync *sync, const char *mark, int64_t ms,
    GError **error);

/* ---- pull_rx.c ---------------------------------------------------------- */

/* What my roles may claim, as one more scope; nothing when I have none. */
void rx_pool(struct sync *sync, GArray *jobs);
/* The hospital's formulary, page after page; a server without one is fine. */
gboolean rx_formulary(struct sync *sync, GError **error);
/* … and what changed in it. */
void rx_formulary_delta(struct sync *sync, struct delta *delta);

/* ---- chart.c ------------------------------------------------------------ */

/* Charts that are not loaded yet, the most urgent first. */
gboolean chart_fill(struct sync *sync, struct wants *wants, GError **error);
/* Adds what may have changed in the charts of some patients; of others the
 * next time, where they are many. */
gboolean chart_delta(struct sync *sync, struct delta *delta, GError **error);
/* Its charts that were seen to the end are fresh as of began_ms, when it was
 * begun by this machine's clock. */
gboolean chart_proved(struct sync *sync, const struct delta *delta,
    int64_t began_ms, GError **error);
/* One patient's chart and messages, now: a doctor is about to sign. */
gboolean chart_fresh(struct sync *sync, struct patient_id patient,
    GError **error);
/* Every chart is as of that stamp of the server's. */
gboolean chart_marks(struct sync *sync, int64_t stamp_ms, GError **error);

/* ---- sweep.c ------------------------------------------------------------ */

/* Asks whether a few of the things shown still exist, beside a delta's own
 * searches; at the end what is gone goes. */
struct sweep;
struct sweep *sweep_new(struct sync *sync, GError **error);
void sweep_free(struct sweep *sweep);
BASE_DEFINE_AUTO(sweep, sweep_free)
const struct many_also *sweep_also(const struct sweep *sweep);
gboolean sweep_end(struct sweep *sweep, GError **error);

#endif
