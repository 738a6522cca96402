# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libclinic.a
libclinic_a_SOURCES = clinic/clinic.h clinic/db.h clinic/seed.h clinic/db.c clinic/sql.h \
	clinic/doc.h clinic/doc.c clinic/param.h clinic/param.c clinic/index.c \
	clinic/date.h clinic/date.c
libclinic_a_CPPFLAGS = $(AM_CPPFLAGS) $(LWS_CFLAGS) $(SQLITE_CFLAGS) $(JANSSON_CFLAGS) $(OPENSSL_CFLAGS)
CLINIC_LIBS = libclinic.a $(BASE_LIBS) $(LWS_LIBS) $(SQLITE_LIBS) $(JANSSON_LIBS) $(OPENSSL_LIBS)

bin_PROGRAMS += qingnang-clinic
qingnang_clinic_SOURCES = clinic/main.c
qingnang_clinic_LDADD = $(CLINIC_LIBS)
