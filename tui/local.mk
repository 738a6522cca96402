# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libtui.a
libtui_a_SOURCES = tui/tui.h tui/event.h tui/request.h tui/theme.h \
	tui/canvas.h tui/view.h tui/list.h tui/ui.h tui/composer.h tui/lock.h \
	tui/buffer.h tui/editor.h tui/buffer.c tui/command.c \
	tui/composer.c tui/editor.c tui/first.c tui/lock.c tui/input.c tui/keys.c tui/theme.c tui/canvas.c \
	tui/list.c tui/chart.c tui/dispatch.c tui/engine.h tui/filter.c \
	tui/header.c tui/header.h tui/layout.c tui/link.c tui/loop.c \
	tui/page.c tui/queue.c tui/session.c tui/thread.c tui/thread_lines.c \
	tui/thread_lines.h tui/ui.c tui/words.c
libtui_a_CPPFLAGS = $(AM_CPPFLAGS) $(NCURSES_CFLAGS)
# libtui.a before the rooms it stands on.
TUI_LIBS = libtui.a libcare.a $(STORE_LIBS) $(NCURSES_LIBS)
