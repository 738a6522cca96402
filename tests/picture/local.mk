# SPDX-License-Identifier: Apache-2.0
PICTURE_TEST_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(PNG_CFLAGS) \
	$(JPEG_CFLAGS) $(WEBP_CFLAGS)
check_PROGRAMS += tests/picture/test_picture
TESTS += tests/picture/test_picture
tests_picture_test_picture_SOURCES = tests/picture/test_picture.c \
	tests/picture/make.c tests/picture/make.h
tests_picture_test_picture_CPPFLAGS = $(PICTURE_TEST_CPPFLAGS)
tests_picture_test_picture_LDADD = $(PICTURE_LIBS) $(CMOCKA_LIBS) -lz

check_PROGRAMS += tests/fuzz/picture_decode
TESTS += tests/fuzz/picture_decode
tests_fuzz_picture_decode_SOURCES = tests/fuzz/picture_decode.c \
	tests/fuzz/replay.c tests/fuzz/fuzz.h
tests_fuzz_picture_decode_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_picture_decode_LDADD = $(PICTURE_LIBS)
