/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which tests are the same thing measured, and how their units convert. A table
 * with its source in every row: what is not in it stays apart, and a conversion
 * it does not state is refused. Decimals in, decimals out; nothing is guessed from
 * the size of a number.
 */
#ifndef QN_CARE_ANALYTE_H
#define QN_CARE_ANALYTE_H

#include "care/care.h"

#define CARE_LOINC FHIR_LOINC "|"

struct care_analyte {
	const char *id;
	const char *en, *zh;
	const char *also;     /* what a doctor types after "@", folded, blanks
	                       * between */
	const char *codes;    /* LOINC, blanks between */
	const char *unit;     /* UCUM; that values are brought to */
	const char *kin;      /* who asks for that one asks for this too; or
	                       * NULL */
};
extern const struct care_analyte care_analytes[]; /* id NULL ends it */
/* unit → care_analyte.unit: × times ÷ over + plus. code: only of that LOINC. */
struct care_conversion {
	const char *id, *code, *unit;
	const char *times, *over, *plus;
	const char *source;
};
extern const struct care_conversion care_conversions[]; /* id NULL ends it */

/* Of a test "system|code"; NULL: in no group, it is the same as itself alone. */
const struct care_analyte *care_analyte_of(const char *test);
/* By what a doctor calls it, folded: its name in either language or a usual short
 * form, whole; NULL: none is called so. */
const struct care_analyte *care_analyte_named(const char *fold);
/* All that it is called, folded, also with what it is measured in before it;
 * owned. */
char **care_analyte_names(const struct care_analyte *analyte);
/* Words beside a name that make no other test of it: specimen, method. */
extern const char *const care_analyte_beside[]; /* NULL ends it */
/* The test keys of a group, "http://loinc.org|…"; NULL-terminated, owned. */
char **care_analyte_tests(const struct care_analyte *analyte);

/*
 * A value of test in unit as a value of to_test in `to`: the text itself when both
 * are the same, else, in one group, exact arithmetic, rounded half up to the
 * significant digits of the value, two at least; with an offset (HbA1c), to the
 * place its last one has there. NULL: refused (no unit, no row, not a plain
 * positive number). unit and to are UCUM codes or the words of one.
 */
char *care_analyte_convert(const char *test, const char *value,
    const char *unit, const char *to_test, const char *to);
/* value in unit beside number in the unit `to`, exactly: *order -1, 0, 1. test may
 * be NULL: of no code. FALSE: refused, as by care_analyte_convert(). */
gboolean care_analyte_order(const struct care_analyte *analyte,
    const char *test, const char *value, const char *unit, const char *number,
    const char *to, int *order);
/* A value of the analyte in another of its units; test as above. Owned. */
char *care_analyte_in(const struct care_analyte *analyte, const char *test,
    const char *value, const char *unit, const char *to);
/* About what a number in one unit is in each unit of the analyte, for who looks for
 * candidates; where a unit's meaning hangs on the code, each. How many. */
struct care_about { const char *unit; double value; };
#define CARE_ABOUT_MAX 16
size_t care_analyte_about(const struct care_analyte *analyte, double number,
    const char *unit, struct care_about out[CARE_ABOUT_MAX]);
/* The unit of an analyte that begins so, folded: its own first; NULL: none. */
const char *care_analyte_unit(const struct care_analyte *analyte,
    const char *fold);
/* As a doctor reads it: "µmol/L" for UCUM's "umol/L". Owned. */
char *care_ucum_words(const char *unit);
/* Where a conversion stands written; NULL: there is none. */
const char *care_analyte_source(const char *test, const char *unit);

#endif
