/* SPDX-License-Identifier: Apache-2.0 */
/* Who I am: the token's word against the settings', and every role, team and
 * group that names me. */
#include <string.h>
#include "net/job.h"

static gboolean
wrong_doctor(struct sync *s, const char *told, GError **error)
{
	s->who_checked = FALSE;
	net_error_set(error, NET_ERROR_WRONG_DOCTOR, rest_host(s->rest),
	    *told ? told : NULL);
	return FALSE;
}

static const char *
configured(struct sync *s)
{
	const char *ref = base_setting(s->settings, SET_PRACTITIONER);

	return ref ? ref : "";
}

/* fhirUser may be one of my roles: then the role must say that it is mine. */
static gboolean
role_is_mine(struct sync *s, const char *role, GError **error)
{
	BASE_AUTO(rest_answer) answer = rest_get(s->rest, role, error);
	BASE_AUTO(fhir_doc) doc = NULL;
	struct fhir_ref ref;
	g_autofree char *named = NULL;

	if (!answer || !rest_ok(s->rest, answer, error))
		return FALSE;
	doc = fhir_parse(answer->body, answer->len, rest_limits(s->rest),
	    NULL);
	if (doc && fhir_ref_at(fhir_root(doc), "practitioner", &ref))
		named = g_strdup_printf("%s/%s", ref.type, ref.id);
	return g_strcmp0(named, configured(s)) == 0 ||
	    wrong_doctor(s, role, error);
}

gboolean
me_check(struct sync *s, GError **error)
{
	const char *told;

	if (login_identity(s->login, &told) == LOGIN_UNTOLD ||
	    strcmp(told, configured(s)) == 0) {
		s->who_checked = TRUE;
		return TRUE;
	}
	if (!g_str_has_prefix(told, "PractitionerRole/"))
		return wrong_doctor(s, told, error);
	s->who_checked = role_is_mine(s, told, error);
	return s->who_checked;
}

char *
me_scope(const struct sync *s, const char *param)
{
	g_autofree char *all = g_strjoinv(",", s->me);
	g_autofree char *safe = g_uri_escape_string(all, "/,", FALSE);

	return g_strdup_printf("%s=%s", param, safe);
}

/* What may name me, and by which parameter. Each is optional on a server. */
static const struct {
	const char *type, *param;
	gboolean by_role;  /* a team may name my role instead of me */
} names[] = {
	{ "PractitionerRole", "practitioner", FALSE },
	{ "CareTeam", "participant", TRUE },
	{ "Group", "member", TRUE },
};

struct naming {
	struct sync *s;
	GPtrArray *refs;
	char *specialty;
	GString *roles;     /* "system|code,…" of my PractitionerRoles */
};

static gboolean
is_current(const fhir_node *resource)
{
	const char *status = fhir_text(resource, "status");

	return fhir_bool(resource, "active") != 0 &&
	    g_strcmp0(status, "inactive") != 0 &&
	    g_strcmp0(status, "entered-in-error") != 0;
}

/* A pool's Task names roles (performerType) in place of an owner. */
static void
take_roles(struct naming *naming, const fhir_node *root)
{
	size_t n = fhir_count(root, "code");

	for (size_t i = 0; i < n; i++) {
		const fhir_node *coding = fhir_get(fhir_at(root, "code", i),
		    "coding[0]");
		const char *system = fhir_text(coding, "system");
		const char *code = fhir_text(coding, "code");
		g_autofree char *both = code ? g_strconcat(system ? system :
		    "", "|", code, NULL) : NULL;

		if (both && !strpbrk(both, ",$\\") &&
		    !strstr(naming->roles->str, both))
			g_string_append_printf(naming->roles, "%s%s",
			    naming->roles->len ? "," : "", both);
	}
}

static void
take_name(struct naming *naming, const struct fhir_entry *e)
{
	BASE_AUTO(fhir_doc) doc = fhir_parse(e->resource, e->resource_len,
	    rest_limits(naming->s->rest), NULL);
	const fhir_node *root = doc ? fhir_root(doc) : NULL;
	struct fhir_head head;
	const char *words;
	char *ref;

	if (!root || !fhir_head(root, &head, NULL) || !is_current(root))
		return;
	ref = g_strdup_printf("%s/%s", head.type, head.id);
	if (g_ptr_array_find_with_equal_func(naming->refs, ref, g_str_equal,
	    NULL)) {
		g_free(ref);
		return;
	}
	g_ptr_array_add(naming->refs, ref);
	if (strcmp(head.type, "PractitionerRole") == 0)
		take_roles(naming, root);
	words = fhir_concept_words(fhir_get(root, "specialty[0]"),
	    base_i18n_language());
	if (words && !naming->specialty)
		naming->specialty = g_strdup(words);
}

static gboolean
ask_names(struct naming *naming, size_t which, GError **error)
{
	struct sync *s = naming->s;
	g_autofree char *who = NULL, *safe = NULL, *url = NULL;
	BASE_AUTO(rest_answer) answer = NULL;
	BASE_AUTO(fhir_bundle) bundle = NULL;

	if (!caps_type(s->caps, names[which].type))
		return TRUE;
	g_ptr_array_add(naming->refs, NULL);
	who = names[which].by_role
	    ? g_strjoinv(",", (char **)naming->refs->pdata)
	    : g_strdup(g_ptr_array_index(naming->refs, 0));
	g_ptr_array_remove_index(naming->refs, naming->refs->len - 1);
	safe = g_uri_escape_string(who, "/,", FALSE);
	url = g_strdup_printf("%s?%s=%s&_count=200", names[which].type,
	    names[which].param, safe);
	answer = rest_get(s->rest, url, error);
	if (!answer)
		return FALSE;
	if (answer->status == 200 && answer->body)
		bundle = fhir_bundle_cut(answer->body, answer->len,
		    rest_limits(s->rest), NULL);
	for (guint i = 0; bundle && i < bundle->entries->len; i++) {
		const struct fhir_entry *e = &g_array_index(bundle->entries,
		    struct fhir_entry, i);
		struct store_doc doc = { e->resource, e->resource_len };
		if (!e->resource)
			continue;
		take_name(naming, e);
		if (!sync_ingest(s, &doc, 1, NULL, error))
			return FALSE;
	}
	return TRUE;
}

/* The Practitioner itself; its answer also proves that the login works. */
static gboolean
read_me(struct sync *s, char **name_out, char **specialty_out, GError **error)
{
	BASE_AUTO(rest_answer) answer = rest_get(s->rest, configured(s), error);
	BASE_AUTO(fhir_doc) doc = NULL;
	const fhir_node *root;
	const char *words;

	if (!answer || !rest_ok(s->rest, answer, error))
		return FALSE;
	doc = fhir_parse(answer->body ? answer->body : "", answer->len,
	    rest_limits(s->rest), NULL);
	root = doc ? fhir_root(doc) : NULL;
	if (g_strcmp0(root ? fhir_text(root, "resourceType") : NULL,
	    "Practitioner") != 0) {
		net_error_set(error, NET_ERROR_NOT_FHIR, rest_host(s->rest),
		    NULL);
		return FALSE;
	}
	*name_out = fhir_name_words(fhir_get(root, "name"));
	words = fhir_concept_words(fhir_get(root, "qualification[0].code"),
	    base_i18n_language());
	*specialty_out = g_strdup(words);
	return sync_ingest_one(s, answer->body, answer->len, error);
}

static gboolean
keep(struct sync *s, struct naming *naming, const char *name, GError **error)
{
	g_ptr_array_add(naming->refs, NULL);
	g_strfreev(s->me);
	s->me = (char **)g_ptr_array_free(naming->refs, FALSE);
	g_clear_pointer(&s->pool, g_free);
	if (naming->roles->len) {
		g_autofree char *safe = g_uri_escape_string(
		    naming->roles->str, "/:,", FALSE);

		s->pool = g_strconcat("performer=", safe, "&code=approve",
		    NULL);
	}
	return store_me_set(s->store, (const char *const *)s->me, name,
	    naming->specialty, error);
}

gboolean
me_discover(struct sync *s, GError **error)
{
	struct naming naming = { .s = s };
	g_autofree char *name = NULL, *qualification = NULL;
	struct fhir_ref ref;
	gboolean fine = TRUE;

	if (!fhir_ref_parse(configured(s), &ref) ||
	    strcmp(ref.type, "Practitioner") != 0) {
		net_error_set(error, NET_ERROR_CONFIG, rest_host(s->rest),
		    _("practitioner must read like Practitioner/ID"));
		return FALSE;
	}
	if (!read_me(s, &name, &qualification, error))
		return FALSE;
	naming.refs = g_ptr_array_new();
	naming.roles = g_string_new(NULL);
	g_ptr_array_add(naming.refs, g_strdup(configured(s)));
	for (size_t i = 0; i < G_N_ELEMENTS(names) && fine; i++)
		fine = ask_names(&naming, i, error);
	if (!naming.specialty)
		naming.specialty = g_steal_pointer(&qualification);
	/* What was found before an error must not narrow who I am. */
	if (!fine) {
		g_ptr_array_set_free_func(naming.refs, g_free);
		g_ptr_array_unref(naming.refs);
	} else
		fine = keep(s, &naming, name, error);
	g_free(naming.specialty);
	g_string_free(naming.roles, TRUE);
	return fine;
}
