/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "tui/desk.h"

#include <stdio.h>
#include <string.h>

#define QUEUE_PAGE 500

/* The logical id of "Type/id". */
static const char *
bare_id(const char *ref)
{
	const char *slash = strrchr(ref, '/');

	return slash ? slash + 1 : ref;
}

static void
row_json(struct cli_json *j, const struct queue_row *row,
    int64_t now_ms)
{
	cli_json_object(j, NULL);
	cli_json_text(j, "id", bare_id(row->ref));
	cli_json_text(j, "ref", row->ref);
	cli_json_text(j, "kind", cli_kind_word(row->kind));
	cli_json_patient(j, "patient", &row->patient);
	cli_json_text(j, "complaint", row->complaint);
	cli_json_text(j, "priority", cli_priority_word(row->priority));
	cli_json_int(j, "waiting_s", row->owed && row->since_ms
		? MAX(0, now_ms - row->since_ms) / 1000 : 0);
	cli_json_time(j, "since", row->since_ms);
	cli_json_time(j, "deadline", row->deadline_ms);
	cli_json_bool(j, "overdue", row->owed && row->deadline_ms &&
		row->deadline_ms < now_ms);
	cli_json_int(j, "unread", row->unread);
	cli_json_bool(j, "owed", row->owed);
	cli_json_bool(j, "draft", row->draft);
	cli_json_bool(j, "unsent", row->unsent);
	cli_json_bool(j, "failed", row->failed);
	cli_json_close(j, '}');
}

static void
row_line(const struct queue_row *row, int64_t now_ms)
{
	const struct patient_brief *p = &row->patient;
	g_autofree char *wait = base_wait_words(row->owed && row->since_ms
		? MAX(0, now_ms - row->since_ms) : 0);
	g_autofree char *wait_fit = base_text_fit(row->owed ? wait : "", 9);
	g_autofree char *name = words_name(p);
	g_autofree char *name_fit = base_text_fit(name, 14);
	g_autofree char *age = base_age_words(p->birth_date, p->deceased_date);
	g_autofree char *age_fit = base_text_fit(age ? age : "", 6);
	g_autofree char *sex_fit = base_text_fit(cli_sex_word(p->sex), 6);
	g_autofree char *complaint = base_text_show(row->complaint
		? row->complaint : "", -1, BASE_ONE_LINE);
	g_autofree char *marks = words_marks(p);
	g_autofree char *unread = row->unread
	    ? g_strdup_printf(_("  (%d unread)"), row->unread) : g_strdup("");

	printf("%-2s %s %s %s %s %s%s%s%s  %s\n",
	    care_urgency_mark(row->priority), wait_fit, name_fit, sex_fit,
	    age_fit, marks, *marks ? "  " : "", complaint, unread,
	    bare_id(row->ref));
}

/* All pages of the queue; returns FALSE on an error of the store. */
static gboolean
each_row(struct store *store, const struct queue_filter *filter,
    void (*row_fn)(const struct queue_row *row, void *user), void *user,
    GError **error)
{
	for (int64_t offset = 0;; offset += QUEUE_PAGE) {
		BASE_AUTO(queue_page) page = store_queue(store, filter, offset,
		    QUEUE_PAGE, error);

		if (!page)
			return FALSE;
		for (size_t i = 0; i < page->n; i++)
			row_fn(&page->rows[i], user);
		if (page->n < QUEUE_PAGE)
			return TRUE;
	}
}

struct queue_printer {
	struct cli_json json;
	gboolean as_json;
	int64_t now_ms;
};

static void
print_row(const struct queue_row *row, void *user)
{
	struct queue_printer *p = user;

	if (p->as_json)
		row_json(&p->json, row, p->now_ms);
	else
		row_line(row, p->now_ms);
}

static gboolean
print_queue(struct store *store, gboolean as_json,
    gboolean owed_only, const char *filter_text, GError **error)
{
	g_autoptr(GString) out = g_string_new(NULL);
	struct queue_printer printer = {
		.json = { .out = out, .pretty = TRUE },
		.as_json = as_json, .now_ms = base_now_ms() };
	const struct queue_filter filter = { .lane = QUEUE_LANE_ALL,
		.text = filter_text, .owed_only = owed_only };

	if (as_json)
		cli_json_array(&printer.json, NULL);
	if (!each_row(store, &filter, print_row, &printer, error))
		return FALSE;
	if (as_json) {
		cli_json_close(&printer.json, ']');
		puts(out->str);
	}
	return TRUE;
}

static int
queue_run(struct cli *cli, int argc, char **argv)
{
	gboolean as_json = FALSE, owed_only = FALSE;
	g_autofree char *text = NULL;
	const GOptionEntry entries[] = {
		{ "json", 0, 0, G_OPTION_ARG_NONE, &as_json,
		    N_("print a JSON array"), NULL },
		{ "owed", 0, 0, G_OPTION_ARG_NONE, &owed_only,
		    N_("only what I owe an answer or an acknowledgement"),
		    NULL },
		{ "filter", 0, 0, G_OPTION_ARG_STRING, &text,
		    N_("only rows with TEXT in name or complaint"), "TEXT" },
		{ NULL },
	};
	BASE_AUTO(store) store = NULL;
	GError *error = NULL;
	int code;

	if (!cli_options(&cli_cmd_queue, entries, &argc, &argv, &code))
		return code;
	store = cli_store(cli, &error);
	if (!store || !print_queue(store, as_json, owed_only, text, &error))
		return cli_fail(error);
	return BASE_EXIT_OK;
}

const struct cli_command cli_cmd_queue = {
	.name = "queue",
	.args = "[--json] [--owed] [--filter TEXT]",
	.summary = N_("who waits for what, the most urgent first"),
	.needs_profile = TRUE,
	.run = queue_run,
};
