/* SPDX-License-Identifier: Apache-2.0 */
/* Internal to a trend: trend.c (the page) and trend_draw.c (its graph). */
#ifndef QN_TUI_TREND_VIEW_H
#define QN_TUI_TREND_VIEW_H

#include "tui/results_view.h"

struct trend_view {
	struct view view;
	struct list list;
	struct patient_id patient;
	GStringChunk *text;      /* of brief; NULL: nothing is read */
	struct patient_brief brief;
	struct trend *trend, *over; /* over: another test, or NULL */
	GArray *points, *second, *over_points; /* struct trend_point by date */
	GArray *periods;         /* struct drug_period */
	int zoom;                /* each halves the time seen */
	int64_t from_ms;         /* where it begins, while zoomed */
};

/* The selected value; NULL: there is none. */
const struct trend_value *trend_cursor(struct trend_view *t);
/* The time seen goes about the value at the cursor. */
void trend_look_at_cursor(struct trend_view *t);
/* The cursor has moved: it stays in sight. */
void trend_follow_cursor(struct trend_view *t);
/* By half of what is seen, or says that all of it is. */
void trend_pan(struct trend_view *t, int by);
/* Rows used; left: drugs for which there was no room. */
int trend_graph_draw(struct trend_view *t, struct canvas *c, struct area a,
    int *left);

#endif
