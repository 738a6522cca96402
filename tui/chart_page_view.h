/* SPDX-License-Identifier: Apache-2.0 */
/* Internal to the chart's page: chart_page.c (the view) and chart_page_lines.c
 * (its lines). */
#ifndef QN_TUI_CHART_PAGE_VIEW_H
#define QN_TUI_CHART_PAGE_VIEW_H

#include "tui/chart_page.h"
#include "tui/list.h"

enum { CHART_ZOOMS = 6 };
enum row_kind { ROW_HEAD, ROW_STATE, ROW_AXIS, ROW_LINE, ROW_DRUG, ROW_MORE };
struct row {
	enum row_kind kind;
	enum chart_section section;
	const struct page_line *line;
	const struct drug_time *drug;
};
/* A line on the screen; row -1: none. */
struct text_line {
	int row, indent;
	enum element element, right_element;
	char *text, *right;
	gboolean head;
};
struct chart_page_view {
	struct view view;
	struct list list;        /* of text lines; it scrolls */
	struct chart_page *page;
	GPtrArray *times;        /* struct drug_time */
	GArray *rows, *lines;    /* struct row, struct text_line */
	int cols;                /* the lines are for; 0: to be made */
	int limits[CHART_SECTIONS_];
	int drugs;               /* of the timeline so many */
	int zoom, selected, body_rows;
};

/* NULL: there is no such row. */
const struct row *chart_page_row_at(struct chart_page_view *p, int i);
/* Makes the lines for so many columns, unless they are these. */
void chart_page_lines_make(struct chart_page_view *p, int cols);

#endif
