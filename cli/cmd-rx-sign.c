/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `rx sign`: what the sight page does, on plain lines. It wants a terminal on both
 * sides: what is signed was shown, and the secret was typed by a person.
 */
#include "cli/rx.h"

#include <stdio.h>
#include <unistd.h>

static gboolean
refuse(GError **error, const char *sentence)
{
	g_set_error_literal(error, CLI_ERROR, CLI_ERROR_USAGE, sentence);
	return FALSE;
}

static void
show(const struct desk_sight *sight)
{
	g_autofree char *who = words_patient(&sight->row->brief);

	puts(who);
	cli_print_orders(sight->rx);
	for (guint i = 0; i < sight->differences->len; i++) {
		g_autofree char *line = base_text_show(
		    sight->differences->pdata[i], -1, BASE_ONE_LINE);

		printf("! %s\n", line);
	}
	cli_print_gates(sight->renewal);
	cli_print_findings(sight->findings);
	printf("SHA-256 %s …\n", sight->digest);
	fflush(stdout);
}

static struct signer *
step_up(struct store *store, GError **error)
{
	BASE_AUTO(base_secret) secret = NULL;
	enum signer_pin pin;

	if (!store_signer_look(store, &pin, error))
		return NULL;
	if (desk_pin_words(pin))
		printf("! %s\n", desk_pin_words(pin));
	secret = cli_signing_secret(_("Signing secret or PIN: "), error);
	/* For this one signature, whatever the setting says. */
	return secret ? store_signer_open(store, secret, 0, error) : NULL;
}

static gboolean
sign_sight(struct cli_desk *d, struct rx_id id, GError **error)
{
	BASE_AUTO(desk_sight) sight = desk_sight_new(d->desk, id, error);
	BASE_AUTO(signer) signer = NULL;
	g_autofree char *obstacle = NULL;

	if (!sight)
		return FALSE;
	show(sight);
	obstacle = desk_sight_obstacle(d->desk, sight);
	if (obstacle)
		return refuse(error, obstacle);
	signer = step_up(d->store, error);
	return signer && desk_sign(d->desk, sight, signer, base_now_ms(),
	    error);
}

gboolean
cli_rx_sign(struct cli *cli, int argc, char **argv, GError **error)
{
	struct cli_desk d;
	struct rx_id id;
	gboolean ok = FALSE;

	if (argc != 1)
		return refuse(error, _("Give one prescription, as `qingnang rx "
		    "list` prints it."));
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return refuse(error, _("Signing wants a person at a terminal: a "
		    "program may prepare a prescription, never sign it."));
	if (!cli_desk_open(cli, &d, error))
		return FALSE;
	id = cli_rx_find(d.store, argv[0], error);
	if (id.n) {
		cli_rx_ask(cli, &d, id, TRUE);
		ok = sign_sight(&d, id, error);
	}
	cli_desk_close(&d);
	if (!ok)
		return FALSE;
	cli_poke(cli);
	printf(_("Signed. It goes to the pharmacist as soon as "
		 "qingnang-sync runs.\n"));
	return TRUE;
}
