/* SPDX-License-Identifier: Apache-2.0 */
/* Between order.c (the line and its keys), order_rows.c (what stands below it)
 * and order_form.c (the fields). */
#ifndef QN_TUI_ORDER_VIEW_H
#define QN_TUI_ORDER_VIEW_H

#include "tui/field.h"
#include "tui/rx_view.h"

enum row_kind { ROW_CANDIDATE, ROW_CHOICE, ROW_ORDER, ROW_FIELD, ROW_FINDING,
	ROW_NOTES, ROW_HEAD };
struct order_row { enum row_kind kind; int i; const char *head; };

struct order_view {
	struct view view;
	struct care_rx *rx;
	struct patient_id patient;
	char *name, *person;     /* sex, age, flags; shown-safe */
	struct rx_id id;         /* n 0: not pended yet */
	struct desk_chart *chart;
	GPtrArray *findings;
	struct field line;
	struct care_line *parsed;
	struct care_drug *chosen; /* picked from the candidates, or NULL */
	char *chosen_word;       /* that stood for it; another word, another drug */
	int replaces;            /* order that the line replaces; -1: a new one */
	GArray *rows;            /* struct order_row */
	int selected;            /* -1: the line */
	int top;
	int64_t unsaved_mono_ms; /* the line; 0: on disk */
	int problem;             /* diagnosis: the problem last offered */
};

/* Parses the line, checks the prescription, makes the rows anew. */
void order_refresh(struct order_view *o);
/* The drug that the line's word stands for; NULL: none is chosen. Copied. */
void order_choose(struct order_view *o, const struct care_drug *drug);
/* The first word taken for this; NULL: none. Valid until the next refresh. */
const struct care_span *order_part(const struct order_view *o,
    enum care_part part);
/* The next row that can be selected, by ±1; -1: the line. */
int order_row_step(const struct order_view *o, int from, int by);
void order_rows_draw(struct order_view *o, struct canvas *c, struct area a,
    gboolean focused);

/* ---- order_form.c ------------------------------------------------------- */

int order_field_count(const struct order_view *o);
const char *order_field_label(const struct order_view *o, int i);
char *order_field_value(const struct order_view *o, int i); /* owned */
/* Enter on a field: turns it, or asks for it. */
void order_field_act(struct order_view *o, int i);

#endif
