/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fuzz target is one file with the function below. `make check` links it with
 * replay.c; `./dev fuzz` lets libFuzzer take its place. A target fails by
 * abort(); what it proves stands at its top.
 */
#ifndef QN_TESTS_FUZZ_H
#define QN_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the target proves, at each input. */
static inline void
must(int holds)
{
	if (!holds)
		abort();
}

#endif
