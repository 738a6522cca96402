/* SPDX-License-Identifier: Apache-2.0 */
/* Who I am, the hours to reply, and small notes. */
#include "store/script.h"

#include <stdio.h>
#include <stdlib.h>

static const char get_sql[] = "SELECT value FROM meta WHERE key=?1";
static const char set_sql[] = "INSERT INTO meta(key, value) VALUES(?1, ?2)"
    " ON CONFLICT(key) DO UPDATE SET value=excluded.value";

#define HOUR_FORMAT "%d %d %d %d"

static void
take(char **place, char *value)
{
	g_free(*place);
	*place = value;
}

static gboolean
load_numbers(struct store *store, GError **error)
{
	static const char sql[] = "SELECT n FROM me ORDER BY ord";
	sqlite3_stmt *st = db_query(store, error, sql, "");
	gboolean failed = FALSE;

	g_array_set_size(store->me, 0);
	if (!st)
		return FALSE;
	while (db_row(store, st, &failed, error)) {
		int64_t n = sqlite3_column_int64(st, 0);
		g_array_append_val(store->me, n);
	}
	db_done(st);
	return !failed;
}

gboolean
me_load(struct store *store, GError **error)
{
	static const char ref[] = "SELECT ref FROM me ORDER BY ord LIMIT 1";
	g_autofree char *hours = NULL, *from = NULL;
	int *h = store->hours;

	if (store->me_known)
		return TRUE;
	take(&store->me_ref, db_text(store, NULL, ref, ""));
	take(&store->me_name, db_text(store, NULL, get_sql, "s", "me.name"));
	take(&store->me_specialty, db_text(store, NULL, get_sql, "s",
	    "me.specialty"));
	hours = db_text(store, NULL, get_sql, "s", "hours");
	if (!hours || sscanf(hours, HOUR_FORMAT, &h[0], &h[1], &h[2], &h[3]) !=
	    4)
		for (int i = 0; i < 4; i++)
			h[i] = atoi(setting_defs[SET_HOURS_STAT + i].fallback);
	from = db_text(store, NULL, get_sql, "s", "answers.from");
	store->answers_from_ms = from ? g_ascii_strtoll(from, NULL, 10) : 0;
	if (!load_numbers(store, error))
		return FALSE;
	store->me_known = TRUE;
	return TRUE;
}

gboolean
me_is(struct store *store, int64_t n)
{
	for (guint i = 0; i < store->me->len; i++)
		if (g_array_index(store->me, int64_t, i) == n)
			return TRUE;
	return FALSE;
}

gboolean
names_me(struct store *store, const fhir_node *node, const char *path)
{
	size_t count = fhir_count(node, path);
	struct fhir_ref ref;

	for (size_t i = 0; i < count; i++)
		if (fhir_ref_at(fhir_at(node, path, i), NULL, &ref) &&
		    me_is(store, number_find(store, ref.type, ref.id)))
			return TRUE;
	return FALSE;
}

/* ---- setting ------------------------------------------------------------ */

struct me_change {
	const char *const *refs;
	const char *name, *specialty;
};

static gboolean
refs_same(struct store *store, const char *const *refs)
{
	static const char sql[] = "SELECT ref FROM me ORDER BY ord";
	sqlite3_stmt *st = db_query(store, NULL, sql, "");
	gboolean failed = FALSE, same = TRUE;
	size_t i = 0;

	while (st && db_row(store, st, &failed, NULL))
		if (refs[i] && g_strcmp0(refs[i], db_col(st, 0)) == 0)
			i++;
		else
			same = FALSE;
	db_done(st);
	return same && !failed && !refs[i];
}

static gboolean
refs_put(struct store *store, const char *const *refs, GError **error)
{
	static const char clear[] = "DELETE FROM me";
	static const char insert[] = "INSERT INTO me(ord, ref, n)"
	    " VALUES(?1, ?2, ?3)";
	int64_t n;

	if (!db_run(store, error, clear, ""))
		return FALSE;
	for (int64_t i = 0; refs[i]; i++) {
		if (!number_of_text(store, refs[i], &n, error))
			return FALSE;
		if (n && !db_run(store, error, insert, "isi", i, refs[i], n))
			return FALSE;
	}
	return TRUE;
}

/* Who is addressed stands in the bodies alone. */
static gboolean
headers_again(struct ingest *in, GError **error)
{
	static const char sql[] = "SELECT c.n, b.bytes FROM consult c"
	    " JOIN body b USING(n)";
	static const char set[] = "UPDATE consult SET mine=?2"
	    " WHERE n=?1 AND mine<>?2";
	sqlite3_stmt *st = db_query(in->store, error, sql, "");
	gboolean failed = FALSE, ok = st != NULL;

	while (ok && db_row(in->store, st, &failed, error)) {
		BASE_AUTO(fhir_doc) doc = fhir_parse(
		    sqlite3_column_blob(st, 1),
		    (size_t)sqlite3_column_bytes(st, 1), NULL, NULL);
		int64_t n = sqlite3_column_int64(st, 0);
		ok = !doc || db_run(in->store, error, set, "ii", n,
		    (int64_t)addressed_to_me(in->store, fhir_root(doc)));
		touch(in->consults, n);
	}
	db_done(st);
	return ok && !failed;
}

static gboolean
reports_again(struct ingest *in, GError **error)
{
	static const char sql[] = "SELECT n FROM report";
	sqlite3_stmt *st = db_query(in->store, error, sql, "");
	gboolean failed = FALSE;

	while (st && db_row(in->store, st, &failed, error))
		touch(in->reports, sqlite3_column_int64(st, 0));
	db_done(st);
	return st && !failed;
}

static gboolean
me_put(struct ingest *in, void *data, GError **error)
{
	struct me_change *change = data;
	struct store *store = in->store;

	if (!db_run(store, error, set_sql, "ss", "me.name", change->name) ||
	    !db_run(store, error, set_sql, "ss", "me.specialty",
	    change->specialty))
		return FALSE;
	if (!refs_same(store, change->refs)) {
		if (!refs_put(store, change->refs, error))
			return FALSE;
		store->me_known = FALSE;
		if (!me_load(store, error) ||
		    !roles_again(in, error) || !headers_again(in, error) ||
		    !reports_again(in, error) || !scripts_again(in, error) ||
		    !rx_tasks_again(in, error))
			return FALSE;
	}
	store->me_known = FALSE;
	return me_load(store, error);
}

gboolean
store_me_set(struct store *store, const char *const *refs, const char *name,
    const char *specialty, GError **error)
{
	struct me_change change = { refs, name, specialty };

	return ingest_transact(store, DB_DURABLE, me_put, &change, error);
}

/* The other program may have learnt who I am. */
static void
me_fresh(struct store *store)
{
	db_fresh(store);
	me_load(store, NULL);
}

char *
store_me_ref(struct store *store)
{
	me_fresh(store);
	return g_strdup(store->me_ref);
}

char *
store_me_name(struct store *store)
{
	me_fresh(store);
	return g_strdup(store->me_name);
}

char *
store_me_specialty(struct store *store)
{
	me_fresh(store);
	return g_strdup(store->me_specialty);
}

/* ---- policy and notes --------------------------------------------------- */

/* Where the rows of a kind are worked out from. */
static GHashTable **
lane_set(struct ingest *in, int kind)
{
	GHashTable **const sets[QUEUE_KINDS_] = {
		[QUEUE_CONSULT] = &in->consults,
		[QUEUE_RENEWAL] = &in->tasks,
		[QUEUE_REJECTED] = &in->tasks,
		[QUEUE_RESULT] = &in->reports,
	};

	return sets[CLAMP(kind, 0, QUEUE_KINDS_ - 1)];
}

static gboolean
policy_put(struct ingest *in, void *data, GError **error)
{
	static const char owed[] = "SELECT key, kind FROM queue WHERE rank=0";
	struct store *store = in->store;
	const int *hours = data;
	g_autofree char *text = g_strdup_printf(HOUR_FORMAT, hours[0],
	    hours[1], hours[2], hours[3]);
	gboolean failed = FALSE;
	sqlite3_stmt *st;

	if (!db_run(store, error, set_sql, "ss", "hours", text))
		return FALSE;
	memcpy(store->hours, hours, sizeof store->hours);
	st = db_query(store, error, owed, "");
	while (st && db_row(store, st, &failed, error))
		touch(*lane_set(in, sqlite3_column_int(st, 1)),
		    sqlite3_column_int64(st, 0));
	db_done(st);
	return st && !failed;
}

gboolean
store_policy_set(struct store *store, const int hours[4], GError **error)
{
	int copy[4];

	me_fresh(store);
	if (memcmp(hours, store->hours, sizeof copy) == 0)
		return TRUE;
	memcpy(copy, hours, sizeof copy);
	return ingest_transact(store, DB_NORMAL, policy_put, copy, error);
}

enum { REPORTS_A_SLICE = 200 };

struct answers { int64_t from_ms, at; };

static gboolean
answers_put(struct ingest *in, void *data, GError **error)
{
	static const char sql[] = "SELECT n FROM report WHERE n>?1"
	    " ORDER BY n LIMIT ?2";
	struct answers *answers = data;
	g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT,
	    answers->from_ms);
	gboolean failed = FALSE;
	sqlite3_stmt *st;
	int some = 0;

	if (!db_run(in->store, error, set_sql, "ss", "answers.from", text))
		return FALSE;
	in->store->answers_from_ms = answers->from_ms;
	st = db_query(in->store, error, sql, "ii", answers->at,
	    (int64_t)REPORTS_A_SLICE);
	for (; st && db_row(in->store, st, &failed, error); some++) {
		answers->at = sqlite3_column_int64(st, 0);
		touch(in->reports, answers->at);
	}
	db_done(st);
	if (some < REPORTS_A_SLICE)
		answers->at = 0;
	return st && !failed;
}

gboolean
store_answers_from(struct store *store, int64_t from_ms, int64_t *cursor,
    GError **error)
{
	struct answers answers = { from_ms, *cursor };

	me_fresh(store);
	if (*cursor == 0 && from_ms == store->answers_from_ms)
		return TRUE;
	if (!ingest_transact(store, DB_NORMAL, answers_put, &answers, error))
		return FALSE;
	*cursor = answers.at;
	return TRUE;
}

struct note { const char *key, *text; };

static gboolean
note_put(struct store *store, void *data, GError **error)
{
	static const char drop[] = "DELETE FROM meta WHERE key=?1";
	const struct note *note = data;

	if (!note->text)
		return db_run(store, error, drop, "s", note->key);
	return db_run(store, error, set_sql, "ss", note->key, note->text);
}

gboolean
store_note_set(struct store *store, const char *key, const char *text,
    GError **error)
{
	g_autofree char *name = g_strconcat("note.", key, NULL);
	struct note note = { name, text };

	return db_transact(store, DB_NORMAL, note_put, &note, error);
}

char *
store_note_get(struct store *store, const char *key)
{
	g_autofree char *name = g_strconcat("note.", key, NULL);

	return db_text(store, NULL, get_sql, "s", name);
}
