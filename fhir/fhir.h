/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fhir/: HL7 FHIR R4 (4.0.1) JSON in and out. Pure: bytes in, values out; no
 * I/O, no clock of its own. Every document is untrusted until fhir_parse() took
 * it: size, UTF-8, NUL, depth, duplicate keys and number syntax are checked
 * in one pass that also makes the tree, in which a number stays the text it came
 * as ("0.10" stays "0.10"). jansson needs 16 µs for 1 KB, this 1.5: it writes our
 * own documents, and the tests hold it beside this reader.
 *
 * Nothing of a document's content is ever logged.
 */
#ifndef QN_FHIR_H
#define QN_FHIR_H

#include "base/base.h"

#define FHIR_ERROR (fhir_error_quark())
/* Domain of the errors below. */
GQuark fhir_error_quark(void);
enum fhir_error {
	FHIR_ERROR_TOO_BIG,
	FHIR_ERROR_NOT_UTF8,   /* also NUL bytes */
	FHIR_ERROR_TOO_DEEP,
	FHIR_ERROR_SYNTAX,     /* message names byte offset */
	FHIR_ERROR_DUPLICATE_KEY,
	FHIR_ERROR_NOT_FHIR,   /* no resourceType; HTML; wrong type */
	FHIR_ERROR_NO_ID,
};

struct fhir_limits {
	size_t size_bytes; /* whole document */
	int depth;         /* nested containers, default 48 */
};
extern const struct fhir_limits fhir_limits_default; /* 32 MiB, 48 */

/* ---- documents: fhir/scan.c, fhir/doc.c -------------------------------- */

/* The checks alone, without building a tree: for bytes that SQLite will cut. */
gboolean fhir_check(const char *bytes, size_t len,
    const struct fhir_limits *limits, GError **error);

/* Owns the tree, which remembers where it was read last: for one thread at a time,
 * and elements one after the other by fhir_at() are linear. */
struct fhir_doc;
typedef void fhir_node; /* a borrowed place in a doc; NULL is "absent" */

/* A JSON object, whatever it says; owned. */
struct fhir_doc *fhir_parse(const char *bytes, size_t len,
    const struct fhir_limits *limits, GError **error);
/* NULL is no document; with it go all its nodes and strings. */
void fhir_doc_free(struct fhir_doc *doc);
BASE_DEFINE_AUTO(fhir_doc, fhir_doc_free)
/* The object itself; borrowed. */
const fhir_node *fhir_root(const struct fhir_doc *doc);
/* Compact JSON, numbers as they came, unknown fields and their order kept. */
char *fhir_write(const fhir_node *node, size_t *len);

/*
 * Paths: "subject.reference", "code.coding[0].display". A name applied to an
 * array means its first element, so "name.family" is the first name's family.
 * All return NULL / 0 / FALSE for absent or of another JSON type; the strings are
 * borrowed from the doc.
 */
const fhir_node *fhir_get(const fhir_node *node, const char *path);
const char *fhir_text(const fhir_node *node, const char *path);
const char *fhir_number(const fhir_node *node, const char *path);
/* -1 absent, else 0 or 1. */
int fhir_bool(const fhir_node *node, const char *path);
size_t fhir_count(const fhir_node *node, const char *path);
const fhir_node *fhir_at(const fhir_node *node, const char *path, size_t i);

/* What a place holds; FHIR_WORD is true, false or null. */
enum fhir_kind { FHIR_ABSENT, FHIR_OBJECT, FHIR_ARRAY, FHIR_STRING, FHIR_NUMBER,
	FHIR_WORD };
enum fhir_kind fhir_kind(const fhir_node *node);
/* A member by its very name, which may come from a document and is no path. */
const fhir_node *fhir_child(const fhir_node *object, const char *name);
/* All members or elements in order, in linear time; NULL ends. key (may be NULL)
 * is borrowed, and NULL in an array. */
struct fhir_each { const fhir_node *next; size_t left; };
void fhir_each(struct fhir_each *each, const fhir_node *container);
const fhir_node *fhir_each_next(struct fhir_each *each, const char **key);

/* ---- datatypes: fhir/types.c, words.c, value.c ------------------------- */

struct fhir_head {
	const char *type, *id, *version; /* version: meta.versionId or NULL */
	int64_t updated_ms;              /* meta.lastUpdated, 0 when absent */
};
/* type and id validated (R4 id: [A-Za-z0-9\-.]{1,64}); NO_ID, NOT_FHIR. */
gboolean fhir_head(const fhir_node *resource, struct fhir_head *out,
    GError **error);

/* date, dateTime, instant. precision_out (may be NULL): 'y','m','d','t'. A
 * partial date is its first instant in UTC. FALSE on anything else. */
gboolean fhir_time_ms(const char *text, int64_t *ms, char *precision_out);
char *fhir_instant(int64_t ms); /* "2026-10-03T02:31:00.000Z", owned */

/* "Patient/123", "https://host/base/Patient/123", "…/_history/4", "#x" (FALSE),
 * urn:uuid: (FALSE). type and id are copied out. */
struct fhir_ref { char type[40]; char id[65]; };
gboolean fhir_ref_parse(const char *reference, struct fhir_ref *out);
gboolean fhir_ref_at(const fhir_node *node, const char *path,
    struct fhir_ref *out);

/* -1, 0, 1 of two decimals as texts of any length, exactly; FALSE when one is
 * not a JSON number (or its exponent is absurd). fhir/decimal.c */
gboolean fhir_decimal_compare(const char *left, const char *right, int *order);

/* Code systems that more than one room looks for. */
#define FHIR_LOINC "http://loinc.org"
#define FHIR_UCUM "http://unitsofmeasure.org"

/* Best words of a CodeableConcept in the language ("zh", "en"): text, then a
 * coding's translation extension, display, then code. Borrowed; NULL if none. */
const char *fhir_concept_words(const fhir_node *concept, const char *lang);
/* code of the coding with that system (NULL: any first). Borrowed. */
const char *fhir_concept_code(const fhir_node *concept, const char *system);
/* "7.2 %", "< 0.5 mmol/L", with the decimal as it came. Owned; NULL if none. */
char *fhir_quantity_words(const fhir_node *quantity);
/* Its unit as a person reads it, UCUM's braces taken off; owned, NULL: none. */
char *fhir_unit_words(const fhir_node *quantity);
/* HumanName[] → one line: text, else Chinese family+given without blank, else
 * "Given Family"; usual/official first, old names never. Owned; NULL if none. */
char *fhir_name_words(const fhir_node *names);
char *fhir_one_name_words(const fhir_node *name); /* of one HumanName */
/* Any value[x] of an Observation or component, as words. Owned; NULL if none. */
char *fhir_value_words(const fhir_node *observation, const char *lang);
/* Why there is no value: dataAbsentReason, or the extension of that name on the
 * value itself; "no value: not performed". Owned; NULL: no reason is given. */
char *fhir_absent_words(const fhir_node *observation, const char *lang);
/* The narrative's text, its tags taken off, tables by line; for where a resource
 * says nothing else. Owned; NULL if none. */
char *fhir_narrative_words(const fhir_node *resource);
/* referenceRange[0] as "45–84", "≤ 5.2" (FHIR's bounds are inclusive), or its
 * text; with the group it applies to in brackets. Owned; NULL if none. */
char *fhir_range_words(const fhir_node *observation);
/* HL7 v3 ObservationInterpretation → "HH","H","N","L","LL","A","AA",… first
 * coding; NULL if absent. */
const char *fhir_interpretation(const fhir_node *observation);

/* Communication.priority, Task.priority (http://hl7.org/fhir/request-priority);
 * absent or unknown is routine. The number sorts the queue: 0 first. */
enum fhir_priority { FHIR_STAT, FHIR_ASAP, FHIR_URGENT, FHIR_ROUTINE };
enum fhir_priority fhir_priority_of(const char *code);

/* modifierExtension anywhere in the resource, contained ones and elements
 * included: "not understood". */
gboolean fhir_has_unknown_modifier(const fhir_node *resource);

/* Whose words a resource is: by its security label, its author and source. */
enum fhir_made {
	FHIR_MADE_BY_PERSON,  /* or nobody is named */
	FHIR_MADE_BY_MACHINE, /* a Device, or labelled as an AI's or a device's */
	FHIR_MADE_BY_PATIENT, /* the patient, or one of theirs */
	FHIR_MADE_UNKNOWN,    /* answers without author and source */
};
enum fhir_made fhir_made_by(const fhir_node *resource);

/* The same document over lines, indented: only blanks between tokens change, so
 * every number keeps its text. bytes are checked ones. Owned. */
char *fhir_pretty(const char *bytes, size_t len, size_t *out_len);

/* ---- bundles: fhir/bundle.c -------------------------------------------- */

/* Cuts a Bundle into its resources without changing a byte of them: each slice
 * points into bytes. Done by the scanner, in one pass, with all its checks. */
struct fhir_entry {
	const char *resource; size_t resource_len; /* NULL when absent */
	const char *full_url; size_t full_url_len; /* raw JSON string content */
	const char *status;   size_t status_len;   /* response.status, raw */
	const char *mode;     size_t mode_len;     /* search.mode, raw */
};
struct fhir_bundle {
	char type[24];
	GArray *entries;  /* struct fhir_entry */
	char *next;       /* link[relation=next].url, unescaped; NULL at the end */
	int64_t total;    /* -1 absent */
};
struct fhir_bundle *fhir_bundle_cut(const char *bytes, size_t len,
    const struct fhir_limits *limits, GError **error);
void fhir_bundle_free(struct fhir_bundle *bundle);
BASE_DEFINE_AUTO(fhir_bundle, fhir_bundle_free)

/* ---- OperationOutcome: fhir/outcome.c ---------------------------------- */

/* Server's words of the first error issue (details.text, diagnostics, code).
 * Owned; NULL when not an OperationOutcome. */
char *fhir_outcome_words(const fhir_node *outcome);

/* ---- attachments: fhir/file.c ------------------------------------------- */

/* One of a resource's Attachments, or a reference that leads to one. The strings
 * are borrowed from the doc; NULL where absent. */
struct fhir_file {
	const char *title, *content_type, *url;
	const char *data;        /* base64: it is in the resource itself */
	int64_t size_bytes;      /* -1: not said */
	gboolean by_reference;   /* url is a reference, "DocumentReference/1" */
};
enum { FHIR_FILES_MAX = 256 };
/* All of them, in order; those of a message as its payload has them. Owned. */
GArray *fhir_files(const fhir_node *resource);
/* Owned; NULL when it is not base64. */
GBytes *fhir_base64(const char *text);

/* ---- building: fhir/build.c -------------------------------------------- */

/* A resource that a text quotes, and the words it quotes it with. */
struct fhir_quote { const char *ref, *words; };
/* Who a consultation's next message goes to and from. References as "Type/id". */
struct fhir_reply {
	const char *consult_ref;         /* header; NULL answers a loose message */
	const char *in_response_to;      /* Communication answered, or NULL */
	const char *about_ref;           /* DiagnosticReport answered, or NULL */
	/* Results the text quotes, and how; also "about", after the report. */
	const struct fhir_quote *quotes; size_t n_quotes;
	const char *subject_ref;
	const char *sender_ref;          /* me */
	const char *const *recipient_refs; /* NULL-terminated */
	const char *text;
	const struct fhir_file *files;   /* behind the text */
	size_t n_files;
	const char *identifier_system;   /* urn:ietf:rfc:3986 */
	const char *identifier_value;    /* "urn:uuid:…" */
	int64_t sent_ms;
};
/* A Communication, status completed, R4-valid. Owned JSON bytes; NULL when a text
 * is empty or not UTF-8, or a reference or time is not one. */
char *fhir_build_reply(const struct fhir_reply *reply, size_t *len);

/* The same resource with received set to the instant and nothing else changed:
 * every decimal, unknown field and extension goes back as it came. Owned. */
char *fhir_set_received(const char *bytes, size_t len, int64_t received_ms,
    size_t *out_len, GError **error);

/* ---- writing a document: fhir/out.c ------------------------------------- */

/*
 * A JSON text written front to back: byte-stable, in the order of the calls.
 * FHIR has no empty values, so what is NULL adds nothing and an object or array
 * that would be empty is taken back with its key. key is NULL in an array.
 */
struct fhir_out;
struct fhir_out *fhir_out_new(void); /* its root object is open */
void fhir_out_free(struct fhir_out *out);
BASE_DEFINE_AUTO(fhir_out, fhir_out_free)
/* bracket is '{' or '['. */
void fhir_out_open(struct fhir_out *out, const char *key, char bracket);
void fhir_out_close(struct fhir_out *out);
/* An empty text is as absent as NULL. */
void fhir_out_text(struct fhir_out *out, const char *key, const char *text);
/* A decimal as its text, which is a JSON number. */
void fhir_out_number(struct fhir_out *out, const char *key,
    const char *decimal);
void fhir_out_int(struct fhir_out *out, const char *key, int64_t n);
void fhir_out_bool(struct fhir_out *out, const char *key, gboolean yes);
/* JSON bytes as they are. */
void fhir_out_raw(struct fhir_out *out, const char *key, const char *bytes,
    size_t len);
/* {"reference": ref, "display": display}; nothing when ref is NULL. */
void fhir_out_reference(struct fhir_out *out, const char *key, const char *ref,
    const char *display);
/* Closes the root; the bytes are the caller's and terminated, out is spent. */
char *fhir_out_finish(struct fhir_out *out, size_t *len);

/* ---- changing a server's document: fhir/edit.c -------------------------- */

/* What becomes of one member of the root object. */
struct fhir_change {
	const char *key;
	const char *value; /* JSON; NULL: the member goes */
	gboolean append;   /* value is one more element of the array */
};
/* The same document with these changes and not another byte touched: decimals,
 * blanks, unknown fields and their order stay. At most 16 changes; a key stands
 * once. FHIR_ERROR_NOT_FHIR when append meets what is no array. Owned. */
char *fhir_edit(const char *bytes, size_t len,
    const struct fhir_change *changes, size_t n, size_t *out_len,
    GError **error);

#endif
