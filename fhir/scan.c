/* SPDX-License-Identifier: Apache-2.0 */
#include "fhir/keys.h"

#include <string.h>

const struct fhir_limits fhir_limits_default = {
	.size_bytes = 32u << 20,
	.depth = 48,
};

struct scan_frame {
	enum scan_kind kind;
	gboolean used;     /* has a member: the next one needs a comma */
	size_t first_key;  /* where this object's keys begin */
};

struct scan {
	const char *start, *p, *end;
	const struct scan_sink *sink;
	void *user;
	GError **error;
	int depth, depth_limit;
	struct keys keys; /* of all open objects */
	struct scan_frame stack[SCAN_DEPTH_MAX];
};

static gboolean
fail(struct scan *s, enum fhir_error code, const char *what)
{
	g_set_error(s->error, FHIR_ERROR, code, "%s at byte %zu", what,
	    (size_t)(s->p - s->start));
	return FALSE;
}

static gboolean
fail_syntax(struct scan *s, const char *what)
{
	if (s->p == s->end)
		return fail(s, FHIR_ERROR_SYNTAX, "the document ends early");
	if (*s->p == '\0')
		return fail(s, FHIR_ERROR_NOT_UTF8, "NUL byte");
	return fail(s, FHIR_ERROR_SYNTAX, what);
}

static gboolean
fail_duplicate(struct scan *s, size_t at)
{
	s->p = s->start + at;
	return fail(s, FHIR_ERROR_DUPLICATE_KEY, "duplicate key");
}

static inline void
skip_blanks(struct scan *s)
{
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\n' ||
	    *s->p == '\r' || *s->p == '\t'))
		s->p++;
}

/* 0 at the end; a NUL byte in the document is 0 too, and refused by whoever
 * looks for something else there. */
static inline char
peek(const struct scan *s)
{
	return s->p < s->end ? *s->p : '\0';
}

/* ---- strings ------------------------------------------------------------ */

#define ONES (~UINT64_C(0) / 255)
#define HIGH (ONES << 7)

/* Nonzero when one of the eight bytes is not plain: a control, a quote, a
 * backslash, or not ASCII. */
static inline uint64_t
special8(uint64_t x)
{
	uint64_t quote = x ^ (ONES * '"'), slash = x ^ (ONES * '\\');

	return ((x - ONES * 0x20) | (quote - ONES) | (slash - ONES) | x) & HIGH;
}

static inline gboolean
is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

static inline const char *
plain_run(const char *p, const char *end)
{
	while (end - p >= 8) {
		uint64_t x;

		memcpy(&x, p, 8);
		if (special8(x))
			break;
		p += 8;
	}
	while (p < end && is_plain((unsigned char)*p))
		p++;
	return p;
}

/* Length of the well-formed sequence at p (Unicode table 3-7: no overlong form,
 * no surrogate, nothing above U+10FFFF), or 0. */
static inline int
utf8_sequence(const char *text, const char *end)
{
	const unsigned char *p = (const unsigned char *)text;
	ptrdiff_t room = end - text;
	unsigned char low = 0x80, high = 0xBF;
	int n = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;

	if (p[0] < 0xC2 || p[0] > 0xF4 || room < n)
		return 0;
	if (p[0] == 0xE0)
		low = 0xA0;
	else if (p[0] == 0xED)
		high = 0x9F;
	else if (p[0] == 0xF0)
		low = 0x90;
	else if (p[0] == 0xF4)
		high = 0x8F;
	if (p[1] < low || p[1] > high)
		return 0;
	for (int i = 2; i < n; i++)
		if ((p[i] & 0xC0) != 0x80)
			return 0;
	return n;
}

/* At a "\u"; moves past it, and past the second half of a pair. */
static gboolean
scan_unicode_escape(struct scan *s)
{
	int unit = scan_hex4(s->p + 2, s->end), low;

	if (unit < 0)
		return fail(s, FHIR_ERROR_SYNTAX, "bad \\u escape");
	if (unit == 0)
		return fail(s, FHIR_ERROR_NOT_UTF8, "escaped NUL");
	if (unit >= 0xDC00 && unit <= 0xDFFF)
		return fail(s, FHIR_ERROR_NOT_UTF8, "lone surrogate");
	if (unit < 0xD800 || unit > 0xDFFF) {
		s->p += 6;
		return TRUE;
	}
	if (s->end - s->p < 12 || s->p[6] != '\\' || s->p[7] != 'u')
		return fail(s, FHIR_ERROR_NOT_UTF8, "lone surrogate");
	low = scan_hex4(s->p + 8, s->end);
	if (low < 0xDC00 || low > 0xDFFF)
		return fail(s, FHIR_ERROR_NOT_UTF8, "lone surrogate");
	s->p += 12;
	return TRUE;
}

static gboolean
scan_escape(struct scan *s)
{
	char c = s->end - s->p >= 2 ? s->p[1] : '\0';

	if (c == 'u')
		return scan_unicode_escape(s);
	if (c == '\0' || !strchr("\"\\/bfnrt", c))
		return fail(s, FHIR_ERROR_SYNTAX, "bad escape");
	s->p += 2;
	return TRUE;
}

/* What stopped a run of plain characters; moves past it. */
static gboolean
scan_special(struct scan *s, gboolean *escaped)
{
	int n;

	if (*s->p == '\\') {
		*escaped = TRUE;
		return scan_escape(s);
	}
	if ((unsigned char)*s->p < 0x20)
		return fail_syntax(s, "control character in a string");
	n = utf8_sequence(s->p, s->end);
	if (n == 0)
		return fail(s, FHIR_ERROR_NOT_UTF8, "not UTF-8");
	s->p += n;
	return TRUE;
}

/* At the opening quote. */
static gboolean
scan_string(struct scan *s, struct scan_slice *out)
{
	const char *start = ++s->p;

	out->escaped = FALSE;
	for (;;) {
		s->p = plain_run(s->p, s->end);
		if (s->p == s->end)
			return fail_syntax(s, "string without an end");
		if (*s->p == '"')
			break;
		if (!scan_special(s, &out->escaped))
			return FALSE;
	}
	out->at = (size_t)(start - s->start);
	out->len = (size_t)(s->p - start);
	s->p++;
	return TRUE;
}

/* ---- values ------------------------------------------------------------- */

static gboolean
scan_open(struct scan *s, enum scan_kind kind)
{
	if (s->depth == s->depth_limit)
		return fail(s, FHIR_ERROR_TOO_DEEP, "nested too deep");
	s->stack[s->depth++] = (struct scan_frame){ .kind = kind,
		.first_key = s->keys.n };
	if (s->sink)
		s->sink->open(s->user, kind, (size_t)(s->p - s->start));
	s->p++;
	return TRUE;
}

static gboolean
scan_close(struct scan *s)
{
	const struct scan_frame *f = &s->stack[--s->depth];
	size_t duplicate = 0;

	s->p++;
	if (s->sink)
		s->sink->close(s->user, (size_t)(s->p - s->start));
	return f->kind == SCAN_ARRAY ||
	    keys_drop(&s->keys, f->first_key, &duplicate) ||
	    fail_duplicate(s, duplicate);
}

static inline void
emit(struct scan *s, enum scan_kind kind, const struct scan_slice *raw)
{
	if (s->sink)
		s->sink->scalar(s->user, kind, raw);
}

static gboolean
scan_text(struct scan *s)
{
	struct scan_slice raw;

	if (!scan_string(s, &raw))
		return FALSE;
	emit(s, SCAN_STRING, &raw);
	return TRUE;
}

/* At least one digit. */
static gboolean
scan_digits(struct scan *s)
{
	if (!g_ascii_isdigit(peek(s)))
		return fail_syntax(s, "bad number");
	while (g_ascii_isdigit(peek(s)))
		s->p++;
	return TRUE;
}

static gboolean
scan_exponent(struct scan *s)
{
	if (peek(s) != 'e' && peek(s) != 'E')
		return TRUE;
	s->p++;
	if (peek(s) == '+' || peek(s) == '-')
		s->p++;
	return scan_digits(s);
}

static gboolean
scan_number(struct scan *s)
{
	const char *start = s->p;

	if (peek(s) == '-')
		s->p++;
	if (peek(s) == '0')
		s->p++;
	else if (!scan_digits(s))
		return FALSE;
	if (peek(s) == '.') {
		s->p++;
		if (!scan_digits(s))
			return FALSE;
	}
	if (!scan_exponent(s))
		return FALSE;
	emit(s, SCAN_NUMBER, &(struct scan_slice){
	    .at = (size_t)(start - s->start), .len = (size_t)(s->p - start) });
	return TRUE;
}

static gboolean
scan_word(struct scan *s, const char *word, enum scan_kind kind)
{
	size_t len = strlen(word);

	if ((size_t)(s->end - s->p) < len || memcmp(s->p, word, len) != 0)
		return fail_syntax(s, "unknown word");
	emit(s, kind, &(struct scan_slice){
	    .at = (size_t)(s->p - s->start), .len = len });
	s->p += len;
	return TRUE;
}

static gboolean
scan_value(struct scan *s)
{
	switch (peek(s)) {
	case '{':
		return scan_open(s, SCAN_OBJECT);
	case '[':
		return scan_open(s, SCAN_ARRAY);
	case '"':
		return scan_text(s);
	case 't':
		return scan_word(s, "true", SCAN_TRUE);
	case 'f':
		return scan_word(s, "false", SCAN_FALSE);
	case 'n':
		return scan_word(s, "null", SCAN_NULL);
	case '-':
	case '0' ... '9':
		return scan_number(s);
	default:
		return fail_syntax(s, "a value was expected");
	}
}

static gboolean
scan_key(struct scan *s)
{
	struct scan_slice key;

	if (peek(s) != '"')
		return fail_syntax(s, "a key was expected");
	if (!scan_string(s, &key))
		return FALSE;
	if (!keys_add(&s->keys, s->start, &key,
	    s->stack[s->depth - 1].first_key))
		return fail_duplicate(s, key.at);
	skip_blanks(s);
	if (peek(s) != ':')
		return fail_syntax(s, "a colon was expected");
	s->p++;
	skip_blanks(s);
	if (s->sink)
		s->sink->key(s->user, &key);
	return TRUE;
}

/* The next member of the innermost container, or its end. */
static gboolean
scan_member(struct scan *s)
{
	struct scan_frame *f = &s->stack[s->depth - 1];

	skip_blanks(s);
	if (peek(s) == (f->kind == SCAN_OBJECT ? '}' : ']'))
		return scan_close(s);
	if (f->used) {
		if (peek(s) != ',')
			return fail_syntax(s, "a comma was expected");
		s->p++;
		skip_blanks(s);
	}
	f->used = TRUE;
	if (f->kind == SCAN_OBJECT && !scan_key(s))
		return FALSE;
	return scan_value(s);
}

/* A sentence for what is no JSON document at all. */
static gboolean
scan_start(struct scan *s)
{
	static const char bom[] = "\xEF\xBB\xBF";

	if (s->end - s->p >= 3 && memcmp(s->p, bom, 3) == 0)
		return fail(s, FHIR_ERROR_SYNTAX, "byte order mark");
	skip_blanks(s);
	if (peek(s) == '{')
		return scan_value(s);
	if (peek(s) == '<')
		return fail(s, FHIR_ERROR_NOT_FHIR, "markup instead of JSON");
	if (peek(s) != '\0' && strchr("[\"-0123456789tfn", peek(s)))
		return fail(s, FHIR_ERROR_NOT_FHIR, "not a JSON object");
	return fail_syntax(s, "not JSON");
}

static gboolean
scan_document(struct scan *s)
{
	if (!scan_start(s))
		return FALSE;
	while (s->depth > 0)
		if (!scan_member(s))
			return FALSE;
	skip_blanks(s);
	if (s->p < s->end)
		return fail_syntax(s, "bytes after the end");
	return TRUE;
}

gboolean
scan_run(const char *bytes, size_t len, const struct fhir_limits *limits,
    const struct scan_sink *sink, void *user, GError **error)
{
	struct scan s;
	gboolean ok;

	if (!limits)
		limits = &fhir_limits_default;
	/* Not "= {0}": the stack alone is larger than most documents. */
	s.start = s.p = bytes;
	s.end = bytes + len;
	s.sink = sink;
	s.user = user;
	s.error = error;
	s.depth = 0;
	s.depth_limit = CLAMP(limits->depth, 1, SCAN_DEPTH_MAX);
	keys_init(&s.keys);
	if (len > limits->size_bytes || len > G_MAXINT32)
		return fail(&s, FHIR_ERROR_TOO_BIG, "larger than allowed");
	ok = scan_document(&s);
	keys_clear(&s.keys);
	return ok;
}

gboolean
fhir_check(const char *bytes, size_t len, const struct fhir_limits *limits,
    GError **error)
{
	return scan_run(bytes, len, limits, NULL, NULL, error);
}
