/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that a record in words leaves nothing out: every datatype by its shape,
 * what changes the meaning marked, depth and number of lines bounded, an address
 * without its login. With QN_HL7_EXAMPLES naming the directory of HL7's official R4
 * examples, every leaf of each DiagnosticReport and of each Medication… file
 * there stands in what is shown; what is shown of it is printed, file by file.
 */
#include "tests/tap.h"
#include "care/record.h"

#include <string.h>

static const struct record_words plain = { .lang = "en" };

static char *
said(const fhir_node *root, gboolean source)
{
	g_autoptr(GArray) lines = source ? care_record_source(root, &plain) :
	    care_record_lines(root, &plain);
	GString *out = g_string_new("\n");

	for (guint i = 0; i < lines->len; i++) {
		const struct record_line *l = &g_array_index(lines,
		    struct record_line, i);

		g_string_append_printf(out, "%*s%s%s: %s\n", l->indent * 2, "",
		    l->grave ? "! " : "", l->label, l->text);
	}
	return g_string_free(out, FALSE);
}

static char *
said_of(const char *json, gboolean source)
{
	BASE_AUTO(fhir_doc) doc = fhir_parse(json, strlen(json), NULL, NULL);

	assert_non_null(doc);
	return said(fhir_root(doc), source);
}

static const struct { const char *json, *line; } shapes[] = {
	{ "\"code\":{\"coding\":[{\"code\":\"4548-4\",\"display\":\"A1c\"}],"
	  "\"text\":\"HbA1c\"}", "\ncode: HbA1c [4548-4 A1c]\n" },
	{ "\"status\":\"entered-in-error\"",
	  "\n! status: ENTERED IN ERROR (entered-in-error)\n" },
	{ "\"doNotPerform\":true", "\n! do not give: yes\n" },
	{ "\"subject\":{\"reference\":\"Patient/1\",\"display\":\"Z\"}",
	  "\npatient: Z (Patient/1)\n" },
	{ "\"period\":{\"start\":\"2019\",\"end\":\"2019-03\"}",
	  "\nperiod: 2019 – 2019-03\n" },
	{ "\"issued\":\"2026-10-03T02:31:00Z\"",
	  "\nissued: 2026-10-03 02:31:00\n" },
	{ "\"quantity\":{\"value\":0.10,\"unit\":\"g\"}",
	  "\nquantity: 0.10 g\n" },
	{ "\"rateRatio\":{\"numerator\":{\"value\":1.0,\"unit\":\"mL\"},"
	  "\"denominator\":{\"value\":1,\"unit\":\"h\"}}",
	  "\nrate: 1.0 mL / 1 h\n" },
	{ "\"doseRange\":{\"low\":{\"value\":1},\"high\":{\"value\":2}}",
	  "\ndose: 1 – 2\n" },
	{ "\"identifier\":[{\"system\":\"urn:x\",\"value\":\"A-1\"}]",
	  "\nnumber: A-1\n" },
	{ "\"note\":[{\"text\":\"take care\"}]", "\nnote: take care\n" },
	{ "\"unheardOfField\":[{\"innerPart\":7.50}]",
	  "\nunheard of field: \n  inner part: 7.50\n" },
	{ "\"extension\":[{\"url\":\"http://x/y/kind\",\"valueString\":\"v\"}]",
	  "\nkind: v\n" },
	{ "\"modifierExtension\":[{\"url\":\"http://x/not\",\"valueBoolean\":"
	  "true}]", "\n! !: NOT UNDERSTOOD" },
	{ "\"medicationReference\":{\"reference\":\"#m\"},\"contained\":[{"
	  "\"resourceType\":\"Medication\",\"id\":\"m\",\"code\":{\"text\":"
	  "\"Herb\"}}]", "\ndrug: \n  code: Herb\n" },
	{ "\"content\":[{\"attachment\":{\"contentType\":\"text/plain\","
	  "\"data\":\"aGVsbG8=\"}}]", "hello" },
	{ "\"content\":[{\"attachment\":{\"url\":"
	  "\"https://h/b?sig=secret\"}}]", "address: https://h/b\n" },
	{ "\"text\":{\"div\":\"<div>as <b>told</b></div>\"}",
	  "\nin its own words: as told\n" },
};

static void
test_shapes(void **state)
{
	assert_true(base_clock_zone("UTC"));
	for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++) {
		g_autofree char *json = g_strdup_printf("{\"resourceType\":"
		    "\"Basic\",\"id\":\"1\",%s}", shapes[i].json);
		g_autofree char *out = said_of(json, FALSE);

		if (!strstr(out, shapes[i].line))
			fail_msg("%s\nsays: %s\nnot: %s", shapes[i].json, out,
			    shapes[i].line);
		assert_null(strstr(out, "secret"));
	}
}

static void
test_source(void **state)
{
	g_autofree char *out = said_of("{\"resourceType\":"
	    "\"QuestionnaireResponse\",\"id\":\"q\",\"meta\":{\"versionId\":"
	    "\"3\",\"lastUpdated\":\"2026-10-03T02:31:00Z\",\"source\":"
	    "\"urn:bot\",\"security\":[{\"code\":\"AIAST\"}]},\"author\":{"
	    "\"reference\":\"Device/b\",\"display\":\"Bot\"},\"authored\":"
	    "\"2026-10-02\"}", TRUE);
	g_autofree char *none = said_of("{\"resourceType\":"
	    "\"QuestionnaireResponse\",\"id\":\"q\"}", TRUE);

	assert_non_null(strstr(out, "record: QuestionnaireResponse/q\n"));
	assert_non_null(strstr(out, "version: 3\n"));
	assert_non_null(strstr(out, "last changed: 2026-10-03 02:31:00\n"));
	assert_non_null(strstr(out, "! !: written by a machine\n"));
	assert_non_null(strstr(out, "author: Bot (Device/b)\n"));
	assert_non_null(strstr(out, "answered on: 2026-10-02\n"));
	assert_non_null(strstr(none, "taken as a machine's"));
}

/* Contained in each other, and nested as deep as a document may be. */
static void
test_bounds(void **state)
{
	g_autofree char *circle = said_of("{\"resourceType\":\"Basic\","
	    "\"id\":\"1\",\"subject\":{\"reference\":\"#a\"},\"contained\":[{"
	    "\"resourceType\":\"Basic\",\"id\":\"a\",\"subject\":{"
	    "\"reference\":\"#b\"}},{\"resourceType\":\"Basic\",\"id\":\"b\","
	    "\"subject\":{\"reference\":\"#a\"}}]}", FALSE);
	GString *many = g_string_new("{\"resourceType\":\"Basic\",\"id\":"
	    "\"1\",\"note\":[");
	g_autofree char *out = NULL;

	assert_true(strlen(circle) < 4096);
	for (int i = 0; i < 100000; i++)
		g_string_append(many, i ? ",{\"text\":\"x\"}" :
		    "{\"text\":\"x\"}");
	g_string_append(many, "]}");
	out = said_of(many->str, FALSE);
	assert_non_null(strstr(out, "… and more"));
	assert_true(strlen(out) < RECORD_LINES_MAX * 16);
	g_string_free(many, TRUE);
}

/* ---- HL7's examples ------------------------------------------------------ */

/* What no reader needs as words: addresses of systems and profiles, the frame;
 * and bytes, of which the length is said. */
static gboolean
left_out(const char *key, const char *text)
{
	static const char *const keys[] = { "resourceType", "id", "meta",
		"text", "system", "url", "div", "language", "use", "data",
		"implicitRules", "version", "userSelected", NULL };

	return (key && *key == '_') || (key && g_strv_contains(keys, key) &&
	    !(strcmp(key, "text") == 0 && text)) || (text && *text == '#');
}

struct leaves { const char *out, *file; int shown, n; };

static void
leaf_check(struct leaves *l, const char *key, const fhir_node *node)
{
	const char *text = fhir_text(node, NULL);
	const char *number = fhir_number(node, NULL);
	g_autofree char *date = NULL;
	char precision;
	int64_t ms;

	if (left_out(key, text) || fhir_kind(node) == FHIR_WORD)
		return;
	if (text && strlen(text) > 10 && fhir_time_ms(text, &ms, &precision) &&
	    precision == 't') {
		g_autoptr(GDateTime) at = base_clock_date(ms);
		date = g_date_time_format(at, "%Y-%m-%d %H:%M:%S");
		text = date;
	}
	/* fhir_unit_words() takes UCUM's braces off. */
	if (key && (strcmp(key, "code") == 0 || strcmp(key, "unit") == 0) &&
	    text && *text == '{')
		return;
	l->n++;
	if (strstr(l->out, text ? text : number))
		l->shown++;
	else
		fail_msg("%s: %s “%s” is not shown in:%s", l->file, key,
		    text ? text : number, l->out);
}

/* A quantity's code says what its unit said. */
static gboolean
is_quantity(const fhir_node *node)
{
	return fhir_kind(fhir_child(node, "value")) == FHIR_NUMBER &&
	    fhir_child(node, "unit");
}

static void
leaves_check(struct leaves *l, const char *name, const fhir_node *node)
{
	struct fhir_each each;
	const fhir_node *value;
	const char *key;

	if (fhir_kind(node) != FHIR_OBJECT && fhir_kind(node) != FHIR_ARRAY) {
		leaf_check(l, name, node);
		return;
	}
	fhir_each(&each, node);
	while ((value = fhir_each_next(&each, &key))) {
		if (key && (left_out(key, NULL) || (strcmp(key, "code") == 0 &&
		    is_quantity(node))) && fhir_kind(value) != FHIR_STRING)
			continue;
		if (key && strcmp(key, "code") == 0 && is_quantity(node))
			continue;
		leaves_check(l, key ? key : name, value);
	}
}

static int
file_check(const char *dir, const char *name, int *leaves)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	g_autofree char *bytes = NULL, *out = NULL;
	BASE_AUTO(fhir_doc) doc = NULL;
	struct leaves l = { .file = name };
	gsize len;

	assert_true(g_file_get_contents(path, &bytes, &len, NULL));
	doc = fhir_parse(bytes, len, NULL, NULL);
	assert_non_null(doc);
	out = said(fhir_root(doc), FALSE);
	l.out = out;
	leaves_check(&l, NULL, fhir_root(doc));
	print_message("%s: %d of %d values%s\n", name, l.shown, l.n,
	    g_getenv("QN_SAY") ? out : "");
	*leaves += l.n;
	return 1;
}

static void
test_examples(void **state)
{
	static const char *const types[] = { "DiagnosticReport-",
		"MedicationRequest-", "MedicationRequest", "MedicationStatement",
		"MedicationDispense", "MedicationAdministration",
		"Medication-" };
	const char *dir = g_getenv("QN_HL7_EXAMPLES");
	g_autoptr(GDir) files = g_dir_open(dir, 0, NULL);
	const char *name;
	int n = 0, leaves = 0;

	assert_true(base_clock_zone("UTC"));
	assert_non_null(files);
	while ((name = g_dir_read_name(files)))
		for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
			if (g_str_has_prefix(name, types[i])) {
				n += file_check(dir, name, &leaves);
				break;
			}
	print_message("%d files, %d values, none lost\n", n, leaves);
	assert_true(n > 90);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_source),
		cmocka_unit_test(test_bounds),
	};
	const struct CMUnitTest examples[] = {
		cmocka_unit_test(test_examples),
	};

	/* By tests/interop/examples.sh, where HL7's files are. */
	if (g_getenv("QN_HL7_EXAMPLES"))
		return cmocka_run_group_tests(examples, NULL, NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
