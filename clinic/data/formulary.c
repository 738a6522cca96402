/* SPDX-License-Identifier: Apache-2.0 */
/* Forms: what is counted of them and by which route they are usually given. */
#include "clinic/formulary.h"

#define ORAL "26643006", "口服", "by mouth"
#define INHALED "447694001", "吸入", "inhaled"
#define SKIN "6064005", "外用", "on the skin"

const struct formulary_form formulary_forms[FORMS_] = {
	[FORM_TAB] = { "TAB", "片", "tablet", "", "片", "{tablet}", "片", "tablet", ORAL },
	[FORM_ERTAB] = { "ERTAB", "缓释片", "modified-release tablet", "", "缓释片", "{tablet}", "片", "tablet", ORAL },
	[FORM_ECTAB] = { "ECTAB", "肠溶片", "gastro-resistant tablet", "", "肠溶片", "{tablet}", "片", "tablet", ORAL },
	[FORM_CHTAB] = { "CHTAB", "咀嚼片", "chewable tablet", "", "咀嚼片", "{tablet}", "片", "tablet", ORAL },
	[FORM_CAP] = { "CAP", "胶囊", "capsule", "", "胶囊", "{capsule}", "粒", "capsule", ORAL },
	[FORM_ERCAP] = { "ERCAP", "缓释胶囊", "modified-release capsule", "", "缓释胶囊", "{capsule}", "粒", "capsule", ORAL },
	[FORM_ECCAP] = { "ECCAP", "肠溶胶囊", "gastro-resistant capsule", "", "肠溶胶囊", "{capsule}", "粒", "capsule", ORAL },
	[FORM_SCAP] = { "SCAP", "软胶囊", "soft capsule", "", "软胶囊", "{capsule}", "粒", "capsule", ORAL },
	[FORM_GRAN] = { "GRAN", "颗粒", "granules", "", "颗粒", "{sachet}", "袋", "sachet", ORAL },
	[FORM_POWD] = { "POWD", "散", "powder", "", "散", "{sachet}", "袋", "sachet", ORAL },
	[FORM_SOL] = { "SOL", "口服溶液", "oral solution", "", "口服溶液", "mL", "mL", "mL", ORAL },
	[FORM_SUSP] = { "SUSP", "混悬液", "oral suspension", "", "混悬液", "mL", "mL", "mL", ORAL },
	[FORM_INJ] = { "INJ", "注射液", "injection", "", "注射液", "{ampule}", "支", "ampoule", "78421000", "肌内注射", "into a muscle" },
	[FORM_INJP] = { "INJP", "注射用粉针", "powder for injection", "注射用", "", "{vial}", "瓶", "vial", "47625008", "静脉滴注", "into a vein" },
	[FORM_PEN] = { "PEN", "注射液(笔芯)", "injection in a pen", "", "注射液", "{pen}", "支", "pen", "34206005", "皮下注射", "under the skin" },
	[FORM_INH] = { "INH", "吸入粉雾剂", "inhalation powder", "", "吸入粉雾剂", "{inhalation}", "吸", "inhalation", INHALED },
	[FORM_MDI] = { "MDI", "气雾剂", "pressurised inhaler", "", "气雾剂", "{puff}", "揿", "puff", INHALED },
	[FORM_NEB] = { "NEB", "吸入溶液", "nebuliser liquid", "吸入用", "溶液", "{vial}", "支", "vial", INHALED },
	[FORM_NAS] = { "NAS", "鼻喷雾剂", "nasal spray", "", "鼻喷雾剂", "{spray}", "喷", "spray", "46713006", "喷鼻", "into the nose" },
	[FORM_EYE] = { "EYE", "滴眼液", "eye drops", "", "滴眼液", "mL", "mL", "mL", "54485002", "滴眼", "into the eye" },
	[FORM_CRM] = { "CRM", "乳膏", "cream", "", "乳膏", "g", "g", "g", SKIN },
	[FORM_OINT] = { "OINT", "软膏", "ointment", "", "软膏", "g", "g", "g", SKIN },
	[FORM_GEL] = { "GEL", "凝胶", "gel", "", "凝胶", "g", "g", "g", SKIN },
	[FORM_LOT] = { "LOT", "洗剂", "lotion", "", "洗剂", "mL", "mL", "mL", SKIN },
	[FORM_PATCH] = { "PATCH", "贴剂", "patch", "", "贴剂", "{patch}", "贴", "patch", "45890007", "经皮", "through the skin" },
	[FORM_SUPP] = { "SUPP", "栓", "pessary", "", "栓", "{suppository}", "枚", "pessary", "16857009", "阴道用", "vaginal" },
	[FORM_PILL] = { "PILL", "丸", "pill", "", "丸", "{pill}", "丸", "pill", ORAL },
	[FORM_DROPP] = { "DROPP", "滴丸", "dropping pill", "", "滴丸", "{pill}", "丸", "pill", ORAL },
	[FORM_HERB] = { "HERB", "饮片", "herbal piece", "", "", "g", "g", "g", ORAL },
};
