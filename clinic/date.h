/* SPDX-License-Identifier: Apache-2.0 */
/* FHIR dates as the intervals that they mean. */
#ifndef QN_CLINIC_DATE_H
#define QN_CLINIC_DATE_H

#include <glib.h>
#include <stdint.h>

struct clinic_interval {
	int64_t lo, hi; /* ms since 1970, lo included, hi excluded */
};

/* YYYY, YYYY-MM, YYYY-MM-DD, YYYY-MM-DDThh:mm[:ss[.fff]][Z|±hh:mm]; no zone
 * is UTC. FALSE when it is none. */
gboolean clinic_date_parse(const char *text, struct clinic_interval *out);

#endif
