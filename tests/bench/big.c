/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/big.h"

#include "tests/bench/figure.h"
#include "tests/bench/gen.h"

#include <string.h>

#define DAY_MS INT64_C(86400000)
#define YEARS_DAYS 3650
enum { TESTS = 60, DRUGS = 12, ORDERS_EACH = 40, VISITS = 160, LETTERS = 80,
	FORMS = 60, VACCINES = 20, PROBLEMS = 25, ALLERGIES = 4 };

struct put {
	struct store *store;
	char *json[STORE_BATCH_MAX];
	size_t n;
	int all;
};

static void
flush(struct put *p)
{
	struct store_doc docs[STORE_BATCH_MAX];
	struct store_ingested out = { 0 };
	g_autoptr(GError) error = NULL;
	for (size_t i = 0; i < p->n; i++)
		docs[i] = (struct store_doc){ p->json[i], strlen(p->json[i]) };
	if (p->n && (!store_ingest(p->store, docs, p->n, NULL, &out, &error) ||
	    out.refused > 0))
		bench_die("the big chart", error);
	store_ingested_clear(&out);
	for (size_t i = 0; i < p->n; i++)
		g_free(p->json[i]);
	p->all += (int)p->n;
	p->n = 0;
}

/* Takes body: what follows the meta of a resource of the patient's. */
static void
add(struct put *p, const char *type, const char *id, const char *whose,
    char *body)
{
	p->json[p->n++] = g_strdup_printf("{\"resourceType\":\"%s\",\"id\":"
	    "\"%s\",\"meta\":{\"versionId\":\"1\",\"lastUpdated\":"
	    "\"2026-10-01T00:00:00Z\"},\"%s\":{\"reference\":\"Patient/"
	    BIG_PATIENT "\"},%s}", type, id, whose, body);
	g_free(body);
	if (p->n == STORE_BATCH_MAX)
		flush(p);
}

/* The i-th of n days of the ten years, as FHIR writes it. */
static char *
day_of(int i, int n)
{
	int64_t now = base_now_ms();
	return fhir_instant(now - YEARS_DAYS * DAY_MS +
	    (int64_t)((double)i / n * YEARS_DAYS * (double)DAY_MS));
}

static void
observations(struct put *p)
{
	for (int i = 0; i < BIG_OBSERVATIONS; i++) {
		g_autofree char *id = g_strdup_printf("big-o%d", i);
		g_autofree char *day = day_of(i, BIG_OBSERVATIONS);
		add(p, "Observation", id, "subject", g_strdup_printf(
		    "\"status\":\"final\",\"category\":[{\"coding\":[{\"code\":"
		    "\"laboratory\"}]}],\"code\":{\"coding\":[{\"system\":"
		    "\"http://loinc.org\",\"code\":\"%d-1\"}],\"text\":"
		    "\"检验项目%d\"},\"effectiveDateTime\":\"%s\","
		    "\"valueQuantity\":{\"value\":%d.%d,\"unit\":\"mmol/L\"},"
		    "\"referenceRange\":[{\"low\":{\"value\":3.5},\"high\":"
		    "{\"value\":5.5}}]", i % TESTS, i % TESTS, day,
		    3 + i % 4, i % 10));
	}
}

static void
drugs(struct put *p)
{
	for (int i = 0; i < DRUGS * ORDERS_EACH; i++) {
		g_autofree char *id = g_strdup_printf("big-m%d", i);
		g_autofree char *fill = g_strdup_printf("big-d%d", i);
		g_autofree char *day = day_of(i, DRUGS * ORDERS_EACH);
		g_autofree char *drug = g_strdup_printf(
		    "\"medicationCodeableConcept\":{\"coding\":[{\"code\":"
		    "\"D%d\"}],\"text\":\"药品%d 缓释片 30mg\"}", i % DRUGS,
		    i % DRUGS);
		add(p, "MedicationRequest", id, "subject", g_strdup_printf(
		    "\"status\":\"%s\",\"intent\":\"order\",%s,\"authoredOn\":"
		    "\"%s\",\"dosageInstruction\":[{\"text\":\"每日一次\"}],"
		    "\"dispenseRequest\":{\"numberOfRepeatsAllowed\":2}",
		    i >= DRUGS * (ORDERS_EACH - 1) ? "active" : "completed",
		    drug, day));
		add(p, "MedicationDispense", fill, "subject", g_strdup_printf(
		    "\"status\":\"completed\",%s,\"whenHandedOver\":\"%s\","
		    "\"authorizingPrescription\":[{\"reference\":"
		    "\"MedicationRequest/%s\"}],\"daysSupply\":{\"value\":28}",
		    drug, day, id));
	}
}

static const struct {
	const char *type, *whose, *body;
	int n;
} rest[] = {
	{ "Encounter", "subject", "\"status\":\"finished\",\"class\":{\"code\":"
	    "\"AMB\"},\"type\":[{\"text\":\"慢病复诊\"}],\"period\":{\"start\":"
	    "\"%s\"}", VISITS },
	{ "DocumentReference", "subject", "\"status\":\"current\","
	    "\"description\":\"门诊小结\",\"date\":\"%s\",\"content\":[{"
	    "\"attachment\":{\"contentType\":\"text/plain\"}}]", LETTERS },
	{ "QuestionnaireResponse", "subject", "\"status\":\"completed\","
	    "\"questionnaire\":\"x/intake\",\"authored\":\"%s\"", FORMS },
	{ "Immunization", "patient", "\"status\":\"completed\",\"vaccineCode\":"
	    "{\"text\":\"流感疫苗\"},\"occurrenceDateTime\":\"%s\"", VACCINES },
	{ "Condition", "subject", "\"code\":{\"text\":\"高血压病\"},"
	    "\"onsetDateTime\":\"%s\"", PROBLEMS },
	{ "AllergyIntolerance", "patient", "\"code\":{\"text\":\"青霉素\"},"
	    "\"criticality\":\"high\",\"recordedDate\":\"%s\"", ALLERGIES },
};

static void
others(struct put *p)
{
	for (size_t k = 0; k < G_N_ELEMENTS(rest); k++)
		for (int i = 0; i < rest[k].n; i++) {
			g_autofree char *id = g_strdup_printf("big-%d-%d",
			    (int)k, i);
			g_autofree char *day = day_of(i, rest[k].n);
			g_auto(GStrv) parts = g_strsplit(rest[k].body, "%s", 2);
			add(p, rest[k].type, id, rest[k].whose, g_strconcat(
			    parts[0], day, parts[1], NULL));
		}
}

static void
whole(struct store *store)
{
	enum section_state states[CHART_SECTIONS_];
	g_autoptr(GError) error = NULL;
	for (int s = 0; s < CHART_SECTIONS_; s++)
		states[s] = SECTION_LOADED;
	if (!store_sections_set(store, store_patient_find(store, BIG_PATIENT),
	    states, &error))
		bench_die("the big chart's sections", error);
}

int
big_put(struct store *store)
{
	struct put p = { .store = store };
	g_autofree char *now = fhir_instant(base_now_ms() - 1000);
	p.json[p.n++] = g_strdup("{\"resourceType\":\"Patient\",\"id\":\""
	    BIG_PATIENT "\",\"name\":[{\"text\":\"薄厚载\"}],\"gender\":"
	    "\"female\",\"birthDate\":\"1950-02-03\"}");
	add(&p, "Communication", "big-header", "subject", g_strdup_printf(
	    "\"status\":\"in-progress\",\"priority\":\"stat\",\"topic\":{"
	    "\"text\":\"十年病历\"},\"sender\":{\"reference\":\"Patient/"
	    BIG_PATIENT "\"},\"recipient\":[{\"reference\":\"" GEN_ME "\"}],"
	    "\"sent\":\"%s\"", now));
	add(&p, "Communication", "big-message", "subject", g_strdup_printf(
	    "\"status\":\"completed\",\"partOf\":[{\"reference\":"
	    "\"Communication/big-header\"}],\"sender\":{\"reference\":"
	    "\"Patient/" BIG_PATIENT "\"},\"recipient\":[{\"reference\":\""
	    GEN_ME "\"}],\"sent\":\"%s\",\"payload\":[{\"contentString\":"
	    "\"医生好\"}]", now));
	observations(&p);
	drugs(&p);
	others(&p);
	flush(&p);
	whole(store);
	return p.all;
}
