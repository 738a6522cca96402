/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a row of the index, of a part of so many documents as the first
 * two say: what is read lies inside them, and documents that can be read as a list
 * are the same as bits.
 */
#include "store/search_room.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void
same(const struct search_entry *e, size_t docs)
{
	static uint16_t list[SEARCH_PART_MAX];
	uint64_t bits[SEARCH_PART_MAX / 64] = { 0 };
	gboolean as_bits = search_post_bits(e->post, e->post_len, docs, bits);
	size_t n, count = 0;

	if (!search_post_list(e->post, e->post_len, docs, list, &n))
		return;
	must(as_bits && n <= docs);
	for (size_t i = 0; i < n; i++) {
		must(list[i] < docs && (i == 0 || list[i - 1] < list[i]));
		must(bits[list[i] / 64] >> list[i] % 64 & 1);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(bits); i++)
		count += (size_t)__builtin_popcountll(bits[i]);
	must(count == n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const guint8 *at = data + 2, *end = data + size;
	struct search_entry e;
	size_t docs;

	if (size < 2)
		return 0;
	docs = ((size_t)data[0] << 8 | data[1]) % SEARCH_PART_MAX + 1;
	while (at < end && search_block_next(&at, end, &e)) {
		must(e.token >= data && e.token + e.len <= end);
		must(e.post >= data && e.post + e.post_len <= end);
		same(&e, docs);
	}
	return 0;
}
