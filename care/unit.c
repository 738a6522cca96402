/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Units: UCUM (ucum.org, case sensitive codes) with the spellings of Chinese and
 * English prescriptions. What is counted has no unit in UCUM and carries an
 * annotation in braces, as UCUM section 2.4 and FHIR's SimpleQuantity do. "U" and
 * "IU" of a prescription are [iU]: UCUM's own U is an enzyme's katalytic unit.
 * Factors are to the kind's base (g, mL, [iU], d) and exact. A month is no number
 * of days.
 */
#include "care/order_room.h"

#include <string.h>

const struct care_unit care_units[] = {
	{ "kg", KIND_MASS, "kg 千克 公斤", "kg", "kg", "kg", 1000, 1 },
	{ "g", KIND_MASS, "g 克 gm", "g", "g", "g", 1, 1 },
	{ "mg", KIND_MASS, "mg 毫克", "mg", "mg", "mg", 1, 1000 },
	{ "ug", KIND_MASS, "ug μg mcg 微克 microgram micrograms", "micrograms", "micrograms", "微克", 1, 1000000 },
	{ "ng", KIND_MASS, "ng 纳克 nanogram nanograms", "nanograms", "nanograms", "纳克", 1, 1000000000 },
	{ "L", KIND_VOLUME, "l 升", "L", "L", "L", 1000, 1 },
	{ "mL", KIND_VOLUME, "ml 毫升 cc", "mL", "mL", "mL", 1, 1 },
	{ "[iU]", KIND_ACTIVITY, "[iu] iu u 单位 国际单位 units unit", "unit", "units", "单位", 1, 1 },
	{ "mmol", KIND_AMOUNT, "mmol 毫摩尔", "mmol", "mmol", "mmol", 1, 1 },
	{ "meq", KIND_AMOUNT, "meq", "mEq", "mEq", "mEq", 0, 0 },
	{ "[drp]", KIND_METERED, "[drp] 滴 drop drops gtt gtts", "drop", "drops", "滴", 0, 0 },
	{ "{tablet}", KIND_COUNT, "{tablet} 片 tab tabs tablet tablets tbl {tbl}", "tablet", "tablets", "片", 0, 0 },
	{ "{capsule}", KIND_COUNT, "{capsule} 粒 cap caps capsule capsules", "capsule", "capsules", "粒", 0, 0 },
	{ "{pill}", KIND_COUNT, "{pill} 丸 pill pills", "pill", "pills", "丸", 0, 0 },
	{ "{sachet}", KIND_COUNT, "{sachet} {bag} 袋 包 sachet sachets bag bags", "sachet", "sachets", "袋", 0, 0 },
	{ "{ampule}", KIND_COUNT, "{ampule} {ampoule} 支 安瓿 amp amps ampoule ampoules ampule ampules", "ampoule", "ampoules", "支", 0, 0 },
	{ "{vial}", KIND_COUNT, "{vial} 支 瓶 西林瓶 vial vials", "vial", "vials", "瓶", 0, 0 },
	{ "{pen}", KIND_COUNT, "{pen} 支 笔 pen pens cartridge cartridges", "pen", "pens", "支", 0, 0 },
	{ "{syringe}", KIND_COUNT, "{syringe} 支 syringe syringes", "syringe", "syringes", "支", 0, 0 },
	{ "{spray}", KIND_METERED, "{spray} 喷 spray sprays", "spray", "sprays", "喷", 0, 0 },
	{ "{inhalation}", KIND_METERED, "{inhalation} 吸 inhalation inhalations inh", "inhalation", "inhalations", "吸", 0, 0 },
	{ "{puff}", KIND_METERED, "{puff} {actuation} 揿 puff puffs", "puff", "puffs", "揿", 0, 0 },
	{ "{patch}", KIND_COUNT, "{patch} 贴 patch patches", "patch", "patches", "贴", 0, 0 },
	{ "{suppository}", KIND_COUNT, "{suppository} {supp} 枚 粒 suppository suppositories supp", "suppository", "suppositories", "枚", 0, 0 },
	{ "{application}", KIND_METERED, "{application} 次量 application applications", "application", "applications", "次量", 0, 0 },
	{ "{piece}", KIND_COUNT, "{piece} {each} {unit} 个 只 支 piece pieces", "piece", "pieces", "个", 0, 0 },
	{ "{dose}", KIND_COUNT, "{dose} 付 剂 dose doses", "dose", "doses", "付", 0, 0 },
	{ "{pack}", KIND_PACK, "{pack} {box} 盒 box boxes pack packs", "pack", "packs", "盒", 0, 0 },
	{ "{bottle}", KIND_PACK, "{bottle} 瓶 bottle bottles", "bottle", "bottles", "瓶", 0, 0 },
	{ "{tube}", KIND_PACK, "{tube} 支 管 tube tubes", "tube", "tubes", "支", 0, 0 },
	{ "min", KIND_TIME, "min 分钟 minute minutes", "minute", "minutes", "分钟", 1, 1440 },
	{ "h", KIND_TIME, "h hr hrs hour hours 小时", "hour", "hours", "小时", 1, 24 },
	{ "d", KIND_TIME, "d day days 天 日", "day", "days", "天", 1, 1 },
	{ "wk", KIND_TIME, "w wk wks week weeks 周 星期", "week", "weeks", "周", 7, 1 },
	{ "mo", KIND_TIME, "mo month months 个月 月", "month", "months", "个月", 0, 0 },
	{ .code = NULL },
};

const struct care_unit *
care_unit_find(const char *code)
{
	for (const struct care_unit *u = care_units; code && u->code; u++)
		if (strcmp(u->code, code) == 0)
			return u;
	return NULL;
}

static const struct care_unit *
by_spelling(const char *words)
{
	g_autofree char *folded = words ? base_text_fold(words) : NULL;

	for (const struct care_unit *u = care_units; folded && u->code; u++)
		if (spelling_is(u->also, folded))
			return u;
	return NULL;
}

const struct care_unit *
care_unit_of(const fhir_node *quantity)
{
	const char *code = fhir_text(quantity, "code");
	const char *system = fhir_text(quantity, "system");
	const char *unit = fhir_text(quantity, "unit");
	const struct care_unit *found = NULL;

	if (code && (!system || strcmp(system, FHIR_UCUM) == 0))
		found = care_unit_find(code);
	/* "{tbl}", "TAB": what another system writes for the same. */
	if (!found && code)
		found = by_spelling(code);
	return found ? found : by_spelling(unit);
}

const char *
care_unit_words(const char *code, const char *value, const char *lang)
{
	const struct care_unit *unit = care_unit_find(code);

	if (!unit)
		return code ? code : "";
	if (g_str_has_prefix(lang, "zh"))
		return unit->zh;
	return g_strcmp0(value, "1") == 0 ? unit->en : unit->ens;
}
