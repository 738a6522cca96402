/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/line.h"

#include <string.h>

/* ---- keys --------------------------------------------------------------- */

struct line_key {
	uint32_t key;
	unsigned mods;
	gboolean deletes;
	enum buffer_motion motion;
};

static const struct line_key line_keys[] = {
	{ K_LEFT, 0, FALSE, BUFFER_LEFT },
	{ K_RIGHT, 0, FALSE, BUFFER_RIGHT },
	{ K_LEFT, MOD_CTRL, FALSE, BUFFER_WORD_LEFT },
	{ K_RIGHT, MOD_CTRL, FALSE, BUFFER_WORD_RIGHT },
	{ K_HOME, 0, FALSE, BUFFER_START },
	{ 'a', MOD_CTRL, FALSE, BUFFER_START },
	{ K_END, 0, FALSE, BUFFER_END },
	{ 'e', MOD_CTRL, FALSE, BUFFER_END },
	{ K_BACKSPACE, 0, TRUE, BUFFER_LEFT },
	{ K_DELETE, 0, TRUE, BUFFER_RIGHT },
	{ K_BACKSPACE, MOD_ALT, TRUE, BUFFER_WORD_LEFT },
	{ 'w', MOD_CTRL, TRUE, BUFFER_WORD_LEFT },
	{ 'u', MOD_CTRL, TRUE, BUFFER_START },
	{ 'k', MOD_CTRL, TRUE, BUFFER_END },
};

static gboolean
by_table(struct buffer *b, const struct event *e)
{
	for (size_t i = 0; i < G_N_ELEMENTS(line_keys); i++) {
		const struct line_key *k = &line_keys[i];

		if (k->key != e->key || k->mods != e->mods)
			continue;
		if (k->deletes)
			buffer_delete(b, k->motion);
		else
			buffer_move(b, k->motion);
		return TRUE;
	}
	return FALSE;
}

/* What is past the longest line is left out, at a whole grapheme. */
static void
insert(struct buffer *b, const char *text, size_t len, gboolean typing)
{
	size_t room = LINE_MAX_BYTES - MIN(buffer_len(b), LINE_MAX_BYTES);

	len = strcspn(text, "\r\n") < len ? strcspn(text, "\r\n") : len;
	if (len > room)
		len = typing ? 0 : base_grapheme_prev(text, len, room);
	if (len)
		buffer_insert(b, text, len, typing);
}

gboolean
line_event(struct buffer *b, const struct event *e, gboolean *changed)
{
	uint64_t before = buffer_version(b);
	gboolean taken = TRUE;
	char utf8[8] = { 0 };
	gunichar c;

	if (e->kind == EVENT_PASTE) {
		g_autofree char *text = base_text_show(e->text,
		    (gssize)MIN(e->len, LINE_MAX_BYTES), BASE_MANY_LINES);

		insert(b, text, strlen(text), FALSE);
	} else if (event_is_text(e)) {
		/* The fullwidth blank of an input method parts words too. */
		c = e->key == 0x3000 ? ' ' : e->key;
		insert(b, utf8, (size_t)g_unichar_to_utf8(c, utf8), TRUE);
	} else {
		taken = e->kind == EVENT_KEY && by_table(b, e);
	}
	*changed = buffer_version(b) != before;
	return taken;
}

/* ---- drawing ------------------------------------------------------------ */

void
line_draw(struct buffer *b, struct canvas *c, struct area a,
    enum element element, gboolean focused)
{
	const char *text = buffer_text(b);
	size_t caret = buffer_caret(b), from = 0;
	int before;

	/* A column stays free for the caret behind the text. */
	while (from < caret && base_text_cols(text + from,
	    (gssize)(caret - from)) > a.cols - 1)
		from = base_grapheme_next(text, buffer_len(b), from);
	before = base_text_cols(text + from, (gssize)(caret - from));
	canvas_text(c, a, 0, 0, a.cols, element, text + from);
	if (focused)
		canvas_cursor(c, a, 0, before, TRUE);
}
