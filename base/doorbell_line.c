/* SPDX-License-Identifier: Apache-2.0 */
/* The doorbell's grammar: one table says which words follow which verb, and both
 * directions read it. */
#include "base/base.h"

#include <stdio.h>
#include <string.h>

#define LINE_MAX_BYTES 512
#define FIELDS_MAX 3

const char *const doorbell_state_words[] = {
	[BELL_LIVE] = "live",
	[BELL_CATCHING_UP] = "catching-up",
	[BELL_POLLING] = "polling",
	[BELL_OFFLINE] = "offline",
	[BELL_LOGIN_NEEDED] = "login-needed",
	[BELL_WRONG_DOCTOR] = "wrong-doctor",
	[BELL_REFUSED] = "refused",
	[BELL_DISK_FAILS] = "disk-fails",
	[BELL_CACHE_DAMAGED] = "cache-damaged",
	NULL,
};
static const char *const state_names[] = {
	[BELL_LIVE] = N_("live"),
	[BELL_CATCHING_UP] = N_("catching up"),
	[BELL_POLLING] = N_("asking now and then"),
	[BELL_OFFLINE] = N_("offline"),
	[BELL_LOGIN_NEEDED] = N_("login needed"),
	[BELL_WRONG_DOCTOR] = N_("another doctor's login"),
	[BELL_REFUSED] = N_("the server refuses"),
	[BELL_DISK_FAILS] = N_("cannot write"),
	[BELL_CACHE_DAMAGED] = N_("cache damaged"),
};
static const char *const kind_words[] = {
	[BELL_KIND_QUEUE] = "queue",
	[BELL_KIND_CONSULT] = "consult",
	[BELL_KIND_PATIENT] = "patient",
	[BELL_KIND_OUTBOX] = "outbox",
	[BELL_KIND_ALL] = "all",
	NULL,
};
static const char *const phase_words[] = {
	[BELL_PHASE_QUEUE] = "queue",
	[BELL_PHASE_CHARTS] = "charts",
	[BELL_PHASE_HISTORY] = "history",
	NULL,
};
static const char *const answer_words[] = { "ok", "gone", "refused",
	"failed", NULL };
static const char *const hello_words[] = { "screen", "command", NULL };

const char *
doorbell_state_name(enum doorbell_state state)
{
	return _(state_names[state]);
}

enum field_type { FIELD_END, FIELD_NUMBER, FIELD_BIT, FIELD_KIND, FIELD_STATE,
	FIELD_PHASE, FIELD_ANSWER, FIELD_HELLO, FIELD_REFERENCE };

struct field {
	enum field_type type;
	size_t offset; /* of the member it fills */
};
#define FIELD(type, member) { type, offsetof(struct doorbell_line, member) }

static const struct {
	const char *word;
	struct field fields[FIELDS_MAX + 1];
} verbs[BELL_UNKNOWN] = {
	[BELL_CHANGED] = { "changed", { FIELD(FIELD_KIND, kind), FIELD(FIELD_NUMBER, id) } },
	[BELL_STATE] = { "state", { FIELD(FIELD_STATE, state), FIELD(FIELD_NUMBER, since_ms), FIELD(FIELD_NUMBER, fresh_ms) } },
	[BELL_PROGRESS] = { "progress", { FIELD(FIELD_PHASE, phase), FIELD(FIELD_NUMBER, done), FIELD(FIELD_NUMBER, total) } },
	[BELL_FETCHING] = { "fetching", { FIELD(FIELD_NUMBER, id), FIELD(FIELD_NUMBER, done), FIELD(FIELD_NUMBER, total) } },
	[BELL_ANSWER] = { "answer", { FIELD(FIELD_NUMBER, id), FIELD(FIELD_ANSWER, word) } },
	[BELL_ENDED] = { "ended", { FIELD(FIELD_NUMBER, id), FIELD(FIELD_NUMBER, code), FIELD(FIELD_NUMBER, count) } },
	[BELL_BYE] = { "bye", { { FIELD_END, 0 } } },
	[BELL_HELLO] = { "hello", { FIELD(FIELD_HELLO, word) } },
	[BELL_POKE] = { "poke", { { FIELD_END, 0 } } },
	[BELL_ACTIVE] = { "active", { FIELD(FIELD_BIT, id) } },
	[BELL_FETCH] = { "fetch", { FIELD(FIELD_NUMBER, id), FIELD(FIELD_REFERENCE, word), FIELD(FIELD_NUMBER, limit_ms) } },
	[BELL_CHECK] = { "check", { FIELD(FIELD_NUMBER, id), FIELD(FIELD_NUMBER, count), FIELD(FIELD_NUMBER, limit_ms) } },
	[BELL_PULL] = { "pull", { FIELD(FIELD_NUMBER, id) } },
	[BELL_PURGE] = { "purge", { FIELD(FIELD_NUMBER, id) } },
	[BELL_STAY] = { "stay", { { FIELD_END, 0 } } },
	[BELL_QUIT] = { "quit", { { FIELD_END, 0 } } },
};

/* ---- words --------------------------------------------------------------- */

struct word {
	const char *text;
	size_t len;
};

static gboolean
word_is(const struct word *w, const char *text)
{
	return strlen(text) == w->len && memcmp(text, w->text, w->len) == 0;
}

static int
word_index(const struct word *w, const char *const *words)
{
	int i;

	for (i = 0; words[i]; i++)
		if (word_is(w, words[i]))
			return i;
	return -1;
}

/* 0 to 2⁶³-1 in decimal, no sign; enough for ids, counts and times. */
static gboolean
word_number(const struct word *w, int64_t *out)
{
	uint64_t n = 0;
	size_t i;

	if (w->len == 0 || w->len > 19)
		return FALSE;
	for (i = 0; i < w->len; i++) {
		if (!g_ascii_isdigit(w->text[i]))
			return FALSE;
		n = n * 10 + (uint64_t)(w->text[i] - '0');
	}
	*out = (int64_t)n;
	return n <= G_MAXINT64;
}

/* TYPE/ID as FHIR R4 spells them: letters, then 1 to 64 of A-Za-z0-9-. */
static gboolean
word_reference(const struct word *w)
{
	const char *slash = w->len ? memchr(w->text, '/', w->len) : NULL;
	size_t type_len, i;

	if (!slash)
		return FALSE;
	type_len = (size_t)(slash - w->text);
	if (type_len < 1 || type_len > 30 || w->len - type_len - 1 < 1 ||
	    w->len - type_len - 1 > 64)
		return FALSE;
	for (i = 0; i < type_len; i++)
		if (!g_ascii_isalpha(w->text[i]))
			return FALSE;
	for (i = type_len + 1; i < w->len; i++)
		if (!g_ascii_isalnum(w->text[i]) && w->text[i] != '-' &&
		    w->text[i] != '.')
			return FALSE;
	return TRUE;
}

/* What speaks of a resource is asked for by naming that. */
static gboolean
word_wanted(const struct word *w)
{
	const size_t before = strlen(DOORBELL_PROVENANCE);
	struct word of = *w;

	if (w->len > before &&
	    memcmp(w->text, DOORBELL_PROVENANCE, before) == 0) {
		of.text += before;
		of.len -= before;
	}
	return word_reference(&of);
}

/* Cuts the next word off; words are apart by one space. */
static gboolean
next_word(const char **at, const char *end, struct word *w)
{
	const char *space;

	if (*at >= end)
		return FALSE;
	space = memchr(*at, ' ', (size_t)(end - *at));
	w->text = *at;
	w->len = (size_t)((space ? space : end) - *at);
	*at = space ? space + 1 : end;
	/* A space at the very end would announce a word that is not there. */
	return w->len > 0 && !(space && *at == end);
}

/* ---- reading ------------------------------------------------------------- */

static gboolean
take_text(struct doorbell_line *out, const struct word *w)
{
	if (w->len >= sizeof(out->word))
		return FALSE;
	memcpy(out->word, w->text, w->len);
	out->word[w->len] = '\0';
	return TRUE;
}

static gboolean
field_parse(const struct field *f, const struct word *w,
    struct doorbell_line *out)
{
	void *member = (char *)out + f->offset;
	int i = -1;

	switch (f->type) {
	case FIELD_NUMBER:
		return word_number(w, member);
	case FIELD_BIT:
		return word_number(w, member) && *(int64_t *)member <= 1;
	case FIELD_KIND:
		i = word_index(w, kind_words);
		out->kind = (enum doorbell_kind)MAX(i, 0);
		return i >= 0;
	case FIELD_STATE:
		i = word_index(w, doorbell_state_words);
		out->state = (enum doorbell_state)MAX(i, 0);
		return i >= 0;
	case FIELD_PHASE:
		i = word_index(w, phase_words);
		out->phase = (enum doorbell_phase)MAX(i, 0);
		return i >= 0;
	case FIELD_ANSWER:
		return word_index(w, answer_words) >= 0 && take_text(out, w);
	case FIELD_HELLO:
		return word_index(w, hello_words) >= 0 && take_text(out, w);
	case FIELD_REFERENCE:
		return word_wanted(w) && take_text(out, w);
	case FIELD_END:
		break;
	}
	return FALSE;
}

static gboolean
line_parse(const char *line, size_t len, struct doorbell_line *out)
{
	const char *at = line, *end = line + len;
	const struct field *f;
	struct word w;
	int verb;

	if (len >= LINE_MAX_BYTES || !next_word(&at, end, &w))
		return FALSE;
	for (verb = 0; verb < BELL_UNKNOWN; verb++)
		if (word_is(&w, verbs[verb].word))
			break;
	if (verb == BELL_UNKNOWN)
		return FALSE;
	for (f = verbs[verb].fields; f->type != FIELD_END; f++)
		if (!next_word(&at, end, &w) || !field_parse(f, &w, out))
			return FALSE;
	out->verb = (enum doorbell_verb)verb;
	return at == end;
}

gboolean
doorbell_parse(const char *line, size_t len, struct doorbell_line *out)
{
	memset(out, 0, sizeof(*out));
	if (len > 0 && line[len - 1] == '\n')
		len--;
	if (line_parse(line, len, out))
		return TRUE;
	memset(out, 0, sizeof(*out));
	out->verb = BELL_UNKNOWN;
	return FALSE;
}

/* ---- writing ------------------------------------------------------------- */

static size_t
field_format(const struct field *f, const struct doorbell_line *line, char *buf,
    size_t size)
{
	const void *member = (const char *)line + f->offset;
	const char *word = line->word;
	int n;

	switch (f->type) {
	case FIELD_NUMBER:
	case FIELD_BIT:
		n = snprintf(buf, size, " %" G_GINT64_FORMAT,
		    MAX(*(const int64_t *)member, 0));
		return (size_t)n;
	case FIELD_KIND:
		word = kind_words[line->kind];
		break;
	case FIELD_STATE:
		word = doorbell_state_words[line->state];
		break;
	case FIELD_PHASE:
		word = phase_words[line->phase];
		break;
	default:
		break;
	}
	n = snprintf(buf, size, " %s", word);
	return (size_t)n;
}

size_t
doorbell_format(const struct doorbell_line *line, char *buf, size_t size)
{
	const struct field *f;
	size_t len;

	g_assert(line->verb < BELL_UNKNOWN && size >= LINE_MAX_BYTES);
	len = g_strlcpy(buf, verbs[line->verb].word, size);
	for (f = verbs[line->verb].fields; f->type != FIELD_END; f++)
		len += field_format(f, line, buf + len, size - len);
	buf[len++] = '\n';
	buf[len] = '\0';
	return len;
}
