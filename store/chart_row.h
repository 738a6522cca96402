/* SPDX-License-Identifier: Apache-2.0 */
/* Internal to store/: lines of a chart, as chart.c and results.c read them. */
#ifndef QN_STORE_CHART_ROW_H
#define QN_STORE_CHART_ROW_H

#include "store/brief.h"
#include "store/entry.h"
#include "store/results.h"

/* The columns of a line, in the order chart_chart_line_read() takes them. */
#define LINE_COLUMNS "e.e, e.section, coalesce(e.words, w.words), e.detail," \
    " e.value, e.unit, e.range, e.interp, e.date, e.date_ms, e.status," \
    " e.severe, r.type, r.id, e.test, e.ucum, e.home"
#define LINE_COUNT 17
#define LINE_TABLES " FROM entry e JOIN resource r ON r.n = e.e / 256" \
    " LEFT JOIN named w ON w.n = e.drug"

struct line {
	struct chart_entry entry;
	int64_t n;            /* the resource */
	const char *test;
};
void chart_line_read(sqlite3_stmt *st, GStringChunk *text, struct line *line);
/* By entry.e; all zero when it is not there. */
gboolean chart_line_get(struct store *store, int64_t e, GStringChunk *text,
    struct line *line, GError **error);
/* The report a result belongs to; n 0: none. */
gboolean report_of(struct store *store, int64_t n, struct report_id *report,
    GError **error);

/* ---- store/latest.c ----------------------------------------------------- */

struct latest {
	const char *test;
	int64_t e, date_ms;   /* entry.e */
	int64_t previous, previous_ms; /* entry.e; 0: none */
	gboolean sound;       /* not in error, not cancelled, not ahead of now */
};
/* The latest of each test and the one before; of what has no test key, each
 * stands for itself. GArray of struct latest, owned. */
GArray *latest_read(struct store *store, const GArray *family, int64_t now_ms,
    GStringChunk *text, GError **error);

#endif
