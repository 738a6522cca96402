/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A clinic's history as a server would send it, invented from a seed: patients,
 * consultation headers and their messages, about 1 KB each, in the order of
 * time. Some hundreds of consultations are open at any moment and their messages
 * come mixed; ids are random, as servers make them.
 */
#ifndef QN_BENCH_GEN_H
#define QN_BENCH_GEN_H

#include <glib.h>
#include <stdint.h>

#define GEN_ME "Practitioner/practice-doctor" /* the practice clinic's */
#define GEN_LONG_THREADS 200     /* the first so many … */
#define GEN_LONG_MESSAGES 200    /* … have so many messages each */

struct gen;
struct gen *gen_new(guint32 seed, int consults, int messages);
void gen_free(struct gen *gen);
/* The next resource replaces what is in out. FALSE at the end. */
gboolean gen_next(struct gen *gen, GString *out);
/* "Communication/ID" of a header. Owned. */
char *gen_consult_ref(const struct gen *gen, int consult);
/* "Type/id" of the resource that gen_next() made last. */
const char *gen_last_ref(const struct gen *gen);

#endif
