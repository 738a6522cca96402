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

/* ---- by their beginning -------------------------------------------------- */

enum { BUCKETS = 256 };

struct spelling { const char *word; size_t len; int table; const void *row; };
struct spelling_index { GArray *buckets[BUCKETS]; };

/* ASCII by its first byte; Han characters share theirs, and go by all three. */
static guint
bucket_of(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	if (s[0] < 0xE0 || !s[1] || !s[2])
		return s[0];
	return (s[0] + s[1] * 31u + s[2] * 131u) % BUCKETS;
}

struct spelling_index *
spelling_index_new(void)
{
	struct spelling_index *index = g_new0(struct spelling_index, 1);

	for (size_t i = 0; i < BUCKETS; i++)
		index->buckets[i] = g_array_new(FALSE, FALSE,
		    sizeof(struct spelling));
	return index;
}

void
spelling_index_add(struct spelling_index *index, const char *list, int table,
    const void *row)
{
	while (list && *list) {
		struct spelling one = { list, strcspn(list, " "), table, row };

		if (one.len > 0)
			g_array_append_val(index->buckets[bucket_of(list)],
			    one);
		list += one.len + strspn(list + one.len, " ");
	}
}

size_t
spelling_index_match(const struct spelling_index *index, const char *text,
    int *table, const void **row)
{
	const GArray *bucket = index->buckets[bucket_of(text)];
	size_t best = 0;

	for (guint i = 0; i < bucket->len; i++) {
		const struct spelling *s = &g_array_index(bucket,
		    struct spelling, i);

		if (s->len <= best || *s->word != *text ||
		    !begins(text, s->word, s->len) ||
		    !word_ends(s->word, s->len, text + s->len))
			continue;
		best = s->len;
		*table = s->table;
		*row = s->row;
	}
	return best;
}

const void *
spelling_index_whole(const struct spelling_index *index, const char *text,
    guint *at)
{
	const GArray *bucket = index->buckets[bucket_of(text)];
	size_t len = strlen(text);

	while (*at < bucket->len) {
		const struct spelling *s = &g_array_index(bucket,
		    struct spelling, (*at)++);

		if (s->len == len && len > 0 && begins(text, s->word, len))
			return s->row;
	}
	return NULL;
}

gboolean
spelling_is(const char *list, const char *text)
{
	size_t len = strlen(text);

	return len > 0 && spelling_match(list, text) == len;
}
