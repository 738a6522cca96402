/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of the chart into a reply: offered while "@word" is typed. */
#ifndef QN_TUI_FACT_H
#define QN_TUI_FACT_H

#include "tui/buffer.h"
#include "tui/results_view.h"
#include "tui/ui.h"

enum { FACTS_OFFERED = 5, COUNT_COLS = 9 };
struct fact_offers {
	struct results_held held; /* read at the "@", kept while it stands */
	GPtrArray *found;        /* of them; NULL: no word is before the caret */
	size_t from;             /* the "@" in the text */
	int chosen;
};
/* After each key: the text or the caret may have changed. */
void fact_offers_update(struct fact_offers *o, struct tui *ui,
    struct patient_id patient, const struct buffer *b);
void fact_offers_clear(struct fact_offers *o);
/* Another of them is meant; FALSE: nothing is offered. */
gboolean fact_offers_step(struct fact_offers *o, int by);
gboolean fact_offers_any(const struct fact_offers *o);
/* Rows they take below the text. */
int fact_offers_rows(const struct fact_offers *o);
void fact_offers_draw(const struct fact_offers *o, struct canvas *c,
    struct area a);
/* The chosen one replaces the "@word", word for word as the Observation has it,
 * and the draft remembers which it is of. TRUE: the text has changed. */
gboolean fact_take(struct fact_offers *o, struct tui *ui, struct draft_key key,
    struct buffer *b);
/* The same of a line, at the caret; FALSE: too long. */
gboolean fact_insert(struct tui *ui, struct draft_key key,
    const struct results_line *line, struct buffer *b);

#endif
