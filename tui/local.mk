# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libtui.a
libtui_a_SOURCES = tui/tui.h tui/event.h tui/request.h tui/theme.h \
	tui/canvas.h tui/view.h tui/list.h tui/ui.h tui/composer.h tui/lock.h \
	tui/buffer.h tui/editor.h tui/buffer.c tui/command.c \
	tui/composer.c tui/composer_draw.c tui/composer_view.h tui/editor.c \
	tui/editor_child.c tui/first.c tui/lock.c tui/input.c tui/keys.c tui/theme.c tui/canvas.c \
	tui/canvas_curses.h tui/canvas_blank.c tui/canvas_frame.c tui/canvas_text.c tui/canvas_picture.c \
	tui/list.c tui/chart.c tui/chart_entry.c tui/chart_lines.c \
	tui/chart_lines.h tui/dispatch.c tui/engine.h tui/filter.c \
	tui/header.c tui/header.h tui/layout.c tui/link.c tui/loop.c \
	tui/page.c tui/queue.c tui/queue_load.c tui/queue_row.c \
	tui/queue_view.h tui/search.c tui/session.c tui/signals.c tui/thread.c tui/thread_act.c \
	tui/thread_place.c tui/thread_view.h tui/thread_lines.c \
	tui/thread_lines.h tui/ui.c tui/ui_request.c tui/unsaved.c tui/unsaved.h tui/words.c \
	tui/ask.c tui/ask.h tui/attach.c tui/attach.h tui/field.c tui/field.h tui/files.c tui/files_view.h \
	tui/outside.c tui/scratch.c tui/scratch.h tui/picture.c tui/picture_child.c tui/secret.c tui/secret.h \
	tui/sheet.c tui/sheet.h tui/record.c tui/record.h tui/record_source.c \
	tui/chart_page.c tui/chart_page.h tui/chart_page_lines.c \
	tui/chart_page_rows.c tui/chart_page_view.h \
	tui/timeline.c tui/timeline.h \
	tui/desk.c tui/desk.h tui/desk_chart.c tui/desk_renewal.c tui/desk_search.c \
	tui/desk_room.h tui/desk_rx.c tui/desk_sign.c tui/desk_signer.c \
	tui/order.c tui/order_form.c tui/order_rows.c tui/order_view.h \
	tui/fact.c tui/fact.h tui/results.c tui/results_rows.c tui/results_view.h tui/trend.c tui/trend_over.c tui/trend_read.c tui/labs.h tui/respond.c tui/report.c tui/report_read.c tui/home.c tui/home_list.c tui/home_read.c tui/home_runs.c tui/years.c tui/years_read.c \
	tui/trend_draw.c tui/trend_plot.c tui/trend_view.h tui/renewal.c tui/renewal_act.c \
	tui/renewal_view.h tui/rx_list.c \
	tui/revisit.c tui/revisit.h tui/rx_view.h tui/rx_words.c tui/sign.c tui/step_up.c tui/step_up.h
libtui_a_CPPFLAGS = $(AM_CPPFLAGS) $(NCURSES_CFLAGS)
# libtui.a before the rooms it stands on.
TUI_LIBS = libtui.a libcare.a $(STORE_LIBS) $(NCURSES_LIBS)
