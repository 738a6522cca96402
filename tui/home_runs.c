/* SPDX-License-Identifier: Apache-2.0 */
/* Who of my patients reads out of range at home, three days in a row or more. */
#include "tui/chart_lines.h"
#include "tui/labs.h"
#include "store/rx.h"

#include <string.h>

#define DAY_MS INT64_C(86400000)

/* One test of one patient; days are numbers of the hospital's calendar. */
struct track {
	int64_t patient;
	const char *test;
	const struct chart_entry *last;  /* newest reading */
	guint32 day;                     /* that is being looked at */
	gboolean out;                    /* something of that day was */
	int run;                         /* days out before it, in a row */
	const struct chart_entry *worst; /* newest out of range */
};

static guint
track_hash(gconstpointer p)
{
	const struct track *t = p;

	return g_str_hash(t->test) ^ (guint)t->patient;
}

static gboolean
track_equal(gconstpointer a, gconstpointer b)
{
	const struct track *x = a, *y = b;

	return x->patient == y->patient && strcmp(x->test, y->test) == 0;
}

/* 0: the day is not known. */
static guint32
day_number(const struct chart_entry *e)
{
	g_autoptr(GDateTime) at = NULL;
	char precision;
	int64_t ms;

	if (!e->date || !fhir_time_ms(e->date, &ms, &precision) ||
	    (precision != 't' && precision != 'd'))
		return 0;
	if (precision == 'd') /* written as the day itself */
		return (guint32)(ms / DAY_MS + 1);
	at = base_clock_date(ms);
	return (guint32)((ms + g_date_time_get_utc_offset(at) / 1000) /
	    DAY_MS + 1);
}

/* Readings come by date: the day before is closed by the next one's first. */
static void
track_add(struct track *t, const struct chart_entry *e, guint32 day)
{
	gboolean out = care_interpretation_rank(chart_reading(e)) <= 1;

	if (day != t->day) {
		gboolean on = t->out && day == t->day + 1;

		t->run = on ? t->run + 1 : 0;
		t->out = FALSE;
		t->day = day;
	}
	t->out |= out;
	t->last = e;
	if (out)
		t->worst = e;
}

/* A record that another replaced is read as the other. */
static int64_t
person_of(struct store *store, int64_t patient, GHashTable *known,
    GStringChunk *text)
{
	void *at = g_hash_table_lookup(known, (void *)(intptr_t)patient);
	struct patient_brief brief = { 0 };
	int64_t person = patient;

	if (at)
		return (intptr_t)at;
	if (store_patient_brief(store, (struct patient_id){ patient }, text,
	    &brief, NULL) && brief.flags & PATIENT_MERGED &&
	    brief.merged_into) {
		struct patient_id other = store_patient_find(store,
		    brief.merged_into);

		person = other.n ? other.n : patient;
	}
	g_hash_table_insert(known, (void *)(intptr_t)patient,
	    (void *)(intptr_t)person);
	return person;
}

static void
run_clear(void *p)
{
	struct home_run *r = p;

	g_free(r->name);
	g_free(r->value);
	g_free(r->date);
	g_free(r->ref);
}

static gint
by_gravity(gconstpointer a, gconstpointer b)
{
	const struct home_run *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank - y->rank;
	if (x->days != y->days)
		return y->days - x->days;
	return g_strcmp0(x->patient.fhir_id, y->patient.fhir_id);
}

static gboolean
run_add(struct store *store, struct home_runs *out, const struct track *t,
    GError **error)
{
	struct home_run run = { .days = t->run + 1,
		.rank = care_interpretation_rank(chart_reading(t->worst)) };
	const char *mark = care_interpretation_mark(chart_reading(t->worst));
	g_autofree char *detail = words_shown(t->worst->detail);

	if (!store_patient_brief(store, (struct patient_id){ t->patient },
	    out->text, &run.patient, error))
		return FALSE;
	run.name = words_shown(t->worst->words);
	run.value = g_strdup_printf("%s%s%s", detail, *mark ? " " : "", mark);
	run.date = chart_date_words(t->worst);
	run.ref = g_strdup(t->worst->ref);
	g_array_append_val(out->runs, run);
	return TRUE;
}

static void
tracks_fill(struct store *store, const struct home_readings *all,
    int64_t now_ms, GHashTable *tracks, GStringChunk *text)
{
	g_autoptr(GHashTable) people = g_hash_table_new(NULL, NULL);

	for (size_t i = 0; i < all->n; i++) {
		const struct chart_entry *e = &all->rows[i].entry;
		const struct care_analyte *analyte = care_analyte_of(e->test);
		struct track key = { .test = analyte ? analyte->id : e->test };
		struct track *t;
		guint32 day = day_number(e);

		if (!key.test || !e->value || !chart_is_sound(e) || !day ||
		    e->date_ms > now_ms + RESULT_AHEAD_MS)
			continue;
		key.patient = person_of(store, all->rows[i].patient.n, people,
		    text);
		t = g_hash_table_lookup(tracks, &key);
		if (!t) {
			t = g_memdup2(&key, sizeof key);
			t->day = day;
			g_hash_table_add(tracks, t);
		}
		track_add(t, e, day);
	}
}

static gboolean
is_run(const struct track *t, int64_t now_ms)
{
	g_autoptr(GDateTime) now = base_clock_date(now_ms);
	guint32 today = (guint32)((now_ms + g_date_time_get_utc_offset(now) /
	    1000) / DAY_MS + 1);

	return t->out && t->run + 1 >= HOME_RUN_DAYS &&
	    t->day + HOME_RUN_WEEK >= today;
}

struct home_runs *
home_runs_read(struct store *store, int64_t now_ms, GError **error)
{
	BASE_AUTO(home_readings) all = store_home_all(store, now_ms -
	    HOME_RUN_LOOK * DAY_MS, now_ms + RESULT_AHEAD_MS + 1, error);
	g_autoptr(GHashTable) tracks = g_hash_table_new_full(track_hash,
	    track_equal, g_free, NULL);
	BASE_AUTO(home_runs) out = g_new0(struct home_runs, 1);
	GHashTableIter iter;
	void *at;

	out->text = g_string_chunk_new(4096);
	out->runs = g_array_new(FALSE, TRUE, sizeof(struct home_run));
	g_array_set_clear_func(out->runs, run_clear);
	if (!all)
		return NULL;
	tracks_fill(store, all, now_ms, tracks, out->text);
	g_hash_table_iter_init(&iter, tracks);
	while (g_hash_table_iter_next(&iter, &at, NULL))
		if (is_run(at, now_ms) && !run_add(store, out, at, error))
			return NULL;
	g_array_sort(out->runs, by_gravity);
	return g_steal_pointer(&out);
}

void
home_runs_free(struct home_runs *runs)
{
	if (!runs)
		return;
	if (runs->runs)
		g_array_unref(runs->runs);
	if (runs->text)
		g_string_chunk_free(runs->text);
	g_free(runs);
}
