/* SPDX-License-Identifier: Apache-2.0 */
/* notmuch over the same texts: another program's search, made for mail. */
#include "store/db.h"
#include "tests/bench/figure.h"
#include "tests/bench/mail.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

/* A file each, four milliseconds each to index: a fiftieth of the messages is what
 * the time of a run allows. */
enum { MAILS = 20000, ROUNDS = 5 };

static void
run(const char *config, const char *const *args, double *us)
{
	g_auto(GStrv) env = g_environ_setenv(g_environ_setenv(g_get_environ(),
	    "NOTMUCH_CONFIG", config, TRUE), "XAPIAN_CJK_NGRAM", "1", TRUE);
	g_autoptr(GError) error = NULL;
	gint64 start = g_get_monotonic_time();
	int status = 0;

	if (!g_spawn_sync(NULL, (char **)args, env, G_SPAWN_SEARCH_PATH |
	    G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
	    NULL, NULL, NULL, &status, &error) || status != 0)
		bench_die("notmuch", error);
	*us = (double)(g_get_monotonic_time() - start);
}

static void
mail_write(const char *dir, sqlite3_stmt *st, int i)
{
	g_autoptr(GDateTime) when = g_date_time_new_from_unix_utc(
	    sqlite3_column_int64(st, 1) / 1000);
	g_autofree char *date = g_date_time_format(when,
	    "%a, %d %b %Y %H:%M:%S +0000");
	g_autofree char *path = g_strdup_printf("%s/cur/%d:2,S", dir, i);
	g_autofree char *mail = g_strdup_printf("From: a@example.org\n"
	    "To: b@example.org\nSubject: -\nDate: %s\nMessage-ID: "
	    "<%d@example.org>\nMIME-Version: 1.0\nContent-Type: text/plain; "
	    "charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n%s\n", date, i,
	    db_col(st, 0));

	if (!g_file_set_contents_full(path, mail, -1,
	    G_FILE_SET_CONTENTS_NONE, 0600, NULL))
		bench_die("mail", NULL);
}

static void
maildir_make(struct store *store, const char *dir)
{
	static const char sql[] = "SELECT text, sent FROM message"
	    " ORDER BY n DESC LIMIT ?1";
	static const char *const parts[] = { "cur", "new", "tmp" };
	sqlite3_stmt *st = db_query(store, NULL, sql, "i", (int64_t)MAILS);
	gboolean failed = FALSE;

	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
		g_autofree char *path = g_build_filename(dir, parts[i], NULL);

		g_mkdir_with_parents(path, 0700);
	}
	for (int i = 0; db_row(store, st, &failed, NULL); i++)
		mail_write(dir, st, i);
	db_done(st);
}

static void
searches(const char *config, const char *const *words, size_t n)
{
	struct samples found = { 0 }, floor = { 0 };
	g_autofree char *beside = NULL;
	double us;

	for (int i = 0; i < ROUNDS; i++)
		for (size_t k = 0; k < n; k++) {
			const char *const search[] = { "notmuch", "search",
				"--limit=50", "--output=messages", words[k],
				NULL };
			const char *const nothing[] = { "notmuch", "search",
				"--limit=1", "id:none", NULL };

			run(config, search, &us);
			samples_add(&found, us);
			run(config, nothing, &us);
			samples_add(&floor, us);
		}
	beside = g_strdup_printf("of which %.1f for its start and a look at "
	    "nothing; p99 %.1f", samples_quantile(&floor, .5) / 1000,
	    samples_quantile(&found, .99) / 1000);
	figure("the same by notmuch, a fiftieth as mail, p50",
	    samples_quantile(&found, .5) / 1000, "ms", FIGURE_NO_LIMIT, 0,
	    beside);
	samples_clear(&found);
	samples_clear(&floor);
}

void
mail_bench(struct store *store, const char *dir, const char *const *words,
    size_t n)
{
	g_autofree char *program = g_find_program_in_path("notmuch");
	g_autofree char *root = g_canonicalize_filename(dir, NULL);
	g_autofree char *mail = g_build_filename(root, "mail", NULL);
	g_autofree char *config = g_build_filename(dir, "notmuch.conf", NULL);
	g_autofree char *text = g_strdup_printf("[database]\npath=%s\n"
	    "[new]\ntags=\n[search]\nexclude_tags=\n", mail);
	const char *const new[] = { "notmuch", "new", "--quiet", NULL };
	g_autofree char *made = NULL;
	double us;

	if (!program) {
		printf("notmuch is not on this machine: not compared\n");
		return;
	}
	maildir_make(store, mail);
	if (!g_file_set_contents(config, text, -1, NULL))
		bench_die("notmuch's configuration", NULL);
	run(config, new, &us);
	made = g_strdup_printf("%d mails, in %.0f s", MAILS, us / 1e6);
	figure("notmuch's index", us / MAILS, "us/mail", FIGURE_NO_LIMIT, 0,
	    made);
	searches(config, words, n);
}
