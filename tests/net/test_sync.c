/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves a whole round, engine and store and all, against a server that is
 * small, honest where it may be, and wrong where the case says so: what comes in
 * is there, what is bad is refused without harm, a reply goes out once whatever
 * happens to its answer, and nothing goes out under another doctor's login.
 */
#include "tests/tap.h"
#include <glib/gstdio.h>
#include <stdio.h>
#include "net/engine.h"
#include "net/error.h"
#include "net/provenance.h"
#include "net/pull.h"
#include "store/rx.h"
#include "tests/net/server.h"

#define STAMP(v) "\"meta\":{\"versionId\":\"" v "\",\"lastUpdated\":" \
	"\"2026-11-22T10:00:0" v "Z\"}"
#define HEADER "{\"resourceType\":\"Communication\",\"id\":\"h1\"," STAMP("1") \
	",\"status\":\"in-progress\",\"subject\":{\"reference\":\"Patient/p1\"}," \
	"\"topic\":{\"text\":\"headache\"},\"recipient\":[{\"reference\":" \
	"\"Practitioner/1\"},{\"reference\":\"Patient/p1\"}]}"
#define MESSAGE "{\"resourceType\":\"Communication\",\"id\":\"m1\"," STAMP("2") \
	",\"status\":\"completed\",\"partOf\":[{\"reference\":" \
	"\"Communication/h1\"}],\"subject\":{\"reference\":\"Patient/p1\"}," \
	"\"sender\":{\"reference\":\"Patient/p1\"},\"recipient\":[{\"reference\":" \
	"\"Practitioner/1\"}],\"sent\":\"2026-11-22T09:00:00Z\",\"payload\":[{" \
	"\"contentString\":\"it hurts\"}],\"extension\":[{\"url\":\"urn:x\"," \
	"\"valueDecimal\":0.10}]}"
#define PATIENT "{\"resourceType\":\"Patient\",\"id\":\"p1\"," STAMP("3") \
	",\"name\":[{\"text\":\"Zhang San\"}]}"
#define DOCTOR "{\"resourceType\":\"Practitioner\",\"id\":\"1\"," STAMP("1") \
	",\"name\":[{\"text\":\"Dr Wu\"}]}"
#define ALLERGY "{\"resourceType\":\"AllergyIntolerance\",\"id\":\"a1\"," \
	STAMP("4") ",\"patient\":{\"reference\":\"Patient/p1\"},\"code\":{" \
	"\"text\":\"penicillin\"}}"

struct fhir {
	GMutex lock;
	GPtrArray *resources;    /* JSON texts */
	GHashTable *versions;    /* "Type/id" → number */
	const char *bad_page;    /* body of every Communication search */
	gsize bad_len;
	const char *next;        /* next link of every Communication search */
	const char *refuse;      /* path prefix … */
	const char *refusal;     /* … gets this status */
	const char *gone;        /* "Type/id" answers 410 */
	const char *post;        /* status of a POST; NULL: stored */
	gboolean deaf;           /* stores a POST, and says nothing */
	gboolean picky;          /* knows neither status= nor _sort=, _elements= */
	gboolean batches;
	int posts, puts, stale;  /* stale: PUTs still to meet 412 */
	char *if_match, *if_none, *put_body;
};

struct world {
	struct fhir fhir;
	struct test_server *server;
	char *dir;
	struct base_secret *key;
	struct store *store;
	struct base_settings *settings;
	struct loop *loop;
	struct broker *broker;
	struct engine *engine;
};

/* ---- the server ---------------------------------------------------------- */

static char *
ref_of(const char *json)
{
	BASE_AUTO(fhir_doc) doc = fhir_parse(json, strlen(json),
	    &fhir_limits_default, NULL);
	const char *id = fhir_text(fhir_root(doc), "id");

	return g_strdup_printf("%s/%s", fhir_text(fhir_root(doc),
	    "resourceType"), id ? id : "none");
}

static const char *
find(struct fhir *f, const char *ref)
{
	for (guint i = 0; i < f->resources->len; i++) {
		const char *json = g_ptr_array_index(f->resources, i);
		g_autofree char *own = ref_of(json);
		if (strcmp(own, ref) == 0)
			return json;
	}
	return NULL;
}

/* Any of the comma-separated values, as a JSON string of the resource. */
static gboolean
mentions(const char *json, const char *values, const char *prefix)
{
	g_auto(GStrv) list = g_strsplit(values, ",", -1);

	for (char **v = list; *v; v++) {
		const char *bare = strrchr(*v, '|') ? strrchr(*v, '|') + 1 : *v;
		g_autofree char *want = g_strdup_printf("%s\"%s\"", prefix,
		    bare);
		if (strstr(json, want))
			return TRUE;
	}
	return FALSE;
}

/* "ge2026-…" against meta.lastUpdated. */
static gboolean
new_enough(const char *json, const char *since)
{
	BASE_AUTO(fhir_doc) doc = fhir_parse(json, strlen(json),
	    &fhir_limits_default, NULL);
	int64_t from_ms, at_ms;

	assert_true(g_str_has_prefix(since, "ge"));
	assert_true(fhir_time_ms(since + 2, &from_ms, NULL));
	return fhir_time_ms(fhir_text(fhir_root(doc), "meta.lastUpdated"),
	    &at_ms, NULL) && at_ms >= from_ms;
}

static gboolean
matches(const char *json, GHashTable *params)
{
	const char *v;
	gboolean header = strstr(json, "\"in-progress\"") != NULL;

	if ((v = g_hash_table_lookup(params, "_id")) &&
	    !mentions(json, v, "\"id\":"))
		return FALSE;
	if ((v = g_hash_table_lookup(params, "identifier")) &&
	    !mentions(json, v, ""))
		return FALSE;
	if ((v = g_hash_table_lookup(params, "part-of")) &&
	    (!mentions(json, v, "") || !strstr(json, "partOf")))
		return FALSE;
	if ((v = g_hash_table_lookup(params, "patient")) &&
	    !mentions(json, v, ""))
		return FALSE;
	if ((v = g_hash_table_lookup(params, "target")) &&
	    !mentions(json, v, ""))
		return FALSE;
	if (g_hash_table_lookup(params, "status") && !header)
		return FALSE;
	if ((v = g_hash_table_lookup(params, "_lastUpdated")) &&
	    !new_enough(json, v))
		return FALSE;
	if ((v = g_hash_table_lookup(params, "sender")) &&
	    !mentions(json, v, "\"sender\":{\"reference\":"))
		return FALSE;
	/* An acknowledgement is addressed to nobody. */
	if (g_hash_table_lookup(params, "recipient") &&
	    strstr(json, "\"about\":"))
		return FALSE;
	return !g_hash_table_lookup(params, "agent") &&
	    !g_hash_table_lookup(params, "owner") &&
	    !g_hash_table_lookup(params, "practitioner");
}

/* The status; the body is appended. */
static const char *
search(struct fhir *f, const char *path, GString *out)
{
	const char *query = strchr(path, '?');
	g_autofree char *type = g_strdup_printf("{\"resourceType\":\"%.*s\"",
	    (int)(query - path), path);
	g_autoptr(GHashTable) params = g_uri_parse_params(query + 1, -1, "&",
	    G_URI_PARAMS_WWW_FORM, NULL);
	gboolean talk = g_str_has_prefix(path, "Communication?"), any = FALSE;

	if (f->picky && (strstr(query, "status=") || strstr(query, "_sort") ||
	    strstr(query, "_elements")))
		return "400 Bad Request";
	if (talk && f->bad_page && !g_hash_table_lookup(params, "identifier")) {
		g_string_append_len(out, f->bad_page, (gssize)f->bad_len);
		return "200 OK";
	}
	g_string_append(out, "{\"resourceType\":\"Bundle\",\"type\":"
	    "\"searchset\"");
	if (talk && f->next)
		g_string_append_printf(out, ",\"link\":[{\"relation\":\"next\","
		    "\"url\":\"%s\"}]", f->next);
	for (guint i = 0; i < f->resources->len; i++) {
		const char *json = g_ptr_array_index(f->resources, i);
		if (!g_str_has_prefix(json, type) || !matches(json, params))
			continue;
		g_string_append_printf(out, "%s{\"resource\":%s}",
		    any ? "," : ",\"entry\":[", json);
		any = TRUE;
	}
	g_string_append(out, any ? "]}" : "}");
	return "200 OK";
}

static const char *
read_one(struct fhir *f, const char *path, GString *out)
{
	const char *json = find(f, path);

	if (f->gone && strcmp(path, f->gone) == 0)
		return "410 Gone";
	if (!json)
		return "404 Not Found";
	g_string_append(out, json);
	return "200 OK";
}

static const char *
get(struct fhir *f, const char *path, GString *out)
{
	if (f->refuse && g_str_has_prefix(path, f->refuse))
		return f->refusal;
	return strchr(path, '?') ? search(f, path, out)
				 : read_one(f, path, out);
}

static void
serve_batch(struct fhir *f, struct test_peer *p, const char *body)
{
	BASE_AUTO(fhir_doc) doc = fhir_parse(body, strlen(body),
	    &fhir_limits_default, NULL);
	const fhir_node *root = fhir_root(doc);
	g_autoptr(GString) out = g_string_new("{\"resourceType\":\"Bundle\","
	    "\"type\":\"batch-response\",\"entry\":[");

	for (size_t i = 0; i < fhir_count(root, "entry"); i++) {
		g_autoptr(GString) one = g_string_new(NULL);
		const char *status = get(f, fhir_text(fhir_at(root, "entry", i),
		    "request.url"), one);
		g_string_append_printf(out, "%s{\"response\":{\"status\":"
		    "\"%s\"}%s%s}", i ? "," : "", status,
		    one->len ? ",\"resource\":" : "", one->str);
	}
	g_string_append(out, "]}");
	test_answer(p, "200 OK", NULL, out->str);
}

#define REFUSED "{\"resourceType\":\"OperationOutcome\",\"issue\":[{" \
	"\"severity\":\"error\",\"code\":\"invalid\",\"diagnostics\":" \
	"\"payload is not welcome\"}]}"

static void
serve_post(struct fhir *f, struct test_peer *p, const struct test_request *r)
{
	g_autofree char *own = NULL;

	f->posts++;
	g_free(f->if_none);
	f->if_none = test_header(r, "if-none-exist");
	if (f->post) {
		test_answer(p, f->post, NULL, REFUSED);
		return;
	}
	own = g_strdup_printf("{\"resourceType\":\"Communication\",\"id\":"
	    "\"new%d\"," STAMP("5") ",%s", f->posts,
	    strchr(r->body, ',') + 1);
	g_ptr_array_add(f->resources, g_strdup(own));
	if (!f->deaf)
		test_answer(p, "201 Created", NULL, own);
	f->deaf = FALSE;
}

static void
serve_put(struct fhir *f, struct test_peer *p, const struct test_request *r)
{
	f->puts++;
	g_free(f->if_match);
	g_free(f->put_body);
	f->if_match = test_header(r, "if-match");
	f->put_body = g_strdup(r->body);
	if (f->stale-- > 0)
		test_answer(p, "412 Precondition Failed", NULL, REFUSED);
	else
		test_answer(p, "200 OK", NULL, r->body);
}

static void
serve(struct test_peer *p, const struct test_request *r, void *user)
{
	struct fhir *f = user;
	const char *path = r->path + strlen("/fhir/");
	g_autoptr(GString) out = g_string_new(NULL);
	const char *status;

	if (strcmp(r->method, "PUT") == 0) {
		serve_put(f, p, r);
	} else if (strcmp(r->method, "POST") == 0) {
		if (*path)
			serve_post(f, p, r);
		else if (f->batches)
			serve_batch(f, p, r->body);
		else
			test_answer(p, "404 Not Found", NULL, REFUSED);
	} else {
		status = get(f, path, out);
		test_printf(p, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n"
		    "Connection: close\r\n\r\n", status, out->len);
		test_write(p, out->str, out->len);
	}
}

/* ---- the world ----------------------------------------------------------- */

static void
set(struct world *w, enum setting key, const char *value)
{
	assert_true(base_setting_set(w->settings, key, value, NULL));
}

static void
add(struct world *w, const char *json)
{
	g_ptr_array_add(w->fhir.resources, g_strdup(json));
}

static double
no_jitter(void *user)
{
	return 0;
}

static void
start_engine(struct world *w)
{
	w->loop = loop_new();
	w->broker = broker_new(w->settings, NULL);
	w->engine = engine_new(w->loop, w->broker, w->settings, "test",
	    w->store, NULL);
	assert_non_null(w->engine);
	rest_random(engine_sync(w->engine)->rest, no_jitter, NULL);
}

static void
stop_engine(struct world *w)
{
	engine_free(w->engine);
	broker_free(w->broker);
	loop_free(w->loop);
}

static void
open_world(struct world *w)
{
	memset(w, 0, sizeof(*w));
	w->fhir.resources = g_ptr_array_new_with_free_func(g_free);
	w->dir = g_dir_make_tmp("qn-sync-XXXXXX", NULL);
	w->key = vault_key_random();
	w->store = store_open(w->dir, w->key, STORE_SYNC, NULL);
	assert_non_null(w->store);
	w->server = test_server_new(FALSE, serve, &w->fhir);
	w->settings = base_settings_new();
	set(w, SET_SERVER, test_server_base(w->server));
	set(w, SET_PRACTITIONER, "Practitioner/1");
	set(w, SET_AUTH, "token-command");
	set(w, SET_TOKEN_COMMAND, "echo opaque");
	set(w, SET_TIMEOUT_SECONDS, "5");
	add(w, DOCTOR);
	add(w, HEADER);
	add(w, MESSAGE);
	add(w, PATIENT);
	add(w, ALLERGY);
	start_engine(w);
}

static void
close_world(struct world *w)
{
	GDir *d;
	const char *name;

	stop_engine(w);
	test_server_free(w->server);
	store_close(w->store);
	base_secret_free(w->key);
	base_settings_free(w->settings);
	g_ptr_array_unref(w->fhir.resources);
	g_free(w->fhir.if_match);
	g_free(w->fhir.if_none);
	g_free(w->fhir.put_body);
	d = g_dir_open(w->dir, 0, NULL);
	while ((name = g_dir_read_name(d))) {
		g_autofree char *path = g_build_filename(w->dir, name, NULL);
		g_unlink(path);
	}
	g_dir_close(d);
	g_rmdir(w->dir);
	g_free(w->dir);
}

static enum net_exit
once(struct world *w)
{
	FILE *out = fopen("/dev/null", "w");
	enum net_exit code = engine_once(w->engine, out, FALSE);

	fclose(out);
	return code;
}

static int64_t
rows(struct world *w)
{
	struct queue_filter all = { .lane = QUEUE_LANE_ALL };
	struct queue_counts counts = { 0 };

	assert_true(store_queue_counts(w->store, &all, 0, &counts, NULL));
	return counts.rows;
}

#define REPORT(id, day) "{\"resourceType\":\"DiagnosticReport\",\"id\":\"" \
	id "\",\"meta\":{\"versionId\":\"1\",\"lastUpdated\":\"2026-" day \
	"T10:00:00Z\"},\"status\":\"final\",\"code\":{\"text\":\"lipids\"}," \
	"\"subject\":{\"reference\":\"Patient/p1\"},\"issued\":\"2026-" day \
	"T10:00:00Z\",\"resultsInterpreter\":[{\"reference\":" \
	"\"Practitioner/1\"}]}"
#define ANSWER(id, report, day) "{\"resourceType\":\"Communication\"," \
	"\"id\":\"" id "\",\"meta\":{\"versionId\":\"1\",\"lastUpdated\":" \
	"\"2026-" day "T10:00:00Z\"},\"status\":\"completed\",\"about\":[{" \
	"\"reference\":\"DiagnosticReport/" report "\"}],\"sender\":{" \
	"\"reference\":\"Practitioner/1\"},\"sent\":\"2026-" day "T10:00:00Z\"," \
	"\"payload\":[{\"contentString\":\"seen\"}]}"

struct owed_watch {
	void (*breathe)(struct sync *sync, void *user);
	void *user;
	int recent;             /* turns in which the recent one was owed */
};

static gboolean
owed_result(struct sync *s, const char *ref)
{
	struct queue_filter filter = { .lane = QUEUE_RESULT };
	BASE_AUTO(queue_page) page = store_queue(s->store, &filter, 0, 10,
	    NULL);

	assert_non_null(page);
	for (size_t i = 0; i < page->n; i++)
		if (g_strcmp0(page->rows[i].ref, ref) == 0)
			return TRUE;
	return FALSE;
}

static void
watch_owed(struct sync *s, void *user)
{
	struct owed_watch *watch = user;

	assert_false(owed_result(s, "DiagnosticReport/old-answered"));
	assert_false(owed_result(s, "DiagnosticReport/new-answered"));
	watch->recent += owed_result(s, "DiagnosticReport/new");
	if (watch->breathe)
		watch->breathe(s, watch->user);
}

/* What I have answered, lately or long ago, never stands among what is owed while
 * a first sync brings it; what I have not is there before the history. */
static void
test_answered_results(void **state)
{
	struct world w;
	struct sync *s;
	struct owed_watch watch = { 0 };

	open_world(&w);
	add(&w, REPORT("old", "03-01"));
	add(&w, REPORT("old-answered", "03-02"));
	add(&w, ANSWER("a1", "old-answered", "03-03"));
	add(&w, REPORT("new", "11-20"));
	add(&w, REPORT("new-answered", "11-20"));
	add(&w, ANSWER("a2", "new-answered", "11-21"));
	s = engine_sync(w.engine);
	watch.breathe = s->breathe;
	watch.user = s->breathe_user;
	s->breathe = watch_owed;
	s->breathe_user = &watch;
	assert_int_equal(once(&w), NET_EXIT_OK);
	assert_true(watch.recent > 1);
	assert_true(owed_result(s, "DiagnosticReport/new"));
	assert_true(owed_result(s, "DiagnosticReport/old"));
	s->breathe = watch.breathe;
	s->breathe_user = watch.user;
	close_world(&w);
}

static struct consult_id
consult(struct world *w)
{
	return store_consult_find(w->store, "Communication/h1");
}

static void
reply(struct world *w, const char *text)
{
	struct draft_key key = { .consult = consult(w) };
	struct outbox_id id;
	g_autoptr(GError) error = NULL;

	assert_true(store_send(w->store, key, store_patient_find(w->store,
	    "p1"), text, base_now_ms(), &id, &error));
}

static struct outbox_counts
outbox(struct world *w)
{
	struct outbox_counts counts;

	assert_true(store_outbox_counts(w->store, &counts, NULL));
	return counts;
}

static void
expect_sentence(struct world *w, const char *part)
{
	g_autofree char *words = store_note_get(w->store, "sync.error");

	assert_non_null(words);
	assert_non_null(strstr(words, "127.0.0.1"));
	assert_non_null(strstr(words, part));
}

/* ---- coming in ----------------------------------------------------------- */

static void
arrives(gboolean batches, gboolean picky)
{
	struct world w;
	struct thread *thread;
	struct chart *chart;

	open_world(&w);
	w.fhir.batches = batches;
	w.fhir.picky = picky;
	assert_int_equal(once(&w), NET_EXIT_OK);
	assert_int_equal(rows(&w), 1);
	thread = store_thread(w.store, consult(&w), 10, NULL);
	assert_int_equal(thread->n, 1);
	assert_string_equal(thread->messages[0].text, "it hurts");
	assert_string_equal(thread->patient.name, "Zhang San");
	assert_true(thread->loaded);
	chart = store_chart(w.store, thread->patient.id, base_now_ms(), NULL);
	assert_int_equal(chart->state[CHART_ALLERGIES], SECTION_LOADED);
	assert_int_equal(chart->n, 1);
	assert_string_equal(chart->entries[0].words, "penicillin");
	g_autofree char *name = store_me_name(w.store);
	assert_string_equal(name, "Dr Wu");
	chart_free(chart);
	thread_free(thread);
	close_world(&w);
}

static void
test_one_by_one(void **state)
{
	arrives(FALSE, FALSE);
}

static void
test_batch(void **state)
{
	arrives(TRUE, FALSE);
}

static void
test_unknown_parameters(void **state)
{
	arrives(FALSE, TRUE);
	arrives(TRUE, TRUE);
}

static void
delta_and_deletion(gboolean picky)
{
	struct world w;

	open_world(&w);
	w.fhir.batches = w.fhir.picky = picky;
	assert_int_equal(once(&w), NET_EXIT_OK);
	add(&w, "{\"resourceType\":\"AllergyIntolerance\",\"id\":\"a2\","
	    STAMP("6") ",\"patient\":{\"reference\":\"Patient/p1\"},\"code\":{"
	    "\"text\":\"latex\"}}");
	g_ptr_array_remove_index(w.fhir.resources, 4); /* the penicillin */
	w.fhir.gone = "AllergyIntolerance/a1";
	assert_int_equal(once(&w), NET_EXIT_OK);
	struct chart *chart = store_chart(w.store, store_patient_find(w.store,
	    "p1"), base_now_ms(), NULL);
	assert_int_equal(chart->n, 1);
	assert_string_equal(chart->entries[0].words, "latex");
	chart_free(chart);
	close_world(&w);
}

static void
test_delta_and_deletion(void **state)
{
	delta_and_deletion(FALSE);
	delta_and_deletion(TRUE);
}

static int
entries(struct world *w, const char *patient)
{
	BASE_AUTO(chart) chart = store_chart(w->store, store_patient_find(
	    w->store, patient), base_now_ms(), NULL);

	return (int)chart->n;
}

#define OLD(v, date) "\"meta\":{\"versionId\":\"" v "\",\"lastUpdated\":\"" \
	date "\"}"
/* What was stamped before our watermark and committed after it; and the old
 * chart of a patient who comes newly into my scope. */
static void
test_late_and_new(void **state)
{
	struct world w;
	struct thread *thread;

	open_world(&w);
	assert_int_equal(once(&w), NET_EXIT_OK);
	assert_int_equal(once(&w), NET_EXIT_OK);
	add(&w, "{\"resourceType\":\"Communication\",\"id\":\"late\","
	    OLD("1", "2026-11-22T09:59:20Z") ",\"status\":\"completed\","
	    "\"partOf\":[{\"reference\":\"Communication/h1\"}],\"subject\":{"
	    "\"reference\":\"Patient/p1\"},\"sender\":{\"reference\":"
	    "\"Patient/p1\"},\"sent\":\"2026-11-22T09:59:00Z\",\"payload\":[{"
	    "\"contentString\":\"late\"}]}");
	add(&w, "{\"resourceType\":\"Communication\",\"id\":\"h2\"," STAMP("9")
	    ",\"status\":\"in-progress\",\"subject\":{\"reference\":"
	    "\"Patient/p2\"},\"topic\":{\"text\":\"cough\"},\"recipient\":[{"
	    "\"reference\":\"Practitioner/1\"}]}");
	add(&w, "{\"resourceType\":\"Patient\",\"id\":\"p2\","
	    OLD("1", "2019-01-01T00:00:00Z") "}");
	add(&w, "{\"resourceType\":\"AllergyIntolerance\",\"id\":\"old\","
	    OLD("1", "2019-01-01T00:00:00Z") ",\"patient\":{\"reference\":"
	    "\"Patient/p2\"},\"code\":{\"text\":\"nuts\"}}");
	assert_int_equal(once(&w), NET_EXIT_OK);
	thread = store_thread(w.store, consult(&w), 10, NULL);
	assert_int_equal(thread->n, 2);
	thread_free(thread);
	assert_int_equal(rows(&w), 2);
	assert_int_equal(entries(&w, "p2"), 1);
	close_world(&w);
}

static void
test_section_refused(void **state)
{
	struct world w;
	struct chart *chart;

	open_world(&w);
	w.fhir.refuse = "AllergyIntolerance";
	w.fhir.refusal = "403 Forbidden";
	assert_int_equal(once(&w), NET_EXIT_OK);
	chart = store_chart(w.store, store_patient_find(w.store, "p1"),
	    base_now_ms(), NULL);
	assert_int_equal(chart->state[CHART_ALLERGIES], SECTION_REFUSED);
	assert_int_equal(chart->state[CHART_PROBLEMS], SECTION_LOADED);
	assert_int_equal(chart->state[CHART_COVERAGE], SECTION_LOADED);
	chart_free(chart);
	close_world(&w);
}

static enum section_state
allergies_of(struct world *w, const char *patient)
{
	BASE_AUTO(chart) chart = store_chart(w->store, store_patient_find(
	    w->store, patient), base_now_ms(), NULL);

	return chart->state[CHART_ALLERGIES];
}

/* The chart of a patient nobody follows, looked at: all of it comes and is known;
 * what the server could not answer this time is not called refused. */
static void
test_chart_looked_at(void **state)
{
	struct world w;
	struct sync *s;

	open_world(&w);
	add(&w, "{\"resourceType\":\"Patient\",\"id\":\"p9\"," STAMP("1") "}");
	assert_int_equal(once(&w), NET_EXIT_OK);
	s = engine_sync(w.engine);
	assert_int_equal(sync_fetch(s, "Patient", "p9", NULL), FETCH_OK);
	assert_int_equal(allergies_of(&w, "p9"), SECTION_NOT_LOADED);
	w.fhir.refuse = "AllergyIntolerance";
	w.fhir.refusal = "503 Service Unavailable";
	assert_false(chart_fresh(s, store_patient_find(w.store, "p9"), NULL));
	assert_int_equal(allergies_of(&w, "p9"), SECTION_NOT_LOADED);
	w.fhir.refuse = NULL;
	assert_true(chart_fresh(s, store_patient_find(w.store, "p9"), NULL));
	assert_int_equal(allergies_of(&w, "p9"), SECTION_LOADED);
	close_world(&w);
}

#define PROVENANCE "{\"resourceType\":\"Provenance\",\"id\":\"v1\"," \
	STAMP("5") ",\"target\":[{\"reference\":\"AllergyIntolerance/a1\"}]," \
	"\"recorded\":\"2026-11-22T10:00:00Z\",\"agent\":[{\"who\":{" \
	"\"reference\":\"Device/d1\"}}]}"

/* What vouches for a record is not pulled; asked for, it comes with the name of
 * who vouches. None, not kept, refused and away are four answers. */
static void
test_provenance(void **state)
{
	static const struct { const char *refusal; enum sync_fetched got; }
	said[] = {
		{ "404 Not Found", FETCH_GONE },
		{ "403 Forbidden", FETCH_REFUSED },
		{ "400 Bad Request", FETCH_REFUSED },
		{ "401 Unauthorized", FETCH_FAILED },
		{ "503 Service Unavailable", FETCH_FAILED },
	};
	struct fhir_ref allergy = { "AllergyIntolerance", "a1" };
	struct fhir_ref message = { "Communication", "m1" };
	g_autoptr(GPtrArray) before = NULL, after = NULL, none = NULL;
	g_autofree char *device = NULL;
	struct world w;
	struct sync *s;

	open_world(&w);
	add(&w, PROVENANCE);
	add(&w, "{\"resourceType\":\"Device\",\"id\":\"d1\"," STAMP("1")
	    ",\"deviceName\":[{\"name\":\"cuff\",\"type\":"
	    "\"user-friendly-name\"}]}");
	assert_int_equal(once(&w), NET_EXIT_OK);
	s = engine_sync(w.engine);
	before = store_provenances(w.store, "AllergyIntolerance/a1", NULL);
	assert_int_equal(before->len, 0);
	assert_int_equal(provenance_fetch(s, &allergy), FETCH_OK);
	after = store_provenances(w.store, "AllergyIntolerance/a1", NULL);
	assert_int_equal(after->len, 1);
	device = store_version(w.store, "Device", "d1");
	assert_non_null(device);
	assert_int_equal(provenance_fetch(s, &message), FETCH_OK);
	none = store_provenances(w.store, "Communication/m1", NULL);
	assert_int_equal(none->len, 0);
	w.fhir.refuse = "Provenance";
	for (size_t i = 0; i < G_N_ELEMENTS(said); i++) {
		w.fhir.refusal = said[i].refusal;
		assert_int_equal(provenance_fetch(s, &allergy), said[i].got);
	}
	close_world(&w);
}

/* The sections of the whole chart are told apart too: refused, or of a type that
 * the server does not know at all. */
static void
test_sections_apart(void **state)
{
	static const struct { const char *status; enum section_state is; }
	said[] = {
		{ "403 Forbidden", SECTION_REFUSED },
		{ "404 Not Found", SECTION_NOT_KEPT },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(said); i++) {
		struct world w;
		struct chart *chart;

		open_world(&w);
		w.fhir.refuse = "Coverage";
		w.fhir.refusal = said[i].status;
		assert_int_equal(once(&w), NET_EXIT_OK);
		chart = store_chart(w.store, store_patient_find(w.store, "p1"),
		    base_now_ms(), NULL);
		assert_int_equal(chart->state[CHART_COVERAGE], said[i].is);
		assert_int_equal(chart->state[CHART_CONTRACT], SECTION_LOADED);
		assert_int_equal(chart->state[CHART_ALLERGIES],
		    SECTION_LOADED);
		chart_free(chart);
		close_world(&w);
	}
}

static void
test_queue_refused(void **state)
{
	struct world w;

	open_world(&w);
	w.fhir.refuse = "Communication";
	w.fhir.refusal = "403 Forbidden";
	assert_int_equal(once(&w), NET_EXIT_FAILED);
	expect_sentence(&w, "does not allow");
	w.fhir.refuse = NULL;
	assert_int_equal(once(&w), NET_EXIT_OK);
	assert_int_equal(rows(&w), 1);
	w.fhir.refuse = "Communication";
	assert_int_equal(once(&w), NET_EXIT_FAILED);
	close_world(&w);
}

/* One bad resource does not stop the others. */
static void
test_without_id(void **state)
{
	struct world w;

	open_world(&w);
	add(&w, "{\"resourceType\":\"Communication\",\"status\":"
	    "\"in-progress\"}");
	assert_int_equal(once(&w), NET_EXIT_OK);
	assert_int_equal(rows(&w), 1);
	close_world(&w);
}

#define DEEP16 "[[[[[[[[[[[[[[[["
static void
test_bad_pages(void **state)
{
	static const char nul[] = "{\"resourceType\":\"Bundle\",\"x\":\"\0\"}";
	static const struct { const char *body; gsize len; } pages[] = {
		{ "<html><body>Welcome to the guest network</body></html>", 0 },
		{ "{\"resourceType\":\"Bundle\",\"entry\":[{\"reso", 0 },
		{ "{\"resourceType\":\"Bundle\",\"x\":" DEEP16 DEEP16 DEEP16
		    DEEP16 "1", 0 },
		{ "{\"resourceType\":\"Bundle\",\"resourceType\":\"Bundle\"}",
		    0 },
		{ "{\"resourceType\":\"Bundle\",\"x\":\"\xc3\x28\"}", 0 },
		{ nul, sizeof(nul) - 1 },
		{ "{\"resourceType\":\"Patient\",\"id\":\"x\"}", 0 },
		{ "", 0 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(pages); i++) {
		struct world w;
		open_world(&w);
		w.fhir.bad_page = pages[i].body;
		w.fhir.bad_len = pages[i].len ? pages[i].len
		    : strlen(pages[i].body);
		assert_int_equal(once(&w), NET_EXIT_FAILED);
		expect_sentence(&w, "not FHIR");
		assert_int_equal(rows(&w), 0);
		/* And all is well once the server is. */
		w.fhir.bad_page = NULL;
		assert_int_equal(once(&w), NET_EXIT_OK);
		assert_int_equal(rows(&w), 1);
		close_world(&w);
	}
}

static void
test_foreign_next(void **state)
{
	struct world w;

	open_world(&w);
	w.fhir.next = "https://evil.example/fhir/Communication?page=2";
	assert_int_equal(once(&w), NET_EXIT_FAILED);
	expect_sentence(&w, "origin_aliases");
	close_world(&w);
}

static void
test_expired_login(void **state)
{
	struct world w;

	open_world(&w);
	w.fhir.refuse = "";
	w.fhir.refusal = "401 Unauthorized";
	assert_int_equal(once(&w), NET_EXIT_LOGIN);
	expect_sentence(&w, "qingnang login");
	close_world(&w);
}

/* ---- going out ----------------------------------------------------------- */

static void
test_reply(void **state)
{
	struct world w;
	g_autofree char *seen = NULL;

	open_world(&w);
	assert_int_equal(once(&w), NET_EXIT_OK);
	reply(&w, "Take rest.");
	reply(&w, "And water.");
	assert_int_equal(once(&w), NET_EXIT_OK);
	assert_int_equal(w.fhir.posts, 2);
	assert_true(g_str_has_prefix(w.fhir.if_none,
	    "identifier=urn:ietf:rfc:3986|urn:uuid:"));
	assert_int_equal(outbox(&w).waiting, 0);
	assert_non_null(strstr(g_ptr_array_index(w.fhir.resources, 5),
	    "Take rest."));
	assert_int_equal(once(&w), NET_EXIT_OK);
	assert_int_equal(w.fhir.posts, 2);
	close_world(&w);
}

/* Stored, but the answer never came: found by its identifier, not sent again. */
static void
test_lost_answer(void **state)
{
	struct world w;

	open_world(&w);
	assert_int_equal(once(&w), NET_EXIT_OK);
	reply(&w, "Only once.");
	w.fhir.deaf = TRUE;
	assert_int_equal(once(&w), NET_EXIT_OK);
	assert_int_equal(w.fhir.posts, 1);
	assert_int_equal(outbox(&w).waiting, 0);
	close_world(&w);
}

/* Killed between the request and the answer: the next process looks first. */
static void
test_died_sending(void **state)
{
	struct world w;
	BASE_AUTO(outbox_entry) e = NULL;

	open_world(&w);
	assert_int_equal(once(&w), NET_EXIT_OK);
	reply(&w, "Only once.");
	e = store_outbox_next(w.store, base_now_ms(), NULL, NULL);
	assert_true(store_outbox_sending(w.store, e->id, NULL));
	g_ptr_array_add(w.fhir.resources, g_strdup_printf("{\"resourceType\":"
	    "\"Communication\",\"id\":\"n1\"," STAMP("7") ",%s",
	    strchr(e->bytes, ',') + 1));
	stop_engine(&w);
	store_close(w.store);
	w.store = store_open(w.dir, w.key, STORE_SYNC, NULL);
	start_engine(&w);
	assert_int_equal(once(&w), NET_EXIT_OK);
	assert_int_equal(w.fhir.posts, 0);
	assert_int_equal(outbox(&w).waiting, 0);
	close_world(&w);
}

static void
test_refused_reply(void **state)
{
	struct world w;
	struct thread *thread;

	open_world(&w);
	assert_int_equal(once(&w), NET_EXIT_OK);
	reply(&w, "Bad.");
	w.fhir.post = "422 Unprocessable";
	assert_int_equal(once(&w), NET_EXIT_UNSENT);
	assert_int_equal(outbox(&w).failed, 1);
	thread = store_thread(w.store, consult(&w), 10, NULL);
	assert_int_equal(thread->messages[1].state, MESSAGE_FAILED);
	assert_non_null(strstr(thread->messages[1].reason,
	    "payload is not welcome"));
	thread_free(thread);
	close_world(&w);
}

static void
test_server_fault_keeps_reply(void **state)
{
	struct world w;

	open_world(&w);
	assert_int_equal(once(&w), NET_EXIT_OK);
	reply(&w, "Later.");
	w.fhir.post = "500 Oops";
	assert_int_equal(once(&w), NET_EXIT_UNSENT);
	assert_int_equal(outbox(&w).waiting, 1);
	assert_int_equal(outbox(&w).failed, 0);
	close_world(&w);
}

/* received: made again upon the fresh resource, every decimal as it came. */
static void
test_stale_update(void **state)
{
	struct world w;
	struct thread *thread;

	open_world(&w);
	assert_int_equal(once(&w), NET_EXIT_OK);
	thread = store_thread(w.store, consult(&w), 10, NULL);
	assert_true(store_read(w.store, &thread->messages[0].id, 1,
	    base_now_ms(), NULL));
	thread_free(thread);
	w.fhir.stale = 1;
	g_free(g_ptr_array_steal_index(w.fhir.resources, 2));
	add(&w, "{\"resourceType\":\"Communication\",\"id\":\"m1\"," STAMP("8")
	    "," "\"status\":\"completed\",\"partOf\":[{\"reference\":"
	    "\"Communication/h1\"}],\"sender\":{\"reference\":\"Patient/p1\"},"
	    "\"subject\":{\"reference\":\"Patient/p1\"},\"recipient\":[{"
	    "\"reference\":\"Practitioner/1\"}],\"sent\":"
	    "\"2026-11-22T09:00:00Z\",\"payload\":[{\"contentString\":"
	    "\"edited\"}],\"extension\":[{\"url\":\"urn:x\",\"valueDecimal\":"
	    "0.20}]}");
	assert_int_equal(once(&w), NET_EXIT_OK);
	assert_int_equal(w.fhir.puts, 2);
	assert_string_equal(w.fhir.if_match, "W/\"8\"");
	assert_non_null(strstr(w.fhir.put_body, "edited"));
	assert_non_null(strstr(w.fhir.put_body, "0.20"));
	assert_non_null(strstr(w.fhir.put_body, "\"received\""));
	close_world(&w);
}

static void
test_wrong_doctor(void **state)
{
	/* {"fhirUser":"Practitioner/2"}, and what Medplum says of a login by
	 * client credentials: {"profile":"ClientApplication/7"}. */
	static const struct { const char *token, *who; } others[] = {
		{ "echo e30.eyJmaGlyVXNlciI6IlByYWN0aXRpb25lci8yIn0.x",
		    "Practitioner/2" },
		{ "echo e30.eyJwcm9maWxlIjoiQ2xpZW50QXBwbGljYXRpb24vNyJ9.x",
		    "ClientApplication/7" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
		struct world w;

		open_world(&w);
		assert_int_equal(once(&w), NET_EXIT_OK);
		reply(&w, "Not under this name.");
		stop_engine(&w);
		set(&w, SET_TOKEN_COMMAND, others[i].token);
		start_engine(&w);
		assert_int_equal(once(&w), NET_EXIT_WRONG_DOCTOR);
		expect_sentence(&w, others[i].who);
		expect_sentence(&w, "nothing is sent. Log in as yourself");
		assert_int_equal(w.fhir.posts, 0);
		assert_int_equal(outbox(&w).waiting, 1);
		close_world(&w);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_by_one),
		cmocka_unit_test(test_batch),
		cmocka_unit_test(test_unknown_parameters),
		cmocka_unit_test(test_answered_results),
		cmocka_unit_test(test_delta_and_deletion),
		cmocka_unit_test(test_late_and_new),
		cmocka_unit_test(test_section_refused),
		cmocka_unit_test(test_chart_looked_at),
		cmocka_unit_test(test_provenance),
		cmocka_unit_test(test_sections_apart),
		cmocka_unit_test(test_queue_refused),
		cmocka_unit_test(test_without_id),
		cmocka_unit_test(test_bad_pages),
		cmocka_unit_test(test_foreign_next),
		cmocka_unit_test(test_expired_login),
		cmocka_unit_test(test_reply),
		cmocka_unit_test(test_lost_answer),
		cmocka_unit_test(test_died_sending),
		cmocka_unit_test(test_refused_reply),
		cmocka_unit_test(test_server_fault_keeps_reply),
		cmocka_unit_test(test_stale_update),
		cmocka_unit_test(test_wrong_doctor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
