/* SPDX-License-Identifier: Apache-2.0 */
/* Internal to store/: rows of prescriptions of mine, with their hashes. */
#ifndef QN_STORE_RX_ROW_H
#define QN_STORE_RX_ROW_H

#include "store/outbox.h"
#include "store/script.h"

/* What was done here; the outbox and the server say the rest. */
enum rx_local {
	RX_LOCAL_PENDED,
	RX_LOCAL_SENT,   /* signed: its transaction is or was in the outbox */
	RX_LOCAL_DONE,   /* the server took it */
};
/* The system of the identifiers in outbox.system. */
#define RX_SYSTEM "urn:ietf:rfc:3986"
#define RX_TELL_SYSTEM "urn:qingnang:tell"

/* A row as a doctor made it; what the hash covers. */
struct rx_own {
	const char *identifier, *patient_ref, *task_ref, *prior_ref, *words;
	const char *bytes, *jws;
	size_t len;
	int64_t authored, until, stamp;
};
#define RX_OWN_COLUMNS "identifier, patient_ref, task_ref, prior_ref, words," \
	" bytes, jws, authored, until, stamp, hash"
#define RX_OWN_COUNT 11
/* From column `at` on; borrowed of the row. FALSE: not what was saved. */
gboolean rx_own_read(sqlite3_stmt *st, int at, struct rx_own *own);
/* A new row, or the same written over; patient, task and prior get numbers. */
gboolean rx_own_put(struct store *store, const struct rx_own *own,
    int64_t patient, enum rx_local local, int64_t *n, GError **error);
/* The identifiers of the MedicationRequests in a Bundle; owned strings, NULL: it
 * is none. */
GPtrArray *rx_identifiers(const char *bytes, size_t len);

/* ---- store/rx_in.c ------------------------------------------------------ */

/* The prescription an order is a line of: script.rx. One of mine, written on
 * another device, gets its row. */
gboolean rx_join(struct ingest *in, const struct doc *doc, GError **error);
/* What the server's resources say of it, worked out anew. */
gboolean rx_refresh(struct ingest *in, int64_t n, GError **error);

/* ---- store/rx.c --------------------------------------------------------- */

/* The state as it is read: the stored ones, the outbox, the chart, the clock.
 * Borrows nothing. */
struct rx_now {
	enum rx_state state;
	enum rx_why why;
	gboolean own;
	char *reason;
};
gboolean rx_now_get(struct store *store, int64_t n, struct rx_now *out,
    GError **error);

/* ---- store/formulary_in.c ------------------------------------------------ */

gboolean formulary_project(struct ingest *in, const struct doc *doc,
    GError **error);
gboolean project_knowledge(struct ingest *in, const struct doc *doc,
    GError **error);

#endif
