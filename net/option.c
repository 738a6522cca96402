/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "net/option.h"

static gboolean
take_word(struct net_options *options, char **rest, GError **error)
{
	if (!rest || !rest[0])
		return TRUE;
	if (strcmp(rest[0], "login") == 0 && !rest[1]) {
		options->mode = MODE_LOGIN;
		return TRUE;
	}
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
	    _("qingnang-sync does not know \"%s\"; try --help"), rest[0]);
	return FALSE;
}

static gboolean
check(struct net_options *options, GError **error)
{
	if (!options->profile)
		options->profile = g_strdup("default");
	if (base_profile_name_ok(options->profile))
		return TRUE;
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s",
	    _("a profile's name has 1 to 32 letters, digits, - or _"));
	return FALSE;
}

gboolean
net_options_parse(struct net_options *options, int *argc, char ***argv,
    GError **error)
{
	gboolean once = FALSE, purge = FALSE, looks = FALSE;
	g_auto(GStrv) rest = NULL;
	const GOptionEntry entries[] = {
		{ "profile", 'p', 0, G_OPTION_ARG_STRING, &options->profile,
		    N_("the profile to keep in step"), "NAME" },
		{ "key-fd", 0, 0, G_OPTION_ARG_INT, &options->key_fd,
		    N_("read the cache's key from this descriptor"), "N" },
		{ "once", 0, 0, G_OPTION_ARG_NONE, &once,
		    N_("bring the queue, send what waits, and end"), NULL },
		{ "watch", 0, 0, G_OPTION_ARG_NONE, &options->watch,
		    N_("stay and keep the cache live until stopped"), NULL },
		{ "stay", 0, 0, G_OPTION_ARG_NONE, &options->stay,
		    N_("the same, also when the last screen closes"), NULL },
		{ "purge", 0, 0, G_OPTION_ARG_NONE, &purge,
		    N_("remove patients past their retention, and end"),
		    NULL },
		{ "check", 0, 0, G_OPTION_ARG_NONE, &looks,
		    N_("see whether server and login hold, and end"), NULL },
		{ "paste", 0, 0, G_OPTION_ARG_NONE, &options->paste,
		    N_("login: paste the address the browser ends at"), NULL },
		{ "version", 0, 0, G_OPTION_ARG_NONE, &options->version,
		    N_("print the version"), NULL },
		{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &rest,
		    NULL, NULL },
		{ NULL },
	};
	g_autoptr(GOptionContext) context = g_option_context_new(
	    _("[login] - keep a profile's cache in step with its server"));

	memset(options, 0, sizeof(*options));
	options->key_fd = -1;
	g_option_context_add_main_entries(context, entries, "qingnang");
	if (!g_option_context_parse(context, argc, argv, error))
		return FALSE;
	options->mode = once ? MODE_ONCE : purge ? MODE_PURGE
	    : looks ? MODE_CHECK : MODE_SERVE;
	return take_word(options, rest, error) && check(options, error);
}

void
net_options_clear(struct net_options *options)
{
	g_clear_pointer(&options->profile, g_free);
}
