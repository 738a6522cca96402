/* SPDX-License-Identifier: Apache-2.0 */
/* Renewal requests: judged, declined, forwarded. */
#include "tui/desk_room.h"

/* ---- judged ------------------------------------------------------------- */

static char *
order_words(const fhir_node *order)
{
	BASE_AUTO(care_drug) drug = care_drug_of_order(order);

	return g_strdup(care_drug_words(drug, base_i18n_language()));
}

/* The proposal's drug and the old order it names. */
static gboolean
asked_for(struct desk *desk, const char *task_ref, struct desk_renewal *out,
    GError **error)
{
	BASE_AUTO(fhir_doc) task = desk_body(desk, task_ref, error);
	BASE_AUTO(fhir_doc) proposal = NULL;
	const fhir_node *root;

	if (!task)
		return FALSE;
	proposal = desk_body(desk, fhir_text(fhir_root(task),
	    "focus.reference"), error);
	if (!proposal)
		return FALSE;
	root = fhir_root(proposal);
	out->words = order_words(root);
	out->prior_ref = g_strdup(fhir_text(root,
	    "priorPrescription.reference"));
	return TRUE;
}

/* A protocol may let pass what a rule then stops at the signature: what stands in
 * the way of the order as r would make it is a gate too. Who signs and what a
 * service says is the sight's alone. */
static void
rules_too(struct desk *desk, const struct care_rules *rules,
    struct desk_renewal *r)
{
	BASE_AUTO(care_rx) rx = desk_rx_renew(desk, r->task, NULL);
	struct care_facts *facts = r->chart->facts;
	g_autoptr(GPtrArray) findings = NULL;

	if (!rx)
		return;
	facts->prescriber.verified = TRUE;
	facts->service = SERVICE_NONE;
	findings = care_check(rules, facts, rx);
	for (guint i = 0; i < findings->len; i++)
		if (care_finding_open(findings->pdata[i]))
			care_renewal_hold(r->judged, findings->pdata[i]);
}

struct desk_renewal *
desk_renewal_read(struct desk *desk, struct task_id task, GError **error)
{
	BASE_AUTO(desk_renewal) r = g_new0(struct desk_renewal, 1);
	g_autofree char *task_ref = store_task_ref(desk->store, task);
	const struct care_rules *rules = desk_rules(desk, error);
	struct patient_id patient;

	if (!rules || !asked_for(desk, task_ref, r, error))
		return NULL;
	r->task = task;
	patient = store_task_patient(desk->store, task);
	r->rx = store_rx_of_task(desk->store, task);
	r->chart = desk_chart_read(desk, patient, error);
	if (!r->chart)
		return NULL;
	if (r->prior_ref)
		r->judged = care_renewal_check(rules, r->chart->facts,
		    r->prior_ref);
	if (r->judged && r->judged->class == RENEWAL_PASSES)
		rules_too(desk, rules, r);
	return g_steal_pointer(&r);
}

void
desk_renewal_free(struct desk_renewal *r)
{
	if (!r)
		return;
	care_renewal_free(r->judged);
	desk_chart_free(r->chart);
	g_free(r->prior_ref);
	g_free(r->words);
	g_free(r);
}

/* ---- answered without a prescription ------------------------------------ */

/* A prescription already made for it goes first, or is taken back first. */
static gboolean
still_open(struct desk *desk, struct task_id task, GError **error)
{
	struct rx_id rx = store_rx_of_task(desk->store, task);
	BASE_AUTO(rx_row) row = rx.n ? store_rx_get(desk->store, rx, error) :
	    NULL;

	if (!rx.n)
		return TRUE;
	if (!row)
		return FALSE;
	if (row->state == RX_PENDED || row->state == RX_RETURNED)
		return store_rx_drop(desk->store, rx, error);
	return desk_refuse(error, DESK_ERROR_STATE,
	    _("A prescription was signed for this request: withdraw it "
	      "first."));
}

static gboolean
tell(struct desk *desk, struct task_id task, const char *what,
    const char *bytes, size_t len, int64_t now_ms, GError **error)
{
	g_autofree char *ref = store_task_ref(desk->store, task);
	g_autofree char *key = g_strconcat(what, " ", ref, NULL);

	return store_rx_tell(desk->store, key, store_task_patient(desk->store,
	    task), bytes, len, now_ms, error);
}

static gboolean
reply_to(struct desk *desk, struct task_id task, const char *reply,
    int64_t now_ms, GError **error)
{
	struct patient_id patient = store_task_patient(desk->store, task);
	struct draft_key key = { .consult = store_consult_of_patient(
	    desk->store, patient) };

	if (!reply || !*reply || !key.consult.n)
		return TRUE;
	return store_send(desk->store, key, patient, reply, now_ms, NULL,
	    error);
}

static char *
task_bytes(struct desk *desk, struct task_id task, size_t *len,
    GError **error)
{
	g_autofree char *ref = store_task_ref(desk->store, task);

	return desk_bytes(desk, ref, len, error);
}

gboolean
desk_decline(struct desk *desk, struct task_id task, const char *reason,
    const char *reply, int64_t now_ms, GError **error)
{
	struct care_body body;
	g_autofree char *bytes = NULL, *declined = NULL;
	size_t len = 0;

	if (!reason || !*reason)
		return desk_refuse(error, DESK_ERROR_STATE,
		    _("Say why it is declined: the patient reads it."));
	if (!still_open(desk, task, error))
		return FALSE;
	bytes = task_bytes(desk, task, &body.len, error);
	if (!bytes)
		return FALSE;
	body.bytes = bytes;
	declined = care_task_decline(&body, reason, &len, error);
	return declined && tell(desk, task, "decline", declined, len, now_ms,
	    error) && reply_to(desk, task, reply, now_ms, error);
}

gboolean
desk_forward(struct desk *desk, struct task_id task, const char *owner_ref,
    const char *reason, int64_t now_ms, GError **error)
{
	struct care_body body;
	g_autofree char *bytes = NULL, *forwarded = NULL;
	size_t len = 0;

	if (!still_open(desk, task, error))
		return FALSE;
	bytes = task_bytes(desk, task, &body.len, error);
	if (!bytes)
		return FALSE;
	body.bytes = bytes;
	forwarded = care_task_forward(&body, owner_ref, reason, &len, error);
	return forwarded && tell(desk, task, "forward", forwarded, len, now_ms,
	    error);
}
