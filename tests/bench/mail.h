/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QN_TESTS_BENCH_MAIL_H
#define QN_TESTS_BENCH_MAIL_H

#include "store/store.h"

/* The newest messages of the cache as mail under dir, indexed and searched by
 * notmuch; one line says so when there is none on this machine. */
void mail_bench(struct store *store, const char *dir, const char *const *words,
    size_t n);

#endif
