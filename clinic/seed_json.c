/* SPDX-License-Identifier: Apache-2.0 */
/* Writes JSON front to back into one buffer that is used again and again: a
 * hundred thousand patients are a few million resources. */
#include "clinic/seed_priv.h"

#include <stdarg.h>
#include <string.h>

static void
escape(GString *s, const char *text)
{
	static const char hex[] = "0123456789abcdef";

	for (const char *run = text; *text || run < text; run = text) {
		while ((unsigned char)*text >= 0x20 && *text != '"' &&
		    *text != '\\')
			text++;
		g_string_append_len(s, run, text - run);
		if (*text == '"' || *text == '\\') {
			g_string_append_c(s, '\\');
			g_string_append_c(s, *text++);
		} else if (*text == '\n') {
			g_string_append(s, "\\n");
			text++;
		} else if (*text) {
			g_string_append(s, "\\u00");
			g_string_append_c(s, hex[(*text >> 4) & 15]);
			g_string_append_c(s, hex[*text & 15]);
			text++;
		}
	}
}

static void
begin(GString *s, const char *key)
{
	char last = s->len ? s->str[s->len - 1] : '{';

	if (last != '{' && last != '[')
		g_string_append_c(s, ',');
	if (key) {
		g_string_append_c(s, '"');
		g_string_append(s, key);
		g_string_append(s, "\":");
	}
}

void
sj_open(GString *s, const char *key, char bracket)
{
	if (s->len)
		begin(s, key);
	g_string_append_c(s, bracket);
}

void
sj_close(GString *s, char bracket)
{
	g_string_append_c(s, bracket);
}

void
sj_text(GString *s, const char *key, const char *text)
{
	begin(s, key);
	g_string_append_c(s, '"');
	escape(s, text);
	g_string_append_c(s, '"');
}

void
sj_textf(GString *s, const char *key, const char *fmt, ...)
{
	char buf[512];
	va_list args;

	va_start(args, fmt);
	g_vsnprintf(buf, sizeof buf, fmt, args);
	va_end(args);
	sj_text(s, key, buf);
}

void
sj_raw(GString *s, const char *key, const char *number_or_word)
{
	begin(s, key);
	g_string_append(s, number_or_word);
}

void
sj_ref(GString *s, const char *key, const char *reference)
{
	sj_open(s, key, '{');
	sj_text(s, "reference", reference);
	sj_close(s, '}');
}

void
sj_reff(GString *s, const char *key, const char *fmt, ...)
{
	char buf[128];
	va_list args;

	va_start(args, fmt);
	g_vsnprintf(buf, sizeof buf, fmt, args);
	va_end(args);
	sj_ref(s, key, buf);
}

void
sj_refs1(GString *s, const char *key, const char *reference)
{
	sj_open(s, key, '[');
	sj_ref(s, NULL, reference);
	sj_close(s, ']');
}

void
sj_coding(GString *s, const char *system, const char *code,
    const char *display)
{
	sj_open(s, NULL, '{');
	sj_text(s, "system", system);
	sj_text(s, "code", code);
	if (display)
		sj_text(s, "display", display);
	sj_close(s, '}');
}

void
sj_concept(GString *s, const char *key, const char *system, const char *code,
    const char *display, const char *text)
{
	sj_open(s, key, '{');
	if (code) {
		sj_open(s, "coding", '[');
		sj_coding(s, system, code, display);
		sj_close(s, ']');
	}
	if (text)
		sj_text(s, "text", text);
	sj_close(s, '}');
}

void
sj_concepts1(GString *s, const char *key, const char *system,
    const char *code, const char *display, const char *text)
{
	sj_open(s, key, '[');
	sj_concept(s, NULL, system, code, display, text);
	sj_close(s, ']');
}

void
sj_quantity(GString *s, const char *key, const char *value, const char *unit,
    const char *ucum)
{
	sj_open(s, key, '{');
	sj_raw(s, "value", value);
	if (unit[0]) /* an INR has none, and FHIR knows no empty string */
		sj_text(s, "unit", unit);
	if (ucum) {
		sj_text(s, "system", "http://unitsofmeasure.org");
		sj_text(s, "code", ucum);
	}
	sj_close(s, '}');
}
