/* SPDX-License-Identifier: Apache-2.0 */
/* An order as the line that is read back as this very order. */
#include "care/line_room.h"

#include <string.h>

char *
line_unit_text(const struct care_drug *drug, const char *code)
{
	const char *words = care_unit_words(code, "1", base_i18n_lang());
	g_autofree char *folded = base_text_fold(words);
	const struct care_unit *unit = line_unit_of(drug, folded);

	/* 支 that would be read as another 支 */
	return g_strdup(unit && strcmp(unit->code, code) == 0 ? words : code);
}

static void
put(GString *out, const char *words)
{
	g_string_append_printf(out, "%s%s", out->len > 0 ? " " : "", words);
}

static void
put_escaped(GString *out, const char *text, gboolean brackets)
{
	for (const char *p = text; *p; p++) {
		if (*p == '\n') {
			g_string_append(out, "\\n");
			continue;
		}
		if (*p == '\\' || (brackets && (*p == ')' ||
		    g_str_has_prefix(p, "）"))))
			g_string_append_c(out, '\\');
		g_string_append_c(out, *p);
	}
}

static void
put_dose(GString *out, const struct care_order *o)
{
	g_autofree char *unit = line_unit_text(o->drug, o->dose_unit);

	put(out, o->dose);
	if (o->dose_high)
		g_string_append_printf(out, "-%s", o->dose_high);
	g_string_append(out, unit);
}

static void
put_needed(GString *out, const struct care_order *o)
{
	put(out, "prn");
	if (!o->as_needed_for)
		return;
	g_string_append_c(out, '(');
	put_escaped(out, o->as_needed_for, TRUE);
	g_string_append_c(out, ')');
}

/* Without a frequency "hs" would be one. */
static void
put_when(GString *out, const struct care_order *o)
{
	g_autofree char *code = g_ascii_strdown(o->when->code, -1);

	if (!o->frequency && strcmp(code, "hs") == 0)
		put(out, "@hs");
	else
		put(out, code);
}

static void
put_amounts(GString *out, const struct care_order *o)
{
	if (o->duration_days > 0) {
		g_autofree char *days = g_strdup_printf("%dd",
		    o->duration_days);

		put(out, days);
	}
	if (o->quantity && o->quantity_unit) {
		g_autofree char *unit = line_unit_text(o->drug,
		    o->quantity_unit);

		put(out, "x");
		g_string_append_printf(out, "%s%s", o->quantity, unit);
	}
	if (o->refills >= 0) {
		g_autofree char *refills = g_strdup_printf("refill %d",
		    o->refills);

		put(out, refills);
	}
}

char *
care_line_write(const struct care_order *order)
{
	GString *out = g_string_new(NULL);
	g_autofree char *name = order->drug ? drug_line_name(order->drug) :
	    NULL;
	gboolean herb = order->drug && order->drug->herbal;

	if (name && *name)
		put(out, name);
	if (order->dose && order->dose_unit)
		put_dose(out, order);
	if (order->route && !herb)
		put(out, order->route->code);
	if (order->frequency && !herb)
		put(out, order->frequency->code);
	for (unsigned i = 0; care_weekdays[i].code && !herb; i++)
		if (order->weekdays & 1u << i) {
			put(out, "@");
			g_string_append(out, care_weekdays[i].code);
		}
	if (order->when && !herb)
		put_when(out, order);
	if (order->as_needed && !herb)
		put_needed(out, order);
	if (!herb)
		put_amounts(out, order);
	if (order->preparation)
		put(out, order->preparation);
	if (order->note) {
		put(out, "// ");
		put_escaped(out, order->note, FALSE);
	}
	return g_string_free(out, FALSE);
}
