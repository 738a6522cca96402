/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/step_up.h"
#include "tui/ask.h"
#include "tui/rx_view.h"

#include <string.h>

/* Shorter ones are found too soon by who gets hold of the cache's key. */
enum { SECRET_MIN_BYTES = 8 };

static gboolean
open_signer(struct view *asker, const struct base_secret *secret)
{
	struct tui *ui = asker->ui;
	g_autoptr(GError) error = NULL;
	int minutes = (int)base_setting_int(ui->options->settings,
	    SET_STEP_UP_MINUTES);

	g_clear_pointer(&ui->signer, signer_free);
	ui->signer = store_signer_open(ui->store, secret, minutes * 60,
	    &error);
	if (!ui->signer) {
		ui_fail(ui, error->message, error);
		return FALSE;
	}
	ui->signing.then(asker);
	return TRUE;
}

/* ---- a new key ---------------------------------------------------------- */

static gboolean
same(const struct base_secret *a, struct base_secret *b)
{
	return base_secret_len(a) == base_secret_len(b) &&
	    memcmp(base_secret_data((struct base_secret *)a),
	    base_secret_data(b), base_secret_len(a)) == 0;
}

static gboolean
again_typed(struct view *asker, const struct base_secret *secret)
{
	struct tui *ui = asker->ui;
	BASE_AUTO(base_secret) before = g_steal_pointer(
	    &ui->signing.first);
	g_autoptr(GError) error = NULL;

	if (!before || !same(secret, before)) {
		ui_say(ui, _("The two were not the same: begin again with "
		    "s."));
		return TRUE;
	}
	if (!store_signer_create(ui->store, secret, &vault_kdf_default, FALSE,
	    base_now_ms(), &error)) {
		ui_fail(ui, error->message, error);
		return TRUE;
	}
	open_signer(asker, secret);
	return TRUE;
}

static gboolean
new_typed(struct view *asker, const struct base_secret *secret)
{
	size_t len = base_secret_len(secret);
	struct base_secret **first = &asker->ui->signing.first;

	if (len < SECRET_MIN_BYTES) {
		ui_say(asker->ui, _("At least 8 characters; it stands for your "
		    "signature."));
		return FALSE;
	}
	base_secret_free(*first);
	*first = base_secret_new(len);
	memcpy(base_secret_data(*first), base_secret_data(
	    (struct base_secret *)secret), len);
	ui_push(asker->ui, ask_secret_view_new(asker, _("Once more:"),
	    again_typed));
	return TRUE;
}

/* ---- the question ------------------------------------------------------- */

void
step_up(struct view *asker, void (*opened)(struct view *asker))
{
	struct tui *ui = asker->ui;
	struct signer_info info = { 0 };
	g_autoptr(GError) error = NULL;

	ui->signing.then = opened;
	if (ui->signer && signer_valid(ui->signer)) {
		opened(asker);
		return;
	}
	if (!store_signer(ui->store, &info, &error)) {
		ui_fail(ui, error->message, error);
		return;
	}
	if (info.kind == SIGNER_NONE)
		ui_push(ui, ask_secret_view_new(asker, _("You have no signing "
		    "key yet. Choose a secret for it:"), new_typed));
	else
		ui_push(ui, ask_secret_view_new(asker,
		    info.kind == SIGNER_TOKEN ? _("PIN of the token:") :
		    _("Signing secret:"), open_signer));
	signer_info_clear(&info);
}
