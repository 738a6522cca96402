/* SPDX-License-Identifier: Apache-2.0 */
/* A SoftHSM2 token in a home, with a P-256 key, PIN 123456. */
#ifndef QN_TESTS_CLI_KIT_HSM_H
#define QN_TESTS_CLI_KIT_HSM_H

#include "tests/cli/run.h"

#include <glib/gstdio.h>

static inline void
spawn(struct home *h, const char *const *argv)
{
	g_autofree char *err = NULL;
	int status = -1;

	assert_true(g_spawn_sync(NULL, (char **)argv, h->env,
	    G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
	    &err, &status, NULL));
	if (status != 0)
		fail_msg("%s: %s", argv[0], err);
}

static inline void
hsm(struct home *h)
{
	g_autofree char *dir = g_build_filename(h->dir, "tokens", NULL);
	g_autofree char *text = g_strdup_printf("directories.tokendir = %s\n"
	    "objectstore.backend = file\nlog.level = ERROR\n", dir);
	g_autofree char *conf = home_write(h, "softhsm2.conf", text);
	g_autofree char *key = g_build_filename(h->dir, "key.pem", NULL);
	const char *const init[] = { "softhsm2-util", "--init-token", "--free",
		"--label", "吴医生", "--pin", "123456", "--so-pin", "12345678",
		NULL };
	const char *const make[] = { "openssl", "genpkey", "-algorithm", "EC",
		"-pkeyopt", "ec_paramgen_curve:P-256", "-out", key, NULL };
	const char *const import[] = { "softhsm2-util", "--import", key,
		"--token", "吴医生", "--label", "sign", "--id", "01", "--pin",
		"123456", NULL };

	g_mkdir(dir, 0700);
	home_env(h, "SOFTHSM2_CONF", conf);
	spawn(h, init);
	spawn(h, make);
	spawn(h, import);
}

static inline const char *
module(void)
{
	static const char *const places[] = {
		"/usr/lib/softhsm/libsofthsm2.so",
		"/usr/lib64/pkcs11/libsofthsm2.so",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(places); i++)
		if (g_file_test(places[i], G_FILE_TEST_EXISTS))
			return places[i];
	fail_msg("SoftHSM2 is missing: apt-get install softhsm2");
	return NULL;
}

#endif
