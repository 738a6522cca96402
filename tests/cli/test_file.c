/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves with the built programs against the practice clinic over TLS: a file of a
 * message comes into the cache when it is asked for, the same bytes whether the
 * server answers with them or with a Binary around them; from a signed address
 * elsewhere that is new at each read and that a login must not reach; what the
 * server refuses, has deleted or cannot be reached for is a sentence and a code;
 * what is here needs no server; nothing of a file stands in the log.
 */
#include "tests/tap.h"
#include "tests/cli/run.h"

#include <sys/stat.h>

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_bytes_every_way),
		cmocka_unit_test(cannot_be_had),
		cmocka_unit_test(listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
