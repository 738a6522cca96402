# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libclinic.a
libclinic_a_SOURCES = clinic/clinic.h clinic/db.h clinic/seed.h clinic/db.c clinic/db_write.c clinic/sql.h \
	clinic/doc.h clinic/doc.c clinic/param.h clinic/param.c clinic/param_table.c clinic/index.c \
	clinic/date.h clinic/date.c clinic/rest.h clinic/rest_priv.h clinic/rest.c clinic/rest_write.c clinic/answer.c \
	clinic/page.c clinic/plan.h clinic/plan.c clinic/plan_value.c \
	clinic/search.c clinic/history.c clinic/validate.c clinic/capability.c \
	clinic/bundle.c clinic/login.h clinic/login.c clinic/options.h \
	clinic/options.c clinic/server.h clinic/http.c clinic/gate.c \
	clinic/feed.h clinic/feed.c clinic/subscription.c clinic/frame.c clinic/socket.c \
	clinic/fault.h clinic/fault.c clinic/fault_table.c clinic/tls.h clinic/tls.c clinic/load.h clinic/load.c clinic/serve.c
libclinic_a_SOURCES += clinic/seed_priv.h clinic/seed.c clinic/seed_text.c \
	clinic/seed_json.c clinic/seed_person.c clinic/seed_staff.c clinic/seed_chart.c clinic/seed_past.c clinic/seed_rest.c \
	clinic/seed_drug.c clinic/seed_order.c \
	clinic/seed_renewal.c clinic/seed_formulary.c clinic/formulary.h \
	clinic/formulary.c clinic/data/formulary.c clinic/data/formulary_heart.c \
	clinic/data/formulary_body.c clinic/data/formulary_mind.c \
	clinic/data/formulary_more.c clinic/data/formulary_herb.c \
	clinic/data/renewal.h clinic/data/renewal.c clinic/seed_body.c clinic/seed_lab.c \
	clinic/seed_thread.c clinic/seed_image.c clinic/names.c \
	clinic/data/disease.c clinic/data/drug.c clinic/data/lab.c \
	clinic/data/story.h clinic/data/story.c clinic/data/story_cast.c \
	clinic/data/story_more.c clinic/data/story_en.c clinic/data/story_old.c \
	clinic/patients_priv.h clinic/patients.c clinic/patients_act.c clinic/patients_talk.c \
	clinic/data/answer.c clinic/cds.h clinic/cds.c \
	clinic/data/interaction.c clinic/pharmacist.h clinic/pharmacist_priv.h \
	clinic/pharmacist.c clinic/pharmacist_act.c
libclinic_a_CPPFLAGS = $(AM_CPPFLAGS) $(LWS_CFLAGS) $(SQLITE_CFLAGS) $(JANSSON_CFLAGS) $(OPENSSL_CFLAGS)
CLINIC_LIBS = libclinic.a $(BASE_LIBS) $(LWS_LIBS) $(SQLITE_LIBS) $(JANSSON_LIBS) $(OPENSSL_LIBS) -lm

bin_PROGRAMS += qingnang-clinic
qingnang_clinic_SOURCES = clinic/main.c
qingnang_clinic_LDADD = $(CLINIC_LIBS)
