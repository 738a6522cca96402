/* SPDX-License-Identifier: Apache-2.0 */
/* Records of one person, and persons of one name. */
#include "store/ingest.h"

/* Links either way: whichever record says it, both are read. */
static const char family_sql[] = "WITH RECURSIVE family(n) AS (VALUES(?1)"
    " UNION SELECT b FROM link JOIN family ON a = family.n WHERE kind <= 3"
    " UNION SELECT a FROM link JOIN family ON b = family.n WHERE kind <= 3"
    " LIMIT 64) SELECT n FROM family";

GArray *
patient_family(struct store *store, int64_t patient, GError **error)
{
	g_autoptr(GArray) family = g_array_new(FALSE, FALSE, sizeof(int64_t));
	sqlite3_stmt *st = db_query(store, error, family_sql, "i", patient);
	gboolean failed = FALSE;

	while (st && db_row(store, st, &failed, error)) {
		int64_t n = sqlite3_column_int64(st, 0);
		g_array_append_val(family, n);
	}
	db_done(st);
	return st && !failed ? g_steal_pointer(&family) : NULL;
}

static gboolean
holds(const GArray *numbers, int64_t n)
{
	for (guint i = 0; i < numbers->len; i++)
		if (g_array_index(numbers, int64_t, i) == n)
			return TRUE;
	return FALSE;
}

/* All of a name; those beyond need no look, some pair is alike by then. */
#define NAMED_ALIKE_MAX 64

static GArray *
namesakes(struct store *store, const char *fold, GError **error)
{
	static const char sql[] = "SELECT n FROM patient WHERE fold=?1 LIMIT ?2";
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(int64_t));
	sqlite3_stmt *st = db_query(store, error, sql, "si", fold,
	    (int64_t)NAMED_ALIKE_MAX);
	gboolean failed = FALSE;

	while (st && db_row(store, st, &failed, error)) {
		int64_t n = sqlite3_column_int64(st, 0);
		g_array_append_val(all, n);
	}
	db_done(st);
	return st && !failed ? g_steal_pointer(&all) : NULL;
}

/* Two of the name who are not one person make all of them alike. */
gboolean
alike_refresh(struct store *store, const char *fold, GError **error)
{
	static const char set[] = "UPDATE patient SET alike=?2"
	    " WHERE fold=?1 AND alike=1-?2";
	g_autoptr(GArray) all = namesakes(store, fold, error);
	g_autoptr(GArray) family = NULL;
	int64_t alike = 0;

	if (!all)
		return FALSE;
	if (all->len == 0)
		return TRUE;
	if (all->len > 1) {
		family = patient_family(store,
		    g_array_index(all, int64_t, 0), error);
		if (!family)
			return FALSE;
	}
	for (guint i = 1; i < all->len; i++)
		alike |= !holds(family, g_array_index(all, int64_t, i));
	return db_run(store, error, set, "si", fold, alike);
}
