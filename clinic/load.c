/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>
#include <string.h>

#include "clinic/doc.h"
#include "clinic/load.h"
#include "clinic/param.h"

#define FILE_BYTES_MAX (256 * 1024 * 1024)

struct loading {
	struct clinic_db *db;
	int64_t now_ms;
	struct clinic_loaded *out;
};

static const char *
word(json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static void
take_resource(struct loading *l, json_t *tree, struct clinic_span text)
{
	const char *type = word(tree, "resourceType");
	const char *id = word(tree, "id");
	g_autoptr(GError) error = NULL;

	if (!type || !clinic_type_ok(type) ||
	    (id && !clinic_id_ok(id)) ||
	    !clinic_db_put_tree(l->db, type, id, text.at, text.len, tree,
		l->now_ms, NULL, &error))
		l->out->skipped++;
	else
		l->out->resources++;
}

/* A Bundle that only carries resources is unpacked. */
static gboolean
carries(json_t *tree)
{
	const char *type = word(tree, "type");

	return !g_strcmp0(word(tree, "resourceType"), "Bundle") && type &&
	    strcmp(type, "document") && strcmp(type, "message");
}

static void
take_bundle(struct loading *l, json_t *tree, struct clinic_span text)
{
	struct clinic_span array, item, resource;
	json_t *entries = json_object_get(tree, "entry");
	const char *at = NULL;
	size_t i = 0;

	if (!clinic_span_member(text, "entry", &array))
		return;
	while (clinic_span_item(array, &at, &item)) {
		json_t *inner = json_object_get(json_array_get(entries, i++),
		    "resource");
		if (json_is_object(inner) &&
		    clinic_span_member(item, "resource", &resource))
			take_resource(l, inner, resource);
		else
			l->out->skipped++;
	}
}

static void
take_file(struct loading *l, const char *path)
{
	g_autofree char *text = NULL;
	struct clinic_span span;
	GStatBuf st;
	gsize len = 0;
	json_t *tree;
	const char *from;

	/* A pipe or a device would be read for ever. */
	if (g_stat(path, &st) != 0 || !S_ISREG(st.st_mode) ||
	    st.st_size > FILE_BYTES_MAX ||
	    !g_file_get_contents(path, &text, &len, NULL)) {
		l->out->skipped++;
		return;
	}
	from = g_str_has_prefix(text, "\xef\xbb\xbf") ? text + 3 : text;
	len -= from - text;
	tree = clinic_doc_parse(from, len, NULL);
	if (!tree) {
		l->out->skipped++;
		return;
	}
	while (len && *from != '{') {
		from++;
		len--;
	}
	span = (struct clinic_span){ from, len };
	if (carries(tree))
		take_bundle(l, tree, span);
	else
		take_resource(l, tree, span);
	json_decref(tree);
}

static gboolean
take_dir(struct loading *l, const char *path, GError **error)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, error);
	const char *name;

	if (!dir)
		return FALSE;
	while ((name = g_dir_read_name(dir))) {
		g_autofree char *full = g_build_filename(path, name, NULL);
		if (g_file_test(full, G_FILE_TEST_IS_DIR) &&
		    !g_file_test(full, G_FILE_TEST_IS_SYMLINK)) {
			if (!take_dir(l, full, error))
				return FALSE;
		} else if (g_str_has_suffix(name, ".json")) {
			take_file(l, full);
		}
	}
	return TRUE;
}

gboolean
clinic_load(struct clinic_db *db, const char *dir, int64_t now_ms,
    struct clinic_loaded *out, GError **error)
{
	struct loading l = { db, now_ms, out };

	*out = (struct clinic_loaded){ 0 };
	if (!clinic_db_begin(db, error))
		return FALSE;
	if (!take_dir(&l, dir, error)) {
		clinic_db_rollback(db);
		return FALSE;
	}
	return clinic_db_commit(db, error);
}
