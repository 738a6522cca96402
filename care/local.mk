# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libcare.a
care_order_sources = care/order.h care/order_room.h care/spelling.c \
	care/uuid.c care/decimal_math.c care/unit.c care/route.c \
	care/timing.c care/drug.c care/drug_name.c care/drug_read.c \
	care/drug_write.c care/order.c care/quantity.c care/sentence.c \
	care/order_write.c care/order_read.c care/rx.c care/rx_write.c \
	care/rx_read.c care/rx_send.c care/rx_task.c care/rx_renew.c \
	care/rx_same.c care/line_room.h care/line_fold.c care/line_ask.c \
	care/line_word.c care/line_number.c care/line_drug.c \
	care/line_settle.c care/line_need.c care/line_write.c care/line.c
libcare_a_SOURCES = care/analyte.h care/analyte_room.h care/analyte.c \
	care/analyte_convert.c care/care.h care/rules.h care/lab.c \
	care/decimal_change.c \
	care/facts.h care/facts.c care/facts_chart.c care/facts_drug.c \
	care/facts_me.c care/pack.h care/pack.c care/pack_rule.c care/kind.c \
	care/rules.c care/vector.c care/vector_room.h care/vector_check.c \
	care/vector_facts.c care/vector_rx.c care/check.c care/check_see.c \
	care/check_who.c care/check_what.c care/check_long.c \
	care/check_patient.c care/check_drug.c care/check_gap.c \
	care/revisit.c \
	care/renewal.c care/renewal_room.h care/renewal_gate.c care/renewal_beside.c \
	care/record.h care/record_room.h care/record.c \
	care/record_label.c care/record_value.c \
	care/urgency.c $(care_order_sources)
CARE_LIBS = libcare.a $(FHIR_LIBS)
