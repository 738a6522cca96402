/* SPDX-License-Identifier: Apache-2.0 */
/* A search as SQL: composed of constant pieces, every value bound. */
#ifndef QN_CLINIC_PLAN_H
#define QN_CLINIC_PLAN_H

#include "clinic/param.h"
#include "clinic/rest.h"
#include "clinic/sql.h"

struct plan_bind {
	char *text;     /* NULL: number */
	int64_t number;
};

struct plan_include {
	gboolean reverse, iterate;
	const char *type;                 /* the one that refers */
	const struct clinic_param *param; /* NULL: every reference */
	char *target;                     /* or NULL */
};

struct plan {
	struct clinic *c;
	const char *type;
	GString *where;      /* "and …" */
	GArray *binds;       /* of where */
	GString *key;        /* what is sorted by */
	GArray *key_binds;
	gboolean down;       /* descending */
	gboolean many_keys;  /* then paging is by offset */
	GString *order;
	GArray *includes;
	int count;
	int64_t offset;
	gboolean total, only_total, deleted;
};

struct plan *plan_new(struct clinic *c, const char *type);
void plan_free(struct plan *p);
BASE_DEFINE_AUTO(plan, plan_free)
/* A whole query. Errors are 400. */
gboolean plan_query(struct plan *p, const GArray *query, GError **error);
void plan_bind_all(sqlite3_stmt *s, int *at, const GArray *binds);
void plan_text(GArray *binds, const char *text);
void plan_number(GArray *binds, int64_t number);

/* plan_value.c: one parameter with its values. */
gboolean plan_param(struct plan *p, const struct clinic_param *param,
    const char *modifier, const char *value, GError **error);
gboolean plan_dates(struct plan *p, const char *lo, const char *hi,
    const char *value, GArray *binds, GString *out, GError **error);
/* Cuts at commas that are not escaped. */
GStrv plan_split(const char *value, char by);

#endif
