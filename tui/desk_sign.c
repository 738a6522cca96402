/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signing: what was shown is what is signed is what is sent. The sight holds the
 * pended bytes; everything about them is looked at anew before the signature.
 */
#include "tui/desk_room.h"

#include <string.h>

/* ---- the sight ---------------------------------------------------------- */

/* Enough to tell two prescriptions apart by eye. */
enum { DIGEST_SHOWN = 16 };

/* A gate of the renewal that failed asks for a reason as a rule's gate does; the
 * reason is kept under its name. */
static void
gates_add(struct desk_sight *sight)
{
	const GPtrArray *gates = sight->renewal->gates;

	for (guint i = 0; i < gates->len; i++) {
		const struct care_gate *g = gates->pdata[i];
		struct care_finding *f;

		if (g->state != GATE_FAILED)
			continue;
		f = g_new0(struct care_finding, 1);
		f->kind = FINDING_RULE;
		f->severity = SEVERITY_GATE;
		f->rule = g->id;
		f->line = -1;
		f->sentence = g_strdup(g->sentence);
		f->proof = g_strdup(care_rx_proof(sight->rx, g->id, NULL));
		g_ptr_array_add(sight->findings, f);
	}
}

static gboolean
sight_judge(struct desk *desk, struct desk_sight *sight, GError **error)
{
	const struct care_rules *rules = desk_rules(desk, error);

	if (!rules)
		return FALSE;
	sight->findings = desk_check(desk, sight->chart, sight->rx,
	    sight->row->id, error);
	if (!sight->findings)
		return FALSE;
	if (sight->rx->prior_ref)
		sight->renewal = care_renewal_check(rules,
		    sight->chart->facts, sight->rx->prior_ref);
	if (sight->renewal)
		gates_add(sight);
	return TRUE;
}

/* The server's clock and this one need not agree. */
enum { CLOCKS_MS = 120000 };

/* What it is and what it says: "AllergyIntolerance/x: 青霉素". */
static char *
chart_words(const fhir_node *root, const struct fhir_head *head)
{
	static const char *const paths[] = { "code",
		"medicationCodeableConcept", "vaccineCode", "type.0" };
	const char *lang = base_i18n_language();
	const char *words = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(paths) && !words; i++)
		words = fhir_concept_words(fhir_get(root, paths[i]), lang);
	return g_strdup_printf(_("new or changed: %s/%s%s%s"), head->type,
	    head->id, words ? " " : "", words ? words : "");
}

/* What came into the chart since the prescription was prepared (F60). */
static void
chart_differences(struct desk_sight *sight)
{
	enum { SHOWN_MAX = 12 };
	int64_t since = sight->row->authored_ms - CLOCKS_MS;
	const GPtrArray *bodies = sight->chart->bodies;

	g_ptr_array_add(sight->differences, g_strdup(
	    _("The chart has changed since this was prepared.")));
	for (guint i = 0; i < bodies->len &&
	    sight->differences->len <= SHOWN_MAX; i++) {
		gsize len;
		const char *bytes = g_bytes_get_data(bodies->pdata[i], &len);
		BASE_AUTO(fhir_doc) doc = fhir_parse(bytes, len, NULL, NULL);
		struct fhir_head head;
		g_autofree char *words = NULL;

		if (!doc || !fhir_head(fhir_root(doc), &head, NULL) ||
		    head.updated_ms < since)
			continue;
		words = chart_words(fhir_root(doc), &head);
		g_ptr_array_add(sight->differences, base_text_show(words, -1,
		    BASE_ONE_LINE));
	}
}

static void
sight_differences(struct desk_sight *sight)
{
	const GPtrArray *since = sight->renewal ?
	    sight->renewal->differences : NULL;

	sight->differences = g_ptr_array_new_with_free_func(g_free);
	if (sight->row->stamp != sight->chart->stamp)
		chart_differences(sight);
	for (guint i = 0; since && i < since->len; i++)
		g_ptr_array_add(sight->differences,
		    g_strdup(since->pdata[i]));
}

/* Written elsewhere: its orders as the server has them. Nothing is judged, it is
 * not prepared here and cannot be signed. */
static struct desk_sight *
sight_elsewhere(struct desk *desk, struct desk_sight *sight, GError **error)
{
	g_auto(GStrv) refs = store_rx_refs(desk->store, sight->row->id, error);

	sight->rx = care_rx_new();
	sight->findings = g_ptr_array_new();
	sight->differences = g_ptr_array_new();
	for (char **ref = refs; ref && *ref; ref++) {
		BASE_AUTO(fhir_doc) order = NULL;

		if (!g_str_has_prefix(*ref, "MedicationRequest/"))
			continue;
		order = desk_body(desk, *ref, error);
		if (!order)
			return NULL;
		care_rx_read_order(sight->rx, fhir_root(order));
	}
	sight->chart = refs ? desk_chart_read(desk, sight->row->patient,
	    error) : NULL;
	return sight->chart ? sight : NULL;
}

struct desk_sight *
desk_sight_new(struct desk *desk, struct rx_id id, GError **error)
{
	BASE_AUTO(desk_sight) sight = g_new0(struct desk_sight, 1);
	g_autofree char *sum = NULL;

	sight->row = store_rx_get(desk->store, id, error);
	if (!sight->row)
		return NULL;
	if (!sight->row->bytes)
		return sight_elsewhere(desk, sight, error) ?
		    g_steal_pointer(&sight) : NULL;
	sight->rx = care_rx_read(sight->row->bytes, sight->row->len, error);
	if (!sight->rx)
		return NULL;
	sight->chart = desk_chart_read(desk, sight->row->patient, error);
	if (!sight->chart || !sight_judge(desk, sight, error))
		return NULL;
	sight_differences(sight);
	sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256,
	    (const guchar *)sight->row->bytes, sight->row->len);
	sight->digest = g_strndup(sum, DIGEST_SHOWN);
	return g_steal_pointer(&sight);
}

void
desk_sight_free(struct desk_sight *sight)
{
	if (!sight)
		return;
	care_renewal_free(sight->renewal);
	care_rx_free(sight->rx);
	rx_row_free(sight->row);
	if (sight->findings)
		g_ptr_array_unref(sight->findings);
	if (sight->differences)
		g_ptr_array_unref(sight->differences);
	desk_chart_free(sight->chart);
	g_free(sight->digest);
	g_free(sight);
}

/* ---- what is in the way ------------------------------------------------- */

static gboolean
from_machine(const struct care_rx *rx)
{
	for (guint i = 0; i < rx->orders->len; i++) {
		const struct care_order *order = rx->orders->pdata[i];

		if (order->origin == ORIGIN_MACHINE)
			return TRUE;
	}
	return FALSE;
}

struct obstacle { enum desk_error code; char *sentence; };

/* The chart and the cards that were on the screen, and those of this moment. */
gboolean
desk_sight_current(struct desk *desk, const struct desk_sight *sight)
{
	return store_chart_stamp(desk->store, sight->row->patient, NULL) ==
	    sight->chart->stamp && desk_service(desk, sight->row->id) ==
	    sight->chart->facts->service;
}

gboolean
desk_sight_unasked(struct desk *desk, const struct desk_sight *sight)
{
	return sight->chart->facts->service_name &&
	    (sight->row->state == RX_PENDED ||
	    sight->row->state == RX_RETURNED) &&
	    desk_service(desk, sight->row->id) != SERVICE_ANSWERED;
}

static struct obstacle
obstacle_of_row(const struct desk_sight *sight)
{
	if (sight->row->state != RX_PENDED &&
	    sight->row->state != RX_RETURNED)
		return (struct obstacle){ DESK_ERROR_STATE, g_strdup(
		    _("This prescription has been signed or withdrawn "
		      "already.")) };
	if (from_machine(sight->rx))
		return (struct obstacle){ DESK_ERROR_MACHINE, g_strdup(
		    _("A line was written by a machine: type it anew, then "
		      "sign.")) };
	if (sight->row->state == RX_RETURNED ||
	    sight->row->stamp != sight->chart->stamp)
		return (struct obstacle){ DESK_ERROR_CHANGED, g_strdup(
		    _("The chart has changed since this was prepared: read the "
		      "differences, then prepare it again with e.")) };
	return (struct obstacle){ 0 };
}

static struct obstacle
obstacle_of(struct desk *desk, const struct desk_sight *sight)
{
	struct obstacle o = obstacle_of_row(sight);
	const struct care_finding *open;

	if (o.sentence)
		return o;
	open = desk_first_open(sight->findings);
	if (open)
		return (struct obstacle){ DESK_ERROR_OPEN,
			g_strdup_printf("%s: %s", open->kind ==
			FINDING_SERVICE ? "CDS" : open->rule,
			open->sentence) };
	if (!desk->verified)
		return (struct obstacle){ DESK_ERROR_OFFLINE, g_strdup(
		    _("Signing needs the server and your verified login: this "
		      "stays prepared until you are online.")) };
	if (!desk_sight_current(desk, sight))
		return (struct obstacle){ DESK_ERROR_CHANGED, g_strdup(
		    _("Something new came in just now: look at it "
		      "again before you sign.")) };
	return o;
}

char *
desk_sight_obstacle(struct desk *desk, const struct desk_sight *sight)
{
	return obstacle_of(desk, sight).sentence;
}

/* ---- the signature ------------------------------------------------------ */

/* The Task as it stands: an update rests on its version. NULL without one. */
static gboolean
task_take(struct desk *desk, const struct care_rx *rx, char **bytes,
    size_t *len, GError **error)
{
	*bytes = NULL;
	*len = 0;
	if (!rx->task_ref)
		return TRUE;
	*bytes = desk_bytes(desk, rx->task_ref, len, error);
	return *bytes != NULL;
}

gboolean
desk_sign(struct desk *desk, const struct desk_sight *sight,
    struct signer *signer, int64_t now_ms, GError **error)
{
	struct obstacle o = obstacle_of(desk, sight);
	g_autofree char *jws = NULL, *task = NULL, *transaction = NULL;
	g_autofree char *me = store_me_ref(desk->store);
	struct care_signed how = { .signer_ref = me, .when_ms = now_ms };
	size_t len = 0;

	if (o.sentence) {
		desk_refuse(error, o.code, o.sentence);
		g_free(o.sentence);
		return FALSE;
	}
	if (!task_take(desk, sight->rx, &task, &how.task_len, error))
		return FALSE;
	jws = signer_sign(signer, sight->row->bytes, sight->row->len, now_ms,
	    error);
	if (!jws)
		return FALSE;
	how.jws = jws;
	how.task_bytes = task;
	how.review = care_rules_need_review(desk->rules);
	transaction = care_rx_transaction(sight->rx, sight->row->bytes,
	    sight->row->len, &how, &len, error);
	return transaction && store_rx_send(desk->store, sight->row->id, jws,
	    transaction, len, now_ms, error);
}

/* ---- taking it back ----------------------------------------------------- */

static void
bodies_free(GArray *bodies)
{
	for (guint i = 0; i < bodies->len; i++)
		g_free((char *)g_array_index(bodies, struct care_body,
		    i).bytes);
	g_array_unref(bodies);
}

/* The orders and the review Task as the server has them. */
static GArray *
standing(struct desk *desk, struct rx_id id, GError **error)
{
	g_auto(GStrv) refs = store_rx_refs(desk->store, id, error);
	GArray *bodies = g_array_new(FALSE, FALSE, sizeof(struct care_body));

	for (size_t i = 0; refs && refs[i]; i++) {
		struct care_body body;
		char *bytes = desk_bytes(desk, refs[i], &body.len, error);

		if (!bytes) {
			bodies_free(bodies);
			return NULL;
		}
		body.bytes = bytes;
		g_array_append_val(bodies, body);
	}
	return bodies;
}

static gboolean
withdraw_signed(struct desk *desk, const struct rx_row *row,
    const char *reason, int64_t now_ms, GError **error)
{
	GArray *bodies = standing(desk, row->id, error);
	g_autofree char *me = store_me_ref(desk->store);
	g_autofree char *bytes = NULL, *key = NULL;
	size_t len = 0;
	gboolean ok;

	if (!bodies)
		return FALSE;
	if (bodies->len == 0) {
		bodies_free(bodies);
		return desk_refuse(error, DESK_ERROR_STATE,
		    _("The server has not confirmed this prescription yet: "
		      "withdraw it once it has."));
	}
	if (!care_rx_stands((struct care_body *)(void *)bodies->data,
	    bodies->len)) {
		bodies_free(bodies);
		return desk_refuse(error, DESK_ERROR_STATE, row->state ==
		    RX_WITHDRAWN ? _("This prescription has been withdrawn "
		    "already.") : _("It has been handed out: nothing is left "
		    "to withdraw. Write to the patient."));
	}
	bytes = care_rx_withdrawal((struct care_body *)(void *)bodies->data,
	    bodies->len, reason, me, now_ms, &len, error);
	bodies_free(bodies);
	key = g_strconcat(RX_WITHDRAW, row->identifier, NULL);
	ok = bytes && store_rx_tell(desk->store, key, row->patient, bytes, len,
	    now_ms, error);
	return ok;
}

/* The state alone would say that nobody asked for one. */
char *
desk_withdrawal_words(const struct rx_row *row)
{
	const char *why = row->withdrawal_reason;

	if (row->withdrawal == RX_LETTER_NONE)
		return NULL;
	if (row->withdrawal == RX_LETTER_WAITING)
		return g_strdup(_("withdrawal not yet confirmed"));
	return why && *why ? g_strdup_printf(_("NOT withdrawn: %s"), _(why)) :
	    g_strdup(_("NOT withdrawn: the server refused it"));
}

/* Dropped while nobody but this device knows it. From then on its orders on the
 * server say whether something is left to take back: a parcel on its way, refills
 * of what was dispensed, are. */
gboolean
desk_withdraw(struct desk *desk, struct rx_id id, const char *reason,
    int64_t now_ms, GError **error)
{
	BASE_AUTO(rx_row) row = store_rx_get(desk->store, id, error);

	if (!row)
		return FALSE;
	if (row->state == RX_PENDED || row->state == RX_RETURNED ||
	    row->state == RX_REFUSED ||
	    (row->state == RX_REPLACED && row->own && !row->jws))
		return store_rx_drop(desk->store, id, error);
	return withdraw_signed(desk, row, reason, now_ms, error);
}
