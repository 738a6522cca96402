/* SPDX-License-Identifier: Apache-2.0 */
/* Subscriptions and what binds them to a socket. */
#include <string.h>
#include "net/socket_feed.h"

enum {
	ANSWER_MS = 15000,     /* for a handshake */
	LOOK_AGAIN_MS = 250,   /* whether a Subscription is active by now */
	TOPICS_MAX = 8,
};

/* What is said of me, one criterion each; the pull's own scopes. */
static const struct { const char *type, *param; } criteria[] = {
	{ "Communication", "recipient" },
	{ "Task", "owner" },
	{ "DiagnosticReport", "results-interpreter" },
};

void
binding_free(void *p)
{
	struct binding *b = p;

	if (b->token)
		explicit_bzero(b->token, strlen(b->token));
	g_ptr_array_unref(b->criteria);
	g_free(b->topic);
	g_free(b->id);
	g_free(b->token);
	g_free(b);
}

struct binding *
binding_of(struct feed *feed, const char *id)
{
	for (guint i = 0; i < feed->bindings->len; i++) {
		struct binding *b = g_ptr_array_index(feed->bindings, i);
		if (g_strcmp0(b->id, id) == 0)
			return b;
	}
	return NULL;
}

gboolean
binding_names(const struct binding *b, const char *criterion)
{
	return g_strv_contains((const char *const *)b->criteria->pdata,
	    criterion);
}

/* ---- which --------------------------------------------------------------- */

static struct binding *
add_binding(struct feed *feed, const char *topic)
{
	struct binding *b = g_new0(struct binding, 1);

	b->criteria = g_ptr_array_new_with_free_func(g_free);
	b->topic = g_strdup(topic);
	b->rebind_ms = b->ends_wall_ms = INT64_MAX;
	g_ptr_array_add(feed->bindings, b);
	return b;
}

static void
add_criterion(struct feed *feed, struct binding *b, size_t i)
{
	g_autofree char *scope = me_scope(feed->s, criteria[i].param);

	g_ptr_array_add(b->criteria, g_strdup_printf("%s?%s",
	    criteria[i].type, scope));
}

/* One Subscription for each, or, where the server has topics, one for each of
 * these with all of them as filters. */
static void
choose(struct feed *feed)
{
	const char *const *topics = caps_topics(feed->s->caps);
	gboolean by_topic = feed->dialect->topics && topics[0];
	struct binding *b = NULL;

	for (guint t = 0; by_topic && t < TOPICS_MAX && topics[t]; t++) {
		b = add_binding(feed, topics[t]);
		for (size_t i = 0; i < G_N_ELEMENTS(criteria); i++)
			add_criterion(feed, b, i);
	}
	for (size_t i = 0; !by_topic && i < G_N_ELEMENTS(criteria); i++)
		if (caps_type(feed->s->caps, criteria[i].type))
			add_criterion(feed, add_binding(feed, NULL), i);
	for (guint i = 0; i < feed->bindings->len; i++) {
		b = g_ptr_array_index(feed->bindings, i);
		g_ptr_array_add(b->criteria, NULL);
	}
}

/* ---- making -------------------------------------------------------------- */

static void
take_status(struct feed *feed, struct binding *b,
    const struct rest_answer *answer)
{
	BASE_AUTO(fhir_doc) doc = answer->body ? fhir_parse(answer->body,
	    answer->len, rest_limits(feed->s->rest), NULL) : NULL;
	struct fhir_head head;

	if (!doc || !fhir_head(fhir_root(doc), &head, NULL) ||
	    strcmp(head.type, "Subscription") != 0)
		return;
	if (!b->id)
		b->id = g_strdup(head.id);
	b->active = g_strcmp0(fhir_text(fhir_root(doc), "status"),
	    "active") == 0;
}

/* Some answer 201 with nothing but an address. */
static void
take_location(struct binding *b, const struct rest_answer *answer)
{
	struct fhir_ref ref;

	if (!b->id && answer->location &&
	    fhir_ref_parse(answer->location, &ref) &&
	    strcmp(ref.type, "Subscription") == 0)
		b->id = g_strdup(ref.id);
}

/* FALSE with error for what may pass, and for what will not. */
static gboolean
create(struct feed *feed, struct binding *b, GError **error)
{
	struct dialect_ask ask = {
		.criteria = (const char *const *)b->criteria->pdata,
		.topic = b->topic };
	g_autofree char *body = dialect_subscription(feed->dialect, &ask);
	struct rest_request request = { .method = "POST",
		.url = "Subscription", .body = body, .len = strlen(body),
		.prefer = "return=representation" };
	BASE_AUTO(rest_answer) answer = rest_call(feed->s->rest, &request,
	    error);

	if (!answer || !rest_ok(feed->s->rest, answer, error))
		return FALSE;
	take_status(feed, b, answer);
	take_location(b, answer);
	if (b->id)
		return TRUE;
	net_error_set(error, NET_ERROR_NOT_FHIR, rest_host(feed->s->rest),
	    NULL);
	return FALSE;
}

static gboolean
look(struct feed *feed, struct binding *b, GError **error)
{
	g_autofree char *url = g_strdup_printf("Subscription/%s", b->id);
	BASE_AUTO(rest_answer) answer = rest_get(feed->s->rest, url, error);

	if (!answer || !rest_ok(feed->s->rest, answer, error))
		return FALSE;
	take_status(feed, b, answer);
	return TRUE;
}

static gboolean
make_one(struct feed *feed, struct binding *b, GError **error)
{
	if (!b->id && !create(feed, b, error))
		return FALSE;
	return b->active || look(feed, b, error);
}

static void
note_made(struct feed *feed)
{
	g_autoptr(GString) ids = g_string_new(NULL);

	for (guint i = 0; i < feed->bindings->len; i++) {
		struct binding *b = g_ptr_array_index(feed->bindings, i);
		if (b->id && feed->dialect->keeps)
			g_string_append_printf(ids, "%s%s", ids->len ? " " : "",
			    b->id);
	}
	store_note_set(feed->s->store, "sync.subscriptions", ids->str, NULL);
}

static void
sorry(struct feed *feed, const GError *error)
{
	if (net_error_passing(error))
		feed_lost(feed, error->message);
	else
		feed_refused(feed, error->message);
}

/* A type or topic that the server will not tell of is asked for by the delta
 * alone; with none left there is no feed. */
static gboolean
make_all(struct feed *feed, GError **error)
{
	for (guint i = 0; i < feed->bindings->len;) {
		struct binding *b = g_ptr_array_index(feed->bindings, i);
		g_autoptr(GError) why = NULL;
		if (make_one(feed, b, &why)) {
			i++;
			continue;
		}
		if (net_error_passing(why) || feed->bindings->len == 1) {
			g_propagate_error(error, g_steal_pointer(&why));
			return FALSE;
		}
		base_log(BASE_LOG_INFO, "subscription refused: %d", why->code);
		g_ptr_array_remove_index(feed->bindings, i);
	}
	return TRUE;
}

gboolean
feed_make(struct feed *feed)
{
	g_autoptr(GError) error = NULL;

	if (feed->bindings->len == 0) {
		feed_forget(feed);
		choose(feed);
	}
	if (!make_all(feed, &error)) {
		feed->stale = TRUE;
		sorry(feed, error);
		return FALSE;
	}
	note_made(feed);
	if (!feed_all_active(feed))
		feed->due_ms = base_mono_ms() + LOOK_AGAIN_MS;
	return TRUE;
}

gboolean
feed_all_active(const struct feed *feed)
{
	for (guint i = 0; i < feed->bindings->len; i++)
		if (!((struct binding *)g_ptr_array_index(feed->bindings,
		    i))->active)
			return FALSE;
	return TRUE;
}

void
feed_forget(struct feed *feed)
{
	g_autofree char *note = store_note_get(feed->s->store,
	    "sync.subscriptions");
	g_auto(GStrv) ids = g_strsplit(note ? note : "", " ", -1);

	for (size_t i = 0; ids[i]; i++) {
		g_autofree char *url = g_strdup_printf("Subscription/%s",
		    ids[i]);
		struct rest_request request = { .method = "DELETE",
			.url = url };
		if (*ids[i])
			rest_answer_free(rest_call(feed->s->rest, &request,
			    NULL));
	}
	if (note && *note)
		store_note_set(feed->s->store, "sync.subscriptions", "", NULL);
}

/* ---- tickets ------------------------------------------------------------- */

/* Where the socket is must be where the login may go. */
static gboolean
take_path(struct feed *feed, const char *url)
{
	char *path = socket_path(rest_base(feed->s->rest), url,
	    rest_aliases(feed->s->rest));

	if (!path) {
		feed_refused(feed, _("The server names another address for its "
		    "WebSocket; nothing was sent there. If that address is the "
		    "server's own, list it in origin_aliases."));
		return FALSE;
	}
	g_free(feed->path);
	feed->path = path;
	return TRUE;
}

static void
take_ticket(struct binding *b, struct dialect_ticket *ticket)
{
	int64_t life_ms = ticket->life_ms;

	if (b->token)
		explicit_bzero(b->token, strlen(b->token));
	g_free(b->token);
	b->token = g_steal_pointer(&ticket->token);
	/* A quarter is left for what goes wrong. */
	b->rebind_ms = life_ms ? base_mono_ms() + life_ms / 4 * 3 : INT64_MAX;
	b->ends_wall_ms = life_ms ? base_now_ms() + life_ms : INT64_MAX;
}

static gboolean
fetch_ticket(struct feed *feed, struct binding *b)
{
	struct rest *rest = feed->s->rest;
	g_autofree char *url = g_strdup_printf(
	    "Subscription/%s/$get-ws-binding-token", b->id);
	g_autoptr(GError) error = NULL;
	BASE_AUTO(rest_answer) answer = rest_get(rest, url, &error);
	struct dialect_ticket ticket;
	gboolean fine;

	if (!answer || !rest_ok(rest, answer, &error)) {
		/* Gone at the server: made anew at the next attempt. */
		feed->stale |= answer != NULL;
		feed_lost(feed, error->message);
		return FALSE;
	}
	if (!dialect_ticket_read(&ticket, answer->body, answer->len,
	    answer->date_ms, rest_limits(rest))) {
		feed_refused(feed, _("The server's answer about its WebSocket "
		    "was not understood."));
		return FALSE;
	}
	fine = take_path(feed, ticket.url);
	if (fine)
		take_ticket(b, &ticket);
	dialect_ticket_clear(&ticket);
	return fine;
}

gboolean
feed_tickets(struct feed *feed)
{
	const char *url = caps_websocket(feed->s->caps);

	if (!feed->dialect->tokens && url)
		return take_path(feed, url);
	if (!feed->dialect->tokens) {
		feed_refused(feed, _("The server does not say where its "
		    "WebSocket is."));
		return FALSE;
	}
	for (guint i = 0; i < feed->bindings->len; i++) {
		if (!fetch_ticket(feed, g_ptr_array_index(feed->bindings, i)))
			return FALSE;
	}
	return TRUE;
}

/* ---- binding ------------------------------------------------------------- */

static void
bind_one(struct feed *feed, struct binding *b)
{
	g_autofree char *words = feed->dialect->bind(b->id, b->token);

	b->answer_by_ms = base_mono_ms() + ANSWER_MS;
	socket_say(feed->socket, words);
	explicit_bzero(words, strlen(words));
}

void
feed_bind(struct feed *feed)
{
	for (guint i = 0; i < feed->bindings->len; i++) {
		struct binding *b = g_ptr_array_index(feed->bindings, i);
		b->bound = FALSE;
		b->number = 0;
		bind_one(feed, b);
	}
}

/* A machine that slept may wake after the end: then it is too late. */
static gboolean
too_late(const struct binding *b)
{
	int64_t now_ms = base_mono_ms();

	return base_now_ms() >= b->ends_wall_ms ||
	    (b->answer_by_ms && now_ms >= b->answer_by_ms);
}

void
feed_rebind(struct feed *feed)
{
	for (guint i = 0; i < feed->bindings->len; i++) {
		struct binding *b = g_ptr_array_index(feed->bindings, i);
		if (too_late(b)) {
			feed_lost(feed, NULL);
			return;
		}
		if (base_mono_ms() < b->rebind_ms)
			continue;
		/* It may be lost meanwhile. */
		if (!fetch_ticket(feed, b) || feed->stage != FEED_BOUND)
			return;
		bind_one(feed, b);
	}
}

int64_t
feed_rebind_due_ms(const struct feed *feed)
{
	int64_t due_ms = INT64_MAX;

	for (guint i = 0; i < feed->bindings->len; i++) {
		const struct binding *b = g_ptr_array_index(feed->bindings, i);
		due_ms = MIN(due_ms, b->rebind_ms);
		if (b->answer_by_ms)
			due_ms = MIN(due_ms, b->answer_by_ms);
	}
	return due_ms;
}
