/* SPDX-License-Identifier: Apache-2.0 */
/* What several commands say alike: kinds, sexes, a patient as JSON, an id. */
#include "cli/cli.h"

#include <string.h>

const char *
cli_kind_word(enum queue_kind kind)
{
	static const char *const words[QUEUE_KINDS_] = {
		[QUEUE_CONSULT] = "consultation",
		[QUEUE_RESULT] = "result",
		[QUEUE_RENEWAL] = "renewal",
		[QUEUE_REJECTED] = "rejected",
	};

	return words[kind];
}

const char *
cli_priority_word(enum fhir_priority priority)
{
	/* http://hl7.org/fhir/request-priority */
	static const char *const words[] = {
		[FHIR_STAT] = "stat", [FHIR_ASAP] = "asap",
		[FHIR_URGENT] = "urgent", [FHIR_ROUTINE] = "routine",
	};

	return words[priority];
}

const char *
cli_sex_word(const char *sex)
{
	/* http://hl7.org/fhir/administrative-gender */
	if (g_strcmp0(sex, "female") == 0)
		return _("female");
	if (g_strcmp0(sex, "male") == 0)
		return _("male");
	if (g_strcmp0(sex, "other") == 0)
		return _("other");
	return "";
}

void
cli_json_patient(struct cli_json *j, const char *key,
    const struct patient_brief *patient)
{
	int age = base_age_years(patient->birth_date, patient->deceased_date);
	g_autofree char *words = base_age_words(patient->birth_date,
	    patient->deceased_date);

	cli_json_object(j, key);
	cli_json_text(j, "id", patient->fhir_id);
	cli_json_text(j, "name", patient->name);
	cli_json_text(j, "sex", patient->sex);
	cli_json_known(j, "age", age >= 0, age);
	cli_json_text(j, "age_text", words);
	cli_json_text(j, "birth_date", patient->birth_date);
	cli_json_bool(j, "deceased", patient->flags & PATIENT_DECEASED);
	cli_json_text(j, "merged_into", patient->merged_into);
	cli_json_bool(j, "same_name_as_another", patient->flags & PATIENT_ALIKE);
	cli_json_close(j, '}');
}

/* The row behind a bare id or "Type/id". */
static gboolean
find_place(struct store *store, const char *id,
    struct cli_place *out)
{
	g_autofree char *consult = strchr(id, '/')
	    ? g_strdup(id) : g_strconcat("Communication/", id, NULL);
	g_autofree char *report = strchr(id, '/')
	    ? g_strdup(id) : g_strconcat("DiagnosticReport/", id, NULL);

	*out = (struct cli_place){ .kind = QUEUE_CONSULT,
		.consult = store_consult_find(store, consult) };
	if (out->consult.n == 0) {
		out->kind = QUEUE_RESULT;
		out->report = store_report_find(store, report);
	}
	return out->consult.n != 0 || out->report.n != 0;
}

struct queue_page *
cli_task_row(struct store *store, const char *id)
{
	g_autofree char *ref = strchr(id, '/') ? g_strdup(id) :
	    g_strconcat("Task/", id, NULL);
	int64_t key = store_task_find(store, ref).n;
	struct queue_filter filter = { .lane = QUEUE_LANE_ALL };
	int64_t place = key ? store_queue_place(store, &filter, key) : -1;

	return place < 0 ? NULL : store_queue(store, &filter, place, 1, NULL);
}

/* The queue printed that id, so it is not unknown: only another command's. */
static gboolean
is_task(struct store *store, const char *id, GError **error)
{
	BASE_AUTO(queue_page) page = cli_task_row(store, id);

	if (!page || page->n == 0)
		return FALSE;
	g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE,
	    page->rows->kind == QUEUE_RENEWAL ?
	    _("%s is a renewal request: `qingnang renew` answers it.") :
	    _("%s is a rejected prescription: `qingnang rx list` shows it."),
	    id);
	return TRUE;
}

struct thread *
cli_thread(struct store *store, const char *id, int limit,
    struct cli_place *place, GError **error)
{
	if (!find_place(store, id, place)) {
		if (is_task(store, id, error))
			return NULL;
		g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND, "%s",
		    id);
		return NULL;
	}
	return place->kind == QUEUE_CONSULT
	    ? store_thread(store, place->consult, limit, error)
	    : store_report_thread(store, place->report, limit, error);
}
