/* SPDX-License-Identifier: Apache-2.0 */
/* Prescriptions made, checked and pended. */
#include "tui/desk_room.h"

/* ---- making ------------------------------------------------------------- */

static char *
patient_ref(struct desk *desk, struct patient_id patient)
{
	g_autofree char *id = store_patient_fhir_id(desk->store, patient);

	return id ? g_strconcat("Patient/", id, NULL) : NULL;
}

/* Whose it is, in which language, and its identifier. */
static gboolean
begin(struct desk *desk, struct care_rx *rx, GError **error)
{
	g_autofree char *me = store_me_ref(desk->store);

	if (!me)
		return desk_refuse(error, DESK_ERROR_STATE,
		    _("Who you are is not known yet: connect once, so that "
		      "the server can say it."));
	g_free(rx->requester_ref);
	rx->requester_ref = g_steal_pointer(&me);
	g_free(rx->language);
	rx->language = g_strndup(base_i18n_language(), 2);
	care_rx_identify(rx, NULL);
	return TRUE;
}

struct care_rx *
desk_rx_new(struct desk *desk, struct patient_id patient,
    struct consult_id consult, GError **error)
{
	BASE_AUTO(care_rx) rx = care_rx_new();
	g_autofree char *id = consult.n ?
	    store_consult_fhir_id(desk->store, consult) : NULL;

	rx->subject_ref = patient_ref(desk, patient);
	rx->consult_ref = id ? g_strconcat("Communication/", id, NULL) : NULL;
	rx->authored_ms = base_now_ms();
	if (!rx->subject_ref || !begin(desk, rx, error))
		return NULL;
	return g_steal_pointer(&rx);
}

/* Each herb is a drug of its own. */
static void
use_herbs(struct desk *desk, struct care_rx *rx)
{
	for (guint i = 0; rx->herbal && i < rx->orders->len; i++) {
		struct care_order *herb = rx->orders->pdata[i];
		BASE_AUTO(care_drug) now = desk_drug(desk, herb->drug);

		if (now)
			care_order_use(herb, now);
	}
}

/* The old order with the formulary's drug of today, where there is one; without
 * it a finding says that the drug is not identified. */
static struct care_rx *
renew_of(struct desk *desk, const char *prior_ref, const fhir_node *proposal,
    const fhir_node *task, GError **error)
{
	BASE_AUTO(fhir_doc) prior = desk_body(desk, prior_ref, error);
	BASE_AUTO(care_drug) old = NULL;
	BASE_AUTO(care_drug) drug = NULL;
	BASE_AUTO(care_rx) rx = NULL;
	const struct care_rules *rules;

	if (!prior)
		return NULL;
	old = care_drug_of_order(fhir_root(prior));
	drug = desk_drug(desk, old);
	rx = care_rx_renew(fhir_root(prior), proposal, task, drug,
	    base_now_ms());
	if (!rx) {
		desk_refuse(error, DESK_ERROR_STATE,
		    _("The old order says too little to be renewed: write a "
		      "new prescription instead."));
		return NULL;
	}
	use_herbs(desk, rx);
	rules = desk_rules(desk, error);
	if (!rules || !begin(desk, rx, error))
		return NULL;
	rx->long_term |= care_rules_long_term(rules, rx);
	return g_steal_pointer(&rx);
}

struct care_rx *
desk_rx_again(struct desk *desk, const char *prior_ref, GError **error)
{
	return renew_of(desk, prior_ref, NULL, NULL, error);
}

struct care_rx *
desk_rx_renew(struct desk *desk, struct task_id task, GError **error)
{
	g_autofree char *task_ref = store_task_ref(desk->store, task);
	BASE_AUTO(fhir_doc) request = desk_body(desk, task_ref, error);
	BASE_AUTO(fhir_doc) proposal = NULL;
	const fhir_node *root;
	const char *prior;

	if (!request)
		return NULL;
	root = fhir_root(request);
	proposal = desk_body(desk, fhir_text(root, "focus.reference"), error);
	if (!proposal)
		return NULL;
	prior = fhir_text(fhir_root(proposal), "priorPrescription.reference");
	if (!prior) {
		desk_refuse(error, DESK_ERROR_STATE,
		    _("The request names no earlier prescription: write a new "
		      "one instead."));
		return NULL;
	}
	return renew_of(desk, prior, fhir_root(proposal), root, error);
}

/* ---- checking ----------------------------------------------------------- */

static enum fact_service
service_read(struct desk *desk, struct rx_id id, char **json, size_t *len)
{
	enum card_state state = id.n ? store_cards_get(desk->store, id, json,
	    len, NULL) : CARDS_NONE;

	return !*base_setting(desk->settings, SET_CDS_URL) ? SERVICE_NONE :
	    state == CARDS_ANSWERED ? SERVICE_ANSWERED :
	    state == CARDS_SILENT ? SERVICE_SILENT :
	    state == CARDS_ASKED ? SERVICE_ASKED : SERVICE_UNASKED;
}

enum fact_service
desk_service(struct desk *desk, struct rx_id id)
{
	g_autofree char *json = NULL;
	size_t len = 0;

	return service_read(desk, id, &json, &len);
}

/* What a decision support service said of these very bytes. */
static void
cards_take(struct desk *desk, struct care_facts *facts, struct rx_id id)
{
	g_autofree char *json = NULL;
	size_t len = 0;

	facts->service = service_read(desk, id, &json, &len);
	facts->service_name = facts->service == SERVICE_NONE ? NULL :
	    base_setting(desk->settings, SET_CDS_URL);
	care_facts_cards(facts, json, len);
}

GPtrArray *
desk_check(struct desk *desk, const struct desk_chart *chart,
    const struct care_rx *rx, struct rx_id id_or_0, GError **error)
{
	const struct care_rules *rules = desk_rules(desk, error);

	if (!rules)
		return NULL;
	chart->facts->prescriber.verified = desk->verified;
	cards_take(desk, chart->facts, id_or_0);
	return care_check(rules, chart->facts, rx);
}

const struct care_finding *
desk_first_open(const GPtrArray *findings)
{
	for (guint i = 0; i < findings->len; i++)
		if (care_finding_open(findings->pdata[i]))
			return findings->pdata[i];
	return NULL;
}

/* ---- pending ------------------------------------------------------------ */

static char *
words_of(const struct care_rx *rx)
{
	GString *words = g_string_new(NULL);

	for (guint i = 0; i < rx->orders->len; i++) {
		const struct care_order *order = rx->orders->pdata[i];
		g_autofree char *name = order->drug ? care_drug_product(
		    order->drug, base_i18n_language()) : NULL;

		if (!name)
			continue;
		if (words->len)
			g_string_append(words, ", ");
		g_string_append(words, name);
	}
	return g_string_free(words, FALSE);
}

/* One transaction takes no more (wire.md §1), whatever a pack allows. */
enum { DRUGS_MAX = 5 };

static gboolean
not_whole(const struct care_rx *rx, const GError *why, GError **error)
{
	g_autofree char *text = NULL, *said = NULL;
	const char *was = NULL;

	if (!rx->herbal && rx->orders->len > DRUGS_MAX)
		return desk_refuse(error, DESK_ERROR_OPEN, _("A prescription "
		    "has at most 5 drugs: write the others as another one."));
	if (rx->orders->len == 0)
		return desk_refuse(error, DESK_ERROR_OPEN,
		    _("No drug is written yet."));
	text = g_strdup_printf(_("This prescription is not complete: %s."),
	    why->message);
	for (guint i = 0; i < rx->orders->len && !was; i++)
		was = ((struct care_order *)rx->orders->pdata[i])->was;
	if (was) {
		g_autofree char *shown = base_text_show(was, -1,
		    BASE_ONE_LINE);

		said = g_strdup_printf(_("%s The old order says: %s"), text,
		    shown);
	}
	return desk_refuse(error, DESK_ERROR_OPEN, said ? said : text);
}

gboolean
desk_pend(struct desk *desk, const struct care_rx *rx,
    const struct desk_chart *chart, struct rx_id *out, GError **error)
{
	g_autofree char *words = words_of(rx), *bytes = NULL;
	g_autoptr(GError) why = NULL;
	size_t len = 0;
	struct rx_pend pend = {
		.patient = chart->patient, .identifier = rx->identifier,
		.task_ref = rx->task_ref, .prior_ref = rx->prior_ref,
		.words = words, .stamp = chart->stamp,
		.valid_until_ms = rx->authored_ms +
		    (rx->valid_days + 1) * (int64_t)86400000,
	};

	bytes = care_rx_collection(rx, &len, &why);
	if (!bytes)
		return not_whole(rx, why, error);
	pend.bytes = bytes;
	pend.len = len;
	return store_rx_pend(desk->store, &pend, base_now_ms(), out, error);
}

/* ---- other doctors ------------------------------------------------------ */

char *
desk_doctor(struct desk *desk, const char *words, GError **error)
{
	char *ref = store_doctor_find(desk->store, words);

	if (!ref)
		desk_refuse(error, DESK_ERROR_STATE, _("No doctor, or more "
		    "than one, is known here by that name: write "
		    "Practitioner/ID."));
	return ref;
}

gboolean
desk_rx_beside(struct desk *desk, struct care_rx *rx, const char *words,
    GError **error)
{
	g_autofree char *ref = NULL;

	if (words && *words && !(ref = desk_doctor(desk, words, error)))
		return FALSE;
	g_free(rx->co_doctor_ref);
	g_free(rx->co_doctor_words);
	rx->co_doctor_ref = g_steal_pointer(&ref);
	rx->co_doctor_words = rx->co_doctor_ref ? g_strdup(words) : NULL;
	return TRUE;
}
