/* SPDX-License-Identifier: Apache-2.0 */
/* The table of every setting, and what each may be set to. */
#include "base/setting.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <string.h>

#define TEXT_MAX_BYTES 4096

static const char *const auth_words[] = { "token-command",
	"client-credentials", "code", NULL };
static const char *const dialect_words[] = { "auto", "medplum", "backport",
	"hapi", "none", NULL };
static const char *const language_words[] = { "", "en", "zh_CN", NULL };
static const char *const log_words[] = { "off", "error", "info", "debug",
	NULL };

#define HOURS_MAX 8760

const struct setting_def setting_defs[SET_COUNT_] = {
	[SET_SERVER] = { "server", "url", SETTING_TEXT, "",
		.help = N_("The FHIR server's base URL: https://, or http:// to this machine only.") },
	[SET_PRACTITIONER] = { "server", "practitioner", SETTING_TEXT, "",
		.help = N_("Who you are there: Practitioner/ID; with another's login nothing is sent.") },
	[SET_AUTH] = { "server", "auth", SETTING_ENUM, "code", .words = auth_words,
		.help = N_("How to log in: a command's token, client credentials, or OAuth code and PKCE.") },
	[SET_CLIENT_ID] = { "server", "client_id", SETTING_TEXT, "",
		.help = N_("The OAuth client's id, as the hospital registered it.") },
	[SET_CLIENT_SECRET_COMMAND] = { "server", "client_secret_command", SETTING_TEXT, "",
		.help = N_("A shell command that prints the client's secret; its first line is used.") },
	[SET_TOKEN_COMMAND] = { "server", "token_command", SETTING_TEXT, "",
		.help = N_("A shell command that prints a bearer token; its first line is used.") },
	[SET_TOKEN_URL] = { "server", "token_url", SETTING_TEXT, "",
		.help = N_("The OAuth token address; empty: asked from the server.") },
	[SET_AUTHORIZE_URL] = { "server", "authorize_url", SETTING_TEXT, "",
		.help = N_("The OAuth authorization address; empty: asked from the server.") },
	[SET_REDIRECT_PORT] = { "server", "redirect_port", SETTING_INT, "8737", 1024, 65535,
		.help = N_("The loopback port of the OAuth redirect; the server compares it exactly.") },
	[SET_SCOPE] = { "server", "scope", SETTING_TEXT, "openid fhirUser offline_access user/*.*",
		.help = N_("The scopes asked for at login.") },
	[SET_CA_FILE] = { "server", "ca_file", SETTING_TEXT, "",
		.help = N_("A PEM file of certificate authorities to trust instead of the system's.") },
	[SET_CLIENT_CERT] = { "server", "client_cert", SETTING_TEXT, "",
		.help = N_("A PEM file with this machine's client certificate.") },
	[SET_CLIENT_KEY] = { "server", "client_key", SETTING_TEXT, "",
		.help = N_("A PEM file with the client certificate's key.") },
	[SET_PROXY] = { "server", "proxy", SETTING_TEXT, "",
		.help = N_("A proxy's URL; empty: the environment's https_proxy and http_proxy.") },
	[SET_NO_PROXY] = { "server", "no_proxy", SETTING_LIST, "",
		.help = N_("Hosts reached without the proxy, separated by commas.") },
	[SET_ORIGIN_ALIASES] = { "server", "origin_aliases", SETTING_LIST, "",
		.help = N_("The server's other origins, separated by commas: its links may name them.") },
	[SET_DIALECT] = { "server", "dialect", SETTING_ENUM, "auto", .words = dialect_words,
		.help = N_("How the server speaks over its WebSocket; none: ask it at intervals.") },
	[SET_POLL_SECONDS] = { "server", "poll_seconds", SETTING_INT, "60", 5, 3600,
		.help = N_("Seconds between questions for what has changed.") },
	[SET_ATTACH_MB] = { "server", "attach_mb", SETTING_INT, "20", 1, 1024,
		.help = N_("The largest file that is sent with a reply, in megabytes.") },
	[SET_BODY_CAP_BYTES] = { "server", "body_cap_bytes", SETTING_INT, "33554432", 65536, 1073741824,
		.help = N_("The largest answer that is read, in bytes.") },
	[SET_TIMEOUT_SECONDS] = { "server", "timeout_seconds", SETTING_INT, "30", 1, 600,
		.help = N_("Seconds without a byte after which a request is given up.") },

	[SET_PASSPHRASE_COMMAND] = { "cache", "passphrase_command", SETTING_TEXT, "",
		.help = N_("A shell command that prints the cache's passphrase; empty: it is asked for.") },
	[SET_RETENTION_DAYS] = { "cache", "retention_days", SETTING_INT, "90", 0, 36500,
		.help = N_("Days that patients who left the queue stay on this machine.") },
	[SET_FILES_MB] = { "cache", "files_mb", SETTING_INT, "256", 1, 65536,
		.help = N_("Megabytes of fetched pictures and files that are kept; the longest unseen go first.") },
	[SET_KEYRING_MINUTES] = { "cache", "keyring_minutes", SETTING_INT, "480", 0, 10080,
		.help = N_("Minutes that the kernel keeps the cache's key after a passphrase; 0: never.") },

	[SET_LANGUAGE] = { "screen", "language", SETTING_ENUM, "", .words = language_words,
		.help = N_("The language of the screens; empty: the environment's.") },
	[SET_TIME_ZONE] = { "screen", "time_zone", SETTING_TEXT, "",
		.help = N_("The hospital's time zone, as Asia/Shanghai; empty: this machine's.") },
	[SET_THEME] = { "screen", "theme", SETTING_TEXT, "dark",
		.help = N_("The theme's name: dark, light, high-contrast, mono or your own.") },
	[SET_LOCK_MINUTES] = { "screen", "lock_minutes", SETTING_INT, "5", 0, 1440,
		.help = N_("Idle minutes until the screen locks; 0: never.") },
	[SET_MOUSE] = { "screen", "mouse", SETTING_BOOL, "true",
		.help = N_("Whether the mouse works.") },
	[SET_BELL] = { "screen", "bell", SETTING_BOOL, "false",
		.help = N_("Whether the terminal's bell sounds when something is owed.") },
	[SET_FILE_PROGRAM] = { "screen", "file_program", SETTING_TEXT, "",
		.help = N_("The program that shows PDF and other files, and ends when it is closed; one word. Empty: none.") },
	[SET_FILE_PROGRAMS] = { "screen", "file_programs", SETTING_LIST, "",
		.help = N_("Programs for single kinds, as application/pdf:evince,image/*:imv; file_program is for the rest.") },
	[SET_LINK_PROGRAM] = { "screen", "link_program", SETTING_TEXT, "xdg-open",
		.help = N_("The program that https links of reports are given to, after a question; empty: none.") },

	[SET_HOURS_STAT] = { "queue", "hours_stat", SETTING_INT, "1", 1, HOURS_MAX,
		.help = N_("Hours to reply to what is marked stat.") },
	[SET_HOURS_ASAP] = { "queue", "hours_asap", SETTING_INT, "2", 1, HOURS_MAX,
		.help = N_("Hours to reply to what is marked asap.") },
	[SET_HOURS_URGENT] = { "queue", "hours_urgent", SETTING_INT, "4", 1, HOURS_MAX,
		.help = N_("Hours to reply to what is marked urgent.") },
	[SET_HOURS_ROUTINE] = { "queue", "hours_routine", SETTING_INT, "24", 1, HOURS_MAX,
		.help = N_("Hours to reply to everything else.") },

	[SET_RULES] = { "prescribing", "rules", SETTING_LIST, "cn,herbal",
		.help = N_("Rule packs, by name or path, separated by commas; a later one replaces rules of the same id.") },
	[SET_CDS_URL] = { "prescribing", "cds_url", SETTING_TEXT, "",
		.help = N_("The address of the hospital's CDS Hooks services; empty: none.") },
	[SET_STEP_UP_MINUTES] = { "prescribing", "step_up_minutes", SETTING_INT, "5", 0, 60,
		.help = N_("Minutes that the signing secret or PIN is good for; 0: for one signature.") },

	[SET_LOG_LEVEL] = { "log", "level", SETTING_ENUM, "off", .words = log_words,
		.help = N_("What is written to the log; never patient data.") },
};

/* ---- values -------------------------------------------------------------- */

/* What a text must be beyond its type; the sentence says what is allowed. */
struct text_check {
	gboolean (*ok)(const char *value);
	const char *allowed; /* N_() */
};

/* Without GIO: loading it and what it needs is a fifth of the first screen. */
static gboolean
host_is_loopback(const char *host)
{
	struct in_addr v4;
	struct in6_addr v6;

	if (inet_pton(AF_INET, host, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == IN_LOOPBACKNET;
	if (inet_pton(AF_INET6, host, &v6) == 1)
		return IN6_IS_ADDR_LOOPBACK(&v6);
	return g_ascii_strcasecmp(host, "localhost") == 0;
}

static GUri *
url_parse(const char *value)
{
	GUri *uri = g_uri_parse(value, G_URI_FLAGS_PARSE_RELAXED, NULL);

	if (uri && (!g_uri_get_host(uri) || !*g_uri_get_host(uri) ||
	    g_uri_get_userinfo(uri) || g_uri_get_fragment(uri)))
		g_clear_pointer(&uri, g_uri_unref);
	return uri;
}

gboolean
base_url_ok(const char *value)
{
	g_autoptr(GUri) uri = url_parse(value);
	const char *scheme = uri ? g_uri_get_scheme(uri) : "";

	return strcmp(scheme, "https") == 0 || (strcmp(scheme, "http") == 0 &&
	    host_is_loopback(g_uri_get_host(uri)));
}

static gboolean
base_ok(const char *value)
{
	return base_url_ok(value) && !strchr(value, '?');
}

static gboolean
origin_ok(const char *value)
{
	g_autoptr(GUri) uri = url_parse(value);
	const char *path = uri ? g_uri_get_path(uri) : "x";

	return base_ok(value) && (strcmp(path, "") == 0 ||
	    strcmp(path, "/") == 0);
}

static gboolean
origins_ok(const char *value)
{
	g_auto(GStrv) parts = g_strsplit_set(value, ", ", -1);
	char **p;

	for (p = parts; *p; p++)
		if (**p && !origin_ok(*p))
			return FALSE;
	return TRUE;
}

/* A proxy may ask for a name and password, and be plain http: what passes
 * through it is TLS. */
static gboolean
proxy_ok(const char *value)
{
	static const char *const schemes[] = { "http", "https", "socks5",
		"socks5h", NULL };
	g_autoptr(GUri) uri = g_uri_parse(value, G_URI_FLAGS_HAS_PASSWORD,
	    NULL);

	return uri && g_uri_get_host(uri) && *g_uri_get_host(uri) &&
	    g_strv_contains(schemes, g_uri_get_scheme(uri));
}

/* R4: an id is 1 to 64 of these characters. */
static gboolean
practitioner_ok(const char *value)
{
	const char *id = value + strlen("Practitioner/");
	size_t i;

	if (!g_str_has_prefix(value, "Practitioner/"))
		return FALSE;
	for (i = 0; id[i]; i++)
		if (!g_ascii_isalnum(id[i]) && id[i] != '-' && id[i] != '.')
			return FALSE;
	return i >= 1 && i <= 64;
}

static gboolean
zone_ok(const char *value)
{
	return base_clock_zone_known(value);
}

/* A type, or a kind as image/ and a star; a colon; the program. */
static gboolean
program_ok(const char *one)
{
	const char *colon = strchr(one, ':'), *slash = strchr(one, '/');

	return colon && colon[1] && slash && slash > one && slash < colon - 1;
}

static gboolean
programs_ok(const char *value)
{
	g_auto(GStrv) parts = g_strsplit_set(value, ", ", -1);

	for (char **p = parts; *p; p++)
		if (**p && !program_ok(*p))
			return FALSE;
	return TRUE;
}

static gboolean
theme_ok(const char *value)
{
	return base_profile_name_ok(value);
}

static const char url_allowed[] =
    N_("https://, or http:// to this machine only, without a password");
static const char file_allowed[] = N_("an absolute path");

static const struct text_check text_checks[SET_COUNT_] = {
	[SET_SERVER] = { base_ok, url_allowed },
	[SET_TOKEN_URL] = { base_url_ok, url_allowed },
	[SET_CDS_URL] = { base_ok, url_allowed },
	[SET_AUTHORIZE_URL] = { base_url_ok, url_allowed },
	[SET_ORIGIN_ALIASES] = { origins_ok, N_("origins such as https://fhir.example.org, separated by commas") },
	[SET_PROXY] = { proxy_ok, N_("an http, https, socks5 or socks5h URL") },
	[SET_PRACTITIONER] = { practitioner_ok, N_("Practitioner/ and an id") },
	[SET_CA_FILE] = { g_path_is_absolute, file_allowed },
	[SET_CLIENT_CERT] = { g_path_is_absolute, file_allowed },
	[SET_CLIENT_KEY] = { g_path_is_absolute, file_allowed },
	[SET_TIME_ZONE] = { zone_ok, N_("a zone's name, such as Asia/Shanghai") },
	[SET_FILE_PROGRAMS] = { programs_ok, N_("pairs such as application/pdf:evince or image/*:imv, separated by commas") },
	[SET_THEME] = { theme_ok, N_("a name of letters, digits, - and _") },
};

static char *
check_text(enum setting key, const char *value)
{
	const struct text_check *check = &text_checks[key];
	const char *p;

	if (strlen(value) > TEXT_MAX_BYTES)
		return g_strdup_printf(_("at most %d bytes"), TEXT_MAX_BYTES);
	for (p = value; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return g_strdup(_("one line without control characters"));
	if (!g_utf8_validate(value, -1, NULL))
		return g_strdup(_("UTF-8 text"));
	/* Empty always means "as if it were not there". */
	if (*value && check->ok && !check->ok(value))
		return g_strdup(_(check->allowed));
	return NULL;
}

static char *
check_int(const struct setting_def *def, const char *value)
{
	int64_t n;

	if (g_ascii_string_to_signed(value, 10, def->min, def->max, &n, NULL))
		return NULL;
	return g_strdup_printf(_("a whole number from %" PRId64 " to %"
	    PRId64), def->min, def->max);
}

static char *
check_word(const struct setting_def *def, const char *value)
{
	g_autofree char *list = NULL;
	const char *const *words = def->words;

	if (g_strv_contains(words, value))
		return NULL;
	list = g_strjoinv(", ", (char **)(**words ? words : words + 1));
	return g_strdup_printf(_("one of: %s"), list);
}

char *
setting_check(enum setting key, const char *value)
{
	const struct setting_def *def = &setting_defs[key];

	switch (def->type) {
	case SETTING_INT:
		return check_int(def, value);
	case SETTING_BOOL:
		return strcmp(value, "true") == 0 || strcmp(value, "false") == 0
		    ? NULL : g_strdup(_("true or false"));
	case SETTING_ENUM:
		return check_word(def, value);
	default:
		return check_text(key, value);
	}
}

enum setting
setting_find(const char *section, const char *key)
{
	int i;

	for (i = 0; i < SET_COUNT_; i++)
		if (strcmp(setting_defs[i].section, section) == 0 &&
		    strcmp(setting_defs[i].key, key) == 0)
			break;
	return (enum setting)i;
}

struct base_settings *
base_settings_new(void)
{
	return g_new0(struct base_settings, 1);
}

const char *
base_setting(const struct base_settings *s, enum setting key)
{
	return s->values[key] ? s->values[key] : setting_defs[key].fallback;
}

int64_t
base_setting_int(const struct base_settings *s, enum setting key)
{
	return g_ascii_strtoll(base_setting(s, key), NULL, 10);
}

gboolean
base_setting_bool(const struct base_settings *s, enum setting key)
{
	return strcmp(base_setting(s, key), "true") == 0;
}

char **
base_setting_list(const struct base_settings *s, enum setting key)
{
	g_auto(GStrv) parts = g_strsplit_set(base_setting(s, key), ", ", -1);
	g_autoptr(GStrvBuilder) list = g_strv_builder_new();
	char **p;

	for (p = parts; *p; p++)
		if (**p)
			g_strv_builder_add(list, *p);
	return g_strv_builder_end(list);
}

/* One type goes before its whole kind. */
static const char *
program_among(char **pairs, const char *type)
{
	const char *slash = strchr(type, '/'), *wide = NULL;

	for (; *pairs; pairs++) {
		size_t len = strcspn(*pairs, ":");

		if (len == strlen(type) && strncmp(*pairs, type, len) == 0)
			return *pairs + len + 1;
		if (slash && !wide && len == (size_t)(slash - type) + 2 &&
		    (*pairs)[len - 1] == '*' &&
		    strncmp(*pairs, type, len - 1) == 0)
			wide = *pairs + len + 1;
	}
	return wide;
}

char *
base_setting_program(const struct base_settings *s, const char *type)
{
	g_auto(GStrv) pairs = base_setting_list(s, SET_FILE_PROGRAMS);
	const char *program = program_among(pairs, type);

	return g_strdup(program ? program : base_setting(s, SET_FILE_PROGRAM));
}

gboolean
base_setting_set(struct base_settings *s, enum setting key, const char *value,
    GError **error)
{
	const struct setting_def *def = &setting_defs[key];
	g_autofree char *allowed = setting_check(key, value);

	if (allowed) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_CONFIG,
		    _("%s.%s cannot be “%s”; allowed: %s"), def->section,
		    def->key, value, allowed);
		return FALSE;
	}
	g_free(s->values[key]);
	s->values[key] = strcmp(value, def->fallback) == 0 ? NULL :
	    g_strdup(value);
	return TRUE;
}

void
base_settings_free(struct base_settings *s)
{
	int i;

	if (!s)
		return;
	for (i = 0; i < SET_COUNT_; i++)
		g_free(s->values[i]);
	g_free(s);
}
