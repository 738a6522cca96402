/* SPDX-License-Identifier: Apache-2.0 */
/* Proves: what was written is found by what a doctor types of it: one character,
 * two, traditional, wide, pinyin, initials, an identifier, a value; the hit is
 * marked in its line; the index misses nothing that the text holds; what is
 * retracted, gone or purged is found no more, nor are its words in the index. */
#include "tests/store/kit.h"
#include "store/rx.h"
#include "store/search_room.h"

/* ---- asking -------------------------------------------------------------- */

static void
index_all(struct store *store)
{
	g_autoptr(GError) error = NULL;
	int64_t left = 1;

	while (left)
		assert_true(store_search_index(store, 7, &left, &error));
	assert_null(error);
}

static struct search_page *
find(struct store *store, const char *text)
{
	g_autoptr(GError) error = NULL;
	struct search_fault fault;
	BASE_AUTO(search_query) query = search_query_parse(text, &fault);
	struct search_page *page;

	assert_non_null(query);
	page = store_search(store, query, 50, 60000, &error);
	assert_null(error);
	assert_non_null(page);
	return page;
}

/* The references found, in order, with blanks between; owned. */
static char *
refs(struct store *store, const char *text)
{
	BASE_AUTO(search_page) page = find(store, text);
	GString *out = g_string_new(NULL);

	for (size_t i = 0; i < page->n; i++)
		g_string_append_printf(out, "%s%s", out->len ? " " : "",
		    page->hits[i].ref);
	return g_string_free(out, FALSE);
}

#define FINDS(store, text, want) do { \
	g_autofree char *got_ = refs(store, text); \
	assert_string_equal(got_, want); \
} while (0)

/* The part of the first hit's line that is marked; owned. */
static char *
marked(struct store *store, const char *text)
{
	BASE_AUTO(search_page) page = find(store, text);

	assert_true(page->n > 0);
	assert_true(page->hits[0].from_byte <= page->hits[0].to_byte);
	assert_true(page->hits[0].to_byte <= strlen(page->hits[0].line));
	return g_strndup(page->hits[0].line + page->hits[0].from_byte,
	    page->hits[0].to_byte - page->hits[0].from_byte);
}

#define MARKS(store, text, want) do { \
	g_autofree char *got_ = marked(store, text); \
	assert_string_equal(got_, want); \
} while (0)

static void
panel(struct store *store)
{
	kit_me(store);
	kit_patient(store, "p1", "张银兰");
	kit_patient(store, "p2", "单雄信");
	kit_header(store, "h1", "p1", "in-progress", "routine", "高血压复诊", 1);
	kit_header(store, "h2", "p2", "in-progress", "routine", "头痛", 1);
	kit_message(store, "m1", "h1", "Patient/p1", "Practitioner/me", -600,
	    "这三天早上量都是 158/94 左右,头有点胀");
	kit_message(store, "m2", "h1", "Practitioner/me", "Patient/p1", -500,
	    "Amlodipine 5mg 一直在吃吗?");
	kit_message(store, "m3", "h2", "Patient/p2", "Practitioner/me", -400,
	    "頭痛,血壓不高");
	kit_message(store, "m4", "h2", "Patient/p2", "Practitioner/me", -300,
	    "ＨｂＡ１ｃ 查過了\\n第二行 痛");
}

/* ---- words --------------------------------------------------------------- */

static void
words(void **state)
{
	struct kit *kit = *state;
	struct store *store = kit->store;

	panel(store);
	index_all(store);
	/* one character, wherever it stands */
	FINDS(store, "胀", "Communication/m1");
	FINDS(store, "痛", "Communication/m4 Communication/m3 "
	    "Communication/h2");
	/* two, and more */
	FINDS(store, "血压", "Communication/m3 Communication/h1");
	FINDS(store, "高血压", "Communication/h1");
	FINDS(store, "压血", "");
	/* traditional for simplified, and back */
	FINDS(store, "血壓", "Communication/m3 Communication/h1");
	FINDS(store, "头痛", "Communication/m3 Communication/h2");
	/* width and case; a word by its beginning; a number whole */
	FINDS(store, "hba1c", "Communication/m4");
	FINDS(store, "ＨＢＡ", "Communication/m4");
	FINDS(store, "a", "Communication/m2");
	FINDS(store, "am", "Communication/m2");
	FINDS(store, "aml", "Communication/m2");
	FINDS(store, "amlo", "Communication/m2");
	FINDS(store, "mlo", "");
	FINDS(store, "158", "Communication/m1");
	FINDS(store, "15", "");
	FINDS(store, "5mg", "Communication/m2");
	FINDS(store, "mg", "Communication/m2");
	/* and, quotes, what is no word */
	FINDS(store, "头 高", "Communication/m3");
	FINDS(store, "\"158/94 左右\"", "Communication/m1");
	FINDS(store, "\"94 158\"", "");
	/* on the way to 158/94 */
	FINDS(store, "158/", "Communication/m1");
	FINDS(store, "\"158/", "Communication/m1");
	FINDS(store, "\"158-\"", "");
	FINDS(store, "!!", "");
	FINDS(store, "", "");
}

static void
lines(void **state)
{
	struct kit *kit = *state;
	struct store *store = kit->store;

	panel(store);
	index_all(store);
	MARKS(store, "血压不", "血壓不");
	MARKS(store, "hba1c", "ＨｂＡ１ｃ");
	MARKS(store, "第二", "第二");
	{
		BASE_AUTO(search_page) page = find(store, "第二");

		assert_string_equal(page->hits[0].line, "第二行 痛");
		assert_int_equal(page->hits[0].kind, FOUND_MESSAGE);
		assert_int_equal(page->hits[0].from, FROM_PATIENT);
		assert_string_equal(page->hits[0].patient.name, "单雄信");
		assert_int_equal(page->hits[0].consult.n,
		    store_consult_find(store, "Communication/h2").n);
	}
	kit_message(store, "long", "h1", "Patient/p1", "Practitioner/me", -10,
	    "长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长"
	    "长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长"
	    "胸闷长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长"
	    "长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长");
	index_all(store);
	{
		BASE_AUTO(search_page) page = find(store, "胸闷");

		assert_int_equal(page->n, 1);
		assert_true(strlen(page->hits[0].line) <= 240);
		assert_true(g_utf8_validate(page->hits[0].line, -1, NULL));
	}
	MARKS(store, "胸闷", "胸闷");
}

/* ---- names --------------------------------------------------------------- */

static void
names(void **state)
{
	struct kit *kit = *state;
	struct store *store = kit->store;

	panel(store);
	kit_put(store, "{'resourceType':'Patient','id':'p3','meta':"
	    "{'versionId':'1','lastUpdated':'%s'},'name':[{'text':"
	    "'Miller, Jane'}],'identifier':[{'value':'MRN-00917'}]}",
	    kit_time(-9000));
	kit_patient(store, "p4", "吕霞");
	index_all(store);
	FINDS(store, "张银兰", "Patient/p1");
	FINDS(store, "張銀", "Patient/p1");
	FINDS(store, "银兰", "Patient/p1");
	FINDS(store, "zhangyinlan", "Patient/p1");
	FINDS(store, "ZYL", "Patient/p1");
	FINDS(store, "yinlan", "Patient/p1");
	/* the surname, as it is read, and as the character is */
	FINDS(store, "shanxiong", "Patient/p2");
	FINDS(store, "sxx", "Patient/p2");
	FINDS(store, "danxiong", "Patient/p2");
	FINDS(store, "lvxia", "Patient/p4");
	FINDS(store, "luxia", "Patient/p4");
	FINDS(store, "jane mill", "Patient/p3");
	FINDS(store, "mrn-009", "Patient/p3");
	FINDS(store, "patient:zyl 胀", "Communication/m1");
	FINDS(store, "patient:sxx 胀", "");
	FINDS(store, "patient:单 头", "Communication/m3 Communication/h2");
	MARKS(store, "银兰", "银兰");
	MARKS(store, "MRN-009", "mrn-009");
	/* another name now */
	kit_put(store, "{'resourceType':'Patient','id':'p3','meta':"
	    "{'versionId':'2','lastUpdated':'%s'},'name':[{'text':'Doe'}]}",
	    kit_time(-10));
	FINDS(store, "miller", "");
	FINDS(store, "doe", "Patient/p3");
}

/* A filter that means many, through parts that were made into one; two words that
 * begin a name; a phrase of words that are everywhere. */
static void
many_people(void **state)
{
	enum { EACH = 40 };
	static const char *const names[] = { "王芳", "王小明", "李四", "李王氏",
		"Wang Li", "王建国", "王五", "张伟", "李小明", "赵王孙" };
	struct kit *kit = *state;
	struct store *store = kit->store;
	g_autoptr(GString) kings = g_string_new(NULL);
	g_autoptr(GString) lees = g_string_new(NULL);

	kit_me(store);
	for (int i = 0; i < EACH; i++) {
		g_autofree char *p = g_strdup_printf("p%d", i % 10);
		g_autofree char *h = g_strdup_printf("h%d", i % 10);
		g_autofree char *from = g_strconcat("Patient/", p, NULL);
		g_autofree char *m = g_strdup_printf("m%d", i);
		/* a given name that begins so, too */
		gboolean king = !strchr("2478", '0' + i % 10);

		if (i < 10) {
			kit_patient(store, p, names[i]);
			kit_header(store, h, p, "in-progress", "routine",
			    "复诊", 1);
		}
		kit_message(store, m, h, from, "Practitioner/me", -i,
		    i % 3 ? "the part of it, 头晕" : "part of the, 头痛");
		index_all(store);
		if (king && i % 3 == 0)
			g_string_append_printf(kings, "%sCommunication/%s",
			    kings->len ? " " : "", m);
		if (i % 10 == 2 && i % 3 == 0)
			g_string_append_printf(lees, "%sCommunication/%s",
			    lees->len ? " " : "", m);
	}
	for (int round = 0; round < 2; round++) {
		FINDS(store, "patient:王 头痛", kings->str);
		FINDS(store, "from:王 头痛", kings->str);
		FINDS(store, "from:李四 头痛", lees->str);
		FINDS(store, "王 小", "Patient/p1");
		FINDS(store, "李 小", "Patient/p8");
		FINDS(store, "王 张", "");
		FINDS(store, "zhang w", "Patient/p7");
		FINDS(store, "patient:王 \"the of\"", "");
		FINDS(store, "patient:王 \"of the\"", kings->str);
		FINDS(store, "patient:王 \"of th\" 痛", kings->str);
		assert_true(search_clean(store, NULL));
	}
	assert_true(kings->len > 100 && lees->len > 10);
	/* what stands beside the documents is shorter than they are, or gone */
	for (int round = 0; round < 2; round++) {
		struct search_fault fault;
		BASE_AUTO(search_query) q = search_query_parse("patient:王 头",
		    &fault);
		g_autoptr(GError) error = NULL;

		kit_exec(store, round ? "DELETE FROM search_who" :
		    "UPDATE search_who SET bytes=x'0102'");
		assert_null(store_search(store, q, 50, 60000, &error));
		assert_int_equal(error->code, STORE_ERROR_DAMAGED);
	}
}

/* Messages about a report that comes later are its patient's once that is here, by
 * a filter that means one and by one that means many. */
static void
report_comes_late(void **state)
{
	enum { PATIENTS = 5, EACH = 8 };
	static const char *const names[PATIENTS] = { "王芳", "王五", "王小明",
		"王建国", "王一" };
	struct kit *kit = *state;
	struct store *store = kit->store;
	g_autoptr(GString) all = g_string_new(NULL);
	int64_t left = 0;

	kit_me(store);
	for (int i = 0; i < PATIENTS; i++) {
		g_autofree char *p = g_strdup_printf("p%d", i);

		kit_patient(store, p, names[i]);
	}
	for (int i = 0; i < PATIENTS * EACH; i++) {
		kit_put(store, "{'resourceType':'Communication','id':'m%d',"
		    "'meta':{'versionId':'1','lastUpdated':'%s'},'status':"
		    "'completed','subject':{'reference':'Patient/p%d'},"
		    "'sender':{'reference':'Patient/p%d'},'recipient':[{"
		    "'reference':'Practitioner/me'}],'about':[{'reference':"
		    "'DiagnosticReport/r%d'}],'sent':'%s','payload':[{"
		    "'contentString':'头痛'}]}", i, kit_time(-1), i % PATIENTS,
		    i % PATIENTS, i % PATIENTS, kit_time(-10 - i));
		g_string_append_printf(all, "%sCommunication/m%d", i ? " " :
		    "", i);
	}
	/* one part, so large that not every text of it is read */
	assert_true(store_search_index(store, 500, &left, NULL));
	assert_int_equal(left, 0);
	for (int i = 0; i < PATIENTS; i++)
		kit_put(store, "{'resourceType':'DiagnosticReport','id':'r%d',"
		    "'meta':{'versionId':'1','lastUpdated':'%s'},'status':"
		    "'final','subject':{'reference':'Patient/p%d'},'issued':"
		    "'%s'}", i, kit_time(-1), i, kit_time(-20));
	index_all(store);
	FINDS(store, "patient:王小明 头痛", "Communication/m2 Communication/m7"
	    " Communication/m12 Communication/m17 Communication/m22"
	    " Communication/m27 Communication/m32 Communication/m37");
	FINDS(store, "patient:王 头痛", all->str);
}

/* Answers that came before what they answer are in its thread once that is here,
 * and of its patient. */
static void
answers_come_first(void **state)
{
	struct kit *kit = *state;
	struct store *store = kit->store;

	kit_me(store);
	kit_patient(store, "p1", "王芳");
	kit_header(store, "h1", "p1", "in-progress", "routine", "复诊", 1);
	for (int i = 0; i < 2; i++)
		kit_put(store, "{'resourceType':'Communication','id':'a%d',"
		    "'meta':{'versionId':'1','lastUpdated':'%s'},'status':"
		    "'completed','sender':{'reference':'Practitioner/me'},"
		    "'inResponseTo':[{'reference':'Communication/m1'}],"
		    "'sent':'%s','payload':[{'contentString':'多喝水'}]}", i,
		    kit_time(-1), kit_time(-10 - i));
	index_all(store);
	kit_message(store, "m1", "h1", "Patient/p1", "Practitioner/me", -20,
	    "头痛");
	index_all(store);
	FINDS(store, "patient:王芳 多喝水",
	    "Communication/a0 Communication/a1");
}

/* Whose the first messages of a thread are may be said by a later one. */
static void
patient_comes_late(void **state)
{
	struct kit *kit = *state;
	struct store *store = kit->store;

	kit_me(store);
	kit_patient(store, "p1", "王芳");
	for (int i = 0; i < 3; i++) {
		g_autofree char *m = g_strdup_printf("m%d", i);

		kit_message(store, m, "h1", "Patient/p1", "Practitioner/me",
		    -10 - i, "头痛");
	}
	index_all(store);
	kit_put(store, "{'resourceType':'Communication','id':'m3','meta':{"
	    "'versionId':'1','lastUpdated':'%s'},'status':'completed',"
	    "'subject':{'reference':'Patient/p1'},'sender':{'reference':"
	    "'Patient/p1'},'partOf':[{'reference':'Communication/h1'}],"
	    "'sent':'%s','payload':[{'contentString':'咳嗽'}]}", kit_time(-1),
	    kit_time(-1));
	index_all(store);
	FINDS(store, "patient:王芳 头痛", "Communication/m0 Communication/m1"
	    " Communication/m2");
}

/* A header that changes nothing of whose they are leaves its messages in the index
 * as they are. */
static void
header_changes(void **state)
{
	struct kit *kit = *state;
	struct store *store = kit->store;
	int64_t gone = -1;

	panel(store);
	index_all(store);
	kit_header(store, "h1", "p1", "completed", "urgent", "高血压复诊", 2);
	assert_true(db_int(store, NULL, 0, &gone, "SELECT count(*) FROM"
	    " search_gone", ""));
	assert_int_equal(gone, 0);
	/* it is another patient's after all */
	kit_header(store, "h1", "p2", "completed", "urgent", "高血压复诊", 3);
	FINDS(store, "patient:zyl 胀", "");
	FINDS(store, "patient:单雄信 胀", "Communication/m1");
}

/* Twenty names before the rest; all of them where the rest leaves room, and only
 * what is not there is called cut. */
static void
names_fill(void **state)
{
	static const struct { int limit; size_t n; gboolean cut; } cases[] = {
		{ 50, 26, FALSE }, { 26, 26, FALSE }, { 25, 25, TRUE },
		{ 21, 21, TRUE },
	};
	struct kit *kit = *state;
	struct store *store = kit->store;
	struct search_fault fault;
	BASE_AUTO(search_query) q = search_query_parse("李", &fault);

	panel(store);
	for (int i = 0; i < 25; i++) {
		g_autofree char *id = g_strdup_printf("q%d", i);

		kit_patient(store, id, "李四");
	}
	kit_message(store, "mli", "h1", "Patient/p1", "Practitioner/me", -5,
	    "李子能吃吗");
	index_all(store);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		BASE_AUTO(search_page) page = store_search(store, q,
		    cases[i].limit, 60000, NULL);

		assert_int_equal(page->n, cases[i].n);
		assert_int_equal(page->cut, cases[i].cut);
		assert_string_equal(page->hits[page->n - 1].ref,
		    "Communication/mli");
	}
}

/* ---- filters and values -------------------------------------------------- */

static void
result(struct store *store, const char *id, const char *test,
    const char *value, int minutes)
{
	kit_put(store, "{'resourceType':'Observation','id':'%s','meta':"
	    "{'versionId':'1','lastUpdated':'%s'},'status':'final','subject':"
	    "{'reference':'Patient/p1'},'code':{'text':'%s'},"
	    "'effectiveDateTime':'%s','valueQuantity':{%s,'unit':'umol/L'}}",
	    id, kit_time(minutes), test, kit_time(minutes), value);
}

static void
values(void **state)
{
	struct kit *kit = *state;
	struct store *store = kit->store;

	panel(store);
	result(store, "o1", "肌酐", "'value':120.0", -4000);
	result(store, "o2", "血肌酐", "'value':120.01", -3000);
	result(store, "o3", "肌酐", "'value':88", -2000);
	result(store, "o4", "肌酐", "'value':200,'comparator':'<'", -1000);
	result(store, "o5", "尿素", "'value':300", -500);
	index_all(store);
	FINDS(store, "肌酐 > 120", "Observation/o2");
	FINDS(store, "肌酐>=120", "Observation/o2 Observation/o1");
	FINDS(store, "肌酐 ≥ 120.00", "Observation/o2 Observation/o1");
	FINDS(store, "肌酐 = 120", "Observation/o1");
	FINDS(store, "肌酐 ＜ 120", "Observation/o3");
	FINDS(store, "肌酐 > 80umol/L", "Observation/o3 Observation/o2 "
	    "Observation/o1");
	FINDS(store, "肌酐 > 80 mg/dL", "");
	FINDS(store, "patient:张银兰 肌酐 < 100", "Observation/o3");
	MARKS(store, "肌酐 < 100", "88");
	FINDS(store, "尿素", "Observation/o5");
}

static void
filters(void **state)
{
	struct kit *kit = *state;
	struct store *store = kit->store;

	panel(store);
	kit_put(store, "{'resourceType':'Communication','id':'m5','meta':"
	    "{'versionId':'1','lastUpdated':'%s'},'status':'completed',"
	    "'partOf':[{'reference':'Communication/h1'}],'sender':"
	    "{'reference':'Patient/p1'},'sent':'%s','payload':[{"
	    "'contentAttachment':{'contentType':'image/jpeg','title':"
	    "'血压计.jpg'}}]}", kit_time(-100), kit_time(-100));
	index_all(store);
	FINDS(store, "has:picture", "Communication/m5");
	FINDS(store, "has:sound", "");
	FINDS(store, "含：图片", "Communication/m5");
	FINDS(store, "血压计", "Communication/m5");
	FINDS(store, "from:me", "Communication/m2");
	FINDS(store, "from:patient 痛", "Communication/m4 Communication/m3");
	FINDS(store, "from:张银 头", "Communication/m1");
	FINDS(store, "痛 since:2026-10-26", "Communication/m4 Communication/m3");
	FINDS(store, "痛 before:2026-10-26", "Communication/h2");
	FINDS(store, "痛 since 2027", "");
}

/* ---- what leaves --------------------------------------------------------- */

/* Documents the index offers for a token, from all its parts. */
static int64_t
postings(struct store *store, const char *token)
{
	g_autoptr(GPtrArray) clauses = search_clauses_new();
	BASE_AUTO(search_scan) scan = NULL;
	struct search_doc doc;
	int64_t n = 0;

	search_clause_add(clauses, SEARCH_HAS_TOKEN, "", token, strlen(token));
	scan = search_scan_new(store, clauses, G_MININT64, G_MAXINT64, NULL);
	assert_non_null(scan);
	while (search_scan_next(scan, &doc, G_MAXINT64, NULL) ==
	    SEARCH_STEP_ONE)
		n++;
	return n;
}

static int64_t
documents(struct store *store)
{
	return kit_sql(store, "SELECT coalesce(sum(docs), 0) FROM search_part");
}

static void
leaves(void **state)
{
	struct kit *kit = *state;
	struct store *store = kit->store;

	panel(store);
	index_all(store);
	assert_int_equal(postings(store, "痛"), 3);
	/* retracted */
	kit_put(store, "{'resourceType':'Communication','id':'m4','meta':"
	    "{'versionId':'2','lastUpdated':'%s'},'status':"
	    "'entered-in-error','partOf':[{'reference':'Communication/h2'}],"
	    "'sender':{'reference':'Patient/p2'},'sent':'%s','payload':[{"
	    "'contentString':'痛'}]}", kit_time(-1), kit_time(-300));
	FINDS(store, "hba", "");
	/* changed */
	kit_put(store, "{'resourceType':'Communication','id':'m1','meta':"
	    "{'versionId':'2','lastUpdated':'%s'},'status':'completed',"
	    "'partOf':[{'reference':'Communication/h1'}],'sender':"
	    "{'reference':'Patient/p1'},'sent':'%s','payload':[{"
	    "'contentString':'改成咳嗽'}]}", kit_time(-1), kit_time(-600));
	FINDS(store, "胀", "");
	FINDS(store, "咳", "Communication/m1");
	/* gone */
	assert_true(store_gone(store, "Communication", "m3", NULL));
	FINDS(store, "痛", "Communication/h2");
	/* its words too, once parts are made into one */
	assert_true(search_clean(store, NULL));
	assert_int_equal(postings(store, "hba1c"), 0);
	assert_int_equal(postings(store, "点胀"), 0);
	assert_int_equal(postings(store, "头痛"), 1);
	/* with the names of two patients */
	assert_int_equal(documents(store), 6);
	assert_int_equal(kit_sql(store, "SELECT count(*) FROM search_gone"), 0);
	FINDS(store, "痛", "Communication/h2");
	FINDS(store, "咳", "Communication/m1");
}

static void
purged(void **state)
{
	struct kit *kit = *state;
	struct store *store = kit->store;

	panel(store);
	index_all(store);
	kit_exec(store, "DELETE FROM queue; UPDATE patient SET left_ms=1");
	assert_int_equal(store_purge(store, NOW_MS, 90, NULL), 2);
	FINDS(store, "痛", "");
	FINDS(store, "张", "");
	assert_int_equal(documents(store), 0);
	assert_int_equal(kit_sql(store, "SELECT count(*) FROM search_block"),
	    0);
	assert_int_equal(kit_sql(store, "SELECT count(*) FROM name_word"), 0);
	assert_int_equal(kit_sql(store, "SELECT count(*) FROM search_who"), 0);
	assert_int_equal(postings(store, "头痛"), 0);
}

/* ---- nothing is missed --------------------------------------------------- */

static const char *const alphabet[] = { "血", "血", "压", "壓", "高", "痛",
	" ", " ", ",", "a", "a", "b", "c", "1", "5", "8", ".", "é", "e\u0301",
	"Ａ", "，", "か", "\n", "-", "𠮷", "한", "ﬁ" };

static char *
random_text(GRand *rand, int max)
{
	GString *out = g_string_new(NULL);
	int n = g_rand_int_range(rand, 1, max);

	while (n--)
		g_string_append(out, alphabet[g_rand_int_range(rand, 0,
		    G_N_ELEMENTS(alphabet))]);
	return g_string_free(out, FALSE);
}

static int
token_take(void *user, const char *token, size_t len, size_t from, size_t to)
{
	g_hash_table_add(user, g_strndup(token, len));
	return 0;
}

static gboolean
has_token(GHashTable *all, const struct search_clause *c)
{
	GHashTableIter iter;
	void *token;

	if (c->kind == SEARCH_HAS_TOKEN)
		return g_hash_table_contains(all, c->tokens->pdata[0]);
	g_hash_table_iter_init(&iter, all);
	while (g_hash_table_iter_next(&iter, &token, NULL))
		if (g_str_has_prefix(token, c->tokens->pdata[0]))
			return TRUE;
	return FALSE;
}

/* The text itself is the oracle: whatever it holds, its tokens offer. */
static void
misses_nothing(void **state)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(4);
	struct search_text t = { 0 }, q = { 0 };
	size_t from, to;
	int hits = 0;

	(void)state;
	for (int i = 0; i < 400; i++) {
		g_autofree char *text = random_text(rand, 24);
		g_autoptr(GHashTable) all = g_hash_table_new_full(g_str_hash,
		    g_str_equal, g_free, NULL);

		search_text_set(&t, text, strlen(text));
		search_tokens(t.fold, t.len, token_take, all);
		for (int k = 0; k < 400; k++) {
			g_autofree char *raw = random_text(rand, 5);
			g_autoptr(GPtrArray) clauses = search_clauses_new();
			g_autoptr(GPtrArray) terms =
			    g_ptr_array_new_with_free_func(g_free);

			search_text_set(&q, raw, strlen(raw));
			g_ptr_array_add(terms, g_strstrip(g_strndup(q.fold,
			    q.len)));
			if (!search_text_find(&t, terms->pdata[0], &from, &to))
				continue;
			assert_true(from <= to && to <= strlen(text));
			search_clauses_of_terms(clauses, terms, 0);
			for (guint c = 0; c < clauses->len; c++) {
				if (!has_token(all, clauses->pdata[c]))
					print_error("“%s” in “%s”\n", raw,
					    text);
				assert_true(has_token(all, clauses->pdata[c]));
			}
			hits++;
		}
	}
	assert_true(hits > 2000);
	search_text_clear(&t);
	search_text_clear(&q);
}

/* The folding is base's, whole texts and a character at a time. */
static void
folds_as_base(void **state)
{
	static const char *const texts[] = { "張銀蘭 ＡＢｃ 血壓", "ﬁ ½ ㎎ É",
		"e\u0301 \u1112\u1161\u11ab", "Straße ΣΑΣ", "①②", "",
		"血\u0301压 医\u302a生 カ\u3099", "頭\u0301疼 A\u030a医" };
	struct search_text t = { 0 };

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autofree char *want = base_text_fold(texts[i]);

		search_text_set(&t, texts[i], strlen(texts[i]));
		assert_string_equal(t.fold, want);
	}
	search_text_clear(&t);
}

/* ---- hostile ------------------------------------------------------------- */

static void
hostile(void **state)
{
	static const char *const texts[] = { "\" OR 1 --", "NEAR(a b)", "*",
		"a* AND b", "text : x", "^血", "{text}: 血", "'; DROP TABLE x",
		"\xe2\x80\xae血", "(血", "a\002b", "-血", "+ 血" };
	struct kit *kit = *state;
	struct store *store = kit->store;
	g_autoptr(GString) big = g_string_new(NULL);

	panel(store);
	kit_message(store, "x", "h1", "Patient/p1", "Practitioner/me", -5,
	    "\u202e血 NEAR(a b) --");
	for (int i = 0; i < 5000; i++)
		g_string_append(big, "啊a");
	kit_message(store, "y", "h1", "Patient/p1", "Practitioner/me", -4,
	    big->str);
	index_all(store);
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		struct search_fault fault;
		BASE_AUTO(search_query) q = search_query_parse(texts[i],
		    &fault);
		BASE_AUTO(search_page) page = q ? store_search(store, q, 50,
		    60000, NULL) : NULL;

		if (q)
			assert_non_null(page);
	}
	FINDS(store, "near(a", "Communication/x");
}

/* ---- the language -------------------------------------------------------- */

static void
faults(void **state)
{
	static const struct {
		const char *text;
		enum search_fault_kind kind;
		size_t from, to;
	} cases[] = {
		{ "头 foo:bar", SEARCH_FAULT_FILTER, 4, 8 },
		{ "since:soon", SEARCH_FAULT_DATE, 6, 10 },
		{ "has:love", SEARCH_FAULT_HAS, 4, 8 },
		{ "肌酐 > high", SEARCH_FAULT_NUMBER, 7, 8 },
		{ "> 5", SEARCH_FAULT_TEST, 0, 1 },
		{ "a > 5 < 6", SEARCH_FAULT_TWICE, 6, 7 },
		{ "patient:a patient:b", SEARCH_FAULT_TWICE, 18, 19 },
		{ "\xff", SEARCH_FAULT_BYTES, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct search_fault fault;
		g_autofree char *words = NULL;

		assert_null(search_query_parse(cases[i].text, &fault));
		assert_int_equal(fault.kind, cases[i].kind);
		assert_int_equal(fault.from, cases[i].from);
		assert_int_equal(fault.to, cases[i].to);
		words = search_fault_words(cases[i].text, &fault);
		assert_true(strlen(words) > 10);
	}
}

/* A comparator's, a pair's and a power's digits are no number to compare. */
static void
values_are_plain(void **state)
{
	static const char *const none[] = { "", "-", ".5", "1.", "1e3", "a",
		"158/94" };

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(none); i++)
		assert_false(search_is_value(none[i], NULL));
	assert_true(search_is_value("-0.10", NULL));
	assert_true(search_is_value("7.2", "7.2 %"));
	assert_false(search_is_value("5", "< 5"));
	assert_false(search_is_value(NULL, NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		KIT_TEST(words), KIT_TEST(lines), KIT_TEST(names),
		KIT_TEST(names_fill), KIT_TEST(many_people),
		KIT_TEST(report_comes_late), KIT_TEST(answers_come_first),
		KIT_TEST(patient_comes_late), KIT_TEST(header_changes),
		KIT_TEST(values),
		KIT_TEST(filters), KIT_TEST(leaves),
		KIT_TEST(purged), KIT_TEST(hostile),
		cmocka_unit_test(misses_nothing),
		cmocka_unit_test(folds_as_base), cmocka_unit_test(faults),
		cmocka_unit_test(values_are_plain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
