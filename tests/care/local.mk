# SPDX-License-Identifier: Apache-2.0
include tests/care/order.mk
check_PROGRAMS += tests/care/test_care
TESTS += tests/care/test_care
tests_care_test_care_SOURCES = tests/care/test_care.c
tests_care_test_care_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_care_test_care_LDADD = $(CARE_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/care/test_record
TESTS += tests/care/test_record
tests_care_test_record_SOURCES = tests/care/test_record.c
tests_care_test_record_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_care_test_record_LDADD = $(CARE_LIBS) $(CMOCKA_LIBS) -lm
check_PROGRAMS += tests/care/test_analyte
TESTS += tests/care/test_analyte
tests_care_test_analyte_SOURCES = tests/care/test_analyte.c
tests_care_test_analyte_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_care_test_analyte_LDADD = $(CARE_LIBS) $(CMOCKA_LIBS) -lm
check_PROGRAMS += tests/fuzz/care_decimal
TESTS += tests/fuzz/care_decimal
tests_fuzz_care_decimal_SOURCES = tests/fuzz/care_decimal.c tests/fuzz/replay.c
tests_fuzz_care_decimal_LDADD = $(CARE_LIBS) -lm
check_PROGRAMS += tests/care/test_packs
TESTS += tests/care/test_packs
tests_care_test_packs_SOURCES = tests/care/test_packs.c
tests_care_test_packs_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) \
	$(JANSSON_CFLAGS)
tests_care_test_packs_LDADD = $(CARE_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/care/test_rx_names
TESTS += tests/care/test_rx_names
tests_care_test_rx_names_SOURCES = tests/care/test_rx_names.c
tests_care_test_rx_names_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_care_test_rx_names_LDADD = $(CARE_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/care/test_rules
TESTS += tests/care/test_rules
tests_care_test_rules_SOURCES = tests/care/test_rules.c
tests_care_test_rules_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_care_test_rules_LDADD = $(CARE_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/fuzz/care_pack
TESTS += tests/fuzz/care_pack
tests_fuzz_care_pack_SOURCES = tests/fuzz/care_pack.c tests/fuzz/replay.c
tests_fuzz_care_pack_LDADD = $(CARE_LIBS)
EXTRA_DIST += tests/fuzz/corpus/care_pack/ward.json \
	tests/fuzz/corpus/care_pack/kinds.json
check_PROGRAMS += tests/care/test_facts
TESTS += tests/care/test_facts
tests_care_test_facts_SOURCES = tests/care/test_facts.c
tests_care_test_facts_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_care_test_facts_LDADD = $(CARE_LIBS) $(CMOCKA_LIBS)
