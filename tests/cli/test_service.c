/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves with the built programs that decision support holds nobody and that its
 * absence is said: a service that answers 500, a web page, half a JSON or nothing
 * at all, or that nobody listens for, is a finding and within its time; what it
 * says amiss is a finding too and drives no terminal; one that is late but in time
 * is heard; and a prescription is signed without any of them.
 */
#include "tests/tap.h"
#include "tests/cli/kit_rx.h"

#define ABSENT "did not answer: its checks are missing"
/* Its five seconds, and a busy machine's. */
enum { HELD_MS = 30000 };

static void
fault(struct home *h, const char *what)
{
	const char *base = home_clinic_field(h, "base");
	g_autofree char *url = g_strdup_printf("%.*s/practice/fault",
	    (int)(strstr(base, "/fhir") - base), base);
	g_autofree char *words = g_strconcat("off\n", what, NULL);
	const char *argv[] = { "curl", "-sf", "--cacert",
		home_clinic_field(h, "ca"), "--data-binary", words, url, NULL };
	int status = -1;

	assert_true(g_spawn_sync(NULL, (char **)argv, NULL,
	    G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
	    NULL, &status, NULL));
	assert_int_equal(status, 0);
}

/* The profile's service. */
static void
service(struct home *h, const char *url)
{
	g_autofree char *path = g_build_filename(h->dir, "XDG_CONFIG_HOME",
	    "qingnang", "p.conf", NULL);
	g_autoptr(GKeyFile) conf = g_key_file_new();

	assert_true(g_key_file_load_from_file(conf, path, G_KEY_FILE_NONE,
	    NULL));
	g_key_file_set_string(conf, "prescribing", "cds_url", url);
	assert_true(g_key_file_save_to_file(conf, path, NULL));
}

static void
said(struct home *h, const char *words, gboolean is)
{
	if ((strstr(h->out, words) != NULL) != is)
		fail_msg("%s: %s\n%s", is ? "not said" : "said", words,
		    h->out);
}

/* The next request, prepared and asked about; the local number. Owned. */
static char *
asked(struct home *h, int n, const char *what)
{
	g_autofree char *task = g_strdup_printf("Task/rn%d-task-renew0", n);
	int64_t before = base_mono_ms();
	char *id;

	fault(h, what);
	id = renew(h, "p", task);
	assert_true(base_mono_ms() - before < HELD_MS);
	/* Whatever came, no control byte goes to the terminal. */
	assert_null(strchr(h->out, '\033'));
	assert_null(strchr(h->out, '\007'));
	return id;
}

static void
faults(void **state)
{
	static const struct { const char *fault, *words; gboolean is; }
	cases[] = {
		{ "off", ABSENT, FALSE },
		{ "service-500", ABSENT, TRUE },
		{ "service-html", ABSENT, TRUE },
		{ "service-garbage", ABSENT, TRUE },
		{ "service-wrong", "could not be read", TRUE },
		{ "service-wrong", "? CDS ", TRUE },
		{ "service-slow=1000", ABSENT, FALSE },
		{ "service-silent", ABSENT, TRUE },
	};
	struct home *h = clinic("review", NULL);
	const char *base = home_clinic_field(h, "base");
	g_autofree char *url = g_strdup_printf("%.*s/cds-services",
	    (int)(strstr(base, "/fhir") - base), base);
	g_autofree char *id = NULL;
	GPid sync;

	assert_int_equal(home_login(h, "p", NULL), 0);
	service(h, url);
	assert_int_equal(home_run(h, NULL, P, "sync", "--once", NULL), 0);
	signer_new(h, "p");
	sync = sync_up(h, "p");
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_free(id);
		id = asked(h, (int)i, cases[i].fault);
		said(h, cases[i].words, cases[i].is);
		said(h, "has not answered yet", FALSE);
	}
	/* It is still silent; the doctor is not held. */
	signs(h, "p", id);
	home_sync_stop(sync, 0);
	home_free(h);
}

static void
nobody_listens(void **state)
{
	struct home *h = clinic("review", NULL);
	g_autofree char *id = NULL;
	GPid sync;

	assert_int_equal(home_login(h, "p", NULL), 0);
	service(h, "https://127.0.0.1:9/cds-services");
	assert_int_equal(home_run(h, NULL, P, "sync", "--once", NULL), 0);
	signer_new(h, "p");
	sync = sync_up(h, "p");
	id = renew(h, "p", TASK);
	said(h, "(127.0.0.1:9) " ABSENT, TRUE);
	signs(h, "p", id);
	home_sync_stop(sync, 0);
	home_free(h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults),
		cmocka_unit_test(nobody_listens),
	};

	return cmocka_run_group_tests_name("decision support", tests, NULL,
	    NULL);
}
