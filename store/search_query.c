/* SPDX-License-Identifier: Apache-2.0 */
/* What a doctor types into the search box. */
#include "store/search_room.h"

#include <string.h>

/* ---- tables -------------------------------------------------------------- */

enum filter { FILTER_PATIENT, FILTER_FROM, FILTER_SINCE, FILTER_BEFORE,
	FILTER_HAS, FILTERS_ };
static const struct { const char *word; enum filter filter; } filters[] = {
	{ "patient", FILTER_PATIENT }, { "患者", FILTER_PATIENT },
	{ "病人", FILTER_PATIENT },
	{ "from", FILTER_FROM }, { "来自", FILTER_FROM },
	{ "since", FILTER_SINCE }, { "自", FILTER_SINCE },
	{ "before", FILTER_BEFORE }, { "之前", FILTER_BEFORE },
	{ "has", FILTER_HAS }, { "含", FILTER_HAS },
};
static const struct { const char *word; enum message_from from; } senders[] = {
	{ "patient", FROM_PATIENT }, { "患者", FROM_PATIENT },
	{ "me", FROM_ME }, { "我", FROM_ME },
	{ "colleague", FROM_COLLEAGUE }, { "同事", FROM_COLLEAGUE },
	{ "relative", FROM_RELATED }, { "家属", FROM_RELATED },
	{ "device", FROM_DEVICE }, { "设备", FROM_DEVICE },
};
static const struct { const char *word; enum search_has has; } things[] = {
	{ "picture", SEARCH_HAS_PICTURE }, { "图片", SEARCH_HAS_PICTURE },
	{ "sound", SEARCH_HAS_SOUND }, { "语音", SEARCH_HAS_SOUND },
	{ "video", SEARCH_HAS_VIDEO }, { "视频", SEARCH_HAS_VIDEO },
	{ "file", SEARCH_HAS_FILE }, { "文件", SEARCH_HAS_FILE },
	{ "附件", SEARCH_HAS_FILE },
};
static const struct { gunichar c; enum search_op op; } ops[] = {
	{ '>', SEARCH_MORE }, { '<', SEARCH_LESS }, { '=', SEARCH_EQUAL },
	{ 0xff1e, SEARCH_MORE }, { 0xff1c, SEARCH_LESS },
	{ 0xff1d, SEARCH_EQUAL }, { 0x2265, SEARCH_MORE_EQUAL },
	{ 0x2264, SEARCH_LESS_EQUAL }, { 0x2267, SEARCH_MORE_EQUAL },
	{ 0x2266, SEARCH_LESS_EQUAL },
};

static const char *const fault_words[] = {
	[SEARCH_FAULT_NONE] = N_("nothing is wrong here."),
	[SEARCH_FAULT_LONG] = N_("the search is too long from here on."),
	[SEARCH_FAULT_BYTES] = N_("the search is not UTF-8."),
	[SEARCH_FAULT_FILTER] = N_("there is no such filter, only patient: "
	    "from: since: before: has: (quotes make it plain text)."),
	[SEARCH_FAULT_TWICE] = N_("this was said before it already."),
	[SEARCH_FAULT_DATE] = N_("this is not a date: write 2026, 2026-01 or "
	    "2026-01-31."),
	[SEARCH_FAULT_HAS] = N_("this cannot be had, only picture, sound, "
	    "video and file."),
	[SEARCH_FAULT_NUMBER] = N_("a number is wanted after it, as in "
	    "creatinine > 120."),
	[SEARCH_FAULT_TEST] = N_("a test is wanted before it, as in "
	    "creatinine > 120."),
	[SEARCH_FAULT_UNIT] = N_("values of this test are not converted from "
	    "this unit."),
};
G_STATIC_ASSERT(G_N_ELEMENTS(fault_words) == SEARCH_FAULTS_);

char *
search_fault_words(const char *query, const struct search_fault *fault)
{
	g_autofree char *part = g_strndup(query + fault->from,
	    MIN(fault->to - fault->from, 60));
	g_autofree char *shown = base_text_show(part, -1, BASE_ONE_LINE);
	int place = (int)g_utf8_strlen(query, (gssize)fault->from) + 1;

	/* The words in question, where they begin, and what is wrong. */
	return g_strdup_printf(_("“%s” at character %d: %s"), shown, place,
	    _(fault_words[fault->kind]));
}

/* ---- lexical ------------------------------------------------------------- */

enum token { TOKEN_END, TOKEN_WORD, TOKEN_PHRASE, TOKEN_OP };
struct lexer {
	const char *text;
	size_t at, from, to;   /* next; of the token */
	enum search_op op;
};

static gboolean
is_quote(gunichar c)
{
	return c == '"' || c == 0x201c || c == 0x201d || c == 0xff02 ||
	    c == 0x300c || c == 0x300d;
}

static enum search_op
op_of(gunichar c)
{
	for (size_t i = 0; i < G_N_ELEMENTS(ops); i++)
		if (ops[i].c == c)
			return ops[i].op;
	return SEARCH_NO_OP;
}

static gboolean
is_blank(gunichar c)
{
	return c <= 0x20 || g_unichar_isspace(c);
}

static gunichar
char_at(const struct lexer *l)
{
	return g_utf8_get_char(l->text + l->at);
}

static void
step(struct lexer *l)
{
	l->at = (size_t)(g_utf8_next_char(l->text + l->at) - l->text);
}

static enum token
phrase(struct lexer *l)
{
	step(l);
	l->from = l->at;
	while (l->text[l->at] && !is_quote(char_at(l)))
		step(l);
	l->to = l->at;
	if (l->text[l->at])
		step(l);
	return TOKEN_PHRASE;
}

static enum token
op(struct lexer *l)
{
	l->op = op_of(char_at(l));
	step(l);
	if (l->text[l->at] && op_of(char_at(l)) == SEARCH_EQUAL) {
		l->op = l->op == SEARCH_MORE ? SEARCH_MORE_EQUAL :
		    l->op == SEARCH_LESS ? SEARCH_LESS_EQUAL : l->op;
		step(l);
	}
	l->to = l->at;
	return TOKEN_OP;
}

static enum token
next(struct lexer *l)
{
	while (l->text[l->at] && is_blank(char_at(l)))
		step(l);
	l->from = l->to = l->at;
	if (!l->text[l->at])
		return TOKEN_END;
	if (is_quote(char_at(l)))
		return phrase(l);
	if (op_of(char_at(l)))
		return op(l);
	while (l->text[l->at] && !is_blank(char_at(l)) &&
	    !is_quote(char_at(l)) && !op_of(char_at(l)))
		step(l);
	l->to = l->at;
	return TOKEN_WORD;
}

/* ---- decimals ------------------------------------------------------------ */

size_t
search_decimal_len(const char *text)
{
	const char *p = text + (*text == '-'), *digits = p;

	while (g_ascii_isdigit(*p))
		p++;
	if (p == digits)
		return 0;
	if (*p == '.' && g_ascii_isdigit(p[1]))
		for (p++; g_ascii_isdigit(*p); p++)
			;
	return (size_t)(p - text);
}

/* ---- the parts ----------------------------------------------------------- */

struct parser {
	struct lexer l;
	struct search_query *q;
	struct search_fault *fault;
	unsigned seen;          /* 1 << enum filter */
};

static gboolean
fault_at(struct parser *p, enum search_fault_kind kind, size_t from, size_t to)
{
	*p->fault = (struct search_fault){ kind, from, to };
	return FALSE;
}

static char *
folded(const char *text, size_t len)
{
	struct search_text t = { 0 };
	char *out;

	search_text_set(&t, text, len);
	out = g_strndup(t.fold, t.len);
	search_text_clear(&t);
	return g_strstrip(out);
}

/* "158/" on its way to 158/94: what joins is not looked for yet. */
static void
join_drop(char *term)
{
	size_t len = strlen(term);

	while (len > 1 && strchr("/-.,:", term[len - 1]))
		len--;
	term[len] = '\0';
}

static gboolean
term_add(struct parser *p, size_t from, size_t to)
{
	char *term = folded(p->l.text + from, to - from);

	if (!p->l.text[to])
		join_drop(term);
	if (!*term) {
		g_free(term);
		return TRUE;
	}
	if (p->q->terms->len >= SEARCH_TERMS_MAX) {
		g_free(term);
		return fault_at(p, SEARCH_FAULT_LONG, from, to);
	}
	g_ptr_array_add(p->q->terms, term);
	return TRUE;
}

static gboolean
date_set(struct parser *p, enum filter filter, const char *value, size_t from,
    size_t to)
{
	int64_t ms;

	if (!fhir_time_ms(value, &ms, NULL))
		return fault_at(p, SEARCH_FAULT_DATE, from, to);
	*(filter == FILTER_SINCE ? &p->q->since_ms : &p->q->before_ms) = ms;
	return TRUE;
}

static gboolean
from_set(struct parser *p, const char *value)
{
	for (size_t i = 0; i < G_N_ELEMENTS(senders); i++)
		if (g_str_has_prefix(senders[i].word, value))
			p->q->from |= 1u << senders[i].from;
	if (!p->q->from)
		p->q->from_name = g_strdup(value);
	return TRUE;
}

static gboolean
has_set(struct parser *p, const char *value, size_t from, size_t to)
{
	for (size_t i = 0; i < G_N_ELEMENTS(things); i++)
		if (g_str_has_prefix(things[i].word, value))
			p->q->has |= things[i].has;
	return p->q->has || fault_at(p, SEARCH_FAULT_HAS, from, to);
}

static gboolean
filter_set(struct parser *p, enum filter filter, size_t from, size_t to)
{
	g_autofree char *value = folded(p->l.text + from, to - from);

	if (p->seen & 1u << filter)
		return fault_at(p, SEARCH_FAULT_TWICE, from, to);
	if (!*value)
		return TRUE;
	p->seen |= 1u << filter;
	switch (filter) {
	case FILTER_PATIENT:
		p->q->patient = g_steal_pointer(&value);
		return TRUE;
	case FILTER_FROM:
		return from_set(p, value);
	case FILTER_HAS:
		return has_set(p, value, from, to);
	default:
		return date_set(p, filter, value, from, to);
	}
}

/* The byte after "key:" of a word, 0 when it has no key. */
static size_t
key_end(const struct parser *p, size_t *colon)
{
	for (size_t at = p->l.from; at < p->l.to;) {
		gunichar c = g_utf8_get_char(p->l.text + at);
		size_t after = (size_t)(g_utf8_next_char(p->l.text + at) -
		    p->l.text);

		if (c == ':' || c == 0xff1a) {
			*colon = at;
			return at > p->l.from ? after : 0;
		}
		at = after;
	}
	return 0;
}

static gboolean
all_letters(const char *key)
{
	for (; *key; key++)
		if (!g_ascii_isalpha(*key))
			return FALSE;
	return TRUE;
}

static gboolean
keyed(struct parser *p, const char *key, size_t value)
{
	size_t from = p->l.from, to = p->l.to;

	for (size_t i = 0; i < G_N_ELEMENTS(filters); i++) {
		if (strcmp(key, filters[i].word) != 0)
			continue;
		if (value == to && p->l.text[to] &&
		    is_quote(g_utf8_get_char(p->l.text + to))) {
			next(&p->l);
			return filter_set(p, filters[i].filter, p->l.from,
			    p->l.to);
		}
		return filter_set(p, filters[i].filter, value, to);
	}
	if (all_letters(key))
		return fault_at(p, SEARCH_FAULT_FILTER, from, value);
	return term_add(p, from, to);
}

/* "since 2026-01": the word, and a word that begins like a year. */
static gboolean
spoken(struct parser *p, const char *word, gboolean *is)
{
	struct lexer ahead = p->l;
	gboolean since = strcmp(word, "since") == 0;

	*is = since || strcmp(word, "before") == 0;
	*is = *is && next(&ahead) == TOKEN_WORD &&
	    g_ascii_isdigit(ahead.text[ahead.from]) &&
	    g_ascii_isdigit(ahead.text[ahead.from + 1]);
	if (!*is)
		return TRUE;
	p->l = ahead;
	return filter_set(p, since ? FILTER_SINCE : FILTER_BEFORE, ahead.from,
	    ahead.to);
}

static gboolean
word(struct parser *p)
{
	size_t from = p->l.from, to = p->l.to, colon = 0;
	size_t value = key_end(p, &colon);
	g_autofree char *key = folded(p->l.text + from,
	    (value ? colon : to) - from);
	gboolean is;

	if (value)
		return keyed(p, key, value);
	if (!spoken(p, key, &is))
		return FALSE;
	return is || term_add(p, from, to);
}

static void
unit_take(struct parser *p, size_t attached)
{
	struct lexer ahead = p->l;
	const char *text = p->l.text;

	p->q->unit_at = attached;
	if (attached < p->l.to) {
		p->q->unit = folded(text + attached, p->l.to - attached);
		return;
	}
	if (next(&ahead) != TOKEN_WORD || (text[ahead.from] != '%' &&
	    !memchr(text + ahead.from, '/', ahead.to - ahead.from)))
		return;
	p->q->unit = folded(text + ahead.from, ahead.to - ahead.from);
	p->q->unit_at = ahead.from;
	p->l = ahead;
}

static gboolean
comparison(struct parser *p)
{
	size_t from = p->l.from, to = p->l.to, len;
	enum search_op compare = p->l.op;

	if (p->q->op)
		return fault_at(p, SEARCH_FAULT_TWICE, from, to);
	if (p->q->terms->len == 0)
		return fault_at(p, SEARCH_FAULT_TEST, from, to);
	if (next(&p->l) != TOKEN_WORD)
		return fault_at(p, SEARCH_FAULT_NUMBER, from, to);
	len = search_decimal_len(p->l.text + p->l.from);
	if (!len || p->l.from + len > p->l.to)
		return fault_at(p, SEARCH_FAULT_NUMBER, from, to);
	p->q->op = compare;
	p->q->test_terms = p->q->terms->len;
	p->q->number = g_strndup(p->l.text + p->l.from, len);
	/* "4." on its way to 4.1 */
	len += p->l.text[p->l.from + len] == '.';
	unit_take(p, p->l.from + len);
	return TRUE;
}

/* ---- the whole ----------------------------------------------------------- */

static gboolean
parse(struct parser *p)
{
	enum token token;

	while ((token = next(&p->l)) != TOKEN_END) {
		if (token == TOKEN_WORD ? !word(p) :
		    token == TOKEN_OP ? !comparison(p) :
		    !term_add(p, p->l.from, p->l.to))
			return FALSE;
	}
	return TRUE;
}

struct search_query *
search_query_parse(const char *text, struct search_fault *fault)
{
	struct parser p = { .l = { .text = text }, .fault = fault };

	*fault = (struct search_fault){ 0 };
	if (strlen(text) > SEARCH_QUERY_MAX_BYTES) {
		/* Bytes of the text as it was given, at a whole character. */
		size_t from = SEARCH_QUERY_MAX_BYTES;
		while (from && ((unsigned char)text[from] & 0xc0) == 0x80)
			from--;
		*fault = (struct search_fault){ SEARCH_FAULT_LONG, from,
			strlen(text) };
		return NULL;
	}
	if (!g_utf8_validate(text, -1, NULL)) {
		*fault = (struct search_fault){ SEARCH_FAULT_BYTES, 0, 0 };
		return NULL;
	}
	p.q = g_new0(struct search_query, 1);
	p.q->terms = g_ptr_array_new_with_free_func(g_free);
	p.q->since_ms = G_MININT64;
	p.q->before_ms = G_MAXINT64;
	if (parse(&p))
		return p.q;
	search_query_free(p.q);
	return NULL;
}

void
search_query_free(struct search_query *q)
{
	if (!q)
		return;
	g_ptr_array_unref(q->terms);
	g_free(q->patient);
	g_free(q->from_name);
	g_free(q->number);
	g_free(q->unit);
	search_test_free(q->test);
	g_free(q);
}
