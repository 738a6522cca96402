/* SPDX-License-Identifier: Apache-2.0 */
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include "net/engine_room.h"
#include "net/file.h"
#include "net/provenance.h"
#include "net/pull.h"
#include "net/push.h"

enum {
	DAY_MS = 86400000,
	REFUSED_RETRY_MS = 300000, /* a login does not mend itself */
	EAGER_MS = 2000,           /* a poke tries at once, not in a storm */
	/* A refused one too: whoever sends may have mended it. Not so often that
	 * the server locks the account. */
	EAGER_REFUSED_MS = 30000,
};

/* ---- state --------------------------------------------------------------- */

/* Told to the doorbell, the store, and a person who watches. */
void
engine_state(struct engine *e, enum doorbell_state state, const char *words)
{
	g_autofree char *note = NULL;
	gboolean new = !e->stated || state != e->state;

	if (new)
		e->since_ms = base_now_ms();
	e->state = state;
	e->stated = TRUE;
	note = g_strdup_printf("%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT,
	    doorbell_state_words[state], e->since_ms, e->s.fresh_ms);
	store_note_set(e->s.store, "sync.state", note, NULL);
	store_note_set(e->s.store, "sync.error", words ? words : "", NULL);
	bell_state(e->s.bell, state, e->since_ms, e->s.fresh_ms);
	if (new)
		base_log(BASE_LOG_INFO, "state %s",
		    doorbell_state_words[state]);
	if (new && e->out) {
		g_autofree char *both = words ? g_strdup_printf(_("%s: %s"),
		    doorbell_state_name(state), words) : NULL;

		fprintf(e->out, "%s\n", both ? both
					     : doorbell_state_name(state));
		fflush(e->out);
	}
}

static void
failed(struct engine *e, const GError *error)
{
	g_autofree char *words = net_error_words(error);
	int64_t ms = net_error_passing(error)
	    ? rest_backoff_ms(e->s.rest, ++e->failures) : REFUSED_RETRY_MS;

	if (g_error_matches(error, NET_ERROR, NET_ERROR_STOPPED))
		return;
	base_log(BASE_LOG_ERROR, "sync failed: %s %d",
	    g_quark_to_string(error->domain), error->code);
	e->connected = FALSE;
	e->next_try_ms = base_mono_ms() + ms;
	e->last_try_ms = base_mono_ms();
	engine_state(e, net_error_state(error), words);
	engine_rounds_end(e, net_error_exit(error));
}

/* ---- steps --------------------------------------------------------------- */

gboolean
engine_connect(struct engine *e, GError **error)
{
	struct sync *s = &e->s;
	const char *told;

	if (!login_ready(s->login, error) || !me_check(s, error))
		return FALSE;
	if (!s->caps || !caps_known(s->caps)) {
		g_clear_pointer(&s->caps, caps_free);
		s->caps = caps_load(s->rest, error);
	}
	if (!s->caps || !me_discover(s, error))
		return FALSE;
	/* `qingnang status` says on what identity rests. */
	store_note_set(s->store, "sync.identity",
	    login_identity(s->login, &told) == LOGIN_TOLD ? "told"
	    : "configured", NULL);
	e->connected = TRUE;
	return TRUE;
}

static gboolean
outbox_waits(struct engine *e)
{
	return e->poked || (e->push_at_ms >= 0 &&
	    base_now_ms() >= e->push_at_ms);
}

gboolean
engine_push(struct engine *e, GError **error)
{
	int64_t wait_ms;
	gboolean fine;

	e->poked = FALSE;
	e->pushing = TRUE;
	fine = push_run(&e->s, &wait_ms, error);
	e->pushing = FALSE;
	e->push_at_ms = wait_ms < 0 ? -1 : base_now_ms() + wait_ms;
	return fine;
}

gboolean
engine_pull(struct engine *e, GError **error)
{
	int64_t began_ms = base_now_ms(), ms;
	gboolean fine;

	feed_delta_begins(e->feed);
	fine = pull_begun(&e->s) ? pull_delta(&e->s, error)
				 : pull_first(&e->s, error);
	feed_delta_ended(e->feed, fine);
	ms = feed_interval_ms(e->feed);
	if (ms < 0)
		ms = base_setting_int(e->s.settings, SET_POLL_SECONDS) * 1000;
	e->delta_at_ms = base_mono_ms() + ms;
	if (!fine)
		return FALSE;
	e->failures = 0;
	e->pulled = TRUE;
	e->s.fresh_ms = began_ms;
	malloc_trim(0);
	return TRUE;
}

/* A patient is asked for before a signature: the whole chart is meant. */
static enum sync_fetched
fetch_ref(struct engine *e, const struct fhir_ref *ref)
{
	struct patient_id patient = { 0 };

	if (strcmp(ref->type, "File") == 0)
		return file_fetch(&e->s, (struct file_id){
		    g_ascii_strtoll(ref->id, NULL, 10) }, NULL);
	if (strcmp(ref->type, "Patient") == 0)
		patient = store_patient_find(e->s.store, ref->id);
	if (patient.n)
		return chart_fresh(&e->s, patient, NULL) ? FETCH_OK :
		    FETCH_FAILED;
	return sync_fetch(&e->s, ref->type, ref->id, NULL);
}

static enum sync_fetched
fetch(struct engine *e, const char *word)
{
	gboolean about = g_str_has_prefix(word, DOORBELL_PROVENANCE);
	struct fhir_ref ref;

	if (about)
		word += strlen(DOORBELL_PROVENANCE);
	if (!fhir_ref_parse(word, &ref))
		return FETCH_FAILED;
	return about ? provenance_fetch(&e->s, &ref) : fetch_ref(e, &ref);
}

/* A file that is on its way is waited for, not fetched twice. */
static guint
next_fetch(const struct engine *e)
{
	g_autofree char *coming = g_strdup_printf("File/%" G_GINT64_FORMAT,
	    (gint64)e->s.file_coming);
	guint i = 0;

	while (i < e->fetches->len && strcmp(coming,
	    g_array_index(e->fetches, struct fetch, i).ref) == 0)
		i++;
	return i;
}

static void
serve_fetches(struct engine *e)
{
	guint at;

	while ((at = next_fetch(e)) < e->fetches->len) {
		struct fetch f = g_array_index(e->fetches, struct fetch, at);
		enum sync_fetched got = FETCH_FAILED;
		static const char *const words[] = { [FETCH_OK] = "ok",
			[FETCH_GONE] = "gone", [FETCH_REFUSED] = "refused",
			[FETCH_FAILED] = "failed" };
		g_array_remove_index(e->fetches, at);
		if (e->connected && base_mono_ms() < f.until_ms)
			got = fetch(e, f.ref);
		bell_answer(e->s.bell, &f.asker, words[got]);
	}
}

/* In the middle of a pull, or while a file comes: what the doctor asks for goes
 * first; and a message does not wait for a film. */
static void
breathe(struct sync *sync, void *user)
{
	struct engine *e = user;

	if (!e->connected)
		return;
	if (outbox_waits(e) && !e->pushing)
		engine_push(e, NULL);
	if (e->breathing)
		return;
	e->breathing = TRUE;
	serve_fetches(e);
	engine_serve_purges(e, NULL);
	if (e->decision)
		decision_step(e->decision);
	if (e->between)
		feed_step(e->feed);
	e->breathing = FALSE;
}

/* One piece of what is due. */
void
engine_step(struct engine *e)
{
	g_autoptr(GError) error = NULL;
	gboolean fine = TRUE, proved = FALSE;

	if (!engine_serve_purges(e, &error)) {
		failed(e, error);
		return;
	}
	/* Its service need not be the server. */
	if (e->decision)
		decision_step(e->decision);
	if (!e->connected && base_mono_ms() < e->next_try_ms)
		return;
	if (!e->connected) {
		fine = engine_connect(e, &error);
		e->delta_at_ms = 0;
		e->pulled = FALSE;
		e->poked |= fine;
		if (fine) {
			engine_state(e, BELL_CATCHING_UP, NULL);
			feed_begin(e->feed);
		}
	}
	if (fine && outbox_waits(e))
		fine = engine_push(e, &error);
	if (fine) {
		e->between = TRUE;
		serve_fetches(e);
		e->between = FALSE;
		feed_step(e->feed);
	}
	if (fine && (base_mono_ms() >= e->delta_at_ms ||
	    engine_rounds(e, BELL_PULL) || feed_wants_delta(e->feed))) {
		engine_rounds_begin(e);
		fine = engine_pull(e, &error);
		proved = fine;
		/* Who asked for it wants to know that its replies went too. */
		if (fine && engine_rounds(e, BELL_PULL))
			fine = engine_push(e, &error);
		/* What was wanted while the server was away. */
		e->between = fine;
		if (fine)
			file_fetch_wanted(&e->s);
		e->between = FALSE;
		if (proved)
			store_rest(e->s.store);
	}
	if (fine && e->connected && e->pulled &&
	    (proved || feed_state(e->feed) != e->state))
		engine_state(e, feed_state(e->feed), feed_words(e->feed));
	if (proved && fine)
		engine_rounds_end(e, NET_EXIT_OK);
	if (!fine && error)
		failed(e, error);
}

/* Until something is due; never more often than needed. */
int
engine_wait_ms(struct engine *e)
{
	int64_t now_ms = base_mono_ms();
	int64_t ms = e->connected ? e->delta_at_ms - now_ms
				  : e->next_try_ms - now_ms;

	if (e->connected && e->push_at_ms >= 0)
		ms = MIN(ms, e->push_at_ms - base_now_ms());
	if (engine_rounds(e, BELL_PURGE) || (e->connected && (e->poked ||
	    e->fetches->len > 0 || engine_rounds(e, BELL_PULL) ||
	    feed_wants_delta(e->feed))))
		return 0;
	if (e->connected)
		ms = MIN(ms, feed_due_ms(e->feed) - now_ms);
	if (e->decision && decision_due_ms(e->decision) >= 0)
		ms = MIN(ms, decision_due_ms(e->decision) - now_ms);
	return (int)CLAMP(ms, 0, DAY_MS);
}

/* ---- the doorbell's wishes ----------------------------------------------- */

static void
eager(struct engine *e)
{
	int64_t rest_ms = net_error_state_passing(e->state) ? EAGER_MS :
	    EAGER_REFUSED_MS;

	if (!e->connected && base_mono_ms() - e->last_try_ms > rest_ms)
		e->next_try_ms = 0;
}

void
engine_poked(void *user)
{
	struct engine *e = user;

	e->poked = TRUE;
	eager(e);
}

void
engine_fetch(void *user, const struct bell_asker *asker, const char *ref,
    int64_t limit_ms)
{
	struct engine *e = user;
	struct fetch f = { .asker = *asker,
		.until_ms = base_mono_ms() + CLAMP(limit_ms, 0, 60000) };

	g_strlcpy(f.ref, ref, sizeof(f.ref));
	/* Nothing to hope for now: the screen need not wait for its limit. */
	if (e->fetches->len < FETCHES_MAX && (e->connected ||
	    e->state == BELL_CATCHING_UP))
		g_array_append_val(e->fetches, f);
	else
		bell_answer(e->s.bell, asker, "failed");
}

void
engine_check_rx(void *user, const struct bell_asker *asker, struct rx_id rx,
    int64_t limit_ms)
{
	struct engine *e = user;

	if (e->decision)
		decision_ask(e->decision, asker, rx, limit_ms);
	else
		bell_answer(e->s.bell, asker, "failed");
}

/* ---- life ---------------------------------------------------------------- */

static gboolean
set_policy(struct engine *e, GError **error)
{
	static const enum setting keys[4] = { [FHIR_STAT] = SET_HOURS_STAT,
		[FHIR_ASAP] = SET_HOURS_ASAP, [FHIR_URGENT] = SET_HOURS_URGENT,
		[FHIR_ROUTINE] = SET_HOURS_ROUTINE };
	int hours[4];

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
		hours[i] = (int)base_setting_int(e->s.settings, keys[i]);
	return store_policy_set(e->s.store, hours, error);
}

/* What was proved by an earlier run stays proved: offline one is told of when. */
static int64_t
fresh_before(struct store *store)
{
	g_autofree char *note = store_note_get(store, "sync.state");
	g_auto(GStrv) words = g_strsplit(note ? note : "", " ", 3);

	return g_strv_length(words) == 3
	    ? g_ascii_strtoll(words[2], NULL, 10) : 0;
}

struct engine *
engine_new(struct loop *loop, struct broker *broker,
    const struct base_settings *settings, const char *profile,
    struct store *store, GError **error)
{
	BASE_AUTO(engine) e = g_new0(struct engine, 1);

	e->s.settings = settings;
	e->s.profile = profile;
	e->s.loop = loop;
	e->s.store = store;
	e->s.fresh_ms = fresh_before(store);
	e->s.breathe = breathe;
	e->s.breathe_user = e;
	e->s.relaxed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
	    NULL);
	e->fetches = g_array_new(FALSE, FALSE, sizeof(struct fetch));
	e->rounds = g_array_new(FALSE, FALSE, sizeof(struct round));
	e->s.rest = rest_new(loop, settings, error);
	if (!e->s.rest || !set_policy(e, error))
		return NULL;
	e->s.login = login_new(e->s.rest, broker, settings, store);
	return g_steal_pointer(&e);
}

void
engine_free(struct engine *e)
{
	if (!e)
		return;
	feed_free(e->feed);
	/* Its calls end here, not after it. */
	if (e->s.rest)
		rest_cancel(e->s.rest);
	decision_free(e->decision);
	bell_free(e->s.bell);
	login_free(e->s.login);
	rest_free(e->s.rest);
	caps_free(e->s.caps);
	g_strfreev(e->s.me);
	g_free(e->s.pool);
	g_clear_pointer(&e->s.relaxed, g_hash_table_unref);
	g_clear_pointer(&e->fetches, g_array_unref);
	g_clear_pointer(&e->rounds, g_array_unref);
	g_free(e);
}

struct sync *
engine_sync(struct engine *e)
{
	return &e->s;
}
