/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "tui/labs.h"
#include "store/file.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A reply as typed by a person; pictures and files go another way. */
#define REPLY_MAX_BYTES (256 * 1024)

static char *
read_stdin(size_t *len_out, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);
	char block[4096];
	size_t n;

	while ((n = fread(block, 1, sizeof block, stdin)) > 0) {
		g_string_append_len(text, block, (gssize)n);
		if (text->len > REPLY_MAX_BYTES) {
			g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE,
			    _("The reply is longer than %d KB; send it in "
			      "parts."), REPLY_MAX_BYTES / 1024);
			return NULL;
		}
	}
	/* The newline that echo and editors add is not part of the reply. */
	if (text->len && text->str[text->len - 1] == '\n')
		g_string_truncate(text, text->len - 1);
	*len_out = text->len;
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static gboolean
text_ok(const char *text, size_t len, GError **error)
{
	/* A NUL is refused too: the text would end there unsaid. */
	if (!g_utf8_validate_len(text, len, NULL)) {
		g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE, _("The reply is "
		    "not UTF-8 text, so nothing was queued."));
		return FALSE;
	}
	/* FHIR's strings hold none, and a terminal's colours tell nobody. */
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if ((c >= 0x20 && c != 0x7f) || strchr("\t\n\r", c))
			continue;
		g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE, _("The reply "
		    "holds control characters, so nothing was queued."));
		return FALSE;
	}
	return TRUE;
}

/* ---- files -------------------------------------------------------------- */

struct file { char *title; gchar *bytes; gsize len; };

static void
file_clear(void *file)
{
	g_free(((struct file *)file)->title);
	g_free(((struct file *)file)->bytes);
}

static gboolean
read_files(struct cli *cli, char *const *paths, GArray *files, GError **error)
{
	int64_t most = base_setting_int(cli->settings, SET_ATTACH_MB) * 1024 *
	    1024;

	for (; paths && *paths; paths++) {
		struct file f = { 0 };

		if (!base_file_read(*paths, most, &f.title, &f.bytes, &f.len,
		    error))
			return FALSE;
		g_array_append_val(files, f);
	}
	return TRUE;
}

static gboolean
send(struct store *store, const struct cli_place *place,
    struct patient_id patient, const char *text, const GArray *files,
    GError **error)
{
	g_autofree struct file_new *new = g_new0(struct file_new,
	    files->len + 1);
	struct outbox_id entry;

	for (guint i = 0; i < files->len; i++) {
		const struct file *f = &g_array_index(files, struct file, i);

		new[i] = (struct file_new){ f->title, base_file_type(f->bytes,
		    f->len), f->bytes, f->len };
	}
	return store_send_files(store, (struct draft_key){ place->consult,
	    place->report }, patient, text, new, files->len, base_now_ms(),
	    &entry, error);
}

/* ---- @word (F75) -------------------------------------------------------- */

struct quoting {
	struct store *store;
	struct draft_key key;
	const GArray *lines;
};

/* The word's one result; where none or several fit nothing is queued. */
static gboolean
quote(const struct quoting *q, const char *word, GString *out,
    GError **error)
{
	g_autoptr(GPtrArray) found = results_found(q->lines, word);
	const struct results_line *line;
	g_autofree char *words = NULL;

	if (!*word || found->len != 1) {
		g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE, *word &&
		    found->len ? _("@%s is the name of several results; "
		    "nothing was queued.") : _("@%s is no result of this "
		    "patient; nothing was queued."), word);
		return FALSE;
	}
	line = found->pdata[0];
	words = results_fact_words(line);
	g_string_append(out, words);
	return store_fact_add(q->store, q->key, line->row->now.ref, words,
	    error);
}

/* The text with each @word as its result, which the draft then knows. Owned. */
static char *
quoted(struct store *store, struct draft_key key, struct patient_id patient,
    const char *text, GError **error)
{
	BASE_AUTO(results) results = store_results(store, patient,
	    base_now_ms(), error);
	g_autoptr(GArray) lines = results ? results_lines_new(results,
	    base_now_ms()) : NULL;
	struct quoting q = { store, key, lines };
	g_autoptr(GString) out = g_string_new(NULL);

	for (const char *at; lines && (at = strchr(text, '@'));) {
		size_t len = strcspn(at + 1, " \n\t");
		g_autofree char *word = g_strndup(at + 1, len);

		g_string_append_len(out, text, at - text);
		if (!quote(&q, word, out, error))
			return NULL;
		text = at + 1 + len;
	}
	if (!lines)
		return NULL;
	g_string_append(out, text);
	return g_string_free(g_steal_pointer(&out), FALSE);
}

/* As the screen does before it sends: a draft of this thread may quote what was
 * corrected since. */
static gboolean
quotes_stand(struct store *store, struct draft_key key, const char *text,
    GError **error)
{
	g_autofree char *stale = results_quote_stale(store, key, text);

	if (stale)
		g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE,
		    _("%s Nothing was queued."), stale);
	return stale == NULL;
}

static gboolean
queue_reply(struct cli *cli, const char *id, const char *text,
    gboolean facts, const GArray *files, GError **error)
{
	g_autofree char *said = NULL;
	BASE_AUTO(store) store = cli_store(cli, error);
	BASE_AUTO(thread) thread = NULL;
	struct cli_place place;

	if (!store)
		return FALSE;
	/* Whose thread it is: a reply is bound to its patient (F22). */
	thread = cli_thread(store, id, 1, &place, error);
	if (thread)
		said = !facts ? g_strdup(text) : quoted(store,
		    (struct draft_key){ place.consult, place.report },
		    thread->patient.id, text, error);
	if (!said || !quotes_stand(store, (struct draft_key){ place.consult,
	    place.report }, said, error) || !send(store, &place,
	    thread->patient.id, said, files, error))
		return FALSE;
	if (cli_poke(cli))
		printf(_("Queued; qingnang-sync runs and sends it.\n"));
	else
		printf(_("Queued. It goes out as soon as qingnang-sync runs: "
			 "qingnang sync --once\n"));
	return TRUE;
}

static int
reply_run(struct cli *cli, int argc, char **argv)
{
	g_autofree char *message = NULL;
	gboolean facts = FALSE;
	g_auto(GStrv) paths = NULL;
	g_autoptr(GArray) files = g_array_new(FALSE, FALSE,
	    sizeof(struct file));
	const GOptionEntry entries[] = {
		{ "message", 'm', 0, G_OPTION_ARG_STRING, &message,
		    N_("the reply; without it, standard input is read"),
		    "TEXT" },
		{ "attach", 'a', 0, G_OPTION_ARG_FILENAME_ARRAY, &paths,
		    N_("a picture or file to go with it; may be repeated"),
		    "FILE" },
		{ "facts", 0, 0, G_OPTION_ARG_NONE, &facts,
		    N_("@word becomes the result it names"), NULL },
		{ NULL },
	};
	GError *error = NULL;
	size_t len = 0;
	int code;

	if (!cli_options(&cli_cmd_reply, entries, &argc, &argv, &code))
		return code;
	if (argc != 2) {
		fprintf(stderr, _("qingnang reply: give one ID, as `qingnang "
				  "queue` prints it.\n"));
		return BASE_EXIT_USAGE;
	}
	if (message)
		len = strlen(message);
	else if (paths && isatty(STDIN_FILENO))
		message = g_strdup("");
	else
		message = read_stdin(&len, &error);
	g_array_set_clear_func(files, file_clear);
	if (!message || !text_ok(message, len, &error) ||
	    !read_files(cli, paths, files, &error) ||
	    !queue_reply(cli, argv[1], message, facts, files, &error))
		return cli_fail(error);
	return BASE_EXIT_OK;
}

const struct cli_command cli_cmd_reply = {
	.name = "reply",
	.args = "ID [--facts] [-m TEXT] [--attach FILE]",
	.summary = N_("queue a reply, from -m or standard input"),
	.needs_profile = TRUE,
	.words = 1,
	.run = reply_run,
};
