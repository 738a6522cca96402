/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The patients of the practice clinic while a doctor works there: they answer,
 * write anew, new ones come, the laboratory reports. Here is what they hear and
 * when they act; what they do is in patients_act.c.
 */
#include "clinic/patients_priv.h"

#include <string.h>

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

void
due_anew(struct clinic_patients *ps, int64_t now_ms)
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
	const char *thread = id_in(text_at(json_array_get(
	    json_object_get(message, "partOf"), 0), "reference"),
	    "Communication");
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
	const char *name, *loinc;
	g_autofree char *words = NULL;

	if (!requester || strcmp(requester, ps->practitioner) != 0 || !status ||
	    strcmp(status, "active") != 0 ||
	    !g_hash_table_add(ps->heard, g_strconcat("sr/", id, NULL)))
		return;
	name = text_at(code, "text");
	loinc = text_at(json_array_get(json_object_get(code, "coding"), 0),
	    "code");
	words = g_strdup_printf("%s %s", name ? name : "", loinc ? loinc : "");
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
	ps->heard = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
	    NULL);
	ps->open = g_ptr_array_new_with_free_func(g_free);
	ps->rng = seed_rng_make(options->seed, 0, 9);
	if (!(ps->pace > 0))
		return ps;
	/* Only a clinic that the seed filled gets patients of the seed. */
	ps->seed.patients = patient_here(ps, "pt", 0);
	clinic_on_write(db, written, ps);
	look_threads(ps);
	clinic_db_each(db, "ServiceRequest", look_request, &requests, NULL);
	/* The first soon: who sits down sees the clinic move. */
	due_add(ps, DUE_ANEW, after(ps, now_ms, 45, 75), NULL, NULL, NULL);
	return ps;
}

int64_t
clinic_patients_tick(struct clinic_patients *ps, int64_t now_ms)
{
	struct due *due;
	guint at;

	while ((due = due_next(ps)) && due->at_ms <= now_ms) {
		/* Taken out first: what it writes may add more. */
		g_ptr_array_find(ps->dues, due, &at);
		g_ptr_array_steal_index_fast(ps->dues, at);
		due_run(ps, due, now_ms);
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
