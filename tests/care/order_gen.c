/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/care/order_gen.h"

#include <string.h>

#define ATC "http://www.whocc.no/atc|"

struct row {
	const char *code, *zh, *en, *brand, *words, *strength, *unit, *per,
	    *per_unit, *form, *display, *piece, *pack, *pack_unit, *route, *atc;
	gboolean herbal;
};

static const struct row rows[GEN_DRUGS] = {
	{ "QD1", "氨氯地平", "amlodipine", "安络平", "氨氯地平片 5 mg", "5", "mg", NULL, NULL, "片", "tablet", "{tablet}", "28", "{pack}", "po", "C08CA01", FALSE },
	{ "QD2", "氨氯地平", "amlodipine", NULL, "氨氯地平片 10 mg", "10", "mg", NULL, NULL, "片", "tablet", "{tablet}", "14", "{pack}", "po", "C08CA01", FALSE },
	{ "QD3", "左氨氯地平", "levamlodipine", NULL, "苯磺酸左氨氯地平片 2.5 mg", "2.5", "mg", NULL, NULL, "片", "tablet", "{tablet}", "14", "{pack}", "po", "C08CA17", FALSE },
	{ "QD4", "二甲双胍", "metformin", NULL, "盐酸二甲双胍片 0.5 g", "0.5", "g", NULL, NULL, "片", "tablet", "{tablet}", "20", "{pack}", "po", "A10BA02", FALSE },
	{ "QD5", "阿莫西林", "amoxicillin", NULL, "阿莫西林胶囊 250 mg", "250", "mg", NULL, NULL, "胶囊", "capsule", "{capsule}", "24", NULL, "po", "J01CA04", FALSE },
	{ "QD6", "缬沙坦氨氯地平", "valsartan and amlodipine", NULL, "缬沙坦氨氯地平片", NULL, NULL, NULL, NULL, "片", "tablet", "{tablet}", "7", "{pack}", "po", "C09DB01", FALSE },
	{ "QD7", "布洛芬", "ibuprofen", NULL, "布洛芬混悬液 100 mg/5 mL", "100", "mg", "5", "mL", "混悬液", "suspension", "mL", "100", "{bottle}", "po", "M01AE01", FALSE },
	{ "QD8", "甘精胰岛素", "insulin glargine", NULL, "甘精胰岛素注射液 300 单位", "100", "[iU]", "1", "mL", "注射液", "injection", "mL", "3", "{pen}", "ih", "A10AE04", FALSE },
	{ "QD9", "沙丁胺醇", "salbutamol", NULL, "沙丁胺醇吸入气雾剂", "100", "ug", NULL, NULL, "吸入气雾剂", "inhaler", "{puff}", "200", "{bottle}", "inh", "R03AC02", FALSE },
	{ "QD10", "维生素B12", "vitamin B12", NULL, "维生素B12片 25 微克", "25", "ug", NULL, NULL, "片", "tablet", "{tablet}", "100", "{bottle}", "po", "B03BA01", FALSE },
	{ "QH1", "黄芪", "astragalus root", NULL, "黄芪", "1", "g", NULL, NULL, "饮片", "herbal piece", "g", NULL, NULL, "po", NULL, TRUE },
	{ "QH2", "附子", "aconite root", NULL, "附子（制）", "1", "g", NULL, NULL, "饮片", "herbal piece", "g", NULL, NULL, "po", NULL, TRUE },
};

struct care_drug *
gen_drug(int i)
{
	const struct row *r = &rows[i];
	struct care_drug *d = g_new0(struct care_drug, 1);
	g_autoptr(GPtrArray) marks = g_ptr_array_new();

	d->system = g_strdup("https://qingnang.example/drug");
	d->code = g_strdup(r->code);
	d->ref = g_strdup_printf("Medication/%s", r->code);
	d->generic_zh = g_strdup(r->zh);
	d->generic_en = g_strdup(r->en);
	d->brand = g_strdup(r->brand);
	d->words = g_strdup(r->words);
	d->strength = g_strdup(r->strength);
	d->strength_unit = g_strdup(r->unit);
	d->strengths = i == 5 ? g_strdup("80/5 mg") : NULL;
	d->per = g_strdup(r->per);
	d->per_unit = g_strdup(r->per_unit);
	d->form_words = g_strdup(r->form);
	d->form_display = g_strdup(r->display);
	d->piece_unit = g_strdup(r->piece);
	d->pack = g_strdup(r->pack);
	d->pack_unit = g_strdup(r->pack_unit);
	d->route = g_strdup(r->route);
	if (i == 0) {
		d->form = g_strdup("TAB");
		d->dose_low = g_strdup("2.5");
		d->dose_high = g_strdup("10");
		d->dose_unit = g_strdup("mg");
		d->dose_source = g_strdup("练习数据");
	}
	d->herbal = r->herbal;
	if (r->atc)
		g_ptr_array_add(marks, g_strconcat(ATC, r->atc, NULL));
	g_ptr_array_add(marks, g_strdup_printf("kind|%d", i));
	g_ptr_array_add(marks, NULL);
	d->marks = g_strdupv((char **)marks->pdata);
	for (guint m = 0; m + 1 < marks->len; m++)
		g_free(marks->pdata[m]);
	d->ingredients = g_new0(char *, 2);
	d->ingredients[0] = g_strconcat("|", r->en, NULL);
	return d;
}

/* ---- the lookup --------------------------------------------------------- */

static const struct { const char *initials; int drug; } initials[] = {
	{ "aldp", 0 }, { "aldp", 1 }, { "zaldp", 2 }, { "ejsg", 3 },
};

static void
add(GPtrArray *found, int drug, enum care_hit hit)
{
	struct care_candidate *c = g_new0(struct care_candidate, 1);

	c->drug = gen_drug(drug);
	c->hit = hit;
	g_ptr_array_add(found, c);
}

static int
hit_of(const struct row *r, const char *words)
{
	if (g_ascii_strcasecmp(r->code, words) == 0)
		return HIT_CODE;
	if (strcmp(r->zh, words) == 0 || g_ascii_strcasecmp(r->en, words) == 0)
		return HIT_NAME;
	if (g_strcmp0(r->brand, words) == 0)
		return HIT_BRAND;
	if (g_str_has_prefix(r->zh, words) || g_str_has_prefix(r->en, words))
		return HIT_NAME_START;
	return strstr(r->words, words) ? HIT_PART : -1;
}

static GPtrArray *
find(void *user, const char *words, int limit)
{
	GPtrArray *found = g_ptr_array_new();

	for (int i = 0; i < GEN_DRUGS && (int)found->len < limit; i++) {
		int hit = hit_of(&rows[i], words);

		if (hit >= 0)
			add(found, i, (enum care_hit)hit);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(initials); i++)
		if (g_ascii_strcasecmp(initials[i].initials, words) == 0)
			add(found, initials[i].drug, HIT_INITIALS);
	return found;
}

struct care_lookup
gen_lookup(void)
{
	return (struct care_lookup){ find, NULL };
}

/* ---- orders ------------------------------------------------------------- */

static guint
pick(GRand *rand, guint n)
{
	return g_rand_int(rand) % n;
}

static gboolean
chance(GRand *rand, guint of)
{
	return pick(rand, of) == 0;
}

static char *
gen_decimal(GRand *rand, guint max)
{
	static const char *const parts[] = { "", ".5", ".25", ".125", ".1" };

	return g_strdup_printf("%u%s", 1 + pick(rand, max),
	    parts[chance(rand, 3) ? pick(rand, G_N_ELEMENTS(parts)) : 0]);
}

static char *
gen_words(GRand *rand)
{
	static const char *const words[] = { "头痛", "(", ")", "）", "（", "\\",
		"\n", "5mg", "qd", "//", " ", "\"", "a", "n", "é", "。", "×3" };
	GString *out = g_string_new("为");

	for (guint n = pick(rand, 8); n > 0; n--)
		g_string_append(out, words[pick(rand, G_N_ELEMENTS(words))]);
	g_string_append(out, "了");
	return g_string_free(out, FALSE);
}

static void
gen_dose(GRand *rand, struct care_order *o)
{
	const char *units[] = { o->drug->piece_unit, o->drug->strength_unit };
	guint unit = o->drug->strength_unit ? pick(rand, 2) : 0;
	guint max = unit ? 2000 : 10;

	o->dose_unit = g_strdup(units[unit]);
	if (chance(rand, 6)) {
		o->dose = g_strdup_printf("%u", 1 + pick(rand, max));
		o->dose_high = g_strdup_printf("%u.5", max + pick(rand, max));
	} else {
		o->dose = gen_decimal(rand, max);
	}
}

static const void *
any_row(GRand *rand, const void *table, size_t size)
{
	guint n = 0;

	while (*(const char *const *)((const char *)table + n * size))
		n++;
	return (const char *)table + pick(rand, n) * size;
}

struct care_order *
gen_order(GRand *rand)
{
	struct care_order *o = care_order_new();

	o->drug = gen_drug((int)pick(rand, GEN_DRUGS - 2));
	gen_dose(rand, o);
	if (!chance(rand, 8))
		o->frequency = any_row(rand, care_frequencies,
		    sizeof(care_frequencies[0]));
	if (o->frequency && !o->frequency->once &&
	    strcmp(o->frequency->period_unit, "wk") == 0 &&
	    strcmp(o->frequency->period, "1") == 0 && chance(rand, 2))
		o->weekdays = ((1u << o->frequency->frequency) - 1) <<
		    pick(rand, (guint)(8 - o->frequency->frequency));
	o->as_needed = !o->frequency || chance(rand, 5);
	if (o->as_needed && chance(rand, 2))
		o->as_needed_for = gen_words(rand);
	if (chance(rand, 3))
		o->when = any_row(rand, care_whens, sizeof(care_whens[0]));
	o->route = any_row(rand, care_routes, sizeof(care_routes[0]));
	if (!chance(rand, 4))
		o->duration_days = 1 + (int)pick(rand, 400);
	if (chance(rand, 2)) {
		o->quantity = g_strdup_printf("%u", 1 + pick(rand, 300));
		o->quantity_unit = g_strdup(chance(rand, 3) &&
		    o->drug->pack_unit ? o->drug->pack_unit :
		    o->drug->piece_unit);
	}
	o->refills = (int)pick(rand, 16);
	if (chance(rand, 4))
		o->note = gen_words(rand);
	o->origin = (enum care_origin)pick(rand, 5);
	care_order_complete(o);
	return o;
}

struct care_order *
gen_herb(GRand *rand)
{
	static const char *const ways[] = { "先煎", "后下", "包煎", "烊化" };
	struct care_order *o = care_order_new();

	o->drug = gen_drug((int)(GEN_DRUGS - 1 - pick(rand, 2)));
	o->dose = gen_decimal(rand, 60);
	o->dose_unit = g_strdup("g");
	if (chance(rand, 3))
		o->preparation = g_strdup(ways[pick(rand, 4)]);
	if (chance(rand, 5))
		o->note = gen_words(rand);
	o->origin = (enum care_origin)pick(rand, 5);
	return o;
}

/* ---- prescriptions ------------------------------------------------------ */

static char *
gen_uuid(GRand *rand)
{
	return g_strdup_printf("urn:uuid:%08x-%04x-4%03x-8%03x-%08x%04x",
	    g_rand_int(rand), g_rand_int(rand) & 0xffff,
	    g_rand_int(rand) & 0xfff, g_rand_int(rand) & 0xfff,
	    g_rand_int(rand), g_rand_int(rand) & 0xffff);
}

static void
gen_context(GRand *rand, struct care_rx *rx)
{
	rx->language = g_strdup(chance(rand, 3) ? "en" : "zh");
	rx->identifier = gen_uuid(rand);
	rx->subject_ref = g_strdup("Patient/p1");
	rx->subject_words = g_strdup("秦桂香");
	rx->requester_ref = g_strdup("Practitioner/me");
	rx->authored_ms = (int64_t)1760000000000 +
	    (int64_t)pick(rand, 100000000) * 1000;
	rx->valid_days = (int)pick(rand, 4);
	rx->long_term = chance(rand, 2);
	rx->emergency = chance(rand, 5);
	rx->diagnosis.words = g_strdup("原发性高血压");
	if (chance(rand, 2)) {
		rx->diagnosis.system = g_strdup(
		    "http://hl7.org/fhir/sid/icd-10");
		rx->diagnosis.code = g_strdup("I10");
		rx->diagnosis.ref = g_strdup("Condition/c1");
	}
}

static void
gen_links(GRand *rand, struct care_rx *rx)
{
	if (chance(rand, 2))
		rx->consult_ref = g_strdup("Communication/k1");
	if (chance(rand, 2)) {
		rx->prior_ref = g_strdup("MedicationRequest/old");
		rx->prior_version = g_strdup("7");
		rx->based_on_ref = g_strdup("MedicationRequest/asked");
	}
	if (chance(rand, 3)) {
		rx->task_ref = g_strdup("Task/t1");
		rx->task_version = g_strdup("3");
	}
	if (chance(rand, 4)) {
		rx->co_doctor_ref = g_strdup("Practitioner/other");
		rx->co_doctor_words = g_strdup("贺清越");
	}
	if (chance(rand, 2))
		care_rx_prove(rx, "CN-25", "84 > 28 天", "\"评估\" \\ 已做");
	if (chance(rand, 3))
		care_rx_prove(rx, "CN-03", NULL, "符合复诊");
}

/* What all herbs of a prescription have in common. */
static void
share(struct care_rx *rx, const struct care_order *like)
{
	for (guint i = 0; i < rx->orders->len; i++) {
		struct care_order *o = rx->orders->pdata[i];

		o->frequency = like->frequency;
		o->when = like->when;
		o->route = like->route;
		o->duration_days = like->duration_days;
		o->refills = like->refills;
	}
}

struct care_rx *
gen_rx(GRand *rand)
{
	struct care_rx *rx = care_rx_new();
	guint n = 1 + pick(rand, 5);

	gen_context(rand, rx);
	gen_links(rand, rx);
	rx->herbal = chance(rand, 4);
	for (guint i = 0; i < (rx->herbal ? n * 4 : n); i++)
		g_ptr_array_add(rx->orders, rx->herbal ? gen_herb(rand) :
		    gen_order(rand));
	if (!rx->herbal)
		return rx;
	BASE_AUTO(care_order) like = gen_order(rand);
	share(rx, like);
	rx->herbal_doses = 1 + (int)pick(rand, 30);
	rx->decoction = g_strdup("水煎服，每日一付，分两次温服");
	return rx;
}

/* ---- comparing ---------------------------------------------------------- */

#define TEXTS_DIFFER(a, b, member)                                             \
	if (g_strcmp0((a)->member, (b)->member) != 0)                          \
		return #member;
#define DIFFER(a, b, member)                                                   \
	if ((a)->member != (b)->member)                                        \
		return #member;

static gboolean
lists_alike(char *const *a, char *const *b)
{
	if (!a || !b)
		return !(a && *a) && !(b && *b);
	return g_strv_equal((const char *const *)a, (const char *const *)b);
}

const char *
drug_difference(const struct care_drug *a, const struct care_drug *b)
{
	TEXTS_DIFFER(a, b, ref)
	TEXTS_DIFFER(a, b, system)
	TEXTS_DIFFER(a, b, code)
	TEXTS_DIFFER(a, b, generic_zh)
	TEXTS_DIFFER(a, b, generic_en)
	TEXTS_DIFFER(a, b, brand)
	TEXTS_DIFFER(a, b, words)
	TEXTS_DIFFER(a, b, strength)
	TEXTS_DIFFER(a, b, strength_unit)
	TEXTS_DIFFER(a, b, strengths)
	TEXTS_DIFFER(a, b, per)
	TEXTS_DIFFER(a, b, per_unit)
	TEXTS_DIFFER(a, b, form)
	TEXTS_DIFFER(a, b, form_words)
	TEXTS_DIFFER(a, b, form_display)
	TEXTS_DIFFER(a, b, piece_unit)
	TEXTS_DIFFER(a, b, pack)
	TEXTS_DIFFER(a, b, pack_unit)
	TEXTS_DIFFER(a, b, route)
	TEXTS_DIFFER(a, b, dose_low)
	TEXTS_DIFFER(a, b, dose_high)
	TEXTS_DIFFER(a, b, dose_unit)
	TEXTS_DIFFER(a, b, dose_source)
	DIFFER(a, b, herbal)
	DIFFER(a, b, claimed)
	if (!lists_alike(a->marks, b->marks))
		return "marks";
	return lists_alike(a->ingredients, b->ingredients) ? NULL :
	    "ingredients";
}

const char *
order_difference(const struct care_order *a, const struct care_order *b)
{
	TEXTS_DIFFER(a, b, dose)
	TEXTS_DIFFER(a, b, dose_high)
	TEXTS_DIFFER(a, b, dose_unit)
	DIFFER(a, b, frequency)
	DIFFER(a, b, when)
	DIFFER(a, b, weekdays)
	DIFFER(a, b, route)
	DIFFER(a, b, as_needed)
	TEXTS_DIFFER(a, b, as_needed_for)
	DIFFER(a, b, duration_days)
	TEXTS_DIFFER(a, b, quantity)
	TEXTS_DIFFER(a, b, quantity_unit)
	DIFFER(a, b, refills)
	TEXTS_DIFFER(a, b, note)
	TEXTS_DIFFER(a, b, preparation)
	return drug_difference(a->drug, b->drug);
}

static const char *
orders_difference(const struct care_rx *a, const struct care_rx *b)
{
	DIFFER(a, b, orders->len)
	for (guint i = 0; i < a->orders->len; i++) {
		const struct care_order *x = a->orders->pdata[i];
		const struct care_order *y = b->orders->pdata[i];
		const char *where = order_difference(x, y);

		if (where)
			return where;
		DIFFER(x, y, origin)
	}
	DIFFER(a, b, proofs->len)
	for (guint i = 0; i < a->proofs->len; i++) {
		const struct care_proof *proof = a->proofs->pdata[i];

		if (g_strcmp0(care_rx_proof(b, proof->rule, proof->asked),
		    proof->text) != 0)
			return "proof";
	}
	return NULL;
}

const char *
rx_difference(const struct care_rx *a, const struct care_rx *b)
{
	TEXTS_DIFFER(a, b, identifier)
	TEXTS_DIFFER(a, b, subject_ref)
	TEXTS_DIFFER(a, b, subject_words)
	TEXTS_DIFFER(a, b, requester_ref)
	TEXTS_DIFFER(a, b, language)
	DIFFER(a, b, herbal)
	TEXTS_DIFFER(a, b, diagnosis.system)
	TEXTS_DIFFER(a, b, diagnosis.code)
	TEXTS_DIFFER(a, b, diagnosis.words)
	TEXTS_DIFFER(a, b, diagnosis.ref)
	TEXTS_DIFFER(a, b, consult_ref)
	TEXTS_DIFFER(a, b, prior_ref)
	TEXTS_DIFFER(a, b, prior_version)
	TEXTS_DIFFER(a, b, based_on_ref)
	TEXTS_DIFFER(a, b, task_ref)
	TEXTS_DIFFER(a, b, task_version)
	DIFFER(a, b, authored_ms)
	DIFFER(a, b, valid_days)
	DIFFER(a, b, long_term)
	DIFFER(a, b, emergency)
	TEXTS_DIFFER(a, b, co_doctor_ref)
	TEXTS_DIFFER(a, b, co_doctor_words)
	DIFFER(a, b, herbal_doses)
	TEXTS_DIFFER(a, b, decoction)
	return orders_difference(a, b);
}
