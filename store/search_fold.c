/* SPDX-License-Identifier: Apache-2.0 */
/* Text as search sees it: folded, with the way back to the bytes it came from;
 * cut into tokens; and looked through for a term. */
#include "store/search_room.h"

#include <string.h>

enum { MARKS_MAX = 32 };

/* ---- folding ------------------------------------------------------------- */

static void
put(struct search_text *t, const char *bytes, size_t n, size_t from)
{
	if (t->len + n + 1 > t->room) {
		t->room = MAX(2 * t->room, t->len + n + 256);
		t->fold = g_realloc(t->fold, t->room);
		t->at = g_realloc(t->at, t->room * sizeof *t->at);
	}
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

void
search_text_set(struct search_text *t, const char *text, size_t len)
{
	gunichar c;

	t->len = 0;
	len = MIN(len, UINT32_MAX);
	for (size_t from = 0, n; from < len; from += n) {
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

/* ---- characters ---------------------------------------------------------- */

enum kind { OTHER, LETTER, DIGIT, PAIRED };

/* Written without blanks between words: taken in pairs. */
static const struct { gunichar from, to; } paired[] = {
	{ 0x0e00, 0x0eff }, { 0x1100, 0x11ff }, { 0x2e80, 0x2fdf },
	{ 0x3005, 0x3007 }, { 0x3021, 0x3029 }, { 0x3040, 0x30ff },
	{ 0x3105, 0x312f }, { 0x3400, 0x4dbf }, { 0x4e00, 0x9fff },
	{ 0xac00, 0xd7ff }, { 0xf900, 0xfaff }, { 0x20000, 0x3ffff },
};

static enum kind
kind_of(gunichar c)
{
	if (c < 0x80)
		return g_ascii_isdigit((char)c) ? DIGIT :
		    g_ascii_isalpha((char)c) ? LETTER : OTHER;
	for (size_t i = 0; i < G_N_ELEMENTS(paired); i++)
		if (c >= paired[i].from && c <= paired[i].to)
			return PAIRED;
	return g_unichar_isdigit(c) ? DIGIT :
	    g_unichar_isalnum(c) ? LETTER : OTHER;
}

static enum kind
kind_at(const char *p)
{
	return kind_of(g_utf8_get_char(p));
}

/* Where a run ends. A number ends where letters begin ("5mg" is 5 and mg); a word
 * that began with a letter may hold digits (hba1c). */
static const char *
run_end(const char *p, const char *end)
{
	enum kind kind = kind_at(p), next;

	for (p = g_utf8_next_char(p); p < end; p = g_utf8_next_char(p)) {
		next = kind_at(p);
		if (next != kind && !(kind == LETTER && next == DIGIT))
			break;
	}
	return p;
}

/* ---- tokens -------------------------------------------------------------- */

struct emit {
	const char *fold;
	search_token_fn token;
	void *user;
};

static int
say(const struct emit *e, const char *from, const char *to)
{
	const char *end = to;

	if (to - from > SEARCH_TOKEN_MAX_BYTES) {
		end = from + SEARCH_TOKEN_MAX_BYTES;
		while (((unsigned char)*end & 0xc0) == 0x80)
			end--;
	}
	return e->token(e->user, from, (size_t)(end - from),
	    (size_t)(from - e->fold), (size_t)(to - e->fold));
}

static int
pairs(const struct emit *e, const char *p, const char *end)
{
	while (p < end) {
		const char *next = g_utf8_next_char(p);
		const char *stop = next < end ? g_utf8_next_char(next) : next;
		int rc = say(e, p, stop);

		if (rc)
			return rc;
		p = next;
	}
	return 0;
}

static int
beginning(const struct emit *e, const char *p, const char *end, int letters)
{
	char token[1 + 4 * 6];
	const char *stop = p;
	size_t len;

	for (int i = 0; i < letters; i++, stop = g_utf8_next_char(stop))
		if (stop >= end)
			return 0;
	len = (size_t)(stop - p);
	token[0] = SEARCH_MARK;
	memcpy(token + 1, p, len);
	return e->token(e->user, token, 1 + len, (size_t)(p - e->fold),
	    (size_t)(stop - e->fold));
}

static int
word(const struct emit *e, const char *p, const char *end)
{
	int rc = say(e, p, end);

	if (!rc)
		rc = beginning(e, p, end, 2);
	return rc ? rc : beginning(e, p, end, 3);
}

int
search_tokens(const char *fold, size_t len, search_token_fn token, void *user)
{
	const struct emit e = { fold, token, user };
	const char *p = fold, *end = fold + len, *stop;
	int rc = 0;

	while (p < end && !rc) {
		enum kind kind = kind_at(p);

		if (kind == OTHER) {
			p = g_utf8_next_char(p);
			continue;
		}
		stop = run_end(p, end);
		rc = kind == PAIRED ? pairs(&e, p, stop) :
		    kind == LETTER ? word(&e, p, stop) : say(&e, p, stop);
		p = stop;
	}
	return rc;
}

/* ---- an FTS5 query ------------------------------------------------------- */

static void
match_add(GString *out, const char *prefix, const char *from, size_t len,
    gboolean begins)
{
	if (out->len)
		g_string_append(out, " AND ");
	g_string_append_printf(out, "\"%s", prefix);
	g_string_append_len(out, from, (gssize)len);
	g_string_append(out, begins ? "\"*" : "\"");
}

static void
match_word(GString *out, const char *p, const char *stop)
{
	static const char mark[] = { SEARCH_MARK, 0 };
	glong letters = g_utf8_strlen(p, stop - p);
	size_t len = (size_t)(stop - p);
	gboolean marked = letters == 2 || letters == 3;

	if (len > SEARCH_TOKEN_MAX_BYTES) {
		len = SEARCH_TOKEN_MAX_BYTES;
		while (((unsigned char)p[len] & 0xc0) == 0x80)
			len--;
	}
	match_add(out, marked ? mark : "", p, len, !marked);
}

/* A single character is the beginning of its pairs, and itself at an end. */
static void
match_pairs(GString *out, const char *p, const char *stop)
{
	const char *next = g_utf8_next_char(p);

	if (next >= stop)
		match_add(out, "", p, (size_t)(next - p), TRUE);
	for (; next < stop; p = next, next = g_utf8_next_char(next))
		match_add(out, "", p, (size_t)(g_utf8_next_char(next) - p),
		    FALSE);
}

static void
match_term(GString *out, const char *term)
{
	const char *p = term, *end = term + strlen(term), *stop;

	while (p < end) {
		enum kind kind = kind_at(p);

		if (kind == OTHER) {
			p = g_utf8_next_char(p);
			continue;
		}
		stop = run_end(p, end);
		if (kind == PAIRED)
			match_pairs(out, p, stop);
		else if (kind == LETTER)
			match_word(out, p, stop);
		else
			match_add(out, "", p, MIN((size_t)(stop - p),
			    SEARCH_TOKEN_MAX_BYTES), FALSE);
		p = stop;
	}
}

char *
search_match(const GPtrArray *terms)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < terms->len; i++)
		match_term(out, terms->pdata[i]);
	return g_string_free(out, out->len == 0);
}

/* ---- where a term stands ------------------------------------------------- */

/* A word or a number begins at p. */
static gboolean
begins_at(const char *text, const char *p)
{
	enum kind kind = kind_at(p), before;

	if (p == text || (kind != LETTER && kind != DIGIT))
		return TRUE;
	p = g_utf8_prev_char(p);
	before = kind_at(p);
	if (before != LETTER && before != DIGIT)
		return TRUE;
	if (kind == DIGIT || before == LETTER)
		return FALSE;
	/* Letters behind digits: a unit, or the middle of a word? */
	while (p > text && kind_at(p) == DIGIT)
		p = g_utf8_prev_char(p);
	return kind_at(p) != LETTER;
}

static gboolean
ends_at(const char *term, size_t len, const char *stop)
{
	const char *last = g_utf8_prev_char(term + len), *p = last;

	if (kind_at(last) != DIGIT || !*stop || kind_at(stop) != DIGIT)
		return TRUE;
	/* Digits at the end of a word are a part of its beginning. */
	while (p > term && kind_at(p) == DIGIT)
		p = g_utf8_prev_char(p);
	return kind_at(p) == LETTER;
}

gboolean
search_text_find(const struct search_text *t, const char *term, size_t *from,
    size_t *to)
{
	size_t len = strlen(term);
	const char *p = t->fold;

	while (len && (p = strstr(p, term))) {
		size_t at = (size_t)(p - t->fold);

		if (begins_at(t->fold, p) && ends_at(term, len, p + len)) {
			*from = t->at[at];
			*to = t->at[at + len];
			return TRUE;
		}
		p = g_utf8_next_char(p);
	}
	return FALSE;
}
