# SPDX-License-Identifier: Apache-2.0
# Built and run by tests/bench/run.sh (./dev bench); not part of `make`.
bench_programs = tests/bench/bench_ingest tests/bench/bench_store \
	tests/bench/bench_screen tests/bench/floor_screen \
	tests/bench/bench_sync tests/bench/bench_search \
	tests/bench/bench_results tests/bench/bench_rx
EXTRA_PROGRAMS += $(bench_programs)
EXTRA_DIST += tests/bench/run.sh
bench_common = tests/bench/figure.c tests/bench/figure.h tests/bench/gen.c \
	tests/bench/gen.h tests/bench/words.c tests/bench/words.h

tests_bench_bench_ingest_SOURCES = tests/bench/bench_ingest.c $(bench_common)
tests_bench_bench_ingest_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS)
tests_bench_bench_ingest_LDADD = $(STORE_LIBS) -lm
tests_bench_bench_store_SOURCES = tests/bench/bench_store.c $(bench_common)
tests_bench_bench_store_LDADD = $(STORE_LIBS) -lm
tests_bench_bench_search_SOURCES = tests/bench/bench_search.c \
	tests/bench/mail.c tests/bench/mail.h $(bench_common)
tests_bench_bench_search_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS)
tests_bench_bench_search_LDADD = $(TUI_LIBS) -lm

tests_bench_bench_results_SOURCES = tests/bench/bench_results.c \
	$(bench_common)
tests_bench_bench_results_LDADD = $(TUI_LIBS) -lutil -lm
tests_bench_bench_rx_SOURCES = tests/bench/bench_rx.c tests/care/order_gen.c \
	tests/care/order_gen.h $(bench_common)
tests_bench_bench_rx_LDADD = $(STORE_LIBS) $(CARE_LIBS) -lm

tests_bench_bench_screen_SOURCES = tests/bench/bench_screen.c tests/bench/big.c tests/bench/big.h \
	tests/bench/clinic.c tests/bench/clinic.h tests/bench/glass.c tests/bench/glass.h $(bench_common)
tests_bench_bench_screen_CPPFLAGS = $(AM_CPPFLAGS) $(VTERM_CFLAGS)
tests_bench_bench_screen_LDADD = $(STORE_LIBS) $(VTERM_LIBS) -lutil -lm
tests_bench_bench_sync_SOURCES = tests/bench/bench_sync.c \
	tests/bench/bench_event.c tests/bench/clinic.c tests/bench/clinic.h \
	tests/bench/glass.c tests/bench/glass.h $(bench_common)
tests_bench_bench_sync_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS) \
	$(VTERM_CFLAGS)
tests_bench_bench_sync_LDADD = $(STORE_LIBS) $(VTERM_LIBS) -lutil -lm
tests_bench_floor_screen_SOURCES = tests/bench/floor_screen.c
tests_bench_floor_screen_CPPFLAGS = $(AM_CPPFLAGS) $(NCURSES_CFLAGS) \
	$(SQLITE_CFLAGS)
tests_bench_floor_screen_LDADD = $(NCURSES_LIBS) $(SQLITE_LIBS)

bench-programs: $(bench_programs)
