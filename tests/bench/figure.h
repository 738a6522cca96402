/* SPDX-License-Identifier: Apache-2.0 */
/* A measured figure beside its limit, one line each; the exit status knows
 * whether one is over. Also what the bench programs share of the cache. */
#ifndef QN_BENCH_FIGURE_H
#define QN_BENCH_FIGURE_H

#include "store/store.h"

#include <stdbool.h>
#include <sys/types.h>

enum figure_bound { FIGURE_AT_MOST, FIGURE_AT_LEAST, FIGURE_NO_LIMIT };

/* Prints the line; floor may be NULL: how the floor was measured. */
void figure(const char *name, double value, const char *unit,
    enum figure_bound bound, double limit, const char *floor);
int figure_status(void); /* 0, or 1 when some figure broke its limit */

/* Microseconds; sorts the samples. */
struct samples { double *us; size_t n, room; };
void samples_add(struct samples *samples, double us);
double samples_quantile(struct samples *samples, double q);
void samples_clear(struct samples *samples);

/* Of a process, by /proc: resident MB. */
double bench_resident_mb(pid_t pid);

/* The cache of the bench in DIR: made on first use, its slot opened by the
 * passphrase "bench" with a cheap key derivation. Exits on failure. */
struct base_secret *bench_key(const char *dir);
struct store *bench_open(const char *dir, enum store_role role);
G_GNUC_NORETURN void bench_die(const char *doing, const GError *error);

#endif
