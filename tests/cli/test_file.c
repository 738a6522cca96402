/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves with the built programs against the practice clinic over TLS: a file of a
 * message comes into the cache when it is asked for, the same bytes whether the
 * server answers with them or with a Binary around them; from a signed address
 * elsewhere that is new at each read and that a login must not reach; what the
 * server refuses, has deleted or cannot be reached for is a sentence and a code;
 * what is here needs no server. A file that goes with a reply comes to the server
 * byte for byte and once with its message, whatever becomes of the answers and
 * whenever qingnang-sync is killed; what cannot be attached is said before.
 */
#include "tests/tap.h"
#include "tests/cli/run.h"

#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define P "--profile", "p"
#define READING "Communication/pt0-t1-8" /* the seed's: a meter's display */

static void
fault(struct home *h, const char *what)
{
	const char *base = home_clinic_field(h, "base");
	g_autofree char *url = g_strdup_printf("%.*s/practice/fault",
	    (int)(strstr(base, "/fhir") - base), base);
	const char *argv[] = { "curl", "-sf", "--cacert",
		home_clinic_field(h, "ca"), "--data-binary", what, url, NULL };
	int status = -1;

	assert_true(g_spawn_sync(NULL, (char **)argv, NULL,
	    G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
	    NULL, &status, NULL));
	assert_int_equal(status, 0);
}

static struct home *
clinic(void)
{
	struct home *h = home_new();

	home_env(h, "ASAN_OPTIONS", "detect_leaks=0");
	home_clinic(h, "--tls", "--seed", "7", "--patients", "7", NULL);
	assert_int_equal(home_login(h, "p", NULL), 0);
	assert_int_equal(home_run(h, NULL, P, "sync", "--once", NULL), 0);
	return h;
}

static int
get(struct home *h, const char *name, char **bytes, gsize *len)
{
	g_autofree char *path = g_build_filename(h->dir, name, NULL);
	int code = home_run(h, NULL, P, "attachment", READING, "1", "--output",
	    path, NULL);
	struct stat st;

	*bytes = NULL;
	if (code != 0)
		return code;
	assert_true(g_file_get_contents(path, bytes, len, NULL));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	return 0;
}

/* Two profiles at one clinic, so that each fetches for itself. */
static void
same_bytes_every_way(void **state)
{
	static const char *const ways[] = { "off", "file-wrapped", "signed" };
	g_autofree char *first = NULL;
	gsize first_len = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
		struct home *h = clinic();
		g_autofree char *bytes = NULL, *again = NULL;
		gsize len, again_len;

		fault(h, ways[i]);
		/* The address in the cache is one that has run out. */
		assert_int_equal(home_run(h, NULL, P, "sync", "--once", NULL),
		    0);
		if (get(h, "a", &bytes, &len) != 0)
			fail_msg("%s: %s", ways[i], h->err);
		assert_true(len > 100);
		assert_memory_equal(bytes, "\x89PNG\r\n\x1a\n", 8);
		if (!first) {
			first = g_steal_pointer(&bytes);
			first_len = len;
		} else {
			assert_int_equal(len, first_len);
			assert_memory_equal(bytes, first, len);
		}
		home_clinic_stop(h);
		assert_int_equal(get(h, "b", &again, &again_len), 0);
		assert_int_equal(again_len, first_len);
		assert_memory_equal(again, first, first_len);
		home_free(h);
	}
}

static void
refused(struct home *h, const char *what, int code, const char *words)
{
	g_autofree char *bytes = NULL;
	gsize len;

	fault(h, what);
	assert_int_equal(get(h, "x", &bytes, &len), code);
	if (!strstr(h->err, words))
		fail_msg("%s: %s", what, h->err);
	fault(h, "off");
}

static void
cannot_be_had(void **state)
{
	struct home *h = clinic();
	g_autofree char *bytes = NULL;
	gsize len;

	refused(h, "404=Binary", BASE_EXIT_NOT_FOUND, "any more");
	refused(h, "gone=Binary", BASE_EXIT_NOT_FOUND, "any more");
	refused(h, "403=Binary", BASE_EXIT_NOT_FOUND, "to your login");
	/* It is there again: so is the file. */
	assert_int_equal(get(h, "a", &bytes, &len), 0);
	assert_int_equal(home_run(h, NULL, P, "attachment", READING, "2",
	    "--output", "/dev/null", NULL), BASE_EXIT_USAGE);
	assert_int_equal(home_run(h, NULL, P, "attachment", "nobody", NULL),
	    BASE_EXIT_NOT_FOUND);
	home_free(h);
}

static void
listed(void **state)
{
	struct home *h = clinic();

	assert_int_equal(home_run(h, NULL, P, "attachment", READING, "--json",
	    NULL), 0);
	BASE_AUTO(fhir_doc) doc = home_json(h);
	const fhir_node *root = fhir_root(doc);

	assert_string_equal(fhir_text(root, "all[0].title"), "血压计.png");
	assert_string_equal(fhir_text(root, "all[0].content_type"),
	    "image/png");
	assert_string_equal(fhir_text(root, "all[0].state"), "away");
	home_clinic_stop(h);
	assert_int_equal(home_run(h, NULL, P, "attachment", READING, "1",
	    "--output", "/nowhere/x", NULL), BASE_EXIT_NOT_FOUND);
	assert_non_null(strstr(h->err, "next sync brings it"));
	home_free(h);
}

/* ---- the other way ------------------------------------------------------ */

enum { FILE_BYTES = 300 * 1024 };

/* Bytes of every value, NUL too, behind a picture's sign. */
static char *
file_new(struct home *h, const char *name, char **bytes)
{
	char *path = g_build_filename(h->dir, name, NULL);
	guint32 n = 12345;

	*bytes = g_malloc(FILE_BYTES);
	for (int i = 0; i < FILE_BYTES; i++, n = n * 1664525 + 1013904223)
		(*bytes)[i] = (char)(n >> 24);
	memcpy(*bytes, "\x89PNG\r\n\x1a\n", 8);
	assert_true(g_file_set_contents(path, *bytes, FILE_BYTES, NULL));
	return path;
}

/* How many messages of mine have that many files; *ref: the last one's. */
static int
mine(struct home *h, const char *profile, size_t files, char **ref)
{
	int n = 0;

	assert_int_equal(home_run(h, NULL, "--profile", profile, "show",
	    "--json", "pt0-t1", NULL), 0);
	BASE_AUTO(fhir_doc) doc = home_json(h);
	const fhir_node *all = fhir_get(fhir_root(doc), "all");

	for (size_t i = 0; i < fhir_count(all, "messages"); i++) {
		const fhir_node *m = fhir_at(all, "messages", i);

		if (g_strcmp0(fhir_text(m, "from"), "me") != 0 ||
		    fhir_count(m, "attachments") != files)
			continue;
		n++;
		g_free(*ref);
		*ref = g_strdup(fhir_text(m, "ref"));
	}
	return n;
}

static void
has_bytes(struct home *h, const char *profile, const char *ref,
    const char *number, const char *bytes)
{
	g_autofree char *path = g_strdup_printf("%s/%s-%s", h->dir, profile,
	    number);
	g_autofree char *got = NULL;
	gsize len;

	assert_int_equal(home_run(h, NULL, "--profile", profile, "attachment",
	    ref, number, "--output", path, NULL), 0);
	assert_true(g_file_get_contents(path, &got, &len, NULL));
	assert_int_equal(len, FILE_BYTES);
	assert_memory_equal(got, bytes, len);
}

/* Once on the server, byte for byte, as another machine of mine sees it. */
static void
there_once(struct home *h, size_t files, const char *bytes)
{
	g_autofree char *ref = NULL, *last = NULL;

	assert_int_equal(home_login(h, "q", NULL), 0);
	assert_int_equal(home_run(h, NULL, "--profile", "q", "sync", "--once",
	    NULL), 0);
	assert_int_equal(mine(h, "q", files, &ref), 1);
	last = g_strdup_printf("%zu", files);
	has_bytes(h, "q", ref, last, bytes);
	if (files > 1)
		has_bytes(h, "q", ref, "1", bytes);
}

static void
until_sent(struct home *h)
{
	for (int i = 0; i < 40; i++)
		if (home_run(h, NULL, P, "sync", "--once", NULL) == 0)
			return;
	fail_msg("never sent: %s%s", h->out, h->err);
}

static void
sent_whole(void **state)
{
	struct home *h = clinic();
	g_autofree char *bytes = NULL, *ref = NULL;
	g_autofree char *path = file_new(h, "照片.png", &bytes);

	assert_int_equal(home_run(h, NULL, P, "reply", "pt0-t1", "-m",
	    "请看图", "--attach", path, "--attach", path, NULL), 0);
	/* It may go: nothing of it is needed any more. */
	assert_int_equal(remove(path), 0);
	assert_int_equal(mine(h, "p", 2, &ref), 1);
	assert_null(ref);
	until_sent(h);
	assert_int_equal(mine(h, "p", 2, &ref), 1);
	assert_non_null(ref);
	/* Here as it was sent, without asking for it. */
	home_clinic_stop(h);
	has_bytes(h, "p", ref, "2", bytes);
	home_free(h);
}

static void
without_a_word(void **state)
{
	struct home *h = clinic();
	g_autofree char *bytes = NULL;
	g_autofree char *path = file_new(h, "a.png", &bytes);

	assert_int_equal(home_run(h, NULL, P, "reply", "pt0-t1", "--attach",
	    path, NULL), 0);
	until_sent(h);
	there_once(h, 1, bytes);
	home_free(h);
}

/* A file is sent twice where its answer was lost; the message once. */
static void
answers_astray(void **state)
{
	static const char *const ways[] = { "file-lost*1", "file-slow=300",
		"drop-answer=2", "500=3" };

	for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
		struct home *h = clinic();
		g_autofree char *bytes = NULL;
		g_autofree char *path = file_new(h, "a.png", &bytes);

		assert_int_equal(home_run(h, NULL, P, "reply", "pt0-t1", "-m",
		    "x", "--attach", path, "--attach", path, NULL), 0);
		fault(h, ways[i]);
		home_run(h, NULL, P, "sync", "--once", NULL);
		fault(h, "off");
		until_sent(h);
		there_once(h, 2, bytes);
		home_free(h);
	}
}

static void
too_large_there(void **state)
{
	struct home *h = clinic();
	g_autofree char *bytes = NULL, *ref = NULL;
	g_autofree char *path = file_new(h, "a.png", &bytes);

	fault(h, "file-413");
	assert_int_equal(home_run(h, NULL, P, "reply", "pt0-t1", "-m", "x",
	    "--attach", path, NULL), 0);
	home_run(h, NULL, P, "sync", "--once", NULL);
	assert_int_equal(home_run(h, NULL, P, "show", "--json", "pt0-t1", NULL),
	    0);
	assert_non_null(strstr(h->out, "does not take a file of this size"));
	home_free(h);
}

/* Killed while files are on their way, again and again, a little later each time;
 * the one that is left finishes. */
static void
killed_on_the_way(void **state)
{
	struct home *h = clinic();
	g_autofree char *bytes = NULL, *program = test_program("qingnang-sync");
	g_autofree char *path = file_new(h, "a.png", &bytes);
	const char *argv[] = { program, "--profile", "p", "--once", NULL };

	assert_int_equal(home_run(h, NULL, P, "reply", "pt0-t1", "-m", "x",
	    "--attach", path, "--attach", path, NULL), 0);
	fault(h, "slow=20");
	for (int ms = 20; ms < 700; ms += 40) {
		GPid pid;

		assert_true(g_spawn_async(h->dir, (char **)argv, h->env,
		    G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL |
		    G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &pid, NULL));
		g_usleep((gulong)ms * 1000); /* where it is then, is the test */
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	fault(h, "off");
	until_sent(h);
	there_once(h, 2, bytes);
	home_free(h);
}

static void
refused_here(void **state)
{
	struct home *h = clinic();
	g_autofree char *empty = home_write(h, "empty", "");
	g_autofree char *large = home_write(h, "large", "x");

	assert_int_equal(truncate(large, 21 * 1024 * 1024), 0);
	assert_int_equal(home_run(h, NULL, P, "reply", "pt0-t1", "-m", "x",
	    "--attach", large, NULL), BASE_EXIT_FAILED);
	assert_non_null(strstr(h->err, "larger than 20 MB"));
	assert_int_not_equal(home_run(h, NULL, P, "reply", "pt0-t1", "-m", "x",
	    "--attach", empty, NULL), 0);
	assert_non_null(strstr(h->err, "it is empty"));
	assert_int_not_equal(home_run(h, NULL, P, "reply", "pt0-t1", "-m", "x",
	    "--attach", h->dir, NULL), 0);
	assert_non_null(strstr(h->err, "not a file"));
	assert_int_not_equal(home_run(h, NULL, P, "reply", "pt0-t1", "-m", "x",
	    "--attach", "/nowhere", NULL), 0);
	home_free(h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_bytes_every_way),
		cmocka_unit_test(cannot_be_had),
		cmocka_unit_test(listed), cmocka_unit_test(sent_whole),
		cmocka_unit_test(without_a_word),
		cmocka_unit_test(answers_astray),
		cmocka_unit_test(too_large_there),
		cmocka_unit_test(killed_on_the_way),
		cmocka_unit_test(refused_here),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
