# SPDX-License-Identifier: Apache-2.0
# libnet.a is everything but main, so that the tests can link it.
noinst_LIBRARIES += libnet.a
libnet_a_SOURCES = net/net.h \
	net/error.c net/error.h \
	net/loop.c net/loop.h \
	net/origin.c net/origin.h \
	net/rest.c net/rest.h net/rest_room.h net/rest_call.c \
	net/rest_answer.c net/rest_answer.h \
	net/broker.c net/broker.h \
	net/login.c net/login.h net/login_room.h net/login_who.c \
	net/login_code.c \
	net/bell.c net/bell.h \
	net/caps.c net/caps.h \
	net/sync.c net/sync.h net/me.c \
	net/many.c net/job.c net/job.h net/wants.c \
	net/pull.c net/pull_rx.c net/pull.h net/chart.c net/sweep.c net/gone.c net/gone.h \
	net/file.c net/file.h net/provenance.c net/provenance.h net/push_file.c \
	net/push.c net/push.h net/push_bundle.c net/push_room.h \
	net/decision.c net/decision.h net/decision_body.c net/decision_room.h \
	net/feed.h net/socket_feed.h net/socket_feed.c net/socket_bind.c \
	net/socket_live.c \
	net/socket.h net/socket_room.h net/socket.c net/socket_lws.c \
	net/socket_tls.c net/socket_proxy.c \
	net/dialect.h net/dialect.c net/dialect_frame.c net/dialect_medplum.c \
	net/dialect_backport.c net/dialect_hapi.c \
	net/engine.c net/engine.h net/engine_room.h net/engine_run.c \
	net/engine_round.c \
	net/lock.c net/lock.h net/beside.c net/beside.h \
	net/guard.c net/guard.h \
	net/option.c net/option.h \
	net/sync_main.c
libnet_a_CPPFLAGS = $(AM_CPPFLAGS) $(GIO_CFLAGS) $(CURL_CFLAGS) $(LWS_CFLAGS) \
	$(OPENSSL_CFLAGS) $(SECCOMP_CFLAGS)
NET_LIBS = libnet.a $(STORE_LIBS) $(CURL_LIBS) $(LWS_LIBS) $(OPENSSL_LIBS) $(SECCOMP_LIBS)

bin_PROGRAMS += qingnang-sync
qingnang_sync_SOURCES = net/main.c
qingnang_sync_LDADD = $(NET_LIBS)
