/* SPDX-License-Identifier: Apache-2.0 */
#include <openssl/rand.h>
#include <string.h>

#include "clinic/feed.h"
#include "clinic/param.h"

#define EVENTS_KEPT 1000
#define ACTIVATE_MS 100 /* HAPI: from requested to active */

struct clinic_feed {
	struct clinic_feed_ops ops;
	struct lws_context *lws;
	GHashTable *subs;    /* id → struct clinic_subscription */
	GHashTable *tickets; /* token → struct clinic_ticket */
	int token_seconds;
	GPtrArray *waiting;  /* HAPI: ids that become active soon */
	lws_sorted_usec_list_t timer;
};

/* ---- the table of them -------------------------------------------------- */

struct clinic_feed_ops *
clinic_feed_ops(struct clinic_feed *f)
{
	return &f->ops;
}

struct clinic_subscription *
clinic_feed_find(struct clinic_feed *f, const char *id)
{
	return g_hash_table_lookup(f->subs, id);
}

/* HAPI: writes the Subscription anew as active, some time after its birth. */
static void
activate(struct clinic_feed *f, const char *id)
{
	struct clinic *c = f->ops.c;
	BASE_AUTO(clinic_row) row = clinic_db_get(c->db, "Subscription", id,
	    NULL);
	struct clinic_span status;
	g_autoptr(GString) text = NULL;

	if (!row || row->deleted)
		return;
	text = g_string_new_len(row->json, row->len);
	if (!clinic_span_member((struct clinic_span){ text->str, text->len },
	    "status", &status))
		return;
	{
		gssize at = status.at - text->str;
		g_string_erase(text, at, status.len);
		g_string_insert(text, at, "\"active\"");
	}
	clinic_db_put(c->db, "Subscription", id, text->str, text->len,
	    clinic_now_ms(c), NULL, NULL);
}

static void
on_timer(lws_sorted_usec_list_t *sul)
{
	struct clinic_feed *f = lws_container_of(sul, struct clinic_feed,
	    timer);
	g_autoptr(GPtrArray) waiting = g_steal_pointer(&f->waiting);
	guint i;

	f->waiting = g_ptr_array_new_with_free_func(g_free);
	for (i = 0; i < waiting->len; i++)
		activate(f, waiting->pdata[i]);
}

static void
learn(struct clinic_feed *f, const struct clinic_row *row)
{
	json_t *tree;
	struct clinic_subscription *s, *old;

	old = g_hash_table_lookup(f->subs, row->id);
	if (row->deleted) {
		if (old)
			old->dead = TRUE;
		return;
	}
	tree = json_loadb(row->json, row->len, 0, NULL);
	s = clinic_subscription_of(tree);
	s->id = g_strdup(row->id);
	s->told = old ? old->told : 0;
	if (f->ops.c->dialect == DIALECT_HAPI && !g_strcmp0("requested",
	    json_string_value(json_object_get(tree, "status")))) {
		g_ptr_array_add(f->waiting, g_strdup(row->id));
		lws_sul_schedule(f->lws, 0, &f->timer, on_timer,
		    ACTIVATE_MS * LWS_US_PER_MS);
	}
	json_decref(tree);
	g_hash_table_replace(f->subs, s->id, s);
}

static gboolean
learn_each(const struct clinic_row *row, void *user)
{
	learn(user, row);
	return TRUE;
}

/* ---- a write ------------------------------------------------------------ */

static gboolean
matches(struct clinic_feed *f, const struct clinic_subscription *s,
    const struct clinic_row *row)
{
	guint i;

	for (i = 0; i < s->criteria->len; i++) {
		struct clinic_criterion *k = s->criteria->pdata[i];
		if (!strcmp(k->type, row->type) &&
		    clinic_search_matches(f->ops.c, k->type, row->id,
			k->query, row->deleted, NULL))
			return TRUE;
	}
	return FALSE;
}

/* Keeps the last of them for $events. */
static void
remember(struct clinic_subscription *s, const struct clinic_event *e)
{
	struct clinic_event copy = *e;

	copy.type = g_strdup(e->type);
	copy.id = g_strdup(e->id);
	copy.version = g_strdup(e->version);
	g_array_set_clear_func(s->events, clinic_event_clear);
	g_array_append_val(s->events, copy);
	if (s->events->len > EVENTS_KEPT)
		g_array_remove_range(s->events, 0, s->events->len / 2);
}

static void
tell(struct clinic_feed *f, struct clinic_subscription *s,
    const struct clinic_row *row)
{
	BASE_AUTO(clinic_row) before = NULL;
	const struct clinic_row *shown = row;
	struct clinic_event e = { .type = (char *)row->type,
		.id = (char *)row->id, .version = (char *)row->version,
		.deleted = row->deleted,
		.created = !strcmp(row->method, "POST"),
		.at_ms = row->updated_ms };

	/* Medplum: a delete looks like an update. */
	if (row->deleted) {
		before = clinic_db_before(f->ops.c->db, row, NULL);
		shown = before;
	}
	s->told++;
	remember(s, &e);
	clinic_sockets_tell(f, s, &e, shown ? shown->json : "{}",
	    shown ? shown->len : 2);
}

static void
on_write(const struct clinic_row *row, void *user)
{
	struct clinic_feed *f = user;
	GHashTableIter at;
	void *value;

	if (!strcmp(row->type, "Subscription"))
		learn(f, row);
	g_hash_table_iter_init(&at, f->subs);
	while (g_hash_table_iter_next(&at, NULL, &value)) {
		struct clinic_subscription *s = value;
		if (s->active && !s->dead && matches(f, s, row))
			tell(f, s, row);
	}
}

/* ---- tickets ------------------------------------------------------------ */

static void
ticket_free(void *p)
{
	g_free(((struct clinic_ticket *)p)->subscription);
	g_free(p);
}

const struct clinic_ticket *
clinic_feed_ticket(struct clinic_feed *f, const char *token)
{
	return g_hash_table_lookup(f->tickets, token);
}

static char *
base64url(const void *bytes, size_t len)
{
	char *text = g_base64_encode(bytes, len);

	g_strdelimit(text, "+", '-');
	g_strdelimit(text, "/", '_');
	text[strcspn(text, "=")] = 0;
	return text;
}

/* Shaped like Medplum's: a JWT whose exp is the truth. */
static char *
token_for(struct clinic_feed *f, const char *id, int64_t ends_ms)
{
	static const char head[] = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";
	g_autofree char *claims = g_strdup_printf("{\"subscription_id\":\"%s\""
	    ",\"iat\":%" G_GINT64_FORMAT ",\"exp\":%" G_GINT64_FORMAT "}", id,
	    clinic_now_ms(f->ops.c) / 1000, ends_ms / 1000);
	g_autofree char *a = base64url(head, strlen(head));
	g_autofree char *b = base64url(claims, strlen(claims));
	g_autofree char *c = NULL;
	unsigned char seal[32];

	if (RAND_bytes(seal, sizeof(seal)) != 1)
		g_error("no random numbers");
	c = base64url(seal, sizeof(seal));
	return g_strjoin(".", a, b, c, NULL);
}

/* Medplum tells an expiration that is not the token's own. */
static void
answer_token(struct clinic_feed *f, const char *id, struct clinic_answer *a)
{
	struct clinic_ticket *t = g_new0(struct clinic_ticket, 1);
	struct clinic *c = f->ops.c;
	char *token, expiration[CLINIC_STAMP_SIZE];

	/* exp counts whole seconds. */
	t->ends_ms = (clinic_now_ms(c) / 1000 + f->token_seconds) * 1000;
	t->subscription = g_strdup(id);
	token = token_for(f, id, t->ends_ms);
	clinic_stamp(t->ends_ms + (c->dialect == DIALECT_MEDPLUM ? 3600000 :
	    0), expiration);
	a->status = 200;
	a->body = g_string_new(NULL);
	g_string_append_printf(a->body, "{\"resourceType\":\"Parameters\","
	    "\"parameter\":[{\"name\":\"token\",\"valueString\":\"%s\"},"
	    "{\"name\":\"expiration\",\"valueDateTime\":\"%s\"},"
	    "{\"name\":\"subscription\",\"valueString\":\"%s\"},"
	    "{\"name\":\"websocket-url\",\"valueUrl\":\"%s\"}]}", token,
	    expiration, id, c->socket_url);
	g_hash_table_insert(f->tickets, token, t);
}

/* ---- operations --------------------------------------------------------- */

static void
op_token(struct clinic_feed *f, struct clinic_subscription *s,
    const GArray *query, struct clinic_answer *a)
{
	answer_token(f, s->id, a);
}

static void
op_status(struct clinic_feed *f, struct clinic_subscription *s,
    const GArray *query, struct clinic_answer *a)
{
	GString *frame = clinic_frame(f->ops.c, FRAME_QUERY_STATUS, s, NULL, 0,
	    NULL, 0);

	g_string_replace(frame, "\"type\":\"history\"",
	    "\"type\":\"searchset\"", 1);
	a->status = 200;
	a->body = frame;
}

static int64_t
number_of(const GArray *query, const char *name, int64_t otherwise)
{
	const char *text = clinic_query_get(query, name);

	return text ? g_ascii_strtoll(text, NULL, 10) : otherwise;
}

/* The piece of a frame between its entry's brackets. */
static void
append_entries(GString *out, const GString *frame, gboolean first)
{
	const char *from = strstr(frame->str, "\"entry\":[") + 9;

	if (!first)
		g_string_append_c(out, ',');
	g_string_append_len(out, from, frame->str + frame->len - 2 - from);
}

static void
op_events(struct clinic_feed *f, struct clinic_subscription *s,
    const GArray *query, struct clinic_answer *a)
{
	int64_t from = number_of(query, "eventsSinceNumber", 1);
	int64_t to = number_of(query, "eventsUntilNumber", s->told);
	int64_t first = s->told - s->events->len + 1, n;
	gboolean any = FALSE;

	a->status = 200;
	a->body = g_string_new("{\"resourceType\":\"Bundle\",\"type\":"
	    "\"history\",\"entry\":[");
	for (n = MAX(from, first); n <= MIN(to, s->told); n++) {
		struct clinic_event *e = &g_array_index(s->events,
		    struct clinic_event, n - first);
		BASE_AUTO(clinic_row) row = clinic_db_vget(f->ops.c->db,
		    e->type, e->id, e->version, NULL);
		GString *frame = clinic_frame(f->ops.c, FRAME_QUERY_EVENT, s,
		    e, n, row && row->json ? row->json : "{}",
		    row && row->json ? row->len : 2);
		append_entries(a->body, frame, !any);
		any = TRUE;
		g_string_free(frame, TRUE);
	}
	if (!any)
		g_string_truncate(a->body, a->body->len -
		    strlen(",\"entry\":["));
	g_string_append(a->body, any ? "]}" : "}");
}

static const struct {
	const char *name;
	unsigned dialects;
	void (*answer)(struct clinic_feed *f, struct clinic_subscription *s,
	    const GArray *query, struct clinic_answer *a);
} operations[] = {
	{ "$get-ws-binding-token", 1 << DIALECT_MEDPLUM | 1 << DIALECT_BACKPORT,
	  op_token },
	{ "$status", 1 << DIALECT_BACKPORT, op_status },
	{ "$events", 1 << DIALECT_BACKPORT, op_events },
};

void
clinic_feed_operation(struct clinic *c, const char *id, const char *name,
    const GArray *query, struct clinic_answer *a)
{
	struct clinic_subscription *s = c->feed ?
	    clinic_feed_find(c->feed, id) : NULL;
	size_t i;

	for (i = 0; s && !s->dead && i < G_N_ELEMENTS(operations); i++) {
		if (strcmp(operations[i].name, name) ||
		    !(operations[i].dialects & 1 << c->dialect))
			continue;
		operations[i].answer(c->feed, s, query, a);
		return;
	}
	clinic_answer_error(a, g_error_new_literal(CLINIC_ERROR, 404,
	    s && !s->dead ? "There is no such operation" :
	    "There is no such Subscription"));
}

/* ---- life --------------------------------------------------------------- */

struct clinic_feed *
clinic_feed_new(struct clinic *c, struct lws_context *lws, int token_seconds,
    int heartbeat_ms, gboolean frame_times)
{
	struct clinic_feed *f = g_new0(struct clinic_feed, 1);

	f->ops.c = c;
	f->ops.heartbeat_ms = heartbeat_ms;
	f->ops.frame_times = frame_times;
	f->ops.sockets = g_ptr_array_new();
	f->lws = lws;
	f->token_seconds = token_seconds;
	f->subs = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
	    clinic_subscription_free);
	f->tickets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
	    ticket_free);
	f->waiting = g_ptr_array_new_with_free_func(g_free);
	clinic_db_each(c->db, "Subscription", learn_each, f, NULL);
	clinic_on_write(c->db, on_write, f);
	return f;
}

void
clinic_feed_free(struct clinic_feed *f)
{
	g_hash_table_destroy(f->subs);
	g_hash_table_destroy(f->tickets);
	g_ptr_array_free(f->waiting, TRUE);
	g_ptr_array_free(f->ops.sockets, TRUE);
	g_free(f);
}
