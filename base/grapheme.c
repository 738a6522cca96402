/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Grapheme clusters, the characters a reader sees (UAX #29, extended). The
 * properties are libunistring's; the rules stand here, because an editor asks in
 * both directions from the middle of a text, and rules GB11 and GB12 look back
 * further than a pair.
 */
#include "base/char.h"

#include <unictype.h>
#include <unigbrk.h>

struct cluster {
	int prop;          /* of the character before */
	gboolean picture;  /* Extended_Pictographic Extend* so far */
	gboolean joined;   /* the same, then a ZWJ */
	unsigned flags;    /* regional indicators so far */
};

static gboolean
is_control(int prop)
{
	return prop == GBP_CR || prop == GBP_LF || prop == GBP_CONTROL;
}

/* GB6 to GB8: the syllables of Hangul. */
static gboolean
hangul_joins(int a, int b)
{
	switch (a) {
	case GBP_L:
		return b == GBP_L || b == GBP_V || b == GBP_LV || b == GBP_LVT;
	case GBP_LV:
	case GBP_V:
		return b == GBP_V || b == GBP_T;
	case GBP_LVT:
	case GBP_T:
		return b == GBP_T;
	default:
		return FALSE;
	}
}

/* What a pair alone decides (GB3 to GB9b). */
static gboolean
pair_joins(int a, int b)
{
	if (a == GBP_CR && b == GBP_LF)
		return TRUE;
	if (is_control(a) || is_control(b))
		return FALSE;
	return b == GBP_EXTEND || b == GBP_ZWJ || b == GBP_SPACINGMARK ||
	    a == GBP_PREPEND || hangul_joins(a, b);
}

static void
cluster_add(struct cluster *k, gunichar c, int prop)
{
	k->joined = k->picture && prop == GBP_ZWJ;
	if (uc_is_property_extended_pictographic(c))
		k->picture = TRUE;
	else if (prop != GBP_EXTEND)
		k->picture = FALSE;
	k->flags += prop == GBP_RI;
	k->prop = prop;
}

static gboolean
cluster_takes(const struct cluster *k, gunichar c, int prop)
{
	if (pair_joins(k->prop, prop))
		return TRUE;
	if (k->joined && uc_is_property_extended_pictographic(c))
		return TRUE;
	return k->prop == GBP_RI && prop == GBP_RI && k->flags % 2 == 1;
}

static gboolean
plain_ascii(char c)
{
	return c >= ' ' && c < 0x7f;
}

size_t
base_grapheme_next(const char *text, size_t len, size_t at)
{
	struct cluster k = { 0 };
	gunichar c;
	int prop;
	size_t n;

	if (at >= len)
		return len;
	if (plain_ascii(text[at]) &&
	    (at + 1 == len || (unsigned char)text[at + 1] < 0x80))
		return at + 1;
	n = base_char_next(text + at, len - at, &c);
	cluster_add(&k, c, uc_graphemeclusterbreak_property(c));
	for (at += n; at < len; at += n) {
		n = base_char_next(text + at, len - at, &c);
		prop = uc_graphemeclusterbreak_property(c);
		if (!cluster_takes(&k, c, prop))
			break;
		cluster_add(&k, c, prop);
	}
	return at;
}

/* Start of the character that ends at `at`, cut as base_char_next() cuts. A
 * sequence is at most four bytes, so a lead byte further back is no concern. */
static size_t
char_before(const char *text, size_t len, size_t at)
{
	size_t start = at - 1, next;
	gunichar c;

	while (start > 0 && at - start < 4 &&
	    ((unsigned char)text[start] & 0xc0) == 0x80)
		start--;
	for (;;) {
		next = start + base_char_next(text + start, len - start, &c);
		if (next >= at)
			return start;
		start = next;
	}
}

/* Whether a boundary between a and b depends on what stands before a. */
static gboolean
may_join(gunichar a, gunichar b)
{
	int pa = uc_graphemeclusterbreak_property(a);
	int pb = uc_graphemeclusterbreak_property(b);

	return pair_joins(pa, pb) || (pa == GBP_RI && pb == GBP_RI) ||
	    (pa == GBP_ZWJ && uc_is_property_extended_pictographic(b));
}

size_t
base_grapheme_prev(const char *text, size_t len, size_t at)
{
	size_t from, before, next;
	gunichar a, b;

	if (at == 0 || at > len)
		return 0;
	/* Back to a boundary that no context can take away, then forward. */
	from = char_before(text, len, at);
	base_char_next(text + from, len - from, &b);
	for (; from > 0; from = before, b = a) {
		before = char_before(text, len, from);
		base_char_next(text + before, len - before, &a);
		if (!may_join(a, b))
			break;
	}
	for (;;) {
		next = base_grapheme_next(text, len, from);
		if (next >= at)
			return from;
		from = next;
	}
}
