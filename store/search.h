/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Search over everything in the cache: names, identifiers, messages, topics,
 * problems, allergies, drugs, results, documents. The third public header of the
 * room. The index is in the vault and follows ingest in slices.
 *
 * The language, all parts of it joined by "and":
 *   血压 amlod          words: a word of letters by its beginning, a number whole,
 *                      Chinese as it stands
 *   "头 晕"             a phrase, as it stands
 *   patient:ZYL        by name, pinyin, initials or identifier
 *   from:patient|me|colleague|relative|device, or from a name
 *   since:2026-01  before:2026-03   also "since 2026-01"
 *   has:picture|sound|video|file
 *   肌酐 > 120          results of a test by value: > >= < <= =; with a unit behind
 *                      the number, compared in that
 * Case, width, traditional and simplified are one.
 */
#ifndef QN_STORE_SEARCH_H
#define QN_STORE_SEARCH_H

#include "store/store.h"

/* ---- the query: store/search_query.c ------------------------------------ */

#define SEARCH_QUERY_MAX_BYTES 512
#define SEARCH_TERMS_MAX 16
enum search_fault_kind {
	SEARCH_FAULT_NONE,
	SEARCH_FAULT_LONG,     /* more than SEARCH_QUERY_MAX_BYTES, or terms */
	SEARCH_FAULT_BYTES,    /* not UTF-8 */
	SEARCH_FAULT_FILTER,   /* no filter of that name */
	SEARCH_FAULT_TWICE,    /* a filter stands there twice */
	SEARCH_FAULT_DATE,
	SEARCH_FAULT_HAS,
	SEARCH_FAULT_NUMBER,   /* a comparison without a decimal */
	SEARCH_FAULT_TEST,     /* a comparison without a test before it */
	SEARCH_FAULT_UNIT,     /* of a test that is not converted from it */
	SEARCH_FAULTS_
};
/* Bytes of the query that are at fault. */
struct search_fault { enum search_fault_kind kind; size_t from, to; };
/* One translated sentence: what is wrong, and where. Owned. */
char *search_fault_words(const char *query, const struct search_fault *fault);

enum search_op { SEARCH_NO_OP, SEARCH_MORE, SEARCH_MORE_EQUAL, SEARCH_LESS,
	SEARCH_LESS_EQUAL, SEARCH_EQUAL };
enum search_has { SEARCH_HAS_PICTURE = 1, SEARCH_HAS_SOUND = 2,
	SEARCH_HAS_VIDEO = 4, SEARCH_HAS_FILE = 8 };
/*
 * A test that is compared by what it is, not by how a result calls it: filled in by
 * who knows tests and units. The index is asked by codes, names and bounds; what
 * it offers, by order().
 */
struct search_bound { const char *unit; double from, to; };
struct search_test {
	char **codes;           /* "system|code" */
	char **names;           /* folded: of results without a code of LOINC */
	const char *const *beside; /* words by a name that change nothing */
	struct search_bound *bounds; /* what may pass, in each unit */
	size_t n;
	char *said;             /* "> 120 umol/L": what is compared with */
	/* A value of the test with that code, or NULL, beside the number asked
	 * for; *as, if its unit is another: what it is in that unit, owned.
	 * FALSE: it cannot be compared. */
	gboolean (*order)(const struct search_test *test, const char *code,
	    const char *value, const char *unit, int *order, char **as);
	const void *of;         /* for order() */
	char *number, *unit;
};
void search_test_free(struct search_test *test);

struct search_query {
	GPtrArray *terms;       /* char *, folded */
	guint test_terms;       /* so many of them stand before a comparison */
	char *patient;          /* folded, or NULL */
	unsigned from;          /* of 1 << enum message_from; 0: anybody */
	char *from_name;        /* folded; or NULL */
	int64_t since_ms;       /* G_MININT64: no bound */
	int64_t before_ms;      /* exclusive; G_MAXINT64: no bound */
	unsigned has;           /* enum search_has, any of them */
	enum search_op op;
	char *number, *unit;    /* decimal text; unit folded or NULL */
	size_t unit_at;         /* in the text, for who refuses the unit */
	struct search_test *test; /* or NULL: by its name and its own unit */
};
/* NULL: *fault says why. A filter still without its value is left out. */
struct search_query *search_query_parse(const char *text,
    struct search_fault *fault);
void search_query_free(struct search_query *query);
BASE_DEFINE_AUTO(search_query, search_query_free)

/* ---- what is found: store/search.c -------------------------------------- */

enum found_kind { FOUND_PATIENT, FOUND_MESSAGE, FOUND_TOPIC, FOUND_ALLERGY,
	FOUND_PROBLEM, FOUND_DRUG, FOUND_RESULT, FOUND_DOCUMENT, FOUND_REPORT,
	FOUND_VISIT, FOUND_ENTRY /* another line of the chart */,
	FOUND_KINDS_ };
struct search_hit {
	enum found_kind kind;
	struct patient_brief patient;
	const char *ref;            /* "Communication/x", "Observation/y" … */
	struct consult_id consult;  /* a message's thread, a topic's; or n 0 */
	struct report_id report;    /* of a report, or its messages; or n 0 */
	struct message_id message;
	enum message_from from;     /* messages */
	const char *sender_name;    /* or NULL */
	enum entry_status status;   /* of chart lines: never all alike */
	int64_t when_ms;            /* 0 unknown */
	const char *date;           /* chart lines: as FHIR wrote it, or NULL */
	const char *line;           /* the line with the hit, cut to about 240
	                             * bytes around it; not yet shown-safe */
	size_t from_byte, to_byte;  /* the hit in it; equal: none */
	const char *as;             /* the value as it was compared, "132.6
	                             * umol/L"; NULL: as it stands */
};
/* The line as it may be shown: before the hit, the hit, behind it; each owned. */
enum search_part { SEARCH_BEFORE, SEARCH_FOUND, SEARCH_BEHIND,
	SEARCH_PARTS };
void search_hit_show(const struct search_hit *hit, char *part[SEARCH_PARTS]);
struct search_page {
	struct search_hit *hits; size_t n;
	gboolean cut;               /* there are more, or looking was ended */
	int64_t left;               /* resources not in the index yet */
	int refused;                /* results in units that do not convert */
	const char *said;           /* what values were compared with, or NULL */
	GStringChunk *text;
};
/* The first `limit` (at most 200): patients by name, then the rest, the newest
 * first. Looking ends after patience_ms; page->cut says that it did. */
struct search_page *store_search(struct store *store,
    const struct search_query *query, int limit, int patience_ms,
    GError **error);
void search_page_free(struct search_page *page);
BASE_DEFINE_AUTO(search_page, search_page_free)

/* Puts up to `limit` resources more into the index, in one transaction; *left of
 * them remain (qingnang-sync, after ingest and when idle). */
gboolean store_search_index(struct store *store, int limit, int64_t *left,
    GError **error);
/* Bytes of the index; and of the text in it, 0 when not counted. For the bench. */
int64_t store_search_bytes(struct store *store);

#endif
