/* SPDX-License-Identifier: Apache-2.0 */
/* What the pharmacist writes. Of a signed order the status alone is changed, in
 * its own bytes, so that the signature over the rest still holds. */
#include "clinic/doc.h"
#include "clinic/formulary.h"
#include "clinic/pharmacist_priv.h"

#include <string.h>

/* ---- reading and writing ------------------------------------------------ */

/* A resource as bytes to edit and as a tree to read. */
struct paper {
	const char *type;
	char *id;
	GString *bytes;
	json_t *tree;
};

static struct paper *
paper_of(struct clinic_pharmacist *ph, const char *type, const char *id)
{
	BASE_AUTO(clinic_row) row = clinic_db_get(ph->db, type, id, NULL);
	json_t *tree = row && !row->deleted
	    ? json_loadb(row->json, row->len, 0, NULL) : NULL;
	struct paper *p;
	size_t skip;

	if (!tree)
		return NULL;
	p = g_new0(struct paper, 1);
	skip = strcspn(row->json, "{");
	*p = (struct paper){ type, g_strdup(id), g_string_new_len(row->json +
	    skip, (gssize)(row->len - skip)), tree };
	return p;
}

static void
paper_free(gpointer data)
{
	struct paper *p = data;

	if (!p)
		return;
	g_free(p->id);
	g_string_free(p->bytes, TRUE);
	json_decref(p->tree);
	g_free(p);
}

static gboolean
is(const struct paper *p, const char *status)
{
	const char *now = p ? text_at(p->tree, "status") : NULL;

	return now && strcmp(now, status) == 0;
}

static void
say(struct paper *p, const char *name, const char *text)
{
	g_autoptr(GString) quoted = g_string_new(NULL);

	clinic_json_quote(quoted, text);
	clinic_doc_set(p->bytes, name, quoted->str);
}

static void
say_reason(struct paper *p, const char *name, const char *words)
{
	g_autoptr(GString) concept = g_string_new("{\"text\":");

	clinic_json_quote(concept, words);
	g_string_append_c(concept, '}');
	clinic_doc_set(p->bytes, name, concept->str);
}

static gboolean
file(struct clinic_pharmacist *ph, const struct paper *p, int64_t now_ms)
{
	return clinic_db_put(ph->db, p->type, p->id, p->bytes->str,
	    p->bytes->len, now_ms, NULL, NULL);
}

static gboolean
file_status(struct clinic_pharmacist *ph, struct paper *p, const char *status,
    int64_t now_ms)
{
	say(p, "status", status);
	return file(ph, p, now_ms);
}

/* ---- which orders ------------------------------------------------------- */

static void
add_order(struct clinic_pharmacist *ph, GPtrArray *orders, const char *id)
{
	struct paper *p;

	for (guint i = 0; i < orders->len; i++) {
		struct paper *known = g_ptr_array_index(orders, i);

		if (strcmp(known->id, id) == 0)
			return;
	}
	p = paper_of(ph, "MedicationRequest", id);
	if (p)
		g_ptr_array_add(orders, p);
}

static void
add_group(struct clinic_pharmacist *ph, GPtrArray *orders,
    const json_t *resource)
{
	g_autofree char *group = pharmacist_group(resource);
	GHashTable *set = group ? g_hash_table_lookup(ph->groups, group) : NULL;
	g_autoptr(GList) ids = set ? g_hash_table_get_keys(set) : NULL;

	ids = g_list_sort(ids, (GCompareFunc)strcmp);
	for (GList *at = ids; at; at = at->next)
		add_order(ph, orders, at->data);
}

static GPtrArray *
orders_of(struct clinic_pharmacist *ph, const json_t *task)
{
	GPtrArray *orders = g_ptr_array_new_with_free_func(paper_free);
	const char *focus = id_in(reference_at(task, "focus"),
	    "MedicationRequest");
	const json_t *input;
	size_t i;
	guint named;

	if (focus)
		add_order(ph, orders, focus);
	json_array_foreach(json_object_get(task, "input"), i, input) {
		const char *id = id_in(reference_at(input, "valueReference"),
		    "MedicationRequest");

		if (id)
			add_order(ph, orders, id);
	}
	add_group(ph, orders, task);
	named = orders->len;
	for (guint n = 0; n < named; n++) {
		struct paper *p = g_ptr_array_index(orders, n);

		add_group(ph, orders, p->tree);
	}
	return orders;
}

static gboolean
any(GPtrArray *orders, const char *name, const char *value)
{
	for (guint i = 0; i < orders->len; i++) {
		struct paper *p = g_ptr_array_index(orders, i);

		if (g_strcmp0(text_at(p->tree, name), value) == 0)
			return TRUE;
	}
	return FALSE;
}

/* ---- review ------------------------------------------------------------- */

static const char *const reasons[] = {
	"单次剂量高于说明书常用量，请核对剂量，或写明用药理由后重新提交。",
	"处方天数超过七天，未见长期处方的评估记录，请补充说明。",
	"与患者正在使用的药物存在相互作用，请确认是否换药或补充监测计划。",
	"诊断与用药不相符，请补充诊断或更正药品。",
	"过敏史为文字记录、尚未核实，请与患者确认后重新提交。",
};

static void
answer_task(struct paper *task, const char *status, int64_t now_ms)
{
	char buf[SEED_TIME_SIZE];

	say(task, "lastModified", seed_instant(buf, now_ms));
	clinic_doc_set(task->bytes, "owner",
	    "{\"reference\":\"" SEED_PHARMACIST "\"}");
	say(task, "status", status);
}

static gboolean
approve(struct clinic_pharmacist *ph, struct paper *task, GPtrArray *orders,
    int64_t now_ms)
{
	gboolean ok = clinic_db_begin(ph->db, NULL);

	for (guint i = 0; ok && i < orders->len; i++) {
		struct paper *order = g_ptr_array_index(orders, i);

		if (is(order, "draft"))
			ok = file_status(ph, order, "active", now_ms);
	}
	answer_task(task, "completed", now_ms);
	if (ok && file(ph, task, now_ms) && clinic_db_commit(ph->db, NULL))
		return TRUE;
	clinic_db_rollback(ph->db);
	return FALSE;
}

/* Prepared or on its way: no longer. */
static void
call_back(struct clinic_pharmacist *ph, const char *order, int64_t now_ms)
{
	g_autofree char *id = g_strconcat(order, "-ph", NULL);
	struct paper *p = paper_of(ph, "MedicationDispense", id);

	if (is(p, "preparation")) {
		say_reason(p, "statusReasonCodeableConcept", "医师已撤回处方");
		file_status(ph, p, "stopped", now_ms);
	}
	paper_free(p);
}

static void
review_drafts(struct clinic_pharmacist *ph, struct paper *task,
    GPtrArray *orders, const struct errand *e, int64_t now_ms)
{
	if (e->fate == FATE_REJECT) {
		answer_task(task, "rejected", now_ms);
		say_reason(task, "statusReason", reasons[ph->reviews %
		    (int)G_N_ELEMENTS(reasons)]);
		file(ph, task, now_ms);
		return;
	}
	if (!approve(ph, task, orders, now_ms) || e->fate == FATE_HELD)
		return;
	for (guint i = 0; i < orders->len; i++) {
		struct paper *order = g_ptr_array_index(orders, i);

		pharmacist_will(ph, STEP_PREPARE, e->fate, order->id, now_ms,
		    10, 25);
	}
}

static void
do_review(struct clinic_pharmacist *ph, const struct errand *e, int64_t now_ms)
{
	struct paper *task = paper_of(ph, "Task", e->id);
	g_autoptr(GPtrArray) orders = NULL;

	if (is(task, "requested"))
		orders = orders_of(ph, task->tree);
	if (!orders || !orders->len || any(orders, "intent", "proposal")) {
		paper_free(task);
		return;
	}
	if (any(orders, "status", "draft")) {
		review_drafts(ph, task, orders, e, now_ms);
	} else {
		for (guint i = 0; i < orders->len; i++) {
			struct paper *order = g_ptr_array_index(orders, i);

			if (!is(order, "active"))
				call_back(ph, order->id, now_ms);
		}
		answer_task(task, "completed", now_ms);
		file(ph, task, now_ms);
	}
	paper_free(task);
}

/* ---- dispensing --------------------------------------------------------- */

/* The same bytes under another name. */
static void
copy(GString *to, const char *name, struct clinic_span from,
    const char *member)
{
	struct clinic_span value;

	if (!clinic_span_member(from, member, &value))
		return;
	g_string_append_printf(to, ",\"%s\":", name);
	g_string_append_len(to, value.at, (gssize)value.len);
}

static void
write_supply(GString *s, const struct paper *order)
{
	struct clinic_span whole = { order->bytes->str, order->bytes->len };
	struct clinic_span supply;

	copy(s, "contained", whole, "contained");
	copy(s, "medicationCodeableConcept", whole,
	    "medicationCodeableConcept");
	copy(s, "medicationReference", whole, "medicationReference");
	copy(s, "subject", whole, "subject");
	if (!clinic_span_member(whole, "dispenseRequest", &supply))
		return;
	copy(s, "quantity", supply, "quantity");
	copy(s, "daysSupply", supply, "expectedSupplyDuration");
}

static void
do_prepare(struct clinic_pharmacist *ph, const struct errand *e,
    int64_t now_ms)
{
	struct paper *order = paper_of(ph, "MedicationRequest", e->id);
	g_autofree char *id = g_strconcat(e->id, "-ph", NULL);
	g_autoptr(GString) s = g_string_new("{\"resourceType\":"
	    "\"MedicationDispense\",\"status\":\"preparation\"");
	char buf[SEED_TIME_SIZE];

	if (is(order, "active") && clinic_id_ok(id)) {
		struct clinic_span whole = { order->bytes->str,
			order->bytes->len };

		write_supply(s, order);
		g_string_append_printf(s, ",\"performer\":[{\"actor\":"
		    "{\"reference\":\"" SEED_PHARMACIST "\"}}],"
		    "\"authorizingPrescription\":[{\"reference\":"
		    "\"MedicationRequest/%s\"}],\"whenPrepared\":\"%s\"",
		    e->id, seed_instant(buf, now_ms));
		copy(s, "dosageInstruction", whole, "dosageInstruction");
		g_string_append_c(s, '}');
		if (clinic_db_put(ph->db, "MedicationDispense", id, s->str,
		    s->len, now_ms, NULL, NULL))
			pharmacist_will(ph, STEP_HAND_OVER, e->fate, e->id,
			    now_ms, 15, 35);
	}
	paper_free(order);
}

/* Marked so in the formulary; what is not in it may be carried. */
static gboolean
no_courier(const json_t *order)
{
	const json_t *coding;
	size_t i;

	json_array_foreach(json_object_get(json_object_get(order,
	    "medicationCodeableConcept"), "coding"), i, coding) {
		const char *code = text_at(coding, "code");
		const struct formulary_drug *drug = code
		    ? formulary_find(code) : NULL;

		if (drug && strchr(drug->marks, 'X'))
			return TRUE;
	}
	return FALSE;
}

static void
finish(struct clinic_pharmacist *ph, struct paper *order, int64_t now_ms)
{
	const json_t *repeats = json_object_get(json_object_get(order->tree,
	    "dispenseRequest"), "numberOfRepeatsAllowed");

	if (is(order, "active") && json_integer_value(repeats) <= 0)
		file_status(ph, order, "completed", now_ms);
}

static void
send_home(struct clinic_pharmacist *ph, struct paper *order, enum fate fate,
    int64_t now_ms)
{
	struct clinic_span whole = { order->bytes->str, order->bytes->len };
	g_autofree char *id = g_strconcat(order->id, "-way", NULL);
	g_autoptr(GString) s = g_string_new("{\"resourceType\":"
	    "\"SupplyDelivery\",\"extension\":[{\"url\":\"http://hl7.org/"
	    "fhir/StructureDefinition/event-basedOn\",\"valueReference\":");
	char buf[SEED_TIME_SIZE];
	struct clinic_span supply, quantity;

	if (no_courier(order->tree)) {
		finish(ph, order, now_ms);
		return;
	}
	g_string_append_printf(s, "{\"reference\":\"MedicationRequest/%s\"}}],"
	    "\"status\":\"in-progress\",\"type\":{\"coding\":[{\"system\":"
	    "\"http://terminology.hl7.org/CodeSystem/supply-item-type\","
	    "\"code\":\"medication\"}]}", order->id);
	copy(s, "patient", whole, "subject");
	if (clinic_span_member(whole, "dispenseRequest", &supply) &&
	    clinic_span_member(supply, "quantity", &quantity)) {
		g_string_append(s, ",\"suppliedItem\":{\"quantity\":");
		g_string_append_len(s, quantity.at, (gssize)quantity.len);
		copy(s, "itemCodeableConcept", whole,
		    "medicationCodeableConcept");
		g_string_append_c(s, '}');
	}
	g_string_append_printf(s, ",\"occurrenceDateTime\":\"%s\"}",
	    seed_instant(buf, now_ms));
	if (clinic_id_ok(id) && clinic_db_put(ph->db, "SupplyDelivery", id,
	    s->str, s->len, now_ms, NULL, NULL))
		pharmacist_will(ph, STEP_ARRIVE, fate, order->id, now_ms, 40,
		    90);
}

static void
do_hand_over(struct clinic_pharmacist *ph, const struct errand *e,
    int64_t now_ms)
{
	g_autofree char *id = g_strconcat(e->id, "-ph", NULL);
	struct paper *order = paper_of(ph, "MedicationRequest", e->id);
	struct paper *dispense = paper_of(ph, "MedicationDispense", id);
	char buf[SEED_TIME_SIZE];

	if (!order || !is(dispense, "preparation")) {
		/* called back meanwhile */
	} else if (!is(order, "active")) {
		call_back(ph, e->id, now_ms);
	} else if (e->fate == FATE_LEFT) {
		say_reason(dispense, "statusReasonCodeableConcept",
		    "患者多次联系未取药");
		file_status(ph, dispense, "declined", now_ms);
	} else {
		say(dispense, "whenHandedOver", seed_instant(buf, now_ms));
		if (file_status(ph, dispense, "completed", now_ms))
			send_home(ph, order, e->fate, now_ms);
	}
	paper_free(order);
	paper_free(dispense);
}

static void
do_arrive(struct clinic_pharmacist *ph, const struct errand *e, int64_t now_ms)
{
	g_autofree char *id = g_strconcat(e->id, "-way", NULL);
	struct paper *order = paper_of(ph, "MedicationRequest", e->id);
	struct paper *way = paper_of(ph, "SupplyDelivery", id);
	gboolean lost = e->fate == FATE_LOST || (order && !is(order, "active"));

	if (order && is(way, "in-progress") &&
	    file_status(ph, way, lost ? "abandoned" : "completed", now_ms) &&
	    !lost)
		finish(ph, order, now_ms);
	paper_free(order);
	paper_free(way);
}

void
pharmacist_do(struct clinic_pharmacist *ph, const struct errand *errand,
    int64_t now_ms)
{
	static void (*const steps[])(struct clinic_pharmacist *,
	    const struct errand *, int64_t) = {
		[STEP_REVIEW] = do_review, [STEP_PREPARE] = do_prepare,
		[STEP_HAND_OVER] = do_hand_over, [STEP_ARRIVE] = do_arrive,
	};

	steps[errand->step](ph, errand, now_ms);
}
