/* SPDX-License-Identifier: Apache-2.0 */
/* Invented people's names, put together by chance: common family names, and
 * given names as each generation gave them. */
#include "clinic/seed_priv.h"

#include <string.h>

/* Commoner ones stand more than once. */
static const char *const family_zh[] = {
	"王", "王", "李", "李", "张", "张", "刘", "刘", "陈", "陈", "杨", "赵",
	"黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马",
	"罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "程",
	"曹", "袁", "邓", "许", "傅", "沈", "曾", "彭", "吕", "苏", "卢", "蒋",
	"蔡", "贾", "丁", "魏", "薛", "叶", "阎", "余", "潘", "杜", "戴", "夏",
	"钟", "汪", "田", "任", "姜", "范", "方", "石", "姚", "谭", "廖", "邹",
	"熊", "金", "陆", "郝", "孔", "白", "崔", "康", "毛", "邱", "秦", "江",
	"史", "顾", "侯", "邵", "孟", "龙", "万", "段", "缪", "覃", "欧阳",
	"上官", "司徒", "诸葛",
};
static const char *const old_f_zh[] = {
	"银兰", "桂芳", "秀英", "玉珍", "凤英", "淑珍", "桂英", "玉兰", "秀兰",
	"春梅", "翠花", "素芬", "惠珍", "雅琴", "美凤", "金娣", "阿妹", "月娥",
	"彩云", "爱莲", "荷花", "菊香", "淑贤", "慧君", "佩芳", "瑞芝", "文娟",
	"静仪", "宝珠", "杏花", "丽华", "秋菊", "玉洁", "水仙", "兰芝", "巧云",
};
static const char *const old_m_zh[] = {
	"雪山", "阿大", "建国", "国强", "志明", "德胜", "福根", "长庚", "永年",
	"金水", "宝田", "文斌", "学礼", "广才", "树林", "松柏", "振华", "玉堂",
	"水根", "世昌", "光荣", "祥林", "庆丰", "茂才", "怀山", "良友", "洪生",
	"根宝", "家骏", "仁甫", "炳章", "守义", "耕田", "东升", "海泉", "克俭",
};
static const char *const mid_f_zh[] = {
	"敏", "丽", "静", "燕", "红梅", "晓燕", "海霞", "丽娟", "雪梅", "慧",
	"玲", "文静", "秋月", "亚男", "冬梅", "小曼", "晓岚", "婷", "佳音",
	"思敏", "颖", "蓉", "雁", "青", "素心", "晨曦", "若兰", "知秋", "云舒",
	"雨薇",
};
static const char *const mid_m_zh[] = {
	"伟", "军", "勇", "涛", "建平", "志刚", "晓东", "海波", "立新", "文浩",
	"鹏", "斌", "宏", "一鸣", "向阳", "景行", "少华", "江河", "子强", "春生",
	"明哲", "远", "力", "伟民", "长风", "云龙", "致远", "卓", "剑秋", "书恒",
};
static const char *const young_f_zh[] = {
	"子涵", "雨桐", "欣怡", "梓萱", "诗琪", "可欣", "语嫣", "一诺", "沐晴",
	"佳禾", "小满", "念安", "思源", "米粒", "悦宁", "知夏", "星若", "锦书",
};
static const char *const young_m_zh[] = {
	"浩宇", "梓轩", "宇航", "子墨", "俊熙", "睿", "嘉树", "一凡", "乐天",
	"承泽", "小川", "星野", "知行", "思齐", "奕辰", "景澄", "石头", "明远",
};
static const char *const family_en[] = {
	"Ashdown", "Bramwell", "Carrow", "Dunmore", "Ellery", "Fairlie", "Garrick",
	"Hathersage", "Inchbald", "Jessop", "Kilbride", "Larkin", "Merriden",
	"Northway", "Oakeshott", "Penhallow", "Quillan", "Ravenhill", "Selwood",
	"Thackray", "Underhay", "Vickery", "Wetherby", "Yarrow", "O'Dell",
	"Müller-Hayes", "St. Clair", "Okonjo", "Varga", "Lindqvist",
};
static const char *const f_en[] = {
	"Agnes", "Beatrice", "Clara", "Dorothy", "Edith", "Fiona", "Grace",
	"Harriet", "Imogen", "Judith", "Kathleen", "Louisa", "Margaret", "Nora",
	"Olive", "Phoebe", "Rosalind", "Sylvia", "Tessa", "Winifred",
};
static const char *const m_en[] = {
	"Albert", "Barnaby", "Cedric", "Desmond", "Edwin", "Francis", "Gilbert",
	"Hugh", "Ivor", "Jasper", "Kenneth", "Leonard", "Marcus", "Nigel",
	"Oswald", "Peter", "Rupert", "Silas", "Tobias", "Walter",
};

struct given_pool { const char *const *names; int n; };
#define POOL(a) { a, G_N_ELEMENTS(a) }
/* By generation, then female and male. */
static const struct given_pool pools_zh[3][2] = {
	{ POOL(young_f_zh), POOL(young_m_zh) },
	{ POOL(mid_f_zh), POOL(mid_m_zh) },
	{ POOL(old_f_zh), POOL(old_m_zh) },
};
static const struct given_pool pools_en[2] = { POOL(f_en), POOL(m_en) };

static const char *
draw(struct seed_rng *rng, const struct given_pool *pool)
{
	return pool->names[seed_rng_range(rng, 0, pool->n - 1)];
}

static void
write_name(struct seed_name *out, const char *family, const char *given,
    gboolean english)
{
	g_strlcpy(out->given, given, sizeof out->given);
	if (out->family != family)
		g_strlcpy(out->family, family, sizeof out->family);
	g_snprintf(out->text, sizeof out->text, "%s%s%s",
	    english ? given : out->family, english ? " " : "",
	    english ? out->family : given);
}

static const char *
draw_given(struct seed_rng *rng, gboolean english, gboolean male, int age)
{
	int generation = age < 22 ? 0 : age < 52 ? 1 : 2;

	return draw(rng, english ? &pools_en[male]
	                         : &pools_zh[generation][male]);
}

void
seed_name_make(struct seed_name *out, struct seed_rng *rng, gboolean english,
    gboolean male, int age)
{
	static const struct given_pool zh = POOL(family_zh);
	static const struct given_pool en = POOL(family_en);
	const char *family = draw(rng, english ? &en : &zh);

	write_name(out, family, draw_given(rng, english, male, age), english);
}

void
seed_name_kin(struct seed_name *out, struct seed_rng *rng,
    const struct seed_name *of, gboolean english, gboolean male, int age)
{
	g_strlcpy(out->family, of->family, sizeof out->family);
	write_name(out, out->family, draw_given(rng, english, male, age),
	    english);
}
