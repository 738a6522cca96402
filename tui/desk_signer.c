/* SPDX-License-Identifier: Apache-2.0 */
/* What a doctor is told of the signing key: on a screen and by a command alike. */
#include "tui/desk.h"

#include <string.h>

/* %s is the error's own words. Of what failed, none leaves anything half done:
 * each says so. */
static const struct { enum store_error code; const char *sentence; } words[] = {
	{ STORE_ERROR_SIGNER_DAMAGED,
	    N_("The signing key is damaged. Make another with: qingnang signer "
	       "new --replace; what the old one signed can still be "
	       "checked.") },
	{ STORE_ERROR_WRONG_SECRET,
	    N_("The signing secret or PIN is not right. Nothing was signed.") },
	{ STORE_ERROR_PIN_LAST,
	    N_("The PIN is not right, and one more wrong PIN locks the token. "
	       "Nothing was signed.") },
	{ STORE_ERROR_PIN_LOCKED,
	    N_("The token's PIN is locked; the token's own program unlocks it. "
	       "Nothing was signed.") },
	{ STORE_ERROR_STEP_UP,
	    N_("The time for signing has run out. Nothing was signed; type the "
	       "secret again.") },
	{ STORE_ERROR_TOKEN,
	    N_("The token does not sign: %s. Nothing was signed, nothing was "
	       "sent.") },
	{ STORE_ERROR_BUSY,
	    N_("The cache is busy with another program. Try again.") },
	{ STORE_ERROR_FULL,
	    N_("The disk is full. Nothing was signed; make room and sign "
	       "again.") },
};

char *
desk_signing_words(const GError *error)
{
	g_autofree char *own = base_text_show(error->message, -1,
	    BASE_ONE_LINE);
	const char *sentence, *hole;

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		if (!g_error_matches(error, STORE_ERROR, (int)words[i].code))
			continue;
		sentence = _(words[i].sentence);
		hole = strstr(sentence, "%s");
		return hole ? g_strdup_printf("%.*s%s%s",
		    (int)(hole - sentence), sentence, own, hole + 2) :
		    g_strdup(sentence);
	}
	return g_steal_pointer(&own);
}

const char *
desk_pin_words(enum signer_pin pin)
{
	return pin == SIGNER_PIN_LAST ? _("This is the last try: one more wrong "
	    "PIN locks the token.") : pin == SIGNER_PIN_LOW ? _("A wrong PIN "
	    "was typed before: a few more lock the token.") : NULL;
}
