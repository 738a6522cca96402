# SPDX-License-Identifier: Apache-2.0
# cli/ is a library too (libcli.a), so that its tests can link it.
noinst_LIBRARIES += libcli.a
libcli_a_SOURCES = cli/cli.h cli/commands.h cli/setup.h \
	cli/cli.c cli/cmd-attachment.c cli/cmd-doctor.c cli/cmd-login.c cli/cmd-passphrase.c \
	cli/cmd-practice.c cli/cmd-queue.c cli/cmd-renewals.c cli/cmd-reply.c \
	cli/cmd-rules.c cli/cmd-rx.c cli/cmd-rx-sign.c cli/rx.c cli/rx.h cli/cmd-search.c cli/cmd-ack.c cli/cmd-home.c cli/cmd-results.c cli/cmd-show.c cli/cmd-chart.c cli/record.c cli/record.h \
	cli/cmd-signer.c cli/signing.c cli/cmd-verify.c cli/verify.c cli/verify.h \
	cli/cmd-status.c cli/cmd-sync.c cli/guard.c cli/json.c cli/key.c \
	cli/practice.c cli/screens.c cli/setup.c cli/starter.c cli/sync.c \
	cli/words.c
CLI_LIBS = libcli.a $(TUI_LIBS)

bin_PROGRAMS += qingnang
qingnang_SOURCES = cli/main.c
qingnang_LDFLAGS = $(AM_LDFLAGS) $(QN_PACK_LDFLAGS)
qingnang_LDADD = $(QN_FIRST_LIBS) $(QN_ARCHIVES_BEGIN) $(CLI_LIBS) $(QN_ARCHIVES_END)
