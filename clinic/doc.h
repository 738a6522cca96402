/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resources as text. The clinic never writes a client's JSON anew: it finds
 * places in the text and puts other text there, so that 0.10 stays 0.10 and
 * what it does not know stays as it was. jansson reads a tree beside it.
 */
#ifndef QN_CLINIC_DOC_H
#define QN_CLINIC_DOC_H

#include <jansson.h>

#include "clinic/db.h"

#define CLINIC_DEPTH_MAX 60 /* objects and arrays within one another */

/* A piece of JSON text that clinic_doc_parse() has accepted. */
struct clinic_span {
	const char *at;
	size_t len;
};

/* The tree (a new reference), or NULL: not UTF-8, no JSON, a name twice, too
 * deep, not an object, no resourceType. Errors are 400. */
json_t *clinic_doc_parse(const char *json, size_t len, GError **error);

/* clinic_db_put() for one whose tree is at hand (borrowed). */
gboolean clinic_db_put_tree(struct clinic_db *db, const char *type,
    const char *id, const char *json, size_t len, json_t *tree,
    int64_t now_ms, char id_out[CLINIC_ID_SIZE], GError **error);

/* The value of a member of an object; FALSE when it has none. */
gboolean clinic_span_member(struct clinic_span object, const char *name,
    struct clinic_span *value);
/* Walks an array: at is where to go on, NULL at first. */
gboolean clinic_span_item(struct clinic_span array, const char **at,
    struct clinic_span *value);

/* A copy with id, meta.versionId and meta.lastUpdated as given, all else byte
 * for byte. */
char *clinic_doc_stamp(const char *json, size_t len, const char *id,
    const char *version, int64_t updated_ms, size_t *len_out);

/* Puts "name":json into an object that begins with its '{': over the value that
 * is there, else as the first member; all else stays byte for byte. */
void clinic_doc_set(GString *object, const char *name, const char *json);

/* A copy in which string values stand as map says: it is given the name of the
 * member (of the array's for its items) and the value, and returns another text,
 * owned, or NULL to leave it. NULL when nothing was changed. */
char *clinic_doc_rewrite(const char *json, size_t len,
    char *(*map)(const char *name, const char *value, void *user), void *user,
    size_t *len_out);

/* Text as a JSON string with its quotes, appended. */
void clinic_json_quote(GString *out, const char *text);

#endif
