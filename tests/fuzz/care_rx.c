/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a pended prescription, as an order of a server, as a Medication and
 * as a Task: what is read as a prescription and can be written stays the same from
 * then on; every reader takes any document; an update is a sound document.
 */
#include "tests/care/order_gen.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static char *
rewritten(const char *bytes, size_t size, size_t *len)
{
	BASE_AUTO(care_rx) rx = care_rx_read(bytes, size, NULL);

	return rx ? care_rx_collection(rx, len, NULL) : NULL;
}

/* A strange document becomes one of ours, and from then on stays as it is. */
static void
collection(const char *bytes, size_t size)
{
	size_t len, second_len, third_len;
	g_autofree char *first = rewritten(bytes, size, &len);

	if (!first)
		return;
	g_autofree char *second = rewritten(first, len, &second_len);
	must(second != NULL);
	g_autofree char *third = rewritten(second, second_len, &third_len);
	must(third && second_len == third_len &&
	    memcmp(second, third, third_len) == 0);
}

static void
renewal(const fhir_node *root)
{
	BASE_AUTO(care_rx) rx = care_rx_renew(root, NULL, root, NULL, 1);
	BASE_AUTO(care_drug) drug = care_drug_of_order(root);
	BASE_AUTO(care_drug) product = care_drug_read(root, root);

	must(rx && drug);
	for (guint i = 0; i < rx->orders->len; i++) {
		const struct care_order *o = rx->orders->pdata[i];
		g_autofree char *zh = care_order_sentence(o, "zh");
		g_autofree char *line = care_line_write(o);

		must(zh && line && !o->note && o->origin == ORIGIN_CARRIED);
	}
	if (product)
		must(care_drug_same_substance(product, drug) ==
		    care_drug_same_substance(drug, product));
}

static void
changes(const char *bytes, size_t size, const fhir_node *root)
{
	struct care_body body = { bytes, size };
	char *where = NULL;
	size_t len;
	g_autofree char *declined = care_task_decline(&body, "为何", &len,
	    NULL);

	if (declined)
		must(fhir_check(declined, len, NULL, NULL));
	g_autofree char *withdrawn = care_rx_withdrawal(&body, 1, "为何",
	    "Practitioner/me", 1, &len, NULL);
	if (withdrawn)
		must(fhir_check(withdrawn, len, NULL, NULL));
	must(care_rx_same(root, root, &where) && !where);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	BASE_AUTO(fhir_doc) doc = fhir_parse(bytes, size, NULL, NULL);

	if (!doc)
		return 0;
	collection(bytes, size);
	renewal(fhir_root(doc));
	changes(bytes, size, fhir_root(doc));
	return 0;
}
