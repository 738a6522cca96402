/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signing secret or PIN: typed by a person at a terminal (CN-52, sole
 * control). Never from a passphrase command, the keyring, an option, a file or a
 * pipe, whatever the profile says.
 */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct base_secret *
cli_signing_secret(const char *prompt, GError **error)
{
	/* /dev/tty alone would do for us, but a program that feeds a pipe is to
	 * hear that it was not listened to. */
	if (isatty(STDIN_FILENO))
		return cli_ask_secret(prompt, error);
	g_set_error(error, CLI_ERROR, CLI_ERROR_TERMINAL,
	    _("The signing secret is typed by a person at a terminal; it is not "
	      "read from a pipe, a command or the keyring."));
	return NULL;
}

struct base_secret *
cli_signing_secret_new(GError **error)
{
	for (;;) {
		BASE_AUTO(base_secret) first = cli_signing_secret(
		    _("Choose a signing secret, of its own and not the cache's "
		      "passphrase:"), error);
		BASE_AUTO(base_secret) second = NULL;

		if (!first)
			return NULL;
		if (g_utf8_strlen((char *)base_secret_data(first),
		    (gssize)base_secret_len(first)) < SIGNER_SECRET_MIN) {
			printf(_("It needs at least %d characters.\n"),
			    SIGNER_SECRET_MIN);
			continue;
		}
		second = cli_signing_secret(_("The same secret once more:"),
		    error);
		if (!second)
			return NULL;
		if (base_secret_len(first) == base_secret_len(second) &&
		    memcmp(base_secret_data(first), base_secret_data(second),
		    base_secret_len(first)) == 0)
			return g_steal_pointer(&first);
		printf(_("The two differ; once more.\n"));
	}
}
