# SPDX-License-Identifier: Apache-2.0
base_tests = tests/base/test_text tests/base/test_wrap tests/base/test_clock \
	tests/base/test_secret tests/base/test_log tests/base/test_path \
	tests/base/test_setting tests/base/test_i18n tests/base/test_doorbell
check_PROGRAMS += $(base_tests)
TESTS += $(base_tests)

tests_base_test_text_SOURCES = tests/base/test_text.c
tests_base_test_text_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_base_test_text_LDADD = $(BASE_LIBS) $(CMOCKA_LIBS)
tests_base_test_wrap_SOURCES = tests/base/test_wrap.c
tests_base_test_wrap_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_base_test_wrap_LDADD = $(BASE_LIBS) $(CMOCKA_LIBS)
tests_base_test_clock_SOURCES = tests/base/test_clock.c
tests_base_test_clock_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_base_test_clock_LDADD = $(BASE_LIBS) $(CMOCKA_LIBS)
tests_base_test_secret_SOURCES = tests/base/test_secret.c
tests_base_test_secret_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_base_test_secret_LDADD = $(BASE_LIBS) $(CMOCKA_LIBS)
tests_base_test_log_SOURCES = tests/base/test_log.c
tests_base_test_log_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_base_test_log_LDADD = $(BASE_LIBS) $(CMOCKA_LIBS)
tests_base_test_path_SOURCES = tests/base/test_path.c
tests_base_test_path_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_base_test_path_LDADD = $(BASE_LIBS) $(CMOCKA_LIBS)
tests_base_test_setting_SOURCES = tests/base/test_setting.c
tests_base_test_setting_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_base_test_setting_LDADD = $(BASE_LIBS) $(CMOCKA_LIBS)
tests_base_test_i18n_SOURCES = tests/base/test_i18n.c
tests_base_test_i18n_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_base_test_i18n_LDADD = $(BASE_LIBS) $(CMOCKA_LIBS)
tests_base_test_doorbell_SOURCES = tests/base/test_doorbell.c
tests_base_test_doorbell_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_base_test_doorbell_LDADD = $(BASE_LIBS) $(CMOCKA_LIBS)
