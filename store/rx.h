/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prescriptions in the cache: the formulary, renewal requests, what is pended
 * and signed, the signing key. The second public header of the room. What a
 * prescription means is care/'s; here it is bytes with a state, a hash, and
 * projections to find them by.
 */
#ifndef QN_STORE_RX_H
#define QN_STORE_RX_H

#include "store/store.h"

/* ---- formulary: store/formulary.c --------------------------------------- */

/* How the words met a row; the better first. */
enum formulary_match { MATCH_CODE, MATCH_NAME, MATCH_NAME_START, MATCH_BRAND,
	MATCH_PART, MATCH_INITIALS };
struct formulary_row {
	enum formulary_match match;
	char *ref;                    /* "Medication/x", or MedicationKnowledge */
	GBytes *medication, *knowledge; /* bodies; one of them may be NULL */
};
void formulary_row_free(struct formulary_row *row);
/* By code, generic name (zh or en), brand, part of a name (every word of it), or
 * pinyin, initials or whole; folded, prefix before part; what is not in use left
 * out. GPtrArray of owned rows; offline, < 50 ms over 30,000 rows. */
GPtrArray *store_formulary_find(struct store *store, const char *words,
    int limit, GError **error);
/* The row of a coding or of "Medication/x"; NULL without error: none. */
struct formulary_row *store_formulary_get(struct store *store,
    const char *system, const char *code, const char *ref, GError **error);
/* 0: the formulary was never loaded, which is said on the screen. */
int64_t store_formulary_count(struct store *store);

/* ---- the chart's bodies: store/bodies.c --------------------------------- */

/* Of a patient and all records merged with it: Patient, RelatedPerson, Flag,
 * allergies, problems, orders and the drugs they refer to, statements, dispenses,
 * encounters; of observations the newest three of each test. GPtrArray of GBytes,
 * owned. */
GPtrArray *store_chart_bodies(struct store *store, struct patient_id patient,
    GError **error);
/* Of the same records, what a re-visit rests on: problems and encounters alone,
 * by the index of the chart. */
GPtrArray *store_diagnosis_bodies(struct store *store,
    struct patient_id patient, GError **error);
/* The chart's sections and when they were last proved fresh (0: never). */
gboolean store_chart_state(struct store *store, struct patient_id patient,
    enum section_state state[CHART_SECTIONS_], int64_t *fresh_ms,
    GError **error);
/* A delta over these patients' charts found all that changed: fresh as of now
 * (qingnang-sync; store_section_set() says so for a whole section). */
gboolean store_chart_proved(struct store *store, const struct patient_id *ids,
    size_t n, int64_t now_ms, GError **error);
/* My PractitionerRoles and Practitioner, for what I may do. GBytes. */
GPtrArray *store_me_bodies(struct store *store, GError **error);
/* A number that changes whenever something of this chart that prescribing rests
 * on did (F60): what a pended prescription was checked against. 0: error. */
int64_t store_chart_stamp(struct store *store, struct patient_id patient,
    GError **error);

/* ---- renewal requests: store/renewal.c ---------------------------------- */

/* A renewal request as the queue lists it (QUEUE_RENEWAL, ref "Task/x"). */
struct renewal_row {
	struct task_id task;
	struct patient_brief patient; /* texts of the page */
	const char *ref, *version, *status;
	const char *proposal_ref, *prior_ref; /* NULL: not named */
	const char *words;            /* the drug asked for */
	int64_t requested_ms, deadline_ms;
	enum fhir_priority priority;
	gboolean pool, mine;          /* pool: nobody's yet */
	struct rx_id rx;              /* pended or signed for it; n 0 none */
};
struct renewal_page { struct renewal_row *rows; size_t n; GStringChunk *text; };
struct renewal_page *store_renewals(struct store *store, int limit,
    GError **error);
void renewal_page_free(struct renewal_page *page);
BASE_DEFINE_AUTO(renewal_page, renewal_page_free)
struct task_id store_task_find(struct store *store, const char *ref);
/* "Task/x"; owned, NULL: none. */
char *store_task_ref(struct store *store, struct task_id task);
struct patient_id store_task_patient(struct store *store, struct task_id task);
/* What was pended or signed for it and still stands; n 0: nothing. */
struct rx_id store_rx_of_task(struct store *store, struct task_id task);
/* "Practitioner/x" of a doctor's name, when it is one alone who is known here by
 * it, or of that reference itself; owned, NULL: nobody, or more than one. */
char *store_doctor_find(struct store *store, const char *words);
/* The patient's consultation with the latest message that is not completed. */
struct consult_id store_consult_of_patient(struct store *store,
    struct patient_id patient);
/* Name, sex, age and flags; texts are put into `text`. FALSE: not here. */
gboolean store_patient_brief(struct store *store, struct patient_id patient,
    GStringChunk *text, struct patient_brief *out, GError **error);
/* Messages of a patient that were not read yet, over all threads. */
int store_unread(struct store *store, struct patient_id patient);

/* ---- prescriptions: store/rx.c ------------------------------------------ */

/* wire.md, "The states of a prescription". */
enum rx_state {
	RX_PENDED,     /* local alone */
	RX_RETURNED,   /* pended, but the chart has changed since it was checked */
	RX_SIGNED,     /* in the outbox */
	RX_UNKNOWN,    /* sent, the answer did not arrive: being searched */
	RX_REFUSED,    /* the server refused the transaction; reason says why */
	RX_AWAITING,   /* the pharmacist has it */
	RX_ACTIVE, RX_REJECTED, RX_WITHDRAWN, RX_DISPENSED, RX_DELIVERED,
	RX_NOT_DELIVERED, RX_EXPIRED, RX_REPLACED,
	RX_STATES_
};
/* Why a pended one was returned or replaced; other_ref names what did it. */
enum rx_why {
	RX_WHY_NONE,
	RX_WHY_CHART,     /* the chart is not the one it was checked against */
	RX_WHY_ANSWERED,  /* its request, the Task, was answered or taken */
	RX_WHY_RENEWED,   /* another order renews the same prior order */
};
/* Its withdrawal, while the server's orders still stand. */
enum rx_letter { RX_LETTER_NONE, RX_LETTER_WAITING, RX_LETTER_REFUSED };
struct rx_row {
	struct rx_id id;
	enum rx_state state;
	struct patient_id patient;
	char *patient_ref, *identifier, *task_ref, *prior_ref;
	char *words;                  /* drugs, joined */
	enum rx_why why;
	char *other_ref;
	gboolean own;                 /* written on this device; else no bytes */
	char *reason;                 /* the pharmacist's or the server's words */
	enum rx_letter withdrawal;
	char *withdrawal_reason;      /* REFUSED: the server's words, or NULL */
	int64_t changed_ms, authored_ms, valid_until_ms;
	int64_t stamp;                /* of the chart it was checked against */
	char *bytes; size_t len;      /* the collection (care_rx_read) */
	char *jws;                    /* signed ones */
	struct patient_brief brief;   /* whose it is; texts of `text` */
	GStringChunk *text;
};
void rx_row_free(struct rx_row *row);
BASE_DEFINE_AUTO(rx_row, rx_row_free)
/* A new one, or the same (by identifier) written over while it is pended. One
 * pended or signed prescription a Task and a prior order: another is
 * STORE_ERROR_INVALID. Hashed; saved through a rescue. */
struct rx_pend {
	struct patient_id patient;
	const char *identifier, *task_ref, *prior_ref, *words;
	const char *bytes; size_t len;
	int64_t stamp, valid_until_ms;
};
gboolean store_rx_pend(struct store *store, const struct rx_pend *pend,
    int64_t now_ms, struct rx_id *out, GError **error);
gboolean store_rx_drop(struct store *store, struct rx_id id, GError **error);
struct rx_row *store_rx_get(struct store *store, struct rx_id id,
    GError **error);
/* By "urn:uuid:…", "MedicationRequest/x" or the local number; n 0 none. */
struct rx_id store_rx_find(struct store *store, const char *words);
/* Its orders and its review Task as the server has them, "Type/id"; owned
 * strv, empty while the server has none. */
char **store_rx_refs(struct store *store, struct rx_id id, GError **error);
/* GPtrArray of owned rows, newest first; patient n 0: all. States as bits
 * (1u << RX_PENDED); the collection's bytes are left out. */
GPtrArray *store_rx_list(struct store *store, struct patient_id patient,
    unsigned states, int limit, GError **error);
/* The signature is made: the transaction goes into the outbox and the state to
 * RX_SIGNED, in one transaction on disk. The collection must be the pended
 * bytes. */
gboolean store_rx_send(struct store *store, struct rx_id id, const char *jws,
    const char *transaction, size_t len, int64_t now_ms, GError **error);
/* A transaction that is no new prescription: withdrawal, decline, forward. key:
 * what it is about, so that it is said once; of a withdrawal RX_WITHDRAW and the
 * prescription's identifier. */
#define RX_WITHDRAW "withdraw "
gboolean store_rx_tell(struct store *store, const char *key,
    struct patient_id patient, const char *transaction, size_t len,
    int64_t now_ms, GError **error);

/* ---- transactions in the outbox: store/transaction.c (qingnang-sync) ----- */

/* OUTBOX_TRANSACTION goes by POST to the base. Tried before, or its answer lost or
 * 409 or 412: these are asked first, relative URLs, owned strv ("MedicationRequest
 * ?identifier=…", then "Task/x"); what they answer (the resources, whatever order;
 * 404 and an empty search give none) goes to store_outbox_found(). NONE: it may be
 * sent again. ALL: the entry is done. CHANGED: what it would change is another
 * version now, so it can never be taken: FAILED. */
enum outbox_found { OUTBOX_FOUND_NONE, OUTBOX_FOUND_ALL, OUTBOX_FOUND_CHANGED };
char **store_outbox_questions(const struct outbox_entry *entry);
gboolean store_outbox_found(struct store *store, struct outbox_id id,
    const struct store_doc *docs, size_t n, enum outbox_found *found,
    GError **error);
/* What an answer only located: to be fetched and ingested, then told done (also
 * when it is gone). "Type/id", owned strv; kept on disk. */
char **store_wanted(struct store *store, int limit, GError **error);
gboolean store_wanted_done(struct store *store, const char *ref,
    GError **error);

/* The order line as it is being typed: on disk at each pause, like a draft. */
gboolean store_line_save(struct store *store, struct patient_id patient,
    const char *line, size_t caret, int64_t now_ms, GError **error);
char *store_line_load(struct store *store, struct patient_id patient,
    size_t *caret, GError **error);
gboolean store_line_drop(struct store *store, struct patient_id patient,
    GError **error);

/* ---- what a decision support service said: store/card.c ----------------- */

/* Written by qingnang-sync, read by the screen. An answer is about the bytes the
 * prescription had when CARDS_ASKED was put: put it first, then read the bytes to
 * ask with; once they are written over there are no cards (CARDS_NONE). JSON that
 * is none or over 1 MB counts as CARDS_SILENT. */
enum card_state { CARDS_NONE, CARDS_ASKED, CARDS_ANSWERED, CARDS_SILENT };
gboolean store_cards_put(struct store *store, struct rx_id id,
    enum card_state state, const char *json, size_t len, GError **error);
/* json of the answer {"cards":[…]}, owned or NULL. */
enum card_state store_cards_get(struct store *store, struct rx_id id,
    char **json, size_t *len, GError **error);

/* ---- the signature: store/sign.c, store/provenance.c --------------------- */

/* ES256 (RFC 7515, 7518) by a software key kept in the vault under a secret of
 * its own, or by a PKCS#11 token and its PIN. No other room sees a key. Errors
 * are STORE_ERROR_NO_SIGNER and those below it. */
enum signer_kind { SIGNER_NONE, SIGNER_SOFTWARE, SIGNER_TOKEN };
struct signer_info {
	enum signer_kind kind;
	char *thumbprint;   /* RFC 7638, base64url */
	char *words;        /* token: its label */
	char *module;       /* token: path of its PKCS#11 library */
	int64_t from_ms;    /* when it was made or named */
};
void signer_info_clear(struct signer_info *info);
gboolean store_signer(struct store *store, struct signer_info *out,
    GError **error);
/* Characters a new secret has at least. */
#define SIGNER_SECRET_MIN 8
/* A new software key under the secret (Argon2id). replace: of another signer,
 * whose public key stays known; else SIGNER_THERE. */
gboolean store_signer_create(struct store *store,
    const struct base_secret *secret, const struct vault_kdf *kdf,
    gboolean replace, int64_t now_ms, GError **error);
/* The software key under another secret; the key is the same. */
gboolean store_signer_change(struct store *store,
    const struct base_secret *old_secret, const struct base_secret *new_secret,
    const struct vault_kdf *kdf, GError **error);
/* A token: module is the absolute path of a PKCS#11 library, label chooses the
 * token (NULL: the only one there); its public key is kept here for verify. */
gboolean store_signer_token(struct store *store, const char *module,
    const char *label, const struct base_secret *pin, gboolean replace,
    int64_t now_ms, GError **error);
/* Before a PIN is asked for: the token is there and not locked (TOKEN,
 * PIN_LOCKED), and how many more wrong PINs it takes, where it says so. A software
 * key is always there, its secret SIGNER_PIN_FINE. */
enum signer_pin {
	SIGNER_PIN_FINE,
	SIGNER_PIN_LOW,   /* it was wrong since it was right last */
	SIGNER_PIN_LAST,  /* one more wrong PIN locks the token */
};
gboolean store_signer_look(struct store *store, enum signer_pin *pin,
    GError **error);
/* Step-up: opened by the secret or PIN a person typed, valid until it is closed
 * or valid_s have passed (monotonic, suspended time counts), never kept on disk
 * or in a keyring. valid_s 0, and a token that wants its PIN each time: good for
 * one signature within SIGNER_ONCE_S. Freed before its store. */
#define SIGNER_ONCE_S 60
struct signer;
struct signer *store_signer_open(struct store *store,
    const struct base_secret *secret, int valid_s, GError **error);
gboolean signer_valid(const struct signer *signer);
/* Seconds it is still good for; 0: no more. */
int signer_left_s(const struct signer *signer);
void signer_free(struct signer *signer);
BASE_DEFINE_AUTO(signer, signer_free)
/* Compact JWS over these very bytes, payload attached, header with alg, kid,
 * jwk and sigT. NULL: nothing was signed (STEP_UP, TOKEN). Owned. */
char *signer_sign(struct signer *signer, const char *bytes, size_t len,
    int64_t now_ms, GError **error);
/* Checks a JWS by the public key in it and says whose that is; the payload is
 * owned. known: the key is one of this vault's, now or earlier. Any byte
 * changed is SIGNATURE. */
struct jws { char *payload; size_t len; char *thumbprint; int64_t signed_ms;
	gboolean known; };
gboolean store_jws_verify(struct store *store, const char *jws,
    struct jws *out, GError **error);
void jws_clear(struct jws *jws);
/* The Provenances here whose target names this resource ("MedicationRequest/x");
 * NULL: all that are here. The latest first. GPtrArray of owned "Provenance/x". */
GPtrArray *store_provenances(struct store *store, const char *ref,
    GError **error);

#endif
