/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves: the table of readings is ICU's Han-Latin/Names, over every Han character
 * of Unicode; another version of ICU may read one in fifty otherwise, and no more.
 *
 * QN_GOLDEN=write makes store/pinyin_table.h anew from the ICU that is installed.
 */
#include "tests/tap.h"
#include "store/pinyin.h"

#include <stdio.h>
#include <string.h>
#include <unicode/utrans.h>

enum { ROOM = 64, SYLLABLE_BYTES = 8, UNICODE_END = 0x110000,
	GAP_MAX = 512, PER_LINE = 17 };
static const char made_by[] = "ICU " U_ICU_VERSION;

struct icu {
	UTransliterator *rules;
	char readings[UNICODE_END][SYLLABLE_BYTES];
	size_t n;
};
static struct icu icu;

/* Small Latin letters, without tones; u with its two dots is v. */
static void
letters(const UChar *text, int32_t len, char *out)
{
	size_t n = 0;

	for (int32_t i = 0; i < len; i++) {
		assert_true(n + 1 < SYLLABLE_BYTES);
		if (text[i] < 0x80 && g_ascii_isalpha((char)text[i]))
			out[n++] = g_ascii_tolower((char)text[i]);
		else if (text[i] == 0x308 && n && out[n - 1] == 'u')
			out[n - 1] = 'v';
	}
	out[n] = '\0';
}

static void
icu_read(gunichar c)
{
	UChar text[ROOM];
	UErrorCode code = U_ZERO_ERROR;
	int32_t len = 0, limit;

	U16_APPEND_UNSAFE(text, len, c);
	limit = len;
	utrans_transUChars(icu.rules, text, &len, ROOM, 0, &limit, &code);
	assert_true(U_SUCCESS(code));
	letters(text, len, icu.readings[c]);
	icu.n += icu.readings[c][0] != '\0';
}

static int
icu_open(void **state)
{
	static const UChar id[] = u"Han-Latin/Names; NFD";
	UErrorCode code = U_ZERO_ERROR;

	icu.rules = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &code);
	if (U_FAILURE(code))
		return -1;
	for (gunichar c = 0x80; c < UNICODE_END; c++)
		if (g_unichar_get_script(c) == G_UNICODE_SCRIPT_HAN)
			icu_read(c);
	utrans_close(icu.rules);
	return 0;
}

/* ---- the table, written --------------------------------------------------- */

static int
by_letters(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Distinct, in order; the empty one first. */
static GPtrArray *
syllables_of(void)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	GPtrArray *all = g_ptr_array_new();

	for (gunichar c = 0; c < UNICODE_END; c++)
		if (g_hash_table_add(seen, icu.readings[c]))
			g_ptr_array_add(all, icu.readings[c]);
	g_ptr_array_sort(all, by_letters);
	return all;
}

static gunichar
next_read(gunichar c)
{
	while (c < UNICODE_END && !icu.readings[c][0])
		c++;
	return c;
}

/* The last with a reading before a wide gap. */
static gunichar
range_end(gunichar first)
{
	gunichar last = first, next;

	while ((next = next_read(last + 1)) < UNICODE_END &&
	    next - last < GAP_MAX)
		last = next;
	return last;
}

static void
write_ranges(FILE *out)
{
	unsigned int at = 0;

	fprintf(out, "static const struct pinyin_range {\n\tgunichar first, last;"
	    "\n\tunsigned int at;\n} pinyin_ranges[] = {\n");
	for (gunichar c = next_read(0), last; c < UNICODE_END;
	    c = next_read(last + 1)) {
		last = range_end(c);
		fprintf(out, "\t{ 0x%x, 0x%x, %u },\n", c, last, at);
		at += last - c + 1;
	}
	fprintf(out, "};\n");
}

static void
write_syllables(FILE *out, GPtrArray *all)
{
	fprintf(out, "static const char pinyin_syllables[][%d] = {",
	    SYLLABLE_BYTES);
	for (guint i = 0; i < all->len; i++)
		fprintf(out, "%s\"%s\",", i % 6 ? " " : "\n\t",
		    (char *)all->pdata[i]);
	fprintf(out, "\n};\n");
}

static void
write_readings(FILE *out, GPtrArray *all)
{
	g_autoptr(GHashTable) numbers = g_hash_table_new(g_str_hash,
	    g_str_equal);
	unsigned int n = 0;

	for (guint i = 0; i < all->len; i++)
		g_hash_table_insert(numbers, all->pdata[i],
		    GUINT_TO_POINTER(i));
	fprintf(out, "static const uint16_t pinyin_readings[] = {");
	for (gunichar c = next_read(0), last; c < UNICODE_END;
	    c = next_read(last + 1)) {
		last = range_end(c);
		for (; c <= last; c++)
			fprintf(out, "%s%u,", n++ % PER_LINE ? "" : "\n\t",
			    GPOINTER_TO_UINT(g_hash_table_lookup(numbers,
			    icu.readings[c])));
	}
	fprintf(out, "\n};\n");
}

static void
table_write(void)
{
	const char *top = g_getenv("QN_TEST_SRCDIR");
	g_autofree char *path = g_build_filename(top ? top : ".", "store",
	    "pinyin_table.h", NULL);
	g_autoptr(GPtrArray) all = syllables_of();
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	fprintf(out, "/* SPDX-License-Identifier: Apache-2.0 */\n"
	    "/* Made by tests/store/test_pinyin_table.c from %s; do not edit.\n"
	    " * That test holds it against the ICU that is installed. */\n",
	    made_by);
	write_syllables(out, all);
	write_ranges(out);
	write_readings(out, all);
	assert_int_equal(fclose(out), 0);
}

/* ---- the table, held against ICU ------------------------------------------ */

static gboolean
table_is_of_this_icu(void)
{
	const char *top = g_getenv("QN_TEST_SRCDIR");
	g_autofree char *path = g_build_filename(top ? top : ".", "store",
	    "pinyin_table.h", NULL);
	g_autofree char *text = NULL;
	g_autofree char *words = g_strdup_printf("from %s;", made_by);

	assert_true(g_file_get_contents(path, &text, NULL, NULL));
	return strstr(text, words) != NULL;
}

static void
same(void **state)
{
	size_t others = 0;

	if (!g_strcmp0(g_getenv("QN_GOLDEN"), "write")) {
		table_write();
		print_message("# build anew, then run without QN_GOLDEN\n");
		return;
	}
	assert_true(icu.n > 40000);
	for (gunichar c = 0; c < UNICODE_END; c++) {
		const char *read = pinyin_syllable(c);

		if (strcmp(read ? read : "", icu.readings[c]) == 0)
			continue;
		if (others++ < 20)
			print_message("# U+%04X: %s, by ICU %s\n", c,
			    read ? read : "none", icu.readings[c]);
	}
	assert_true(others <= (table_is_of_this_icu() ? 0 : icu.n / 50));
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(same) };

	return cmocka_run_group_tests(tests, icu_open, NULL);
}
