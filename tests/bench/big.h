/* SPDX-License-Identifier: Apache-2.0 */
/* One patient with ten years behind them, for the chart's numbers. */
#ifndef QN_BENCH_BIG_H
#define QN_BENCH_BIG_H

#include "store/store.h"

#define BIG_PATIENT "big-chart"
#define BIG_OBSERVATIONS 20000
/* Into the cache, in my queue above all others; resources put. */
int big_put(struct store *store);

#endif
