/* SPDX-License-Identifier: Apache-2.0 */
/* What a Subscription asks for, and whether it can be had. */
#include <string.h>

#include "clinic/feed.h"
#include "clinic/param.h"

#define FILTER_URL "http://hl7.org/fhir/uv/subscriptions-backport/" \
	"StructureDefinition/backport-filter-criteria"

static void
criterion_free(void *p)
{
	struct clinic_criterion *k = p;

	g_free(k->type);
	g_array_free(k->query, TRUE);
	g_free(k);
}

/* "Communication?recipient=Practitioner/1" */
static struct clinic_criterion *
criterion_of(const char *text)
{
	const char *mark = strchr(text, '?');
	g_autofree char *type = mark ? g_strndup(text, mark - text) :
	    g_strdup(text);
	struct clinic_criterion *k;

	if (!clinic_type_ok(type))
		return NULL;
	k = g_new0(struct clinic_criterion, 1);
	k->type = g_steal_pointer(&type);
	k->query = clinic_query_parse(mark ? mark + 1 : "");
	return k;
}

static void
add_criterion(GPtrArray *list, const char *text)
{
	struct clinic_criterion *k = text ? criterion_of(text) : NULL;

	if (k)
		g_ptr_array_add(list, k);
}

/* A topic's filters stand in an extension beside criteria. */
static void
add_filters(GPtrArray *list, json_t *tree)
{
	json_t *beside = json_object_get(tree, "_criteria"), *ext;
	size_t i;

	json_array_foreach(json_object_get(beside, "extension"), i, ext)
		if (!g_strcmp0(json_string_value(json_object_get(ext, "url")),
		    FILTER_URL))
			add_criterion(list, json_string_value(
			    json_object_get(ext, "valueString")));
}

struct clinic_subscription *
clinic_subscription_of(json_t *tree)
{
	const char *criteria = json_string_value(json_object_get(tree,
	    "criteria"));
	const char *status = json_string_value(json_object_get(tree,
	    "status"));
	struct clinic_subscription *s = g_new0(struct clinic_subscription, 1);

	s->criteria = g_ptr_array_new_with_free_func(criterion_free);
	s->events = g_array_new(FALSE, FALSE, sizeof(struct clinic_event));
	s->active = !g_strcmp0(status, "active");
	if (criteria && g_uri_is_valid(criteria, G_URI_FLAGS_NONE, NULL) &&
	    g_str_has_prefix(criteria, "http")) {
		s->topic = g_strdup(criteria);
		add_filters(s->criteria, tree);
	} else {
		add_criterion(s->criteria, criteria);
	}
	return s;
}

void
clinic_event_clear(void *p)
{
	struct clinic_event *e = p;

	g_free(e->type);
	g_free(e->id);
	g_free(e->version);
}

void
clinic_subscription_free(void *p)
{
	struct clinic_subscription *s = p;

	g_free(s->id);
	g_free(s->topic);
	g_ptr_array_free(s->criteria, TRUE);
	g_array_free(s->events, TRUE);
	g_free(s);
}

static gboolean
refuse(GError **error, const char *why)
{
	g_set_error_literal(error, CLINIC_ERROR, 422, why);
	return FALSE;
}

gboolean
clinic_feed_accepts(struct clinic *c, json_t *tree, GError **error)
{
	json_t *channel = json_object_get(tree, "channel");
	const char *type = json_string_value(json_object_get(channel, "type"));
	struct clinic_subscription *s;
	gboolean ok = TRUE;
	guint i;

	if (g_strcmp0(type, "websocket"))
		return refuse(error, "Only websocket channels are served");
	s = clinic_subscription_of(tree);
	if (s->topic && c->dialect != DIALECT_BACKPORT)
		ok = refuse(error, "Topics are not known in this dialect");
	else if (!s->criteria->len)
		ok = refuse(error, "The criteria are not Type?query");
	for (i = 0; ok && i < s->criteria->len; i++) {
		struct clinic_criterion *k = s->criteria->pdata[i];
		g_autoptr(GError) bad = NULL;
		clinic_search_matches(c, k->type, "-", k->query, FALSE, &bad);
		if (bad)
			ok = refuse(error, bad->message);
	}
	clinic_subscription_free(s);
	return ok;
}
