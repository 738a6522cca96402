/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fuzz target is one file with the function below. `make check` links it with
 * main.c, which feeds it the corpus and some thousand fixed mutations of it; a
 * fuzzer takes main.c's place (clang -fsanitize=fuzzer,address).
 */
#ifndef QN_TESTS_FUZZ_H
#define QN_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
