/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QN_TESTS_BENCH_WORDS_H
#define QN_TESTS_BENCH_WORDS_H

#include <glib.h>

/* One message of a consultation, about 300 bytes. */
void words_message(GRand *rand, GString *out);

#endif
