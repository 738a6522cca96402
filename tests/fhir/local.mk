# SPDX-License-Identifier: Apache-2.0
fhir_tests = tests/fhir/test_scan tests/fhir/test_doc tests/fhir/test_types \
	tests/fhir/test_value tests/fhir/test_words tests/fhir/test_bundle tests/fhir/test_build \
	tests/fhir/test_out tests/fhir/test_decimal
check_PROGRAMS += $(fhir_tests)
TESTS += $(fhir_tests)
FHIR_TEST_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(JANSSON_CFLAGS)
FHIR_TEST_LDADD = $(FHIR_LIBS) $(CMOCKA_LIBS)

tests_fhir_test_scan_SOURCES = tests/fhir/test_scan.c
tests_fhir_test_scan_CPPFLAGS = $(FHIR_TEST_CPPFLAGS)
tests_fhir_test_scan_LDADD = $(FHIR_TEST_LDADD)

tests_fhir_test_doc_SOURCES = tests/fhir/test_doc.c
tests_fhir_test_doc_CPPFLAGS = $(FHIR_TEST_CPPFLAGS)
tests_fhir_test_doc_LDADD = $(FHIR_TEST_LDADD)

tests_fhir_test_types_SOURCES = tests/fhir/test_types.c
tests_fhir_test_types_CPPFLAGS = $(FHIR_TEST_CPPFLAGS)
tests_fhir_test_types_LDADD = $(FHIR_TEST_LDADD)

tests_fhir_test_words_SOURCES = tests/fhir/test_words.c
tests_fhir_test_words_CPPFLAGS = $(FHIR_TEST_CPPFLAGS)
tests_fhir_test_words_LDADD = $(FHIR_TEST_LDADD)

tests_fhir_test_bundle_SOURCES = tests/fhir/test_bundle.c
tests_fhir_test_bundle_CPPFLAGS = $(FHIR_TEST_CPPFLAGS)
tests_fhir_test_bundle_LDADD = $(FHIR_TEST_LDADD)

tests_fhir_test_build_SOURCES = tests/fhir/test_build.c
tests_fhir_test_build_CPPFLAGS = $(FHIR_TEST_CPPFLAGS)
tests_fhir_test_build_LDADD = $(FHIR_TEST_LDADD)

tests_fhir_test_out_SOURCES = tests/fhir/test_out.c
tests_fhir_test_out_CPPFLAGS = $(FHIR_TEST_CPPFLAGS)
tests_fhir_test_out_LDADD = $(FHIR_TEST_LDADD)

# Fuzz targets: tests/fuzz/replay.c is their main in an ordinary check.
EXTRA_DIST += tests/fuzz/corpus
fhir_fuzz = tests/fuzz/fhir_parse tests/fuzz/fhir_bundle tests/fuzz/fhir_value \
	tests/fuzz/fhir_decimal
check_PROGRAMS += $(fhir_fuzz)
TESTS += $(fhir_fuzz)
tests_fuzz_fhir_parse_SOURCES = tests/fuzz/fhir_parse.c tests/fuzz/replay.c
tests_fuzz_fhir_parse_LDADD = $(FHIR_LIBS)
tests_fuzz_fhir_bundle_SOURCES = tests/fuzz/fhir_bundle.c tests/fuzz/replay.c
tests_fuzz_fhir_bundle_LDADD = $(FHIR_LIBS)
tests_fuzz_fhir_value_SOURCES = tests/fuzz/fhir_value.c tests/fuzz/replay.c
tests_fuzz_fhir_value_LDADD = $(FHIR_LIBS)
tests_fuzz_fhir_decimal_SOURCES = tests/fuzz/fhir_decimal.c tests/fuzz/replay.c
tests_fuzz_fhir_decimal_LDADD = $(FHIR_LIBS) -lm

tests_fhir_test_value_SOURCES = tests/fhir/test_value.c
tests_fhir_test_value_CPPFLAGS = $(FHIR_TEST_CPPFLAGS)
tests_fhir_test_value_LDADD = $(FHIR_TEST_LDADD)

tests_fhir_test_decimal_SOURCES = tests/fhir/test_decimal.c
tests_fhir_test_decimal_CPPFLAGS = $(FHIR_TEST_CPPFLAGS)
tests_fhir_test_decimal_LDADD = $(FHIR_TEST_LDADD)
