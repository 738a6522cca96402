/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that a deletion is noticed in the next delta where the server can tell,
 * however far down a large queue it is: the real qingnang-sync against a clinic
 * that answers _deleted=true (Medplum) and one that has a type's history (HAPI).
 * What was not deleted stays. That a server which tells nothing is asked for a
 * few things again and again is proved in test_sync.
 */
#include "tests/net/programs.h"
#include <curl/curl.h>

/* Past what the sweep asks for at the start of a run: 40 rows, 4 charts. */
enum { ROW = 50, ROWS = 400 };

static size_t
on_bytes(char *data, size_t size, size_t n, void *user)
{
	g_string_append_len(user, data, (gssize)(size * n));
	return size * n;
}

/* Another's request. Owned body; *status_out may be NULL. */
static char *
ask(const char *method, const char *url, const char *body, const char *token,
    long *status_out)
{
	g_autofree char *bearer = g_strconcat("Authorization: Bearer ", token,
	    NULL);
	struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
	GString *answer = g_string_new(NULL);
	CURL *easy = curl_easy_init();

	if (token)
		headers = curl_slist_append(headers, bearer);
	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, answer);
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
	if (body)
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
	assert_int_equal(curl_easy_perform(easy), CURLE_OK);
	if (status_out)
		curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, status_out);
	curl_easy_cleanup(easy);
	curl_slist_free_all(headers);
	return g_string_free(answer, FALSE);
}

static void
delete_there(const struct clinic *c, const char *ref)
{
	g_autofree char *form = g_strdup_printf("grant_type=client_credentials"
	    "&client_id=%s&client_secret=%s", clinic_word(c, "client_id"),
	    clinic_word(c, "client_secret"));
	g_autofree char *told = ask("POST", clinic_word(c, "token_url"), form,
	    NULL, NULL);
	BASE_AUTO(fhir_doc) doc = fhir_parse(told, strlen(told),
	    &fhir_limits_default, NULL);
	g_autofree char *url = g_strdup_printf("%s/%s", clinic_word(c, "base"),
	    ref);
	g_autofree char *answer = NULL;
	long status;

	assert_non_null(doc);
	answer = ask("DELETE", url, NULL, fhir_text(fhir_root(doc),
	    "access_token"), &status);
	assert_in_range(status, 200, 204);
}

static struct queue_page *
queue(struct store *store)
{
	struct queue_filter all = { .lane = QUEUE_LANE_ALL };

	return store_queue(store, &all, 0, ROWS, NULL);
}

/* A consultation far down, and something in the chart of another patient. */
static void
pick(const char *profile, char **consult, char **entry, struct patient_id *p)
{
	BASE_AUTO(store) store = profile_open(profile);
	BASE_AUTO(queue_page) page = queue(store);
	size_t i = ROW;

	assert_true(page->n > ROW + 5);
	while (page->rows[i].kind != QUEUE_CONSULT)
		i++;
	*consult = g_strdup(page->rows[i].ref);
	for (i++; !*entry && i < page->n; i++) {
		BASE_AUTO(chart) c = store_chart(store,
		    page->rows[i].patient.id, 0, NULL);
		for (size_t k = 0; k < c->n && !*entry; k++)
			if (c->entries[k].section == CHART_ALLERGIES)
				*entry = g_strdup(c->entries[k].ref);
		*p = page->rows[i].patient.id;
	}
	assert_non_null(*entry);
}

static gboolean
charted(struct store *store, struct patient_id p, const char *ref)
{
	BASE_AUTO(chart) c = store_chart(store, p, 0, NULL);

	for (size_t k = 0; k < c->n; k++)
		if (strcmp(c->entries[k].ref, ref) == 0)
			return TRUE;
	return FALSE;
}

static void
deleted_by(const char *dialect)
{
	const char *const words[] = { "--seed", "3", "--patients", "80",
		"--pace", "0", "--dialect", dialect, NULL };
	struct clinic clinic = clinic_start(words);
	g_autofree char *consult = NULL, *entry = NULL;
	struct patient_id patient = { 0 };
	int64_t rows;

	profile_write(dialect, &clinic, "none");
	assert_int_equal(sync_run(dialect, "--once", NULL), NET_EXIT_OK);
	assert_int_equal(sync_run(dialect, "--once", NULL), NET_EXIT_OK);
	rows = profile_rows(dialect);
	pick(dialect, &consult, &entry, &patient);
	delete_there(&clinic, consult);
	delete_there(&clinic, entry);
	assert_int_equal(sync_run(dialect, "--once", NULL), NET_EXIT_OK);
	{
		BASE_AUTO(store) store = profile_open(dialect);

		assert_int_equal(store_consult_find(store, consult).n, 0);
		assert_false(charted(store, patient, entry));
	}
	assert_int_equal(profile_rows(dialect), rows - 1);
	clinic_stop(&clinic);
}

static void
test_medplum(void **state)
{
	deleted_by("medplum");
}

static void
test_hapi(void **state)
{
	deleted_by("hapi");
}

static int
setup(void **state)
{
	home_begin();
	return 0;
}

static int
teardown(void **state)
{
	home_end();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_medplum),
		cmocka_unit_test(test_hapi),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
