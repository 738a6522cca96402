/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves where a token may go: addresses are resolved to the configured origin
 * or to nothing, an alias is rewritten and never contacted, plain http stays on
 * this machine. And that header lines of every known form are read as meant.
 */
#include "tests/tap.h"
#include "net/origin.h"
#include "net/rest_answer.h"

static void
test_resolve(void **state)
{
	static const char base[] = "https://fhir.example/r4/";
	static const char *alias_list[] = { "", "http://internal:8080",
		"https://alias.example", NULL };
	char *const *aliases = (char *const *)(uintptr_t)alias_list;
	static const struct { const char *url, *want; } cases[] = {
		{ "Patient?x=1", "https://fhir.example/r4/Patient?x=1" },
		{ "", "https://fhir.example/r4/" },
		{ "/other", "https://fhir.example/other" },
		{ "https://FHIR.example:443/r4/a", "https://fhir.example/r4/a" },
		{ "https://fhir.example/r4/a?_getpages=1&p=%2F",
		    "https://fhir.example/r4/a?_getpages=1&p=%2F" },
		{ "http://internal:8080/r4?_getpages=9",
		    "https://fhir.example/r4?_getpages=9" },
		{ "https://alias.example/r4/x", "https://fhir.example/r4/x" },
		{ "http://internal:8081/r4", NULL },
		{ "http://fhir.example/r4/a", NULL },
		{ "https://fhir.example:444/r4/a", NULL },
		{ "https://fhir.example.evil/r4/a", NULL },
		{ "https://fhir.example@evil/r4/a", NULL },
		{ "//evil.example/r4/a", NULL },
		{ "javascript:alert(1)", NULL },
		{ "https://", NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *got = origin_resolve(base, cases[i].url,
		    aliases);
		if (cases[i].want)
			assert_string_equal(got, cases[i].want);
		else
			assert_null(got);
	}
}

static void
test_allowed(void **state)
{
	static const struct { const char *url; gboolean want; } cases[] = {
		{ "https://anywhere.example/", TRUE },
		{ "http://127.0.0.1:8080/", TRUE },
		{ "http://127.9.9.9/", TRUE },
		{ "http://[::1]:80/", TRUE },
		{ "http://localhost/", TRUE },
		{ "http://localhost.evil.example/", FALSE },
		{ "http://10.0.0.1/", FALSE },
		{ "http://hospital.example/", FALSE },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct origin origin;
		assert_true(origin_parse(cases[i].url, &origin));
		assert_int_equal(origin_allowed(&origin), cases[i].want);
		origin_clear(&origin);
	}
}

static void
test_etag(void **state)
{
	static const struct { const char *value, *want; } cases[] = {
		{ "W/\"3\"", "3" }, { "\"3\"", "3" }, { "W/\"a-b.c\"", "a-b.c" },
		{ "3", NULL }, { "\"\"", NULL }, { "W/\"a\"b\"", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *got = rest_etag_version(cases[i].value);
		if (cases[i].want)
			assert_string_equal(got, cases[i].want);
		else
			assert_null(got);
	}
}

static int64_t
retry_of(const char *status, const char *line)
{
	BASE_AUTO(rest_answer) answer = g_new0(struct rest_answer, 1);
	g_autofree char *first = g_strdup_printf("HTTP/1.1 %s\r\n", status);
	static const char date[] = "Date: Sun, 22 Nov 2026 10:00:00 GMT\r\n";

	rest_answer_line(answer, first, strlen(first));
	rest_answer_line(answer, date, strlen(date));
	rest_answer_line(answer, line, strlen(line));
	return answer->retry_ms;
}

static void
test_retry(void **state)
{
	static const struct {
		const char *status, *line;
		int64_t want;
	} cases[] = {
		{ "429 x", "Retry-After: 7\r\n", 7000 },
		{ "503 x", "retry-after: Sun, 22 Nov 2026 10:00:09 GMT\r\n",
		    9000 },
		{ "429 x", "Retry-After: 999999\r\n", 3600000 },
		{ "429 x", "Retry-After: -4\r\n", 0 },
		{ "429 x", "Retry-After: soon\r\n", -1 },
		{ "429 x", "RateLimit: \"fhirInteractions\";r=12;t=34\r\n",
		    34000 },
		{ "200 x", "RateLimit: \"fhirInteractions\";r=0;t=5\r\n",
		    5000 },
		{ "200 x", "RateLimit: \"fhirInteractions\";r=12;t=34\r\n", -1 },
		{ "429 x", "RateLimit: limit=9, remaining=0, reset=3\r\n",
		    3000 },
		{ "429 x", "X-Other: 1\r\n", -1 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		assert_int_equal(retry_of(cases[i].status, cases[i].line),
		    cases[i].want);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resolve),
		cmocka_unit_test(test_allowed),
		cmocka_unit_test(test_etag),
		cmocka_unit_test(test_retry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
