/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One picture or file: whose it is, what it is in words, and the picture itself in
 * cells. It is fetched when it is not here, and decoded by another program; both
 * can be left at any time.
 */
#include "tui/files_view.h"

#include <string.h>

enum { FETCH_MS = 60000, HEAD_ROWS = 2 };

enum stage {
	STAGE_FETCHING,
	STAGE_AWAY,     /* the server is not there; it comes by itself */
	STAGE_CANNOT,   /* for the reason in row->state */
	STAGE_DECODING,
	STAGE_SHOWN,
	STAGE_NOT_SHOWN, /* picture.end or nothing says why */
	STAGE_OTHER,    /* no picture: for a program */
};

struct picture_view {
	struct view view;
	struct file_row *row;
	GBytes *bytes;
	const char *type;         /* of the bytes */
	char *program;            /* that may have them; "": none */
	enum stage stage;
	int64_t asked;            /* the fetch's number */
	struct picture_child *child;
	struct picture *picture;
	struct area drawn;        /* the area that it was made for */
	gboolean text;            /* it is plain text, and a page */
	gboolean sure;            /* asked whether a program may have it */
};

static struct picture_view *
self(struct view *v)
{
	return (struct picture_view *)v;
}

/* ---- words -------------------------------------------------------------- */

char *
files_words(const char *title, const char *content_type, int64_t size_bytes)
{
	g_autofree char *name = words_shown(title);
	g_autofree char *size = words_size(MAX(size_bytes, 0));

	return g_strdup_printf("[%s] %s%s%s", words_file(content_type),
	    *name ? name : _("(no title)"), *size ? "  " : "", size);
}

static const char *const state_words[] = {
	[FILE_GONE] = N_("The server does not have this file any more."),
	[FILE_REFUSED] = N_("The server does not give this file to your login."),
	[FILE_TOO_LARGE] = N_("The file is larger than body_cap_bytes allows, so "
	    "it was not fetched."),
	[FILE_ODD] = N_("What the server gave for this file is none."),
};

static const char *const end_words[] = {
	[PICTURE_OK] = N_("The picture could not be shown."),
	[PICTURE_UNKNOWN] = "", /* stage_words() */
	[PICTURE_DAMAGED] = N_("The picture is damaged and cannot be shown. Ask "
	    "for it once more."),
	[PICTURE_TOO_LARGE] = N_("The picture is too large to be shown in the "
	    "terminal."),
};

static const char *
program(const struct picture_view *p)
{
	return p->program ? p->program : "";
}

static const char *
stage_words(const struct picture_view *p)
{
	switch (p->stage) {
	case STAGE_FETCHING:
		return _("Being fetched from the server … Esc leaves; it comes "
		    "all the same.");
	case STAGE_AWAY:
		return _("The server cannot be reached now. The file is fetched "
		    "when it is back.");
	case STAGE_CANNOT:
		return _(state_words[p->row->state]);
	case STAGE_DECODING:
		return _("Being drawn …");
	case STAGE_NOT_SHOWN:
		if (p->picture && p->picture->end == PICTURE_UNKNOWN)
			return *program(p) ? _("Pictures of this kind are not "
			    "shown in the terminal. Enter gives it to a "
			    "program.") : _("Pictures of this kind are not "
			    "shown in the terminal, and no program is set for "
			    "them: file_program in the profile's settings.");
		return _(end_words[p->picture ? p->picture->end : PICTURE_OK]);
	case STAGE_OTHER:
		return *program(p) ? _("This is no picture, so it is not shown "
		    "here. Enter gives it to a program.") :
		    _("This is no picture, so it is not shown here, and no "
		    "program is set for it: file_program in the profile's "
		    "settings.");
	case STAGE_SHOWN:
		break;
	}
	return "";
}

/* "3.4 MB of 12.0 MB (28 %)": owned; NULL: nothing of it is known. */
static char *
progress_words(const struct picture_view *p)
{
	const struct link_status *s = &p->view.ui->status;
	g_autofree char *so_far = words_size(s->fetching.done);
	g_autofree char *all = words_size(s->fetching.total);

	if (p->stage != STAGE_FETCHING || s->fetching.file != p->row->id.n ||
	    s->fetching.done <= 0)
		return NULL;
	if (s->fetching.total < s->fetching.done)
		return g_strdup_printf(_("%s so far"), so_far);
	return g_strdup_printf(_("%s of %s (%d %%)"), so_far, all,
	    (int)((double)s->fetching.done * 100 /
	    (double)s->fetching.total));
}

/* Type, pixels and what is to be known of it. */
static char *
kind_words(const struct picture_view *p)
{
	GString *s = g_string_new(p->type);
	g_autofree char *said = words_shown(p->row->content_type);
	g_autofree char *progress = progress_words(p);

	if (!s->len)
		g_string_append(s, said);
	if (progress)
		g_string_append_printf(s, "%s%s", s->len ? "  " : "", progress);
	if (p->picture && p->picture->width_px)
		g_string_append_printf(s, "  %u×%u", p->picture->width_px,
		    p->picture->height_px);
	if (p->picture && p->picture->moves)
		g_string_append_printf(s, "  %s",
		    _("moving; the first picture is shown"));
	if (p->picture && p->picture->broken)
		g_string_append_printf(s, "  %s",
		    _("! cut short: a part of it is missing"));
	return g_string_free(s, FALSE);
}

/* ---- fetching and decoding ---------------------------------------------- */

static void
forget_picture(struct picture_view *p)
{
	g_clear_pointer(&p->child, picture_child_free);
	g_clear_pointer(&p->picture, picture_free);
}

/* What is plainly text is read on a page. */
static void
take_bytes(struct picture_view *p)
{
	const struct tui_options *options = p->view.ui->options;

	p->type = outside_type(p->bytes, p->row->content_type);
	g_free(p->program);
	p->program = options->settings && options->host.file_open ?
	    base_setting_program(options->settings, p->type) : NULL;
	p->text = strcmp(p->type, "text/plain") == 0;
	p->stage = g_str_has_prefix(p->type, "image/") ? STAGE_DECODING :
	    STAGE_OTHER;
}

static void
look(struct picture_view *p)
{
	struct tui *ui = p->view.ui;
	g_autoptr(GError) error = NULL;

	if (p->row->state == FILE_HERE) {
		p->bytes = store_file_bytes(ui->store, p->row, base_now_ms(),
		    &error);
		if (p->bytes)
			take_bytes(p);
		else
			p->row->state = FILE_ODD;
	}
	if (!p->bytes && p->row->state < G_N_ELEMENTS(state_words) &&
	    state_words[p->row->state])
		p->stage = STAGE_CANNOT;
}

static void
ask(struct picture_view *p)
{
	struct tui *ui = p->view.ui;
	g_autofree char *ref = NULL;
	g_autoptr(GError) error = NULL;

	if (!store_file_want(ui->store, p->row, &error)) {
		ui_fail(ui, _("The file cannot be asked for."), error);
		p->stage = STAGE_AWAY;
		return;
	}
	ref = g_strdup_printf("File/%" G_GINT64_FORMAT,
	    (gint64)p->row->id.n);
	p->asked = ui_ask(ui, BELL_FETCH, ref, FETCH_MS);
	p->stage = p->asked ? STAGE_FETCHING : STAGE_AWAY;
}

/* The row as it is now. */
static void
row_again(struct picture_view *p)
{
	g_autoptr(GPtrArray) rows = store_files(p->view.ui->store, p->row->ref,
	    NULL);
	guint at = (guint)p->row->place;

	if (!rows || at >= rows->len)
		return;
	file_row_free(p->row);
	p->row = g_ptr_array_steal_index(rows, at);
}

static void
load(struct view *v)
{
	struct picture_view *p = self(v);

	if (p->bytes || p->stage == STAGE_CANNOT)
		return;
	row_again(p);
	look(p);
	if (!p->bytes && p->stage != STAGE_CANNOT &&
	    ui_asked(v->ui, p->asked) >= ASK_FAILED)
		p->stage = STAGE_AWAY;
}

static void
begin(struct picture_view *p)
{
	/* One that could not be had before may be had now. */
	p->stage = STAGE_FETCHING;
	if (p->row->state == FILE_HERE)
		look(p);
	if (!p->bytes && p->stage != STAGE_CANNOT)
		ask(p);
}

static gboolean
is_light(struct tui *ui)
{
	return ui->options->settings && g_str_has_prefix(base_setting(
	    ui->options->settings, SET_THEME), "light");
}

static void
decode(struct picture_view *p, struct canvas *c, struct area a)
{
	g_autoptr(GError) error = NULL;

	if (p->drawn.rows == a.rows && p->drawn.cols == a.cols)
		return;
	forget_picture(p);
	p->drawn = a;
	p->stage = STAGE_DECODING;
	p->child = picture_child_new(p->bytes, a.cols, a.rows,
	    canvas_picture_depth(c, is_light(p->view.ui)), &error);
	if (!p->child) {
		p->stage = STAGE_NOT_SHOWN;
		ui_fail(p->view.ui, _("The picture could not be handed to "
		    "qingnang-picture."), error);
	}
}

static int
descriptor(struct view *v)
{
	return self(v)->child ? picture_child_fd(self(v)->child) : -1;
}

static void
ready(struct view *v)
{
	struct picture_view *p = self(v);
	struct picture *picture;

	if (!p->child || !picture_child_read(p->child, &picture))
		return;
	g_clear_pointer(&p->child, picture_child_free);
	p->picture = picture;
	p->stage = picture && picture->end == PICTURE_OK ? STAGE_SHOWN :
	    STAGE_NOT_SHOWN;
	ui_dirty(v->ui, DIRTY_SCREEN);
}

static struct view *
text_page(struct picture_view *p)
{
	gsize len;
	const char *at = g_bytes_get_data(p->bytes, &len);
	g_autofree char *text = g_strndup(at, len);
	g_autofree char *name = files_words(p->row->title,
	    p->row->content_type, p->row->size_bytes);

	return page_view_new(p->view.ui, name, text);
}


static int64_t
due(struct view *v)
{
	struct picture_view *p = self(v);

	if (p->child)
		return picture_child_due(p->child);
	if (p->text)
		return 0;
	return p->stage == STAGE_FETCHING ? ui_asked_due(v->ui, p->asked) : -1;
}

/* Text that has come is read on a page of its own. */
static void
text_turn(struct picture_view *p)
{
	struct tui *ui = p->view.ui;
	struct view *page = text_page(p);

	ui_leave(ui, &p->view);
	ui_push(ui, page);
}

static void
tick(struct view *v)
{
	if (self(v)->text) {
		text_turn(self(v));
		return;
	}
	if (self(v)->child)
		ready(v);
	else
		load(v);
	ui_dirty(v->ui, DIRTY_SCREEN);
}

static gboolean
busy(struct view *v)
{
	return self(v)->text || (self(v)->stage == STAGE_DECODING &&
	    self(v)->child);
}

/* ---- drawing ------------------------------------------------------------ */

static void
title(struct view *v, struct canvas *c, struct area a)
{
	g_autoptr(GStringChunk) text = g_string_chunk_new(256);
	g_autofree char *words = NULL;
	struct patient_brief p = { 0 };

	if (!store_patient_brief(v->ui->store, self(v)->row->patient, text, &p,
	    NULL))
		return;
	words = words_patient_fit(&p, a.cols - 2);
	canvas_text(c, a, 0, 1, a.cols - 1, E_STRONG, words);
}

static void
draw(struct view *v, struct canvas *c, struct area a, gboolean focused)
{
	struct picture_view *p = self(v);
	struct area body = area_part(a, HEAD_ROWS + 1, 1, a.rows - HEAD_ROWS -
	    1, a.cols - 2);
	g_autofree char *name = NULL, *kind = NULL;
	int x;

	if (p->bytes && p->stage >= STAGE_DECODING && p->stage != STAGE_OTHER &&
	    body.rows > 0 && body.cols > 0)
		decode(p, c, body);
	name = files_words(p->row->title, p->row->content_type,
	    p->row->size_bytes);
	kind = kind_words(p);
	canvas_text(c, a, 0, 1, a.cols - 2, E_MESSAGE_FILE, name);
	canvas_text(c, a, 1, 1, a.cols - 2, p->picture && p->picture->broken ?
	    E_MESSAGE_FAILED : E_DIM, kind);
	canvas_cursor(c, a, 0, 0, FALSE);
	if (p->stage != STAGE_SHOWN) {
		canvas_sentence(c, area_part(body, 0, 1, body.rows, body.cols -
		    2), E_CHART_STATE, stage_words(p));
		return;
	}
	x = MAX((body.cols - (int)p->picture->cols) / 2, 0);
	canvas_picture(c, area_part(body, 0, x, body.rows, body.cols - x),
	    p->picture);
}

/* ---- acting ------------------------------------------------------------- */

/* A question first: outside of here it is a file for a while. */
static void
open_outside(struct picture_view *p)
{
	struct tui *ui = p->view.ui;
	g_autoptr(GError) error = NULL;
	g_autofree char *words = NULL;

	if (!p->bytes || !*program(p))
		return;
	if (!p->sure) {
		words = g_strdup_printf(_("Give it to %s? It is a file in the "
		    "runtime directory while the program runs. Enter: yes."),
		    program(p));
		ui_say(ui, words);
		p->sure = TRUE;
		return;
	}
	p->sure = FALSE;
	if (outside_open(ui, p->bytes, p->type, &error)) {
		words = g_strdup_printf(_("Given to %s. The file goes when it "
		    "ends."), program(p));
		ui_say(ui, words);
	} else {
		ui_fail(ui, _("The file could not be given to the program."),
		    error);
	}
}

static gboolean
request(struct view *v, enum request r)
{
	struct picture_view *p = self(v);

	if (r == REQ_OPEN) {
		open_outside(p);
		return TRUE;
	}
	p->sure = FALSE;
	if (r == REQ_BACK || r == REQ_FILES || r == REQ_QUIT)
		ui_pop(v->ui);
	else if (r == REQ_RETRY && !p->bytes)
		ask(p);
	else
		return FALSE;
	return TRUE;
}

static const enum request *
footer(struct view *v)
{
	static const enum request keys[] = { REQ_BACK, REQ_HELP, REQ_NONE };
	static const enum request again[] = { REQ_RETRY, REQ_BACK, REQ_HELP,
		REQ_NONE };
	static const enum request outside[] = { REQ_OPEN, REQ_BACK, REQ_HELP,
		REQ_NONE };
	enum stage stage = self(v)->stage;

	if (self(v)->bytes && *program(self(v)))
		return outside;

	return stage == STAGE_CANNOT || stage == STAGE_AWAY ? again : keys;
}

static void
picture_view_free(struct view *v)
{
	struct picture_view *p = self(v);

	forget_picture(p);
	if (p->bytes)
		g_bytes_unref(p->bytes);
	g_free(p->program);
	file_row_free(p->row);
	g_free(p);
}

static char *
whose(struct view *v)
{
	return words_patient_of(v->ui, self(v)->row->patient);
}

static const struct view_ops ops = {
	.name = "picture",
	.place = PLACE_PAGE,
	.where = IN_FILES,
	.footer = footer,
	.load = load,
	.title = title,
	.whose = whose,
	.draw = draw,
	.request = request,
	.fd = descriptor,
	.ready = ready,
	.due = due,
	.tick = tick,
	.busy = busy,
	.free = picture_view_free,
};

struct view *
picture_view_new(struct tui *ui, struct file_row *row)
{
	struct picture_view *p = g_new0(struct picture_view, 1);
	struct view *page;

	p->view = (struct view){ .ops = &ops, .ui = ui };
	p->row = row;
	begin(p);
	if (!p->text)
		return &p->view;
	page = text_page(p);
	picture_view_free(&p->view);
	return page;
}
