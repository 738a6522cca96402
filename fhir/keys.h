/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys of the objects that are open in a scan, the innermost object's last.
 * Duplicates are found with escapes undone. Internal to the scanner.
 */
#ifndef QN_FHIR_KEYS_H
#define QN_FHIR_KEYS_H

#include "fhir/scan.h"

enum { KEYS_INLINE = 64 };

struct key {
	uint64_t first8; /* first bytes, zero-padded: mostly enough to compare */
	const char *text;
	size_t len, at;
};

struct keys {
	struct key *all;
	size_t n, cap;
	GStringChunk *decoded; /* keys with escapes; made when one comes */
	struct key small[KEYS_INLINE];
};

void keys_init(struct keys *keys);
void keys_clear(struct keys *keys);
/* Adds a key to the object whose keys begin at first. FALSE: it is there. */
gboolean keys_add(struct keys *keys, const char *bytes,
    const struct scan_slice *slice, size_t first);
/* The object closes. FALSE: one was there twice, at *duplicate. */
gboolean keys_drop(struct keys *keys, size_t first, size_t *duplicate);

#endif
