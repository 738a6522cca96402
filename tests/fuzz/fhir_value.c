/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any text as a date or a reference: what is taken is in bounds, an instant
 * comes back the same, a reference is of the allowed signs.
 */
#include "fhir/fhir.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void
try_time(const char *text)
{
	int64_t ms, again;
	char precision;

	if (!fhir_time_ms(text, &ms, &precision))
		return;
	must(strchr("ymdt", precision) != NULL);
	/* The zone may lead out of the years that can be written. */
	g_autofree char *instant = fhir_instant(ms);
	must(!instant || (fhir_time_ms(instant, &again, NULL) && again == ms));
}

static void
try_reference(const char *text)
{
	struct fhir_ref ref, again;

	if (!fhir_ref_parse(text, &ref))
		return;
	must(strlen(ref.type) >= 2 && strlen(ref.id) >= 1);
	g_autofree char *plain = g_strconcat(ref.type, "/", ref.id, NULL);
	must(strstr(text, plain) != NULL);
	must(fhir_ref_parse(plain, &again) &&
	    strcmp(again.type, ref.type) == 0 && strcmp(again.id, ref.id) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);

	try_time(text);
	try_reference(text);
	return 0;
}
