/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves: the table of traditional forms is in order, folds in one step, and is
 * that of ICU's Traditional-Simplified but for one in fifty; one in ten of ICU's,
 * variants that Unihan does not call traditional, stays as it is.
 */
#include "tests/tap.h"
#include "base/base.h"

#include <unicode/utrans.h>

struct fold_pair {
	guint32 from, to;
};
#include "base/fold_table.h"

/* A binary search and one look-up rest on this. */
static void
in_order(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(fold_pairs); i++) {
		const struct fold_pair *pair = &fold_pairs[i];

		assert_true(i == 0 || pair->from > pair[-1].from);
		assert_int_not_equal(pair->from, pair->to);
		assert_int_equal(base_char_simplified(pair->from), pair->to);
		assert_int_equal(base_char_simplified(pair->to), pair->to);
	}
}

/* Its simplified form; itself where ICU knows none, or several at once. */
static gunichar
icu_simplified(UTransliterator *icu, gunichar c)
{
	enum { ROOM = 16 };
	UChar text[ROOM];
	UErrorCode code = U_ZERO_ERROR;
	int32_t len = 0, limit, at = 0;
	UChar32 out;

	U16_APPEND_UNSAFE(text, len, c);
	limit = len;
	utrans_transUChars(icu, text, &len, ROOM, 0, &limit, &code);
	assert_true(U_SUCCESS(code));
	U16_NEXT(text, at, len, out);
	return at == len ? (gunichar)out : c;
}

static void
as_icu(void **state)
{
	static const UChar id[] = u"Traditional-Simplified";
	UErrorCode code = U_ZERO_ERROR;
	UTransliterator *icu = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0,
	    NULL, &code);
	size_t known = 0, kept = 0, others = 0;

	assert_true(U_SUCCESS(code));
	for (gunichar c = 0x2e80; c < 0x40000; c++) {
		gunichar simple = icu_simplified(icu, c);
		gunichar ours = base_char_simplified(c);

		if (simple == c)
			continue;
		known++;
		if (ours == base_char_simplified(simple))
			continue;
		kept += ours == c;
		others += ours != c;
		print_message("# U+%04X: U+%04X, by ICU U+%04X\n", c, ours,
		    simple);
	}
	utrans_close(icu);
	print_message("# of %zu: %zu kept, %zu others\n", known, kept, others);
	assert_true(known > 2000);
	assert_true(kept <= known / 10);
	assert_true(others <= known / 50);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_order),
		cmocka_unit_test(as_icu),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
