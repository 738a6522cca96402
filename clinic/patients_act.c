/* SPDX-License-Identifier: Apache-2.0 */
/* What the patients and the laboratory do when it is time: all of it is written
 * as any client would, so that the sockets ring. */
#include "clinic/patients_priv.h"

#include <string.h>

/* Nobody goes on writing to an empty room. */
#define ROOM_EMPTY_MS (25 * SEED_MINUTE_MS)
#define NEWCOMERS_MAX 40
/* ---- reading the storage ---- */

const char *
text_at(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

const char *
reference_at(const json_t *object, const char *key)
{
	return text_at(json_object_get(object, key), "reference");
}

const char *
id_in(const char *reference, const char *type)
{
	size_t n = strlen(type);

	return reference && strncmp(reference, type, n) == 0 &&
	    reference[n] == '/' ? reference + n + 1 : NULL;
}

json_t *
patients_load(struct clinic_patients *ps, const char *type, const char *id)
{
	BASE_AUTO(clinic_row) row = clinic_db_get(ps->db, type, id, NULL);

	return row && !row->deleted ? json_loadb(row->json, row->len, 0, NULL)
	                            : NULL;
}

static gboolean
alive(struct clinic_patients *ps, const char *patient)
{
	json_t *p = patients_load(ps, "Patient", patient);
	gboolean ok = p && !json_object_get(p, "deceasedDateTime") &&
	    !json_is_true(json_object_get(p, "deceasedBoolean")) &&
	    !json_is_false(json_object_get(p, "active"));

	json_decref(p);
	return ok;
}

static gboolean
has_han(const char *text)
{
	for (; text && *text; text = g_utf8_next_char(text))
		if (g_unichar_iswide(g_utf8_get_char(text)))
			return TRUE;
	return FALSE;
}

void
thread_free(gpointer data)
{
	struct thread *t = data;

	g_free(t->id);
	g_free(t->patient);
	g_free(t->kin);
	g_free(t->talk.person);
	g_free(t);
}

static struct thread *
thread_new(struct clinic_patients *ps, const char *id, const json_t *header)
{
	const char *patient = id_in(reference_at(header, "subject"), "Patient");
	const json_t *topic = json_object_get(header, "topic"), *one;
	const char *words = text_at(topic, "text");
	const char *icd10 = text_at(json_array_get(json_object_get(
	    json_array_get(json_object_get(header, "reasonCode"), 0), "coding"),
	    0), "code");
	struct thread *t;
	size_t i;

	if (!patient || !alive(ps, patient))
		return NULL;
	t = g_new0(struct thread, 1);
	t->id = g_strdup(id);
	t->patient = g_strdup(patient);
	json_array_foreach(json_object_get(header, "recipient"), i, one) {
		const char *kin = id_in(text_at(one, "reference"),
		    "RelatedPerson");

		if (kin && !t->kin)
			t->kin = g_strdup(kin);
	}
	t->talk.english = words && !has_han(words);
	g_strlcpy(t->talk.icd10, icd10 ? icd10 : "", sizeof t->talk.icd10);
	t->talk.rng = seed_rng_make(ps->seed.seed, g_str_hash(id), 7);
	t->talk.person = talk_person(&ps->seed, patient);
	g_hash_table_insert(ps->threads, t->id, t);
	return t;
}

/* The thread behind a header's id; NULL when it is closed, is no thread, or its
 * patient cannot write. */
static struct thread *
thread_of(struct clinic_patients *ps, const char *id)
{
	struct thread *t = g_hash_table_lookup(ps->threads, id);
	json_t *header = patients_load(ps, "Communication", id);
	const char *status = text_at(header, "status");

	if (!status || strcmp(status, "in-progress") != 0)
		t = NULL;
	else if (!t)
		t = thread_new(ps, id, header);
	json_decref(header);
	return t;
}

/* ---- writing ---- */

/* Diseases of the skin are shown, others measured. */
static const char *
picture_title(const struct thread *t)
{
	if (t->talk.icd10[0] == 'L')
		return "皮疹.png";
	return t->talk.english ? "reading.png" : "血压计.png";
}

static char *
picture_put(struct clinic_patients *ps, const struct thread *t, int64_t now_ms,
    size_t *bytes)
{
	g_autofree char *base64 = seed_image_make(picture_title(t),
	    t->talk.person, bytes);
	g_autoptr(GString) s = g_string_new(NULL);
	char id[CLINIC_ID_SIZE];

	sj_open(s, NULL, '{');
	sj_text(s, "resourceType", "Binary");
	sj_text(s, "contentType", "image/png");
	sj_reff(s, "securityContext", "Patient/%s", t->patient);
	sj_text(s, "data", base64);
	sj_close(s, '}');
	if (!clinic_db_put(ps->db, "Binary", NULL, s->str, s->len, now_ms, id,
	    NULL))
		return NULL;
	return g_strdup(id);
}

static void
attachment_write(GString *s, const struct thread *t, const char *binary,
    size_t bytes)
{
	char n[24];

	g_snprintf(n, sizeof n, "%zu", bytes);
	sj_open(s, NULL, '{');
	sj_open(s, "contentAttachment", '{');
	sj_text(s, "contentType", "image/png");
	sj_textf(s, "url", "Binary/%s", binary);
	sj_raw(s, "size", n);
	sj_text(s, "title", picture_title(t));
	sj_close(s, '}');
	sj_close(s, '}');
}

static void
message_write(GString *s, struct clinic_patients *ps, const struct thread *t,
    const char *answered, int64_t now_ms)
{
	char buf[SEED_TIME_SIZE];

	sj_open(s, NULL, '{');
	sj_text(s, "resourceType", "Communication");
	sj_open(s, "partOf", '[');
	sj_reff(s, NULL, "Communication/%s", t->id);
	sj_close(s, ']');
	if (answered) {
		sj_open(s, "inResponseTo", '[');
		sj_reff(s, NULL, "Communication/%s", answered);
		sj_close(s, ']');
	}
	sj_text(s, "status", "completed");
	sj_reff(s, "subject", "Patient/%s", t->patient);
	sj_text(s, "sent", seed_instant(buf, now_ms));
	sj_refs1(s, "recipient", ps->practitioner);
	sj_reff(s, "sender", t->kin ? "RelatedPerson/%s" : "Patient/%s",
	    t->kin ? t->kin : t->patient);
}

static void
message_put(struct clinic_patients *ps, struct thread *t, const char *answered,
    const char *words, gboolean picture, int64_t now_ms)
{
	g_autoptr(GString) s = g_string_new(NULL);
	g_autofree char *binary = NULL;
	size_t bytes = 0;

	if (picture)
		binary = picture_put(ps, t, now_ms, &bytes);
	message_write(s, ps, t, answered, now_ms);
	sj_open(s, "payload", '[');
	sj_open(s, NULL, '{');
	sj_text(s, "contentString", words);
	sj_close(s, '}');
	if (binary)
		attachment_write(s, t, binary, bytes);
	sj_close(s, ']');
	sj_close(s, '}');
	clinic_db_put(ps->db, "Communication", NULL, s->str, s->len, now_ms,
	    NULL, NULL);
}

/* ---- what happens when it is due ---- */

static void
run_answer(struct clinic_patients *ps, const struct due *due, int64_t now_ms)
{
	struct thread *t = thread_of(ps, due->thread);
	g_autoptr(GString) out = g_string_new(NULL);
	gboolean picture;

	if (t && talk_answer(&t->talk, due->words, out, &picture))
		message_put(ps, t, due->message, out->str, picture, now_ms);
}

struct now_sink { struct clinic_db *db; int64_t now_ms; };

/* A newcomer's past is news to the server: all of it was touched now. */
static gboolean
put_now(void *user, const char *type, const char *id, const char *json,
    size_t len, int64_t updated_ms, GError **error)
{
	struct now_sink *now = user;

	return clinic_db_put(now->db, type, id, json, len, now->now_ms, NULL,
	    error);
}

/* Runs one of the seed's makers at this moment, all or nothing. */
static gboolean
seed_now(struct clinic_patients *ps, int64_t now_ms,
    gboolean (*make)(struct clinic_patients *ps,
	const struct clinic_seed_options *options,
	const struct seed_sink *sink, const void *with), const void *with)
{
	struct now_sink now = { ps->db, now_ms };
	struct seed_sink sink = { put_now, &now };
	struct clinic_seed_options options = ps->seed;

	options.now_ms = now_ms;
	if (!clinic_db_begin(ps->db, NULL))
		return FALSE;
	if (make(ps, &options, &sink, with) && clinic_db_commit(ps->db, NULL))
		return TRUE;
	clinic_db_rollback(ps->db);
	return FALSE;
}

static gboolean
make_newcomer(struct clinic_patients *ps,
    const struct clinic_seed_options *options, const struct seed_sink *sink,
    const void *with)
{
	return seed_newcomer(options, ps->next_index, sink, NULL);
}

gboolean
patient_here(struct clinic_patients *ps, const char *prefix, int index)
{
	char id[24];
	BASE_AUTO(clinic_row) row = NULL;

	g_snprintf(id, sizeof id, "%s%d", prefix, index);
	row = clinic_db_get(ps->db, "Patient", id, NULL);
	return row != NULL;
}

/* The clinic may have been left and opened again: find who came last. */
static void
run_newcomer(struct clinic_patients *ps, int64_t now_ms)
{
	while (patient_here(ps, "nw", ps->next_index))
		ps->next_index++;
	if (seed_now(ps, now_ms, make_newcomer, NULL)) {
		char id[32];

		g_snprintf(id, sizeof id, "nw%d-t1", ps->next_index);
		g_ptr_array_add(ps->open, g_strdup(id));
	}
	ps->newcomers++;
}

static void
run_anew(struct clinic_patients *ps, const struct due *due, int64_t now_ms)
{
	gboolean empty = now_ms - ps->heard_ms > ROOM_EMPTY_MS / ps->pace;

	due_anew(ps, now_ms);
	if (empty || !ps->seed.patients)
		return;
	if (seed_rng_chance(&ps->rng, 25) && ps->newcomers < NEWCOMERS_MAX) {
		run_newcomer(ps, now_ms);
		return;
	}
	for (int tries = 0; tries < 4 && ps->open->len; tries++) {
		guint i = (guint)seed_rng_range(&ps->rng, 0,
		    (int)ps->open->len - 1);
		struct thread *t = thread_of(ps,
		    g_ptr_array_index(ps->open, i));
		g_autoptr(GString) out = g_string_new(NULL);

		if (t && talk_anew(&t->talk, out)) {
			message_put(ps, t, NULL, out->str, FALSE, now_ms);
			return;
		}
	}
}

struct order { const char *patient, *request, *words; };

static gboolean
make_result(struct clinic_patients *ps,
    const struct clinic_seed_options *options, const struct seed_sink *sink,
    const void *with)
{
	const struct order *o = with;

	return seed_result(options, o->patient, o->request, o->words, sink,
	    NULL);
}

/* The laboratory says that the order is done with. */
static void
request_done(struct clinic_patients *ps, const char *id, json_t *request,
    int64_t now_ms)
{
	char *json;

	json_object_set_new(request, "status", json_string("completed"));
	json = json_dumps(request, JSON_COMPACT | JSON_PRESERVE_ORDER);
	if (json)
		clinic_db_put(ps->db, "ServiceRequest", id, json, strlen(json),
		    now_ms, NULL, NULL);
	free(json);
}

static void
run_result(struct clinic_patients *ps, const struct due *due, int64_t now_ms)
{
	json_t *request = patients_load(ps, "ServiceRequest", due->thread);
	const char *patient = id_in(reference_at(request, "subject"),
	    "Patient");
	const char *status = text_at(request, "status");
	struct order o = { patient, due->thread, due->words };

	if (patient && status && strcmp(status, "active") == 0 &&
	    alive(ps, patient) && seed_now(ps, now_ms, make_result, &o))
		request_done(ps, due->thread, request, now_ms);
	json_decref(request);
}

void
due_run(struct clinic_patients *ps, const struct due *due, int64_t now_ms)
{
	static void (*const run[])(struct clinic_patients *, const struct due *,
	    int64_t) = { [DUE_ANSWER] = run_answer, [DUE_ANEW] = run_anew,
		[DUE_RESULT] = run_result };

	run[due->kind](ps, due, now_ms);
}
