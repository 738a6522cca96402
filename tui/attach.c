/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/attach.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tui/ask.h"
#include "tui/files_view.h"

#define MEGA (INT64_C(1024) * 1024)

void
attach_load(struct composer *p)
{
	g_clear_pointer(&p->files, g_ptr_array_unref);
	p->files = store_file_attached(p->view.ui->store, p->key, NULL);
}

/* ---- asking ------------------------------------------------------------- */

static int64_t
most(const struct composer *p)
{
	return base_setting_int(p->view.ui->options->settings, SET_ATTACH_MB) *
	    MEGA;
}

static char *
expanded(const char *path)
{
	return path[0] == '~' && path[1] == '/' ?
	    g_build_filename(g_get_home_dir(), path + 2, NULL) :
	    g_strdup(path);
}

static gboolean
take(struct view *v, const char *typed)
{
	struct composer *p = (struct composer *)v;
	g_autofree char *path = expanded(typed), *title = NULL, *bytes = NULL;
	g_autoptr(GError) error = NULL;
	struct file_new file = { 0 };

	if (!base_file_read(path, most(p), &title, &bytes, &file.len, &error)) {
		ui_fail(v->ui, error->message, NULL);
		return FALSE;
	}
	file.title = title;
	file.bytes = bytes;
	file.content_type = base_file_type(bytes, file.len);
	if (!composer_view_save(v, &error) || !store_file_attach(v->ui->store,
	    p->key, p->patient, &file, base_now_ms(), &error)) {
		ui_fail(v->ui, _("The file could not be kept, so it is not "
		    "attached."), error);
		return FALSE;
	}
	attach_load(p);
	ui_dirty(v->ui, DIRTY_SCREEN | DIRTY_QUEUE);
	return TRUE;
}

void
attach_ask(struct composer *p)
{
	g_autofree char *label = g_strdup_printf(_("Attach (at most %d MB):"),
	    (int)(most(p) / MEGA));

	ui_push(p->view.ui, ask_path_view_new(&p->view, label, take));
}

gboolean
attach_take_back(struct composer *p)
{
	g_autoptr(GError) error = NULL;
	const struct own_file *last = p->files && p->files->len ?
	    p->files->pdata[p->files->len - 1] : NULL;

	if (!last)
		return FALSE;
	if (!store_file_detach(p->view.ui->store, last->n, &error))
		ui_fail(p->view.ui, _("The file could not be taken out."),
		    error);
	attach_load(p);
	ui_dirty(p->view.ui, DIRTY_SCREEN);
	return TRUE;
}

/* ---- completing --------------------------------------------------------- */

static size_t
common(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] && a[n] == b[n])
		n++;
	while (n && (b[n] & 0xc0) == 0x80)
		n--; /* no part of a character */
	return n;
}

static gboolean
is_dir(const char *dir, const char *name)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);

	return g_file_test(path, G_FILE_TEST_IS_DIR);
}

char *
attach_complete(const char *typed, gboolean *several)
{
	const char *slash = strrchr(typed, '/');
	const char *begun = slash ? slash + 1 : typed;
	g_autofree char *head = g_strndup(typed, (gsize)(begun - typed));
	g_autofree char *dir = slash ? expanded(head) : g_strdup(".");
	g_autoptr(GDir) d = g_dir_open(dir, 0, NULL);
	g_autofree char *fit = NULL;
	const char *name;
	int n = 0;

	while (d && (name = g_dir_read_name(d))) {
		if (!g_str_has_prefix(name, begun) ||
		    (*name == '.' && *begun != '.') ||
		    !g_utf8_validate(name, -1, NULL))
			continue;
		n++;
		if (fit)
			fit[common(name, fit)] = '\0';
		else
			fit = g_strdup(name);
	}
	*several = n > 1;
	return g_strconcat(head, fit ? fit : begun, n == 1 && is_dir(dir,
	    fit) ? "/" : "", NULL);
}

/* ---- drawing ------------------------------------------------------------ */

int
attach_rows(const struct composer *p)
{
	return p->files ? (int)p->files->len : 0;
}

void
attach_draw(const struct composer *p, struct canvas *c, struct area a)
{
	for (int i = 0; i < MIN(attach_rows(p), a.rows); i++) {
		const struct own_file *f = p->files->pdata[i];
		g_autofree char *words = files_words(f->title, f->content_type,
		    f->size_bytes);

		canvas_text(c, a, i, 0, a.cols, E_MESSAGE_FILE, words);
	}
}
