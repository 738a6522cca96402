/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For the interop suites: answers DIR writes what answering a result puts into the
 * outbox (acknowledged with and without a Task, explained with a quotation,
 * recalled) into DIR, a collection of one resource each.
 */
#include "store/results.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define NOW_MS INT64_C(1793000000000)

static void
put(struct store *store, const char *json)
{
	struct store_doc doc = { json, strlen(json) };
	struct store_ingested out = { 0 };

	if (!store_ingest(store, &doc, 1, NULL, &out, NULL))
		exit(1);
	store_ingested_clear(&out);
}

/* A report of its own for each way to answer. */
static struct report_id
report(struct store *store, const char *id)
{
	g_autofree char *json = g_strdup_printf("{\"resourceType\":"
	    "\"DiagnosticReport\",\"id\":\"%s\",\"status\":\"final\",\"code\":{"
	    "\"text\":\"L\"},\"subject\":{\"reference\":\"Patient/p\"},"
	    "\"issued\":\"2026-10-01T08:00:00Z\",\"performer\":[{\"reference\":"
	    "\"Organization/lab\"}],\"resultsInterpreter\":[{\"reference\":"
	    "\"Practitioner/me\"}]}", id);

	put(store, json);
	return store_report_find(store, id);
}

static gboolean
answer(struct store *store)
{
	static const char *const me[] = { "Practitioner/me", NULL };
	struct patient_id patient;
	struct draft_key told = { { 0 }, { 0 } };

	put(store, "{\"resourceType\":\"Patient\",\"id\":\"p\"}");
	put(store, "{\"resourceType\":\"Task\",\"id\":\"t\",\"meta\":{"
	    "\"versionId\":\"3\"},\"status\":\"requested\",\"intent\":"
	    "\"order\",\"focus\":{\"reference\":\"DiagnosticReport/a\"},"
	    "\"owner\":{\"reference\":\"Practitioner/me\"}}");
	patient = store_patient_find(store, "p");
	told.report = report(store, "c");
	return store_me_set(store, me, "Me", "", NULL) &&
	    store_result_seen(store, report(store, "a"), "Seen.", NOW_MS, 0,
	    NULL, NULL, NULL) &&
	    store_result_seen(store, report(store, "b"), "Seen.", NOW_MS, 0,
	    NULL, NULL, NULL) &&
	    store_fact_add(store, told, "Observation/o", "HbA1c 7.20 %",
	    NULL) && store_send(store, told, patient, "Your HbA1c 7.20 %",
	    NOW_MS, NULL, NULL) &&
	    store_result_recall(store, report(store, "d"), patient,
	    "Please come.", "2026-12-07", NOW_MS, NULL);
}

static int
outbox_write(struct store *store, const char *dir)
{
	struct outbox_entry *e;
	int n = 0;

	while ((e = store_outbox_next(store, NOW_MS, NULL, NULL))) {
		g_autofree char *name = g_strdup_printf("%s/answer-%d.json",
		    dir, n++);
		g_autofree char *json = g_strdup_printf("{\"resourceType\":"
		    "\"Bundle\",\"type\":\"collection\",\"entry\":[{\"fullUrl\":"
		    "\"urn:uuid:5f0f4d2a-0000-4000-8000-00000000000%d\","
		    "\"resource\":%s}]}", n, e->bytes);

		if (!g_file_set_contents(name, json, -1, NULL) ||
		    !store_outbox_sending(store, e->id, NULL) ||
		    !store_outbox_done(store, e->id, NULL, NULL))
			return -1;
		outbox_entry_free(e);
	}
	return n;
}

int
main(int argc, char **argv)
{
	g_autofree char *dir = g_dir_make_tmp("qn-answers-XXXXXX", NULL);
	BASE_AUTO(base_secret) key = vault_key_random();
	struct store *store;
	GDir *files;
	const char *name;
	int n = -1;

	if (argc != 2)
		return 2;
	base_i18n_init("en");
	store = store_open(dir, key, STORE_SYNC, NULL);
	if (store && answer(store))
		n = outbox_write(store, argv[1]);
	store_close(store);
	files = g_dir_open(dir, 0, NULL);
	while (files && (name = g_dir_read_name(files))) {
		g_autofree char *path = g_build_filename(dir, name, NULL);

		g_unlink(path);
	}
	g_dir_close(files);
	g_rmdir(dir);
	return n == 5 ? 0 : 1;
}
