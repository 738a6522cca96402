/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "clinic/date.h"
#include "clinic/plan.h"

static gboolean
refuse(GError **error, const char *what, const char *name)
{
	g_set_error(error, CLINIC_ERROR, 400, "%s: %s", what, name);
	return FALSE;
}

/* Undoes \, \| \$ and \\ . */
static char *
unescape(const char *from, size_t len)
{
	GString *s = g_string_sized_new(len);
	size_t i;

	for (i = 0; i < len; i++) {
		if (from[i] == '\\' && i + 1 < len &&
		    strchr(",|$\\", from[i + 1]))
			i++;
		g_string_append_c(s, from[i]);
	}
	return g_string_free(s, FALSE);
}

GStrv
plan_split(const char *value, char by)
{
	GPtrArray *parts = g_ptr_array_new();
	const char *from = value, *p;

	for (p = value; *p; p++) {
		if (*p == '\\' && p[1]) {
			p++;
		} else if (*p == by) {
			g_ptr_array_add(parts, g_strndup(from, p - from));
			from = p + 1;
		}
	}
	g_ptr_array_add(parts, g_strdup(from));
	g_ptr_array_add(parts, NULL);
	return (GStrv)g_ptr_array_free(parts, FALSE);
}

static void
token_test(struct plan *p, const char *text, GString *sql)
{
	g_auto(GStrv) parts = plan_split(text, '|');
	gboolean piped = parts[1] != NULL;
	g_autofree char *code = unescape(parts[piped ? 1 : 0],
	    strlen(parts[piped ? 1 : 0]));
	g_autofree char *system = piped ?
	    unescape(parts[0], strlen(parts[0])) : NULL;

	g_string_append(sql, "(1");
	if (*code) {
		g_string_append(sql, " and value=?");
		plan_text(p->binds, code);
	}
	if (system) {
		g_string_append(sql, " and extra=?");
		plan_text(p->binds, system);
	}
	g_string_append_c(sql, ')');
}

/* "Type/id", a bare id, or an address. */
static void
reference_test(struct plan *p, const struct clinic_param *param,
    const char *type, const char *text, GString *sql)
{
	g_autofree char *plain = unescape(text, strlen(text));
	g_autofree char *local = clinic_reference_local(plain, NULL);
	const char *target = type ? type : param->target;

	if (local) {
		g_string_append(sql, "value=?");
		plan_text(p->binds, local);
	} else if (target) {
		g_autofree char *full = g_strconcat(target, "/", plain, NULL);
		g_string_append(sql, "value=?");
		plan_text(p->binds, full);
	} else {
		g_string_append(sql, "(value=? or value=extra||'/'||?)");
		plan_text(p->binds, plain);
		plan_text(p->binds, plain);
	}
	if (type) {
		g_string_append(sql, " and extra=?");
		plan_text(p->binds, type);
	}
}

static void
string_test(struct plan *p, const char *modifier, const char *text,
    GString *sql)
{
	g_autofree char *plain = unescape(text, strlen(text));
	g_autofree char *folded = clinic_fold(plain);

	if (!g_strcmp0(modifier, "exact")) {
		g_string_append(sql, "extra=?");
		plan_text(p->binds, plain);
	} else if (!g_strcmp0(modifier, "contains")) {
		g_string_append(sql, "instr(value,?)>0");
		plan_text(p->binds, folded);
	} else {
		g_string_append(sql,
		    "value>=? and value<?||char(1114111)");
		plan_text(p->binds, folded);
		plan_text(p->binds, folded);
	}
}

/* What a prefix asks of the stored interval [lo, hi) against [?1, ?2). */
static const struct {
	const char *prefix;
	const char *sql;      /* with %s for the two columns */
	int bound[2];         /* which end is bound, 0 lo, 1 hi, -1 none */
} prefixes[] = {
	{ "eq", "(LO>=? and HI<=?)", { 0, 1 } },
	{ "ne", "not (LO>=? and HI<=?)", { 0, 1 } },
	{ "gt", "HI>?", { 1, -1 } },
	{ "ge", "HI>?", { 0, -1 } },
	{ "lt", "LO<?", { 0, -1 } },
	{ "le", "LO<?", { 1, -1 } },
	{ "sa", "LO>=?", { 1, -1 } },
	{ "eb", "HI<=?", { 0, -1 } },
};

static void
put_columns(GString *out, const char *sql, const char *lo, const char *hi)
{
	g_autoptr(GString) s = g_string_new(sql);

	g_string_replace(s, "LO", lo, 0);
	g_string_replace(s, "HI", hi, 0);
	g_string_append(out, s->str);
}

gboolean
plan_dates(struct plan *p, const char *lo, const char *hi, const char *value,
    GArray *binds, GString *out, GError **error)
{
	struct clinic_interval at;
	size_t i = 0, k;

	if (g_ascii_isalpha(value[0])) {
		while (i < G_N_ELEMENTS(prefixes) &&
		    strncmp(value, prefixes[i].prefix, 2))
			i++;
		if (i == G_N_ELEMENTS(prefixes))
			return refuse(error, "Not a date's prefix", value);
		value += 2;
	}
	if (!clinic_date_parse(value, &at))
		return refuse(error, "Not a date", value);
	put_columns(out, prefixes[i].sql, lo, hi);
	for (k = 0; k < 2; k++)
		if (prefixes[i].bound[k] >= 0)
			plan_number(binds, prefixes[i].bound[k] ? at.hi :
			    at.lo);
	return TRUE;
}

static gboolean
one_test(struct plan *p, const struct clinic_param *param,
    const char *modifier, const char *text, GString *sql, GError **error)
{
	switch (param->kind) {
	case PARAM_TOKEN:
		token_test(p, text, sql);
		return TRUE;
	case PARAM_REF:
		reference_test(p, param, modifier, text, sql);
		return TRUE;
	case PARAM_STRING:
		string_test(p, modifier, text, sql);
		return TRUE;
	case PARAM_DATE:
		return plan_dates(p, "lo", "hi", text, p->binds, sql, error);
	default:
		g_string_append(sql, "value=?");
		plan_text(p->binds, text);
		return TRUE;
	}
}

static gboolean
modifier_ok(const struct clinic_param *param, const char *modifier)
{
	if (!modifier)
		return TRUE;
	switch (param->kind) {
	case PARAM_TOKEN:
		return !strcmp(modifier, "not");
	case PARAM_STRING:
		return !strcmp(modifier, "exact") ||
		    !strcmp(modifier, "contains");
	case PARAM_REF:
		return clinic_type_ok(modifier);
	default:
		return FALSE;
	}
}

gboolean
plan_param(struct plan *p, const struct clinic_param *param,
    const char *modifier, const char *value, GError **error)
{
	g_auto(GStrv) parts = plan_split(value, ',');
	g_autofree char *key = g_strconcat(p->type, ".", param->name, NULL);
	int i;

	if (!g_strcmp0(modifier, "missing"))
		return refuse(error, "The modifier :missing is off on this "
		    "server", param->name);
	if (!modifier_ok(param, modifier))
		return refuse(error, "Not a modifier of this parameter",
		    modifier);
	if (!*value)
		return refuse(error, "A parameter without a value",
		    param->name);
	g_string_append_printf(p->where,
	    " and r.num %sin (select res from %s where param=? and (",
	    !g_strcmp0(modifier, "not") ? "not " : "",
	    param->kind == PARAM_DATE ? "ix_date" : "ix_text");
	plan_text(p->binds, key);
	for (i = 0; parts[i]; i++) {
		g_string_append(p->where, i ? " or (" : "(");
		if (!one_test(p, param, modifier, parts[i], p->where, error))
			return FALSE;
		g_string_append_c(p->where, ')');
	}
	g_string_append(p->where, "))");
	return TRUE;
}
