/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The patients of the practice clinic while a doctor works there: they answer,
 * write anew, new ones come, the laboratory reports. All of it is written as any
 * client would, so the sockets ring.
 */
#include "clinic/patients_priv.h"

#include <jansson.h>
#include <string.h>

enum due_kind { DUE_ANSWER, DUE_ANEW, DUE_RESULT };

struct due {
	int64_t at_ms;
	enum due_kind kind;
	char *thread;  /* header's id, or the ServiceRequest's */
	char *message; /* the doctor's, answered by this */
	char *words;   /* what the doctor wrote, or the test's name */
};

struct thread {
	char *id, *patient, *kin; /* kin NULL: the patient writes */
	struct talk_script talk;
};

struct clinic_patients {
	struct clinic_db *db;
	struct clinic_seed_options seed; /* as the clinic was seeded */
	char *practitioner;
	double pace;
	int64_t started_ms, heard_ms; /* the doctor was last heard */
	GPtrArray *dues;              /* struct due, in no order */
	GHashTable *threads;          /* header id → struct thread */
	GHashTable *heard;            /* ids of the doctor's messages taken */
	GPtrArray *open;              /* ids of headers that may write anew */
	struct seed_rng rng;
	int newcomers, next_index;
};

/* Nobody goes on writing to an empty room. */
#define ROOM_EMPTY_MS (25 * SEED_MINUTE_MS)
#define NEWCOMERS_MAX 40
/* So many orders are looked at for tests not yet reported, and so many threads
 * may be written to anew. */
#define LOOK_ROWS 4000
#define OPEN_MAX 200

/* ---- what is due ---- */

static void
due_free(gpointer data)
{
	struct due *due = data;

	g_free(due->thread);
	g_free(due->message);
	g_free(due->words);
	g_free(due);
}

static int64_t
after(struct clinic_patients *ps, int64_t now_ms, int low_s, int high_s)
{
	int s = seed_rng_range(&ps->rng, low_s * 1000, high_s * 1000);

	return now_ms + MAX((int64_t)(s / ps->pace), 1);
}

static void
due_add(struct clinic_patients *ps, enum due_kind kind, int64_t at_ms,
    const char *thread, const char *message, const char *words)
{
	struct due *due = g_new0(struct due, 1);

	*due = (struct due){ at_ms, kind, g_strdup(thread), g_strdup(message),
		g_strdup(words) };
	g_ptr_array_add(ps->dues, due);
}

static void
anew_add(struct clinic_patients *ps, int64_t now_ms)
{
	due_add(ps, DUE_ANEW, after(ps, now_ms, 150, 330), NULL, NULL, NULL);
}

static struct due *
due_next(struct clinic_patients *ps)
{
	struct due *best = NULL;

	for (guint i = 0; i < ps->dues->len; i++) {
		struct due *due = g_ptr_array_index(ps->dues, i);

		if (!best || due->at_ms < best->at_ms)
			best = due;
	}
	return best;
}

/* ---- reading the storage ---- */

static const char *
text_at(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static const char *
reference_at(const json_t *object, const char *key)
{
	return text_at(json_object_get(object, key), "reference");
}

static const char *
id_in(const char *reference, const char *type)
{
	size_t n = strlen(type);

	return reference && strncmp(reference, type, n) == 0 &&
	    reference[n] == '/' ? reference + n + 1 : NULL;
}

static json_t *
load(struct clinic_patients *ps, const char *type, const char *id)
{
	BASE_AUTO(clinic_row) row = clinic_db_get(ps->db, type, id, NULL);

	return row && !row->deleted ? json_loadb(row->json, row->len, 0, NULL)
	                            : NULL;
}

static gboolean
alive(struct clinic_patients *ps, const char *patient)
{
	json_t *p = load(ps, "Patient", patient);
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

static void
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
	json_t *header = load(ps, "Communication", id);
	const char *status = text_at(header, "status");

	if (!status || strcmp(status, "in-progress") != 0)
		t = NULL;
	else if (!t)
		t = thread_new(ps, id, header);
	json_decref(header);
	return t;
}

/* ---- writing ---- */

static char *
picture_put(struct clinic_patients *ps, const struct thread *t, int64_t now_ms,
    size_t *bytes)
{
	const struct seed_person *p = t->talk.person;
	g_autofree char *base64 = seed_image_monitor(p ? p->sys : 132,
	    p ? p->dia : 84, p ? p->pulse : 72, bytes);
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
	sj_text(s, "title", t->talk.english ? "reading.png" : "血压计.png");
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

static gboolean
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

	anew_add(ps, now_ms);
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
	json_t *request = load(ps, "ServiceRequest", due->thread);
	const char *patient = id_in(reference_at(request, "subject"), "Patient");
	const char *status = text_at(request, "status");
	struct order o = { patient, due->thread, due->words };

	if (patient && status && strcmp(status, "active") == 0 &&
	    alive(ps, patient) && seed_now(ps, now_ms, make_result, &o))
		request_done(ps, due->thread, request, now_ms);
	json_decref(request);
}

/* ---- what the doctor writes ---- */

static char *
words_of(const json_t *message)
{
	GString *out = g_string_new(NULL);
	const json_t *part;
	size_t i;

	json_array_foreach(json_object_get(message, "payload"), i, part) {
		const char *words = text_at(part, "contentString");

		if (words)
			g_string_append_printf(out, "%s\n", words);
	}
	return g_string_free(out, FALSE);
}

static void
hear_message(struct clinic_patients *ps, const struct clinic_row *row,
    const json_t *message)
{
	const char *sender = reference_at(message, "sender");
	const char *status = text_at(message, "status");
	const char *thread = id_in(text_at(json_array_get(json_object_get(message,
	    "partOf"), 0), "reference"), "Communication");
	g_autofree char *words = NULL;

	if (!sender || strcmp(sender, ps->practitioner) != 0 || !thread ||
	    !status || (strcmp(status, "completed") != 0 &&
	    strcmp(status, "in-progress") != 0))
		return;
	/* A second version of a message (read, retracted) is not a new one. */
	if (!g_hash_table_add(ps->heard, g_strdup(row->id)))
		return;
	ps->heard_ms = row->updated_ms;
	words = words_of(message);
	due_add(ps, DUE_ANSWER, after(ps, row->updated_ms, 20, 90), thread,
	    row->id, words);
}

static void
hear_request(struct clinic_patients *ps, const char *id, const json_t *request,
    int64_t now_ms)
{
	const char *requester = reference_at(request, "requester");
	const char *status = text_at(request, "status");
	const json_t *code = json_object_get(request, "code");
	g_autofree char *words = NULL;

	if (!requester || strcmp(requester, ps->practitioner) != 0 || !status ||
	    strcmp(status, "active") != 0 ||
	    !g_hash_table_add(ps->heard, g_strconcat("sr/", id, NULL)))
		return;
	words = g_strdup_printf("%s %s", text_at(code, "text")
	    ? text_at(code, "text") : "", text_at(json_array_get(
	    json_object_get(code, "coding"), 0), "code")
	    ? text_at(json_array_get(json_object_get(code, "coding"), 0), "code")
	    : "");
	due_add(ps, DUE_RESULT, after(ps, now_ms, 120, 300), id, NULL, words);
}

static void
written(const struct clinic_row *row, void *user)
{
	struct clinic_patients *ps = user;
	gboolean message = strcmp(row->type, "Communication") == 0;
	json_t *json;

	/* What was written before we came is history. */
	if (row->deleted || row->updated_ms < ps->started_ms ||
	    (!message && strcmp(row->type, "ServiceRequest") != 0))
		return;
	json = json_loadb(row->json, row->len, 0, NULL);
	if (json && message)
		hear_message(ps, row, json);
	else if (json)
		hear_request(ps, row->id, json, row->updated_ms);
	json_decref(json);
}

/* ---- from the beginning ---- */

struct look { struct clinic_patients *ps; int rows; };

/* The seeded patients' threads; which of them still may write is asked when one
 * is to. */
static void
look_threads(struct clinic_patients *ps)
{
	for (int i = 0; i < OPEN_MAX && patient_here(ps, "pt", i); i++)
		g_ptr_array_add(ps->open, g_strdup_printf("pt%d-t1", i));
}

static gboolean
look_request(const struct clinic_row *row, void *user)
{
	struct look *look = user;
	json_t *json = json_loadb(row->json, row->len, 0, NULL);

	if (json)
		hear_request(look->ps, row->id, json, look->ps->started_ms);
	json_decref(json);
	return ++look->rows < LOOK_ROWS;
}

struct clinic_patients *
clinic_patients_new(struct clinic_db *db,
    const struct clinic_patients_options *options, int64_t now_ms)
{
	struct clinic_patients *ps = g_new0(struct clinic_patients, 1);
	struct look requests = { ps, 0 };

	ps->db = db;
	ps->pace = options->pace;
	ps->practitioner = g_strdup(options->practitioner ?
	    options->practitioner : SEED_ME);
	ps->started_ms = ps->heard_ms = now_ms;
	ps->seed = (struct clinic_seed_options){ .seed = options->seed,
		.practitioner = ps->practitioner, .now_ms = now_ms };
	ps->dues = g_ptr_array_new_with_free_func(due_free);
	ps->threads = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
	    thread_free);
	ps->heard = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	ps->open = g_ptr_array_new_with_free_func(g_free);
	ps->rng = seed_rng_make(options->seed, 0, 9);
	if (!(ps->pace > 0))
		return ps;
	/* Only a clinic that the seed filled gets patients of the seed. */
	ps->seed.patients = patient_here(ps, "pt", 0);
	clinic_on_write(db, written, ps);
	look_threads(ps);
	clinic_db_each(db, "ServiceRequest", look_request, &requests, NULL);
	anew_add(ps, now_ms);
	return ps;
}

int64_t
clinic_patients_tick(struct clinic_patients *ps, int64_t now_ms)
{
	static void (*const run[])(struct clinic_patients *, const struct due *,
	    int64_t) = { [DUE_ANSWER] = run_answer, [DUE_ANEW] = run_anew,
		[DUE_RESULT] = run_result };
	struct due *due;
	guint at;

	while ((due = due_next(ps)) && due->at_ms <= now_ms) {
		/* Taken out first: what it writes may add more. */
		g_ptr_array_find(ps->dues, due, &at);
		g_ptr_array_steal_index_fast(ps->dues, at);
		run[due->kind](ps, due, now_ms);
		due_free(due);
	}
	return due ? due->at_ms : INT64_MAX;
}

void
clinic_patients_free(struct clinic_patients *ps)
{
	if (!ps)
		return;
	g_ptr_array_free(ps->dues, TRUE);
	g_hash_table_destroy(ps->threads);
	g_hash_table_destroy(ps->heard);
	g_ptr_array_free(ps->open, TRUE);
	g_free(ps->practitioner);
	g_free(ps);
}
