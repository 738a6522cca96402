/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A prescription as the collection that is shown and signed: R4
 * MedicationRequests, written in one fixed order, so that the same values are the
 * same bytes.
 */
#include "care/order_room.h"

#include <string.h>

enum { ORDERS_MAX = 5, HERBS_MAX = 60 };

static const char *
lang_of(const struct care_rx *rx)
{
	return rx->language ? rx->language : "zh";
}

/* ---- what must be there ------------------------------------------------- */

static gboolean
missing(GError **error, const char *what)
{
	g_set_error(error, FHIR_ERROR, FHIR_ERROR_NOT_FHIR,
	    "prescription: %s", what);
	return FALSE;
}

static gboolean
order_is_whole(const struct care_rx *rx, const struct care_order *o,
    GError **error)
{
	if (!o->drug || !*care_drug_words(o->drug, lang_of(rx)))
		return missing(error, "a line without drug");
	if (rx->herbal != o->drug->herbal)
		return missing(error, "herbs and other drugs together");
	if (!o->dose && !(o->route && o->route->dose_free))
		return missing(error, "a line without dose");
	if (o->dose && !o->dose_unit)
		return missing(error, "a dose without unit");
	if (!rx->herbal && !o->frequency && !o->as_needed)
		return missing(error, "a line without frequency");
	return TRUE;
}

static gboolean
is_reference(const char *ref)
{
	struct fhir_ref parsed;

	return fhir_ref_parse(ref, &parsed);
}

static gboolean
rx_is_whole(const struct care_rx *rx, GError **error)
{
	guint max = rx->herbal ? HERBS_MAX : ORDERS_MAX;

	if (!care_uuid_ok(rx->identifier))
		return missing(error, "no identifier");
	if (!is_reference(rx->subject_ref))
		return missing(error, "no patient");
	if (!is_reference(rx->requester_ref))
		return missing(error, "no prescriber");
	if (rx->authored_ms <= 0)
		return missing(error, "no date");
	if (rx->orders->len == 0 || rx->orders->len > max)
		return missing(error, "no line, or too many");
	if (rx->herbal && rx->herbal_doses <= 0)
		return missing(error, "herbs without a number of doses");
	for (guint i = 0; i < rx->orders->len; i++)
		if (!order_is_whole(rx, rx->orders->pdata[i], error))
			return FALSE;
	return TRUE;
}

/* ---- extensions --------------------------------------------------------- */

static void
put_string(struct fhir_out *out, const char *url, const char *text)
{
	fhir_out_open(out, NULL, '{');
	fhir_out_text(out, "url", url);
	fhir_out_text(out, "valueString", text);
	fhir_out_close(out);
}

static void
write_proofs(struct fhir_out *out, const struct care_rx *rx)
{
	for (guint i = 0; i < rx->proofs->len; i++) {
		const struct care_proof *proof = rx->proofs->pdata[i];

		if (!proof->text || !*proof->text)
			continue;
		fhir_out_open(out, NULL, '{');
		fhir_out_open(out, "extension", '[');
		put_string(out, "rule", proof->rule);
		if (proof->asked)
			put_string(out, "asked", proof->asked);
		put_string(out, "text", proof->text);
		fhir_out_close(out);
		fhir_out_text(out, "url", CARE_EXT "proof");
		fhir_out_close(out);
	}
}

/* A reference with its version beside it. */
static void
write_versioned(struct fhir_out *out, const char *name, const char *ref,
    const char *version)
{
	if (!ref)
		return;
	out_extension(out, name);
	fhir_out_open(out, "valueReference", '{');
	if (version) {
		fhir_out_open(out, "extension", '[');
		out_extension(out, "version");
		fhir_out_text(out, "valueString", version);
		fhir_out_close(out);
		fhir_out_close(out);
	}
	fhir_out_text(out, "reference", ref);
	fhir_out_close(out);
	fhir_out_close(out);
}

static void
write_origin(struct fhir_out *out, enum care_origin origin)
{
	out_extension(out, "origin");
	fhir_out_text(out, "valueCode", origin_code(origin));
	fhir_out_close(out);
}

static void
write_extensions(struct fhir_out *out, const struct care_rx *rx,
    const struct care_order *order)
{
	fhir_out_open(out, "extension", '[');
	if (!rx->herbal) {
		drug_write_product(out, order->drug);
		write_origin(out, order->origin);
	}
	write_versioned(out, "renewal-task", rx->task_ref, rx->task_version);
	if (rx->co_doctor_ref) {
		out_extension(out, "co-present-doctor");
		fhir_out_reference(out, "valueReference", rx->co_doctor_ref,
		    rx->co_doctor_words);
		fhir_out_close(out);
	}
	write_proofs(out, rx);
	fhir_out_close(out);
}

/* ---- herbs -------------------------------------------------------------- */

static void
write_herb(struct fhir_out *out, const struct care_order *o, const char *lang)
{
	fhir_out_open(out, NULL, '{');
	fhir_out_open(out, "extension", '[');
	drug_write_product(out, o->drug);
	write_origin(out, o->origin);
	if (o->preparation) {
		out_extension(out, "preparation");
		fhir_out_text(out, "valueString", o->preparation);
		fhir_out_close(out);
	}
	if (o->note) {
		out_extension(out, "note");
		fhir_out_text(out, "valueString", o->note);
		fhir_out_close(out);
	}
	fhir_out_close(out);
	drug_write_concept(out, "itemCodeableConcept", o->drug, lang);
	fhir_out_open(out, "strength", '{');
	out_quantity(out, "numerator", o->dose, o->dose_unit, lang);
	out_quantity(out, "denominator", "1", "{dose}", lang);
	fhir_out_close(out);
	fhir_out_close(out);
}

static void
write_herbs(struct fhir_out *out, const struct care_rx *rx)
{
	gboolean zh = g_str_has_prefix(lang_of(rx), "zh");

	fhir_out_open(out, "contained", '[');
	fhir_out_open(out, NULL, '{');
	fhir_out_text(out, "resourceType", "Medication");
	fhir_out_text(out, "id", "herbs");
	out_concept(out, "code", NULL, NULL, NULL, zh ? "中药饮片处方" :
	    "herbal prescription");
	fhir_out_open(out, "ingredient", '[');
	for (guint i = 0; i < rx->orders->len; i++)
		write_herb(out, rx->orders->pdata[i], lang_of(rx));
	fhir_out_close(out);
	fhir_out_close(out);
	fhir_out_close(out);
}

/* 黄芪 15 g、附子 9 g（先煎） */
static char *
herbs_words(const struct care_rx *rx)
{
	gboolean zh = g_str_has_prefix(lang_of(rx), "zh");
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < rx->orders->len; i++) {
		g_autofree char *herb = care_order_sentence(
		    rx->orders->pdata[i], lang_of(rx));

		g_string_append_printf(out, "%s%s", i == 0 ? "" : zh ? "、" :
		    ", ", herb);
	}
	return g_string_free(out, FALSE);
}

char *
care_rx_herbs_sentence(const struct care_rx *rx)
{
	gboolean zh = g_str_has_prefix(lang_of(rx), "zh");
	g_autofree char *herbs = herbs_words(rx);
	const char *more = rx->decoction ? rx->decoction : "";

	return g_strdup_printf(zh ? "%s；共 %d 付%s%s" : "%s; %d doses%s%s", herbs,
	    rx->herbal_doses, *more ? zh ? "；" : "; " : "", more);
}

/* ---- a MedicationRequest ------------------------------------------------ */

static void
write_identifier(struct fhir_out *out, const char *value)
{
	fhir_out_text(out, "system", CARE_URI);
	fhir_out_text(out, "value", value);
}

static void
write_list_reference(struct fhir_out *out, const char *key, const char *ref)
{
	fhir_out_open(out, key, '[');
	fhir_out_reference(out, NULL, ref, NULL);
	fhir_out_close(out);
}

static void
write_reason(struct fhir_out *out, const struct care_code *code)
{
	fhir_out_open(out, "reasonCode", '[');
	if (code->code || code->words)
		out_concept(out, NULL, code->system, code->code, NULL,
		    code->words);
	fhir_out_close(out);
	write_list_reference(out, "reasonReference", code->ref);
}

/* "2026-11-22", in the hospital's zone: CN-23 counts calendar days. */
static void
write_validity(struct fhir_out *out, const struct care_rx *rx)
{
	g_autoptr(GDateTime) start = base_clock_date(rx->authored_ms);
	g_autoptr(GDateTime) end = start ? g_date_time_add_days(start,
	    rx->valid_days) : NULL;
	g_autofree char *from = start ? g_date_time_format(start, "%Y-%m-%d") :
	    NULL;
	g_autofree char *to = end ? g_date_time_format(end, "%Y-%m-%d") : NULL;

	fhir_out_open(out, "validityPeriod", '{');
	fhir_out_text(out, "start", from);
	fhir_out_text(out, "end", to);
	fhir_out_close(out);
}

static void
write_days(struct fhir_out *out, int days, const char *lang)
{
	g_autofree char *text = g_strdup_printf("%d", days);

	if (days > 0)
		out_quantity(out, "expectedSupplyDuration", text, "d", lang);
}

static void
write_dispense(struct fhir_out *out, const struct care_rx *rx,
    const struct care_order *o)
{
	g_autofree char *doses = g_strdup_printf("%d", rx->herbal_doses);

	fhir_out_open(out, "dispenseRequest", '{');
	write_validity(out, rx);
	if (o->refills >= 0)
		fhir_out_int(out, "numberOfRepeatsAllowed", o->refills);
	if (rx->herbal)
		out_quantity(out, "quantity", doses, "{dose}", lang_of(rx));
	else
		out_quantity(out, "quantity", o->quantity, o->quantity_unit,
		    lang_of(rx));
	write_days(out, o->duration_days, lang_of(rx));
	fhir_out_close(out);
}

static void
write_dosage(struct fhir_out *out, const struct care_rx *rx,
    const struct care_order *o)
{
	g_autofree char *words = rx->herbal ? care_rx_herbs_sentence(rx) :
	    care_order_sentence(o, lang_of(rx));

	fhir_out_open(out, "dosageInstruction", '[');
	fhir_out_open(out, NULL, '{');
	fhir_out_text(out, "text", words);
	fhir_out_text(out, "patientInstruction", rx->herbal ? rx->decoction :
	    o->note);
	order_write_dosage(out, o, lang_of(rx));
	fhir_out_close(out);
	fhir_out_close(out);
}

static void
write_medication(struct fhir_out *out, const struct care_rx *rx,
    const struct care_order *o)
{
	if (!rx->herbal) {
		drug_write_concept(out, "medicationCodeableConcept", o->drug,
		    lang_of(rx));
		return;
	}
	g_autofree char *words = herbs_words(rx);
	fhir_out_reference(out, "medicationReference", "#herbs", words);
}

/* Why, from what, and as part of which. */
static void
write_context(struct fhir_out *out, const struct care_rx *rx)
{
	g_autofree char *authored = fhir_instant(rx->authored_ms);

	fhir_out_reference(out, "subject", rx->subject_ref, rx->subject_words);
	write_list_reference(out, "supportingInformation", rx->consult_ref);
	fhir_out_text(out, "authoredOn", authored);
	fhir_out_reference(out, "requester", rx->requester_ref, NULL);
	write_reason(out, &rx->diagnosis);
	write_list_reference(out, "basedOn", rx->based_on_ref);
	fhir_out_open(out, "groupIdentifier", '{');
	write_identifier(out, rx->identifier);
	fhir_out_close(out);
	out_concept(out, "courseOfTherapyType", "http://terminology.hl7.org/"
	    "CodeSystem/medicationrequest-course-of-therapy",
	    rx->long_term ? "continuous" : "acute", NULL, NULL);
}

static void
write_prior(struct fhir_out *out, const struct care_rx *rx)
{
	if (!rx->prior_ref)
		return;
	fhir_out_open(out, "priorPrescription", '{');
	if (rx->prior_version) {
		fhir_out_open(out, "extension", '[');
		out_extension(out, "version");
		fhir_out_text(out, "valueString", rx->prior_version);
		fhir_out_close(out);
		fhir_out_close(out);
	}
	fhir_out_text(out, "reference", rx->prior_ref);
	fhir_out_close(out);
}

static void
write_request(struct fhir_out *out, const struct care_rx *rx,
    const struct care_order *o, const char *identifier)
{
	fhir_out_text(out, "resourceType", "MedicationRequest");
	fhir_out_text(out, "language", g_str_has_prefix(lang_of(rx), "zh") ?
	    "zh-CN" : "en");
	if (rx->herbal)
		write_herbs(out, rx);
	write_extensions(out, rx, o);
	fhir_out_open(out, "identifier", '[');
	fhir_out_open(out, NULL, '{');
	write_identifier(out, identifier);
	fhir_out_close(out);
	fhir_out_close(out);
	fhir_out_text(out, "status", "draft");
	fhir_out_text(out, "intent", "order");
	fhir_out_text(out, "priority", rx->emergency ? "urgent" : NULL);
	write_medication(out, rx, o);
	write_context(out, rx);
	write_dosage(out, rx, o);
	write_dispense(out, rx, o);
	write_prior(out, rx);
}

char *
care_rx_collection(const struct care_rx *rx, size_t *len, GError **error)
{
	guint n = rx->herbal ? 1 : rx->orders->len;
	struct fhir_out *out;

	if (!rx_is_whole(rx, error))
		return NULL;
	out = fhir_out_new();
	fhir_out_text(out, "resourceType", "Bundle");
	fhir_out_open(out, "identifier", '{');
	write_identifier(out, rx->identifier);
	fhir_out_close(out);
	fhir_out_text(out, "type", "collection");
	fhir_out_open(out, "entry", '[');
	for (guint i = 0; i < n; i++) {
		g_autofree char *name = care_rx_line_identifier(rx, (int)i);

		fhir_out_open(out, NULL, '{');
		fhir_out_text(out, "fullUrl", name);
		fhir_out_open(out, "resource", '{');
		write_request(out, rx, rx->orders->pdata[i], name);
		fhir_out_close(out);
		fhir_out_close(out);
	}
	fhir_out_close(out);
	return fhir_out_finish(out, len);
}
