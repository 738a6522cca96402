/* SPDX-License-Identifier: Apache-2.0 */
/* Where a row comes from, and the record as it came: tui/record.c; what vouches
 * for it, asked of the server when it is looked for: tui/record_source.c. */
#ifndef QN_TUI_RECORD_H
#define QN_TUI_RECORD_H

#include "tui/sheet.h"
#include "tui/ui.h"

enum record_part {
	RECORD_SOURCE, /* who, when, which version; then the bytes */
	RECORD_WORDS,  /* every field in words; then the source */
};
/* The rows that Tab goes through. */
struct record_row {
	char *ref;               /* "Type/id"; NULL: in the outbox */
	struct outbox_id outbox;
	char *name;              /* what the row says where it stands, or NULL */
};
GPtrArray *record_rows_new(void);
void record_rows_add(GPtrArray *rows, const char *ref, const char *name);
void record_rows_add_outbox(GPtrArray *rows, struct outbox_id outbox,
    const char *name);
/* The page of rows[at]; takes rows. */
struct view *record_view_new(struct tui *ui, GPtrArray *rows, guint at,
    enum record_part part);
/* The pictures and files of one. */
void record_files(struct tui *ui, const char *ref);
/* Of one; NULL ref says that there is none. */
void record_open(struct tui *ui, const char *ref, enum record_part part);

/* ---- record_source.c ---------------------------------------------------- */

/* That its Provenance was asked for. Zeroes: nothing was. */
struct record_asked {
	int64_t id;
	gboolean away;           /* the server could not be reached then */
};
/* Asks; again only where the server was away and is back. */
void record_ask(struct tui *ui, const struct fhir_ref *ref,
    struct record_asked *asked);
/* Who made it and when, what vouches for it, and what is not known of that. */
void record_source_add(struct sheet *s, struct tui *ui,
    const struct fhir_ref *ref, const struct record_asked *asked);
/* Words for care/record.h. */
struct record_words;
void record_words_init(struct record_words *words, struct tui *ui);
void record_lines_add(struct sheet *s, GArray *lines);

#endif
