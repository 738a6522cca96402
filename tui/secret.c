/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/secret.h"

#include <string.h>

#define SECRET_MAX 1024

static char *
bytes(const struct secret *s)
{
	return (char *)base_secret_data(s->typed);
}

void
secret_init(struct secret *s)
{
	s->typed = base_secret_new(SECRET_MAX);
	s->len = 0;
}

void
secret_clear(struct secret *s)
{
	g_clear_pointer(&s->typed, base_secret_free);
	s->len = 0;
}

void
secret_forget(struct secret *s)
{
	memset(bytes(s), 0, SECRET_MAX);
	s->len = 0;
}

static void
type(struct secret *s, const char *text, size_t len)
{
	if (s->len + len >= SECRET_MAX)
		return;
	memcpy(bytes(s) + s->len, text, len);
	s->len += len;
}

static void
erase_last(struct secret *s)
{
	size_t at = s->len ? base_grapheme_prev(bytes(s), s->len, s->len) : 0;

	memset(bytes(s) + at, 0, s->len - at);
	s->len = at;
}

gboolean
secret_event(struct secret *s, const struct event *e)
{
	char utf8[6];

	if (e->kind == EVENT_PASTE)
		type(s, e->text, MIN(strcspn(e->text, "\r\n"), e->len));
	else if (e->kind != EVENT_KEY)
		return FALSE;
	else if (e->key == K_BACKSPACE)
		erase_last(s);
	else if (e->key == K_ESC || (e->key == 'u' && e->mods == MOD_CTRL))
		secret_forget(s);
	else if (event_is_text(e))
		type(s, utf8, (size_t)g_unichar_to_utf8(e->key, utf8));
	else
		return FALSE;
	return TRUE;
}

struct base_secret *
secret_take(const struct secret *s)
{
	struct base_secret *out = base_secret_new(MAX(s->len, 1));

	memcpy(base_secret_data(out), bytes(s), s->len);
	return out;
}

void
secret_draw(const struct secret *s, struct canvas *c, struct area a,
    gboolean focused)
{
	g_autoptr(GString) dots = g_string_new(NULL);
	size_t at = 0;

	canvas_fill(c, a, E_LOCK_FIELD);
	while (at < s->len) {
		at = base_grapheme_next(bytes(s), s->len, at);
		if ((int)dots->len < 3 * (a.cols - 1)) /* "•" is 3 bytes */
			g_string_append(dots, "•");
	}
	canvas_text(c, a, 0, 0, a.cols, E_LOCK_FIELD, dots->str);
	if (focused)
		canvas_cursor(c, a, 0, base_text_cols(dots->str, -1), TRUE);
}
