/* SPDX-License-Identifier: Apache-2.0 */
/* Folding for comparing and filtering: what a doctor would call the same text
 * gives the same bytes. Never shown, never sent. */
#include "base/char.h"

#include <unicase.h>
#include <uninorm.h>

struct fold_pair {
	uint32_t from, to;
};
#include "base/fold_table.h"

/* Most characters of a text have no other form: a bit says so. */
enum { SET_FROM = 0x3400, SET_TO = 0xa000 };

static gboolean
is_itself(gunichar c)
{
	static guint8 set[(SET_TO - SET_FROM) / 8];
	static gboolean made;

	for (size_t i = 0; !made && i < G_N_ELEMENTS(fold_pairs); i++) {
		guint32 at = fold_pairs[i].from - SET_FROM;

		if (at < SET_TO - SET_FROM)
			set[at / 8] |= (guint8)(1 << at % 8);
	}
	made = TRUE;
	c -= SET_FROM;
	return c < SET_TO - SET_FROM && !(set[c / 8] & 1 << c % 8);
}

gunichar
base_char_simplified(gunichar c)
{
	size_t low = 0, high = G_N_ELEMENTS(fold_pairs), mid;

	if (c < fold_pairs[0].from || is_itself(c))
		return c;
	while (low < high) {
		mid = (low + high) / 2;
		if (fold_pairs[mid].from == c)
			return fold_pairs[mid].to;
		if (fold_pairs[mid].from < c)
			low = mid + 1;
		else
			high = mid;
	}
	return c;
}

/* NFKC and case folding. Folding once more after dropping what is invisible
 * costs nothing for the texts this meets, and text that is not UTF-8 has its
 * wrong bytes replaced first. */
static char *
normal(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	size_t len = 0;
	uint8_t *folded;
	char *copy;

	folded = u8_casefold((const uint8_t *)valid, strlen(valid), NULL,
	    UNINORM_NFKC, NULL, &len);
	if (!folded)
		return g_steal_pointer(&valid);
	copy = g_strndup((const char *)folded, len);
	free(folded);
	return copy;
}

static gboolean
is_ascii(const char *text)
{
	while (*text && (unsigned char)*text < 0x80)
		text++;
	return !*text;
}

char *
base_text_fold(const char *text)
{
	g_autofree char *folded = NULL;
	GString *out;
	const char *p;

	if (is_ascii(text))
		return g_ascii_strdown(text, -1);
	folded = normal(text);
	out = g_string_sized_new(strlen(folded));
	for (p = folded; *p; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (!(base_char_class(c) & CHAR_DROP))
			g_string_append_unichar(out, base_char_simplified(c));
	}
	return g_string_free(out, FALSE);
}
