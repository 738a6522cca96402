# SPDX-License-Identifier: Apache-2.0
# Tests of orders, lines and prescriptions.
order_gen = tests/care/order_gen.c tests/care/order_gen.h
order_tests = tests/care/test_round tests/care/test_line tests/care/test_rx \
	tests/care/test_drug tests/care/test_order
check_PROGRAMS += $(order_tests)
TESTS += $(order_tests)
ORDER_TEST_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS)
ORDER_TEST_LDADD = $(CARE_LIBS) $(CMOCKA_LIBS)

tests_care_test_round_SOURCES = tests/care/test_round.c $(order_gen)
tests_care_test_round_CPPFLAGS = $(ORDER_TEST_CPPFLAGS)
tests_care_test_round_LDADD = $(ORDER_TEST_LDADD)
tests_care_test_line_SOURCES = tests/care/test_line.c $(order_gen)
tests_care_test_line_CPPFLAGS = $(ORDER_TEST_CPPFLAGS)
tests_care_test_line_LDADD = $(ORDER_TEST_LDADD)
tests_care_test_rx_SOURCES = tests/care/test_rx.c $(order_gen)
tests_care_test_rx_CPPFLAGS = $(ORDER_TEST_CPPFLAGS)
tests_care_test_rx_LDADD = $(ORDER_TEST_LDADD)
tests_care_test_drug_SOURCES = tests/care/test_drug.c
tests_care_test_drug_CPPFLAGS = $(ORDER_TEST_CPPFLAGS)
tests_care_test_drug_LDADD = $(ORDER_TEST_LDADD)
tests_care_test_order_SOURCES = tests/care/test_order.c $(order_gen)
tests_care_test_order_CPPFLAGS = $(ORDER_TEST_CPPFLAGS)
tests_care_test_order_LDADD = $(ORDER_TEST_LDADD)
order_fuzz = tests/fuzz/care_line tests/fuzz/care_rx
check_PROGRAMS += $(order_fuzz)
TESTS += $(order_fuzz)
tests_fuzz_care_line_SOURCES = tests/fuzz/care_line.c tests/fuzz/replay.c \
	$(order_gen)
tests_fuzz_care_line_LDADD = $(CARE_LIBS)
tests_fuzz_care_rx_SOURCES = tests/fuzz/care_rx.c tests/fuzz/replay.c \
	$(order_gen)
tests_fuzz_care_rx_LDADD = $(CARE_LIBS)
EXTRA_DIST += tests/care/order.mk \
	tests/fuzz/corpus/care_line/en \
	tests/fuzz/corpus/care_line/herb \
	tests/fuzz/corpus/care_line/initials \
	tests/fuzz/corpus/care_line/long \
	tests/fuzz/corpus/care_line/odd \
	tests/fuzz/corpus/care_line/phrase \
	tests/fuzz/corpus/care_line/quantity \
	tests/fuzz/corpus/care_line/range \
	tests/fuzz/corpus/care_line/wide \
	tests/fuzz/corpus/care_line/zh \
	tests/fuzz/corpus/care_rx/herbs0.json \
	tests/fuzz/corpus/care_rx/herbs1.json \
	tests/fuzz/corpus/care_rx/lines0.json \
	tests/fuzz/corpus/care_rx/lines1.json \
	tests/fuzz/corpus/care_rx/lines2.json \
	tests/fuzz/corpus/care_rx/medication.json \
	tests/fuzz/corpus/care_rx/order.json \
	tests/fuzz/corpus/care_rx/pieces.json \
	tests/fuzz/corpus/care_rx/signed.json \
	tests/fuzz/corpus/care_rx/task.json
