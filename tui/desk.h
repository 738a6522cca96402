/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The desk: what a doctor does with prescriptions, without a screen. The views
 * and the commands (cli/) go through it, so that a command does what its screen
 * does. It reads the store, lets care/ judge, and writes the store; nothing of
 * it waits, and nothing goes to the network but by the outbox.
 *
 * The second public header of the room. Errors are DESK_ERROR, their messages
 * translated sentences, or the store's.
 */
#ifndef QN_TUI_DESK_H
#define QN_TUI_DESK_H

#include "care/rules.h"
#include "store/search.h"
#include "store/rx.h"

#define DESK_ERROR (desk_error_quark())
/* The domain of the desk's errors. */
GQuark desk_error_quark(void);
enum desk_error {
	DESK_ERROR_RULES,    /* a pack is missing or is none */
	DESK_ERROR_OPEN,     /* a block, or a gate without evidence or reason */
	DESK_ERROR_OFFLINE,  /* signing wants the server and a verified login */
	DESK_ERROR_CHANGED,  /* the chart changed since the check (F60) */
	DESK_ERROR_MACHINE,  /* a line of machine origin (CN-21, F56) */
	DESK_ERROR_STATE,    /* already signed, withdrawn, not mine … */
	DESK_ERROR_ASKED,    /* the line still asks something */
};

struct desk;
/* Both outlive the desk. Packs are read at the first need. */
struct desk *desk_new(struct store *store,
    const struct base_settings *settings);
void desk_free(struct desk *desk);
BASE_DEFINE_AUTO(desk, desk_free)
/* What is known of the login: TRUE while qingnang-sync says the server is
 * there and the login is this doctor's. FALSE until said. */
void desk_verified(struct desk *desk, gboolean verified);
gboolean desk_is_verified(const struct desk *desk);
/* The packs of the setting, laid over each other; borrowed. */
const struct care_rules *desk_rules(struct desk *desk, GError **error);
/* TRUE: they were read before, and desk_rules() costs nothing. */
gboolean desk_has_rules(const struct desk *desk);

/* Where a pack of the setting is: "cn" came with the program, what has a "/" is a
 * file. Owned; NULL: no such. */
char *desk_pack_path(const char *name);
/* A pack out of a file of at most 4 MiB; G_FILE_ERROR: it cannot be read, else
 * why it is none. Owned. */
struct care_pack *desk_pack_file(const char *path, GError **error);

/* ---- the chart, as prescribing sees it: tui/desk_chart.c ---------------- */

struct desk_chart {
	struct patient_id patient;
	GPtrArray *bodies;          /* GBytes; the facts point into them */
	struct care_facts *facts;
	int64_t stamp;              /* store_chart_stamp() as it was read */
};
struct desk_chart *desk_chart_read(struct desk *desk,
    struct patient_id patient, GError **error);
void desk_chart_free(struct desk_chart *chart);
BASE_DEFINE_AUTO(desk_chart, desk_chart_free)
/* Whether the chart bears a re-visit (F54), by the rules that prescribing is held
 * against. Reads problems and visits alone. Owned. */
struct care_revisit *desk_revisit(struct desk *desk, struct patient_id patient,
    GError **error);
/* The formulary for care_line_parse(); valid as long as the desk. */
struct care_lookup desk_lookup(struct desk *desk);
/* The formulary's drug of a coding; NULL: none. Owned. */
struct care_drug *desk_drug(struct desk *desk, const struct care_drug *like);

/* ---- making and pending: tui/desk_rx.c ---------------------------------- */

/* Empty, for a patient; consult n 0: outside a consultation. Owned. */
struct care_rx *desk_rx_new(struct desk *desk, struct patient_id patient,
    struct consult_id consult, GError **error);
/* From a renewal request, or by the doctor's own hand from a past order
 * ("MedicationRequest/x"): defaults of the old order (F26). Owned. */
struct care_rx *desk_rx_renew(struct desk *desk, struct task_id task,
    GError **error);
struct care_rx *desk_rx_again(struct desk *desk, const char *prior_ref,
    GError **error);
/* Everything that speaks, the gravest first. Owned. */
GPtrArray *desk_check(struct desk *desk, const struct desk_chart *chart,
    const struct care_rx *rx, struct rx_id id_or_0, GError **error);
/* The first finding that is in the way; NULL: none. Borrowed. */
const struct care_finding *desk_first_open(const GPtrArray *findings);
/* To the store; written over while pended. Works offline. */
gboolean desk_pend(struct desk *desk, const struct care_rx *rx,
    const struct desk_chart *chart, struct rx_id *out, GError **error);

/* The doctor of a name or "Practitioner/x"; owned, NULL with a sentence. */
char *desk_doctor(struct desk *desk, const char *words, GError **error);
/* The doctor who sits with the patient (F49); words NULL or "": nobody. */
gboolean desk_rx_beside(struct desk *desk, struct care_rx *rx,
    const char *words, GError **error);

/* ---- signing: tui/desk_sign.c ------------------------------------------- */

/* What stands before the doctor when they sign: exactly the pended bytes, what
 * speaks now, and what changed since the old order and since it was pended. Of a
 * prescription that was written elsewhere its orders, and nothing that speaks. */
struct desk_sight {
	struct rx_row *row;
	struct care_rx *rx;
	struct desk_chart *chart;
	GPtrArray *findings;        /* struct care_finding, made now */
	GPtrArray *differences;     /* char * */
	struct care_renewal *renewal; /* NULL: not a renewal */
	char *digest;               /* SHA-256 of the bytes, first 16 hex digits */
	                            /* NULL: written elsewhere, no bytes */
};
struct desk_sight *desk_sight_new(struct desk *desk, struct rx_id id,
    GError **error);
void desk_sight_free(struct desk_sight *sight);
BASE_DEFINE_AUTO(desk_sight, desk_sight_free)
/* TRUE while it still shows what speaks: neither the chart nor what the decision
 * support service said has changed since. */
gboolean desk_sight_current(struct desk *desk, const struct desk_sight *sight);
/* TRUE: a service is configured and has not answered about these bytes. */
gboolean desk_sight_unasked(struct desk *desk, const struct desk_sight *sight);
/* How long the service may take; the doctor is not held. */
enum { DESK_SERVICE_MS = 5000 };
/* NULL: it may be signed. Else one sentence that says what is in the way;
 * owned. */
char *desk_sight_obstacle(struct desk *desk, const struct desk_sight *sight);
/* Signs the bytes of the sight and puts the transaction into the outbox, in one
 * transaction on disk. Refuses whatever desk_sight_obstacle() names, looked at
 * anew. */
gboolean desk_sign(struct desk *desk, const struct desk_sight *sight,
    struct signer *signer, int64_t now_ms, GError **error);
/* Takes back what was signed (or drops what was pended); tells the pharmacist. */
gboolean desk_withdraw(struct desk *desk, struct rx_id id, const char *reason,
    int64_t now_ms, GError **error);
/* "awaiting the pharmacist": every state has a word; translated. */
const char *desk_state_words(enum rx_state state);
/* In words, of a withdrawal that has not taken effect: refused, or on its way.
 * Owned; NULL: there is none. */
char *desk_withdrawal_words(const struct rx_row *row);

/* The name, or that there is none here yet, shown-safe; owned. */
char *words_name(const struct patient_brief *patient);
/* "张银兰 女 68岁 †已故"; sex, age and every mark. Owned, shown-safe. */
char *words_patient(const struct patient_brief *p);
/* The flags, and of a namesake the day of birth; "" when none. Owned. */
char *words_marks(const struct patient_brief *p);

/* ---- the signing key: tui/desk_signer.c --------------------------------- */

/* Why a step-up or a signature failed, in one sentence; owned. */
char *desk_signing_words(const GError *error);
/* What is said before a PIN is typed; NULL: nothing. */
const char *desk_pin_words(enum signer_pin pin);

/* ---- renewal requests: tui/desk_renewal.c ------------------------------- */

/* A request judged: the rows of the lane come in three classes. */
struct desk_renewal {
	struct task_id task;
	struct desk_chart *chart;
	struct care_renewal *judged; /* NULL: the old order is not here */
	char *prior_ref, *words;     /* the order asked for, in words */
	struct rx_id rx;             /* pended or signed for it; n 0 none */
};
struct desk_renewal *desk_renewal_read(struct desk *desk, struct task_id task,
    GError **error);
void desk_renewal_free(struct desk_renewal *renewal);
BASE_DEFINE_AUTO(desk_renewal, desk_renewal_free)
/* Declined: the Task is rejected with the reason, the reply (or NULL) goes to
 * the patient's consultation where there is one. */
gboolean desk_decline(struct desk *desk, struct task_id task,
    const char *reason, const char *reply, int64_t now_ms, GError **error);
/* To another doctor ("Practitioner/x", "PractitionerRole/x"), or NULL: back to
 * the pool. */
gboolean desk_forward(struct desk *desk, struct task_id task,
    const char *owner_ref, const char *reason, int64_t now_ms,
    GError **error);

/* ---- search: tui/desk_search.c ------------------------------------------ */

/* As search_query_parse(); what is measured by any of its names. */
/* "test result": what a hit is, translated. */
const char *desk_found_words(enum found_kind kind);
/* "refuted"; "" of what is plain. Translated. */
const char *desk_found_status(enum entry_status status);
struct search_query *desk_search_parse(const char *text,
    struct search_fault *fault);

#endif
