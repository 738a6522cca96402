/* SPDX-License-Identifier: Apache-2.0 */
/* What can be searched, and by what: the clinic's reading of R4. */
#ifndef QN_CLINIC_PARAM_H
#define QN_CLINIC_PARAM_H

#include "clinic/doc.h"

enum clinic_param_kind { PARAM_TOKEN, PARAM_REF, PARAM_DATE, PARAM_STRING,
	PARAM_URI };

struct clinic_param {
	const char *type;
	const char *name;
	enum clinic_param_kind kind;
	const char *path;   /* members by '.', alternatives by '|' */
	const char *target; /* references of this type alone, or NULL: any */
};

/* Ordered by type. */
extern const struct clinic_param clinic_params[];
extern const size_t clinic_param_count;

/* The first of a type, or NULL; the rest follow it. */
const struct clinic_param *clinic_params_of(const char *type);
const struct clinic_param *clinic_param_find(const char *type,
    const char *name);

/* All resource types of R4, ordered. */
extern const char *const clinic_types[];
extern const size_t clinic_type_count;
gboolean clinic_type_ok(const char *type);

#endif
