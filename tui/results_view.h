/* SPDX-License-Identifier: Apache-2.0 */
/* The results of the open patient: results.c (the page), results_rows.c (its
 * rows), trend.c (one test in time), trend_plot.c (its graph). */
#ifndef QN_TUI_RESULTS_VIEW_H
#define QN_TUI_RESULTS_VIEW_H

#include "care/analyte.h"
#include "store/results.h"
#include "tui/chart_lines.h"
#include "tui/list.h"

/* A test, or several that care's table calls the same. Texts are shown-safe. */
struct results_line {
	const struct result_row *row;       /* the newest of them */
	const struct care_analyte *analyte; /* or NULL */
	const struct chart_entry *before;   /* NULL: none */
	int rank;                           /* 0 critical, 1 abnormal … */
	char *name, *value, *more, *date;
};
/* Abnormal first; GArray of struct results_line, owned. results stays. */
GArray *results_lines_new(const struct results *results, int64_t now_ms);

/* The page of ui->patient. */
struct view *results_view_new(struct tui *ui);
/* One of its lines in time; what it needs is copied. */
struct view *trend_view_new(struct tui *ui, struct patient_id patient,
    const struct results_line *line);

/* ---- trend_plot.c ------------------------------------------------------- */

struct trend_point { int64_t ms; double y; };
struct trend_plot {
	const struct trend_point *points; size_t n; /* by date */
	int64_t from_ms, until_ms;
	double low, high;          /* of the scale */
	double band_low, band_high; /* reference; low > high: none */
};
/* Line and points in braille, dots where the reference lies. */
void trend_plot_draw(const struct trend_plot *p, struct canvas *c,
    struct area a);
/* Column of a moment within cols. */
int trend_plot_col(const struct trend_plot *p, int64_t ms, int cols);

#endif
