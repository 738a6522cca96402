/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The strict scanner: one pass over a document that nobody has checked yet. It
 * tells a sink what it meets, in order, as slices of the caller's bytes; a sink
 * that is NULL checks only. Internal to fhir/.
 *
 * Checked: size, UTF-8, NUL (raw and escaped), depth, RFC 8259 syntax of
 * everything, duplicate keys of an object (also ones that escapes disguise),
 * lone surrogates, bytes after the end. The document is one object.
 */
#ifndef QN_FHIR_SCAN_H
#define QN_FHIR_SCAN_H

#include "fhir/fhir.h"

enum { SCAN_DEPTH_MAX = 256 }; /* no limit asked for may exceed it */
enum { FHIR_OUT_DEPTH_MAX = 32 }; /* ours are not deeper than half of it */

enum scan_kind {
	SCAN_OBJECT,
	SCAN_ARRAY,
	SCAN_STRING,
	SCAN_NUMBER,
	SCAN_TRUE,
	SCAN_FALSE,
	SCAN_NULL,
};

/* A token's bytes; a string's without its quotes. */
struct scan_slice {
	size_t at;  /* bytes from the start of the document */
	size_t len;
	gboolean escaped; /* holds a backslash: scan_unescape() it */
};

struct scan_sink {
	void (*open)(void *user, enum scan_kind kind, size_t at);
	void (*close)(void *user, size_t end); /* just past the bracket */
	void (*key)(void *user, const struct scan_slice *key);
	void (*scalar)(void *user, enum scan_kind kind,
	    const struct scan_slice *raw);
};

gboolean scan_run(const char *bytes, size_t len,
    const struct fhir_limits *limits, const struct scan_sink *sink, void *user,
    GError **error);

/* The value of the four digits of \uXXXX, or -1. */
int scan_hex4(const char *p, const char *end);

/* Decodes a slice that scan_run() took. out may be raw itself, and holds len + 1
 * bytes; terminated. Returns the length, never more than len. */
size_t scan_unescape(char *out, const char *raw, size_t len);

/* Appends a text as a JSON string, quotes and all. */
void scan_put_string(GString *out, const char *text, size_t len);

/* Whether a slice, its escapes undone, is this text. */
gboolean scan_slice_is(const char *bytes, const struct scan_slice *slice,
    const char *text);

#endif
