/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside net/: one profile's synchronisation, as its parts see it. Everything
 * here lives on the main thread.
 */
#ifndef QN_NET_SYNC_H
#define QN_NET_SYNC_H

#include <stdio.h>
#include "net/bell.h"
#include "net/caps.h"
#include "net/login.h"
#include "net/rest.h"

struct sync {
	const struct base_settings *settings;
	const char *profile;
	struct loop *loop;
	struct rest *rest;
	struct login *login;
	struct store *store;
	struct bell *bell;
	struct caps *caps;
	char **me;              /* refs; [0] is my Practitioner */
	char *pool;             /* what my roles may claim, as a scope; or NULL */
	gboolean who_checked;   /* the token is mine: sending is allowed */
	GHashTable *relaxed;    /* query → how much of it the server refuses */
	int64_t fresh_ms;       /* last proof of freshness, by our wall clock */
	int64_t sweep_at;       /* row of the queue the last sweep ended at */
	guint sweep_patient, chart_at; /* turns taken so far */
	gboolean sweep_whole;   /* the server does not know _elements */
	int arrived;            /* resources new or changed since last looked */
	int64_t file_coming;    /* the number of the one on its way; 0: none */
	FILE *progress;         /* a terminal that counts along, or NULL */
	/* What sync_breathe() does; NULL: nothing. */
	void (*breathe)(struct sync *sync, void *user);
	void *breathe_user;
	/* A search of my scope brought what was not here; NULL: nothing. */
	void (*found)(struct sync *sync, const char *scope, const char *type,
	    const char *id, void *user);
	void *found_user;
};

/* Between two pieces of work, and never inside one: what the doctor asks for
 * goes first (replies, fetches). */
void sync_breathe(struct sync *sync);

/* On the doorbell, and to the terminal of --once. total 0: unknown. */
void sync_progress(struct sync *sync, enum doorbell_phase phase, int64_t done,
    int64_t total);

/* The terminal's part of it; NULL: nothing. */
void sync_progress_print(FILE *out, enum doorbell_phase phase, int64_t done,
    int64_t total);

/* Bytes as they came into the store, in transactions of at most
 * STORE_BATCH_MAX with a pause between while a doctor is at the keys; rings the
 * doorbell after each. mark goes with the last. */
gboolean sync_ingest(struct sync *sync, const struct store_doc *docs, size_t n,
    const struct store_mark *mark, GError **error);
/* One resource, the same way. */
gboolean sync_ingest_one(struct sync *sync, const char *bytes, size_t len,
    GError **error);
/* GET TYPE/ID into the store; 410 takes it out of the store. */
enum sync_fetched { FETCH_OK, FETCH_GONE, FETCH_REFUSED, FETCH_FAILED };
enum sync_fetched sync_fetch(struct sync *sync, const char *type,
    const char *id, GError **error);

/* ---- me.c --------------------------------------------------------------- */

/* Is the token mine? NET_ERROR_WRONG_DOCTOR when it is another's. */
gboolean me_check(struct sync *sync, GError **error);
/* My Practitioner, and what names me, into the store. */
gboolean me_discover(struct sync *sync, GError **error);
/* "recipient=Practitioner/1,CareTeam/2", escaped for a URL. Owned. */
char *me_scope(const struct sync *sync, const char *param);

#endif
