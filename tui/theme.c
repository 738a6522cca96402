/* SPDX-License-Identifier: Apache-2.0 */
/* Theme files: a line each, read in one pass, inheritance first. */
#include "tui/theme.h"
#include "tui/tui.h"

#include <glib/gstdio.h>
#include <unistd.h>

const char *const tui_theme_elements[] = {
#define ELEMENT_ID(name, id) id,
	TUI_ELEMENTS(ELEMENT_ID)
#undef ELEMENT_ID
	NULL
};

static const char *const colour_names[] = {
	"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
	"bright-black", "bright-red", "bright-green", "bright-yellow",
	"bright-blue", "bright-magenta", "bright-cyan", "bright-white",
};
static const struct { const char *name; unsigned attr; } attr_names[] = {
	{ "bold", ATTR_BOLD }, { "dim", ATTR_DIM },
	{ "underline", ATTR_UNDERLINE }, { "reverse", ATTR_REVERSE },
	{ "italic", ATTR_ITALIC }, { "plain", 0 },
};
enum { INHERIT_MAX = 8, THEME_MAX_BYTES = 256 * 1024 };

struct reading {
	const char *path;
	int line;
	int element; /* of the last line that named one */
};

static gboolean
bad(const struct reading *r, GError **error, const char *what,
    const char *word)
{
	g_set_error(error, BASE_ERROR, BASE_ERROR_CONFIG, "%s:%d: %s “%s”",
	    r->path, r->line, what, word);
	return FALSE;
}

static gboolean
colour_one(const char *word, short *out)
{
	char *end;
	gint64 n;

	if (g_ascii_isdigit(*word)) {
		n = g_ascii_strtoll(word, &end, 10);
		*out = (short)CLAMP(n, 0, 255);
		return !*end && n <= 255;
	}
	if (!strcmp(word, "-")) {
		*out = COLOUR_INHERIT;
		return TRUE;
	}
	if (!strcmp(word, "default")) {
		*out = COLOUR_DEFAULT;
		return TRUE;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(colour_names); i++) {
		if (!strcmp(word, colour_names[i])) {
			*out = (short)i;
			return TRUE;
		}
	}
	return FALSE;
}

/* "203/bright-red", "red", "-". The second part is for 16 colours. */
static gboolean
colour_pair(const char *word, short out[2])
{
	g_auto(GStrv) part = g_strsplit(word, "/", 2);

	if (!part[0] || !colour_one(part[0], &out[0]))
		return FALSE;
	if (part[1])
		return colour_one(part[1], &out[1]) && out[1] < 16;
	out[1] = out[0] < 16 ? out[0] : COLOUR_INHERIT;
	return TRUE;
}

static gboolean
attr_of(const char *word, unsigned *attrs)
{
	for (size_t i = 0; i < G_N_ELEMENTS(attr_names); i++) {
		if (!strcmp(word, attr_names[i].name)) {
			*attrs |= attr_names[i].attr;
			return TRUE;
		}
	}
	return FALSE;
}

static gboolean
style_read(const struct reading *r, const char *value,
    struct theme_style *out, GError **error)
{
	g_auto(GStrv) word = g_strsplit_set(value, " \t;", -1);
	struct theme_style s = { { COLOUR_INHERIT, COLOUR_INHERIT },
		{ COLOUR_INHERIT, COLOUR_INHERIT }, 0, 0 };
	gboolean on = FALSE, mono = FALSE, mono_given = FALSE;

	for (int i = 0; word[i]; i++) {
		if (!*word[i])
			continue;
		if (!strcmp(word[i], "on"))
			on = TRUE;
		else if (!strcmp(word[i], "mono"))
			mono = mono_given = TRUE;
		else if (!attr_of(word[i], mono ? &s.mono : &s.attrs) &&
		    (mono || !colour_pair(word[i], on ? s.bg : s.fg)))
			return bad(r, error, _("not a colour or attribute:"),
			    word[i]);
	}
	if (!mono_given)
		s.mono = s.attrs;
	*out = s;
	return TRUE;
}

/* A theme has its elements in the table's order: the next one first. */
static int
element_find(const char *id, int last)
{
	for (int i = 1; i <= E_COUNT_; i++) {
		int at = (last + i) % E_COUNT_;

		if (!strcmp(tui_theme_elements[at], id))
			return at;
	}
	return -1;
}

static gboolean theme_read(struct theme *theme, const char *path, int depth,
    GError **error);

/* One of the house, else one's own beside the settings. */
static char *
theme_path(const char *name)
{
	g_autofree char *file = g_strconcat("themes/", name, ".theme", NULL);
	g_autofree char *house = NULL, *conf = NULL, *dir = NULL, *own = NULL;

	if (strchr(name, '/'))
		return g_strdup(name);
	house = base_data_path(file);
	if (g_access(house, R_OK) == 0)
		return g_steal_pointer(&house);
	conf = base_profile_config_path("default");
	dir = g_path_get_dirname(conf);
	own = g_strconcat(dir, "/", name, ".theme", NULL);
	if (g_access(own, F_OK) == 0)
		return g_steal_pointer(&own);
	return g_steal_pointer(&house);
}

static gboolean
theme_bytes(const char *path, char **text, gsize *len, GError **error)
{
	g_autoptr(GError) why = NULL;

	if (g_file_get_contents(path, text, len, &why))
		return TRUE;
	if (!g_error_matches(why, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
		g_propagate_error(error, g_steal_pointer(&why));
		return FALSE;
	}
	g_set_error(error, BASE_ERROR, BASE_ERROR_CONFIG, _("There is no theme "
	    "%s. Known are dark, light, high-contrast and mono; "
	    "qingnang.conf(5) says where one of your own lies."), path);
	return FALSE;
}

static gboolean
line_read(struct theme *theme, struct reading *r,
    char *line, int depth, GError **error)
{
	char *eq, *key, *value;
	int element;

	g_strstrip(line);
	if (!*line || *line == '#')
		return TRUE;
	eq = strchr(line, '=');
	if (!eq)
		return bad(r, error, _("not “element = style”:"), line);
	*eq = '\0';
	key = g_strstrip(line);
	value = g_strstrip(eq + 1);
	if (!strcmp(key, "inherit")) {
		g_autofree char *path = theme_path(value);
		return theme_read(theme, path, depth + 1, error);
	}
	element = element_find(key, r->element);
	if (element < 0)
		return bad(r, error, _("unknown element"), key);
	r->element = element;
	return style_read(r, value, &theme->style[element], error);
}

static gboolean
theme_read(struct theme *theme, const char *path, int depth,
    GError **error)
{
	struct reading r = { .path = path, .element = -1 };
	g_autofree char *text = NULL;
	gsize len;
	char *next;

	if (!theme_bytes(path, &text, &len, error))
		return FALSE;
	if (depth > INHERIT_MAX || len > THEME_MAX_BYTES ||
	    !g_utf8_validate(text, (gssize)len, NULL)) {
		r.line = 1;
		return bad(&r, error, _("not a theme:"), path);
	}
	for (char *line = text; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		r.line++;
		if (!line_read(theme, &r, line, depth, error))
			return FALSE;
	}
	return TRUE;
}

struct theme *
theme_load(const char *name, GError **error)
{
	g_autofree char *path = theme_path(name && *name ? name : "dark");
	struct theme *theme = g_new0(struct theme, 1);

	for (int i = 0; i < E_COUNT_; i++)
		for (int k = 0; k < 2; k++)
			theme->style[i].fg[k] = theme->style[i].bg[k] =
			    COLOUR_INHERIT;
	if (theme_read(theme, path, 0, error))
		return theme;
	theme_free(theme);
	return NULL;
}

void
theme_free(struct theme *theme)
{
	g_free(theme);
}

gboolean
tui_theme_check(const char *path, GError **error)
{
	BASE_AUTO(theme) theme = theme_load(path, error);

	return theme != NULL;
}
