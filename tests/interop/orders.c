/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For the interop suites: orders DIR writes some hundred generated prescriptions as
 * collections, transactions, withdrawals, declines and forwards into DIR, one file
 * each.
 */
#include "tests/care/order_gen.h"

#include <stdio.h>
#include <string.h>

enum { PRESCRIPTIONS = 150 };

static const char task[] = "{\"resourceType\":\"Task\",\"id\":\"t1\",\"meta\":"
    "{\"versionId\":\"3\"},\"status\":\"requested\",\"intent\":\"order\","
    "\"code\":{\"coding\":[{\"system\":\"http://hl7.org/fhir/CodeSystem/"
    "task-code\",\"code\":\"approve\"}]},\"focus\":{\"reference\":"
    "\"MedicationRequest/asked\"},\"note\":[{\"text\":\"x\"}]}";

static gboolean
put(const char *dir, const char *kind, int i, const char *bytes, size_t len)
{
	g_autofree char *name = g_strdup_printf("%s/%s-%d.json", dir, kind, i);

	if (!bytes)
		fprintf(stderr, "%s %d: not written\n", kind, i);
	return bytes && g_file_set_contents(name, bytes, (gssize)len, NULL);
}

/* The order as a server would have it: with an id, a version, a status. */
static char *
held(const char *collection, size_t collection_len, const char *status,
    size_t *len)
{
	BASE_AUTO(fhir_bundle) bundle = fhir_bundle_cut(collection,
	    collection_len, NULL, NULL);
	const struct fhir_entry *e = &g_array_index(bundle->entries,
	    struct fhir_entry, 0);
	const struct fhir_change changes[] = {
		{ "id", "\"o1\"", FALSE },
		{ "meta", "{\"versionId\":\"4\"}", FALSE },
		{ "status", status, FALSE },
	};

	return fhir_edit(e->resource, e->resource_len, changes,
	    G_N_ELEMENTS(changes), len, NULL);
}

static gboolean
withdraw(const char *dir, int i, const char *collection, size_t len)
{
	size_t n, out_len;
	g_autofree char *order = held(collection, len, i % 2 ? "\"active\"" :
	    "\"draft\"", &n);
	const struct care_body bodies[] = { { order, n },
		{ task, strlen(task) } };
	g_autofree char *bytes = care_rx_withdrawal(bodies, 2, "患者要求",
	    "Practitioner/me", 1760000000000, &out_len, NULL);

	return put(dir, "withdrawal", i, bytes, out_len);
}

static gboolean
write_one(const char *dir, GRand *rand, int i)
{
	BASE_AUTO(care_rx) rx = gen_rx(rand);
	struct care_signed how = { "aGVhZA.cGF5bG9hZA.c2ln",
		"Practitioner/me", 1760000000000, i % 3 != 0, NULL, 0 };
	size_t len = 0, out_len = 0;
	g_autofree char *collection = care_rx_collection(rx, &len, NULL);

	if (rx->task_ref) {
		how.task_bytes = task;
		how.task_len = strlen(task);
	}
	g_autofree char *sent = collection ? care_rx_transaction(rx,
	    collection, len, &how, &out_len, NULL) : NULL;
	return put(dir, "collection", i, collection, len) &&
	    put(dir, "transaction", i, sent, out_len) &&
	    withdraw(dir, i, collection, len);
}

int
main(int argc, char **argv)
{
	const struct care_body body = { task, sizeof(task) - 1 };
	g_autoptr(GRand) rand = g_rand_new_with_seed(11);
	gboolean good = argc == 2;
	size_t len;

	base_i18n_init("en");
	for (int i = 0; good && i < PRESCRIPTIONS; i++)
		good = write_one(argv[1], rand, i);
	if (!good)
		return 1;
	g_autofree char *declined = care_task_decline(&body, "须面诊", &len,
	    NULL);
	good = put(argv[1], "decline", 0, declined, len);
	g_autofree char *forwarded = care_task_forward(&body,
	    "Practitioner/other", "请看", &len, NULL);
	return good && put(argv[1], "forward", 0, forwarded, len) ? 0 : 1;
}
