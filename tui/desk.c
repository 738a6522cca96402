/* SPDX-License-Identifier: Apache-2.0 */
/* The desk itself: its packs, its errors, and bodies by reference. */
#include "tui/desk_room.h"

#include <errno.h>
#include <stdio.h>

/* Rules begin and end at midnight: laid together anew at least this often. */
enum { RULES_MAX_AGE_MS = 10 * 60 * 1000, PACK_MAX_BYTES = 4 << 20 };

GQuark
desk_error_quark(void)
{
	return g_quark_from_static_string("qingnang-desk");
}

gboolean
desk_refuse(GError **error, enum desk_error code, const char *sentence)
{
	g_set_error_literal(error, DESK_ERROR, (int)code, sentence);
	return FALSE;
}

struct desk *
desk_new(struct store *store, const struct base_settings *settings)
{
	struct desk *desk = g_new0(struct desk, 1);

	desk->store = store;
	desk->settings = settings;
	desk->packs = g_ptr_array_new_with_free_func(
	    (GDestroyNotify)care_pack_free);
	return desk;
}

void
desk_free(struct desk *desk)
{
	if (!desk)
		return;
	care_rules_free(desk->rules);
	g_ptr_array_unref(desk->packs);
	g_free(desk);
}

void
desk_verified(struct desk *desk, gboolean verified)
{
	desk->verified = verified;
}

gboolean
desk_is_verified(const struct desk *desk)
{
	return desk->verified;
}

/* ---- packs -------------------------------------------------------------- */

char *
desk_pack_path(const char *name)
{
	g_autofree char *file = NULL;

	if (strchr(name, '/'))
		return g_strdup(name);
	file = g_strconcat("rules/", name, ".json", NULL);
	return base_data_path(file);
}

/* At most a byte more than may be; NULL: errno says why. */
static char *
pack_bytes(const char *path, size_t *len)
{
	FILE *file = fopen(path, "re");
	char *bytes;

	if (!file)
		return NULL;
	bytes = g_malloc(PACK_MAX_BYTES + 1);
	errno = 0;
	*len = fread(bytes, 1, PACK_MAX_BYTES + 1, file);
	if (ferror(file))
		g_clear_pointer(&bytes, g_free);
	fclose(file);
	return bytes;
}

struct care_pack *
desk_pack_file(const char *path, GError **error)
{
	size_t len = 0;
	g_autofree char *bytes = pack_bytes(path, &len);

	if (!bytes) {
		int code = errno;

		g_set_error_literal(error, G_FILE_ERROR,
		    (int)g_file_error_from_errno(code), g_strerror(code));
		return NULL;
	}
	if (len > PACK_MAX_BYTES) {
		desk_refuse(error, DESK_ERROR_RULES, _("larger than 4 MiB"));
		return NULL;
	}
	return care_pack_read(bytes, len, error);
}

static gboolean
pack_add(struct desk *desk, const char *name, GError **error)
{
	g_autofree char *path = desk_pack_path(name);
	g_autoptr(GError) why = NULL;
	struct care_pack *pack = path ? desk_pack_file(path, &why) : NULL;

	if (!path || (why && why->domain == G_FILE_ERROR)) {
		g_set_error(error, DESK_ERROR, DESK_ERROR_RULES,
		    _("The rule pack “%s” is not there: see [prescribing] "
		      "rules in the configuration. Nothing can be signed "
		      "without it."), name);
		return FALSE;
	}
	if (!pack) {
		g_set_error(error, DESK_ERROR, DESK_ERROR_RULES,
		    _("The rule pack “%s” cannot be used (%s): check it with "
		      "qingnang rules check."), name, why->message);
		return FALSE;
	}
	g_ptr_array_add(desk->packs, pack);
	return TRUE;
}

static gboolean
packs_read(struct desk *desk, GError **error)
{
	g_auto(GStrv) names = base_setting_list(desk->settings, SET_RULES);

	for (size_t i = 0; names && names[i]; i++)
		if (!pack_add(desk, names[i], error)) {
			g_ptr_array_set_size(desk->packs, 0);
			return FALSE;
		}
	return desk->packs->len > 0 || desk_refuse(error, DESK_ERROR_RULES,
	    _("No rule pack is configured ([prescribing] rules), so nothing "
	      "can be signed."));
}

const struct care_rules *
desk_rules(struct desk *desk, GError **error)
{
	int64_t now = base_now_ms();

	if (desk->rules && now >= desk->rules_ms &&
	    now - desk->rules_ms < RULES_MAX_AGE_MS)
		return desk->rules;
	if (desk->packs->len == 0 && !packs_read(desk, error))
		return NULL;
	care_rules_free(desk->rules);
	desk->rules = care_rules_new(
	    (const struct care_pack *const *)desk->packs->pdata,
	    desk->packs->len, now);
	desk->rules_ms = now;
	return desk->rules;
}

gboolean
desk_has_rules(const struct desk *desk)
{
	return desk->rules != NULL;
}

/* ---- bodies ------------------------------------------------------------- */

char *
desk_bytes(struct desk *desk, const char *ref, size_t *len, GError **error)
{
	struct fhir_ref parsed;
	char *bytes = NULL;

	if (ref && fhir_ref_parse(ref, &parsed))
		bytes = store_body(desk->store, parsed.type, parsed.id, len,
		    error);
	if (!bytes && error && !*error)
		g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND,
		    _("%s is not in the cache yet."), ref ? ref : "?");
	return bytes;
}

struct fhir_doc *
desk_body(struct desk *desk, const char *ref, GError **error)
{
	g_autofree char *bytes = NULL;
	size_t len = 0;

	bytes = desk_bytes(desk, ref, &len, error);
	return bytes ? fhir_parse(bytes, len, NULL, error) : NULL;
}
