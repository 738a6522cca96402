/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what a typed line is taken for: that the usual spellings in Chinese and
 * English, with and without blanks, full and half width, are understood as the same
 * order; that a hit by initials is never taken; and that whatever is ambiguous,
 * impossible or missing is one question at its place with what could be meant.
 */
#include "tests/tap.h"
#include "tests/care/order_gen.h"

static struct care_line *
parse(const char *text, gboolean herbal)
{
	struct care_lookup lookup = gen_lookup();

	return care_line_parse(text, &lookup, NULL, herbal);
}

/* ---- understood --------------------------------------------------------- */

/* The line, and the line it is written back as. */
static const struct { const char *text, *line; } understood[] = {
	{ "氨氯地平 5mg qd 28d", "氨氯地平片 5mg po qd 28d x28tablet refill 0" },
	{ "氨氯地平5mg每日一次28天", "氨氯地平片 5mg po qd 28d x28tablet refill 0" },
	{ "氨氯地平片５ｍｇ　ｑｄ，２８天。", "氨氯地平片 5mg po qd 28d x28tablet refill 0" },
	{ "amlodipine 5 mg once daily for 4 weeks", "氨氯地平片 5mg po qd 28d x28tablet refill 0" },
	{ "Amlodipine 5.0MG Q.D. 28D", "氨氯地平片 5mg po qd 28d x28tablet refill 0" },
	{ "安络平 1片 qd 28d", NULL },
	{ "QD2 1片 qd 28d", "氨氯地平片 1tablet po qd 28d x28tablet refill 0" },
	{ "氨氯地平 10mg qd 28d", "氨氯地平片 10mg po qd 28d x28tablet refill 0" },
	{ "氨氯地平 5mg 半片 qd 28d", "氨氯地平片 0.5tablet po qd 28d x14tablet refill 0" },
	{ "氨氯地平 5mg 1/2片 qd 28d", "氨氯地平片 0.5tablet po qd 28d x14tablet refill 0" },
	{ "氨氯地平 5mg .5片 qd 28d", "氨氯地平片 0.5tablet po qd 28d x14tablet refill 0" },
	{ "氨氯地平 5mg 0.50片 qd 28d", "氨氯地平片 0.5tablet po qd 28d x14tablet refill 0" },
	{ "氨氯地平 5mg qd x56片", "氨氯地平片 5mg po qd 56d x56tablet refill 0" },
	{ "氨氯地平 5mg qd ×56", "氨氯地平片 5mg po qd 56d x56tablet refill 0" },
	{ "氨氯地平 5mg qd #28", "氨氯地平片 5mg po qd 28d x28tablet refill 0" },
	{ "氨氯地平 5mg qd 28片", "氨氯地平片 5mg po qd 28d x28tablet refill 0" },
	{ "氨氯地平 5mg qd 2盒", "氨氯地平片 5mg po qd 56d x56tablet refill 0" },
	{ "氨氯地平 5mg qd 共2盒 56天", "氨氯地平片 5mg po qd 56d x56tablet refill 0" },
	{ "metformin 0.5g bid pc 4w refill 3", "盐酸二甲双胍片 0.5g po bid pc 28d x56tablet refill 3" },
	{ "二甲双胍500mg一日两次餐后口服4周续配3次", "盐酸二甲双胍片 500mg po bid pc 28d x56tablet refill 3" },
	{ "阿莫西林胶囊每次2粒每8小时一次用7天", "阿莫西林胶囊 2capsule po q8h 7d x42capsule refill 0" },
	{ "阿莫西林 0.5g 3次/日 7天 不续", "阿莫西林胶囊 0.5g po tid 7d x42capsule refill 0" },
	{ "阿莫西林 0.5g 日三次 7天", "阿莫西林胶囊 0.5g po tid 7d x42capsule refill 0" },
	{ "阿莫西林 1-2粒 prn x10粒", "阿莫西林胶囊 1-2capsule po prn x10capsule refill 0" },
	{ "阿莫西林 1~2粒 q6h 必要时（发热） x10粒", "阿莫西林胶囊 1-2capsule po q6h prn(发热) x10capsule refill 0" },
	{ "布洛芬 200mg tid 3d", "布洛芬混悬液 200mg po tid 3d x100mL refill 0" },
	{ "布洛芬 10ml tid 3d // 饭后服", "布洛芬混悬液 10mL po tid 3d x100mL refill 0 // 饭后服" },
	{ "甘精胰岛素 10u qn 28d", "甘精胰岛素注射液 10unit ih qn 28d x3mL refill 0" },
	{ "甘精胰岛素 10单位 皮下 睡前 28d", "甘精胰岛素注射液 10unit ih hs 28d x3mL refill 0" },
	{ "沙丁胺醇 2揿 qid prn 1瓶", "沙丁胺醇吸入气雾剂 2puff inh qid prn x200puff refill 0" },
	{ "维生素B12 25mcg qd 10d", "维生素B12片 25micrograms po qd 10d x10tablet refill 0" },
	{ "vitamin B12 50微克 qod 10d", "维生素B12片 50micrograms po qod 10d x10tablet refill 0" },
	{ "氨氯地平 5mg qd hs 28d", "氨氯地平片 5mg po qd hs 28d x28tablet refill 0" },
	{ "氨氯地平 5mg st", "氨氯地平片 5mg po once x1tablet refill 0" },
	{ "氨氯地平 5mg qw 28d", "氨氯地平片 5mg po qw 28d x4tablet refill 0" },
	{ "氨氯地平 5mg 每周一次 周一 28d", "氨氯地平片 5mg po qw @mon 28d x4tablet refill 0" },
	{ "氨氯地平 5mg biw 周四、周一 28d", "氨氯地平片 5mg po biw @mon @thu 28d x8tablet refill 0" },
	{ "阿莫西林 口服 每周一粒 28d", "阿莫西林胶囊 1capsule po qw 28d x4capsule refill 0" },
	{ "amlodipine 5mg weekly Sunday 28d", "氨氯地平片 5mg po qw @sun 28d x4tablet refill 0" },
	{ "缬沙坦氨氯地平 80/5mg 1片 qd 7d", "缬沙坦氨氯地平片 1tablet po qd 7d x7tablet refill 0" },
	{ "缬沙坦氨氯地平 80/5 mg 1片 qd 7d", "缬沙坦氨氯地平片 1tablet po qd 7d x7tablet refill 0" },
	{ "氨氯地平 5mg 每2周一次 28d", "氨氯地平片 5mg po q2w 28d x2tablet refill 0" },
	{ "氨氯地平 5mg every 12 hours 2d", "氨氯地平片 5mg po q12h 2d x4tablet refill 0" },
};

static void
test_understood(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(understood); i++) {
		BASE_AUTO(care_line) line = parse(understood[i].text, FALSE);
		g_autofree char *back = care_line_write(line->order);

		if (!understood[i].line) {
			assert_true(line->order->drug != NULL);
			continue;
		}
		if (!line->complete || strcmp(back, understood[i].line) != 0)
			print_message("# %s: %s: %s\n", understood[i].text,
			    back, line->questions->len > 0 ?
			    ((struct care_question *)line->questions->pdata[0])
			    ->sentence : "");
		assert_string_equal(back, understood[i].line);
		assert_true(line->complete);
	}
}

/* Every spelling of the tables is read as its row, as a word of its own. */
static void
check_spelling(const char *words, const struct care_frequency *f,
    const struct care_when *w, const struct care_route *r)
{
	g_autofree char *spaced = g_strdelimit(g_strdup(words), "_", ' ');
	g_autofree char *text = g_strdup_printf("氨氯地平 5mg %s", spaced);
	BASE_AUTO(care_line) line = parse(text, FALSE);
	const struct care_order *o = line->order;
	const char *own = o->frequency ? o->frequency->when : NULL;

	if (f && o->frequency != f)
		print_message("# %s\n", text);
	if (f)
		assert_ptr_equal(o->frequency, f);
	/* 睡前 alone is a frequency that has its time in it */
	if (w && o->when != w && g_strcmp0(own, w->code) != 0)
		fail_msg("%s", text);
	if (r)
		assert_ptr_equal(o->route, r);
}

static void
each_spelling(const char *code, const char *also,
    const struct care_frequency *f, const struct care_when *w,
    const struct care_route *r)
{
	g_auto(GStrv) words = g_strsplit(also, " ", -1);

	if (!w)
		check_spelling(code, f, w, r);
	for (char **word = words; *word; word++)
		if (**word)
			check_spelling(*word, f, w, r);
}

static void
test_spellings(void **state)
{
	for (const struct care_frequency *f = care_frequencies; f->code; f++)
		each_spelling(f->code, f->also, f, NULL, NULL);
	for (const struct care_when *w = care_whens; w->code; w++)
		each_spelling(w->code, w->also, NULL, w, NULL);
	for (const struct care_route *r = care_routes; r->code; r++)
		each_spelling(r->code, r->also, NULL, NULL, r);
}

/* ---- asked -------------------------------------------------------------- */

/* The line; the part asked about first; what stands at that place; a piece of the
 * sentence; the first choice or NULL. */
static const struct {
	const char *text;
	enum care_part part;
	const char *at, *sentence, *choice;
} asked[] = {
	{ "ALDP 5 qd", PART_DRUG, "ALDP ", "may be one of these", "氨氯地平片 5mg" },
	{ "EJSG 0.5g bid 28d", PART_DRUG, "EJSG ", "may be one of these", "盐酸二甲双胍片 0.5g" },
	{ "氨氯地平 qd 28d", PART_DRUG, "氨氯地平 ", "may be one of these", "氨氯地平片 5mg" },
	{ "氨氯地平 7mg qd 28d", PART_DRUG, "氨氯地平 ", "may be one of these", NULL },
	{ "左氨氯 2.5mg qd 7d", PART_DRUG, "左氨氯 ", "may be one of these", NULL },
	{ "苯磺酸左氨氯地平 3mg qd 7d", PART_DOSE, "3mg", "cannot be divided", "1tablet" },
	{ "阿司匹林 0.1g qd 7d", PART_DRUG, "阿司匹林 ", "No drug here", NULL },
	{ "阿莫西林 2 tid 7d", PART_DOSE, "2", "unit is missing", "2mg" },
	{ "阿莫西林 0粒 tid 7d", PART_DOSE, "0粒", "zero", NULL },
	{ "阿莫西林 0.00g tid 7d", PART_DOSE, "0.00g", "zero", NULL },
	{ "阿莫西林 -1粒 tid 7d", PART_DOSE, "-1粒", "below zero", NULL },
	{ "阿莫西林 1,5g tid 7d", PART_DOSE, "1,5g", "comma", NULL },
	{ "阿莫西林 1.5.5g tid 7d", PART_DOSE, "1.5.5g", "no number", NULL },
	{ "阿莫西林 5.g tid 7d", PART_DOSE, "5.g", "no number", NULL },
	{ "阿莫西林 1/3粒 tid 7d", PART_DOSE, "1/3粒", "exact decimal", NULL },
	{ "阿莫西林 1234567890123mg tid 7d", PART_DOSE, "1234567890123mg", "too long", NULL },
	{ "阿莫西林 999999999mg tid 7d", PART_DOSE, "999999999mg", "huge dose", NULL },
	{ "阿莫西林 5ml tid 7d", PART_DOSE, "5ml", "does not fit", "250mg" },
	{ "阿莫西林 1片 tid 7d", PART_DOSE, "1片", "does not fit", "250mg" },
	{ "阿莫西林 300mg tid 7d", PART_DOSE, "300mg", "1.2 capsules", "1capsule" },
	{ "阿莫西林 3-2粒 tid 7d", PART_DOSE, "3-2粒", "less to more", NULL },
	{ "阿莫西林 500mg 1粒 tid 7d", PART_STRENGTH, "500mg", "strength, which is 250mg", "250mg" },
	{ "缬沙坦氨氯地平 80mg 1片 qd 7d", PART_STRENGTH, "80mg", "strength, which is 80/5 mg", "80/5 mg" },
	{ "缬沙坦氨氯地平 160/5mg 1片 qd 7d", PART_STRENGTH, "160/5mg", "strength, which is 80/5 mg", "80/5 mg" },
	{ "氨氯地平 5mg qd 周一 28d", PART_FREQUENCY, "", "days of the week", "qd" },
	{ "氨氯地平 5mg qw 周一 周四 28d", PART_FREQUENCY, "", "days of the week", "qd" },
	{ "氨氯地平 5mg qw 周一 monday 28d", PART_WHEN, "monday", "second time", NULL },
	{ "阿莫西林 250mg qm 7d", PART_FREQUENCY, "qm", "different ways", "qam" },
	{ "阿莫西林 250mg od 7d", PART_FREQUENCY, "od", "different ways", "qd" },
	{ "阿莫西林 250mg q 7d", PART_FREQUENCY, "q", "no frequency", "qd" },
	{ "阿莫西林 250mg q12 7d", PART_FREQUENCY, "q12", "no frequency", "q12h" },
	{ "阿莫西林 250mg 每日17次 7d", PART_FREQUENCY, "每日17次", "known here", "qd" },
	{ "阿莫西林 250mg tid 空腹 7d", PART_WHEN, "空腹", "different ways", "ac" },
	{ "阿莫西林 250mg tid bid 7d", PART_FREQUENCY, "bid", "second time", NULL },
	{ "阿莫西林 250mg tid po im 7d", PART_ROUTE, "im", "second time", NULL },
	{ "阿莫西林 250mg tid 3个月", PART_DURATION, "3个月", "no number of days", "84d" },
	{ "阿莫西林 250mg tid 0.5d", PART_DURATION, "0.5d", "whole number of days", NULL },
	{ "阿莫西林 250mg tid 400d", PART_DURATION, "400d", "more than a year", NULL },
	{ "阿莫西林 250mg tid 8h", PART_DURATION, "8h", "whole number of days", NULL },
	{ "阿莫西林 250mg tid 0d", PART_DOSE, "0d", "zero", NULL },
	{ "阿莫西林 250mg tid 7d x999999粒", PART_QUANTITY, "x999999粒", "huge", NULL },
	{ "阿莫西林 250mg tid 7d x-21粒", PART_QUANTITY, "x-21粒", "below zero", NULL },
	{ "阿莫西林 250mg tid 7d x20.5粒", PART_QUANTITY, "x20.5粒", "whole number", NULL },
	{ "阿莫西林 250mg tid 7d x100ml", PART_QUANTITY, "x100ml", "not how this drug", NULL },
	{ "阿莫西林 250mg tid 7d x42粒", PART_QUANTITY, "x42粒", "lasts 14 days and the line says 7", "x21capsule" },
	{ "阿莫西林 250mg tid x20粒", PART_DURATION, "", "no whole number", "6d" },
	{ "阿莫西林 250mg tid 1粒", PART_DOSE, "1粒", "is it the dose", NULL },
	{ "阿莫西林 250mg×1粒 tid 7d", PART_QUANTITY, "×1粒", "is it the dose", " x1粒" },
	{ "阿莫西林 250mg tid 7d refill 99", PART_REFILLS, "refill 99", "number of refills", NULL },
	{ "阿莫西林 250mg tid 7d refill 1 refill 2", PART_REFILLS, "refill 2", "twice", NULL },
	{ "阿莫西林 250mg tid 7d 遵医嘱", PART_UNKNOWN, "遵医嘱", "not understood", NULL },
	{ "阿莫西林 250mg tid 7d 先煎", PART_PREPARATION, "先煎", "for herbs", NULL },
	{ "阿莫西林", PART_DOSE, "", "Which dose", "250mg" },
	{ "阿莫西林 250mg 7d", PART_FREQUENCY, "", "How often", "qd" },
	{ "阿莫西林 250mg tid", PART_DURATION, "", "how many days", "3d" },
	{ "阿莫西林 250mg prn", PART_QUANTITY, "", "How much is handed out", "x1pack" },
	{ "黄芪 15g qd 7d", PART_DRUG, "黄芪 ", "This is a herb", NULL },
	{ "", PART_DRUG, "", "Which drug", NULL },
	{ "5mg qd", PART_DRUG, "", "Which drug", NULL },
};

static gboolean
is_asked(const struct care_line *line, const char *text, size_t i)
{
	for (guint k = 0; k < line->questions->len; k++) {
		const struct care_question *q = line->questions->pdata[k];
		g_autofree char *at = g_strndup(text + q->start,
		    q->end - q->start);

		if (q->part != asked[i].part ||
		    (asked[i].at && strcmp(at, asked[i].at) != 0) ||
		    (asked[i].sentence && !strstr(q->sentence,
		    asked[i].sentence)))
			continue;
		return !asked[i].choice || (q->choices->len > 0 &&
		    strcmp(q->choices->pdata[0], asked[i].choice) == 0);
	}
	return FALSE;
}

static void
test_asked(void **state)
{
	int wrong = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(asked); i++) {
		BASE_AUTO(care_line) line = parse(asked[i].text, FALSE);

		assert_false(line->complete);
		if (is_asked(line, asked[i].text, i))
			continue;
		wrong++;
		print_message("# %s\n", asked[i].text);
		for (guint k = 0; k < line->questions->len; k++) {
			const struct care_question *q =
			    line->questions->pdata[k];

			print_message("#   %d [%zu,%zu) %s: %s\n", q->part,
			    q->start, q->end, q->sentence, q->choices->len > 0 ?
			    (char *)q->choices->pdata[0] : "-");
		}
	}
	assert_int_equal(wrong, 0);
}

/* The drug stays open, whatever else the line says, and is taken once chosen. */
static void
test_initials(void **state)
{
	BASE_AUTO(care_line) line = parse("EJSG 0.5g bid 28d", FALSE);

	assert_null(line->order->drug);
	assert_int_equal(line->candidates->len, 1);
	const struct care_candidate *c = line->candidates->pdata[0];
	assert_int_equal(c->hit, HIT_INITIALS);
	BASE_AUTO(care_line) chosen = care_line_parse("EJSG 0.5g bid 28d",
	    NULL, c->drug, FALSE);
	g_autofree char *back = care_line_write(chosen->order);
	assert_string_equal(back,
	    "盐酸二甲双胍片 0.5g po bid 28d x56tablet refill 0");
	assert_true(chosen->complete);
}

/* ---- herbs -------------------------------------------------------------- */

static void
test_herbs(void **state)
{
	static const struct { const char *text, *line; } herbs[] = {
		{ "黄芪 15g", "黄芪 15g" },
		{ "黄芪15克", "黄芪 15g" },
		{ "附子 9.0g 先煎", "附子（制） 9g 先煎" },
		{ "附子９ｇ，先煎", "附子（制） 9g 先煎" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(herbs); i++) {
		BASE_AUTO(care_line) line = parse(herbs[i].text, TRUE);
		g_autofree char *back = care_line_write(line->order);

		assert_string_equal(back, herbs[i].line);
		assert_true(line->complete);
	}
	BASE_AUTO(care_line) none = parse("黄芪 15", TRUE);
	BASE_AUTO(care_line) drops = parse("黄芪 15片", TRUE);
	BASE_AUTO(care_line) western = parse("阿莫西林 15g", TRUE);
	assert_false(none->complete);
	assert_false(drops->complete);
	assert_false(western->complete);
}

/* ---- bounds ------------------------------------------------------------- */

static void
test_bounds(void **state)
{
	g_autofree char *long_line = g_strnfill(65536, 'q');
	BASE_AUTO(care_line) line = parse(long_line, FALSE);
	BASE_AUTO(care_line) broken = parse("\xff\xfe 5mg", FALSE);

	assert_int_equal(line->questions->len, 1);
	assert_false(line->complete);
	assert_int_equal(broken->questions->len, 1);
}

/* A millisecond is the promise, for any line up to the bound. */
static void
test_time(void **state)
{
	static const char *const pieces[] = { "氨", "1片", "q", "每日", "x",
		"5mg ", "( ", "二甲双胍 0.5g bid pc 4w refill 3 ", "，", "/" };
	double worst_us = 0, usual_us;
	int64_t start;

	for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
		GString *text = g_string_new("阿莫西林 ");
		int64_t best = G_MAXINT64;

		while (text->len + strlen(pieces[i]) <= CARE_LINE_MAX_BYTES)
			g_string_append(text, pieces[i]);
		for (int turn = 0; turn < 5; turn++) {
			start = g_get_monotonic_time();
			care_line_free(parse(text->str, FALSE));
			best = MIN(best, g_get_monotonic_time() - start);
		}
		worst_us = MAX(worst_us, (double)best);
		g_string_free(text, TRUE);
	}
	start = g_get_monotonic_time();
	for (int turn = 0; turn < 1000; turn++)
		care_line_free(parse("metformin 0.5g bid pc 4w refill 3",
		    FALSE));
	usual_us = (double)(g_get_monotonic_time() - start) / 1000;
	print_message("# a usual line %.0f us, the worst of %d bytes %.0f us\n",
	    usual_us, CARE_LINE_MAX_BYTES, worst_us);
	assert_true(usual_us < 1000);
	assert_true(worst_us < 10000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_understood),
		cmocka_unit_test(test_spellings),
		cmocka_unit_test(test_asked),
		cmocka_unit_test(test_initials),
		cmocka_unit_test(test_herbs),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_time),
	};
	base_i18n_init("en");
	return cmocka_run_group_tests_name("the order line", tests, NULL,
	    NULL);
}
