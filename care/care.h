/* SPDX-License-Identifier: Apache-2.0 */
/*
 * care/: clinical sense. Values in, values out; no I/O, no clock of its own.
 * A rule of medicine is data with its source. Used by store/ never, by tui/ and
 * cli/ for what is shown.
 */
#ifndef QN_CARE_H
#define QN_CARE_H

#include "fhir/fhir.h"

/* "‼", "!", "" and the word for it: no meaning by colour or mark alone. */
const char *care_urgency_mark(enum fhir_priority p);
const char *care_urgency_words(enum fhir_priority p);

/* Observation interpretation (HL7 v3 ObservationInterpretation): mark and word.
 * "H" → "↑" / "high"; NULL or "N" → "" / "". */
const char *care_interpretation_mark(const char *code);
const char *care_interpretation_words(const char *code);
/* For ordering in the chart: 0 critical (HH, LL, AA), 1 abnormal, 2 normal,
 * 3 unknown. */
int care_interpretation_rank(const char *code);

/* ---- one decimal beside another: care/decimal_change.c ------------------- */

/* now − before with its sign, exactly: "+0.40", "−2", "±0"; of two pairs (blood
 * pressures) both: "+8/−2". NULL when one is not a plain number. Owned. */
char *care_decimal_change(const char *now, const char *before);

/* (now − before) ÷ before, in percent to one decimal: "+5.9 %"; NULL when one is
 * not a plain number above zero. Owned. */
char *care_decimal_percent(const char *now, const char *before);
/* How many decimals it is written with; -1: not a plain number. */
int care_decimal_places(const char *value);
/* Their mean to so many decimals, rounded half up once; NULL when one is not a
 * plain number. Owned. */
char *care_decimal_mean(const char *const *values, size_t n, int places);

/* ---- beside the range: care/lab.c ---------------------------------------- */

/*
 * When the server gave no interpretation: computed from value and range only if
 * both are plain decimals in the same unit; never a guess. value, low, high are
 * decimal texts, low/high may be NULL. Returns "H", "L", "N" or NULL.
 */
const char *care_interpret(const char *value, const char *low,
    const char *high);
/* The same of a range in words, "3.9–6.1", "≥ 3.9", "≤ 6.1" (fhir_range_words():
 * plain numbers are in the result's unit), and of "158/94" in two of them;
 * NULL when it says anything more. */
const char *care_interpret_range(const char *value, const char *range);
/* "6.1–3.9": nothing is judged by it. */
gboolean care_range_reversed(const char *range);
/* … of "< 5" or "> 250": only what is certain of every value it may be. */
const char *care_interpret_compared(const char *comparator, const char *value,
    const char *range);

#endif
