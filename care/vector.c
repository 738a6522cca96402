/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Vectors: a chart and a prescription in a few words, and what the rule must
 * say. What a vector leaves out is the pack's "plain" case. The words are those
 * of qingnang-rules(5).
 */
#include "care/pack.h"

#include <string.h>

/* What is expected; absent: no finding of this rule. */
static const char *const expect_words[] = { "absent", "log", "warn", "gate",
	"block", "passed", "not-run", "failed", "unknown", NULL };

static const struct pack_member vector_members[] = {
	{ "case", '"', TRUE }, { "now", '"', FALSE }, { "facts", '{', FALSE },
	{ "rx", '{', FALSE }, { "expect", '"', TRUE }, { "gate", '"', FALSE },
	{ "export", '"', FALSE }, { "record", '"', FALSE },
	{ "years", '0', FALSE }, { NULL },
};
static const struct pack_member facts_members[] = {
	{ "age", '"', FALSE }, { "birth", '"', FALSE }, { "sex", '"', FALSE },
	{ "dead", 't', FALSE }, { "missing", '[', FALSE },
	{ "none_known_allergy", 't', FALSE }, { "allergies", '[', FALSE },
	{ "problems", '[', FALSE }, { "drugs", '[', FALSE },
	{ "results", '[', FALSE }, { "visits", '[', FALSE },
	{ "prescriber", '{', FALSE }, { "guardian_present", 't', FALSE },
	{ "guardian_consent", 't', FALSE }, { "said", '[', FALSE },
	{ "fresh_minutes", '0', FALSE }, { "unread", '0', FALSE }, { NULL },
};
static const struct pack_member rx_members[] = {
	{ "lines", '[', FALSE }, { "diagnosis", '{', FALSE },
	{ "long_term", 't', FALSE }, { "emergency", 't', FALSE },
	{ "valid_days", '0', FALSE }, { "herbal", 't', FALSE },
	{ "doses", '0', FALSE }, { "co_doctor", '"', FALSE },
	{ "prior", '"', FALSE }, { "proofs", '{', FALSE },
	{ "identifier", '"', FALSE }, { "requester", '"', FALSE }, { NULL },
};
static const struct pack_member line_members[] = {
	{ "drug", '"', TRUE }, { "dose", '"', FALSE }, { "unit", '"', FALSE },
	{ "frequency", '"', FALSE }, { "days", '0', FALSE },
	{ "quantity", '"', FALSE }, { "quantity_unit", '"', FALSE },
	{ "refills", '0', FALSE }, { "origin", '"', FALSE },
	{ "note", '"', FALSE }, { "as_needed", 't', FALSE },
	{ "claimed", 't', FALSE }, { NULL },
};
static const struct pack_member allergy_members[] = {
	{ "code", '"', FALSE }, { "words", '"', FALSE },
	{ "severe", 't', FALSE }, { "unconfirmed", 't', FALSE }, { NULL },
};
static const struct pack_member problem_members[] = {
	{ "code", '"', FALSE }, { "words", '"', FALSE },
	{ "days", '0', FALSE }, { "active", 't', FALSE },
	{ "confirmed", 't', FALSE }, { "institution", 't', FALSE },
	{ "ref", '"', FALSE }, { NULL },
};
static const struct pack_member drug_members[] = {
	{ "drug", '"', TRUE }, { "ref", '"', FALSE }, { "kind", '"', FALSE },
	{ "status", '"', FALSE }, { "days", '0', FALSE },
	{ "supply", '0', FALSE }, { "allowed", '0', FALSE },
	{ "regimen", '"', FALSE }, { "reason", '"', FALSE },
	{ "reported", 't', FALSE }, { "not_to_give", 't', FALSE },
	{ "preparing", 't', FALSE }, { "ended_days", '0', FALSE },
	{ "requester", '"', FALSE }, { "fills", '[', FALSE }, { NULL },
};
static const struct pack_member fill_members[] = {
	{ "days", '0', TRUE }, { "supply", '0', TRUE }, { NULL },
};
static const struct pack_member result_members[] = {
	{ "code", '"', TRUE }, { "words", '"', FALSE }, { "value", '"', FALSE },
	{ "unit", '"', FALSE }, { "interpretation", '"', FALSE },
	{ "days", '0', TRUE }, { NULL },
};
static const struct pack_member visit_members[] = {
	{ "days", '0', TRUE }, { "admission", 't', FALSE },
	{ "words", '"', FALSE }, { NULL },
};
static const struct pack_member prescriber_members[] = {
	{ "verified", 't', FALSE }, { "profile", 't', FALSE },
	{ "privileges", '[', FALSE }, { "specialties", '[', FALSE },
	{ "years", '0', FALSE }, { "days", '0', FALSE }, { NULL },
};
static const struct pack_member sample_members[] = {
	{ "code", '"', FALSE }, { "zh", '"', FALSE }, { "en", '"', FALSE },
	{ "marks", '[', FALSE }, { "strength", '"', FALSE },
	{ "strength_unit", '"', FALSE }, { "piece", '"', FALSE },
	{ "low", '"', FALSE }, { "high", '"', FALSE },
	{ "range_unit", '"', FALSE }, { NULL },
};

/* One vector on its way. */
struct vector {
	const struct rule *rule;
	const struct care_pack *pack;
	const fhir_node *node;
	struct care_facts *facts;
	struct care_rx *rx;
};

/* ---- is it one? --------------------------------------------------------- */

static gboolean
rows_fit(const fhir_node *rows, const struct pack_member *members,
    const char *where, GError **error)
{
	size_t count = fhir_count(rows, NULL);

	for (size_t i = 0; i < count; i++)
		if (!pack_members(fhir_at(rows, NULL, i), members, where,
		    error))
			return FALSE;
	return TRUE;
}

static const fhir_node *
sample_of(const struct care_pack *pack, const char *name)
{
	const char *known;
	const fhir_node *value;

	for (size_t i = 0; pack_member_at(pack->samples, i, &known, &value);
	    i++)
		if (strcmp(known, name) == 0)
			return value;
	return NULL;
}

/* "uncoded:x" and "herb:x" need no sample. */
static gboolean
drug_fits(const struct care_pack *pack, const char *name, const char *where,
    GError **error)
{
	const fhir_node *sample;

	if (g_str_has_prefix(name, "uncoded:") ||
	    g_str_has_prefix(name, "herb:"))
		return TRUE;
	sample = sample_of(pack, name);
	if (!sample)
		return pack_wrong(error, where, "%.60s is no sample", name);
	return pack_members(sample, sample_members, where, error);
}

static gboolean
drugs_fit(const struct care_pack *pack, const fhir_node *rows,
    const struct pack_member *members, const char *where, GError **error)
{
	size_t count = fhir_count(rows, NULL);

	for (size_t i = 0; i < count; i++) {
		const fhir_node *row = fhir_at(rows, NULL, i);
		const char *name = fhir_text(row, NULL);

		if (!name && !pack_members(row, members, where, error))
			return FALSE;
		if (!drug_fits(pack, name ? name : fhir_text(row, "drug"),
		    where, error) || !rows_fit(fhir_get(row, "fills"),
		    fill_members, where, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
facts_fit(const struct care_pack *pack, const fhir_node *facts,
    const char *where, GError **error)
{
	const fhir_node *me = fhir_get(facts, "prescriber");

	return !facts || (pack_members(facts, facts_members, where, error) &&
	    rows_fit(fhir_get(facts, "allergies"), allergy_members, where,
		error) &&
	    rows_fit(fhir_get(facts, "problems"), problem_members, where,
		error) &&
	    rows_fit(fhir_get(facts, "results"), result_members, where,
		error) &&
	    rows_fit(fhir_get(facts, "visits"), visit_members, where, error) &&
	    (!me || pack_members(me, prescriber_members, where, error)) &&
	    drugs_fit(pack, fhir_get(facts, "drugs"), drug_members, where,
		error));
}

static gboolean
rx_fits(const struct care_pack *pack, const fhir_node *rx, const char *where,
    GError **error)
{
	return !rx || (pack_members(rx, rx_members, where, error) &&
	    drugs_fit(pack, fhir_get(rx, "lines"), line_members, where,
		error));
}

static gboolean
when(const struct rule *rule, const fhir_node *node, int64_t *ms)
{
	const char *text = fhir_text(node, "now");

	*ms = MAX(rule->pack->date_ms, rule->from_ms) + DAY_MS / 6;
	return !text || fhir_time_ms(text, ms, NULL);
}

gboolean
vector_check(const struct rule *rule, const fhir_node *vector,
    const char *where, GError **error)
{
	const struct care_pack *pack = rule->pack;
	int64_t ms;

	if (!pack_members(vector, vector_members, where, error))
		return FALSE;
	if (!g_strv_contains(expect_words, fhir_text(vector, "expect")))
		return pack_wrong(error, where, "expect is not known");
	if (!when(rule, vector, &ms))
		return pack_wrong(error, where, "now is no time");
	return facts_fit(pack, fhir_get(vector, "facts"), where, error) &&
	    rx_fits(pack, fhir_get(vector, "rx"), where, error) &&
	    facts_fit(pack, fhir_get(pack->plain, "facts"), "plain", error) &&
	    rx_fits(pack, fhir_get(pack->plain, "rx"), "plain", error);
}

/* ---- small readers ------------------------------------------------------ */

/* "facts.age" of the vector, else of the plain case. An explicit null is there
 * and says nothing. */
static const fhir_node *
pick(const struct vector *v, const char *path)
{
	const fhir_node *own = fhir_get(v->node, path);

	return own ? own : fhir_get(v->pack->plain, path);
}

static int
int_of(const fhir_node *node, const char *path, int fallback)
{
	const char *text = fhir_number(node, path);

	return text ? (int)CLAMP(g_ascii_strtoll(text, NULL, 10), -100000,
	    100000) : fallback;
}

static gboolean
bool_of(const fhir_node *node, const char *path, gboolean fallback)
{
	int b = fhir_bool(node, path);

	return b < 0 ? fallback : b;
}

static int64_t
days_ago(const struct vector *v, const fhir_node *node, const char *path,
    int64_t fallback)
{
	return fhir_number(node, path) ? v->facts->now_ms -
	    int_of(node, path, 0) * DAY_MS : fallback;
}

static const char *
keep(const struct vector *v, const char *text)
{
	return facts_words(v->facts, text);
}

static char **
one_mark(const struct vector *v, const char *code)
{
	char **marks = g_new0(char *, 2);

	marks[0] = code ? pack_code(v->pack, code) : NULL;
	return marks;
}

static char **
all_marks(const struct vector *v, const fhir_node *array)
{
	g_autoptr(GPtrArray) marks = g_ptr_array_new();
	size_t count = fhir_count(array, NULL);

	for (size_t i = 0; i < count; i++) {
		const char *text = fhir_text(fhir_at(array, NULL, i), NULL);
		char *mark = text ? pack_code(v->pack, text) : NULL;

		if (mark)
			g_ptr_array_add(marks, mark);
	}
	g_ptr_array_add(marks, NULL);
	return (char **)g_ptr_array_free(g_steal_pointer(&marks), FALSE);
}

static void
split_mark(const char *mark, char **system, char **code)
{
	const char *bar = mark ? strrchr(mark, '|') : NULL;

	if (!bar)
		return;
	*system = g_strndup(mark, (gsize)(bar - mark));
	*code = g_strdup(bar + 1);
}

static struct care_drug *
drug_of(const struct vector *v, const char *name)
{
	struct care_drug *drug = g_new0(struct care_drug, 1);
	const fhir_node *sample = sample_of(v->pack, name);
	const char *code = fhir_text(sample, "code");
	g_autofree char *mark = code ? pack_code(v->pack, code) : NULL;
	const char *colon = strchr(name, ':');

	drug->marks = all_marks(v, fhir_get(sample, "marks"));
	drug->ingredients = g_new0(char *, 1);
	if (!sample) {
		drug->herbal = g_str_has_prefix(name, "herb:");
		drug->words = g_strdup(colon ? colon + 1 : name);
		drug->generic_zh = g_strdup(drug->words);
		return drug;
	}
	split_mark(mark, &drug->system, &drug->code);
	drug->generic_zh = g_strdup(fhir_text(sample, "zh"));
	drug->generic_en = g_strdup(fhir_text(sample, "en"));
	drug->words = g_strdup(drug->generic_zh ? drug->generic_zh :
	    drug->generic_en);
	drug->strength = g_strdup(fhir_text(sample, "strength"));
	drug->strength_unit = g_strdup(fhir_text(sample, "strength_unit"));
	drug->piece_unit = g_strdup(fhir_text(sample, "piece"));
	drug->dose_low = g_strdup(fhir_text(sample, "low"));
	drug->dose_high = g_strdup(fhir_text(sample, "high"));
	drug->dose_unit = g_strdup(fhir_text(sample, "range_unit"));
	return drug;
}

/* ---- the chart ---------------------------------------------------------- */

static void
add_allergy(struct vector *v, const fhir_node *node)
{
	struct fact_allergy *a = g_new0(struct fact_allergy, 1);

	a->words = keep(v, fhir_text(node, "words"));
	a->marks = one_mark(v, fhir_text(node, "code"));
	a->severe = bool_of(node, "severe", FALSE);
	a->unconfirmed = bool_of(node, "unconfirmed", FALSE);
	g_ptr_array_add(v->facts->allergies, a);
}

static void
add_problem(struct vector *v, const fhir_node *node)
{
	struct fact_problem *p = g_new0(struct fact_problem, 1);

	p->words = keep(v, fhir_text(node, "words"));
	p->marks = one_mark(v, fhir_text(node, "code"));
	p->active = bool_of(node, "active", TRUE);
	p->confirmed = bool_of(node, "confirmed", TRUE);
	p->by_institution = bool_of(node, "institution", TRUE);
	p->date_ms = days_ago(v, node, "days", 0);
	p->ref = keep(v, fhir_text(node, "ref"));
	g_ptr_array_add(v->facts->problems, p);
}

static enum fact_drug_kind
drug_kind(const char *word)
{
	return g_strcmp0(word, "statement") == 0 ? FACT_STATEMENT :
	    g_strcmp0(word, "proposal") == 0 ? FACT_PROPOSAL :
	    g_strcmp0(word, "dispense") == 0 ? FACT_DISPENSE : FACT_ORDER;
}

static void
add_fills(struct vector *v, struct fact_drug *d, const fhir_node *rows)
{
	size_t count = fhir_count(rows, NULL);

	for (size_t i = 0; i < count; i++) {
		const fhir_node *row = fhir_at(rows, NULL, i);
		struct fact_fill fill = { 0 };

		fill.date_ms = days_ago(v, row, "days", 0);
		fill.days = int_of(row, "supply", 0);
		g_array_append_val(d->fills, fill);
	}
}

static void
add_drug(struct vector *v, const fhir_node *node)
{
	struct fact_drug *d = g_new0(struct fact_drug, 1);
	const char *status = fhir_text(node, "status");
	const char *requester = fhir_text(node, "requester");

	d->kind = drug_kind(fhir_text(node, "kind"));
	d->drug = drug_of(v, fhir_text(node, "drug"));
	d->words = keep(v, d->drug->words);
	d->ref = keep(v, fhir_text(node, "ref"));
	d->status = keep(v, status ? status : "active");
	d->requester_ref = keep(v, requester ? requester : "Practitioner/2");
	d->authored_ms = days_ago(v, node, "days", 0);
	d->valid_until_ms = days_ago(v, node, "ended_days", 0);
	d->supply_days = int_of(node, "supply", 0);
	d->allowed = int_of(node, "allowed", -1);
	d->regimen = keep(v, fhir_text(node, "regimen"));
	d->reported = bool_of(node, "reported", FALSE);
	d->not_to_give = bool_of(node, "not_to_give", FALSE);
	d->preparing = bool_of(node, "preparing", FALSE);
	d->reasons = one_mark(v, fhir_text(node, "reason"));
	d->fills = g_array_new(FALSE, TRUE, sizeof(struct fact_fill));
	add_fills(v, d, fhir_get(node, "fills"));
	g_ptr_array_add(v->facts->drugs, d);
}

static void
add_result(struct vector *v, const fhir_node *node)
{
	struct fact_result *r = g_new0(struct fact_result, 1);

	r->marks = one_mark(v, fhir_text(node, "code"));
	r->words = keep(v, fhir_text(node, "words"));
	r->value = keep(v, fhir_text(node, "value"));
	r->unit = keep(v, fhir_text(node, "unit"));
	r->interpretation = keep(v, fhir_text(node, "interpretation"));
	r->date_ms = days_ago(v, node, "days", 0);
	g_ptr_array_add(v->facts->results, r);
}

static void
add_visit(struct vector *v, const fhir_node *node)
{
	struct fact_visit *visit = g_new0(struct fact_visit, 1);

	visit->words = keep(v, fhir_text(node, "words"));
	visit->admission = bool_of(node, "admission", FALSE);
	visit->start_ms = days_ago(v, node, "days", 0);
	g_ptr_array_add(v->facts->visits, visit);
}

static void
add_said(struct vector *v, const fhir_node *node)
{
	care_facts_say(v->facts, fhir_text(node, NULL));
}

/* "6y364d", "5mo", "12d": born so long before now. */
static char *
born(const struct vector *v, const char *age)
{
	g_autoptr(GDateTime) now = base_clock_date(v->facts->now_ms);
	g_autoptr(GDateTime) day = NULL;
	int years = 0, months = 0, days = 0;
	char *end;

	while (*age) {
		int n = (int)CLAMP(g_ascii_strtoll(age, &end, 10), 0, 40000);

		if (end == age)
			break;
		if (g_str_has_prefix(end, "mo"))
			months = n, end++;
		else if (*end == 'y')
			years = n;
		else
			days = n;
		age = *end ? end + 1 : end;
	}
	day = g_date_time_add_full(now, -MIN(years, 200), -months, -days, 0, 0,
	    0);
	return day ? g_date_time_format(day, "%Y-%m-%d") : NULL;
}

static void
set_patient(struct vector *v)
{
	struct care_facts *f = v->facts;
	const char *age = fhir_text(pick(v, "facts.age"), NULL);
	g_autofree char *birth = age ? born(v, age) : NULL;
	const char *own = fhir_text(v->node, "facts.birth");

	f->birth_date = keep(v, own ? own : birth);
	f->sex = keep(v, fhir_text(pick(v, "facts.sex"), NULL));
	f->dead = bool_of(pick(v, "facts.dead"), NULL, FALSE);
	f->none_known_allergy = bool_of(pick(v, "facts.none_known_allergy"),
	    NULL, TRUE);
	f->guardian_present = bool_of(pick(v, "facts.guardian_present"), NULL,
	    FALSE);
	f->guardian_consent = bool_of(pick(v, "facts.guardian_consent"), NULL,
	    FALSE);
	f->fresh_ms = f->now_ms - int_of(pick(v, "facts.fresh_minutes"), NULL,
	    1) * INT64_C(60000);
	f->unread_messages = int_of(pick(v, "facts.unread"), NULL, 0);
}

static void
set_prescriber(struct vector *v)
{
	struct care_prescriber *me = &v->facts->prescriber;
	const fhir_node *node = pick(v, "facts.prescriber");
	g_autoptr(GDateTime) now = base_clock_date(v->facts->now_ms);
	g_autoptr(GDateTime) since = g_date_time_add_years(now,
	    -CLAMP(int_of(node, "years", 10), 0, 100));

	me->ref = "Practitioner/1";
	me->verified = bool_of(node, "verified", TRUE);
	me->profile_known = bool_of(node, "profile", TRUE);
	me->privileges = all_marks(v, fhir_get(node, "privileges"));
	me->specialties = all_marks(v, fhir_get(node, "specialties"));
	me->qualified_since_ms = g_date_time_to_unix(since) * 1000 +
	    int_of(node, "days", 0) * DAY_MS;
}

static void
set_sections(struct vector *v)
{
	static const char *const names[FACTS_SECTIONS_] = {
		[FACTS_ALLERGIES] = "allergies", [FACTS_PROBLEMS] = "problems",
		[FACTS_DRUGS] = "drugs", [FACTS_RESULTS] = "results",
		[FACTS_VISITS] = "visits",
	};
	const fhir_node *missing = pick(v, "facts.missing");
	size_t count = fhir_count(missing, NULL);

	for (int s = 0; s < FACTS_SECTIONS_; s++) {
		v->facts->state[s] = FACTS_LOADED;
		for (size_t i = 0; i < count; i++)
			if (g_strcmp0(fhir_text(fhir_at(missing, NULL, i),
			    NULL), names[s]) == 0)
				v->facts->state[s] = FACTS_NOT_LOADED;
	}
}

static void
set_facts(struct vector *v)
{
	static const struct {
		const char *path;
		void (*add)(struct vector *v, const fhir_node *node);
	} rows[] = {
		{ "facts.allergies", add_allergy },
		{ "facts.problems", add_problem },
		{ "facts.drugs", add_drug },
		{ "facts.results", add_result },
		{ "facts.visits", add_visit },
		{ "facts.said", add_said },
	};

	set_patient(v);
	set_prescriber(v);
	set_sections(v);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const fhir_node *array = pick(v, rows[i].path);
		size_t count = fhir_count(array, NULL);

		for (size_t n = 0; n < count; n++)
			rows[i].add(v, fhir_at(array, NULL, n));
	}
	care_facts_join(v->facts);
}

/* ---- the prescription --------------------------------------------------- */

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
	int duration = int_of(node, "days", 7);
	g_autofree char *days = g_strdup_printf("%d", duration);
	const char *piece;

	o->drug = drug_of(v, name ? name : fhir_text(node, "drug"));
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
	o->refills = int_of(node, "refills", 0);
	o->note = line_text(node, "note", NULL);
	o->origin = origin_of(fhir_text(node, "origin"));
	g_ptr_array_add(v->rx->orders, o);
}

static void
set_diagnosis(struct vector *v)
{
	const fhir_node *node = pick(v, "rx.diagnosis");
	const char *code = fhir_text(node, "code");
	g_autofree char *mark = code ? pack_code(v->pack, code) : NULL;

	split_mark(mark, &v->rx->diagnosis.system, &v->rx->diagnosis.code);
	v->rx->diagnosis.words = g_strdup(fhir_text(node, "words"));
	v->rx->diagnosis.ref = g_strdup(fhir_text(node, "ref"));
}

static void
set_proofs(struct vector *v)
{
	const fhir_node *proofs = pick(v, "rx.proofs"), *value;
	const char *rule;

	for (size_t i = 0; pack_member_at(proofs, i, &rule, &value); i++)
		if (fhir_text(value, NULL))
			care_rx_prove(v->rx, rule, fhir_text(value, NULL));
}

static char *
rx_text(const struct vector *v, const char *path, const char *fallback)
{
	const fhir_node *node = pick(v, path);

	return g_strdup(node ? fhir_text(node, NULL) : fallback);
}

static void
set_rx(struct vector *v)
{
	struct care_rx *rx = v->rx;
	const fhir_node *lines = pick(v, "rx.lines");
	size_t count = fhir_count(lines, NULL);

	g_free(rx->identifier);
	rx->identifier = rx_text(v, "rx.identifier", "urn:uuid:vector");
	rx->requester_ref = rx_text(v, "rx.requester", "Practitioner/1");
	rx->long_term = bool_of(pick(v, "rx.long_term"), NULL, FALSE);
	rx->emergency = bool_of(pick(v, "rx.emergency"), NULL, FALSE);
	rx->herbal = bool_of(pick(v, "rx.herbal"), NULL, FALSE);
	rx->herbal_doses = int_of(pick(v, "rx.doses"), NULL, 7);
	rx->valid_days = int_of(pick(v, "rx.valid_days"), NULL, 0);
	rx->prior_ref = rx_text(v, "rx.prior", NULL);
	rx->co_doctor_ref = rx_text(v, "rx.co_doctor", NULL);
	rx->co_doctor_words = g_strdup(rx->co_doctor_ref);
	rx->authored_ms = v->facts->now_ms;
	set_diagnosis(v);
	set_proofs(v);
	for (size_t i = 0; i < count; i++)
		add_line(v, fhir_at(lines, NULL, i));
}

/* ---- does it hold? ------------------------------------------------------ */

/* The gravest of what a rule said. */
static const char *
said(const struct check *c, const struct rule *rule)
{
	const char *worst = "absent";
	int rank = -2;

	for (guint i = 0; i < c->findings->len; i++) {
		const struct care_finding *f = c->findings->pdata[i];
		gboolean shut = f->evidence || (f->severity == SEVERITY_GATE &&
		    f->proof);
		int at = f->kind == FINDING_NOT_RUN ? 10 : shut ? -1 :
		    (int)f->severity;

		if (g_strcmp0(f->rule, rule->id) != 0 || at < rank)
			continue;
		rank = at;
		worst = at == 10 ? "not-run" : shut ? "passed" :
		    care_severity_word(f->severity);
	}
	return worst;
}

static const char *
gate_said(const struct care_rules *rules, const struct vector *v)
{
	static const char *const words[] = { [GATE_PASSED] = "passed",
		[GATE_FAILED] = "failed", [GATE_UNKNOWN] = "unknown" };
	BASE_AUTO(care_renewal) renewal = care_renewal_check(rules, v->facts,
	    v->rx->prior_ref);
	const char *gate = fhir_text(v->node, "gate");

	for (guint i = 0; i < renewal->gates->len; i++) {
		const struct care_gate *g = renewal->gates->pdata[i];

		if (g_strcmp0(g->id, gate) == 0)
			return words[g->state];
	}
	return "absent";
}

static const char *
outcome(const struct care_rules *rules, const struct vector *v)
{
	struct check c;
	const char *word;

	if (v->rule->kind->check == check_renewal_gates)
		return gate_said(rules, v);
	check_begin(&c, rules, v->facts, v->rx);
	c.rule = v->rule;
	c.asked = fhir_text(v->node, "export");
	if (!c.asked)
		c.asked = fhir_text(v->node, "record");
	c.asked_years = int_of(v->node, "years", 0);
	if (rule_in_force(v->rule, v->facts->now_ms))
		check_rule(&c);
	word = said(&c, v->rule);
	check_end(&c);
	return word;
}

char *
vector_run(const struct care_rules *rules, const struct rule *rule,
    const fhir_node *node, size_t n)
{
	struct vector v = { .rule = rule, .pack = rule->pack, .node = node };
	const char *expect = fhir_text(node, "expect"), *got;
	int64_t now_ms;

	if (!when(rule, node, &now_ms))
		return g_strdup_printf("%s: vector %zu: no time", rule->id, n);
	v.facts = care_facts_new(now_ms);
	v.rx = care_rx_new();
	set_facts(&v);
	set_rx(&v);
	got = outcome(rules, &v);
	care_rx_free(v.rx);
	care_facts_free(v.facts);
	if (strcmp(got, expect) == 0)
		return NULL;
	return g_strdup_printf("%s: vector %zu (%s): expected %s, found %s",
	    rule->id, n + 1, fhir_text(node, "case"), expect, got);
}
