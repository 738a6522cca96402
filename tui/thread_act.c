/* SPDX-License-Identifier: Apache-2.0 */
/* What is done with a message: read, sent once more, taken back, seen whole. */
#include "tui/composer.h"
#include "tui/record.h"
#include "tui/files_view.h"
#include "tui/thread_view.h"

static struct thread_view *
self(struct view *v)
{
	return (struct thread_view *)v;
}

/* ---- read --------------------------------------------------------------- */

static gboolean
saw(struct message_text *text, int top, int end)
{
	int from = top - text->first, to = end - text->first;

	if (from <= text->seen)
		text->seen = CLAMP(to, text->seen, text->lines);
	return text->seen >= text->lines && !text->cut;
}

/* Asked once for a set of messages, whatever became of it. */
static gboolean
news(struct thread_view *t, const GArray *ids)
{
	int64_t sum = 0;

	for (guint i = 0; i < ids->len; i++)
		sum += g_array_index(ids, struct message_id, i).n * 31 + 1;
	if (sum == t->read_sum)
		return FALSE;
	t->read_sum = sum;
	return TRUE;
}

void
thread_shown(struct view *v)
{
	struct thread_view *t = self(v);
	int top = (int)t->list.top, end = top + t->rows;
	g_autoptr(GError) error = NULL;
	g_autoptr(GArray) ids = NULL;

	if (!t->thread || !t->lines)
		return;
	ids = g_array_new(FALSE, FALSE, sizeof(struct message_id));
	for (size_t i = 0; i < t->thread->n; i++) {
		struct message_row *m = &t->thread->messages[i];

		if (m->unread && saw(&t->lines->text[i], top, end))
			g_array_append_val(ids, m->id);
	}
	if (!ids->len || !news(t, ids))
		return;
	if (store_read(v->ui->store, (struct message_id *)(void *)ids->data,
	    ids->len, base_now_ms(), &error))
		ui_poke(v->ui);
	else
		base_log(BASE_LOG_ERROR, "store_read: %d", error->code);
}

/* ---- refused ------------------------------------------------------------ */

const struct message_row *
thread_refused(const struct thread_view *t)
{
	for (size_t i = 0; t->thread && i < t->thread->n; i++)
		if (t->thread->messages[i].state == MESSAGE_FAILED)
			return &t->thread->messages[i];
	return NULL;
}

gboolean
thread_retry(struct thread_view *t)
{
	struct tui *ui = t->view.ui;
	const struct message_row *m = thread_refused(t);
	g_autoptr(GError) error = NULL;

	if (!m)
		ui_say(ui, _("Nothing was refused here."));
	else if (!store_outbox_retry(ui->store, m->outbox, &error))
		ui_fail(ui, _("The reply could not be sent once more."), error);
	else
		ui_poke(ui);
	return TRUE;
}

gboolean
thread_to_draft(struct thread_view *t)
{
	struct tui *ui = t->view.ui;
	const struct message_row *m = thread_refused(t);
	g_autoptr(GError) error = NULL;

	if (!m) {
		ui_say(ui, _("Nothing was refused here."));
		return TRUE;
	}
	if (ui->composer && !composer_view_empty(ui->composer)) {
		ui_say(ui, _("There is a draft here already: send it or empty "
		    "it first."));
		return TRUE;
	}
	ui_compose(ui, FALSE);
	if (!store_outbox_to_draft(ui->store, m->outbox, &error)) {
		ui_fail(ui, _("The reply could not be taken back."), error);
		return TRUE;
	}
	ui_poke(ui);
	ui_compose(ui, TRUE);
	return TRUE;
}

/* The first message in sight that is not laid out whole. */
gboolean
thread_whole(struct thread_view *t)
{
	struct tui *ui = t->view.ui;
	int end = (int)t->list.top + t->rows;

	if (ui->notice || !t->thread || !t->lines)
		return FALSE;
	for (size_t i = 0; i < t->thread->n; i++) {
		const struct message_text *text = &t->lines->text[i];
		const struct message_row *m = &t->thread->messages[i];
		g_autofree char *name = NULL;
		struct view *page;

		if (!text->cut || text->first >= end ||
		    text->first + text->lines <= t->list.top)
			continue;
		name = words_patient(&t->thread->patient);
		page = page_view_new(ui, name, m->text);
		page_view_reads(page, m->id);
		ui_push(ui, page);
		return TRUE;
	}
	return FALSE;
}

/* ---- where it comes from ------------------------------------------------ */

static char *
row_name(const struct message_row *m)
{
	g_autofree char *when = base_time_words(m->sent_ms);
	g_autofree char *head = message_head_words(m);

	return g_strdup_printf("%s %s  %.*s", when, head, 400,
	    *m->text || !m->n_attachments ? m->text :
	    words_file(m->attachments[0].content_type));
}

/* Begins with the last message that begins in sight, which was read last; what
 * waits in the outbox is a row as well. */
void
thread_view_source(struct view *v)
{
	struct thread_view *t = self(v);
	GPtrArray *rows = record_rows_new();
	int end = (int)t->list.top + t->rows;
	guint at = 0;

	for (size_t i = 0; t->thread && t->lines && i < t->thread->n; i++) {
		const struct message_row *m = &t->thread->messages[i];
		g_autofree char *name = row_name(m);

		if (t->lines->text[i].first < end)
			at = rows->len;
		if (m->ref)
			record_rows_add(rows, m->ref, name);
		else
			record_rows_add_outbox(rows, m->outbox, name);
	}
	if (t->thread && t->thread->ref)
		record_rows_add(rows, t->thread->ref, t->thread->report.n ?
		    _("the report itself") : _("the consultation itself"));
	if (rows->len) {
		ui_push(v->ui, record_view_new(v->ui, rows, at,
		    RECORD_SOURCE));
		return;
	}
	g_ptr_array_unref(rows);
	record_open(v->ui, NULL, RECORD_SOURCE);
}

/* ---- pictures and files ------------------------------------------------- */

static gboolean
in_sight(const struct thread_view *t, size_t i)
{
	const struct message_text *text = t->lines ? &t->lines->text[i] : NULL;

	return text && text->first + text->lines > t->list.top &&
	    text->first < (int)t->list.top + t->rows;
}

void
thread_view_files(struct view *v)
{
	struct thread_view *t = (struct thread_view *)v;
	GPtrArray *items = files_items_new();
	guint at = G_MAXUINT;

	for (size_t i = 0; i < t->thread->n; i++) {
		const struct message_row *m = &t->thread->messages[i];
		g_autofree char *when = NULL;

		if (!m->n_attachments || !m->ref)
			continue;
		if (at == G_MAXUINT && in_sight(t, i))
			at = items->len;
		when = base_time_words(m->sent_ms);
		files_add(v->ui, items, m->ref, when);
	}
	/* None in sight: the newest. */
	files_open(v->ui, items, at < items->len ? at : items->len - 1);
}
