/* SPDX-License-Identifier: Apache-2.0 */
/* A candidate is read, proved by its own text, and cited: the line the first term
 * stands in, and where in it. */
#include "store/brief.h"
#include "store/entry.h"
#include "store/search_room.h"

#include <string.h>

enum { LINE_MAX_BYTES = 240, BEFORE_BYTES = 80 };

/* ---- the proof ----------------------------------------------------------- */

/* All terms, but what names a test; where the first stands. */
static gboolean
holds(struct finder *f, const char *text, size_t *from, size_t *to)
{
	const GPtrArray *terms = f->query->terms;
	guint first = f->query->test ? f->query->test_terms : 0;
	size_t a, b;

	*from = *to = 0;
	if (terms->len <= first)
		return TRUE;
	search_text_set(&f->text, text, strlen(text));
	if (!search_text_find(&f->text, terms->pdata[first], from, to))
		return FALSE;
	for (guint i = first + 1; i < terms->len; i++)
		if (!search_text_find(&f->text, terms->pdata[i], &a, &b))
			return FALSE;
	return TRUE;
}

static gboolean
in_time(const struct finder *f, int64_t ms)
{
	return ms >= f->query->since_ms && ms < f->query->before_ms;
}

static gboolean
in_set(GHashTable *set, int64_t n)
{
	return !set || touched(set, n);
}

/* ---- the citation -------------------------------------------------------- */

static size_t
char_start(const char *text, size_t at)
{
	while (at && ((unsigned char)text[at] & 0xc0) == 0x80)
		at--;
	return at;
}

/* The line of text around from, which begins and ends with whole characters. */
static void
cite(struct finder *f, struct search_hit *hit, const char *text, size_t from,
    size_t to)
{
	size_t start = from, end;

	while (start > 0 && text[start - 1] != '\n')
		start--;
	end = from + strcspn(text + from, "\n");
	if (end - start > LINE_MAX_BYTES && from - start > BEFORE_BYTES)
		start = char_start(text, from - BEFORE_BYTES);
	if (end - start > LINE_MAX_BYTES)
		end = char_start(text, start + LINE_MAX_BYTES);
	hit->line = g_string_chunk_insert_len(f->page->text, text + start,
	    (gssize)(end - start));
	hit->from_byte = MIN(from, end) - start;
	hit->to_byte = CLAMP(to, MIN(from, end), end) - start;
}

static gboolean
add(struct finder *f, struct search_hit *hit, int64_t patient, GError **error)
{
	if (!brief_get(f->store, patient, f->page->text, &hit->patient, error))
		return FALSE;
	g_array_append_vals(f->hits, hit, 1);
	return TRUE;
}

/* ---- messages ------------------------------------------------------------ */

static enum message_from
from_of(struct store *store, int64_t sender, const char *type)
{
	return me_is(store, sender) ? FROM_ME : search_sender_kind(type);
}

static gboolean
wanted(struct finder *f, const struct search_hit *hit, int64_t sender,
    const char *files)
{
	const struct search_query *q = f->query;

	return in_time(f, hit->when_ms) &&
	    (!q->from || q->from & 1u << hit->from) &&
	    in_set(f->senders, sender) &&
	    (!q->has || q->has & search_has_of(files));
}

/* A row less to read is a page less: what a patient is needs no more. */
static const char message_sql[] = "SELECT m.text, m.files, m.sent, m.sender,"
    " m.thread, m.about, m.id, CASE WHEN p.n IS NULL THEN"
    " (SELECT type FROM resource WHERE n = m.sender) ELSE 'Patient' END,"
    " coalesce(p.name, (SELECT words FROM named WHERE n = m.sender)),"
    " CASE WHEN c.n IS NULL THEN (SELECT patient FROM report"
    "  WHERE n = m.thread) ELSE c.patient END, c.n"
    " FROM message m LEFT JOIN patient p ON p.n = m.sender"
    " LEFT JOIN consult c ON c.n = m.thread"
    " WHERE m.n=?1 AND NOT m.flags & 3";

struct place { size_t from, to; };

/* Most candidates end here: little is read of them. *is: it is a message. */
static gboolean
message_holds(struct finder *f, int64_t n, gboolean *is, gboolean *yes,
    struct place *place, GError **error)
{
	static const char sql[] = "SELECT text, files, flags & 3 FROM message"
	    " WHERE n=?1";
	sqlite3_stmt *st = db_query(f->store, error, sql, "i", n);
	gboolean failed = st == NULL;

	*is = *yes = FALSE;
	if (st && db_row(f->store, st, &failed, error)) {
		const char *text = db_col(st, 0), *files = db_col(st, 1);
		g_autofree char *both = files && *files ?
		    search_message_text(text, files) : NULL;

		*is = TRUE;
		*yes = !sqlite3_column_int(st, 2) && holds(f, both ? both :
		    text, &place->from, &place->to);
	}
	db_done(st);
	return !failed;
}

static gboolean
message_row(struct finder *f, sqlite3_stmt *st, int64_t n,
    const struct place *place, GError **error)
{
	struct search_hit hit = { .kind = FOUND_MESSAGE, .message = { n },
		.when_ms = sqlite3_column_int64(st, 2) };
	g_autofree char *text = search_message_text(db_col(st, 0),
	    db_col(st, 1));
	int64_t patient = sqlite3_column_int64(st, 9);

	hit.from = from_of(f->store, sqlite3_column_int64(st, 3),
	    db_col(st, 7));
	hit.sender_name = text_keep(f->page->text, st, 8);
	if (!wanted(f, &hit, sqlite3_column_int64(st, 3), db_col(st, 1)) ||
	    !in_set(f->patients, patient))
		return TRUE;
	if (sqlite3_column_type(st, 10) != SQLITE_NULL)
		hit.consult.n = sqlite3_column_int64(st, 10);
	else
		hit.report.n = sqlite3_column_int64(st, 5);
	hit.ref = ref_keep(f->page->text, "Communication", st, 6);
	cite(f, &hit, text, place->from, place->to);
	return add(f, &hit, patient, error);
}

/* ---- topics and reports -------------------------------------------------- */

static gboolean
title_row(struct finder *f, sqlite3_stmt *st, int64_t n, enum found_kind kind,
    GError **error)
{
	struct search_hit hit = { .kind = kind,
		.when_ms = sqlite3_column_int64(st, 1) };
	int64_t patient = sqlite3_column_int64(st, 3);
	const char *text = db_col(st, 0);
	size_t from, to;

	if (!text || !in_time(f, hit.when_ms) ||
	    !in_set(f->patients, patient) || !holds(f, text, &from, &to))
		return TRUE;
	if (kind == FOUND_TOPIC)
		hit.consult.n = n;
	else
		hit.report.n = n;
	hit.ref = ref_keep(f->page->text, kind == FOUND_TOPIC ?
	    "Communication" : "DiagnosticReport", st, 2);
	cite(f, &hit, text, from, to);
	return add(f, &hit, patient, error);
}

static gboolean
title_try(struct finder *f, int64_t n, GError **error)
{
	static const char *const sql[] = {
		"SELECT complaint, sent, id, patient FROM consult WHERE n=?1"
		" AND (header OR loose) AND status IS NOT 'entered-in-error'",
		"SELECT name, issued, id, patient FROM report WHERE n=?1"
		" AND status IS NOT 'entered-in-error'",
	};
	static const enum found_kind kinds[] = { FOUND_TOPIC, FOUND_REPORT };
	gboolean failed = FALSE;

	if (f->query->from || f->query->from_name || f->query->has ||
	    f->query->op)
		return TRUE;
	for (size_t i = 0; i < G_N_ELEMENTS(sql) && !failed; i++) {
		sqlite3_stmt *st = db_query(f->store, error, sql[i], "i", n);

		failed = st == NULL;
		if (st && db_row(f->store, st, &failed, error))
			failed = !title_row(f, st, n, kinds[i], error);
		db_done(st);
	}
	return !failed;
}

/* ---- lines of a chart ---------------------------------------------------- */

struct value {
	int section;
	const char *test, *words, *value, *unit, *detail;
};

static const enum found_kind sections[CHART_SECTIONS_] = {
	[CHART_ALLERGIES] = FOUND_ALLERGY, [CHART_PROBLEMS] = FOUND_PROBLEM,
	[CHART_DRUGS] = FOUND_DRUG, [CHART_RESULTS] = FOUND_RESULT,
	[CHART_OTHER] = FOUND_ENTRY, [CHART_VISITS] = FOUND_VISIT,
	[CHART_DOCUMENTS] = FOUND_DOCUMENT, [CHART_INTAKE] = FOUND_ENTRY,
	[CHART_VACCINES] = FOUND_ENTRY, [CHART_CONTRACT] = FOUND_ENTRY,
	[CHART_COVERAGE] = FOUND_ENTRY, [CHART_PROCEDURES] = FOUND_ENTRY,
	[CHART_FLAGS] = FOUND_ENTRY,
};

static gboolean
passes(enum search_op op, int order)
{
	switch (op) {
	case SEARCH_MORE:
		return order > 0;
	case SEARCH_MORE_EQUAL:
		return order >= 0;
	case SEARCH_LESS:
		return order < 0;
	case SEARCH_LESS_EQUAL:
		return order <= 0;
	default:
		return order == 0;
	}
}

/* Of whatever is called so, in the unit that it has. */
static gboolean
compares_plainly(const struct search_query *q, const struct value *v)
{
	g_autofree char *fold = v->unit ? base_text_fold(v->unit) : NULL;
	int order;

	return fhir_decimal_compare(v->value, q->number, &order) &&
	    (!q->unit || (fold && g_str_has_prefix(fold, q->unit))) &&
	    passes(q->op, order);
}

static gboolean
compares(struct finder *f, const struct value *v, struct search_hit *hit)
{
	const struct search_query *q = f->query;
	g_autofree char *as = NULL;
	int order;

	if (v->section != CHART_RESULTS || hit->status == ENTRY_CANCELLED ||
	    !search_is_value(v->value, v->detail))
		return FALSE;
	if (!q->test)
		return compares_plainly(q, v);
	if (!search_test_is(q->test, v->test, v->words))
		return FALSE;
	if (!q->test->order(q->test, v->test, v->value, v->unit, &order,
	    &as)) {
		f->page->refused++;
		return FALSE;
	}
	if (as)
		hit->as = g_string_chunk_insert(f->page->text, as);
	return passes(q->op, order);
}

/* The line says the value too, whatever of it was looked through. */
static char *
entry_line(sqlite3_stmt *st)
{
	const char *words = db_col(st, 1), *detail = db_col(st, 2);

	return g_strconcat(words ? words : "", detail ? " " : NULL, detail,
	    NULL);
}

static void
entry_cite(struct finder *f, struct search_hit *hit, sqlite3_stmt *st,
    size_t from, size_t to)
{
	g_autofree char *line = entry_line(st);
	const char *value = f->query->op ? db_col(st, 3) : NULL;
	size_t words = db_col(st, 1) ? strlen(db_col(st, 1)) : 0;
	const char *at = value ? strstr(line + words, value) : NULL;

	if (at) {
		from = (size_t)(at - line);
		to = from + strlen(value);
	}
	cite(f, hit, line, from, to);
}

/* The report a result belongs to. */
static gboolean
report_of(struct finder *f, int64_t n, struct report_id *out, GError **error)
{
	static const char sql[] = "SELECT a FROM link WHERE b=?1 AND kind=4"
	    " UNION ALL SELECT n FROM report WHERE n=?1 LIMIT 1";

	return db_int(f->store, error, 0, &out->n, sql, "i", n);
}

static const char entry_sql[] = "SELECT e.section, coalesce(e.words, w.words),"
    " e.detail, e.value, e.unit, e.status, e.date_ms, e.date, e.patient,"
    " r.type, r.id, e.test, e.ucum FROM entry e LEFT JOIN named w ON w.n = e.drug"
    " LEFT JOIN resource r ON r.n = e.e / 256 WHERE e.e=?1 AND e.status<>?2";

static gboolean
entry_row(struct finder *f, sqlite3_stmt *st, int64_t n, GError **error)
{
	int section = CLAMP(sqlite3_column_int(st, 0), 0, CHART_SECTIONS_ - 1);
	struct search_hit hit = { .kind = sections[section],
		.status = (enum entry_status)sqlite3_column_int(st, 5),
		.when_ms = sqlite3_column_int64(st, 6) };
	int64_t patient = sqlite3_column_int64(st, 8);
	g_autofree char *text = search_entry_text(section, db_col(st, 1),
	    db_col(st, 2), db_col(st, 3));
	const struct value value = { section, db_col(st, 11), db_col(st, 1),
		db_col(st, 3), db_col(st, 12) ? db_col(st, 12) :
		db_col(st, 4), db_col(st, 2) };
	size_t from, to;

	if (!in_time(f, hit.when_ms) || !in_set(f->patients, patient) ||
	    !holds(f, text, &from, &to) || (f->query->op &&
	    !compares(f, &value, &hit)))
		return TRUE;
	hit.date = text_keep(f->page->text, st, 7);
	if (db_col(st, 9))
		hit.ref = ref_keep(f->page->text, db_col(st, 9), st, 10);
	entry_cite(f, &hit, st, from, to);
	return report_of(f, n, &hit.report, error) &&
	    add(f, &hit, patient, error);
}

static gboolean
entry_try(struct finder *f, int64_t e, GError **error)
{
	sqlite3_stmt *st;
	gboolean failed;

	if (f->query->from || f->query->from_name || f->query->has)
		return TRUE;
	st = db_query(f->store, error, entry_sql, "ii", e,
	    (int64_t)ENTRY_ENTERED_IN_ERROR);
	failed = st == NULL;
	if (st && db_row(f->store, st, &failed, error))
		failed = !entry_row(f, st, e / ENTRY_PARTS, error);
	db_done(st);
	return !failed;
}

/* ---- the whole ----------------------------------------------------------- */

static gboolean
message_try(struct finder *f, int64_t n, gboolean *is, GError **error)
{
	struct place place;
	sqlite3_stmt *st;
	gboolean failed, yes;

	if (!message_holds(f, n, is, &yes, &place, error))
		return FALSE;
	if (!yes)
		return TRUE;
	st = db_query(f->store, error, message_sql, "i", n);
	failed = st == NULL;
	if (st && db_row(f->store, st, &failed, error))
		failed = !message_row(f, st, n, &place, error);
	db_done(st);
	return !failed;
}

gboolean
search_hit_try(struct finder *f, int64_t what, GError **error)
{
	int64_t n = what / ENTRY_PARTS;
	gboolean is = FALSE;

	if (what % ENTRY_PARTS == SEARCH_TITLE)
		return title_try(f, n, error);
	if (what % ENTRY_PARTS == SEARCH_NAMES)
		return TRUE;
	if (what % ENTRY_PARTS == 0 && !f->query->op &&
	    !message_try(f, n, &is, error))
		return FALSE;
	return is || entry_try(f, what, error);
}

/* By an identifier it is found by, that is said beside the name. */
static char *
identifier_of(struct finder *f, int64_t patient)
{
	static const char sql[] = "SELECT word FROM name_word WHERE patient=?1"
	    " AND kind=2 AND word>=?2 AND word<?3 LIMIT 1";
	const char *term = f->query->terms->pdata[0];
	g_autofree char *end = g_strconcat(term, "\xf4\x8f\xbf\xbf", NULL);

	return db_text(f->store, NULL, sql, "iss", patient, term, end);
}

gboolean
search_hit_patient(struct finder *f, int64_t patient, GError **error)
{
	struct search_hit hit = { .kind = FOUND_PATIENT };
	g_autofree char *id = NULL, *line = NULL;
	const char *term = f->query->terms->pdata[0];
	size_t from = 0, to = 0, name;

	if (!brief_get(f->store, patient, f->page->text, &hit.patient, error))
		return FALSE;
	name = hit.patient.name ? strlen(hit.patient.name) : 0;
	search_text_set(&f->text, name ? hit.patient.name : "", name);
	if (!search_text_find(&f->text, term, &from, &to)) {
		id = identifier_of(f, patient);
		from = name + 1;
		to = id ? from + strlen(term) : from;
	}
	line = g_strconcat(name ? hit.patient.name : "", id ? " " : NULL, id,
	    NULL);
	if (from > strlen(line))
		from = to = 0;
	cite(f, &hit, line, from, to);
	if (hit.patient.fhir_id) {
		g_autofree char *ref = g_strconcat("Patient/",
		    hit.patient.fhir_id, NULL);
		hit.ref = g_string_chunk_insert(f->page->text, ref);
	}
	g_array_append_val(f->hits, hit);
	return TRUE;
}

/* ---- shown --------------------------------------------------------------- */

/* A blank at an end is a blank of the line. */
static char *
shown(const char *text, gssize len)
{
	return g_strdelimit(base_text_show(text, len, BASE_MANY_LINES), "\n",
	    ' ');
}

void
search_hit_show(const struct search_hit *hit, char *part[SEARCH_PARTS])
{
	part[SEARCH_BEFORE] = shown(hit->line, (gssize)hit->from_byte);
	part[SEARCH_FOUND] = shown(hit->line + hit->from_byte,
	    (gssize)(hit->to_byte - hit->from_byte));
	part[SEARCH_BEHIND] = shown(hit->line + hit->to_byte, -1);
	if (hit->as) {
		g_autofree char *line = part[SEARCH_BEHIND];
		g_autofree char *as = shown(hit->as, -1);

		part[SEARCH_BEHIND] = g_strdup_printf("%s (≈ %s)", line, as);
	}
}
