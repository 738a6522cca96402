/* SPDX-License-Identifier: Apache-2.0 */
#include "net/error.h"

G_DEFINE_QUARK(qn-net-error-quark, net_error)

enum { DETAIL_BYTES_MAX = 400 };

struct net_sentence {
	const char *words; /* N_(), with one %s: the server */
	enum net_exit exit;
	enum doorbell_state state;
	gboolean passing;
};

static const struct net_sentence sentences[NET_ERROR_COUNT_] = {
	[NET_ERROR_OFFLINE] = {
		N_("%s cannot be reached; what you write is kept and sent when "
		   "it is back. Check the network"),
		NET_EXIT_OFFLINE, BELL_OFFLINE, TRUE },
	[NET_ERROR_TIMEOUT] = {
		N_("%s did not answer in time; it is tried again by itself"),
		NET_EXIT_OFFLINE, BELL_OFFLINE, TRUE },
	[NET_ERROR_TLS] = {
		N_("%s could not prove who it is, so nothing was sent to it. "
		   "If the hospital has a certificate authority of its own, "
		   "name it as ca_file"),
		NET_EXIT_OFFLINE, BELL_OFFLINE, TRUE },
	[NET_ERROR_HANDSHAKE] = {
		N_("No secure connection to %s came about, so nothing was sent "
		   "to it. It must speak TLS 1.2 or newer, and may want a "
		   "certificate of this machine (client_cert)"),
		NET_EXIT_OFFLINE, BELL_OFFLINE, TRUE },
	[NET_ERROR_TOO_BIG] = {
		N_("%s sent an answer larger than body_cap_bytes allows; it was "
		   "thrown away. Tell those who run the server"),
		NET_EXIT_FAILED, BELL_REFUSED, FALSE },
	[NET_ERROR_REDIRECT] = {
		N_("%s sends us to another address, and a login never goes along "
		   "to one. Check the server setting"),
		NET_EXIT_FAILED, BELL_REFUSED, FALSE },
	[NET_ERROR_LINK] = {
		N_("%s names the next page at another address; it was not "
		   "followed. If that address is the server's own, list it in "
		   "origin_aliases"),
		NET_EXIT_FAILED, BELL_REFUSED, FALSE },
	[NET_ERROR_NOT_FHIR] = {
		N_("%s answered with something that is not FHIR. Check the "
		   "server setting, or whether a proxy answers in its place"),
		NET_EXIT_FAILED, BELL_REFUSED, TRUE },
	[NET_ERROR_LOGIN] = {
		N_("%s does not accept the login. Run qingnang login, or check "
		   "client_id and the command that brings secret or token"),
		NET_EXIT_LOGIN, BELL_LOGIN_NEEDED, FALSE },
	[NET_ERROR_COMMAND] = {
		N_("%s gets no login: the command that brings it does not work. "
		   "Mend client_secret_command or token_command"),
		NET_EXIT_LOGIN, BELL_LOGIN_NEEDED, FALSE },
	[NET_ERROR_REFUSED] = {
		N_("%s does not allow this to your login. Ask those who run the "
		   "server for the right"),
		NET_EXIT_FAILED, BELL_REFUSED, FALSE },
	[NET_ERROR_NOT_FOUND] = {
		N_("%s does not have what was asked for. Check the server "
		   "setting if it happens for everything"),
		NET_EXIT_FAILED, BELL_REFUSED, FALSE },
	[NET_ERROR_GONE] = {
		N_("%s says that this was deleted there"),
		NET_EXIT_FAILED, BELL_REFUSED, FALSE },
	[NET_ERROR_CONFLICT] = {
		N_("%s has a newer version of this; it is read again and tried "
		   "once more"),
		NET_EXIT_FAILED, BELL_REFUSED, FALSE },
	[NET_ERROR_INVALID] = {
		N_("%s did not accept what was sent"),
		NET_EXIT_FAILED, BELL_REFUSED, FALSE },
	[NET_ERROR_THROTTLED] = {
		N_("%s asks us to slow down; it goes on by itself"),
		NET_EXIT_OFFLINE, BELL_OFFLINE, TRUE },
	[NET_ERROR_SERVER] = {
		N_("%s has a fault of its own; it is tried again by itself"),
		NET_EXIT_OFFLINE, BELL_OFFLINE, TRUE },
	[NET_ERROR_WRONG_DOCTOR] = {
		N_("The login at %s is not that of the configured practitioner, "
		   "so nothing is sent. Log in as yourself, or correct the "
		   "practitioner setting"),
		NET_EXIT_WRONG_DOCTOR, BELL_WRONG_DOCTOR, FALSE },
	[NET_ERROR_CONFIG] = {
		N_("The settings for %s do not fit together; mend them and run "
		   "it again"),
		NET_EXIT_USAGE, BELL_REFUSED, FALSE },
	[NET_ERROR_STOPPED] = {
		N_("The exchange with %s was stopped; what is unsent stays here "
		   "for the next time"),
		NET_EXIT_FAILED, BELL_OFFLINE, FALSE },
};

void
net_error_set(GError **error, enum net_error code, const char *host,
    const char *detail)
{
	g_autoptr(GString) words = g_string_new(NULL);
	g_autofree char *shown = NULL;
	gssize len;

	if (!error)
		return;
	if (detail && *detail) {
		len = (gssize)strnlen(detail, DETAIL_BYTES_MAX);
		shown = base_text_show(detail, len, BASE_ONE_LINE);
	}
	g_string_append(words, _(sentences[code].words));
	g_string_replace(words, "%s", host ? host : _("The server"), 1);
	if (shown && *shown)
		g_string_append_printf(words, " (%s)", shown);
	g_string_append(words, _("."));
	g_set_error_literal(error, NET_ERROR, (int)code, words->str);
}

/* What the store can say here; the rest are faults of our own. */
static const struct {
	int code;
	struct net_sentence is;
} store_sentences[] = {
	{ STORE_ERROR_DAMAGED, {
		N_("The cache is damaged: start qingnang again, and it is set "
		   "aside and fetched from the server anew"),
		NET_EXIT_CACHE, BELL_CACHE_DAMAGED, FALSE } },
	{ STORE_ERROR_REPLACED, {
		N_("The cache was made anew by another program; start again"),
		NET_EXIT_CACHE, BELL_CACHE_DAMAGED, FALSE } },
	{ STORE_ERROR_FULL, {
		N_("The disk is full, so nothing new can be kept. Make room; it "
		   "goes on by itself"),
		NET_EXIT_CACHE, BELL_DISK_FAILS, TRUE } },
	{ STORE_ERROR_IO, {
		N_("The cache cannot be read or written; its disk may be full or "
		   "failing. It is tried again by itself"),
		NET_EXIT_CACHE, BELL_DISK_FAILS, TRUE } },
	{ STORE_ERROR_BUSY, {
		N_("The cache is busy with another program; it is tried again by "
		   "itself"),
		NET_EXIT_CACHE, BELL_DISK_FAILS, TRUE } },
};

static const struct net_sentence *
sentence_of(const GError *error)
{
	for (size_t i = 0; error && error->domain == STORE_ERROR &&
	    i < G_N_ELEMENTS(store_sentences); i++)
		if (store_sentences[i].code == error->code)
			return &store_sentences[i].is;
	if (!error || error->domain != NET_ERROR || error->code < 0 ||
	    error->code >= NET_ERROR_COUNT_)
		return NULL;
	return &sentences[error->code];
}

enum net_exit
net_error_exit(const GError *error)
{
	const struct net_sentence *s = sentence_of(error);

	if (s)
		return s->exit;
	return error && error->domain == STORE_ERROR ? NET_EXIT_CACHE
						     : NET_EXIT_FAILED;
}

enum doorbell_state
net_error_state(const GError *error)
{
	const struct net_sentence *s = sentence_of(error);

	return s ? s->state : BELL_REFUSED;
}

gboolean
net_error_of_state(GError **error, enum doorbell_state state)
{
	static const struct { enum doorbell_state state; int code; } known[] = {
		{ BELL_CACHE_DAMAGED, STORE_ERROR_DAMAGED },
		{ BELL_DISK_FAILS, STORE_ERROR_FULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
		if (known[i].state == state) {
			g_set_error_literal(error, STORE_ERROR, known[i].code,
			    doorbell_state_words[state]);
			return TRUE;
		}
	return FALSE;
}

char *
net_error_words(const GError *error)
{
	const struct net_sentence *s = sentence_of(error);

	/* Those of the network are sentences already. */
	if (!s || error->domain == NET_ERROR)
		return g_strdup(error->message);
	return g_strdup_printf("%s (%s)%s", _(s->words), error->message,
	    _("."));
}

gboolean
net_error_passing(const GError *error)
{
	const struct net_sentence *s = sentence_of(error);

	return s && s->passing;
}

gboolean
net_error_state_passing(enum doorbell_state state)
{
	return state == BELL_OFFLINE || state == BELL_REFUSED ||
	    state == BELL_DISK_FAILS;
}

enum net_error
net_error_of_status(int status)
{
	static const struct { int status; enum net_error code; } known[] = {
		{ 401, NET_ERROR_LOGIN }, { 403, NET_ERROR_REFUSED },
		{ 404, NET_ERROR_NOT_FOUND }, { 408, NET_ERROR_TIMEOUT },
		{ 409, NET_ERROR_CONFLICT }, { 410, NET_ERROR_GONE },
		{ 412, NET_ERROR_CONFLICT }, { 425, NET_ERROR_THROTTLED },
		{ 429, NET_ERROR_THROTTLED },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
		if (known[i].status == status)
			return known[i].code;
	return status >= 500 ? NET_ERROR_SERVER : NET_ERROR_INVALID;
}
