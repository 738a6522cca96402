/* SPDX-License-Identifier: Apache-2.0 */
/* The key table: names of keys, and which request a key asks for where. */
#include "tui/request.h"

const struct tui_key_def tui_key_defs[] = {
#define KEY_DEF(n, i, k, a, w, s, h)                                           \
	{ .id = i, .keys = k, .also = a, .help = h, .hint = s, .where = w },
	TUI_REQUESTS(KEY_DEF)
#undef KEY_DEF
};
const size_t tui_key_defs_n = G_N_ELEMENTS(tui_key_defs);

static const struct { const char *name; uint32_t key; unsigned mods; }
key_names[] = {
	{ "Enter", K_ENTER }, { "Tab", K_TAB }, { "S-Tab", K_BACKTAB },
	{ "Esc", K_ESC }, { "Space", ' ' }, { "↑", K_UP }, { "↓", K_DOWN },
	{ "←", K_LEFT }, { "→", K_RIGHT }, { "Home", K_HOME },
	{ "End", K_END }, { "PgUp", K_PGUP }, { "PgDn", K_PGDN },
	{ "Del", K_DELETE }, { "Ins", K_INSERT }, { "Backspace", K_BACKSPACE },
	{ "F1", K_F1 }, { "F2", K_F2 }, { "F3", K_F3 }, { "F4", K_F4 },
	{ "F5", K_F5 }, { "F6", K_F6 }, { "F7", K_F7 }, { "F8", K_F8 },
	{ "F9", K_F9 }, { "F10", K_F10 }, { "F11", K_F11 }, { "F12", K_F12 },
};

/* name need not end with NUL. */
static gboolean
parse_n(const char *name, size_t len, struct event *out)
{
	gunichar c;

	*out = (struct event){ .kind = EVENT_KEY };
	for (size_t i = 0; i < G_N_ELEMENTS(key_names); i++) {
		if (strlen(key_names[i].name) == len &&
		    !strncmp(key_names[i].name, name, len)) {
			out->key = key_names[i].key;
			return TRUE;
		}
	}
	if (len == 2 && name[0] == '^') {
		out->key = (uint32_t)g_ascii_tolower(name[1]);
		out->mods = MOD_CTRL;
		return TRUE;
	}
	c = g_utf8_get_char_validated(name, (gssize)len);
	if (c >= (gunichar)-2 || g_unichar_to_utf8(c, NULL) != (int)len)
		return FALSE;
	out->key = c;
	return TRUE;
}

gboolean
key_parse(const char *name, struct event *out)
{
	return *name && parse_n(name, strlen(name), out);
}

/* Walks a list of key names; calls until one says TRUE. */
static gboolean
in_list(const char *list, const struct event *e)
{
	struct event k;
	size_t n;

	for (; *list; list += n) {
		list += strspn(list, " ");
		n = strcspn(list, " ");
		if (n && parse_n(list, n, &k) && k.key == e->key &&
		    k.mods == e->mods)
			return TRUE;
	}
	return FALSE;
}

enum request
request_of(const struct event *e, unsigned where)
{
	struct event k = *e;

	if (e->kind != EVENT_KEY)
		return REQ_NONE;
	if (event_is_text(e)) {
		if (where & IN_TEXT)
			return REQ_NONE;
		k.key = base_key_narrow(e->key);
	}
	for (size_t i = 0; i < tui_key_defs_n; i++)
		if ((tui_key_defs[i].where & where) &&
		    (in_list(tui_key_defs[i].keys, &k) ||
		    in_list(tui_key_defs[i].also, &k)))
			return (enum request)i;
	return REQ_NONE;
}

enum request
request_find(const char *id)
{
	for (size_t i = 0; i < tui_key_defs_n; i++)
		if (!strcmp(tui_key_defs[i].id, id))
			return (enum request)i;
	return REQ_NONE;
}

char *
request_key(enum request request, unsigned where)
{
	const struct tui_key_def *d = &tui_key_defs[request];
	g_autofree char *all = g_strconcat(d->keys, " ", d->also, NULL);
	g_auto(GStrv) names = g_strsplit(all, " ", -1);
	struct event e;

	for (int i = 0; names[i]; i++)
		if (key_parse(names[i], &e) &&
		    (!(where & IN_TEXT) || !event_is_text(&e)))
			return g_strdup(names[i]);
	return g_strdup(names[0]);
}

unsigned
request_where(enum request request)
{
	return tui_key_defs[request].where;
}
