/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store/: the doctor's encrypted cache, where qingnang and qingnang-sync meet.
 * It owns the vault (a SQLite VFS over every file SQLite opens, and the key slot
 * beside it), the schema and its migrations, ingest, and the questions the
 * screens ask. Depends on fhir/ and base/. Both programs open it; each has its
 * own connection. No network, no screen.
 *
 * Never logged: anything that came out of the cache. Times are Unix ms (UTC);
 * strings in a page or thread belong to it and go with it.
 */
#ifndef QN_STORE_H
#define QN_STORE_H

#include "fhir/fhir.h"

#define STORE_ERROR (store_error_quark())
/* The domain of this room's errors. */
GQuark store_error_quark(void);
enum store_error {
	STORE_ERROR_WRONG_PASSPHRASE,
	STORE_ERROR_NO_SLOT,       /* no key slot: the profile was never set up */
	STORE_ERROR_SLOT_DAMAGED,  /* the key slot file is not one, or truncated */
	STORE_ERROR_DAMAGED,       /* the cache does not decrypt to a database */
	STORE_ERROR_NEWER,         /* written by a newer qingnang */
	STORE_ERROR_FULL,          /* no space left */
	STORE_ERROR_BUSY,
	STORE_ERROR_IO,
	STORE_ERROR_NOT_FOUND,
	STORE_ERROR_INVALID,       /* bytes that are not what they should be */
	STORE_ERROR_NOTHING,       /* send of an empty draft */
	STORE_ERROR_WRONG_PATIENT, /* draft bound to another patient (F22) */
	STORE_ERROR_REPLACED,      /* another program has made the cache anew:
	                            * open it again */
	STORE_ERROR_WRONG_KEY,     /* a whole cache, but of another key: a stale
	                            * keyring, or a key slot not its own */
	/* The signature (store/rx.h). */
	STORE_ERROR_NO_SIGNER,     /* no signing key was made or named yet */
	STORE_ERROR_SIGNER_THERE,  /* there is one; it is not replaced unasked */
	STORE_ERROR_SIGNER_DAMAGED, /* its row is not what was written */
	STORE_ERROR_WRONG_SECRET,  /* the signing secret, or the token's PIN */
	STORE_ERROR_PIN_LAST,      /* wrong, and one more locks the token */
	STORE_ERROR_PIN_LOCKED,
	STORE_ERROR_STEP_UP,       /* it has run out: nothing was signed */
	STORE_ERROR_TOKEN,         /* not there, pulled out, not usable */
	STORE_ERROR_SIGNATURE,     /* a JWS that does not hold; says why */
};

/* ---- ids: the store's own numbers; two kinds cannot be swapped ---------- */

struct consult_id { int64_t n; };  /* header or loose thread; n 0 = none */
struct patient_id { int64_t n; };
struct message_id { int64_t n; };
struct report_id { int64_t n; };   /* DiagnosticReport */
struct outbox_id { int64_t n; };
struct task_id { int64_t n; };     /* a Task about a prescription */
struct rx_id { int64_t n; };       /* a prescription of mine, local number */

/* ---- key slot: store/slot.c (see qingnang-vault(7)) --------------------- */

/* dir is the profile's state directory. The slot file is DIR/cache.key, the
 * cache DIR/cache.db. */
struct vault_kdf { uint64_t ops; uint64_t mem_bytes; };
extern const struct vault_kdf vault_kdf_default; /* Argon2id 256 MiB, t=3 */
gboolean vault_slot_exists(const char *dir);
/* Makes a random data key and wraps it. key_out is owned by the caller. */
gboolean vault_slot_create(const char *dir,
    const struct base_secret *passphrase, const struct vault_kdf *kdf,
    struct base_secret **key_out, GError **error);
struct base_secret *vault_slot_open(const char *dir,
    const struct base_secret *passphrase, GError **error);
/* Wraps the same data key anew; the cache is not rewritten. Atomic. */
gboolean vault_slot_change(const char *dir, const struct base_secret *old_pass,
    const struct base_secret *new_pass, const struct vault_kdf *kdf,
    GError **error);
struct base_secret *vault_key_random(void); /* the practice profile's */

/* Kernel keyring (F62): try @u, then @s; FALSE/NULL without one is no error. The
 * key is kept under the slot of dir as it is now: revoke it before the slot
 * changes. */
gboolean vault_keyring_put(const char *dir, const struct base_secret *key,
    int seconds);
struct base_secret *vault_keyring_get(const char *dir);
void vault_keyring_revoke(const char *dir);

/* ---- opening: store/open.c, store/migrate.c, store/rescue.c ------------- */

struct store;
enum store_role {
	STORE_SCREEN, /* synchronous FULL: what a doctor typed is on disk */
	STORE_SYNC,   /* NORMAL for ingest, FULL for outbox states */
};
/* Opens or creates DIR/cache.db, migrates it (space checked first). key is not
 * kept by the caller's pointer: it is copied into the vault and wiped at close. */
struct store *store_open(const char *dir, const struct base_secret *key,
    enum store_role role, GError **error);
void store_close(struct store *store);
BASE_DEFINE_AUTO(store, store_close)
/* Gives the memory of a long ingest back: sync calls it once it has caught up. */
void store_rest(struct store *store);

/* Damage that was met after opening is noted beside the cache: whoever has it
 * open is to let go of it, and the next start rebuilds. Writing into a file that
 * was set aside meanwhile fails with STORE_ERROR_REPLACED. */
enum store_standing { STORE_STANDS, STORE_DAMAGED, STORE_REPLACED };
enum store_standing store_standing(const struct store *store);
gboolean store_damaged(const char *dir);

/* After STORE_ERROR_DAMAGED: moves the files aside (cache.db.damaged-DATE),
 * makes a new cache and saves into it drafts and outbox wherever readable. The
 * server fills the rest again: every watermark is gone. Where another program
 * was quicker its cache is opened, and aside is NULL. */
struct store_rescue {
	int drafts;        /* and order lines */
	int outbox, prescriptions;
	int lost_known;    /* rows, and stretches of rows, not readable */
	gboolean unread;   /* the old file could not be opened at all */
	char *aside;       /* its path; owned */
};
struct store *store_rebuild(const char *dir, const struct base_secret *key,
    enum store_role role, struct store_rescue *report, GError **error);

/* ---- who I am, and policy: store/me.c ----------------------------------- */

/* refs[0] is my Practitioner, then every PractitionerRole, CareTeam, Group
 * that names me. A change recomputes what is owed. NULL-terminated. */
gboolean store_me_set(struct store *store, const char *const *refs,
    const char *name, const char *specialty, GError **error);
/* Owned: the other program may learn anew who I am at any moment. NULL before the
 * first sync. */
char *store_me_ref(struct store *store);
char *store_me_name(struct store *store);
char *store_me_specialty(struct store *store);
/* Reply-by hours by enum fhir_priority; deadlines follow. */
gboolean store_policy_set(struct store *store, const int hours[4],
    GError **error);
/*
 * How far back what I have said is in the cache: until then a report that was
 * issued before from_ms and shows no answer may have one that is still to come,
 * and is not owed. INT64_MAX: nothing yet; 0: all of it. What a change concerns is
 * worked out anew in slices, a transaction each, so that a draft gets its turn:
 * *cursor is 0 at first, and again after the last.
 */
gboolean store_answers_from(struct store *store, int64_t from_ms,
    int64_t *cursor, GError **error);
/* Small named texts: where the screen was ("ui.…"), sync's own ("sync.…"). */
gboolean store_note_set(struct store *store, const char *key, const char *text,
    GError **error);
char *store_note_get(struct store *store, const char *key); /* owned or NULL */

/* ---- ingest: store/ingest.c (qingnang-sync, and tests) ------------------ */

/* One resource's bytes as they came; the store keeps exactly these. */
struct store_doc { const char *bytes; size_t len; };
/* Of a page's last transaction: the search scope and its new watermark. */
struct store_mark { const char *scope; int64_t watermark_ms; };
struct store_ingested {
	int added, updated, same, refused; /* refused: no id, not a resource, … */
	gboolean queue_changed;
	GArray *consults;  /* struct consult_id touched */
	GArray *patients;  /* struct patient_id touched */
};
void store_ingested_clear(struct store_ingested *out); /* its arrays */
/* At most STORE_BATCH_MAX docs: one transaction, bodies and projections and,
 * when mark is given, the watermark. An older version never replaces a newer
 * one (by lastUpdated; equal stamps: the later arrival unless same version). A
 * bad document is counted as refused and does not stop the others. */
#define STORE_BATCH_MAX 200
#define STORE_BATCH_SCREEN 100 /* while a screen is attached: drafts wait less */
gboolean store_ingest(struct store *store, const struct store_doc *docs,
    size_t n, const struct store_mark *mark, struct store_ingested *out,
    GError **error);
/* The server says 410, or _deleted: the resource goes, what hung on it too. */
gboolean store_gone(struct store *store, const char *type, const char *id,
    GError **error);
/* 0 when the scope was never pulled. */
int64_t store_watermark(struct store *store, const char *scope);
/* Known version id of a resource, owned; NULL when not here. */
char *store_version(struct store *store, const char *type, const char *id);
/* The body as it came. Owned bytes or NULL. */
char *store_body(struct store *store, const char *type, const char *id,
    size_t *len, GError **error);

/* Charts: what was asked of the server for a patient, and its answer. */
enum chart_section { CHART_ALLERGIES, CHART_PROBLEMS, CHART_DRUGS,
	CHART_RESULTS,
	CHART_OTHER,        /* no lines: relatives, deliveries */
	CHART_VISITS,       /* Encounter */
	CHART_DOCUMENTS,    /* DocumentReference */
	CHART_INTAKE,       /* QuestionnaireResponse */
	CHART_VACCINES,     /* Immunization */
	CHART_CONTRACT,     /* EpisodeOfCare, CareTeam */
	CHART_COVERAGE,     /* Coverage */
	CHART_PROCEDURES,   /* Procedure */
	CHART_FLAGS,        /* Flag */
	CHART_SECTIONS_ };
enum section_state {
	SECTION_NOT_LOADED, /* not yet asked, or not yet answered */
	SECTION_LOADED,     /* asked and answered: entries, or none recorded */
	SECTION_REFUSED,    /* the server refused (401/403) */
	SECTION_NOT_KEPT,   /* its CapabilityStatement does not have the type */
};
gboolean store_section_set(struct store *store, struct patient_id patient,
    enum chart_section section, enum section_state state, GError **error);
/* All of them in one transaction. */
gboolean store_sections_set(struct store *store, struct patient_id patient,
    const enum section_state states[CHART_SECTIONS_], GError **error);
/* Patients in my scope whose chart is not loaded, the most urgent first.
 * GArray of struct patient_id, owned. */
GArray *store_patients_unloaded(struct store *store, int limit, GError **error);
/* All patients in scope, for the delta. */
GArray *store_patients_in_scope(struct store *store, GError **error);
char *store_patient_fhir_id(struct store *store, struct patient_id patient);
struct patient_id store_patient_find(struct store *store, const char *fhir_id);
/* "Communication/x" or "x": a header, a loose message, or a message of a thread.
 * n 0: not here. */
struct consult_id store_consult_find(struct store *store, const char *ref);
struct report_id store_report_find(struct store *store, const char *ref);
/* Headers whose messages (older ones included) are not here yet. */
GArray *store_consults_unloaded(struct store *store, int limit, GError **error);
gboolean store_consult_loaded(struct store *store, struct consult_id consult,
    GError **error);
char *store_consult_fhir_id(struct store *store, struct consult_id consult);

/* Retention: patients with nothing in my queue for that long are removed with
 * all that is theirs, except drafts and unsent outbox entries (these keep the
 * patient). Returns patients removed, -1 on error. */
int store_purge(struct store *store, int64_t now_ms, int retention_days,
    GError **error);

/* ---- the queue: store/queue.c ------------------------------------------- */

enum queue_kind { QUEUE_CONSULT, QUEUE_RESULT,
	QUEUE_RENEWAL,  /* a renewal is asked of me or of my pool */
	QUEUE_REJECTED, /* a pharmacist rejected a prescription of mine */
	QUEUE_KINDS_ };
enum { QUEUE_LANE_ALL = -1 };

enum patient_flags {
	PATIENT_DECEASED = 1 << 0,
	PATIENT_MERGED = 1 << 1,   /* replaced by another record */
	PATIENT_INACTIVE = 1 << 2,
	PATIENT_ALIKE = 1 << 3,    /* another patient here has the same name */
	PATIENT_UNKNOWN = 1 << 4,  /* the Patient itself is not here yet */
};
/* Not yet shown-safe: pass every text through base_text_show(). */
struct patient_brief {
	struct patient_id id;
	const char *fhir_id, *name, *sex /* male|female|other|unknown|NULL */;
	const char *birth_date, *deceased_date; /* as FHIR wrote them, or NULL */
	const char *merged_into;   /* fhir id, or NULL */
	unsigned flags;            /* enum patient_flags */
};
struct queue_row {
	int64_t key;               /* of the queue row; stable */
	enum queue_kind kind;
	const char *ref;           /* "Communication/x" | "DiagnosticReport/y" |
	                            * "Task/z" */
	struct consult_id consult; /* QUEUE_CONSULT */
	struct report_id report;   /* QUEUE_RESULT */
	struct task_id task;       /* QUEUE_RENEWAL, QUEUE_REJECTED */
	struct patient_brief patient;
	const char *complaint;     /* topic, the report's name, or the drug */
	enum fhir_priority priority;
	gboolean owed;             /* I owe an answer / an acknowledgement */
	int64_t since_ms;          /* owed since; else the last message */
	int64_t deadline_ms;       /* 0: none */
	int unread;
	gboolean draft, unsent, failed; /* something of mine lies here */
};
/* Order: owed first, of these rejected prescriptions before all; urgency;
 * deadline (so the overdue come first); key. Not owed: last activity, newest
 * first. */
struct queue_filter {
	int lane;           /* enum queue_kind or QUEUE_LANE_ALL */
	const char *text;   /* NULL, or words matched folded in name, complaint */
	gboolean owed_only;
};
struct queue_page {
	struct queue_row *rows; size_t n;
	GStringChunk *text;
};
struct queue_page *store_queue(struct store *store,
    const struct queue_filter *filter, int64_t offset, int limit,
    GError **error);
void queue_page_free(struct queue_page *page);
BASE_DEFINE_AUTO(queue_page, queue_page_free)
/* Counted from the rows each time, never kept (F2). unread steps through every
 * row that has some: only where the filter is NULL, else 0. */
struct queue_counts {
	int64_t rows, owed[QUEUE_KINDS_], overdue, unread, matching;
};
gboolean store_queue_counts(struct store *store,
    const struct queue_filter *filter, int64_t now_ms,
    struct queue_counts *out, GError **error);
/* Place of a row in the filtered order, -1 when it is not there. */
int64_t store_queue_place(struct store *store,
    const struct queue_filter *filter, int64_t key);
/* The next owed row that is not in seen[] (F4) and not one whose only answer
 * still waits to be sent; FALSE when there is none. */
gboolean store_queue_next(struct store *store,
    const struct queue_filter *filter, const int64_t *seen, size_t n_seen,
    int64_t *key_out);

/* A filter with words, between other things: store/queue_scan.c. */
struct queue_scan;
/* filter->text is not NULL. before, or NULL: if it leaves no less, what it found
 * is not looked for again. */
struct queue_scan *queue_scan_new(const struct queue_filter *filter,
    const struct queue_scan *before);
void queue_scan_free(struct queue_scan *scan);
/* Looks on for about so long; what is found is in the order of the queue. */
gboolean queue_scan_some(struct store *store, struct queue_scan *scan,
    int budget_ms, GError **error);
gboolean queue_scan_done(const struct queue_scan *scan);
int64_t queue_scan_found(const struct queue_scan *scan);
/* -1: not found (yet). */
int64_t queue_scan_place(const struct queue_scan *scan, int64_t key);
/* What has left the queue since leaves what was found. */
struct queue_page *queue_scan_page(struct store *store,
    struct queue_scan *scan, int64_t first, int limit, GError **error);
/* As store_queue_next(); looks to the end if it must. */
gboolean queue_scan_next(struct store *store, struct queue_scan *scan,
    const int64_t *seen, size_t n_seen, int64_t *key_out);

/* ---- a thread: store/thread.c ------------------------------------------- */

enum message_from { FROM_PATIENT, FROM_ME, FROM_COLLEAGUE, FROM_RELATED,
	FROM_DEVICE, FROM_UNKNOWN };
enum message_state {
	MESSAGE_HERE,      /* on the server */
	MESSAGE_WAITING,   /* mine, in the outbox */
	MESSAGE_SENDING,
	MESSAGE_FAILED,    /* the server refused it; reason says why */
	MESSAGE_RETRACTED, /* entered-in-error */
};
struct attachment { const char *title, *content_type; int64_t size_bytes; };
struct message_row {
	struct message_id id;      /* n 0 while only in the outbox */
	struct outbox_id outbox;
	const char *ref;           /* "Communication/x"; NULL in the outbox */
	enum message_from from;
	const char *sender_name;   /* or NULL */
	int64_t sent_ms;
	gboolean unread;
	enum message_state state;
	const char *text;          /* all contentString, joined by \n; or "" */
	const char *reason;        /* MESSAGE_FAILED: the server's words */
	struct attachment *attachments; size_t n_attachments;
	gboolean not_understood;   /* unknown modifierExtension */
};
struct thread {
	struct consult_id consult;
	struct report_id report;   /* a result opened as a thread of its own */
	const char *ref;
	struct patient_brief patient;
	const char *complaint;
	const char *status;        /* in-progress | completed | on-hold | … */
	enum fhir_priority priority;
	int64_t since_ms, deadline_ms;
	gboolean owed, loaded;     /* loaded: older messages are all here */
	struct message_row *messages; size_t n;  /* oldest first */
	int64_t earlier;           /* messages before the first of these */
	GStringChunk *text;
};
/* The newest `limit` messages. */
struct thread *store_thread(struct store *store, struct consult_id consult,
    int limit, GError **error);
/* A result: its messages are those about the report; its values are in the
 * chart (chart_entry.report). */
struct thread *store_report_thread(struct store *store,
    struct report_id report, int limit, GError **error);
void thread_free(struct thread *thread);
BASE_DEFINE_AUTO(thread, thread_free)
/* Shown whole on an unlocked screen. Queues the server's `received` in the
 * outbox where the header has one recipient besides the sender. */
gboolean store_read(struct store *store, const struct message_id *ids, size_t n,
    int64_t now_ms, GError **error);

/* ---- the chart: store/chart.c ------------------------------------------- */

enum entry_status {
	ENTRY_PLAIN,
	ENTRY_UNCONFIRMED, ENTRY_REFUTED, ENTRY_INACTIVE, ENTRY_RESOLVED,
	ENTRY_ENTERED_IN_ERROR, ENTRY_PRELIMINARY, ENTRY_CORRECTED,
	ENTRY_CANCELLED, ENTRY_ON_HOLD, ENTRY_COMPLETED,
	ENTRY_DO_NOT_PERFORM, /* an order not to give */
	ENTRY_KNOWN_NONE,     /* "no known allergy" recorded as such */
	ENTRY_NOT_UNDERSTOOD, /* modifierExtension or a status we do not know */
	ENTRY_PLANNED,        /* not yet */
	ENTRY_ONGOING,        /* begun and not finished */
	ENTRY_NOT_DONE,       /* was not done, not given */
	ENTRY_SUPERSEDED,     /* a newer one stands for it */
	ENTRY_STATUSES_
};
struct chart_entry {
	enum chart_section section;
	const char *ref;
	const char *words;        /* substance, problem, drug, test */
	const char *detail;       /* reaction; stage; dosage; value with unit */
	const char *value, *unit; /* results: decimal as it came */
	const char *range;        /* reference range in words */
	const char *interpretation; /* HH H N L LL A AA …, or NULL */
	const char *previous;     /* results: the value before, or NULL */
	const char *test, *ucum;  /* results: what test; the unit's UCUM code */
	gboolean home;            /* results: read by the patient or theirs */
	const char *date;         /* as FHIR wrote it */
	int64_t date_ms;
	struct report_id report;  /* results: the report it belongs to, n 0 loose */
	enum entry_status status;
	gboolean severe;          /* allergy criticality high / severity severe */
	int days_left;            /* drugs: supply left; G_MININT unknown */
};
struct chart {
	struct patient_brief patient;
	enum section_state state[CHART_SECTIONS_];
	struct chart_entry *entries; size_t n; /* by section, then as shown */
	/* Lines of each section, those too that only store_chart_page() reads
	 * (visits, documents, intake, vaccines, contract, coverage, procedures). */
	int64_t count[CHART_SECTIONS_];
	GStringChunk *text;
};
/* Merged records are read together (Patient.link). Results: the latest of each
 * test, none left out, what the server called abnormal first: a reader that judges
 * by value and range sees all of them. */
struct chart *store_chart(struct store *store, struct patient_id patient,
    int64_t now_ms, GError **error);
void chart_free(struct chart *chart);
BASE_DEFINE_AUTO(chart, chart_free)

/* ---- drafts: store/draft.c ---------------------------------------------- */

struct draft {
	char *text; size_t caret; /* bytes */
	int64_t saved_ms;
	struct patient_id patient;
};
/* Bound to thread and patient (F22); hashed, so that damage is noticed. Exactly
 * one of consult and report is given (n 0: not). */
struct draft_key { struct consult_id consult; struct report_id report; };
gboolean store_draft_save(struct store *store, struct draft_key key,
    struct patient_id patient, const char *text, size_t caret, int64_t now_ms,
    GError **error);
struct draft *store_draft_load(struct store *store, struct draft_key key,
    GError **error); /* NULL without error: none */
gboolean store_draft_drop(struct store *store, struct draft_key key,
    GError **error);
void draft_free(struct draft *draft);
BASE_DEFINE_AUTO(draft, draft_free)

/* ---- outbox: store/outbox.c --------------------------------------------- */

/* One transaction: the draft (or text, when given) becomes an outbox entry with
 * finished FHIR bytes and its identifier; after a crash one of the two exists,
 * never both, never neither. With text, a draft is dropped only when it is a
 * beginning of that text: a screen saves its draft and sends NULL. */
gboolean store_send(struct store *store, struct draft_key key,
    struct patient_id patient, const char *text_or_null, int64_t now_ms,
    struct outbox_id *out, GError **error);

enum outbox_state { OUTBOX_WAITING, OUTBOX_SENDING, OUTBOX_FAILED,
	OUTBOX_DONE };
enum outbox_verb { OUTBOX_CREATE, OUTBOX_UPDATE,
	OUTBOX_TRANSACTION }; /* a Bundle, POST to the base; see store/rx.h */
struct outbox_entry {
	struct outbox_id id;
	enum outbox_verb verb;
	char *type, *target_id;       /* target_id: UPDATE */
	char *if_match;               /* version id, UPDATE */
	char *identifier_system, *identifier_value;
	char *bytes; size_t len;      /* exactly what is sent; hash checked */
	gboolean files;               /* it names files that go before it
	                               * (store/file.h); then read it anew */
	enum outbox_state state;
	int attempts;
	int64_t created_ms, next_try_ms;
	struct consult_id consult;
	char *patient_ref;
	char *reason;                 /* FAILED: what the server said */
};
/* The next entry that may go now: in order within a consultation, one that
 * FAILED holds back those behind it. NULL without error: none; *wait_ms_out
 * (may be NULL) is in how many ms to look again, -1 never. Entries that this
 * connection has marked as sending are left out. */
struct outbox_entry *store_outbox_next(struct store *store, int64_t now_ms,
    int64_t *wait_ms_out, GError **error);
struct outbox_entry *store_outbox_get(struct store *store, struct outbox_id id,
    GError **error);
/* About to put it on the wire. After a crash a SENDING entry is searched by
 * identifier before it is sent again. */
gboolean store_outbox_sending(struct store *store, struct outbox_id id,
    GError **error);
/* Could not be sent: waiting, and tried not before. attempts counts from
 * store_outbox_sending() on: an entry with any is searched by its identifier
 * before it goes again. */
gboolean store_outbox_again(struct store *store, struct outbox_id id,
    int64_t next_try_ms, GError **error);
/* Nothing of it went out (no connection was made): as if it had not been tried. */
gboolean store_outbox_unsent(struct store *store, struct outbox_id id,
    int64_t next_try_ms, GError **error);
gboolean store_outbox_failed(struct store *store, struct outbox_id id,
    const char *reason, GError **error);
/* Done: the server's answer is ingested in the same transaction; of a
 * transaction, the resources in its answer (see store_wanted()). */
gboolean store_outbox_done(struct store *store, struct outbox_id id,
    const struct store_doc *answer, GError **error);
/* An UPDATE met 412: made again upon the fresh resource, or dropped when there is
 * nothing left to say. */
gboolean store_outbox_rebase(struct store *store, struct outbox_id id,
    const struct store_doc *fresh, GError **error);
/* The doctor's choices for a FAILED reply. */
gboolean store_outbox_retry(struct store *store, struct outbox_id id,
    GError **error);
gboolean store_outbox_to_draft(struct store *store, struct outbox_id id,
    GError **error);
/* Replies and prescriptions; receipts are nobody's words. */
struct outbox_counts { int64_t waiting, failed; };
gboolean store_outbox_counts(struct store *store, struct outbox_counts *out,
    GError **error);
void outbox_entry_free(struct outbox_entry *entry);
BASE_DEFINE_AUTO(outbox_entry, outbox_entry_free)

#endif
