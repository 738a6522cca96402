/* SPDX-License-Identifier: Apache-2.0 */
/* Layout of messages: head, text, files, and what is to be known of them. */
#include "tui/thread_lines.h"

enum { INDENT = 2 };

/* ---- words -------------------------------------------------------------- */

static const char *
from_words(enum message_from from)
{
	switch (from) {
	case FROM_PATIENT:
		return _("patient");
	case FROM_ME:
		return _("me");
	case FROM_COLLEAGUE:
		return _("colleague");
	case FROM_RELATED:
		return _("relative");
	case FROM_DEVICE:
		return _("machine");
	case FROM_UNKNOWN:
		break;
	}
	return _("unknown sender");
}

enum element
message_element(const struct message_row *m)
{
	if (m->from == FROM_PATIENT)
		return E_MESSAGE_PATIENT;
	return m->from == FROM_ME ? E_MESSAGE_ME : E_MESSAGE_OTHER;
}

char *
message_head_words(const struct message_row *m)
{
	g_autofree char *name = NULL;

	if (m->sender_name && m->from != FROM_PATIENT && m->from != FROM_ME)
		name = base_text_show(m->sender_name, -1, BASE_ONE_LINE);
	if (!name || !*name)
		return g_strdup(from_words(m->from));
	return g_strdup_printf("%s · %s", from_words(m->from), name);
}

static const struct { const char *words; enum element element; } states[] = {
	[MESSAGE_HERE] = { N_("✓ sent"), E_MESSAGE_SENT },
	[MESSAGE_WAITING] = { N_("↑ waiting"), E_MESSAGE_WAITING },
	[MESSAGE_SENDING] = { N_("↑ sending"), E_MESSAGE_WAITING },
	[MESSAGE_FAILED] = { N_("✗ refused"), E_MESSAGE_FAILED },
	[MESSAGE_RETRACTED] = { N_("retracted"), E_MESSAGE_RETRACTED },
};

static char *
attachment_words(const struct attachment *a)
{
	g_autofree char *title = base_text_show(a->title ? a->title : "", -1,
	    BASE_ONE_LINE);
	g_autofree char *size = words_size(a->size_bytes);

	return g_strdup_printf("[%s] %s%s%s", words_file(a->content_type),
	    *title ? title : _("(no title)"), *size ? "  " : "", size);
}

/* ---- laying out --------------------------------------------------------- */

static void
add(struct thread_lines *l, enum line_kind kind, int message,
    enum element e, char *words)
{
	struct thread_line line = { .kind = kind, .message = message,
		.element = e, .words = words };

	g_array_append_val(l->line, line);
}

/* At most so many bytes, and no piece of a character. */
static size_t
bounded(const char *text, size_t max_bytes, gboolean *cut)
{
	size_t len = strnlen(text, max_bytes + 1);

	*cut = len > max_bytes;
	if (!*cut)
		return len;
	for (len = max_bytes; len > 0 && (text[len] & 0xc0) == 0x80;)
		len--;
	return len;
}

static void
add_text(struct thread_lines *l, int i, enum element e)
{
	struct message_text *t = &l->text[i];
	g_autoptr(GArray) wrap = NULL;

	if (!*t->shown)
		return;
	wrap = base_text_wrap(t->shown, strlen(t->shown),
	    MAX(l->cols - INDENT - 1, 2), FALSE);
	for (guint k = 0; k < wrap->len; k++) {
		struct base_line *b = &g_array_index(wrap, struct base_line, k);
		struct thread_line line = { .kind = LINE_TEXT, .message = i,
			.element = e, .start = b->start, .len = b->len };

		g_array_append_val(l->line, line);
	}
}

/* Words of ours, wrapped as well. Takes words. */
static void
add_note(struct thread_lines *l, enum line_kind kind, int i,
    enum element e, char *words)
{
	g_autoptr(GArray) wrap = base_text_wrap(words, strlen(words),
	    MAX(l->cols - INDENT - 1, 2), FALSE);

	for (guint k = 0; k < wrap->len; k++) {
		struct base_line *b = &g_array_index(wrap, struct base_line, k);

		add(l, kind, i, e, g_strndup(words + b->start, b->len));
	}
	g_free(words);
}

static void
add_notes(struct thread_lines *l, const struct message_row *m,
    int i)
{
	g_autofree char *reason = NULL, *size = NULL;

	if (m->not_understood)
		add_note(l, LINE_NOTE, i, E_MESSAGE_FAILED, g_strdup(
		    _("! Not understood: this message carries something that "
		    "changes its meaning. Read it in the hospital's system.")));
	if (m->state == MESSAGE_FAILED) {
		reason = base_text_show(m->reason ? m->reason : "", -1,
		    BASE_ONE_LINE);
		add_note(l, LINE_NOTE, i, E_MESSAGE_FAILED, g_strdup_printf(
		    _("✗ The server refused it: %s (R: try again, e: edit "
		    "again)"), reason));
	}
	/* The outbox keeps the order: it would not go by itself. */
	if (m->state == MESSAGE_WAITING && l->refused)
		add_note(l, LINE_NOTE, i, E_MESSAGE_WAITING, g_strdup(
		    _("↑ It waits for the refused one above")));
	l->refused |= m->state == MESSAGE_FAILED;
	if (l->text[i].cut) {
		size = words_size((int64_t)strlen(m->text));
		add_note(l, LINE_NOTE, i, E_MESSAGE_FILE, g_strdup_printf(
		    _("… the message goes on, %s in all: x shows the whole"),
		    size));
	}
}

static void
add_message(struct thread_lines *l, const struct thread *t, int i)
{
	const struct message_row *m = &t->messages[i];
	struct message_text *text = &l->text[i];
	enum element e = m->state == MESSAGE_RETRACTED ? E_MESSAGE_RETRACTED
	    : E_MESSAGE_TEXT;
	size_t len = bounded(m->text, MESSAGE_LAID_OUT_BYTES, &text->cut);

	text->shown = base_text_show(m->text, (gssize)len, BASE_MANY_LINES);
	text->first = (int)l->line->len;
	add(l, LINE_HEAD, i, message_element(m), message_head_words(m));
	add_text(l, i, e);
	for (size_t k = 0; k < m->n_attachments; k++)
		add_note(l, LINE_FILE, i, E_MESSAGE_FILE,
		    attachment_words(&m->attachments[k]));
	add_notes(l, m, i);
	text->lines = (int)l->line->len - text->first;
}

static void
add_earlier(struct thread_lines *l, const struct thread *t)
{
	if (t->earlier)
		add(l, LINE_EARLIER, -1, E_DIM, g_strdup_printf(
		    _("↑ %d earlier messages: go up"), (int)t->earlier));
	else if (!t->loaded)
		add(l, LINE_EARLIER, -1, E_DIM,
		    g_strdup(_("Older messages are still being fetched …")));
}

static void
add_said(struct thread_lines *l, const GArray *said)
{
	for (guint i = 0; said && i < said->len; i++) {
		const struct thread_said *s = &g_array_index(said,
		    struct thread_said, i);
		g_autoptr(GArray) wrap = base_text_wrap(s->words,
		    strlen(s->words), MAX(l->cols - INDENT - 1, 2), FALSE);

		for (guint k = 0; k < wrap->len; k++) {
			struct base_line *b = &g_array_index(wrap,
			    struct base_line, k);

			add(l, LINE_EARLIER, -1, s->element, g_strndup(
			    s->words + b->start, b->len));
		}
	}
}

struct thread_lines *
thread_lines_new(const struct thread *t, int cols, int rule_before,
    const GArray *said)
{
	struct thread_lines *l = g_new0(struct thread_lines, 1);

	l->line = g_array_new(FALSE, FALSE, sizeof(struct thread_line));
	l->text = g_new0(struct message_text, t->n);
	l->n = t->n;
	l->cols = cols;
	add_said(l, said);
	add_earlier(l, t);
	for (int i = 0; i < (int)t->n; i++) {
		if (l->line->len)
			add(l, LINE_BLANK, -1, E_SCREEN, NULL);
		if (i == rule_before)
			add(l, LINE_RULE, -1, E_MESSAGE_UNREAD_RULE, NULL);
		add_message(l, t, i);
	}
	return l;
}

void
thread_lines_free(struct thread_lines *l)
{
	if (!l)
		return;
	for (guint i = 0; i < l->line->len; i++)
		g_free(g_array_index(l->line, struct thread_line, i).words);
	for (size_t i = 0; i < l->n; i++)
		g_free(l->text[i].shown);
	g_array_unref(l->line);
	g_free(l->text);
	g_free(l);
}

/* ---- drawing ------------------------------------------------------------ */

static void
draw_head(const struct thread_line *line,
    const struct message_row *m, struct canvas *c, struct area a)
{
	g_autofree char *time = base_time_words(m->sent_ms);
	gboolean mine = m->from == FROM_ME || m->state != MESSAGE_HERE;
	const char *state = mine ? _(states[m->state].words)
	    : m->unread ? _("new") : "";
	int w = base_text_cols(state, -1), x = INDENT;
	g_autofree char *name = NULL;

	canvas_text(c, a, 0, 0, 1, line->element, "▎");
	name = base_text_cut(line->words,
	    MAX(a.cols - x - base_text_cols(time, -1) - w - 4, 4));
	x += canvas_text(c, a, 0, x, a.cols - x, line->element, name) + 2;
	canvas_text(c, a, 0, x, a.cols - x, E_MESSAGE_TIME, time);
	canvas_text(c, a, 0, a.cols - w - 1, w, mine ? states[m->state].element
	    : E_MESSAGE_UNREAD_RULE, state);
}

static void
draw_rule(struct canvas *c, struct area a)
{
	g_autofree char *words = g_strdup_printf(" %s ", _("unread below"));
	int w = base_text_cols(words, -1);

	canvas_hline(c, a, 0, 1, a.cols - 2, E_MESSAGE_UNREAD_RULE);
	canvas_text(c, a, 0, MAX((a.cols - w) / 2, 1), w,
	    E_MESSAGE_UNREAD_RULE, words);
}

void
thread_lines_draw(const struct thread_lines *l, const struct thread *t,
    struct canvas *c, struct area a, int i)
{
	const struct thread_line *line = &g_array_index(l->line,
	    struct thread_line, i);
	const struct message_row *m = line->message >= 0
	    ? &t->messages[line->message] : NULL;

	switch (line->kind) {
	case LINE_BLANK:
		return;
	case LINE_HEAD:
		draw_head(line, m, c, a);
		return;
	case LINE_RULE:
		draw_rule(c, a);
		return;
	case LINE_EARLIER:
		canvas_text(c, a, 0, 1, a.cols - 1, line->element, line->words);
		return;
	case LINE_TEXT:
		canvas_text_n(c, a, 0, INDENT, a.cols - INDENT, line->element,
		    l->text[line->message].shown + line->start, line->len);
		break;
	case LINE_FILE:
	case LINE_NOTE:
		canvas_text(c, a, 0, INDENT, a.cols - INDENT, line->element,
		    line->words);
		break;
	}
	canvas_text(c, a, 0, 0, 1, message_element(m), "▎");
}
