/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of spellings in one string, as the tables of this room keep them. */
#include "care/order_room.h"

#include <string.h>

static gboolean
word_ends(const char *list, size_t len, const char *after)
{
	/* "5mg×28片": the sign of times is no letter */
	return !g_ascii_isalnum(list[len - 1]) || !g_ascii_isalnum(*after) ||
	    (*after == 'x' && g_ascii_isdigit(after[1]));
}

/* Whether text begins with the len bytes at spelling. */
static gboolean
begins(const char *text, const char *spelling, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] != (spelling[i] == '_' ? ' ' : spelling[i]))
			return FALSE;
	return TRUE;
}

size_t
spelling_match(const char *list, const char *text)
{
	size_t best = 0;

	while (list && *list) {
		size_t len = strcspn(list, " ");

		if (len > best && *list == *text && begins(text, list, len) &&
		    word_ends(list, len, text + len))
			best = len;
		list += len + strspn(list + len, " ");
	}
	return best;
}

gboolean
spelling_is(const char *list, const char *text)
{
	size_t len = strlen(text);

	return len > 0 && spelling_match(list, text) == len;
}
