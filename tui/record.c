/* SPDX-License-Identifier: Apache-2.0 */
/* A record: who wrote it and when, what vouches for it, every field in words, and
 * the JSON as it came, its numbers untouched; all of it through the gate. */
#include "tui/record.h"

#include "care/record.h"
#include "store/page.h"
#include "store/rx.h"
#include "tui/files_view.h"
#include "tui/sheet.h"

#include <string.h>

/* What stands on the screen of a very long one; qingnang show --raw has it all. */
enum { RAW_MAX_BYTES = 256 * 1024, LINE_MAX_BYTES = 2048 };

struct record_view {
	struct view view;
	GPtrArray *refs;
	guint at;
	enum record_part part;
	struct sheet *sheet;
	char *person;          /* of whose record it is; NULL: nobody's */
};

static struct record_view *
self(struct view *v)
{
	return (struct record_view *)v;
}

static void
drop(struct view *v)
{
	sheet_clear(self(v)->sheet);
	g_clear_pointer(&self(v)->person, g_free);
}

/* ---- words -------------------------------------------------------------- */

static char *
name_of(const char *ref, void *user)
{
	return store_name_of(user, ref);
}

static void
lines_add(struct sheet *s, GArray *lines)
{
	for (guint i = 0; i < lines->len; i++) {
		const struct record_line *l = &g_array_index(lines,
		    struct record_line, i);
		gboolean both = *l->label && *l->text;

		sheet_print(s, l->grave ? E_CHART_CRITICAL : *l->text ?
		    E_CHART_TEXT : E_CHART_DETAIL, l->grave ? "!" : "",
		    "%*s%s%s%s", MIN(l->indent, 8) * 2, "", l->label,
		    both ? ": " : "", l->text);
	}
}

static void
words_add(struct record_view *r, const fhir_node *root)
{
	struct record_words words = { .name = name_of,
		.user = r->view.ui->store, .lang =
		g_str_has_prefix(base_i18n_language(), "zh") ? "zh" : "en" };
	g_autoptr(GArray) lines = care_record_lines(root, &words);

	sheet_head(r->sheet, _("In words"));
	lines_add(r->sheet, lines);
}

/* ---- the source --------------------------------------------------------- */

static void
source_of(struct record_view *r, const char *type, const char *id)
{
	struct record_words words = { .name = name_of,
		.user = r->view.ui->store, .lang =
		g_str_has_prefix(base_i18n_language(), "zh") ? "zh" : "en" };
	g_autofree char *bytes = NULL;
	BASE_AUTO(fhir_doc) doc = NULL;
	g_autoptr(GArray) lines = NULL;
	size_t len;

	bytes = store_body(r->view.ui->store, type, id, &len, NULL);
	doc = bytes ? fhir_parse(bytes, len, NULL, NULL) : NULL;
	if (!doc)
		return;
	lines = care_record_source(fhir_root(doc), &words);
	lines_add(r->sheet, lines);
}

static void
provenance_add(struct record_view *r, const char *ref)
{
	enum { PROVENANCES_MAX = 20 };
	g_autoptr(GPtrArray) all = store_provenances(r->view.ui->store, ref,
	    NULL);

	for (guint i = 0; all && i < all->len && i < PROVENANCES_MAX; i++) {
		struct fhir_ref parsed;

		if (!fhir_ref_parse(all->pdata[i], &parsed))
			continue;
		sheet_head(r->sheet, _("Provenance"));
		source_of(r, parsed.type, parsed.id);
	}
	if (all && all->len == 0)
		sheet_add(r->sheet, E_CHART_STATE, "", _("No Provenance of it "
		    "is here."));
}

static void
source_add(struct record_view *r, const struct fhir_ref *ref)
{
	g_autofree char *full = g_strdup_printf("%s/%s", ref->type, ref->id);

	sheet_head(r->sheet, _("Source"));
	source_of(r, ref->type, ref->id);
	provenance_add(r, full);
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
		    (const char *)r->refs->pdata[r->at]);
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

static void
load(struct view *v)
{
	struct record_view *r = self(v);
	const char *full = r->refs->pdata[r->at];
	g_autoptr(GError) error = NULL;
	g_autofree char *bytes = NULL;
	BASE_AUTO(fhir_doc) doc = NULL;
	struct fhir_ref ref;
	size_t len;

	drop(v);
	if (!fhir_ref_parse(full, &ref))
		return;
	person_take(r, &ref);
	bytes = store_body(v->ui->store, ref.type, ref.id, &len, &error);
	doc = bytes ? fhir_parse(bytes, len, NULL, NULL) : NULL;
	if (!doc) {
		sheet_print(r->sheet, E_CHART_STATE, "", _("%s is referred to, "
		    "and is not here."), full);
		return;
	}
	if (r->part == RECORD_WORDS)
		words_add(r, fhir_root(doc));
	source_add(r, &ref);
	if (r->part == RECORD_SOURCE)
		raw_add(r, bytes, len);
}

/* ---- the view ----------------------------------------------------------- */

static void
title(struct view *v, struct canvas *c, struct area a)
{
	struct record_view *r = self(v);
	g_autofree char *place = r->refs->len > 1 ? g_strdup_printf("%d/%d",
	    (int)r->at + 1, (int)r->refs->len) : g_strdup("");
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
	canvas_cursor(c, a, 0, 0, FALSE);
	sheet_draw(self(v)->sheet, c, area_part(a, 0, 0, a.rows, a.cols));
}

static void
step(struct record_view *r, int by)
{
	r->at = (r->at + r->refs->len + (guint)by) % r->refs->len;
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
		r->part = r->part == RECORD_SOURCE ? RECORD_WORDS :
		    RECORD_SOURCE;
		load(v);
		return TRUE;
	case REQ_FILES:
		record_files(v->ui, r->refs->pdata[r->at]);
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

	return self(v)->refs->len > 1 ? several : one;
}

static void
record_free(struct view *v)
{
	drop(v);
	sheet_free(self(v)->sheet);
	g_ptr_array_unref(self(v)->refs);
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
	.free = record_free,
};

struct view *
record_view_new(struct tui *ui, GPtrArray *refs, guint at,
    enum record_part part)
{
	struct record_view *r = g_new0(struct record_view, 1);

	r->view = (struct view){ .ops = &ops, .ui = ui };
	r->refs = refs;
	r->at = MIN(at, refs->len - 1);
	r->part = part;
	r->sheet = sheet_new();
	return &r->view;
}

void
record_open(struct tui *ui, const char *ref, enum record_part part)
{
	GPtrArray *refs;

	if (!ref) {
		ui_say(ui, _("There is no record behind this."));
		return;
	}
	refs = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(refs, g_strdup(ref));
	ui_push(ui, record_view_new(ui, refs, 0, part));
}
