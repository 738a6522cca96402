/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Locale and catalogue. Two facts decide the shape: a machine may have no locale
 * but C.UTF-8, and gettext ignores LANGUAGE while LC_MESSAGES is "C". So the
 * characters come from whatever UTF-8 locale there is, and the language always
 * goes through LANGUAGE, also when it was LANG that asked for it.
 */
#include "base/base.h"

#include <langinfo.h>
#include <locale.h>
#include <string.h>

#define DOMAIN "qingnang"

static const char *settled = "en";

/* Languages that we have, by the prefix of a locale's name. The traditional
 * catalogue is not made yet: its readers read the simplified one rather than
 * English. */
static const struct {
	const char *prefix, *language;
} languages[] = {
	{ "zh", "zh_CN" },
	{ "en", "en" },
	{ "C", "en" },
	{ "POSIX", "en" },
};

/* A name ends at one of these: zh_CN.UTF-8, zh-Hans, en@quot, zh_CN:en. */
static gboolean
name_has_prefix(const char *name, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(name, prefix, len) == 0 &&
	    strchr("_.-@:", name[len]) != NULL; /* '\0' too */
}

static const char *
language_known(const char *name)
{
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(languages); i++)
		if (name_has_prefix(name, languages[i].prefix))
			return languages[i].language;
	return NULL;
}

static const char *
locale_asked(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	const char *value;
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(names); i++) {
		value = g_getenv(names[i]);
		if (value && *value)
			return value;
	}
	return "C";
}

/* What the environment asks for: LANGUAGE, a list, goes before the locale. */
static const char *
language_asked(void)
{
	const char *list = g_getenv("LANGUAGE");
	const char *found;

	for (; list && *list; list = strchr(list, ':')) {
		list += *list == ':';
		found = language_known(list);
		if (found)
			return found;
	}
	found = language_known(locale_asked());
	return found ? found : "en";
}

static gboolean
is_utf8(void)
{
	return g_ascii_strcasecmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* Characters and words, not the ten other categories: nothing here asks them, and
 * each is files to find and map before the first screen. Numbers least of all:
 * they go into files and documents, always with a point. */
static gboolean
set_locale(void)
{
	static const char *const names[] = { "", "C.UTF-8", "C.utf8",
		"en_US.UTF-8", "zh_CN.UTF-8" };
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(names); i++)
		if (setlocale(LC_CTYPE, names[i]) && is_utf8()) {
			setlocale(LC_MESSAGES, names[i]);
			return TRUE;
		}
	setlocale(LC_CTYPE, "C");
	return FALSE;
}

/* LC_MESSAGES may be "C" alone; the locale of the characters will do. */
static void
set_messages(void)
{
	const char *now = setlocale(LC_MESSAGES, NULL);

	if (strcmp(now, "C") == 0 || strcmp(now, "POSIX") == 0)
		setlocale(LC_MESSAGES, setlocale(LC_CTYPE, NULL));
}

gboolean
base_i18n_init(const char *language)
{
	g_autofree char *dir = base_data_path("locale");
	gboolean utf8 = set_locale();

	settled = language && *language ? language_known(language) : NULL;
	if (!settled)
		settled = language_asked();
	if (utf8)
		set_messages();
	g_setenv("LANGUAGE", settled, TRUE);
	bindtextdomain(DOMAIN, dir);
	bind_textdomain_codeset(DOMAIN, "UTF-8");
	textdomain(DOMAIN);
	return utf8;
}

const char *
base_i18n_language(void)
{
	return settled;
}

const char *
base_i18n_lang(void)
{
	return g_str_has_prefix(settled, "zh") ? "zh" : "en";
}
