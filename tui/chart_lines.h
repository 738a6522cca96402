/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the chart's files: chart.c (the pane), chart_lines.c (its sections as
 * lines), chart_entry.c (what an entry says).
 */
#ifndef QN_TUI_CHART_LINES_H
#define QN_TUI_CHART_LINES_H

#include "tui/ui.h"

enum chart_line_kind { CHART_LINE_BLANK, CHART_LINE_HEAD, CHART_LINE_TEXT };
struct chart_line {
	enum chart_line_kind kind;
	enum element element;
	int indent;
	char *words;           /* from the left */
	char *right;           /* from the right edge, or NULL */
	enum element right_element;
	const char *ref;       /* of the entry it is of, the chart's; or NULL */
};

struct chart_lines {
	GArray *line;          /* struct chart_line */
	int cols;              /* that they were made for; 0: to be made */
	const char *ref;       /* of the entry whose lines are added */
	const char *revisit;   /* below the problems, while made; NULL: none */
	enum element revisit_element;
	gboolean printed;      /* no key can be pressed there */
};

/* ---- chart_lines.c ------------------------------------------------------ */

void chart_lines_init(struct chart_lines *l);
void chart_lines_free(struct chart_lines *l);
void chart_lines_clear(struct chart_lines *l);
/* Nothing, when they are already made for these columns. */
void chart_lines_make(struct chart_lines *l, const struct chart *chart,
    int cols);
/* The same lines as plain text for a command, no wider than cols; owned,
 * shown-safe. */
char *chart_lines_text(const struct chart *chart, int cols);
/* Wrapped, never cut: half the name of a drug is a wrong drug. Takes right. */
void chart_text_add(struct chart_lines *l, enum element e, int indent,
    const char *words, char *right, enum element right_element);

/* Name of a section; what stands where nothing is recorded; why nothing can be
 * said (NULL: it was loaded). Translated. */
const char *chart_section_name(enum chart_section s);
const char *chart_section_none(enum chart_section s);
const char *chart_state_words(enum section_state state);

/* ---- chart_entry.c ------------------------------------------------------ */

/* The lines of one entry; by its section. */
void chart_plain_add(struct chart_lines *l, const struct chart_entry *e);
void chart_drug_add(struct chart_lines *l, const struct chart_entry *e);
void chart_result_add(struct chart_lines *l, const struct chart_entry *e);
/* The day, as exact as it was written; NULL: none. Owned. */
char *chart_date_words(const struct chart_entry *e);
char *chart_day_words(const char *written);
/* The server's interpretation, else value against range; NULL: neither. */
const char *chart_reading(const struct chart_entry *e);
/* A number without a comparator. */
gboolean chart_is_plain(const struct chart_entry *e);
/* In UCUM where it is known; or NULL. */
const char *chart_unit(const struct chart_entry *e);
/* Its value as one of that test and unit; NULL: it does not convert. Owned. */
char *chart_value_as(const struct chart_entry *e, const char *test,
    const char *unit);
/* Not refuted, in error, cancelled or over. */
gboolean chart_is_sound(const struct chart_entry *e);
/* NULL: it is plainly so. */
const char *chart_status_words(enum entry_status status);
/* 0 critical, 1 abnormal, 2 the rest, 3 no result at all. */
int chart_result_rank(const struct chart_entry *e);

#endif
