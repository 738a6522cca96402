/* SPDX-License-Identifier: Apache-2.0 */
/* Interactions that every doctor knows of, by ATC. Practice data: no source
 * stands behind it, and what is not here is not safe for that. */
#include "clinic/cds.h"

const struct cds_interaction cds_interactions[] = {
	{ "B01AA03", "P01AB01", CDS_CRITICAL, "华法林 + 甲硝唑：INR 升高，出血风险", "甲硝唑抑制华法林代谢。避免合用；必须合用时减量并在 3–5 天内复查 INR。" },
	{ "B01AA03", "M01A", CDS_CRITICAL, "华法林 + 非甾体抗炎药：出血风险", "胃肠道出血风险明显增加。换用对乙酰氨基酚。" },
	{ "B01AA03", "B01AC", CDS_CRITICAL, "华法林 + 抗血小板药：出血风险", "除有明确指征外避免合用。" },
	{ "B01AA03", "C01BD01", CDS_CRITICAL, "华法林 + 胺碘酮：INR 升高", "华法林常需减量三分之一，作用持续数周，每周查 INR。" },
	{ "B01AA03", "J02AC", CDS_CRITICAL, "华法林 + 唑类抗真菌药：INR 升高", "避免合用或减量并密切监测 INR。" },
	{ "B01AA03", "J01EE01", CDS_CRITICAL, "华法林 + 复方磺胺甲噁唑：INR 升高", "换用其他抗菌药。" },
	{ "B01AA03", "J01M", CDS_WARNING, "华法林 + 喹诺酮：INR 可能升高", "3–5 天内复查 INR。" },
	{ "B01AF", "M01A", CDS_WARNING, "口服抗凝药 + 非甾体抗炎药：出血风险", "尽量避免，必要时加用质子泵抑制剂。" },
	{ "C10AA01", "J01FA09", CDS_CRITICAL, "辛伐他汀 + 克拉霉素：横纹肌溶解", "合用禁忌；抗菌疗程内停用辛伐他汀。" },
	{ "C10AA05", "J01FA09", CDS_WARNING, "阿托伐他汀 + 克拉霉素：肌病风险", "暂停他汀，或每日不超过 20 mg。" },
	{ "C10AA01", "C08CA01", CDS_WARNING, "辛伐他汀 + 氨氯地平：肌病风险", "辛伐他汀每日不超过 20 mg。" },
	{ "C10AA", "M04AC01", CDS_INFO, "他汀 + 秋水仙碱：留意肌痛", "肾功能减退者尤需注意，出现肌痛查肌酸激酶。" },
	{ "C10AA", "C10AB", CDS_WARNING, "他汀 + 贝特：肌病风险", "首选非诺贝特，早晚分服，监测肌酸激酶。" },
	{ "C09A", "C09C", CDS_WARNING, "ACEI + ARB：高钾、肾功能恶化", "不建议双重阻断。" },
	{ "C09DX04", "C09A", CDS_CRITICAL, "沙库巴曲缬沙坦 + ACEI：血管性水肿", "合用禁忌，间隔至少 36 小时。" },
	{ "C09A", "C03DA", CDS_WARNING, "ACEI + 螺内酯：高钾血症", "一周内复查血钾和肌酐。" },
	{ "C09C", "C03DA", CDS_WARNING, "ARB + 螺内酯：高钾血症", "一周内复查血钾和肌酐。" },
	{ "C09", "A12BA", CDS_WARNING, "RAS 抑制剂 + 补钾：高钾血症", "确认有低钾再用。" },
	{ "C09", "M01A", CDS_WARNING, "RAS 抑制剂 + 非甾体抗炎药：肾损伤、血压升高", "合用利尿剂时风险更大。" },
	{ "C03", "M01A", CDS_WARNING, "利尿剂 + 非甾体抗炎药：疗效减弱、肾损伤", "短疗程，留意水肿和肌酐。" },
	{ "C01AA05", "C01BD01", CDS_WARNING, "地高辛 + 胺碘酮：地高辛浓度升高", "地高辛减半并查血药浓度。" },
	{ "C01AA05", "C08DA01", CDS_WARNING, "地高辛 + 维拉帕米：浓度升高、心动过缓", "减量并监测。" },
	{ "C07", "C08DA01", CDS_CRITICAL, "β 受体阻滞剂 + 维拉帕米：严重心动过缓", "避免合用。" },
	{ "C07", "C08DB01", CDS_WARNING, "β 受体阻滞剂 + 地尔硫䓬：心动过缓", "监测心率和 PR 间期。" },
	{ "G04BE", "C01DA", CDS_CRITICAL, "PDE5 抑制剂 + 硝酸酯：严重低血压", "合用禁忌。" },
	{ "L01BA01", "J01EE01", CDS_CRITICAL, "甲氨蝶呤 + 复方磺胺甲噁唑：骨髓抑制", "避免合用。" },
	{ "L01BA01", "M01A", CDS_WARNING, "甲氨蝶呤 + 非甾体抗炎药：甲氨蝶呤毒性", "监测血常规与肾功能。" },
	{ "M04AA", "L04AX01", CDS_CRITICAL, "黄嘌呤氧化酶抑制剂 + 硫唑嘌呤：骨髓抑制", "避免合用。" },
	{ "M04AC01", "J01FA09", CDS_CRITICAL, "秋水仙碱 + 克拉霉素：秋水仙碱中毒", "避免合用，肾功能不全者禁用。" },
	{ "N06AB", "N04BD", CDS_CRITICAL, "SSRI + MAO-B 抑制剂：5-羟色胺综合征", "避免合用。" },
	{ "N06AB", "N02AX02", CDS_WARNING, "SSRI + 曲马多：5-羟色胺综合征、癫痫", "换用其他镇痛药。" },
	{ "N06AB", "M01A", CDS_INFO, "SSRI + 非甾体抗炎药：胃肠出血风险增加", "老年人考虑加用质子泵抑制剂。" },
	{ "N05BA", "N02A", CDS_CRITICAL, "苯二氮䓬 + 阿片：呼吸抑制", "避免合用。" },
	{ "N05CF", "N02A", CDS_CRITICAL, "镇静催眠药 + 阿片：呼吸抑制", "避免合用。" },
	{ "N05AN01", "M01A", CDS_WARNING, "锂盐 + 非甾体抗炎药：血锂升高", "避免或监测血锂。" },
	{ "N05AN01", "C09", CDS_WARNING, "锂盐 + RAS 抑制剂：血锂升高", "监测血锂。" },
	{ "A10BB", "J02AC01", CDS_WARNING, "磺脲类 + 氟康唑：低血糖", "加强血糖监测。" },
	{ "B01AC04", "A02BC01", CDS_WARNING, "氯吡格雷 + 奥美拉唑：抗血小板作用减弱", "换用泮托拉唑或雷贝拉唑。" },
	{ "H03AA01", "A12A", CDS_INFO, "左甲状腺素 + 钙剂：吸收减少", "间隔 4 小时。" },
	{ "H03AA01", "B03A", CDS_INFO, "左甲状腺素 + 铁剂：吸收减少", "间隔 4 小时。" },
	{ "M05BA", "A12A", CDS_INFO, "双膦酸盐 + 钙剂：吸收减少", "双膦酸盐晨起空腹，钙剂晚餐后。" },
	{ "J01M", "B03A", CDS_INFO, "喹诺酮 + 铁剂：吸收减少", "间隔 2 小时以上。" },
};
const size_t cds_interaction_count = G_N_ELEMENTS(cds_interactions);

const struct cds_allergen cds_allergens[] = {
	{ "764146007", "J01C", "青霉素" },
	{ "387406002", "J01E", "磺胺类" },
	{ "J01D", "J01D", "头孢菌素类" },
	{ "N02BA01", "B01AC06", "阿司匹林" },
	{ "N02BA01", "M01A", "阿司匹林(非甾体抗炎药交叉)" },
};
const size_t cds_allergen_count = G_N_ELEMENTS(cds_allergens);
