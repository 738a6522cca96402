# SPDX-License-Identifier: Apache-2.0

check_PROGRAMS += tests/tui/test_buffer
TESTS += tests/tui/test_buffer
tests_tui_test_buffer_SOURCES = tests/tui/test_buffer.c
tests_tui_test_buffer_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_tui_test_buffer_LDADD = libtui.a $(BASE_LIBS) $(CMOCKA_LIBS)
