/* SPDX-License-Identifier: Apache-2.0 */
/* The drugs of a chart in time: orders, what was handed out, and what of it was in
 * hand when. Pure: the page in, rows out. */
#ifndef QN_TUI_TIMELINE_H
#define QN_TUI_TIMELINE_H

#include "store/page.h"

struct drug_span { int64_t from_ms, until_ms; };
struct drug_time {
	const struct page_line *now; /* the order that says most: the newest
	                              * that stands, else the newest; NULL: only
	                              * handed out, nobody's order is here */
	const char *words;           /* its name, or NULL */
	GPtrArray *orders;           /* struct page_line *, newest first */
	GPtrArray *fills;            /* … oldest first */
	GArray *ordered, *told;      /* struct drug_span: ordered; by report */
	GArray *in_hand;             /* … of what was handed out */
	int handed;                  /* times, of those that happened */
	int days_left;               /* G_MININT unknown */
	int refills;                 /* left; -1 unknown */
	int gaps;                    /* while ordered, nothing in hand */
	struct drug_span gap;        /* the last of them */
};
/* GPtrArray of struct drug_time, owned; the page stays. What is taken now comes
 * first. */
GPtrArray *timeline_new(const struct chart_page *page, int64_t now_ms);
/* Whether its order stands. */
gboolean timeline_stands(const struct drug_time *t);
/* A bar of cols cells from … until; owned. "█" in hand, "░" ordered and nothing
 * in hand, "▒" taken by report, "·" none. */
char *timeline_bar(const struct drug_time *t, int64_t from_ms,
    int64_t until_ms, int cols);
/* The earliest time any of them knows; 0 none. */
int64_t timeline_begin(const GPtrArray *times);

#endif
