/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frequencies and times of the day. Coded: HL7 v3 GTSAbbreviation, the codes of
 * FHIR R4's value set timing-abbreviation (Timing.code); when: R4's event-timing
 * (Timing.repeat.when, of v3 TimingEvent and http://hl7.org/fhir/event-timing).
 * The Latin ones are those of 处方管理办法 (2007) teaching and of common English
 * use. "qm" is not among them: it is every morning in one hospital and every month
 * in another, so care/line_ask.c asks.
 */
#include "care/order_room.h"

#include <string.h>

const struct care_frequency care_frequencies[] = {
	{ "qd", "daily once_daily once_a_day every_day 每日一次 每日 每天", "once a day", "每日一次", 1, "1", "d", NULL, "QD", FALSE },
	{ "bid", "bd twice_daily twice_a_day", "twice a day", "每日两次", 2, "1", "d", NULL, "BID", FALSE },
	{ "tid", "tds three_times_a_day three_times_daily", "three times a day", "每日三次", 3, "1", "d", NULL, "TID", FALSE },
	{ "qid", "qds four_times_a_day four_times_daily", "four times a day", "每日四次", 4, "1", "d", NULL, "QID", FALSE },
	{ "5id", "five_times_a_day", "five times a day", "每日五次", 5, "1", "d", NULL, NULL, FALSE },
	{ "6id", "six_times_a_day", "six times a day", "每日六次", 6, "1", "d", NULL, NULL, FALSE },
	{ "qam", "every_morning 每晨 每早 晨服 每日早晨 每日晨起", "every morning", "每日早晨一次", 1, "1", "d", "MORN", "AM", FALSE },
	{ "qn", "nocte every_night 每晚 每晚一次 每日晚上", "every night", "每晚一次", 1, "1", "d", "NIGHT", NULL, FALSE },
	{ "hs", "qhs at_bedtime 睡前 临睡前 每晚睡前 睡前服", "at bedtime", "每晚睡前一次", 1, "1", "d", "HS", "BED", FALSE },
	{ "q1h", "qh hourly", "every hour", "每小时一次", 1, "1", "h", NULL, "Q1H", FALSE },
	{ "q2h", "", "every 2 hours", "每 2 小时一次", 1, "2", "h", NULL, "Q2H", FALSE },
	{ "q3h", "", "every 3 hours", "每 3 小时一次", 1, "3", "h", NULL, "Q3H", FALSE },
	{ "q4h", "", "every 4 hours", "每 4 小时一次", 1, "4", "h", NULL, "Q4H", FALSE },
	{ "q5h", "", "every 5 hours", "每 5 小时一次", 1, "5", "h", NULL, NULL, FALSE },
	{ "q6h", "", "every 6 hours", "每 6 小时一次", 1, "6", "h", NULL, "Q6H", FALSE },
	{ "q8h", "", "every 8 hours", "每 8 小时一次", 1, "8", "h", NULL, "Q8H", FALSE },
	{ "q12h", "", "every 12 hours", "每 12 小时一次", 1, "12", "h", NULL, NULL, FALSE },
	{ "q24h", "", "every 24 hours", "每 24 小时一次", 1, "24", "h", NULL, NULL, FALSE },
	{ "q48h", "", "every 48 hours", "每 48 小时一次", 1, "48", "h", NULL, NULL, FALSE },
	{ "q72h", "", "every 72 hours", "每 72 小时一次", 1, "72", "h", NULL, NULL, FALSE },
	{ "qod", "alternate_days every_other_day 隔日 隔日一次 隔天一次 隔天", "every other day", "隔日一次", 1, "2", "d", NULL, "QOD", FALSE },
	{ "q3d", "", "every 3 days", "每 3 天一次", 1, "3", "d", NULL, NULL, FALSE },
	{ "qw", "weekly once_a_week once_weekly 每周", "once a week", "每周一次", 1, "1", "wk", NULL, "WK", FALSE },
	{ "biw", "twice_a_week twice_weekly", "twice a week", "每周两次", 2, "1", "wk", NULL, NULL, FALSE },
	{ "tiw", "three_times_a_week", "three times a week", "每周三次", 3, "1", "wk", NULL, NULL, FALSE },
	{ "4iw", "four_times_a_week", "four times a week", "每周四次", 4, "1", "wk", NULL, NULL, FALSE },
	{ "5iw", "five_times_a_week", "five times a week", "每周五次", 5, "1", "wk", NULL, NULL, FALSE },
	{ "q2w", "qow every_two_weeks fortnightly 隔周 隔周一次", "every 2 weeks", "每两周一次", 1, "2", "wk", NULL, NULL, FALSE },
	{ "q3w", "", "every 3 weeks", "每三周一次", 1, "3", "wk", NULL, NULL, FALSE },
	{ "q4w", "", "every 4 weeks", "每四周一次", 1, "4", "wk", NULL, NULL, FALSE },
	{ "qmonth", "qmo monthly once_a_month 每月", "once a month", "每月一次", 1, "1", "mo", NULL, "MO", FALSE },
	{ "q2mo", "", "every 2 months", "每两个月一次", 1, "2", "mo", NULL, NULL, FALSE },
	{ "q3mo", "quarterly", "every 3 months", "每三个月一次", 1, "3", "mo", NULL, NULL, FALSE },
	{ "q6mo", "", "every 6 months", "每六个月一次", 1, "6", "mo", NULL, NULL, FALSE },
	{ "once", "st stat 立即 顿服 单次 即刻", "once, now", "立即一次", 0, NULL, NULL, NULL, NULL, TRUE },
	{ .code = NULL },
};

const struct care_when care_whens[] = {
	{ "AC", "ac 餐前 饭前 before_meals", "before meals", "餐前" },
	{ "ACM", "acm 早餐前 早饭前 before_breakfast", "before breakfast", "早餐前" },
	{ "ACD", "acd 午餐前 午饭前 中餐前 before_lunch", "before lunch", "午餐前" },
	{ "ACV", "acv 晚餐前 晚饭前 before_dinner", "before dinner", "晚餐前" },
	{ "C", "c cc 餐中 随餐 饭中 餐时 与餐同服 with_meals with_food", "with meals", "随餐" },
	{ "CM", "cm 早餐时 早餐中 with_breakfast", "with breakfast", "早餐时" },
	{ "CD", "cd 午餐时 午餐中 with_lunch", "with lunch", "午餐时" },
	{ "CV", "cv 晚餐时 晚餐中 with_dinner", "with dinner", "晚餐时" },
	{ "PC", "pc 餐后 饭后 after_meals", "after meals", "餐后" },
	{ "PCM", "pcm 早餐后 早饭后 after_breakfast", "after breakfast", "早餐后" },
	{ "PCD", "pcd 午餐后 午饭后 中餐后 after_lunch", "after lunch", "午餐后" },
	{ "PCV", "pcv 晚餐后 晚饭后 after_dinner", "after dinner", "晚餐后" },
	{ "HS", "@hs hs 睡前 临睡前 at_bedtime", "at bedtime", "睡前" },
	{ "WAKE", "wake 晨起 起床后 醒后 on_waking", "on waking", "晨起" },
	{ "MORN", "morn 早上 上午 早晨 in_the_morning", "in the morning", "早晨" },
	{ "NOON", "noon 中午 at_noon", "at noon", "中午" },
	{ "AFT", "aft 下午 in_the_afternoon", "in the afternoon", "下午" },
	{ "EVE", "eve 傍晚 in_the_evening", "in the evening", "傍晚" },
	{ "NIGHT", "night 晚上 夜间 at_night", "at night", "晚上" },
	{ .code = NULL },
};

/* "周一" and never "每周一": "每周一片" is one tablet a week. */
const struct care_when care_weekdays[] = {
	{ "mon", "@mon monday mondays 周一 星期一", "Monday", "周一" },
	{ "tue", "@tue tuesday tuesdays 周二 星期二", "Tuesday", "周二" },
	{ "wed", "@wed wednesday wednesdays 周三 星期三", "Wednesday", "周三" },
	{ "thu", "@thu thursday thursdays 周四 星期四", "Thursday", "周四" },
	{ "fri", "@fri friday fridays 周五 星期五", "Friday", "周五" },
	{ "sat", "@sat saturday saturdays 周六 星期六", "Saturday", "周六" },
	{ "sun", "@sun sunday sundays 周日 周天 星期日 星期天", "Sunday", "周日" },
	{ .code = NULL },
};

gboolean
order_weekdays_fit(const struct care_frequency *f, unsigned weekdays)
{
	int n = 0;

	for (unsigned left = weekdays; left; left &= left - 1)
		n++;
	return n == 0 || (f && !f->once && f->frequency == n &&
	    strcmp(f->period, "1") == 0 && strcmp(f->period_unit, "wk") == 0);
}

const struct care_frequency *
care_frequency_find(const char *code)
{
	const struct care_frequency *f = care_frequencies;

	for (; code && f->code; f++)
		if (strcmp(f->code, code) == 0)
			return f;
	return NULL;
}

const struct care_when *
care_when_find(const char *code)
{
	for (const struct care_when *w = care_whens; code && w->code; w++)
		if (strcmp(w->code, code) == 0)
			return w;
	return NULL;
}
