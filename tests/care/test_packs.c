/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the packs that are shipped: every vector holds, and every parameter of
 * every rule matters: each number changed by one either way, each text, pair and
 * range taken out, each optional list dropped makes at least one vector fail.
 * And no pack claims a signer that nobody is.
 */
#include "tests/tap.h"
#include "care/rules.h"

#include <jansson.h>
#include <stdio.h>

static const char *const packs[] = { "cn", "us", "herbal" };

static char *
pack_text(const char *name, size_t *len)
{
	g_autofree char *file = g_strdup_printf("rules/%s.json", name);
	g_autofree char *path = test_src(file);
	char *text = NULL;

	assert_true(g_file_get_contents(path, &text, len, NULL));
	return text;
}

static struct care_pack *
pack_of(const char *name)
{
	size_t len;
	g_autofree char *text = pack_text(name, &len);
	g_autoptr(GError) error = NULL;
	struct care_pack *pack = care_pack_read(text, len, &error);

	if (!pack)
		fail_msg("%s: %s", name, error->message);
	return pack;
}

static void
every_vector_holds(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(packs); i++) {
		BASE_AUTO(care_pack) pack = pack_of(packs[i]);
		g_autoptr(GPtrArray) failed = NULL;
		int ran = care_pack_test(pack, &failed);

		printf("# %s: %d vectors\n", packs[i], ran);
		for (guint n = 0; n < failed->len; n++)
			printf("# %s\n", (char *)failed->pdata[n]);
		assert_int_equal(failed->len, 0);
		assert_true(ran > 20);
	}
}

static void
nobody_signed(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(packs); i++) {
		BASE_AUTO(care_pack) pack = pack_of(packs[i]);

		assert_null(care_pack_signer(pack));
	}
}

/* ---- one parameter changed ---------------------------------------------- */

struct mutation {
	json_t *pack;
	const char *id;
	int made, survived;
};

/* The changed pack is refused, or one of its vectors fails. */
static gboolean
is_noticed(const struct mutation *m)
{
	g_autofree char *text = json_dumps(m->pack, JSON_COMPACT);
	BASE_AUTO(care_pack) pack = care_pack_read(text, strlen(text), NULL);
	g_autoptr(GPtrArray) failed = NULL;

	if (pack)
		care_pack_test(pack, &failed);
	return !pack || failed->len > 0;
}

static void
judge(struct mutation *m, const char *what)
{
	m->made++;
	if (is_noticed(m))
		return;
	m->survived++;
	printf("# %s: nobody notices %s\n", m->id, what);
}

static void
change_number(struct mutation *m, json_t *parameters, const char *name,
    json_t *value)
{
	json_int_t was = json_integer_value(value);

	for (int by = -1; by <= 1; by += 2) {
		g_autofree char *what = g_strdup_printf("%s %+d", name, by);

		json_object_set_new(parameters, name, json_integer(was + by));
		judge(m, what);
	}
	json_object_set_new(parameters, name, json_integer(was));
}

/* A bound in a pair or range, one more and one less. */
static void
change_bound(struct mutation *m, json_t *row, const char *name)
{
	const char *text = json_string_value(json_object_get(row, name));
	g_autofree char *was = g_strdup(text);

	for (int by = -1; was && by <= 1; by += 2) {
		g_autofree char *what = g_strdup_printf("%s %s %+d", name, was,
		    by);
		g_autofree char *now = g_strdup_printf("%g",
		    g_ascii_strtod(was, NULL) + by);

		json_object_set_new(row, name, json_string(now));
		judge(m, what);
	}
	if (was)
		json_object_set_new(row, name, json_string(was));
}

static void
change_rows(struct mutation *m, json_t *parameters, const char *name,
    json_t *array)
{
	static const char *const bounds[] = { "low", "high", "below" };
	size_t count = json_array_size(array);

	for (size_t i = 0; i < count; i++) {
		json_t *row = json_incref(json_array_get(array, i));
		g_autofree char *what = g_strdup_printf("%s[%zu] gone", name,
		    i);

		for (size_t b = 0; b < G_N_ELEMENTS(bounds); b++)
			change_bound(m, row, bounds[b]);
		json_array_remove(array, i);
		judge(m, what);
		json_array_insert_new(array, i, row);
	}
}

static void
change_parameter(struct mutation *m, json_t *parameters, const char *name,
    json_t *value)
{
	g_autofree char *what = g_strdup_printf("%s dropped", name);

	if (json_is_integer(value)) {
		change_number(m, parameters, name, value);
		return;
	}
	if (json_is_array(value)) {
		change_rows(m, parameters, name, value);
		return;
	}
	json_incref(value);
	json_object_del(parameters, name);
	judge(m, what);
	json_object_set_new(parameters, name, value);
}

static void
change_rule(struct mutation *m, json_t *rule)
{
	json_t *parameters = json_object_get(rule, "parameters"), *value;
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	const char *name;

	json_object_foreach(parameters, name, value)
		g_ptr_array_add(names, g_strdup(name));
	for (guint i = 0; i < names->len; i++) {
		value = json_object_get(parameters, names->pdata[i]);
		change_parameter(m, parameters, names->pdata[i], value);
	}
}

static void
every_parameter_matters(void **state)
{
	struct mutation m = { 0 };

	for (size_t i = 0; i < G_N_ELEMENTS(packs); i++) {
		size_t len;
		g_autofree char *text = pack_text(packs[i], &len);
		json_t *rules, *rule;
		size_t n;

		m.pack = json_loadb(text, len, 0, NULL);
		assert_non_null(m.pack);
		m.id = packs[i];
		assert_false(is_noticed(&m)); /* as it is, it is right */
		rules = json_object_get(m.pack, "rules");
		json_array_foreach(rules, n, rule) {
			m.id = json_string_value(json_object_get(rule, "id"));
			change_rule(&m, rule);
		}
		json_decref(m.pack);
	}
	printf("# %d changes, %d unnoticed\n", m.made, m.survived);
	assert_true(m.made > 300);
	assert_int_equal(m.survived, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_vector_holds),
		cmocka_unit_test(nobody_signed),
		cmocka_unit_test(every_parameter_matters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
