/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a pack. A file from outside: what is missing, unknown or of another
 * type is an error with its place, and nothing of the pack is used.
 */
#include "care/pack.h"

#include <string.h>

#define LISTS_MAX 1000
#define RULES_MAX 1000

G_DEFINE_QUARK(qn-care-error-quark, care_error)

static const struct fhir_limits pack_limits = {
	.size_bytes = 4 << 20,
	.depth = 16,
};

/* ---- members ------------------------------------------------------------ */

char
pack_kind(const fhir_node *node)
{
	switch (fhir_kind(node)) {
	case FHIR_OBJECT:
		return '{';
	case FHIR_ARRAY:
		return '[';
	case FHIR_STRING:
		return '"';
	case FHIR_NUMBER:
		return '0';
	case FHIR_WORD:
		return fhir_bool(node, NULL) < 0 ? 'n' : 't';
	case FHIR_ABSENT:
		break;
	}
	return '\0';
}

gboolean
pack_member_at(const fhir_node *object, size_t i, const char **name,
    const fhir_node **value)
{
	struct fhir_each each;

	if (fhir_kind(object) != FHIR_OBJECT)
		return FALSE;
	fhir_each(&each, object);
	while ((*value = fhir_each_next(&each, name)))
		if (i-- == 0)
			return TRUE;
	return FALSE;
}

gboolean
pack_wrong(GError **error, const char *where, const char *fmt, ...)
{
	va_list args;
	g_autofree char *what = NULL;

	va_start(args, fmt);
	what = g_strdup_vprintf(fmt, args);
	va_end(args);
	g_set_error(error, CARE_ERROR, CARE_ERROR_PACK, "%s: %s", where, what);
	return FALSE;
}

static const struct pack_member *
member_named(const struct pack_member *members, const char *name)
{
	for (; members->name; members++)
		if (strcmp(members->name, name) == 0)
			return members;
	return NULL;
}

static const char *
type_words(char type)
{
	switch (type) {
	case '"':
		return "a text";
	case '0':
		return "a number";
	case 't':
		return "true or false";
	case '[':
		return "an array";
	default:
		return "an object";
	}
}

/* null is allowed where a member is not needed. */
static gboolean
member_fits(const struct pack_member *known, const fhir_node *value)
{
	char kind = pack_kind(value);

	if (kind == 'n')
		return !known->needed;
	return known->type == '*' || kind == known->type;
}

gboolean
pack_members(const fhir_node *node, const struct pack_member *members,
    const char *where, GError **error)
{
	const char *name;
	const fhir_node *value;

	if (pack_kind(node) != '{')
		return pack_wrong(error, where, "is no object");
	for (size_t i = 0; pack_member_at(node, i, &name, &value); i++) {
		const struct pack_member *known = member_named(members, name);

		if (!known)
			return pack_wrong(error, where, "%.60s is not known",
			    name);
		if (!member_fits(known, value))
			return pack_wrong(error, where, "%s is not %s", name,
			    type_words(known->type));
	}
	for (; members->name; members++)
		if (members->needed && !fhir_child(node, members->name))
			return pack_wrong(error, where, "%s is missing",
			    members->name);
	return TRUE;
}

gboolean
pack_date(const char *text, int64_t *ms)
{
	char precision;

	return text && strlen(text) == 10 &&
	    fhir_time_ms(text, ms, &precision) && precision == 'd';
}

const char *
pack_words(const fhir_node *bilingual)
{
	const char *words = fhir_text(bilingual, base_i18n_lang());

	return words ? words : "";
}

static const char *
system_of(const struct care_pack *pack, const char *name, size_t len)
{
	const char *known;
	const fhir_node *value;

	for (size_t i = 0; pack_member_at(pack->systems, i, &known, &value);
	    i++)
		if (strlen(known) == len && memcmp(known, name, len) == 0)
			return fhir_text(value, NULL);
	return NULL;
}

char *
pack_code(const struct care_pack *pack, const char *text)
{
	const char *bar = strrchr(text, '|');
	const char *system;

	if (!bar)
		return NULL;
	if (memchr(text, ':', (size_t)(bar - text)))
		return g_strdup(text);
	system = system_of(pack, text, (size_t)(bar - text));
	return system ? g_strconcat(system, bar, NULL) : NULL;
}

/* ---- lists -------------------------------------------------------------- */

static void
list_free(void *data)
{
	struct pack_list *list = data;

	g_strfreev(list->codes);
	g_strfreev(list->names);
	g_free(list->about);
	g_free(list);
}

static gboolean
read_codes(const struct care_pack *pack, struct pack_list *list,
    const fhir_node *array, const char *where, GError **error)
{
	size_t count = fhir_count(array, NULL);

	list->codes = g_new0(char *, count + 1);
	for (size_t i = 0; i < count; i++) {
		const char *text = fhir_text(fhir_at(array, NULL, i), NULL);

		list->codes[i] = text ? pack_code(pack, text) : NULL;
		if (!list->codes[i])
			return pack_wrong(error, where,
			    "codes[%zu] is no \"system|code\"", i);
	}
	return TRUE;
}

static gboolean
read_names(struct pack_list *list, const fhir_node *array, const char *where,
    GError **error)
{
	size_t count = fhir_count(array, NULL);

	list->names = g_new0(char *, count + 1);
	for (size_t i = 0; i < count; i++) {
		const char *text = fhir_text(fhir_at(array, NULL, i), NULL);

		list->names[i] = text ? base_text_fold(text) : NULL;
		/* "" or "=" would be in every name */
		if (!list->names[i] || !list->names[i]
		    [list->names[i][0] == '='])
			return pack_wrong(error, where,
			    "names[%zu] is no name", i);
	}
	return TRUE;
}

static gboolean
read_list(struct care_pack *pack, const fhir_node *node, GError **error)
{
	static const struct pack_member members[] = {
		{ "name", '"', TRUE }, { "title", '{', FALSE },
		{ "source", '"', TRUE }, { "date", '"', TRUE }, { "practice", 't', TRUE },
		{ "codes", '[', FALSE }, { "names", '[', FALSE }, { NULL },
	};
	const char *name = fhir_text(node, "name");
	g_autofree char *where = g_strdup_printf("list %.60s", name ? name :
	    "without a name");
	struct pack_list *list;
	int64_t ms;

	if (!pack_members(node, members, where, error))
		return FALSE;
	if (g_hash_table_contains(pack->lists, name))
		return pack_wrong(error, where, "stands twice");
	list = g_new0(struct pack_list, 1);
	list->name = name;
	g_hash_table_insert(pack->lists, (char *)name, list);
	list->title = fhir_get(node, "title") ? pack_words(fhir_get(node,
	    "title")) : name;
	list->source = fhir_text(node, "source");
	list->date = fhir_text(node, "date");
	list->practice = fhir_bool(node, "practice") == 1;
	if (!pack_date(list->date, &ms))
		return pack_wrong(error, where, "date is no day");
	list->about = g_strdup_printf("%s: %s, %s", list->title, list->source,
	    list->date);
	return read_codes(pack, list, fhir_get(node, "codes"), where, error) &&
	    read_names(list, fhir_get(node, "names"), where, error);
}

static gboolean
read_lists(struct care_pack *pack, const fhir_node *root, GError **error)
{
	size_t count = fhir_count(root, "lists");

	if (count > LISTS_MAX)
		return pack_wrong(error, "lists", "more than %d", LISTS_MAX);
	for (size_t i = 0; i < count; i++)
		if (!read_list(pack, fhir_at(root, "lists", i), error))
			return FALSE;
	return TRUE;
}

/* ---- the head ----------------------------------------------------------- */

static gboolean
read_signer(struct care_pack *pack, const fhir_node *node, GError **error)
{
	static const struct pack_member members[] = {
		{ "name", '"', TRUE }, { "date", '"', TRUE }, { NULL },
	};
	int64_t ms;

	if (!node || pack_kind(node) == 'n')
		return TRUE;
	if (!pack_members(node, members, "signer", error))
		return FALSE;
	if (!pack_date(fhir_text(node, "date"), &ms))
		return pack_wrong(error, "signer", "date is no day");
	pack->signer = g_strdup_printf("%s, %s", fhir_text(node, "name"),
	    fhir_text(node, "date"));
	return TRUE;
}

static gboolean
read_systems(struct care_pack *pack, GError **error)
{
	const char *name;
	const fhir_node *value;

	for (size_t i = 0; pack_member_at(pack->systems, i, &name, &value); i++)
		if (!fhir_text(value, NULL) || strpbrk(name, ":|"))
			return pack_wrong(error, "systems",
			    "%.60s is no name of an address", name);
	return TRUE;
}

static gboolean
read_head(struct care_pack *pack, const fhir_node *root, GError **error)
{
	static const struct pack_member members[] = {
		{ "jurisdiction", '"', TRUE }, { "title", '"', TRUE },
		{ "version", '"', TRUE }, { "date", '"', TRUE },
		{ "signer", '{', FALSE }, { "note", '{', FALSE },
		{ "systems", '{', FALSE }, { "lists", '[', FALSE },
		{ "samples", '{', FALSE }, { "plain", '{', FALSE },
		{ "rules", '[', TRUE }, { NULL },
	};

	if (!pack_members(root, members, "pack", error))
		return FALSE;
	pack->jurisdiction = fhir_text(root, "jurisdiction");
	pack->title = fhir_text(root, "title");
	pack->version = fhir_text(root, "version");
	pack->date = fhir_text(root, "date");
	pack->systems = fhir_get(root, "systems");
	pack->samples = fhir_get(root, "samples");
	pack->plain = fhir_get(root, "plain");
	if (!pack_date(pack->date, &pack->date_ms))
		return pack_wrong(error, "pack", "date is no day");
	return read_signer(pack, fhir_get(root, "signer"), error) &&
	    read_systems(pack, error);
}

static gboolean
read_rules(struct care_pack *pack, const fhir_node *root, GError **error)
{
	size_t count = fhir_count(root, "rules");

	if (count > RULES_MAX)
		return pack_wrong(error, "rules", "more than %d", RULES_MAX);
	for (size_t i = 0; i < count; i++)
		if (!pack_rule_read(pack, fhir_at(root, "rules", i), error))
			return FALSE;
	return TRUE;
}

static gboolean
read_pack(struct care_pack *pack, GError **error)
{
	const fhir_node *root = fhir_root(pack->doc);

	return read_head(pack, root, error) && read_lists(pack, root, error) &&
	    read_rules(pack, root, error);
}

struct care_pack *
care_pack_read(const char *bytes, size_t len, GError **error)
{
	BASE_AUTO(care_pack) pack = g_new0(struct care_pack, 1);
	g_autoptr(GPtrArray) failed = NULL;
	GError *bad = NULL;

	pack->lists = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
	    list_free);
	pack->rules = g_ptr_array_new_with_free_func(pack_rule_free);
	pack->doc = fhir_parse(bytes, len, &pack_limits, &bad);
	if (!pack->doc) {
		g_set_error(error, CARE_ERROR, CARE_ERROR_PACK, "%s",
		    bad->message);
		g_error_free(bad);
		return NULL;
	}
	if (!read_pack(pack, error))
		return NULL;
	pack->vectors = care_pack_test(pack, &failed);
	pack->failing = (int)failed->len;
	return g_steal_pointer(&pack);
}

void
care_pack_free(struct care_pack *pack)
{
	if (!pack)
		return;
	g_ptr_array_unref(pack->rules);
	g_hash_table_unref(pack->lists);
	g_free(pack->signer);
	fhir_doc_free(pack->doc);
	g_free(pack);
}

const char *
care_pack_jurisdiction(const struct care_pack *pack)
{
	return pack->jurisdiction;
}

const char *
care_pack_title(const struct care_pack *pack)
{
	return pack->title;
}

const char *
care_pack_signer(const struct care_pack *pack)
{
	return pack->signer;
}

int
care_pack_test(const struct care_pack *pack, GPtrArray **failed)
{
	struct care_rules rules = { .rules = pack->rules,
		.now_ms = pack->date_ms };
	int ran = 0;

	*failed = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; i < pack->rules->len; i++) {
		const struct rule *rule = pack->rules->pdata[i];
		size_t count = fhir_count(rule->vectors, NULL);

		for (size_t n = 0; n < count; n++, ran++) {
			char *bad = vector_run(&rules, rule,
			    fhir_at(rule->vectors, NULL, n), n);

			if (bad)
				g_ptr_array_add(*failed, bad);
		}
	}
	return ran;
}
