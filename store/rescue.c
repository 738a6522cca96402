/* SPDX-License-Identifier: Apache-2.0 */
/*
 * After damage: the files are moved aside, a new cache is made, and what a
 * doctor wrote is saved into it row by row, each proved by its hash. The server
 * fills the rest.
 */
#include "store/fact.h"
#include "store/file_room.h"
#include "store/line.h"
#include "store/rx_row.h"
#include "store/sign.h"
#include "store/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

static gboolean
move(const char *from, const char *to, GError **error)
{
	if (g_rename(from, to) == 0 || errno == ENOENT)
		return TRUE;
	g_set_error(error, STORE_ERROR, STORE_ERROR_IO,
	    "moving %s aside: %s", from, g_strerror(errno));
	return FALSE;
}

/* The WAL belongs to its file and follows it; the -shm is made anew. The name
 * is free even when two rescues fall into one second. */
static char *
move_aside(const char *path, GError **error)
{
	g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(
	    base_now_ms() / 1000);
	g_autofree char *date = g_date_time_format(now, "%Y%m%d-%H%M%S");
	g_autofree char *aside = g_strdup_printf("%s.damaged-%s", path, date);
	g_autofree char *wal = g_strconcat(path, "-wal", NULL);
	g_autofree char *shm = g_strconcat(path, "-shm", NULL);
	g_autofree char *dir = g_path_get_dirname(path);
	g_autofree char *noted = store_damage_path(dir);
	g_autofree char *aside_wal = NULL;

	for (int i = 2; g_file_test(aside, G_FILE_TEST_EXISTS); i++) {
		g_free(aside);
		aside = g_strdup_printf("%s.damaged-%s-%d", path, date, i);
	}
	aside_wal = g_strconcat(aside, "-wal", NULL);
	if (!move(wal, aside_wal, error) || !move(path, aside, error))
		return NULL;
	g_unlink(shm);
	g_unlink(noted);
	return g_steal_pointer(&aside);
}

/* ---- reading what can be read ------------------------------------------- */

typedef gboolean (*save_fn)(struct store *into, sqlite3_stmt *row,
    gboolean *saved, GError **error);

struct source {
	const char *numbers_up, *numbers_down, *row;
	save_fn save;
};

static gboolean
draft_save(struct store *into, sqlite3_stmt *st, gboolean *saved,
    GError **error)
{
	unsigned char hash[HASH_BYTES];
	struct note_row row = { .thread_ref = db_col(st, 0),
		.patient_ref = db_col(st, 1), .text = db_col(st, 2),
		.caret = sqlite3_column_int64(st, 3),
		.saved_ms = sqlite3_column_int64(st, 4) };

	draft_hash(&row, hash);
	if (!row.thread_ref || !row.text || !hash_matches(st, 5, hash))
		return TRUE;
	*saved = TRUE;
	return number_of_text(into, row.thread_ref, &row.thread, error) &&
	    number_of_text(into, row.patient_ref, &row.patient, error) &&
	    draft_put(into, &row, error);
}

static gboolean
letter_save(struct store *into, sqlite3_stmt *st, gboolean *saved,
    GError **error)
{
	static const char more[] = "UPDATE outbox SET attempts=?2, reason=?3"
	    " WHERE n=?1";
	struct letter letter;
	int64_t n;

	if (!letter_read(st, 0, &letter))
		return TRUE;
	*saved = TRUE;
	return number_of_text(into, letter.thread_ref, &letter.thread, error) &&
	    number_of_text(into, letter.patient_ref, &letter.patient, error) &&
	    letter_put(into, &letter, (enum outbox_state)CLAMP(
	    sqlite3_column_int(st, LETTER_COUNT), OUTBOX_WAITING,
	    OUTBOX_FAILED), &n, error) &&
	    db_run(into, error, more, "iis", n,
	    sqlite3_column_int64(st, LETTER_COUNT + 1),
	    db_col(st, LETTER_COUNT + 2));
}

static gboolean
line_save(struct store *into, sqlite3_stmt *st, gboolean *saved,
    GError **error)
{
	struct line_row row;

	if (!line_read(st, &row))
		return TRUE;
	*saved = TRUE;
	return number_of_text(into, row.patient_ref, &row.patient, error) &&
	    line_put(into, &row, error);
}

static gboolean
fact_save(struct store *into, sqlite3_stmt *st, gboolean *saved,
    GError **error)
{
	struct fact_row row;

	if (!fact_read(st, 0, &row))
		return TRUE;
	*saved = TRUE;
	return number_of_text(into, row.thread_ref, &row.thread, error) &&
	    fact_put(into, &row, error);
}

static gboolean
rx_save(struct store *into, sqlite3_stmt *st, gboolean *saved, GError **error)
{
	struct rx_own own;
	int64_t patient, n;

	if (!rx_own_read(st, 0, &own) || !own.identifier || !own.bytes)
		return TRUE;
	*saved = TRUE;
	return number_of_text(into, own.patient_ref, &patient, error) &&
	    rx_own_put(into, &own, patient, (enum rx_local)CLAMP(
	    sqlite3_column_int(st, RX_OWN_COUNT), RX_LOCAL_PENDED,
	    RX_LOCAL_DONE), &n, error);
}

/* Bound by the letter's identifier, which stays. */
static gboolean
own_file_save(struct store *into, sqlite3_stmt *st, gboolean *saved,
    GError **error)
{
	struct own_row row;

	if (!own_read(st, &row) || !row.thread_ref || !row.letter ||
	    !row.binary)
		return TRUE;
	*saved = TRUE;
	return number_of_text(into, row.thread_ref, &row.thread, error) &&
	    number_of_text(into, row.patient_ref, &row.patient, error) &&
	    own_put(into, &row, error);
}

static const struct source own_files = {
	"SELECT n FROM own_file NOT INDEXED WHERE n > ?1 ORDER BY n LIMIT 1",
	"SELECT n FROM own_file NOT INDEXED WHERE n < ?1 ORDER BY n DESC"
	" LIMIT 1",
	"SELECT " OWN_COLUMNS " FROM own_file NOT INDEXED WHERE n=?1",
	own_file_save,
};

static const struct source drafts = {
	"SELECT thread FROM draft WHERE thread > ?1 ORDER BY thread LIMIT 1",
	"SELECT thread FROM draft WHERE thread < ?1 ORDER BY thread DESC"
	" LIMIT 1",
	"SELECT thread_ref, patient_ref, text, caret, saved, hash FROM draft"
	" WHERE thread=?1",
	draft_save,
};
static const struct source letters = {
	"SELECT n FROM outbox NOT INDEXED WHERE n > ?1 ORDER BY n LIMIT 1",
	"SELECT n FROM outbox NOT INDEXED WHERE n < ?1 ORDER BY n DESC LIMIT 1",
	"SELECT " LETTER_COLUMNS ", state, attempts, reason FROM outbox"
	" NOT INDEXED WHERE n=?1 AND state < 3",
	letter_save,
};

/* Without its key a doctor makes a new one; without the public keys his own old
 * signatures are a stranger's. */
static const struct source signers = {
	"SELECT n FROM signer WHERE n > ?1 ORDER BY n LIMIT 1",
	"SELECT n FROM signer WHERE n < ?1 ORDER BY n DESC LIMIT 1",
	"SELECT " SIGNER_COLUMNS " FROM signer WHERE n=?1",
	signer_row_save,
};
static const struct source signers_known = {
	"SELECT n FROM signer_public WHERE n > ?1 ORDER BY n LIMIT 1",
	"SELECT n FROM signer_public WHERE n < ?1 ORDER BY n DESC LIMIT 1",
	"SELECT thumbprint, jwk, words, from_ms, hash FROM signer_public"
	" NOT INDEXED WHERE n=?1",
	signer_public_save,
};

static const struct source lines = {
	"SELECT patient FROM line WHERE patient > ?1 ORDER BY patient LIMIT 1",
	"SELECT patient FROM line WHERE patient < ?1 ORDER BY patient DESC"
	" LIMIT 1",
	"SELECT " LINE_COLUMNS " FROM line WHERE patient=?1",
	line_save,
};
static const struct source facts = {
	"SELECT n FROM fact NOT INDEXED WHERE n > ?1 ORDER BY n LIMIT 1",
	"SELECT n FROM fact NOT INDEXED WHERE n < ?1 ORDER BY n DESC LIMIT 1",
	"SELECT " FACT_COLUMNS " FROM fact WHERE n=?1",
	fact_save,
};
static const struct source prescriptions = {
	"SELECT n FROM rx NOT INDEXED WHERE n > ?1 ORDER BY n LIMIT 1",
	"SELECT n FROM rx NOT INDEXED WHERE n < ?1 ORDER BY n DESC LIMIT 1",
	"SELECT " RX_OWN_COLUMNS ", local FROM rx NOT INDEXED WHERE n=?1"
	" AND own",
	rx_save,
};

/* The next number in a direction; FALSE at the end or where it cannot be read,
 * and then *broken. */
static gboolean
next_row(sqlite3 *from, const char *sql, int64_t *at, gboolean *broken)
{
	sqlite3_stmt *st = NULL;
	gboolean found = FALSE;
	int rc = sqlite3_prepare_v2(from, sql, -1, &st, NULL);

	if (rc == SQLITE_OK) {
		sqlite3_bind_int64(st, 1, *at);
		rc = sqlite3_step(st);
	}
	if (rc == SQLITE_ROW) {
		found = TRUE;
		*at = sqlite3_column_int64(st, 0);
	}
	/* SQLITE_ERROR: an older cache, which has no such table. */
	*broken |= rc != SQLITE_ROW && rc != SQLITE_DONE && rc != SQLITE_ERROR;
	sqlite3_finalize(st);
	return found;
}

struct salvage {
	sqlite3 *from;
	const struct source *source;
	GHashTable *numbers;
	int saved, lost;
};

/* From both ends, so that one bad page costs only itself. */
static void
numbers_collect(struct salvage *s)
{
	gboolean broken = FALSE;

	for (int64_t at = INT64_MIN; next_row(s->from, s->source->numbers_up,
	    &at, &broken); )
		touch(s->numbers, at);
	if (!broken)
		return;
	for (int64_t at = INT64_MAX; next_row(s->from,
	    s->source->numbers_down, &at, &broken); )
		touch(s->numbers, at);
	s->lost++;
}

static gboolean
row_save(struct store *into, struct salvage *s, int64_t n, GError **error)
{
	sqlite3_stmt *st = NULL;
	gboolean saved = FALSE, ok = TRUE;
	int rc = sqlite3_prepare_v2(s->from, s->source->row, -1, &st, NULL);

	if (rc == SQLITE_OK) {
		sqlite3_bind_int64(st, 1, n);
		rc = sqlite3_step(st);
	}
	if (rc == SQLITE_ROW)
		ok = s->source->save(into, st, &saved, error);
	sqlite3_finalize(st);
	s->saved += saved;
	s->lost += rc != SQLITE_DONE && !saved;
	return ok;
}

static gint
by_number(gconstpointer a, gconstpointer b)
{
	intptr_t x = *(const intptr_t *)a, y = *(const intptr_t *)b;

	return x < y ? -1 : x > y;
}

static gboolean
salvage_run(struct store *into, void *data, GError **error)
{
	struct salvage *s = data;
	g_autofree gpointer *keys = NULL;
	guint len;

	numbers_collect(s);
	keys = g_hash_table_get_keys_as_array(s->numbers, &len);
	/* The order of letters within a thread is the order of numbers. */
	qsort(keys, len, sizeof *keys, (int (*)(const void *, const void *))
	    by_number);
	for (guint i = 0; i < len; i++)
		if (!row_save(into, s, (intptr_t)keys[i], error))
			return FALSE;
	return TRUE;
}

static gboolean
salvage(struct store *into, sqlite3 *from, const struct source *source,
    int *saved, int *lost, GError **error)
{
	struct salvage s = { .from = from, .source = source };
	gboolean ok;

	s.numbers = g_hash_table_new(g_direct_hash, g_direct_equal);
	ok = db_transact(into, DB_DURABLE, salvage_run, &s, error);
	g_hash_table_unref(s.numbers);
	*saved = s.saved;
	*lost += s.lost;
	return ok;
}

/* ---- the rebuild -------------------------------------------------------- */

/* The settings of who I am come again with the first sync. */
static gboolean
save_from(struct store *into, const char *aside, const struct base_secret *key,
    struct store_rescue *report, GError **error)
{
	sqlite3 *from = NULL;
	int keys = 0; /* not what a doctor wrote: not counted */
	int typed = 0, quoted = 0;
	gboolean ok;

	/* A file that will not open at all has nothing to give. */
	if (vault_open(aside, key, &from, NULL) != SQLITE_OK) {
		report->unread = TRUE;
		return TRUE;
	}
	ok = salvage(into, from, &drafts, &report->drafts,
	    &report->lost_known, error) &&
	    salvage(into, from, &letters, &report->outbox,
	    &report->lost_known, error) &&
	    salvage(into, from, &prescriptions, &report->prescriptions,
	    &report->lost_known, error) &&
	    salvage(into, from, &lines, &typed, &report->lost_known, error) &&
	    salvage(into, from, &facts, &quoted, &report->lost_known, error) &&
	    salvage(into, from, &own_files, &quoted, &report->lost_known,
	    error) &&
	    salvage(into, from, &signers, &keys, &report->lost_known, error) &&
	    salvage(into, from, &signers_known, &keys, &report->lost_known,
	    error);
	report->drafts += typed;
	sqlite3_close(from);
	return ok;
}

static struct store *
rebuild(const char *dir, const struct base_secret *key, enum store_role role,
    struct store_rescue *report, GError **error)
{
	g_autofree char *path = store_cache_path(dir);
	BASE_AUTO(store) store = NULL;

	report->aside = move_aside(path, error);
	if (!report->aside)
		return NULL;
	store = store_open(dir, key, role, error);
	if (!store || !save_from(store, report->aside, key, report, error)) {
		g_clear_pointer(&report->aside, g_free);
		return NULL;
	}
	return g_steal_pointer(&store);
}

/* Two programs may meet the damage at once; the second finds a whole cache. */
struct store *
store_rebuild(const char *dir, const struct base_secret *key,
    enum store_role role, struct store_rescue *report, GError **error)
{
	struct store_rescue own = { 0 };
	struct store *store;
	int turn = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (turn >= 0)
		flock(turn, LOCK_EX);
	store = store_open(dir, key, role, NULL);
	if (!store)
		store = rebuild(dir, key, role, &own, error);
	if (turn >= 0)
		close(turn);
	if (report)
		*report = own;
	else
		g_free(own.aside);
	return store;
}
