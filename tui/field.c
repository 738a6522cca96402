/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/field.h"

#include <string.h>

void
field_init(struct field *f, const char *text, size_t max_bytes)
{
	f->buf = buffer_new(text ? text : "", text ? strlen(text) : 0);
	f->max_bytes = max_bytes;
}

void
field_clear(struct field *f)
{
	g_clear_pointer(&f->buf, buffer_free);
}

const char *
field_text(const struct field *f)
{
	return buffer_text(f->buf);
}

void
field_set(struct field *f, const char *text)
{
	buffer_replace(f->buf, text, strlen(text));
	buffer_move(f->buf, BUFFER_END);
}

/* ---- keys --------------------------------------------------------------- */

struct field_key {
	uint32_t key;
	unsigned mods;
	gboolean deletes;
	enum buffer_motion motion;
};

static const struct field_key field_keys[] = {
	{ K_LEFT, 0, FALSE, BUFFER_LEFT },
	{ K_RIGHT, 0, FALSE, BUFFER_RIGHT },
	{ K_LEFT, MOD_CTRL, FALSE, BUFFER_WORD_LEFT },
	{ K_RIGHT, MOD_CTRL, FALSE, BUFFER_WORD_RIGHT },
	{ K_HOME, 0, FALSE, BUFFER_START },
	{ 'a', MOD_CTRL, FALSE, BUFFER_START },
	{ K_END, 0, FALSE, BUFFER_END },
	{ K_BACKSPACE, 0, TRUE, BUFFER_LEFT },
	{ K_DELETE, 0, TRUE, BUFFER_RIGHT },
	{ K_BACKSPACE, MOD_ALT, TRUE, BUFFER_WORD_LEFT },
	{ 'w', MOD_CTRL, TRUE, BUFFER_WORD_LEFT },
	{ 'u', MOD_CTRL, TRUE, BUFFER_START },
	{ 'k', MOD_CTRL, TRUE, BUFFER_END },
};

static gboolean
by_table(struct field *f, const struct event *e)
{
	for (size_t i = 0; i < G_N_ELEMENTS(field_keys); i++) {
		const struct field_key *k = &field_keys[i];

		if (k->key != e->key || k->mods != e->mods)
			continue;
		if (k->deletes)
			buffer_delete(f->buf, k->motion);
		else
			buffer_move(f->buf, k->motion);
		return TRUE;
	}
	return FALSE;
}

static void
type(struct field *f, uint32_t key)
{
	/* The fullwidth blank of an input method parts words too. */
	gunichar c = key == 0x3000 ? ' ' : key;
	char utf8[6];
	size_t len = (size_t)g_unichar_to_utf8(c, utf8);

	if (buffer_len(f->buf) + len <= f->max_bytes)
		buffer_insert(f->buf, utf8, len, TRUE);
}

/* What has no room is left out, at a whole grapheme. */
static void
paste(struct field *f, const char *bytes, size_t len)
{
	g_autofree char *text = g_strndup(bytes, MIN(len, f->max_bytes));
	size_t n = strcspn(text, "\r\n");
	size_t room = f->max_bytes - MIN(buffer_len(f->buf), f->max_bytes);

	if (n > room)
		n = base_grapheme_prev(text, n, room);
	if (n)
		buffer_insert(f->buf, text, n, FALSE);
}

gboolean
field_event(struct field *f, const struct event *e, gboolean *changed)
{
	uint64_t before = buffer_version(f->buf);
	gboolean taken = TRUE;

	if (e->kind == EVENT_PASTE)
		paste(f, e->text, e->len);
	else if (event_is_text(e))
		type(f, e->key);
	else
		taken = e->kind == EVENT_KEY && by_table(f, e);
	if (changed)
		*changed = buffer_version(f->buf) != before;
	return taken;
}

/* ---- the screen --------------------------------------------------------- */

static int
cols_before(const struct field *f, size_t byte)
{
	g_autofree char *head = base_text_show(field_text(f), (gssize)byte,
	    BASE_MANY_LINES);

	return base_text_cols(head, -1);
}

/* Columns hidden at the left, so that the caret is seen. */
static int
hidden(const struct field *f, int cols)
{
	return MAX(cols_before(f, buffer_caret(f->buf)) - cols + 1, 0);
}

int
field_col(const struct field *f, struct area a, size_t byte)
{
	return cols_before(f, byte) - hidden(f, a.cols);
}

void
field_draw(struct field *f, struct canvas *c, struct area a,
    enum element element, gboolean focused)
{
	g_autofree char *text = base_text_show(field_text(f), -1,
	    BASE_MANY_LINES);
	int skip = hidden(f, a.cols);
	size_t at = 0, len = strlen(text);

	while (at < len && base_text_cols(text, (gssize)at) < skip)
		at = base_grapheme_next(text, len, at);
	canvas_fill(c, a, element);
	canvas_text(c, a, 0, base_text_cols(text, (gssize)at) - skip, a.cols,
	    element, text + at);
	if (focused)
		canvas_cursor(c, a, 0, field_col(f, a,
		    buffer_caret(f->buf)), TRUE);
}
