/* SPDX-License-Identifier: Apache-2.0 */
#include "fhir/keys.h"

#include <string.h>

/* An object of up to this many keys is compared key by key; a larger one is
 * sorted when it closes, so that no document costs squared time. */
enum { KEYS_COMPARED = 16 };

void
keys_init(struct keys *keys)
{
	keys->all = keys->small;
	keys->n = 0;
	keys->cap = KEYS_INLINE;
	keys->decoded = NULL;
}

void
keys_clear(struct keys *keys)
{
	if (keys->all != keys->small)
		g_free(keys->all);
	if (keys->decoded)
		g_string_chunk_free(keys->decoded);
}

static gboolean
key_equal(const struct key *a, const struct key *b)
{
	return a->first8 == b->first8 && a->len == b->len &&
	    memcmp(a->text, b->text, a->len) == 0;
}

static int
key_order(const void *left, const void *right)
{
	const struct key *a = left, *b = right;

	if (a->first8 != b->first8)
		return a->first8 < b->first8 ? -1 : 1;
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return memcmp(a->text, b->text, a->len);
}

static void
keys_grow(struct keys *keys)
{
	keys->cap *= 2;
	if (keys->all != keys->small) {
		keys->all = g_renew(struct key, keys->all, keys->cap);
		return;
	}
	keys->all = g_new(struct key, keys->cap);
	memcpy(keys->all, keys->small, sizeof(keys->small));
}

/* The key's text with escapes undone: "a" is "\u0061". */
static void
key_decode(struct keys *keys, struct key *key)
{
	g_autofree char *text = g_malloc(key->len + 1);
	size_t len = scan_unescape(text, key->text, key->len);

	if (!keys->decoded)
		keys->decoded = g_string_chunk_new(256);
	key->text = g_string_chunk_insert_len(keys->decoded, text,
	    (gssize)len);
	key->len = len;
}

gboolean
keys_add(struct keys *keys, const char *bytes, const struct scan_slice *slice,
    size_t first)
{
	struct key *key;

	if (keys->n == keys->cap)
		keys_grow(keys);
	key = &keys->all[keys->n++];
	*key = (struct key){ .text = bytes + slice->at, .len = slice->len,
		.at = slice->at };
	if (slice->escaped)
		key_decode(keys, key);
	memcpy(&key->first8, key->text, MIN(key->len, 8));
	if (keys->n - first > KEYS_COMPARED)
		return TRUE;
	for (struct key *k = &keys->all[first]; k < key; k++)
		if (key_equal(k, key))
			return FALSE;
	return TRUE;
}

gboolean
keys_drop(struct keys *keys, size_t first, size_t *duplicate)
{
	struct key *mine = keys->all + first;
	size_t n = keys->n - first;

	keys->n = first;
	if (n <= KEYS_COMPARED)
		return TRUE;
	qsort(mine, n, sizeof(*mine), key_order);
	for (size_t i = 1; i < n; i++)
		if (key_equal(&mine[i - 1], &mine[i])) {
			*duplicate = MAX(mine[i - 1].at, mine[i].at);
			return FALSE;
		}
	return TRUE;
}
