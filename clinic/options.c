/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <stdio.h>

#include "clinic/options.h"

static const char *const dialects[] = {
	[DIALECT_MEDPLUM] = "medplum", [DIALECT_BACKPORT] = "backport",
	[DIALECT_HAPI] = "hapi",
};

static gboolean
take_dialect(const char *name, const char *value, void *data, GError **error)
{
	struct clinic_options *o = data;
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(dialects); i++)
		if (!g_strcmp0(value, dialects[i])) {
			o->dialect = i;
			return TRUE;
		}
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
	    "No such dialect: %s (medplum, backport, hapi)", value);
	return FALSE;
}

static gboolean
take_pharmacist(const char *name, const char *value, void *data, GError **error)
{
	struct clinic_options *o = data;
	size_t i;

	for (i = 0; i < PHARMACIST_MODES_; i++)
		if (!g_strcmp0(value, pharmacist_modes[i])) {
			o->pharmacist = i;
			return TRUE;
		}
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
	    "The pharmacist cannot %s (approve, reject, slow, mixed, review, "
	    "lose, keep, off)",
	    value);
	return FALSE;
}

static gboolean
in_range(const struct clinic_options *o, GError **error)
{
	const struct { const char *name; double value, least, most; } all[] = {
		{ "port", o->port, 0, 65535 },
		{ "token-seconds", o->token_seconds, 1, G_MAXINT },
		{ "binding-seconds", o->binding_seconds, 1, G_MAXINT },
		{ "heartbeat-ms", o->heartbeat_ms, 1, G_MAXINT },
		{ "patients", o->patients, 0, G_MAXINT },
		{ "renewals", o->renewals, 0, G_MAXINT },
		{ "formulary", o->formulary, 0, 99999 },
		{ "pace", o->pace, 0, 1000000 },
		{ "max-body", (double)o->body_max, 1, G_MAXINT },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
		if (!(all[i].value >= all[i].least &&
		    all[i].value <= all[i].most)) {
			g_set_error(error, G_OPTION_ERROR,
			    G_OPTION_ERROR_BAD_VALUE,
			    "--%s takes a number from %.0f to %.0f",
			    all[i].name, all[i].least, all[i].most);
			return FALSE;
		}
	return TRUE;
}

static void
print_version(void)
{
	printf("qingnang-clinic %s\n", VERSION);
}

void
clinic_options_clear(struct clinic_options *o)
{
	g_free(o->db_path);
	g_free(o->load_dir);
	g_free(o->state_dir);
	g_strfreev(o->faults);
}

static gboolean
not_understood(const char *word, GError **error)
{
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION,
	    "Not understood: %s", word);
	return FALSE;
}

static GOptionGroup *
options_group(struct clinic_options *o, gboolean *version)
{
	const GOptionEntry entries[] = {
		{ "port", 'p', 0, G_OPTION_ARG_INT, &o->port,
		  "Port on 127.0.0.1 (default 0: any free one)", "N" },
		{ "dialect", 0, 0, G_OPTION_ARG_CALLBACK, take_dialect,
		  "WebSocket dialect: medplum, backport or hapi", "NAME" },
		{ "tls", 0, 0, G_OPTION_ARG_NONE, &o->tls,
		  "Serve https with a throw-away CA", NULL },
		{ "state", 0, 0, G_OPTION_ARG_FILENAME, &o->state_dir,
		  "Directory for the CA (default: a temporary one)", "DIR" },
		{ "db", 0, 0, G_OPTION_ARG_FILENAME, &o->db_path,
		  "Keep the resources in FILE (default: in memory)", "FILE" },
		{ "load", 0, 0, G_OPTION_ARG_FILENAME, &o->load_dir,
		  "Load every FHIR JSON file below DIR", "DIR" },
		{ "seed", 0, 0, G_OPTION_ARG_INT64, &o->seed,
		  "Number from which the patients are made", "N" },
		{ "patients", 0, 0, G_OPTION_ARG_INT, &o->patients,
		  "How many patients to make (default 0)", "N" },
		{ "renewals", 0, 0, G_OPTION_ARG_INT, &o->renewals,
		  "How many of the renewal cases to make (default 0)", "N" },
		{ "formulary", 0, 0, G_OPTION_ARG_INT, &o->formulary,
		  "Fill the formulary up to N products", "N" },
		{ "pace", 0, 0, G_OPTION_ARG_DOUBLE, &o->pace,
		  "How fast patients answer; 1 is real, 0 never", "X" },
		{ "pharmacist", 0, 0, G_OPTION_ARG_CALLBACK, take_pharmacist,
		  "The pharmacist: approve, reject, slow, mixed, review, lose, "
		  "keep or off", "HOW" },
		{ "token-seconds", 0, 0, G_OPTION_ARG_INT, &o->token_seconds,
		  "Life of an access token (default 3600)", "N" },
		{ "binding-seconds", 0, 0, G_OPTION_ARG_INT,
		  &o->binding_seconds,
		  "Life of a WebSocket's binding token (default 3600)", "N" },
		{ "heartbeat-ms", 0, 0, G_OPTION_ARG_INT, &o->heartbeat_ms,
		  "Between heartbeats of a WebSocket (default 25000)", "N" },
		{ "frame-times", 0, 0, G_OPTION_ARG_NONE, &o->frame_times,
		  "Print when each WebSocket frame was written", NULL },
		{ "max-body", 0, 0, G_OPTION_ARG_INT64, &o->body_max,
		  "Longest request body in bytes (default 33554432)", "N" },
		{ "fault", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->faults,
		  "Misbehave; see qingnang-clinic(1); repeatable",
		  "NAME[=ARG]" },
		{ "version", 0, 0, G_OPTION_ARG_NONE, version,
		  "Print the version", NULL },
		G_OPTION_ENTRY_NULL
	};
	GOptionGroup *group = g_option_group_new("clinic", "", "", o, NULL);

	g_option_group_add_entries(group, entries);
	return group;
}

gboolean
clinic_options_parse(struct clinic_options *o, int argc, char **argv,
    gboolean *only_version, GError **error)
{
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	gboolean version = FALSE;

	g_option_context_set_main_group(context, options_group(o, &version));
	g_option_context_set_summary(context, "A small FHIR R4 server on "
	    "loopback with invented patients, for practice and tests.");
	if (!g_option_context_parse(context, &argc, &argv, error))
		return FALSE;
	if (argc > 1 && !not_understood(argv[1], error))
		return FALSE;
	*only_version = version;
	if (version)
		print_version();
	return in_range(o, error);
}
