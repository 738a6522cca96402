/* SPDX-License-Identifier: Apache-2.0 */
/* The results of the open patient: results.c (the page), results_rows.c (its
 * rows), trend.c (a test in time), trend_read.c (what it says), trend_over.c (the
 * choice of a second test), trend_draw.c (what is seen of it), trend_plot.c (the
 * curves). */
#ifndef QN_TUI_RESULTS_VIEW_H
#define QN_TUI_RESULTS_VIEW_H

#include "tui/chart_lines.h"
#include "tui/labs.h"
#include "tui/list.h"

/* The title of each of these pages: whose it is (NULL: nothing is read), and
 * what, on the right; the patient's name gives way, never sex, age and flags. */
void results_title(struct canvas *c, struct area a,
    const struct patient_brief *patient, const char *what);
/* Says on the screen that they could not be read, and why. */
void results_fail(struct tui *ui, const GError *error);

/* A patient's results and their rows, as several views hold them. */
struct results_held {
	struct results *results;
	GArray *lines;             /* struct results_line */
};
/* Reads them anew, in place of those that are there. FALSE: said on the screen,
 * and what is there stays. */
gboolean results_load(struct results_held *held, struct tui *ui,
    struct patient_id patient);
void results_drop(struct results_held *held);

/* The page of ui->patient. */
struct view *results_view_new(struct tui *ui);
/* One of its lines in time; what it needs is copied. */
struct view *trend_view_new(struct tui *ui, struct patient_id patient,
    const struct results_line *line);
/* Which other test is laid over a trend; NULL line: none. */
typedef void (*trend_over_fn)(struct view *trend,
    const struct results_line *line);
struct view *trend_over_view_new(struct view *trend,
    struct patient_id patient, const char *test, trend_over_fn chosen);

/* A report of a line as text. */
struct view *report_view_new(struct tui *ui, struct patient_id patient,
    const struct results_line *line);
/* Check-ups year on year. */
struct view *years_view_new(struct tui *ui, struct patient_id patient);
/* What a patient read at home; and who reads out of range day after day. */
struct view *home_view_new(struct tui *ui, struct patient_id patient);
struct view *home_list_view_new(struct tui *ui);

/* ---- trend_plot.c ------------------------------------------------------- */

struct trend_point { int64_t ms; double y; };
/* One curve, on a scale of its own. */
struct trend_curve {
	const struct trend_point *points; size_t n; /* by date */
	double low, high;          /* of the scale */
	gboolean rings;            /* ○ at each value instead of a line */
};
struct trend_plot {
	int64_t from_ms, until_ms;
	struct trend_curve curves[3]; size_t n; /* the first is the test */
	double band_low, band_high; /* of the first; low > high: none */
	int64_t cursor_ms;         /* ◆ on the first curve; none: not in time */
	double cursor_y;
};
/* Lines in braille, rings, dots where the reference lies. */
void trend_plot_draw(const struct trend_plot *p, struct canvas *c,
    struct area a);
/* Column of a moment within cols. */
int trend_plot_col(const struct trend_plot *p, int64_t ms, int cols);

#endif
