/* SPDX-License-Identifier: Apache-2.0 */
/* Which proxy stands between, by the rules that curl follows for REST. */
#include <gio/gio.h>
#include <string.h>
#include "net/socket_room.h"

enum { PROXY_PORT = 1080 }; /* curl's own, where none is said */

static const char *
from_environment(const char *const *names)
{
	const char *value = NULL;

	for (; *names && !(value && *value); names++)
		value = g_getenv(*names);
	return value;
}

static gboolean
in_net(const char *word, const char *host)
{
	g_autoptr(GInetAddressMask) mask = g_inet_address_mask_new_from_string(
	    word, NULL);
	g_autoptr(GInetAddress) address = g_inet_address_new_from_string(host);

	return mask && address && g_inet_address_mask_matches(mask, address);
}

static gboolean
is_below(const char *word, const char *host)
{
	size_t all = strlen(host), tail = strlen(word);

	if (all < tail || g_ascii_strcasecmp(host + all - tail, word) != 0)
		return FALSE;
	return all == tail || host[all - tail - 1] == '.';
}

gboolean
socket_proxy_excepted(const char *list, const char *host)
{
	g_auto(GStrv) words = g_strsplit_set(list ? list : "", ", \t", -1);
	gboolean found = FALSE;

	for (size_t i = 0; words[i] && !found; i++) {
		const char *word = words[i] + strspn(words[i], ".");
		found = *word && (strcmp(word, "*") == 0 ||
		    is_below(word, host) || in_net(word, host));
	}
	return found;
}

/* As lws wants it, which sends the bytes that stand there: what the URL writes as
 * %40 is an @ of the password. */
static char *
login_of(const char *encoded)
{
	g_autofree char *plain = g_uri_unescape_string(encoded, NULL);

	return g_strconcat(plain ? plain : encoded, "@", NULL);
}

/* "[http://][user:password@]host[:port]" */
static gboolean
split(const char *text, struct socket_proxy *out)
{
	const char *scheme = strstr(text, "://");
	g_autofree char *full = g_strconcat(scheme ? "" : "http://", text, NULL);
	g_autoptr(GUri) uri = g_uri_parse(full, G_URI_FLAGS_ENCODED, NULL);
	const char *login = uri ? g_uri_get_userinfo(uri) : NULL;

	if (!uri || strcmp(g_uri_get_scheme(uri), "http") != 0 ||
	    !g_uri_get_host(uri) || !*g_uri_get_host(uri))
		return FALSE;
	out->host = g_strdup(g_uri_get_host(uri));
	out->port = g_uri_get_port(uri) > 0 ? g_uri_get_port(uri) : PROXY_PORT;
	out->login = login ? login_of(login) : g_strdup("");
	return TRUE;
}

gboolean
socket_proxy_for(const struct base_settings *settings,
    const struct origin *origin, struct socket_proxy *out, GError **error)
{
	static const char *const proxies[] = { "https_proxy", "HTTPS_PROXY",
		"all_proxy", "ALL_PROXY", NULL };
	static const char *const lists[] = { "no_proxy", "NO_PROXY", NULL };
	const char *proxy = base_setting(settings, SET_PROXY);
	const char *list = base_setting(settings, SET_NO_PROXY);

	memset(out, 0, sizeof(*out));
	/* Plain http is for this machine alone, and so is its way. */
	if (origin_loopback(origin) || strcmp(origin->scheme, "https") != 0)
		return TRUE;
	if (!proxy || !*proxy)
		proxy = from_environment(proxies);
	if (!list || !*list)
		list = from_environment(lists);
	if (!proxy || !*proxy || socket_proxy_excepted(list, origin->host))
		return TRUE;
	if (split(proxy, out))
		return TRUE;
	net_error_set(error, NET_ERROR_CONFIG, origin->host,
	    _("only an http:// proxy can carry the WebSocket; changes are "
	      "asked for at intervals"));
	return FALSE;
}
