# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += tests/care/test_care
TESTS += tests/care/test_care
tests_care_test_care_SOURCES = tests/care/test_care.c
tests_care_test_care_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_care_test_care_LDADD = $(CARE_LIBS) $(CMOCKA_LIBS)
