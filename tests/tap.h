/* SPDX-License-Identifier: Apache-2.0 */
/* cmocka with the includes it needs, and where a test finds its files. One
 * cmocka group per program: TAP knows one plan. */
#ifndef QN_TESTS_TAP_H
#define QN_TESTS_TAP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <glib.h>

/* An input file in the source tree: "tests/fixtures/x.json". Owned. */
static inline char *test_src(const char *name)
{
	const char *dir = g_getenv("QN_TEST_SRCDIR");
	return g_build_filename(dir ? dir : ".", name, NULL);
}

/* A built program: "qingnang-clinic". Owned. */
static inline char *test_program(const char *name)
{
	const char *dir = g_getenv("QN_TEST_BUILDDIR");
	return g_build_filename(dir ? dir : ".", name, NULL);
}

#endif
