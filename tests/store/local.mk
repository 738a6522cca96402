# SPDX-License-Identifier: Apache-2.0

# The vault
check_PROGRAMS += tests/store/test_vault
TESTS += tests/store/test_vault
tests_store_test_vault_SOURCES = tests/store/test_vault.c \
	tests/store/test_vault_under.c tests/store/test_vault_kit.h
tests_store_test_vault_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS) $(SODIUM_CFLAGS)
tests_store_test_vault_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/store/test_vault_cipher
TESTS += tests/store/test_vault_cipher
tests_store_test_vault_cipher_SOURCES = tests/store/test_vault_cipher.c
tests_store_test_vault_cipher_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS) $(OPENSSL_CFLAGS)
tests_store_test_vault_cipher_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS) $(OPENSSL_LIBS)
check_PROGRAMS += tests/store/test_vault_map
TESTS += tests/store/test_vault_map
tests_store_test_vault_map_SOURCES = tests/store/test_vault_map.c
tests_store_test_vault_map_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS) $(SODIUM_CFLAGS)
tests_store_test_vault_map_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/store/test_vault_lockstep
TESTS += tests/store/test_vault_lockstep
tests_store_test_vault_lockstep_SOURCES = tests/store/test_vault_lockstep.c \
	tests/store/test_vault_kit.h
tests_store_test_vault_lockstep_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS) $(SODIUM_CFLAGS)
tests_store_test_vault_lockstep_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/store/test_vault_crash
TESTS += tests/store/test_vault_crash
tests_store_test_vault_crash_SOURCES = tests/store/test_vault_crash.c \
	tests/store/test_vault_kit.h
tests_store_test_vault_crash_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS) $(SODIUM_CFLAGS)
tests_store_test_vault_crash_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/store/test_vault_power
TESTS += tests/store/test_vault_power
tests_store_test_vault_power_SOURCES = tests/store/test_vault_power.c \
	tests/store/test_vault_under.c tests/store/test_vault_kit.h
tests_store_test_vault_power_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS) $(SODIUM_CFLAGS)
tests_store_test_vault_power_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/store/test_vault_two
TESTS += tests/store/test_vault_two
tests_store_test_vault_two_SOURCES = tests/store/test_vault_two.c \
	tests/store/test_vault_kit.h
tests_store_test_vault_two_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS) $(SODIUM_CFLAGS)
tests_store_test_vault_two_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/store/test_slot
TESTS += tests/store/test_slot
tests_store_test_slot_SOURCES = tests/store/test_slot.c \
	tests/store/test_vault_kit.h
tests_store_test_slot_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS) $(SODIUM_CFLAGS)
tests_store_test_slot_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/store/test_ingest
TESTS += tests/store/test_ingest
tests_store_test_ingest_SOURCES = tests/store/test_ingest.c tests/store/kit.h
tests_store_test_ingest_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS)
tests_store_test_ingest_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/store/test_owed
TESTS += tests/store/test_owed
tests_store_test_owed_SOURCES = tests/store/test_owed.c tests/store/kit.h
tests_store_test_owed_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS)
tests_store_test_owed_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/store/test_outbox
TESTS += tests/store/test_outbox
tests_store_test_outbox_SOURCES = tests/store/test_outbox.c tests/store/kit.h
tests_store_test_outbox_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS)
tests_store_test_outbox_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/store/test_chart
TESTS += tests/store/test_chart
tests_store_test_chart_SOURCES = tests/store/test_chart.c tests/store/kit.h
tests_store_test_chart_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS)
tests_store_test_chart_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/store/test_page
TESTS += tests/store/test_page
tests_store_test_page_SOURCES = tests/store/test_page.c tests/store/kit.h
tests_store_test_page_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS)
tests_store_test_page_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/store/test_results
TESTS += tests/store/test_results
tests_store_test_results_SOURCES = tests/store/test_results.c tests/store/kit.h
tests_store_test_results_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS)
tests_store_test_results_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/store/test_respond
TESTS += tests/store/test_respond
tests_store_test_respond_SOURCES = tests/store/test_respond.c tests/store/kit.h
tests_store_test_respond_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS)
tests_store_test_respond_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/store/test_crash
TESTS += tests/store/test_crash
tests_store_test_crash_SOURCES = tests/store/test_crash.c tests/store/kit.h \
	tests/store/kit_crash.h
tests_store_test_crash_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS)
tests_store_test_crash_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)

# The signature
check_PROGRAMS += tests/store/test_sign
TESTS += tests/store/test_sign
tests_store_test_sign_SOURCES = tests/store/test_sign.c tests/store/kit.h
tests_store_test_sign_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS)
tests_store_test_sign_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/store/test_token
TESTS += tests/store/test_token
tests_store_test_token_SOURCES = tests/store/test_token.c tests/store/kit.h
tests_store_test_token_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS) $(P11_CFLAGS)
tests_store_test_token_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/fuzz/store_jws
TESTS += tests/fuzz/store_jws
tests_fuzz_store_jws_SOURCES = tests/fuzz/store_jws.c tests/fuzz/replay.c tests/fuzz/fuzz.h
tests_fuzz_store_jws_CPPFLAGS = $(TEST_CPPFLAGS) $(SQLITE_CFLAGS)
tests_fuzz_store_jws_LDADD = $(STORE_LIBS)

check_PROGRAMS += tests/store/test_renewal
TESTS += tests/store/test_renewal
tests_store_test_renewal_SOURCES = tests/store/test_renewal.c tests/store/kit.h \
	tests/store/kit_rx.h
tests_store_test_renewal_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS)
tests_store_test_renewal_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/store/test_rx
TESTS += tests/store/test_rx
tests_store_test_rx_SOURCES = tests/store/test_rx.c tests/store/kit.h \
	tests/store/kit_rx.h
tests_store_test_rx_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS)
tests_store_test_rx_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/store/test_formulary
TESTS += tests/store/test_formulary
tests_store_test_formulary_SOURCES = tests/store/test_formulary.c \
	tests/store/kit.h
tests_store_test_formulary_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS)
tests_store_test_formulary_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/store/test_rx_crash
TESTS += tests/store/test_rx_crash
tests_store_test_rx_crash_SOURCES = tests/store/test_rx_crash.c \
	tests/store/kit.h tests/store/kit_crash.h tests/store/kit_rx.h
tests_store_test_rx_crash_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS)
tests_store_test_rx_crash_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/store/test_pinyin
TESTS += tests/store/test_pinyin
tests_store_test_pinyin_SOURCES = tests/store/test_pinyin.c
tests_store_test_pinyin_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_store_test_pinyin_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/store/test_pinyin_table
TESTS += tests/store/test_pinyin_table
tests_store_test_pinyin_table_SOURCES = tests/store/test_pinyin_table.c
tests_store_test_pinyin_table_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(ICU_CFLAGS)
tests_store_test_pinyin_table_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS) $(ICU_LIBS)

check_PROGRAMS += tests/store/test_search
TESTS += tests/store/test_search
tests_store_test_search_SOURCES = tests/store/test_search.c tests/store/kit.h
tests_store_test_search_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS)
tests_store_test_search_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/store/test_file
TESTS += tests/store/test_file
tests_store_test_file_SOURCES = tests/store/test_file.c tests/store/kit.h
tests_store_test_file_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS)
tests_store_test_file_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/store/test_search_index
TESTS += tests/store/test_search_index
tests_store_test_search_index_SOURCES = tests/store/test_search_index.c \
	tests/store/kit.h
tests_store_test_search_index_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS)
tests_store_test_search_index_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)

# What search reads.
check_PROGRAMS += tests/fuzz/store_search_text
TESTS += tests/fuzz/store_search_text
tests_fuzz_store_search_text_SOURCES = tests/fuzz/store_search_text.c tests/fuzz/replay.c
tests_fuzz_store_search_text_CPPFLAGS = $(TEST_CPPFLAGS) $(SQLITE_CFLAGS)
tests_fuzz_store_search_text_LDADD = $(STORE_LIBS)
check_PROGRAMS += tests/fuzz/store_search_query
TESTS += tests/fuzz/store_search_query
tests_fuzz_store_search_query_SOURCES = tests/fuzz/store_search_query.c tests/fuzz/replay.c
tests_fuzz_store_search_query_CPPFLAGS = $(TEST_CPPFLAGS) $(SQLITE_CFLAGS)
tests_fuzz_store_search_query_LDADD = $(STORE_LIBS)
check_PROGRAMS += tests/fuzz/store_search_post
TESTS += tests/fuzz/store_search_post
tests_fuzz_store_search_post_SOURCES = tests/fuzz/store_search_post.c tests/fuzz/replay.c
tests_fuzz_store_search_post_CPPFLAGS = $(TEST_CPPFLAGS) $(SQLITE_CFLAGS)
tests_fuzz_store_search_post_LDADD = $(STORE_LIBS)
EXTRA_DIST += tests/fuzz/corpus/store_search_text/bytes \
	tests/fuzz/corpus/store_search_text/latin \
	tests/fuzz/corpus/store_search_text/long \
	tests/fuzz/corpus/store_search_text/wide \
	tests/fuzz/corpus/store_search_text/zh \
	tests/fuzz/corpus/store_search_query/bytes \
	tests/fuzz/corpus/store_search_query/filters \
	tests/fuzz/corpus/store_search_query/odd \
	tests/fuzz/corpus/store_search_query/twice \
	tests/fuzz/corpus/store_search_query/value \
	tests/fuzz/corpus/store_search_post/bits \
	tests/fuzz/corpus/store_search_post/cut \
	tests/fuzz/corpus/store_search_post/gaps
