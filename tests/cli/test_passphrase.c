/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that the passphrase is changed beside running programs: a sync that holds
 * the cache open goes on with the key it has, the cache's file is the same file
 * with the same beginning, the old passphrase opens nothing from then on, a new
 * one that was mistyped changes nothing, and what is written with the new one is
 * sent by that very sync.
 */
#include "config.h"
#include "tests/tap.h"
#include "tests/cli/run.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

#define P "--profile", "p"
#define REPLY "请继续按时服药。"

enum { PATIENCE_MS = 120000, HEAD_BYTES = 4096 };

static char *
first_owed(struct home *h)
{
	BASE_AUTO(fhir_doc) doc = NULL;

	assert_int_equal(home_run(h, NULL, P, "queue", "--json", NULL), 0);
	doc = home_json(h);
	return g_strdup(fhir_text(fhir_at(fhir_root(doc), "all", 0), "id"));
}

/* Until status, beside that sync, prints this word for the format. */
static void
until_status(struct home *h, const char *format, const char *word)
{
	int64_t until = base_mono_ms() + PATIENCE_MS;

	while (base_mono_ms() < until) {
		home_run(h, NULL, P, "status", "--format", format, NULL);
		if (g_str_equal(g_strchomp(h->out), word))
			return;
	}
	fail_msg("%s is never %s: %s%s", format, word, h->out, h->err);
}

/* The present one, then the new one twice. Returns the exit code. */
static int
change(struct home *h, const char *now, const char *new, const char *again)
{
	static const char *const words[] = { P, "passphrase", NULL };
	const struct home_talk talk[] = { { "Present passphrase", now },
		{ "Choose a passphrase", new }, { "once more:", again },
		{ NULL, NULL } };
	const struct home_talk refused[] = { { "Present passphrase", now },
		{ "passphrase is not right", NULL }, { NULL, NULL } };
	g_autofree char *said = NULL;
	int code;

	said = home_talk(h, words, new ? talk : refused, &code);
	return code;
}

static char *
cache_head(const char *path, struct stat *st)
{
	g_autofree char *bytes = NULL;
	gsize len;

	assert_int_equal(stat(path, st), 0);
	assert_true(g_file_get_contents(path, &bytes, &len, NULL));
	assert_true(len > HEAD_BYTES);
	return g_compute_checksum_for_data(G_CHECKSUM_SHA256,
	    (const guchar *)bytes, HEAD_BYTES);
}

static void
changed_beside_a_sync(void **state)
{
	struct home *h = home_new();
	g_autofree char *id = NULL, *path = NULL, *before = NULL, *after = NULL;
	struct stat was, is;
	GPid sync;

	/* The leak checker traces, and behind the filter nobody does. */
	home_env(h, "ASAN_OPTIONS", "detect_leaks=0");
	home_clinic(h, "--tls", "--seed", "7", "--patients", "4", "--pace", "0",
	    NULL);
	assert_int_equal(home_login(h, "p", NULL), 0);
	assert_int_equal(home_run(h, NULL, P, "sync", "--once", NULL), 0);
	id = first_owed(h);
	path = g_build_filename(h->dir, "XDG_STATE_HOME", "qingnang", "p",
	    "cache.db", NULL);
	before = cache_head(path, &was);
	sync = home_sync(h, "p");
	until_status(h, "{state}", "live");

	assert_int_not_equal(change(h, "wrong horse", NULL, NULL), 0);
	assert_int_equal(change(h, "correct horse", "battery staple",
	    "battery staple"), 0);

	/* passphrase_command still prints the old one. */
	assert_int_equal(home_run(h, NULL, P, "queue", NULL), BASE_EXIT_CACHE);
	assert_non_null(strstr(h->err, "what passphrase_command prints"));
	g_free(home_write(h, "passphrase", "battery staple"));
	assert_int_equal(home_run(h, REPLY "\n", P, "reply", id, NULL), 0);
	until_status(h, "{unsent}", "0");
	assert_int_equal(home_run(h, NULL, P, "show", id, "--json", NULL), 0);
	assert_non_null(strstr(h->out, REPLY));
	assert_non_null(strstr(h->out, "\"state\": \"sent\""));
	assert_int_equal(kill(sync, 0), 0);
	home_sync_stop(sync, 0);

	after = cache_head(path, &is);
	assert_int_equal(was.st_ino, is.st_ino);
	assert_string_equal(before, after);
	home_free(h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changed_beside_a_sync),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
