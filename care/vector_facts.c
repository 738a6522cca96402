/* SPDX-License-Identifier: Apache-2.0 */
/* The chart of a vector. What it leaves out is the plain case's. */
#include "care/vector_room.h"

static int64_t
days_ago(const struct vector *v, const fhir_node *node, const char *path,
    int64_t fallback)
{
	return fhir_number(node, path) ? v->facts->now_ms -
	    vector_int(node, path, 0) * DAY_MS : fallback;
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

static void
add_allergy(struct vector *v, const fhir_node *node)
{
	struct fact_allergy *a = g_new0(struct fact_allergy, 1);

	a->words = keep(v, fhir_text(node, "words"));
	a->marks = one_mark(v, fhir_text(node, "code"));
	a->severe = vector_bool(node, "severe", FALSE);
	a->unconfirmed = vector_bool(node, "unconfirmed", FALSE);
	g_ptr_array_add(v->facts->allergies, a);
}

static void
add_problem(struct vector *v, const fhir_node *node)
{
	struct fact_problem *p = g_new0(struct fact_problem, 1);

	p->words = keep(v, fhir_text(node, "words"));
	p->marks = one_mark(v, fhir_text(node, "code"));
	p->active = vector_bool(node, "active", TRUE);
	p->confirmed = vector_bool(node, "confirmed", TRUE);
	p->by_institution = vector_bool(node, "institution", TRUE);
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
		fill.days = vector_int(row, "supply", 0);
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
	d->drug = vector_drug(v, fhir_text(node, "drug"));
	d->words = keep(v, d->drug->words);
	d->ref = keep(v, fhir_text(node, "ref"));
	d->status = keep(v, status ? status : "active");
	d->requester_ref = keep(v, requester ? requester : "Practitioner/2");
	d->authored_ms = days_ago(v, node, "days", 0);
	d->valid_until_ms = days_ago(v, node, "ended_days", 0);
	d->supply_days = vector_int(node, "supply", 0);
	d->allowed = vector_int(node, "allowed", -1);
	d->regimen = keep(v, fhir_text(node, "regimen"));
	d->reported = vector_bool(node, "reported", FALSE);
	d->not_to_give = vector_bool(node, "not_to_give", FALSE);
	d->preparing = vector_bool(node, "preparing", FALSE);
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
	visit->admission = vector_bool(node, "admission", FALSE);
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
	const char *age = fhir_text(vector_pick(v, "facts.age"), NULL);
	g_autofree char *birth = age ? born(v, age) : NULL;
	const char *own = fhir_text(v->node, "facts.birth");
	int minutes = vector_int(vector_pick(v, "facts.fresh_minutes"), NULL,
	    1);

	f->birth_date = keep(v, own ? own : birth);
	f->sex = keep(v, fhir_text(vector_pick(v, "facts.sex"), NULL));
	f->dead = vector_stated(v, "facts.dead", FALSE);
	f->none_known_allergy = vector_stated(v, "facts.none_known_allergy",
	    TRUE);
	f->guardian_present = vector_stated(v, "facts.guardian_present", FALSE);
	f->guardian_consent = vector_stated(v, "facts.guardian_consent", FALSE);
	f->fresh_ms = f->now_ms - minutes * INT64_C(60000);
	f->unread_messages = vector_int(vector_pick(v, "facts.unread"), NULL,
	    0);
}

static void
set_prescriber(struct vector *v)
{
	struct care_prescriber *me = &v->facts->prescriber;
	const fhir_node *node = vector_pick(v, "facts.prescriber");
	g_autoptr(GDateTime) now = base_clock_date(v->facts->now_ms);
	g_autoptr(GDateTime) since = g_date_time_add_years(now,
	    -CLAMP(vector_int(node, "years", 10), 0, 100));

	me->ref = "Practitioner/1";
	me->verified = vector_bool(node, "verified", TRUE);
	me->profile_known = vector_bool(node, "profile", TRUE);
	me->privileges = vector_marks(v, fhir_get(node, "privileges"));
	me->specialties = vector_marks(v, fhir_get(node, "specialties"));
	me->qualified_since_ms = g_date_time_to_unix(since) * 1000 +
	    vector_int(node, "days", 0) * DAY_MS;
}

static void
set_sections(struct vector *v)
{
	static const char *const names[FACTS_SECTIONS_] = {
		[FACTS_ALLERGIES] = "allergies", [FACTS_PROBLEMS] = "problems",
		[FACTS_DRUGS] = "drugs", [FACTS_RESULTS] = "results",
		[FACTS_VISITS] = "visits",
	};
	const fhir_node *missing = vector_pick(v, "facts.missing");
	size_t count = fhir_count(missing, NULL);

	for (int s = 0; s < FACTS_SECTIONS_; s++) {
		v->facts->state[s] = FACTS_LOADED;
		for (size_t i = 0; i < count; i++)
			if (g_strcmp0(fhir_text(fhir_at(missing, NULL, i),
			    NULL), names[s]) == 0)
				v->facts->state[s] = FACTS_NOT_LOADED;
	}
}

void
vector_set_facts(struct vector *v)
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
		const fhir_node *array = vector_pick(v, rows[i].path);
		size_t count = fhir_count(array, NULL);

		for (size_t n = 0; n < count; n++)
			rows[i].add(v, fhir_at(array, NULL, n));
	}
	care_facts_join(v->facts);
}
