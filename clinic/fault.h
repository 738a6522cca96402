/* SPDX-License-Identifier: Apache-2.0 */
/* Misbehaviour on demand, for tests: one table, also printed by the manual. */
#ifndef QN_CLINIC_FAULT_H
#define QN_CLINIC_FAULT_H

#include "clinic/rest.h"

struct clinic_server;
struct clinic_exchange;

enum clinic_fault_arg {
	FAULT_EVERY, /* at every so manieth request that it concerns */
	FAULT_MS, FAULT_BYTES, FAULT_WORD, FAULT_NONE,
};

struct clinic_fault {
	const char *name;
	enum clinic_fault_arg arg;
	const char *standard; /* argument when none is given */
	const char *help;
	/* Instead of the answer; TRUE when it gave one. path is below base. */
	gboolean (*before)(struct clinic_exchange *x, const char *path,
	    const char *arg);
	/* Spoils the answer that was made. */
	void (*after)(struct clinic_exchange *x, const char *arg);
	/* Which requests it concerns; NULL: all. */
	gboolean (*concerns)(const struct clinic_exchange *x, const char *path);
	/* Only at the type that its argument names, also in a Bundle's
	 * entries. */
	gboolean per_type;
	/* About decision support, not about FHIR. */
	gboolean of_service;
	/* Switches something elsewhere; arg NULL: off. */
	void (*turn)(struct clinic_server *s, const char *arg);
};
extern const struct clinic_fault clinic_fault_table[];
extern const size_t clinic_fault_count;
/* Whether a path below the base is about the type. */
gboolean clinic_fault_of_type(const char *path, const char *type);

struct clinic_faults;
struct clinic_faults *clinic_faults_new(struct clinic_server *server);
void clinic_faults_free(struct clinic_faults *f);
/* "NAME", "NAME=ARG", "NAME=ARG*TIMES", "NAME*TIMES", "NAME=off", "off". */
gboolean clinic_faults_set(struct clinic_faults *f, const char *text,
    GError **error);
gboolean clinic_faults_before(struct clinic_faults *f,
    struct clinic_exchange *x, const char *path);
/* The same for one entry of a Bundle; TRUE when it was answered. */
gboolean clinic_faults_entry(struct clinic_faults *f, const char *method,
    const char *path, struct clinic_answer *answer);
void clinic_faults_after(struct clinic_faults *f, struct clinic_exchange *x,
    const char *path);

#endif
