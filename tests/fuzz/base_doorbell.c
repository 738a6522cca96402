/* SPDX-License-Identifier: Apache-2.0 */
/* A doorbell line is refused, or it is written back byte for byte but for leading
 * zeros of its numbers. */
#include "base/base.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct doorbell_line line, again;
	char buf[512];
	size_t len;

	if (!doorbell_parse((const char *)data, size, &line)) {
		g_assert_true(line.verb == BELL_UNKNOWN);
		return 0;
	}
	len = doorbell_format(&line, buf, sizeof(buf));
	g_assert_true(len > 1 && len < sizeof(buf));
	g_assert_true(memchr(buf, '\n', len) == buf + len - 1);
	g_assert_true(doorbell_parse(buf, len, &again));
	g_assert_true(memcmp(&line, &again, sizeof(line)) == 0);
	return 0;
}
