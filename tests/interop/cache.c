/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For the interop suites, what a screen would do or see, on a profile that has a
 * passphrase command:
 *   cache read PROFILE ID    marks the messages of a thread as read
 *   cache dump PROFILE DIR   writes each cached resource to DIR/TYPE-ID.json
 */
#include <stdio.h>
#include <string.h>

#include "store/db.h"

static struct store *
open_cache(const char *profile, GError **error)
{
	g_autofree char *config = base_profile_config_path(profile);
	g_autofree char *dir = base_profile_state_dir(profile, error);
	BASE_AUTO(base_settings) settings = dir ?
	    base_settings_load(config, error) : NULL;
	BASE_AUTO(base_secret) pass = settings ? base_secret_from_command(
	    base_setting(settings, SET_PASSPHRASE_COMMAND), error) : NULL;
	BASE_AUTO(base_secret) key = pass ? vault_slot_open(dir, pass, error) :
	    NULL;

	return key ? store_open(dir, key, STORE_SCREEN, error) : NULL;
}

static gboolean
read_thread(struct store *store, const char *id, GError **error)
{
	g_autofree char *ref = g_strdup_printf("Communication/%s", id);
	BASE_AUTO(thread) thread = store_thread(store,
	    store_consult_find(store, ref), 1000, error);
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE,
	    sizeof(struct message_id));

	for (size_t i = 0; thread && i < thread->n; i++)
		if (thread->messages[i].unread)
			g_array_append_val(ids, thread->messages[i].id);
	printf("%u unread\n", ids->len);
	return thread && store_read(store, (struct message_id *)(void *)
	    ids->data, ids->len, base_now_ms(), error);
}

static gboolean
dump_one(struct store *store, const char *type, const char *id,
    const char *dir, GError **error)
{
	g_autofree char *name = g_strdup_printf("%s-%s.json", type, id);
	g_autofree char *path = g_build_filename(dir, name, NULL);
	size_t len = 0;
	g_autofree char *bytes = store_body(store, type, id, &len, error);

	return bytes && g_file_set_contents(path, bytes, (gssize)len, error);
}

static gboolean
dump(struct store *store, const char *dir, GError **error)
{
	static const char sql[] = "SELECT type, id FROM resource WHERE here";
	sqlite3_stmt *st = db_query(store, error, sql, "");
	gboolean failed = FALSE;

	while (st && !failed && db_row(store, st, &failed, error))
		failed = !dump_one(store,
		    (const char *)sqlite3_column_text(st, 0),
		    (const char *)sqlite3_column_text(st, 1), dir, error);
	db_done(st);
	return st && !failed;
}

static const struct {
	const char *name;
	gboolean (*run)(struct store *store, const char *arg, GError **error);
} verbs[] = {
	{ "read", read_thread },
	{ "dump", dump },
};

int
main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	BASE_AUTO(store) store = argc == 4 ? open_cache(argv[2], &error) : NULL;

	for (size_t i = 0; store && i < G_N_ELEMENTS(verbs); i++)
		if (strcmp(argv[1], verbs[i].name) == 0 &&
		    verbs[i].run(store, argv[3], &error))
			return 0;
	fprintf(stderr, "cache: %s\n", error ? error->message : "failed");
	return 1;
}
