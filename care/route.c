/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Routes of administration: SNOMED CT (HL7's value set route-codes, all below
 * 284009009 Route of administration) with the abbreviations of Chinese and English
 * prescriptions. A drip and an injection into a vein are one route in SNOMED CT:
 * the words tell them apart.
 */
#include "care/order_room.h"

#include <string.h>

const struct care_route care_routes[] = {
	{ "po", "26643006", "po p.o 口服 oral orally by_mouth 内服", "by mouth", "口服", FALSE },
	{ "sl", "37839007", "sl 舌下 舌下含服 含服 sublingual", "under the tongue", "舌下含服", FALSE },
	{ "buccal", "54471007", "buccal 含化 颊含", "in the cheek", "颊含", FALSE },
	{ "ih", "34206005", "ih sc sq 皮下 皮下注射 subcut subcutaneous", "subcutaneous injection", "皮下注射", FALSE },
	{ "im", "78421000", "im 肌注 肌肉注射 肌内注射 intramuscular", "intramuscular injection", "肌内注射", FALSE },
	{ "iv", "47625008", "iv 静注 静脉注射 静推 intravenous", "intravenous injection", "静脉注射", FALSE },
	{ "ivgtt", "47625008", "ivgtt ivdrip 静滴 静脉滴注 iv_drip 静脉点滴", "intravenous infusion", "静脉滴注", FALSE },
	{ "id", "372464004", "id 皮内 皮内注射 intradermal", "intradermal injection", "皮内注射", FALSE },
	{ "inh", "447694001", "inh 吸入 雾化吸入 雾化 inhaled inhalation", "inhalation", "吸入", FALSE },
	{ "nasal", "46713006", "nasal 滴鼻 鼻喷 喷鼻 经鼻", "in the nose", "经鼻", FALSE },
	{ "eye", "54485002", "eye 滴眼 点眼 涂眼 ophthalmic", "in the eye", "滴眼", FALSE },
	{ "ear", "10547007", "ear 滴耳 otic", "in the ear", "滴耳", FALSE },
	{ "top", "6064005", "top 外用 局部外用 外涂 涂患处 涂抹 topical external", "on the skin", "外用", TRUE },
	{ "td", "45890007", "td 贴皮 透皮 经皮 transdermal", "through the skin", "经皮", FALSE },
	{ "pr", "37161004", "pr 直肠 直肠给药 纳肛 塞肛 rectal", "rectally", "直肠给药", FALSE },
	{ "pv", "16857009", "pv 阴道 阴道给药 vaginal", "vaginally", "阴道给药", FALSE },
	{ "gargle", "26643006", "gargle 含漱 漱口", "as a mouthwash", "含漱", TRUE },
	{ "ng", "127492001", "ng 鼻饲", "by nasogastric tube", "鼻饲", FALSE },
	{ .code = NULL },
};

const struct care_route *
care_route_find(const char *code)
{
	for (const struct care_route *r = care_routes; code && r->code; r++)
		if (strcmp(r->code, code) == 0)
			return r;
	return NULL;
}

static const struct care_route *
by_words(const char *words)
{
	g_autofree char *folded = words ? base_text_fold(words) : NULL;

	for (const struct care_route *r = care_routes; folded && r->code; r++) {
		g_autofree char *en = base_text_fold(r->en);

		if (spelling_is(r->also, folded) ||
		    strcmp(r->zh, folded) == 0 || strcmp(en, folded) == 0)
			return r;
	}
	return NULL;
}

const struct care_route *
care_route_of(const fhir_node *concept)
{
	const char *snomed = fhir_concept_code(concept, CARE_SNOMED);
	const struct care_route *found = by_words(fhir_text(concept, "text"));

	if (!found && !snomed)
		found = by_words(fhir_text(concept, "coding.display"));
	/* Words that say another thing than the code say nothing. */
	if (found && (!snomed || strcmp(found->snomed, snomed) == 0))
		return found;
	for (const struct care_route *r = care_routes; snomed && r->code; r++)
		if (strcmp(r->snomed, snomed) == 0)
			return r;
	return NULL;
}
