/* SPDX-License-Identifier: Apache-2.0 */
/* Who works here: the hospital, its doctors, pharmacist and nurse. */
#include "clinic/seed_priv.h"

#include <string.h>

#define HOSPITAL "Organization/qingnang-hospital"
#define SNOMED "http://snomed.info/sct"
#define OURS "https://qingnang.example/"

struct staff { const char *id, *family, *given, *role, *role_zh, *code, *zh; };
static const struct staff staff[] = {
	{ NULL, "吴", "科荣", "doctor", "医师", "394814009", "全科医学科" },
	{ "lin-zhixia", "林", "知夏", "doctor", "医师", "394583002", "内分泌科" },
	{ "lu-mingyuan", "陆", "明远", "doctor", "医师", "394814009",
	    "全科医学科" },
	{ "he-qingyue", "何", "清越", "pharmacist", "药师", NULL, "药学部" },
	{ "zhou-xiaotang", "周", "晓棠", "nurse", "护士", NULL, "慢病管理中心" },
};

static void
organization_put(struct seed *g, const char *id, const char *name,
    const char *part_of)
{
	GString *s = seed_begin(g, "Organization", "%s", id);

	sj_raw(s, "active", "true");
	sj_concepts1(s, "type",
	    "http://terminology.hl7.org/CodeSystem/organization-type",
	    part_of ? "dept" : "prov", NULL, NULL);
	sj_text(s, "name", name);
	if (part_of)
		sj_ref(s, "partOf", part_of);
	seed_put(g, g->opt->now_ms - 900 * SEED_DAY_MS);
}

struct qualification { const char *system, *code, *zh; int years; };

static void
qualification_write(struct seed *g, GString *s, const struct qualification *q)
{
	char buf[SEED_TIME_SIZE];

	sj_open(s, NULL, '{');
	sj_concept(s, "code", q->system, q->code, NULL, q->zh);
	if (q->years) {
		sj_open(s, "period", '{');
		sj_text(s, "start", seed_day(buf, g->opt->now_ms -
		    q->years * 365 * SEED_DAY_MS));
		sj_close(s, '}');
	}
	sj_close(s, '}');
}

/* What the hospital's register says of a doctor: registered for so long, of
 * which title, and up to which level of antimicrobials. */
static void
qualifications_write(struct seed *g, GString *s, const struct staff *one)
{
	static const struct qualification of_doctors[] = {
		{ OURS "qualification", "physician", "执业医师", 9 },
		{ OURS "title", "intermediate", "主治医师", 4 },
		{ OURS "antimicrobial-privilege", "restricted",
		    "抗菌药物限制使用级处方权", 4 },
	};

	sj_open(s, "qualification", '[');
	qualification_write(g, s, &(struct qualification){ NULL, NULL,
	    one->role_zh, 0 });
	for (size_t i = 0; strcmp(one->role, "doctor") == 0 &&
	     i < G_N_ELEMENTS(of_doctors); i++)
		qualification_write(g, s, &of_doctors[i]);
	sj_close(s, ']');
}

static void
practitioner_put(struct seed *g, const struct staff *one, const char *id)
{
	GString *s = seed_begin(g, "Practitioner", "%s", id);

	sj_raw(s, "active", "true");
	sj_open(s, "name", '[');
	sj_open(s, NULL, '{');
	sj_text(s, "use", "official");
	sj_textf(s, "text", "%s%s", one->family, one->given);
	sj_text(s, "family", one->family);
	sj_open(s, "given", '[');
	sj_text(s, NULL, one->given);
	sj_close(s, ']');
	sj_close(s, '}');
	sj_close(s, ']');
	qualifications_write(g, s, one);
	seed_put(g, g->opt->now_ms - 800 * SEED_DAY_MS);
}

static void
role_put(struct seed *g, const struct staff *one, const char *id)
{
	GString *s = seed_begin(g, "PractitionerRole", "%s-role", id);

	sj_raw(s, "active", "true");
	sj_reff(s, "practitioner", "Practitioner/%s", id);
	sj_ref(s, "organization", HOSPITAL);
	sj_concepts1(s, "code",
	    "http://terminology.hl7.org/CodeSystem/practitioner-role",
	    one->role, NULL, one->role_zh);
	sj_concepts1(s, "specialty", SNOMED, one->code, NULL, one->zh);
	seed_put(g, g->opt->now_ms - 800 * SEED_DAY_MS);
}

void
seed_staff_put(struct seed *g)
{
	const char *me = strchr(g->me, '/');

	organization_put(g, "qingnang-hospital", "杏林互联网医院(演示)", NULL);
	organization_put(g, "qingnang-lab", "检验科(演示)", HOSPITAL);
	for (size_t i = 0; i < G_N_ELEMENTS(staff); i++) {
		const char *id = staff[i].id ? staff[i].id
		                             : me ? me + 1 : g->me;

		practitioner_put(g, &staff[i], id);
		role_put(g, &staff[i], id);
	}
}
