/* SPDX-License-Identifier: Apache-2.0 */
/* Which faults are on, and when each strikes. */
#include <string.h>

#include "clinic/fault.h"
#include "clinic/server.h"

struct state {
	gboolean on;
	char *arg;
	int64_t every; /* for FAULT_EVERY */
	int64_t seen;
	int64_t left;  /* times to strike yet; -1: for ever */
};

struct clinic_faults {
	struct clinic_server *server;
	struct state *states; /* as the table */
};

struct clinic_faults *
clinic_faults_new(struct clinic_server *server)
{
	struct clinic_faults *f = g_new0(struct clinic_faults, 1);

	f->server = server;
	f->states = g_new0(struct state, clinic_fault_count);
	return f;
}

void
clinic_faults_free(struct clinic_faults *f)
{
	size_t i;

	for (i = 0; i < clinic_fault_count; i++)
		g_free(f->states[i].arg);
	g_free(f->states);
	g_free(f);
}

static void
turn_off(struct clinic_faults *f, size_t i)
{
	struct state *s = &f->states[i];

	if (s->on && clinic_fault_table[i].turn)
		clinic_fault_table[i].turn(f->server, NULL);
	g_free(s->arg);
	*s = (struct state){ 0 };
}

static gboolean
refuse(GError **error, const char *text)
{
	g_set_error(error, CLINIC_ERROR, 400, "Not a fault: %s", text);
	return FALSE;
}

static gboolean
number_ok(const char *arg)
{
	char *end;
	gint64 n = g_ascii_strtoll(arg, &end, 10);

	return *arg && !*end && n > 0 && n <= 1000000000;
}

static gboolean
turn_on(struct clinic_faults *f, size_t i, const char *arg, const char *times,
    GError **error)
{
	const struct clinic_fault *k = &clinic_fault_table[i];
	struct state *s = &f->states[i];

	if (!arg)
		arg = k->standard;
	if ((k->arg == FAULT_EVERY || k->arg == FAULT_MS ||
	    k->arg == FAULT_BYTES) && !number_ok(arg))
		return refuse(error, arg);
	if (times && !number_ok(times))
		return refuse(error, times);
	turn_off(f, i);
	s->on = TRUE;
	s->arg = g_strdup(arg);
	s->every = k->arg == FAULT_EVERY ? g_ascii_strtoll(s->arg, NULL, 10) :
	    1;
	s->left = times ? g_ascii_strtoll(times, NULL, 10) : -1;
	if (k->turn)
		k->turn(f->server, s->arg);
	return TRUE;
}

gboolean
clinic_faults_set(struct clinic_faults *f, const char *text, GError **error)
{
	g_auto(GStrv) twice = g_strsplit(text, "*", 2);
	g_auto(GStrv) parts = g_strsplit(*text ? twice[0] : "-", "=", 2);
	size_t i;

	for (i = 0; !strcmp(text, "off") && i < clinic_fault_count; i++)
		turn_off(f, i);
	if (!strcmp(text, "off"))
		return TRUE;
	for (i = 0; i < clinic_fault_count; i++) {
		if (g_strcmp0(parts[0], clinic_fault_table[i].name))
			continue;
		if (g_strcmp0(parts[1], "off"))
			return turn_on(f, i, parts[1], twice[1], error);
		turn_off(f, i);
		return TRUE;
	}
	return refuse(error, text);
}

static gboolean
strikes(struct clinic_faults *f, size_t i, const struct clinic_exchange *x,
    const char *path)
{
	const struct clinic_fault *k = &clinic_fault_table[i];
	struct state *s = &f->states[i];

	gboolean service = x->path && g_str_has_prefix(x->path,
	    "/cds-services");

	if (!s->on || !s->left || k->of_service != service ||
	    (k->per_type && !clinic_fault_of_type(path, s->arg)) ||
	    (k->concerns && !k->concerns(x, path)))
		return FALSE;
	if (++s->seen % s->every)
		return FALSE;
	if (s->left > 0)
		s->left--;
	return TRUE;
}

gboolean
clinic_faults_before(struct clinic_faults *f, struct clinic_exchange *x,
    const char *path)
{
	size_t i;

	for (i = 0; i < clinic_fault_count; i++)
		if (clinic_fault_table[i].before && strikes(f, i, x, path) &&
		    clinic_fault_table[i].before(x, path, f->states[i].arg))
			return TRUE;
	return FALSE;
}

gboolean
clinic_faults_entry(struct clinic_faults *f, const char *method,
    const char *path, struct clinic_answer *answer)
{
	struct clinic_exchange x = { .server = f->server, .method = method };
	size_t i;

	for (i = 0; i < clinic_fault_count; i++)
		if (clinic_fault_table[i].per_type &&
		    strikes(f, i, &x, path) &&
		    clinic_fault_table[i].before(&x, path, f->states[i].arg)) {
			*answer = x.answer;
			return TRUE;
		}
	return FALSE;
}

void
clinic_faults_after(struct clinic_faults *f, struct clinic_exchange *x,
    const char *path)
{
	size_t i;

	for (i = 0; i < clinic_fault_count; i++)
		if (clinic_fault_table[i].after && strikes(f, i, x, path))
			clinic_fault_table[i].after(x, f->states[i].arg);
}
