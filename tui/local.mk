# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libtui.a
libtui_a_SOURCES = tui/tui.h
libtui_a_CPPFLAGS = $(AM_CPPFLAGS) $(NCURSES_CFLAGS)
# libtui.a before the rooms it stands on.
TUI_LIBS = libtui.a libcare.a $(STORE_LIBS) $(NCURSES_LIBS)
