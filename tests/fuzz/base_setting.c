/* SPDX-License-Identifier: Apache-2.0 */
/* A settings file of any bytes is read or refused with a line number; what was
 * read obeys the table. */
#include "base/base.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GError) error = NULL;
	BASE_AUTO(base_settings) s = base_settings_parse(
	    size ? (const char *)data : "", size, "f", &error);
	BASE_AUTO(base_settings) other = base_settings_new();
	int i;

	g_assert_true((s == NULL) == (error != NULL));
	if (!s) {
		g_assert_true(g_str_has_prefix(error->message, "f:"));
		g_assert_true(g_utf8_validate(error->message, -1, NULL));
		return 0;
	}
	for (i = 0; i < SET_COUNT_; i++)
		g_assert_true(base_setting_set(other, (enum setting)i,
		    base_setting(s, (enum setting)i), NULL));
	return 0;
}
