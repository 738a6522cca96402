/* SPDX-License-Identifier: Apache-2.0 */
/* Between pharmacist.c, who hears and waits, and pharmacist_act.c, who writes. */
#ifndef QN_CLINIC_PHARMACIST_PRIV_H
#define QN_CLINIC_PHARMACIST_PRIV_H

#include "clinic/patients_priv.h"
#include "clinic/pharmacist.h"

enum fate { FATE_APPROVE, FATE_REJECT, FATE_SLOW, FATE_LOST, FATE_LEFT,
	FATE_HELD };
enum step { STEP_REVIEW, STEP_PREPARE, STEP_HAND_OVER, STEP_ARRIVE };

struct errand {
	int64_t at_ms;
	enum step step;
	enum fate fate;
	char *id;  /* of the Task, then of the order */
};

struct clinic_pharmacist {
	struct clinic_db *db;
	enum pharmacist_mode mode;
	double pace;
	int64_t started_ms;
	GPtrArray *errands;   /* struct errand, in no order */
	GHashTable *groups;   /* "system|value" → set of ids of orders */
	int reviews;          /* done: chooses the next fate and its words */
	struct seed_rng rng;
};

/* Something to do in low to high seconds at pace 1. */
void pharmacist_will(struct clinic_pharmacist *ph, enum step step,
    enum fate fate, const char *id, int64_t now_ms, int low_s, int high_s);
/* "system|value", or NULL. Owned. */
char *pharmacist_group(const json_t *resource);
void pharmacist_do(struct clinic_pharmacist *ph, const struct errand *errand,
    int64_t now_ms);

#endif
