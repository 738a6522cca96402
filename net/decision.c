/* SPDX-License-Identifier: Apache-2.0 */
#include "net/decision_room.h"

#include <string.h>

enum { ASKED_MAX = 64, LIMIT_MAX_MS = 20000, REDISCOVER_MS = 10 * 60 * 1000 };

/* One question of the doctor's: every service answers, or its time is over. */
struct asked {
	struct decision *d;
	struct bell_asker asker;
	int64_t until_ms;
	struct rx_id rx;
	gboolean begun, told;
	int open;              /* calls in flight; the last one frees */
	gboolean failed;       /* a service did not answer as it should */
	GString *cards;
};
struct decision {
	struct sync *s;
	GPtrArray *services;   /* NULL: not discovered, or too long ago */
	int64_t discovered_ms;
	GPtrArray *asked;      /* struct asked */
	gboolean gone;         /* freed while calls were in flight */
};

static char *
service_url(struct decision *d, const char *id)
{
	const char *base = base_setting(d->s->settings, SET_CDS_URL);
	size_t len = strlen(base);

	while (len && base[len - 1] == '/')
		len--;
	return id ? g_strdup_printf("%.*s/%s", (int)len, base, id) :
	    g_strndup(base, len);
}

/* ---- the end of a question ---------------------------------------------- */

static void
asked_free(struct asked *a)
{
	g_string_free(a->cards, TRUE);
	g_free(a);
}

/* The store, then the doorbell: once. What comes later is not waited for. */
static void
tell(struct asked *a, enum card_state state)
{
	struct decision *d = a->d;
	g_autofree char *json = g_strdup_printf("{\"cards\":[%s]}",
	    a->cards->str);

	if (a->told)
		return;
	a->told = TRUE;
	store_cards_put(d->s->store, a->rx, state,
	    state == CARDS_ANSWERED ? json : NULL,
	    state == CARDS_ANSWERED ? strlen(json) : 0, NULL);
	bell_answer(d->s->bell, &a->asker, state == CARDS_ANSWERED ? "ok" :
	    "failed");
	bell_changed(d->s->bell, BELL_KIND_ALL, 0);
	g_ptr_array_remove(d->asked, a);
}

static void
settle(struct asked *a)
{
	if (a->open > 0)
		return;
	if (!a->d->gone)
		tell(a, a->failed ? CARDS_SILENT : CARDS_ANSWERED);
	asked_free(a);
}

/* ---- calls -------------------------------------------------------------- */

static void
on_cards(struct rest_answer *answer, GError *error, void *user)
{
	struct asked *a = user;
	g_autofree char *cards = NULL;

	if (answer && answer->status == 200 && !a->d->gone)
		cards = cards_read(answer->body, answer->len,
		    rest_limits(a->d->s->rest));
	if (!cards)
		a->failed = TRUE;
	else if (*cards)
		g_string_append_printf(a->cards, "%s%s",
		    a->cards->len ? "," : "", cards);
	rest_answer_free(answer);
	g_clear_error(&error);
	a->open--;
	settle(a);
}

static gboolean
call(struct asked *a, const char *url, const char *body, rest_done_fn *done)
{
	/* The service is told what it needs, never who may read more. */
	struct rest_request request = {
		.method = body ? "POST" : "GET", .url = url, .bare = TRUE,
		.elsewhere = TRUE, .body = body, .len = body ? strlen(body) : 0,
		.content_type = body ? "application/json" : NULL,
	};

	if (!rest_start(a->d->s->rest, &request, done, a, NULL))
		return FALSE;
	a->open++;
	return TRUE;
}

static void
ask_services(struct asked *a)
{
	struct decision *d = a->d;
	BASE_AUTO(rx_row) row = store_rx_get(d->s->store, a->rx, NULL);
	const char *hook = row && row->prior_ref ? "medication-refill" : NULL;

	for (guint i = 0; row && i < d->services->len; i++) {
		const struct service *service = d->services->pdata[i];
		g_autofree char *url = service_url(d, service->id);
		g_autofree char *body = NULL;

		if (strcmp(service->hook, "order-sign") != 0 &&
		    g_strcmp0(service->hook, hook) != 0)
			continue;
		body = question_write(d->s, service, row);
		if (!body || !call(a, url, body, on_cards))
			a->failed = TRUE;
	}
	if (!row)
		a->failed = TRUE;
}

static void
on_services(struct rest_answer *answer, GError *error, void *user)
{
	struct asked *a = user;
	struct decision *d = a->d;

	if (answer && answer->status == 200 && !d->gone) {
		if (d->services)
			g_ptr_array_unref(d->services);
		d->services = services_read(answer->body, answer->len,
		    rest_limits(d->s->rest));
		d->discovered_ms = base_mono_ms();
	}
	if (!d->gone && d->services && !a->told)
		ask_services(a);
	else
		a->failed = TRUE;
	rest_answer_free(answer);
	g_clear_error(&error);
	a->open--;
	settle(a);
}

/* ---- steps -------------------------------------------------------------- */

static void
begin(struct asked *a)
{
	struct decision *d = a->d;
	g_autofree char *url = service_url(d, NULL);

	a->begun = TRUE;
	store_cards_put(d->s->store, a->rx, CARDS_ASKED, NULL, 0, NULL);
	if (!d->s->me)
		a->failed = TRUE;
	else if (d->services &&
	    base_mono_ms() - d->discovered_ms < REDISCOVER_MS)
		ask_services(a);
	else if (!call(a, url, NULL, on_services))
		a->failed = TRUE;
	settle(a);
}

static gboolean
overdue(const struct asked *a)
{
	return base_mono_ms() >= a->until_ms;
}

/* A question that comes before it is known who asks waits for that, though not
 * for ever: a service is told the doctor. */
static gboolean
may_begin(const struct asked *a)
{
	return a->d->s->me || overdue(a);
}

void
decision_step(struct decision *d)
{
	/* Each begin() or tell() may take an entry out: from the last on. */
	for (guint i = d->asked->len; i-- > 0;) {
		struct asked *a = d->asked->pdata[i];

		if (!a->begun && may_begin(a))
			begin(a);
		else if (a->begun && overdue(a))
			tell(a, CARDS_SILENT); /* freed by its last call */
	}
}

int64_t
decision_due_ms(const struct decision *d)
{
	int64_t due = -1;

	for (guint i = 0; i < d->asked->len; i++) {
		const struct asked *a = d->asked->pdata[i];
		int64_t at = a->begun || !may_begin(a) ? a->until_ms : 0;

		due = due < 0 ? at : MIN(due, at);
	}
	return due;
}

void
decision_ask(struct decision *d, const struct bell_asker *asker,
    struct rx_id rx, int64_t limit_ms)
{
	struct asked *a;

	if (!*base_setting(d->s->settings, SET_CDS_URL) ||
	    d->asked->len >= ASKED_MAX) {
		bell_answer(d->s->bell, asker, "failed");
		return;
	}
	a = g_new0(struct asked, 1);
	a->d = d;
	a->asker = *asker;
	a->rx = rx;
	a->until_ms = base_mono_ms() + CLAMP(limit_ms, 0, LIMIT_MAX_MS);
	a->cards = g_string_new(NULL);
	g_ptr_array_add(d->asked, a);
}

struct decision *
decision_new(struct sync *sync)
{
	struct decision *d = g_new0(struct decision, 1);

	d->s = sync;
	d->asked = g_ptr_array_new();
	return d;
}

/* rest_cancel() has ended every call before this: their askers are gone but for
 * those that never began. */
void
decision_free(struct decision *d)
{
	if (!d)
		return;
	d->gone = TRUE;
	while (d->asked->len > 0) {
		struct asked *a = g_ptr_array_remove_index(d->asked,
		    d->asked->len - 1);

		if (a->open == 0)
			asked_free(a);
	}
	g_ptr_array_unref(d->asked);
	if (d->services)
		g_ptr_array_unref(d->services);
	g_free(d);
}
