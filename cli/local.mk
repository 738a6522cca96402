# SPDX-License-Identifier: Apache-2.0
# cli/ is a library too (libcli.a), so that its tests can link it.
noinst_LIBRARIES += libcli.a
libcli_a_SOURCES = cli/cli.h
libcli_a_CPPFLAGS = $(AM_CPPFLAGS) $(SECCOMP_CFLAGS)
CLI_LIBS = libcli.a $(TUI_LIBS) $(SECCOMP_LIBS)

bin_PROGRAMS += qingnang
qingnang_SOURCES = cli/main.c
qingnang_LDADD = $(CLI_LIBS)
