/* SPDX-License-Identifier: Apache-2.0 */
/* People who ask for a renewal, each for one gate of rules.md. */
#ifndef QN_CLINIC_RENEWAL_H
#define QN_CLINIC_RENEWAL_H

#include "clinic/seed_priv.h"

enum renewal_flags {
	RENEWAL_REPORTED = 1 << 0,     /* the old order is the patient's word */
	RENEWAL_PREPARED = 1 << 1,     /* the pharmacy prepares a fill */
	RENEWAL_NEWER = 1 << 2,        /* a colleague ordered the substance */
	RENEWAL_ADMITTED = 1 << 3,     /* in hospital since the last order */
	RENEWAL_STATEMENT = 1 << 4,    /* says to take it otherwise */
	RENEWAL_NO_REASON = 1 << 5,    /* no diagnosis in the old order */
	RENEWAL_UNCODED = 1 << 6,      /* the drug is words alone */
	RENEWAL_REFERENCED = 1 << 7,   /* the drug is a Medication */
	RENEWAL_PREGNANT = 1 << 8,
	RENEWAL_STOPPED = 1 << 9,
	RENEWAL_POOL = 1 << 10,        /* for whoever takes it */
};

/* gate: the first that must fail ("" none), in the words of rules.md. */
struct renewal_case {
	struct seed_story story;       /* drugs[0]: what is asked for; lines:
	                                * unread messages, or NULL */
	const char *gate;
	short lab_days;                /* age of the newest tests; 0: none */
	short fill_days;               /* since the last fill */
	short fills, repeats;          /* handed out; allowed */
	short expired_days;            /* since it ended; below 0: runs yet */
	unsigned flags, traits;
};
extern const struct renewal_case renewal_cases[];
extern const int renewal_cases_count;

#endif
