/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pictures and files: what the attachments of a resource are, and their bytes,
 * which lie in the vault and nowhere else. qingnang says what it wants, and
 * qingnang-sync fetches it (net/file.c); what a doctor sends waits here, byte for
 * byte, until the server has it.
 *
 * Never logged: titles, addresses, bytes.
 */
#ifndef QN_STORE_FILE_H
#define QN_STORE_FILE_H

#include "store/store.h"

struct file_id { int64_t n; };
enum file_state {
	FILE_WANTED,     /* asked for; fetched as soon as the server is there */
	FILE_HERE,
	FILE_GONE,       /* the server has it no more (404, 410) */
	FILE_REFUSED,    /* not for this login (401, 403), or not from there */
	FILE_TOO_LARGE,  /* for body_cap_bytes, or the server says so */
	FILE_ODD,        /* the answer was no file; base64 that is none */
	FILE_AWAY,       /* never asked for */
};

/* ---- store/file.c: what the screens ask --------------------------------- */

/* One attachment of a resource. Strings are owned by the row, not shown-safe. */
struct file_row {
	char *ref;               /* what carries it: "Communication/x" */
	int place;               /* which of its attachments, from 0 */
	struct patient_id patient;
	struct file_id id;       /* n 0: never asked for */
	char *title, *content_type;
	int64_t size_bytes;      /* -1: not known */
	enum file_state state;
};
void file_row_free(struct file_row *row);
BASE_DEFINE_AUTO(file_row, file_row_free)
/* GPtrArray of struct file_row, owned; empty when the resource has none or is not
 * here. */
GPtrArray *store_files(struct store *store, const char *ref, GError **error);
/* The bytes, and that they were looked at now. NULL without error: not here. */
GBytes *store_file_bytes(struct store *store, const struct file_row *row,
    int64_t now_ms, GError **error);
/* Wanted from now on: row->id and row->state. Ask for "File/N" on the doorbell,
 * or let the next sync bring it. */
gboolean store_file_want(struct store *store, struct file_row *row,
    GError **error);

/* ---- store/file_own.c: what goes out with a reply ----------------------- */

struct file_new {
	const char *title, *content_type; /* UTF-8 */
	const void *bytes; size_t len;
};
/* Into the vault, and of the draft of that thread, which there then is. */
gboolean store_file_attach(struct store *store, struct draft_key key,
    struct patient_id patient, const struct file_new *file, int64_t now_ms,
    GError **error);
/* Out of it again. */
gboolean store_file_detach(struct store *store, int64_t n, GError **error);
struct own_file { int64_t n; char *title, *content_type; int64_t size_bytes; };
void own_file_free(struct own_file *file);
/* GPtrArray of struct own_file, owned. */
GPtrArray *store_file_attached(struct store *store, struct draft_key key,
    GError **error);
/* store_send() of these words and these files. */
gboolean store_send_files(struct store *store, struct draft_key key,
    struct patient_id patient, const char *text, const struct file_new *files,
    size_t n, int64_t now_ms, struct outbox_id *out, GError **error);

/* qingnang-sync: of an entry with outbox_entry.files, the next that the server
 * does not have; NULL without error: it is not here any more. */
struct file_send {
	int64_t n;
	char *content_type, *patient_ref;
	char *bytes; size_t len;
};
void file_send_free(struct file_send *file);
BASE_DEFINE_AUTO(file_send, file_send_free)
struct file_send *store_file_unsent(struct store *store,
    const struct outbox_entry *e, GError **error);
/* The server has it as Binary/ID: kept, and named in the letter, at once. */
gboolean store_file_sent(struct store *store, const struct outbox_entry *e,
    const struct file_send *file, const char *binary_id, GError **error);

/* ---- store/file_put.c: what qingnang-sync does -------------------------- */

/* GArray of struct file_id, the wanted ones. */
GArray *store_files_wanted(struct store *store, int limit, GError **error);
/* Where it stands; the resource's version of now. FALSE without error: it is
 * wanted no more. */
struct file_want { char type[40], id[65]; int place; };
gboolean store_file_wanted(struct store *store, struct file_id id,
    struct file_want *out, GError **error);
/* The bytes as they came. What makes the files here larger than cap_bytes goes,
 * the longest unseen first, never this one. */
gboolean store_file_put(struct store *store, struct file_id id,
    const char *content_type, const void *bytes, size_t len, int64_t cap_bytes,
    int64_t now_ms, GError **error);
/* It cannot be had, for that reason. */
gboolean store_file_cannot(struct store *store, struct file_id id,
    enum file_state why, GError **error);

#endif
