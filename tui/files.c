/* SPDX-License-Identifier: Apache-2.0 */
/* The pictures and files of a conversation, as a list; one alone opens at once. */
#include "tui/files_view.h"
#include "tui/list.h"

struct files_view {
	struct view view;
	struct list list;
	GPtrArray *items; /* struct files_item */
};

static struct files_view *
self(struct view *v)
{
	return (struct files_view *)v;
}

/* ---- what is in it ------------------------------------------------------ */

static void
item_free(void *data)
{
	struct files_item *item = data;

	file_row_free(item->row);
	g_free(item->when);
	g_free(item);
}

GPtrArray *
files_items_new(void)
{
	return g_ptr_array_new_with_free_func(item_free);
}

void
files_add(struct tui *ui, GPtrArray *items, const char *ref, const char *when)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) rows = store_files(ui->store, ref, &error);

	if (!rows)
		ui_fail(ui, _("The files could not be read from the cache."),
		    error);
	while (rows && rows->len) {
		struct files_item *item = g_new0(struct files_item, 1);

		item->row = g_ptr_array_steal_index(rows, 0);
		item->when = g_strdup(when);
		g_ptr_array_add(items, item);
	}
}

/* ---- drawing ------------------------------------------------------------ */

static int64_t
count(void *user)
{
	return ((struct files_view *)user)->items->len;
}

static void
draw_item(void *user, struct canvas *c, struct area a, int64_t i,
    gboolean selected)
{
	const struct files_item *item = g_ptr_array_index(
	    ((struct files_view *)user)->items, i);
	g_autofree char *words = files_words(item->row->title,
	    item->row->content_type, item->row->size_bytes);
	int when = base_text_cols(item->when, -1);

	canvas_text(c, a, 0, 0, 1, E_QUEUE_NAME, selected ? "▸" : " ");
	canvas_text(c, a, 0, 2, a.cols - when - 4, E_MESSAGE_FILE, words);
	canvas_text(c, a, 0, a.cols - when - 1, when, E_MESSAGE_TIME,
	    item->when);
}

static void
title(struct view *v, struct canvas *c, struct area a)
{
	const struct files_item *first = self(v)->items->pdata[0];
	g_autoptr(GStringChunk) text = g_string_chunk_new(256);
	g_autofree char *words = NULL;
	struct patient_brief p = { 0 };
	int x = 1 + canvas_text(c, a, 0, 1, a.cols - 1, E_TITLE_DIM,
	    _("Files")) + 1;

	if (!store_patient_brief(v->ui->store, first->row->patient, text, &p,
	    NULL))
		return;
	words = words_patient_fit(&p, a.cols - x - 1);
	canvas_text(c, a, 0, x, a.cols - x, E_STRONG, words);
}

static void
draw(struct view *v, struct canvas *c, struct area a, gboolean focused)
{
	list_draw(&self(v)->list, c, area_part(a, 1, 0, a.rows - 1, a.cols),
	    focused);
}

/* ---- acting ------------------------------------------------------------- */

static void
open_selected(struct files_view *f)
{
	const struct files_item *item = g_ptr_array_index(f->items,
	    f->list.selected);
	g_autoptr(GPtrArray) rows = store_files(f->view.ui->store,
	    item->row->ref, NULL);

	/* As it is known now: it may have come since the list was made. */
	if (rows && (guint)item->row->place < rows->len)
		ui_push(f->view.ui, picture_view_new(f->view.ui,
		    g_ptr_array_steal_index(rows, (guint)item->row->place)));
}

static gboolean
request(struct view *v, enum request r)
{
	struct files_view *f = self(v);

	if (list_request(&f->list, r))
		return TRUE;
	if (r == REQ_OPEN && f->list.selected >= 0)
		open_selected(f);
	else if (r == REQ_BACK || r == REQ_FILES)
		ui_pop(v->ui);
	else
		return FALSE;
	return TRUE;
}

static const enum request *
footer(struct view *v)
{
	static const enum request keys[] = { REQ_OPEN, REQ_BACK, REQ_HELP,
		REQ_NONE };

	return keys;
}

static void
files_free(struct view *v)
{
	g_ptr_array_unref(self(v)->items);
	g_free(v);
}

static char *
whose(struct view *v)
{
	const struct files_item *first = self(v)->items->pdata[0];

	return words_patient_of(v->ui, first->row->patient);
}

static const struct view_ops ops = {
	.name = "files",
	.place = PLACE_PAGE,
	.where = IN_FILES,
	.footer = footer,
	.title = title,
	.whose = whose,
	.draw = draw,
	.request = request,
	.free = files_free,
};

void
files_open(struct tui *ui, GPtrArray *items, guint at)
{
	static const struct list_ops list_ops = { .count = count,
		.draw = draw_item };
	struct files_view *f;

	if (items->len == 0)
		ui_say(ui, _("There are no pictures or files here."));
	if (items->len == 1)
		ui_push(ui, picture_view_new(ui, g_steal_pointer(
		    &((struct files_item *)items->pdata[0])->row)));
	if (items->len < 2) {
		g_ptr_array_unref(items);
		return;
	}
	f = g_new0(struct files_view, 1);
	f->view = (struct view){ .ops = &ops, .ui = ui };
	f->items = items;
	list_init(&f->list, &list_ops, f, FALSE);
	list_select(&f->list, at);
	ui_push(ui, &f->view);
}
