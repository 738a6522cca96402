/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what each dialect says and understands: the recorded frames, the
 * Subscriptions it asks for, the token whose own end counts, which dialect a
 * server speaks, where a socket may be, and what no proxy stands before.
 */
#include "tests/tap.h"
#include <string.h>
#include "net/dialect.h"
#include "net/socket.h"
#include "net/socket_room.h"

static const struct dialect *const all[] = { &dialect_medplum,
	&dialect_backport, &dialect_hapi };

/* A recorded frame, its blanks filled in. */
static struct frame *
recorded(const struct dialect *dialect, const char *name)
{
	g_autofree char *file = g_strdup_printf("tests/fixtures/frames/%s",
	    name);
	g_autofree char *path = test_src(file);
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *bytes = NULL;

	assert_true(g_file_get_contents(path, &bytes, NULL, NULL));
	g_string_assign(text, bytes);
	g_string_replace(text, "\"$RESOURCE\"", "{\"resourceType\":"
	    "\"Communication\",\"id\":\"m1\",\"status\":\"completed\"}", 0);
	g_string_replace(text, "$SUB", "s1", 0);
	g_string_replace(text, "$ID", "m1", 0);
	g_string_replace(text, "$BASE", "http://127.0.0.1:1/fhir", 0);
	return frame_read(dialect, g_strndup(text->str, text->len), text->len,
	    &fhir_limits_default);
}

static void
expect(const struct dialect *dialect, const char *name, enum frame_kind kind,
    guint items, int64_t number)
{
	BASE_AUTO(frame) frame = recorded(dialect, name);
	const struct frame_item *item;

	assert_int_equal(frame->kind, kind);
	assert_string_equal(frame->subscription, "s1");
	assert_int_equal(frame->items->len, items);
	assert_int_equal(frame->number, number);
	if (!items)
		return;
	item = &g_array_index(frame->items, struct frame_item, 0);
	assert_string_equal(item->ref.type, "Communication");
	assert_string_equal(item->ref.id, "m1");
	assert_non_null(item->bytes);
	assert_true(item->bytes >= frame->bytes &&
	    item->bytes + item->len <= frame->bytes + frame->len);
}

static void
test_recorded(void **state)
{
	const struct dialect *m = &dialect_medplum, *b = &dialect_backport;

	expect(m, "medplum-handshake.json", FRAME_HANDSHAKE, 0, 0);
	expect(m, "medplum-heartbeat.json", FRAME_HEARTBEAT, 0, 0);
	expect(m, "medplum-event.json", FRAME_EVENT, 1, 0);
	expect(b, "backport-handshake.json", FRAME_HANDSHAKE, 0, 0);
	expect(b, "backport-heartbeat.json", FRAME_HEARTBEAT, 0, 1);
	expect(b, "backport-event.json", FRAME_EVENT, 1, 1);
}

static struct frame *
spoken(const struct dialect *dialect, const char *text)
{
	return frame_read(dialect, g_strdup(text), strlen(text),
	    &fhir_limits_default);
}

static void
test_words(void **state)
{
	static const struct {
		const char *text; enum frame_kind kind; const char *id;
	} says[] = {
		{ "bound s1", FRAME_HANDSHAKE, "s1" },
		{ "bound Subscription/s1", FRAME_HANDSHAKE, "s1" },
		{ "ping s1\n", FRAME_PING, "s1" },
		{ "Invalid bind request - no", FRAME_REFUSED, "bind" },
		{ "hello", FRAME_NOTHING, "" }, { "", FRAME_NOTHING, "" },
		{ "ping \xff", FRAME_BAD, "" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(says); i++) {
		BASE_AUTO(frame) frame = spoken(&dialect_hapi, says[i].text);
		assert_int_equal(frame->kind, says[i].kind);
		assert_string_equal(frame->subscription, says[i].id);
	}
}

/* Told by name alone, deleted, or as a Basic: what is to be fetched. */
static void
test_names_alone(void **state)
{
	static const char *const texts[] = {
		"{\"resourceType\":\"Bundle\",\"type\":\"history\",\"entry\":[{"
		"\"resource\":{\"resourceType\":\"Parameters\",\"parameter\":[{"
		"\"name\":\"type\",\"valueCode\":\"event-notification\"},{"
		"\"name\":\"notification-event\",\"part\":[{\"name\":\"focus\","
		"\"valueReference\":{\"reference\":\"Task/t1\"}}]}]}}]}",
		"{\"resourceType\":\"Bundle\",\"type\":\"history\",\"entry\":[{"
		"\"resource\":{\"resourceType\":\"SubscriptionStatus\",\"type\":"
		"\"event-notification\"}},{\"fullUrl\":"
		"\"http://a.example/fhir/Task/t1\",\"request\":{\"method\":"
		"\"DELETE\",\"url\":\"Task/t1\"}}]}",
		"{\"resourceType\":\"Bundle\",\"type\":\"history\",\"entry\":[{"
		"\"resource\":{\"resourceType\":\"Basic\",\"extension\":[{"
		"\"url\":\"http://hl7.org/fhir/5.0/StructureDefinition/"
		"extension-SubscriptionStatus.type\",\"valueCode\":"
		"\"event-notification\"},{\"url\":\"http://hl7.org/fhir/5.0/"
		"StructureDefinition/extension-SubscriptionStatus."
		"notificationEvent\",\"extension\":[{\"url\":\"focus\","
		"\"valueReference\":{\"reference\":\"Task/t1\"}}]}]}}]}",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		BASE_AUTO(frame) frame = spoken(&dialect_backport, texts[i]);
		const struct frame_item *item;
		assert_int_equal(frame->kind, FRAME_EVENT);
		assert_int_equal(frame->items->len, 1);
		item = &g_array_index(frame->items, struct frame_item, 0);
		assert_string_equal(item->ref.type, "Task");
		assert_string_equal(item->ref.id, "t1");
		assert_null(item->bytes);
	}
}

/* ---- what is asked for --------------------------------------------------- */

static void
test_subscriptions(void **state)
{
	static const char *const criteria[] = {
		"Communication?recipient=Practitioner/1,CareTeam/\"2",
		"Task?owner=Practitioner/1", NULL };

	for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
		struct dialect_ask ask = { criteria, all[i]->topics
		    ? "http://a.example/topic" : NULL };
		g_autofree char *text = dialect_subscription(all[i], &ask);
		BASE_AUTO(fhir_doc) doc = fhir_parse(text, strlen(text),
		    &fhir_limits_default, NULL);
		const fhir_node *root;
		assert_non_null(doc);
		root = fhir_root(doc);
		assert_string_equal(fhir_text(root, "channel.type"),
		    "websocket");
		assert_non_null(fhir_text(root, "reason"));
		assert_string_equal(fhir_text(root, "criteria"),
		    ask.topic ? ask.topic : criteria[0]);
		if (ask.topic)
			assert_string_equal(fhir_text(root,
			    "_criteria.extension[1].valueString"),
			    criteria[1]);
	}
}

static void
test_binding_words(void **state)
{
	g_autofree char *m = dialect_medplum.bind("s1", "a\"b");
	g_autofree char *b = dialect_backport.bind("s1", "t");
	g_autofree char *h = dialect_hapi.bind("s1", NULL);

	assert_string_equal(m, "{\"type\":\"bind-with-token\",\"payload\":{"
	    "\"token\":\"a\\\"b\"}}");
	assert_string_equal(b, "bind-with-token t");
	assert_string_equal(h, "bind s1");
}

/* ---- the ticket ---------------------------------------------------------- */

static int64_t
life(const char *token, int64_t date_ms)
{
	g_autofree char *text = g_strdup_printf("{\"resourceType\":"
	    "\"Parameters\",\"parameter\":[{\"name\":\"token\",\"valueString\":"
	    "\"%s\"},{\"name\":\"expiration\",\"valueDateTime\":"
	    "\"2026-11-22T10:00:00Z\"},{\"name\":\"websocket-url\","
	    "\"valueUrl\":\"ws://a.example/ws\"}]}", token);
	struct dialect_ticket ticket;
	int64_t ms;

	assert_true(dialect_ticket_read(&ticket, text, strlen(text), date_ms,
	    &fhir_limits_default));
	assert_string_equal(ticket.token, token);
	assert_string_equal(ticket.url, "ws://a.example/ws");
	ms = ticket.life_ms;
	dialect_ticket_clear(&ticket);
	return ms;
}

static char *
jwt(const char *claims)
{
	g_autofree char *text = g_base64_encode((const guchar *)claims,
	    strlen(claims));

	text[strcspn(text, "=")] = '\0';
	g_strdelimit(text, "+", '-');
	g_strdelimit(text, "/", '_');
	return g_strconcat("e30.", text, ".x", NULL);
}

static void
test_life(void **state)
{
	int64_t nine_ms;
	g_autofree char *both = jwt("{\"iat\":1000,\"exp\":1600}");
	g_autofree char *exp = jwt("{\"exp\":1600,\"z\":\"?\"}");
	g_autofree char *none = jwt("{\"sub\":\"x\"}");
	g_autofree char *absurd = jwt("{\"iat\":1,\"exp\":99999999999999999}");

	assert_true(fhir_time_ms("2026-11-22T09:00:00Z", &nine_ms, NULL));
	/* The token's own, by its own clock; else by the answer's date. */
	assert_int_equal(life(both, nine_ms), 600000);
	assert_int_equal(life(exp, 1000000), 600000);
	assert_int_equal(life(none, nine_ms), 3600000);
	assert_int_equal(life("opaque", nine_ms), 3600000);
	assert_true(life(absurd, nine_ms) > 0);
}

static void
test_no_ticket(void **state)
{
	static const char *const texts[] = { "{}", "[]", "<html>",
		"{\"resourceType\":\"Parameters\"}",
		("{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":"
		"\"token\",\"valueString\":\"t\"}]}") };
	struct dialect_ticket ticket;

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		assert_false(dialect_ticket_read(&ticket, texts[i],
		    strlen(texts[i]), 0, &fhir_limits_default));
	assert_false(dialect_ticket_read(&ticket, NULL, 0, 0,
	    &fhir_limits_default));
}

/* ---- where --------------------------------------------------------------- */

static void
test_path(void **state)
{
	static char *const aliases[] = { (char *)"https://in.example", NULL };
	static const struct { const char *base, *url, *path; } cases[] = {
		{ "https://a.example/fhir/", "wss://a.example/ws?x=1",
		  "/ws?x=1" },
		{ "https://a.example/fhir/", "wss://a.example:443/ws", "/ws" },
		{ "https://a.example/fhir/", "WSS://A.example", "/" },
		{ "https://a.example/fhir/", "wss://in.example/ws", "/ws" },
		{ "https://a.example/fhir/", "/ws", "/ws" },
		{ "http://127.0.0.1:80/", "ws://127.0.0.1/ws", "/ws" },
		{ "https://a.example/fhir/", "ws://a.example/ws", NULL },
		{ "https://a.example/fhir/", "wss://b.example/ws", NULL },
		{ "https://a.example/fhir/", "wss://a.example:8443/ws", NULL },
		{ "https://a.example/fhir/", "wss://a.example.b.example/", NULL },
		{ "https://a.example/fhir/", "wss://a.example@b.example/", NULL },
		{ "https://a.example/fhir/", "ftp://a.example/ws", NULL },
		{ "https://a.example/fhir/", "wss://", NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = socket_path(cases[i].base,
		    cases[i].url, aliases);
		if (cases[i].path)
			assert_string_equal(path, cases[i].path);
		else
			assert_null(path);
	}
}

static void
test_no_proxy(void **state)
{
	static const struct {
		const char *list, *host; gboolean none;
	} cases[] = {
		{ "", "a.example", FALSE }, { NULL, "a.example", FALSE },
		{ "*", "a.example", TRUE },
		{ "b.example, .example", "a.example", TRUE },
		{ "a.example", "x.a.example", TRUE },
		{ "a.example", "xa.example", FALSE },
		{ "10.0.0.0/8", "10.1.2.3", TRUE },
		{ "10.0.0.0/8", "11.1.2.3", FALSE },
		{ "A.EXAMPLE", "a.example", TRUE },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		assert_int_equal(socket_proxy_excepted(cases[i].list,
		    cases[i].host), cases[i].none);
}

static void
proxy(const char *url, const char *setting, const char *host, int port)
{
	struct base_settings *settings = base_settings_new();
	struct socket_proxy out = { 0 };
	struct origin origin;
	g_autoptr(GError) error = NULL;

	assert_true(origin_parse(url, &origin));
	base_setting_set(settings, SET_PROXY, setting, NULL);
	assert_int_equal(socket_proxy_for(settings, &origin, &out, &error),
	    port >= 0);
	assert_int_equal(error != NULL, port < 0);
	if (host)
		assert_string_equal(out.host, host);
	else
		assert_null(out.host);
	if (port > 0)
		assert_int_equal(out.port, port);
	g_free(out.host);
	g_free(out.login);
	origin_clear(&origin);
	base_settings_free(settings);
}

static void
test_proxy(void **state)
{
	proxy("https://a.example/", "http://p.example:3128", "p.example", 3128);
	proxy("https://127.0.0.1/", "http://p.example:3128", NULL, 0);
	proxy("http://localhost/", "http://p.example:3128", NULL, 0);
	proxy("https://a.example/", "socks5://p.example:1080", NULL, -1);
}

static void
test_pick(void **state)
{
	struct caps *caps = caps_unknown();

	assert_null(dialect_pick("auto", caps));
	assert_null(dialect_pick("none", caps));
	for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
		assert_ptr_equal(dialect_pick(all[i]->name, caps), all[i]);
	caps_free(caps);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_names_alone),
		cmocka_unit_test(test_subscriptions),
		cmocka_unit_test(test_binding_words),
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_no_ticket),
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_no_proxy),
		cmocka_unit_test(test_proxy),
		cmocka_unit_test(test_pick),
	};

	return cmocka_run_group_tests_name("dialects", tests, NULL, NULL);
}
