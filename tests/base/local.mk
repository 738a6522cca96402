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
base_fuzz = tests/fuzz/base_text tests/fuzz/base_setting \
	tests/fuzz/base_doorbell tests/fuzz/base_picture
check_PROGRAMS += $(base_fuzz)
TESTS += $(base_fuzz)
tests_fuzz_base_text_SOURCES = tests/fuzz/base_text.c tests/fuzz/replay.c \
	tests/fuzz/fuzz.h
tests_fuzz_base_text_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_base_text_LDADD = $(BASE_LIBS)
tests_fuzz_base_setting_SOURCES = tests/fuzz/base_setting.c tests/fuzz/replay.c \
	tests/fuzz/fuzz.h
tests_fuzz_base_setting_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_base_setting_LDADD = $(BASE_LIBS)
tests_fuzz_base_doorbell_SOURCES = tests/fuzz/base_doorbell.c tests/fuzz/replay.c \
	tests/fuzz/fuzz.h
tests_fuzz_base_doorbell_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_base_doorbell_LDADD = $(BASE_LIBS)
tests_fuzz_base_picture_SOURCES = tests/fuzz/base_picture.c tests/fuzz/replay.c \
	tests/fuzz/fuzz.h
tests_fuzz_base_picture_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_base_picture_LDADD = $(BASE_LIBS)
EXTRA_DIST += \
	tests/fuzz/corpus/base_doorbell/active \
	tests/fuzz/corpus/base_doorbell/answer \
	tests/fuzz/corpus/base_doorbell/changed \
	tests/fuzz/corpus/base_doorbell/fetch \
	tests/fuzz/corpus/base_doorbell/hello \
	tests/fuzz/corpus/base_doorbell/progress \
	tests/fuzz/corpus/base_doorbell/state \
	tests/fuzz/corpus/base_setting/good \
	tests/fuzz/corpus/base_setting/odd \
	tests/fuzz/corpus/base_setting/wrong \
	tests/fuzz/corpus/base_text/bidi \
	tests/fuzz/corpus/base_text/emoji \
	tests/fuzz/corpus/base_text/escapes \
	tests/fuzz/corpus/base_text/invalid \
	tests/fuzz/corpus/base_text/jamo \
	tests/fuzz/corpus/base_text/plain \
	tests/fuzz/corpus/base_text/zalgo

# The house's rules, checked over all rooms.
TESTS += tests/layers.sh tests/style.sh tests/dev.sh tests/install.sh
dist_check_SCRIPTS += tests/layers.sh tests/style.sh tests/dev.sh tests/install.sh
check_PROGRAMS += tests/base/test_fold_table
TESTS += tests/base/test_fold_table
tests_base_test_fold_table_SOURCES = tests/base/test_fold_table.c
tests_base_test_fold_table_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(ICU_CFLAGS)
tests_base_test_fold_table_LDADD = $(BASE_LIBS) $(CMOCKA_LIBS) $(ICU_LIBS)
