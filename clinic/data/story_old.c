/* SPDX-License-Identifier: Apache-2.0 */
/* Threads of the past, the diary that makes one very long, and the text that is
 * there to do harm. */
#include "clinic/data/story.h"

#define END { 0, 0, NULL, NULL }

/* Home readings, day after day; each day's are drawn anew. */
const struct seed_line seed_diary_lines[] = {
	{ 'P', 1370, "{早上|今早} $dbp，{晚上|昨晚} $dbp{，没有不舒服|。走了一万步|，睡得还行||，晚饭吃咸了点|。头有一点点晕，坐一会儿好了|，孙子来了，高兴|。下雨，没出门}。", NULL },
	{ 'D', 70, "{收到|好的，收到|看到了}，{继续这样量|很平稳|药照吃|不错，保持|盐少一点|比上周好|起身慢一点，晕了先坐下|记得坐五分钟再量}。", NULL },
	END
};

static const struct seed_line old_review[] = {
	{ 'P', 0, "吴医生，上周抽的血结果出来了，您方便看一下吗？", NULL },
	{ 'D', 65, "好，我看一下。最近吃饭、睡觉、大小便都还好吗？", NULL },
	{ 'P', 20, "都好，就是人懒，不爱动。", NULL },
	{ 'D', 25, "报告我看过了，和前次比平稳，药先不动，三个月后再查。再懒也要活动，饭后在家附近走走也行。", NULL },
	END
};
static const struct seed_line old_refill[] = {
	{ 'P', 0, "{医生好|吴医生好}，$drug1快吃完了，想再开一个月的。", NULL },
	{ 'D', 90, "好的，先说说最近有没有不舒服？药有没有漏吃？", NULL },
	{ 'P', 15, "漏过一两次，别的没有。", NULL },
	{ 'D', 10, "漏的不用补双倍。处方我开好了，药师审核后就能配送。", NULL },
	{ 'P', 200, "药收到了，谢谢！", NULL },
	{ 'D', 45, "不客气。顺便，上周的化验我看过了，没有需要马上处理的，按时复查就好。", NULL },
	END
};
static const struct seed_line old_cold[] = {
	{ 'P', 0, "医生，我感冒了，流鼻涕、嗓子疼，感冒药能和现在的药一起吃吗？", NULL },
	{ 'D', 30, "很多复方感冒药里有伪麻黄碱，会升血压、让人心慌。体温多少？", NULL },
	{ 'P', 12, "37.5，不高。", NULL },
	{ 'D', 8, "先多喝水、休息，嗓子疼用淡盐水漱口。发烧超过 38.5、超过三天不好、或者气促，再来找我。不用抗生素。", NULL },
	{ 'P', 1500, "今天好多了，不烧了。", NULL },
	{ 'D', 30, "那就好。上周的化验报告我也看过了，放心。", NULL },
	END
};
static const struct seed_line old_diet[] = {
	{ 'P', 0, "吴医生，我想问问平时吃东西要注意什么？家里人说法都不一样。", NULL },
	{ 'D', 120, "记三条就够：盐每天不超过一啤酒瓶盖（约 5 克），主食定量，蔬菜每天一斤。别的不用太紧张。", NULL },
	{ 'P', 25, "水果呢？", NULL },
	{ 'D', 10, "每天一个拳头大，放在两餐之间。果汁不算水果。", NULL },
	{ 'P', 8, "记住了，贴冰箱上了，哈哈。", NULL },
	{ 'D', 20, "好办法。上次的化验我看过了，大体平稳，三个月后再查一次。", NULL },
	END
};
static const struct seed_line old_vaccine[] = {
	{ 'P', 0, "单位和社区都在通知打乙肝疫苗，我这个情况能打吗？", NULL },
	{ 'D', 75, "可以，老毛病稳定就不碍事，只要没有发烧、没有对疫苗严重过敏过。第二针隔一个月，第三针隔半年。打完在那里坐三十分钟再走。", NULL },
	{ 'P', 1600, "打了，胳膊有点酸，别的没有。", NULL },
	{ 'D', 40, "正常的，一两天就好。您上次的化验报告我也看过了，药照旧。", NULL },
	END
};
static const struct seed_line old_travel[] = {
	{ 'P', 0, "医生，下个月要去外地住两个月，药怎么办？", NULL },
	{ 'D', 55, "带够路上一周的随身药，别放托运。那边也能网上续方。走之前把血抽了。", NULL },
	{ 'P', 7000, "血抽好了，明天的火车。", NULL },
	{ 'D', 180, "报告看过了，可以安心出门。到了那边饮食别一下子变太多，每周报个平安。", NULL },
	END
};
const struct seed_line *const seed_old_threads_zh[] = { old_review, old_refill,
	old_cold, old_diet, old_vaccine, old_travel };
const char *const seed_old_topics_zh[] = { "化验复查", "续药", "感冒了能吃什么药",
	"饮食咨询", "乙肝疫苗能不能打", "出门两个月怎么带药" };

static const struct seed_line old_en_refill[] = {
	{ 'P', 0, "Hello doctor, could I have another month of the $drug1 please?", NULL },
	{ 'D', 80, "Of course. Any dizziness, swelling or missed doses?", NULL },
	{ 'P', 25, "One missed, no trouble otherwise.", NULL },
	{ 'D', 12, "Done; the pharmacist will check it today. I have also seen last week's bloods: nothing that needs doing now.", NULL },
	END
};
static const struct seed_line old_en_jab[] = {
	{ 'P', 0, "Is it all right for me to have the hepatitis A jab before a trip?", NULL },
	{ 'D', 95, "Yes, and a good idea, as long as you have no fever that day.", NULL },
	{ 'P', 2000, "Had it. Sore arm, that is all.", NULL },
	{ 'D', 60, "Good. I have looked at your blood results too: steady, no change.", NULL },
	END
};
const struct seed_line *const seed_old_threads_en[] = { old_en_refill,
	old_en_jab };
const char *const seed_old_topics_en[] = { "Repeat prescription",
	"Travel vaccination" };

/* Each line is one attack on a terminal or on a layout. The last is mine, so
 * that it stands among what is answered. */
const struct seed_line seed_hostile_lines[] = {
	{ 'P', 0, "【显示测试】清屏与标题:\x1b[2J\x1b[H\x1b]0;盗用的标题\x07 之后的字要照常显示。", NULL },
	{ 'P', 1, "【显示测试】双向覆盖:药量 \xe2\x80\xae" "gm 05\xe2\x80\xac 与 \xe2\x81\xa6隔离\xe2\x81\xa9。", NULL },
	{ 'P', 1, "【显示测试】连写表情:👨‍👩‍👧‍👦 👩🏽‍⚕️ 🏳️‍🌈 ❤️ 与零宽 a\xe2\x80\x8b" "b\xc2\xad" "c。", NULL },
	{ 'P', 1, "【显示测试】叠加符号:Z\xcc\x80\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x85\xcc\x86\xcc\x87\xcc\x88\xcc\x89\xcc\x8a\xcc\x8b\xcc\x8c 以后正常。", NULL },
	{ 'P', 1, "【显示测试】回车与退格:真话\r假话 abc\b\b\bxyz\t制表\v\f结束。", NULL },
	{ 'P', 1, "【显示测试】很长的一行：$long", NULL },
	{ 'P', 1, "【显示测试】阿拉伯文与希伯来文：السلام عليكم 和 שלום，数字 123。", NULL },
	{ 'D', 9, "以上为显示测试，不是病情。", NULL },
	END
};
