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

static void
insert(struct field *f, const char *bytes, size_t len, gboolean typing)
{
	if (buffer_len(f->buf) + len <= f->max_bytes)
		buffer_insert(f->buf, bytes, len, typing);
}

static gboolean
moved(struct field *f, const struct event *e)
{
	static const struct { uint32_t key; enum buffer_motion motion; }
	moves[] = {
		{ K_LEFT, BUFFER_LEFT }, { K_RIGHT, BUFFER_RIGHT },
		{ K_HOME, BUFFER_START }, { K_END, BUFFER_END },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(moves); i++)
		if (moves[i].key == e->key && !e->mods) {
			buffer_move(f->buf, moves[i].motion);
			return TRUE;
		}
	return FALSE;
}

static gboolean
erased(struct field *f, const struct event *e)
{
	static const struct { uint32_t key; unsigned mods;
		enum buffer_motion to; } erasers[] = {
		{ K_BACKSPACE, 0, BUFFER_LEFT },
		{ K_DELETE, 0, BUFFER_RIGHT },
		{ 'u', MOD_CTRL, BUFFER_START },
		{ 'w', MOD_CTRL, BUFFER_WORD_LEFT },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(erasers); i++)
		if (erasers[i].key == e->key && erasers[i].mods == e->mods) {
			buffer_delete(f->buf, erasers[i].to);
			return TRUE;
		}
	return FALSE;
}

gboolean
field_event(struct field *f, const struct event *e, gboolean *changed)
{
	uint64_t before = buffer_version(f->buf);
	gboolean taken = TRUE;
	char utf8[6];

	if (e->kind == EVENT_PASTE)
		insert(f, e->text, MIN(strcspn(e->text, "\r\n"), e->len),
		    FALSE);
	else if (e->kind != EVENT_KEY)
		return FALSE;
	else if (event_is_text(e))
		insert(f, utf8, (size_t)g_unichar_to_utf8(e->key, utf8), TRUE);
	else
		taken = moved(f, e) || erased(f, e);
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
