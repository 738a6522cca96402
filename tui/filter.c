/* SPDX-License-Identifier: Apache-2.0 */
/* The filter: a line of text, applied to the queue at every key. */
#include "tui/field.h"
#include "tui/ui.h"

enum { FILTER_MAX_BYTES = 256 };

struct filter_view {
	struct view view;
	struct field line;
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
	int x = canvas_text(c, a, 0, 0, a.cols, E_PROMPT, " / ");
	int64_t n = queue_view_found(v->ui->pane[PANE_QUEUE]);
	g_autofree char *found = n < 0 ? g_strdup("…")
	    : g_strdup_printf(_("%d found"), (int)n);
	int w = base_text_cols(found, -1);

	canvas_text(c, a, 0, a.cols - w - 1, w, E_PROMPT, found);
	field_draw(&self(v)->line, c, area_part(a, 0, x, 1,
	    a.cols - x - w - 3), E_PROMPT, focused);
}

static gboolean
event(struct view *v, const struct event *e)
{
	struct filter_view *f = self(v);
	gboolean changed;

	if (e->kind == EVENT_KEY && (e->key == K_DOWN || (e->key == K_BACKSPACE
	    && !*field_text(&f->line)))) {
		ui_pop(v->ui); /* frees f */
		return TRUE;
	}
	if (!field_event(&f->line, e, &changed))
		return FALSE;
	if (changed)
		ui_filter(v->ui, field_text(&f->line));
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
	field_clear(&self(v)->line);
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
	field_init(&f->line, before, FILTER_MAX_BYTES);
	return &f->view;
}
