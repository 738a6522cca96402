/* SPDX-License-Identifier: Apache-2.0 */
/* A record: who wrote it and when, what vouches for it, every field in words, and
 * the JSON as it came, its numbers untouched; all of it through the gate. */
#include "tui/record.h"

#include "care/record.h"
#include "store/page.h"
#include "tui/files_view.h"

#include <string.h>

/* What stands on the screen of a very long one; qingnang show --raw has it all. */
enum { RAW_MAX_BYTES = 256 * 1024, LINE_MAX_BYTES = 2048 };

struct record_view {
	struct view view;
	GPtrArray *rows;       /* struct record_row */
	guint at;
	enum record_part part;
	struct record_asked asked;
	struct sheet *sheet;
	char *person;          /* of whose record it is; NULL: nobody's */
};

/* ---- rows --------------------------------------------------------------- */

static void
row_free(void *data)
{
	struct record_row *row = data;

	g_free(row->ref);
	g_free(row->name);
	g_free(row);
}

GPtrArray *
record_rows_new(void)
{
	return g_ptr_array_new_with_free_func(row_free);
}

static struct record_row *
row_add(GPtrArray *rows, const char *name)
{
	struct record_row *row = g_new0(struct record_row, 1);

	row->name = name ? base_text_show(name, -1, BASE_ONE_LINE) : NULL;
	g_ptr_array_add(rows, row);
	return row;
}

void
record_rows_add(GPtrArray *rows, const char *ref, const char *name)
{
	row_add(rows, name)->ref = g_strdup(ref);
}

void
record_rows_add_outbox(GPtrArray *rows, struct outbox_id outbox,
    const char *name)
{
	row_add(rows, name)->outbox = outbox;
}

/* ---- the view's own ----------------------------------------------------- */

static struct record_view *
self(struct view *v)
{
	return (struct record_view *)v;
}

static const struct record_row *
row_at(const struct record_view *r)
{
	return r->rows->pdata[r->at];
}

static void
drop(struct view *v)
{
	sheet_clear(self(v)->sheet);
	g_clear_pointer(&self(v)->person, g_free);
}

/* ---- words -------------------------------------------------------------- */

static void
words_add(struct record_view *r, const fhir_node *root)
{
	struct record_words words;
	g_autoptr(GArray) lines = NULL;

	record_words_init(&words, r->view.ui);
	lines = care_record_lines(root, &words);
	sheet_head(r->sheet, _("In words"));
	record_lines_add(r->sheet, lines);
}

/* ---- as it came --------------------------------------------------------- */

/* A line of any length in pieces that wrap quickly, none within a character. */
static void
raw_line(struct sheet *s, const char *line, size_t len)
{
	while (len > 0) {
		size_t n = MIN(len, (size_t)LINE_MAX_BYTES);
		g_autofree char *piece = NULL;

		while (n < len && n > 0 && (line[n] & 0xc0) == 0x80)
			n--;
		piece = g_strndup(line, n ? n : len);
		sheet_add(s, E_MESSAGE_TEXT, "", piece);
		line += n ? n : len;
		len -= n ? n : len;
	}
}

static void
raw_add(struct record_view *r, const char *bytes, size_t len)
{
	size_t all, shown;
	g_autofree char *pretty = fhir_pretty(bytes, len, &all);
	const char *p = pretty, *end;

	sheet_head(r->sheet, _("As it came (FHIR)"));
	shown = MIN(all, (size_t)RAW_MAX_BYTES);
	for (end = pretty + shown; p < end;) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));
		size_t n = (size_t)((stop ? stop : end) - p);

		raw_line(r->sheet, p, n);
		p += n + 1;
	}
	if (shown < all)
		sheet_print(r->sheet, E_CHART_STATE, "…", _("%d more bytes: "
		    "qingnang show %s --raw"), (int)(all - shown),
		    row_at(r)->ref ? row_at(r)->ref : "");
}

/* ---- the whole ---------------------------------------------------------- */

static void
person_take(struct record_view *r, const struct fhir_ref *ref)
{
	struct store *store = r->view.ui->store;
	g_autoptr(GStringChunk) text = g_string_chunk_new(256);
	struct store_origin origin;
	struct patient_brief brief;

	if (!store_origin_get(store, ref->type, ref->id, &origin, NULL))
		return;
	if (!origin.patient.n)
		origin.patient = r->view.ui->patient;
	if (origin.patient.n && store_patient_brief(store, origin.patient, text,
	    &brief, NULL))
		r->person = words_patient(&brief);
	store_origin_clear(&origin);
}

/* What is shown is what will be sent, byte by byte. */
static void
load_outbox(struct record_view *r)
{
	struct tui *ui = r->view.ui;
	BASE_AUTO(outbox_entry) e = store_outbox_get(ui->store,
	    row_at(r)->outbox, NULL);

	if (!r->person)
		r->person = words_open_patient(ui);
	sheet_head(r->sheet, _("Source"));
	sheet_add(r->sheet, E_CHART_STATE, "", e ? _("Yours, in the outbox: "
	    "these bytes are sent, and nobody has them yet.") :
	    _("It has left the outbox: close this and look again."));
	if (e)
		raw_add(r, e->bytes, e->len);
}

static void
load_ref(struct record_view *r)
{
	struct tui *ui = r->view.ui;
	const char *full = row_at(r)->ref;
	g_autofree char *bytes = NULL;
	BASE_AUTO(fhir_doc) doc = NULL;
	struct fhir_ref ref;
	size_t len;

	if (!fhir_ref_parse(full, &ref))
		return;
	person_take(r, &ref);
	bytes = store_body(ui->store, ref.type, ref.id, &len, NULL);
	doc = bytes ? fhir_parse(bytes, len, NULL, NULL) : NULL;
	if (!doc) {
		sheet_print(r->sheet, E_CHART_STATE, "", _("%s is referred to, "
		    "and is not here."), full);
		return;
	}
	record_ask(ui, &ref, &r->asked);
	if (r->part == RECORD_WORDS)
		words_add(r, fhir_root(doc));
	record_source_add(r->sheet, ui, &ref, &r->asked);
	if (r->part == RECORD_SOURCE)
		raw_add(r, bytes, len);
}

static void
load(struct view *v)
{
	struct record_view *r = self(v);

	sheet_again(r->sheet);
	g_clear_pointer(&r->person, g_free);
	if (row_at(r)->ref)
		load_ref(r);
	else
		load_outbox(r);
}

/* Another row, or the other side of this one: from its top. */
static void
show(struct record_view *r, guint at, enum record_part part)
{
	if (at != r->at)
		r->asked = (struct record_asked){ 0 };
	r->at = at;
	r->part = part;
	sheet_clear(r->sheet);
	load(&r->view);
}

static int64_t
due(struct view *v)
{
	return ui_asked_due(v->ui, self(v)->asked.id);
}

static void
tick(struct view *v)
{
	load(v);
	ui_dirty(v->ui, DIRTY_SCREEN);
}

/* ---- the view ----------------------------------------------------------- */

static void
title(struct view *v, struct canvas *c, struct area a)
{
	struct record_view *r = self(v);
	g_autofree char *place = r->rows->len > 1 ? g_strdup_printf("%d/%d",
	    (int)r->at + 1, (int)r->rows->len) : g_strdup("");
	int x = 1, room = base_text_cols(place, -1) + 2;

	if (r->person) {
		g_autofree char *cut = base_text_cut(r->person,
		    a.cols - room);
		x += canvas_text(c, a, 0, x, a.cols - room, E_STRONG, cut) + 2;
	}
	canvas_text(c, a, 0, x, a.cols - x - room, E_TITLE_DIM,
	    r->part == RECORD_SOURCE ? _("source") : _("record"));
	canvas_text_right(c, a, 0, x, a.cols - x - 1, E_TITLE_DIM, place);
}

static void
draw(struct view *v, struct canvas *c, struct area a, gboolean focused)
{
	const char *name = row_at(self(v))->name;
	int y = 0;

	canvas_cursor(c, a, 0, 0, FALSE);
	if (name) {
		g_autofree char *cut = base_text_cut(name, a.cols - 4);

		canvas_text(c, a, y, 1, 2, E_STRONG, "▸");
		canvas_text(c, a, y++, 3, a.cols - 3, E_STRONG, cut);
	}
	sheet_draw(self(v)->sheet, c, area_part(a, y, 0, a.rows - y, a.cols));
}

static void
step(struct record_view *r, int by)
{
	show(r, (r->at + r->rows->len + (guint)by) % r->rows->len, r->part);
}

static void
ask_again(struct record_view *r)
{
	r->asked = (struct record_asked){ 0 };
	load(&r->view);
}

void
record_files(struct tui *ui, const char *ref)
{
	GPtrArray *items = files_items_new();

	if (ref)
		files_add(ui, items, ref, "");
	if (items->len) {
		files_open(ui, items, 0);
		return;
	}
	g_ptr_array_unref(items);
	ui_say(ui, _("This record has no pictures or files."));
}

static gboolean
request(struct view *v, enum request q)
{
	struct record_view *r = self(v);

	if (sheet_request(r->sheet, q))
		return TRUE;
	switch (q) {
	case REQ_BACK:
	case REQ_OPEN:
		ui_pop(v->ui);
		return TRUE;
	case REQ_SOURCE:
		show(r, r->at, r->part == RECORD_SOURCE ? RECORD_WORDS :
		    RECORD_SOURCE);
		return TRUE;
	case REQ_FILES:
		record_files(v->ui, row_at(r)->ref);
		return TRUE;
	case REQ_RETRY:
		ask_again(r);
		return TRUE;
	case REQ_ON:
		step(r, 1);
		return TRUE;
	case REQ_BEFORE:
		step(r, -1);
		return TRUE;
	default:
		return FALSE;
	}
}

static gboolean
event(struct view *v, const struct event *e)
{
	if (e->kind != EVENT_MOUSE || e->mouse == MOUSE_PRESS)
		return FALSE;
	sheet_scroll(self(v)->sheet, e->mouse == MOUSE_WHEEL_UP ? -3 : 3);
	return TRUE;
}

static const enum request *
footer(struct view *v)
{
	static const enum request one[] = { REQ_SOURCE, REQ_FILES, REQ_BACK,
		REQ_PAGE_DOWN };
	static const enum request several[] = { REQ_SOURCE, REQ_ON,
		REQ_FILES, REQ_BACK };

	return self(v)->rows->len > 1 ? several : one;
}

static void
record_free(struct view *v)
{
	drop(v);
	sheet_free(self(v)->sheet);
	g_ptr_array_unref(self(v)->rows);
	g_free(v);
}

static char *
whose(struct view *v)
{
	return g_strdup(self(v)->person);
}

static const struct view_ops ops = {
	.name = "record",
	.place = PLACE_PAGE,
	.where = IN_WHOLE,
	.footer = footer,
	.load = load,
	.drop = drop,
	.title = title,
	.whose = whose,
	.draw = draw,
	.request = request,
	.event = event,
	.due = due,
	.tick = tick,
	.free = record_free,
};

struct view *
record_view_new(struct tui *ui, GPtrArray *rows, guint at,
    enum record_part part)
{
	struct record_view *r = g_new0(struct record_view, 1);

	r->view = (struct view){ .ops = &ops, .ui = ui };
	r->rows = rows;
	r->at = MIN(at, rows->len - 1);
	r->part = part;
	r->sheet = sheet_new();
	return &r->view;
}

void
record_open(struct tui *ui, const char *ref, enum record_part part)
{
	GPtrArray *rows;

	if (!ref) {
		ui_say(ui, _("There is no record behind this."));
		return;
	}
	rows = record_rows_new();
	record_rows_add(rows, ref, NULL);
	ui_push(ui, record_view_new(ui, rows, 0, part));
}
