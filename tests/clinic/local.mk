# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += tests/clinic/test_db
TESTS += tests/clinic/test_db
tests_clinic_test_db_SOURCES = tests/clinic/test_db.c
tests_clinic_test_db_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(JANSSON_CFLAGS)
tests_clinic_test_db_LDADD = $(CLINIC_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/clinic/test_seed tests/clinic/test_patients
TESTS += tests/clinic/test_seed tests/clinic/test_patients
tests_clinic_test_seed_SOURCES = tests/clinic/test_seed.c
tests_clinic_test_seed_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(JANSSON_CFLAGS)
tests_clinic_test_seed_LDADD = $(CLINIC_LIBS) $(CMOCKA_LIBS)
tests_clinic_test_patients_SOURCES = tests/clinic/test_patients.c
tests_clinic_test_patients_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(JANSSON_CFLAGS)
tests_clinic_test_patients_LDADD = $(CLINIC_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/clinic/test_renewal tests/clinic/test_pharmacist
TESTS += tests/clinic/test_renewal tests/clinic/test_pharmacist
tests_clinic_test_renewal_SOURCES = tests/clinic/test_renewal.c
tests_clinic_test_renewal_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(JANSSON_CFLAGS)
tests_clinic_test_renewal_LDADD = $(CLINIC_LIBS) $(CMOCKA_LIBS)
tests_clinic_test_pharmacist_SOURCES = tests/clinic/test_pharmacist.c
tests_clinic_test_pharmacist_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(JANSSON_CFLAGS)
tests_clinic_test_pharmacist_LDADD = $(CLINIC_LIBS) $(CMOCKA_LIBS)

# Over real sockets: the client of the tests shares nothing with the clinic.
CLINIC_NET_TESTS = tests/clinic/test_rest tests/clinic/test_search \
	tests/clinic/test_bundle tests/clinic/test_login \
	tests/clinic/test_feed tests/clinic/test_fault \
	tests/clinic/test_start tests/clinic/test_date tests/clinic/test_cds \
	tests/clinic/test_prescribe tests/clinic/test_formulary
check_PROGRAMS += $(CLINIC_NET_TESTS)
TESTS += $(CLINIC_NET_TESTS)
check_LIBRARIES += tests/clinic/libclient.a
tests_clinic_libclient_a_SOURCES = tests/clinic/client.h tests/clinic/client.c
tests_clinic_libclient_a_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(JANSSON_CFLAGS)
CLINIC_NET_LIBS = tests/clinic/libclient.a $(BASE_LIBS) $(JANSSON_LIBS) $(CMOCKA_LIBS)
tests_clinic_test_rest_SOURCES = tests/clinic/test_rest.c
tests_clinic_test_rest_CPPFLAGS = $(TEST_CPPFLAGS) $(GIO_CFLAGS) $(CMOCKA_CFLAGS) $(JANSSON_CFLAGS)
tests_clinic_test_rest_LDADD = $(CLINIC_NET_LIBS)
tests_clinic_test_search_SOURCES = tests/clinic/test_search.c
tests_clinic_test_search_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(JANSSON_CFLAGS)
tests_clinic_test_search_LDADD = $(CLINIC_NET_LIBS)
tests_clinic_test_bundle_SOURCES = tests/clinic/test_bundle.c
tests_clinic_test_bundle_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(JANSSON_CFLAGS)
tests_clinic_test_bundle_LDADD = $(CLINIC_NET_LIBS)
tests_clinic_test_login_SOURCES = tests/clinic/test_login.c
tests_clinic_test_login_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(JANSSON_CFLAGS)
tests_clinic_test_login_LDADD = $(CLINIC_NET_LIBS)
tests_clinic_test_feed_SOURCES = tests/clinic/test_feed.c
tests_clinic_test_feed_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(JANSSON_CFLAGS)
tests_clinic_test_feed_LDADD = $(CLINIC_NET_LIBS)
EXTRA_DIST += tests/fixtures/frames/medplum-handshake.json \
	tests/fixtures/frames/medplum-heartbeat.json \
	tests/fixtures/frames/medplum-event.json \
	tests/fixtures/frames/backport-handshake.json \
	tests/fixtures/frames/backport-heartbeat.json \
	tests/fixtures/frames/backport-event.json \
	tests/fixtures/frames/hapi.json
# Walks the clinic's own table.
tests_clinic_test_fault_SOURCES = tests/clinic/test_fault.c
tests_clinic_test_fault_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(JANSSON_CFLAGS)
tests_clinic_test_fault_LDADD = tests/clinic/libclient.a $(CLINIC_LIBS) $(CMOCKA_LIBS)
tests_clinic_test_start_SOURCES = tests/clinic/test_start.c
tests_clinic_test_start_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(JANSSON_CFLAGS) $(CURL_CFLAGS)
tests_clinic_test_start_LDADD = $(CLINIC_NET_LIBS) $(CURL_LIBS)
tests_clinic_test_date_SOURCES = tests/clinic/test_date.c
tests_clinic_test_date_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_clinic_test_date_LDADD = $(CLINIC_LIBS) $(CMOCKA_LIBS)
tests_clinic_test_cds_SOURCES = tests/clinic/test_cds.c
tests_clinic_test_cds_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(JANSSON_CFLAGS)
tests_clinic_test_cds_LDADD = tests/clinic/libclient.a $(CLINIC_LIBS) $(CMOCKA_LIBS)
tests_clinic_test_prescribe_SOURCES = tests/clinic/test_prescribe.c
tests_clinic_test_prescribe_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(JANSSON_CFLAGS)
tests_clinic_test_prescribe_LDADD = $(CLINIC_NET_LIBS)
tests_clinic_test_formulary_SOURCES = tests/clinic/test_formulary.c
tests_clinic_test_formulary_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(JANSSON_CFLAGS)
tests_clinic_test_formulary_LDADD = tests/clinic/libclient.a $(CLINIC_LIBS) $(CMOCKA_LIBS)
