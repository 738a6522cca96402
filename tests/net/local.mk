# SPDX-License-Identifier: Apache-2.0
check_LIBRARIES += tests/net/libtestnet.a
tests_net_libtestnet_a_SOURCES = tests/net/server.c tests/net/server.h \
	tests/net/programs.c tests/net/programs.h
tests_net_libtestnet_a_CPPFLAGS = $(TEST_CPPFLAGS) $(OPENSSL_CFLAGS) \
	$(CMOCKA_CFLAGS)
NET_TEST_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(GIO_CFLAGS) \
	$(CURL_CFLAGS)
NET_TEST_LIBS = tests/net/libtestnet.a $(NET_LIBS) $(CMOCKA_LIBS) \
	$(OPENSSL_LIBS)

NET_TESTS = tests/net/test_origin tests/net/test_rest tests/net/test_login tests/net/test_guard tests/net/test_sync tests/net/test_serve \
	tests/net/test_kill tests/net/test_way tests/net/test_beside \
	tests/net/test_cache tests/net/test_gone tests/net/test_page
check_PROGRAMS += $(NET_TESTS)
TESTS += $(NET_TESTS)
tests_net_test_origin_SOURCES = tests/net/test_origin.c
tests_net_test_origin_CPPFLAGS = $(NET_TEST_CPPFLAGS)
tests_net_test_origin_LDADD = $(NET_TEST_LIBS)
tests_net_test_rest_SOURCES = tests/net/test_rest.c
tests_net_test_rest_CPPFLAGS = $(NET_TEST_CPPFLAGS)
tests_net_test_rest_LDADD = $(NET_TEST_LIBS)
tests_net_test_login_SOURCES = tests/net/test_login.c
tests_net_test_login_CPPFLAGS = $(NET_TEST_CPPFLAGS)
tests_net_test_login_LDADD = $(NET_TEST_LIBS)
tests_net_test_guard_SOURCES = tests/net/test_guard.c
tests_net_test_guard_CPPFLAGS = $(NET_TEST_CPPFLAGS)
tests_net_test_guard_LDADD = $(NET_TEST_LIBS)
tests_net_test_sync_SOURCES = tests/net/test_sync.c
tests_net_test_sync_CPPFLAGS = $(NET_TEST_CPPFLAGS)
tests_net_test_sync_LDADD = $(NET_TEST_LIBS)
tests_net_test_serve_SOURCES = tests/net/test_serve.c
tests_net_test_serve_CPPFLAGS = $(NET_TEST_CPPFLAGS)
tests_net_test_serve_LDADD = $(NET_TEST_LIBS)
tests_net_test_kill_SOURCES = tests/net/test_kill.c
tests_net_test_kill_CPPFLAGS = $(NET_TEST_CPPFLAGS)
tests_net_test_kill_LDADD = $(NET_TEST_LIBS)
tests_net_test_beside_SOURCES = tests/net/test_beside.c
tests_net_test_beside_CPPFLAGS = $(NET_TEST_CPPFLAGS)
tests_net_test_beside_LDADD = $(NET_TEST_LIBS)
tests_net_test_cache_SOURCES = tests/net/test_cache.c
tests_net_test_cache_CPPFLAGS = $(NET_TEST_CPPFLAGS)
tests_net_test_cache_LDADD = $(NET_TEST_LIBS)
tests_net_test_way_SOURCES = tests/net/test_way.c
tests_net_test_way_CPPFLAGS = $(NET_TEST_CPPFLAGS)
tests_net_test_way_LDADD = $(NET_TEST_LIBS)

NET_SOCKET_TESTS = tests/net/test_dialect tests/net/test_socket \
	tests/net/test_socket_feed tests/net/test_socket_clinic \
	tests/fuzz/net_frame
check_PROGRAMS += $(NET_SOCKET_TESTS)
TESTS += $(NET_SOCKET_TESTS)
tests_net_test_dialect_SOURCES = tests/net/test_dialect.c
tests_net_test_dialect_CPPFLAGS = $(NET_TEST_CPPFLAGS)
tests_net_test_dialect_LDADD = $(NET_TEST_LIBS)
tests_net_test_socket_SOURCES = tests/net/test_socket.c
tests_net_test_socket_CPPFLAGS = $(NET_TEST_CPPFLAGS)
tests_net_test_socket_LDADD = $(NET_TEST_LIBS)
tests_net_test_socket_feed_SOURCES = tests/net/test_socket_feed.c
tests_net_test_socket_feed_CPPFLAGS = $(NET_TEST_CPPFLAGS)
tests_net_test_socket_feed_LDADD = $(NET_TEST_LIBS)
tests_net_test_socket_clinic_SOURCES = tests/net/test_socket_clinic.c
tests_net_test_socket_clinic_CPPFLAGS = $(NET_TEST_CPPFLAGS)
tests_net_test_socket_clinic_LDADD = $(NET_TEST_LIBS)
tests_fuzz_net_frame_SOURCES = tests/fuzz/net_frame.c tests/fuzz/replay.c \
	tests/fuzz/fuzz.h
tests_fuzz_net_frame_CPPFLAGS = $(TEST_CPPFLAGS) $(CURL_CFLAGS)
tests_fuzz_net_frame_LDADD = $(NET_LIBS)
EXTRA_DIST += tests/fuzz/corpus/net_frame/backport-event \
	tests/fuzz/corpus/net_frame/backport-heartbeat \
	tests/fuzz/corpus/net_frame/hapi-ping \
	tests/fuzz/corpus/net_frame/medplum-event \
	tests/fuzz/corpus/net_frame/medplum-handshake \
	tests/fuzz/corpus/net_frame/ticket
tests_net_test_gone_SOURCES = tests/net/test_gone.c
tests_net_test_gone_CPPFLAGS = $(NET_TEST_CPPFLAGS)
tests_net_test_gone_LDADD = $(NET_TEST_LIBS)
tests_net_test_page_SOURCES = tests/net/test_page.c tests/store/kit.h \
	tests/store/kit_crash.h
tests_net_test_page_CPPFLAGS = $(NET_TEST_CPPFLAGS) $(SQLITE_CFLAGS)
tests_net_test_page_LDADD = $(NET_TEST_LIBS)
