# SPDX-License-Identifier: Apache-2.0
# libnet.a is everything but main, so that the tests can link it.
noinst_LIBRARIES += libnet.a
libnet_a_SOURCES = net/net.h
libnet_a_CPPFLAGS = $(AM_CPPFLAGS) $(CURL_CFLAGS) $(LWS_CFLAGS) $(SECCOMP_CFLAGS)
NET_LIBS = libnet.a $(STORE_LIBS) $(CURL_LIBS) $(LWS_LIBS) $(SECCOMP_LIBS)

bin_PROGRAMS += qingnang-sync
qingnang_sync_SOURCES = net/main.c
qingnang_sync_LDADD = $(NET_LIBS)
