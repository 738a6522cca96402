/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Internal to store/: how a resource becomes rows. One struct ingest lives as
 * long as one transaction; what a document touched is noted in it and worked out
 * once at the end (store/owed.c), however many documents touched it.
 */
#ifndef QN_STORE_INGEST_H
#define QN_STORE_INGEST_H

#include "store/db.h"

enum link_kind {
	LINK_REPLACED_BY = 1, LINK_REPLACES, LINK_SEE_ALSO,
	LINK_RESULT, LINK_REQUEST, LINK_INTERPRETER,
	LINK_SIGNED, /* Provenance to its target */
};
enum message_flag {
	MSG_RETRACTED = 1, MSG_PREPARATION = 2, MSG_READ = 4,
	MSG_RECEIVED = 8, MSG_FROM_HERE = 16,
};
#define MSG_NOT_SAID (MSG_RETRACTED | MSG_PREPARATION)
enum queue_mark { MARK_DRAFT = 1, MARK_UNSENT = 2, MARK_FAILED = 4 };

struct ingest {
	struct store *store;
	const char *lang;       /* for the words of concepts */
	int64_t now_ms;
	gboolean outbox_live;
	gboolean queue_changed;
	/* Sets of resource numbers. */
	GHashTable *consults, *reports, *patients;
	GHashTable *tasks;      /* about orders: renewal requests, reviews */
	GHashTable *rxs;        /* rx.n, not a resource's */
	GHashTable *my_codes;   /* of my roles; NULL: not read yet */
	GHashTable *senders;    /* their role beside mine has changed */
	GHashTable *sides;      /* sender -> enum side + 1 */
	/* Of this transaction's messages: what a statement has said already. */
	GHashTable *owned;      /* consultations whose patient stands */
	GHashTable *named;      /* senders whose name stands */
	GHashTable *alike;      /* folded names to look at again */
};
void ingest_begin(struct ingest *in, struct store *store);
/* Recomputes all that was touched. */
gboolean ingest_finish(struct ingest *in, GError **error);
void ingest_clear(struct ingest *in);
/* All of it in one transaction. */
gboolean ingest_transact(struct store *store, enum db_durability how,
    gboolean (*work)(struct ingest *in, void *data, GError **error),
    void *data, GError **error);

/* … which is open already. */
gboolean ingest_run(struct store *store,
    gboolean (*work)(struct ingest *in, void *data, GError **error),
    void *data, GError **error);

static inline void
touch(GHashTable *set, int64_t n)
{
	if (n)
		g_hash_table_add(set, (void *)(intptr_t)n);
}
static inline gboolean
touched(GHashTable *set, int64_t n)
{
	return g_hash_table_contains(set, (void *)(intptr_t)n);
}

/* The numbers that a statement of one parameter gives. */
gboolean touch_rows(struct ingest *in, GHashTable *set, const char *sql,
    int64_t n, GError **error);

/* ---- store/number.c: a reference's number ------------------------------- */

/* By which resource rows are found. */
int64_t number_hash(const char *type, const char *id);
/* The number of Type/id; a row without a body is made when there is none. */
gboolean number_of(struct store *store, const char *type, const char *id,
    int64_t *n, GError **error);
/* Of "Type/id"; 0 when it is not a reference. */
gboolean number_of_text(struct store *store, const char *ref, int64_t *n,
    GError **error);
/* Of the reference at a path; 0 when absent. type (may be NULL): else 0. */
gboolean number_at(struct store *store, const fhir_node *node,
    const char *path, const char *type, int64_t *n, GError **error);
/* 0 when it is not known; makes nothing. */
int64_t number_find(struct store *store, const char *type, const char *id);
/* Of "x" or "Type/x", as a person types it; 0 also when it is of another type. */
int64_t number_called(struct store *store, const char *type, const char *ref);
/* "Type/id" of a number; owned, NULL when there is none. */
char *number_ref(struct store *store, int64_t n);

/* ---- store/ingest.c ----------------------------------------------------- */

struct doc {
	const fhir_node *root;
	struct fhir_head head;
	int64_t n;
	int64_t patient;        /* 0: nobody's */
	gboolean update;        /* a version of it was here */
	gboolean awaited;       /* something had referred to it before */
};
enum ingested { INGESTED_ADDED, INGESTED_UPDATED, INGESTED_SAME,
	INGESTED_REFUSED, INGESTED_ERROR };
enum ingested ingest_doc(struct ingest *in, const struct store_doc *bytes,
    GError **error);

/* The projection of its type, of a body that is here. */
gboolean project_again(struct ingest *in, const struct doc *doc,
    GError **error);

/* ---- store/again.c: after a migration ----------------------------------- */

/* data: int *, the schema's version before. */
gboolean again_run(struct ingest *in, void *data, GError **error);

/* ---- projections -------------------------------------------------------- */

typedef gboolean (*project_fn)(struct ingest *in, const struct doc *doc,
    GError **error);
gboolean project_communication(struct ingest *in, const struct doc *doc,
    GError **error);
gboolean project_patient(struct ingest *in, const struct doc *doc,
    GError **error);
gboolean project_named(struct ingest *in, const struct doc *doc,
    GError **error);
gboolean project_medication(struct ingest *in, const struct doc *doc,
    GError **error);
gboolean project_role(struct ingest *in, const struct doc *doc,
    GError **error);
gboolean project_task(struct ingest *in, const struct doc *doc, GError **error);
gboolean project_request(struct ingest *in, const struct doc *doc,
    GError **error);
gboolean project_report(struct ingest *in, const struct doc *doc,
    GError **error);
gboolean project_observation(struct ingest *in, const struct doc *doc,
    GError **error);
gboolean project_allergy(struct ingest *in, const struct doc *doc,
    GError **error);
gboolean project_condition(struct ingest *in, const struct doc *doc,
    GError **error);
gboolean project_drug(struct ingest *in, const struct doc *doc,
    GError **error);
gboolean project_dispense(struct ingest *in, const struct doc *doc,
    GError **error);
gboolean project_provenance(struct ingest *in, const struct doc *doc,
    GError **error);
gboolean project_past(struct ingest *in, const struct doc *doc,
    GError **error);
gboolean project_given(struct ingest *in, const struct doc *doc,
    GError **error);

/* Links of one resource, replaced as a whole. */
gboolean links_drop(struct store *store, int64_t a, GError **error);
gboolean link_add(struct store *store, int64_t a, enum link_kind kind,
    int64_t b, GError **error);
gboolean named_set(struct store *store, int64_t n, const char *words,
    GError **error);
/* TRUE when the list of references at a path names me. */
gboolean names_me(struct store *store, const fhir_node *node, const char *path);

/* A header or a loose message: I am among those it names, or it names none. */
gboolean addressed_to_me(struct store *store, const fhir_node *root);
/* Who is of my role, after I or a role of mine has changed. */
gboolean roles_again(struct ingest *in, GError **error);

/* A report's conclusion as a line of the chart. */
gboolean chart_conclusion(struct ingest *in, const struct doc *doc,
    int64_t issued_ms, GError **error);

/* ---- store/me.c --------------------------------------------------------- */

gboolean me_load(struct store *store, GError **error);
gboolean me_is(struct store *store, int64_t n);

/* ---- store/owed.c: what is owed (wire.md) ------------------------------- */

enum side { SIDE_ME, SIDE_SAME_ROLE, SIDE_OTHER };
gboolean side_of(struct ingest *in, int64_t sender, enum side *side,
    GError **error);
gboolean owed_consult(struct ingest *in, int64_t n, GError **error);
gboolean owed_report(struct ingest *in, int64_t n, GError **error);
/* The Task's own deadline, else the site's hours by priority. */
int64_t owed_deadline(struct store *store, int64_t deadline_ms,
    int64_t since_ms, int64_t priority);
/* Marks of the draft and the outbox alone. */
gboolean owed_marks(struct store *store, int64_t thread, int *marks,
    GError **error);

struct queue_item {
	int64_t key, kind, rank, a, b;
	const char *id;
	int64_t patient;
	const char *complaint, *fold;
	int64_t priority, since, deadline, unread, marks, sender;
};
gboolean queue_put(struct ingest *in, const struct queue_item *item,
    GError **error);
gboolean queue_drop(struct ingest *in, int64_t key, GError **error);

/* ---- store/alike.c: merged records, and people of the same name --------- */

/* All records read together with this one, itself first. */
GArray *patient_family(struct store *store, int64_t patient, GError **error);
gboolean alike_refresh(struct store *store, const char *fold, GError **error);

/* ---- store/chart.c ------------------------------------------------------ */

/* Of several records, the least that is known of any. */
gboolean chart_states(struct store *store, const GArray *family,
    enum section_state states[CHART_SECTIONS_], GError **error);
/* All of a section, whether loaded or not. */
gboolean chart_section_count(struct store *store, const GArray *family,
    enum chart_section section, int64_t *count, GError **error);
/* What counts now above what does not. */
int chart_status_rank(enum entry_status status);

/* ---- store/mine.c: bodies of what I write ------------------------------- */

/* Joins a document I sent to its entry: DONE, and TRUE in *joined. */
gboolean outbox_join(struct store *store, const fhir_node *root,
    gboolean *joined, GError **error);

#endif
