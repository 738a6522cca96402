# SPDX-License-Identifier: Apache-2.0
# Run by ./dev interop: it needs the network (npm). See run.sh.
interop_programs = tests/interop/cache tests/interop/rewrite \
	tests/interop/orders tests/interop/answers
EXTRA_PROGRAMS += $(interop_programs)
CLEANFILES += $(interop_programs)
tests_interop_cache_SOURCES = tests/interop/cache.c
tests_interop_cache_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS)
tests_interop_cache_LDADD = $(STORE_LIBS)
tests_interop_rewrite_SOURCES = tests/interop/rewrite.c
tests_interop_rewrite_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
tests_interop_rewrite_LDADD = $(FHIR_LIBS)
tests_interop_answers_SOURCES = tests/interop/answers.c
tests_interop_answers_LDADD = $(STORE_LIBS)
tests_interop_orders_SOURCES = tests/interop/orders.c $(order_gen)
tests_interop_orders_LDADD = $(CARE_LIBS)
EXTRA_DIST += tests/interop/orders.mjs tests/fixtures/threads tests/interop/run.sh \
	tests/interop/examples.sh tests/interop/charts.mjs \
	tests/interop/examples \
	tests/interop/package.json tests/interop/package-lock.json \
	tests/interop/medplum.mjs tests/interop/lossless.mjs \
	tests/interop/checker.mjs tests/interop/checker_selftest.mjs \
	tests/interop/fhir.mjs tests/interop/server.mjs \
	tests/interop/client.mjs tests/interop/suite.mjs
