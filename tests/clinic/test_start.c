/* SPDX-License-Identifier: Apache-2.0 */
/* Proves: how the program starts and ends: its line, its options, its CA that a
 * stranger's does not replace, files loaded and kept, loopback alone. */
#include <curl/curl.h>
#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/clinic/client.h"

/* ---- running it to its end ---------------------------------------------- */

static int
run(const char *option, char **out, char **err)
{
	g_autofree char *program = test_program("qingnang-clinic");
	char *argv[] = { program, (char *)option, NULL };
	int status = -1;

	assert_true(g_spawn_sync(NULL, argv, NULL, G_SPAWN_DEFAULT, NULL,
	    NULL, out, err, &status, NULL));
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
test_words(void **state)
{
	static const char *const bad[] = { "--nonsense", "--port=70000",
		"--port=x", "--dialect=none", "--pace=-1", "word",
		"--token-seconds=0" };
	g_autofree char *out = NULL, *err = NULL, *help = NULL, *none = NULL;
	size_t i;

	assert_int_equal(run("--version", &out, &err), 0);
	assert_true(g_str_has_prefix(out, "qingnang-clinic "));
	assert_int_equal(run("--help", &help, &none), 0);
	assert_non_null(strstr(help, "--fault=NAME[=ARG]"));
	for (i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autofree char *o = NULL, *e = NULL;
		assert_int_equal(run(bad[i], &o, &e), 2);
		assert_string_equal(o, "");
		assert_true(g_str_has_prefix(e, "qingnang-clinic: "));
	}
	{
		g_autofree char *o = NULL, *e = NULL;
		assert_int_equal(run("--fault=nonsense", &o, &e), 1);
		assert_string_equal(o, "");
	}
	{
		g_autofree char *o = NULL, *e = NULL;
		assert_int_equal(run("--load=/nonexistent/x", &o, &e), 1);
		assert_string_equal(o, "");
	}
}

/* Every option that --help lists stands in the manual. */
static void
test_manual(void **state)
{
	g_autofree char *path = test_src("man/qingnang-clinic.1");
	g_autofree char *manual = NULL, *help = NULL, *err = NULL;
	g_auto(GStrv) words = NULL;
	int i, seen = 0;

	assert_true(g_file_get_contents(path, &manual, NULL, NULL));
	assert_int_equal(run("--help", &help, &err), 0);
	words = g_strsplit_set(help, " ,=\n", -1);
	for (i = 0; words[i]; i++) {
		g_autofree char *flag = NULL;
		if (!g_str_has_prefix(words[i], "--"))
			continue;
		flag = g_strdup_printf("Fl %s", words[i] + 1);
		if (!strstr(manual, flag))
			fail_msg("%s is not in the manual", words[i]);
		seen++;
	}
	assert_true(seen > 10);
}

/* ---- TLS ---------------------------------------------------------------- */

static size_t
swallow(char *bytes, size_t size, size_t n, void *user)
{
	g_string_append_len(user, bytes, size * n);
	return size * n;
}

static CURLcode
fetch(const char *url, const char *ca, GString *body, long *version)
{
	CURL *curl = curl_easy_init();
	CURLcode rc;

	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_CAINFO, ca);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, 20L);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, swallow);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, body);
	rc = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_HTTP_VERSION, version);
	curl_easy_cleanup(curl);
	return rc;
}

static void
test_tls(void **state)
{
	struct clinic_proc *a = clinic_start("--tls", NULL);
	struct clinic_proc *b = clinic_start("--tls", NULL);
	g_autofree char *url = g_strconcat(clinic_word(a, "base"),
	    "/metadata", NULL);
	g_autofree char *local = g_strdup_printf(
	    "https://localhost:%d/fhir/metadata", a->port);
	g_autofree char *ca = g_strdup(clinic_word(a, "ca"));
	g_autoptr(GString) body = g_string_new(NULL);
	long version;
	int i;

	assert_true(g_str_has_prefix(url, "https://127.0.0.1:"));
	assert_int_equal(fetch(url, ca, body, &version), CURLE_OK);
	assert_int_equal(version, CURL_HTTP_VERSION_1_1);
	assert_non_null(strstr(body->str, "\"fhirVersion\":\"4.0.1\""));
	assert_int_equal(fetch(local, ca, body, &version), CURLE_OK);
	/* Who hangs up in the handshake does not end the clinic. */
	for (i = 0; i < 20; i++)
		assert_int_equal(fetch(url, clinic_word(b, "ca"), body,
		    &version), CURLE_PEER_FAILED_VERIFICATION);
	assert_int_equal(fetch(url, ca, body, &version), CURLE_OK);
	clinic_stop(b);
	clinic_stop(a);
	assert_false(g_file_test(ca, G_FILE_TEST_EXISTS));
}

static void
remove_dir(const char *path)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *full = g_build_filename(path, name, NULL);
		g_unlink(full);
	}
	if (dir)
		g_dir_close(dir);
	g_rmdir(path);
}

static void
test_state_is_used_again(void **state)
{
	g_autofree char *dir = g_dir_make_tmp("clinic-XXXXXX", NULL);
	g_autofree char *first = NULL, *second = NULL;
	g_autofree char *key = g_build_filename(dir, "key.pem", NULL);
	struct clinic_proc *c = clinic_start("--tls", "--state", dir, NULL);
	GStatBuf info;

	assert_true(g_file_get_contents(clinic_word(c, "ca"), &first, NULL,
	    NULL));
	assert_int_equal(g_stat(key, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	clinic_stop(c);
	c = clinic_start("--tls", "--state", dir, NULL);
	assert_true(g_file_get_contents(clinic_word(c, "ca"), &second, NULL,
	    NULL));
	assert_string_equal(first, second);
	clinic_stop(c);
	remove_dir(dir);
}

/* ---- what it holds ------------------------------------------------------ */

static void
put_file(const char *dir, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);

	assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void
test_load_and_keep(void **state)
{
	g_autofree char *dir = g_dir_make_tmp("clinic-XXXXXX", NULL);
	g_autofree char *files = g_build_filename(dir, "files", NULL);
	g_autofree char *db = g_build_filename(dir, "db", NULL);
	g_autofree char *pipe = NULL;
	struct clinic_proc *c;
	struct reply *r;

	g_mkdir(files, 0700);
	put_file(files, "a.json", "\xef\xbb\xbf {\"resourceType\":\"Patient\","
	    "\"id\":\"a\",\"x\":0.10}");
	put_file(files, "b.json", "{\"resourceType\":\"Bundle\",\"type\":"
	    "\"collection\",\"entry\":[{\"resource\":{\"resourceType\":"
	    "\"Patient\",\"id\":\"b\",\"x\":1.00}},{\"resource\":{"
	    "\"resourceType\":\"Patient\",\"id\":\"not an id\"}}]}");
	put_file(files, "c.json", "{\"resourceType\":\"Bundle\",\"id\":\"doc\","
	    "\"type\":\"document\"}");
	put_file(files, "package.json", "{\"name\":\"x\"}");
	put_file(files, "d.json", "{");
	put_file(files, "e.txt", "no");
	/* Nobody writes into it: whoever opened it would wait for ever. */
	pipe = g_build_filename(files, "pipe.json", NULL);
	assert_int_equal(mkfifo(pipe, 0600), 0);
	c = clinic_start("--load", files, "--db", db, NULL);
	expect(c, 200, "GET", "Patient/b", NULL, NULL);
	expect(c, 200, "GET", "Bundle/doc", NULL, NULL);
	r = ask(c, "GET", "Patient?_summary=count", NULL, NULL);
	assert_int_equal(json_integer_value(dig(r->json, "total")), 2);
	reply_free(r);
	expect(c, 204, "DELETE", "Patient/b", NULL, NULL);
	clinic_stop(c);
	/* Another run, nothing loaded: it is still there. */
	c = clinic_start("--db", db, NULL);
	r = ask(c, "GET", "Patient/a", NULL, NULL);
	assert_int_equal(r->status, 200);
	assert_true(g_str_has_suffix(r->body->str, "\"x\":0.10}"));
	reply_free(r);
	expect(c, 410, "GET", "Patient/b", NULL, NULL);
	clinic_stop(c);
	remove_dir(files);
	remove_dir(dir);
}

static void
test_patients_come(void **state)
{
	struct clinic_proc *c = clinic_start("--patients", "3", "--seed", "5",
	    "--pace", "0", NULL);
	g_autofree char *path = g_strdup_printf(
	    "Communication?recipient=%s&_count=5",
	    clinic_word(c, "practitioner"));
	struct reply *r = ask(c, "GET", path, NULL, NULL);

	assert_true(json_array_size(dig(r->json, "entry")) > 0);
	reply_free(r);
	expect(c, 200, "GET", clinic_word(c, "practitioner"), NULL, NULL);
	clinic_stop(c);
}

static gboolean
answers(const struct sockaddr *address, int port)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} to = { .any.sa_family = address->sa_family };
	size_t len = address->sa_family == AF_INET6 ? sizeof(to.v6) :
	    sizeof(to.v4);
	gboolean there;
	int fd;

	if (address->sa_family != AF_INET && address->sa_family != AF_INET6)
		return FALSE;
	memcpy(&to, address, len);
	if (address->sa_family == AF_INET6)
		to.v6.sin6_port = htons(port);
	else
		to.v4.sin_port = htons(port);
	fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	there = !connect(fd, &to.any, len);
	close(fd);
	return there;
}

/* No address of this machine but loopback answers. */
static void
test_loopback_alone(void **state)
{
	struct clinic_proc *c = clinic_start(NULL);
	struct ifaddrs *all = NULL, *at;

	assert_int_equal(getifaddrs(&all), 0);
	for (at = all; at; at = at->ifa_next)
		if (at->ifa_addr && !(at->ifa_flags & IFF_LOOPBACK))
			assert_false(answers(at->ifa_addr, c->port));
	freeifaddrs(all);
	clinic_stop(c);
}

static void
test_port_taken(void **state)
{
	struct clinic_proc *c = clinic_start(NULL);
	g_autofree char *option = g_strdup_printf("--port=%d", c->port);
	g_autofree char *out = NULL, *err = NULL;

	assert_int_equal(run(option, &out, &err), 1);
	assert_string_equal(out, "");
	assert_non_null(strstr(err, "Cannot listen on 127.0.0.1"));
	clinic_stop(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_manual),
		cmocka_unit_test(test_tls),
		cmocka_unit_test(test_state_is_used_again),
		cmocka_unit_test(test_load_and_keep),
		cmocka_unit_test(test_patients_come),
		cmocka_unit_test(test_loopback_alone),
		cmocka_unit_test(test_port_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
