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
