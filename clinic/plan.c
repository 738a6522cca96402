/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "clinic/plan.h"

#define PAGE_DEFAULT 20
#define OFFSET_MAX 10000
#define VALUES_MAX 2000 /* parameters of one search */

static void
bind_clear(void *b)
{
	g_free(((struct plan_bind *)b)->text);
}

static void
include_clear(void *i)
{
	g_free(((struct plan_include *)i)->target);
}

static GArray *
binds_new(void)
{
	GArray *a = g_array_new(FALSE, FALSE, sizeof(struct plan_bind));

	g_array_set_clear_func(a, bind_clear);
	return a;
}

void
plan_text(GArray *binds, const char *text)
{
	struct plan_bind b = { g_strdup(text), 0 };

	g_array_append_val(binds, b);
}

void
plan_number(GArray *binds, int64_t number)
{
	struct plan_bind b = { NULL, number };

	g_array_append_val(binds, b);
}

void
plan_bind_all(sqlite3_stmt *s, int *at, const GArray *binds)
{
	guint i;

	for (i = 0; i < binds->len; i++) {
		struct plan_bind *b = &g_array_index(binds, struct plan_bind,
		    i);
		if (b->text)
			clinic_sql_text(s, (*at)++, b->text);
		else
			sqlite3_bind_int64(s, (*at)++, b->number);
	}
}

struct plan *
plan_new(struct clinic *c, const char *type)
{
	struct plan *p = g_new0(struct plan, 1);

	p->c = c;
	p->type = type;
	p->where = g_string_new(NULL);
	p->binds = binds_new();
	p->key = g_string_new(NULL);
	p->key_binds = binds_new();
	p->order = g_string_new(NULL);
	p->includes = g_array_new(FALSE, FALSE, sizeof(struct plan_include));
	g_array_set_clear_func(p->includes, include_clear);
	p->count = MIN(PAGE_DEFAULT, c->page_max);
	return p;
}

void
plan_free(struct plan *p)
{
	g_string_free(p->where, TRUE);
	g_array_free(p->binds, TRUE);
	g_string_free(p->key, TRUE);
	g_array_free(p->key_binds, TRUE);
	g_string_free(p->order, TRUE);
	g_array_free(p->includes, TRUE);
	g_free(p);
}

static gboolean
refuse(GError **error, const char *what, const char *name)
{
	g_set_error(error, CLINIC_ERROR, 400, "%s: %s", what, name);
	return FALSE;
}

/* ---- parameters of every search ----------------------------------------- */

static gboolean
take_count(struct plan *p, const char *value, GError **error)
{
	char *end;
	gint64 n = g_ascii_strtoll(value, &end, 10);

	if (!*value || *end || n < 0)
		return refuse(error, "Not a number", "_count");
	p->count = MIN(n, p->c->page_max);
	p->only_total |= !n;
	return TRUE;
}

static gboolean
take_offset(struct plan *p, const char *value, GError **error)
{
	char *end;

	p->offset = g_ascii_strtoll(value, &end, 10);
	if (!*value || *end || p->offset < 0 || p->offset > OFFSET_MAX)
		return refuse(error, "Offset out of range", "_offset");
	return TRUE;
}

/* The SQL by which one word of _sort orders. */
static gboolean
sort_key(struct plan *p, const char *word, gboolean down, GError **error)
{
	const struct clinic_param *param;

	if (!strcmp(word, "_lastUpdated")) {
		g_string_append(p->key, "r.updated");
		return TRUE;
	}
	if (!strcmp(word, "_id")) {
		g_string_append(p->key, "r.id");
		return TRUE;
	}
	param = clinic_param_find(p->type, word);
	if (!param)
		return refuse(error, "Not a search parameter to sort by",
		    word);
	g_string_append(p->key, param->kind == PARAM_DATE ? down ?
	    "coalesce((select max(hi) from ix_date where res=r.num and "
	    "param=?),-9223372036854775807)" :
	    "coalesce((select min(lo) from ix_date where res=r.num and "
	    "param=?),9223372036854775807)" :
	    "coalesce((select min(value) from ix_text where res=r.num and "
	    "param=?),'')");
	{
		g_autofree char *key = g_strconcat(p->type, ".", word, NULL);
		plan_text(p->key_binds, key);
	}
	return TRUE;
}

/* One key pages by position; several page by offset. */
static gboolean
take_sort(struct plan *p, const char *value, GError **error)
{
	g_auto(GStrv) words = g_strsplit(value, ",", 8);
	int i;

	for (i = 0; words[i]; i++) {
		gboolean down = *words[i] == '-';

		if (i) {
			g_string_append_printf(p->key, " %s,",
			    p->down ? "desc" : "asc");
			p->many_keys = TRUE;
		}
		p->down = down;
		if (!sort_key(p, words[i] + down, down, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
take_total(struct plan *p, const char *value, GError **error)
{
	if (strcmp(value, "none") && strcmp(value, "estimate") &&
	    strcmp(value, "accurate"))
		return refuse(error, "Not a value of _total", value);
	p->total = strcmp(value, "none") != 0;
	return TRUE;
}

static gboolean
take_summary(struct plan *p, const char *value, GError **error)
{
	if (!strcmp(value, "count"))
		p->only_total = TRUE;
	else if (strcmp(value, "false"))
		return refuse(error, "This server has no such summary", value);
	return TRUE;
}

static gboolean
take_format(struct plan *p, const char *value, GError **error)
{
	if (strstr(value, "json"))
		return TRUE;
	g_set_error(error, CLINIC_ERROR, 406, "Only JSON is spoken here");
	return FALSE;
}

static gboolean
take_pretty(struct plan *p, const char *value, GError **error)
{
	return TRUE;
}

static gboolean
take_deleted(struct plan *p, const char *value, GError **error)
{
	if (p->c->dialect != DIALECT_MEDPLUM)
		return refuse(error, "Unknown search parameter", "_deleted");
	p->deleted = !strcmp(value, "true");
	return TRUE;
}

static gboolean
take_id(struct plan *p, const char *value, GError **error)
{
	g_auto(GStrv) ids = plan_split(value, ',');
	int i;

	if (g_strv_length(ids) > VALUES_MAX)
		return refuse(error, "Too many values", "_id");
	g_string_append(p->where, " and r.id in (");
	for (i = 0; ids[i]; i++) {
		g_string_append(p->where, i ? ",?" : "?");
		plan_text(p->binds, ids[i]);
	}
	g_string_append_c(p->where, ')');
	return TRUE;
}

static gboolean
take_updated(struct plan *p, const char *value, GError **error)
{
	g_string_append(p->where, " and ");
	return plan_dates(p, "r.updated", "(r.updated+1)", value, p->binds,
	    p->where, error);
}

/* "Type:param[:Target]". */
static gboolean
add_include(struct plan *p, const char *value, gboolean reverse,
    gboolean iterate, GError **error)
{
	g_auto(GStrv) words = g_strsplit(value, ":", 3);
	struct plan_include i = { .reverse = reverse, .iterate = iterate };
	const struct clinic_param *first;

	if (!words[0] || !words[1])
		return refuse(error, "Not an include", value);
	first = clinic_params_of(words[0]);
	if (!first)
		return refuse(error, "Not an include", value);
	i.type = first->type;
	if (strcmp(words[1], "*")) {
		i.param = clinic_param_find(words[0], words[1]);
		if (!i.param || i.param->kind != PARAM_REF)
			return refuse(error, "Not a reference to include",
			    value);
	}
	i.target = g_strdup(words[2]);
	g_array_append_val(p->includes, i);
	return TRUE;
}

static gboolean
take_include(struct plan *p, const char *value, GError **error)
{
	return add_include(p, value, FALSE, FALSE, error);
}

static gboolean
take_iterate(struct plan *p, const char *value, GError **error)
{
	return add_include(p, value, FALSE, TRUE, error);
}

static gboolean
take_revinclude(struct plan *p, const char *value, GError **error)
{
	return add_include(p, value, TRUE, FALSE, error);
}

static const struct {
	const char *name;
	gboolean (*take)(struct plan *p, const char *value, GError **error);
} every[] = {
	{ "_count", take_count }, { "_offset", take_offset },
	{ "_sort", take_sort }, { "_total", take_total },
	{ "_summary", take_summary }, { "_format", take_format },
	{ "_pretty", take_pretty }, { "_deleted", take_deleted },
	{ "_id", take_id }, { "_lastUpdated", take_updated },
	{ "_include", take_include }, { "_include:iterate", take_iterate },
	{ "_revinclude", take_revinclude },
};

static gboolean
take(struct plan *p, const struct clinic_pair *pair, GError **error)
{
	g_auto(GStrv) words = g_strsplit(pair->name, ":", 2);
	const struct clinic_param *param;
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(every); i++)
		if (!strcmp(every[i].name, pair->name))
			return every[i].take(p, pair->value, error);
	param = words[0] ? clinic_param_find(p->type, words[0]) : NULL;
	if (!param)
		return refuse(error, "Unknown search parameter", pair->name);
	return plan_param(p, param, words[1], pair->value, error);
}

gboolean
plan_query(struct plan *p, const GArray *query, GError **error)
{
	guint i;

	if (query->len > VALUES_MAX)
		return refuse(error, "Too many parameters", p->type);
	for (i = 0; i < query->len; i++)
		if (!take(p, &g_array_index(query, struct clinic_pair, i),
		    error))
			return FALSE;
	if (!p->key->len)
		g_string_append(p->key, "r.num");
	g_string_append_printf(p->order, "%s %s, r.num %s", p->key->str,
	    p->down ? "desc" : "asc", p->down ? "desc" : "asc");
	if (p->offset)
		p->many_keys = TRUE;
	return TRUE;
}
