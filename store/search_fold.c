/* SPDX-License-Identifier: Apache-2.0 */
/* Text as search sees it: folded, with the way back to the bytes it came from. */
#include "store/search_room.h"

#include <string.h>

enum { MARKS_MAX = 32 };

/* ---- folding ------------------------------------------------------------- */

static void
room_for(struct search_text *t, size_t n)
{
	if (t->len + n + 1 <= t->room)
		return;
	t->room = MAX(2 * t->room, t->len + n + 256);
	t->fold = g_realloc(t->fold, t->room);
	t->at = g_realloc(t->at, t->room * sizeof *t->at);
}

static void
put(struct search_text *t, const char *bytes, size_t n, size_t from)
{
	room_for(t, n);
	memcpy(t->fold + t->len, bytes, n);
	for (size_t i = 0; i < n; i++)
		t->at[t->len + i] = (uint32_t)from;
	t->len += n;
}

static void
put_char(struct search_text *t, gunichar c, size_t from)
{
	char bytes[6];

	put(t, bytes, (size_t)g_unichar_to_utf8(c, bytes), from);
}

static void
put_blank(struct search_text *t, size_t from)
{
	if (t->len && t->fold[t->len - 1] != ' ')
		put(t, " ", 1, from);
}

/* What belongs to the character before it when that is folded: marks, and the
 * vowels and finals of conjoining Hangul. */
static gboolean
joins(gunichar c)
{
	return c >= 0x300 && (g_unichar_ismark(c) ||
	    (c >= 0x1160 && c <= 0x11ff));
}

/* Han, kana and the like are themselves but for their simplified form. */
static gboolean
plain_han(gunichar c)
{
	return (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3041 && c <= 0x3096) ||
	    (c >= 0x3400 && c <= 0x4dbf) || (c >= 0x20000 && c <= 0x2a6df);
}

static void
put_slowly(struct search_text *t, const char *text, size_t len, size_t from)
{
	g_autofree char *cluster = g_strndup(text, len);
	g_autofree char *fold = base_text_fold(cluster);

	for (const char *p = fold; *p; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (g_unichar_isspace(c))
			put_blank(t, from);
		else
			put_char(t, c, from);
	}
}

/* Bytes of the cluster at p: a character and what joins it. */
static size_t
cluster(const char *p, const char *end, gunichar *first)
{
	const char *at = p;
	gunichar c = g_utf8_get_char_validated(p, end - p);

	*first = c;
	if (c == (gunichar)-1 || c == (gunichar)-2)
		return 1;
	for (int i = 0; i < MARKS_MAX; i++) {
		at = g_utf8_next_char(at);
		/* No mark begins with a byte below that of U+0300. */
		if (at >= end || (unsigned char)*at < 0xcc)
			break;
		c = g_utf8_get_char_validated(at, end - at);
		if (c == (gunichar)-1 || c == (gunichar)-2 || !joins(c))
			break;
	}
	return (size_t)(at - p);
}

static void
put_cluster(struct search_text *t, const char *text, size_t from, size_t len,
    gunichar c)
{
	const char *p = text + from;
	size_t one = (unsigned char)*p < 0x80 ? 1 : (size_t)g_utf8_skip[
	    (unsigned char)*p];

	if (c == (gunichar)-1 || c == (gunichar)-2)
		put_blank(t, from);
	else if (len > one)
		put_slowly(t, p, len, from);
	else if (c <= 0x20 || c == 0x7f || c == 0x3000)
		put_blank(t, from);
	else if (c < 0x80)
		put(t, (char[]){ g_ascii_tolower((char)c) }, 1, from);
	else if (plain_han(c))
		put_char(t, base_char_simplified(c), from);
	else if (c > 0xff01 && c < 0xff5e)
		put(t, (char[]){ g_ascii_tolower((char)(c - 0xfee0)) }, 1,
		    from);
	else
		put_slowly(t, p, len, from);
}

/* No mark that would join what stands before it: below U+0300, or of the bytes
 * that U+4000 to U+9FFF begin with. */
static gboolean
stands_apart(const char *text, size_t at, size_t len)
{
	unsigned char c = at < len ? (unsigned char)text[at] : 0;

	return c < 0xcc || (c >= 0xe4 && c <= 0xe9);
}

/* What most of a text is: letters of ASCII, and characters that are written in no
 * other way. Gives its bytes; 0: it is something else. */
static size_t
put_plain(struct search_text *t, const char *text, size_t from, size_t len)
{
	const unsigned char *p = (const unsigned char *)text + from;
	gunichar c;

	if (*p > 0x20 && *p < 0x7f && stands_apart(text, from + 1, len)) {
		t->fold[t->len] = g_ascii_tolower((char)*p);
		t->at[t->len++] = (uint32_t)from;
		return 1;
	}
	if (*p < 0xe4 || *p > 0xe9 || len - from < 3 ||
	    (p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80 ||
	    !stands_apart(text, from + 3, len))
		return 0;
	c = (gunichar)(*p & 0x0f) << 12 | (gunichar)(p[1] & 0x3f) << 6 |
	    (p[2] & 0x3f);
	if (!plain_han(c) || base_char_simplified(c) != c)
		return 0;
	for (int i = 0; i < 3; i++) {
		t->fold[t->len] = (char)p[i];
		t->at[t->len++] = (uint32_t)from;
	}
	return 3;
}

void
search_text_set(struct search_text *t, const char *text, size_t len)
{
	gunichar c;

	t->len = 0;
	len = MIN(len, UINT32_MAX);
	for (size_t from = 0, n; from < len; from += n) {
		room_for(t, 3);
		n = put_plain(t, text, from, len);
		if (n)
			continue;
		n = cluster(text + from, text + len, &c);
		put_cluster(t, text, from, n, c);
	}
	put(t, "", 1, len);
	t->len--;
}

void
search_text_clear(struct search_text *t)
{
	g_free(t->fold);
	g_free(t->at);
	*t = (struct search_text){ 0 };
}
