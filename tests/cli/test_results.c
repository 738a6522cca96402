/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reader's check: what `qingnang results` says of thirty invented charts is
 * worked out anew from the FHIR JSON the clinic stores, by SQL over its database,
 * and every number, unit, mark, range, date, value before and change is compared,
 * in the JSON and in the lines.
 *
 * And the result lane end to end (F42): acknowledged with and without a Task,
 * explained and recalled offline, sent once, and what the clinic has afterwards;
 * a second cache finds nothing owed.
 */
#include "tests/tap.h"
#include "tests/cli/run.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define P "--profile", "p"
enum { CHARTS = 30 };

static struct home *
home_here(void)
{
	struct home *h = home_new();

	/* The leak checker traces, and behind the filter nobody does. */
	home_env(h, "ASAN_OPTIONS", "detect_leaks=0");
	return h;
}

static sqlite3 *
clinic_db(struct home *h)
{
	g_autofree char *path = g_build_filename(h->dir, "clinic.db", NULL);
	sqlite3 *db;

	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY,
	    NULL), SQLITE_OK);
	return db;
}

/* ---- what the clinic stores --------------------------------------------- */

/* Of one patient, by test and time, the newest first; BP is its two components.
 * Seeded values are quantities with one coding; nothing else is read here. */
static const char oracle[] = "WITH o AS (SELECT CAST(v.body AS TEXT) AS j"
    " FROM res r JOIN version v ON v.num = r.cur WHERE r.type='Observation'"
    " AND NOT r.deleted) SELECT j->>'$.code.coding[0].code',"
    " j->>'$.code.text', coalesce(j->'$.valueQuantity.value',"
    "  (j->'$.component[0].valueQuantity.value') || '/' ||"
    "  (j->'$.component[1].valueQuantity.value')),"
    " coalesce(j->>'$.valueQuantity.unit',"
    "  trim(j->>'$.valueQuantity.code', '{}'), j->>'$.component[0].valueQuantity.unit'),"
    " j->>'$.effectiveDateTime', j->>'$.interpretation[0].coding[0].code',"
    " j->'$.referenceRange[0].low.value',"
    " j->'$.referenceRange[0].high.value', j->>'$.referenceRange[0].type.text',"
    " date(j->>'$.effectiveDateTime', '+8 hours'),"
    " 'Observation/' || (j->>'$.id')"
    " FROM o WHERE j->>'$.subject.reference' = 'Patient/' || ?1"
    " AND j->>'$.status' NOT IN ('entered-in-error', 'cancelled')"
    " ORDER BY 1, julianday(j->>'$.effectiveDateTime') DESC";

enum { CODE, NAME, VALUE, UNIT, WHEN, MARK, LOW, HIGH, MEANING, DAY, REF,
	FIELDS_ };
struct expected { char *f[FIELDS_]; };

static void
expected_clear(void *p)
{
	for (int i = 0; i < FIELDS_; i++)
		g_free(((struct expected *)p)->f[i]);
}

static GArray *
expected_of(sqlite3 *db, const char *patient)
{
	GArray *all = g_array_new(FALSE, TRUE, sizeof(struct expected));
	sqlite3_stmt *st;

	g_array_set_clear_func(all, expected_clear);
	assert_int_equal(sqlite3_prepare_v2(db, oracle, -1, &st, NULL),
	    SQLITE_OK);
	sqlite3_bind_text(st, 1, patient, -1, SQLITE_STATIC);
	while (sqlite3_step(st) == SQLITE_ROW) {
		struct expected e = { { NULL } };

		for (int i = 0; i < FIELDS_; i++)
			e.f[i] = g_strdup((const char *)
			    sqlite3_column_text(st, i));
		g_array_append_val(all, e);
	}
	sqlite3_finalize(st);
	return all;
}

/* ---- compared ----------------------------------------------------------- */

static int compared; /* fields */

static void
same(const char *patient, const struct expected *e, const char *what,
    const char *said, const char *wanted)
{
	if (g_strcmp0(said, wanted) != 0)
		fail_msg("%s %s (%s): %s is “%s”, not “%s”", patient,
		    e->f[NAME], e->f[REF], what, said, wanted);
	compared++;
}

static char *
range_of(const struct expected *e)
{
	char *bounds = e->f[LOW] && e->f[HIGH] ? g_strconcat(e->f[LOW], "–",
	    e->f[HIGH], NULL) : e->f[LOW] ? g_strconcat("≥ ", e->f[LOW], NULL)
	    : e->f[HIGH] ? g_strconcat("≤ ", e->f[HIGH], NULL) : NULL;

	if (bounds && e->f[MEANING]) {
		char *more = g_strdup_printf("%s (%s)", bounds,
		    e->f[MEANING]);

		g_free(bounds);
		return more;
	}
	return bounds;
}

/* By doubles, where the program has decimals. */
static char *
one_change(const char *now, const char *before)
{
	const char *a = strchr(now, '.'), *b = strchr(before, '.');
	int digits = (int)MAX(a ? strlen(a + 1) : 0, b ? strlen(b + 1) : 0);
	double change = g_ascii_strtod(now, NULL) -
	    g_ascii_strtod(before, NULL);
	g_autofree char *size = NULL;

	size = g_strdup_printf("%.*f", digits, ABS(change));
	if (strspn(size, "0.") == strlen(size))
		return g_strdup("±0");
	return g_strconcat(change > 0 ? "+" : "−", size, NULL);
}

/* Of blood pressures both. */
static char *
change_of(const char *now, const char *before)
{
	const char *a = now ? strchr(now, '/') : NULL;
	const char *b = before ? strchr(before, '/') : NULL;
	g_autofree char *high = NULL, *low = NULL, *now_high = NULL,
	    *before_high = NULL;

	if (!a || !b)
		return one_change(now, before);
	now_high = g_strndup(now, (gsize)(a - now));
	before_high = g_strndup(before, (gsize)(b - before));
	high = one_change(now_high, before_high);
	low = one_change(a + 1, b + 1);
	return g_strconcat(high, "/", low, NULL);
}

static const char *
arrow_of(const char *mark)
{
	static const struct { const char *code, *arrow; } arrows[] = {
		{ "HH", " ↑↑" }, { "LL", " ↓↓" }, { "H", " ↑" },
		{ "L", " ↓" }, { "N", "" },
	};

	for (size_t i = 0; mark && i < G_N_ELEMENTS(arrows); i++)
		if (strcmp(arrows[i].code, mark) == 0)
			return arrows[i].arrow;
	return "";
}

static const fhir_node *
test_of(const fhir_node *tests, const char *ref)
{
	for (size_t i = 0; i < fhir_count(tests, "tests"); i++) {
		const fhir_node *t = fhir_at(tests, "tests", i);

		if (g_strcmp0(fhir_text(t, "now.ref"), ref) == 0)
			return t;
	}
	return NULL;
}

static void
check_json(const char *patient, const fhir_node *all, const struct expected *e,
    const struct expected *before)
{
	const fhir_node *t = test_of(all, e->f[REF]);
	g_autofree char *range = range_of(e), *change = NULL;

	if (!t)
		fail_msg("%s: %s %s is not there", patient, e->f[NAME],
		    e->f[REF]);
	same(patient, e, "name", fhir_text(t, "name"), e->f[NAME]);
	same(patient, e, "value", fhir_text(t, "now.value"), e->f[VALUE]);
	same(patient, e, "unit", fhir_text(t, "now.unit"), e->f[UNIT]);
	same(patient, e, "date", fhir_text(t, "now.date"), e->f[WHEN]);
	same(patient, e, "mark", fhir_text(t, "now.interpretation"),
	    e->f[MARK]);
	same(patient, e, "range", fhir_text(t, "now.reference_range"), range);
	same(patient, e, "before", fhir_text(t, "before.value"), before ?
	    before->f[VALUE] : NULL);
	same(patient, e, "its date", fhir_text(t, "before.date"), before ?
	    before->f[WHEN] : NULL);
	change = before ? change_of(e->f[VALUE], before->f[VALUE]) : NULL;
	same(patient, e, "change", fhir_text(t, "change"), change);
}

/* The line of a test begins with its name. */
static char *
line_of(const char *out, const char *name)
{
	g_auto(GStrv) lines = g_strsplit(out, "\n", -1);
	g_autofree char *start = base_text_fit(name, 24);

	for (char **l = lines; *l; l++)
		if (g_str_has_prefix(*l, start))
			return g_strdup(*l);
	return NULL;
}

static void
check_line(const char *patient, const char *out, const struct expected *e,
    const struct expected *before)
{
	g_autofree char *line = line_of(out, e->f[NAME]);
	g_autofree char *range = range_of(e), *change = NULL;
	g_autofree char *value = g_strdup_printf("%s%s%s%s", e->f[VALUE],
	    e->f[UNIT] ? " " : "", e->f[UNIT] ? e->f[UNIT] : "",
	    arrow_of(e->f[MARK]));
	g_autofree char *bracket = range ? g_strdup_printf("(%s)", range) :
	    NULL;
	g_autofree char *was = before ? g_strdup_printf("was %s",
	    before->f[VALUE]) : NULL;
	const char *wanted[] = { value, e->f[DAY], bracket, was,
		before ? before->f[DAY] : NULL };

	if (!line)
		fail_msg("%s: no line of %s", patient, e->f[NAME]);
	for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++) {
		if (wanted[i] && !strstr(line, wanted[i]))
			fail_msg("%s: “%s” is not in: %s", patient, wanted[i],
			    line);
		compared += wanted[i] != NULL;
	}
	change = before ? change_of(e->f[VALUE], before->f[VALUE]) : NULL;
	if (change && !strstr(line, change))
		fail_msg("%s: %s is not in: %s", patient, change, line);
}

static void
check_patient(struct home *h, sqlite3 *db, const char *patient)
{
	g_autoptr(GArray) all = expected_of(db, patient);
	BASE_AUTO(fhir_doc) doc = NULL;
	const fhir_node *root;
	size_t tests = 0;

	assert_int_equal(home_run(h, NULL, P, "results", patient, "--json",
	    NULL), 0);
	doc = home_json(h);
	root = fhir_get(fhir_root(doc), "all");
	root = root ? root : fhir_root(doc);
	assert_int_equal(home_run(h, NULL, P, "results", patient, NULL), 0);
	for (guint i = 0; i < all->len; i++) {
		const struct expected *e = &g_array_index(all,
		    struct expected, i);
		const struct expected *next = i + 1 < all->len ?
		    &g_array_index(all, struct expected, i + 1) : NULL;

		if (i > 0 && strcmp(e->f[CODE], g_array_index(all,
		    struct expected, i - 1).f[CODE]) == 0)
			continue;
		if (next && strcmp(next->f[CODE], e->f[CODE]) != 0)
			next = NULL;
		check_json(patient, root, e, next);
		check_line(patient, h->out, e, next);
		tests++;
	}
	/* And nothing that is not there. */
	assert_int_equal(fhir_count(root, "tests"), tests);
}

/* The newest of each year, by the day in the hospital's zone; a quotient of
 * doubles where the program divides decimals. */
static const fhir_node *
year_of(const fhir_node *root, const char *ref)
{
	for (size_t i = 0; i < fhir_count(root, "tests"); i++) {
		const fhir_node *t = fhir_at(root, "tests", i);

		for (size_t k = 0; k < fhir_count(t, "years"); k++) {
			const fhir_node *y = fhir_at(t, "years", k);

			if (g_strcmp0(fhir_text(y, "entry.ref"), ref) == 0)
				return y;
		}
	}
	return NULL;
}

static void
check_percent(const char *patient, const struct expected *e,
    const struct expected *before, const fhir_node *said)
{
	double now = g_ascii_strtod(e->f[VALUE], NULL);
	double was = g_ascii_strtod(before->f[VALUE], NULL);
	const char *percent = fhir_text(said, "percent");
	double read, truth = (now - was) / was * 100;

	if (strchr(e->f[VALUE], '/'))
		return;
	assert_non_null(percent);
	read = g_ascii_strtod(percent + strcspn(percent, "0123456789"), NULL);
	if (strstr(percent, "−"))
		read = -read;
	if (ABS(read - truth) > 0.051)
		fail_msg("%s %s: %s, not %.3f", patient, e->f[NAME], percent,
		    truth);
	compared++;
}

static gboolean
same_year(const struct expected *a, const struct expected *b)
{
	return strcmp(a->f[CODE], b->f[CODE]) == 0 &&
	    strncmp(a->f[DAY], b->f[DAY], 4) == 0;
}

static void
check_years(struct home *h, sqlite3 *db, const char *patient)
{
	g_autoptr(GArray) all = expected_of(db, patient);
	BASE_AUTO(fhir_doc) doc = NULL;
	const fhir_node *root;

	assert_int_equal(home_run(h, NULL, P, "results", patient, "--years",
	    "--json", NULL), 0);
	doc = home_json(h);
	root = fhir_get(fhir_root(doc), "all");
	for (guint i = 0; i < all->len; i++) {
		const struct expected *e = &g_array_index(all,
		    struct expected, i), *before = NULL;
		const fhir_node *said;

		if (i > 0 && same_year(e, e - 1))
			continue; /* an older one of that year */
		for (guint k = i + 1; k < all->len && !before &&
		    strcmp(e[k - i].f[CODE], e->f[CODE]) == 0; k++)
			if (!same_year(e, &e[k - i]))
				before = &e[k - i];
		said = year_of(root, e->f[REF]);
		if (!before || atoi(before->f[DAY]) < 2022)
			continue;
		if (!said)
			fail_msg("%s: %s of %s is not there", patient,
			    e->f[NAME], e->f[DAY]);
		check_percent(patient, e, before, said);
	}
}

/* What is graver stands before what is less so. */
static void
check_order(struct home *h, const char *patient)
{
	BASE_AUTO(fhir_doc) doc = NULL;
	const fhir_node *root;
	int last = 0;

	assert_int_equal(home_run(h, NULL, P, "results", patient, "--json",
	    NULL), 0);
	doc = home_json(h);
	root = fhir_get(fhir_root(doc), "all");
	root = root ? root : fhir_root(doc);
	for (size_t i = 0; i < fhir_count(root, "tests"); i++) {
		const fhir_node *t = fhir_at(root, "tests", i);
		int rank = fhir_bool(t, "critical") == 1 ? 0 :
		    fhir_bool(t, "out_of_range") == 1 ? 1 : 2;

		assert_true(rank >= last);
		last = rank;
	}
}

static GPtrArray *
patients_of(sqlite3 *db)
{
	static const char sql[] = "SELECT id FROM res WHERE type='Patient' AND"
	    " NOT deleted AND id NOT LIKE '%-old' ORDER BY num";
	GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
	sqlite3_stmt *st;

	sqlite3_prepare_v2(db, sql, -1, &st, NULL);
	while (sqlite3_step(st) == SQLITE_ROW)
		g_ptr_array_add(ids, g_strdup((const char *)
		    sqlite3_column_text(st, 0)));
	sqlite3_finalize(st);
	return ids;
}

static void
thirty_charts(void **state)
{
	struct home *h = home_here();
	g_autoptr(GPtrArray) ids = NULL;
	sqlite3 *db;
	int charts = 0;

	home_env(h, "TZ", "Asia/Shanghai");
	home_clinic(h, "--seed", "11", "--patients", "40",
	    "--pace", "0", "--db", "clinic.db", NULL);
	assert_int_equal(home_login(h, "p", NULL), 0);
	assert_int_equal(home_run(h, NULL, P, "sync", "--once", NULL), 0);
	db = clinic_db(h);
	ids = patients_of(db);
	for (guint i = 0; i < ids->len && charts < CHARTS; i++) {
		/* Who has nothing of mine has no chart here. */
		if (home_run(h, NULL, P, "results", ids->pdata[i], NULL) != 0 ||
		    strstr(h->err, "not loaded"))
			continue;
		check_patient(h, db, ids->pdata[i]);
		check_order(h, ids->pdata[i]);
		check_years(h, db, ids->pdata[i]);
		charts++;
	}
	print_message("# %d charts, %d fields compared\n", charts, compared);
	assert_int_equal(charts, CHARTS);
	assert_true(compared > CHARTS * 50);
	sqlite3_close(db);
	home_clinic_stop(h);
	home_free(h);
}

/* ---- the lane, end to end ----------------------------------------------- */

#define ME "Practitioner/practice-doctor"

/* A result with one value; with a Task to me about it where it is wanted. */
static void
result_write(GString *out, const char *id, gboolean with_task)
{
	g_string_append_printf(out, "%s{\"resource\":{\"resourceType\":"
	    "\"Observation\",\"id\":\"o-%s\",\"status\":\"final\",\"code\":"
	    "{\"text\":\"Z-%s\"},\"subject\":{\"reference\":\"Patient/rp\"},"
	    "\"effectiveDateTime\":\"2026-01-02\",\"valueQuantity\":{"
	    "\"value\":7.20,\"unit\":\"%%\"}}},{\"resource\":{"
	    "\"resourceType\":\"DiagnosticReport\",\"id\":\"%s\",\"status\":"
	    "\"final\",\"code\":{\"text\":\"R-%s\"},\"subject\":{"
	    "\"reference\":\"Patient/rp\"},\"issued\":"
	    "\"2026-01-02T10:00:00Z\",\"resultsInterpreter\":[{"
	    "\"reference\":\"" ME "\"}],\"result\":[{\"reference\":"
	    "\"Observation/o-%s\"}]}}", out->len ? "," : "", id, id, id, id,
	    id);
	if (with_task)
		g_string_append_printf(out, ",{\"resource\":{"
		    "\"resourceType\":\"Task\",\"id\":\"t-%s\",\"status\":"
		    "\"requested\",\"intent\":\"order\",\"focus\":{"
		    "\"reference\":\"DiagnosticReport/%s\"},\"for\":{"
		    "\"reference\":\"Patient/rp\"},\"owner\":{\"reference\":"
		    "\"" ME "\"},\"authoredOn\":\"2026-01-02T10:00:00Z\"}}",
		    id, id);
}

static void
results_write(struct home *h)
{
	g_autoptr(GString) out = g_string_new(NULL);
	g_autofree char *dir = g_build_filename(h->dir, "load", NULL);
	g_autofree char *bundle = NULL, *path = NULL;

	result_write(out, "task", TRUE);
	result_write(out, "plain", FALSE);
	result_write(out, "back", FALSE);
	result_write(out, "told", TRUE);
	result_write(out, "both", TRUE);
	bundle = g_strdup_printf("{\"resourceType\":\"Bundle\",\"type\":"
	    "\"collection\",\"entry\":[{\"resource\":{\"resourceType\":"
	    "\"Patient\",\"id\":\"rp\",\"name\":[{\"text\":\"Rp\"}]}},%s]}",
	    out->str);
	g_mkdir(dir, 0700);
	path = home_write(h, "load/results.json", bundle);
}

static gboolean
in_lane(struct home *h, const char *profile, const char *id)
{
	g_autofree char *ref = g_strdup_printf("\"DiagnosticReport/%s\"", id);

	assert_int_equal(home_run(h, NULL, "--profile", profile, "queue",
	    "--json", NULL), 0);
	return strstr(h->out, ref) != NULL;
}

static int64_t
count_of(sqlite3 *db, const char *what)
{
	g_autofree char *sql = g_strdup_printf("SELECT count(*) FROM (SELECT"
	    " r.type AS type, r.id AS id, r.vcount AS vcount,"
	    " CAST(v.body AS TEXT) AS j FROM res r JOIN version v ON v.num ="
	    " r.cur WHERE NOT r.deleted) WHERE %s", what);
	sqlite3_stmt *st;
	int64_t n;

	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
		fail_msg("%s", sqlite3_errmsg(db));
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

#define ABOUT(id) "type='Communication' AND j->>'$.about[0].reference' =" \
	" 'DiagnosticReport/" id "'"

static void
sync_once(struct home *h, const char *profile)
{
	assert_int_equal(home_run(h, NULL, "--profile", profile, "sync",
	    "--once", NULL), 0);
}

static void
what_the_clinic_has(sqlite3 *db)
{
	/* Completed behind its version, once; and nothing said besides. */
	assert_int_equal(count_of(db, "type='Task' AND id='t-task' AND vcount=2"
	    " AND j->>'$.status'='completed'"), 1);
	assert_int_equal(count_of(db, ABOUT("task")), 0);
	/* Nobody's Task: an acknowledgement that the patient does not get. */
	assert_int_equal(count_of(db, ABOUT("plain") " AND"
	    " j->>'$.status'='completed' AND j NOT LIKE '%Patient/rp\"}]%'"),
	    1);
	assert_int_equal(count_of(db, ABOUT("plain")), 1);
	/* Asked back until a day. */
	assert_int_equal(count_of(db, ABOUT("back") " AND"
	    " j->>'$.recipient[0].reference'='Patient/rp'"), 1);
	assert_int_equal(count_of(db, "type='Task' AND"
	    " j->>'$.focus.reference'='DiagnosticReport/back' AND"
	    " j->>'$.restriction.period.end'='2099-12-07' AND"
	    " j->>'$.owner.reference'='Patient/rp'"), 1);
	/* Explained: both; and the reply names what it quotes. */
	assert_int_equal(count_of(db, ABOUT("told") " AND"
	    " j->>'$.payload[0].contentString'="
	    "'Z-told 7.20 % (2026-01-02) is well.' AND"
	    " j->>'$.about[1].reference'='Observation/o-told' AND"
	    " j->>'$.about[1].display'='Z-told 7.20 % (2026-01-02)'"), 1);
	assert_int_equal(count_of(db, "type='Task' AND id='t-told' AND"
	    " j->>'$.status'='completed'"), 1);
	/* Both devices acknowledged it: one of them was the first. */
	assert_int_equal(count_of(db, "type='Task' AND id='t-both' AND vcount=2"
	    " AND j->>'$.status'='completed'"), 1);
}

static void
lane(void **state)
{
	static const char *const ids[] = { "task", "plain", "back", "told",
		"both" };
	struct home *h = home_here();
	sqlite3 *db;

	results_write(h);
	home_clinic(h, "--seed", "7", "--patients", "2", "--pace", "0", "--db",
	    "clinic.db", "--load", "load", NULL);
	assert_int_equal(home_login(h, "p", NULL), 0);
	assert_int_equal(home_login(h, "q", NULL), 0);
	sync_once(h, "p");
	sync_once(h, "q");
	for (size_t i = 0; i < G_N_ELEMENTS(ids); i++)
		assert_true(in_lane(h, "p", ids[i]));
	/* Nothing of it needs the server. */
	assert_int_equal(home_run(h, NULL, P, "ack", "DiagnosticReport/task",
	    "--json", NULL), 0);
	assert_non_null(strstr(h->out, "\"owed\": false"));
	assert_int_equal(home_run(h, NULL, P, "ack", "plain", NULL), 0);
	assert_int_equal(home_run(h, NULL, P, "ack", "both", NULL), 0);
	assert_int_equal(home_run(h, NULL, P, "recall", "back", "2099-12-07",
	    "-m", "Please come.", NULL), 0);
	assert_int_equal(home_run(h, "@z-t is well.\n", P, "reply", "told",
	    "--facts", NULL), BASE_EXIT_USAGE); /* -task and -told */
	assert_int_equal(home_run(h, "@q is well.\n", P, "reply", "told",
	    "--facts", NULL), BASE_EXIT_USAGE);
	assert_int_equal(home_run(h, "@z-told is well.\n", P, "reply", "told",
	    "--facts", NULL), 0);
	for (size_t i = 0; i < G_N_ELEMENTS(ids); i++)
		assert_false(in_lane(h, "p", ids[i]));
	assert_int_equal(home_run(h, NULL, P, "status", "--format", "{unsent}",
	    NULL), 0);
	assert_string_equal(h->out, "7\n");
	/* The other device is quicker with one of them. */
	assert_int_equal(home_run(h, NULL, "--profile", "q", "ack", "both",
	    NULL), 0);
	sync_once(h, "q");
	for (int i = 0; i < 2; i++) {
		sync_once(h, "p");
		db = clinic_db(h);
		what_the_clinic_has(db);
		sqlite3_close(db);
	}
	assert_int_equal(home_run(h, NULL, P, "status", "--format",
	    "{unsent} {failed}", NULL), 0);
	assert_string_equal(h->out, "0 0\n");
	sync_once(h, "q");
	for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
		assert_false(in_lane(h, "p", ids[i]));
		assert_false(in_lane(h, "q", ids[i]));
	}
	home_clinic_stop(h);
	home_free(h);
}

static void
bad_words(void **state)
{
	struct home *h = home_here();

	results_write(h);
	home_clinic(h, "--seed", "7", "--patients", "1", "--pace", "0",
	    "--load", "load", NULL);
	assert_int_equal(home_login(h, "p", NULL), 0);
	sync_once(h, "p");
	assert_int_equal(home_run(h, NULL, P, "ack", NULL), BASE_EXIT_USAGE);
	assert_int_equal(home_run(h, NULL, P, "ack", "nobody", NULL),
	    BASE_EXIT_NOT_FOUND);
	assert_int_equal(home_run(h, NULL, P, "recall", "back", "yesterday",
	    NULL), BASE_EXIT_USAGE);
	assert_int_equal(home_run(h, NULL, P, "recall", "back", "2020-01-01",
	    NULL), BASE_EXIT_USAGE);
	assert_true(in_lane(h, "p", "back"));
	assert_int_equal(home_run(h, NULL, P, "results", "nobody", NULL),
	    BASE_EXIT_NOT_FOUND);
	assert_int_equal(home_run(h, NULL, P, "results", "rp", "nothing",
	    NULL), BASE_EXIT_NOT_FOUND);
	assert_int_equal(home_run(h, NULL, P, "results", "rp", "z-back",
	    NULL), 0);
	assert_non_null(strstr(h->out, "Z-back 7.20 % on 2026-01-02"));
	assert_non_null(strstr(h->out, "\n2026-01-02  7.20 %"));
	assert_int_equal(home_run(h, NULL, P, "home", "--days", "0", NULL),
	    BASE_EXIT_USAGE);
	assert_int_equal(home_run(h, NULL, P, "home", "--json", NULL), 0);
	home_clinic_stop(h);
	home_free(h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(thirty_charts), cmocka_unit_test(lane),
		cmocka_unit_test(bad_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
