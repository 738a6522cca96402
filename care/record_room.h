/* SPDX-License-Identifier: Apache-2.0 */
/* Between record.c (the walk), record_value.c (one value in words) and
 * record_label.c (names of fields and codes); and for who in care/ says a part of a
 * record in its words. */
#ifndef QN_CARE_RECORD_ROOM_H
#define QN_CARE_RECORD_ROOM_H

#include "care/record.h"

/* Owned. */
char *record_label(const char *field);
char *record_code_words(const char *field, const char *code);
/* An element that is one value (a concept, quantity, period, reference …) in
 * words, with all its codes; NULL: it has parts of its own. Owned. */
char *record_value_words(const fhir_node *node, const char *field,
    const struct record_words *words);
/* Words behind what there is, with something between; no words: nothing. */
void record_join(GString *out, const char *between, const char *words);
/* A date as exact as it was written; a moment on the hospital's clock. Owned. */
char *record_date_words(const char *text);

#endif
