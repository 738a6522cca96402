/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/step_up.h"
#include "tui/ask.h"
#include "tui/rx_view.h"

#include <string.h>

/* Shorter ones are found too soon by who gets hold of the cache's key. */
enum { SECRET_MIN_BYTES = 8 };

/* Over a question, x would be typed into it: the sentence says all. */
static void
fail(struct tui *ui, const GError *error)
{
	g_autofree char *words = desk_signing_words(error);

	ui_fail(ui, words, NULL);
}

/* A PIN that the token has locked, or a token that went, is not asked for
 * again: what is typed would be for nothing, or worse. */
static gboolean
may_try_again(const GError *error)
{
	return g_error_matches(error, STORE_ERROR, STORE_ERROR_WRONG_SECRET) ||
	    g_error_matches(error, STORE_ERROR, STORE_ERROR_PIN_LAST);
}

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
		fail(ui, error);
		return !may_try_again(error);
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
		fail(ui, error);
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

/* The token is looked for first, and what its PIN stands at is said before it is
 * typed. */
static void
ask_secret(struct view *asker, enum signer_kind kind)
{
	struct tui *ui = asker->ui;
	g_autoptr(GError) error = NULL;
	enum signer_pin pin;

	if (!store_signer_look(ui->store, &pin, &error)) {
		fail(ui, error);
		return;
	}
	ui_push(ui, ask_secret_view_new(asker, kind == SIGNER_SOFTWARE ?
	    _("Signing secret:") : pin == SIGNER_PIN_LAST ?
	    _("PIN of the token, LAST TRY:") : _("PIN of the token:"),
	    open_signer));
	if (desk_pin_words(pin))
		ui_say(ui, desk_pin_words(pin));
}

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
	g_clear_pointer(&ui->signer, signer_free);
	if (!store_signer(ui->store, &info, &error))
		fail(ui, error);
	else if (info.kind == SIGNER_NONE)
		ui_push(ui, ask_secret_view_new(asker, _("No signing key yet. "
		    "Choose a secret for it:"), new_typed));
	else
		ask_secret(asker, info.kind);
	signer_info_clear(&info);
}

/* ---- its end ------------------------------------------------------------ */

int64_t
step_up_due_ms(const struct tui *ui)
{
	return ui->signer && signer_valid(ui->signer) ? base_mono_ms() +
	    signer_left_s(ui->signer) * INT64_C(1000) : -1;
}

void
step_up_tick(struct tui *ui)
{
	if (ui->signer && !signer_valid(ui->signer))
		g_clear_pointer(&ui->signer, signer_free);
}
