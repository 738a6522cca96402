/* SPDX-License-Identifier: Apache-2.0 */
/* Paging links are opaque to clients: sealed, so that a guess is an error. */
#include <string.h>

#include "clinic/rest.h"

#define SEAL_CHARS 16

static char *
seal_of(const struct clinic *c, const char *text)
{
	char *hex = g_compute_hmac_for_string(G_CHECKSUM_SHA256, c->seal,
	    sizeof(c->seal), text, -1);

	hex[SEAL_CHARS] = 0;
	return hex;
}

char *
clinic_page_seal(const struct clinic *c, const char *plain)
{
	g_autofree char *seal = seal_of(c, plain);
	g_autofree char *whole = g_strconcat(seal, plain, NULL);
	char *text = g_base64_encode((const guchar *)whole, strlen(whole));

	g_strdelimit(text, "+", '-');
	g_strdelimit(text, "/", '_');
	g_strdelimit(text, "=", '.');
	return text;
}

char *
clinic_page_open(const struct clinic *c, const char *sealed, GError **error)
{
	g_autofree char *text = g_strdup(sealed);
	g_autofree char *whole = NULL;
	g_autofree char *seal = NULL;
	gsize len = 0;

	g_strdelimit(text, "-", '+');
	g_strdelimit(text, "_", '/');
	g_strdelimit(text, ".", '=');
	whole = *text ? (char *)g_base64_decode(text, &len) : NULL;
	whole = g_realloc(whole, len + 1);
	whole[len] = 0;
	if (len > SEAL_CHARS) {
		seal = seal_of(c, whole + SEAL_CHARS);
		if (!strncmp(seal, whole, SEAL_CHARS))
			return g_strdup(whole + SEAL_CHARS);
	}
	g_set_error(error, CLINIC_ERROR, 410, "That page is not there (any more)");
	return NULL;
}
