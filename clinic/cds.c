/* SPDX-License-Identifier: Apache-2.0 */
#include "clinic/cds.h"

#include <string.h>

#include "clinic/formulary.h"

#define SOURCE "练习数据，不得用于诊疗 (practice data, not for care)"

/* ---- discovery ---------------------------------------------------------- */

struct service { const char *id, *hook, *title, *orders; };
static const struct service services[] = {
	{ "practice-interactions", "order-sign",
	    "练习相互作用检查 (practice interactions)", "draftOrders" },
	{ "practice-refill", "medication-refill",
	    "练习续方检查 (practice refill check)", "medications" },
};

/* What a service wants to know beside the orders. */
static const struct { const char *key, *type, *query; } wants[] = {
	{ "medications", "MedicationRequest",
	    "patient={{context.patientId}}&status=active" },
	{ "allergies", "AllergyIntolerance",
	    "patient={{context.patientId}}" },
};

static void
answer(struct clinic_answer *a, json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT);

	a->status = 200;
	a->type = "application/json; charset=utf-8";
	a->body = g_string_new(text);
	free(text);
	json_decref(json);
}

void
clinic_cds_services(struct clinic_answer *a)
{
	json_t *list = json_array();

	for (size_t i = 0; i < G_N_ELEMENTS(services); i++) {
		json_t *prefetch = json_object();

		for (size_t k = 0; k < G_N_ELEMENTS(wants); k++)
			json_object_set_new(prefetch, wants[k].key,
			    json_sprintf("%s?%s", wants[k].type,
			    wants[k].query));
		json_array_append_new(list, json_pack("{ss ss ss ss so}", "id",
		    services[i].id, "hook", services[i].hook, "title",
		    services[i].title, "description", SOURCE, "prefetch",
		    prefetch));
	}
	answer(a, json_pack("{so}", "services", list));
}

/* ---- one call ----------------------------------------------------------- */

/* A drug that the patient takes or is about to. */
struct taken {
	char *words;
	GPtrArray *atc;  /* its own and those of its parts; empty: uncoded */
	gboolean fresh;  /* of this prescription */
	char *id;        /* of the order; prior: of the one it goes on with */
	char *prior;
};

struct call {
	struct clinic *c;
	struct clinic_login *login;
	json_t *body, *context;
	const char *patient;
	gboolean here;       /* we may read the chart for the caller */
	GPtrArray *drugs;    /* struct taken */
	GPtrArray *allergic; /* codes of confirmed or unconfirmed allergies */
	json_t *cards;
	GError *error;
};

static void
refuse(struct call *k, int status, const char *why)
{
	if (!k->error)
		g_set_error_literal(&k->error, CLINIC_ERROR, status, why);
}

static const char *
word(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static const char *
bare_id(const char *reference)
{
	const char *slash = reference ? strrchr(reference, '/') : NULL;

	return slash ? slash + 1 : reference;
}

/* ---- what the drugs are ------------------------------------------------- */

static void
drug_free(gpointer data)
{
	struct taken *d = data;

	g_free(d->words);
	g_free(d->id);
	g_free(d->prior);
	g_ptr_array_free(d->atc, TRUE);
	g_free(d);
}

static void
take_product(struct taken *d, const char *code)
{
	const struct formulary_drug *product = formulary_find(code);
	g_auto(GStrv) parts = g_strsplit(product && product->parts
	    ? product->parts : "", ";", -1);

	if (product && product->atc)
		g_ptr_array_add(d->atc, g_strdup(product->atc));
	for (int i = 0; parts[i]; i++)
		if (parts[i][0] != ',')
			g_ptr_array_add(d->atc, g_strndup(parts[i],
			    strcspn(parts[i], ",")));
}

static void
take_concept(struct taken *d, const json_t *concept)
{
	const json_t *coding;
	size_t i;

	json_array_foreach(json_object_get(concept, "coding"), i, coding) {
		const char *system = word(coding, "system");
		const char *code = word(coding, "code");

		if (!system || !code)
			continue;
		if (strcmp(system, ATC_SYSTEM) == 0)
			g_ptr_array_add(d->atc, g_strdup(code));
		else if (strcmp(system, DRUG_SYSTEM) == 0)
			take_product(d, code);
		if (!d->words && word(coding, "display"))
			d->words = g_strdup(word(coding, "display"));
	}
	if (word(concept, "text")) {
		g_free(d->words);
		d->words = g_strdup(word(concept, "text"));
	}
}

/* "#med" within the order, or a Medication that lies here. */
static void
take_reference(struct call *k, struct taken *d, const json_t *order)
{
	const json_t *to = json_object_get(order, "medicationReference"), *one;
	const char *reference = word(to, "reference");
	BASE_AUTO(clinic_row) row = NULL;
	json_t *tree;
	size_t i;

	if (word(to, "display"))
		d->words = g_strdup(word(to, "display"));
	if (!reference)
		return;
	json_array_foreach(json_object_get(order, "contained"), i, one)
		if (*reference == '#' &&
		    !g_strcmp0(word(one, "id"), reference + 1))
			take_concept(d, json_object_get(one, "code"));
	if (!strstr(reference, "Medication/"))
		return;
	row = clinic_db_get(k->c->db, "Medication", bare_id(reference), NULL);
	tree = row && row->json ? json_loadb(row->json, row->len, 0, NULL)
	    : NULL;
	take_concept(d, json_object_get(tree, "code"));
	json_decref(tree);
}

static void
take_order(struct call *k, const json_t *order, gboolean fresh)
{
	struct taken *d;

	if (g_strcmp0(word(order, "resourceType"), "MedicationRequest") ||
	    json_is_true(json_object_get(order, "doNotPerform")))
		return;
	d = g_new0(struct taken, 1);
	d->atc = g_ptr_array_new_with_free_func(g_free);
	d->fresh = fresh;
	d->id = g_strdup(word(order, "id"));
	d->prior = g_strdup(bare_id(word(json_object_get(order,
	    "priorPrescription"), "reference")));
	take_concept(d, json_object_get(order, "medicationCodeableConcept"));
	take_reference(k, d, order);
	g_ptr_array_add(k->drugs, d);
}

static void
take_allergy(struct call *k, const json_t *allergy)
{
	const json_t *coding;
	const char *verified = word(json_array_get(json_object_get(
	    json_object_get(allergy, "verificationStatus"), "coding"), 0),
	    "code");
	size_t i;

	if (!g_strcmp0(verified, "refuted") ||
	    !g_strcmp0(verified, "entered-in-error"))
		return;
	json_array_foreach(json_object_get(json_object_get(allergy, "code"),
	    "coding"), i, coding)
		if (word(coding, "code"))
			g_ptr_array_add(k->allergic,
			    g_strdup(word(coding, "code")));
}

static void
take_bundle(struct call *k, const json_t *bundle, gboolean fresh)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(bundle, "entry"), i, entry) {
		const json_t *one = json_object_get(entry, "resource");

		if (!g_strcmp0(word(one, "resourceType"),
		    "AllergyIntolerance"))
			take_allergy(k, one);
		else
			take_order(k, one, fresh);
	}
}

/* ---- prefetch, or the chart itself -------------------------------------- */

static json_t *
read_here(struct call *k, size_t want)
{
	g_autofree char *patient = g_strconcat("Patient/", k->patient, NULL);
	g_autoptr(GArray) query = clinic_query_new();
	GString *found;
	json_t *bundle;

	clinic_query_add(query, "patient", patient);
	if (strstr(wants[want].query, "status=active"))
		clinic_query_add(query, "status", "active");
	found = clinic_search(k->c, wants[want].type, query, &k->error);
	if (!found)
		return NULL;
	bundle = json_loadb(found->str, found->len, 0, NULL);
	g_string_free(found, TRUE);
	return bundle;
}

static void
take_chart(struct call *k)
{
	const json_t *prefetch = json_object_get(k->body, "prefetch");

	for (size_t i = 0; i < G_N_ELEMENTS(wants) && !k->error; i++) {
		json_t *given = json_object_get(prefetch, wants[i].key);

		if (given) {
			take_bundle(k, given, FALSE);
		} else if (k->here) {
			json_t *bundle = read_here(k, i);

			take_bundle(k, bundle, FALSE);
			json_decref(bundle);
		} else {
			refuse(k, 412, "The prefetch lacks what is needed, "
			    "and the server named cannot be asked");
		}
	}
}

/* ---- cards -------------------------------------------------------------- */

static void
card(struct call *k, enum cds_indicator indicator, const char *summary,
    const char *detail)
{
	static const char *const names[] = { "info", "warning", "critical" };
	g_autofree char *uuid = g_uuid_string_random();

	json_array_append_new(k->cards, json_pack(
	    "{ss ss ss ss s{ss}}", "uuid", uuid, "summary", summary, "detail",
	    detail, "indicator", names[indicator], "source", "label", SOURCE));
}

static gboolean
is_of(const struct taken *d, const char *atc)
{
	for (guint i = 0; i < d->atc->len; i++)
		if (g_str_has_prefix(d->atc->pdata[i], atc))
			return TRUE;
	return FALSE;
}

static void
check_pair(struct call *k, const struct taken *x, const struct taken *y)
{
	for (size_t i = 0; i < cds_interaction_count; i++) {
		const struct cds_interaction *t = &cds_interactions[i];
		g_autofree char *detail = NULL;

		if (!(is_of(x, t->a) && is_of(y, t->b)) &&
		    !(is_of(x, t->b) && is_of(y, t->a)))
			continue;
		detail = g_strdup_printf("%s\n\n- %s\n- %s", t->detail,
		    x->words ? x->words : "?", y->words ? y->words : "?");
		card(k, t->indicator, t->summary, detail);
	}
}

static void
check_allergies(struct call *k, const struct taken *d)
{
	for (size_t i = 0; i < cds_allergen_count; i++) {
		const struct cds_allergen *t = &cds_allergens[i];
		g_autofree char *summary = NULL;

		if (!is_of(d, t->atc) || !g_ptr_array_find_with_equal_func(
		    k->allergic, t->code, g_str_equal, NULL))
			continue;
		summary = g_strdup_printf("过敏：%s — %.60s", t->words,
		    d->words ? d->words : "?");
		card(k, CDS_CRITICAL, summary, "病历记录有此过敏。");
	}
}

/* A check that could not be made is said, never passed over. */
static void
check_uncoded(struct call *k, const struct taken *d)
{
	if (!d->atc->len)
		card(k, CDS_INFO, "有一种药没有编码，未能检查",
		    d->words ? d->words : "?");
}

static void
check(struct call *k)
{
	for (guint i = 0; i < k->drugs->len; i++) {
		struct taken *x = g_ptr_array_index(k->drugs, i);

		if (!x->fresh)
			continue;
		check_uncoded(k, x);
		check_allergies(k, x);
		for (guint n = 0; n < k->drugs->len; n++) {
			struct taken *y = g_ptr_array_index(k->drugs, n);

			/* Each pair once; not with what it replaces. */
			if ((y->fresh && n <= i) ||
			    (x->prior && !g_strcmp0(x->prior, y->id)))
				continue;
			check_pair(k, x, y);
		}
	}
}

/* ---- the call ----------------------------------------------------------- */

static const struct service *
service_of(struct call *k)
{
	const char *hook = word(k->body, "hook");

	for (size_t i = 0; i < G_N_ELEMENTS(services); i++)
		if (!g_strcmp0(hook, services[i].hook))
			return &services[i];
	refuse(k, 400, "This hook is not served here");
	return NULL;
}

static gboolean
known_id(const char *id)
{
	for (size_t i = 0; i < G_N_ELEMENTS(services); i++)
		if (strcmp(id, services[i].id) == 0)
			return TRUE;
	return FALSE;
}

static gboolean
may_read(const struct call *k)
{
	const char *token = word(json_object_get(k->body,
	    "fhirAuthorization"), "access_token");
	g_autofree char *bearer = token ? g_strconcat("Bearer ", token, NULL)
	    : NULL;

	return bearer && clinic_login_ok(k->login, bearer);
}

static void
open_call(struct call *k)
{
	const struct service *service = service_of(k);
	const char *instance = word(k->body, "hookInstance");
	const json_t *orders;

	k->context = json_object_get(k->body, "context");
	k->patient = bare_id(word(k->context, "patientId"));
	if (!service)
		return;
	orders = json_object_get(k->context, service->orders);
	k->here = !g_strcmp0(word(k->body, "fhirServer"), k->c->base) &&
	    may_read(k);
	if (!instance || !g_uuid_string_is_valid(instance))
		refuse(k, 400, "hookInstance must be a UUID");
	else if (!word(k->context, "userId") || !k->patient)
		refuse(k, 400, "context needs userId and patientId");
	else if (g_strcmp0(word(orders, "resourceType"), "Bundle"))
		refuse(k, 400, "context has no Bundle of orders");
	else
		take_bundle(k, orders, TRUE);
}

static json_t *
parse(const char *body, size_t len)
{
	return memchr(body, 0, len) ? NULL
	    : json_loadb(body, len, JSON_REJECT_DUPLICATES, NULL);
}

void
clinic_cds_call(struct clinic *c, struct clinic_login *login, const char *id,
    const char *body, size_t len, struct clinic_answer *a)
{
	struct call k = { .c = c, .login = login };

	k.drugs = g_ptr_array_new_with_free_func(drug_free);
	k.allergic = g_ptr_array_new_with_free_func(g_free);
	k.cards = json_array();
	k.body = parse(body, len);
	if (!known_id(id))
		refuse(&k, 404, "There is no such service");
	else if (!json_is_object(k.body))
		refuse(&k, 400, "The body is not a JSON object");
	else
		open_call(&k);
	if (!k.error)
		take_chart(&k);
	if (!k.error)
		check(&k);
	if (k.error)
		clinic_answer_error(a, k.error);
	else
		answer(a, json_pack("{sO}", "cards", k.cards));
	json_decref(k.cards);
	json_decref(k.body);
	g_ptr_array_free(k.drugs, TRUE);
	g_ptr_array_free(k.allergic, TRUE);
}
