/* SPDX-License-Identifier: Apache-2.0 */
/* Proves: a prescription's state is what the outbox, the chart, the clock and the
 * server's resources say together; one stands for a request and for a prior order,
 * whatever device wrote it; only the pended bytes are sent; what became of a
 * transaction is asked by its identifiers; the chart's bodies, stamp and
 * freshness; order lines and cards. */
#include "tests/store/kit_rx.h"

static void
standard(struct kit *kit)
{
	kit_me(kit->store);
	kit_patient(kit->store, "p", "张银兰");
	kit_patient(kit->store, "q", "李桂芳");
	kit_order(kit->store, "old", 1, "p", "order", "active", "氨氯地平",
	    ",'authoredOn':'2026-09-01T00:00:00Z'");
	kit_renewal(kit->store, "t", "p", "氨氯地平", MINE);
}

#define TASK "Task/t"
#define OLD "MedicationRequest/old"

/* What was not done says why. */
static void
assert_why(GError **error, enum store_error code)
{
	assert_non_null(*error);
	assert_true(g_error_matches(*error, STORE_ERROR, (int)code));
	g_clear_error(error);
}

static int
marks(struct kit *kit)
{
	return (int)kit_sql(kit->store,
	    "SELECT marks FROM queue WHERE kind=2");
}

/* ---- pended ------------------------------------------------------------- */

static void
pend(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(rx_row) row = NULL;
	g_autofree char *bytes = kit_collection(UUID);
	struct rx_id id;

	standard(kit);
	id = kit_pend(kit->store, UUID, TASK, OLD);
	row = kit_rx(kit->store, id);
	assert_int_equal(row->state, RX_PENDED);
	assert_true(row->own);
	assert_string_equal(row->bytes, bytes);
	assert_int_equal(row->len, strlen(bytes));
	assert_string_equal(row->identifier, UUID);
	assert_string_equal(row->patient_ref, "Patient/p");
	assert_string_equal(row->task_ref, TASK);
	assert_string_equal(row->prior_ref, OLD);
	assert_string_equal(row->words, "氨氯地平");
	assert_null(row->jws);
	assert_int_equal(row->authored_ms, NOW_MS);
	assert_int_equal(marks(kit), 1);
	assert_int_equal(store_rx_find(kit->store, UUID).n, id.n);
	assert_int_equal(store_rx_find(kit->store, "1").n, id.n);
	assert_int_equal(store_rx_find(kit->store, "99").n, 0);
	assert_int_equal(store_rx_find(kit->store, "").n, 0);
	/* Written over while it is pended: the same number. */
	assert_int_equal(kit_pend(kit->store, UUID, TASK, OLD).n, id.n);
	{
		BASE_AUTO(renewal_page) page = store_renewals(kit->store, 9,
		    NULL);
		assert_int_equal(page->rows[0].rx.n, id.n);
	}
	assert_true(store_rx_drop(kit->store, id, NULL));
	assert_int_equal(marks(kit), 0);
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM rx"), 0);
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM rx_line"),
	    0);
}

static void
one_stands(void **state)
{
	struct kit *kit = *state;
	g_autoptr(GError) error = NULL;
	GError *why = NULL;
	struct rx_id id;

	standard(kit);
	id = kit_pend(kit->store, UUID, TASK, OLD);
	assert_false(kit_pend_of(kit->store, "p", UUID_B, TASK, NULL, NULL,
	    &why));
	assert_why(&why, STORE_ERROR_INVALID);
	assert_false(kit_pend_of(kit->store, "p", UUID_B, NULL, OLD, NULL,
	    &why));
	assert_why(&why, STORE_ERROR_INVALID);
	/* The refused ones left nothing. */
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM rx"), 1);
	assert_true(store_rx_drop(kit->store, id, NULL));
	assert_true(kit_pend_of(kit->store, "p", UUID_B, TASK, OLD, NULL,
	    &error));
}

static void
wrong_patient(void **state)
{
	struct kit *kit = *state;
	GError *why = NULL;

	standard(kit);
	assert_false(kit_pend_of(kit->store, "q", UUID, TASK, NULL, NULL,
	    &why));
	assert_why(&why, STORE_ERROR_WRONG_PATIENT);
	assert_false(kit_pend_of(kit->store, "q", UUID, NULL, OLD, NULL,
	    &why));
	assert_why(&why, STORE_ERROR_WRONG_PATIENT);
	kit_pend(kit->store, UUID, NULL, NULL);
	assert_false(kit_pend_of(kit->store, "q", UUID, NULL, NULL, NULL,
	    &why));
	assert_why(&why, STORE_ERROR_WRONG_PATIENT);
}

/* F60: the chart changes under it. */
static void
returned(void **state)
{
	struct kit *kit = *state;
	GError *why = NULL;
	struct rx_id id;

	standard(kit);
	id = kit_pend(kit->store, UUID, TASK, OLD);
	kit_put(kit->store, "{'resourceType':'AllergyIntolerance','id':'al',"
	    "'patient':{'reference':'Patient/p'},'code':{'text':'青霉素'}}");
	{
		BASE_AUTO(rx_row) row = kit_rx(kit->store, id);
		assert_int_equal(row->state, RX_RETURNED);
		assert_int_equal(row->why, RX_WHY_CHART);
	}
	assert_false(kit_send(kit->store, id, UUID, &why));
	assert_why(&why, STORE_ERROR_INVALID);
	/* Another patient's chart and this one's messages are not it. */
	kit_pend(kit->store, UUID, TASK, OLD);
	kit_put(kit->store, "{'resourceType':'AllergyIntolerance','id':'bl',"
	    "'patient':{'reference':'Patient/q'},'code':{'text':'x'}}");
	kit_header(kit->store, "h", "p", "in-progress", "routine", "x", 1);
	kit_message(kit->store, "m", "h", "Patient/p", "Practitioner/me", -5,
	    "问");
	assert_int_equal(kit_state(kit->store, id), RX_PENDED);
	/* What goes from the chart changes it too. */
	assert_true(store_gone(kit->store, "AllergyIntolerance", "al", NULL));
	assert_int_equal(kit_state(kit->store, id), RX_RETURNED);
}

static void
answered_elsewhere(void **state)
{
	struct kit *kit = *state;
	GError *why = NULL;
	struct rx_id id;

	standard(kit);
	id = kit_pend(kit->store, UUID, TASK, OLD);
	kit_task(kit->store, "t", 2, "p", "approve", "accepted", "t-p",
	    ",'owner':{'reference':'Practitioner/other'}");
	{
		BASE_AUTO(rx_row) row = kit_rx(kit->store, id);
		assert_int_equal(row->state, RX_RETURNED);
		assert_int_equal(row->why, RX_WHY_ANSWERED);
		assert_string_equal(row->other_ref, TASK);
	}
	kit_task(kit->store, "t", 3, "p", "approve", "requested", "t-p", MINE);
	assert_int_equal(kit_state(kit->store, id), RX_PENDED);
	kit_task(kit->store, "t", 4, "p", "approve", "completed", "t-p", MINE);
	assert_int_equal(kit_state(kit->store, id), RX_RETURNED);
	assert_false(kit_send(kit->store, id, UUID, &why));
	assert_why(&why, STORE_ERROR_INVALID);
	assert_true(store_rx_drop(kit->store, id, NULL));
	assert_false(kit_pend_of(kit->store, "p", UUID, TASK, NULL, NULL,
	    &why));
	assert_why(&why, STORE_ERROR_INVALID);
}

#define RENEWS ",'priorPrescription':{'reference':'" OLD "'}," \
	"'authoredOn':'2026-10-25T09:00:00Z'"

static void
renewed_elsewhere(void **state)
{
	struct kit *kit = *state;
	GError *why = NULL;
	struct rx_id id;

	standard(kit);
	id = kit_pend(kit->store, UUID, TASK, OLD);
	kit_order(kit->store, "n", 1, "p", "order", "draft", "氨氯地平",
	    RENEWS ",'requester':{'reference':'Practitioner/other'}");
	{
		BASE_AUTO(rx_row) row = kit_rx(kit->store, id);
		assert_int_equal(row->state, RX_REPLACED);
		assert_int_equal(row->why, RX_WHY_RENEWED);
		assert_string_equal(row->other_ref, "MedicationRequest/n");
	}
	assert_false(kit_send(kit->store, id, UUID, &why));
	assert_why(&why, STORE_ERROR_INVALID);
	assert_true(store_rx_drop(kit->store, id, NULL));
	assert_false(kit_pend_of(kit->store, "p", UUID, TASK, OLD, NULL,
	    &why));
	assert_why(&why, STORE_ERROR_INVALID);
	/* Rejected by the pharmacist it stands in nobody's way. */
	kit_task(kit->store, "rv", 1, "p", "fulfill", "rejected", "n", "");
	kit_pend(kit->store, UUID, TASK, OLD);
}

/* ---- signed ------------------------------------------------------------- */

static void
send_checks(void **state)
{
	struct kit *kit = *state;
	g_autofree char *bytes = kit_collection(UUID);
	g_autofree char *other = kit_collection(UUID_B);
	g_autofree char *jws = kit_jws(bytes);
	g_autofree char *wrong = kit_jws(other);
	g_autofree char *going = kit_transaction(UUID);
	g_autofree char *strange = kit_transaction(UUID_B);
	struct rx_id id;

	standard(kit);
	id = kit_pend(kit->store, UUID, TASK, OLD);
	assert_false(store_rx_send(kit->store, id, wrong, going, strlen(going),
	    NOW_MS, NULL));
	assert_false(store_rx_send(kit->store, id, "a.b", going, strlen(going),
	    NOW_MS, NULL));
	assert_false(store_rx_send(kit->store, id, jws, strange,
	    strlen(strange), NOW_MS, NULL));
	assert_false(store_rx_send(kit->store, id, jws, "{}", 2, NOW_MS,
	    NULL));
	assert_int_equal(kit_state(kit->store, id), RX_PENDED);
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM outbox"),
	    0);
	assert_true(kit_send(kit->store, id, UUID, NULL));
	assert_false(kit_send(kit->store, id, UUID, NULL));
	assert_false(store_rx_drop(kit->store, id, NULL));
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM outbox"),
	    1);
}

static struct outbox_entry *
next(struct kit *kit)
{
	return store_outbox_next(kit->store, NOW_MS, NULL, NULL);
}

static void
sent(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(outbox_entry) e = NULL;
	g_autofree char *going = kit_transaction(UUID);
	struct outbox_counts counts;
	struct rx_id id;

	standard(kit);
	id = kit_pend(kit->store, UUID, TASK, OLD);
	assert_true(kit_send(kit->store, id, UUID, NULL));
	assert_int_equal(kit_state(kit->store, id), RX_SIGNED);
	assert_int_equal(marks(kit), 2);
	assert_true(store_outbox_counts(kit->store, &counts, NULL));
	assert_int_equal(counts.waiting, 1);
	e = next(kit);
	assert_int_equal(e->verb, OUTBOX_TRANSACTION);
	assert_string_equal(e->type, "Bundle");
	assert_string_equal(e->bytes, going);
	assert_string_equal(e->identifier_value, UUID);
	assert_true(store_outbox_sending(kit->store, e->id, NULL));
	assert_int_equal(kit_state(kit->store, id), RX_SIGNED);
	assert_true(store_outbox_again(kit->store, e->id, NOW_MS, NULL));
	assert_int_equal(kit_state(kit->store, id), RX_UNKNOWN);
	/* No connection was made: nothing is unknown. */
	assert_true(store_outbox_unsent(kit->store, e->id, NOW_MS, NULL));
	assert_int_equal(kit_state(kit->store, id), RX_SIGNED);
	assert_true(store_outbox_failed(kit->store, e->id, "剂量不合法", NULL));
	{
		BASE_AUTO(rx_row) row = kit_rx(kit->store, id);
		assert_int_equal(row->state, RX_REFUSED);
		assert_string_equal(row->reason, "剂量不合法");
		assert_non_null(row->jws);
	}
	assert_int_equal(marks(kit) & 4, 4);
	/* A refusal is an answer; asked again, nothing of it is unknown. */
	assert_true(store_outbox_sending(kit->store, e->id, NULL) &&
	    store_outbox_failed(kit->store, e->id, "x", NULL));
	assert_true(store_outbox_retry(kit->store, e->id, NULL));
	assert_int_equal(kit_state(kit->store, id), RX_SIGNED);
	assert_true(store_outbox_failed(kit->store, e->id, "x", NULL));
	/* It is written anew, and the refused transaction is no more. */
	assert_int_equal(kit_pend(kit->store, UUID, TASK, OLD).n, id.n);
	assert_int_equal(kit_state(kit->store, id), RX_PENDED);
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM outbox"),
	    0);
}

/* What the server made of UUID's one line. */
static void
on_server(struct kit *kit, int version, const char *status, const char *more)
{
	g_autofree char *all = g_strconcat(",'identifier':[{'value':'" UUID
	    "-1'}],'groupIdentifier':{'value':'" UUID "'}" BY_ME
	    ",'authoredOn':'2026-10-26T06:00:00Z'", more, NULL);

	kit_order(kit->store, "s", version, "p", "order", status, "氨氯地平",
	    all);
}

static struct rx_id
signed_one(struct kit *kit)
{
	struct rx_id id;

	standard(kit);
	id = kit_pend(kit->store, UUID, TASK, OLD);
	assert_true(kit_send(kit->store, id, UUID, NULL));
	return id;
}

static void
done_with_resources(void **state)
{
	struct kit *kit = *state;
	struct rx_id id = signed_one(kit);
	BASE_AUTO(outbox_entry) e = next(kit);
	g_autofree char *answer = kit_json("{'resourceType':'Bundle','type':"
	    "'transaction-response','entry':[{'response':{'status':'201'},"
	    "'resource':{'resourceType':'MedicationRequest','id':'s',"
	    "'meta':{'versionId':'1','lastUpdated':'%s'},'status':'draft',"
	    "'intent':'order','subject':{'reference':'Patient/p'},"
	    "'identifier':[{'value':'" UUID "-1'}]}},{'response':{'status':"
	    "'200','location':'Task/t/_history/2'}}]}", kit_time(1));
	struct store_doc doc = { answer, strlen(answer) };
	g_auto(GStrv) refs = NULL, wanted = NULL;

	assert_true(store_outbox_sending(kit->store, e->id, NULL));
	assert_true(store_outbox_done(kit->store, e->id, &doc, NULL));
	assert_int_equal(kit_state(kit->store, id), RX_AWAITING);
	assert_null(next(kit));
	refs = store_rx_refs(kit->store, id, NULL);
	assert_int_equal(g_strv_length(refs), 1);
	assert_string_equal(refs[0], "MedicationRequest/s");
	assert_int_equal(store_rx_find(kit->store, refs[0]).n, id.n);
	wanted = store_wanted(kit->store, 10, NULL);
	assert_int_equal(g_strv_length(wanted), 1);
	assert_string_equal(wanted[0], "Task/t");
	assert_true(store_wanted_done(kit->store, "Task/t", NULL));
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM wanted"),
	    0);
}

/* Taken with an answer that says nothing usable. */
static void
done_without(void **state)
{
	struct kit *kit = *state;
	struct rx_id id = signed_one(kit);
	BASE_AUTO(outbox_entry) e = next(kit);
	struct store_doc doc = { "<html>", 6 };

	assert_true(store_outbox_done(kit->store, e->id, &doc, NULL));
	assert_int_equal(kit_state(kit->store, id), RX_AWAITING);
}

/* The delta is faster than the answer: the entry is done by it. */
static void
arrives_first(void **state)
{
	struct kit *kit = *state;
	struct rx_id id = signed_one(kit);

	on_server(kit, 1, "draft", "");
	assert_int_equal(kit_state(kit->store, id), RX_AWAITING);
	assert_null(next(kit));
	assert_int_equal(kit_sql(kit->store, "SELECT state FROM outbox"), 3);
	assert_int_equal(marks(kit), 0);
}

static void
states(void **state)
{
	struct kit *kit = *state;
	struct rx_id id = signed_one(kit);
	BASE_AUTO(rx_row) row = NULL;

	on_server(kit, 1, "draft", "");
	kit_task(kit->store, "rv", 1, "p", "fulfill", "requested", "s", "");
	assert_int_equal(kit_state(kit->store, id), RX_AWAITING);
	kit_task(kit->store, "rv", 2, "p", "fulfill", "rejected", "s",
	    ",'statusReason':{'text':'剂量过大'}");
	row = kit_rx(kit->store, id);
	assert_int_equal(row->state, RX_REJECTED);
	assert_string_equal(row->reason, "剂量过大");
	kit_task(kit->store, "rv", 3, "p", "fulfill", "completed", "s", "");
	on_server(kit, 2, "active", "");
	assert_int_equal(kit_state(kit->store, id), RX_ACTIVE);
	kit_put(kit->store, "{'resourceType':'MedicationDispense','id':'d',"
	    "'meta':{'versionId':'1','lastUpdated':'%s'},'status':"
	    "'in-progress','subject':{'reference':'Patient/p'},"
	    "'authorizingPrescription':[{'reference':'MedicationRequest/s'}]}",
	    kit_time(1));
	assert_int_equal(kit_state(kit->store, id), RX_ACTIVE);
	kit_put(kit->store, "{'resourceType':'MedicationDispense','id':'d',"
	    "'meta':{'versionId':'2','lastUpdated':'%s'},'status':"
	    "'completed','subject':{'reference':'Patient/p'},"
	    "'authorizingPrescription':[{'reference':'MedicationRequest/s'}]}",
	    kit_time(2));
	assert_int_equal(kit_state(kit->store, id), RX_DISPENSED);
	kit_put(kit->store, "{'resourceType':'SupplyDelivery','id':'v',"
	    "'meta':{'versionId':'1','lastUpdated':'%s'},'status':"
	    "'abandoned','patient':{'reference':'Patient/p'},'partOf':"
	    "[{'reference':'MedicationDispense/d'}]}", kit_time(3));
	assert_int_equal(kit_state(kit->store, id), RX_NOT_DELIVERED);
	kit_put(kit->store, "{'resourceType':'SupplyDelivery','id':'v',"
	    "'meta':{'versionId':'2','lastUpdated':'%s'},'status':"
	    "'completed','patient':{'reference':'Patient/p'},'basedOn':"
	    "[{'reference':'MedicationRequest/s'}]}", kit_time(4));
	assert_int_equal(kit_state(kit->store, id), RX_DELIVERED);
	/* The way R4 has for what is not based on a SupplyRequest. */
	kit_put(kit->store, "{'resourceType':'SupplyDelivery','id':'v',"
	    "'meta':{'versionId':'3','lastUpdated':'%s'},'status':"
	    "'abandoned','patient':{'reference':'Patient/p'},'extension':[{"
	    "'url':'http://example.org/x','valueReference':{'reference':"
	    "'MedicationRequest/other'}},{'url':'http://hl7.org/fhir/"
	    "StructureDefinition/event-basedOn','valueReference':{'reference':"
	    "'MedicationRequest/s'}}]}", kit_time(5));
	assert_int_equal(kit_state(kit->store, id), RX_NOT_DELIVERED);
	on_server(kit, 3, "stopped", ",'statusReason':{'text':'患者要求'}");
	rx_row_free(g_steal_pointer(&row));
	row = kit_rx(kit->store, id);
	assert_int_equal(row->state, RX_WITHDRAWN);
	assert_string_equal(row->reason, "患者要求");
}

static guint
patients_in_scope(struct kit *kit)
{
	g_autoptr(GArray) ids = store_patients_in_scope(kit->store, NULL);

	assert_non_null(ids);
	return ids->len;
}

/* Answered, the request leaves the lane and its patient with it; what the pharmacy
 * does is still asked for, and nothing of it purged, until the news are old. */
static void
on_its_way(void **state)
{
	struct kit *kit = *state;

	signed_one(kit);
	on_server(kit, 1, "draft", "");
	kit_task(kit->store, "t", 2, "p", "approve", "completed", "t-p",
	    MINE);
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM queue"), 0);
	assert_int_equal(patients_in_scope(kit), 1);
	/* Li Guifang goes, about whom nothing is owed. */
	assert_int_equal(store_purge(kit->store, base_now_ms(), 0, NULL), 1);
	assert_int_equal(store_patient_find(kit->store, "q").n, 0);
	on_server(kit, 2, "active", "");
	assert_int_equal(patients_in_scope(kit), 1);
	kit_exec(kit->store, "UPDATE rx SET changed=changed-15*86400000");
	assert_int_equal(patients_in_scope(kit), 0);
	assert_int_equal(store_purge(kit->store, base_now_ms(), 0, NULL), 1);
}

static void
expired(void **state)
{
	struct kit *kit = *state;
	struct rx_id id = signed_one(kit);

	on_server(kit, 1, "active", "");
	assert_int_equal(kit_state(kit->store, id), RX_ACTIVE);
	base_clock_fix(NOW_MS + 25 * HOUR_MS);
	assert_int_equal(kit_state(kit->store, id), RX_EXPIRED);
	/* What was dispensed in time did not expire. */
	kit_put(kit->store, "{'resourceType':'MedicationDispense','id':'d',"
	    "'status':'completed','subject':{'reference':'Patient/p'},"
	    "'authorizingPrescription':[{'reference':'MedicationRequest/s'}]}");
	assert_int_equal(kit_state(kit->store, id), RX_DISPENSED);
}

/* ---- other devices of mine ---------------------------------------------- */

static void
other_device(void **state)
{
	struct kit *kit = *state;
	g_autoptr(GPtrArray) list = NULL;
	const struct rx_row *row;

	standard(kit);
	on_server(kit, 1, "draft", ",'dispenseRequest':{'validityPeriod':"
	    "{'end':'2026-10-30'}}");
	list = store_rx_list(kit->store, (struct patient_id){ 0 }, ~0u, 10,
	    NULL);
	assert_int_equal(list->len, 1);
	row = list->pdata[0];
	assert_false(row->own);
	assert_null(row->bytes);
	assert_int_equal(row->state, RX_AWAITING);
	assert_string_equal(row->identifier, UUID);
	assert_string_equal(row->words, "氨氯地平");
	assert_string_equal(row->patient_ref, "Patient/p");
	assert_true(row->valid_until_ms > NOW_MS);
	/* The same one, pended here: signed already. */
	assert_false(kit_pend_of(kit->store, "p", UUID, TASK, OLD, NULL,
	    NULL));
	assert_true(store_gone(kit->store, "MedicationRequest", "s", NULL));
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM rx"), 0);
}

/* Pended here, signed there under the same derived identifier. */
static void
same_on_two(void **state)
{
	struct kit *kit = *state;
	GError *why = NULL;
	struct rx_id id;

	standard(kit);
	id = kit_pend(kit->store, UUID, TASK, OLD);
	on_server(kit, 1, "draft", ",'priorPrescription':{'reference':'" OLD
	    "'}");
	assert_int_equal(kit_state(kit->store, id), RX_AWAITING);
	assert_false(kit_send(kit->store, id, UUID, &why));
	assert_why(&why, STORE_ERROR_INVALID);
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM rx"), 1);
}

/* An identifier of another patient's resource proves nothing. */
static void
stolen_identifier(void **state)
{
	struct kit *kit = *state;
	struct rx_id id = signed_one(kit);

	kit_order(kit->store, "s", 1, "q", "order", "active", "x",
	    ",'identifier':[{'value':'" UUID "-1'}],'groupIdentifier':"
	    "{'value':'" UUID "'}");
	assert_int_equal(kit_state(kit->store, id), RX_SIGNED);
}

static void
lists(void **state)
{
	struct kit *kit = *state;
	struct patient_id q;
	g_autoptr(GPtrArray) all = NULL, one = NULL, local = NULL;

	standard(kit);
	q = store_patient_find(kit->store, "q");
	for (int i = 0; i < 20; i++) {
		g_autofree char *id = g_strdup_printf("f%d", i);
		g_autofree char *more = g_strdup_printf(BY_ME
		    ",'groupIdentifier':{'value':'g%d'}", i);
		kit_order(kit->store, id, i + 1, i % 2 ? "p" : "q", "order",
		    "active", "x", more);
	}
	kit_pend(kit->store, UUID, TASK, OLD);
	all = store_rx_list(kit->store, (struct patient_id){ 0 }, ~0u, 15,
	    NULL);
	assert_int_equal(all->len, 15);
	for (guint i = 1; i < all->len; i++)
		assert_true(((struct rx_row *)all->pdata[i - 1])->changed_ms >=
		    ((struct rx_row *)all->pdata[i])->changed_ms);
	one = store_rx_list(kit->store, q, 1u << RX_ACTIVE, 100, NULL);
	assert_int_equal(one->len, 10);
	local = store_rx_list(kit->store, (struct patient_id){ 0 },
	    1u << RX_PENDED | 1u << RX_RETURNED, 100, NULL);
	assert_int_equal(local->len, 1);
	assert_null(((struct rx_row *)local->pdata[0])->bytes);
}

static void
damaged(void **state)
{
	struct kit *kit = *state;
	g_autoptr(GPtrArray) list = NULL;
	GError *why = NULL;
	struct rx_row *row;
	struct rx_id id;

	standard(kit);
	id = kit_pend(kit->store, UUID, TASK, OLD);
	kit_exec(kit->store, "UPDATE rx SET bytes=CAST(replace(CAST(bytes AS"
	    " TEXT), 'Bundle', 'Bundel') AS BLOB)");
	row = store_rx_get(kit->store, id, &why);
	assert_false(row != NULL);
	assert_why(&why, STORE_ERROR_DAMAGED);
	assert_false(kit_send(kit->store, id, UUID, &why));
	assert_why(&why, STORE_ERROR_DAMAGED);
	list = store_rx_list(kit->store, (struct patient_id){ 0 }, ~0u, 9,
	    NULL);
	assert_int_equal(list->len, 0);
}

/* ---- asking what became of it ------------------------------------------- */

static void
questions(void **state)
{
	struct kit *kit = *state;
	struct rx_id id = signed_one(kit);
	BASE_AUTO(outbox_entry) e = next(kit);
	g_auto(GStrv) asked = store_outbox_questions(e);
	enum outbox_found found;

	assert_int_equal(g_strv_length(asked), 2);
	assert_string_equal(asked[0], "MedicationRequest?identifier="
	    "urn:ietf:rfc:3986%7C" UUID "-1");
	assert_string_equal(asked[1], "Task/t");
	assert_true(store_outbox_sending(kit->store, e->id, NULL));
	assert_true(store_outbox_again(kit->store, e->id, NOW_MS, NULL));
	/* None is there, and the Task is as it was. */
	assert_true(store_outbox_found(kit->store, e->id, NULL, 0, &found,
	    NULL));
	assert_int_equal(found, OUTBOX_FOUND_NONE);
	assert_int_equal(kit_state(kit->store, id), RX_UNKNOWN);
	{
		g_autofree char *order = kit_json("{'resourceType':"
		    "'MedicationRequest','id':'s','status':'draft','intent':"
		    "'order','subject':{'reference':'Patient/p'},'identifier':"
		    "[{'value':'" UUID "-1'}]}");
		struct store_doc doc = { order, strlen(order) };
		assert_true(store_outbox_found(kit->store, e->id, &doc, 1,
		    &found, NULL));
	}
	assert_int_equal(found, OUTBOX_FOUND_ALL);
	assert_int_equal(kit_state(kit->store, id), RX_AWAITING);
	assert_null(next(kit));
}

static enum outbox_found
task_found(struct kit *kit, struct outbox_id id, const char *version,
    const char *status)
{
	g_autofree char *task = kit_json("{'resourceType':'Task','id':'t',"
	    "'meta':{'versionId':'%s','lastUpdated':'%s'},'status':'%s',"
	    "'code':{'coding':[{'code':'approve'}]},'for':{'reference':"
	    "'Patient/p'},'focus':{'reference':'MedicationRequest/t-p'}" MINE
	    "}", version, kit_time(atoi(version)), status);
	struct store_doc doc = { task, strlen(task) };
	enum outbox_found found;

	assert_true(store_outbox_found(kit->store, id, &doc, 1, &found, NULL));
	return found;
}

static void
changed_meanwhile(void **state)
{
	struct kit *kit = *state;
	struct rx_id id = signed_one(kit);
	BASE_AUTO(outbox_entry) e = next(kit);

	assert_int_equal(task_found(kit, e->id, "1", "requested"),
	    OUTBOX_FOUND_NONE);
	/* Its own words on the Task prove nothing while its order is absent. */
	assert_int_equal(task_found(kit, e->id, "2", "completed"),
	    OUTBOX_FOUND_CHANGED);
	assert_int_equal(kit_state(kit->store, id), RX_REFUSED);
}

#define DECLINE "{'resourceType':'Bundle','type':'transaction','entry':[" \
	"{'resource':{'resourceType':'Task','id':'t','status':'rejected'," \
	"'owner':{'reference':'Practitioner/me'}},'request':{'method':'PUT'," \
	"'url':'Task/t','ifMatch':'W/\\'1\\''}}]}"

static void
tell(void **state)
{
	struct kit *kit = *state;
	g_autofree char *bytes = kit_quotes(g_strdup(DECLINE));
	BASE_AUTO(outbox_entry) e = NULL;
	g_auto(GStrv) asked = NULL;
	struct patient_id p;

	standard(kit);
	p = store_patient_find(kit->store, "p");
	assert_true(store_rx_tell(kit->store, "decline Task/t", p, bytes,
	    strlen(bytes), NOW_MS, NULL));
	assert_int_equal(marks(kit), 2);
	assert_false(store_rx_tell(kit->store, "decline Task/t", p, bytes,
	    strlen(bytes), NOW_MS, NULL));
	assert_false(store_rx_tell(kit->store, "other", p, "[]", 2, NOW_MS,
	    NULL));
	e = next(kit);
	asked = store_outbox_questions(e);
	assert_int_equal(g_strv_length(asked), 1);
	assert_string_equal(asked[0], "Task/t");
	assert_int_equal(task_found(kit, e->id, "1", "requested"),
	    OUTBOX_FOUND_NONE);
	assert_int_equal(task_found(kit, e->id, "2", "rejected"),
	    OUTBOX_FOUND_ALL);
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM queue"
	    " WHERE kind=2"), 0);
	/* Said once more only when it was not taken. */
	assert_true(store_rx_tell(kit->store, "again", p, bytes,
	    strlen(bytes), NOW_MS, NULL));
	outbox_entry_free(g_steal_pointer(&e));
	e = next(kit);
	assert_true(store_outbox_failed(kit->store, e->id, "x", NULL));
	assert_true(store_rx_tell(kit->store, "again", p, bytes,
	    strlen(bytes), NOW_MS, NULL));
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM outbox"
	    " WHERE state<3"), 1);
}

/* The row of a prescription whose withdrawal is somewhere. */
static void
withdrawal_is(struct kit *kit, struct rx_id id, enum rx_state state,
    enum rx_letter letter, const char *why)
{
	BASE_AUTO(rx_row) row = store_rx_get(kit->store, id, NULL);
	g_autoptr(GPtrArray) all = store_rx_list(kit->store,
	    (struct patient_id){ 0 }, 1u << state, 9, NULL);

	assert_int_equal(row->state, state);
	assert_int_equal(row->withdrawal, letter);
	assert_int_equal(all->len, 1);
	assert_int_equal(((struct rx_row *)all->pdata[0])->withdrawal, letter);
	if (why)
		assert_string_equal(row->withdrawal_reason, why);
	else
		assert_null(row->withdrawal_reason);
}

static void
order_at(struct kit *kit, int version, const char *status)
{
	g_autofree char *order = kit_json("{'resourceType':"
	    "'MedicationRequest','id':'s','meta':{'versionId':'%d',"
	    "'lastUpdated':'%s'},'status':'%s','intent':'order','subject':"
	    "{'reference':'Patient/p'},'identifier':[{'value':'" UUID "-1'}],"
	    "'groupIdentifier':{'value':'" UUID "'}}", version,
	    kit_time(version), status);

	kit_put(kit->store, "%s", order);
}

/* A withdrawal that the server refused stands in the prescription's row until it is
 * said anew, or the order is ended after all. */
static void
withdrawal_refused(void **state)
{
	struct kit *kit = *state;
	struct rx_id id = signed_one(kit);
	BASE_AUTO(outbox_entry) first = next(kit);
	BASE_AUTO(outbox_entry) e = NULL;
	g_autofree char *bytes = kit_quotes(g_strdup(DECLINE));
	struct patient_id p = store_patient_find(kit->store, "p");

	assert_true(store_outbox_done(kit->store, first->id, NULL, NULL));
	order_at(kit, 1, "active");
	withdrawal_is(kit, id, RX_ACTIVE, RX_LETTER_NONE, NULL);
	assert_true(store_rx_tell(kit->store, RX_WITHDRAW UUID, p, bytes,
	    strlen(bytes), NOW_MS, NULL));
	withdrawal_is(kit, id, RX_ACTIVE, RX_LETTER_WAITING, NULL);
	e = next(kit);
	assert_true(store_outbox_failed(kit->store, e->id, "no (412)", NULL));
	withdrawal_is(kit, id, RX_ACTIVE, RX_LETTER_REFUSED, "no (412)");
	assert_true(store_rx_tell(kit->store, RX_WITHDRAW UUID, p, bytes,
	    strlen(bytes), NOW_MS, NULL));
	withdrawal_is(kit, id, RX_ACTIVE, RX_LETTER_WAITING, NULL);
	outbox_entry_free(g_steal_pointer(&e));
	e = next(kit);
	assert_true(store_outbox_failed(kit->store, e->id, "no (412)", NULL));
	order_at(kit, 2, "cancelled");
	withdrawal_is(kit, id, RX_WITHDRAWN, RX_LETTER_NONE, NULL);
}

/* A refused transaction holds back neither words nor the next one. */
static void
order_of_sending(void **state)
{
	struct kit *kit = *state;
	struct rx_id id = signed_one(kit);
	BASE_AUTO(outbox_entry) first = next(kit);
	BASE_AUTO(outbox_entry) second = NULL;
	BASE_AUTO(outbox_entry) third = NULL;
	g_autofree char *bytes = kit_quotes(g_strdup(DECLINE));
	struct patient_id p = store_patient_find(kit->store, "p");

	assert_true(store_rx_tell(kit->store, "k", p, bytes, strlen(bytes),
	    NOW_MS, NULL));
	assert_true(store_outbox_sending(kit->store, first->id, NULL));
	second = next(kit);
	assert_null(second);
	assert_true(store_outbox_failed(kit->store, first->id, "x", NULL));
	third = next(kit);
	assert_non_null(third);
	assert_int_equal(kit_state(kit->store, id), RX_REFUSED);
}

/* ---- the chart ---------------------------------------------------------- */

static void
bodies(void **state)
{
	struct kit *kit = *state;
	g_autoptr(GPtrArray) all = NULL, me = NULL;
	struct patient_id p;
	int observations = 0;

	standard(kit);
	p = store_patient_find(kit->store, "p");
	for (int i = 0; i < 5; i++)
		for (int test = 0; test < 2; test++)
			kit_put(kit->store, "{'resourceType':'Observation',"
			    "'id':'o%d-%d','status':'final','subject':"
			    "{'reference':'Patient/p'},'code':{'coding':[{"
			    "'system':'http://loinc.org','code':'l%d'}]},"
			    "'effectiveDateTime':'2026-0%d-01','valueQuantity':"
			    "{'value':%d,'unit':'x'}}", test, i, test, i + 1,
			    i);
	kit_put(kit->store, "{'resourceType':'Flag','id':'f','status':'active',"
	    "'subject':{'reference':'Patient/p'},'code':{'text':'x'}}");
	kit_put(kit->store, "{'resourceType':'Practitioner','id':'me'}");
	all = store_chart_bodies(kit->store, p, NULL);
	for (guint i = 0; i < all->len; i++) {
		gsize len;
		const char *body = g_bytes_get_data(all->pdata[i], &len);
		g_autofree char *text = g_strndup(body, len);
		if (strstr(text, "\"Observation\"")) {
			observations++;
			assert_null(strstr(text, "2026-01"));
			assert_null(strstr(text, "2026-02"));
		}
		assert_null(strstr(text, "Patient/q"));
	}
	assert_int_equal(observations, 6);
	/* Patient, old, proposal, Flag. */
	assert_int_equal(all->len, 6 + 4);
	me = store_me_bodies(kit->store, NULL);
	assert_int_equal(me->len, 1);
}

static void
family(void **state)
{
	struct kit *kit = *state;
	struct patient_id p;
	g_autoptr(GPtrArray) before = NULL, after = NULL;
	int64_t stamp;

	standard(kit);
	p = store_patient_find(kit->store, "p");
	before = store_chart_bodies(kit->store, p, NULL);
	stamp = store_chart_stamp(kit->store, p, NULL);
	kit_put(kit->store, "{'resourceType':'Patient','id':'p2','link':["
	    "{'other':{'reference':'Patient/p'},'type':'seealso'}]}");
	kit_put(kit->store, "{'resourceType':'Condition','id':'c','subject':"
	    "{'reference':'Patient/p2'},'code':{'text':'x'}}");
	after = store_chart_bodies(kit->store, p, NULL);
	assert_int_equal(after->len, before->len + 2);
	assert_true(store_chart_stamp(kit->store, p, NULL) != stamp);
	assert_true(store_chart_stamp(kit->store, p, NULL) > 0);
}

static void
freshness(void **state)
{
	struct kit *kit = *state;
	enum section_state sections[CHART_SECTIONS_];
	struct patient_id p;
	int64_t fresh;

	standard(kit);
	p = store_patient_find(kit->store, "p");
	assert_true(store_chart_state(kit->store, p, sections, &fresh, NULL));
	assert_int_equal(fresh, 0);
	assert_int_equal(sections[CHART_ALLERGIES], SECTION_NOT_LOADED);
	for (int s = 0; s < CHART_SECTIONS_; s++)
		assert_true(store_section_set(kit->store, p,
		    (enum chart_section)s, SECTION_LOADED, NULL));
	assert_true(store_chart_state(kit->store, p, sections, &fresh, NULL));
	assert_int_equal(fresh, NOW_MS);
	assert_true(store_chart_proved(kit->store, &p, 1, NOW_MS + 5, NULL));
	assert_true(store_chart_state(kit->store, p, sections, &fresh, NULL));
	assert_int_equal(fresh, NOW_MS + 5);
	/* What was refused is never fresh. */
	assert_true(store_section_set(kit->store, p, CHART_DRUGS,
	    SECTION_REFUSED, NULL));
	assert_true(store_chart_proved(kit->store, &p, 1, NOW_MS + 9, NULL));
	assert_true(store_chart_state(kit->store, p, sections, &fresh, NULL));
	assert_int_equal(fresh, 0);
	assert_int_equal(sections[CHART_DRUGS], SECTION_REFUSED);
}

/* Refused or loaded, a section that changes changes what was checked. */
static void
stamp_of_sections(void **state)
{
	struct kit *kit = *state;
	struct patient_id p;
	int64_t stamp;

	standard(kit);
	p = store_patient_find(kit->store, "p");
	stamp = store_chart_stamp(kit->store, p, NULL);
	assert_true(store_section_set(kit->store, p, CHART_DRUGS,
	    SECTION_LOADED, NULL));
	assert_true(store_chart_stamp(kit->store, p, NULL) != stamp);
	stamp = store_chart_stamp(kit->store, p, NULL);
	kit_order(kit->store, "old", 1, "p", "order", "active", "氨氯地平",
	    ",'authoredOn':'2026-09-01T00:00:00Z'");
	assert_true(store_chart_stamp(kit->store, p, NULL) == stamp);
	kit_order(kit->store, "old", 2, "p", "order", "stopped", "氨氯地平",
	    "");
	assert_true(store_chart_stamp(kit->store, p, NULL) != stamp);
}

static void
consultation(void **state)
{
	struct kit *kit = *state;
	struct patient_id p;

	standard(kit);
	p = store_patient_find(kit->store, "p");
	assert_int_equal(store_consult_of_patient(kit->store, p).n, 0);
	kit_header(kit->store, "h1", "p", "in-progress", "routine", "x", 1);
	kit_header(kit->store, "h2", "p", "in-progress", "routine", "y", 1);
	kit_message(kit->store, "m1", "h1", "Patient/p", "Practitioner/me",
	    -50, "a");
	kit_message(kit->store, "m2", "h2", "Patient/p", "Practitioner/me",
	    -90, "b");
	assert_int_equal(store_consult_of_patient(kit->store, p).n,
	    store_consult_find(kit->store, "h1").n);
	assert_int_equal(store_unread(kit->store, p), 2);
	kit_message(kit->store, "m3", "h2", "Practitioner/me", "Patient/p",
	    -10, "c");
	assert_int_equal(store_consult_of_patient(kit->store, p).n,
	    store_consult_find(kit->store, "h2").n);
}

/* ---- lines and cards ---------------------------------------------------- */

static void
lines(void **state)
{
	struct kit *kit = *state;
	struct patient_id p;
	g_autofree char *line = NULL, *none = NULL;
	GError *why = NULL;
	char *bad;
	size_t caret = 0;

	standard(kit);
	p = store_patient_find(kit->store, "p");
	none = store_line_load(kit->store, p, &caret, NULL);
	assert_null(none);
	assert_true(store_line_save(kit->store, p, "氨氯地平 5", 12, NOW_MS,
	    NULL));
	assert_true(store_line_save(kit->store, p, "氨氯地平 5mg", 15, NOW_MS,
	    NULL));
	line = store_line_load(kit->store, p, &caret, NULL);
	assert_string_equal(line, "氨氯地平 5mg");
	assert_int_equal(caret, 15);
	kit_exec(kit->store, "UPDATE line SET text='氨氯地平 50mg'");
	bad = store_line_load(kit->store, p, &caret, &why);
	assert_false(bad != NULL);
	assert_why(&why, STORE_ERROR_DAMAGED);
	assert_true(store_line_drop(kit->store, p, NULL));
	assert_null(store_line_load(kit->store, p, &caret, NULL));
	assert_false(store_line_save(kit->store, (struct patient_id){ 9999 },
	    "x", 0, NOW_MS, NULL));
}

static enum card_state
cards(struct kit *kit, struct rx_id id)
{
	g_autofree char *json = NULL;
	size_t len;

	return store_cards_get(kit->store, id, &json, &len, NULL);
}

static void
cards_of_bytes(void **state)
{
	static const char answer[] = "{\"cards\":[]}";
	struct kit *kit = *state;
	g_autofree char *json = NULL, *other = kit_json("{'a':1}");
	struct rx_pend pend = { 0 };
	struct rx_id id;
	size_t len;

	standard(kit);
	id = kit_pend(kit->store, UUID, TASK, OLD);
	assert_int_equal(cards(kit, id), CARDS_NONE);
	assert_false(store_cards_put(kit->store, id, CARDS_ANSWERED, answer,
	    strlen(answer), NULL));
	assert_true(store_cards_put(kit->store, id, CARDS_ASKED, NULL, 0,
	    NULL));
	assert_int_equal(cards(kit, id), CARDS_ASKED);
	assert_true(store_cards_put(kit->store, id, CARDS_ANSWERED, answer,
	    strlen(answer), NULL));
	assert_int_equal(store_cards_get(kit->store, id, &json, &len, NULL),
	    CARDS_ANSWERED);
	assert_string_equal(json, answer);
	assert_int_equal(len, strlen(answer));
	/* Written over: the answer was about other bytes. */
	pend.patient = store_patient_find(kit->store, "p");
	pend.identifier = UUID;
	pend.bytes = other;
	pend.len = strlen(other);
	assert_true(store_rx_pend(kit->store, &pend, NOW_MS, &id, NULL));
	assert_int_equal(cards(kit, id), CARDS_NONE);
	/* An answer to the old question does not become one to the new bytes. */
	assert_true(store_cards_put(kit->store, id, CARDS_ANSWERED, answer,
	    strlen(answer), NULL));
	assert_int_equal(cards(kit, id), CARDS_NONE);
	assert_true(store_cards_put(kit->store, id, CARDS_ASKED, NULL, 0,
	    NULL));
	assert_true(store_cards_put(kit->store, id, CARDS_ANSWERED, "<html>", 6,
	    NULL));
	assert_int_equal(cards(kit, id), CARDS_SILENT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		KIT_TEST(pend), KIT_TEST(one_stands), KIT_TEST(wrong_patient),
		KIT_TEST(returned), KIT_TEST(answered_elsewhere),
		KIT_TEST(renewed_elsewhere), KIT_TEST(send_checks),
		KIT_TEST(sent), KIT_TEST(done_with_resources),
		KIT_TEST(done_without), KIT_TEST(arrives_first),
		KIT_TEST(states), KIT_TEST(on_its_way), KIT_TEST(expired),
		KIT_TEST(other_device),
		KIT_TEST(same_on_two), KIT_TEST(stolen_identifier),
		KIT_TEST(lists), KIT_TEST(damaged), KIT_TEST(questions),
		KIT_TEST(changed_meanwhile), KIT_TEST(tell),
		KIT_TEST(withdrawal_refused),
		KIT_TEST(order_of_sending), KIT_TEST(bodies),
		KIT_TEST(family), KIT_TEST(freshness),
		KIT_TEST(stamp_of_sections), KIT_TEST(consultation),
		KIT_TEST(lines), KIT_TEST(cards_of_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
