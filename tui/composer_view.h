/* SPDX-License-Identifier: Apache-2.0 */
/* Between the composer's files: composer.c (keys, saving, sending) and
 * composer_draw.c. */
#ifndef QN_TUI_COMPOSER_VIEW_H
#define QN_TUI_COMPOSER_VIEW_H

#include "tui/buffer.h"
#include "tui/composer.h"
#include "tui/fact.h"

struct composer {
	struct view view;
	struct draft_key key;
	struct patient_id patient;
	char *name, *person;     /* patient's, shown-safe; sex, age, flags */
	struct buffer *buf;
	uint64_t saved;          /* version that is on disk */
	int64_t changed_mono_ms; /* last change; first unsaved one */
	int64_t unsaved_mono_ms; /* 0: nothing is unsaved */
	int64_t saved_ms;        /* when the draft was saved; 0 never */
	gboolean failed;         /* the last save did not succeed */
	GPtrArray *files;        /* struct own_file: go with it */
	int top, cols;           /* first row seen; width of the text */
	struct fact_offers offers; /* results for the "@word" */
	uint64_t told;           /* version of which a stale quotation was told */
	char *due;               /* of a recall: until when; NULL: it is none */
};

/* The view's functions of the same names. */
void composer_view_draw(struct view *v, struct canvas *c, struct area a,
    gboolean focused);
int composer_view_rows(struct view *v, int cols, int max_rows);

#endif
