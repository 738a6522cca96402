/* SPDX-License-Identifier: Apache-2.0 */
/* The whole chart: chart_page.c (the view), chart_page_lines.c (its lines),
 * chart_page_rows.c (what its rows say), timeline.c (drugs in time). */
#ifndef QN_TUI_CHART_PAGE_H
#define QN_TUI_CHART_PAGE_H

#include "tui/chart_lines.h"
#include "tui/timeline.h"

/* The page of ui->patient. */
struct view *chart_page_view_new(struct tui *ui);

/* ---- chart_page_rows.c: what a row says; the command says the same ------- */

/* In the order of the page; of the results a count alone. */
extern const enum chart_section chart_page_order[];
extern const int chart_page_order_n;

/* "2026-03-01 – 2026-03-09", as exact as it was written; owned, NULL: no date. */
char *chart_row_dates(const struct page_line *l);
/* What it is called; owned, shown-safe, never empty. */
char *chart_row_words(const struct page_line *l);
/* What is grave of it: its status, a date ahead, a contract that ended. Owned,
 * shown-safe strings; empty: it is plainly so. */
GPtrArray *chart_row_marks(const struct page_line *l, int64_t now_ms);
/* The rest in one line: kind, by whom, whose words; owned, shown-safe. */
char *chart_row_detail(const struct page_line *l);
/* Of a drug: how often and when it was handed out, what is left, gaps; owned. */
char *chart_drug_words(const struct drug_time *t);
char *chart_drug_name(const struct drug_time *t);
/* "6 d left", "used up 3 d ago", "stopped"; owned or NULL. */
char *chart_drug_left(const struct drug_time *t);

#endif
