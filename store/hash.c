/* SPDX-License-Identifier: Apache-2.0 */
/* BLAKE2b over the fields of a row. XTS turns a flipped bit into noise without a
 * word; what a doctor wrote must not change in silence. */
#include "store/db.h"

#include <sodium.h>

static void
add(crypto_generichash_state *state, const void *bytes, size_t len)
{
	uint64_t frame = GUINT64_TO_LE((uint64_t)len);

	crypto_generichash_update(state, (unsigned char *)&frame, sizeof frame);
	crypto_generichash_update(state, bytes, len);
}

void
hash_parts(unsigned char out[HASH_BYTES], const char *types, ...)
{
	crypto_generichash_state state;
	const char *text;
	const void *bytes;
	int64_t number;
	va_list ap;

	crypto_generichash_init(&state, NULL, 0, HASH_BYTES);
	va_start(ap, types);
	for (const char *t = types; *t; t++) {
		switch (*t) {
		case 'i':
			number = GINT64_TO_LE(va_arg(ap, int64_t));
			add(&state, &number, sizeof number);
			break;
		case 's':
			text = va_arg(ap, const char *);
			add(&state, text ? text : "", text ? strlen(text) : 0);
			break;
		case 'b':
			bytes = va_arg(ap, const void *);
			add(&state, bytes, va_arg(ap, size_t));
			break;
		default:
			g_assert_not_reached();
		}
	}
	va_end(ap);
	crypto_generichash_final(&state, out, HASH_BYTES);
}

gboolean
hash_matches(sqlite3_stmt *st, int column, const unsigned char hash[HASH_BYTES])
{
	const void *stored = sqlite3_column_blob(st, column);

	return stored && sqlite3_column_bytes(st, column) == HASH_BYTES &&
	    memcmp(stored, hash, HASH_BYTES) == 0;
}
