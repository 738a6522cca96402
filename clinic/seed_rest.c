/* SPDX-License-Identifier: Apache-2.0 */
/* What else a chart has: insurance, the family doctor's contract, answers that a
 * machine asked for before the visit, letters. Some are wrong on purpose, as they
 * are in real records: entered in error, in a circle, of no known day, of a day
 * that has not come, naming what is not there. */
#include "clinic/seed_priv.h"

#include <string.h>

#define ACT_CODE "http://terminology.hl7.org/CodeSystem/v3-ActCode"
#define FORMS "https://qingnang.example/Questionnaire/"
#define DISPLAY "http://hl7.org/fhir/StructureDefinition/display"

static void
period_write(GString *s, int64_t from_ms, int64_t until_ms)
{
	char buf[SEED_TIME_SIZE];

	sj_open(s, "period", '{');
	sj_text(s, "start", seed_day(buf, from_ms));
	sj_text(s, "end", seed_day(buf, until_ms));
	sj_close(s, '}');
}

static void
named_ref(GString *s, const char *key, const char *ref, const char *display)
{
	sj_open(s, key, '{');
	if (ref)
		sj_text(s, "reference", ref);
	if (display)
		sj_text(s, "display", display);
	sj_close(s, '}');
}

/* ---- who pays, and who is the family's doctor --------------------------- */

static void
coverage_put(struct seed *g, const struct seed_person *p)
{
	/* No child is anybody's employee. */
	gboolean town = p->index % 3 != 0 && p->age_days > 18 * 365;
	GString *s = seed_begin(g, "Coverage", "%s-cov", p->id);
	int64_t from = g->opt->now_ms - 200 * SEED_DAY_MS;

	sj_text(s, "status", p->index == 8 ? "cancelled" : "active");
	sj_concept(s, "type", ACT_CODE, "PUBLICPOL", NULL, town ?
	    seed_lang(p, "职工基本医疗保险", "Employee basic insurance") :
	    seed_lang(p, "城乡居民基本医疗保险",
	    "Resident basic insurance"));
	sj_reff(s, "beneficiary", "Patient/%s", p->id);
	period_write(s, from, from + 365 * SEED_DAY_MS);
	sj_open(s, "payor", '[');
	/* One payer is named that no server has. */
	if (p->index == 2)
		sj_ref(s, NULL, "Organization/insurer-nowhere");
	else
		named_ref(s, NULL, "Organization/qingnang-insurer",
		    seed_lang(p, "演示市医疗保障中心",
		    "Demo City Insurance Centre"));
	sj_close(s, ']');
	seed_put(g, from);
}

static void
contract_put(struct seed *g, const struct seed_person *p)
{
	/* Between nearly over and just begun; one is over and nobody said so. */
	int left = p->index == 4 ? -30 : 20 + p->index * 37 % 320;
	int64_t until = g->opt->now_ms + left * SEED_DAY_MS;
	int64_t from = until - 365 * SEED_DAY_MS;
	GString *s = seed_begin(g, "EpisodeOfCare", "%s-fd", p->id);

	sj_text(s, "status", "active");
	sj_concepts1(s, "type", NULL, NULL, NULL, seed_lang(p,
	    "家庭医生签约(慢病)", "Family doctor contract, chronic disease"));
	sj_reff(s, "patient", "Patient/%s", p->id);
	sj_ref(s, "managingOrganization", "Organization/qingnang-hospital");
	period_write(s, from, until);
	sj_ref(s, "careManager", g->me);
	seed_put(g, MIN(from, g->opt->now_ms));
	s = seed_begin(g, "CareTeam", "%s-team", p->id);
	sj_text(s, "status", "active");
	sj_text(s, "name", seed_lang(p, "河畔街道家庭医生团队",
	    "Riverside family doctor team"));
	sj_reff(s, "subject", "Patient/%s", p->id);
	period_write(s, from, until);
	sj_open(s, "participant", '[');
	sj_open(s, NULL, '{');
	sj_ref(s, "member", g->me);
	sj_close(s, '}');
	sj_close(s, ']');
	seed_put(g, MIN(from, g->opt->now_ms));
}

/* ---- asked by a machine ------------------------------------------------- */

static void
item_write(GString *s, const char *id, const char *question, const char *answer)
{
	sj_open(s, NULL, '{');
	sj_text(s, "linkId", id);
	sj_text(s, "text", question);
	sj_open(s, "answer", '[');
	sj_open(s, NULL, '{');
	sj_text(s, "valueString", answer);
	sj_close(s, '}');
	sj_close(s, ']');
	sj_close(s, '}');
}

static void
form_name(GString *s, const char *form, const char *name)
{
	sj_textf(s, "questionnaire", FORMS "%s", form);
	sj_open(s, "_questionnaire", '{');
	sj_open(s, "extension", '[');
	sj_open(s, NULL, '{');
	sj_text(s, "url", DISPLAY);
	sj_text(s, "valueString", name);
	sj_close(s, '}');
	sj_close(s, ']');
	sj_close(s, '}');
}

static void
intake_put(struct seed *g, const struct seed_person *p)
{
	static const char *const since_zh[] = { "两三天", "一周左右", "一个多月" };
	static const char *const since_en[] = { "a few days", "about a week",
		"over a month" };
	GString *s = seed_begin(g, "QuestionnaireResponse", "%s-intake",
	    p->id);
	char buf[SEED_TIME_SIZE];
	int64_t when = g->opt->now_ms - (p->story->ago_min + 190) *
	    SEED_MINUTE_MS;

	form_name(s, "triage", seed_lang(p, "智能预问诊", "Automatic intake"));
	sj_text(s, "status", "completed");
	sj_reff(s, "subject", "Patient/%s", p->id);
	sj_text(s, "authored", seed_instant(buf, when));
	named_ref(s, "author", "Device/triage-bot", seed_lang(p,
	    "预问诊机器人", "Intake robot"));
	sj_reff(s, "source", "Patient/%s", p->id);
	sj_open(s, "item", '[');
	item_write(s, "1", seed_lang(p, "这次主要哪里不舒服?",
	    "What troubles you this time?"), p->story->complaint);
	item_write(s, "2", seed_lang(p, "多久了?", "For how long?"),
	    seed_lang(p, since_zh[p->index % 3], since_en[p->index % 3]));
	item_write(s, "3", seed_lang(p, "有没有胸痛、晕倒或说话不清?",
	    "Any chest pain, fainting or slurred speech?"), seed_lang(p,
	    "没有", "no"));
	sj_close(s, ']');
	seed_put(g, when);
}

/* Broken off after one question; nobody says who gave the answer. */
static void
broken_off_put(struct seed *g, const struct seed_person *p)
{
	GString *s = seed_begin(g, "QuestionnaireResponse", "%s-phq9", p->id);
	char buf[SEED_TIME_SIZE];
	int64_t when = g->opt->now_ms - 40 * SEED_DAY_MS;

	form_name(s, "phq9", "PHQ-9");
	sj_text(s, "status", "stopped");
	sj_reff(s, "subject", "Patient/%s", p->id);
	sj_text(s, "authored", seed_instant(buf, when));
	sj_open(s, "item", '[');
	item_write(s, "1", seed_lang(p, "做事提不起劲", "Little interest"),
	    seed_lang(p, "好几天", "several days"));
	sj_close(s, ']');
	seed_put(g, when);
}

/* ---- letters ------------------------------------------------------------ */

static void
letter_put(struct seed *g, const struct seed_person *p, int64_t when,
    const char *suffix, const char *status, gboolean here)
{
	const struct seed_disease *why = &seed_diseases[p->story->why];
	const char *name = seed_lang(p, "门诊小结", "Clinic letter");
	g_autofree char *text = g_strconcat(seed_lang(p, "诊断:",
	    "Diagnosis: "), seed_lang(p, why->zh, why->en), seed_lang(p,
	    "。\n建议:规律服药,低盐饮食,三个月后复查。\n",
	    ".\nPlan: go on with the tablets, little salt, back in three "
	    "months.\n"), NULL);
	g_autofree char *data = g_base64_encode((const guchar *)text,
	    strlen(text));
	GString *s = seed_begin(g, "DocumentReference", "%s-doc-%s", p->id,
	    suffix);
	char buf[SEED_TIME_SIZE], size[16];

	g_snprintf(size, sizeof size, "%d", (int)strlen(text));
	sj_text(s, "status", status);
	sj_text(s, "docStatus", here ? "final" : "preliminary");
	sj_concept(s, "type", "http://loinc.org", "34108-1", NULL, name);
	sj_reff(s, "subject", "Patient/%s", p->id);
	sj_text(s, "date", seed_instant(buf, when));
	sj_refs1(s, "author", g->me);
	sj_open(s, "content", '[');
	sj_open(s, NULL, '{');
	sj_open(s, "attachment", '{');
	sj_text(s, "contentType", here ? "text/plain" : "application/pdf");
	if (here) {
		sj_text(s, "data", data);
		sj_raw(s, "size", size);
	} else {
		sj_text(s, "url", "Binary/scan-nowhere");
		sj_raw(s, "size", "184320");
	}
	sj_textf(s, "title", "%s%s", name, here ? ".txt" : ".pdf");
	sj_close(s, '}');
	sj_close(s, '}');
	sj_close(s, ']');
	seed_put(g, when);
}

/* ---- wrong on purpose --------------------------------------------------- */

static void
visit_put(struct seed *g, const struct seed_person *p, const char *suffix,
    const char *status, const char *date, const char *part_of)
{
	GString *s = seed_begin(g, "Encounter", "%s-%s", p->id, suffix);

	sj_text(s, "status", status);
	sj_open(s, "class", '{');
	sj_text(s, "system", ACT_CODE);
	sj_text(s, "code", part_of ? "IMP" : "EMER");
	sj_close(s, '}');
	sj_reff(s, "subject", "Patient/%s", p->id);
	sj_open(s, "period", '{');
	sj_text(s, "start", date);
	sj_close(s, '}');
	if (part_of)
		sj_reff(s, "partOf", "Encounter/%s-%s", p->id, part_of);
	seed_put(g, g->opt->now_ms - 300 * SEED_DAY_MS);
}

static void
vaccine_put(struct seed *g, const struct seed_person *p, const char *suffix,
    const char *status, const char *date)
{
	GString *s = seed_begin(g, "Immunization", "%s-%s", p->id, suffix);

	sj_text(s, "status", status);
	sj_concept(s, "vaccineCode", NULL, NULL, NULL, seed_lang(p,
	    "23价肺炎球菌疫苗", "Pneumococcal vaccine"));
	sj_reff(s, "patient", "Patient/%s", p->id);
	sj_text(s, "occurrenceDateTime", date);
	seed_put(g, g->opt->now_ms - 20 * SEED_DAY_MS);
}

static void
operation_put(struct seed *g, const struct seed_person *p)
{
	GString *s = seed_begin(g, "Procedure", "%s-gall", p->id);

	sj_text(s, "status", "completed");
	sj_concept(s, "code", NULL, NULL, NULL, seed_lang(p, "胆囊切除术",
	    "Cholecystectomy"));
	sj_reff(s, "subject", "Patient/%s", p->id);
	sj_text(s, "performedDateTime", "2019-03");
	seed_put(g, g->opt->now_ms - 300 * SEED_DAY_MS);
}

static void
wrong_put(struct seed *g, const struct seed_person *p)
{
	char ahead[SEED_TIME_SIZE];

	switch (p->index) {
	case 1:
		broken_off_put(g, p);
		break;
	case 3:
		letter_put(g, p, g->opt->now_ms - 9 * SEED_DAY_MS, "scan",
		    "current", FALSE);
		break;
	case 5:
		visit_put(g, p, "e-wrong", "entered-in-error", "2019", NULL);
		break;
	case 6: /* each is part of the other */
		visit_put(g, p, "e-in", "finished", "2020-11", "e-out");
		visit_put(g, p, "e-out", "finished", "2020-11-20", "e-in");
		break;
	case 7:
		operation_put(g, p);
		seed_day(ahead, g->opt->now_ms + 1500 * SEED_DAY_MS);
		vaccine_put(g, p, "ahead", "completed", ahead);
		break;
	case 8:
		seed_day(ahead, g->opt->now_ms - p->age_days * SEED_DAY_MS /
		    3);
		ahead[4] = 0; /* the year alone */
		vaccine_put(g, p, "not", "not-done", ahead);
		break;
	default:
		break;
	}
}

/* ---- all of it ---------------------------------------------------------- */

void
seed_rest_put(struct seed *g, struct seed_person *p)
{
	gboolean chronic = seed_has(p, D_HTN) || seed_has(p, D_T2DM);

	if (p->newcomer)
		return;
	if (p->index % 7 != 5)
		coverage_put(g, p);
	if (chronic && p->index % 2 == 0)
		contract_put(g, p);
	if (p->index < SEED_CAST ? p->index % 3 != 2 : p->index % 9 == 0)
		intake_put(g, p);
	if (p->visits > 3 && p->index % 4 == 0)
		letter_put(g, p, g->opt->now_ms - (90 + p->index % 60) *
		    SEED_DAY_MS, "letter", "current", TRUE);
	if (p->index < SEED_CAST)
		wrong_put(g, p);
}

void
seed_rest_staff(struct seed *g)
{
	GString *s = seed_begin(g, "Device", "triage-bot");

	sj_text(s, "status", "active");
	sj_open(s, "deviceName", '[');
	sj_open(s, NULL, '{');
	sj_text(s, "name", "预问诊机器人(演示)");
	sj_text(s, "type", "user-friendly-name");
	sj_close(s, '}');
	sj_close(s, ']');
	seed_put(g, g->opt->now_ms - 800 * SEED_DAY_MS);
	s = seed_begin(g, "Organization", "qingnang-insurer");
	sj_text(s, "name", "演示市医疗保障中心");
	seed_put(g, g->opt->now_ms - 800 * SEED_DAY_MS);
}
