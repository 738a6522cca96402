/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The prescriber, as the server describes him or her: Practitioner.qualification
 * and PractitionerRole (code, specialty). Inactive ones say nothing.
 */
#include "care/facts.h"

#include <string.h>

void
facts_person_free(void *data)
{
	struct facts_person *person = data;

	g_strfreev(person->privileges);
	g_strfreev(person->specialties);
	g_free(person);
}

static gboolean
expired(const fhir_node *node, int64_t now_ms)
{
	int64_t end;

	return fhir_time_ms(fhir_text(node, "period.end"), &end, NULL) &&
	    end < now_ms;
}

static void
add_all(GPtrArray *to, char **marks)
{
	for (char **m = marks; *m; m++)
		g_ptr_array_add(to, *m);
	g_free(marks);
}

void
facts_take_practitioner(struct facts_in *in)
{
	struct facts_person *person;
	GPtrArray *marks;
	size_t count = fhir_count(in->root, "qualification");
	g_autofree char *name = fhir_name_words(fhir_get(in->root, "name"));

	if (fhir_bool(in->root, "active") == 0)
		return;
	person = g_new0(struct facts_person, 1);
	person->ref = in->ref;
	person->name = facts_shown(in->facts, name);
	marks = g_ptr_array_new();
	for (size_t i = 0; i < count; i++) {
		const fhir_node *q = fhir_at(in->root, "qualification", i);
		int64_t ms;

		if (expired(q, in->facts->now_ms))
			continue;
		add_all(marks, facts_marks(fhir_get(q, "code")));
		if (fhir_time_ms(fhir_text(q, "period.start"), &ms, NULL) &&
		    (person->since_ms == 0 || ms < person->since_ms))
			person->since_ms = ms;
		person->profile = TRUE;
	}
	g_ptr_array_add(marks, NULL);
	person->privileges = (char **)g_ptr_array_free(marks, FALSE);
	g_ptr_array_add(in->facts->join->people, person);
}

void
facts_take_role(struct facts_in *in)
{
	struct facts_person *person;

	if (fhir_bool(in->root, "active") == 0 ||
	    expired(in->root, in->facts->now_ms))
		return;
	person = g_new0(struct facts_person, 1);
	person->ref = facts_ref(in->facts, in->root, "practitioner");
	person->privileges = facts_marks(fhir_get(in->root, "code"));
	person->specialties = facts_marks(fhir_get(in->root, "specialty"));
	person->profile = TRUE;
	g_ptr_array_add(in->facts->join->people, person);
}

static void
join_strings(char ***to, char *const *more)
{
	guint had = *to ? g_strv_length(*to) : 0;
	guint n = more ? g_strv_length((char **)more) : 0;

	*to = g_renew(char *, *to, had + n + 1);
	for (guint i = 0; i < n; i++)
		(*to)[had + i] = g_strdup(more[i]);
	(*to)[had + n] = NULL;
}

void
facts_join_me(struct care_facts *facts)
{
	struct care_prescriber *me = &facts->prescriber;

	for (guint i = 0; me->ref && i < facts->join->people->len; i++) {
		const struct facts_person *p = facts->join->people->pdata[i];

		if (g_strcmp0(p->ref, me->ref) != 0)
			continue;
		join_strings(&me->privileges, p->privileges);
		join_strings(&me->specialties, p->specialties);
		me->profile_known |= p->profile;
		if (p->since_ms && (!me->qualified_since_ms ||
		    p->since_ms < me->qualified_since_ms))
			me->qualified_since_ms = p->since_ms;
		if (!me->name)
			me->name = p->name;
	}
	g_ptr_array_set_size(facts->join->people, 0);
}
