# SPDX-License-Identifier: Apache-2.0
TUI_TEST_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(VTERM_CFLAGS)
TUI_TEST_LIBS = $(TUI_LIBS) $(VTERM_LIBS) $(CMOCKA_LIBS) -lutil
tui_term_sources = tests/tui/term.c tests/tui/term.h tests/tui/shot.c \
	tests/tui/fixture.c tests/tui/fixture.h

check_PROGRAMS += tests/tui/test_buffer
TESTS += tests/tui/test_buffer
tests_tui_test_buffer_SOURCES = tests/tui/test_buffer.c
tests_tui_test_buffer_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_tui_test_buffer_LDADD = libtui.a $(BASE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/tui/test_screens
TESTS += tests/tui/test_screens
tests_tui_test_screens_SOURCES = tests/tui/test_screens.c $(tui_term_sources)
tests_tui_test_screens_CPPFLAGS = $(TUI_TEST_CPPFLAGS)
tests_tui_test_screens_LDADD = $(TUI_TEST_LIBS)
EXTRA_DIST += tests/fixtures/tui/queue.json tests/tui/golden \
	tests/tui/shots.sh

# The README's pictures: the practice clinic itself (./dev shots).
check_PROGRAMS += tests/tui/shot_practice
tests_tui_shot_practice_SOURCES = tests/tui/shot_practice.c \
	tests/tui/term.c tests/tui/term.h tests/tui/shot.c
tests_tui_shot_practice_CPPFLAGS = $(TUI_TEST_CPPFLAGS)
tests_tui_shot_practice_LDADD = $(TUI_TEST_LIBS)

check_PROGRAMS += tests/tui/test_input
TESTS += tests/tui/test_input
tests_tui_test_input_SOURCES = tests/tui/test_input.c
tests_tui_test_input_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_tui_test_input_LDADD = libtui.a $(BASE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/tui/test_tables
TESTS += tests/tui/test_tables
tests_tui_test_tables_SOURCES = tests/tui/test_tables.c
tests_tui_test_tables_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_tui_test_tables_LDADD = libtui.a $(BASE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/tui/test_behaviour
TESTS += tests/tui/test_behaviour
tests_tui_test_behaviour_SOURCES = tests/tui/test_behaviour.c \
	$(tui_term_sources)
tests_tui_test_behaviour_CPPFLAGS = $(TUI_TEST_CPPFLAGS)
tests_tui_test_behaviour_LDADD = $(TUI_TEST_LIBS)

check_PROGRAMS += tests/tui/test_queue
TESTS += tests/tui/test_queue
tests_tui_test_queue_SOURCES = tests/tui/test_queue.c $(tui_term_sources)
tests_tui_test_queue_CPPFLAGS = $(TUI_TEST_CPPFLAGS)
tests_tui_test_queue_LDADD = $(TUI_TEST_LIBS)

check_PROGRAMS += tests/tui/test_prompt
TESTS += tests/tui/test_prompt
tests_tui_test_prompt_SOURCES = tests/tui/test_prompt.c $(tui_term_sources)
tests_tui_test_prompt_CPPFLAGS = $(TUI_TEST_CPPFLAGS)
tests_tui_test_prompt_LDADD = $(TUI_TEST_LIBS)

check_PROGRAMS += tests/tui/test_editor
TESTS += tests/tui/test_editor
tests_tui_test_editor_SOURCES = tests/tui/test_editor.c $(tui_term_sources)
tests_tui_test_editor_CPPFLAGS = $(TUI_TEST_CPPFLAGS)
tests_tui_test_editor_LDADD = $(TUI_TEST_LIBS)

check_PROGRAMS += tests/tui/test_chart
TESTS += tests/tui/test_chart
tests_tui_test_chart_SOURCES = tests/tui/test_chart.c $(tui_term_sources)
tests_tui_test_chart_CPPFLAGS = $(TUI_TEST_CPPFLAGS)
tests_tui_test_chart_LDADD = $(TUI_TEST_LIBS)

check_PROGRAMS += tests/tui/test_whole
TESTS += tests/tui/test_whole
tests_tui_test_whole_SOURCES = tests/tui/test_whole.c $(tui_term_sources)
tests_tui_test_whole_CPPFLAGS = $(TUI_TEST_CPPFLAGS)
tests_tui_test_whole_LDADD = $(TUI_TEST_LIBS)
EXTRA_DIST += tests/fixtures/tui/chart.json tests/fixtures/tui/reports.json

check_PROGRAMS += tests/tui/test_results
TESTS += tests/tui/test_results
tests_tui_test_results_SOURCES = tests/tui/test_results.c $(tui_term_sources)
tests_tui_test_results_CPPFLAGS = $(TUI_TEST_CPPFLAGS)
tests_tui_test_results_LDADD = $(TUI_TEST_LIBS)

check_PROGRAMS += tests/tui/test_respond
TESTS += tests/tui/test_respond
tests_tui_test_respond_SOURCES = tests/tui/test_respond.c $(tui_term_sources)
tests_tui_test_respond_CPPFLAGS = $(TUI_TEST_CPPFLAGS)
tests_tui_test_respond_LDADD = $(TUI_TEST_LIBS)

check_PROGRAMS += tests/tui/test_home
TESTS += tests/tui/test_home
tests_tui_test_home_SOURCES = tests/tui/test_home.c $(tui_term_sources)
tests_tui_test_home_CPPFLAGS = $(TUI_TEST_CPPFLAGS)
tests_tui_test_home_LDADD = $(TUI_TEST_LIBS)

check_PROGRAMS += tests/tui/test_report
TESTS += tests/tui/test_report
tests_tui_test_report_SOURCES = tests/tui/test_report.c $(tui_term_sources)
tests_tui_test_report_CPPFLAGS = $(TUI_TEST_CPPFLAGS)
tests_tui_test_report_LDADD = $(TUI_TEST_LIBS)

check_PROGRAMS += tests/tui/test_prescribing
TESTS += tests/tui/test_prescribing
tests_tui_test_prescribing_SOURCES = tests/tui/test_prescribing.c \
	tests/tui/kit_rx.h $(tui_term_sources)
tests_tui_test_prescribing_CPPFLAGS = $(TUI_TEST_CPPFLAGS)
tests_tui_test_prescribing_LDADD = $(TUI_TEST_LIBS)
EXTRA_DIST += tests/fixtures/tui/renewal.json tests/fixtures/tui/formulary.json

check_PROGRAMS += tests/tui/test_signing
TESTS += tests/tui/test_signing
tests_tui_test_signing_SOURCES = tests/tui/test_signing.c \
	tests/tui/kit_rx.h $(tui_term_sources)
tests_tui_test_signing_CPPFLAGS = $(TUI_TEST_CPPFLAGS) $(SQLITE_CFLAGS) $(P11_CFLAGS)
tests_tui_test_signing_LDADD = $(TUI_TEST_LIBS)

check_PROGRAMS += tests/tui/test_herbal
TESTS += tests/tui/test_herbal
tests_tui_test_herbal_SOURCES = tests/tui/test_herbal.c \
	tests/tui/kit_rx.h $(tui_term_sources)
tests_tui_test_herbal_CPPFLAGS = $(TUI_TEST_CPPFLAGS)
tests_tui_test_herbal_LDADD = $(TUI_TEST_LIBS)
EXTRA_DIST += tests/fixtures/tui/herbs.json

check_PROGRAMS += tests/tui/test_files
TESTS += tests/tui/test_files
tests_tui_test_files_SOURCES = tests/tui/test_files.c $(tui_term_sources)
tests_tui_test_files_CPPFLAGS = $(TUI_TEST_CPPFLAGS)
tests_tui_test_files_LDADD = $(TUI_TEST_LIBS)
EXTRA_DIST += tests/fixtures/tui/meter.png

check_PROGRAMS += tests/tui/test_source
TESTS += tests/tui/test_source
tests_tui_test_source_SOURCES = tests/tui/test_source.c $(tui_term_sources)
tests_tui_test_source_CPPFLAGS = $(TUI_TEST_CPPFLAGS)
tests_tui_test_source_LDADD = $(TUI_TEST_LIBS)

check_PROGRAMS += tests/tui/test_revisit
TESTS += tests/tui/test_revisit
tests_tui_test_revisit_SOURCES = tests/tui/test_revisit.c $(tui_term_sources)
tests_tui_test_revisit_CPPFLAGS = $(TUI_TEST_CPPFLAGS)
tests_tui_test_revisit_LDADD = $(TUI_TEST_LIBS)

check_PROGRAMS += tests/tui/test_compare
TESTS += tests/tui/test_compare
tests_tui_test_compare_SOURCES = tests/tui/test_compare.c
tests_tui_test_compare_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) \
	$(SQLITE_CFLAGS)
tests_tui_test_compare_LDADD = $(TUI_LIBS) $(CMOCKA_LIBS)
