/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that scripts can do all of it without a terminal, over TLS against the
 * practice clinic: login writes the profile, sync brings the queue, queue and
 * show print the documented JSON, reply queues an answer, sync sends it once, and
 * a second, fresh cache finds it on the server. And that a login of another
 * practitioner sends nothing, a server that is down is one sentence and loses
 * nothing, and no file holds a patient's name in clear. That each id that a list
 * prints is known to the other commands. And that the rules of prescribing are
 * listed, explained and checked.
 */
#include "config.h"
#include "tests/tap.h"
#include "tests/cli/run.h"

#include <glib/gstdio.h>

#define REPLY "请继续按时服药,三天后复查血压。"

static const char *const row_fields[] = { "id", "ref", "kind", "patient",
	"complaint", "priority", "waiting_s", "since", "deadline", "overdue",
	"unread", "owed", "draft", "unsent", "failed" };
static const char *const patient_fields[] = { "id", "name", "sex", "age",
	"age_text", "birth_date", "deceased" };

/* The first consultation that is owed: its id, owned. */
static char *
first_owed(struct home *h, const char *profile)
{
	BASE_AUTO(fhir_doc) doc = NULL;
	const fhir_node *rows;

	assert_int_equal(home_run(h, NULL, "--profile", profile, "queue",
	    "--json", NULL), 0);
	doc = home_json(h);
	rows = fhir_root(doc);
	for (size_t i = 0; i < fhir_count(rows, "all"); i++) {
		const fhir_node *row = fhir_at(rows, "all", i);

		if (fhir_bool(row, "owed") == 1 &&
		    !g_strcmp0(fhir_text(row, "kind"), "consultation"))
			return g_strdup(fhir_text(row, "id"));
	}
	fail_msg("nothing is owed");
	return NULL;
}

static int
times_in(const char *text, const char *what)
{
	int n = 0;

	for (const char *p = text; (p = strstr(p, what)); p += strlen(what))
		n++;
	return n;
}

/* The plain form says of the first result on which day it was: the test of the
 * JSON that was just read, then the day. */
static void
assert_day_is_shown(struct home *h, const char *profile, const char *id)
{
	BASE_AUTO(fhir_doc) doc = home_json(h);
	const fhir_node *results = fhir_get(fhir_root(doc),
	    "all.chart.results");
	const fhir_node *first = fhir_at(results, "entries", 0);
	const char *date = fhir_text(first, "date"), *row;
	g_autofree char *day = NULL;

	assert_non_null(date);
	day = g_strndup(date + strlen("2026-"), strlen("11-18"));
	assert_int_equal(home_run(h, NULL, "--profile", profile, "show", id,
	    NULL), 0);
	row = strstr(h->out, fhir_text(first, "words"));
	assert_non_null(row);
	assert_non_null(g_strstr_len(row, 240, day));
	assert_int_equal(times_in(h->out, "The whole chart: qingnang chart "),
	    1);
}

/* Every file below dir is read; none may hold the needle. */
static void
assert_nowhere(const char *path, const char *needle)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *child = g_build_filename(path, name, NULL);
		g_autofree char *bytes = NULL;
		gsize len = 0;

		if (g_file_test(child, G_FILE_TEST_IS_DIR)) {
			assert_nowhere(child, needle);
		} else if (g_file_get_contents(child, &bytes, &len, NULL) &&
		    memmem(bytes, len, needle, strlen(needle))) {
			fail_msg("%s holds a patient's name", child);
		}
	}
	if (dir)
		g_dir_close(dir);
}

static void
whole_way_over_tls(void **state)
{
	struct home *h = home_new();
	g_autofree char *id = NULL, *where = NULL, *name = NULL;

	home_env(h, "TZ", "Asia/Shanghai"); /* days as the clinic writes them */
	home_clinic(h, "--tls", "--seed", "7", "--patients", "6", "--pace",
	    "0", NULL);
	assert_int_equal(home_login(h, "ward", NULL), 0);
	assert_int_equal(home_run(h, NULL, "--profile", "ward", "sync",
	    "--once", NULL), 0);
	id = first_owed(h, "ward");

	{
		BASE_AUTO(fhir_doc) doc = home_json(h);
		const fhir_node *row = fhir_at(fhir_root(doc), "all", 0);

		for (size_t i = 0; i < G_N_ELEMENTS(row_fields); i++)
			assert_non_null(fhir_get(row, row_fields[i]));
		for (size_t i = 0; i < G_N_ELEMENTS(patient_fields); i++)
			assert_non_null(fhir_get(fhir_get(row, "patient"),
			    patient_fields[i]));
		name = g_strdup(fhir_text(row, "patient.name"));
	}

	assert_int_equal(home_run(h, REPLY "\n", "--profile", "ward", "reply",
	    id, NULL), 0);
	assert_int_equal(home_run(h, NULL, "--profile", "ward", "status",
	    "--format", "{unsent}", NULL), 0);
	assert_string_equal(h->out, "1\n");
	assert_int_equal(home_run(h, NULL, "--profile", "ward", "sync",
	    "--once", NULL), 0);
	assert_int_equal(home_run(h, NULL, "--profile", "ward", "sync",
	    "--once", NULL), 0);
	assert_int_equal(home_run(h, NULL, "--profile", "ward", "show", id,
	    "--json", NULL), 0);
	assert_int_equal(times_in(h->out, REPLY), 1);
	assert_non_null(strstr(h->out, "\"state\": \"sent\""));
	assert_day_is_shown(h, "ward", id);

	/* A fresh cache finds it on the server, once. */
	assert_int_equal(home_login(h, "second", NULL), 0);
	assert_int_equal(home_run(h, NULL, "--profile", "second", "sync",
	    "--once", NULL), 0);
	assert_int_equal(home_run(h, NULL, "--profile", "second", "show", id,
	    NULL), 0);
	assert_int_equal(times_in(h->out, REPLY), 1);

	where = g_build_filename(h->dir, "XDG_STATE_HOME", NULL);
	assert_nowhere(where, name);
	assert_nowhere(where, REPLY);
	home_free(h);
}

static void
another_doctor_sends_nothing(void **state)
{
	struct home *h = home_new();
	g_autofree char *id = NULL, *conf = NULL, *text = NULL, *other = NULL;

	home_clinic(h, "--seed", "7", "--patients", "3", "--pace", "0", NULL);
	assert_int_equal(home_login(h, "p", NULL), 0);
	assert_int_equal(home_run(h, NULL, "--profile", "p", "sync", "--once",
	    NULL), 0);
	id = first_owed(h, "p");
	assert_int_equal(home_run(h, NULL, "--profile", "p", "reply", id, "-m",
	    REPLY, NULL), 0);
	conf = g_build_filename(h->dir, "XDG_CONFIG_HOME", "qingnang",
	    "p.conf", NULL);
	assert_true(g_file_get_contents(conf, &text, NULL, NULL));
	{
		g_auto(GStrv) parts = g_strsplit(text,
		    home_clinic_field(h, "practitioner"), 2);

		other = g_strjoinv("Practitioner/somebody-else", parts);
	}
	assert_true(g_file_set_contents(conf, other, -1, NULL));
	assert_int_equal(home_run(h, NULL, "--profile", "p", "sync", "--once",
	    NULL), BASE_EXIT_WRONG_DOCTOR);
	assert_true(strlen(h->err) > 20);
	assert_int_equal(home_run(h, NULL, "--profile", "p", "status",
	    "--format", "{unsent}", NULL), 0);
	assert_string_equal(h->out, "1\n");
	home_free(h);
}

static void
fault(struct home *h, const char *what)
{
	const char *base = home_clinic_field(h, "base");
	g_autofree char *url = g_strdup_printf("%.*s/practice/fault",
	    (int)(strstr(base, "/fhir") - base), base);
	const char *argv[] = { "curl", "-sf", "--data-binary", what, url, NULL };
	int status = -1;

	assert_true(g_spawn_sync(NULL, (char **)argv, NULL,
	    G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
	    NULL, &status, NULL));
	assert_int_equal(status, 0);
}

/* A reply that the server refuses is kept; one sentence says so, and show says why
 * in the server's words. */
static void
a_refused_reply_says_why(void **state)
{
	struct home *h = home_new();
	g_autofree char *id = NULL;

	home_clinic(h, "--seed", "7", "--patients", "3", "--pace", "0", NULL);
	assert_int_equal(home_login(h, "p", NULL), 0);
	assert_int_equal(home_run(h, NULL, "--profile", "p", "sync", "--once",
	    NULL), 0);
	id = first_owed(h, "p");
	assert_int_equal(home_run(h, NULL, "--profile", "p", "reply", id, "-m",
	    REPLY, NULL), 0);
	fault(h, "403-write=Communication");
	assert_int_equal(home_run(h, NULL, "--profile", "p", "sync", "--once",
	    NULL), BASE_EXIT_UNSENT);
	assert_int_equal(times_in(h->err, "\n"), 1);
	assert_non_null(strstr(h->err, "1 reply was refused"));
	assert_int_equal(home_run(h, NULL, "--profile", "p", "show", id, NULL),
	    0);
	assert_non_null(strstr(h->out, REPLY));
	assert_non_null(strstr(h->out, "A policy forbids this"));
	home_free(h);
}

static void
server_down_is_a_sentence(void **state)
{
	struct home *h = home_new();
	g_autofree char *id = NULL;

	home_clinic(h, "--seed", "7", "--patients", "3", "--pace", "0", NULL);
	assert_int_equal(home_login(h, "p", NULL), 0);
	assert_int_equal(home_run(h, NULL, "--profile", "p", "sync", "--once",
	    NULL), 0);
	id = first_owed(h, "p");
	home_clinic_stop(h);
	assert_int_equal(home_run(h, NULL, "--profile", "p", "reply", id, "-m",
	    REPLY, NULL), 0);
	assert_int_equal(home_run(h, NULL, "--profile", "p", "sync", "--once",
	    NULL), BASE_EXIT_OFFLINE);
	assert_int_equal(times_in(h->err, "\n"), 1);
	assert_non_null(strstr(h->err, "127.0.0.1"));
	/* The queue is here all the same, and the reply waits. */
	assert_int_equal(home_run(h, NULL, "--profile", "p", "show", id, NULL),
	    0);
	assert_non_null(strstr(h->out, REPLY));
	home_free(h);
}

/* Who leaves the screens with a reply unsent is told how many there are and how
 * they go out all the same. */
static void
leaving_says_what_is_unsent(void **state)
{
	static const char *const words[] = { "--profile", "p", NULL };
	/* ^Q, at once the first frame is there */
	static const struct home_talk talk[] = { { "unsent", "\021" },
		{ "1 reply is not sent yet", NULL },
		{ "qingnang sync --watch", NULL }, { NULL, NULL } };
	struct home *h = home_new();
	g_autofree char *id = NULL, *said = NULL;
	int code;

	home_env(h, "TERM", "xterm");
	home_env(h, "ASAN_OPTIONS", "detect_leaks=0");
	home_clinic(h, "--seed", "7", "--patients", "3", "--pace", "0", NULL);
	assert_int_equal(home_login(h, "p", NULL), 0);
	assert_int_equal(home_run(h, NULL, "--profile", "p", "sync", "--once",
	    NULL), 0);
	id = first_owed(h, "p");
	home_clinic_stop(h);
	assert_int_equal(home_run(h, NULL, "--profile", "p", "reply", id, "-m",
	    REPLY, NULL), 0);
	said = home_talk(h, words, talk, &code);
	assert_int_equal(code, 0);
	home_free(h);
}

/* A login that is refused leaves a profile that worked as it was. */
static void
refused_login_changes_nothing(void **state)
{
	struct home *h = home_new();
	g_autofree char *conf = NULL, *before = NULL, *after = NULL;

	home_clinic(h, "--seed", "7", "--patients", "2", "--pace", "0", NULL);
	assert_int_equal(home_login(h, "p", NULL), 0);
	conf = g_build_filename(h->dir, "XDG_CONFIG_HOME", "qingnang",
	    "p.conf", NULL);
	assert_true(g_file_get_contents(conf, &before, NULL, NULL));
	assert_int_equal(home_run(h, NULL, "--profile", "p", "login",
	    "--practitioner", "Practitioner/somebody-else", NULL),
	    BASE_EXIT_WRONG_DOCTOR);
	assert_non_null(strstr(h->err, "as they were before"));
	assert_int_equal(home_run(h, NULL, "--profile", "p", "login",
	    "--client-secret-command", "echo wrong", NULL), BASE_EXIT_LOGIN);
	assert_true(g_file_get_contents(conf, &after, NULL, NULL));
	assert_string_equal(after, before);
	assert_int_equal(home_run(h, NULL, "--profile", "p", "sync", "--once",
	    NULL), 0);
	home_free(h);
}

/* Two ways at once are one too many, and the way given last is the way taken. */
static void
one_way_to_log_in(void **state)
{
	struct home *h = home_new();
	g_autofree char *conf = NULL, *text = NULL;

	home_clinic(h, "--seed", "7", "--patients", "2", "--pace", "0", NULL);
	assert_int_equal(home_login(h, "p", NULL), 0);
	conf = g_build_filename(h->dir, "XDG_CONFIG_HOME", "qingnang",
	    "p.conf", NULL);
	assert_int_equal(home_run(h, NULL, "--profile", "p", "login",
	    "--client-secret-command", "true", "--token-command", "true", NULL),
	    BASE_EXIT_USAGE);
	assert_non_null(strstr(h->err, "give one of them"));
	assert_true(g_file_get_contents(conf, &text, NULL, NULL));
	assert_non_null(strstr(text, "client_secret_command"));
	assert_null(strstr(text, "token_command = true"));
	/* It prints no token: the login is refused, and by that way. */
	assert_int_equal(home_run(h, NULL, "--profile", "p", "login",
	    "--token-command", "echo wrong", NULL), BASE_EXIT_LOGIN);
	home_free(h);
}

static void
doctor_finds_what_is_wrong(void **state)
{
	struct home *h = home_new();

	home_clinic(h, "--seed", "7", "--patients", "2", "--pace", "0", NULL);
	assert_int_equal(home_login(h, "p", NULL), 0);
	assert_int_equal(home_run(h, NULL, "--profile", "p", "doctor", NULL),
	    0);
	home_clinic_stop(h);
	assert_int_equal(home_run(h, NULL, "--profile", "p", "doctor", NULL),
	    BASE_EXIT_FAILED);
	assert_non_null(strstr(h->out, "✗"));
	home_free(h);
}

/* One id as a list printed it: shown, and whose it is. */
static void
shows(struct home *h, const fhir_node *row, const char *id)
{
	BASE_AUTO(fhir_doc) doc = NULL;

	if (home_run(h, NULL, "--profile", "p", "show", id, "--json", NULL))
		fail_msg("show %s: %s", id, h->err);
	doc = home_json(h);
	assert_string_equal(fhir_text(fhir_root(doc), "all.patient.id"),
	    fhir_text(row, "patient.id"));
	assert_string_equal(fhir_text(fhir_root(doc), "all.kind"),
	    fhir_text(row, "kind"));
	assert_string_equal(fhir_text(fhir_root(doc), "all.ref"),
	    fhir_text(row, "ref"));
}

/* One who has died and two of one name, sex and age, each with a consultation. */
static void
load_marked(const char *dir)
{
	static const struct { const char *id, *name, *more; } people[] = {
		{ "mk0", "孟长河", "\"birthDate\":\"1941-03-02\","
		    "\"deceasedDateTime\":\"2026-01-20\"" },
		{ "mk1", "张同名", "\"birthDate\":\"1958-02-11\"" },
		{ "mk2", "张同名", "\"birthDate\":\"1958-02-12\"" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(people); i++) {
		g_autofree char *name = g_strdup_printf("%s/p%zu.json", dir, i);
		g_autofree char *body = g_strdup_printf("{\"resourceType\":"
		    "\"Bundle\",\"type\":\"collection\",\"entry\":[{"
		    "\"resource\":{\"resourceType\":\"Patient\",\"id\":\"%s\","
		    "\"name\":[{\"text\":\"%s\"}],\"gender\":\"male\",%s}},"
		    "{\"resource\":{\"resourceType\":\"Communication\","
		    "\"id\":\"t-%s\",\"status\":\"in-progress\","
		    "\"subject\":{\"reference\":\"Patient/%s\"},"
		    "\"topic\":{\"text\":\"头晕\"},\"recipient\":["
		    "{\"reference\":\"Practitioner/practice-doctor\"}]}}]}",
		    people[i].id, people[i].name, people[i].more, people[i].id,
		    people[i].id);

		assert_true(g_file_set_contents(name, body, -1, NULL));
	}
}

/* Each line of out with the name also has the mark, n of them. */
static void
assert_marked(const struct home *h, const char *name, const char *mark, int n)
{
	g_auto(GStrv) lines = g_strsplit(h->out, "\n", -1);
	int seen = 0;

	for (char **line = lines; *line; line++)
		seen += strstr(*line, name) && strstr(*line, mark);
	if (seen != n)
		fail_msg("%s %s: %s", name, mark, h->out);
}

/* Who has died or has a namesake is marked by every command that names one. */
static void
assert_marks(struct home *h)
{
	assert_int_equal(home_run(h, NULL, "--profile", "p", "queue", NULL), 0);
	assert_marked(h, "孟长河", "†died", 1);
	assert_marked(h, "张同名", "namesake", 2);
	assert_marked(h, "张同名", "born 1958-02-11", 1);
	assert_marked(h, "张同名", "born 1958-02-12", 1);
	assert_int_equal(home_run(h, NULL, "--profile", "p", "search", "张同名",
	    NULL), 0);
	assert_marked(h, "张同名", "born 1958-02-11", 1);
	assert_int_equal(home_run(h, NULL, "--profile", "p", "show", "t-mk0",
	    NULL), 0);
	assert_marked(h, "孟长河", "†died", 1);
	assert_int_equal(home_run(h, NULL, "--profile", "p", "show", "t-mk1",
	    NULL), 0);
	assert_marked(h, "张同名", "1958-02-11  namesake", 1);
}

/* Whatever the queue and the list of prescriptions print, the other commands
 * know by that very id; what cannot be replied to says what answers it. */
static void
what_is_listed_is_shown(void **state)
{
	struct home *h = home_new();
	g_autofree char *dir = g_strdup_printf("%s/load", h->dir);
	int renewals = 0, elsewhere = 0;

	assert_int_equal(g_mkdir(dir, 0700), 0);
	load_marked(dir);
	home_clinic(h, "--seed", "7", "--patients", "3", "--renewals", "2",
	    "--pace", "0", "--load", dir, NULL);
	assert_int_equal(home_login(h, "p", NULL), 0);
	assert_int_equal(home_run(h, NULL, "--profile", "p", "sync", "--once",
	    NULL), 0);
	assert_marks(h);
	assert_int_equal(home_run(h, NULL, "--profile", "p", "queue", "--json",
	    NULL), 0);
	BASE_AUTO(fhir_doc) queue = home_json(h);
	for (size_t i = 0; i < fhir_count(fhir_root(queue), "all"); i++) {
		const fhir_node *row = fhir_at(fhir_root(queue), "all", i);

		shows(h, row, fhir_text(row, "id"));
		shows(h, row, fhir_text(row, "ref"));
		if (g_strcmp0(fhir_text(row, "kind"), "renewal") != 0)
			continue;
		renewals++;
		assert_int_equal(home_run(h, NULL, "--profile", "p", "reply",
		    fhir_text(row, "id"), "-m", "x", NULL), BASE_EXIT_USAGE);
		assert_non_null(strstr(h->err, "qingnang renew"));
	}
	assert_true(renewals >= 2);
	assert_int_equal(home_run(h, NULL, "--profile", "p", "rx", "list",
	    "--json", NULL), 0);
	BASE_AUTO(fhir_doc) list = home_json(h);
	for (size_t i = 0; i < fhir_count(fhir_root(list), "all"); i++) {
		const fhir_node *row = fhir_at(fhir_root(list), "all", i);
		g_auto(GStrv) drugs = g_strsplit(fhir_text(row, "drugs"), "; ",
		    -1);

		if (home_run(h, NULL, "--profile", "p", "rx", "show",
		    fhir_number(row, "id"), NULL))
			fail_msg("rx show: %s", h->err);
		for (char **drug = drugs; *drug; drug++)
			if (times_in(h->out, *drug) < 2)
				fail_msg("no line of %s: %s", *drug, h->out);
		elsewhere++;
	}
	assert_true(elsewhere > 3);
	home_free(h);
}

/* The rules need neither a profile nor a key; a pack in a file is read as well. */
static void
rules_are_listed_explained_checked(void **state)
{
	struct home *h = home_new();
	BASE_AUTO(fhir_doc) doc = NULL;
	g_autofree char *shipped = test_src("rules/us.json");
	g_autofree char *bad = home_write(h, "bad.json", "{\"title\":\"x\"}");

	assert_int_equal(home_run(h, NULL, "rules", "list", "--json", NULL),
	    0);
	doc = home_json(h);
	assert_true(fhir_count(fhir_root(doc), "all") > 60);
	assert_string_equal(fhir_text(fhir_root(doc), "all[0].id"), "CN-01");
	assert_int_equal(home_run(h, NULL, "rules", "explain", "CN-07", NULL),
	    0);
	assert_non_null(strstr(h->out, "第十九条"));
	assert_int_equal(home_run(h, NULL, "rules", "explain", "CN-0", NULL),
	    BASE_EXIT_NOT_FOUND);
	assert_int_equal(home_run(h, NULL, "rules", "check", shipped, NULL),
	    0);
	assert_non_null(strstr(h->out, "0 fail"));
	assert_int_equal(home_run(h, NULL, "rules", "check", bad, NULL),
	    BASE_EXIT_USAGE);
	assert_non_null(strstr(h->err, "jurisdiction is missing"));
	/* a file without an end is read no further than a pack may be long */
	assert_int_equal(home_run(h, NULL, "rules", "check", "/dev/zero", NULL),
	    BASE_EXIT_USAGE);
	assert_non_null(strstr(h->err, "4 MiB"));
	assert_int_equal(home_run(h, NULL, "rules", "sign", NULL),
	    BASE_EXIT_USAGE);
	home_free(h);
}

/* The whole chart and any record of it: what the clinic holds, wrong on purpose,
 * comes by sync, is listed and marked, and comes out byte for byte. */
static void
chart_and_records(void **state)
{
	struct home *h = home_new();
	BASE_AUTO(fhir_doc) doc = NULL;
	BASE_AUTO(fhir_doc) record = NULL;
	BASE_AUTO(fhir_doc) raw = NULL;

	home_clinic(h, "--seed", "7", "--patients", "12", "--pace", "0", NULL);
	assert_int_equal(home_login(h, "ward", NULL), 0);
	assert_int_equal(home_run(h, NULL, "--profile", "ward", "sync",
	    "--once", NULL), 0);
	assert_int_equal(home_run(h, NULL, "--profile", "ward", "chart",
	    "pt6", "--json", NULL), 0);
	doc = home_json(h);
	assert_string_equal(fhir_text(fhir_root(doc),
	    "all.sections.visits.state"), "loaded");
	/* Each is part of the other. */
	assert_non_null(strstr(h->out, "Encounter/pt6-e-in"));
	assert_non_null(strstr(h->out, "Encounter/pt6-e-out"));
	assert_true(fhir_count(fhir_root(doc), "all.drugs[0].orders") > 0);
	assert_int_equal(home_run(h, NULL, "--profile", "ward", "chart",
	    "pt7", NULL), 0);
	assert_non_null(strstr(h->out, "dated in the future"));
	assert_non_null(strstr(h->out, "2019-03"));
	assert_int_equal(home_run(h, NULL, "--profile", "ward", "chart",
	    "nobody", NULL), BASE_EXIT_NOT_FOUND);
	assert_int_equal(home_run(h, NULL, "--profile", "ward", "show",
	    "QuestionnaireResponse/pt0-intake", NULL), 0);
	assert_non_null(strstr(h->out, "written by a machine"));
	assert_int_equal(home_run(h, NULL, "--profile", "ward", "show",
	    "QuestionnaireResponse/pt0-intake", "--json", NULL), 0);
	record = home_json(h);
	assert_string_equal(fhir_text(fhir_root(record),
	    "all.resource.resourceType"), "QuestionnaireResponse");
	assert_int_equal(home_run(h, NULL, "--profile", "ward", "show",
	    "QuestionnaireResponse/pt0-intake", "--raw", NULL), 0);
	raw = fhir_parse(h->out, strlen(h->out), NULL, NULL);
	assert_string_equal(fhir_text(fhir_root(raw), "id"), "pt0-intake");
	assert_int_equal(home_run(h, NULL, "--profile", "ward", "show",
	    "Encounter/nowhere", "--raw", NULL), BASE_EXIT_NOT_FOUND);
	assert_int_equal(home_run(h, NULL, "--profile", "ward", "show",
	    "Encounter/pt6-e-in", "--raw", "--json", NULL), BASE_EXIT_USAGE);
	home_free(h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_way_over_tls),
		cmocka_unit_test(chart_and_records),
		cmocka_unit_test(what_is_listed_is_shown),
		cmocka_unit_test(another_doctor_sends_nothing),
		cmocka_unit_test(a_refused_reply_says_why),
		cmocka_unit_test(server_down_is_a_sentence),
		cmocka_unit_test(leaving_says_what_is_unsent),
		cmocka_unit_test(refused_login_changes_nothing),
		cmocka_unit_test(one_way_to_log_in),
		cmocka_unit_test(doctor_finds_what_is_wrong),
		cmocka_unit_test(rules_are_listed_explained_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
