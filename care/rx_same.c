/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A signed order beside the resource as the server has it now. What a server or a
 * pharmacist may change is listed; every other member, on either side, counts.
 */
#include "care/care.h"
#include "care/order_room.h"

#include <string.h>

enum { DEPTH_MAX = 32 };

/* Members of the root that are not what the doctor signed. */
static const char *const listed[] = { "id", "meta", "text", "status",
	"statusReason", "implicitRules", NULL };

static gboolean same_node(const fhir_node *a, const fhir_node *b,
    GString *where, int depth);

static gboolean
same_text(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* A server resolves urn:uuid: to an id of its own, and may write its address
 * before ours; another type and id is another thing. */
static gboolean
same_reference(const char *a, const char *b)
{
	struct fhir_ref left, right;

	if (same_text(a, b) || (a && b && g_str_has_prefix(a, "urn:uuid:")))
		return TRUE;
	return fhir_ref_parse(a, &left) && fhir_ref_parse(b, &right) &&
	    strcmp(left.type, right.type) == 0 &&
	    strcmp(left.id, right.id) == 0;
}

static gboolean
same_scalar(const fhir_node *a, const fhir_node *b, const char *key)
{
	int order;

	switch (fhir_kind(a)) {
	case FHIR_STRING:
		if (g_strcmp0(key, "reference") == 0)
			return same_reference(fhir_text(a, NULL),
			    fhir_text(b, NULL));
		return same_text(fhir_text(a, NULL), fhir_text(b, NULL));
	case FHIR_NUMBER:
		return same_text(fhir_number(a, NULL), fhir_number(b, NULL)) ||
		    (fhir_decimal_compare(fhir_number(a, NULL),
		    fhir_number(b, NULL), &order) && order == 0);
	default:
		return fhir_bool(a, NULL) == fhir_bool(b, NULL);
	}
}

static gboolean
is_listed(const char *key, int depth)
{
	return depth == 0 && g_strv_contains(listed, key);
}

/* Goes in by name or index; the path is left standing where it differs. */
static gboolean
same_below(const fhir_node *a, const fhir_node *b, const char *key, size_t i,
    GString *where, int depth)
{
	size_t len = where->len;
	gboolean scalar = a && fhir_kind(a) != FHIR_OBJECT &&
	    fhir_kind(a) != FHIR_ARRAY;

	if (key)
		g_string_append_printf(where, "%s%s", len > 0 ? "." : "", key);
	else
		g_string_append_printf(where, "[%zu]", i);
	if (!a || !b || fhir_kind(a) != fhir_kind(b))
		return FALSE;
	if (scalar ? !same_scalar(a, b, key) :
	    !same_node(a, b, where, depth + 1))
		return FALSE;
	g_string_truncate(where, len);
	return TRUE;
}

static gboolean
same_members(const fhir_node *a, const fhir_node *b, GString *where, int depth)
{
	struct fhir_each each;
	const fhir_node *node;
	const char *key;

	fhir_each(&each, a);
	while ((node = fhir_each_next(&each, &key)))
		if (!is_listed(key, depth) && !same_below(node,
		    fhir_child(b, key), key, 0, where, depth))
			return FALSE;
	fhir_each(&each, b);
	while ((node = fhir_each_next(&each, &key)))
		if (!is_listed(key, depth) && !fhir_child(a, key))
			return same_below(NULL, node, key, 0, where, depth);
	return TRUE;
}

static gboolean
same_node(const fhir_node *a, const fhir_node *b, GString *where, int depth)
{
	struct fhir_each left, right;
	const fhir_node *x, *y;

	if (depth > DEPTH_MAX)
		return FALSE;
	if (fhir_kind(a) == FHIR_OBJECT)
		return same_members(a, b, where, depth);
	fhir_each(&left, a);
	fhir_each(&right, b);
	for (size_t i = 0;; i++) {
		x = fhir_each_next(&left, NULL);
		y = fhir_each_next(&right, NULL);
		if (!x && !y)
			return TRUE;
		if (!same_below(x, y, NULL, i, where, depth))
			return FALSE;
	}
}

gboolean
care_rx_same(const fhir_node *signed_order, const fhir_node *now,
    char **where)
{
	g_autoptr(GString) path = g_string_new(NULL);
	gboolean same = fhir_kind(now) == FHIR_OBJECT &&
	    fhir_kind(signed_order) == FHIR_OBJECT &&
	    same_node(signed_order, now, path, 0);

	*where = same ? NULL : g_strdup(path->len > 0 ? path->str :
	    "resourceType");
	return same;
}
