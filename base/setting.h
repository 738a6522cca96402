/* SPDX-License-Identifier: Apache-2.0 */
/* Inside base/ only: settings in memory (setting.c) and in a file
 * (setting_file.c). */
#ifndef QN_BASE_SETTING_H
#define QN_BASE_SETTING_H

#include "base/base.h"

struct base_settings {
	char *values[SET_COUNT_]; /* NULL: the default */
};

/* The setting of that name, or SET_COUNT_. */
enum setting setting_find(const char *section, const char *key);
/* NULL, or what is allowed instead: a sentence's end, owned. */
char *setting_check(enum setting key, const char *value);

#endif
