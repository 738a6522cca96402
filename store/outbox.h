/* SPDX-License-Identifier: Apache-2.0 */
/* Internal to store/: rows of drafts and of the outbox, with their hashes. */
#ifndef QN_STORE_OUTBOX_H
#define QN_STORE_OUTBOX_H

#include "store/ingest.h"

/* An outbox row as it is written once; what the hash covers. */
struct letter {
	enum outbox_verb verb;
	const char *type, *target, *if_match, *system, *value;
	const char *bytes;
	size_t len;
	const char *thread_ref, *patient_ref;
	int64_t created_ms;
	int64_t thread, patient;
};
void letter_hash(const struct letter *letter, unsigned char hash[HASH_BYTES]);
gboolean letter_put(struct store *store, const struct letter *letter,
    enum outbox_state state, int64_t *n, GError **error);
/* LETTER_COLUMNS from `at` on; strings borrowed of the row. FALSE
 * when the hash does not match. */
#define LETTER_COLUMNS "verb, type, target, if_match, system, value, bytes," \
	" thread_ref, patient_ref, created, hash"
#define LETTER_COUNT 11
/* An update that only tells "read": nobody's words. */
#define OUTBOX_RECEIPT "(verb=1 AND type='Communication')"
gboolean letter_read(sqlite3_stmt *st, int at, struct letter *out);
/* The words of a reply's bytes; owned, NULL when it is none. */
char *outbox_text(const void *bytes, size_t len);

/* store_send() within a transaction that is open. */
gboolean send_letter(struct store *store, struct draft_key key,
    struct patient_id patient, const char *text_or_null, int64_t now_ms,
    GError **error);

/* A draft's row and its hash. */
struct note_row {
	int64_t thread, patient;
	const char *thread_ref, *patient_ref, *text;
	int64_t caret, saved_ms;
};
void draft_hash(const struct note_row *row, unsigned char hash[HASH_BYTES]);
gboolean draft_put(struct store *store, const struct note_row *row,
    GError **error);
/* Marks of the thread's queue row follow its draft and outbox. */
gboolean marks_refresh(struct store *store, int64_t thread, GError **error);
/* … and whether it is owed, which for a result hangs on the outbox. */
gboolean row_refresh(struct store *store, int64_t thread, GError **error);
int64_t draft_thread(struct draft_key key);

#endif
