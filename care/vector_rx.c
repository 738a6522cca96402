/* SPDX-License-Identifier: Apache-2.0 */
/* The prescription of a vector. What it leaves out is the plain case's. */
#include "care/vector_room.h"

/* A member that is null is not stated; one that is absent is the plain line's:
 * one piece, once a day, for seven days, and so many pieces. */
static char *
line_text(const fhir_node *node, const char *name, const char *plain)
{
	const fhir_node *own = fhir_get(node, name);

	return own ? g_strdup(fhir_text(own, NULL)) : g_strdup(plain);
}

static enum care_origin
origin_of(const char *word)
{
	static const char *const words[] = {
		[ORIGIN_DOCTOR] = "doctor", [ORIGIN_CARRIED] = "carried",
		[ORIGIN_TEMPLATE] = "template", [ORIGIN_PROGRAM] = "program",
		[ORIGIN_MACHINE] = "machine",
	};

	for (size_t i = 0; word && i < G_N_ELEMENTS(words); i++)
		if (strcmp(words[i], word) == 0)
			return (enum care_origin)i;
	return ORIGIN_DOCTOR;
}

static const struct care_frequency *
frequency_of(const char *code)
{
	const struct care_frequency *f = care_frequencies;

	for (; code && f->code; f++)
		if (g_ascii_strcasecmp(f->code, code) == 0)
			return f;
	return NULL;
}

static void
add_line(struct vector *v, const fhir_node *node)
{
	struct care_order *o = care_order_new();
	const char *name = fhir_text(node, NULL);
	g_autofree char *frequency = line_text(node, "frequency", "qd");
	int duration = vector_int(node, "days", 7);
	g_autofree char *days = g_strdup_printf("%d", duration);
	const char *piece;

	o->drug = vector_drug(v, name ? name : fhir_text(node, "drug"));
	piece = o->drug->piece_unit ? o->drug->piece_unit : "{tablet}";
	o->dose = line_text(node, "dose", o->drug->strength ?
	    o->drug->strength : "1");
	o->dose_unit = line_text(node, "unit", o->drug->strength_unit ?
	    o->drug->strength_unit : o->drug->herbal ? "g" : piece);
	o->drug->claimed = fhir_bool(node, "claimed") == 1;
	o->as_needed = fhir_bool(node, "as_needed") == 1;
	o->frequency = frequency_of(frequency);
	o->duration_days = duration;
	o->quantity = line_text(node, "quantity", days);
	o->quantity_unit = line_text(node, "quantity_unit", piece);
	o->refills = vector_int(node, "refills", 0);
	o->note = line_text(node, "note", NULL);
	o->origin = origin_of(fhir_text(node, "origin"));
	g_ptr_array_add(v->rx->orders, o);
}

static void
set_diagnosis(struct vector *v)
{
	const fhir_node *node = vector_pick(v, "rx.diagnosis");
	const char *code = fhir_text(node, "code");
	g_autofree char *mark = code ? pack_code(v->pack, code) : NULL;

	vector_mark_split(mark, &v->rx->diagnosis.system,
	    &v->rx->diagnosis.code);
	v->rx->diagnosis.words = g_strdup(fhir_text(node, "words"));
	v->rx->diagnosis.ref = g_strdup(fhir_text(node, "ref"));
}

static char *
rx_text(const struct vector *v, const char *path, const char *fallback)
{
	const fhir_node *node = vector_pick(v, path);

	return g_strdup(node ? fhir_text(node, NULL) : fallback);
}

void
vector_set_rx(struct vector *v)
{
	struct care_rx *rx = v->rx;
	const fhir_node *lines = vector_pick(v, "rx.lines");
	size_t count = fhir_count(lines, NULL);

	g_free(rx->identifier);
	rx->identifier = rx_text(v, "rx.identifier", "urn:uuid:vector");
	rx->requester_ref = rx_text(v, "rx.requester", "Practitioner/1");
	rx->long_term = vector_stated(v, "rx.long_term", FALSE);
	rx->emergency = vector_stated(v, "rx.emergency", FALSE);
	rx->herbal = vector_stated(v, "rx.herbal", FALSE);
	rx->herbal_doses = vector_int(vector_pick(v, "rx.doses"), NULL, 7);
	rx->valid_days = vector_int(vector_pick(v, "rx.valid_days"), NULL, 0);
	rx->prior_ref = rx_text(v, "rx.prior", NULL);
	rx->co_doctor_ref = rx_text(v, "rx.co_doctor", NULL);
	rx->co_doctor_words = g_strdup(rx->co_doctor_ref);
	rx->authored_ms = v->facts->now_ms;
	set_diagnosis(v);
	for (size_t i = 0; i < count; i++)
		add_line(v, fhir_at(lines, NULL, i));
}
