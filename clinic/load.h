/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QN_CLINIC_LOAD_H
#define QN_CLINIC_LOAD_H

#include "clinic/db.h"

struct clinic_loaded {
	int64_t resources;
	int64_t skipped; /* files that are no FHIR resource */
};
/* Every *.json below dir, as one transaction. A Bundle's entries are taken one
 * by one when they have a resource with an id, and the Bundle itself when it is
 * a document or message. Errors are of the disk alone. */
gboolean clinic_load(struct clinic_db *db, const char *dir, int64_t now_ms,
    struct clinic_loaded *out, GError **error);

#endif
