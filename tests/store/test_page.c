/* SPDX-License-Identifier: Apache-2.0 */
/* Proves what the whole chart says of each type and status: never plain what is
 * not; whose words; dates at their precision; records that point at each other or
 * at nothing; merged records together; ten thousand lines in bounded time; that
 * what leaves leaves wholly, and that a cache of before is projected again. */
#include "tests/store/kit.h"
#include "store/ingest.h"
#include "store/page.h"

#include <time.h>

/* The schema that this came with. */
#define PAGE_SCHEMA 9
#define OF "'subject':{'reference':'Patient/p'}"

static struct chart_page *
page_of(struct kit *kit, const char *id, int limit)
{
	int limits[CHART_SECTIONS_];
	g_autoptr(GError) error = NULL;
	struct chart_page *page;

	for (int s = 0; s < CHART_SECTIONS_; s++)
		limits[s] = limit;
	page = store_chart_page(kit->store,
	    store_patient_find(kit->store, id), limits, &error);
	assert_null(error);
	assert_non_null(page);
	return page;
}

static const struct page_line *
line_of(const struct chart_page *page, const char *ref)
{
	for (int s = 0; s < CHART_SECTIONS_; s++)
		for (size_t i = 0; i < page->sections[s].n; i++)
			if (strcmp(page->sections[s].lines[i].entry.ref,
			    ref) == 0)
				return &page->sections[s].lines[i];
	return NULL;
}

/* ---- every status ------------------------------------------------------- */

static const struct {
	const char *type, *status;
	enum chart_section section;
	enum entry_status is;
	const char *more;
} statuses[] = {
#define VISIT "'class':{'code':'AMB'}," OF
	{ "Encounter", "finished", CHART_VISITS, ENTRY_PLAIN, VISIT },
	{ "Encounter", "planned", CHART_VISITS, ENTRY_PLANNED, VISIT },
	{ "Encounter", "in-progress", CHART_VISITS, ENTRY_ONGOING, VISIT },
	{ "Encounter", "cancelled", CHART_VISITS, ENTRY_CANCELLED, VISIT },
	{ "Encounter", "unknown", CHART_VISITS, ENTRY_UNCONFIRMED, VISIT },
	{ "Encounter", "entered-in-error", CHART_VISITS,
	    ENTRY_ENTERED_IN_ERROR, VISIT },
	{ "Encounter", "future-word", CHART_VISITS, ENTRY_NOT_UNDERSTOOD,
	    VISIT },
	{ "Encounter", "finished", CHART_VISITS, ENTRY_NOT_UNDERSTOOD, VISIT
	    ",'modifierExtension':[{'url':'http://x','valueBoolean':true}]" },
	{ "DocumentReference", "current", CHART_DOCUMENTS, ENTRY_PLAIN, OF },
	{ "DocumentReference", "superseded", CHART_DOCUMENTS,
	    ENTRY_SUPERSEDED, OF },
	{ "DocumentReference", "current", CHART_DOCUMENTS, ENTRY_PRELIMINARY,
	    "'docStatus':'preliminary'," OF },
	{ "DocumentReference", "current", CHART_DOCUMENTS,
	    ENTRY_ENTERED_IN_ERROR, "'docStatus':'entered-in-error'," OF },
	{ "QuestionnaireResponse", "completed", CHART_INTAKE, ENTRY_PLAIN,
	    OF },
	{ "QuestionnaireResponse", "in-progress", CHART_INTAKE,
	    ENTRY_ONGOING, OF },
	{ "QuestionnaireResponse", "stopped", CHART_INTAKE, ENTRY_CANCELLED,
	    OF },
	{ "QuestionnaireResponse", "amended", CHART_INTAKE, ENTRY_CORRECTED,
	    OF },
	{ "Immunization", "completed", CHART_VACCINES, ENTRY_PLAIN,
	    "'patient':{'reference':'Patient/p'}" },
	{ "Immunization", "not-done", CHART_VACCINES, ENTRY_NOT_DONE,
	    "'patient':{'reference':'Patient/p'}" },
	{ "EpisodeOfCare", "active", CHART_CONTRACT, ENTRY_PLAIN,
	    "'patient':{'reference':'Patient/p'}" },
	{ "EpisodeOfCare", "finished", CHART_CONTRACT, ENTRY_COMPLETED,
	    "'patient':{'reference':'Patient/p'}" },
	{ "CareTeam", "proposed", CHART_CONTRACT, ENTRY_PLANNED, OF },
	{ "Coverage", "active", CHART_COVERAGE, ENTRY_PLAIN,
	    "'beneficiary':{'reference':'Patient/p'}" },
	{ "Coverage", "draft", CHART_COVERAGE, ENTRY_UNCONFIRMED,
	    "'beneficiary':{'reference':'Patient/p'}" },
	{ "Procedure", "completed", CHART_PROCEDURES, ENTRY_PLAIN, OF },
	{ "Procedure", "preparation", CHART_PROCEDURES, ENTRY_PLANNED, OF },
	{ "Procedure", "not-done", CHART_PROCEDURES, ENTRY_NOT_DONE, OF },
	{ "Flag", "active", CHART_FLAGS, ENTRY_PLAIN, OF },
	{ "Flag", "inactive", CHART_FLAGS, ENTRY_INACTIVE, OF },
};

static void
each_status(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(chart_page) page = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(statuses); i++)
		kit_put(kit->store, "{'resourceType':'%s','id':'x%d',"
		    "'status':'%s',%s}", statuses[i].type, (int)i,
		    statuses[i].status, statuses[i].more);
	page = page_of(kit, "p", 100);
	for (size_t i = 0; i < G_N_ELEMENTS(statuses); i++) {
		g_autofree char *ref = g_strdup_printf("%s/x%d",
		    statuses[i].type, (int)i);
		const struct page_line *l = line_of(page, ref);

		if (!l)
			fail_msg("%s is not in the chart", ref);
		if (l->entry.section != statuses[i].section ||
		    l->entry.status != statuses[i].is)
			fail_msg("%s %s: section %d status %d", ref,
			    statuses[i].status, (int)l->entry.section,
			    (int)l->entry.status);
	}
}

/* ---- what a line says --------------------------------------------------- */

static void
words(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(chart_page) page = NULL;
	const struct page_line *l;

	kit_put(kit->store, "{'resourceType':'Practitioner','id':'d',"
	    "'name':[{'text':'何清越'}]}");
	kit_put(kit->store, "{'resourceType':'Encounter','id':'e','status':"
	    "'finished','class':{'code':'AMB'}," OF ",'type':[{'text':'复诊'}"
	    "],'participant':[{'individual':{'reference':'Practitioner/d'}}],"
	    "'period':{'start':'2026-03-01T09:00:00+08:00','end':'2026-03-01T"
	    "09:12:00+08:00'},'reasonCode':[{'text':'高血压'}]}");
	kit_put(kit->store, "{'resourceType':'DocumentReference','id':'d',"
	    "'status':'current'," OF ",'type':{'text':'出院小结'},'date':"
	    "'2025-05-06T00:00:00Z','author':[{'display':'心内科'}],'content':"
	    "[{'attachment':{'contentType':'application/pdf','title':"
	    "'discharge.pdf','size':1234,'url':'Binary/1'}}]}");
	kit_put(kit->store, "{'resourceType':'Coverage','id':'c','status':"
	    "'active','type':{'text':'职工医保'},'beneficiary':{'reference':"
	    "'Patient/p'},'payor':[{'display':'天津市医保局'}],'period':{"
	    "'start':'2019','end':'2026-12-31'}}");
	page = page_of(kit, "p", 10);
	l = line_of(page, "Encounter/e");
	assert_string_equal(l->entry.words, "复诊");
	assert_string_equal(l->entry.detail, "高血压");
	assert_string_equal(l->entry.value, "AMB");
	assert_string_equal(l->by, "何清越");
	assert_string_equal(l->until, "2026-03-01T09:12:00+08:00");
	l = line_of(page, "DocumentReference/d");
	assert_string_equal(l->entry.words, "discharge.pdf");
	assert_string_equal(l->entry.detail, "出院小结");
	assert_string_equal(l->by, "心内科");
	assert_string_equal(l->entry.value, "application/pdf");
	l = line_of(page, "Coverage/c");
	assert_string_equal(l->by, "天津市医保局");
	assert_string_equal(l->entry.date, "2019");
	assert_string_equal(l->until, "2026-12-31");
}

static void
made(void **state)
{
	static const struct { const char *who; enum fhir_made is; } who[] = {
		{ ",'author':{'reference':'Device/bot'},'source':{'reference':"
		    "'Patient/p'}", FHIR_MADE_BY_MACHINE },
		{ ",'source':{'reference':'Patient/p'}", FHIR_MADE_BY_PATIENT },
		{ ",'author':{'reference':'RelatedPerson/r'}",
		    FHIR_MADE_BY_PATIENT },
		{ ",'author':{'reference':'Practitioner/d'}",
		    FHIR_MADE_BY_PERSON },
		{ "", FHIR_MADE_UNKNOWN },
		{ ",'author':{'reference':'Practitioner/d'},'meta':{'security'"
		    ":[{'code':'AIAST'}]}", FHIR_MADE_BY_MACHINE },
	};
	struct kit *kit = *state;
	BASE_AUTO(chart_page) page = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(who); i++)
		kit_put(kit->store, "{'resourceType':'QuestionnaireResponse',"
		    "'id':'q%d','status':'completed','questionnaire':"
		    "'http://x/Questionnaire/intake'," OF "%s,'item':[{'text':"
		    "'a','answer':[{'valueString':'b'}],'item':[{'text':'c',"
		    "'answer':[{'valueBoolean':true}]}]}]}", (int)i,
		    who[i].who);
	page = page_of(kit, "p", 10);
	for (size_t i = 0; i < G_N_ELEMENTS(who); i++) {
		g_autofree char *ref = g_strdup_printf(
		    "QuestionnaireResponse/q%d", (int)i);
		const struct page_line *l = line_of(page, ref);

		assert_int_equal(l->made, who[i].is);
		assert_string_equal(l->entry.words, "intake");
		assert_string_equal(l->entry.value, "2");
	}
}

/* ---- dates -------------------------------------------------------------- */

static void
dates(void **state)
{
	static const char *const in[] = { "2019", "2019-03", "2019-03-04",
		"2031-01-01", "2018-12-31T23:00:00Z", "soon" };
	static const char *const out[] = { "2031-01-01", "2019-03-04",
		"2019-03", "2019", "2018-12-31T23:00:00Z", NULL };
	struct kit *kit = *state;
	BASE_AUTO(chart_page) page = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(in); i++)
		kit_put(kit->store, "{'resourceType':'Procedure','id':'d%d',"
		    "'status':'completed'," OF ",'code':{'text':'x'},"
		    "'performedDateTime':'%s'}", (int)i, in[i]);
	page = page_of(kit, "p", 10);
	assert_int_equal(page->sections[CHART_PROCEDURES].n, 6);
	for (size_t i = 0; i < G_N_ELEMENTS(out); i++)
		if (g_strcmp0(page->sections[CHART_PROCEDURES].lines[i].entry
		    .date, out[i]) != 0)
			fail_msg("%d: %s", (int)i, page->sections[
			    CHART_PROCEDURES].lines[i].entry.date);
}

/* ---- references --------------------------------------------------------- */

/* In circles, and to what is not here: each is a line, nothing is followed. */
static void
circles(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(chart_page) page = NULL;

	for (int i = 0; i < 2; i++)
		kit_put(kit->store, "{'resourceType':'Encounter','id':'e%d',"
		    "'status':'finished','class':{'code':'IMP'}," OF
		    ",'partOf':{'reference':'Encounter/e%d'},'participant':[{"
		    "'individual':{'reference':'Practitioner/nowhere'}}]}", i,
		    1 - i);
	kit_put(kit->store, "{'resourceType':'DocumentReference','id':'self',"
	    "'status':'current'," OF ",'relatesTo':[{'code':'replaces',"
	    "'target':{'reference':'DocumentReference/self'}}],'author':[{"
	    "'reference':'DocumentReference/self'}]}");
	page = page_of(kit, "p", 10);
	assert_int_equal(page->sections[CHART_VISITS].n, 2);
	assert_null(line_of(page, "Encounter/e0")->by);
	assert_int_equal(page->sections[CHART_DOCUMENTS].n, 1);
}

static void
merged(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(chart_page) page = NULL;

	/* Each says the other replaced it. */
	kit_put(kit->store, "{'resourceType':'Patient','id':'p','name':[{"
	    "'text':'张'}],'link':[{'other':{'reference':'Patient/q'},'type':"
	    "'replaces'}]}");
	kit_put(kit->store, "{'resourceType':'Patient','id':'q','name':[{"
	    "'text':'张'}],'link':[{'other':{'reference':'Patient/p'},'type':"
	    "'replaced-by'}]}");
	kit_put(kit->store, "{'resourceType':'Flag','id':'f','status':"
	    "'active','code':{'text':'跌倒'},'subject':{'reference':"
	    "'Patient/q'}}");
	page = page_of(kit, "p", 10);
	assert_true(line_of(page, "Flag/f")->other_record);
	assert_int_equal(page->patient.flags & PATIENT_ALIKE, 0);
}

/* ---- drugs -------------------------------------------------------------- */

static void
given(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(chart_page) page = NULL;
	BASE_AUTO(chart) chart = NULL;

	kit_put(kit->store, "{'resourceType':'MedicationRequest','id':'m',"
	    "'status':'active','intent':'order'," OF ",'authoredOn':"
	    "'2026-09-01','medicationCodeableConcept':{'text':'氨氯地平'},"
	    "'dispenseRequest':{'numberOfRepeatsAllowed':3,'validityPeriod':{"
	    "'end':'2026-12-01'}}}");
	kit_put(kit->store, "{'resourceType':'MedicationDispense','id':'d',"
	    "'status':'completed'," OF ",'authorizingPrescription':[{"
	    "'reference':'MedicationRequest/m'}],'whenHandedOver':"
	    "'2026-09-02T00:00:00Z','daysSupply':{'value':28,'unit':'天'},"
	    "'quantity':{'value':28,'unit':'片'},'medicationCodeableConcept':"
	    "{'text':'氨氯地平'}}");
	kit_put(kit->store, "{'resourceType':'MedicationAdministration','id':"
	    "'a','status':'not-done'," OF ",'effectiveDateTime':'2026-09-03',"
	    "'medicationCodeableConcept':{'text':'呋塞米'},'dosage':{'dose':{"
	    "'value':20,'unit':'mg'}}}");
	page = page_of(kit, "p", 10);
	assert_string_equal(page->sections[CHART_DRUGS].lines[0].entry.value,
	    "3");
	assert_string_equal(page->sections[CHART_DRUGS].lines[0].until,
	    "2026-12-01");
	assert_int_equal(page->fills.n, 2);
	assert_int_equal(page->fills.lines[0].entry.status, ENTRY_NOT_DONE);
	assert_string_equal(page->fills.lines[0].entry.detail, "20 mg");
	assert_string_equal(page->fills.lines[1].entry.detail,
	    "28 片 · 28 天");
	assert_int_equal(page->fills.lines[1].what,
	    page->sections[CHART_DRUGS].lines[0].n);
	assert_true(page->fills.lines[1].until_ms >
	    page->fills.lines[1].entry.date_ms);
	/* Beside the thread no line more for it. */
	chart = store_chart(kit->store, store_patient_find(kit->store, "p"),
	    NOW_MS, NULL);
	assert_int_equal(chart->n, 1);
}

/* ---- much of it --------------------------------------------------------- */

enum { MANY = 10000 };

static void
many(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(chart_page) page = NULL;
	g_autofree char *long_text = g_strnfill(300000, 'x');
	clock_t began;

	kit_put(kit->store, "{'resourceType':'Procedure','id':'huge',"
	    "'status':'completed'," OF ",'code':{'text':'%s'},"
	    "'performedDateTime':'2030-01-01'}", long_text);
	for (int i = 0; i < MANY; i += STORE_BATCH_MAX) {
		struct store_doc docs[STORE_BATCH_MAX];
		struct store_ingested out;
		char *json[STORE_BATCH_MAX];

		for (int k = 0; k < STORE_BATCH_MAX; k++) {
			json[k] = kit_quotes(g_strdup_printf("{'resourceType':"
			    "'Encounter','id':'e%d','status':'finished',"
			    "'class':{'code':'AMB'}," OF ",'period':{'start':"
			    "'%04d-01-02T00:00:00Z'}}", i + k,
			    1970 + (i + k) % 50));
			docs[k] = (struct store_doc){ json[k],
				strlen(json[k]) };
		}
		assert_true(store_ingest(kit->store, docs, STORE_BATCH_MAX,
		    NULL, &out, NULL));
		store_ingested_clear(&out);
		for (int k = 0; k < STORE_BATCH_MAX; k++)
			g_free(json[k]);
	}
	began = clock();
	page = page_of(kit, "p", 25);
	/* A few ms of this process's own time; under a checker some hundred. */
	assert_in_range(clock() - began, 0, CLOCKS_PER_SEC);
	assert_int_equal(page->sections[CHART_VISITS].total, MANY);
	assert_int_equal(page->sections[CHART_VISITS].n, 25);
	assert_string_equal(page->sections[CHART_VISITS].lines[0].entry.date,
	    "2019-01-02T00:00:00Z");
	assert_int_equal(strlen(page->sections[CHART_PROCEDURES].lines[0]
	    .entry.words), 300000);
}

/* ---- leaving, and coming from before ------------------------------------ */

static void
leaves(void **state)
{
	struct kit *kit = *state;

	kit_patient(kit->store, "p", "张");
	kit_put(kit->store, "{'resourceType':'Flag','id':'f','status':"
	    "'active','code':{'text':'跌倒'}," OF "}");
	kit_put(kit->store, "{'resourceType':'Coverage','id':'c','status':"
	    "'active','beneficiary':{'reference':'Patient/p'}}");
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM aside"), 2);
	assert_true(store_gone(kit->store, "Flag", "f", NULL));
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM aside"), 1);
	kit_exec(kit->store, "UPDATE patient SET left_ms=1");
	assert_int_equal(store_purge(kit->store, NOW_MS, 1, NULL), 1);
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM aside"), 0);
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM body"), 0);
}

/* Bodies that a cache of before has give their lines when it is migrated. */
static void
migrated(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(chart_page) page = NULL;
	int before = PAGE_SCHEMA - 1;

	kit_put(kit->store, "{'resourceType':'Encounter','id':'e','status':"
	    "'finished','class':{'code':'AMB'}," OF "}");
	kit_exec(kit->store, "DELETE FROM entry");
	kit_exec(kit->store, "DELETE FROM aside");
	assert_true(ingest_transact(kit->store, DB_NORMAL, again_run, &before,
	    NULL));
	page = page_of(kit, "p", 10);
	assert_int_equal(line_of(page, "Encounter/e")->entry.status,
	    ENTRY_PLAIN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		KIT_TEST(each_status),
		KIT_TEST(words),
		KIT_TEST(made),
		KIT_TEST(dates),
		KIT_TEST(circles),
		KIT_TEST(merged),
		KIT_TEST(given),
		KIT_TEST(many),
		KIT_TEST(leaves),
		KIT_TEST(migrated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
