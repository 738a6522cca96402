/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes of a terminal → events. ECMA-48 and what xterm, tmux, the Linux console
 * and their kin really send.
 *
 * A lone ESC is the trouble: over a slow line the rest of an arrow key may be on
 * its way. It is held; when it was let go as the key Esc too early and "[A"
 * follows, that is still read as the arrow, and from then on it is held longer.
 */
#include "config.h"

#include <string.h>

#include "tui/event.h"

enum {
	PASTE_MAX_BYTES = 4 * 1024 * 1024,
	PASTE_IDLE_MS = 3000,  /* the end mark was lost */
	LATE_MS = 2000,        /* "[A" after an Esc let go */
	HOLD_MAX_MS = 1000,
	SEQUENCE_MAX_BYTES = 64,
	STRING_MAX_BYTES = 4096, /* an answer of the terminal, swallowed */
};

struct input {
	GByteArray *bytes;     /* not yet understood */
	GByteArray *paste;
	gboolean pasting, paste_given;
	int64_t fed_ms;        /* last byte */
	int64_t esc_ms;        /* when an Esc was let go by time; 0 */
	int hold_ms;
};

struct input *
input_new(int hold_ms)
{
	struct input *in = g_new0(struct input, 1);

	in->bytes = g_byte_array_new();
	in->paste = g_byte_array_new();
	in->hold_ms = hold_ms;
	return in;
}

void
input_free(struct input *in)
{
	if (!in)
		return;
	g_byte_array_unref(in->bytes);
	g_byte_array_unref(in->paste);
	g_free(in);
}

void
input_feed(struct input *in, const char *bytes, size_t len, int64_t now_ms)
{
	g_byte_array_append(in->bytes, (const guint8 *)bytes, (guint)len);
	in->fed_ms = now_ms;
}

static void
eat(struct input *in, size_t n)
{
	g_byte_array_remove_range(in->bytes, 0, (guint)n);
}

static gboolean
give_key(struct event *out, uint32_t key, unsigned mods)
{
	*out = (struct event){ .kind = EVENT_KEY, .key = key, .mods = mods };
	return TRUE;
}

/* ---- CSI and SS3 -------------------------------------------------------- */

static const struct { char final; enum key key; } letter_keys[] = {
	{ 'A', K_UP }, { 'B', K_DOWN }, { 'C', K_RIGHT }, { 'D', K_LEFT },
	{ 'H', K_HOME }, { 'F', K_END }, { 'P', K_F1 }, { 'Q', K_F2 },
	{ 'R', K_F3 }, { 'S', K_F4 }, { 'Z', K_BACKTAB }, { 'M', K_ENTER },
};
static const struct { int number; enum key key; } tilde_keys[] = {
	{ 1, K_HOME }, { 2, K_INSERT }, { 3, K_DELETE }, { 4, K_END },
	{ 5, K_PGUP }, { 6, K_PGDN }, { 7, K_HOME }, { 8, K_END },
	{ 11, K_F1 }, { 12, K_F2 }, { 13, K_F3 }, { 14, K_F4 },
	{ 15, K_F5 }, { 17, K_F6 }, { 18, K_F7 }, { 19, K_F8 },
	{ 20, K_F9 }, { 21, K_F10 }, { 23, K_F11 }, { 24, K_F12 },
};
enum { MARK_NUMBER = 7799, PASTE_BEGIN = 200, PASTE_END = 201 };

static enum key
key_of_letter(char final)
{
	for (size_t i = 0; i < G_N_ELEMENTS(letter_keys); i++)
		if (letter_keys[i].final == final)
			return letter_keys[i].key;
	return K_NONE;
}

static enum key
key_of_number(int number)
{
	for (size_t i = 0; i < G_N_ELEMENTS(tilde_keys); i++)
		if (tilde_keys[i].number == number)
			return tilde_keys[i].key;
	return K_NONE;
}

/* xterm: parameter = 1 + bits of shift, alt, control. */
static unsigned
mods_of(int parameter)
{
	return parameter > 1 ? (unsigned)(parameter - 1) & 7u : 0;
}

struct sequence {
	char intro, prefix, final; /* '[' or 'O'; '<', '?' or 0 */
	int n, arg[4];
	size_t len;                /* bytes; 0: not complete */
	gboolean bad;
};

/* at: behind the ESC. */
static void
sequence_read(const guint8 *s, size_t len, struct sequence *q)
{
	size_t i = 1;

	memset(q, 0, sizeof(*q));
	q->intro = (char)s[0];
	if (q->intro == '[' && i < len && s[i] == '[')
		i++; /* the Linux console's F1: ESC [ [ A */
	if (i < len && strchr("<=>?", s[i]) && s[i])
		q->prefix = (char)s[i++];
	for (; i < len; i++) {
		if (g_ascii_isdigit(s[i])) {
			int *a = &q->arg[MIN(q->n, 3)];
			*a = MIN(*a, 999999) * 10 + (s[i] - '0');
		} else if (s[i] == ';' || s[i] == ':') {
			q->n++;
		} else if (s[i] >= 0x40 && s[i] <= 0x7e) {
			q->final = (char)s[i];
			q->len = i + 1;
			return;
		} else if (s[i] < 0x20 || s[i] > 0x2f) {
			break;
		}
	}
	q->bad = i < len || len > SEQUENCE_MAX_BYTES;
}

static gboolean
give_mouse(const struct sequence *q, struct event *out)
{
	int b = q->arg[0];

	*out = (struct event){ .kind = EVENT_MOUSE, .x = q->arg[1] - 1,
		.y = q->arg[2] - 1 };
	if (q->final != 'M')
		return FALSE;
	if (b == 64 || b == 65)
		out->mouse = b == 64 ? MOUSE_WHEEL_UP : MOUSE_WHEEL_DOWN;
	else if (b == 0)
		out->mouse = MOUSE_PRESS;
	else
		return FALSE;
	return TRUE;
}

/* An event from a complete sequence; FALSE: swallowed. */
static gboolean
sequence_event(struct input *in, const struct sequence *q,
    const guint8 *s, struct event *out)
{
	enum key key;

	if (q->intro == '[' && q->prefix == '<')
		return give_mouse(q, out);
	if (q->prefix)
		return FALSE;
	if (q->intro == '[' && q->final == 'n' && q->arg[0] == MARK_NUMBER) {
		*out = (struct event){ .kind = EVENT_MARK,
			.number = q->arg[1] };
		return TRUE;
	}
	if (q->intro == '[' && s[1] == '[') {
		if (q->final < 'A' || q->final > 'E')
			return FALSE;
		return give_key(out, (uint32_t)(K_F1 + q->final - 'A'), 0);
	}
	if (q->final == '~') {
		if (q->arg[0] == PASTE_BEGIN) {
			in->pasting = TRUE;
			g_byte_array_set_size(in->paste, 0);
			return FALSE;
		}
		key = key_of_number(q->arg[0]);
	} else {
		key = key_of_letter(q->final);
	}
	return key != K_NONE && give_key(out, key, mods_of(q->arg[1]));
}

/* OSC, DCS, APC, PM: an answer of the terminal nobody asked for. Its length, 0
 * while the end is not here. */
static size_t
string_len(const guint8 *s, size_t len)
{
	for (size_t i = 2; i < len; i++) {
		if (s[i] == 0x07)
			return i + 1;
		if (s[i] == 0x1b && i + 1 < len && s[i + 1] == '\\')
			return i + 2;
	}
	return 0;
}

enum step { STEP_GIVE, STEP_AGAIN, STEP_WAIT };

static gboolean
held(const struct input *in, int64_t now_ms)
{
	return now_ms - in->fed_ms < in->hold_ms;
}

/* The Esc key itself. by_time: nothing else came. */
static enum step
give_esc(struct input *in, gboolean by_time, int64_t now_ms,
    struct event *out)
{
	eat(in, 1);
	in->esc_ms = by_time ? MAX(now_ms, 1) : 0;
	give_key(out, K_ESC, 0);
	return STEP_GIVE;
}

static enum step
step_escape(struct input *in, int64_t now_ms,
    struct event *out)
{
	const guint8 *s = in->bytes->data;
	size_t len = in->bytes->len, n;
	struct sequence q;

	if (len == 1)
		return held(in, now_ms) ? STEP_WAIT
		    : give_esc(in, TRUE, now_ms, out);
	if (strchr("]P_^", s[1])) {
		n = string_len(s, len);
		if (n)
			eat(in, n);
		else if (held(in, now_ms) && len < STRING_MAX_BYTES)
			return STEP_WAIT;
		else
			return give_esc(in, FALSE, now_ms, out);
		return STEP_AGAIN;
	}
	if (s[1] != '[' && s[1] != 'O')
		return give_esc(in, FALSE, now_ms, out);
	sequence_read(s + 1, len - 1, &q);
	if (!q.len) {
		if (!q.bad && held(in, now_ms))
			return STEP_WAIT;
		return give_esc(in, FALSE, now_ms, out);
	}
	gboolean give = sequence_event(in, &q, s + 1, out);
	eat(in, q.len + 1);
	return give ? STEP_GIVE : STEP_AGAIN;
}

/* "[A" after an Esc that was let go: the arrow after all. */
static enum step
step_late(struct input *in, int64_t now_ms, struct event *out)
{
	struct sequence q;
	gboolean give;

	sequence_read(in->bytes->data, in->bytes->len, &q);
	if (!q.len && !q.bad && held(in, now_ms))
		return STEP_WAIT;
	in->esc_ms = 0;
	if (!q.len || (q.final != '~' && key_of_letter(q.final) == K_NONE)) {
		give_key(out, in->bytes->data[0], 0);
		eat(in, 1);
		return STEP_GIVE;
	}
	in->hold_ms = MIN(in->hold_ms * 2, HOLD_MAX_MS);
	give = sequence_event(in, &q, in->bytes->data, out);
	eat(in, q.len);
	return give ? STEP_GIVE : STEP_AGAIN;
}

/* ---- text --------------------------------------------------------------- */

static enum step
give_control(struct input *in, guint8 b, struct event *out)
{
	eat(in, 1);
	if (b == '\r')
		give_key(out, K_ENTER, 0);
	else if (b == '\t')
		give_key(out, K_TAB, 0);
	else if (b == 0x7f || b == 0x08)
		give_key(out, K_BACKSPACE, 0);
	else if (b == 0)
		give_key(out, ' ', MOD_CTRL);
	else
		give_key(out, (uint32_t)(b <= 26 ? b + 'a' - 1 : b + '@'),
		    MOD_CTRL);
	return STEP_GIVE;
}

static enum step
step_text(struct input *in, int64_t now_ms, struct event *out)
{
	const guint8 *s = in->bytes->data;
	gunichar c;

	if (s[0] < 0x20 || s[0] == 0x7f)
		return give_control(in, s[0], out);
	c = g_utf8_get_char_validated((const char *)s, (gssize)in->bytes->len);
	if (c == (gunichar)-2 && held(in, now_ms))
		return STEP_WAIT; /* the rest is on its way */
	if (c == (gunichar)-2 || c == (gunichar)-1) {
		eat(in, 1);
		return STEP_AGAIN;
	}
	eat(in, (size_t)(g_utf8_next_char(s) - (const char *)s));
	if (c >= 0x80 && c < 0xa0)
		return STEP_AGAIN;
	give_key(out, c, 0);
	return STEP_GIVE;
}

/* ---- paste -------------------------------------------------------------- */

static enum step
give_paste(struct input *in, struct event *out)
{
	in->pasting = FALSE;
	in->paste_given = TRUE;
	*out = (struct event){ .kind = EVENT_PASTE,
		.text = (const char *)in->paste->data, .len = in->paste->len };
	return STEP_GIVE;
}

static enum step
step_paste(struct input *in, int64_t now_ms, struct event *out)
{
	static const char end[] = "\033[201~";
	const guint8 *s = in->bytes->data;
	size_t len = in->bytes->len, keep = 0, n;
	const guint8 *at = len ? memmem(s, len, end, sizeof(end) - 1) : NULL;

	if (at) {
		n = (size_t)(at - s);
	} else { /* a beginning of the end mark stays */
		for (keep = MIN(len, sizeof(end) - 2); keep > 0; keep--)
			if (!memcmp(s + len - keep, end, keep))
				break;
		n = len - keep;
	}
	g_byte_array_append(in->paste, s,
	    (guint)MIN(n, PASTE_MAX_BYTES - in->paste->len));
	eat(in, at ? n + sizeof(end) - 1 : n);
	if (at)
		return give_paste(in, out);
	if (now_ms - in->fed_ms >= PASTE_IDLE_MS)
		return give_paste(in, out);
	return STEP_WAIT;
}

/* ---- the next event ----------------------------------------------------- */

static enum step
step(struct input *in, int64_t now_ms, struct event *out)
{
	guint8 b;

	if (in->pasting)
		return step_paste(in, now_ms, out);
	if (!in->bytes->len)
		return STEP_WAIT;
	b = in->bytes->data[0];
	if (in->esc_ms && now_ms - in->esc_ms > LATE_MS)
		in->esc_ms = 0;
	if (b == 0x1b)
		return step_escape(in, now_ms, out);
	if (in->esc_ms && (b == '[' || b == 'O'))
		return step_late(in, now_ms, out);
	in->esc_ms = 0;
	return step_text(in, now_ms, out);
}

gboolean
input_next(struct input *in, int64_t now_ms, struct event *out)
{
	enum step s;

	if (in->paste_given) {
		in->paste_given = FALSE;
		g_byte_array_set_size(in->paste, 0);
	}
	do
		s = step(in, now_ms, out);
	while (s == STEP_AGAIN);
	return s == STEP_GIVE;
}

int64_t
input_due_ms(const struct input *in)
{
	if (in->pasting)
		return in->fed_ms + PASTE_IDLE_MS;
	return in->bytes->len ? in->fed_ms + in->hold_ms : -1;
}

void
input_discard(struct input *in, int64_t now_ms)
{
	struct event e;
	long mark = -1;

	while (input_next(in, now_ms, &e))
		if (e.kind == EVENT_MARK)
			mark = e.number;
	if (in->bytes->len == 1 && in->bytes->data[0] == 0x1b)
		eat(in, 1), in->esc_ms = MAX(now_ms, 1);
	if (mark >= 0) {
		g_autofree char *s = g_strdup_printf("\033[%d;%ldn",
		    MARK_NUMBER, mark);
		g_byte_array_prepend(in->bytes, (const guint8 *)s,
		    (guint)strlen(s));
	}
}
