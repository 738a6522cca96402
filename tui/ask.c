/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/ask.h"
#include "tui/attach.h"
#include "tui/field.h"
#include "tui/secret.h"

#include <string.h>

#define TEXT_MAX_BYTES 2000
/* What a long question leaves for the answer. */
enum { FIELD_COLS = 20 };

struct ask {
	struct view view;
	struct view *asker;
	char *label;
	struct field field;        /* a line … */
	ask_text_fn text;
	gboolean path;             /* … that is one */
	struct secret typed;       /* … or a secret */
	ask_secret_fn secret;
};

static struct ask *
self(struct view *v)
{
	return (struct ask *)v;
}

/* ---- the answer --------------------------------------------------------- */

static gboolean
is_blank(const char *text)
{
	return text[strspn(text, " ")] == '\0';
}

static gboolean
give(struct ask *q)
{
	g_autofree char *text = NULL;
	BASE_AUTO(base_secret) secret = NULL;

	if (q->secret) {
		secret = secret_take(&q->typed);
		secret_forget(&q->typed);
		return q->secret(q->asker, secret);
	}
	text = g_strstrip(g_strdup(field_text(&q->field)));
	return !is_blank(text) && q->text(q->asker, text);
}

/* The asker may push a view of its own upon this one, or leave by the answer: each
 * goes by itself. */
static void
leave(struct ask *q)
{
	ui_leave(q->view.ui, &q->view);
}

static void
complete(struct ask *q)
{
	gboolean several;
	g_autofree char *more = attach_complete(field_text(&q->field),
	    &several);

	if (several && strcmp(more, field_text(&q->field)) == 0)
		ui_say(q->view.ui, _("Several files begin so: type on."));
	field_set(&q->field, more);
}

static gboolean
request(struct view *v, enum request r)
{
	switch (r) {
	case REQ_ACCEPT:
		if (give(self(v)))
			leave(self(v));
		return TRUE;
	case REQ_CANCEL:
		leave(self(v));
		return TRUE;
	case REQ_COMPLETE:
		if (self(v)->path)
			complete(self(v));
		return TRUE;
	default:
		return FALSE;
	}
}

static gboolean
event(struct view *v, const struct event *e)
{
	struct ask *q = self(v);

	ui_dirty(v->ui, DIRTY_SCREEN);
	return q->secret ? secret_event(&q->typed, e) :
	    field_event(&q->field, e, NULL);
}

/* ---- drawing ------------------------------------------------------------ */

static void
draw(struct view *v, struct canvas *c, struct area a, gboolean focused)
{
	struct ask *q = self(v);
	int x = 1 + canvas_text(c, a, 0, 1, MAX(a.cols / 2,
	    a.cols - FIELD_COLS), E_PROMPT, q->label);
	struct area rest = area_part(a, 0, x + 1, 1, a.cols - x - 2);

	if (q->secret)
		secret_draw(&q->typed, c, rest, focused);
	else
		field_draw(&q->field, c, rest, E_PROMPT, focused);
}

static const enum request *
footer(struct view *v)
{
	static const enum request keys[] = { REQ_ACCEPT, REQ_CANCEL, REQ_NONE };

	return keys;
}

static void
ask_free(struct view *v)
{
	struct ask *q = self(v);

	if (q->secret)
		secret_clear(&q->typed);
	else
		field_clear(&q->field);
	g_free(q->label);
	g_free(q);
}

static const struct view_ops ops = {
	.name = "ask",
	.place = PLACE_PROMPT,
	.where = IN_PROMPT,
	.footer = footer,
	.draw = draw,
	.request = request,
	.event = event,
	.free = ask_free,
};

static struct ask *
ask_new(struct view *asker, const char *label)
{
	struct ask *q = g_new0(struct ask, 1);

	q->view = (struct view){ .ops = &ops, .ui = asker->ui };
	q->asker = asker;
	q->label = g_strdup(label);
	return q;
}

struct view *
ask_view_new(struct view *asker, const char *label, const char *text,
    ask_text_fn answer)
{
	struct ask *q = ask_new(asker, label);

	field_init(&q->field, text, TEXT_MAX_BYTES);
	q->text = answer;
	return &q->view;
}

struct view *
ask_path_view_new(struct view *asker, const char *label, ask_text_fn answer)
{
	struct view *v = ask_view_new(asker, label, "", answer);

	self(v)->path = TRUE;
	return v;
}

struct view *
ask_secret_view_new(struct view *asker, const char *label,
    ask_secret_fn answer)
{
	struct ask *q = ask_new(asker, label);

	secret_init(&q->typed);
	q->secret = answer;
	return &q->view;
}
