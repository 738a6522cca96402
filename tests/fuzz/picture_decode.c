/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes to every decoder of qingnang-picture: pixels within what the head was
 * allowed, or none and a word. */
#include "picture/picture.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct picture p = { 0 };
	struct pixels px = { 0 };
	enum picture_end end;

	picture_pixels_max = 1 << 14; /* quick, and the bound itself is met */
	end = picture_decode(data, size, 32, &p, &px);
	g_assert_true(end < PICTURE_ENDS_);
	if (end == PICTURE_OK) {
		g_assert_true(px.rgba && px.width > 0 && px.height > 0);
		g_assert_true((uint64_t)px.width * (uint64_t)px.height <=
		    picture_pixels_max);
		pixels_flatten(&px);
		g_assert_true(px.rgba[(size_t)px.width * (size_t)px.height * 4 -
		    1] == 255);
	}
	pixels_clear(&px);
	return 0;
}
