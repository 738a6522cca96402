/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a rule pack: refused with a reason, or a pack whose vectors run the
 * same twice, whose rules explain themselves, and which checks a prescription.
 */
#include "care/rules.h"
#include "tests/fuzz/fuzz.h"


#define NOW_MS INT64_C(1795312800000)

static void
use(const struct care_pack *pack)
{
	const struct care_pack *one[] = { pack };
	BASE_AUTO(care_rules) rules = care_rules_new(one, 1, NOW_MS);
	BASE_AUTO(care_facts) facts = care_facts_new(NOW_MS);
	BASE_AUTO(care_rx) rx = care_rx_new();
	g_autofree char **ids = care_rules_ids(rules);
	g_autoptr(GPtrArray) findings = NULL;

	g_ptr_array_add(rx->orders, care_order_new());
	findings = care_check(rules, facts, rx);
	must(findings->len > 0); /* nothing of that chart was loaded */
	for (guint i = 0; ids[i]; i++) {
		g_autofree char *text = care_rules_explain(rules, ids[i]);

		must(text && g_utf8_validate(text, -1, NULL));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GError *error = NULL;
	BASE_AUTO(care_pack) pack = care_pack_read((const char *)data, size,
	    &error);
	g_autoptr(GPtrArray) once = NULL, twice = NULL;

	must(!pack == !!error);
	g_clear_error(&error);
	if (!pack)
		return 0;
	must(care_pack_test(pack, &once) == care_pack_test(pack, &twice));
	must(once->len == twice->len);
	use(pack);
	return 0;
}
