/* SPDX-License-Identifier: Apache-2.0 */
/* Internal to search_merge.c and search_merge_write.c. */
#ifndef QN_STORE_SEARCH_MERGE_H
#define QN_STORE_SEARCH_MERGE_H

#include "store/search_room.h"

enum { MERGE_AT_ONCE = 16 };    /* parts made into one, at most */
#define SEARCH_DEAD G_MAXUINT16
#define SEARCH_BLOCKS (INT64_C(1) << 24) /* a part has keys for so many */

/* A part that goes into it. */
struct search_source {
	int64_t p, k;
	size_t docs;
	uint16_t *map;           /* to the new numbers, or SEARCH_DEAD */
	uint16_t *who[SEARCH_WHOS]; /* until the new part has them */
	GByteArray *block;
	const guint8 *at, *end;
	struct search_entry now;
	gboolean done;
};
struct search_merge {
	struct search_source sources[MERGE_AT_ONCE];
	size_t n, docs;
	struct search_writer writer;
	int64_t newest, oldest;
	uint16_t *list;          /* scratch: of one source */
	uint16_t *all;           /* scratch: of all */
	uint64_t *bits;
};

/* what -> the newest part it is gone from. */
GHashTable *search_merge_gone(struct store *store, GError **error);
/* gone: of search_merge_gone(). */
gboolean search_merge_is_gone(GHashTable *gone, int64_t what, int64_t p);
/* Its sources are chosen: numbers their documents, opens the new part. */
gboolean search_merge_start(struct store *store, struct search_merge *m,
    GError **error);
/* A slice of store->merge; with its last the new part is seen. */
gboolean search_merge_go_on(struct store *store, size_t budget,
    GError **error);

#endif
