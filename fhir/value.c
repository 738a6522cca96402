/* SPDX-License-Identifier: Apache-2.0 */
/* What an Observation says: every value[x] of R4 in words, the reason where there
 * is none, the reference range. What comes out is still text from outside. */
#include "fhir/fhir.h"

#include <string.h>

#define URL_ABSENT \
	"http://hl7.org/fhir/StructureDefinition/data-absent-reason"

static const char *
non_empty(const char *text)
{
	return text && *text ? text : NULL;
}

static const fhir_node *
first_of(const fhir_node *node)
{
	return fhir_count(node, NULL) > 0 ? fhir_at(node, NULL, 0) : node;
}

/* ---- quantities --------------------------------------------------------- */

/* UCUM 12: text in braces is a remark. Where it stands for a unit ("{INR}",
 * "{beats}/min") its words are all there is; after a unit it says nothing. */
static char *
unit_plain(const char *unit)
{
	GString *out = g_string_new(NULL);
	const char *end;

	for (; *unit; unit++) {
		end = *unit == '{' ? strchr(unit, '}') : NULL;
		if (!end) {
			g_string_append_c(out, *unit);
			continue;
		}
		if (!out->len || strchr("/.", out->str[out->len - 1]))
			g_string_append_len(out, unit + 1, end - unit - 1);
		unit = end;
	}
	return g_string_free(out, FALSE);
}

char *
fhir_unit_words(const fhir_node *quantity)
{
	const char *unit = non_empty(fhir_text(quantity, "unit"));
	g_autofree char *plain = NULL;

	if (!unit)
		unit = non_empty(fhir_text(quantity, "code"));
	/* UCUM's 1 is "no unit". */
	if (!unit || strcmp(unit, "1") == 0)
		return NULL;
	plain = unit_plain(unit);
	return *plain ? g_steal_pointer(&plain) : NULL;
}

char *
fhir_quantity_words(const fhir_node *quantity)
{
	const char *value = fhir_number(quantity, "value");
	const char *comparator = non_empty(fhir_text(quantity, "comparator"));
	g_autofree char *unit = fhir_unit_words(quantity);

	if (!value)
		return NULL;
	return g_strconcat(comparator ? comparator : "",
	    comparator ? " " : "", value, unit ? " " : "", unit ? unit : "",
	    NULL);
}

/* A bound with its unit, when it is said there and not once at the end. */
static char *
bound_words(const char *value, const char *unit)
{
	return unit ? g_strconcat(value, " ", unit, NULL) : g_strdup(value);
}

/* "low–high unit"; the bounds are inclusive in FHIR, so one alone is ≥ or ≤. Units
 * that differ both stand. */
static char *
bounds_words(const fhir_node *range, gboolean with_unit)
{
	const fhir_node *low = fhir_get(range, "low");
	const fhir_node *high = fhir_get(range, "high");
	const char *from = fhir_number(low, "value");
	const char *to = fhir_number(high, "value");
	g_autofree char *unit = with_unit ? fhir_unit_words(low) : NULL;
	g_autofree char *unit_to = with_unit ? fhir_unit_words(high) : NULL;
	gboolean same = !unit || !unit_to || strcmp(unit, unit_to) == 0;
	g_autofree char *left = from ? bound_words(from, to && same ? NULL :
	    unit) : NULL;
	g_autofree char *right = to ? bound_words(to, unit_to || !same ?
	    unit_to : unit) : NULL;

	if (left && right)
		return g_strconcat(left, "–", right, NULL);
	if (left || right)
		return g_strconcat(left ? "≥ " : "≤ ", left ? left : right,
		    NULL);
	return NULL;
}

/* The bounds are in the result's own unit, or name none. */
static gboolean
unit_is_shared(const fhir_node *observation, const fhir_node *range)
{
	static const char *const bounds[] = { "low", "high" };
	g_autofree char *own = fhir_unit_words(fhir_get(observation,
	    "valueQuantity"));

	for (size_t i = 0; i < G_N_ELEMENTS(bounds); i++) {
		g_autofree char *unit = fhir_unit_words(fhir_get(range,
		    bounds[i]));

		if (unit && g_strcmp0(unit, own) != 0)
			return FALSE;
	}
	return TRUE;
}

/* What the limits mean where it is not "normal": a target of treatment … */
static const char *
meaning_of(const fhir_node *range)
{
	const fhir_node *type = fhir_get(range, "type");
	const char *code = fhir_concept_code(type, NULL);

	return g_strcmp0(code, "normal") == 0 ? NULL :
	    fhir_concept_words(type, NULL);
}

static const char *
whose(const fhir_node *range)
{
	return fhir_concept_words(fhir_get(range, "appliesTo"), NULL);
}

/* The plain one of several, else the first. */
static const fhir_node *
range_of(const fhir_node *observation)
{
	size_t n = fhir_count(observation, "referenceRange");

	for (size_t i = 0; i < n; i++) {
		const fhir_node *range = fhir_at(observation,
		    "referenceRange", i);

		if (!meaning_of(range) && !whose(range) &&
		    !fhir_get(range, "age"))
			return range;
	}
	return first_of(fhir_get(observation, "referenceRange"));
}

char *
fhir_range_words(const fhir_node *observation)
{
	const fhir_node *range = range_of(observation);
	g_autofree char *words = bounds_words(range,
	    !unit_is_shared(observation, range));
	const char *whom = whose(range), *meaning = meaning_of(range);

	if (!words)
		return g_strdup(non_empty(fhir_text(range, "text")));
	/* Women's limits beside a man's value, or a target where the normal is
	 * meant, would mislead: say what they are. */
	if (!whom && !meaning)
		return g_steal_pointer(&words);
	return g_strconcat(words, " (", meaning ? meaning : "",
	    meaning && whom ? ", " : "", whom ? whom : "", ")", NULL);
}

static char *
words_of_quantity(const fhir_node *value, const char *lang)
{
	return fhir_quantity_words(value);
}

static char *
words_of_concept(const fhir_node *value, const char *lang)
{
	return g_strdup(fhir_concept_words(value, lang));
}

static char *
words_of_text(const fhir_node *value, const char *lang)
{
	return g_strdup(non_empty(fhir_text(value, NULL)));
}

static char *
words_of_integer(const fhir_node *value, const char *lang)
{
	return g_strdup(fhir_number(value, NULL));
}

static char *
words_of_boolean(const fhir_node *value, const char *lang)
{
	int yes = fhir_bool(value, NULL);

	return yes < 0 ? NULL : g_strdup(yes ? _("yes") : _("no"));
}

static char *
words_of_range(const fhir_node *value, const char *lang)
{
	return bounds_words(value, TRUE);
}

/* A titre 1:128 has no units; "5 mg : 1 mL" has. A part that was not stated is
 * said to be unknown: the other is not dropped. */
static char *
words_of_ratio(const fhir_node *value, const char *lang)
{
	g_autofree char *over = fhir_quantity_words(fhir_get(value,
	    "numerator"));
	g_autofree char *under = fhir_quantity_words(fhir_get(value,
	    "denominator"));

	if (!over && !under)
		return NULL;
	return g_strconcat(over ? over : "?", ":", under ? under : "?", NULL);
}

static char *
words_of_period(const fhir_node *value, const char *lang)
{
	const char *start = non_empty(fhir_text(value, "start"));
	const char *end = non_empty(fhir_text(value, "end"));

	if (!start && !end)
		return NULL;
	return g_strconcat(start ? start : "", "–", end ? end : "", NULL);
}

/* Its samples, separated by blanks; "E", "L", "U" stand among the numbers. */
static int
samples_count(const char *data)
{
	int n = 0;

	while (data && *(data += strspn(data, " \t\r\n"))) {
		data += strcspn(data, " \t\r\n");
		n++;
	}
	return n;
}

/* What was recorded, how often, upon which zero and scale: a curve is not read
 * as a number, and its numbers without these are none. */
static char *
words_of_samples(const fhir_node *value, const char *lang)
{
	const char *period = fhir_number(value, "period");
	const char *origin = fhir_number(value, "origin.value");
	const char *factor = fhir_number(value, "factor");
	const char *lower = fhir_number(value, "lowerLimit");
	const char *upper = fhir_number(value, "upperLimit");
	const char *channels = fhir_number(value, "dimensions");
	g_autofree char *unit = fhir_unit_words(fhir_get(value, "origin"));
	int n = samples_count(fhir_text(value, "data"));
	GString *out = g_string_new(_("a recorded curve"));

	if (n > 0)
		g_string_append_printf(out, NGETTEXT(", %d sample",
		    ", %d samples", (unsigned long)n), n);
	if (period)
		g_string_append_printf(out, _(", one each %s ms"), period);
	if (channels && strcmp(channels, "1") != 0)
		g_string_append_printf(out, _(", %s channels"), channels);
	if (origin)
		g_string_append_printf(out, _(", zero at %s"), origin);
	if (factor)
		g_string_append_printf(out, " × %s", factor);
	if (unit)
		g_string_append_printf(out, " %s", unit);
	if (lower || upper)
		g_string_append_printf(out, ", %s…%s", lower ? lower : "",
		    upper ? upper : "");
	return g_string_free(out, FALSE);
}

/* R5's, and of a server that is ahead: what lies there, not its bytes. */
static char *
words_of_attachment(const fhir_node *value, const char *lang)
{
	const char *title = non_empty(fhir_text(value, "title"));
	const char *type = non_empty(fhir_text(value, "contentType"));
	const char *url = non_empty(fhir_text(value, "url"));

	if (!title)
		title = url;
	if (!title && !type)
		return NULL;
	return g_strdup_printf("[%s %s%s%s]", _("file"), title ? title : "",
	    title && type ? ", " : "", type ? type : "");
}

static const struct value_kind {
	const char *name;
	char *(*words)(const fhir_node *value, const char *lang);
} value_kinds[] = {
	{ "valueQuantity", words_of_quantity },
	{ "valueCodeableConcept", words_of_concept },
	{ "valueString", words_of_text },
	{ "valueBoolean", words_of_boolean },
	{ "valueInteger", words_of_integer },
	{ "valueRange", words_of_range },
	{ "valueRatio", words_of_ratio },
	{ "valueSampledData", words_of_samples },
	{ "valueTime", words_of_text },
	{ "valueDateTime", words_of_text },
	{ "valuePeriod", words_of_period },
	{ "valueAttachment", words_of_attachment },
};

char *
fhir_value_words(const fhir_node *observation, const char *lang)
{
	for (size_t i = 0; i < G_N_ELEMENTS(value_kinds); i++) {
		const fhir_node *value = fhir_get(observation,
		    value_kinds[i].name);

		if (value)
			return value_kinds[i].words(value, lang);
	}
	return NULL;
}

/* ---- what is not there, and what is beside it ---------------------------- */

/* http://terminology.hl7.org/CodeSystem/data-absent-reason */
static const struct { const char *code, *words; } reasons[] = {
	{ "unknown", N_("unknown") },
	{ "asked-unknown", N_("asked, but not known") },
	{ "temp-unknown", N_("not known yet") },
	{ "not-asked", N_("not asked") },
	{ "asked-declined", N_("declined to answer") },
	{ "masked", N_("withheld") },
	{ "not-applicable", N_("does not apply") },
	{ "unsupported", N_("not supported by the system") },
	{ "as-text", N_("in the narrative only") },
	{ "error", N_("error of the measurement") },
	{ "not-a-number", N_("not a number") },
	{ "negative-infinity", N_("below all numbers") },
	{ "positive-infinity", N_("above all numbers") },
	{ "not-performed", N_("not performed") },
	{ "not-permitted", N_("not permitted") },
};

/* A Quantity may say by an extension of its value why it has none. */
static const char *
reason_in_extension(const fhir_node *element)
{
	size_t n = fhir_count(element, "extension");

	for (size_t i = 0; i < n; i++) {
		const fhir_node *e = fhir_at(element, "extension", i);

		if (g_strcmp0(fhir_text(e, "url"), URL_ABSENT) == 0)
			return fhir_text(e, "valueCode");
	}
	return NULL;
}

static const char *
reason_code(const fhir_node *observation)
{
	const char *code = fhir_concept_code(fhir_get(observation,
	    "dataAbsentReason"), NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(value_kinds) && !code; i++) {
		g_autofree char *sibling = g_strconcat("_",
		    value_kinds[i].name, NULL);
		const fhir_node *value = fhir_get(observation,
		    value_kinds[i].name);

		code = reason_in_extension(fhir_get(observation, sibling));
		if (!code)
			code = reason_in_extension(value);
		if (!code)
			code = reason_in_extension(fhir_get(value, "_value"));
	}
	return code;
}

char *
fhir_absent_words(const fhir_node *observation, const char *lang)
{
	const fhir_node *concept = fhir_get(observation, "dataAbsentReason");
	const char *text = non_empty(fhir_text(concept, "text"));
	const char *code = reason_code(observation);

	for (size_t i = 0; i < G_N_ELEMENTS(reasons) && code && !text; i++)
		if (strcmp(code, reasons[i].code) == 0)
			text = _(reasons[i].words);
	if (!text)
		text = fhir_concept_words(concept, lang);
	if (!text)
		text = code;
	return text ? g_strdup_printf(_("no value: %s"), text) : NULL;
}

/* The elements that end a line; what is between angle brackets is never shown. */
static gboolean
ends_line(const char *tag, size_t len)
{
	static const char *const tags[] = { "p", "br", "div", "tr", "li", "h1",
		"h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "pre" };

	for (size_t i = 0; i < G_N_ELEMENTS(tags); i++)
		if (strlen(tags[i]) == len &&
		    g_ascii_strncasecmp(tag, tags[i], len) == 0)
			return TRUE;
	return FALSE;
}

static void
put_gap(GString *out, char gap)
{
	if (out->len == 0)
		return;
	if (gap == '\n' && out->str[out->len - 1] == ' ')
		g_string_truncate(out, out->len - 1);
	if (!strchr(" \n", out->str[out->len - 1]))
		g_string_append_c(out, gap);
}

/* Elements that FHIR forbids in a narrative, and whose text is none. At '<': where
 * what ends such a one begins; NULL: it is another. */
static const char *
unread_end(const char *p)
{
	static const char *const names[] = { "script", "style" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		size_t len = strlen(names[i]);

		if (g_ascii_strncasecmp(p + 1, names[i], len) != 0)
			continue;
		for (p++; *p; p++)
			if (p[0] == '<' && p[1] == '/' && g_ascii_strncasecmp(
			    p + 2, names[i], len) == 0)
				break;
		return p;
	}
	return NULL;
}

/* At '<': past the tag. */
static const char *
take_tag(GString *out, const char *p)
{
	const char *unread = unread_end(p);
	const char *end = g_str_has_prefix(p, "<!--") ? strstr(p, "-->") :
	    strchr(p, '>');
	const char *name = p + 1 + (p[1] == '/');

	if (unread)
		return unread;

	if (ends_line(name, strcspn(name, " \t\r\n/>")))
		put_gap(out, '\n');
	else if (g_ascii_strncasecmp(name, "td", 2) == 0 ||
	    g_ascii_strncasecmp(name, "th", 2) == 0)
		put_gap(out, ' ');
	return !end ? p + strlen(p) : strchr(end, '>') + 1;
}

/* At '&': past the entity, which XHTML has five of; others stand as they are. */
static const char *
take_entity(GString *out, const char *p)
{
	static const struct { const char *name, *text; } named[] = {
		{ "&amp;", "&" }, { "&lt;", "<" }, { "&gt;", ">" },
		{ "&quot;", "\"" }, { "&apos;", "'" }, { "&nbsp;", " " },
		{ "&#160;", " " }, { "&#13;", " " },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(named); i++)
		if (g_str_has_prefix(p, named[i].name)) {
			g_string_append(out, named[i].text);
			return p + strlen(named[i].name);
		}
	if (p[1] == '#') {
		gboolean hex = p[2] == 'x' || p[2] == 'X';
		char *end;
		guint64 c = g_ascii_strtoull(p + 2 + hex, &end, hex ? 16 : 10);

		if (*end == ';' && c >= 0x20 && c <= 0x10FFFF &&
		    g_unichar_validate((gunichar)c)) {
			g_string_append_unichar(out, (gunichar)c);
			return end + 1;
		}
	}
	g_string_append_c(out, '&');
	return p + 1;
}

char *
fhir_narrative_words(const fhir_node *resource)
{
	const char *p = fhir_text(resource, "text.div");
	GString *out;

	if (!p)
		return NULL;
	out = g_string_new(NULL);
	while (*p) {
		if (*p == '<') {
			p = take_tag(out, p);
		} else if (*p == '&') {
			p = take_entity(out, p);
		} else if (g_ascii_isspace(*p)) {
			put_gap(out, ' ');
			p++;
		} else {
			g_string_append_c(out, *p++);
		}
	}
	g_strchomp(out->str);
	if (*out->str)
		return g_string_free(out, FALSE);
	g_string_free(out, TRUE);
	return NULL;
}
