/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "store/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The words of the JSON; index by enum file_state. */
static const char *const state_words[] = {
	[FILE_WANTED] = "wanted", [FILE_HERE] = "here", [FILE_GONE] = "gone",
	[FILE_REFUSED] = "refused", [FILE_TOO_LARGE] = "too-large",
	[FILE_ODD] = "not-understood", [FILE_AWAY] = "away",
};

static const char *const sentences[] = {
	[FILE_WANTED] = N_("The server could not be reached, so the file is not "
	    "here yet; the next sync brings it."),
	[FILE_GONE] = N_("The server does not have this file any more."),
	[FILE_REFUSED] = N_("The server does not give this file to your login."),
	[FILE_TOO_LARGE] = N_("The file is larger than body_cap_bytes allows, so "
	    "it was not fetched."),
	[FILE_ODD] = N_("What the server gave for this file is none."),
	[FILE_AWAY] = N_("The file is not here yet."),
};

/* ---- the list ----------------------------------------------------------- */

static void
list_json(const GPtrArray *rows)
{
	g_autoptr(GString) out = g_string_new(NULL);
	struct cli_json j = { .out = out, .pretty = TRUE };

	cli_json_array(&j, NULL);
	for (guint i = 0; i < rows->len; i++) {
		const struct file_row *row = rows->pdata[i];

		cli_json_object(&j, NULL);
		cli_json_int(&j, "number", (int64_t)i + 1);
		cli_json_text(&j, "title", row->title);
		cli_json_text(&j, "content_type", row->content_type);
		cli_json_int(&j, "size_bytes", MAX(row->size_bytes, 0));
		cli_json_text(&j, "state", state_words[row->state]);
		cli_json_close(&j, '}');
	}
	cli_json_close(&j, ']');
	puts(out->str);
}

static void
list_text(const GPtrArray *rows)
{
	for (guint i = 0; i < rows->len; i++) {
		const struct file_row *row = rows->pdata[i];
		g_autofree char *title = base_text_show(row->title ?
		    row->title : _("(no title)"), -1, BASE_ONE_LINE);
		g_autofree char *type = base_text_show(row->content_type ?
		    row->content_type : "", -1, BASE_ONE_LINE);

		printf("%u  %s  %s", i + 1, title, type);
		if (row->size_bytes > 0)
			printf("  %" G_GINT64_FORMAT " B",
			    (gint64)row->size_bytes);
		putchar('\n');
	}
}

/* ---- one ---------------------------------------------------------------- */

/* What a sync prints is not what was asked for. */
static gboolean
fetch(struct cli *cli, GError **error)
{
	static const char *const args[] = { "--once", NULL };
	BASE_AUTO(base_secret) key = cli_key(cli, CLI_ASK_TERMINAL, error);
	int out, code;

	if (!key)
		return FALSE;
	fflush(stdout);
	out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	dup2(STDERR_FILENO, STDOUT_FILENO);
	code = cli_run_sync(cli, key, args, error);
	dup2(out, STDOUT_FILENO);
	close(out);
	return code >= 0;
}

static GPtrArray *
rows_of(struct store *store, const char *id, GError **error)
{
	g_autofree char *ref = strchr(id, '/') ? g_strdup(id) :
	    g_strconcat("Communication/", id, NULL);
	g_autofree char *version = NULL;
	struct fhir_ref parsed;

	if (fhir_ref_parse(ref, &parsed))
		version = store_version(store, parsed.type, parsed.id);
	if (version)
		return store_files(store, ref, error);
	g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND,
	    "no such resource");
	return NULL;
}

static GBytes *
bytes_of(struct cli *cli, struct store *store, const char *id, guint at,
    GError **error)
{
	g_autoptr(GPtrArray) rows = rows_of(store, id, error);
	struct file_row *row = rows && at < rows->len ? rows->pdata[at] : NULL;
	GBytes *bytes;

	if (!row) {
		if (rows)
			g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE,
			    _("There is no attachment of that number."));
		return NULL;
	}
	if (row->state != FILE_HERE) {
		if (!store_file_want(store, row, error) || !fetch(cli, error))
			return NULL;
		g_ptr_array_unref(rows);
		rows = rows_of(store, id, error);
		row = rows && at < rows->len ? rows->pdata[at] : NULL;
	}
	bytes = row ? store_file_bytes(store, row, base_now_ms(), error) : NULL;
	if (row && !bytes && error && !*error)
		g_set_error(error, CLI_ERROR, CLI_ERROR_NO_FILE, "%s",
		    _(sentences[row->state]));
	return bytes;
}

/* Only the doctor's, and never over what is there. */
static gboolean
save(GBytes *bytes, const char *path, GError **error)
{
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
	    0600) : STDOUT_FILENO;
	gsize left;
	const char *at = g_bytes_get_data(bytes, &left);
	gboolean fine = fd >= 0;

	while (fine && left) {
		ssize_t n = write(fd, at, left);

		fine = n > 0 || errno == EINTR;
		if (n > 0) {
			at += n;
			left -= (gsize)n;
		}
	}
	if (!fine)
		g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE,
		    _("The file could not be written to %s: %s."),
		    path ? path : _("standard output"), g_strerror(errno));
	if (path && fd >= 0)
		close(fd);
	return fine;
}

static gboolean
attachment(struct cli *cli, const char *id, const char *number,
    const char *path, gboolean as_json, GError **error)
{
	BASE_AUTO(store) store = cli_store(cli, error);
	g_autoptr(GPtrArray) rows = NULL;
	g_autoptr(GBytes) bytes = NULL;

	if (!store)
		return FALSE;
	if (!number) {
		rows = rows_of(store, id, error);
		if (rows && as_json)
			list_json(rows);
		else if (rows)
			list_text(rows);
		return rows != NULL;
	}
	if (!path && isatty(STDOUT_FILENO)) {
		g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE,
		    _("A file is not for the terminal: give --output FILE."));
		return FALSE;
	}
	bytes = bytes_of(cli, store, id,
	    (guint)g_ascii_strtoull(number, NULL, 10) - 1, error);
	return bytes && save(bytes, path, error);
}

static int
attachment_run(struct cli *cli, int argc, char **argv)
{
	g_autofree char *path = NULL;
	gboolean as_json = FALSE;
	const GOptionEntry entries[] = {
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &path,
		    N_("write it to this new file"), "FILE" },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &as_json,
		    N_("print the list as JSON"), NULL },
		{ NULL },
	};
	GError *error = NULL;
	int code;

	if (!cli_options(&cli_cmd_attachment, entries, &argc, &argv, &code))
		return code;
	if (argc < 2 || argc > 3 || (argc == 2 && path)) {
		fprintf(stderr, _("qingnang attachment: give the message's ref, "
		    "as `qingnang show --json` prints it, and which of its "
		    "files.\n"));
		return BASE_EXIT_USAGE;
	}
	return attachment(cli, argv[1], argv[2], path, as_json, &error) ?
	    BASE_EXIT_OK : cli_fail(error);
}

const struct cli_command cli_cmd_attachment = {
	.name = "attachment",
	.args = "ID [NUMBER] [--output FILE] [--json]",
	.summary = N_("list or fetch the files of a message or result"),
	.needs_profile = TRUE,
	.words = 2,
	.run = attachment_run,
};
