# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libcare.a
libcare_a_SOURCES = care/care.h care/order.h care/rules.h care/lab.c care/decimal.c \
	care/facts.h care/facts.c care/facts_chart.c care/facts_drug.c \
	care/facts_me.c \
	care/urgency.c
CARE_LIBS = libcare.a $(FHIR_LIBS)
