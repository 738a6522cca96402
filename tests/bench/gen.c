/* SPDX-License-Identifier: Apache-2.0 */
/* An invented clinic's history. All names, texts and numbers are made up. */
#include "tests/bench/gen.h"
#include "tests/bench/words.h"

#include <string.h>

#define OPEN_AT_ONCE 400
#define CONSULTS_PER_PATIENT 3
#define START_MS G_GINT64_CONSTANT(1735700400000) /* 2025-01-01 */
#define SPAN_MS G_GINT64_CONSTANT(54000000000)    /* to the autumn of 2026 */

struct gen {
	GRand *rand;
	guint32 seed;
	int consults, messages, patients;
	int next_patient, next_consult;
	int header_patient; /* whose the next header is; -1: not chosen */
	int64_t made;
	struct { int consult, left, patient; } open[OPEN_AT_ONCE];
	int n_open;
	int spread;       /* messages not yet given to a consultation */
	char last_ref[64];
	GString *text;
};

static const char *const family[] = { "张", "王", "李", "赵", "陈", "刘", "杨",
	"黄", "周", "吴", "徐", "孙", "Miller", "Novak", "Okafor", "Silva" };
static const char *const given[] = { "银兰", "桂芳", "雪山", "阿大", "志强",
	"秀英", "建国", "晓梅", "Anna", "Jonas", "Grace", "Luis" };
static const char *const complaints[] = { "高血压复诊", "2型糖尿病复诊",
	"胸闷气短三天", "化验单解读", "续方", "头晕一周", "咳嗽有痰",
	"Blood pressure up again", "Swollen ankles", "Chest tightness" };
static const char *
any(struct gen *gen, const char *const *words, size_t n)
{
	return words[g_rand_int_range(gen->rand, 0, (gint32)n)];
}
#define ANY(gen, table) any(gen, table, G_N_ELEMENTS(table))

/* A well-mixed number from a place: ids can be made again without being kept. */
static guint64
mixed(guint64 n)
{
	n += G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
	n = (n ^ (n >> 30)) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
	n = (n ^ (n >> 27)) * G_GUINT64_CONSTANT(0x94d049bb133111eb);
	return n ^ (n >> 31);
}

/* Looks like a random UUID. */
static void
make_id(const struct gen *gen, char kind, int64_t n, char out[37])
{
	guint64 place = (guint64)gen->seed << 40 ^ (guint64)kind << 32 ^
	    (guint64)n;
	guint64 a = mixed(place), b = mixed(a ^ place);
	g_snprintf(out, 37, "%08x-%04x-4%03x-a%03x-%012" G_GINT64_MODIFIER "x",
	    (unsigned)(a >> 32), (unsigned)(a >> 16 & 0xffff),
	    (unsigned)(a & 0xfff), (unsigned)(b >> 52),
	    b & G_GUINT64_CONSTANT(0xffffffffffff));
}

struct gen *
gen_new(guint32 seed, int consults, int messages)
{
	struct gen *gen = g_new0(struct gen, 1);
	gen->rand = g_rand_new_with_seed(seed);
	gen->seed = seed;
	gen->consults = consults;
	gen->messages = gen->spread = messages;
	gen->patients = MAX(1, consults / CONSULTS_PER_PATIENT);
	gen->header_patient = -1;
	gen->text = g_string_new(NULL);
	return gen;
}

void
gen_free(struct gen *gen)
{
	g_rand_free(gen->rand);
	g_string_free(gen->text, TRUE);
	g_free(gen);
}

/* Rows in all, or a few more. */
static int64_t
total(const struct gen *gen)
{
	return (int64_t)gen->patients + gen->consults + gen->messages;
}

char *
gen_consult_ref(const struct gen *gen, int consult)
{
	char id[37];
	make_id(gen, 'c', consult, id);
	return g_strconcat("Communication/", id, NULL);
}

const char *
gen_last_ref(const struct gen *gen)
{
	return gen->last_ref;
}

static char *
stamp(const struct gen *gen)
{
	int64_t ms = START_MS + SPAN_MS * gen->made / total(gen);
	g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(ms / 1000);
	g_autofree char *second = g_date_time_format(date, "%Y-%m-%dT%H:%M:%S");
	return g_strdup_printf("%s.%03dZ", second, (int)(ms % 1000));
}

static void
open_resource(struct gen *gen, GString *out, const char *type, const char *id)
{
	g_autofree char *now = stamp(gen);
	g_snprintf(gen->last_ref, sizeof(gen->last_ref), "%s/%s", type, id);
	g_string_printf(out, "{\"resourceType\":\"%s\",\"id\":\"%s\","
	    "\"meta\":{\"versionId\":\"1\",\"lastUpdated\":\"%s\"},", type, id,
	    now);
}

static void
make_patient(struct gen *gen, GString *out)
{
	char id[37];
	make_id(gen, 'p', gen->next_patient++, id);
	open_resource(gen, out, "Patient", id);
	g_string_append_printf(out, "\"active\":true,\"identifier\":[{\"system\":"
	    "\"urn:oid:1.2.3.4\",\"value\":\"%08d\"}],\"name\":[{\"use\":"
	    "\"official\",\"family\":\"%s\",\"given\":[\"%s\"]}],\"gender\":"
	    "\"%s\",\"birthDate\":\"%d-%02d-%02d\"}", gen->next_patient,
	    ANY(gen, family), ANY(gen, given),
	    g_rand_boolean(gen->rand) ? "female" : "male",
	    g_rand_int_range(gen->rand, 1930, 2020),
	    g_rand_int_range(gen->rand, 1, 13),
	    g_rand_int_range(gen->rand, 1, 29));
}

/* How many messages the next consultation gets, so that all are spent. */
static int
quota(struct gen *gen)
{
	int left = gen->consults - gen->next_consult;
	if (left <= 1)
		return gen->spread;
	if (gen->next_consult < GEN_LONG_THREADS)
		return MIN(gen->spread, GEN_LONG_MESSAGES);
	int mean = gen->spread / left;
	return mean < 1 ? 0 : g_rand_int_range(gen->rand, 1, 2 * mean);
}

static void
make_header(struct gen *gen, GString *out)
{
	static const char *const priorities[] = { "routine", "routine",
		"routine", "routine", "urgent", "asap" };
	int consult = gen->next_consult;
	int patient = gen->header_patient;
	int left = quota(gen);
	char id[37], patient_id[37];
	make_id(gen, 'c', consult, id);
	make_id(gen, 'p', patient, patient_id);
	open_resource(gen, out, "Communication", id);
	g_string_append_printf(out, "\"status\":\"%s\",\"priority\":\"%s\","
	    "\"topic\":{\"text\":\"%s\"},\"subject\":{\"reference\":"
	    "\"Patient/%s\"},\"recipient\":[{\"reference\":\"" GEN_ME "\"},"
	    "{\"reference\":\"Patient/%s\"}],\"sender\":{\"reference\":"
	    "\"Patient/%s\"}}", "in-progress", ANY(gen, priorities),
	    ANY(gen, complaints), patient_id, patient_id, patient_id);
	gen->header_patient = -1;
	gen->next_consult++;
	gen->spread -= left;
	if (left == 0)
		return;
	gen->open[gen->n_open].consult = consult;
	gen->open[gen->n_open].left = left;
	gen->open[gen->n_open++].patient = patient;
}

static void
make_message(struct gen *gen, GString *out)
{
	int at = g_rand_int_range(gen->rand, 0, gen->n_open);
	gboolean mine = g_rand_int_range(gen->rand, 0, 5) < 2;
	g_autofree char *now = stamp(gen);
	char id[37], header[37], patient[37], from[64], to[64];
	make_id(gen, 'm', gen->made, id);
	make_id(gen, 'c', gen->open[at].consult, header);
	make_id(gen, 'p', gen->open[at].patient, patient);
	g_snprintf(mine ? to : from, 64, "Patient/%s", patient);
	g_snprintf(mine ? from : to, 64, GEN_ME);
	words_message(gen->rand, gen->text);
	open_resource(gen, out, "Communication", id);
	g_string_append_printf(out, "\"identifier\":[{\"system\":"
	    "\"urn:ietf:rfc:3986\",\"value\":\"urn:uuid:%s\"}],\"partOf\":"
	    "[{\"reference\":\"Communication/%s\"}],\"status\":\"completed\","
	    "\"subject\":{\"reference\":\"Patient/%s\"},\"recipient\":"
	    "[{\"reference\":\"%s\"}],\"sender\":{\"reference\":\"%s\"},"
	    "\"sent\":\"%s\",\"payload\":[{\"contentString\":\"%s\"}]}", id,
	    header, patient, to, from, now, gen->text->str);
	if (--gen->open[at].left == 0)
		gen->open[at] = gen->open[--gen->n_open];
}

/* A consultation is a new patient's or an old one's; a new one comes first. */
static void
make_patient_or_header(struct gen *gen, GString *out)
{
	gboolean new_one = gen->header_patient < 0 &&
	    gen->next_patient < gen->patients &&
	    (gen->next_patient == 0 ||
	    g_rand_int_range(gen->rand, 0, CONSULTS_PER_PATIENT) == 0);
	if (new_one) {
		gen->header_patient = gen->next_patient;
		make_patient(gen, out);
		return;
	}
	if (gen->header_patient < 0)
		gen->header_patient = g_rand_int_range(gen->rand, 0,
		    gen->next_patient);
	make_header(gen, out);
}

gboolean
gen_next(struct gen *gen, GString *out)
{
	gen->made++;
	if (gen->n_open < OPEN_AT_ONCE && gen->next_consult < gen->consults)
		make_patient_or_header(gen, out);
	else if (gen->n_open > 0)
		make_message(gen, out);
	else
		return FALSE;
	return TRUE;
}
