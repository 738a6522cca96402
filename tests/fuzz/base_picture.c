/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as the answer of qingnang-picture: what is believed of it is within
 * what was asked for, and is written back the same. The type of any bytes is a
 * word. */
#include "base/base.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

enum { COLS = 8, ROWS = 4 };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	BASE_AUTO(picture) p = picture_parse(data, size, COLS, ROWS,
	    PICTURE_256);
	g_autoptr(GByteArray) again = g_byte_array_new();

	g_assert_true(*base_file_type(data, size));
	if (!p)
		return 0;
	g_assert_true(p->cols <= COLS && p->rows <= ROWS);
	for (int i = 0; i < p->cols * p->rows; i++) {
		g_assert_true(picture_char_ok(p->cells[i].c));
		g_assert_true(p->cells[i].fg >= -1 && p->cells[i].fg < 256);
		g_assert_true(p->cells[i].bg >= -1 && p->cells[i].bg < 256);
	}
	picture_format(p, again);
	g_assert_true(again->len == size &&
	    memcmp(again->data, data, size) == 0);
	return 0;
}
