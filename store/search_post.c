/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of the index: which documents of a part have a token, and a row of
 * tokens. Pure; what is read is checked, for a vault has no integrity. */
#include "store/search_room.h"

#include <string.h>

/* The gaps between, or a bit for each document, whichever is shorter. */
enum form { GAPS, BITS };

/* ---- numbers ------------------------------------------------------------- */

static void
varint_put(GByteArray *out, size_t n)
{
	guint8 bytes[10];
	guint len = 0;

	for (; n >= 0x80; n >>= 7)
		bytes[len++] = (guint8)(n | 0x80);
	bytes[len++] = (guint8)n;
	g_byte_array_append(out, bytes, len);
}

static inline gboolean
varint_get(const guint8 **at, const guint8 *end, size_t *n)
{
	*n = 0;
	for (int shift = 0; *at < end && shift < 28; shift += 7) {
		guint8 byte = *(*at)++;

		*n |= (size_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return TRUE;
	}
	return FALSE;
}

/* ---- documents of a token ------------------------------------------------ */

static size_t
bits_bytes(size_t docs)
{
	return (docs + 7) / 8;
}

static void
bits_put(GByteArray *out, const uint16_t *list, size_t n, size_t docs)
{
	guint at = out->len;

	g_byte_array_set_size(out, at + (guint)bits_bytes(docs));
	memset(out->data + at, 0, bits_bytes(docs));
	for (size_t i = 0; i < n; i++)
		out->data[at + list[i] / 8] |= (guint8)(1 << list[i] % 8);
}

void
search_post_write(GByteArray *out, const uint16_t *list, size_t n, size_t docs)
{
	guint at = out->len;
	size_t last = 0;

	g_byte_array_append(out, (const guint8[]){ GAPS }, 1);
	for (size_t i = 0; i < n; i++) {
		varint_put(out, list[i] - last);
		last = list[i];
	}
	if (out->len - at <= 1 + bits_bytes(docs))
		return;
	g_byte_array_set_size(out, at);
	g_byte_array_append(out, (const guint8[]){ BITS }, 1);
	bits_put(out, list, n, docs);
}

static gboolean
gaps_list(const guint8 *at, const guint8 *end, size_t docs, uint16_t *list,
    size_t *n)
{
	size_t doc = 0, gap;

	for (*n = 0; at < end; list[(*n)++] = (uint16_t)doc) {
		if (!varint_get(&at, end, &gap) || (*n && gap == 0))
			return FALSE;
		doc += gap;
		if (doc >= docs)
			return FALSE;
	}
	return TRUE;
}

static gboolean
bits_list(const guint8 *bytes, size_t len, size_t docs, uint16_t *list,
    size_t *n)
{
	*n = 0;
	if (len != bits_bytes(docs))
		return FALSE;
	for (size_t i = 0; i < len; i++)
		for (unsigned left = bytes[i]; left; left &= left - 1) {
			size_t doc = 8 * i + (size_t)__builtin_ctz(left);

			if (doc >= docs)
				return FALSE;
			list[(*n)++] = (uint16_t)doc;
		}
	return TRUE;
}

gboolean
search_post_list(const guint8 *bytes, size_t len, size_t docs, uint16_t *list,
    size_t *n)
{
	*n = 0;
	if (len == 0)
		return FALSE;
	return *bytes == GAPS ?
	    gaps_list(bytes + 1, bytes + len, docs, list, n) :
	    *bytes == BITS && bits_list(bytes + 1, len - 1, docs, list, n);
}

static gboolean
gaps_bits(const guint8 *at, const guint8 *end, size_t docs, uint64_t *bits)
{
	size_t doc = 0, gap;

	while (at < end) {
		if (!varint_get(&at, end, &gap))
			return FALSE;
		doc += gap;
		if (doc >= docs)
			return FALSE;
		bits[doc / 64] |= UINT64_C(1) << doc % 64;
	}
	return TRUE;
}

gboolean
search_post_bits(const guint8 *bytes, size_t len, size_t docs, uint64_t *bits)
{
	size_t n = bits_bytes(docs);

	if (len == 0)
		return FALSE;
	if (*bytes == GAPS)
		return gaps_bits(bytes + 1, bytes + len, docs, bits);
	if (*bytes != BITS || len - 1 != n ||
	    (docs % 8 && bytes[len - 1] >> docs % 8))
		return FALSE;
	for (size_t i = 0; i < n; i += 8) {
		uint64_t word = 0;

		memcpy(&word, bytes + 1 + i, MIN(n - i, 8));
		bits[i / 8] |= GUINT64_FROM_LE(word);
	}
	return TRUE;
}

/* ---- a row of tokens ----------------------------------------------------- */

void
search_block_add(GByteArray *block, const void *token, size_t len,
    const void *post, size_t post_len)
{
	varint_put(block, len);
	g_byte_array_append(block, token, (guint)len);
	varint_put(block, post_len);
	g_byte_array_append(block, post, (guint)post_len);
}

gboolean
search_block_next(const guint8 **at, const guint8 *end,
    struct search_entry *out)
{
	const guint8 *p = *at;

	if (!varint_get(&p, end, &out->len) || out->len > (size_t)(end - p))
		return FALSE;
	out->token = p;
	p += out->len;
	if (!varint_get(&p, end, &out->post_len) ||
	    out->post_len > (size_t)(end - p))
		return FALSE;
	out->post = p;
	*at = p + out->post_len;
	return TRUE;
}

int
search_token_order(const void *a, size_t a_len, const void *b, size_t b_len)
{
	size_t len = MIN(a_len, b_len);
	int order = len ? memcmp(a, b, len) : 0;

	return order ? order : (a_len > b_len) - (a_len < b_len);
}

/* ---- values -------------------------------------------------------------- */

/* In the order of the numbers: a double's own bits, turned so that they are
 * compared from the left; 12 bits of its fraction, less than is ever measured. */
void
search_value_token(double value, char out[SEARCH_VALUE_BYTES + 1])
{
	uint64_t bits;

	value += 0.0; /* -0 */
	memcpy(&bits, &value, sizeof bits);
	bits = bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
	g_snprintf(out, SEARCH_VALUE_BYTES + 1, "%c%06x", SEARCH_MARK_VALUE,
	    (unsigned)(bits >> 40));
}
