/* SPDX-License-Identifier: Apache-2.0 */
/* Folded text cut into tokens; what tokens a text must have that holds a term; and
 * where the term stands in it. */
#include "store/search_room.h"

#include <string.h>

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

/* Each by itself, and with the one behind it. */
static int
pairs(const struct emit *e, const char *p, const char *end)
{
	int rc = 0;

	while (p < end && !rc) {
		const char *next = g_utf8_next_char(p);

		rc = say(e, p, next);
		if (!rc && next < end)
			rc = say(e, p, g_utf8_next_char(next));
		p = next;
	}
	return rc;
}

static int
beginning(const struct emit *e, const char *p, const char *end, int letters)
{
	char token[1 + SEARCH_BEGINNING * 6];
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

	for (int letters = 1; letters <= SEARCH_BEGINNING && !rc; letters++)
		rc = beginning(e, p, end, letters);
	return rc;
}

/* Bytes of a word that a pair has of it. */
static size_t
half(const char *from, const char *to)
{
	size_t len = (size_t)(to - from);

	if (len > SEARCH_PAIR_BYTES) {
		len = SEARCH_PAIR_BYTES;
		while (((unsigned char)from[len] & 0xc0) == 0x80)
			len--;
	}
	return len;
}

/* A word or number, and the one behind it. */
struct run { const char *from, *to; };

static size_t
couple(char token[SEARCH_PAIR_ROOM], const struct run *a, const struct run *b)
{
	size_t n = half(a->from, a->to), m = half(b->from, b->to);

	token[0] = SEARCH_MARK_PAIR;
	memcpy(token + 1, a->from, n);
	token[1 + n] = ' ';
	memcpy(token + 2 + n, b->from, m);
	return 2 + n + m;
}

static int
follow(const struct emit *e, const struct run *a, const struct run *b)
{
	char token[SEARCH_PAIR_ROOM];
	size_t len = couple(token, a, b);

	return e->token(e->user, token, len, (size_t)(a->from - e->fold),
	    (size_t)(b->to - e->fold));
}

int
search_tokens(const char *fold, size_t len, search_token_fn token, void *user)
{
	const struct emit e = { fold, token, user };
	const char *end = fold + len;
	struct run before = { 0 }, now = { fold, fold };
	int rc = 0;

	while (now.from < end && !rc) {
		enum kind kind = kind_at(now.from);

		if (kind == OTHER) {
			now.from = g_utf8_next_char(now.from);
			continue;
		}
		now.to = run_end(now.from, end);
		rc = kind == PAIRED ? pairs(&e, now.from, now.to) :
		    kind == LETTER ? word(&e, now.from, now.to) :
		    say(&e, now.from, now.to);
		if (!rc && kind != PAIRED && before.from)
			rc = follow(&e, &before, &now);
		before = kind == PAIRED ? (struct run){ 0 } : now;
		now.from = now.to;
	}
	return rc;
}

/* ---- what a text must have ------------------------------------------------ */

struct search_clause *
search_clause_add(GPtrArray *clauses, enum search_clause_kind kind,
    const char *prefix, const char *from, size_t len)
{
	struct search_clause *c = g_new0(struct search_clause, 1);
	g_autofree char *token = g_strndup(from, len);

	c->kind = kind;
	c->tokens = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(c->tokens, g_strconcat(prefix, token, NULL));
	g_ptr_array_add(clauses, c);
	return c;
}

static void
clause_free(void *p)
{
	struct search_clause *c = p;

	g_ptr_array_unref(c->tokens);
	g_free(c->set);
	g_clear_pointer(&c->ends, g_array_unref);
	g_free(c);
}

GPtrArray *
search_clauses_new(void)
{
	return g_ptr_array_new_with_free_func(clause_free);
}

static void
need_word(GPtrArray *out, const char *p, const char *stop)
{
	static const char mark[] = { SEARCH_MARK, 0 };
	gboolean marked = g_utf8_strlen(p, stop - p) <= SEARCH_BEGINNING;
	size_t len = (size_t)(stop - p);

	if (len > SEARCH_TOKEN_MAX_BYTES) {
		len = SEARCH_TOKEN_MAX_BYTES;
		while (((unsigned char)p[len] & 0xc0) == 0x80)
			len--;
	}
	search_clause_add(out, marked ? SEARCH_HAS_TOKEN : SEARCH_BEGINS,
	    marked ? mark : "", p, len);
}

static void
need_pairs(GPtrArray *out, const char *p, const char *stop)
{
	const char *next = g_utf8_next_char(p);

	if (next >= stop)
		search_clause_add(out, SEARCH_HAS_TOKEN, "", p,
		    (size_t)(next - p));
	for (; next < stop; p = next, next = g_utf8_next_char(next))
		search_clause_add(out, SEARCH_HAS_TOKEN, "", p,
		    (size_t)(g_utf8_next_char(next) - p));
}

/* A word by its beginning, unless more of the term follows it; a number whole. */
static void
need_couple(GPtrArray *out, const struct run *a, const struct run *b,
    gboolean whole)
{
	char token[SEARCH_PAIR_ROOM];
	size_t len = couple(token, a, b);

	search_clause_add(out, whole ? SEARCH_HAS_TOKEN : SEARCH_BEGINS, "",
	    token, len);
}

static void
need_run(GPtrArray *out, enum kind kind, const struct run *r)
{
	if (kind == PAIRED)
		need_pairs(out, r->from, r->to);
	else if (kind == LETTER)
		need_word(out, r->from, r->to);
	else
		search_clause_add(out, SEARCH_HAS_TOKEN, "", r->from,
		    MIN((size_t)(r->to - r->from), SEARCH_TOKEN_MAX_BYTES));
}

static void
need_term(GPtrArray *out, const char *term)
{
	const char *end = term + strlen(term);
	struct run before = { 0 }, now = { term, term };

	while (now.from < end) {
		enum kind kind = kind_at(now.from);

		if (kind == OTHER) {
			now.from = g_utf8_next_char(now.from);
			continue;
		}
		now.to = run_end(now.from, end);
		need_run(out, kind, &now);
		if (kind != PAIRED && before.from)
			need_couple(out, &before, &now, kind == DIGIT ||
			    now.to < end);
		before = kind == PAIRED ? (struct run){ 0 } : now;
		now.from = now.to;
	}
}

void
search_clauses_of_terms(GPtrArray *out, const GPtrArray *terms, guint from)
{
	for (guint i = from; i < terms->len; i++)
		need_term(out, terms->pdata[i]);
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
