/* SPDX-License-Identifier: Apache-2.0 */
/* Internal to store/: rows of own files, and their way from draft to letter. */
#ifndef QN_STORE_FILE_ROOM_H
#define QN_STORE_FILE_ROOM_H

#include "store/file.h"
#include "store/outbox.h"

/* How a letter names a file that the server does not have yet. */
#define OWN_URL "urn:uuid:"

/* What the hash covers, and what it belongs to so far. */
struct own_row {
	int64_t thread, patient;
	const char *letter, *binary;
	const char *uuid, *thread_ref, *patient_ref, *title, *type;
	const void *bytes;
	size_t len;
};
void own_hash(const struct own_row *row, unsigned char hash[HASH_BYTES]);
gboolean own_put(struct store *store, const struct own_row *row,
    GError **error);
/* The first columns of a query; strings borrowed of the row. FALSE when the hash
 * does not match. */
#define OWN_COLUMNS "uuid, thread_ref, patient_ref, title, type, hash, letter," \
	" binary, bytes"
#define OWN_COUNT 9
gboolean own_read(sqlite3_stmt *st, struct own_row *row);

/* The draft's files, or new ones, become those of the letter with that
 * identifier. out: struct fhir_file in order, its strings in text. */
struct files_bind {
	int64_t thread, patient;
	const char *letter;
	gboolean of_draft;
	const struct file_new *files;
	size_t n;
};
gboolean files_bind(struct store *store, const struct files_bind *bind,
    GArray *out, GStringChunk *text, GError **error);
/* Back to the draft. */
gboolean files_unbind(struct store *store, const char *letter, GError **error);
/* A letter's bytes still name one that the server does not have. */
gboolean files_named(const char *bytes, size_t len);

/* The letter came back as the resource `owner`. */
struct files_settle { const char *letter; int64_t owner; const char *version; };
gboolean files_settle(struct store *store, const struct files_settle *to,
    GError **error);

#endif
