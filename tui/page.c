/* SPDX-License-Identifier: Apache-2.0 */
/* A page over the panes: details of an error, a whole long message, the help,
 * which is made from the key table. */
#include "tui/list.h"
#include "tui/ui.h"


struct page_view {
	struct view view;
	struct list list;
	char *title, *text;
	char *person;            /* whose screens it lies over, or NULL */
	GArray *wrap;            /* struct base_line of text */
	int cols;
	struct message_id reads; /* read once its end was seen; n 0 none */
	GArray *keys;            /* help: int requests, -1 - place for heads */
};

static struct page_view *
self(struct view *v)
{
	return (struct page_view *)v;
}

/* ---- text --------------------------------------------------------------- */

static int64_t
text_count(void *user)
{
	struct page_view *p = user;

	return p->wrap ? p->wrap->len : 0;
}

static void
text_line(void *user, struct canvas *c, struct area a, int64_t i,
    gboolean selected)
{
	struct page_view *p = user;
	struct base_line *l = &g_array_index(p->wrap, struct base_line, i);

	canvas_text_n(c, a, 0, 2, a.cols - 4, E_MESSAGE_TEXT,
	    p->text + l->start, l->len);
}

static void
text_wrap(struct page_view *p, int cols)
{
	if (p->cols == cols)
		return;
	if (p->wrap)
		g_array_unref(p->wrap);
	p->wrap = base_text_wrap(p->text, strlen(p->text), MAX(cols - 4, 2),
	    FALSE);
	p->cols = cols;
}

/* ---- help --------------------------------------------------------------- */

static const struct { unsigned where; const char *name; } places[] = {
	{ IN_PANES, N_("Everywhere") },
	{ IN_THREAD, N_("In a thread") },
	{ IN_COMPOSER, N_("In a reply") },
	{ IN_RENEWAL, N_("In the renewal lane") },
	{ IN_ORDER, N_("In the order line") },
	{ IN_SIGN, N_("Before a signature") },
	{ IN_RX_LIST, N_("In the list of prescriptions") },
	{ IN_RESULTS, N_("In the results") },
	{ IN_WHOLE, N_("In the whole chart") },
	{ IN_FILES, N_("In pictures and files") },
	{ IN_PROMPT, N_("In the filter and the command line") },
};

static void
keys_of(struct page_view *p, int place, gboolean done[REQ_COUNT_])
{
	int head = -1 - place;

	g_array_append_val(p->keys, head);
	for (int r = 0; r < REQ_COUNT_; r++) {
		unsigned where = request_where((enum request)r);

		if (done[r] || !(where & places[place].where) ||
		    (place == 0 && where == IN_THREAD))
			continue;
		done[r] = TRUE;
		g_array_append_val(p->keys, r);
	}
	if (g_array_index(p->keys, int, p->keys->len - 1) == head)
		g_array_set_size(p->keys, p->keys->len - 1);
}

/* Each request once, under the first place that has it; the place where the
 * doctor asked comes first, with all that works there. */
static void
keys_make(struct page_view *p, unsigned here)
{
	gboolean done[REQ_COUNT_] = { FALSE };
	int first = 0;

	for (int k = 1; k < (int)G_N_ELEMENTS(places); k++)
		if (!(here & IN_PANES) && (here & places[k].where))
			first = k;
	keys_of(p, first, done);
	for (int k = 0; k < (int)G_N_ELEMENTS(places); k++)
		if (k != first)
			keys_of(p, k, done);
}

static int64_t
keys_count(void *user)
{
	return ((struct page_view *)user)->keys->len;
}

enum { X_KEYS = 2, COLS_KEYS = 20 };

static void
keys_line(void *user, struct canvas *c, struct area a, int64_t i,
    gboolean selected)
{
	struct page_view *p = user;
	int r = g_array_index(p->keys, int, i);
	const struct tui_key_def *d;
	g_autofree char *keys = NULL;

	if (r < 0) {
		canvas_text(c, a, 0, X_KEYS, a.cols - X_KEYS, E_HELP_HEADING,
		    _(places[-1 - r].name));
		return;
	}
	d = &tui_key_defs[r];
	keys = g_strdup_printf("%s%s%s", d->keys, *d->also ? "  " : "",
	    d->also);
	canvas_text(c, a, 0, X_KEYS + 1, COLS_KEYS, E_HELP_KEY, keys);
	canvas_text(c, a, 0, X_KEYS + COLS_KEYS, a.cols - X_KEYS - COLS_KEYS,
	    E_HELP_TEXT, _(d->help));
}

/* ---- the view ----------------------------------------------------------- */

static void
title(struct view *v, struct canvas *c, struct area a)
{
	struct page_view *p = self(v);
	g_autofree char *cut = NULL;
	int x = 1;

	/* Who is open stands on every page over them, and stands whole. */
	if (p->person && !strstr(p->title, p->person)) {
		cut = base_text_cut(p->person, a.cols - 2);
		x += canvas_text(c, a, 0, x, a.cols - x, E_STRONG, cut) + 2;
	}
	canvas_text(c, a, 0, x, a.cols - x, x > 1 ? E_TITLE_DIM : E_STRONG,
	    p->title);
}

static void
draw(struct view *v, struct canvas *c, struct area a,
    gboolean focused)
{
	struct page_view *p = self(v);

	if (p->text)
		text_wrap(p, a.cols);
	canvas_cursor(c, a, 0, 0, FALSE);
	list_draw(&p->list, c, area_part(a, 1, 0, a.rows - 1, a.cols), TRUE);
}

static void
read_at_end(struct page_view *p)
{
	struct tui *ui = p->view.ui;

	if (!p->reads.n || !p->wrap ||
	    p->list.top + p->list.seen < text_count(p))
		return;
	if (store_read(ui->store, &p->reads, 1, base_now_ms(), NULL))
		ui_poke(ui);
	p->reads.n = 0;
}

static gboolean
request(struct view *v, enum request r)
{
	struct page_view *p = self(v);

	if (r == REQ_BACK || r == REQ_QUIT || r == REQ_OPEN) {
		ui_pop(v->ui);
		return TRUE;
	}
	return list_request(&p->list, r);
}

static gboolean
event(struct view *v, const struct event *e)
{
	if (e->kind != EVENT_MOUSE || e->mouse == MOUSE_PRESS)
		return FALSE;
	return list_request(&self(v)->list, e->mouse == MOUSE_WHEEL_UP
	    ? REQ_UP : REQ_DOWN);
}

static void
page_shown(struct view *v)
{
	read_at_end(self(v));
}

static const enum request *
footer(struct view *v)
{
	static const enum request keys[] = { REQ_BACK, REQ_DOWN, REQ_PAGE_DOWN,
		REQ_TOP };

	return keys;
}

static void
page_free(struct view *v)
{
	struct page_view *p = self(v);

	if (p->wrap)
		g_array_unref(p->wrap);
	if (p->keys)
		g_array_unref(p->keys);
	g_free(p->title);
	g_free(p->person);
	g_free(p->text);
	g_free(p);
}

static const struct view_ops ops = {
	.name = "page",
	.place = PLACE_PAGE,
	.where = IN_PAGE,
	.footer = footer,
	.title = title,
	.draw = draw,
	.request = request,
	.event = event,
	.shown = page_shown,
	.free = page_free,
};

struct view *
page_view_new(struct tui *ui, const char *title_text,
    const char *text)
{
	static const struct list_ops list_ops = { .count = text_count,
		.draw = text_line };
	struct page_view *p = g_new0(struct page_view, 1);

	p->view = (struct view){ .ops = &ops, .ui = ui };
	p->title = base_text_show(title_text, -1, BASE_ONE_LINE);
	p->text = base_text_show(text, -1, BASE_MANY_LINES);
	p->person = words_under_page(ui);
	list_init(&p->list, &list_ops, p, TRUE);
	return &p->view;
}

void
page_view_reads(struct view *v, struct message_id message)
{
	self(v)->reads = message;
}

struct view *
help_view_new(struct tui *ui, unsigned here)
{
	static const struct list_ops list_ops = { .count = keys_count,
		.draw = keys_line };
	struct page_view *p = g_new0(struct page_view, 1);

	p->view = (struct view){ .ops = &ops, .ui = ui };
	p->title = g_strdup(_("Keys"));
	p->person = words_under_page(ui);
	p->keys = g_array_new(FALSE, FALSE, sizeof(int));
	keys_make(p, here);
	list_init(&p->list, &list_ops, p, TRUE);
	return &p->view;
}
