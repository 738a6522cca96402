/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QN_CLINIC_OPTIONS_H
#define QN_CLINIC_OPTIONS_H

#include "clinic/pharmacist.h"
#include "clinic/rest.h"

struct clinic_options {
	int port;
	enum clinic_dialect dialect;
	char *db_path, *load_dir, *state_dir;
	gboolean tls;
	int token_seconds, binding_seconds, heartbeat_ms;
	gboolean frame_times;
	gint64 seed;
	int patients, renewals, formulary;
	double pace;
	enum pharmacist_mode pharmacist;
	gint64 body_max;
	char **faults;
};

/* Over the defaults that stand in o. */
gboolean clinic_options_parse(struct clinic_options *o, int argc, char **argv,
    gboolean *only_version, GError **error);

void clinic_options_clear(struct clinic_options *o);

#endif
