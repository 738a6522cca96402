/* SPDX-License-Identifier: Apache-2.0 */
#include <gio/gio.h>
#include <string.h>
#include "net/origin.h"

gboolean
origin_parse(const char *url, struct origin *out)
{
	g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_ENCODED, NULL);
	const char *scheme = uri ? g_uri_get_scheme(uri) : NULL;
	const char *host = uri ? g_uri_get_host(uri) : NULL;

	memset(out, 0, sizeof(*out));
	if (!host || !*host || g_uri_get_userinfo(uri))
		return FALSE;
	if (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0)
		return FALSE;
	out->scheme = g_strdup(scheme);
	out->host = g_ascii_strdown(host, -1);
	out->port = g_uri_get_port(uri);
	if (out->port <= 0)
		out->port = strcmp(scheme, "https") == 0 ? 443 : 80;
	return TRUE;
}

void
origin_clear(struct origin *origin)
{
	g_clear_pointer(&origin->scheme, g_free);
	g_clear_pointer(&origin->host, g_free);
}

gboolean
origin_same(const struct origin *a, const struct origin *b)
{
	return a->port == b->port && g_strcmp0(a->scheme, b->scheme) == 0 &&
	    g_strcmp0(a->host, b->host) == 0;
}

gboolean
origin_loopback(const struct origin *origin)
{
	g_autoptr(GInetAddress) address = NULL;

	if (strcmp(origin->host, "localhost") == 0)
		return TRUE;
	address = g_inet_address_new_from_string(origin->host);
	return address && g_inet_address_get_is_loopback(address);
}

gboolean
origin_allowed(const struct origin *origin)
{
	return strcmp(origin->scheme, "https") == 0 || origin_loopback(origin);
}

char *
origin_text(const struct origin *origin)
{
	gboolean own = origin->port ==
	    (strcmp(origin->scheme, "https") == 0 ? 443 : 80);
	const char *open = strchr(origin->host, ':') ? "[" : "";
	const char *close = *open ? "]" : "";

	if (own)
		return g_strdup_printf("%s://%s%s%s", origin->scheme, open,
		    origin->host, close);
	return g_strdup_printf("%s://%s%s%s:%d", origin->scheme, open,
	    origin->host, close, origin->port);
}

static gboolean
is_alias(const struct origin *origin, char *const *aliases)
{
	gboolean found = FALSE;

	for (; aliases && *aliases && !found; aliases++) {
		struct origin alias;
		found = origin_parse(*aliases, &alias) &&
		    origin_same(origin, &alias);
		origin_clear(&alias);
	}
	return found;
}

/* The path and query of url, put behind base's origin. */
static char *
moved(const struct origin *base, GUri *uri)
{
	g_autofree char *start = origin_text(base);
	const char *query = g_uri_get_query(uri);

	return g_strconcat(start, g_uri_get_path(uri), query ? "?" : "",
	    query ? query : "", NULL);
}

char *
origin_resolve(const char *base, const char *url, char *const *aliases)
{
	g_autofree char *full = g_uri_resolve_relative(base, url,
	    G_URI_FLAGS_ENCODED, NULL);
	g_autoptr(GUri) uri = full ? g_uri_parse(full, G_URI_FLAGS_ENCODED,
	    NULL) : NULL;
	struct origin ours, theirs = { 0 };
	char *out = NULL;

	if (!uri || !origin_parse(base, &ours))
		return NULL;
	if (origin_parse(full, &theirs) &&
	    (origin_same(&ours, &theirs) || is_alias(&theirs, aliases)))
		out = moved(&ours, uri);
	origin_clear(&ours);
	origin_clear(&theirs);
	return out;
}
