/* SPDX-License-Identifier: Apache-2.0 */
/* An analyte between its files (care/analyte*.c); nothing else includes this. */
#ifndef CARE_ANALYTE_ROOM_H
#define CARE_ANALYTE_ROOM_H

#include "care/analyte.h"

/* How a unit of the analyte comes to the one that values are brought to; test may
 * be NULL: of no code. NULL: it does not. */
const struct care_conversion *analyte_conversion(
    const struct care_analyte *analyte, const char *test, const char *unit);
/* All of its conversions, that of its own unit first; how many. */
size_t analyte_conversions(const struct care_analyte *analyte,
    const struct care_conversion *rows[CARE_ABOUT_MAX]);
/* From which unit one of them converts. */
const char *analyte_row_unit(const struct care_analyte *analyte,
    const struct care_conversion *row);

#endif
