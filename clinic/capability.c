/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <string.h>

#include "clinic/param.h"
#include "clinic/rest.h"

static const char interactions[] =
"\"versioning\":\"versioned-update\",\"readHistory\":true,"
"\"updateCreate\":true,\"conditionalCreate\":true,"
"\"conditionalRead\":\"not-match\",\"conditionalUpdate\":true,"
"\"conditionalDelete\":\"single\",\"interaction\":["
"{\"code\":\"read\"},{\"code\":\"vread\"},{\"code\":\"update\"},"
"{\"code\":\"delete\"},{\"code\":\"history-instance\"},"
"{\"code\":\"history-type\"},{\"code\":\"create\"},"
"{\"code\":\"search-type\"}]";

static const char *const kind_names[] = {
	[PARAM_TOKEN] = "token", [PARAM_REF] = "reference",
	[PARAM_DATE] = "date", [PARAM_STRING] = "string",
	[PARAM_URI] = "uri",
};

static void
put_param(GString *out, const char *name, const char *kind)
{
	g_string_append_printf(out, ",{\"name\":\"%s\",\"type\":\"%s\"}",
	    name, kind);
}

static void
put_includes(GString *out, const char *type)
{
	const struct clinic_param *p = clinic_params_of(type);
	const struct clinic_param *end = clinic_params + clinic_param_count;

	g_string_append_printf(out, ",\"searchInclude\":[\"%s:*\"", type);
	for (; p && p < end && !strcmp(p->type, type); p++)
		if (p->kind == PARAM_REF)
			g_string_append_printf(out, ",\"%s:%s\"", type,
			    p->name);
	g_string_append_c(out, ']');
}

static void
put_params(GString *out, const char *type)
{
	const struct clinic_param *p = clinic_params_of(type);
	const struct clinic_param *end = clinic_params + clinic_param_count;

	g_string_append(out, ",\"searchParam\":[{\"name\":\"_id\",\"type\":"
	    "\"token\"}");
	put_param(out, "_lastUpdated", "date");
	if (!p)
		put_param(out, "identifier", "token");
	for (; p && p < end && !strcmp(p->type, type); p++)
		put_param(out, p->name, kind_names[p->kind]);
	g_string_append_c(out, ']');
}

static void
put_type(GString *out, const char *type, const char *more)
{
	g_string_append_printf(out, "{\"type\":\"%s\",%s", type,
	    interactions);
	if (clinic_params_of(type))
		put_includes(out, type);
	put_params(out, type);
	g_string_append(out, more);
	g_string_append_c(out, '}');
}

/* How a client knows the dialect: Medplum by its name, the Backport guide by
 * what it has a server say of Subscription, HAPI by its socket's address. */
static const struct {
	const char *software, *subscription;
} tells[] = {
	[DIALECT_MEDPLUM] = { "qingnang-clinic (as Medplum)", "" },
	[DIALECT_BACKPORT] = { "qingnang-clinic", ",\"extension\":[{\"url\":"
	    "\"http://hl7.org/fhir/uv/subscriptions-backport/"
	    "StructureDefinition/capabilitystatement-subscriptiontopic-"
	    "canonical\",\"valueCanonical\":\"http://practice.invalid/"
	    "SubscriptionTopic/any-change\"}],\"operation\":[{\"name\":"
	    "\"get-ws-binding-token\",\"definition\":\"http://hl7.org/fhir/"
	    "uv/subscriptions-backport/OperationDefinition/"
	    "backport-subscription-get-ws-binding-token\"}]" },
	[DIALECT_HAPI] = { "qingnang-clinic", "" },
};

static void
put_head(struct clinic *c, GString *out)
{
	char now[CLINIC_STAMP_SIZE];

	clinic_stamp(clinic_now_ms(c), now);
	g_string_append_printf(out, "{\"resourceType\":\"CapabilityStatement\","
	    "\"status\":\"active\",\"date\":\"%s\",\"kind\":\"instance\","
	    "\"software\":{\"name\":\"%s\",\"version\":\"%s\"},"
	    "\"implementation\":{\"description\":\"A practice clinic with "
	    "invented patients\",\"url\":\"%s\"},\"fhirVersion\":\"4.0.1\","
	    "\"format\":[\"json\",\"application/fhir+json\"],", now,
	    tells[c->dialect].software, VERSION,
	    c->base);
}

/* HAPI names its socket here; the other dialects tell it with the token. */
static void
put_socket(struct clinic *c, GString *out)
{
	if (c->dialect != DIALECT_HAPI)
		return;
	g_string_append_printf(out, "\"extension\":[{\"url\":\"http://hl7.org/"
	    "fhir/StructureDefinition/capabilitystatement-websocket\","
	    "\"valueUri\":\"%s\"}],", c->socket_url);
}

GString *
clinic_capability(struct clinic *c)
{
	GString *out = g_string_sized_new(128 * 1024);
	size_t i;

	put_head(c, out);
	g_string_append(out, "\"rest\":[{\"mode\":\"server\",");
	put_socket(c, out);
	g_string_append_printf(out, "\"security\":{\"extension\":[{\"url\":"
	    "\"http://fhir-registry.smarthealthit.org/StructureDefinition/"
	    "oauth-uris\",\"extension\":[{\"url\":\"token\",\"valueUri\":"
	    "\"%s\"},{\"url\":\"authorize\",\"valueUri\":\"%s\"}]}]},"
	    "\"resource\":[", c->token_url, c->authorize_url);
	for (i = 0; i < clinic_type_count; i++) {
		if (i)
			g_string_append_c(out, ',');
		put_type(out, clinic_types[i],
		    strcmp(clinic_types[i], "Subscription") ? "" :
		    tells[c->dialect].subscription);
	}
	g_string_append(out, "],\"interaction\":[{\"code\":\"transaction\"},"
	    "{\"code\":\"batch\"}]}]}");
	return out;
}
