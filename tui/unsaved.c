/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/unsaved.h"
#include "tui/composer_view.h"

#include <string.h>

struct unsaved {
	char *thread, *patient;    /* "Communication/x"; the Patient's id */
	struct base_secret *text;  /* no NUL behind it */
	size_t caret;
};

void
unsaved_free(void *unsaved)
{
	struct unsaved *u = unsaved;

	g_free(u->thread);
	g_free(u->patient);
	base_secret_free(u->text);
	g_free(u);
}

void
unsaved_keep(struct tui *ui)
{
	const struct thread *t = thread_view_thread(ui->pane[PANE_THREAD]);
	struct composer *p = (struct composer *)ui->composer;
	size_t len = p ? buffer_len(p->buf) : 0;
	struct unsaved *u;

	if (!len || !t || !t->ref)
		return;
	u = g_new0(struct unsaved, 1);
	u->thread = g_strdup(t->ref);
	u->patient = store_patient_fhir_id(ui->store, p->patient);
	u->text = base_secret_new(len);
	memcpy(base_secret_data(u->text), buffer_text(p->buf), len);
	u->caret = buffer_caret(p->buf);
	g_ptr_array_add(ui->unsaved, u);
}

gboolean
unsaved_any(const struct tui *ui)
{
	return ui->unsaved->len > 0;
}

/* Where it belongs in the cache as it is now. */
static gboolean
find(struct tui *ui, const struct unsaved *u, struct draft_key *key,
    struct patient_id *patient)
{
	*key = (struct draft_key){
		.consult = store_consult_find(ui->store, u->thread) };
	if (!key->consult.n)
		key->report = store_report_find(ui->store, u->thread);
	*patient = store_patient_find(ui->store, u->patient ? u->patient : "");
	return (key->consult.n || key->report.n) && patient->n;
}

static gboolean
save(struct tui *ui, const struct unsaved *u, GError **error)
{
	g_autofree char *text = g_strndup((char *)base_secret_data(u->text),
	    base_secret_len(u->text));
	struct patient_id patient;
	struct draft_key key;
	gboolean ok = find(ui, u, &key, &patient) &&
	    store_draft_save(ui->store, key, patient, text, u->caret,
	    base_now_ms(), error);

	explicit_bzero(text, strlen(text));
	return ok;
}

void
unsaved_save(struct tui *ui)
{
	for (guint i = ui->unsaved->len; i-- > 0;)
		if (save(ui, ui->unsaved->pdata[i], NULL))
			g_ptr_array_remove_index(ui->unsaved, i);
}

static gboolean
put_back(struct tui *ui, const struct unsaved *u)
{
	struct target target = { 0 };
	struct patient_id patient;

	if (!find(ui, u, &target.key, &patient))
		return FALSE;
	ui_open(ui, &target);
	ui_compose(ui, TRUE);
	return ui->composer && composer_view_take(ui->composer,
	    (char *)base_secret_data(u->text), base_secret_len(u->text),
	    u->caret);
}

void
unsaved_show(struct tui *ui)
{
	if (!unsaved_any(ui))
		return;
	if (put_back(ui, ui->unsaved->pdata[0])) {
		g_ptr_array_remove_index(ui->unsaved, 0);
		ui_say(ui, _("This reply is not saved yet: make room on the "
		    "disk. It stays here until then."));
	} else {
		ui_say(ui, _("A reply of yours waits to be saved until its "
		    "patient is in the cache again: leave qingnang "
		    "running."));
	}
}
