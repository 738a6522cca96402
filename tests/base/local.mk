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

# Fuzz targets, run here over their corpus and fixed mutations.
base_fuzz = tests/fuzz/fuzz_text tests/fuzz/fuzz_setting \
	tests/fuzz/fuzz_doorbell
check_PROGRAMS += $(base_fuzz)
TESTS += $(base_fuzz)
tests_fuzz_fuzz_text_SOURCES = tests/fuzz/fuzz_text.c tests/fuzz/main.c \
	tests/fuzz/fuzz.h
tests_fuzz_fuzz_text_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_text_LDADD = $(BASE_LIBS)
tests_fuzz_fuzz_setting_SOURCES = tests/fuzz/fuzz_setting.c tests/fuzz/main.c \
	tests/fuzz/fuzz.h
tests_fuzz_fuzz_setting_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_setting_LDADD = $(BASE_LIBS)
tests_fuzz_fuzz_doorbell_SOURCES = tests/fuzz/fuzz_doorbell.c tests/fuzz/main.c \
	tests/fuzz/fuzz.h
tests_fuzz_fuzz_doorbell_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_doorbell_LDADD = $(BASE_LIBS)
EXTRA_DIST += \
	tests/fuzz/corpus/doorbell/active \
	tests/fuzz/corpus/doorbell/answer \
	tests/fuzz/corpus/doorbell/changed \
	tests/fuzz/corpus/doorbell/fetch \
	tests/fuzz/corpus/doorbell/hello \
	tests/fuzz/corpus/doorbell/progress \
	tests/fuzz/corpus/doorbell/state \
	tests/fuzz/corpus/setting/good \
	tests/fuzz/corpus/setting/odd \
	tests/fuzz/corpus/setting/wrong \
	tests/fuzz/corpus/text/bidi \
	tests/fuzz/corpus/text/emoji \
	tests/fuzz/corpus/text/escapes \
	tests/fuzz/corpus/text/invalid \
	tests/fuzz/corpus/text/jamo \
	tests/fuzz/corpus/text/plain \
	tests/fuzz/corpus/text/zalgo

# The house's rules, checked over all rooms.
TESTS += tests/layers.sh tests/style.sh tests/dev.sh tests/install.sh
dist_check_SCRIPTS += tests/layers.sh tests/style.sh tests/dev.sh tests/install.sh
