/* SPDX-License-Identifier: Apache-2.0 */
/* What the files about the typed line share; not for others. */
#ifndef QN_CARE_LINE_ROOM_H
#define QN_CARE_LINE_ROOM_H

#include "care/order_room.h"

/* An amount as typed: "5mg", "1-2片", "100mg/5ml". Places are in folded bytes. */
struct line_amount {
	char *value, *high;       /* normal decimals */
	size_t unit;              /* where its unit is spelled; 0: none */
	size_t unit_len;
	char *per;                /* "5" of "/5ml"; "1" of "/片" */
	size_t per_unit, per_unit_len;
	size_t start, end;
	gboolean is_dose;         /* 每次 stood before it */
	gboolean after_frequency;
};

struct line {
	const char *text;         /* as typed */
	char *s;                  /* folded, blanks for separators */
	size_t n;
	guint32 *at;              /* n + 1 places of s's bytes in text */
	struct care_line *out;
	const struct care_drug *chosen;
	gboolean herbal;
	size_t tail;              /* where the drug's words end */
	GArray *amounts;          /* struct line_amount */
	struct line_amount quantity; /* value NULL: none */
	gboolean quantity_said, quantity_implied; /* implied: by its place */
	gboolean refused;         /* a number made a question */
};

/* ---- care/line_fold.c ---------------------------------------------------- */

void line_fold(struct line *l);
void line_amount_clear(struct line_amount *amount);

/* ---- care/line_ask.c ----------------------------------------------------- */

/* A question about s[start, end); sentence is taken. */
struct care_question *line_ask(struct line *l, enum care_part part,
    size_t start, size_t end, char *sentence);
void line_choice(struct care_question *q, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);
void line_span(struct line *l, enum care_part part, size_t start, size_t end);
/* What was typed there; owned. */
char *line_slice(const struct line *l, size_t start, size_t end);
/* A word that could be several, or the beginning of one: TRUE when asked. */
gboolean line_ask_word(struct line *l, size_t start, size_t end);
void line_ask_frequency(struct line *l, size_t start, size_t end,
    char *sentence);

/* ---- care/line_word.c ---------------------------------------------------- */

/* The length of any word of the tables at s[p]; 0: none. */
size_t line_word_len(const struct line *l, size_t p);
/* Takes one at p and returns its length; 0: none there. */
size_t line_take_word(struct line *l, size_t p);
/* "每日三次", "3次/日", "every 8 hours". */
size_t line_take_phrase(struct line *l, size_t p);
size_t line_phrase_len(const struct line *l, size_t p);

/* ---- care/line_number.c -------------------------------------------------- */

/* A number at p, digits or 半 一 两 …; its length, 0: none. value is normal, or NULL
 * when it is none that can be ordered (zero, two points, too long). */
size_t line_number(const struct line *l, size_t p, char **value);
gboolean line_number_at(const struct line *l, size_t p);
/* An amount at p, asked about when wrong; its length, 0: none. */
size_t line_take_amount(struct line *l, size_t p);
size_t line_take_quantity(struct line *l, size_t p);
/* The length of the longest unit spelled at p; 0: none. */
size_t line_unit_len(const struct line *l, size_t p);
/* The unit spelled there that fits the drug best; NULL: none is spelled. */
const struct care_unit *line_unit(const struct line *l, size_t unit,
    size_t len);

const struct care_unit *line_unit_of(const struct care_drug *drug,
    const char *folded);
/* How a line spells a unit so that it is read back as the same; owned. */
char *line_unit_text(const struct care_drug *drug, const char *code);

/* ---- care/line_drug.c ---------------------------------------------------- */

/* Where the drug's words end. */
size_t line_drug_end(const struct line *l);
void line_find_drug(struct line *l, const struct care_lookup *lookup);

/* ---- care/line_settle.c -------------------------------------------------- */

/* From what was collected to the order, and what is still to be said. */
void line_settle(struct line *l);
void line_settle_needs(struct line *l);

#endif
