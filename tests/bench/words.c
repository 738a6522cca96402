/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What patients and doctors write, from sentences with places in them: common
 * words in most messages, others in few, and a tail of rare names, as in any
 * language. All invented. No character that JSON would escape.
 */
#include "tests/bench/words.h"

#include <string.h>

static const char *const parts[] = { "头", "胸口", "后背", "脚踝", "膝盖", "胃",
	"右手", "左眼", "喉咙", "腰", "肚子", "脖子", "小腿", "牙龈", "耳朵",
	"肩膀", "手指", "眼皮" };
static const char *const feels[] = { "疼", "胀", "麻", "痒", "肿", "酸", "发热",
	"发凉", "抽筋", "刺痛", "闷", "没力气", "出汗", "起红疹", "发紧" };
static const char *const degrees[] = { "有点", "一直", "偶尔", "特别", "越来越",
	"不太", "好像", "总是" };
static const char *const times[] = { "早上", "夜里", "饭后", "下午", "昨天",
	"这三天", "上周", "最近半个月", "起床以后", "睡觉前", "前天晚上",
	"从国庆节起", "每到阴雨天", "运动以后" };
static const char *const drugs[] = { "氨氯地平", "二甲双胍", "阿司匹林",
	"阿托伐他汀", "厄贝沙坦", "美托洛尔", "氢氯噻嗪", "奥美拉唑", "左甲状腺素",
	"格列美脲", "瑞舒伐他汀", "华法林", "达格列净", "利伐沙班", "布洛芬",
	"碳酸钙", "甲钴胺", "氯雷他定", "头孢克肟", "连花清瘟", "丹参滴丸",
	"沙库巴曲缬沙坦", "司美格鲁肽", "别嘌醇", "非布司他", "螺内酯" };
static const char *const ways[] = { "一天一次", "一天两次", "饭前吃", "饭后吃",
	"睡前半片", "隔天一片", "早晚各一片", "空腹吃" };
static const char *const tests[] = { "糖化血红蛋白", "肌酐", "血脂", "尿蛋白",
	"甲状腺功能", "心电图", "血常规", "尿酸", "肝功能", "凝血", "胸片",
	"动态血压", "颈动脉彩超", "骨密度", "胃镜", "血钾" };
static const char *const acts[] = { "散步", "游泳", "打太极", "爬楼", "骑车",
	"带孙子", "做饭", "跳广场舞", "下地干活", "上夜班", "出差", "喝茶" };
static const char *const foods[] = { "咸菜", "稀饭", "馒头", "西瓜", "腊肉",
	"豆浆", "白酒", "柚子", "花生", "红烧肉", "面条", "螃蟹", "香蕉" };
static const char *const people[] = { "我妈", "我爱人", "孩子", "我爸", "邻居",
	"护士", "社区的大夫", "药店的人", "我姐", "同事" };
static const char *const en_parts[] = { "head", "chest", "left knee", "back",
	"stomach", "ankles", "throat", "right hand", "neck", "eyes", "calves",
	"shoulder", "hip" };
static const char *const en_feels[] = { "pain", "swelling", "numbness", "rash",
	"tightness", "cramps", "itching", "burning", "weakness", "stiffness" };
static const char *const en_drugs[] = { "amlodipine", "metformin", "aspirin",
	"atorvastatin", "lisinopril", "metoprolol", "the diuretic", "omeprazole",
	"levothyroxine", "glimepiride", "warfarin", "apixaban", "ibuprofen",
	"allopurinol", "spironolactone", "semaglutide", "furosemide" };
static const char *const en_times[] = { "in the morning", "at night",
	"after meals", "since Friday", "for two weeks", "yesterday",
	"on the stairs", "during the night", "before breakfast", "since spring",
	"whenever it rains", "after walking" };
static const char *const en_tests[] = { "creatinine", "HbA1c", "cholesterol",
	"potassium", "thyroid test", "blood count", "uric acid", "liver panel",
	"electrocardiogram", "chest x-ray", "urine sample" };
static const char *const en_people[] = { "my wife", "my son", "the nurse",
	"my neighbour", "the pharmacist", "my mother", "our doctor at home" };
/* Of which the rare names are made, two or three at a time. */
static const char tail[] = "安保北博昌长朝成城池川春慈存大丹道德登东洞都端"
	"恩法方凤福富甘港高格谷关光广贵国海汉杭河鹤衡红洪湖华怀黄惠鸡吉佳嘉"
	"建江金锦京井景九开康柯昆兰乐雷黎里丽连莲良林灵陵龙隆泸鹿洛马满茂梅"
	"门绵民明牟南宁农盘平坪浦普七齐前桥青清庆泉仁荣瑞沙山商上绍深神石舒"
	"双顺松苏宿绥台太泰唐塘桃天田铁通同铜图万望威维文乌武西溪夏仙咸香祥"
	"湘孝新信兴秀徐许宣雅岩盐扬阳洋尧宜义益银营永游余榆玉原源远岳云枣张"
	"昭镇郑中舟周珠竹庄资紫遵";

static const struct { char slot; const char *const *words; int n; } slots[] = {
#define SLOT(c, table) { c, table, G_N_ELEMENTS(table) }
	SLOT('p', parts), SLOT('f', feels), SLOT('g', degrees),
	SLOT('t', times), SLOT('d', drugs), SLOT('w', ways), SLOT('x', tests),
	SLOT('a', acts), SLOT('o', foods), SLOT('m', people),
	SLOT('P', en_parts), SLOT('F', en_feels), SLOT('D', en_drugs),
	SLOT('T', en_times), SLOT('X', en_tests), SLOT('M', en_people),
#undef SLOT
};

static const char *const zh[] = {
	"%t%p%g%f,%d一直在吃。", "医生您好,%x的结果出来了,比三个月前高了一点。",
	"%t量的血压是%3和%2,%p%g%f。", "%d%w,吃了%1天,%p还是%f。",
	"换了%d以后%t有些咳嗽,不知道是不是药的关系。", "体重掉了%1公斤,胃口不太好。",
	"%t能不能%a,%p会不会%g%f?", "%m说不能吃%o,是这样吗?",
	"请连续三天早晚各测一次血压,坐着休息五分钟以后再量,记下来发给我。",
	"%x复查的时间到了,请%t去做,结果拍照发来。", "%d先停%1天,看%p还%f不%f。",
	"从您说的情况看,先不用加药,%t注意观察%p。", "睡得不太好,起夜%1次,%t没有精神。",
	"我在%z住院的时候查过%x,大夫说没有大问题。", "%d还剩%1片,想续方,%w。",
	"%t吃了%o,%p就%g%f,要紧吗?", "如果%p%f加重,或者喘不上气,请马上去急诊。",
	"%x是%2,参考范围以内,不用担心。", "您的%d可以继续,%w,下个月复查%x。",
	"%m带我去%z看过,开了%d,我没敢吃。", "谢谢医生,%t好多了,%a也没有问题。",
	"%d和%d能一起吃吗?", "这次%x单子上有两个箭头,帮我看一下。", "%t测的血糖是%1点%1,空腹。",
	"%p%f的地方不红,按下去有坑,%t就消了。", "我对%d过敏,以前吃过起红疹。",
};
static const char *const en[] = {
	"Please take %D with food and tell me how you feel on Friday. ",
	"The readings at home were better this week, mostly below %3. ",
	"I had %F in my %P %T and took %D. ",
	"Should I keep taking %D, now that the %F is gone? ",
	"%M says that %D may cause %F. Is that so? ",
	"Your %X is %2, within the range; no change of %D is needed. ",
	"Could you repeat the %X %T and send me a picture of it? ",
	"I walked for half an hour every day and had no %F in the %P. ",
	"The %F in my %P is worse %T. ",
	"I weigh %2 kilograms, %1 less than before. ",
	"If the %F comes back or you are short of breath, call an ambulance. ",
	"%M measured %3 over %2 %T. ", "I was seen in %Z last year, the %X was fine. ",
	"Thank you, doctor, I feel much better and sleep well. ",
	"Take half a tablet of %D %T for %1 days, then stop. ",
	"I forgot %D twice this week, is that a problem? ",
};

static const char *
any(GRand *rand, const char *const *words, int n)
{
	return words[g_rand_int_range(rand, 0, n)];
}

static void
tail_word(GRand *rand, GString *out)
{
	int n = g_rand_int_range(rand, 2, 4);
	int chars = (int)(sizeof tail - 1) / 3;

	for (int i = 0; i < n; i++)
		g_string_append_len(out, tail + 3 * g_rand_int_range(rand, 0,
		    chars), 3);
}

static void
tail_name(GRand *rand, GString *out)
{
	static const char vowels[] = "aeiou", others[] = "bdfklmnrstvz";
	int n = g_rand_int_range(rand, 2, 4);

	g_string_append_c(out, (char)('A' + g_rand_int_range(rand, 0, 26)));
	for (int i = 0; i < n; i++) {
		g_string_append_c(out, vowels[g_rand_int_range(rand, 0,
		    (int)strlen(vowels))]);
		g_string_append_c(out, others[g_rand_int_range(rand, 0,
		    (int)strlen(others))]);
	}
}

static void
number(GRand *rand, GString *out, char digits)
{
	static const int from[] = { 1, 40, 98 }, to[] = { 10, 100, 190 };
	int i = digits - '1';

	g_string_append_printf(out, "%d", g_rand_int_range(rand, from[i],
	    to[i]));
}

static void
place(GRand *rand, GString *out, char slot)
{
	if (slot >= '1' && slot <= '3')
		number(rand, out, slot);
	if (slot == 'z')
		tail_word(rand, out);
	if (slot == 'Z')
		tail_name(rand, out);
	for (size_t i = 0; i < G_N_ELEMENTS(slots); i++)
		if (slots[i].slot == slot)
			g_string_append(out, any(rand, slots[i].words,
			    slots[i].n));
}

static void
sentence(GRand *rand, GString *out, const char *form)
{
	for (; *form; form++)
		if (*form == '%' && form[1])
			place(rand, out, *++form);
		else
			g_string_append_c(out, *form);
}

void
words_message(GRand *rand, GString *out)
{
	gboolean english = g_rand_int_range(rand, 0, 4) == 0;

	g_string_truncate(out, 0);
	do
		sentence(rand, out, english ?
		    any(rand, en, G_N_ELEMENTS(en)) :
		    any(rand, zh, G_N_ELEMENTS(zh)));
	while (out->len < 200 || g_rand_int_range(rand, 0, 4) != 0);
}
