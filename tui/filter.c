/* SPDX-License-Identifier: Apache-2.0 */
/* The filter: a line of text, applied to the queue at every key. */
#include "tui/ui.h"

enum { FILTER_MAX_BYTES = 256 };

struct filter_view {
	struct view view;
	GString *text;
	char *before;      /* what Esc goes back to */
};

static struct filter_view *
self(struct view *v)
{
	return (struct filter_view *)v;
}

static void
draw(struct view *v, struct canvas *c, struct area a,
    gboolean focused)
{
	struct filter_view *f = self(v);
	int x = canvas_text(c, a, 0, 0, a.cols, E_PROMPT, " / ");
	int64_t n = queue_view_found(v->ui->pane[PANE_QUEUE]);
	g_autofree char *found = n < 0 ? g_strdup("…")
	    : g_strdup_printf(_("%d found"), (int)n);
	int w = base_text_cols(found, -1);

	canvas_text(c, a, 0, a.cols - w - 1, w, E_PROMPT, found);
	x += canvas_text(c, a, 0, x, a.cols - x - w - 3, E_PROMPT,
	    f->text->str);
	canvas_cursor(c, a, 0, x, TRUE);
}

static void
add(struct filter_view *f, const char *bytes, size_t len)
{
	g_autofree char *text = base_text_show(bytes, (gssize)len,
	    BASE_ONE_LINE);

	/* A typed blank would be trimmed away as an end. */
	g_string_append(f->text, len == 1 && *bytes == ' ' ? " " : text);
	if (f->text->len > FILTER_MAX_BYTES)
		g_string_truncate(f->text, base_grapheme_prev(f->text->str,
		    f->text->len, FILTER_MAX_BYTES));
	ui_filter(f->view.ui, f->text->str);
}

static void
erase(struct filter_view *f)
{
	size_t at = f->text->len ? base_grapheme_prev(f->text->str,
	    f->text->len, f->text->len) : 0;

	if (!f->text->len) {
		ui_pop(f->view.ui);
		return;
	}
	g_string_truncate(f->text, at);
	ui_filter(f->view.ui, f->text->str);
}

static gboolean
event(struct view *v, const struct event *e)
{
	struct filter_view *f = self(v);
	char bytes[8];

	if (e->kind == EVENT_PASTE) {
		add(f, e->text, MIN(e->len, FILTER_MAX_BYTES));
		return TRUE;
	}
	if (event_is_text(e)) {
		add(f, bytes, (size_t)g_unichar_to_utf8(e->key, bytes));
		return TRUE;
	}
	if (e->kind == EVENT_KEY && e->key == K_BACKSPACE)
		erase(f);
	else if (e->kind == EVENT_KEY && e->key == K_DOWN)
		ui_pop(v->ui);
	else
		return FALSE;
	return TRUE;
}

static gboolean
request(struct view *v, enum request r)
{
	switch (r) {
	case REQ_CANCEL:
		ui_filter(v->ui, self(v)->before);
		ui_pop(v->ui);
		return TRUE;
	case REQ_ACCEPT:
		ui_pop(v->ui);
		return TRUE;
	default:
		return r == REQ_COMPLETE;
	}
}

static const enum request *
footer(struct view *v)
{
	static const enum request keys[] = { REQ_ACCEPT, REQ_CANCEL, REQ_NONE };

	return keys;
}

static void
filter_free(struct view *v)
{
	g_string_free(self(v)->text, TRUE);
	g_free(self(v)->before);
	g_free(self(v));
}

static const struct view_ops ops = {
	.name = "filter",
	.place = PLACE_PROMPT,
	.where = IN_PROMPT,
	.footer = footer,
	.draw = draw,
	.request = request,
	.event = event,
	.free = filter_free,
};

struct view *
filter_view_new(struct tui *ui)
{
	struct filter_view *f = g_new0(struct filter_view, 1);
	const char *before = ui_filter_text(ui);

	f->view = (struct view){ .ops = &ops, .ui = ui };
	f->before = g_strdup(before);
	f->text = g_string_new(before);
	return &f->view;
}
