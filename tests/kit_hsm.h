/* SPDX-License-Identifier: Apache-2.0 */
/* A SoftHSM2 token in a directory, with a P-256 key; it can be pulled out. */
#ifndef QN_TESTS_KIT_HSM_H
#define QN_TESTS_KIT_HSM_H

#include <glib/gstdio.h>
#include <string.h>

#include "tests/tap.h"

#define HSM_PIN "123456"

static inline void
hsm_run(char **env, const char *const *argv)
{
	g_autofree char *err = NULL;
	int status = -1;

	assert_true(g_spawn_sync(NULL, (char **)argv, env,
	    G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
	    &err, &status, NULL));
	if (status != 0)
		fail_msg("%s: %s", argv[0], err);
}

/* The file that SOFTHSM2_CONF is to name. Owned. */
static inline char *
hsm_make(const char *dir)
{
	g_autofree char *tokens = g_build_filename(dir, "tokens", NULL);
	g_autofree char *text = g_strdup_printf("directories.tokendir = %s\n"
	    "objectstore.backend = file\nlog.level = ERROR\n", tokens);
	g_autofree char *key = g_build_filename(dir, "key.pem", NULL);
	char *conf = g_build_filename(dir, "softhsm2.conf", NULL);
	g_auto(GStrv) env = g_environ_setenv(g_get_environ(), "SOFTHSM2_CONF",
	    conf, TRUE);
	const char *const init[] = { "softhsm2-util", "--init-token", "--free",
		"--label", "吴医生", "--pin", HSM_PIN, "--so-pin", "12345678",
		NULL };
	const char *const make[] = { "openssl", "genpkey", "-algorithm", "EC",
		"-pkeyopt", "ec_paramgen_curve:P-256", "-out", key, NULL };
	const char *const import[] = { "softhsm2-util", "--import", key,
		"--token", "吴医生", "--label", "sign", "--id", "01", "--pin",
		HSM_PIN, NULL };

	g_mkdir(tokens, 0700);
	assert_true(g_file_set_contents(conf, text, -1, NULL));
	hsm_run(env, init);
	hsm_run(env, make);
	hsm_run(env, import);
	return conf;
}

static inline void
hsm_move(const char *dir, const char *from, const char *to)
{
	g_autofree char *a = g_build_filename(dir, from, NULL);
	g_autofree char *b = g_build_filename(dir, to, NULL);

	assert_int_equal(g_rename(a, b), 0);
}

/* The token's files are its body. */
static inline void
hsm_pull(const char *dir)
{
	hsm_move(dir, "tokens", "pulled");
}

static inline void
hsm_put_back(const char *dir)
{
	hsm_move(dir, "pulled", "tokens");
}

static inline const char *
hsm_module(void)
{
	static const char *const places[] = {
		"/usr/lib/softhsm/libsofthsm2.so",
		"/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
		"/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
		"/usr/lib64/pkcs11/libsofthsm2.so",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(places); i++)
		if (g_file_test(places[i], G_FILE_TEST_EXISTS))
			return places[i];
	fail_msg("SoftHSM2 is missing: apt-get install softhsm2");
	return NULL;
}

static inline void
hsm_remove(const char *path)
{
	g_autoptr(GDir) d = g_dir_open(path, 0, NULL);
	const char *name;

	while (d && (name = g_dir_read_name(d))) {
		g_autofree char *child = g_build_filename(path, name, NULL);

		hsm_remove(child);
	}
	g_remove(path);
}

#endif
