/* SPDX-License-Identifier: Apache-2.0 */
/* Orders, the Tasks about them, and prescriptions, written by hand. */
#ifndef QN_TESTS_STORE_KIT_RX_H
#define QN_TESTS_STORE_KIT_RX_H

#include "tests/store/kit.h"
#include "store/rx.h"

#define UUID "urn:uuid:11111111-2222-4333-8444-555555555555"
#define UUID_B "urn:uuid:aaaaaaaa-2222-4333-8444-555555555555"

/* more: further members, beginning with a comma, or "". */
static inline struct store_ingested
kit_order(struct store *store, const char *id, int version, const char *patient,
    const char *intent, const char *status, const char *words,
    const char *more)
{
	return kit_put(store, "{'resourceType':'MedicationRequest','id':'%s',"
	    "'meta':{'versionId':'%d','lastUpdated':'%s'},'status':'%s',"
	    "'intent':'%s','subject':{'reference':'Patient/%s'},"
	    "'medicationCodeableConcept':{'text':'%s'}%s}", id, version,
	    kit_time(-4000 + version), status, intent, patient, words, more);
}

static inline struct store_ingested
kit_task(struct store *store, const char *id, int version, const char *patient,
    const char *code, const char *status, const char *focus, const char *more)
{
	return kit_put(store, "{'resourceType':'Task','id':'%s',"
	    "'meta':{'versionId':'%d','lastUpdated':'%s'},'status':'%s',"
	    "'intent':'order','code':{'coding':[{'system':"
	    "'http://hl7.org/fhir/CodeSystem/task-code','code':'%s'}]},"
	    "'for':{'reference':'Patient/%s'},"
	    "'focus':{'reference':'MedicationRequest/%s'}%s}", id, version,
	    kit_time(-4000 + version), status, code, patient, focus, more);
}

#define MINE ",'owner':{'reference':'Practitioner/me'}"
#define BY_ME ",'requester':{'reference':'Practitioner/me'}"

/* The proposal, and the Task that asks for it. */
static inline void
kit_renewal(struct store *store, const char *id, const char *patient,
    const char *words, const char *more)
{
	g_autofree char *proposal = g_strconcat(id, "-p", NULL);

	kit_order(store, proposal, 1, patient, "proposal", "draft", words,
	    ",'priorPrescription':{'reference':'MedicationRequest/old'}");
	kit_task(store, id, 1, patient, "approve", "requested", proposal, more);
}

static inline char *
kit_json(const char *fmt, ...) G_GNUC_PRINTF(1, 2);
static inline char *
kit_json(const char *fmt, ...)
{
	va_list ap;
	char *json;

	va_start(ap, fmt);
	json = kit_quotes(g_strdup_vprintf(fmt, ap));
	va_end(ap);
	return json;
}

/* The collection of one order, as care/ writes it. */
static inline char *
kit_collection(const char *identifier)
{
	return kit_json("{'resourceType':'Bundle','type':'collection','entry':"
	    "[{'resource':{'resourceType':'MedicationRequest','identifier':"
	    "[{'system':'urn:ietf:rfc:3986','value':'%s-1'}],"
	    "'groupIdentifier':{'value':'%s'}}}]}", identifier, identifier);
}

static inline char *
kit_transaction(const char *identifier)
{
	return kit_json("{'resourceType':'Bundle','type':'transaction','entry':"
	    "[{'resource':{'resourceType':'MedicationRequest','identifier':"
	    "[{'system':'urn:ietf:rfc:3986','value':'%s-1'}]},'request':"
	    "{'method':'POST','url':'MedicationRequest','ifNoneExist':"
	    "'identifier=urn:ietf:rfc:3986|%s-1'}},"
	    "{'resource':{'resourceType':'Task','id':'t','status':'completed'},"
	    "'request':{'method':'PUT','url':'Task/t','ifMatch':'W/\\'1\\''}}"
	    "]}", identifier, identifier);
}

/* A JWS of these bytes as far as the store looks at it. */
static inline char *
kit_jws(const char *payload)
{
	g_autofree char *base64 = g_base64_encode((const guchar *)payload,
	    strlen(payload));

	g_strdelimit(base64, "+", '-');
	g_strdelimit(base64, "/", '_');
	base64[strcspn(base64, "=")] = '\0';
	return g_strconcat("e30.", base64, ".c2ln", NULL);
}

static inline gboolean
kit_pend_of(struct store *store, const char *patient, const char *identifier,
    const char *task, const char *prior, struct rx_id *out, GError **error)
{
	g_autofree char *bytes = kit_collection(identifier);
	struct patient_id p = store_patient_find(store, patient);
	struct rx_pend pend = { .patient = p, .identifier = identifier,
		.task_ref = task, .prior_ref = prior, .words = "氨氯地平",
		.bytes = bytes, .len = strlen(bytes),
		.stamp = store_chart_stamp(store, p, NULL),
		.valid_until_ms = NOW_MS + 24 * HOUR_MS };

	return store_rx_pend(store, &pend, NOW_MS, out, error);
}

static inline struct rx_id
kit_pend(struct store *store, const char *identifier, const char *task,
    const char *prior)
{
	g_autoptr(GError) error = NULL;
	struct rx_id id = { 0 };

	assert_true(kit_pend_of(store, "p", identifier, task, prior, &id,
	    &error));
	assert_null(error);
	assert_int_not_equal(id.n, 0);
	return id;
}

static inline struct rx_row *
kit_rx(struct store *store, struct rx_id id)
{
	g_autoptr(GError) error = NULL;
	struct rx_row *row = store_rx_get(store, id, &error);

	assert_null(error);
	assert_non_null(row);
	return row;
}

static inline enum rx_state
kit_state(struct store *store, struct rx_id id)
{
	BASE_AUTO(rx_row) row = kit_rx(store, id);

	return row->state;
}

static inline gboolean
kit_send(struct store *store, struct rx_id id, const char *identifier,
    GError **error)
{
	g_autofree char *bytes = kit_collection(identifier);
	g_autofree char *jws = kit_jws(bytes);
	g_autofree char *transaction = kit_transaction(identifier);

	return store_rx_send(store, id, jws, transaction, strlen(transaction),
	    NOW_MS, error);
}

#endif
