/* SPDX-License-Identifier: Apache-2.0 */
/* A prescription out of its collection, or out of one order of a server. */
#include "care/order_room.h"

#include <string.h>

enum { REQUESTS_MAX = 5, HERBS_MAX = 60 };

static char *
text_at(const fhir_node *node, const char *path)
{
	const char *text = fhir_text(node, path);

	return text && *text ? g_strdup(text) : NULL;
}

/* ---- herbs -------------------------------------------------------------- */

static const fhir_node *
herbs_of(const fhir_node *request)
{
	const char *ref = fhir_text(request, "medicationReference.reference");
	struct fhir_each each;
	const fhir_node *node;

	if (!ref || *ref != '#')
		return NULL;
	fhir_each(&each, fhir_child(request, "contained"));
	while ((node = fhir_each_next(&each, NULL)))
		if (g_strcmp0(fhir_text(node, "id"), ref + 1) == 0)
			break;
	return fhir_get(node, "ingredient.strength.denominator.code") &&
	    g_strcmp0(fhir_text(node, "ingredient.strength.denominator.code"),
	    "{dose}") == 0 ? fhir_child(node, "ingredient") : NULL;
}

static struct care_order *
read_herb(const fhir_node *ingredient, const struct care_order *shared,
    enum order_by by)
{
	struct care_order *o = care_order_new();
	const fhir_node *amount = fhir_get(ingredient, "strength.numerator");
	const struct care_unit *unit = care_unit_of(amount);

	o->drug = drug_of_concept(fhir_child(ingredient,
	    "itemCodeableConcept"));
	o->drug->herbal = TRUE;
	if (by == ORDER_OURS)
		drug_read_product(o->drug, ingredient);
	o->dose = care_decimal_normal(fhir_number(amount, "value"));
	o->dose_unit = o->dose && unit ? g_strdup(unit->code) : NULL;
	o->origin = origin_of(fhir_text(get_extension(ingredient, "origin"),
	    "valueCode"));
	o->preparation = text_at(get_extension(ingredient, "preparation"),
	    "valueString");
	o->note = text_at(get_extension(ingredient, "note"), "valueString");
	o->frequency = shared->frequency;
	o->when = shared->when;
	o->weekdays = shared->weekdays;
	o->route = shared->route;
	o->as_needed = shared->as_needed;
	o->as_needed_for = g_strdup(shared->as_needed_for);
	o->duration_days = shared->duration_days;
	o->refills = shared->refills;
	return o;
}

static void
read_herbs(struct care_rx *rx, const fhir_node *request,
    const fhir_node *herbs, enum order_by by)
{
	BASE_AUTO(care_order) shared = order_read(request, by);
	struct ratio doses = ratio_of(shared->quantity);
	struct fhir_each each;
	const fhir_node *one;

	rx->herbal = TRUE;
	rx->herbal_doses = ratio_good(doses) && doses.den == 1 &&
	    doses.num <= 1000 ? (int)doses.num : 0;
	if (!rx->decoction)
		rx->decoction = g_steal_pointer(&shared->note);
	/* One more than can be written: too many are refused, never cut. */
	fhir_each(&each, herbs);
	while (rx->orders->len <= HERBS_MAX &&
	    (one = fhir_each_next(&each, NULL)))
		g_ptr_array_add(rx->orders, read_herb(one, shared, by));
}

void
rx_read_orders(struct care_rx *rx, const fhir_node *request,
    enum order_by by)
{
	const fhir_node *herbs = herbs_of(request);

	if (herbs)
		read_herbs(rx, request, herbs, by);
	else
		g_ptr_array_add(rx->orders, order_read(request, by));
}

/* ---- what the lines share ----------------------------------------------- */

static void
read_diagnosis(struct care_code *out, const fhir_node *request)
{
	const fhir_node *concept = fhir_at(request, "reasonCode", 0);

	out->system = text_at(concept, "coding.system");
	out->code = text_at(concept, "coding.code");
	out->words = text_at(concept, "text");
	if (!out->words)
		out->words = text_at(concept, "coding.display");
	out->ref = text_at(request, "reasonReference[0].reference");
	if (!out->words)
		out->words = text_at(request, "reasonReference[0].display");
}

void
rx_read_context(struct care_rx *rx, const fhir_node *request)
{
	const char *language = fhir_text(request, "language");
	const char *course = fhir_text(request,
	    "courseOfTherapyType.coding.code");

	rx->language = g_strdup(language && g_str_has_prefix(language, "en") ?
	    "en" : "zh");
	rx->subject_ref = text_at(request, "subject.reference");
	rx->subject_words = text_at(request, "subject.display");
	rx->long_term = g_strcmp0(course, "continuous") == 0;
	read_diagnosis(&rx->diagnosis, request);
}

static void
read_proofs(struct care_rx *rx, const fhir_node *request)
{
	struct fhir_each each, inner;
	const fhir_node *one, *member;

	fhir_each(&each, fhir_child(request, "extension"));
	while ((one = fhir_each_next(&each, NULL))) {
		const char *rule = NULL, *asked = NULL, *text = NULL;

		if (g_strcmp0(fhir_text(one, "url"), CARE_EXT "proof") != 0)
			continue;
		fhir_each(&inner, fhir_child(one, "extension"));
		while ((member = fhir_each_next(&inner, NULL))) {
			const char *url = fhir_text(member, "url");

			if (g_strcmp0(url, "rule") == 0)
				rule = fhir_text(member, "valueString");
			else if (g_strcmp0(url, "asked") == 0)
				asked = fhir_text(member, "valueString");
			else if (g_strcmp0(url, "text") == 0)
				text = fhir_text(member, "valueString");
		}
		if (rule && text)
			care_rx_prove(rx, rule, asked, text);
	}
}

static int
read_valid_days(const fhir_node *request)
{
	const fhir_node *period = fhir_get(request,
	    "dispenseRequest.validityPeriod");
	int64_t start, end, days;

	if (!fhir_time_ms(fhir_text(period, "start"), &start, NULL) ||
	    !fhir_time_ms(fhir_text(period, "end"), &end, NULL))
		return 0;
	days = (end - start) / 86400000;
	return days < 0 ? 0 : (int)MIN(days, 3650);
}

static void
read_links(struct care_rx *rx, const fhir_node *request)
{
	const fhir_node *prior = fhir_child(request, "priorPrescription");
	const fhir_node *task = fhir_child(get_extension(request,
	    "renewal-task"), "valueReference");
	const fhir_node *co = fhir_child(get_extension(request,
	    "co-present-doctor"), "valueReference");

	rx->requester_ref = text_at(request, "requester.reference");
	rx->consult_ref = text_at(request, "supportingInformation[0].reference");
	rx->prior_ref = text_at(prior, "reference");
	rx->prior_version = text_at(get_extension(prior, "version"),
	    "valueString");
	rx->based_on_ref = text_at(request, "basedOn[0].reference");
	rx->task_ref = text_at(task, "reference");
	rx->task_version = text_at(get_extension(task, "version"),
	    "valueString");
	rx->co_doctor_ref = text_at(co, "reference");
	rx->co_doctor_words = text_at(co, "display");
}

static void
read_whole(struct care_rx *rx, const fhir_node *bundle)
{
	const fhir_node *first = fhir_get(bundle, "entry.resource");
	struct fhir_each each;
	const fhir_node *entry;

	rx->identifier = text_at(bundle, "identifier.value");
	rx_read_context(rx, first);
	read_links(rx, first);
	read_proofs(rx, first);
	rx->emergency = g_strcmp0(fhir_text(first, "priority"), "urgent") == 0;
	rx->valid_days = read_valid_days(first);
	if (!fhir_time_ms(fhir_text(first, "authoredOn"), &rx->authored_ms,
	    NULL))
		rx->authored_ms = 0;
	fhir_each(&each, fhir_child(bundle, "entry"));
	while ((entry = fhir_each_next(&each, NULL)))
		rx_read_orders(rx, fhir_child(entry, "resource"), ORDER_OURS);
}

static gboolean
is_collection(const fhir_node *bundle)
{
	size_t n = fhir_count(bundle, "entry");

	if (g_strcmp0(fhir_text(bundle, "resourceType"), "Bundle") != 0 ||
	    g_strcmp0(fhir_text(bundle, "type"), "collection") != 0 ||
	    !care_uuid_ok(fhir_text(bundle, "identifier.value")) ||
	    n == 0 || n > REQUESTS_MAX)
		return FALSE;
	for (size_t i = 0; i < n; i++)
		if (g_strcmp0(fhir_text(fhir_at(bundle, "entry", i),
		    "resource.resourceType"), "MedicationRequest") != 0)
			return FALSE;
	return TRUE;
}

void
care_rx_read_order(struct care_rx *rx, const fhir_node *request)
{
	if (rx->orders->len == 0) {
		rx_read_context(rx, request);
		rx->identifier = text_at(request, "groupIdentifier.value");
		rx->requester_ref = text_at(request, "requester.reference");
		rx->prior_ref = text_at(request, "priorPrescription.reference");
	}
	rx_read_orders(rx, request, ORDER_FOREIGN);
	/* Who typed it nobody here can say; it is shown, and not signed. */
	for (guint i = 0; i < rx->orders->len; i++)
		((struct care_order *)rx->orders->pdata[i])->origin =
		    ORIGIN_CARRIED;
}

struct care_rx *
care_rx_read(const char *bytes, size_t len, GError **error)
{
	BASE_AUTO(fhir_doc) doc = fhir_parse(bytes, len, NULL, error);
	struct care_rx *rx;

	if (!doc)
		return NULL;
	if (!is_collection(fhir_root(doc))) {
		g_set_error(error, FHIR_ERROR, FHIR_ERROR_NOT_FHIR,
		    "no prescription of ours");
		return NULL;
	}
	rx = care_rx_new();
	read_whole(rx, fhir_root(doc));
	return rx;
}
