/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "cli/record.h"
#include "cli/rx.h"

#include "tui/chart_lines.h"
#include "tui/revisit.h"

#include <stdio.h>
#include <string.h>

#define SHOW_MESSAGES 1000
#define SHOW_COLS 78

/* The words of the JSON, documented in qingnang(1); index by the enums. */
static const char *const from_words[] = {
	[FROM_PATIENT] = "patient", [FROM_ME] = "me",
	[FROM_COLLEAGUE] = "colleague", [FROM_RELATED] = "related",
	[FROM_DEVICE] = "device", [FROM_UNKNOWN] = "unknown",
};
static const char *const message_words[] = {
	[MESSAGE_HERE] = "sent", [MESSAGE_WAITING] = "waiting",
	[MESSAGE_SENDING] = "sending", [MESSAGE_FAILED] = "failed",
	[MESSAGE_RETRACTED] = "retracted",
};
static const char *const section_words[CHART_SECTIONS_] = {
	[CHART_ALLERGIES] = "allergies", [CHART_PROBLEMS] = "problems",
	[CHART_DRUGS] = "drugs", [CHART_RESULTS] = "results",
	[CHART_OTHER] = NULL, [CHART_VISITS] = "visits",
	[CHART_DOCUMENTS] = "documents", [CHART_INTAKE] = "intake",
	[CHART_VACCINES] = "vaccines", [CHART_CONTRACT] = "contract",
	[CHART_COVERAGE] = "coverage", [CHART_PROCEDURES] = "procedures",
	[CHART_FLAGS] = "flags",
};
static const char *const state_words[] = {
	[SECTION_NOT_LOADED] = "not-loaded", [SECTION_LOADED] = "loaded",
	[SECTION_REFUSED] = "refused", [SECTION_NOT_KEPT] = "not-kept",
};
static const char *const entry_words[] = {
	[ENTRY_PLAIN] = "plain", [ENTRY_UNCONFIRMED] = "unconfirmed",
	[ENTRY_REFUTED] = "refuted", [ENTRY_INACTIVE] = "inactive",
	[ENTRY_RESOLVED] = "resolved",
	[ENTRY_ENTERED_IN_ERROR] = "entered-in-error",
	[ENTRY_PRELIMINARY] = "preliminary", [ENTRY_CORRECTED] = "corrected",
	[ENTRY_CANCELLED] = "cancelled", [ENTRY_ON_HOLD] = "on-hold",
	[ENTRY_COMPLETED] = "completed",
	[ENTRY_DO_NOT_PERFORM] = "do-not-perform",
	[ENTRY_KNOWN_NONE] = "known-none",
	[ENTRY_NOT_UNDERSTOOD] = "not-understood",
	[ENTRY_PLANNED] = "planned", [ENTRY_ONGOING] = "ongoing",
	[ENTRY_NOT_DONE] = "not-done", [ENTRY_SUPERSEDED] = "superseded",
};

const char *
cli_section_word(enum chart_section section)
{
	return section_words[section];
}

const char *
cli_section_state_word(enum section_state state)
{
	return state_words[state];
}

const char *
cli_entry_word(enum entry_status status)
{
	return entry_words[status];
}

static void
message_json(struct cli_json *j, const struct message_row *m)
{
	cli_json_object(j, NULL);
	cli_json_text(j, "ref", m->ref);
	cli_json_text(j, "from", from_words[m->from]);
	cli_json_text(j, "sender", m->sender_name);
	cli_json_time(j, "sent", m->sent_ms);
	cli_json_text(j, "state", message_words[m->state]);
	cli_json_bool(j, "unread", m->unread);
	cli_json_text(j, "text", m->text);
	cli_json_text(j, "reason", m->reason);
	cli_json_array(j, "attachments");
	for (size_t i = 0; i < m->n_attachments; i++) {
		cli_json_object(j, NULL);
		cli_json_text(j, "title", m->attachments[i].title);
		cli_json_text(j, "content_type", m->attachments[i].content_type);
		cli_json_int(j, "size_bytes", m->attachments[i].size_bytes);
		cli_json_close(j, '}');
	}
	cli_json_close(j, ']');
	cli_json_bool(j, "not_understood", m->not_understood);
	cli_json_close(j, '}');
}

static void
entry_json(struct cli_json *j, const struct chart_entry *e)
{
	cli_json_object(j, NULL);
	cli_json_text(j, "ref", e->ref);
	cli_json_text(j, "words", e->words);
	cli_json_text(j, "detail", e->detail);
	cli_json_text(j, "status", entry_words[e->status]);
	cli_json_text(j, "date", e->date);
	if (e->section == CHART_RESULTS) {
		cli_json_text(j, "value", e->value);
		cli_json_text(j, "unit", e->unit);
		cli_json_text(j, "reference_range", e->range);
		cli_json_text(j, "interpretation", e->interpretation);
		cli_json_text(j, "previous", e->previous);
	}
	if (e->section == CHART_ALLERGIES)
		cli_json_bool(j, "severe", e->severe);
	if (e->section == CHART_DRUGS)
		cli_json_known(j, "days_left", e->days_left != G_MININT,
		    e->days_left);
	cli_json_close(j, '}');
}

static void
chart_json(struct cli_json *j, const struct chart *chart)
{
	cli_json_object(j, "chart");
	for (int s = 0; s < CHART_SECTIONS_; s++) {
		if (!section_words[s])
			continue;
		cli_json_object(j, section_words[s]);
		cli_json_text(j, "state", state_words[chart->state[s]]);
		cli_json_int(j, "count", chart->count[s]);
		if (s >= CHART_VISITS && s < CHART_FLAGS) {
			cli_json_close(j, '}');
			continue; /* qingnang chart has them */
		}
		cli_json_array(j, "entries");
		for (size_t i = 0; i < chart->n; i++)
			if ((int)chart->entries[i].section == s)
				entry_json(j, &chart->entries[i]);
		cli_json_close(j, ']');
		cli_json_close(j, '}');
	}
	cli_json_close(j, '}');
}

/* ---- the re-visit (F54) ------------------------------------------------- */

/* The word of the JSON. */
static const char *
revisit_word(const struct care_revisit *r)
{
	static const char *const nothing[] = {
		[FACTS_NOT_LOADED] = "not-loaded", [FACTS_LOADED] = "none",
		[FACTS_REFUSED] = "refused",
	};

	return !r ? "not-checked" : !r->rule ? "not-asked" :
	    r->evidence->len > 0 ? "stands" : nothing[r->state];
}

static void
revisit_json(struct cli_json *j, const struct care_revisit *r)
{
	cli_json_object(j, "revisit");
	cli_json_text(j, "state", revisit_word(r));
	cli_json_text(j, "rule", r ? r->rule : NULL);
	cli_json_array(j, "evidence");
	for (guint i = 0; r && i < r->evidence->len; i++) {
		const struct care_revisit_record *one = r->evidence->pdata[i];

		cli_json_object(j, NULL);
		cli_json_text(j, "ref", one->ref);
		cli_json_text(j, "words", one->words);
		cli_json_text(j, "date", one->day);
		cli_json_text(j, "text", one->text);
		cli_json_close(j, '}');
	}
	cli_json_close(j, ']');
	cli_json_array(j, "wanting");
	for (guint i = 0; r && i < r->wanting->len; i++)
		cli_json_text(j, NULL, r->wanting->pdata[i]);
	cli_json_close(j, ']');
	cli_json_close(j, '}');
}

/* ---- the thread --------------------------------------------------------- */

static void
show_json(const struct thread *thread, const struct chart *chart,
    const struct care_revisit *revisit, enum queue_kind kind)
{
	g_autoptr(GString) out = g_string_new(NULL);
	struct cli_json j = { .out = out, .pretty = TRUE };

	cli_json_object(&j, NULL);
	cli_json_text(&j, "ref", thread->ref);
	cli_json_text(&j, "kind", cli_kind_word(kind));
	cli_json_patient(&j, "patient", &thread->patient);
	cli_json_text(&j, "complaint", thread->complaint);
	cli_json_text(&j, "status", thread->status);
	cli_json_text(&j, "priority", cli_priority_word(thread->priority));
	cli_json_bool(&j, "owed", thread->owed);
	cli_json_time(&j, "since", thread->since_ms);
	cli_json_time(&j, "deadline", thread->deadline_ms);
	cli_json_bool(&j, "complete", thread->loaded && thread->earlier == 0);
	cli_json_array(&j, "messages");
	for (size_t i = 0; i < thread->n; i++)
		message_json(&j, &thread->messages[i]);
	cli_json_close(&j, ']');
	revisit_json(&j, revisit);
	chart_json(&j, chart);
	cli_json_close(&j, '}');
	puts(out->str);
}

/* One shown line of outside text after a label. */
static void
print_shown(const char *lead, const char *text)
{
	g_autofree char *shown = base_text_show(text ? text : "", -1,
	    BASE_MANY_LINES);

	printf("%s%s\n", lead, shown);
}

static void
message_text(const struct message_row *m)
{
	static const char *const who[] = {
		[FROM_PATIENT] = N_("patient"), [FROM_ME] = N_("me"),
		[FROM_COLLEAGUE] = N_("colleague"),
		[FROM_RELATED] = N_("relative"), [FROM_DEVICE] = N_("device"),
		[FROM_UNKNOWN] = N_("unknown"),
	};
	g_autofree char *when = base_time_words(m->sent_ms);

	printf("\n%s  %s%s%s\n", when, _(who[m->from]),
	    m->unread ? " ●" : "",
	    m->state == MESSAGE_HERE ? "" : m->state == MESSAGE_FAILED
		? _("  [not sent]") : m->state == MESSAGE_RETRACTED
		? _("  [retracted]") : _("  [waiting]"));
	print_shown("  ", m->text);
	if (m->reason)
		print_shown("  ✗ ", m->reason);
	for (size_t i = 0; i < m->n_attachments; i++) {
		const struct attachment *a = &m->attachments[i];
		g_autofree char *words = g_strdup_printf("%zu  %s  %s", i + 1,
		    a->title ? a->title : _("(no title)"),
		    a->content_type ? a->content_type : "");

		print_shown(_("  [file] "), words);
	}
	if (m->n_attachments && m->ref)
		print_shown(_("  [files of] "), m->ref);
}

static void
show_text(const struct thread *thread, const struct chart *chart,
    const struct care_revisit *revisit)
{
	g_autofree char *said = revisit_whole(revisit);
	g_autofree char *beside = chart_lines_text(chart, SHOW_COLS);
	g_autofree char *who = words_patient(&thread->patient);

	puts(who);
	print_shown("", thread->complaint);
	if (said)
		print_shown("", said);
	for (size_t i = 0; i < thread->n; i++)
		message_text(&thread->messages[i]);
	printf("\n%s", beside);
}

/* A consultation or a result by its id; any record by its type and id. */
static gboolean
is_thread(struct store *store, const char *id)
{
	struct fhir_ref ref;

	if (!strchr(id, '/') || !fhir_ref_parse(id, &ref))
		return TRUE;
	return (strcmp(ref.type, "Communication") == 0 &&
	    store_consult_find(store, id).n != 0) ||
	    strcmp(ref.type, "DiagnosticReport") == 0;
}

static gboolean
thread_print(struct cli_desk *d, const struct thread *thread,
    enum queue_kind kind, gboolean as_json, GError **error)
{
	BASE_AUTO(chart) chart = store_chart(d->store, thread->patient.id,
	    base_now_ms(), error);
	BASE_AUTO(care_revisit) revisit = NULL;

	if (!chart)
		return FALSE;
	/* Without it the thread is still shown, and says so. */
	revisit = desk_revisit(d->desk, thread->patient.id, NULL);
	if (as_json)
		show_json(thread, chart, revisit, kind);
	else
		show_text(thread, chart, revisit);
	return TRUE;
}

/* What the queue lists and is no thread: a renewal that is asked for, a rejected
 * prescription. Its patient and chart, and no messages. */
static gboolean
task_print(struct cli_desk *d, const struct queue_row *row, gboolean as_json,
    GError **error)
{
	const struct thread thread = { .ref = row->ref,
		.patient = row->patient, .complaint = row->complaint,
		.priority = row->priority, .since_ms = row->since_ms,
		.deadline_ms = row->deadline_ms, .owed = row->owed,
		.loaded = TRUE };

	return thread_print(d, &thread, row->kind, as_json, error);
}

static gboolean
show_row(struct cli_desk *d, const char *id, gboolean as_json, GError **error)
{
	BASE_AUTO(queue_page) page = cli_task_row(d->store, id);
	BASE_AUTO(thread) thread = NULL;
	struct cli_place place;

	if (page)
		return task_print(d, page->rows, as_json, error);
	if (!is_thread(d->store, id))
		return cli_record_print(d->store, id, as_json ?
		    CLI_RECORD_JSON : CLI_RECORD_TEXT, error);
	thread = cli_thread(d->store, id, SHOW_MESSAGES, &place, error);
	return thread && thread_print(d, thread, place.kind, as_json, error);
}

static gboolean
show(struct cli *cli, const char *id, gboolean as_json, gboolean as_raw,
    GError **error)
{
	struct cli_desk d;
	gboolean shown = FALSE;

	if (!cli_desk_open(cli, &d, error))
		return FALSE;
	shown = as_raw ? cli_record_print(d.store, id, CLI_RECORD_RAW, error) :
	    show_row(&d, id, as_json, error);
	cli_desk_close(&d);
	return shown;
}

static int
show_run(struct cli *cli, int argc, char **argv)
{
	gboolean as_json = FALSE, as_raw = FALSE;
	const GOptionEntry entries[] = {
		{ "json", 0, 0, G_OPTION_ARG_NONE, &as_json,
		    N_("print a JSON object"), NULL },
		{ "raw", 0, 0, G_OPTION_ARG_NONE, &as_raw,
		    N_("print the record as it came"), NULL },
		{ NULL },
	};
	GError *error = NULL;
	int code;

	if (!cli_options(&cli_cmd_show, entries, &argc, &argv, &code))
		return code;
	if (argc != 2) {
		fprintf(stderr, _("qingnang show: give one ID, as `qingnang "
				  "queue` prints it.\n"));
		return BASE_EXIT_USAGE;
	}
	if (as_json && as_raw)
		return cli_either(&cli_cmd_show, "--json", "--raw");
	return show(cli, argv[1], as_json, as_raw, &error) ? BASE_EXIT_OK
						   : cli_fail(error);
}

const struct cli_command cli_cmd_show = {
	.name = "show",
	.args = "ID [--json | --raw]",
	.summary = N_("one thread and the patient's chart; or any record"),
	.needs_profile = TRUE,
	.words = 1,
	.run = show_run,
};
