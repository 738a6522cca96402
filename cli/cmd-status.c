/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include <stdio.h>
#include <string.h>

/* What status knows, gathered once. */
struct status {
	struct cli *cli;
	struct queue_counts queue;
	struct outbox_counts outbox;
	gboolean running;      /* a qingnang-sync answers on the doorbell */
	char state[32];
	int64_t since_ms, fresh_ms;
};

static int64_t
owed_of(const struct status *s)
{
	int64_t n = 0;

	for (int k = 0; k < QUEUE_KINDS_; k++)
		n += s->queue.owed[k];
	return n;
}

static int64_t
get_owed(const struct status *s)
{
	return owed_of(s);
}
static int64_t
get_consults(const struct status *s)
{
	return s->queue.owed[QUEUE_CONSULT];
}
static int64_t
get_results(const struct status *s)
{
	return s->queue.owed[QUEUE_RESULT];
}
static int64_t
get_renewals(const struct status *s)
{
	return s->queue.owed[QUEUE_RENEWAL];
}
static int64_t
get_rejected(const struct status *s)
{
	return s->queue.owed[QUEUE_REJECTED];
}
static int64_t
get_overdue(const struct status *s)
{
	return s->queue.overdue;
}
static int64_t
get_unread(const struct status *s)
{
	return s->queue.unread;
}
static int64_t
get_unsent(const struct status *s)
{
	return s->outbox.waiting;
}
static int64_t
get_failed(const struct status *s)
{
	return s->outbox.failed;
}

/* The counts: JSON keys, {words} of --format, and the lines of the plain form
 * come from this one table. */
static const struct status_count {
	const char *key, *words;
	int64_t (*get)(const struct status *s);
} counts[] = {
	{ "owed", N_("owed"), get_owed },
	{ "consultations", N_("consultations"), get_consults },
	{ "results", N_("results"), get_results },
	{ "renewals", N_("renewal requests"), get_renewals },
	{ "rejected", N_("rejected prescriptions"), get_rejected },
	{ "overdue", N_("overdue"), get_overdue },
	{ "unread", N_("unread messages"), get_unread },
	{ "unsent", N_("unsent replies"), get_unsent },
	{ "failed", N_("replies the server refused"), get_failed },
};

static const char *
state_sentence(const struct status *s)
{
	static const struct { const char *word, *sentence; } sentences[] = {
		{ "live", N_("live") },
		{ "catching-up", N_("catching up") },
		{ "polling", N_("live by polling") },
		{ "offline", N_("offline: the server cannot be reached") },
		{ "login-needed", N_("a login is needed: qingnang login") },
		{ "wrong-doctor", N_("the login is another practitioner's; "
				     "nothing is sent: qingnang login") },
		{ "refused", N_("the server refuses this account") },
		{ "disk-fails", N_("the disk is full or cannot be written; "
				   "make room") },
		{ "cache-damaged", N_("the cache is damaged: start qingnang "
				      "again") },
	};

	if (!s->running)
		return _("not connected (no qingnang-sync is running)");
	for (size_t i = 0; i < G_N_ELEMENTS(sentences); i++)
		if (g_str_equal(sentences[i].word, s->state))
			return _(sentences[i].sentence);
	return s->state;
}

/* "WORD SINCE_MS FRESH_MS", as qingnang-sync keeps it in the store. */
static void
read_state(struct store *store, struct status *s)
{
	g_autofree char *note = store_note_get(store, "sync.state");
	g_auto(GStrv) words = g_strsplit(note ? note : "", " ", 3);

	if (g_strv_length(words) != 3)
		return;
	g_strlcpy(s->state, words[0], sizeof s->state);
	s->since_ms = g_ascii_strtoll(words[1], NULL, 10);
	s->fresh_ms = g_ascii_strtoll(words[2], NULL, 10);
}

static gboolean
gather(struct cli *cli, struct status *s, GError **error)
{
	BASE_AUTO(store) store = cli_store(cli, error);
	int fd;

	*s = (struct status){ .cli = cli, .state = "never" };
	if (!store ||
	    !store_queue_counts(store, NULL, base_now_ms(), &s->queue, error) ||
	    !store_outbox_counts(store, &s->outbox, error))
		return FALSE;
	read_state(store, s);
	fd = doorbell_connect(cli->runtime_dir, NULL);
	s->running = fd >= 0;
	if (fd >= 0)
		doorbell_free(doorbell_new(fd));
	return TRUE;
}

static void
print_json(const struct status *s)
{
	g_autoptr(GString) out = g_string_new(NULL);
	struct cli_json j = { .out = out, .pretty = TRUE };

	cli_json_object(&j, NULL);
	cli_json_text(&j, "profile", s->cli->profile);
	cli_json_text(&j, "server", base_setting(s->cli->settings, SET_SERVER));
	cli_json_text(&j, "practitioner",
	    base_setting(s->cli->settings, SET_PRACTITIONER));
	cli_json_bool(&j, "running", s->running);
	cli_json_text(&j, "state", s->state);
	cli_json_time(&j, "since", s->since_ms);
	cli_json_time(&j, "fresh", s->fresh_ms);
	for (size_t i = 0; i < G_N_ELEMENTS(counts); i++)
		cli_json_int(&j, counts[i].key, counts[i].get(s));
	cli_json_close(&j, '}');
	puts(out->str);
}

static gboolean
append_word(GString *out, const struct status *s,
    const char *word, size_t len)
{
	for (size_t i = 0; i < G_N_ELEMENTS(counts); i++)
		if (strlen(counts[i].key) == len &&
		    strncmp(counts[i].key, word, len) == 0) {
			g_string_append_printf(out, "%" G_GINT64_FORMAT,
			    counts[i].get(s));
			return TRUE;
		}
	if (len == strlen("state") && strncmp(word, "state", len) == 0) {
		g_string_append(out, s->running ? s->state : "off");
		return TRUE;
	}
	return FALSE;
}

/* "{owed}/{unread} {state}": for a tmux or shell prompt. */
static int
print_format(const struct status *s, const char *format)
{
	g_autoptr(GString) out = g_string_new(NULL);

	while (*format) {
		const char *end = *format == '{' ? strchr(format, '}') : NULL;

		if (!end) {
			g_string_append_c(out, *format++);
			continue;
		}
		if (!append_word(out, s, format + 1,
			(size_t)(end - format - 1))) {
			fprintf(stderr, _("qingnang status: %.*s is not known; "
					  "see qingnang(1).\n"),
			    (int)(end - format + 1), format);
			return BASE_EXIT_USAGE;
		}
		format = end + 1;
	}
	puts(out->str);
	return BASE_EXIT_OK;
}

static void
print_plain(const struct status *s)
{
	g_autofree char *fresh = s->fresh_ms ? base_time_words(s->fresh_ms)
					     : g_strdup(_("never"));

	printf(_("Connection: %s\n"), state_sentence(s));
	printf(_("Last proof of freshness: %s\n"), fresh);
	for (size_t i = 0; i < G_N_ELEMENTS(counts); i++)
		printf("%6" G_GINT64_FORMAT "  %s\n", counts[i].get(s),
		    _(counts[i].words));
}

static int
status_run(struct cli *cli, int argc, char **argv)
{
	gboolean as_json = FALSE;
	g_autofree char *format = NULL;
	const GOptionEntry entries[] = {
		{ "json", 0, 0, G_OPTION_ARG_NONE, &as_json,
		    N_("print a JSON object"), NULL },
		{ "format", 0, 0, G_OPTION_ARG_STRING, &format,
		    N_("e.g. \"{owed} {unread} {state}\""), "TEXT" },
		{ NULL },
	};
	struct status status;
	GError *error = NULL;
	int code;

	if (!cli_options(&cli_cmd_status, entries, &argc, &argv, &code))
		return code;
	if (as_json && format)
		return cli_either(&cli_cmd_status, "--json", "--format");
	if (!gather(cli, &status, &error))
		return cli_fail(error);
	if (format)
		return print_format(&status, format);
	if (as_json)
		print_json(&status);
	else
		print_plain(&status);
	return BASE_EXIT_OK;
}

const struct cli_command cli_cmd_status = {
	.name = "status",
	.args = "[--json|--format TEXT]",
	.summary = N_("counts, connection, what is unsent"),
	.needs_profile = TRUE,
	.run = status_run,
};
