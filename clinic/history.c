/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "clinic/date.h"
#include "clinic/rest.h"
#include "clinic/sql.h"

#define PAGE_DEFAULT 100

struct history {
	struct clinic *c;
	const char *type, *id;
	int64_t since_ms;
	int64_t before;  /* numbers of versions below this */
	int count;
	GString *entries;
	int rows;
	gboolean more;
};

static gboolean
take_since(struct history *h, const char *value)
{
	struct clinic_interval at;

	if (!clinic_date_parse(value, &at))
		return FALSE;
	h->since_ms = at.lo;
	return TRUE;
}

static gboolean
take_count(struct history *h, const char *value)
{
	char *end;
	gint64 n = g_ascii_strtoll(value, &end, 10);

	h->count = CLAMP(n, 0, h->c->page_max);
	return *value && !*end && n > 0;
}

static gboolean
take_page(struct history *h, const char *value)
{
	g_autofree char *plain = clinic_page_open(h->c, value, NULL);

	if (!plain || !g_str_has_prefix(plain, "history\n"))
		return FALSE;
	h->before = g_ascii_strtoll(plain + 8, NULL, 10);
	return TRUE;
}

static gboolean
take_format(struct history *h, const char *value)
{
	return strstr(value, "json") != NULL;
}

static const struct {
	const char *name;
	gboolean (*take)(struct history *h, const char *value);
} takes[] = {
	{ "_since", take_since }, { "_count", take_count },
	{ "_page", take_page }, { "_format", take_format },
};

static gboolean
take(struct history *h, const struct clinic_pair *pair, GError **error)
{
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(takes); i++)
		if (!strcmp(takes[i].name, pair->name) &&
		    takes[i].take(h, pair->value))
			return TRUE;
	g_set_error(error, CLINIC_ERROR, 400,
	    "Unknown parameter of a history, or not a value of it: %s",
	    pair->name);
	return FALSE;
}

static void
add_entry(struct history *h, const struct clinic_row *row)
{
	static const char *const status[] = { "200", "201", "204" };
	int which = row->deleted ? 2 : !strcmp(row->method, "POST");
	char stamp[CLINIC_STAMP_SIZE];

	clinic_stamp(row->updated_ms, stamp);
	g_string_append_printf(h->entries, "%s{\"fullUrl\":\"%s/%s/%s\"",
	    h->entries->len ? "," : "", h->c->base, row->type, row->id);
	if (row->json) {
		g_string_append(h->entries, ",\"resource\":");
		g_string_append_len(h->entries, row->json, row->len);
	}
	g_string_append_printf(h->entries, ",\"request\":{\"method\":\"%s\","
	    "\"url\":\"%s%s%s\"},\"response\":{\"status\":\"%s\",\"etag\":"
	    "\"W/\\\"%s\\\"\",\"lastModified\":\"%s\"}}", row->method,
	    row->type, which == 1 ? "" : "/", which == 1 ? "" : row->id,
	    status[which], row->version, stamp);
}

static gboolean
run(struct history *h, GError **error)
{
	sqlite3_stmt *s = clinic_sql(h->c->db, "select " CLINIC_ROW_COLUMNS
	    " from version v join res r on r.num=v.res where r.type=?1 and"
	    " (?2 is null or r.id=?2) and v.updated>=?3 and v.num<?4"
	    " order by v.num desc limit ?5", error);
	int rc;

	if (!s)
		return FALSE;
	clinic_sql_text(s, 1, h->type);
	if (h->id)
		clinic_sql_text(s, 2, h->id);
	sqlite3_bind_int64(s, 3, h->since_ms);
	sqlite3_bind_int64(s, 4, h->before);
	sqlite3_bind_int(s, 5, h->count + 1);
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		BASE_AUTO(clinic_row) row = NULL;
		if (h->rows++ == h->count) {
			h->more = TRUE;
			break;
		}
		row = clinic_row_read(s);
		h->before = row->num;
		add_entry(h, row);
	}
	sqlite3_reset(s);
	return rc == SQLITE_DONE || rc == SQLITE_ROW ||
	    clinic_sql_fail(h->c->db, error);
}

static GString *
bundle_of(struct history *h)
{
	GString *out = g_string_new("{\"resourceType\":\"Bundle\","
	    "\"type\":\"history\",\"link\":[{\"relation\":\"self\","
	    "\"url\":\"");
	g_autofree char *path = g_strconcat(h->c->base, "/", h->type,
	    h->id ? "/" : "", h->id ? h->id : "", "/_history", NULL);

	g_string_append_printf(out, "%s\"}", path);
	if (h->more) {
		g_autofree char *plain = g_strdup_printf(
		    "history\n%" G_GINT64_FORMAT, h->before);
		g_autofree char *sealed = clinic_page_seal(h->c, plain);
		char since[CLINIC_STAMP_SIZE];
		clinic_stamp(h->since_ms, since);
		g_string_append_printf(out, ",{\"relation\":\"next\",\"url\":"
		    "\"%s?_count=%d&_since=%s&_page=%s\"}", path, h->count,
		    since, sealed);
	}
	g_string_append_c(out, ']');
	if (h->entries->len)
		g_string_append_printf(out, ",\"entry\":[%s]",
		    h->entries->str);
	g_string_append_c(out, '}');
	return out;
}

GString *
clinic_history(struct clinic *c, const char *type, const char *id,
    const GArray *query, GError **error)
{
	g_autoptr(GString) entries = g_string_new(NULL);
	struct history h = { .c = c, .type = type, .id = id,
		.before = INT64_MAX, .entries = entries,
		.count = MIN(PAGE_DEFAULT, c->page_max) };
	guint i;

	for (i = 0; i < query->len; i++)
		if (!take(&h, &g_array_index(query, struct clinic_pair, i),
		    error))
			return NULL;
	if (!run(&h, error))
		return NULL;
	return bundle_of(&h);
}
