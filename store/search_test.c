/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Results by what was measured. A value is a token of its test and unit: five
 * digits of the test, six of the value, two of the unit. The test is its LOINC
 * code; without one, what it is called, whole and each word of it. What the
 * digits offer too much is proved by the result.
 */
#include "store/search_room.h"

#include <string.h>

enum { KEY_DIGITS = 5, UNIT_DIGITS = 2, VALUE_DIGITS = SEARCH_VALUE_BYTES - 1,
	WORDS_MAX = 6 };

static void
key_put(GString *out, const char *key)
{
	g_string_append_printf(out, "%c%0*x", SEARCH_MARK_TEST, KEY_DIGITS,
	    search_hash(key, strlen(key)) & 0xfffff);
}

/* Units are written in many ways; those that differ in case or in the form of
 * their mu alone are two units at most to the result itself. */
static unsigned
unit_key(const char *unit)
{
	g_autofree char *fold = unit ? base_text_fold(unit) : NULL;
	g_autoptr(GString) plain = g_string_new(fold);

	g_string_replace(plain, "\u03bc", "u", 0);
	return search_hash(plain->str, plain->len) & 0xff;
}

/* "糖化血红蛋白 (HbA1c)": what it is called, and called again. */
static char **
names_of(const char *fold)
{
	return g_strsplit_set(fold, " ()[]", WORDS_MAX);
}

static gboolean
is_coded(const char *test)
{
	return test && g_str_has_prefix(test, FHIR_LOINC "|");
}

/* ---- on the way in ------------------------------------------------------- */

struct mark { const char *value; unsigned unit; };

static void
mark_put(GString *marks, const char *key, const struct mark *mark)
{
	if (marks->len)
		g_string_append_c(marks, ' ');
	key_put(marks, key);
	g_string_append_printf(marks, "%s%0*x", mark->value, UNIT_DIGITS,
	    mark->unit);
}

void
search_test_marks(GString *marks, const char *test, const char *words,
    const char *value, const char *unit)
{
	char token[SEARCH_VALUE_BYTES + 1];
	const struct mark mark = { token + 1, unit_key(unit) };
	g_autofree char *fold = words ? base_text_fold(words) : NULL;
	g_auto(GStrv) names = NULL;

	search_value_token(g_ascii_strtod(value, NULL), token);
	if (is_coded(test) || !fold) {
		if (test)
			mark_put(marks, test, &mark);
		return;
	}
	mark_put(marks, fold, &mark);
	names = names_of(fold);
	for (char **name = names; names[1] && *name; name++)
		if (**name)
			mark_put(marks, *name, &mark);
}

/* ---- what is asked for --------------------------------------------------- */

static void
want_each(struct search_clause *c, char *const *keys)
{
	for (; keys && *keys; keys++) {
		GString *key = g_string_new(NULL);

		key_put(key, *keys);
		g_ptr_array_add(c->tokens, g_string_free(key, FALSE));
	}
}

/* The ends as values are tokens: those are cut, so that the ends are too. */
struct ends {
	char from[SEARCH_VALUE_BYTES + 1], to[SEARCH_VALUE_BYTES + 1];
	char unit[UNIT_DIGITS + 1];
};

void
search_test_want(GPtrArray *clauses, const struct search_test *test)
{
	struct search_clause *c = search_clause_add(clauses, SEARCH_VALUES,
	    "", "", 0);

	g_ptr_array_set_size(c->tokens, 0);
	want_each(c, test->codes);
	want_each(c, test->names);
	c->ends = g_array_new(FALSE, FALSE, sizeof(struct ends));
	for (size_t i = 0; i < test->n; i++) {
		struct ends e;

		search_value_token(test->bounds[i].from, e.from);
		search_value_token(test->bounds[i].to, e.to);
		g_snprintf(e.unit, sizeof e.unit, "%0*x", UNIT_DIGITS,
		    unit_key(test->bounds[i].unit));
		g_array_append_val(c->ends, e);
	}
}

/* In a unit of which nothing is known it may: that is said of it. */
gboolean
search_test_may(const GArray *ends, const guint8 *token, size_t len)
{
	const char *value = (const char *)token + 1 + KEY_DIGITS;
	gboolean known = FALSE;

	if (len != 1 + KEY_DIGITS + VALUE_DIGITS + UNIT_DIGITS)
		return FALSE;
	for (guint i = 0; i < ends->len; i++) {
		const struct ends *e = &g_array_index(ends, struct ends, i);

		if (memcmp(e->unit, value + VALUE_DIGITS, UNIT_DIGITS) != 0)
			continue;
		known = TRUE;
		if (memcmp(value, e->from + 1, VALUE_DIGITS) >= 0 &&
		    memcmp(value, e->to + 1, VALUE_DIGITS) <= 0)
			return TRUE;
	}
	return !known;
}

/* One of its names, beside words that change nothing; all of it is told. */
static gboolean
is_called(const struct search_test *test, char *const *words)
{
	gboolean any = FALSE;

	for (; *words; words++) {
		if (g_strv_contains((const char *const *)test->names, *words))
			any = TRUE;
		else if (**words && !(test->beside &&
		    g_strv_contains(test->beside, *words)))
			return FALSE;
	}
	return any;
}

gboolean
search_test_is(const struct search_test *test, const char *code,
    const char *words)
{
	g_autofree char *fold = words ? base_text_fold(words) : NULL;
	g_auto(GStrv) names = NULL;

	if (is_coded(code))
		return g_strv_contains((const char *const *)test->codes, code);
	if (!fold)
		return FALSE;
	if (g_strv_contains((const char *const *)test->names, fold))
		return TRUE;
	names = names_of(fold);
	return is_called(test, names);
}

void
search_test_free(struct search_test *test)
{
	if (!test)
		return;
	g_strfreev(test->codes);
	g_strfreev(test->names);
	g_free(test->bounds);
	g_free(test->said);
	g_free(test->number);
	g_free(test->unit);
	g_free(test);
}
